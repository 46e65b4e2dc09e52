//! The front matter of a page: where it ends, of which kind it is, what its keys say.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use super::yaml::{Document, Entry, Node, Value};
use crate::diagnostic::{Checked, Diagnostic, Rule, nearest};
use crate::model::front_matter::{Common, Details, Kind, Read};
use crate::source::Source;

/// Front matter longer than this is not read (reliability, Read).
const LARGEST: usize = 64 * 1024;

/// The kind's words for what it is, with those that are meant where people write them.
const SYNONYMS: &[(&str, Kind)] = &[("criteria", Kind::Criterion), ("glossary", Kind::Term), ("home", Kind::Guide)];

/// The kinds of pages that have a key, by the key.
static KINDS_WITH: LazyLock<BTreeMap<String, Vec<Kind>>> = LazyLock::new(|| {
    let mut kinds: BTreeMap<String, Vec<Kind>> = BTreeMap::new();
    for kind in Kind::ALL {
        let schema = kind.schema();
        let keys = schema.get("properties").and_then(|keys| keys.as_object());
        for key in keys.into_iter().flat_map(|keys| keys.keys()) {
            kinds.entry(key.clone()).or_default().push(*kind);
        }
    }
    kinds
});

/// What a page's head says.
#[derive(Debug, Clone, PartialEq)]
pub struct FrontMatter {
    /// The keys that all kinds have.
    pub common: Common,
    /// The keys of its kind.
    pub details: Details,
    /// Keys in which something could not be read; with the empty one among them none could.
    pub unread: BTreeSet<String>,
    /// Where the page's text begins.
    pub body: usize,
}

/// Reads the front matter of a page; a page without one is of kind `page` with no keys.
pub fn read(source: &Source) -> Checked<FrontMatter> {
    let head = head(source);
    let mut diagnostics: Vec<Diagnostic> = head.found.into_iter().collect();
    let Some(document) = head.document else {
        let (common, details) = (Common::default(), Details::empty(Kind::Page));
        let unread = diagnostics.iter().map(|_| String::new()).collect();
        return Checked { value: FrontMatter { common, details, unread, body: head.body }, diagnostics };
    };
    let written = Written::of(source, &document, &mut diagnostics);
    let kind = if let Written::Kind(kind) = written { kind } else { Kind::Page };
    let (mut found, mut unread) = (Vec::new(), BTreeSet::new());
    let reading = Reading { source, document: &document, kind, found: &mut found, unread: &mut unread };
    let Ok((common, details)) = Details::read(kind, reading);
    let is_foreign = |found: &Diagnostic| {
        let at = document.root.as_ref().map(|root| root.at(found.place.range().start));
        found.rule == Rule::UnknownKey && found.patch.is_none() && at.is_some_and(|at| at.keys.len() == 1)
    };
    let (unknown, others): (Vec<_>, Vec<_>) = found.into_iter().partition(is_foreign);
    diagnostics.extend(others);
    match written {
        Written::Kind(_) => diagnostics.extend(unknown.into_iter().map(|found| of_other_kind(source, found))),
        // Which keys there are is not known where the kind is not.
        Written::Unknown => diagnostics.retain(|found| found.rule != Rule::UnknownKey),
        Written::Nothing => diagnostics.extend(foreign(source, &unknown)),
    }
    Checked { value: FrontMatter { common, details, unread, body: head.body }, diagnostics }
}

/// The settings of a page as a tree, as far as they are YAML: what stands at a place of them is [`Node::at`].
pub fn tree(source: &Source) -> Option<Node> {
    head(source).document?.root
}

/// The beginning of a page, before its text.
struct Head {
    /// Nothing where there are no settings, or none that are read.
    document: Option<Document>,
    /// Where the text begins.
    body: usize,
    /// What is wrong with where the settings begin and end.
    found: Option<Diagnostic>,
}

/// Where the settings are, between their two lines of `---`, and what they say.
fn head(source: &Source) -> Head {
    let text = &*source.text;
    let start = text.len() - text.trim_start_matches('\n').len();
    let first = start..line_end(text, start);
    if text[first.clone()].trim_end() != "---" {
        let found = foreign_mark(source, &first);
        return Head { document: None, body: found.as_ref().map_or(0, |_| behind_next(text, first)), found };
    }
    let start = next_line(text, first.end);
    let mark = lines(text, start).find(|line| text[line.clone()].trim_end() == "---");
    let none = Head { document: None, body: 0, found: None };
    let Some(mark) = mark else {
        return likely_end(text, start).map_or(none, |end| unclosed(source, first, start, end));
    };
    // Paragraphs between two lines across the page are text.
    if is_prose(&text[start..mark.start]) && likely_end(text, start).is_none() {
        return none;
    }
    let closed = settings(source, start..mark.start, next_line(text, mark.end));
    let is_broken = |found: &Diagnostic| matches!(found.rule, Rule::YamlSyntax | Rule::YamlAnchor);
    let is_doubtful = closed.document.as_ref().is_some_and(|document| document.diagnostics.iter().any(is_broken));
    let end = is_doubtful.then(|| likely_end(text, start)).flatten();
    match end.filter(|end| is_before_text(&text[..mark.start], end)) {
        Some(end) => unclosed(source, first, start, end),
        None => closed,
    }
}

