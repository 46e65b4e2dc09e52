//! The text in which terms are looked for: never headings, links, code or the labels of tasks.
//!
//! The outline stores this text, and terms are found in it; whoever draws the page walks the same events through the
//! same [`Prose`], so that a place in the text means the same to both.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::markdown::begins_block;

/// Follows events and says which of them belong to the prose.
#[derive(Debug, Default)]
pub struct Prose {
    closed: u32,
    label: bool,
    length: usize,
    apart: bool,
}

/// What an event adds to the prose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// Its text, which begins at this byte of the prose.
    Text(usize),
    /// A space.
    Space,
    /// A mark that sets runs apart.
    Apart,
    /// Nothing.
    Nothing,
}

impl Prose {
    /// Takes the next event.
    pub fn add(&mut self, event: &Event<'_>) -> Added {
        match event {
            Event::Start(tag) => {
                self.closed += u32::from(closes(tag));
                if begins_block(event) {
                    self.label = false;
                }
                self.set_apart()
            }
            Event::End(tag) => {
                self.closed = self.closed.saturating_sub(u32::from(reopens(*tag)));
                if matches!(tag, TagEnd::Item | TagEnd::Paragraph) {
                    self.label = false;
                }
                self.set_apart()
            }
            Event::TaskListMarker(_) => {
                self.label = true;
                self.set_apart()
            }
            Event::Text(text) if self.is_open() => {
                let at = self.length;
                self.length += text.len();
                self.apart = false;
                Added::Text(at)
            }
            Event::SoftBreak | Event::HardBreak if self.is_open() => {
                self.length += 1;
                self.apart = false;
                Added::Space
            }
            Event::Text(_) => Added::Nothing,
            _ => self.set_apart(),
        }
    }

    /// Whether text that comes now is the label of a task.
    pub fn in_label(&self) -> bool {
        self.label
    }

    fn is_open(&self) -> bool {
        self.closed == 0 && !self.label
    }

    fn set_apart(&mut self) -> Added {
        if self.apart || self.length == 0 {
            return Added::Nothing;
        }
        self.apart = true;
        self.length += 1;
        Added::Apart
    }
}

fn closes(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Heading { .. }
            | Tag::Link { .. }
            | Tag::Image { .. }
            | Tag::CodeBlock(_)
            | Tag::HtmlBlock
            | Tag::DefinitionListTitle
    )
}

fn reopens(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::Heading(_)
            | TagEnd::Link
            | TagEnd::Image
            | TagEnd::CodeBlock
            | TagEnd::HtmlBlock
            | TagEnd::DefinitionListTitle
    )
}
