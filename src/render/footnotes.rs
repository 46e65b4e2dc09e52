//! The footnotes of a page.
//!
//! In: the labels that its text refers to, and the markup of each note. Out: marks with numbers in the order of their first
//! mention, and the notes as a section at the page's end.

use std::collections::BTreeMap;

use super::markup::Markup;
use crate::model::strings::Strings;

/// Those of one page.
#[derive(Default)]
pub struct Footnotes {
    /// By label: the number, and how often it was referred to.
    numbers: BTreeMap<String, (usize, usize)>,
    texts: BTreeMap<String, Markup>,
    /// The note that is being written, and where the page's own text waits.
    writing: Option<(String, Markup)>,
}

impl Footnotes {
    /// Whether what is written now is a note and not the page's own text.
    pub fn is_writing(&self) -> bool {
        self.writing.is_some()
    }

    /// Begins a note: what is written from now on is its text.
    pub fn begin(&mut self, label: &str, out: &mut Markup) {
        self.writing = Some((label.to_owned(), std::mem::take(out)));
    }

    /// Ends a note: what is written from now on is the page's text again.
    pub fn end(&mut self, out: &mut Markup) {
        if let Some((label, waiting)) = self.writing.take() {
            self.texts.insert(label, std::mem::replace(out, waiting));
        }
    }

    /// Writes the mark that leads to a note.
    pub fn refer(&mut self, label: &str, out: &mut Markup) {
        let next = self.numbers.len() + 1;
        let (number, uses) = self.numbers.entry(label.to_owned()).or_insert((next, 0));
        *uses += 1;
        let id = if *uses == 1 { format!("{number}") } else { format!("{number}.{uses}") };
        let number = number.to_string();
        out.push("<sup class=\"footnote\"><a id=\"fnref.");
        out.anchors();
        out.extend([&id, "\" href=\"#fn."]);
        out.anchors();
        out.extend([&number, "\">", &number, "</a></sup>"]);
    }

    /// Writes the notes; nothing where the text refers to none.
    pub fn write(mut self, strings: &Strings) -> Markup {
        let mut out = Markup::default();
        let mut ordered: Vec<(usize, String)> =
            self.numbers.iter().map(|(label, (number, _))| (*number, label.clone())).collect();
        ordered.sort();
        if ordered.is_empty() {
            return out;
        }
        out.push("<section class=\"footnotes\" aria-label=\"");
        out.escaped(strings.get("footnotes"));
        out.push("\"><ol>\n");
        for (number, label) in ordered {
            let number = number.to_string();
            let mut text = self.texts.remove(&label).unwrap_or_default();
            let in_paragraph = text.strip("</p>");
            out.push("<li id=\"fn.");
            out.anchors();
            out.extend([&number, "\">"]);
            out.append(text);
            out.push(" <a class=\"footnote-back\" href=\"#fnref.");
            out.anchors();
            out.extend([&number, "\" aria-label=\""]);
            out.escaped(strings.get("footnote_back"));
            out.push("\">↩</a>");
            out.push(if in_paragraph { "</p></li>\n" } else { "</li>\n" });
        }
        out.push("</ol></section>\n");
        out
    }
}
