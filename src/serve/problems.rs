//! What is wrong, as the overlay in the browser shows it.
//!
//! In: diagnostics and the texts that they point into. Out: JSON with file, line, column, the line itself with the place
//! marked, and the hint. It is data, which the overlay puts into text nodes; no markup is made here.

use serde_json::{Value, json};

use crate::compile::Files;
use crate::diagnostic::{Diagnostic, Severity};
use crate::project::Failure;
use crate::source::line_column;
use crate::theme;

/// More than so many help nobody at once.
const MOST: usize = 20;

/// The errors among diagnostics.
pub fn errors(diagnostics: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
    diagnostics.iter().filter(|found| found.severity == Severity::Error)
}

/// The errors among diagnostics as the overlay shows them.
pub fn problems<'a>(found: impl Iterator<Item = &'a Diagnostic>, files: &Files, theme: &str) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    let mut more = 0_usize;
    for diagnostic in found {
        if all.len() < MOST {
            all.push(problem(diagnostic, text(files, theme, &diagnostic.place.path).as_deref()));
        } else {
            more += 1;
        }
    }
    if more > 0 {
        all.push(json!({"message": format!("and {more} more; the terminal shows them")}));
    }
    all
}

/// What could not be done at all, as the overlay shows it.
pub fn failure(failure: &Failure) -> Value {
    json!({"message": failure.message, "hint": failure.hint})
}

fn problem(found: &Diagnostic, text: Option<&str>) -> Value {
    let mut value = json!({
        "rule": found.rule.name(),
        "message": found.message,
        "hint": found.hint,
        "file": &*found.place.path,
    });
    let Some(text) = text.filter(|text| !text.is_empty()) else { return value };
    let (line, column) = line_column(text, found.place.start as usize);
    let (last, end) = line_column(text, found.place.end as usize);
    let shown = text.lines().nth(line - 1).unwrap_or_default();
    let length = shown.chars().count();
    let end = if last > line { length + 1 } else { end };
    if let Some(object) = value.as_object_mut() {
        object.insert("line".to_owned(), line.into());
        object.insert("column".to_owned(), column.into());
        object.insert("excerpt".to_owned(), shown.into());
        object.insert("marked".to_owned(), end.saturating_sub(column).max(1).into());
    }
    value
}

/// The text of a file of the site or of a theme.
fn text(files: &Files, own: &str, path: &str) -> Option<String> {
    let sources = files.settings.iter().chain(&files.sources);
    if let Some(source) = sources.into_iter().find(|source| *source.path == *path) {
        return Some(source.text.to_string());
    }
    if let Some(page) = files.page(path) {
        return Some(page.text.to_string());
    }
    let (name, file) = path.strip_prefix("themes/")?.split_once('/')?;
    let bytes = match name {
        name if name == own => files.theme.get(file).cloned().or_else(|| theme::built_in().get(file).cloned()),
        theme::DEFAULT => theme::built_in().get(file).cloned(),
        _ => None,
    };
    Some(String::from_utf8_lossy(&bytes?).replace("\r\n", "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Rule;
    use crate::source::{Place, Source};

    #[test]
    fn a_problem_has_its_line_and_the_place_in_it() {
        let source = Source::from_text("content/a.md", "one\nüwo three\n");
        let found = Diagnostic::new(Rule::BrokenLink, source.place(8..13), "there is no page").hint("write another");
        let files = Files { pages: vec![source], ..Files::default() };
        let shown = problems([&found].into_iter(), &files, "default");
        assert_eq!(
            shown,
            [json!({
                "rule": "broken-link", "message": "there is no page", "hint": "write another", "file": "content/a.md",
                "line": 2, "column": 4, "excerpt": "üwo three", "marked": 5
            })]
        );
    }

    #[test]
    fn a_file_that_is_not_there_has_no_line() {
        let found = Diagnostic::new(Rule::Encoding, Place::file("content/b.md"), "the file is not in UTF-8");
        let shown = problems([&found].into_iter(), &Files::default(), "default");
        assert_eq!(shown[0]["file"], "content/b.md");
        assert_eq!(shown[0]["line"], Value::Null);
    }
}
