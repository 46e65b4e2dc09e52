//! Where words begin and end, and how they are written in the index.
//!
//! A word is a run of letters, digits and the marks on them, folded: without capitals, accents and other spellings of the same
//! letter. Scripts that set no spaces (Chinese, Japanese, Thai, …) are cut into pairs of letters instead. The rules are these
//! few, and not those of Unicode's word boundaries, since the browser has to cut what a reader types in just the same way,
//! and browsers differ in those. The client's `cut` and `fold` say the same; a test compares the two.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::link::terms::is_unspaced;

/// Hands on each word of a text, folded, in order. `folded` is a buffer, whatever is in it.
pub fn each(text: &str, folded: &mut String, mut take: impl FnMut(&str)) {
    let bytes = text.as_bytes();
    let sort = |at: usize| SORTS[usize::from(bytes[at])];
    let mut at = 0;
    loop {
        while at < bytes.len() && sort(at) == APART {
            at += 1;
        }
        let start = at;
        let mut seen = APART;
        while at < bytes.len() && sort(at) != APART {
            seen |= sort(at);
            at += 1;
        }
        let run = &text[start..at];
        match seen {
            APART => return,
            // Nearly every word is of this sort, and is taken as it stands.
            SMALL => take(run),
            _ if seen & OTHER == 0 => take(small(run, folded)),
            _ => run
                .split(|letter| !is_part(letter))
                .filter(|word| !word.is_empty())
                .for_each(|word| if word.is_ascii() { take(small(word, folded)) } else { others(word, &mut take) }),
        }
    }
}

/// What a byte is: between words, a small letter or a digit, a capital, or of a letter or sign beyond English.
const SORTS: [u8; 256] = sorts();
const APART: u8 = 0;
const SMALL: u8 = 1;
const CAPITAL: u8 = 2;
const OTHER: u8 = 4;

const fn sorts() -> [u8; 256] {
    let mut sorts = [OTHER; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        sorts[byte as usize] = match byte {
            b'a'..=b'z' | b'0'..=b'9' => SMALL,
            b'A'..=b'Z' => CAPITAL,
            _ => APART,
        };
        byte += 1;
    }
    sorts
}

fn small<'b>(word: &str, folded: &'b mut String) -> &'b str {
    folded.clear();
    folded.push_str(word);
    folded.make_ascii_lowercase();
    folded
}

/// The words of a run in which not all letters are plain.
fn others(run: &str, take: &mut impl FnMut(&str)) {
    let mut rest = run;
    while let Some(first) = rest.chars().next() {
        let unspaced = is_unspaced(first);
        let end = rest.find(|letter| is_unspaced(letter) != unspaced).unwrap_or(rest.len());
        let word = fold(&rest[..end]);
        rest = &rest[end..];
        let letters: Vec<(usize, char)> = word.char_indices().collect();
        if !unspaced || letters.len() < 2 {
            take(&word);
            continue;
        }
        for pair in letters.windows(2) {
            take(&word[pair[0].0..pair[1].0 + pair[1].1.len_utf8()]);
        }
    }
}

fn is_part(letter: char) -> bool {
    letter.is_alphanumeric() || is_combining_mark(letter)
}

/// A word as the index has it.
pub fn fold(word: &str) -> String {
    let bare = word.nfkd().filter(|letter| !is_accent(*letter) && !letter.is_whitespace());
    let small = bare.nfc().collect::<String>().to_lowercase();
    let mut folded = String::with_capacity(small.len());
    for letter in small.chars() {
        match letter {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ł' => folded.push('l'),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            other => folded.push(other),
        }
    }
    folded
}

/// What a reader may leave out: accents, Hebrew points, Arabic vowels and lengthening. Those of other scripts are letters of a kind.
fn is_accent(mark: char) -> bool {
    matches!(mark as u32, 0x0300..=0x036F | 0x0591..=0x05C7 | 0x0640 | 0x064B..=0x065F | 0x0670)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        each(text, &mut String::new(), |word| words.push(word.to_owned()));
        words
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(
            cut("Front-line staff's e-mail: 3.5 (F13)."),
            ["front", "line", "staff", "s", "e", "mail", "3", "5", "f13"]
        );
        assert_eq!(cut(""), [""; 0]);
        assert_eq!(cut("… “—” …"), [""; 0]);
        assert_eq!(cut("“Portal”—the vendor’s…yes"), ["portal", "the", "vendor", "s", "yes"]);
    }

    #[test]
    fn words_are_folded() {
        assert_eq!(cut("Über ÜBER u\u{308}ber"), ["uber", "uber", "uber"]);
        assert_eq!(
            cut("Straße œuvre Łódź İstanbul ﬁt ＥＨＲ"),
            ["strasse", "oeuvre", "lodz", "istanbul", "fit", "ehr"]
        );
        assert_eq!(cut("¿Qué pasó, señora?"), ["que", "paso", "senora"]);
        assert_eq!(cut("ΛΌΓΟΣ λόγος"), ["λογοσ", "λογοσ"]);
        assert_eq!(cut("مُدَرِّس"), ["مدرس"]);
        // Vowels of other scripts are no accents.
        assert_eq!(cut("हिन्दी 한국어"), ["हिन्दी", "한국어"]);
        // One letter that is written as several words.
        assert_eq!(cut("\u{FDFA}").len(), 1);
    }

    #[test]
    fn scripts_without_spaces_are_cut_into_pairs() {
        assert_eq!(cut("電子カルテ"), ["電子", "子カ", "カル", "ルテ"]);
        assert_eq!(cut("医"), ["医"]);
        assert_eq!(cut("EHR電子2"), ["ehr", "電子", "2"]);
        assert_eq!(cut("か\u{3099}く がく"), ["がく", "がく"]);
        assert_eq!(cut("ｶﾞｲﾄﾞ"), ["ガイ", "イド"]);
        assert_eq!(cut("ไทย"), ["ไท", "ทย"]);
    }
}
