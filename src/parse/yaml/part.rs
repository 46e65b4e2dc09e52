//! Which part of a YAML text a mistake is in: the pair of key and value, or the entry of a list, that has to go so that
//! the rest can be read.
//!
//! In: a text that reads as YAML, and a byte of it. Out: ranges. It reads no values.

use std::ops::Range;

/// The part that a byte belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// What has to be blanked: the pair or the entry, with its dash or comma where nothing else is left of it.
    pub blank: Range<usize>,
    /// The key of the pair; empty where it is an entry of a list.
    pub key: Range<usize>,
    /// What stands behind the key, or the entry.
    pub value: Range<usize>,
    /// The key, or of an entry the key of its list.
    pub name: Option<String>,
    /// Whether the part is a pair.
    pub keyed: bool,
    /// The key in whose value the part stands; `None` at the outermost level.
    pub owner: Option<String>,
}

impl Part {
    /// The part of `text` that the byte `at` belongs to. `about_key` says that `at` is a key which is wrong itself.
    pub(super) fn of(text: &str, at: usize, about_key: bool) -> Self {
        let top = entry(text, at);
        let opened = scan(text, top.start, at);
        match opened.last() {
            Some(open) => flow(text, open, &opened, top.start),
            None => block(text, at, about_key, &top),
        }
    }

    /// What the message is about.
    pub(super) fn subject(&self) -> String {
        match &self.name {
            Some(name) if self.keyed => format!("`{name}`"),
            Some(name) => format!("an entry of `{name}`"),
            None => "this".to_owned(),
        }
    }
}

/// The line that a byte is on, without its end.
pub(super) fn line(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    start..text[at..].find('\n').map_or(text.len(), |newline| at + newline)
}

/// The last line that says something.
pub(super) fn last_line(text: &str) -> Range<usize> {
    line(text, text.trim_end().len())
}

/// The part of a range that lies on its first line.
pub(super) fn first_line(text: &str, range: Range<usize>) -> Range<usize> {
    range.start..text[range.clone()].find('\n').map_or(range.end, |newline| range.start + newline)
}

/// Spaces at the beginning of a line.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// The whole outermost key, or entry of the outermost list, that a byte belongs to.
pub(super) fn entry(text: &str, at: usize) -> Range<usize> {
    let mut start = line(text, at).start;
    let continues = |start: usize| {
        let line = &text[line(text, start)];
        line.trim().is_empty() || line.starts_with([' ', '\t', ']', '}']) || line.starts_with("- ") || line == "-"
    };
    let is_item = |start: usize| text[start..].starts_with("- ") || text[line(text, start)] == *"-";
    let mut item = None;
    while start > 0 && continues(start) {
        if item.is_none() && is_item(start) {
            item = Some(start);
        }
        start = line(text, start - 1).start;
    }
    // Entries of a list in the first column belong to the key above them, where there is one.
    let above = text[line(text, start)].trim_end();
    let start = match item {
        Some(item) if !above.ends_with(':') => item,
        _ => start,
    };
    below(text, start, 0)
}

/// From `start` to the last line before the next one that is indented no deeper than `column`.
fn below(text: &str, start: usize, column: usize) -> Range<usize> {
    let first = line(text, start);
    let opens_list = text[start..first.end].trim_end().ends_with(':');
    let (mut end, mut next) = (first.end, first.end + 1);
    while next <= text.len() {
        let here = line(text, next.min(text.len()));
        let written = &text[here.clone()];
        let indented = indent(written);
        let closes = written[indented..].starts_with([']', '}']);
        let of_list = opens_list && indented == column && written[indented..].starts_with('-') && written != "---";
        if !written.trim().is_empty() && indented <= column && !of_list && !closes {
            break;
        }
        if !written.trim().is_empty() {
            end = here.end;
        }
        next = here.end + 1;
    }
    start..end
}

/// The key that the outermost line of a byte begins with.
pub(super) fn outermost_key(text: &str, at: usize) -> Option<&str> {
    let line = &text[line(text, entry(text, at).start)];
    key_length(line).map(|length| line[..length].trim_matches(['"', '\'']))
}

