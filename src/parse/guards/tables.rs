//! Tables that lose something: a head and a rule of different widths make no table at all, and cells beyond the head are
//! left out.

use std::ops::Range;

use super::{Line, Text, short};
use crate::diagnostic::{Diagnostic, Rule};

pub(super) fn find(text: &Text<'_>, lines: &[Line<'_>], found: &mut Vec<Diagnostic>) {
    let mut number = 1;
    while let Some(rule) = lines.get(number) {
        let head = &lines[number - 1];
        number += 1;
        if !is_rule(rule.own) || !is_row(head.own) || is_in_block(text, head) || is_in_block(text, rule) {
            continue;
        }
        let (wide, ruled) = (cells(head.own).len(), cells(rule.own).len());
        // A paragraph that happens to end above a rule would be the table's head only by its last line.
        let is_paragraph = number >= 3 && !lines[number - 3].own.is_empty() && !head.own.starts_with('|');
        if wide != ruled {
            if !is_paragraph {
                found.push(no_table(text, head, rule, wide, ruled));
            }
            continue;
        }
        while let Some(row) = lines.get(number).filter(|row| !row.own.is_empty() && !is_in_block(text, row)) {
            found.extend(surplus(text, row, wide));
            number += 1;
        }
    }
}

/// Whether a line stands in code or HTML as a whole; cells may begin with code.
fn is_in_block(text: &Text<'_>, line: &Line<'_>) -> bool {
    text.is_literal(line.at()) && text.is_literal((line.at() + line.own.len()).saturating_sub(1))
}

fn is_row(own: &str) -> bool {
    own.contains('|') && !is_rule(own)
}

/// Whether a line is `|---|:-:|`.
fn is_rule(own: &str) -> bool {
    let is_made = own.bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t'));
    is_made
        && own.contains('|')
        && own.contains("-")
        && cells(own).iter().all(|cell| {
            let cell = own[cell.clone()].trim();
            let inner = cell.strip_prefix(':').unwrap_or(cell);
            let inner = inner.strip_suffix(':').unwrap_or(inner);
            !inner.is_empty() && inner.bytes().all(|byte| byte == b'-')
        })
}

/// The cells of a row, as bytes of it. `\|` is a bar within a cell.
fn cells(own: &str) -> Vec<Range<usize>> {
    let mut cells = Vec::new();
    let mut start = usize::from(own.starts_with('|'));
    let mut is_escaped = false;
    for (at, byte) in own.bytes().enumerate().skip(start) {
        match byte {
            b'|' if !is_escaped => {
                cells.push(start..at);
                start = at + 1;
            }
            _ => {}
        }
        is_escaped = byte == b'\\' && !is_escaped;
    }
    if start < own.len() {
        cells.push(start..own.len());
    }
    cells
}

fn no_table(text: &Text<'_>, head: &Line<'_>, rule: &Line<'_>, wide: usize, ruled: usize) -> Diagnostic {
    let message = format!("{} above a rule of {ruled} make no table", counted(wide));
    let right = "|---".repeat(wide) + "|";
    let range = rule.at()..rule.at() + rule.own.len();
    let has_marks = rule.own.contains(':');
    let diagnostic = Diagnostic::new(Rule::TableWidth, text.source.place(range.clone()), message)
        .hint(format!("write a `---` for each cell of the head: `{}`", short(&right)))
        .related(text.source.place(head.at()..head.at() + head.own.len()), "the head");
    // Which column a mark of alignment belongs to is not certain.
    if has_marks { diagnostic } else { diagnostic.patch(range, right) }
}

/// Cells beyond the head, if they say something.
fn surplus(text: &Text<'_>, row: &Line<'_>, wide: usize) -> Option<Diagnostic> {
    let cells = cells(row.own);
    let beyond = cells.get(wide..)?;
    let first = beyond.iter().find(|cell| !row.own[(*cell).clone()].trim().is_empty())?;
    let last = beyond.last()?.end;
    let written = &row.own[first.start..last];
    let start = row.at() + first.start + (written.len() - written.trim_start().len());
    let place = text.source.place(start..start + written.trim().len());
    let message = format!("the table has {wide} columns, so this cell is left out");
    Some(
        Diagnostic::new(Rule::TableWidth, place, message.replace(" 1 columns", " one column"))
            .hint("add a column to the head and to the rule below it; a bar that is meant as text is `\\|`"),
    )
}

fn counted(cells: usize) -> String {
    if cells == 1 { "a head of one cell".to_owned() } else { format!("a head of {cells} cells") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_and_cells_are_read_as_markdown_does() {
        for own in ["|--|", "--|--", "| :-- | --: |", "|:-:|-|"] {
            assert!(is_rule(own), "{own}");
        }
        for own in ["---", "|", "| |", "|--|a|", "|| --", "|-:-|"] {
            assert!(!is_rule(own), "{own}");
        }
        for (own, count) in [("| a | b |", 2), ("a | b", 2), (r"| a \| b |", 1), ("| a | |", 2), ("|a", 1)] {
            assert_eq!(cells(own).len(), count, "{own}");
        }
    }
}
