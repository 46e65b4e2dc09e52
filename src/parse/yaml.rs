//! YAML into types, with everything that is wrong in it at once.
//!
//! serde stops at the first mistake. So after each one the part that holds it is blanked (places stay as they are) and
//! the rest is read again, until it reads: an editor sees all mistakes of a file in one run, and the page is still there.
//! Lines that are no YAML at all come first (`yaml/syntax.rs`); what is to be blanked for a wrong value or key is
//! decided in `yaml/part.rs`.

mod part;
mod syntax;
mod words;

use std::collections::BTreeSet;
use std::ops::Range;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_yaml::budget::Budget;
use serde_yaml::{DuplicateKeyPolicy, Error, Location, Options};

use self::part::Part;
use self::words::{example, expected, plain, said, truth, without_brackets};
use crate::diagnostic::{Diagnostic, Rule};
use crate::source::{Place, Source};

/// A file that breaks in more places than this is not read further; nobody mends them all in one go.
const MOST_MISTAKES: usize = 50;

/// What was read.
#[derive(Debug, Clone, Default)]
pub struct Read<T> {
    /// Without the parts that are wrong.
    pub value: T,
    /// In the order in which they were found.
    pub diagnostics: Vec<Diagnostic>,
    /// The outermost keys in which something is wrong: what is missing there is not missing.
    pub unread: BTreeSet<String>,
}

/// Reads a byte range of a source. `what` names its owner in messages, as in ``a page of kind `step` ``.
pub fn read<T: for<'de> Deserialize<'de> + Default>(source: &Source, range: Range<usize>, what: &str) -> Read<T> {
    let whole = &source.text[..range.end];
    if says_nothing(&whole[range.start..]) {
        return Read::default();
    }
    let tagged = syntax::has_tag(&whole[range.start..]);
    if range.start == 0
        && !tagged
        && let Ok(value) = serde_yaml::from_str_with_options::<T>(whole, options())
    {
        return Read { value, diagnostics: Vec::new(), unread: BTreeSet::new() };
    }
    let text = masked(whole, range.start);
    let mut reader = Reader { source, what, text, found: Vec::new(), unread: BTreeSet::new() };
    reader.syntax();
    let value = reader.types::<T>(range.start);
    Read { value, diagnostics: reader.found, unread: reader.unread }
}

/// Whether there are only blank lines, comments and marks of a document.
fn says_nothing(text: &str) -> bool {
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#') || line == "---")
}

/// Limits that no honest front matter meets: no anchors, nesting to 32, 20,000 values.
fn options() -> Options {
    let mut budget = Budget::default();
    budget.max_anchors = 0;
    budget.max_aliases = 0;
    budget.max_depth = 32;
    budget.max_nodes = 20_000;
    serde_yaml::options! { with_snippet: false, budget: Some(budget), strict_booleans: true }
}

/// Whether a text is YAML at all; keys that stand twice are told later, with their places.
fn syntax_of(text: &str) -> Result<IgnoredAny, Error> {
    let mut options = options();
    options.duplicate_keys = DuplicateKeyPolicy::LastWins;
    serde_yaml::from_str_with_options::<IgnoredAny>(text, options)
}

/// The text with everything before `start` blank, so that places count from the file's head.
fn masked(text: &str, start: usize) -> String {
    let blank = text[..start].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' });
    blank.chain(text[start..].chars()).collect()
}

struct Reader<'a> {
    source: &'a Source,
    what: &'a str,
    /// What is read: the source's text with mistakes blanked.
    text: String,
    found: Vec<Diagnostic>,
    unread: BTreeSet<String>,
}

