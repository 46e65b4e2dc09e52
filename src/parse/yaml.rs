//! YAML into types, with everything that is wrong in it at once.
//!
//! serde stops at the first mistake. So after each one the lines that hold it are blanked (places stay as they are) and
//! the rest is read again, until it reads: an editor sees all mistakes of a file in one run, and the page is still there.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::Deserialize;
use serde_yaml::budget::{Budget, BudgetBreach};
use serde_yaml::{Error, Location, Options};

use crate::diagnostic::{Checked, Diagnostic, Rule};
use crate::source::Source;

/// A file that breaks in more places than this is not read further; nobody mends them all in one go.
const MOST_MISTAKES: usize = 50;

/// Reads a byte range of a source. `what` names its owner in messages, as in ``a page of kind `step` ``.
pub fn read<T: for<'de> Deserialize<'de> + Default>(source: &Source, range: Range<usize>, what: &str) -> Checked<T> {
    let mut reader = Reader { source, what, text: String::new(), blanked: BTreeSet::new(), found: Vec::new() };
    let whole = &source.text[..range.end];
    // Places count from the file's head, so what comes before the range is read as blank lines.
    let mut result = if range.start == 0 {
        serde_yaml::from_str_with_options(whole, options())
    } else {
        reader.text = masked(whole, range.start);
        serde_yaml::from_str_with_options(&reader.text, options())
    };
    while let Err(error) = result {
        if reader.text.is_empty() {
            reader.text = whole.to_owned();
        }
        if reader.found.len() >= MOST_MISTAKES || !reader.recover(&error, range.start) {
            result = Ok(T::default());
            break;
        }
        result = serde_yaml::from_str_with_options::<Option<T>>(&reader.text, options()).map(Option::unwrap_or_default);
    }
    Checked { value: result.unwrap_or_default(), diagnostics: reader.found }
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

/// The text with everything before `start` blank, line by line.
fn masked(text: &str, start: usize) -> String {
    let blank = text[..start].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' });
    blank.chain(text[start..].chars()).collect()
}

struct Reader<'a> {
    source: &'a Source,
    what: &'a str,
    /// What is read: the source's text with mistakes blanked.
    text: String,
    /// The first bytes of the lines that were blanked.
    blanked: BTreeSet<usize>,
    found: Vec<Diagnostic>,
}

