//! The braces at the end of a task: `{@executive-sponsor month 2 #agree-order added}`.
//!
//! In: a task's text as written. Out: where its braces stand and what they say; words that they don't know are
//! reported, with the rest still read.

use std::ops::Range;

use crate::diagnostic::{Checked, Diagnostic, Rule, nearest};
use crate::source::{Place, Source, Spanned};

/// What the braces say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Attributes {
    /// `@role`.
    pub owner: Option<Spanned<String>>,
    /// `month N`.
    pub month: Option<u8>,
    /// `#id`.
    pub id: Option<Spanned<String>>,
    /// `added`.
    pub added: bool,
}

/// The braces at the end of `text`, with the space before them, as bytes of `text`; `None` where there are none or they
/// are meant as text (`\{`).
pub fn braces(text: &str) -> Option<Range<usize>> {
    let end = text.trim_end().len();
    let inner = text[..end].strip_suffix('}')?;
    let open = inner.rfind('{')?;
    let backslashes = inner[..open].bytes().rev().take_while(|byte| *byte == b'\\').count();
    if backslashes % 2 == 1 || inner[open..].contains('\n') {
        return None;
    }
    Some(inner[..open].trim_end().len()..end)
}

/// Reads what stands between braces. `range` is where the braces are in `source`, the space before them included.
pub fn read(source: &Source, range: Range<usize>) -> Checked<Attributes> {
    let mut checked = Checked::<Attributes>::default();
    let mut words = words(&source.text, range);
    while let Some((word, at)) = words.next() {
        let place = source.place(at.clone());
        let spanned = |rest: &str| Spanned::new(rest.to_owned(), at.clone());
        let attributes = &mut checked.value;
        if let Some(role) = word.strip_prefix('@').filter(|role| !role.is_empty()) {
            checked.diagnostics.extend(attributes.owner.as_ref().map(|first| second_role(place, &first.value)));
            attributes.owner = Some(Spanned::new(role.to_owned(), at.start + 1..at.end));
        } else if let Some(id) = word.strip_prefix('#').filter(|id| !id.is_empty()) {
            attributes.id = Some(spanned(id));
        } else if word == "added" {
            attributes.added = true;
        } else if word == "month" {
            match words.next() {
                Some((number, _)) if month(number).is_some() => attributes.month = month(number),
                other => {
                    let place = other.map_or(place, |(_, at)| source.place(at));
                    checked.diagnostics.push(
                        Diagnostic::new(Rule::TaskAttribute, place, "`month` needs a number from 1 to 12 behind it")
                            .hint("for instance `month 2`"),
                    );
                }
            }
        } else {
            let message = format!("a task has no attribute `{word}`");
            let diagnostic = Diagnostic::new(Rule::TaskAttribute, place, message);
            checked.diagnostics.push(match nearest(word, ["added", "month"]) {
                Some(near) => diagnostic.hint(format!("did you mean `{near}`?")).patch(at, near),
                None => diagnostic
                    .hint("write `@role`, `month 2`, `#id` or `added`; braces that are meant as text begin with `\\{`"),
            });
        }
    }
    checked
}

/// A task with two owners would be on the sheet of the second only.
fn second_role(place: Place, first: &str) -> Diagnostic {
    Diagnostic::new(Rule::TaskAttribute, place, format!("a task has one role, and `@{first}` stands before this one"))
        .hint("keep the one who sees that it is done, and name the other in the text")
}

/// A month of the project.
pub(super) fn month(text: &str) -> Option<u8> {
    text.parse().ok().filter(|month| (1..=12).contains(month))
}

/// The words between the braces, each with its place.
fn words(text: &str, range: Range<usize>) -> impl Iterator<Item = (&str, Range<usize>)> {
    let written = &text[range.clone()];
    let open = written.find('{').map_or(0, |open| open + 1);
    let inner = written[open..].strip_suffix('}').unwrap_or(&written[open..]);
    let start = range.start + open;
    inner.split([' ', '\t', ',']).filter(|word| !word.is_empty()).map(move |word| {
        let at = start + (word.as_ptr() as usize - inner.as_ptr() as usize);
        (word, at..at + word.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> (Option<Range<usize>>, Checked<Attributes>) {
        let source = Source::from_text("a.md", text);
        let range = braces(text);
        let read = range.clone().map(|range| read(&source, range)).unwrap_or_default();
        (range, read)
    }

    #[test]
    fn all_attributes_are_read() {
        let (range, read) = parse("Agree {@executive-sponsor month 2 #agree-order added}");
        assert_eq!(range, Some(5..53));
        assert!(read.diagnostics.is_empty());
        assert_eq!(read.value.owner.unwrap().value, "executive-sponsor");
        assert_eq!((read.value.month, read.value.added), (Some(2), true));
        assert_eq!(read.value.id.unwrap().value, "agree-order");
    }

    #[test]
    fn escaped_braces_are_text() {
        assert_eq!(braces(r"Fill in \{name}"), None);
        assert_eq!(braces("Nothing here"), None);
    }

    #[test]
    fn unknown_words_are_reported_at_their_place() {
        let (_, read) = parse("Book {by @vendor month 13}");
        let found: Vec<_> = read.diagnostics.iter().map(|found| found.place.range()).collect();
        assert_eq!(found, [6..8, 23..25]);
        assert_eq!(read.value.owner.unwrap().value, "vendor");
    }

    proptest! {
        #[test]
        fn any_text_is_survived_and_places_lie_within(text in "[ -~äé{}\\\\@#\n]{0,60}") {
            let (range, read) = parse(&text);
            if let Some(range) = range {
                prop_assert!(text.get(range.clone()).is_some());
                for found in read.diagnostics {
                    prop_assert!(text.get(found.place.range()).is_some());
                }
            }
        }

        #[test]
        fn what_is_written_is_read_back(owner in "[a-z][a-z-]{0,12}", month in 1u8..=12, id in "[a-z][a-z0-9-]{0,12}", added: bool) {
            let text = format!("Task {{@{owner} month {month} #{id}{}}}", if added { " added" } else { "" });
            let (_, read) = parse(&text);
            prop_assert!(read.diagnostics.is_empty());
            prop_assert_eq!(read.value.owner.unwrap().value, owner);
            prop_assert_eq!(read.value.id.unwrap().value, id);
            prop_assert_eq!((read.value.month, read.value.added), (Some(month), added));
        }
    }
}
