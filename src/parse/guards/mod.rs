//! Guards for a page's text: what is almost Markdown, and would be shown or lost in silence.
//!
//! In: the text, with what the outline knows of it. Out: what looks like a slip, at its place, with what to write. A guess
//! costs trust when it is wrong, so a guard speaks only where the text can hardly be meant as it stands. Each reads the
//! lines once; code and HTML are left alone.

mod boxes;
mod braces;
mod foreign;
mod headings;
mod links;
mod merge;
mod notes;
mod tables;

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::model::front_matter::Kind;
use crate::model::page::{Heading, Task};
use crate::source::Source;

/// A page's text, with what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// The file.
    pub source: &'a Source,
    /// Where the text begins, in bytes: behind the front matter.
    pub body: usize,
    /// Code blocks, code and HTML, in order and apart from each other.
    pub literal: &'a [Range<usize>],
    /// What the page is.
    pub kind: Kind,
    /// Its tasks, in order.
    pub tasks: &'a [Task],
    /// Its headings, in order.
    pub headings: &'a [Heading],
}

/// What looks like a slip in a page's text.
pub fn read(text: &Text<'_>) -> Vec<Diagnostic> {
    let lines = text.lines();
    let mut found = Vec::new();
    boxes::find(text, &lines, &mut found);
    merge::find(text, &mut found);
    braces::find(text, &mut found);
    headings::find(text, &lines, &mut found);
    links::find(text, &lines, &mut found);
    foreign::find(text, &lines, &mut found);
    tables::find(text, &lines, &mut found);
    notes::find(text, &lines, &mut found);
    found
}

impl<'a> Text<'a> {
    /// The text's lines.
    fn lines(&self) -> Vec<Line<'a>> {
        lines(self.source, self.body).collect()
    }

    /// Whether a byte stands in code or HTML.
    fn is_literal(&self, at: usize) -> bool {
        let next = self.literal.partition_point(|range| range.end <= at);
        self.literal.get(next).is_some_and(|range| range.start <= at)
    }

    /// Whether a task begins on a line.
    fn is_task(&self, line: &Line<'_>) -> bool {
        let next = self.tasks.partition_point(|task| task.range.start < line.start);
        self.tasks.get(next).is_some_and(|task| task.range.start < line.end())
    }
}

/// A line of the text.
#[derive(Debug, Clone, Copy)]
struct Line<'a> {
    /// Its first byte.
    start: usize,
    /// Without its end.
    text: &'a str,
    /// Without indent, marks of quotation, and spaces at its end.
    own: &'a str,
}

impl Line<'_> {
    /// One past its last byte.
    const fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Where its own text begins.
    fn at(&self) -> usize {
        self.start + (self.own.as_ptr() as usize - self.text.as_ptr() as usize)
    }
}

/// The lines of a file from a byte on.
fn lines(source: &Source, from: usize) -> impl Iterator<Item = Line<'_>> {
    let mut start = from;
    source.text.get(from..).unwrap_or("").split_inclusive('\n').map(move |whole| {
        let text = whole.strip_suffix('\n').unwrap_or(whole);
        let own = text.trim_start_matches([' ', '\t', '>']).trim_end();
        let line = Line { start, text, own };
        start += whole.len();
        line
    })
}

/// A text that fits into a hint: whole, or its first words.
fn short(text: &str) -> String {
    const MOST: usize = 60;
    // Only the start is read, since labels may lie in labels.
    let Some((end, _)) = text.char_indices().nth(MOST) else { return text.to_owned() };
    let start = &text[..end];
    let whole = start.rsplit_once(' ').map_or(start, |(whole, _)| whole);
    format!("{whole} …")
}

#[cfg(test)]
mod tests;
