//! Braces within a task that would count at its end only, and are shown as text: `Tell {@buddy} the news`.

use std::ops::Range;

use super::Text;
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::page::Task;
use crate::parse::tasks;

pub(super) fn find(text: &Text<'_>, found: &mut Vec<Diagnostic>) {
    for task in text.tasks {
        let line = task.range.clone();
        let written = text.source.text.get(line.clone()).unwrap_or("");
        for (open, _) in written.match_indices('{') {
            let inner = &written[open + 1..];
            let Some(length) = inner.find(['{', '}']).filter(|end| inner[*end..].starts_with('}')) else { continue };
            let braces = line.start + open..line.start + open + length + 2;
            let is_escaped = written[..open].ends_with('\\');
            let is_at_end = task.attributes.as_ref().is_some_and(|end| end.contains(&braces.start));
            if !is_escaped && !is_at_end && !text.is_literal(braces.start) && says_something(&inner[..length]) {
                found.push(diagnostic(text, task, braces));
            }
        }
    }
}

/// Whether words in braces are those of a task.
fn says_something(inner: &str) -> bool {
    let mut words = inner.split([' ', '\t', ',']).filter(|word| !word.is_empty()).peekable();
    let is_any = words.peek().is_some();
    let mut all = true;
    while let Some(word) = words.next() {
        all &= match word {
            "added" => true,
            "month" => words.next().is_some_and(|number| tasks::month(number).is_some()),
            _ => word.len() > 1 && word.starts_with(['@', '#']),
        };
    }
    is_any && all
}

fn diagnostic(text: &Text<'_>, task: &Task, braces: Range<usize>) -> Diagnostic {
    let all = &text.source.text;
    let written = &all[braces.clone()];
    let message = format!("`{written}` stands within the task, where it is shown as text");
    let diagnostic = Diagnostic::new(Rule::TaskAttribute, text.source.place(braces.clone()), message);
    let end = task.range.start + all[task.range.clone()].trim_end().len();
    let own = task.attributes.as_ref().filter(|own| own.end == end && own.start >= braces.end);
    // Those at the end may stand on a later line, and what follows may be another pair.
    let is_last = own.is_some() || (task.attributes.is_none() && !continues(all, task.range.end));
    let between = all.get(braces.end..own.map_or(end, |own| own.start)).filter(|between| !between.contains('{'));
    let (Some(between), true) = (between, is_last) else {
        return diagnostic.hint(format!("write its words at the task's end: `{written}`"));
    };
    let inner = &written[1..written.len() - 1];
    let more = own.map(|own| all[own.clone()].trim().trim_matches(['{', '}'])).unwrap_or_default();
    let at_end = format!("{{{}}}", format!("{} {}", inner.trim(), more.trim()).trim());
    let start = braces.start - (all[..braces.start].len() - all[..braces.start].trim_end_matches(' ').len());
    let between = if between.trim().is_empty() { "" } else { between.trim_end() };
    diagnostic.hint(format!("write `{at_end}` at the task's end")).patch(start..end, format!("{between} {at_end}"))
}

/// Whether a task goes on in the line below.
fn continues(text: &str, end: usize) -> bool {
    let below = text.get(end..).unwrap_or("").trim_start_matches([' ', '\t']);
    let next = below.strip_prefix('\n').unwrap_or("").lines().next().unwrap_or("").trim_start();
    !(next.is_empty()
        || next.starts_with(['-', '*', '+', '#', '>'])
        || next.starts_with(|first: char| first.is_ascii_digit()))
}
