//! What holds for any text whatever.

use guidepost::compile::Compiled;
use guidepost::render::Output;
use proptest::prelude::*;

use crate::fuzz::targets::{site, well_placed};

/// Bits of front matter and Markdown that mean something, in any order.
fn fragments() -> impl Strategy<Value = String> {
    let keys = prop::sample::select(vec![
        "---\n",
        "kind: step\n",
        "kind: worksheet\n",
        "kind: plan\n",
        "kind: checklist\n",
        "title: A\n",
        "title: A: b\n",
        "lead: lead\n",
        "needs: [page, x]\n",
        "with:\n",
        "  - lead\n",
        "\t- lead\n",
        "tasks:\n",
        "  - {title: T, start: 14}\n",
        "  - title: T\n    needs: [t]\n",
        "columns: [{title: A}, {titel: B}]\n",
        "rows: x\n",
        "rows:\n- {label: A}\n",
        "gather: {steps: all}\n",
        "summary: \"open\n",
        "facts: [F1\n",
        "allow: {orphan: x}\n",
        "extra: &a *a\n",
        "order: é\n",
        "phases: [{title: P, months: [1]}]\n",
        "review_by: 2020-01-01\n",
        "id: Ü!\n",
        "'",
        "\"",
        "{",
        "[",
        "}",
        "]",
        ": ",
        "#",
        "!",
        "é",
    ]);
    let markdown = prop::sample::select(vec![
        "# A\n",
        "## B {#b .added}\n",
        "- [ ] Do {@lead month 2 #x}\n",
        "  - [x] nested\n",
        "  - hint\n",
        "1. one\n",
        "> quote\n",
        "> [!NOTE]\n> n\n",
        "[a](page.md#b)",
        "[[lead|x]]",
        "[[role:lead]]",
        "![](x.png)",
        "<div>",
        "<!-- c\n-->\n",
        "<b>",
        "`code`",
        "```\nx\n```\n",
        "| a | b |\n|:--|--:|\n| 1 | 2 |\n",
        "a[^1]\n\n[^1]: note\n",
        "Term\n: Definition\n",
        "~~s~~",
        "**",
        "_",
        "\n\n",
        "the portal\n",
        "EHR",
        "\\{",
        " {added}\n",
        "&#9;",
        "javascript:x",
        "<https://a.example>",
        "    ",
        "\r\n",
        "\u{301}",
        "ﬁ",
    ]);
    prop::collection::vec(
        prop_oneof![3 => keys, 3 => markdown, 1 => "[ -~é\n]{0,12}".prop_map(|text| &*text.leak())],
        0..24,
    )
    .prop_map(|parts| parts.concat())
}

fn page() -> impl Strategy<Value = String> {
    (any::<bool>(), fragments()).prop_map(|(front, text)| if front { format!("---\n{text}") } else { text })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_page_compiles_and_renders_and_every_place_lies_in_it(text in page()) {
        let (compiled, diagnostics) = site(text.as_bytes());
        for found in &diagnostics {
            well_placed(&compiled, found);
        }
    }

    #[test]
    fn windows_line_ends_and_a_byte_order_mark_change_nothing(text in page()) {
        let text = text.replace('\r', "");
        let windows = [b"\xEF\xBB\xBF".as_slice(), text.replace('\n', "\r\n").as_bytes()].concat();
        let (plain, found) = site(text.as_bytes());
        let (other, others) = site(&windows);
        prop_assert_eq!(found, others);
        for address in plain.edition.routes.all.keys() {
            let bytes = |compiled: &Compiled| match compiled.output(address).map(|output| output.value) {
                Some(Output::Bytes(bytes)) => bytes,
                _ => Vec::new(),
            };
            prop_assert!(bytes(&plain) == bytes(&other), "{address} differs");
        }
    }
}
