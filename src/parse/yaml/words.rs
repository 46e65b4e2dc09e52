//! What is wrong with a value that reads but is not what its key needs, in an editor's words.

use super::tree::{At, Value};
use super::values::Problem;
use crate::diagnostic::{Diagnostic, Rule};
use crate::source::Source;

/// What is wrong at a place of a tree. `what` names the owner of the outermost keys, as in ``a page of kind `step` ``.
pub(super) fn describe(source: &Source, what: &str, at: &At<'_>, problem: Problem) -> Diagnostic {
    let key = at.keys.last().map(|key| key.text());
    let value = at.node.span.clone();
    let wrong = |rule: Rule, message: String| Diagnostic::new(rule, source.place(value.clone()), message);
    match problem {
        Problem::Key(key, known) => {
            let outer = at.keys.iter().rev().nth(1).map(|outer| format!("`{}`", outer.text()));
            let span = at.keys.last().map_or(value.clone(), |key| key.span.clone());
            let message = format!("{} has no key `{key}`", outer.as_deref().unwrap_or(what));
            let found = Diagnostic::new(Rule::UnknownKey, source.place(span), message);
            let found = found.nearest(&key, known.iter().copied());
            if found.hint.is_none() { found.hint("remove it") } else { found }
        }
        Problem::Word(word, known) => {
            let message = match key {
                Some(key) if !at.in_list || !at.keys.is_empty() => format!("`{word}` is not a value of `{key}`"),
                _ => format!("`{word}` is not a value that can stand here"),
            };
            wrong(Rule::BadValue, message).nearest(&word, known.iter().copied())
        }
        Problem::Value(needed) => {
            let hint = match key {
                Some("rows") => "write for instance `rows: 8`".to_owned(),
                Some("steps") => "write `steps: all`, or for instance `steps: [brief-the-team]`".to_owned(),
                _ => format!("write {needed}"),
            };
            wrong(Rule::BadValue, format!("{} needs to be {needed}", subject(at))).hint(hint)
        }
        Problem::Said(words) => {
            let (message, hint) = words.split_once(": ").unwrap_or((&words, "write another value"));
            wrong(Rule::BadValue, message.to_owned()).hint(hint)
        }
        Problem::Type(needed) => wrong_type(source, what, at, &needed),
    }
}

/// What a message is about.
fn subject(at: &At<'_>) -> String {
    match at.keys.last() {
        Some(key) if at.in_list => format!("an entry of `{}`", key.text()),
        Some(key) => format!("`{}`", key.text()),
        None => "this".to_owned(),
    }
}

fn wrong_type(source: &Source, what: &str, at: &At<'_>, needed: &str) -> Diagnostic {
    let span = at.node.span.clone();
    let written = &source.text[span.clone()];
    let key = at.keys.last().filter(|_| !at.in_list);
    let line = written.lines().next().unwrap_or("");
    let found = |message: String| {
        let place = source.place(span.start..span.start + line.len());
        Diagnostic::new(Rule::WrongType, place, message)
    };
    if at.keys.is_empty() && !at.in_list {
        return match at.node.value {
            Value::Map(_) => found(format!("{what} stands behind a dash, and this has none"))
                .hint("begin each entry with `- `, and indent the lines below it by two spaces"),
            _ => found(format!("{what} is made of lines `key: value`, and this is none"))
                .hint("write for instance `title: Brief the team`"),
        };
    }
    if written.is_empty() {
        return empty(source, at);
    }
    if needed == "a whole number" && written.parse::<i128>().is_ok() {
        let message = format!("{} can't be {written}", subject(at));
        return found(message).hint("write a smaller whole number, of 0 or more");
    }
    let found = found(format!("{} needs to be {needed}", subject(at)));
    let is_line = line.len() == written.len();
    let better = match needed {
        "a list" if is_line && !written.starts_with('{') => Some(format!("[{written}]")),
        "a text" if is_line => without_brackets(written),
        "`true` or `false`" => truth(written).map(str::to_owned),
        _ => None,
    };
    let key = key.map(|key| format!("{}: ", key.text())).unwrap_or_default();
    match better {
        Some(better) => found.hint(format!("write `{key}{better}`")).patch(span, better),
        None => found.hint(example(needed, &key)),
    }
}

/// A value that is not there, or that a `#` has made a comment.
fn empty(source: &Source, at: &At<'_>) -> Diagnostic {
    let message = format!("{} is empty", subject(at));
    let start = at.node.span.start;
    let Some(key) = at.keys.last().filter(|_| !at.in_list) else {
        return Diagnostic::new(Rule::WrongType, source.place(start..start), message)
            .hint("write something there, or remove the line");
    };
    let line = source.text[start..].lines().next().unwrap_or("");
    let comment = line.trim_start_matches([':', ' ', '\t']).trim_end();
    if !comment.starts_with('#') {
        return Diagnostic::new(Rule::WrongType, source.place(key.span.clone()), message)
            .hint("write something there, or remove the line");
    }
    let end = start + line.trim_end().len();
    let range = end - comment.len()..end;
    Diagnostic::new(
        Rule::WrongType,
        source.place(range.clone()),
        format!("{message}, since what stands behind `#` is a comment"),
    )
    .hint(format!("write `{}: \"{comment}\"`", key.text()))
    .patch(range, format!("\"{comment}\""))
}

/// A list of one as the text in it.
fn without_brackets(written: &str) -> Option<String> {
    let inner = written.strip_prefix('[')?.strip_suffix(']')?.trim();
    (!inner.is_empty() && !inner.contains([',', '[', '{'])).then(|| inner.to_owned())
}

/// The words that people write for true and false.
fn truth(written: &str) -> Option<&'static str> {
    match written.trim_matches(['"', '\'']).to_lowercase().as_str() {
        "yes" | "y" | "on" | "true" | "1" => Some("true"),
        "no" | "n" | "off" | "false" | "0" => Some("false"),
        _ => None,
    }
}

/// What to write where nothing better is known.
fn example(needed: &str, key: &str) -> String {
    match needed {
        "a list" => format!("write `{key}[one, two]`, or a line with `- ` for each entry"),
        "`true` or `false`" => format!("write `{key}true` or `{key}false`"),
        "a text" => "write one text, in quotes where it has a colon or a `#`".to_owned(),
        "a number" | "a whole number" => format!("write digits alone: `{key}3`"),
        "a set of `key: value`" => format!("write `{key}{{key: value}}`, or a line for each key, indented"),
        other => format!("write {other}"),
    }
}
