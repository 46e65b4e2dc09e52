//! Templates: those of both layers as one set, with the filters that they may use, and what is wrong in them at its place.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use tera::{ErrorKind, Kwargs, State, Tera, Value};

use super::{DEFAULT, Layer, built_in, text};
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::strings;
use crate::source::Place;

/// The built-in templates, read.
pub struct BuiltIn {
    /// As they come, under names that begin with `default/`.
    raw: Vec<(String, String)>,
    tera: Arc<Tera>,
    /// What is wrong in them.
    pub wrong: Vec<Diagnostic>,
}

/// The built-in templates, the same for every site.
pub static BUILT_IN: LazyLock<BuiltIn> = LazyLock::new(|| {
    let mut wrong = Vec::new();
    let raw = raw(built_in(), DEFAULT, DEFAULT, &mut wrong);
    let mut tera = empty();
    if let Err(error) = tera.add_raw_templates(raw.clone()) {
        wrong.push(describe(&error, "default/base.html", DEFAULT));
    }
    BuiltIn { raw, tera: Arc::new(tera), wrong }
});

/// Templates of both layers. Where the site's own can't be read, the built-in ones stand alone, so that pages still show.
pub fn both(own: &Layer, name: &str, diagnostics: &mut Vec<Diagnostic>) -> Arc<Tera> {
    let site = raw(own, "site", name, diagnostics);
    if site.is_empty() {
        return BUILT_IN.tera.clone();
    }
    let mut both = empty();
    match both.add_raw_templates(BUILT_IN.raw.iter().cloned().chain(site)) {
        Ok(()) => Arc::new(both),
        Err(error) => {
            diagnostics.push(describe(&error, "site/base.html", name));
            BUILT_IN.tera.clone()
        }
    }
}

/// The templates of a layer, each under its name behind `prefix`.
pub fn raw(layer: &Layer, prefix: &str, theme: &str, diagnostics: &mut Vec<Diagnostic>) -> Vec<(String, String)> {
    let paths: Vec<&String> = layer.keys().filter(|path| path.starts_with("templates/")).collect();
    let read = paths.into_iter().filter_map(|path| {
        let source = text(layer, theme, path, diagnostics)?;
        Some((format!("{prefix}/{}", path.trim_start_matches("templates/")), source.text.to_string()))
    });
    read.collect()
}

/// A Tera without templates, with what ours ask for.
pub fn empty() -> Tera {
    let mut tera = Tera::default();
    // Only a Tera that has templates refuses prefixes.
    let _ = tera.set_fallback_prefixes(["site/", "default/"]);
    tera.register_filter("fill", fill);
    tera.register_filter("shorten", shorten);
    tera
}

/// `{{ text.step_of | fill(k=1, n=5) }}` puts values in the place of `{k}` and `{n}`.
fn fill(text: &str, values: Kwargs, _: &State) -> String {
    let values = values.iter().filter_map(|(name, value)| Some((name.as_str()?, written(value))));
    strings::fill(text, &values.collect::<Vec<_>>())
}

/// A value as a template would write it.
fn written(value: &Value) -> Cow<'_, str> {
    value.as_str().map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed)
}

/// `{{ page.title | shorten(length=80) }}`: at most so many characters, the last one an ellipsis where some are left out.
fn shorten(text: &str, values: Kwargs, _: &State) -> tera::TeraResult<String> {
    Ok(strings::shorten(text, values.must_get("length")?).into_owned())
}

/// An error of the template engine, at its place in the template. `own` is the name of the site's theme.
pub fn describe(error: &tera::Error, template: &str, own: &str) -> Diagnostic {
    let (name, range, message) = match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            (report.filename(), report.span().range.clone(), report.message().to_owned())
        }
        _ => (template, 0..0, error.to_string()),
    };
    let name = if name.is_empty() { template } else { name };
    let path = match name.split_once('/') {
        Some(("site", file)) => format!("themes/{own}/templates/{file}"),
        Some(("default", file)) => format!("themes/default/templates/{file}"),
        _ => format!("themes/default/templates/{name}"),
    };
    let message = message.lines().next().unwrap_or("").trim_end_matches('.').to_owned();
    let mut letters = message.chars();
    let message: String =
        letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect());
    Diagnostic::new(Rule::Template, Place::new(path.into(), range), format!("the template does not work: {message}"))
        .hint("correct the template; `guidepost theme eject` writes the built-in ones to compare with")
}
