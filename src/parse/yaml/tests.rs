use proptest::prelude::*;

use super::{Document, Node, Value};
use crate::diagnostic::Rule;
use crate::model::front_matter::{Common, Details};
use crate::parse::front_matter;
use crate::source::Source;

/// Keys of a step, each with a value of it, in one line or several.
const GOOD: &[(&str, &str)] = &[
    ("title", "title: \"Brief: the team\"\n"),
    ("summary", "summary: >\n  What the team\n\n  needs to know\n"),
    ("order", "order: 2.5\n"),
    ("draft", "draft: true\n"),
    ("facts", "facts: [F1, 'F2', # the third\n  F3]\n"),
    ("reviewed", "reviewed: 2026-11-20\n"),
    ("allow", "allow:\n  orphan: \"é — so be it\"\n  long-group: x\n"),
    ("extra", "extra: {list: [1, {a: null}], b: true}\n"),
    ("lead", "lead: hit-champion\n"),
    ("with", "with:\n- vendor\n-   sponsor\n"),
    ("objective", "objective: |\n  # not a comment\n  a: b\n"),
    ("mode", "mode: do-confirm # as always\n"),
];

/// What people write instead: no YAML, another type, another key, something in brackets or in lines below.
const WRONG: &[&str] = &[
    "title: Step 2: brief the team\n",
    "title: \"Brief\n",
    "summary: 'The team's briefing'\n",
    "facts: [F1, F2\n",
    "allow: {orphan: \"fine\"\n",
    "with: [[a, b]]\n",
    "mode: often\n",
    "order: {a: b: c}\n",
    "lead: *champion\n",
    "lead: !important\n",
    "lead\n",
    "lead:hit-champion\n",
    "needs:\n\t- a\n",
    "objective:\n  deep: [a, b\n  deeper: x\n",
    "colour: red\n",
    "when: “a: b” and c\n",
    "sheets:\n  - a: b: c\n  - [d\n",
];

fn step(lines: &[&str]) -> (Source, Common, Details) {
    let text = format!("---\nkind: step\n{}---\nText.\n", lines.concat());
    let source = Source::from_text("content/a.md", &text);
    let read = front_matter::read(&source);
    for found in &read.diagnostics {
        let patch = found.patch.as_ref().map_or(0..0, |patch| patch.start..patch.end);
        assert!(text.get(found.place.range()).is_some() && text.get(patch).is_some(), "{found:?} in {text:?}");
    }
    (source, read.value.common, read.value.details)
}

proptest! {
    #[test]
    fn a_mistake_in_one_key_leaves_all_others_as_they_are(
        wrong in proptest::sample::select(WRONG),
        mut order in Just((0..GOOD.len()).collect::<Vec<_>>()).prop_shuffle(),
        at in 0..GOOD.len(),
    ) {
        let key = wrong.split([':', '\n']).next().unwrap_or("");
        order.retain(|index| GOOD[*index].0 != key);
        let mut lines: Vec<&str> = order.iter().map(|index| GOOD[*index].1).collect();
        let at = at.min(lines.len());
        // A comment as long as the mistake, so that all places stay as they are.
        let comment: String = wrong.split_inclusive('\n').map(|line| "#".repeat(line.len() - 1) + "\n").collect();
        lines.insert(at, &comment);
        let (_, common, details) = step(&lines);
        lines[at] = wrong;
        let (source, with_common, with_details) = step(&lines);
        prop_assert_eq!((common, details), (with_common, with_details), "{}", source.text);
    }

    #[test]
    fn any_text_has_a_tree_whose_spans_lie_in_it(text in "([a-c:é\u{1}\u{ffff}\"'{}\\[\\], #&*!|>@%?\t-]|\n|\n  |: |- |---\n|\"\\\\e\"){0,60}") {
        let source = Source::from_text("content/a.md", &text);
        let document = Document::of(&source, 0..text.len());
        for found in &document.diagnostics {
            prop_assert!(text.get(found.place.range()).is_some(), "{found:?}");
        }
        let read = document.read::<crate::model::settings::Settings>(&source, "site.yaml");
        for found in &read.diagnostics {
            prop_assert!(text.get(found.place.range()).is_some(), "{found:?}");
        }
        step(&[&text]);
        let page = Source::from_text("content/a.md", &format!("---\n{text}"));
        let read = front_matter::read(&page);
        prop_assert!(page.text.is_char_boundary(read.value.body));
        for found in &read.diagnostics {
            prop_assert!(page.text.get(found.place.range()).is_some(), "{found:?}");
        }
        if let Some(root) = &document.root {
            within(&text, root, 0..text.len());
        }
    }
}

/// Spans lie in those around them, one behind the other, on borders of characters.
fn within(text: &str, node: &Node, around: std::ops::Range<usize>) {
    assert!(text.get(node.span.clone()).is_some(), "{node:?}");
    assert!(!node.text().contains(super::characters::is_unprintable), "{node:?}");
    assert!(around.start <= node.span.start && node.span.end <= around.end, "{node:?} in {around:?} of {text:?}");
    let mut start = node.span.start;
    let mut behind = |text: &str, node: &Node| {
        within(text, node, start..node.span.end.max(start));
        start = node.span.end;
    };
    match &node.value {
        Value::Scalar { .. } => {}
        Value::List(items) => items.iter().for_each(|item| behind(text, item)),
        Value::Map(entries) => entries.iter().for_each(|entry| {
            behind(text, &entry.key);
            behind(text, &entry.value);
        }),
    }
}

#[test]
fn what_stands_at_a_place_is_known() {
    let text = "---\nkind: step\nlead: \nwith: [a, bé]\ngather:\n  steps:\n  - x\n  role: r\n---\n";
    let source = Source::from_text("content/a.md", text);
    let root = front_matter::tree(&source).unwrap();
    let at = |before: &str| {
        let at = root.at(text.find(before).unwrap() + before.len());
        let keys: Vec<&str> = at.keys.iter().map(|key| key.text()).collect();
        (keys.join("."), at.node.text().to_owned(), at.on_key, at.in_list)
    };
    let expected = |keys: &str, text: &str, on_key, in_list| (keys.to_owned(), text.to_owned(), on_key, in_list);
    assert_eq!(at("---\nki"), expected("kind", "step", true, false));
    assert_eq!(at("kind: st"), expected("kind", "step", false, false));
    assert_eq!(at("lead: "), expected("lead", "~", false, false));
    assert_eq!(at("[a, b"), expected("with", "bé", false, true));
    assert_eq!(at("- x"), expected("gather.steps", "x", false, true));
    assert_eq!(at("  ro"), expected("gather.role", "r", true, false));
}

#[test]
fn a_key_with_more_mistakes_than_anybody_mends_is_left_out() {
    let text = format!("title: T\nassets: [{}]\nurl: u\n", "[], ".repeat(200));
    let source = Source::from_text("content/site.yaml", &text);
    let read = super::read::<crate::model::settings::Settings>(&source, 0..text.len(), "site.yaml");
    assert_eq!(read.diagnostics.len(), super::MOST_MISTAKES);
    assert!(read.diagnostics.iter().all(|found| found.rule == Rule::WrongType));
    assert_eq!((read.value.title.as_deref(), read.value.assets.len()), (Some("T"), 0));
    assert!(read.unread.contains("assets") && !read.unread.contains("title"));
}
