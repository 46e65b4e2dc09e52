//! What the reader of YAML says, in an editor's words.

use serde_yaml::Error;
use serde_yaml::budget::BudgetBreach;

/// A list of one as the text in it.
pub(super) fn without_brackets(written: &str) -> Option<String> {
    let inner = written.strip_prefix('[')?.strip_suffix(']')?.trim();
    (!inner.is_empty() && !inner.contains([',', '[', '{'])).then(|| inner.to_owned())
}

/// The words that people write for true and false.
pub(super) fn truth(written: &str) -> Option<&'static str> {
    match written.trim_matches(['"', '\'']).to_lowercase().as_str() {
        "yes" | "y" | "on" | "true" | "1" => Some("true"),
        "no" | "n" | "off" | "false" | "0" => Some("false"),
        _ => None,
    }
}

/// What to write where nothing better is known.
pub(super) fn example(needed: &str, key: Option<&str>) -> String {
    let key = key.map(|key| format!("{key}: ")).unwrap_or_default();
    match needed {
        "a list" => format!("write `{key}[one, two]`, or a line with `- ` for each entry"),
        "`true` or `false`" => format!("write `{key}true` or `{key}false`"),
        "a text" => "write one text, in quotes where it has a colon or a `#`".to_owned(),
        "a number" | "a whole number" => format!("write digits alone: `{key}3`"),
        "a set of `key: value`" => format!("write `{key}{{key: value}}`, or a line for each key, indented"),
        other => format!("write {other}"),
    }
}

/// What a value should have been, in serde's words.
pub(super) fn expected(error: &Error) -> Option<String> {
    match error {
        Error::SerdeInvalidType { expected, .. } | Error::SerdeInvalidLength { expected, .. } => Some(expected.clone()),
        Error::Unexpected { expected, .. } => Some((*expected).to_owned()),
        Error::InvalidScalar { ty, .. } => Some((*ty).to_owned()),
        Error::NullIntoString { .. } | Error::TaggedScalarCannotDeserializeIntoString { .. } => {
            Some("string".to_owned())
        }
        Error::InvalidBooleanStrict { .. } => Some("boolean".to_owned()),
        _ => None,
    }
}

/// serde's names of types in an editor's words.
pub(super) fn plain(expected: &str) -> &str {
    match expected {
        "a text, or a list of texts" => expected,
        _ if expected.contains("sequence") => "a list",
        _ if expected.contains("bool") => "`true` or `false`",
        _ if expected.contains("string") => "a text",
        _ if expected.contains("struct") || expected.contains("mapping") || expected.contains("map") => {
            "a set of `key: value`"
        }
        "u8" | "u16" | "u32" | "u64" | "i64" | "integer" => "a whole number",
        "f32" | "f64" | "float" | "floating point" => "a number",
        other => other,
    }
}

/// The reader's own words, without their place and in one line.
pub(super) fn said(error: &Error) -> String {
    let error = match error {
        Error::Budget { breach: BudgetBreach::Anchors { .. } | BudgetBreach::Aliases { .. }, .. } => {
            return "anchors and aliases are switched off".to_owned();
        }
        other => other.to_string(),
    };
    let line = error.lines().next().unwrap_or("").split(" at line ").next().unwrap_or("");
    line.trim_end_matches('.').trim_start_matches("while parsing a block mapping, ").to_owned()
}
