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
        let known: Vec<&str> = known.into_iter().collect();
        if let Some(near) = nearest(written, known.iter().copied()) {
            let range = self.place.range();
            return self.hint(format!("did you mean `{near}`?")).patch(range, near);
        }
        // Many may be the same word, but a long list is hardly one of few words.
        let few: BTreeSet<&str> = known.iter().copied().take(100).collect();
        if few.is_empty() || few.len() > 16 || known.len() > 100 {
            return self;
        }
        let list = few.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        self.hint(format!("known here: {list}"))
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
    let wanted: String = folded(written).collect();
    let (count, letters) = shape(written);
    // An edit adds a letter, takes one away, or does both: most words are too far off by their letters alone.
    let may_be_near = |word: &&str| {
        let (other_count, others) = shape(word);
        let missing = (letters & !others).count_ones().max((others & !letters).count_ones());
        count.abs_diff(other_count) <= limit && missing as usize <= limit
    };
    known
        .into_iter()
        .filter(may_be_near)
        .map(|word| (strsim::osa_distance(&wanted, &folded(word).collect::<String>()), word))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, word)| word)
}

/// The letters of a word, as if it were written small and with `-`.
fn folded(word: &str) -> impl Iterator<Item = char> {
    word.chars().flat_map(char::to_lowercase).map(|letter| if letter == '_' { '-' } else { letter })
}

/// How many letters a word has, and which: a bit for each, some of which share one.
fn shape(word: &str) -> (usize, u64) {
    folded(word).fold((0, 0), |(count, letters), letter| (count + 1, letters | 1 << (u32::from(letter) % 64)))
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

    proptest::proptest! {
        #[test]
        fn no_word_that_is_near_is_passed_over(written in "[a-cA-C_é-]{0,9}", known in proptest::collection::vec("[a-cA-C_é-]{0,9}", 0..9)) {
            let limit = (written.chars().count() / 3).max(1);
            let distance = |word: &str| strsim::osa_distance(
                &folded(&written).collect::<String>(),
                &folded(word).collect::<String>(),
            );
            let near = known.iter().map(|word| (distance(word), word.as_str())).filter(|(far, _)| *far <= limit).min();
            proptest::prop_assert_eq!(nearest(&written, known.iter().map(String::as_str)), near.map(|(_, word)| word));
        }
    }

    #[test]
    fn a_slip_of_the_pen_has_a_nearest_word() {
        assert_eq!(nearest("sumary", ["title", "summary", "order"]), Some("summary"));
        assert_eq!(nearest("reviewBy", ["review_by", "reviewed"]), Some("review_by"));
        assert_eq!(nearest("colour", ["title", "order"]), None);
    }
}
