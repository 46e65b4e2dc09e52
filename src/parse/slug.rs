//! Ids and anchors from text, by GitHub's rule for headings.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

/// Small letters; spaces become `-`; all but letters, digits, marks, `-` and `_` goes. Composed (NFC).
pub fn slug(text: &str) -> String {
    if text.is_ascii() {
        // The same without tables: all of ASCII is composed.
        return text.trim().chars().map(|letter| letter.to_ascii_lowercase()).filter_map(kept).collect();
    }
    let folded: String = text.trim().nfc().flat_map(char::to_lowercase).collect();
    folded.chars().filter_map(kept).collect::<String>().nfc().collect()
}

/// Letters with their marks are kept: without its vowel signs a Hindi or Thai heading would be another word.
fn kept(character: char) -> Option<char> {
    match character {
        ' ' => Some('-'),
        '-' | '_' => Some(character),
        _ if character.is_alphanumeric() || unicode_normalization::char::is_combining_mark(character) => {
            Some(character)
        }
        _ => None,
    }
}

/// What a file's stem says: its number, if it has one, and its id.
///
/// The number is one to three digits with `-`, `_`, `.` or a space behind them, where something with a letter is left;
/// so `02-brief.md` is number 2, and `2024-plan.md` keeps its year.
pub fn stem(stem: &str) -> (Option<u16>, String) {
    let digits = stem.bytes().take_while(u8::is_ascii_digit).count();
    if let (1..=3, Some(rest)) = (digits, stem.get(digits + 1..))
        && matches!(stem.as_bytes()[digits], b'-' | b'_' | b'.' | b' ')
        && rest.chars().any(char::is_alphabetic)
    {
        return (stem[..digits].parse().ok(), slug(rest));
    }
    (None, slug(stem))
}

/// Gives out anchors that differ on one page: the second `agenda` is `agenda-1`.
#[derive(Debug, Default)]
pub struct Anchors {
    given: BTreeMap<String, usize>,
}

impl Anchors {
    /// An anchor made from text, told apart from all before it.
    pub fn make(&mut self, text: &str, fallback: &str) -> String {
        let wanted = match slug(text) {
            empty if empty.is_empty() => fallback.to_owned(),
            wanted => wanted,
        };
        let mut next = self.given.get(&wanted).copied().unwrap_or(0);
        let mut anchor = if next == 0 { wanted.clone() } else { format!("{wanted}-{next}") };
        while next > 0 && self.given.contains_key(&anchor) {
            next += 1;
            anchor = format!("{wanted}-{next}");
        }
        self.given.insert(wanted, next + 1);
        self.given.entry(anchor.clone()).or_insert(1);
        anchor
    }

    /// Takes an anchor that an editor chose; `false` where it was given out before.
    pub fn take(&mut self, anchor: &str) -> bool {
        self.given.insert(anchor.to_owned(), 1).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_make_ids() {
        assert_eq!(stem("02-brief-the-team"), (Some(2), "brief-the-team".into()));
        assert_eq!(stem("2024-plan"), (None, "2024-plan".into()));
        assert_eq!(stem("01-2"), (None, "01-2".into()));
        assert_eq!(stem("Getting Started (v2)"), (None, "getting-started-v2".into()));
        assert_eq!(stem("Über"), (None, "über".into()));
        assert_eq!(stem("7"), (None, "7".into()));
    }

    #[test]
    fn anchors_differ_and_are_found_in_linear_time() {
        let mut anchors = Anchors::default();
        assert_eq!(anchors.make("Agenda", "section"), "agenda");
        assert_eq!(anchors.make("Agenda", "section"), "agenda-1");
        assert_eq!(anchors.make("Agenda 1", "section"), "agenda-1-1");
        assert_eq!(anchors.make("Agenda", "section"), "agenda-2");
        assert_eq!(anchors.make("!", "section"), "section");
        (0..50_000).for_each(|_| drop(anchors.make("same", "section")));
    }

    proptest::proptest! {
        #[test]
        fn a_slug_of_a_slug_is_the_slug(text in ".{0,40}") {
            let once = slug(&text);
            proptest::prop_assert_eq!(slug(&once), once);
        }

        #[test]
        fn a_slug_has_nothing_that_an_address_or_a_shell_minds(text in ".{0,40}") {
            proptest::prop_assert!(slug(&text).chars().all(|c| c == '-' || c == '_' || (!c.is_whitespace() && !c.is_ascii_punctuation() && !c.is_control())));
        }
    }
}
