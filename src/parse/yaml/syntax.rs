//! Lines that are no YAML: which they are, what an editor meant by them.
//!
//! A reader of YAML notices most mistakes only lines later, or at the end of the text. So each key is read by itself
//! here, down to the smallest that can't be read, and what is wrong with that one is told from how it is written.

use std::ops::Range;

use super::part::{Part, closing, key_length, line, scan};
use crate::diagnostic::{Diagnostic, Rule};
use crate::source::Source;

/// A line that can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mistake {
    rule: Rule,
    range: Range<usize>,
    message: String,
    hint: String,
    patch: Option<(Range<usize>, String)>,
    /// The key that is meant, where none is read.
    pub key: Option<String>,
    /// What has to be blanked.
    pub blank: Range<usize>,
}

impl Mistake {
    pub(super) fn describe(&self, source: &Source) -> Diagnostic {
        let found = Diagnostic::new(self.rule, source.place(self.range.clone()), &self.message).hint(&self.hint);
        match &self.patch {
            Some((range, text)) => found.patch(range.clone(), text),
            None => found,
        }
    }
}

/// Whether a value begins with `!`, which YAML would take for a type and leave out.
pub(super) fn has_tag(text: &str) -> bool {
    text.contains('!') && text.lines().any(|line| value(line).is_some_and(|value| line[value..].starts_with('!')))
}

/// Everything in a text that is no YAML.
pub(super) fn mistakes(text: &str) -> Vec<Mistake> {
    let mut found = Vec::new();
    if !reads(text) {
        examine(text, text, 0..text.len(), 0, &mut found);
    }
    found
}

fn reads(text: &str) -> bool {
    !has_tag(text) && super::syntax_of(text).is_ok()
}

/// Looks into each entry of a range whose keys or dashes stand in `column`. `text` is `original` with the dashes of
/// the lists around made to spaces.
fn examine(original: &str, text: &str, range: Range<usize>, column: usize, found: &mut Vec<Mistake>) {
    let all = entries(text, range, column);
    let keyed = all.iter().any(|entry| key_length(text[entry.clone()].trim_start()).is_some());
    for entry in all {
        let written = &text[entry.clone()];
        let first = line(text, entry.start);
        let own = text[first.clone()].trim();
        if own == "..." || (own == "---" && first.start > 0) {
            found.push(end_mark(own, first));
        } else if own == "---" || (reads(written) && !(keyed && is_bare(own))) {
        } else if let Some(tab) = tab(text, &entry) {
            found.push(tab);
        } else {
            let before = found.len();
            look_inside(original, text, &entry, first, found);
            if found.len() == before {
                found.push(diagnose(original, text, entry));
            }
        }
    }
}

/// Whether a line is text alone, which among keys is a mistake.
fn is_bare(line: &str) -> bool {
    key_length(line).is_none() && !line.starts_with("- ") && !line.starts_with(['{', '[', '#', '-'])
}

/// Examines what is indented below the first line of an entry.
fn look_inside(original: &str, text: &str, entry: &Range<usize>, first: Range<usize>, found: &mut Vec<Mistake>) {
    let start = first.start + indent(&text[first.clone()]);
    let own = &text[start..first.end];
    let rest = (first.end + 1).min(entry.end)..entry.end;
    if own.starts_with("- ") && key_length(own[2..].trim_start()).is_some() {
        let column = start - first.start + own.len() - own[1..].trim_start().len();
        let mut open = text.to_owned();
        open.replace_range(start..start + 1, " ");
        examine(original, &open, entry.clone(), column, found);
    } else if let Some(next) = text[rest.clone()].lines().find(|line| !line.trim().is_empty()) {
        let opens = key_length(own).is_some_and(|length| {
            let behind = own[length + 1..].trim();
            behind.is_empty() || behind.starts_with('#')
        });
        if opens || own == "-" {
            examine(original, text, rest, indent(next), found);
        } else if indent(next) > indent(&text[first.clone()])
            && reads(&text[first.clone()])
            && key_length(next.trim_start()).is_some()
        {
            let at = rest.start + text[rest.clone()].find(next).unwrap_or(0);
            let spaces = at + indent(&text[first.clone()])..at + indent(next);
            let key = key_length(own).map_or(own, |length| &own[..length]);
            found.push(Mistake {
                rule: Rule::YamlSyntax,
                range: spaces.end..at + next.len(),
                message: format!("this line is indented, so it would belong to `{key}`"),
                hint: "remove the spaces at the beginning of the line".to_owned(),
                patch: Some((spaces, String::new())),
                key: None,
                blank: rest,
            });
        }
    }
}

