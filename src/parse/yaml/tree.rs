//! YAML as a tree: each key and value with its span.
//!
//! In: a text and a byte range of it. Out: a [`Node`], and what is to be said of values that read but are hardly meant. What
//! the values should be is not known here.

use std::collections::BTreeMap;
use std::ops::Range;

use super::characters::{codes, is_unprintable};
use serde_yaml::granit_parser::{Event, Options, Parser, ScalarStyle, Span, StrInput, StructureStyle, options};

/// Nesting deeper than this is no front matter that anybody meant.
const DEEPEST: usize = 32;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its bytes in the file. Empty where nothing is written.
    pub span: Range<usize>,
    /// What is written.
    pub value: Value,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text, a number, a word such as `true`; which of them decides who reads it.
    Scalar {
        /// Without quotes.
        text: String,
        /// Whether it stands there without quotes.
        plain: bool,
    },
    /// Entries with dashes, or within `[]`.
    List(Vec<Node>),
    /// Keys with values.
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key, a scalar.
    pub key: Node,
    /// What stands behind its colon.
    pub value: Node,
}

/// What stands at a place of a tree.
#[derive(Debug, Clone, PartialEq)]
pub struct At<'n> {
    /// The keys on the way there, the outermost first.
    pub keys: Vec<&'n Node>,
    /// The innermost value.
    pub node: &'n Node,
    /// Whether the place is in the last key, and not in its value.
    pub on_key: bool,
    /// Whether the value is an entry of a list, and not what stands behind the last key.
    pub in_list: bool,
}

impl Node {
    /// The text of a scalar; nothing of a list or map.
    pub fn text(&self) -> &str {
        match &self.value {
            Value::Scalar { text, .. } => text,
            _ => "",
        }
    }

    /// Whether it says nothing.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Scalar { plain: true, .. }) && matches!(self.text(), "~" | "null" | "Null" | "NULL")
    }

    /// Where a message points at it: of keys on lines of their own, to the first.
    pub(super) fn mark(&self) -> Range<usize> {
        match &self.value {
            Value::Map(entries) => match entries.first() {
                Some(first) if first.key.span.start == self.span.start => {
                    self.span.start..first.value.span.end.max(first.key.span.end)
                }
                _ => self.span.clone(),
            },
            _ => self.span.clone(),
        }
    }

    /// The value behind a key of a map.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let Value::Map(entries) = &self.value else { return None };
        entries.iter().find(|entry| entry.key.text() == key).map(|entry| &entry.value)
    }

    /// The innermost key or value at a byte of the file. All that is blank behind a key without a value is that value's.
    pub fn at(&self, offset: usize) -> At<'_> {
        self.walk(offset, |_| false)
    }

    /// The way to a byte, as far as the first node at which to stop.
    pub(super) fn walk(&self, offset: usize, stop: impl Fn(&Node) -> bool) -> At<'_> {
        let mut at = At { keys: Vec::new(), node: self, on_key: false, in_list: false };
        let covers = |node: &&Node| offset <= node.span.end || node.is_null();
        while !at.on_key && !stop(at.node) {
            let next = match &at.node.value {
                Value::List(items) => before(items, offset, |item| &item.span).map(|item| (None, item)),
                Value::Map(all) => before(all, offset, |all| &all.key.span).map(|all| (Some(&all.key), &all.value)),
                Value::Scalar { .. } => None,
            };
            let Some((key, node)) = next.filter(|(_, node)| covers(node)) else { break };
            at.keys.extend(key);
            (at.node, at.in_list, at.on_key) = (node, key.is_none(), key.is_some_and(|key| offset < key.span.end));
        }
        at
    }

    /// Takes out the entry whose key or value has this span, and what is empty without it. Says whether nothing is left.
    pub(super) fn remove(&mut self, span: &Range<usize>) -> bool {
        let comes_before = |node: &Node| node.span.start <= span.start;
        match &mut self.value {
            _ if self.span == *span => true,
            Value::Scalar { .. } => false,
            Value::List(items) => {
                let index = items.partition_point(comes_before).saturating_sub(1);
                if items.get_mut(index).is_some_and(|item| item.remove(span)) {
                    items.remove(index);
                }
                items.is_empty()
            }
            Value::Map(entries) => {
                let index = entries.partition_point(|entry| comes_before(&entry.key)).saturating_sub(1);
                if entries.get_mut(index).is_some_and(|entry| entry.key.span == *span || entry.value.remove(span)) {
                    entries.remove(index);
                }
                entries.is_empty()
            }
        }
    }
}

