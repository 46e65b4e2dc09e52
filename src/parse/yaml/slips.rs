//! What an editor meant by a line that is no YAML, told from how it is written.
//!
//! In: where it stands. Out: a diagnostic with what to write instead.

use std::ops::Range;

use super::lines::{closing, is_item, key, open_brackets};
use super::tree::Fault;
use crate::diagnostic::{Diagnostic, Rule};
use crate::source::Source;

/// Looks at lines of a file.
#[derive(Clone, Copy)]
pub(super) struct Slips<'s> {
    pub source: &'s Source,
}

impl Slips<'_> {
    fn found(self, range: Range<usize>, message: impl Into<String>, hint: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Rule::YamlSyntax, self.source.place(range), message).hint(hint)
    }

    pub(super) fn end_mark(self, line: Range<usize>) -> Diagnostic {
        let message = format!("`{}` ends the YAML, but more comes behind it", &self.source.text[line.clone()]);
        self.found(line, message, "remove the line")
    }

    /// Spaces that would make a line part of the one above, which is `column` deep.
    pub(super) fn indented(self, column: usize, start: usize, above: &str) -> Diagnostic {
        let text = &self.source.text;
        let end = start + text[start..].lines().next().unwrap_or("").len();
        let deep = start - text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let message = format!("this line is indented, so it would belong to `{above}`");
        let found = self.found(start..end, message, "remove the spaces at the beginning of the line");
        found.patch(start - (deep - column)..start, "")
    }

    /// A tab with which a line of a fragment begins.
    pub(super) fn tab(self, fragment: &Range<usize>) -> Option<Diagnostic> {
        let mut start = fragment.start;
        for line in self.source.text[fragment.clone()].split_inclusive('\n') {
            let blank = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
            if blank.contains('\t') && !line.trim().is_empty() {
                let range = start..start + blank.len();
                let found =
                    self.found(range.clone(), "the line begins with a tab", "indent with spaces, two for each level");
                return Some(found.patch(range, blank.replace('\t', "  ")));
            }
            start += line.len();
        }
        None
    }

    /// A line among keys that has none.
    pub(super) fn no_key(self, line: Range<usize>) -> Diagnostic {
        let own = &self.source.text[line.clone()];
        let is_word = |(key, _): &(&str, &str)| {
            !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        if let Some((key, value)) = own.split_once(':').filter(is_word) {
            let end = line.start + key.len() + 1;
            let found =
                self.found(line.start..end, "a space is missing behind the colon", format!("write `{key}: {value}`"));
            return found.patch(end..end, " ");
        }
        let hint = match own.split_once(' ').filter(is_word) {
            Some((key, value)) if !value.contains(':') => format!("did you mean `{key}: {value}`?"),
            _ => "a line here is `key: value`; text belongs below the second `---`".to_owned(),
        };
        self.found(line, "the line has no key", hint)
    }

    /// A key among the entries of a list.
    pub(super) fn no_dash(self, line: Range<usize>) -> Diagnostic {
        self.found(line, "the line has no dash, as the others have", "begin each entry with `- `, or indent the line")
    }

    /// The first line of a fragment that can't be parsed.
    pub(super) fn of_line(self, line: Range<usize>, fragment: &Range<usize>, fault: Fault) -> Diagnostic {
        let own = &self.source.text[line.clone()];
        let behind = match key(own) {
            Some(key) => key.len() + 1,
            None if is_item(own) => 1,
            None => return self.no_key(line),
        };
        let start = line.end - own[behind..].trim_start().len();
        let found = self.of_value(start..line.end, fragment.end, fault);
        let Some(better) = found.patch.as_ref().filter(|_| found.hint.is_none()).map(|patch| &patch.text) else {
            return found;
        };
        let hint = match key(own) {
            Some(key) => format!("write `{key}: {better}`"),
            None => format!("write `- {better}`"),
        };
        found.hint(hint)
    }

    /// What is wrong with a value, by its first letter. A patch without a hint is the whole of what to write.
    fn of_value(self, range: Range<usize>, end: usize, fault: Fault) -> Diagnostic {
        let value = &self.source.text[range.clone()];
        let first = value.chars().next().unwrap_or(' ');
        let better = |message: &str, better: String| {
            Diagnostic::new(Rule::YamlSyntax, self.source.place(range.clone()), message).patch(range.clone(), better)
        };
        match first {
            _ if fault == Fault::TooDeep => {
                let hint = "write fewer brackets or levels, or put the values into pages of their own";
                self.found(range, "this is nested too deep", hint)
            }
            '&' | '*' => Diagnostic {
                rule: Rule::YamlAnchor,
                ..better(
                    &format!("text that begins with `{first}` would be an anchor or an alias of YAML"),
                    quoted(value),
                )
            },
            '"' | '\'' => self.of_quotation(range.clone(), &better),
            '[' | '{' => self.of_bracket(range.clone(), end, first, &better),
            '`' => better("a text can't begin with a backtick unless it is in quotes", quoted(value)),
            '@' | '%' | '!' | '|' | '>' | '?' | ',' | ']' | '}' => {
                better(&format!("a text can't begin with `{first}` unless it is in quotes"), quoted(value))
            }
            _ if CURLY.contains(&first) => better(
                "these are not the quotation marks of YAML, which are straight",
                quoted(without_curly(value).unwrap_or(value)),
            ),
            _ if value.contains(": ") || value.ends_with(':') => {
                better("a text with a colon needs quotes", quoted(value))
            }
            _ => self.found(
                range,
                "this is not YAML",
                "put the text in quotes, and check the spaces at the beginning of the line",
            ),
        }
    }

    fn of_quotation(self, range: Range<usize>, better: &dyn Fn(&str, String) -> Diagnostic) -> Diagnostic {
        let value = &self.source.text[range.clone()];
        let quote = value.as_bytes().first().copied().unwrap_or(b'"');
        let Some(end) = closing(value, quote) else {
            return better("the quotation mark is not closed", quoted(value.trim_matches(quote as char)));
        };
        let inner = &value[1..end];
        let behind = value[end + 1..].trim_start();
        if !behind.is_empty() && !behind.starts_with('#') {
            let is_closed = quote == b'\'' && value.ends_with('\'');
            let text = if is_closed { &value[1..value.len() - 1] } else { value };
            better("the quotation ends before the text does", quoted(text))
        } else if inner.contains('\\') {
            better("a backslash stands for a code within double quotes", format!("'{inner}'"))
        } else {
            self.found(
                range,
                "this is not YAML",
                "put the text in quotes, and check the spaces at the beginning of the line",
            )
        }
    }

    fn of_bracket(
        self,
        range: Range<usize>,
        end: usize,
        bracket: char,
        better: &dyn Fn(&str, String) -> Diagnostic,
    ) -> Diagnostic {
        let text = &self.source.text;
        let value = &text[range.clone()];
        let close = if bracket == '[' { ']' } else { '}' };
        match &open_brackets(&text[range.start..end])[..] {
            [0] => {
                let message = format!("the bracket `{bracket}` is not closed");
                let found = self.found(range.start..range.start + 1, message, format!("write `{close}` at its end"));
                found.patch(range.end..range.end, close)
            }
            [] if !value.ends_with(close) => better("text that begins with a bracket needs quotes", quoted(value)),
            _ => self.found(
                range,
                "the brackets don't fit together",
                "close each bracket, and put texts with commas or colons in quotes",
            ),
        }
    }
}

/// The quotation marks of typesetters.
const CURLY: [char; 8] = ['“', '”', '„', '«', '»', '‘', '’', '‚'];

/// A text that is one quotation, and not only begins with one, without its marks.
fn without_curly(text: &str) -> Option<&str> {
    let inner = text.strip_prefix(CURLY)?.strip_suffix(CURLY)?;
    (!inner.contains(CURLY)).then_some(inner)
}

/// A text in the quotes that suit it.
pub(super) fn quoted(text: &str) -> String {
    match (text.contains(['"', '\\']), text.contains('\'')) {
        (false, _) => format!("\"{text}\""),
        (true, false) => format!("'{text}'"),
        (true, true) => format!("'{}'", text.replace('\'', "''")),
    }
}
