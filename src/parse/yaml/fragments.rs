//! What reads of a text that is no YAML as a whole.
//!
//! A parser of YAML notices most mistakes only lines later, or at the end of the text. So a range that can't be parsed is
//! split at its keys or dashes, each fragment is parsed alone, and those that can't be are split in turn: a mistake costs
//! its own key only. What is wrong with the smallest is told from how it is written (`slips.rs`).

use std::collections::BTreeSet;
use std::ops::Range;

use super::lines::{column, indent, is_item, key, line_end, split};
use super::slips::Slips;
use super::tree::{Entry, Fault, Node, Remark, Value, parse, without_repeats};
use crate::diagnostic::Diagnostic;
use crate::source::Source;

/// Reads what can be read of a text, and gathers what is wrong with the rest.
pub(super) struct Fragments<'s> {
    text: &'s str,
    slips: Slips<'s>,
    pub found: Vec<Diagnostic>,
    pub remarks: Vec<Remark>,
    /// The keys that can't be read, with the outermost ones that they stand in.
    pub unread: BTreeSet<String>,
    /// The outermost key that is being read.
    outermost: String,
}

impl<'s> Fragments<'s> {
    pub(super) fn new(source: &'s Source) -> Self {
        let (found, remarks, unread) = (Vec::new(), Vec::new(), BTreeSet::new());
        Self { text: &source.text, slips: Slips { source }, found, remarks, unread, outermost: String::new() }
    }

    /// The tree of a range whose keys or dashes stand in `column`.
    pub(super) fn read(&mut self, range: Range<usize>, column: usize) -> Option<Node> {
        let fault = match self.parse(&range) {
            Ok(node) => return node,
            Err(fault) => fault,
        };
        let all = split(self.text, range, column);
        let is_whole = all.len() == 1;
        let mut read = Vec::new();
        for (index, fragment) in all.into_iter().enumerate() {
            let line = self.first_line(&fragment);
            let own = &self.text[line.clone()];
            if column == 0 {
                self.outermost = key(own).unwrap_or("").to_owned();
            }
            let node = match own {
                "---" | "..." => {
                    self.found.extend((index > 0).then(|| self.slips.end_mark(line)));
                    continue;
                }
                _ if is_whole => Err(fault),
                _ => self.parse(&fragment),
            };
            let node = node.unwrap_or_else(|fault| self.inside(&fragment, fault));
            read.push((fragment, node));
        }
        self.join(read)
    }

    fn parse(&mut self, range: &Range<usize>) -> Result<Option<Node>, Fault> {
        let parsed = parse(self.text, range)?;
        self.remarks.extend(parsed.remarks);
        Ok(parsed.node)
    }

    /// What reads of a fragment that can't be parsed: of one key, or one entry of a list.
    fn inside(&mut self, fragment: &Range<usize>, fault: Fault) -> Option<Node> {
        let line = self.first_line(fragment);
        let own = &self.text[line.clone()];
        if let Some(found) = self.slips.tab(fragment) {
            self.lose(found, own);
            return None;
        }
        let after = if is_item(own) { line.start + 1 } else { line.end };
        let next = self.next_text(after, fragment.end).filter(|_| fault == Fault::Syntax);
        let is_deeper = |next: usize| column(self.text, next) > column(self.text, line.start);
        let is_key = |next: usize| key(&self.text[next..line_end(self.text, next)]).is_some();
        match next {
            Some(next) if is_item(own) && (next > line.end || is_key(next)) => {
                let item = self.read(next..fragment.end, column(self.text, next))?;
                return Some(Node { span: line.start..item.span.end, value: Value::List(vec![item]) });
            }
            Some(next) if opens(own) => {
                let value = self.read(next..fragment.end, column(self.text, next))?;
                let key = line.start..line.start + key(own)?.len();
                let key = parse(self.text, &key).ok()?.node?;
                return Some(Node { span: line.start..value.span.end, value: Value::Map(vec![Entry { key, value }]) });
            }
            Some(next) if is_deeper(next) && is_key(next) => {
                // Without the lines below, the first one may be whole.
                if let Ok(Some(node)) = self.parse(&line) {
                    self.found.push(self.slips.indented(column(self.text, line.start), next, key(own).unwrap_or(own)));
                    let below = self.read(next..fragment.end, column(self.text, next));
                    return self.join([(line, Some(node)), (next..fragment.end, below)]);
                }
            }
            _ => {}
        }
        let found = self.slips.of_line(line, fragment, fault);
        self.lose(found, own);
        None
    }

    /// One tree of several: a map, or a list where that is meant more often.
    fn join(&mut self, all: impl IntoIterator<Item = (Range<usize>, Option<Node>)>) -> Option<Node> {
        let all: Vec<_> = all.into_iter().filter_map(|(fragment, node)| Some((fragment, node?))).collect();
        let lists = all.iter().filter(|(_, node)| matches!(node.value, Value::List(_))).count();
        let is_list = lists > all.len() / 2;
        let (mut entries, mut items) = (Vec::new(), Vec::new());
        let span = all.first()?.1.span.start..all.last()?.1.span.end;
        let is_alone = all.len() == 1;
        for (fragment, node) in all {
            match node.value {
                value if is_alone => return Some(Node { value, ..node }),
                Value::Map(more) if !is_list => entries.extend(more),
                Value::List(more) if is_list => items.extend(more),
                value => {
                    let line = self.first_line(&fragment);
                    let is_map = matches!(value, Value::Map(_));
                    let slip = if is_map { Slips::no_dash } else { Slips::no_key };
                    self.lose(slip(self.slips, line.clone()), &self.text[line]);
                }
            }
        }
        self.remarks.extend(without_repeats(&mut entries));
        Some(Node { span, value: if is_list { Value::List(items) } else { Value::Map(entries) } })
    }

    /// Notes what is wrong with a line, and which keys are not read for it.
    fn lose(&mut self, found: Diagnostic, own: &str) {
        self.found.push(found);
        self.unread.extend([own.split([' ', ':']).next().unwrap_or(own).to_owned(), self.outermost.clone()]);
    }

    /// The first line of a fragment, without the space around it.
    fn first_line(&self, fragment: &Range<usize>) -> Range<usize> {
        let end = line_end(self.text, fragment.start).min(fragment.end);
        let own = &self.text[fragment.start..end];
        fragment.start + indent(own)..fragment.start + own.trim_end().len()
    }

    /// The next byte that is neither blank nor in a comment.
    fn next_text(&self, mut at: usize, end: usize) -> Option<usize> {
        loop {
            let rest = self.text[at..end].trim_start();
            at = end - rest.len();
            match rest.bytes().next()? {
                b'#' => at = line_end(self.text, at).min(end),
                _ => return Some(at),
            }
        }
    }
}

/// Whether a key has its value in the lines below.
fn opens(line: &str) -> bool {
    key(line).is_some_and(|key| matches!(line[key.len() + 1..].trim_start().bytes().next(), None | Some(b'#')))
}