/// The last one that begins at or before a byte.
fn before<T>(all: &[T], offset: usize, span: impl Fn(&T) -> &Range<usize>) -> Option<&T> {
    all[..all.partition_point(|one| span(one).start <= offset)].last()
}

/// Why a text has no tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Syntax,
    TooDeep,
}

/// What is said of a value that reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Remark {
    /// A key stands twice; the first and the second place.
    Twice(Range<usize>, Range<usize>),
    /// A value, and behind it a comment that looks like the rest of it.
    Cut(Range<usize>, Range<usize>),
    /// A code in quotes for a character that can't be published.
    Unprintable(Range<usize>, char),
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    /// Nothing where the text has only comments.
    pub node: Option<Node>,
    pub remarks: Vec<Remark>,
}

/// Reads a range of a text. Where it does not begin with a line, the line's beginning counts as spaces.
pub(super) fn parse(text: &str, range: &Range<usize>) -> Result<Parsed, Fault> {
    let base = text[..range.start].rfind('\n').map_or(0, |newline| newline + 1);
    let padded = (base < range.start).then(|| " ".repeat(range.start - base) + &text[range.clone()]);
    let text = padded.as_deref().unwrap_or(&text[range.clone()]);
    let mut options: Options = options! { disallow_directives: true };
    options.set_emit_comments(false);
    let parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder { parser, text, base, remarks: Vec::new() };
    let node = builder.document()?;
    Ok(Parsed { node, remarks: builder.remarks })
}

struct Builder<'t> {
    parser: Parser<'t, StrInput<'t>>,
    text: &'t str,
    /// Where the text begins in the file.
    base: usize,
    remarks: Vec<Remark>,
}

/// What comes next in a collection.
enum Next {
    Node(Node),
    /// The collection ends before this byte.
    End(usize),
}

