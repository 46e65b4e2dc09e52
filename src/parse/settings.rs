//! `site.yaml` and `sources.yaml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::yaml;
use crate::diagnostic::{Checked, Diagnostic, Rule};
use crate::model::settings::Settings;
use crate::model::site::Fact;
use crate::source::{Source, Spanned};

/// Reads the settings of a site.
pub fn site(source: &Source) -> Checked<Settings> {
    let read = yaml::read::<Settings>(source, 0..source.text.len(), "site.yaml");
    let mut checked = Checked { value: read.value, diagnostics: read.diagnostics };
    let settings = &mut checked.value;
    if let Some(url) = settings.url.take_if(|url| !is_web_address(&url.value)) {
        let place = source.place(url.range());
        checked.diagnostics.push(
            Diagnostic::new(Rule::BadValue, place, format!("`{}` is not a web address", url.value))
                .hint("write the whole address: `url: https://portal.example.org/guide`"),
        );
    }
    if !is_language(&settings.language.value) {
        let place = source.place(settings.language.range());
        checked.diagnostics.push(
            Diagnostic::new(
                Rule::BadValue,
                place,
                format!("`{}` is not the code of a language", settings.language.value),
            )
            .hint("write a code like `en`, `es` or `pt-BR`"),
        );
        settings.language.value = "en".to_owned();
    }
    checked
}

fn is_web_address(url: &str) -> bool {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty() && !host.starts_with('/') && !url.contains([' ', '"', '<', '>', '?', '#']))
}

/// Whether a text has the form of a language tag (BCP 47): letters, then groups of letters or digits.
pub fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary = parts
        .next()
        .is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic()));
    primary && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// A fact as written.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FactFields {
    id: Option<Spanned<String>>,
    says: Option<String>,
    from: Option<String>,
}

/// Reads the facts of a guide.
pub fn sources(source: &Source) -> Checked<Vec<Fact>> {
    let read = yaml::read::<Vec<Spanned<FactFields>>>(source, 0..source.text.len(), "a fact");
    // What could not be read is not missing.
    let is_unread = |key: &str| read.unread.contains(key) || read.unread.contains("");
    let mut checked = Checked { value: Vec::<Fact>::new(), diagnostics: read.diagnostics };
    let mut places = BTreeMap::new();
    for fact in read.value {
        let place = source.place(fact.range());
        let FactFields { id, says, from } = fact.value;
        let Some(id) = id else {
            checked.diagnostics.extend((!is_unread("id")).then(|| {
                Diagnostic::new(Rule::MissingKey, place, "a fact needs `id`").hint("write `- {id: F1, says: \"…\"}`")
            }));
            continue;
        };
        let place = source.place(id.range());
        if let Some(first) = places.insert(id.value.clone(), place.clone()) {
            let diagnostic = Diagnostic::new(Rule::DuplicateId, place, format!("the fact `{}` stands twice", id.value))
                .hint("give one of them another id")
                .related(first.clone(), "first here");
            checked.diagnostics.push(diagnostic);
            places.insert(id.value, first);
            continue;
        }
        if says.as_ref().is_none_or(|says| says.trim().is_empty()) && !is_unread("says") {
            checked.diagnostics.push(
                Diagnostic::new(Rule::MissingKey, place.clone(), format!("the fact `{}` needs `says`", id.value))
                    .hint("write what it says: `says: \"…\"`"),
            );
        }
        checked.value.push(Fact { says: says.unwrap_or_default(), from: from.unwrap_or_default(), place, id });
    }
    checked
}
