//! Notes below a page: those without a text, and those to which nothing refers, whose text is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{Line, Text};
use crate::diagnostic::{Diagnostic, Rule};

pub(super) fn find(text: &Text<'_>, lines: &[Line<'_>], found: &mut Vec<Diagnostic>) {
    if !text.source.text.contains("[^") {
        return;
    }
    let mut defined: BTreeMap<String, Range<usize>> = BTreeMap::new();
    let mut used: Vec<(String, Range<usize>)> = Vec::new();
    for line in lines {
        for (at, _) in line.own.match_indices("[^") {
            let place = line.at() + at;
            let Some(label) = label(&line.own[at + 2..]) else { continue };
            if text.is_literal(place) || line.own[..at].ends_with('\\') {
                continue;
            }
            let range = place..place + label.len() + 3;
            if at == 0 && line.own[label.len() + 3..].starts_with(':') {
                defined.entry(label.to_lowercase()).or_insert(range);
            } else if line.own[..at].ends_with(|before: char| !before.is_whitespace()) {
                used.push((label.to_lowercase(), range));
            }
        }
    }
    let names: BTreeSet<&str> = used.iter().map(|(name, _)| name.as_str()).collect();
    for (_, range) in defined.iter().filter(|(name, _)| !names.contains(name.as_str())) {
        found.push(unused(text, range));
    }
    for (_, range) in used.iter().filter(|(name, _)| !defined.contains_key(name)) {
        found.push(undefined(text, range));
    }
}

/// The label of a note, by what stands behind `[^`. Other signs are those of a pattern, `[^a-z,]`.
fn label(behind: &str) -> Option<&str> {
    let end = behind.find(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.')))?;
    (end > 0 && behind[end..].starts_with(']')).then(|| &behind[..end])
}

fn unused(text: &Text<'_>, range: &Range<usize>) -> Diagnostic {
    let written = &text.source.text[range.clone()];
    Diagnostic::new(
        Rule::UnusedNote,
        text.source.place(range.clone()),
        format!("nothing refers to the note `{written}`, so its text is left out"),
    )
    .hint(format!("write `{written}` behind the words that it explains, or remove the note"))
}

fn undefined(text: &Text<'_>, range: &Range<usize>) -> Diagnostic {
    let written = &text.source.text[range.clone()];
    Diagnostic::new(
        Rule::UndefinedLabel,
        text.source.place(range.clone()),
        format!("no line says what the note `{written}` is"),
    )
    .hint(format!("write `{written}: …` on a line of its own"))
}