/// How long the key is with which a text begins, if `:` and a space or nothing come behind it.
pub(super) fn key_length(text: &str) -> Option<usize> {
    let from = match text.as_bytes().first()? {
        quote @ (b'"' | b'\'') => closing(text, 0, *quote)? + 1,
        b'[' | b'{' | b'-' | b'#' | b',' => return None,
        _ => 0,
    };
    let ends = |at: usize| text[at + 1..].chars().next().is_none_or(char::is_whitespace);
    let at = text[from..].match_indices(':').map(|(at, _)| from + at).find(|at| ends(*at))?;
    (at > 0 && !text[..at].contains(['\n'])).then_some(at)
}

/// Where the quotation that begins at `open` ends.
pub(super) fn closing(text: &str, open: usize, quote: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = open + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 1,
            byte if byte == quote && quote == b'\'' && bytes.get(at + 1) == Some(&quote) => at += 1,
            byte if byte == quote => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// A bracket that is open, and where the entry that is being read in it began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    pub at: usize,
    item: usize,
}

/// Reads on through a text and knows which brackets are open.
struct Scanner<'t> {
    text: &'t str,
    opened: Vec<Open>,
    /// Whether a value may begin here.
    fresh: bool,
}

impl Scanner<'_> {
    /// Takes what stands at `index`, and gives where to go on.
    fn step(&mut self, index: usize) -> usize {
        let bytes = self.text.as_bytes();
        let next_is_space = bytes.get(index + 1).is_none_or(u8::is_ascii_whitespace);
        match bytes[index] {
            quote @ (b'"' | b'\'') if self.fresh => {
                self.fresh = false;
                return closing(self.text, index, quote).unwrap_or(index) + 1;
            }
            b'#' if index == 0 || bytes[index - 1].is_ascii_whitespace() => return line(self.text, index).end,
            b'[' | b'{' if self.fresh || !self.opened.is_empty() => {
                self.opened.push(Open { at: index, item: index + 1 });
                self.fresh = true;
            }
            b']' | b'}' => {
                self.opened.pop();
                self.fresh = false;
            }
            b',' => {
                if let Some(open) = self.opened.last_mut() {
                    open.item = index + 1;
                    self.fresh = true;
                }
            }
            b':' if next_is_space => self.fresh = true,
            b'-' if self.opened.is_empty() && self.fresh && next_is_space => {}
            b' ' | b'\t' => {}
            b'\n' => self.fresh = true,
            _ => self.fresh = false,
        }
        index + 1
    }
}

/// The brackets that are open at a byte, from the outermost in.
pub(super) fn scan(text: &str, start: usize, at: usize) -> Vec<Open> {
    let mut scanner = Scanner { text, opened: Vec::new(), fresh: true };
    let mut index = start;
    while index < at {
        index = scanner.step(index);
    }
    scanner.opened
}

/// A range without the white space around it.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let written = &text[range.clone()];
    let start = range.start + (written.len() - written.trim_start().len());
    start..(range.start + written.trim_end().len()).max(start)
}

/// A part within brackets.
fn flow(text: &str, open: &Open, opened: &[Open], top: usize) -> Part {
    let mut scanner = Scanner { text, opened: vec![*open], fresh: true };
    let mut end = open.item;
    // The entry ends at the first comma or closing bracket that is not within brackets of its own.
    while end < text.len() && !(scanner.opened.len() == 1 && matches!(text.as_bytes()[end], b',' | b']' | b'}')) {
        end = scanner.step(end);
    }
    let end = end.min(text.len());
    let item = trimmed(text, open.item..end);
    let blank = item.start..if text.as_bytes().get(end) == Some(&b',') { end + 1 } else { item.end };
    let owner = name_before(text, opened, top);
    match key_length(&text[item.clone()]).filter(|_| text.as_bytes()[open.at] == b'{') {
        Some(length) => {
            let key = item.start..item.start + length;
            let name = Some(text[key.clone()].trim_matches(['"', '\'']).to_owned());
            Part { blank, value: trimmed(text, key.end + 1..item.end), key, name, keyed: true, owner }
        }
        None => Part { blank, key: item.start..item.start, value: item, name: owner.clone(), keyed: false, owner },
    }
}

/// The key in whose value the innermost bracket stands.
fn name_before(text: &str, opened: &[Open], top: usize) -> Option<String> {
    let (innermost, outer) = opened.split_last()?;
    let from = match outer.last() {
        Some(outer) => outer.item,
        None => head(text, innermost.at).max(top),
    };
    let before = text[from.min(innermost.at)..innermost.at].trim_start();
    match key_length(before) {
        Some(length) => Some(before[..length].trim_matches(['"', '\'']).to_owned()),
        None if !outer.is_empty() => name_before(text, outer, top),
        None => enclosing(text, innermost.at).map(|pair| name(text, &pair)),
    }
}

