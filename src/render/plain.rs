//! The text of a page as search finds it.
//!
//! In: the events of its Markdown. Out: all text but headings and what pictures say, without markup, a block in each line.

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::parse::markdown::{begins_block, ends_inline, shown};

/// Such a text, as far as it is read.
#[derive(Debug)]
pub struct Plain {
    text: String,
    in_heading: bool,
}

impl Plain {
    /// Room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), in_heading: false }
    }

    /// Takes the next event; where its text does not count, only the edges of blocks.
    pub fn add(&mut self, event: &Event<'_>, counts: bool) {
        let is_edge = begins_block(event) || matches!(event, Event::End(tag) if !ends_inline(*tag));
        if is_edge && !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        match event {
            Event::Start(Tag::Heading { .. }) => self.in_heading = true,
            Event::End(TagEnd::Heading(_)) => self.in_heading = false,
            _ if counts => self.push(shown(event).unwrap_or("")),
            _ => {}
        }
    }

    /// Adds what is shown instead of the text that the events have.
    pub fn push(&mut self, text: &str) {
        if !self.in_heading {
            self.text.push_str(text);
        }
    }

    /// The whole text.
    pub fn take(self) -> String {
        self.text
    }
}
