//! Markup that is written once and stands on several pages: text with holes for what differs between them.
//!
//! In: pieces of HTML, and what depends on the place where they will stand. Out: [`Markup`], which a page fills in for
//! itself. A page's text stands at its own address, and again in the whole guide on one page, where anchors begin
//! with the chapter's name, headings go a level down, and links lead from elsewhere.

use pulldown_cmark_escape::{escape_html, escape_html_body_text};

use crate::model::address::href;
use crate::model::site::{Asset, Pixels};

/// The attributes of a picture by which a browser keeps room for it before it comes; empty where its size is not known.
pub fn room(asset: Option<&Asset>) -> String {
    match asset.and_then(|asset| asset.file.pixels) {
        Some(Pixels { width, height }) => format!(" width=\"{width}\" height=\"{height}\""),
        None => String::new(),
    }
}

/// Where markup stands.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// The address of the page on which it stands.
    pub from: &'a str,
    /// What anchors begin with, where several pages stand on one; empty for a page of its own.
    pub anchors: &'a str,
    /// How many levels headings go down.
    pub down: u8,
}

/// HTML with holes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markup {
    text: String,
    /// By their place in the text, in order.
    holes: Vec<(usize, Hole)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Hole {
    /// What anchors begin with.
    Anchors,
    /// The digit of a heading's level.
    Level(u8),
    /// The value of an `href` or `src`: an address from the site's root, and an anchor there.
    Link(String, Option<String>),
}

impl Markup {
    /// Room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), holes: Vec::new() }
    }

    /// How many bytes there are so far, holes not counted.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.holes.is_empty()
    }

    /// Writes HTML.
    pub fn push(&mut self, html: &str) {
        self.text.push_str(html);
    }

    /// Writes pieces of HTML.
    pub fn extend<'t>(&mut self, pieces: impl IntoIterator<Item = &'t str>) {
        self.text.extend(pieces);
    }

    /// Writes text, escaped for an attribute as well.
    pub fn escaped(&mut self, text: &str) {
        push_escaped(&mut self.text, text);
    }

    /// Writes text, escaped as far as it must be between elements.
    pub fn text(&mut self, text: &str) {
        // Writing to a string can't fail.
        let _ = escape_html_body_text(&mut self.text, text);
    }

    /// Begins a line, if one is not just begun.
    pub fn line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// Leaves a hole for what anchors begin with.
    pub fn anchors(&mut self) {
        self.hole(Hole::Anchors);
    }

    /// Leaves a hole for the digit of a heading's level.
    pub fn level(&mut self, level: u8) {
        self.hole(Hole::Level(level));
    }

    /// Leaves a hole for a link to an address of the site.
    pub fn link(&mut self, address: &str, anchor: Option<&str>) {
        self.hole(Hole::Link(address.to_owned(), anchor.map(str::to_owned)));
    }

    fn hole(&mut self, hole: Hole) {
        self.holes.push((self.text.len(), hole));
    }

    /// Writes other markup.
    pub fn append(&mut self, other: Self) {
        let start = self.text.len();
        self.text.push_str(&other.text);
        self.holes.extend(other.holes.into_iter().map(|(at, hole)| (start + at, hole)));
    }

    /// Takes off all that was written from byte `at` on.
    #[must_use]
    pub fn split_off(&mut self, at: usize) -> Self {
        let first = self.holes.partition_point(|(hole, _)| *hole < at);
        let holes = self.holes.split_off(first).into_iter().map(|(hole, what)| (hole - at, what)).collect();
        Self { text: self.text.split_off(at), holes }
    }

    /// Takes away an ending, blanks after it too; `false` where the markup does not end so.
    pub fn strip(&mut self, ending: &str) -> bool {
        let kept = self.text.trim_end().strip_suffix(ending).map(str::len);
        kept.map(|kept| self.text.truncate(kept)).is_some()
    }

    /// Fills the holes for a place.
    pub fn at(&self, standing: Standing<'_>) -> String {
        let mut out = String::with_capacity(self.text.len() + self.holes.len() * 32);
        let mut done = 0;
        for (at, hole) in &self.holes {
            out.push_str(&self.text[done..*at]);
            done = *at;
            match hole {
                Hole::Anchors => push_escaped(&mut out, standing.anchors),
                Hole::Level(level) => out.push(char::from(b'0' + (level + standing.down).min(6))),
                Hole::Link(address, anchor) => {
                    push_escaped(&mut out, &href(standing.from, address, anchor.as_deref()));
                }
            }
        }
        out.push_str(&self.text[done..]);
        out
    }
}

/// Text with what HTML minds escaped.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    push_escaped(&mut out, text);
    out
}

/// Writes text with what HTML minds escaped.
pub fn push_escaped(out: &mut String, text: &str) {
    // Writing to a string can't fail.
    let _ = escape_html(out, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_split_and_put_together_again_fills_the_same() {
        let mut whole = Markup::default();
        whole.push("<h");
        whole.level(2);
        whole.push(" id=\"");
        whole.anchors();
        whole.push("a\">");
        whole.text("A & \"B\"");
        whole.push("</h2>\n<a href=\"");
        whole.link("steps/b c.html", Some("x"));
        whole.push("\">");
        let standing = Standing { from: "roles/a.html", anchors: "step.a.", down: 5 };
        let filled = "<h6 id=\"step.a.a\">A &amp; \"B\"</h2>\n<a href=\"../steps/b%20c.html#x\">";
        assert_eq!(whole.at(standing), filled);
        for at in 0..=whole.len() {
            let mut start = whole.clone();
            let rest = start.split_off(at);
            assert_eq!(start.at(standing) + &rest.at(standing), filled, "split at {at}");
            start.append(rest);
            assert_eq!(start.at(standing), filled, "split at {at}");
        }
    }

    #[test]
    fn an_ending_is_taken_away_with_blanks_after_it() {
        let mut text = Markup::default();
        text.push("<p>a</p>\n");
        assert!(!text.strip("</li>"));
        assert!(text.strip("</p>"));
        assert_eq!(text.at(Standing { from: "a.html", anchors: "", down: 0 }), "<p>a");
    }
}
