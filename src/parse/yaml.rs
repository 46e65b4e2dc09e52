//! YAML into types, with everything that is wrong in it at once.
//!
//! A text becomes a tree with spans (`yaml/tree.rs`); where it is no YAML, so do those of its keys that are
//! (`yaml/fragments.rs`). serde reads the tree (`yaml/values.rs`) and stops at the first mistake: then each outermost key is
//! read by itself, and what is wrong is cut out of its branch. No text is read a second time for a wrong value.

mod characters;
mod fragments;
mod lines;
mod slips;
#[cfg(test)]
mod tests;
mod tree;
mod values;
mod words;

use std::collections::BTreeSet;
use std::ops::Range;

use serde::Deserialize;

use self::characters::printable;
use self::fragments::Fragments;
use self::slips::quoted;
use self::tree::Remark;
pub use self::tree::{At, Entry, Node, Value};
use self::values::{Problem, Wrong};
use self::words::describe;
use crate::diagnostic::{Diagnostic, Rule};
use crate::source::Source;

/// A key with more mistakes than this is not read further; nobody mends them all in one go.
const MOST_MISTAKES: usize = 50;

/// A text of YAML, as far as it is YAML.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// Nothing where the text says nothing.
    pub root: Option<Node>,
    /// In the order in which they were found.
    pub diagnostics: Vec<Diagnostic>,
    /// The keys in which something is wrong, with the outermost ones that they stand in: what is missing there is not
    /// missing. The empty one stands for all.
    pub unread: BTreeSet<String>,
}

/// What was read.
#[derive(Debug, Clone, Default)]
pub struct Read<T> {
    /// Without what is wrong.
    pub value: T,
    /// As in [`Document`].
    pub diagnostics: Vec<Diagnostic>,
    /// As in [`Document`].
    pub unread: BTreeSet<String>,
}

/// Reads a byte range of a source. `what` names its owner in messages, as in ``a page of kind `step` ``.
pub fn read<T: for<'de> Deserialize<'de> + Default>(source: &Source, range: Range<usize>, what: &str) -> Read<T> {
    Document::of(source, range).read(source, what)
}

impl Document {
    /// The tree of a byte range of a source, which begins a line.
    pub fn of(source: &Source, range: Range<usize>) -> Self {
        let Some((clean, unprintable)) = printable(&source.text[range.clone()]) else {
            return Self::printable(source, range);
        };
        let text = [&source.text[..range.start], &clean, &source.text[range.end..]].concat();
        let mut document = Self::printable(&Source { text: text.into(), ..source.clone() }, range.clone());
        document.diagnostics.extend(unprintable.into_iter().map(|(at, character)| {
            let start = range.start + at;
            characters::describe(source, start..start + character.len_utf8(), character)
        }));
        document
    }

    fn printable(source: &Source, range: Range<usize>) -> Self {
        let mut fragments = Fragments::new(source);
        let root = fragments.read(range, 0).filter(|root| !root.is_null());
        let Fragments { mut found, remarks, unread, .. } = fragments;
        found.extend(remarks.into_iter().map(|remark| remarked(source, remark)));
        Self { root, diagnostics: found, unread }
    }

    /// Reads the tree into a type, with all that is wrong in either.
    pub fn read<T: for<'de> Deserialize<'de> + Default>(&self, source: &Source, what: &str) -> Read<T> {
        let mut read = Read { value: T::default(), diagnostics: self.diagnostics.clone(), unread: self.unread.clone() };
        let Some(root) = &self.root else { return read };
        match T::deserialize(root) {
            Ok(value) => read.value = value,
            Err(wrong) if wrong.span.as_ref() == Some(&root.span) => {
                read.unread.insert(String::new());
                read.note(source, what, root, wrong);
            }
            Err(_) => {
                let branches =
                    branches(root).into_iter().filter_map(|branch| read.prune(source, what, branch)).collect();
                read.value = T::deserialize(&joined(root, branches)).unwrap_or_default();
            }
        }
        read
    }
}

impl<T: for<'de> Deserialize<'de>> Read<T> {
    /// A branch without what can't be read, which is noted.
    fn prune(&mut self, source: &Source, what: &str, mut branch: Node) -> Option<Node> {
        for _ in 0..MOST_MISTAKES {
            let Err(wrong) = T::deserialize(&branch) else { return Some(branch) };
            let span = wrong.span.clone();
            self.note(source, what, &branch, wrong);
            if span.is_none_or(|span| branch.remove(&span)) {
                break;
            }
        }
        None
    }

    /// Says what is wrong, and which keys are not read for it.
    fn note(&mut self, source: &Source, what: &str, root: &Node, wrong: Wrong) {
        let span = wrong.span.unwrap_or_else(|| root.span.clone());
        let at = root.walk(span.start, |node| node.span == span);
        let is_key = matches!(wrong.problem, Problem::Key(..));
        let found = describe(source, what, &at, wrong.problem);
        if found.rule == Rule::WrongType {
            // The error says more of the same comment.
            self.diagnostics.retain(|other| other.rule != Rule::CutValue || other.place != found.place);
        }
        self.unread.extend(at.keys.first().map(|key| key.text().to_owned()));
        // A misspelt key is not reported as missing besides.
        self.unread.extend(found.patch.iter().filter(|_| is_key).map(|patch| patch.text.clone()));
        self.diagnostics.push(found);
    }
}

/// A tree for each outermost key or entry.
fn branches(root: &Node) -> Vec<Node> {
    let branch = |value| Node { span: root.span.clone(), value };
    match &root.value {
        Value::List(items) => items.iter().map(|item| branch(Value::List(vec![item.clone()]))).collect(),
        Value::Map(entries) => entries.iter().map(|entry| branch(Value::Map(vec![entry.clone()]))).collect(),
        Value::Scalar { .. } => Vec::new(),
    }
}

/// One tree of its branches.
fn joined(root: &Node, branches: Vec<Node>) -> Node {
    let (mut items, mut entries) = (Vec::new(), Vec::new());
    for branch in branches {
        match branch.value {
            Value::List(more) => items.extend(more),
            Value::Map(more) => entries.extend(more),
            Value::Scalar { .. } => {}
        }
    }
    let is_list = matches!(root.value, Value::List(_));
    Node { span: root.span.clone(), value: if is_list { Value::List(items) } else { Value::Map(entries) } }
}

/// What is said of something that reads.
fn remarked(source: &Source, remark: Remark) -> Diagnostic {
    match remark {
        Remark::Twice(first, second) => {
            let message = format!("`{}` stands twice", source.text[second.clone()].trim_matches(['"', '\'']));
            Diagnostic::new(Rule::DuplicateKey, source.place(second), message)
                .hint("remove one of the two")
                .related(source.place(first), "first here")
        }
        Remark::Unprintable(code, character) => characters::describe(source, code, character),
        Remark::Cut(value, comment) => {
            let start = if value.is_empty() { comment.start } else { value.start };
            let better = quoted(&source.text[start..comment.end]);
            let message = match &source.text[value] {
                "" => "what stands behind `#` is a comment, so that the value is empty".to_owned(),
                value => format!("what stands behind `#` is a comment, so that the value is only `{value}`"),
            };
            Diagnostic::new(Rule::CutValue, source.place(comment.clone()), message)
                .hint(format!("write the text in quotes: `{better}`"))
                .patch(start..comment.end, better)
        }
    }
}
