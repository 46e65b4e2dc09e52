//! The front matter of a page: where it ends, of which kind it is, what its keys say.

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
    /// Where the page's text begins.
    pub body: usize,
}

/// Reads the front matter of a page; a page without one is of kind `page` with no keys.
pub fn read(source: &Source) -> Checked<FrontMatter> {
    let mut diagnostics = Vec::new();
    let (yaml, body) = match split(&source.text) {
        Split::None => (0..0, 0),
        Split::Open => {
            let place = source.place(0..3);
            diagnostics.push(
                Diagnostic::new(Rule::FrontMatterOpen, place, "the front matter begins here and does not end")
                    .hint("write `---` on a line of its own behind the last key"),
            );
            (0..0, source.text.len())
        }
        Split::Closed(yaml, body) => (yaml, body),
    };
    if yaml.len() > LARGEST {
        let place = source.place(0..3);
        diagnostics.push(
            Diagnostic::new(Rule::TooLarge, place, "the front matter is larger than 64 KB")
                .hint("move text below the second `---`"),
        );
        return with_kind(Kind::Page, Common::default(), body, diagnostics);
    }
    let written = written_kind(source, yaml.clone(), &mut diagnostics);
    let kind = written.unwrap_or(Kind::Page);
    let keys = Keys { source, yaml, kind };
    let (common, details) = match Details::read(kind, Reading { keys, diagnostics: &mut diagnostics }) {
        Ok(read) => read,
        Err(()) => (Common::default(), Details::empty(kind)),
    };
    if written.is_none() {
        diagnostics.iter_mut().for_each(soften);
        diagnostics.retain(|found| found.rule != Rule::LooksLikeKey || found.patch.is_some());
    }
    Checked { value: FrontMatter { common, details, body }, diagnostics }
}

fn with_kind(kind: Kind, common: Common, body: usize, diagnostics: Vec<Diagnostic>) -> Checked<FrontMatter> {
    Checked { value: FrontMatter { common, details: Details::empty(kind), body }, diagnostics }
}

enum Split {
    None,
    Open,
    Closed(Range<usize>, usize),
}

/// Where the YAML is (its first `---` included, which YAML reads as the mark of a document) and where the text begins.
fn split(text: &str) -> Split {
    if !(text.starts_with("---\n") || text.trim_end() == "---" || text.starts_with("--- \n")) {
        return Split::None;
    }
    let mut at = text.find('\n').map_or(text.len(), |newline| newline + 1);
    while at < text.len() {
        let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
        if text[at..end].trim_end() == "---" {
            return Split::Closed(0..at, (end + 1).min(text.len()));
        }
        at = end + 1;
    }
    Split::Open
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

/// The word behind a `kind:` that begins a line, and where it stands.
fn kind_line(yaml: &str) -> Option<(&str, Range<usize>)> {
    let mut start = 0;
    for line in yaml.split_inclusive('\n') {
        if let Some(value) = line.strip_prefix("kind:") {
            let value = value.split(" #").next().unwrap_or("").trim().trim_matches(['"', '\'']);
            let at = start + (value.as_ptr() as usize - line.as_ptr() as usize);
            return (!value.is_empty()).then_some((value, at..at + value.len()));
        }
        start += line.len();
    }
    None
}

/// A page without `kind` may be somebody else's Markdown: keys that we don't know are theirs, unless one looks like ours.
fn soften(diagnostic: &mut Diagnostic) {
    if diagnostic.rule == Rule::UnknownKey {
        let (hint, patch) = (diagnostic.hint.take(), diagnostic.patch.take());
        *diagnostic = Diagnostic::new(Rule::LooksLikeKey, diagnostic.place.clone(), &diagnostic.message);
        (diagnostic.hint, diagnostic.patch) = (hint, patch);
    }
}

struct Keys<'a> {
    source: &'a Source,
    yaml: Range<usize>,
    kind: Kind,
}

struct Reading<'a, 'd> {
    keys: Keys<'a>,
    diagnostics: &'d mut Vec<Diagnostic>,
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
        Ok(read.value)
    }
}
