//! What an unfinished merge leaves in a file: both versions, with marks between them.

use super::{Text, lines};
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::source::Place;

/// How the lines begin around the two versions.
const START: &str = "<<<<<<<";
const END: &str = ">>>>>>>";

/// A merge that is being read: where it begins, and its other marks.
struct Open {
    start: Place,
    is_literal: bool,
    marks: Vec<(Place, &'static str)>,
}

/// Looks through the whole file, since a merge may begin above the text.
pub(super) fn find(text: &Text<'_>, found: &mut Vec<Diagnostic>) {
    if ![START, END].iter().any(|mark| text.source.text.contains(mark)) {
        return;
    }
    let mut open: Option<Open> = None;
    let mut is_quoted = false;
    for line in lines(text.source, 0) {
        let place = || text.source.place(line.start..line.start + line.text.trim_end().len());
        let is_literal = text.is_literal(line.start);
        if is_mark(line.text, START) {
            found.extend(open.take().map(unfinished));
            open = Some(Open { start: place(), is_literal, marks: Vec::new() });
        } else if is_mark(line.text, END) {
            if let Some(mut ended) = open.take() {
                ended.marks.push((place(), "the other version ends here"));
                found.push(unfinished(ended));
            } else if !is_quoted {
                // Seven marks of quotation under others are an answer to an answer.
                found.push(unfinished(Open { start: place(), is_literal, marks: Vec::new() }));
            }
        } else if line.text.trim_end() == "======="
            && let Some(open) = &mut open
        {
            open.marks.push((place(), "the other version begins here"));
        }
        is_quoted = line.text.starts_with('>');
    }
    found.extend(open.map(unfinished));
}

fn is_mark(line: &str, mark: &str) -> bool {
    line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

fn unfinished(open: Open) -> Diagnostic {
    // Code may show what a merge looks like.
    let severity = if open.is_literal { Severity::Warning } else { Severity::Error };
    let diagnostic = Diagnostic::new(Rule::MergeConflict, open.start, "the file holds an unfinished merge")
        .severity(severity)
        .hint("keep the lines of one version, and remove the other's with the lines of `<<<<<<<`, `=======` and `>>>>>>>`");
    open.marks.into_iter().fold(diagnostic, |diagnostic, (place, words)| diagnostic.related(place, words))
}
