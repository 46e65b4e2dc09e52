//! HTML that an editor wrote, made harmless. Only used where the site says `raw_html: allow`.
//!
//! In: a piece of HTML from a page. Out: what of it may be published. Cleaning is ammonia's; here is only how single
//! tags within a line, which Markdown hands over one by one, go through it.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::markdown::element;

/// Elements that are removed with what is in them, or that would take over the page.
const UNSAFE: &[&str] = &[
    "script", "style", "iframe", "object", "embed", "form", "input", "button", "select", "textarea", "link", "meta",
    "base", "svg", "math", "template", "frame", "frameset", "applet", "noscript", "title", "head", "body", "html",
    "main",
];

fn cleaner() -> &'static ammonia::Builder<'static> {
    static CLEANER: OnceLock<ammonia::Builder<'static>> = OnceLock::new();
    CLEANER.get_or_init(|| {
        let mut builder = ammonia::Builder::default();
        builder
            .url_schemes(["http", "https", "mailto", "tel"].into())
            .url_relative(ammonia::UrlRelative::PassThrough)
            .link_rel(None)
            .add_generic_attributes(["class", "lang", "dir", "title"])
            .rm_tags(["img"]);
        builder
    })
}

/// A block of HTML, cleaned.
pub fn block(html: &str) -> String {
    cleaner().clean(html).to_string()
}

/// What a tag within a line becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tag {
    /// It begins an element of this name.
    Open(String, String),
    /// It ends an element of this name.
    Close(String),
    /// It stands alone.
    Alone(String),
    /// It is left out.
    Nothing,
}

/// A tag within a line, cleaned.
pub fn tag(html: &str) -> Tag {
    let Some(name) = element(html) else { return Tag::Nothing };
    if html.trim_start().starts_with("</") {
        return Tag::Close(name);
    }
    let clean = block(html);
    let end = format!("</{name}>");
    match clean.strip_suffix(&end) {
        Some(open) if open.starts_with('<') => Tag::Open(name, open.to_owned()),
        _ if clean.starts_with('<') => Tag::Alone(clean),
        _ => Tag::Nothing,
    }
}

/// What in a piece of HTML is never published: names of elements and attributes.
pub fn dangers(html: &str) -> BTreeSet<String> {
    let lower = html.to_ascii_lowercase();
    let mut found = BTreeSet::new();
    for (at, _) in lower.match_indices('<') {
        let tag = &lower[at..lower[at..].find('>').map_or(lower.len(), |end| at + end)];
        found.extend(element(tag).filter(|name| UNSAFE.contains(&name.as_str())));
        let close: String = tag.chars().filter(|letter| !letter.is_whitespace() && !"\"'".contains(*letter)).collect();
        let schemes = ["javascript:", "data:", "vbscript:"];
        found.extend(schemes.into_iter().filter(|scheme| close.contains(&format!("={scheme}"))).map(str::to_owned));
        for (before, _) in tag.match_indices('=').map(|(at, _)| tag.split_at(at)) {
            let name = before.trim_end().rsplit(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or("");
            if (name.starts_with("on") && name.len() > 4) || name == "style" || name == "srcdoc" {
                found.insert(name.to_owned());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_is_removed() {
        assert_eq!(block("<p onclick=\"x()\">a<script>b</script></p>"), "<p>a</p>");
        assert_eq!(
            tag("<span class=\"x\" style=\"color:red\">"),
            Tag::Open("span".into(), "<span class=\"x\">".into())
        );
        assert_eq!(tag("</span>"), Tag::Close("span".into()));
        assert_eq!(tag("<script>"), Tag::Nothing);
        assert_eq!(dangers("<p onclick=x><script>"), ["onclick".to_owned(), "script".to_owned()].into());
    }
}
