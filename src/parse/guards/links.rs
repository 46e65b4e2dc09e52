//! Links and pictures that are almost ones: a space or a `\` in the address, a path on one computer, nothing to lead to.

use std::ops::Range;

use super::{Line, Text, short};
use crate::diagnostic::{Diagnostic, Rule, Severity};

/// What stands between the parentheses of a link.
struct Written<'a> {
    /// `text` of `[text](target)`; `None` where it begins in a line above.
    label: Option<&'a str>,
    is_picture: bool,
    target: &'a str,
    /// Where the target stands.
    at: Range<usize>,
    /// The whole link, as far as it stands in its line.
    whole: Range<usize>,
}

pub(super) fn find(text: &Text<'_>, lines: &[Line<'_>], found: &mut Vec<Diagnostic>) {
    // How many brackets of the block's lines above are open.
    let mut above = 0_usize;
    for line in lines {
        // Where the brackets begin that are open at a place of the line.
        let mut open: Vec<usize> = Vec::new();
        above = if line.own.is_empty() { 0 } else { above };
        if above == 0 && !line.text.contains('[') {
            continue;
        }
        for (at, _) in line.text.match_indices(['[', ']']) {
            let is_meant = !is_escaped(line.text, at) && !text.is_literal(line.start + at);
            if is_meant && line.text[at..].starts_with('[') {
                open.push(at);
            } else if is_meant && (above > 0 || !open.is_empty()) {
                above -= usize::from(open.is_empty());
                found.extend(written(line, open.pop(), at).and_then(|written| look(text, &written)));
            }
        }
        above += open.len();
    }
}

fn is_escaped(text: &str, at: usize) -> bool {
    text.as_bytes()[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// The link whose label ends with the bracket at `close`.
fn written<'a>(line: &Line<'a>, open: Option<usize>, close: usize) -> Option<Written<'a>> {
    let inner = line.text[close + 1..].strip_prefix('(')?;
    let length = target(inner)?;
    let start = close + 2;
    let is_picture = open.is_some_and(|open| line.text[..open].ends_with('!'));
    Some(Written {
        label: open.map(|open| &line.text[open + 1..close]),
        is_picture,
        target: &inner[..length],
        at: line.start + start..line.start + start + length,
        whole: line.start + open.map_or(close, |open| open - usize::from(is_picture))..line.start + start + length + 1,
    })
}

/// How long what stands between the parentheses is. Brackets end the search, so that each byte is read once or twice.
fn target(inner: &str) -> Option<usize> {
    if inner.starts_with('<') {
        return inner.find(['>', '[', ']']).filter(|end| inner[*end..].starts_with(">)")).map(|end| end + 1);
    }
    let mut depth = 0_usize;
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return Some(at),
            b')' => depth -= 1,
            b'[' | b']' => return None,
            _ => {}
        }
    }
    None
}

fn look(text: &Text<'_>, written: &Written<'_>) -> Option<Diagnostic> {
    let (address, title) = parts(written.target);
    let what = if written.is_picture { "picture" } else { "link" };
    let start = written.at.start + (address.as_ptr() as usize - written.target.as_ptr() as usize);
    let range = start..start + address.len();
    let almost =
        |range: Range<usize>, message: String| Diagnostic::new(Rule::AlmostLink, text.source.place(range), message);
    if is_on_one_computer(address) {
        let name = address.rsplit(['\\', '/']).next().filter(|name| !name.is_empty()).unwrap_or("file.pdf");
        return Some(
            almost(range, "this is a path on one computer, where no reader has the file".to_owned())
                .severity(Severity::Error)
                .hint(format!("copy the file into the folder of this page, and write `(<{name}>)`")),
        );
    }
    if has_backslashes(address) {
        let right = address.replace('\\', "/");
        let better = if right.contains(' ') { format!("<{right}>") } else { right };
        return Some(
            almost(range.clone(), "the parts of an address are set apart by `/`, and here by `\\`".to_owned())
                .severity(Severity::Error)
                .hint(format!("write `{better}`"))
                .patch(range, better),
        );
    }
    if address.contains([' ', '\t']) && title && is_address(address, written.is_picture) {
        let message = format!("there is a space in the address, so this is no {what} but text");
        return Some(
            almost(range.clone(), message).hint(format!("write `(<{address}>)`")).patch(range, format!("<{address}>")),
        );
    }
    if written.label.is_some() && is_nothing(address, written) {
        let message = format!("this {what} leads nowhere");
        let label = short(written.label.unwrap_or("text"));
        let hint = if written.is_picture {
            format!("write where the picture is: `![{label}](picture.png)`")
        } else {
            format!("write where it leads: `[{label}](page.md)`")
        };
        return Some(almost(written.whole.clone(), message).hint(hint));
    }
    let is_mute = written.label.is_some_and(|label| label.trim().is_empty()) && !written.is_picture;
    (is_mute && is_address(address, false)).then(|| {
        almost(written.whole.clone(), "this link has no text, so nobody sees it".to_owned())
            .hint(format!("say between the brackets where it leads: `[The page]({address})`"))
    })
}

/// The address of a link without its title, and whether it stands bare.
fn parts(target: &str) -> (&str, bool) {
    let target = target.trim();
    if let Some(inner) = target.strip_prefix('<').and_then(|inner| inner.strip_suffix('>')) {
        return (inner, false);
    }
    for (open, close) in [(" \"", '"'), (" '", '\''), (" (", ')')] {
        if target.ends_with(close)
            && let Some((address, _)) = target.split_once(open)
        {
            return (address.trim_end(), true);
        }
    }
    (target, true)
}

/// Whether a text is meant as an address rather than as words in parentheses: it ends like a file's name, or begins like
/// an address.
fn is_address(text: &str, is_picture: bool) -> bool {
    let path = text.split(['#', '?']).next().unwrap_or(text);
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_file = (2..=5).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_path = ["http://", "https://", "../", "./", "/"].iter().any(|start| text.starts_with(start));
    (is_file && (is_picture || !path.contains([',', ';', ':']))) || is_path
}

fn is_on_one_computer(address: &str) -> bool {
    let bytes = address.as_bytes();
    let is_drive =
        matches!(bytes, [letter, b':', b'\\', ..] | [letter, b':', b'/', ..] if letter.is_ascii_alphabetic());
    let is_file = bytes.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"file:"));
    is_drive || is_file || (address.starts_with(r"\\") && is_address(address, true))
}

/// Whether folders are set apart by `\`, as Windows shows them. A single one may keep a mark from being Markdown.
fn has_backslashes(address: &str) -> bool {
    let is_relative = address.starts_with(r"..\") || address.starts_with(r".\");
    let splits = address.match_indices('\\').any(|(at, _)| address[at + 1..].starts_with(char::is_alphanumeric));
    splits && !address.contains("://") && (is_relative || is_address(address, false))
}

fn is_nothing(address: &str, written: &Written<'_>) -> bool {
    let is_labelled = written.label.is_some_and(|label| !label.trim().is_empty());
    is_labelled && matches!(address.trim(), "" | "#" | "mailto:" | "http://" | "https://" | "tel:")
}