/// The entries of a range: each begins in `column`, or before it, and has all that is indented deeper.
fn entries(text: &str, range: Range<usize>, column: usize) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    let mut start = range.start;
    while start < range.end {
        let here = line(text, start);
        let written = &text[here.clone()];
        let indent = indent(written);
        let own = &written[indent..];
        let is_list = all.last().is_some_and(|last| !text[last.clone()].trim_start().starts_with('-'));
        let continues = own.is_empty()
            || own.starts_with(['#', ']', '}', '\t'])
            || indent > column
            || (is_list && own.starts_with("- ") && all.last().is_some_and(|last| opens(&text[last.clone()])));
        let end = (here.end + 1).min(range.end);
        match all.last_mut() {
            Some(last) if continues => last.end = end,
            None if own.is_empty() || own.starts_with('#') => {}
            _ => all.push(here.start.max(range.start)..end),
        }
        start = here.end + 1;
    }
    all
}

/// Whether the first line is a key with nothing behind it.
fn opens(entry: &str) -> bool {
    entry.lines().next().is_some_and(|line| line.trim_end().ends_with(':'))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Where the value begins in a line.
fn value(line: &str) -> Option<usize> {
    let mut start = indent(line);
    while line[start..].starts_with("- ") {
        start += 1 + indent(&line[start + 1..]);
    }
    if let Some(length) = key_length(&line[start..]) {
        start += length + 1;
        start += line[start..].len() - line[start..].trim_start().len();
    }
    (start < line.len()).then_some(start)
}

fn end_mark(mark: &str, range: Range<usize>) -> Mistake {
    Mistake {
        rule: Rule::YamlSyntax,
        message: format!("`{mark}` ends the YAML, but more comes behind it"),
        hint: "remove the line".to_owned(),
        patch: None,
        key: None,
        blank: range.clone(),
        range,
    }
}

/// A tab with which a line of an entry begins.
fn tab(text: &str, entry: &Range<usize>) -> Option<Mistake> {
    let mut start = entry.start;
    for written in text[entry.clone()].split_inclusive('\n') {
        let space = written.len() - written.trim_start_matches([' ', '\t']).len();
        if written[..space].contains('\t') && !written.trim().is_empty() {
            let range = start..start + space;
            let spaces = written[..space].replace('\t', "  ");
            return Some(Mistake {
                rule: Rule::YamlSyntax,
                message: "the line begins with a tab".to_owned(),
                hint: "indent with spaces, two for each level".to_owned(),
                patch: Some((range.clone(), spaces)),
                range,
                key: None,
                blank: entry.clone(),
            });
        }
        start += written.len();
    }
    None
}

/// What is wrong with an entry that can't be read.
fn diagnose(original: &str, text: &str, entry: Range<usize>) -> Mistake {
    let first = line(text, entry.start);
    let start = first.start + indent(&text[first.clone()]);
    let own = text[start..first.end].trim_end();
    let dashed = own.starts_with("- ");
    let head = if dashed { start + own.len() - own[1..].trim_start().len() } else { start };
    let own = text[head..first.end].trim_end();
    let mistake = |range: Range<usize>, message: &str, hint: String, patch: Option<(Range<usize>, String)>| Mistake {
        rule: Rule::YamlSyntax,
        range,
        message: message.to_owned(),
        hint,
        patch,
        key: own.split([' ', ':']).next().map(str::to_owned),
        blank: entry.clone(),
    };
    let Some(length) = key_length(own) else {
        if dashed {
            return of_value(original, "", head..head + own.len(), &entry);
        }
        return match own.split_once(':').filter(|(key, _)| is_word(key)) {
            Some((key, value)) => {
                let at = head + key.len() + 1;
                let hint = format!("write `{key}: {value}`");
                mistake(head..at, "a space is missing behind the colon", hint, Some((at..at, " ".to_owned())))
            }
            None => {
                let hint = match own.split_once(' ').filter(|(key, _)| is_word(key)) {
                    Some((key, value)) if !value.contains(':') => format!("did you mean `{key}: {value}`?"),
                    _ => "a line here is `key: value`; text belongs below the second `---`".to_owned(),
                };
                mistake(head..head + own.len(), "the line has no key", hint, None)
            }
        };
    };
    let key = own[..length].to_owned();
    let value = own[length + 1..].trim();
    let at = head + own.len() - own[length + 1..].trim_start().len();
    let mut mistake = of_value(original, &key, at..at + value.len(), &entry);
    mistake.blank = Part::of(original, head, true).blank;
    mistake
}

fn is_word(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// What is wrong with a value of one line, or an entry of a list.
fn of_value(text: &str, key: &str, range: Range<usize>, entry: &Range<usize>) -> Mistake {
    let value = &text[range.clone()];
    let written = |better: &str| if key.is_empty() { format!("- {better}") } else { format!("{key}: {better}") };
    let rest = |at: usize| value[at + 1..].trim_start();
    let trailing = |at: usize| !rest(at).is_empty() && !rest(at).starts_with('#');
    let first = value.bytes().next().unwrap_or(b' ');
    let make = |rule: Rule, range: Range<usize>, message: String, better: Option<String>| Mistake {
        rule,
        message,
        hint: match &better {
            Some(better) => format!("write `{}`", written(better)),
            None => "put the text in quotes, and check the spaces at the beginning of the line".to_owned(),
        },
        patch: better.map(|better| (range.clone(), better)),
        range,
        key: None,
        blank: entry.clone(),
    };
    let syntax =
        |message: &str, better: Option<String>| make(Rule::YamlSyntax, range.clone(), message.to_owned(), better);
    match first {
        b'&' | b'*' => make(
            Rule::YamlAnchor,
            range.clone(),
            format!("text that begins with `{}` would be an anchor or an alias of YAML", first as char),
            Some(quoted(value)),
        ),
        b'"' | b'\'' => match closing(value, 0, first) {
            None => syntax("the quotation mark is not closed", Some(quoted(value.trim_matches(first as char)))),
            Some(at) if trailing(at) && first == b'\'' && value.ends_with('\'') => {
                syntax("the quotation ends before the text does", Some(quoted(&value[1..value.len() - 1])))
            }
            Some(at) if trailing(at) => syntax("the quotation ends before the text does", Some(quoted(value))),
            Some(at) if value[..at].contains('\\') => {
                syntax("a backslash stands for a code within double quotes", Some(format!("'{}'", &value[1..at])))
            }
            Some(_) => syntax("this is not YAML", None),
        },
        b'[' | b'{' => {
            let end = entry.end.min(text.len());
            let open = scan(text, range.start, end);
            let close = if first == b'[' { "]" } else { "}" };
            match open.first().map(|open| open.at) {
                Some(at) if at == range.start && open.len() == 1 => Mistake {
                    rule: Rule::YamlSyntax,
                    range: at..at + 1,
                    message: format!("the bracket `{}` is not closed", first as char),
                    hint: format!("write `{close}` at its end"),
                    patch: Some((range.end..range.end, close.to_owned())),
                    key: None,
                    blank: entry.clone(),
                },
                None if !value.ends_with(close) => {
                    syntax("text that begins with a bracket needs quotes", Some(quoted(value)))
                }
                _ if matches!(super::syntax_of(value), Err(serde_yaml::Error::Budget { .. })) => {
                    let mut found = syntax("this is nested too deep, or has too many values", None);
                    found.hint = "write fewer values, or put them into pages of their own".to_owned();
                    found
                }
                _ => {
                    let mut found = syntax("the brackets don't fit together", None);
                    found.hint = "close each bracket, and put texts with commas or colons in quotes".to_owned();
                    found
                }
            }
        }
        b'@' | b'`' | b'%' | b'!' | b'|' | b'>' | b'?' | b',' | b']' | b'}' => {
            let mark = if first == b'`' { "a backtick".to_owned() } else { format!("`{}`", first as char) };
            syntax(&format!("a text can't begin with {mark} unless it is in quotes"), Some(quoted(value)))
        }
        _ if value.starts_with(['“', '”', '„', '«']) => {
            let inner = value.trim_matches(['“', '”', '„', '«', '»']);
            syntax("these are not the quotation marks of YAML, which are straight", Some(quoted(inner)))
        }
        _ if value.contains(": ") || value.ends_with(':') => {
            syntax("a text with a colon needs quotes", Some(quoted(value)))
        }
        _ => syntax("this is not YAML", None),
    }
}

/// A text in the quotes that suit it.
fn quoted(text: &str) -> String {
    match (text.contains(['"', '\\']), text.contains('\'')) {
        (false, _) => format!("\"{text}\""),
        (true, false) => format!("'{text}'"),
        (true, true) => format!("'{}'", text.replace('\'', "''")),
    }
}
