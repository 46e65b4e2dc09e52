//! Runs of text: their styles, their links, and a picture that is a paragraph of its own.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag};

use super::Reader;
use crate::link::Target;
use crate::model::sheet::{self, Block, Inline};
use crate::parse::markdown::{begins_block, element, is_harmless};
use crate::parse::outline::before;

impl<'a, I: Iterator<Item = (Event<'a>, Range<usize>)>> Reader<'a, I> {
    /// A paragraph that is one picture, up to the paragraph's end.
    pub(super) fn lone_image(&mut self) -> Option<Block> {
        self.events.next_if(|(event, _)| matches!(event, Event::Start(Tag::Image { .. })))?;
        let target = self.links.targets.get(self.link).cloned();
        self.link += 1;
        let alternative = sheet::plain_text(&self.inlines(None));
        self.events.next();
        let rest = self.inlines(None);
        match target {
            Some(Target::Address { address, .. }) if sheet::plain_text(&rest).trim().is_empty() => {
                Some(Block::Image { path: address, alternative })
            }
            _ => Some(Block::Paragraph(std::iter::once(Inline::plain(alternative)).chain(rest).collect())),
        }
    }

    /// Runs of text up to the end of what is around them, or to a block.
    pub(super) fn inlines(&mut self, braces: Option<&Range<usize>>) -> Vec<Inline> {
        let mut out = Vec::new();
        while let Some((event, range)) = self.events.next_if(|(event, _)| {
            !matches!(event, Event::End(_)) && !begins_block(event) || matches!(event, Event::Html(_))
        }) {
            self.inline(event, range, &Inline::default(), braces, &mut out);
        }
        out
    }

    pub(super) fn inline(
        &mut self,
        event: Event<'a>,
        range: Range<usize>,
        style: &Inline,
        braces: Option<&Range<usize>>,
        out: &mut Vec<Inline>,
    ) {
        let mut add = |text: &str, code: bool| {
            let look = (style.strong, style.emphasis, code, &style.link);
            match out.last_mut() {
                Some(last) if last.look() == look && text != "\n" && last.text != "\n" => last.text.push_str(text),
                _ if text.is_empty() => {}
                _ => out.push(Inline { text: text.to_owned(), code, ..style.clone() }),
            }
        };
        match event {
            Event::Text(text) => add(before(&text, &range, braces), style.code),
            Event::Code(text) => add(before(&text, &range, braces), true),
            Event::SoftBreak => add(" ", false),
            Event::HardBreak => add("\n", false),
            Event::InlineHtml(html) if element(&html).as_deref() == Some("br") => add("\n", false),
            Event::InlineHtml(html) | Event::Html(html) if !is_harmless(&html) => add(&html, false),
            Event::FootnoteReference(label) => add(&format!("[{label}]"), false),
            Event::Start(tag) => {
                let style = self.style(&tag, style);
                let bare = matches!(tag, Tag::Link { link_type: LinkType::WikiLink { has_pothole: false }, .. });
                let target = self.links.targets.get(self.link.wrapping_sub(1));
                if let (true, Some(Target::Page { page, .. })) = (bare, target) {
                    out.push(Inline { text: self.context.site.page(*page).title.clone(), ..style });
                    while self.events.next_if(|(event, _)| !matches!(event, Event::End(_))).is_some() {}
                    self.events.next();
                    return;
                }
                while let Some((event, range)) = self.events.next_if(|(event, _)| !matches!(event, Event::End(_))) {
                    self.inline(event, range, &style, braces, out);
                }
                self.events.next();
            }
            _ => {}
        }
    }

    pub(super) fn style(&mut self, tag: &Tag<'_>, around: &Inline) -> Inline {
        let mut style = around.clone();
        match tag {
            Tag::Strong => style.strong = true,
            Tag::Emphasis => style.emphasis = true,
            Tag::Link { .. } => {
                style.link = self.links.targets.get(self.link).and_then(|target| self.target(target));
                self.link += 1;
            }
            Tag::Image { .. } => self.link += 1,
            _ => {}
        }
        style
    }

    pub(super) fn target(&self, target: &Target) -> Option<sheet::Target> {
        let with = |address: &str, anchor: &Option<String>| match anchor {
            Some(anchor) => format!("{address}#{anchor}"),
            None => address.to_owned(),
        };
        match target {
            Target::Page { page, anchor } => {
                Some(sheet::Target::Page(with(&self.context.site.page(*page).address, anchor)))
            }
            Target::Address { address, anchor } => Some(sheet::Target::Page(with(address, anchor))),
            Target::External(url) => Some(sheet::Target::External(url.clone())),
            Target::Broken => None,
        }
    }
}
