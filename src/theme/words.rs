//! The words of a theme: labels in the language of the pages, with English below.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::{DEFAULT, Layer, built_in, text};
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::strings::Strings;
use crate::parse::yaml;
use crate::source::Place;

/// The built-in English words, read.
pub struct English {
    texts: BTreeMap<String, String>,
    /// What is wrong in them.
    pub wrong: Vec<Diagnostic>,
}

/// The built-in English words, which are below those of every language.
pub static ENGLISH: LazyLock<English> = LazyLock::new(|| {
    let mut wrong = Vec::new();
    let texts = file(built_in(), DEFAULT, "en", &mut wrong).unwrap_or_default();
    English { texts, wrong }
});

/// The words of one file of a layer.
pub fn file(
    layer: &Layer,
    theme: &str,
    code: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<BTreeMap<String, String>> {
    let source = text(layer, theme, &format!("strings/{code}.yaml"), diagnostics)?;
    let read = yaml::read::<Option<BTreeMap<String, String>>>(&source, 0..source.text.len(), "a file of strings");
    diagnostics.extend(read.diagnostics);
    read.value
}

/// The words of a language: the built-in English ones, over them the language's, over them the site's own.
pub fn all(own: &Layer, theme: &str, language: &str, diagnostics: &mut Vec<Diagnostic>) -> Strings {
    let base = built_in();
    let primary = language.split('-').next().unwrap_or(language);
    let mut texts = ENGLISH.texts.clone();
    let english: BTreeSet<String> = texts.keys().cloned().collect();
    let mut known = BTreeSet::new();
    let codes = if primary == language { vec![language] } else { vec![primary, language] };
    for (layer, name, code) in std::iter::once((own, theme, "en"))
        .chain(codes.iter().map(|code| (base, DEFAULT, *code)))
        .chain(codes.iter().map(|code| (own, theme, *code)))
    {
        let is_known = code == "en" && std::ptr::eq(layer, base);
        let read =
            if is_known { ENGLISH.texts.clone() } else { file(layer, name, code, diagnostics).unwrap_or_default() };
        if codes.contains(&code) {
            known.extend(read.keys().cloned());
        }
        texts.extend(read);
    }
    let missing: Vec<&String> = english.difference(&known).collect();
    if primary != "en" && !missing.is_empty() {
        let path = format!("themes/{theme}/strings/{primary}.yaml");
        let few: Vec<String> = missing.iter().take(5).map(|key| format!("`{key}`")).collect();
        let message = match missing.len() {
            count if count == english.len() => format!("the theme has no labels in `{language}`"),
            count if count > few.len() => format!("labels have no text in `{language}`: {} and others", few.join(", ")),
            _ => format!("labels have no text in `{language}`: {}", few.join(", ")),
        };
        diagnostics.push(
            Diagnostic::new(Rule::MissingString, Place::file("content/site.yaml"), message)
                .hint(format!("write them into {path}; until then they are English")),
        );
    }
    Strings { language: language.to_owned(), texts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spanish_says_all_that_english_says() {
        let read = |code: &str| {
            let mut wrong = Vec::new();
            let words = file(built_in(), DEFAULT, code, &mut wrong).unwrap();
            assert_eq!(wrong, Vec::new());
            words
        };
        let (english, spanish) = (read("en"), read("es"));
        assert_eq!(english.keys().collect::<Vec<_>>(), spanish.keys().collect::<Vec<_>>());
        let braces = |words: &str| -> BTreeSet<String> {
            words.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect()
        };
        for (key, words) in &english {
            assert_eq!(braces(words), braces(&spanish[key]), "{key}");
        }
    }
}