/// Whether lines are no keys and stand apart, as paragraphs do.
fn is_prose(text: &str) -> bool {
    let written = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let is_text = |line: &str| line.starts_with(char::is_alphabetic) && word(line).is_none();
    written.is_some_and(is_text) && (text.starts_with('\n') || text.contains("\n\n"))
}

/// Whether settings end before text, behind a blank line or a mark like the one that closes them: a line across the page,
/// far below, does not close them then.
fn is_before_text(text: &str, end: &Range<usize>) -> bool {
    let below = text.get(end.end..).unwrap_or("");
    let next = below.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    below.starts_with('\n') && word(next).is_none() && next.starts_with(char::is_alphanumeric)
}

/// The settings in a range, unless they are too long.
fn settings(source: &Source, range: Range<usize>, body: usize) -> Head {
    if range.len() <= LARGEST {
        return Head { document: Some(Document::of(source, range)), body, found: None };
    }
    let found = Diagnostic::new(Rule::TooLarge, source.place(0..3), "the front matter is larger than 64 KB");
    Head { document: None, body, found: Some(found.hint("move text below the second `---`")) }
}

/// Settings that have no end. `end` is the line that was meant to be it, or the empty range where one is missing.
fn unclosed(source: &Source, first: Range<usize>, start: usize, end: Range<usize>) -> Head {
    let text = &source.text;
    let written = &text[end.clone()];
    let message = "the settings at the head are not closed";
    let found = |line: Range<usize>, message: String| {
        Diagnostic::new(Rule::FrontMatterOpen, source.place(line), message)
            .related(source.place(first), "they begin here")
    };
    let found = if written.is_empty() {
        let last = text[..end.start].trim_end().lines().next_back().unwrap_or("");
        let mark = if text[..end.start].ends_with('\n') { "---\n" } else { "\n---\n" };
        found(end.start..line_end(text, end.start), message.to_owned())
            .hint(format!("write `---` on a line of its own behind `{last}`"))
            .patch(end.clone(), mark)
    } else {
        found(end.clone(), format!("{message}: `{}` is not `---`", written.trim()))
            .hint("write `---`, three dashes on a line of their own")
            .patch(end.clone(), "---")
    };
    let body = if written.is_empty() { end.end } else { next_line(text, end.end) };
    Head { found: Some(found), ..settings(source, start..end.start, body) }
}

/// Where settings most likely end: the line that was meant to close them, or where one is missing. Nothing where a line
/// across the page begins the text, as it may in Markdown.
fn likely_end(text: &str, start: usize) -> Option<Range<usize>> {
    let (mut end, mut is_gap) = (None, false);
    for line in lines(text, start) {
        let written = &text[line.clone()];
        let goes_on = end.is_some() && !is_gap;
        let is_setting = match word(written) {
            _ if written.trim().is_empty() => {
                is_gap = true;
                continue;
            }
            _ if written.starts_with('#') => continue,
            _ if end.is_some() && is_like_mark(written) => return Some(line),
            // Behind a gap, prose with a colon is more likely than a key that nobody knows.
            Some(word) => goes_on || line.start == start || KINDS_WITH.contains_key(word),
            None if written.starts_with([' ', '\t']) => end.is_some(),
            None => goes_on && (written.starts_with([']', '}']) || written.starts_with("- ")),
        };
        if !is_setting {
            break;
        }
        (end, is_gap) = (Some(next_line(text, line.end)), false);
    }
    end.map(|end| end..end)
}

/// What somebody, or their editor, writes for `---`.
fn is_like_mark(line: &str) -> bool {
    let line = line.trim_end();
    let is_line = |marks: &[char]| line.trim_matches(marks).is_empty();
    line == "..." || matches!(line, "—" | "–") || line.len() > 1 && (is_line(&['-', '–', '—']) || is_line(&['*', '_']))
}

/// The lines of a text from one on.
fn lines(text: &str, start: usize) -> impl Iterator<Item = Range<usize>> {
    let line = |start: usize| (start < text.len()).then(|| start..line_end(text, start));
    std::iter::successors(line(start), move |last| line(last.end + 1))
}

fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline)
}

/// Where the line behind one begins that ends at a byte.
fn next_line(text: &str, end: usize) -> usize {
    (end + 1).min(text.len())
}

/// The word with which a line begins, if a colon comes behind it.
fn word(line: &str) -> Option<&str> {
    let (word, _) = line.split_once(':')?;
    let is_word = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    is_word.then_some(word)
}