impl Reader<'_> {
    /// Reports and blanks lines that are no YAML.
    fn syntax(&mut self) {
        for mistake in syntax::mistakes(&self.text) {
            self.found.push(mistake.describe(self.source));
            self.unread.extend(mistake.key.clone());
            self.forget(&mistake.blank);
        }
        while let Err(error) = syntax_of(&self.text) {
            let at = offset(&self.text, &error);
            let line = part::line(&self.text, at);
            let line = if self.text[line.clone()].trim().is_empty() { part::last_line(&self.text) } else { line };
            if self.found.len() >= MOST_MISTAKES || self.text[line.clone()].trim().is_empty() {
                self.forget(&(0..self.text.len()));
                return;
            }
            // What is wrong with the whole follows from a line that was reported, more often than not.
            if self.found.is_empty() {
                self.found.push(self.unknown(&error, at.clamp(line.start, line.end)..line.end));
            }
            self.forget(&line);
        }
    }

    /// Reads the type, and blanks each part that is wrong.
    fn types<T: for<'de> Deserialize<'de> + Default>(&mut self, first: usize) -> T {
        loop {
            let error = match serde_yaml::from_str_with_options::<Option<T>>(&self.text, options()) {
                Ok(value) => return value.unwrap_or_default(),
                Err(error) => error,
            };
            let at = offset(&self.text, &error).max(first);
            let part = Part::of(&self.text, at, is_about_key(&error));
            if self.found.len() >= MOST_MISTAKES {
                self.forget(&(0..self.text.len()));
                return T::default();
            }
            if self.text[part.blank.clone()].trim().is_empty() {
                // Nothing is left to take out here; what remains follows from a mistake that was reported.
                let entry = part::entry(&self.text, at);
                if self.text[entry.clone()].trim().is_empty() {
                    self.unread.insert(String::new());
                    return T::default();
                }
                self.forget(&entry);
                continue;
            }
            // Where something was blanked before, what is left follows from that.
            let is_empty = |text: &str| text[part.value.clone()].trim().is_empty();
            if !is_empty(&self.text) || is_empty(&self.source.text) {
                let length = place(&error).map_or(0, |(_, length)| length);
                let found = self.describe(&error, at, length, &part);
                if part.name.is_none() {
                    self.unread.insert(String::new());
                }
                self.found.push(found);
            }
            self.forget(&part.blank);
        }
    }

    /// Blanks a part and notes its outermost key.
    fn forget(&mut self, part: &Range<usize>) {
        if *part == (0..self.text.len()) {
            self.unread.insert(String::new());
        }
        self.unread.extend(part::outermost_key(&self.text, part.start).map(str::to_owned));
        let blank: String = self.text[part.clone()].chars().map(blank_of).collect();
        self.text.replace_range(part.clone(), &blank);
    }

    fn place(&self, range: Range<usize>) -> Place {
        self.source.place(range)
    }

    fn unknown(&self, error: &Error, range: Range<usize>) -> Diagnostic {
        Diagnostic::new(Rule::YamlSyntax, self.place(range), format!("this is not YAML: {}", said(error)))
            .hint("put the text in quotes, and check the spaces at the beginning of the line")
    }

    fn describe(&mut self, error: &Error, at: usize, length: usize, part: &Part) -> Diagnostic {
        let value = self.place(part.value.clone());
        match error {
            Error::SerdeUnknownField { field, expected, .. } => {
                let owner = part.owner.as_ref().map_or_else(|| self.what.to_owned(), |owner| format!("`{owner}`"));
                let place = self.place(part.key.clone());
                let found = Diagnostic::new(Rule::UnknownKey, place, format!("{owner} has no key `{field}`"))
                    .nearest(field, expected.iter().copied());
                let found = if found.hint.is_none() { found.hint("remove it") } else { found };
                // A slip of the pen is no key that is missing besides.
                self.unread.extend(found.patch.iter().map(|patch| patch.text.clone()));
                found
            }
            Error::SerdeUnknownVariant { variant, expected, .. } => {
                let message = match &part.name {
                    Some(name) => format!("`{variant}` is not a value of `{name}`"),
                    None => format!("`{variant}` is not a value that can stand here"),
                };
                Diagnostic::new(Rule::BadValue, self.place(at..at + length), message)
                    .nearest(variant, expected.iter().copied())
            }
            Error::DuplicateMappingKey { key, .. } => {
                let key = key.as_deref().unwrap_or("this key");
                let found =
                    Diagnostic::new(Rule::DuplicateKey, self.place(part.key.clone()), format!("`{key}` stands twice"))
                        .hint("remove one of the two");
                match part::first_of(&self.text, part) {
                    Some(first) => found.related(self.place(first), "first here"),
                    None => found,
                }
            }
            Error::SerdeInvalidValue { expected, .. } => {
                let hint = match part.name.as_deref() {
                    Some("rows") => "write for instance `rows: 8`".to_owned(),
                    Some("steps") => "write `steps: all`, or for instance `steps: [brief-the-team]`".to_owned(),
                    _ => format!("write {expected}"),
                };
                Diagnostic::new(Rule::BadValue, value, format!("{} needs to be {expected}", part.subject())).hint(hint)
            }
            Error::Budget { .. } => {
                Diagnostic::new(Rule::YamlSyntax, value, "this is nested too deep or has too many values")
                    .hint("write fewer values, or split the page")
            }
            _ => match expected(error) {
                Some(expected) => self.wrong_type(plain(&expected), at, length, part),
                None => self.unknown(error, part.value.clone()),
            },
        }
    }

    fn wrong_type(&self, needed: &str, at: usize, length: usize, part: &Part) -> Diagnostic {
        let written = self.text[part.value.clone()].trim();
        let message = format!("{} needs to be {needed}", part.subject());
        let range = if written.is_empty() { at..at + length.max(1) } else { part.value.clone() };
        let place = self.place(part::first_line(&self.text, range));
        if let (Some(comment), Some(name)) = (written.strip_prefix('#'), &part.name) {
            let message = format!("{} is empty, since what stands behind `#` is a comment", part.subject());
            let better = format!("\"#{comment}\"");
            let found = Diagnostic::new(Rule::WrongType, place, message).hint(format!("write `{name}: {better}`"));
            return found.patch(part.value.clone(), better);
        }
        if written.is_empty() {
            let message = format!("{} is empty", part.subject());
            return Diagnostic::new(Rule::WrongType, place, message).hint("write something there, or remove the line");
        }
        if part.name.is_none() {
            let message = format!("{} is made of lines `key: value`, and this is none", self.what);
            return Diagnostic::new(Rule::WrongType, place, message).hint("write for instance `title: Brief the team`");
        }
        if needed == "a whole number" && written.parse::<i128>().is_ok() {
            let message = format!("{} can't be {written}", part.subject());
            return Diagnostic::new(Rule::WrongType, place, message).hint("write a smaller whole number, of 0 or more");
        }
        let found = Diagnostic::new(Rule::WrongType, place, message);
        let one_line = !written.contains('\n');
        let better = match needed {
            "a list" if one_line && !written.starts_with('{') => Some(format!("[{written}]")),
            "a text" if one_line => without_brackets(written),
            "`true` or `false`" => truth(written).map(str::to_owned),
            _ => None,
        };
        match (better, &part.name) {
            (Some(better), Some(name)) if part.keyed => {
                found.hint(format!("write `{name}: {better}`")).patch(part.value.clone(), better)
            }
            (Some(better), _) => found.hint(format!("write `{better}`")).patch(part.value.clone(), better),
            (None, name) => found.hint(example(needed, name.as_deref().filter(|_| part.keyed))),
        }
    }
}

fn blank_of(character: char) -> &'static str {
    match character {
        '\n' => "\n",
        _ => ["", " ", "  ", "   ", "    "][character.len_utf8()],
    }
}

/// Whether an error is about a key, and not about what stands behind it.
fn is_about_key(error: &Error) -> bool {
    matches!(
        error,
        Error::SerdeUnknownField { .. } | Error::DuplicateMappingKey { .. } | Error::SerdeInvalidValue { .. }
    )
}

/// First byte and length of what an error is about.
fn place(error: &Error) -> Option<(usize, usize)> {
    let location: Location = error.location()?;
    let span = location.span();
    Some((usize::try_from(span.byte_offset()?).ok()?, usize::try_from(span.byte_len().unwrap_or(0)).ok()?))
}

/// First byte of what an error is about, on the border of a character of `text`.
fn offset(text: &str, error: &Error) -> usize {
    let by_line = || {
        let location = error.location()?;
        let (line, column) = (usize::try_from(location.line()).ok()?, usize::try_from(location.column()).ok()?);
        let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
        let within: usize = text[start..].chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
        Some(start + within)
    };
    let mut at = place(error).map(|(at, _)| at).or_else(by_line).unwrap_or(0).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
