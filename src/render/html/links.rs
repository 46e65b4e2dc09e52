//! Links, pictures, and the terms that a text mentions.

use pulldown_cmark::{LinkType, TagEnd};

use super::Writer;
use crate::link::Target;
use crate::render::markup::room;

impl Writer<'_> {
    pub(super) fn begin_link(&mut self, kind: LinkType, title: &str) {
        let target = self.links.targets.get(self.link);
        self.link += 1;
        let mut name = None;
        match target {
            Some(Target::Page { page, anchor }) => {
                let page = self.context.site.page(*page);
                name = Some(page.title.as_str());
                self.out.push("<a href=\"");
                self.out.link(&page.address, anchor.as_deref());
            }
            Some(Target::Address { address, anchor }) => {
                self.out.push("<a href=\"");
                self.out.link(address, anchor.as_deref());
            }
            Some(Target::External(url)) => {
                self.out.push("<a href=\"");
                self.out.escaped(url);
            }
            Some(Target::Broken) | None => {
                self.link_ends.push("</span>");
                self.out.push("<span class=\"broken\">");
                return;
            }
        }
        if !title.is_empty() {
            self.out.push("\" title=\"");
            self.out.escaped(title);
        }
        self.out.push("\">");
        match (kind, name) {
            (LinkType::WikiLink { has_pothole: false }, Some(name)) => {
                if self.label.is_none() {
                    self.plain.push(name);
                }
                self.out.escaped(name);
                self.out.push("</a>");
                self.skipping = Some(TagEnd::Link);
            }
            _ => self.link_ends.push("</a>"),
        }
    }

    pub(super) fn end_image(&mut self) {
        let alternative = self.alternative.take().unwrap_or_default();
        let target = self.links.targets.get(self.link);
        self.link += 1;
        match target {
            Some(Target::Address { address, .. }) => {
                self.out.push("<img src=\"");
                self.out.link(address, None);
                self.out.push("\" alt=\"");
                self.out.escaped(&alternative);
                self.out.push("\"");
                self.out.push(&room(self.context.site.asset_at(address)));
                self.out.push(" loading=\"lazy\">");
            }
            _ => {
                self.out.push("<span class=\"broken\">");
                self.out.escaped(&alternative);
                self.out.push("</span>");
            }
        }
    }

    /// Text of the prose from byte `at` on, with the terms that begin or end in it.
    pub(super) fn with_mentions(&mut self, text: &str, at: usize) {
        let end = at + text.len();
        let mut cursor = at;
        while let Some(mention) = self.links.mentions.get(self.mention) {
            let edge = if self.in_mention { mention.end } else { mention.start };
            if edge > end || (edge == end && !self.in_mention) || edge < cursor {
                break;
            }
            self.out.text(&text[cursor - at..edge - at]);
            cursor = edge;
            if self.in_mention {
                self.out.push("</a>");
                self.mention += 1;
            } else {
                self.open_term(mention.term);
            }
            self.in_mention = !self.in_mention;
        }
        self.out.text(&text[cursor - at..]);
    }

    pub(super) fn open_term(&mut self, term: usize) {
        let term = &self.context.guide.pages[term];
        self.out.push("<a class=\"term\" href=\"");
        self.out.link(&term.address, None);
        self.out.push("\" data-term=\"");
        self.out.escaped(&term.id);
        self.out.push("\" data-definition=\"");
        self.out.escaped(term.summary());
        self.out.push("\">");
    }
}
