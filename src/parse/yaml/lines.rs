//! What a line of YAML begins with, told from its letters alone.

use std::ops::Range;

/// Where the line of a byte ends.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline)
}

/// How many spaces a line begins with.
pub(super) fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// How many characters stand before a byte in its line; before a key these are spaces and dashes.
pub(super) fn column(text: &str, at: usize) -> usize {
    at - text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// The key with which a line begins, if `:` and a space or nothing come behind it.
pub(super) fn key(line: &str) -> Option<&str> {
    let from = match line.as_bytes().first()? {
        quote @ (b'"' | b'\'') => closing(line, *quote)? + 1,
        b'[' | b'{' | b'-' | b'#' | b',' | b'?' => return None,
        _ => 0,
    };
    let is_end = |at: &usize| line[at + 1..].chars().next().is_none_or(char::is_whitespace);
    let at = line[from..].match_indices(':').map(|(at, _)| from + at).find(is_end)?;
    (at > 0 && !line[..at].contains('\n')).then_some(&line[..at])
}

/// Whether `-` and a space or nothing begin a line.
pub(super) fn is_item(line: &str) -> bool {
    line == "-" || line.starts_with("- ")
}

/// Where the quotation ends that a text begins with.
pub(super) fn closing(text: &str, quote: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 1,
            b'\'' if quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') => at += 1,
            byte if byte == quote => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The brackets that are open at the end of a text which begins with one.
pub(super) fn open_brackets(text: &str) -> Vec<usize> {
    let (mut open, mut at, mut begins) = (Vec::new(), 0, true);
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'"' | b'\'' if begins => at += closing(&text[at..], *byte).unwrap_or(0),
            b'#' if text[..at].ends_with([' ', '\t', '\n']) => at = line_end(text, at),
            b'[' | b'{' => open.push(at),
            b']' | b'}' => drop(open.pop()),
            _ => {}
        }
        begins = matches!(byte, b'[' | b'{' | b',' | b'\n') || *byte == b':' || begins && matches!(byte, b' ' | b'\t');
        at += 1;
    }
    open
}

/// A range at its keys or dashes: each piece begins in `column`, or before it, and has all that is indented deeper.
pub(super) fn split(text: &str, range: Range<usize>, column: usize) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    // Whether a list in the same column would be the value of the key above.
    let mut opens = false;
    let mut start = range.start;
    while start < range.end {
        let end = line_end(text, start).min(range.end);
        let (indent, own) = (indent(&text[start..end]), text[start..end].trim());
        let continues = own.is_empty() || own.starts_with(['#', ']', '}']) || text[start..].starts_with('\t');
        let end = (end + 1).min(range.end);
        match all.last_mut() {
            Some(last) if continues || indent > column || opens && is_item(own) => last.end = end,
            None if own.is_empty() || own.starts_with('#') => {}
            _ => {
                all.push(start..end);
                opens = !is_item(own) && own.ends_with(':');
            }
        }
        start = end;
    }
    all
}
