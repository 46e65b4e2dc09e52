//! The front matter of a page: where it ends, of which kind it is, what its keys say.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::Deserialize;

use super::yaml;
use crate::diagnostic::{Checked, Diagnostic, Rule, nearest};
use crate::model::front_matter::{Common, Details, Kind, Read};
use crate::source::Source;

/// Front matter longer than this is not read (reliability, Read).
const LARGEST: usize = 64 * 1024;

/// The kind's words for what it is, with those that are meant where people write them.
const SYNONYMS: &[(&str, Kind)] = &[("criteria", Kind::Criterion), ("glossary", Kind::Term), ("home", Kind::Guide)];

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
    let mut diagnostics = Vec::new();
    let (yaml, body) = match split(&source.text) {
        Split::None => (0..0, 0),
        Split::Foreign(found, message, hint) => {
            diagnostics.push(Diagnostic::new(Rule::FrontMatterOpen, source.place(found), message).hint(hint));
            return without(body_of(source), diagnostics);
        }
        Split::Open(start, end) => {
            diagnostics.push(open(source, start, end));
            (0..end, end)
        }
        Split::Closed(yaml, body) => (yaml, body),
    };
    if yaml.len() > LARGEST {
        let place = source.place(0..3);
        diagnostics.push(
            Diagnostic::new(Rule::TooLarge, place, "the front matter is larger than 64 KB")
                .hint("move text below the second `---`"),
        );
        return without(body, diagnostics);
    }
    let written = written_kind(source, yaml.clone(), &mut diagnostics);
    let known = diagnostics.iter().all(|found| found.rule != Rule::UnknownKind || found.patch.is_some());
    let kind = written.unwrap_or(Kind::Page);
    let mut unread = BTreeSet::new();
    let before = diagnostics.len();
    let keys = Keys { source, yaml, kind };
    let (common, details) =
        match Details::read(kind, Reading { keys, diagnostics: &mut diagnostics, unread: &mut unread }) {
            Ok(read) => read,
            Err(()) => (Common::default(), Details::empty(kind)),
        };
    let found = diagnostics.split_off(before);
    diagnostics.extend(match written {
        // Which keys there are is not known where the kind is not.
        Some(_) if !known => found.into_iter().filter(|found| found.rule != Rule::UnknownKey).collect(),
        Some(_) => found.into_iter().map(|found| of_other_kind(source, found)).collect(),
        None => foreign(source, found),
    });
    Checked { value: FrontMatter { common, details, unread, body }, diagnostics }
}

/// A page whose front matter is not read.
fn without(body: usize, diagnostics: Vec<Diagnostic>) -> Checked<FrontMatter> {
    let unread = BTreeSet::from([String::new()]);
    let (common, details) = (Common::default(), Details::empty(Kind::Page));
    Checked { value: FrontMatter { common, details, unread, body }, diagnostics }
}

enum Split {
    None,
    /// Something like front matter that is none: its first line, what is wrong, and what to write.
    Foreign(Range<usize>, &'static str, &'static str),
    /// Where its first `---` is, and where it most likely ends.
    Open(usize, usize),
    Closed(Range<usize>, usize),
}

/// Where the YAML is (its first `---` included, which YAML reads as the mark of a document) and where the text begins.
fn split(text: &str) -> Split {
    let start = text.len() - text.trim_start_matches('\n').len();
    let first = start..line_end(text, start);
    let mark = text[first.clone()].trim_end();
    if mark != "---" {
        return like_front_matter(text, first);
    }
    let mut at = (first.end + 1).min(text.len());
    let mut likely = at;
    let mut goes_on = true;
    while at < text.len() {
        let end = line_end(text, at);
        let line = &text[at..end];
        if line.trim_end() == "---" {
            return Split::Closed(0..at, (end + 1).min(text.len()));
        }
        goes_on = goes_on && (is_key(line) || line.starts_with([' ', '\t', '#']) || line.starts_with("- "));
        if goes_on {
            likely = (end + 1).min(text.len());
        }
        at = end + 1;
    }
    // A line across the page at its top, as Markdown has it, is no front matter.
    if is_key(&text[(first.end + 1).min(text.len())..line_end(text, (first.end + 1).min(text.len()))]) {
        Split::Open(start, likely)
    } else {
        Split::None
    }
}

fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline)
}

/// Whether a line begins with a word and a colon.
fn is_key(line: &str) -> bool {
    let word = line.split(':').next().unwrap_or("");
    line.contains(':')
        && !word.is_empty()
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// What other generators, or a slip, put in the place of the two lines of `---`.
fn like_front_matter(text: &str, first: Range<usize>) -> Split {
    let mark = text[first.clone()].trim();
    let next = (first.end + 1).min(text.len());
    let closes = text[next..].lines().any(|line| line.trim() == mark);
    let keyed = is_key(text[next..line_end(text, next)].trim());
    if mark == "+++" && closes {
        let hint = "write `key: value` lines between two lines of `---`";
        return Split::Foreign(first, "front matter in TOML, between lines of `+++`, is not read", hint);
    }
    if keyed && closes && mark.len() >= 2 && mark.bytes().all(|byte| byte == b'-') {
        return Split::Foreign(
            first,
            "this looks like front matter, which begins and ends with a line of exactly `---`",
            "write three dashes, with no space before them",
        );
    }
    Split::None
}

/// Where the text begins behind front matter that is none of ours.
fn body_of(source: &Source) -> usize {
    let text = &*source.text;
    let start = text.len() - text.trim_start_matches('\n').len();
    let mark = text[start..line_end(text, start)].trim();
    let mut at = (line_end(text, start) + 1).min(text.len());
    while at < text.len() {
        let end = line_end(text, at);
        let closes = text[at..end].trim() == mark;
        at = (end + 1).min(text.len());
        if closes {
            break;
        }
    }
    at
}

/// The message on front matter that has no end. `end` is where it most likely is.
fn open(source: &Source, start: usize, end: usize) -> Diagnostic {
    let place = source.place(start..start + 3);
    let last = source.text[..end].trim_end().lines().next_back().unwrap_or("");
    let dots = source.text[end..].starts_with("...");
    let diagnostic = Diagnostic::new(Rule::FrontMatterOpen, place, "the front matter begins here and does not end");
    if dots {
        return diagnostic.hint("write `---` instead of `...`").patch(end..end + 3, "---");
    }
    let line = if source.text[..end].ends_with('\n') { "---\n" } else { "\n---\n" };
    diagnostic.hint(format!("write `---` on a line of its own behind `{last}`")).patch(end..end, line)
}

/// The value of `kind`, read before all else, since it decides which other keys there are.
fn written_kind(source: &Source, yaml: Range<usize>, diagnostics: &mut Vec<Diagnostic>) -> Option<Kind> {
    let (name, at) = kind_line(&source.text[yaml])?;
    if let Some(kind) = Kind::ALL.iter().find(|kind| kind.name() == name) {
        return Some(*kind);
    }
    let message = format!("there is no kind of page `{name}`");
    let mut diagnostic = Diagnostic::new(Rule::UnknownKind, source.place(at.clone()), message);
    let names = Kind::ALL.iter().map(|kind| kind.name());
    let synonym = SYNONYMS.iter().find(|(word, _)| *word == name).map(|(_, kind)| *kind);
    diagnostic = match synonym {
        Some(kind) => diagnostic.hint(format!("did you mean `{}`?", kind.name())).patch(at, kind.name()),
        None => diagnostic.nearest(name, names.clone()),
    };
    diagnostics.push(diagnostic);
    let meant = nearest(name, names).and_then(|near| Kind::ALL.iter().copied().find(|kind| kind.name() == near));
    synonym.or(meant).or(Some(Kind::Page))
}

/// The word behind a `kind:` that begins a line, and where it stands; a slip in the key itself is told with the others.
fn kind_line(yaml: &str) -> Option<(&str, Range<usize>)> {
    kind_in(yaml, |key| key == "kind").or_else(|| kind_in(yaml, |key| nearest(key, ["kind"]).is_some()))
}

fn kind_in(yaml: &str, is_kind: impl Fn(&str) -> bool) -> Option<(&str, Range<usize>)> {
    let mut start = 0;
    for line in yaml.split_inclusive('\n') {
        if let Some((_, value)) = line.split_once(':').filter(|(key, _)| is_kind(key)) {
            let value = value.split(" #").next().unwrap_or("").trim().trim_matches(['"', '\'']);
            // Another type than a text is the business of whoever reads the keys.
            let is_text = !value.is_empty() && !value.starts_with(['[', '{']);
            return is_text.then(|| {
                let at = start + (value.as_ptr() as usize - line.as_ptr() as usize);
                (value, at..at + value.len())
            });
        }
        start += line.len();
    }
    None
}

/// A page without `kind` may be somebody else's Markdown: keys that resemble none of ours are theirs, and one warning
/// is enough for all of them.
fn foreign(source: &Source, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let is_foreign =
        |found: &Diagnostic| found.rule == Rule::UnknownKey && found.patch.is_none() && is_outermost(source, found);
    let (foreign, mut rest): (Vec<_>, Vec<_>) = found.into_iter().partition(is_foreign);
    let Some(first) = foreign.first() else { return rest };
    let key = |found: &Diagnostic| source.text[found.place.range()].to_owned();
    let names = foreign.iter().map(|found| format!("`{}`", key(found))).collect::<Vec<_>>().join(", ");
    let known = if foreign.len() == 1 { "a key" } else { "keys" };
    let diagnostic = Diagnostic::new(
        Rule::ForeignKey,
        first.place.clone(),
        format!("a page without `kind` has {known} that Guidepost does not know: {names}"),
    );
    let kind = foreign.iter().find_map(|found| kinds_with(&key(found)).first().copied());
    rest.push(match kind {
        Some(kind) => diagnostic.hint(format!("write what the page is, for instance `kind: {}`", kind.name())),
        None => diagnostic.hint("remove them, or put them under `extra:` where a theme of your own needs them"),
    });
    rest
}

/// Says of a key that this kind of page does not have where it belongs.
fn of_other_kind(source: &Source, found: Diagnostic) -> Diagnostic {
    if found.rule != Rule::UnknownKey || found.patch.is_some() || !is_outermost(source, &found) {
        return found;
    }
    let key = &source.text[found.place.range()];
    let kinds = kinds_with(key);
    if kinds.is_empty() {
        return found.hint("remove it, or put it under `extra:` where a theme of your own needs it");
    }
    let names = kinds.iter().map(|kind| format!("`{}`", kind.name())).collect::<Vec<_>>().join(" and ");
    found.hint(format!("remove it: only pages of kind {names} have it"))
}

fn is_outermost(source: &Source, found: &Diagnostic) -> bool {
    let start = found.place.range().start;
    start == 0 || source.text[..start].ends_with('\n')
}

/// The kinds of pages that have a key of their own with this name.
fn kinds_with(key: &str) -> Vec<Kind> {
    let has = |kind: &Kind| kind.schema().get("properties").is_some_and(|keys| keys.get(key).is_some());
    Kind::ALL.iter().copied().filter(has).collect()
}

struct Keys<'a> {
    source: &'a Source,
    yaml: Range<usize>,
    kind: Kind,
}

struct Reading<'a, 'd> {
    keys: Keys<'a>,
    diagnostics: &'d mut Vec<Diagnostic>,
    unread: &'d mut BTreeSet<String>,
}

impl Read for Reading<'_, '_> {
    type Error = ();

    fn read<T: for<'de> Deserialize<'de> + Default>(self) -> Result<T, ()> {
        let Keys { source, yaml, kind } = self.keys;
        if yaml.is_empty() {
            return Ok(T::default());
        }
        let what = match kind {
            Kind::Page => "a page".to_owned(),
            kind => format!("a page of kind `{}`", kind.name()),
        };
        let read = yaml::read::<T>(source, yaml, &what);
        self.diagnostics.extend(read.diagnostics);
        self.unread.extend(read.unread);
        Ok(read.value)
    }
}