impl Reader<'_> {
    /// Reports a mistake and blanks it. `false` where nothing is left to blank.
    fn recover(&mut self, error: &Error, first: usize) -> bool {
        let (at, length) = place(error).unwrap_or((first, 0));
        let at = self.visible(at.clamp(first, self.text.len()), first);
        let line = self.line_start(at);
        // A mistake in a line that was blanked follows from the one before; only the larger block is blanked too.
        let follows = self.blanked.contains(&line) || self.text[line..].lines().next().is_none_or(str::is_empty);
        if !follows {
            let place = self.source.place(at..(at + length).min(self.text.len()));
            self.found.push(self.describe(error, at, place));
        }
        let block = if follows { self.entry(at, first) } else { self.block(at, error) };
        let blank: String = self.text[block.clone()].chars().map(blank_of).collect();
        let changed = self.text[block.clone()].bytes().any(|byte| !byte.is_ascii_whitespace());
        self.mark(block.clone());
        self.text.replace_range(block, &blank);
        changed
    }

    /// A mistake that is found only at the end of the text belongs to the last line that says something.
    fn visible(&self, at: usize, first: usize) -> usize {
        let mut at = at;
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        if self.text[at..].trim().is_empty() {
            self.text[..at].trim_end().len().saturating_sub(1).max(first)
        } else {
            at
        }
    }

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |newline| newline + 1)
    }

    fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |newline| at + newline)
    }

    fn mark(&mut self, block: Range<usize>) {
        let mut line = self.line_start(block.start);
        while line < block.end.max(line + 1) && line <= self.text.len() {
            self.blanked.insert(line);
            let next = self.line_end(line) + 1;
            if next > block.end {
                break;
            }
            line = next;
        }
    }

    /// The key (or the entry of a list) in which the mistake is, with all that is indented below it.
    fn block(&self, at: usize, error: &Error) -> Range<usize> {
        let line = self.line_start(at);
        let indent = self.text[line..].len() - self.text[line..].trim_start_matches([' ', '-']).len();
        let by_key = matches!(error, Error::SerdeUnknownField { .. } | Error::DuplicateMappingKey { .. });
        let flow = self.text[line + indent..at.max(line + indent)].contains(['{', '[']);
        if flow && by_key {
            return self.flow_entry(at);
        }
        let start = line + indent;
        self.below(start, start - line)
    }

    /// `key: value` within `{…}` on one line, with the comma behind it.
    fn flow_entry(&self, at: usize) -> Range<usize> {
        let mut depth = 0_u32;
        for (offset, character) in self.text[at..self.line_end(at)].char_indices() {
            match character {
                '[' | '{' => depth += 1,
                ']' | '}' if depth == 0 => return at..at + offset,
                ']' | '}' => depth -= 1,
                ',' if depth == 0 => return at..at + offset + 1,
                _ => {}
            }
        }
        self.entry(at, 0)
    }

    /// From `start` to the line before the next one that is indented no deeper than `column`.
    fn below(&self, start: usize, column: usize) -> Range<usize> {
        let mut end = self.line_end(start);
        let opens_list = self.text[start..end].trim_end().ends_with(':');
        while end < self.text.len() {
            let line = &self.text[end + 1..self.line_end(end + 1)];
            let indent = line.len() - line.trim_start_matches(' ').len();
            let entry_of_list = opens_list && indent == column && line[indent..].starts_with('-') && line != "---";
            if !line.trim().is_empty() && indent <= column && !entry_of_list {
                break;
            }
            end = self.line_end(end + 1);
        }
        start..end
    }

    /// The whole top-level key that a byte belongs to.
    fn entry(&self, at: usize, first: usize) -> Range<usize> {
        let mut start = self.line_start(at);
        while start > first && self.text[start..].starts_with([' ', '-', '\n', '\t']) {
            start = self.line_start(start - 1);
        }
        self.below(start.max(first), 0)
    }

    fn describe(&self, error: &Error, at: usize, place: crate::source::Place) -> Diagnostic {
        let line = self.text[self.line_start(at)..self.line_end(at)].trim();
        match error {
            Error::SerdeUnknownField { field, expected, .. } => {
                let place = self.source.place(at..at + field.len());
                let message = format!("{} has no key `{field}`", self.what);
                Diagnostic::new(Rule::UnknownKey, place, message).nearest(field, expected.iter().copied())
            }
            Error::SerdeUnknownVariant { variant, expected, .. } => {
                Diagnostic::new(Rule::BadValue, place, format!("`{variant}` is not a value that this key can have"))
                    .nearest(variant, expected.iter().copied())
            }
            Error::DuplicateMappingKey { key, .. } => {
                let key = key.as_deref().unwrap_or("this key");
                Diagnostic::new(Rule::DuplicateKey, place, format!("`{key}` stands twice"))
                    .hint("remove one of the two")
            }
            Error::SerdeInvalidValue { expected, .. } => {
                Diagnostic::new(Rule::BadValue, place, format!("this is no value for the key: it needs {expected}"))
            }
            Error::Budget { breach: BudgetBreach::Anchors { .. } | BudgetBreach::Aliases { .. }, .. }
            | Error::UnknownAnchor { .. } => {
                Diagnostic::new(Rule::YamlAnchor, place, "YAML anchors and aliases are switched off")
                    .hint("put a text that begins with `&` or `*` in quotes")
            }
            Error::Budget { .. } => {
                Diagnostic::new(Rule::YamlSyntax, place, "this is nested too deep or has too many values")
            }
            _ => match expected(error) {
                Some(expected) => {
                    Diagnostic::new(Rule::WrongType, place, format!("this needs to be {}", plain(&expected)))
                        .hint(type_hint(&expected, line))
                }
                None => Diagnostic::new(Rule::YamlSyntax, place, format!("this is not YAML: {}", said(error)))
                    .hint(syntax_hint(line)),
            },
        }
    }
}

