//! The text that editors write, and places in it.
//!
//! In: a path from the site's root and the bytes of a file. Out: a [`Source`] with normalised text, and from it
//! lines and columns. It opens no file; a place is a byte range until somebody wants to see it.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use xxhash_rust::xxh3::xxh3_128;

/// A 128-bit content hash (XXH3). It tells versions apart; it is no defence against somebody who forges one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub u128);

impl Hash {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(xxh3_128(bytes))
    }

    /// 32 lower-case hexadecimal digits.
    pub fn hex(self) -> String {
        format!("{:032x}", self.0)
    }

    /// `length` characters of Crockford's base 32 in lower case (no i, l, o, u, which are misread on paper).
    pub fn base32(self, length: usize) -> String {
        const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        (0..length).map(|digit| DIGITS[(self.0 >> (123 - 5 * digit)) as usize & 31] as char).collect()
    }
}

/// A file of the site: its path and its text.
#[derive(Debug, Clone)]
pub struct Source {
    /// From the site's root, with `/` between segments: `content/steps/01-brief.md`.
    pub path: Arc<str>,
    /// Without byte order mark, lines ended by `\n` alone.
    pub text: Arc<str>,
    /// Of the normalised text.
    pub hash: Hash,
}

/// Why bytes are not a text that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// Has a UTF-16 byte order mark, or is mostly zero bytes in every other place.
    Utf16,
    /// Not UTF-8; the first byte that breaks it, counted from 0.
    NotUtf8 {
        /// The byte.
        at: usize,
    },
    /// Has a NUL character at this byte.
    Nul {
        /// The byte.
        at: usize,
    },
}

impl Source {
    /// Reads bytes as UTF-8 with or without a byte order mark, and makes `\r\n` and lone `\r` to `\n`.
    ///
    /// # Errors
    /// What the bytes are instead, where they are not UTF-8 text.
    pub fn new(path: impl Into<Arc<str>>, bytes: &[u8]) -> Result<Self, Unreadable> {
        if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
            return Err(Unreadable::Utf16);
        }
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        if bytes.contains(&0) {
            let at = bytes.iter().position(|byte| *byte == 0).unwrap_or(0);
            let utf16 = bytes.len() >= 4 && bytes.iter().filter(|byte| **byte == 0).count() * 3 > bytes.len();
            return Err(if utf16 { Unreadable::Utf16 } else { Unreadable::Nul { at } });
        }
        let text = std::str::from_utf8(bytes).map_err(|error| Unreadable::NotUtf8 { at: error.valid_up_to() })?;
        Ok(Self::from_text(path, text))
    }

    /// The same from text that is UTF-8 already.
    pub fn from_text(path: impl Into<Arc<str>>, text: &str) -> Self {
        let text: Arc<str> =
            if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n").into() } else { text.into() };
        Self { path: path.into(), hash: Hash::of(text.as_bytes()), text }
    }

    /// The place of a byte range of this text.
    pub fn place(&self, range: Range<usize>) -> Place {
        Place::new(self.path.clone(), range)
    }
}

/// Where something stands: a file and a byte range of its normalised text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// From the site's root.
    pub path: Arc<str>,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Place {
    /// A byte range of a file.
    pub fn new(path: Arc<str>, range: Range<usize>) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { path, start: clamp(range.start), end: clamp(range.end) }
    }

    /// The head of a file, for what is wrong with the whole of it.
    pub fn file(path: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), start: 0, end: 0 }
    }

    /// The byte range.
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Line and column of a byte offset, both from 1; columns count characters.
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// Lines and columns of many places of one text, each found without reading all that comes before it.
#[derive(Debug, Clone)]
pub struct Positions<'a> {
    text: &'a str,
    /// Where each line begins.
    lines: Vec<usize>,
    /// How many characters begin before each [`STRIDE`]th byte.
    characters: Vec<usize>,
}

/// Bytes between two places at which characters were counted.
const STRIDE: usize = 512;

impl<'a> Positions<'a> {
    /// Reads a text once.
    pub fn new(text: &'a str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let begun = |chunk: &[u8]| chunk.iter().filter(|byte| begins_character(**byte)).count();
        let sums = text.as_bytes().chunks(STRIDE).scan(0, |sum, chunk| {
            *sum += begun(chunk);
            Some(*sum)
        });
        Self { text, lines, characters: std::iter::once(0).chain(sums).collect() }
    }

    /// The same as [`line_column`].
    pub fn of(&self, offset: usize) -> (usize, usize) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        (line, self.before(offset) - self.before(start) + 1)
    }

    /// How many characters begin before a byte.
    fn before(&self, offset: usize) -> usize {
        let stride = offset / STRIDE;
        let rest = &self.text.as_bytes()[stride * STRIDE..offset];
        self.characters[stride] + rest.iter().filter(|byte| begins_character(**byte)).count()
    }
}

/// Whether a byte of UTF-8 is the first one of a character.
fn begins_character(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

/// A value with the byte range that it was read from.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spanned<T> {
    /// What was read.
    pub value: T,
    /// First byte in its file.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl<T> Spanned<T> {
    /// A value at a byte range.
    pub fn new(value: T, range: Range<usize>) -> Self {
        let Place { start, end, .. } = Place::new(Arc::from(""), range);
        Self { value, start, end }
    }

    /// The byte range.
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The name under which [`Spanned`] asks a reader for a value with its span: for a map of the one to the other.
pub(crate) const SPANNED: &str = "guidepost::Spanned";

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    /// Takes the span from the reader of YAML; elsewhere it is empty.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ValueOrSpan<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ValueOrSpan<T> {
            type Value = Spanned<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a value")
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Spanned<T>, D::Error> {
                T::deserialize(deserializer).map(|value| Spanned::new(value, 0..0))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Spanned<T>, A::Error> {
                let entry = map.next_entry::<(usize, usize), T>()?;
                let ((start, end), value) = entry.ok_or_else(|| Error::custom("there is no value"))?;
                Ok(Spanned::new(value, start..end))
            }
        }

        deserializer.deserialize_newtype_struct(SPANNED, ValueOrSpan(PhantomData))
    }
}

impl<T: schemars::JsonSchema> schemars::JsonSchema for Spanned<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        T::json_schema(generator)
    }

    fn inline_schema() -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_and_windows_line_ends_make_the_same_text() {
        let plain = Source::new("a.md", b"one\ntwo\n").unwrap();
        let windows = Source::new("a.md", b"\xEF\xBB\xBFone\r\ntwo\r\n").unwrap();
        assert_eq!((plain.text, plain.hash), (windows.text, windows.hash));
    }

    #[test]
    fn other_encodings_are_named() {
        assert_eq!(Source::new("a.md", b"\xFF\xFEa\0").unwrap_err(), Unreadable::Utf16);
        assert_eq!(Source::new("a.md", b"caf\xE9").unwrap_err(), Unreadable::NotUtf8 { at: 3 });
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(line_column("é\nüx", 5), (2, 2));
        let long = "é\nüx".repeat(600) + "\n";
        for text in ["", "a", "é\nüx", "\n\n", &long] {
            let positions = Positions::new(text);
            for offset in 0..text.len() + 2 {
                assert_eq!(positions.of(offset), line_column(text, offset), "byte {offset} of {text:?}");
            }
        }
    }

    #[test]
    fn base32_has_no_letters_that_are_misread() {
        let text = Hash(u128::MAX - 7).base32(25);
        assert!(text.chars().all(|digit| !"ilou".contains(digit)), "{text}");
    }
}