/// Where a line's own text begins, behind its spaces and dashes.
fn head(text: &str, at: usize) -> usize {
    let line = line(text, at);
    let mut start = line.start;
    loop {
        start += indent(&text[start..line.end]);
        let rest = &text[start..line.end];
        if rest.starts_with("- ") || rest == "-" {
            start += 1;
        } else {
            return start;
        }
    }
}

/// The line of the pair in whose value the line of a byte stands: where its key begins.
fn enclosing(text: &str, at: usize) -> Option<usize> {
    let own = line(text, at);
    let dash = own.start + indent(&text[own.clone()]);
    let is_item = head(text, at) > dash;
    let column = dash - own.start;
    let mut start = own.start;
    while start > 0 {
        let above = line(text, start - 1);
        start = above.start;
        let head = head(text, above.start);
        let deeper = head - above.start > column || (head - above.start == column && !is_item);
        let sibling = text[above.start + indent(&text[above.clone()])..above.end].starts_with('-')
            && indent(&text[above.clone()]) >= column;
        if !text[above.clone()].trim().is_empty()
            && !deeper
            && !(sibling && is_item)
            && key_length(&text[head..above.end]).is_some()
        {
            return Some(head);
        }
    }
    None
}

/// The key that begins at a byte.
fn name(text: &str, at: &usize) -> String {
    let length = key_length(&text[*at..line(text, *at).end]).unwrap_or(0);
    text[*at..*at + length].trim_matches(['"', '\'']).to_owned()
}

/// A part outside all brackets.
fn block(text: &str, at: usize, about_key: bool, top: &Range<usize>) -> Part {
    let own = line(text, at);
    let start = head(text, at);
    let has_dash = start > own.start + indent(&text[own.clone()]);
    let key = key_length(&text[start..own.end]);
    match key {
        Some(length) if about_key || at >= start + length => pair(text, start, has_dash),
        Some(_) if has_dash && at == start => item(text, start),
        None if has_dash && at >= start => item(text, start),
        _ => match enclosing(text, at).filter(|key| *key >= top.start) {
            Some(key) => pair(text, key, head(text, key) > line(text, key).start + indent(&text[line(text, key)])),
            None => {
                let value = trimmed(text, top.clone());
                Part { blank: top.clone(), key: value.start..value.start, value, name: None, keyed: false, owner: None }
            }
        },
    }
}

fn pair(text: &str, start: usize, has_dash: bool) -> Part {
    let own = line(text, start);
    let column = start - own.start;
    let whole = below(text, start, column);
    let length = key_length(&text[start..own.end]).unwrap_or(0);
    let behind = &text[whole.end..];
    let next = behind.lines().find(|line| !line.trim().is_empty());
    let alone = has_dash && next.is_none_or(|next| indent(next) != column || next[column..].starts_with('-'));
    let blank = if alone { dash(text, start)..whole.end } else { whole.clone() };
    Part {
        blank,
        key: start..start + length,
        value: trimmed(text, (start + length + 1).min(whole.end)..whole.end),
        name: Some(name(text, &start)),
        keyed: true,
        owner: enclosing(text, start).map(|key| name(text, &key)),
    }
}

fn item(text: &str, start: usize) -> Part {
    let dash = dash(text, start);
    let whole = below(text, dash, dash - line(text, start).start);
    let value = trimmed(text, start.min(whole.end)..whole.end);
    let owner = enclosing(text, start).map(|key| name(text, &key));
    Part { blank: whole, key: value.start..value.start, value, name: owner.clone(), keyed: false, owner }
}

/// The last dash before a line's own text.
fn dash(text: &str, start: usize) -> usize {
    let own = line(text, start);
    own.start + text[own.start..start].rfind('-').unwrap_or(0)
}

/// Where the same key stands before a part.
pub(super) fn first_of(text: &str, part: &Part) -> Option<Range<usize>> {
    let from = if part.owner.is_some() { entry(text, part.key.start).start } else { 0 };
    let wanted = format!("{}:", &text[part.key.clone()]);
    let before = &text[from..part.key.start];
    let begins = |at: usize| before[..at].chars().next_back().is_none_or(|before| " \n{,-".contains(before));
    let at = before.match_indices(&wanted).map(|(at, _)| at).filter(|at| begins(*at)).last()?;
    Some(from + at..from + at + wanted.len() - 1)
}
