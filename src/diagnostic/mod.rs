//! What is wrong in what an editor wrote: where, why, and what to write instead.
//!
//! Stages make [`Diagnostic`]s and hand them on in a [`Checked`]; they never fail and never print. Drawing them for
//! a terminal, an editor or a build server is the business of `cli::report`.

mod rules;

use std::collections::BTreeSet;
use std::ops::Range;

pub use rules::Rule;

use crate::source::Place;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The site is not published while it is there.
    Error,
    /// Worth mending; a page may `allow` it with a reason.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// Where.
    pub place: Place,
    /// Which rule says so.
    pub rule: Rule,
    /// How bad it is; the rule's own severity, unless a command makes it worse.
    pub severity: Severity,
    /// What is wrong, in one line: lower case, no full stop.
    pub message: String,
    /// What to write instead, in one line.
    pub hint: Option<String>,
    /// Other places that belong to it, each with a few words.
    pub related: Vec<(Place, String)>,
    /// A change that mends it for certain.
    pub patch: Option<Patch>,
}

/// A replacement of a range of the diagnostic's file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Patch {
    /// First byte that goes.
    pub start: usize,
    /// One past the last byte that goes.
    pub end: usize,
    /// What comes in its place.
    pub text: String,
}

impl Diagnostic {
    /// What a rule finds at a place.
    pub fn new(rule: Rule, place: Place, message: impl Into<String>) -> Self {
        Self {
            place,
            rule,
            severity: rule.severity(),
            message: one_line(message.into()),
            hint: None,
            related: Vec::new(),
            patch: None,
        }
    }

    /// Says that it is worse or less bad than its rule has it, since its place makes it so.
    #[must_use]
    pub const fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Says what to write instead.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(one_line(hint.into()));
        self
    }

    /// Shows another place that belongs to it.
    #[must_use]
    pub fn related(mut self, place: Place, words: impl Into<String>) -> Self {
        self.related.push((place, words.into()));
        self
    }

    /// Gives a change that mends it.
    #[must_use]
    pub fn patch(mut self, range: Range<usize>, text: impl Into<String>) -> Self {
        self.patch = Some(Patch { start: range.start, end: range.end, text: text.into() });
        self
    }

    /// Suggests the nearest of some known words for `written`, and offers it as a patch of the marked place; where
    /// none is near, says all of them if they are few.
    #[must_use]
    pub fn nearest<'a>(self, written: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: BTreeSet<&str> = known.into_iter().collect();
        match nearest(written, known.iter().copied()) {
            Some(near) => {
                let range = self.place.range();
                self.hint(format!("did you mean `{near}`?")).patch(range, near)
            }
            None if known.is_empty() => self,
            None if known.len() <= 16 => {
                let list = known.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
                self.hint(format!("known here: {list}"))
            }
            None => self,
        }
    }
}

/// A text without line breaks and other control characters: what an editor wrote may have them, and they must neither break
/// a message in two nor reach a terminal.
fn one_line(text: String) -> String {
    if text.contains(char::is_control) { text.replace(char::is_control, " ") } else { text }
}

/// The known word that is most like `written`, if one is like enough to be meant (a third of its letters may differ).
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (written.chars().count() / 3).max(1);
    let folded = written.to_lowercase().replace('_', "-");
    known
        .into_iter()
        .map(|word| (strsim::osa_distance(&folded, &word.to_lowercase().replace('_', "-")), word))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, word)| word)
}

/// A value, with what was found wrong while it was made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Checked<T> {
    /// Usable even where something is wrong.
    pub value: T,
    /// In the order in which they were found.
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Checked<T> {
    /// A value with nothing wrong.
    pub fn fine(value: T) -> Self {
        Self { value, diagnostics: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_editor_wrote_breaks_no_message_in_two() {
        let place = Place::file("a.md");
        let found = Diagnostic::new(Rule::BrokenLink, place, "no `a\nb`").hint("write `\u{1b}[2Jc`");
        assert_eq!((found.message.as_str(), found.hint.as_deref()), ("no `a b`", Some("write ` [2Jc`")));
    }

    #[test]
    fn a_slip_of_the_pen_has_a_nearest_word() {
        assert_eq!(nearest("sumary", ["title", "summary", "order"]), Some("summary"));
        assert_eq!(nearest("reviewBy", ["review_by", "reviewed"]), Some("review_by"));
        assert_eq!(nearest("colour", ["title", "order"]), None);
    }
}
