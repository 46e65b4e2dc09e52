//! Words of other tools, which are shown as text here: `!!! note`, `{{< figure >}}`, `[TOC]`. One message a page and sort,
//! since what was moved in from elsewhere is full of them.

use std::ops::Range;

use super::{Line, Text};
use crate::diagnostic::{Diagnostic, Rule};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Admonition,
    Container,
    Shortcode,
    Placeholder,
    Liquid,
    Attributes,
    Contents,
    Tab,
    Emoji,
}

pub(super) fn find(text: &Text<'_>, lines: &[Line<'_>], found: &mut Vec<Diagnostic>) {
    let mut seen: Vec<Sort> = Vec::new();
    for line in lines {
        for (sort, range) in line_start(line.own).into_iter().chain(within(line.own)) {
            let at = line.at() + range.start;
            if seen.contains(&sort) || text.is_literal(at) || line.own[..range.start].ends_with('\\') {
                continue;
            }
            seen.push(sort);
            let written = &line.own[range.clone()];
            let place = text.source.place(at..at + range.len());
            found.push(
                Diagnostic::new(Rule::ForeignMarkup, place, format!("`{written}` is shown as text"))
                    .hint(hint(sort, written)),
            );
        }
    }
}

/// What stands at a line's start.
fn line_start(own: &str) -> Option<(Sort, Range<usize>)> {
    let all = 0..own.len();
    let begins = |marks: &str| {
        own.strip_prefix(marks).is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_lowercase()))
    };
    let sort = match own.as_bytes().first()? {
        b'!' if begins("!!! ") => Sort::Admonition,
        b'?' if begins("??? ") || begins("???+ ") => Sort::Admonition,
        b':' if begins(":::")
            || begins("::: ")
            || begins("::::")
            || own.starts_with(":::{")
            || own.starts_with("::: {") =>
        {
            Sort::Container
        }
        b'=' if own.starts_with("=== \"") && own.ends_with('"') => Sort::Tab,
        b'[' if ["[toc]", "[[toc]]", "[[_toc_]]"].iter().any(|toc| own.eq_ignore_ascii_case(toc)) => Sort::Contents,
        b'{' if own.starts_with("{:") && own.ends_with('}') => Sort::Attributes,
        _ => return None,
    };
    Some((sort, all))
}

/// What stands anywhere in a line. Most lines have neither sign, and are looked through for these alone.
fn within(own: &str) -> Vec<(Sort, Range<usize>)> {
    let mut found = if own.contains('{') { braces(own) } else { Vec::new() };
    if own.contains(':') {
        found.extend(emoji(own).map(|range| (Sort::Emoji, range)));
    }
    found
}

fn braces(own: &str) -> Vec<(Sort, Range<usize>)> {
    let mut found = Vec::new();
    for (open, close, sort) in [
        ("{{<", ">}}", Sort::Shortcode),
        ("{{%", "%}}", Sort::Shortcode),
        ("{{", "}}", Sort::Placeholder),
        ("{%", "%}", Sort::Liquid),
    ] {
        if let Some(start) = own.find(open)
            && let Some(length) = own[start + open.len()..].find(close)
            && !(sort == Sort::Placeholder && own[start + open.len()..].starts_with(['<', '%']))
            && !(sort == Sort::Liquid && own[..start].ends_with('{'))
        {
            found.push((sort, start..start + open.len() + length + close.len()));
        }
    }
    if let Some(start) = own.find("{: ").or_else(|| own.find("{:."))
        && start > 0
        && let Some(length) = own[start..].find('}')
    {
        found.push((Sort::Attributes, start..start + length + 1));
    }
    found
}

/// The first `:wave:` that stands by itself. Text between colons is no name of one when it has a digit only (`:30:`).
fn emoji(own: &str) -> Option<Range<usize>> {
    let mut start = 0;
    for word in own.split([' ', '\t']) {
        let bare = word.trim_end_matches(['.', ',', '!', '?', ')']).trim_start_matches('(');
        let name = bare.strip_prefix(':').and_then(|rest| rest.strip_suffix(':')).unwrap_or("");
        let is_name =
            name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_+-".contains(&byte));
        if is_name
            && (name.len() > 1 && name.contains(|letter: char| letter.is_ascii_lowercase())
                || matches!(name, "+1" | "-1"))
        {
            let at = start + (bare.as_ptr() as usize - word.as_ptr() as usize);
            return Some(at..at + bare.len());
        }
        start += word.len() + 1;
    }
    None
}

fn hint(sort: Sort, written: &str) -> String {
    match sort {
        Sort::Admonition | Sort::Container => {
            "write a note as `> [!NOTE]`, and `> ` before each of its lines; also TIP, IMPORTANT, WARNING and CAUTION"
                .to_owned()
        }
        Sort::Shortcode => "write it in Markdown: a picture is `![What it shows](picture.png)`".to_owned(),
        Sort::Placeholder => "write the words themselves; nothing fills them in here".to_owned(),
        Sort::Liquid => "remove it, or write in Markdown what it makes; a link is `[text](page.md)`".to_owned(),
        Sort::Attributes => "remove it; a heading's anchor is `## Heading {#anchor}`".to_owned(),
        Sort::Contents => "remove it; a list of contents is made of the headings".to_owned(),
        Sort::Tab => "write a heading instead: `### Title`".to_owned(),
        Sort::Emoji => format!("write the emoji itself in place of `{written}`, or leave it out; sheets print none"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_other_tools_are_told_from_text() {
        for (own, sort) in [
            ("!!! note", Sort::Admonition),
            ("??? tip \"More\"", Sort::Admonition),
            (":::tip", Sort::Container),
            ("a {{< figure src=\"x\" >}}", Sort::Shortcode),
            ("Dear {{ name }},", Sort::Placeholder),
            ("{% include a.md %}", Sort::Liquid),
            ("{:toc}", Sort::Attributes),
            ("![x](a.png){: .wide}", Sort::Attributes),
            ("[[_TOC_]]", Sort::Contents),
            ("=== \"Windows\"", Sort::Tab),
            ("Hello :wave:!", Sort::Emoji),
            ("(:+1:)", Sort::Emoji),
        ] {
            let found: Vec<_> = line_start(own).into_iter().chain(within(own)).map(|(sort, _)| sort).collect();
            assert_eq!(found, [sort], "{own}");
        }
        for own in [
            "!!!",
            "!!! Stop",
            "???",
            "at 10:30:15",
            ":30:",
            "a::b::c",
            "=== x",
            "{a}",
            "{name: x}",
            "std::fmt:",
            ": a definition",
        ] {
            assert!(line_start(own).is_none() && within(own).is_empty(), "{own}");
        }
    }
}