/// What other generators, or a slip, put in the place of the two lines of `---`.
fn foreign_mark(source: &Source, first: &Range<usize>) -> Option<Diagnostic> {
    let text = &source.text;
    let mark = text[first.clone()].trim();
    let next = next_line(text, first.end);
    let closes = lines(text, next).any(|line| text[line].trim() == mark);
    let keyed = word(text[next..line_end(text, next)].trim()).is_some();
    let (message, hint) = if mark == "+++" && closes {
        (
            "front matter in TOML, between lines of `+++`, is not read",
            "write `key: value` lines between two lines of `---`",
        )
    } else if keyed && closes && mark.len() >= 2 && mark.bytes().all(|byte| byte == b'-') {
        (
            "this looks like front matter, which begins and ends with a line of exactly `---`",
            "write three dashes, with no space before them",
        )
    } else {
        return None;
    };
    Some(Diagnostic::new(Rule::FrontMatterOpen, source.place(first.clone()), message).hint(hint))
}

/// Where the text begins behind front matter that is none of ours: behind the next line like its first.
fn behind_next(text: &str, first: Range<usize>) -> usize {
    let mark = text[first.clone()].trim();
    let next = lines(text, next_line(text, first.end)).find(|line| text[line.clone()].trim() == mark);
    next.map_or(text.len(), |line| next_line(text, line.end))
}

/// What a page says of its kind.
enum Written {
    Nothing,
    /// Something that is no kind, and like none.
    Unknown,
    Kind(Kind),
}

impl Written {
    /// Read before all else, since it decides which other keys there are.
    fn of(source: &Source, document: &Document, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let node = match document.root.as_ref().and_then(kind_of) {
            Some(node) if node.is_null() => return Self::Nothing,
            Some(node) => node,
            None if document.unread.contains("kind") => return Self::Unknown,
            None => return Self::Nothing,
        };
        let Value::Scalar { text: name, .. } = &node.value else { return Self::Unknown };
        let find = |name: &str| Kind::ALL.iter().copied().find(|kind| kind.name() == name);
        if let Some(kind) = find(name) {
            return Self::Kind(kind);
        }
        let names = Kind::ALL.iter().map(|kind| kind.name());
        let place = source.place(node.span.clone());
        let found = Diagnostic::new(Rule::UnknownKind, place, format!("there is no kind of page `{name}`"));
        let synonym = SYNONYMS.iter().find(|(word, _)| word == name).map(|(_, kind)| *kind);
        diagnostics.push(match synonym {
            Some(kind) => found.hint(format!("did you mean `{}`?", kind.name())).patch(node.span.clone(), kind.name()),
            None => found.nearest(name, names.clone()),
        });
        synonym.or_else(|| nearest(name, names).and_then(find)).map_or(Self::Unknown, Self::Kind)
    }
}

/// The value of `kind`; a slip in the key itself is told with the others.
fn kind_of(root: &Node) -> Option<&Node> {
    let Value::Map(entries) = &root.value else { return None };
    let near = |entry: &&Entry| nearest(entry.key.text(), ["kind"]).is_some();
    root.get("kind").or_else(|| entries.iter().find(near).map(|entry| &entry.value))
}

/// A page without `kind` may be somebody else's Markdown: keys that resemble none of ours are theirs, and one warning
/// is enough for all of them.
fn foreign(source: &Source, unknown: &[Diagnostic]) -> Option<Diagnostic> {
    let first = unknown.first()?;
    let keys = || unknown.iter().map(|found| &source.text[found.place.range()]);
    let names = keys().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
    let known = if unknown.len() == 1 { "a key" } else { "keys" };
    let diagnostic = Diagnostic::new(
        Rule::ForeignKey,
        first.place.clone(),
        format!("a page without `kind` has {known} that Guidepost does not know: {names}"),
    );
    let kind = keys().find_map(|key| KINDS_WITH.get(key)?.first().copied());
    Some(match kind {
        Some(kind) => diagnostic.hint(format!("write what the page is, for instance `kind: {}`", kind.name())),
        None => diagnostic.hint("remove them, or put them under `extra:` where a theme of your own needs them"),
    })
}

/// Says of a key that this kind of page does not have where it belongs.
fn of_other_kind(source: &Source, found: Diagnostic) -> Diagnostic {
    let key = &source.text[found.place.range()];
    let Some(kinds) = KINDS_WITH.get(key) else {
        return found.hint("remove it, or put it under `extra:` where a theme of your own needs it");
    };
    let names = kinds.iter().map(|kind| format!("`{}`", kind.name())).collect::<Vec<_>>().join(" and ");
    found.hint(format!("remove it: only pages of kind {names} have it"))
}

/// Reads the document into the type of a kind.
struct Reading<'a> {
    source: &'a Source,
    document: &'a Document,
    kind: Kind,
    found: &'a mut Vec<Diagnostic>,
    unread: &'a mut BTreeSet<String>,
}

impl Read for Reading<'_> {
    type Error = Infallible;

    fn read<T: for<'de> Deserialize<'de> + Default>(self) -> Result<T, Infallible> {
        let what = match self.kind {
            Kind::Page => "a page".to_owned(),
            kind => format!("a page of kind `{}`", kind.name()),
        };
        let read = self.document.read::<T>(self.source, &what);
        (*self.found, *self.unread) = (read.diagnostics, read.unread);
        Ok(read.value)
    }
}
