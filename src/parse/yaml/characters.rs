//! Characters that neither a page nor a sheet, a feed or a calendar may have.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Rule};
use crate::source::Source;

/// Whether a character is of no text: a control character other than a tab and the end of a line, or one that XML forbids.
pub(super) fn is_unprintable(character: char) -> bool {
    matches!(character, '\u{feff}' | '\u{fffe}' | '\u{ffff}') || character.is_control() && !"\t\n".contains(character)
}

/// A text with spaces as long as such characters in their place, and where they are; nothing where it has none.
pub(super) fn printable(text: &str) -> Option<(String, Vec<(usize, char)>)> {
    let mut found = Vec::new();
    let mut clean = String::new();
    let mut rest = 0;
    for (at, written) in text.match_indices(is_unprintable) {
        clean.push_str(&text[rest..at]);
        clean.extend(std::iter::repeat_n(' ', written.len()));
        rest = at + written.len();
        found.extend(written.chars().map(|character| (at, character)));
    }
    clean.push_str(&text[rest..]);
    (!found.is_empty()).then_some((clean, found))
}

/// What is said of a character, or of the code for one.
pub(super) fn describe(source: &Source, place: Range<usize>, character: char) -> Diagnostic {
    let name = match character {
        '\u{b}' => ", a line break of word processors,",
        '\u{c}' => ", a page break,",
        '\r' | '\u{85}' => ", a line break of other systems,",
        '\u{1b}' => ", an escape,",
        '\u{feff}' => ", a byte order mark,",
        _ => "",
    };
    let message = format!("the character U+{:04X}{name} can't be published", u32::from(character));
    Diagnostic::new(Rule::ControlCharacter, source.place(place.clone()), message)
        .hint("write a space instead, or nothing")
        .patch(place, " ")
}

/// The codes in a text in double quotes, with what they stand for.
pub(super) fn codes(text: &str) -> Vec<(Range<usize>, char)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(backslash) = text.get(at..).and_then(|rest| rest.find('\\')) {
        let start = at + backslash;
        let code = text[start + 1..].chars().next().unwrap_or(' ');
        let digits = match code {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        let begin = start + 1 + code.len_utf8();
        at = (begin + digits).min(text.len());
        let number = text.get(begin..at).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let character = match code {
            '0' => Some('\0'),
            'a' => Some('\u{7}'),
            'b' => Some('\u{8}'),
            'v' => Some('\u{b}'),
            'f' => Some('\u{c}'),
            'r' => Some('\r'),
            'e' => Some('\u{1b}'),
            'N' => Some('\u{85}'),
            _ => number.and_then(char::from_u32),
        };
        found.extend(character.map(|character| (start..at, character)));
    }
    found
}
