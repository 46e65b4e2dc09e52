//! The words of the interface in one language.

use std::borrow::Cow;
use std::collections::BTreeMap;

use unicode_segmentation::UnicodeSegmentation as _;

/// Texts by key, as `strings/*.yaml` of a theme has them; `{name}` in a text is filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Strings {
    /// The language that was asked for.
    pub language: String,
    /// The texts; those that the language lacks are English.
    pub texts: BTreeMap<String, String>,
}

impl Strings {
    /// A text; its key where there is none, so that a gap is seen and breaks nothing.
    pub fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, String::as_str)
    }

    /// A text, if it is there and says something.
    pub fn some(&self, key: &str) -> Option<String> {
        self.texts.get(key).filter(|text| !text.is_empty()).cloned()
    }

    /// A text with its `{name}`s filled in.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        fill(self.get(key), values)
    }

    /// Whether the language runs from right to left.
    pub fn is_right_to_left(&self) -> bool {
        is_right_to_left(&self.language)
    }
}

/// Puts values in the place of `{name}`s, in one pass; a name without a value stays as it is.
pub fn fill(text: &str, values: &[(&str, impl AsRef<str>)]) -> String {
    let value = |wanted: &str| values.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_ref());
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let named = rest[open + 1..].split_once('}').and_then(|(name, after)| Some((value(name)?, after)));
        match named {
            Some((value, after)) => {
                out.extend([&rest[..open], value]);
                rest = after;
            }
            None => {
                out.push_str(&rest[..=open]);
                rest = &rest[open + 1..];
            }
        }
    }
    out + rest
}

/// At most so many characters of a text, the last one an ellipsis where some are left out; letters stay whole.
pub fn shorten(text: &str, length: usize) -> Cow<'_, str> {
    if text.len() <= length || text.chars().count() <= length {
        return Cow::Borrowed(text);
    }
    let kept: String = text
        .graphemes(true)
        .scan(0, |used, letter| {
            *used += letter.chars().count();
            (*used < length).then_some(letter)
        })
        .collect();
    Cow::Owned(kept + "…")
}

/// Whether a language runs from right to left: Arabic, Hebrew, Persian, Urdu and their like, or a tag with such a script.
pub fn is_right_to_left(language: &str) -> bool {
    const PRIMARY: &[&str] = &["ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"];
    let mut parts = language.split('-');
    let primary = parts.next().unwrap_or("").to_ascii_lowercase();
    parts.find(|part| part.len() == 4).map_or_else(
        || PRIMARY.contains(&primary.as_str()),
        |script| matches!(script.to_ascii_lowercase().as_str(), "arab" | "hebr" | "thaa" | "syrc" | "nkoo"),
    )
}
