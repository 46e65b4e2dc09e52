//! Whatever a text says, every place lies in it.

use std::fmt::Write as _;

use proptest::prelude::*;

use crate::diagnostic::{Diagnostic, Severity};
use crate::parse::page;
use crate::source::Source;

fn found(text: &str) -> Vec<Diagnostic> {
    page(&Source::from_text("content/a.md", text)).diagnostics
}

/// Rules and severities of what is found in a text.
fn said(text: &str) -> String {
    let mut out = String::new();
    for found in found(&format!("---\ntitle: T\n---\n{text}")) {
        let _ = write!(out, "{}{} ", if found.severity == Severity::Error { "!" } else { "" }, found.rule.name());
    }
    out.trim_end().to_owned()
}

#[test]
fn a_box_beside_a_task_is_an_error() {
    assert_eq!(said("-[ ] x\n"), "almost-task");
    assert_eq!(said("- [ ] y\n-[ ] x\n"), "!almost-task");
    assert_eq!(said("- [ ] y\n• x\n"), "!almost-task");
    assert_eq!(said("• x\n\n```\n-[ ] x\n```\n`-[ ] x`\n"), "");
}

#[test]
fn a_merge_is_found_only_where_one_is() {
    assert_eq!(said("<<<<<<< HEAD\na\n=======\nb\n>>>>>>> b\n"), "second-title !merge-conflict");
    assert_eq!(said("a\n\n>>>>>>> b\n"), "!merge-conflict");
    assert_eq!(said("```\n<<<<<<< HEAD\n>>>>>>> b\n```\n"), "merge-conflict");
    assert_eq!(said("Title\n-----\n\n>>>>>> a\n>>>>>>> b\n"), "");
}

#[test]
fn braces_count_at_the_end_of_a_task_only() {
    let patched = |text: &str| {
        let found = found(text);
        assert_eq!(found.iter().filter(|found| found.rule.name() == "task-attribute").count(), 1, "{text}");
        let patch = found.into_iter().find_map(|found| found.patch)?;
        Some(format!("{}{}{}", &text[..patch.start], patch.text, &text[patch.end..]))
    };
    assert_eq!(patched("# T\n\n- [ ] Tell {@a} all\n").as_deref(), Some("# T\n\n- [ ] Tell all {@a}\n"));
    assert_eq!(
        patched("# T\n\n- [ ] Tell {@a}, all {added}\n").as_deref(),
        Some("# T\n\n- [ ] Tell, all {@a added}\n")
    );
    assert_eq!(patched("# T\n\n- [ ] Tell {@a}\n  all\n"), None);
    assert_eq!(patched("# T\n\n- [ ] Tell {@a @b}\n"), None);
    assert_eq!(said("- [ ] Tell `{@a}` \\{@a} {name} all {@a}\n"), "");
}

#[test]
fn headings_are_told_from_what_is_not_one() {
    assert_eq!(said("##Agenda\n\n    ##Code\n"), "almost-heading");
    assert_eq!(said("text\n#Not one\n\n#One is here\n"), "almost-heading");
    let rules = |text: &str| found(text).iter().map(|found| found.rule.name()).collect::<Vec<_>>().join(" ");
    assert_eq!(rules("---\nkind: role\ntitle: T\n---\n## A\n\n#### B\n\n## C\n"), "skipped-level");
    assert_eq!(said("## A\n\n#### B\n"), "");
}

#[test]
fn links_are_told_from_words_in_parentheses() {
    for text in [
        "![x](../images/Team Photo.jpg)",
        "[x](my page.md#a \"Title\")",
        "[x]()",
        "[x](<>)",
        "[x](#)",
        "[](page.md)",
        "[x](https://)",
        "[a [b](my page.md)",
    ] {
        assert_eq!(said(text), "almost-link", "{text}");
    }
    for text in [r"[x](..\roles\a.md)", r"[x](C:\Users\a b.docx)", "[x](file:///C:/a.docx)", r"![x](images\a.png)"] {
        assert_eq!(said(text), "!almost-link", "{text}");
    }
    for text in [
        "[x](page.md 'Title')",
        "[x](<my page.md>)",
        "a[i](some words here)",
        "[x](see the list, or e.g. a.md)",
        r"\[x](my page.md)",
        r"[x](a\_b.md)",
        "`[x](my page.md)`",
        "[](int x)",
        "[a](b_(c).md)",
        "[x]\n(y z.md)",
    ] {
        assert_eq!(said(text), "", "{text}");
    }
}

#[test]
fn tables_and_notes_lose_nothing_in_silence() {
    assert_eq!(said("| a | b |\n|--|\n"), "table-width");
    assert_eq!(said("| a |\n|--|\n| b | c | d |\n| e | |\n"), "table-width");
    assert_eq!(said("| `a` | b |\n|--|--|\n| `c` | `d` \\| e |\n\n| f | g |\n\n---\n"), "");
    assert_eq!(said("A[^1] B[^two]\n\n[^1]: C\n[^3]: D\n"), "unused-note undefined-label");
    assert_eq!(said("A[^1] `[^2]` \\[^3] match [^a]\n\n[^1]: C[^4]\n\n[^4]: E\n"), "");
}

/// Pieces of which slips are made, and anything else.
fn texts() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "- ",
        "-",
        "[ ]",
        "[]",
        "[x]",
        "( )",
        "☐",
        "• ",
        "\n",
        "\n\n",
        "> ",
        "    ",
        "<<<<<<< a",
        "=======",
        ">>>>>>> b",
        "{@a}",
        "{month 2}",
        "{",
        "}",
        "##",
        "# ",
        "#T",
        "](",
        ")",
        "![",
        "[",
        "a b.png",
        "..\\a",
        "C:\\",
        "file:",
        "<",
        ">",
        "!!! note",
        ":::",
        "{{< ",
        "{{ a }}",
        "{% a",
        "{: .a}",
        "[TOC]",
        "=== \"T\"",
        ":smile:",
        "[^1]",
        "[^1]: ",
        "[a]: ",
        "[a]",
        "| a ",
        "|",
        "|--",
        "---\n",
        "```\n",
        "`",
        "<!--",
        "-->",
        "ä",
        "𝒳",
        "é\u{301}",
        "\u{a0}",
        "\u{2028}",
        "\t",
        "\\",
        "\"",
    ]);
    prop::collection::vec(prop_oneof![4 => pieces.prop_map(str::to_owned), 1 => any::<String>()], 0..40)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_survived_and_every_place_lies_in_it(text in texts()) {
        let source = Source::from_text("content/a.md", &text);
        for found in page(&source).diagnostics {
            prop_assert!(source.text.get(found.place.range()).is_some(), "{found:?}");
            for (place, _) in &found.related {
                prop_assert!(source.text.get(place.range()).is_some(), "{found:?}");
            }
            if let Some(patch) = &found.patch {
                prop_assert!(source.text.get(patch.start..patch.end).is_some(), "{found:?}");
            }
        }
    }
}
