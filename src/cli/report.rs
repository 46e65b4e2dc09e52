//! Drawing diagnostics: for people, for editors and build servers.
//!
//! In: diagnostics and the texts that they point into. Out: text, in one of four formats. Colour is decided by whoever
//! prints.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};
use serde_json::{Value, json};

use crate::compile::Files;
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::source::{Place, Positions};
use crate::theme;

/// How diagnostics are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people: the line with the place marked, and what to write instead.
    Human,
    /// One line each, as editors read them: `file:line:column: error[rule]: message`.
    Short,
    /// One JSON object a line; `docs/json.md` says what is in it.
    Json,
    /// Annotations for GitHub Actions.
    Github,
}

/// Diagnostics of one rule that are drawn in full before the rest is counted.
const MOST_OF_A_RULE: usize = 20;

/// Paths that one line names before it counts the rest.
const MOST_NAMED: usize = 3;

/// The texts that diagnostics point into, by path.
pub type Texts = BTreeMap<Arc<str>, Arc<str>>;

/// The texts of a site.
pub fn texts(files: &Files, theme_name: &str) -> Texts {
    let sources = files.settings.iter().chain(&files.sources).chain(&files.pages);
    let mut texts: Texts = sources.map(|source| (source.path.clone(), source.text.clone())).collect();
    for (name, layer) in [(theme::DEFAULT, theme::built_in()), (theme_name, &files.theme)] {
        let is_told_of = |path: &str| [".html", ".yaml", ".css"].iter().any(|ending| path.ends_with(ending));
        for (path, bytes) in layer.iter().filter(|(path, _)| is_told_of(path)) {
            let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
            texts.insert(format!("themes/{name}/{path}").into(), text.into());
        }
    }
    texts
}

/// `content/a.md`, `content/a.md and 3 more`.
pub fn names(changed: &[Arc<str>]) -> String {
    let named: Vec<&str> = changed.iter().take(MOST_NAMED).map(|path| &**path).collect();
    let rest = changed.len() - named.len();
    if rest == 0 { named.join(", ") } else { format!("{} and {rest} more", named.join(", ")) }
}

/// Milliseconds below a second, seconds above.
pub fn duration(took: Duration) -> String {
    if took < Duration::from_secs(1) {
        format!("{} ms", took.as_millis())
    } else {
        format!("{:.1} s", took.as_secs_f64())
    }
}

/// Draws diagnostics. `styled` asks for colours, which only people are given; `all` for every one of a rule.
pub fn draw(diagnostics: &[Diagnostic], texts: &Texts, format: Format, styled: bool, all: bool) -> String {
    let mut out = String::new();
    let mut counts: BTreeMap<Rule, usize> = BTreeMap::new();
    let mut finder = Finder { texts, known: BTreeMap::new() };
    for diagnostic in diagnostics {
        let count = counts.entry(diagnostic.rule).or_default();
        *count += 1;
        match format {
            Format::Human if *count > MOST_OF_A_RULE && !all => {}
            Format::Human => {
                out.push_str(&human(diagnostic, texts, styled));
                out.push_str("\n\n");
            }
            Format::Short => out.push_str(&short(diagnostic, &mut finder)),
            Format::Json => out.push_str(&format!("{}\n", json(diagnostic, &mut finder))),
            Format::Github => out.push_str(&github(diagnostic, &mut finder)),
        }
    }
    if format == Format::Human && !all {
        for (rule, count) in counts.into_iter().filter(|(_, count)| *count > MOST_OF_A_RULE) {
            let more = count - MOST_OF_A_RULE;
            out.push_str(&format!("and {more} more of `{}`; `--all` shows them\n\n", rule.name()));
        }
    }
    out
}

/// `2 errors and 1 warning`, `nothing is wrong`.
pub fn summary(diagnostics: &[Diagnostic]) -> String {
    let count = |severity: Severity| diagnostics.iter().filter(|found| found.severity == severity).count();
    let words =
        |count: usize, name: &str| (count > 0).then(|| format!("{count} {name}{}", if count == 1 { "" } else { "s" }));
    let parts: Vec<String> = [words(count(Severity::Error), "error"), words(count(Severity::Warning), "warning")]
        .into_iter()
        .flatten()
        .collect();
    if parts.is_empty() { "nothing is wrong".to_owned() } else { parts.join(" and ") }
}

/// Finds lines and columns. Each text is read once, however many diagnostics it has.
struct Finder<'a> {
    texts: &'a Texts,
    known: BTreeMap<&'a str, Positions<'a>>,
}