fn blank_of(character: char) -> &'static str {
    match character {
        '\n' => "\n",
        _ => ["", " ", "  ", "   ", "    "][character.len_utf8()],
    }
}

/// First byte and length of what an error is about.
fn place(error: &Error) -> Option<(usize, usize)> {
    let location: Location = error.location()?;
    let span = location.span();
    Some((usize::try_from(span.byte_offset()?).ok()?, usize::try_from(span.byte_len().unwrap_or(0)).ok()?))
}

/// What a value should have been, in serde's words.
fn expected(error: &Error) -> Option<String> {
    match error {
        Error::SerdeInvalidType { expected, .. } | Error::SerdeInvalidLength { expected, .. } => Some(expected.clone()),
        Error::Unexpected { expected, .. } => Some((*expected).to_owned()),
        Error::InvalidScalar { ty, .. } => Some((*ty).to_owned()),
        Error::NullIntoString { .. } | Error::TaggedScalarCannotDeserializeIntoString { .. } => {
            Some("string".to_owned())
        }
        Error::InvalidBooleanStrict { .. } => Some("boolean".to_owned()),
        _ => None,
    }
}

/// serde's names of types in an editor's words.
fn plain(expected: &str) -> &str {
    match expected {
        _ if expected.contains("sequence") => "a list",
        _ if expected.contains("bool") => "`true` or `false`",
        _ if expected.contains("string") => "a text",
        _ if expected.contains("struct") || expected.contains("mapping") || expected.contains("map") => {
            "a set of `key: value`"
        }
        "u8" | "u16" | "u32" | "u64" | "i64" | "integer" => "a whole number",
        "f32" | "f64" | "float" | "floating point" => "a number",
        other => other,
    }
}

fn type_hint(expected: &str, line: &str) -> String {
    let (key, value) = line.trim_start_matches("- ").split_once(':').unwrap_or(("key", line));
    let value = value.trim();
    match plain(expected) {
        "a list" if !value.is_empty() => format!("write `{key}: [{value}]`"),
        "a list" => "write `[one, two]`, or a line with `- ` for each entry".to_owned(),
        "`true` or `false`" => format!("write `{key}: true` or `{key}: false`"),
        "a text" => format!("write the text behind `{key}:`, in quotes where it has a colon or a `#`"),
        "a set of `key: value`" => "write `{key: value, …}`, or a line for each key, indented".to_owned(),
        other => format!("write {other}"),
    }
}

/// The reader's own words, without their place and in one line.
fn said(error: &Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or("").split(" at line ").next().unwrap_or("");
    line.trim_end_matches('.').trim_start_matches("while parsing a block mapping, ").to_owned()
}

fn syntax_hint(line: &str) -> String {
    let (key, value) = line.trim_start_matches("- ").split_once(':').unwrap_or(("", line));
    let value = value.trim();
    if line.contains('\t') {
        "indent with spaces, not with tabs".to_owned()
    } else if !key.is_empty() && value.contains(':') && !value.starts_with(['"', '\'', '{', '[']) {
        format!("put the text in quotes: `{key}: \"{value}\"`")
    } else if value.matches('"').count() % 2 == 1 {
        "close the quotation mark".to_owned()
    } else if value.starts_with(['[', '{']) {
        "close the bracket; put texts with commas or colons in quotes".to_owned()
    } else if !line.contains(':') {
        "a line of front matter is `key: value`".to_owned()
    } else {
        "put the text in quotes, and check the spaces at the beginning of the line".to_owned()
    }
}
