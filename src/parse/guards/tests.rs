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