impl<'t> Builder<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Span), Fault> {
        self.parser.next_event().and_then(Result::ok).ok_or(Fault::Syntax)
    }

    /// The one document of the text.
    fn document(&mut self) -> Result<Option<Node>, Fault> {
        let mut node = None;
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(node),
                (Event::StreamStart | Event::DocumentEnd, _) => {}
                (Event::DocumentStart(..), _) if node.is_none() => match self.node(0)? {
                    Next::Node(whole) => node = Some(whole),
                    Next::End(_) => return Err(Fault::Syntax),
                },
                _ => return Err(Fault::Syntax),
            }
        }
    }

    /// A node without anchor and tag, or the end of a collection.
    fn node(&mut self, depth: usize) -> Result<Next, Fault> {
        let (event, span) = self.next()?;
        let range = self.range(span);
        if depth > DEEPEST {
            return Err(Fault::TooDeep);
        }
        Ok(Next::Node(match event {
            Event::Scalar(text, style, 0, None) => self.scalar(text.into_owned(), style == ScalarStyle::Plain, range),
            Event::SequenceStart(style, 0, None) => {
                let (items, end) = self.items(depth + 1)?;
                let span = match &items[..] {
                    [first, ..] if style == StructureStyle::Block => {
                        // The parser counts a list that is not indented from its first value on.
                        let before = self.text.get(..first.span.start - self.base).unwrap_or("").rfind('-');
                        before.map_or(range.start, |dash| self.base + dash)
                            ..items.last().map_or(end, |last| last.span.end)
                    }
                    _ => range.start..end,
                };
                Node { span, value: Value::List(items) }
            }
            Event::MappingStart(style, 0, None) => {
                let (mut entries, end) = self.entries(depth + 1)?;
                let last = entries.last().map_or(end, |last| last.value.span.end.max(self.colon(&last.key)));
                let end = if style == StructureStyle::Flow { end } else { last };
                self.remarks.extend(without_repeats(&mut entries));
                Node { span: range.start..end, value: Value::Map(entries) }
            }
            Event::SequenceEnd | Event::MappingEnd => return Ok(Next::End(range.end)),
            _ => return Err(Fault::Syntax),
        }))
    }

    fn items(&mut self, depth: usize) -> Result<(Vec<Node>, usize), Fault> {
        let mut items = Vec::new();
        loop {
            match self.node(depth)? {
                Next::Node(item) => items.push(item),
                Next::End(end) => return Ok((items, end)),
            }
        }
    }

    fn entries(&mut self, depth: usize) -> Result<(Vec<Entry>, usize), Fault> {
        let mut entries = Vec::new();
        loop {
            match self.node(depth)? {
                Next::Node(key) if matches!(key.value, Value::Scalar { .. }) && !key.span.is_empty() => {
                    match self.node(depth)? {
                        Next::Node(value) => entries.push(Entry { key, value }),
                        Next::End(_) => return Err(Fault::Syntax),
                    }
                }
                Next::Node(_) => return Err(Fault::Syntax),
                Next::End(end) => return Ok((entries, end)),
            }
        }
    }

    /// The end of the colon behind a key: with it no map has the span of its key, also where it has no value.
    fn colon(&self, key: &Node) -> usize {
        let rest = self.text.get(key.span.end - self.base..).unwrap_or("");
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if rest[blank..].starts_with(':') { key.span.end + blank + 1 } else { key.span.end }
    }

    fn scalar(&mut self, text: String, plain: bool, span: Range<usize>) -> Node {
        if let Some(comment) = self.cut(&span).filter(|_| plain) {
            let comment = self.base + comment.start..self.base + comment.end;
            self.remarks.push(Remark::Cut(span.clone(), comment));
        }
        if !text.contains(is_unprintable) {
            return Node { span, value: Value::Scalar { text, plain } };
        }
        let at = |code: Range<usize>| span.start + code.start..span.start + code.end;
        let written = self.text.get(span.start - self.base..span.end - self.base).unwrap_or("");
        let codes = codes(written).into_iter().filter(|(_, character)| is_unprintable(*character));
        self.remarks.extend(codes.map(|(code, character)| Remark::Unprintable(at(code), character)));
        let text = text.replace(is_unprintable, " ");
        Node { span, value: Value::Scalar { text, plain } }
    }

    /// A comment directly behind a value, or behind the colon where there is none, whose `#` has no space behind it: `#3`.
    fn cut(&self, span: &Range<usize>) -> Option<Range<usize>> {
        let end = span.end - self.base;
        let line = self.text.get(end..)?.lines().next()?;
        let rest = line.strip_prefix(':').filter(|_| span.is_empty()).unwrap_or(line);
        let comment = rest.trim_start_matches([' ', '\t']);
        let is_text = comment.strip_prefix('#')?.starts_with(char::is_alphanumeric) && comment.len() < rest.len();
        let start = end + line.len() - comment.len();
        let length = comment.find(" # ").map_or(comment.trim_end().len(), |note| comment[..note].trim_end().len());
        is_text.then_some(start..start + length)
    }

    /// The bytes of the file that an event is about, without the space behind it.
    fn range(&self, span: Span) -> Range<usize> {
        let start = span.start.byte_offset().unwrap_or(0);
        let end = span.end.byte_offset().unwrap_or(start);
        let written = self.text.get(start..end).unwrap_or("").trim_end();
        self.base + start..self.base + start + written.len()
    }
}

/// Leaves out each key that stood before, and says where the first and the second are.
pub(super) fn without_repeats(entries: &mut Vec<Entry>) -> Vec<Remark> {
    let mut first: BTreeMap<&str, Range<usize>> = BTreeMap::new();
    let mut found = Vec::new();
    let new: Vec<bool> = entries
        .iter()
        .map(|Entry { key, .. }| match first.get(key.text()) {
            Some(first) => {
                found.push(Remark::Twice(first.clone(), key.span.clone()));
                false
            }
            None => first.insert(key.text(), key.span.clone()).is_none(),
        })
        .collect();
    let mut new = new.into_iter();
    entries.retain(|_| new.next().unwrap_or(true));
    found
}
