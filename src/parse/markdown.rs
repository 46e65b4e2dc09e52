//! Markdown as events, the one dialect everywhere: CommonMark with tables, task items, footnotes, strikethrough,
//! definition lists, heading attributes, GitHub's notes and `[[links]]`.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, OffsetIter, Options, Parser, Tag, TagEnd};

/// Elements that need no switch: they mean something on paper too, and can do no harm.
pub const HARMLESS: &[&str] = &["br", "kbd", "sub", "sup", "abbr", "mark"];

/// What the dialect has beyond CommonMark.
pub fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_WIKILINKS
}

/// The events of a text that begins at byte `start` of its file; ranges are bytes of the file. With
/// [`attributes_apart`], no heading of the text has attributes.
pub fn events(markdown: &str, start: usize) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    let mut options = options();
    options.set(Options::ENABLE_HEADING_ATTRIBUTES, attributes_apart(markdown).is_none());
    let parser: OffsetIter<'_, _> = Parser::new_ext(markdown, options).into_offset_iter();
    parser.map(move |(event, range)| (event, range.start + start..range.end + start))
}

/// Adds where an event's code or HTML stands to what came before, in order and apart from each other.
pub fn add_literal(found: &mut Vec<Range<usize>>, event: &Event<'_>, range: &Range<usize>) {
    let is_literal = matches!(
        event,
        Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock) | Event::Code(_) | Event::Html(_) | Event::InlineHtml(_)
    );
    match found.last_mut() {
        _ if !is_literal => {}
        Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
        _ => found.push(range.clone()),
    }
}

/// The first attributes that stand on an indented or quoted line of their own, above an underline: `> {#anchor}`. The
/// parser may cut such a heading in its indent, and panic (pulldown-cmark 0.13.6, `Tree::truncate_siblings`).
pub fn attributes_apart(markdown: &str) -> Option<Range<usize>> {
    // What may stand before a line's text; a list's mark begins a new text.
    const INDENT: [char; 5] = [' ', '\t', '>', '\u{b}', '\u{c}'];
    markdown.match_indices('{').find_map(|(start, _)| {
        let before = markdown[..start].trim_end_matches(INDENT);
        let is_apart = before.len() < start && (before.is_empty() || before.ends_with(['\n', '\r']));
        // Asked first: a line of many braces is not to be read to its end for each.
        let rest = is_apart.then(|| &markdown[start..])?;
        let line = rest.split(['\n', '\r']).next()?;
        let braces = line.trim_end();
        let below = markdown[start + line.len()..].trim_start_matches(['\n', '\r']).trim_start_matches(INDENT);
        (braces.ends_with('}') && below.starts_with(['=', '-'])).then(|| start..start + braces.len())
    })
}

/// Whether an event begins a block within a list item, so that the item's own text has ended before it.
pub fn begins_block(event: &Event<'_>) -> bool {
    match event {
        Event::Start(tag) => !is_inline(tag),
        Event::Rule | Event::Html(_) => true,
        _ => false,
    }
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. }
    )
}

/// Whether an end belongs to something within a line of text.
pub fn ends_inline(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image
    )
}

/// The text that an event shows, if it shows any.
pub fn shown<'a, 'e>(event: &'a Event<'e>) -> Option<&'a str> {
    match event {
        Event::Text(text) | Event::Code(text) => Some(text),
        Event::SoftBreak | Event::HardBreak => Some(" "),
        _ => None,
    }
}

/// The label of a link by reference, `[text][label]`, that no line defines, by the bracket that ends its text: a link that
/// leads nowhere is read as text.
pub fn undefined_label(text: &str, event: &Event<'_>, range: &Range<usize>) -> Option<Range<usize>> {
    let is_bracket = matches!(event, Event::Text(text) if &**text == "]") && !text[..range.start].ends_with('\\');
    let rest = text.get(range.end..).filter(|_| is_bracket)?.strip_prefix('[')?;
    let (label, after) = rest.split_once(']')?;
    let is_label = !label.trim().is_empty() && !label.starts_with('^') && !label.contains(['[', '\n']);
    let start = range.end + 1;
    (is_label && !after.starts_with('(')).then(|| start..start + label.len())
}

/// Whether a link is written `[[id]]`.
pub fn is_wiki(link: LinkType) -> bool {
    matches!(link, LinkType::WikiLink { .. })
}

/// The name of the element that a piece of HTML begins or ends, in small letters; `None` for comments and the like.
pub fn element(html: &str) -> Option<String> {
    let inner = html.trim_start().strip_prefix('<')?.trim_start_matches('/');
    let name: String = inner.chars().take_while(char::is_ascii_alphanumeric).collect();
    (!name.is_empty()).then(|| name.to_ascii_lowercase())
}

/// Whether a piece of inline HTML is shown as HTML without a switch: a bare harmless element, or a comment.
pub fn is_harmless(html: &str) -> bool {
    let html = html.trim();
    if is_comment(html) {
        return true;
    }
    let bare = |name: &str| {
        let inner = html.trim_start_matches(['<', '/']).trim_end_matches(['>', '/', ' ']);
        inner == name || (name == "abbr" && is_titled_abbr(inner))
    };
    element(html).is_some_and(|name| HARMLESS.contains(&name.as_str()) && bare(&name))
}

/// Whether a piece of HTML is a comment, or several, and nothing else: a note among editors, which is not published.
pub fn is_comment(html: &str) -> bool {
    html.trim_start().starts_with("<!--") && without_comments(html).trim().is_empty()
}

/// A piece of HTML less the comments in it. One that does not end stays, so that no text is lost without a word.
pub fn without_comments(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(start) = rest.find("<!--") {
        let Some(end) = rest[start + 4..].find("-->") else { break };
        out.push_str(&rest[..start]);
        rest = &rest[start + 4 + end + 3..];
    }
    out + rest
}

/// `abbr title="…"`, with nothing else in it.
fn is_titled_abbr(inner: &str) -> bool {
    let title = inner.strip_prefix("abbr title=\"").and_then(|rest| rest.strip_suffix('"'));
    title.is_some_and(|title| !title.contains(['"', '<', '>', '&']))
}

/// Text that stands for itself.
pub fn text(text: String) -> Event<'static> {
    Event::Text(CowStr::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_apart_from_their_heading_are_found() {
        for (text, expected) in [
            ("> Quoted\n>\t{#a}\n> ===\n", Some("{#a}")),
            ("- item\r\n  {.added} \r\n  ---\r\n", Some("{.added}")),
            ("Plain\n{#a}\n===\n", None),
            ("> Quoted {#a}\n> ===\n", None),
            ("> ## Hashed\n> {#a}\n> text\n", None),
        ] {
            assert_eq!(attributes_apart(text).map(|range| &text[range]), expected, "{text:?}");
        }
    }
}
