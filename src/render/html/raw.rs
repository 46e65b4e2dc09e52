//! HTML in a page's text: shown as text, or let through as the site's settings say.

use super::Writer;
use crate::model::settings::RawHtml;
use crate::parse::markdown::{is_comment, is_harmless, without_comments};
use crate::parse::raw_html;

impl Writer<'_> {
    pub(super) fn html(&mut self, html: &str, inline: bool) {
        if let Some(block) = &mut self.raw_block {
            block.push_str(html);
        } else if html.starts_with("<!--") {
            // A comment is a note among editors, and is not published.
        } else if is_harmless(html) {
            self.out.push(html);
        } else if self.context.site.settings.raw_html == RawHtml::Text || !inline {
            self.out.text(html);
        } else {
            match raw_html::tag(html) {
                raw_html::Tag::Open(name, open) => {
                    self.out.push(&open);
                    self.raw_open.push(name);
                }
                raw_html::Tag::Close(name) if self.raw_open.last() == Some(&name) => {
                    self.raw_open.pop();
                    self.out.extend(["</", &name, ">"]);
                }
                raw_html::Tag::Alone(markup) => self.out.push(&markup),
                raw_html::Tag::Close(_) | raw_html::Tag::Nothing => {}
            }
        }
    }

    /// Ends what an editor opened and did not close within its paragraph.
    pub(super) fn close_raw(&mut self) {
        while let Some(name) = self.raw_open.pop() {
            self.out.extend(["</", &name, ">"]);
        }
    }

    pub(super) fn end_raw_block(&mut self) {
        let block = self.raw_block.take().unwrap_or_default();
        if is_comment(&block) {
            // A comment is a note among editors, and is not published.
        } else if is_harmless(&block) {
            self.out.push(&block);
        } else if self.context.site.settings.raw_html == RawHtml::Allow {
            self.out.push(&raw_html::block(&block));
        } else {
            self.out.push("<p class=\"raw\">");
            self.out.escaped(without_comments(&block).trim());
            self.out.push("</p>\n");
        }
    }
}