impl Finder<'_> {
    /// Line and column of a byte of a file; the head of it where the text is not known.
    fn of(&mut self, path: &str, offset: u32) -> (usize, usize) {
        let Some((path, text)) = self.texts.get_key_value(path) else { return (1, 1) };
        self.known.entry(path).or_insert_with(|| Positions::new(text)).of(offset as usize)
    }
}

/// The range of a place within its text, on the borders of characters.
fn range(place: &Place, text: &str) -> std::ops::Range<usize> {
    let mut range = place.range();
    range.end = range.end.min(text.len()).max(range.start.min(text.len()));
    range.start = range.start.min(range.end);
    while !text.is_char_boundary(range.start) {
        range.start -= 1;
    }
    while !text.is_char_boundary(range.end) {
        range.end += 1;
    }
    range
}

fn human(diagnostic: &Diagnostic, texts: &Texts, styled: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut first = Group::with_title(level.primary_title(&diagnostic.message).id(diagnostic.rule.name()));
    first = match texts.get(&diagnostic.place.path).filter(|text| !text.is_empty()) {
        Some(text) => {
            let mark = AnnotationKind::Primary.span(range(&diagnostic.place, text));
            first.element(Snippet::source(&**text).path(&*diagnostic.place.path).annotation(mark))
        }
        None => first.element(Origin::path(&*diagnostic.place.path)),
    };
    for (place, words) in &diagnostic.related {
        first = match texts.get(&place.path) {
            Some(text) => {
                let mark = AnnotationKind::Context.span(range(place, text)).label(words.as_str());
                first.element(Snippet::source(&**text).path(&*place.path).annotation(mark))
            }
            None => first.element(Level::NOTE.message(format!("{words}: {}", place.path))),
        };
    }
    if let Some(hint) = &diagnostic.hint {
        first = first.element(Level::HELP.message(hint.as_str()));
    }
    let mut groups = vec![first];
    if let (Some(patch), Some(text)) = (&diagnostic.patch, texts.get(&diagnostic.place.path))
        && text.get(patch.start..patch.end).is_some()
    {
        let title = Level::HELP.secondary_title("change it like this");
        let snippet = Snippet::source(&**text)
            .path(&*diagnostic.place.path)
            .patch(Patch::new(patch.start..patch.end, patch.text.as_str()));
        groups.push(Group::with_title(title).element(snippet));
    }
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&groups)
}

fn short(diagnostic: &Diagnostic, finder: &mut Finder<'_>) -> String {
    let (line, column) = finder.of(&diagnostic.place.path, diagnostic.place.start);
    let Diagnostic { place, rule, severity, message, .. } = diagnostic;
    format!("{}:{line}:{column}: {}[{}]: {message}\n", place.path, severity.name(), rule.name())
}

/// A place as JSON: file, first and last line and column, from 1; the last column is one past the end.
fn position(place: &Place, finder: &mut Finder<'_>) -> Value {
    let (line, column) = finder.of(&place.path, place.start);
    let (end_line, end_column) = finder.of(&place.path, place.end);
    json!({"file": &*place.path, "line": line, "column": column, "end_line": end_line, "end_column": end_column})
}

fn json(diagnostic: &Diagnostic, finder: &mut Finder<'_>) -> Value {
    let mut value = json!({
        "severity": diagnostic.severity.name(),
        "rule": diagnostic.rule.name(),
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        "place": position(&diagnostic.place, finder),
    });
    let related: Vec<Value> = diagnostic
        .related
        .iter()
        .map(|(place, words)| json!({"place": position(place, finder), "message": words}))
        .collect();
    let patch = diagnostic.patch.as_ref().map(|patch| {
        let place = Place::new(diagnostic.place.path.clone(), patch.start..patch.end);
        json!({"place": position(&place, finder), "text": patch.text})
    });
    if let Some(object) = value.as_object_mut() {
        object.insert("related".to_owned(), related.into());
        object.insert("patch".to_owned(), patch.unwrap_or(Value::Null));
    }
    value
}

fn github(diagnostic: &Diagnostic, finder: &mut Finder<'_>) -> String {
    let (line, column) = finder.of(&diagnostic.place.path, diagnostic.place.start);
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let hint = diagnostic.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
    format!(
        "::{} file={},line={line},col={column},title={}::{}\n",
        diagnostic.severity.name(),
        property(&diagnostic.place.path),
        property(diagnostic.rule.name()),
        data(&format!("{}{hint}", diagnostic.message))
    )
}
