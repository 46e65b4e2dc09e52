//! One page: its front matter, and an outline of its text.
//!
//! The text itself stays Markdown. What other pages and later stages need to know of it (headings, links, tasks, the
//! words in which terms are looked for) is in the outline; drawing walks the Markdown once more.

use std::collections::BTreeSet;
use std::ops::Range;

use super::front_matter::{Common, Details, Kind};
use crate::source::{Place, Source, Spanned};

/// One page, known by itself alone: nothing here depends on another file.
#[derive(Debug, Clone)]
pub struct Page {
    /// The file.
    pub source: Source,
    /// Where the text begins, in bytes: behind the front matter.
    pub body: usize,
    /// The keys that every kind has.
    pub common: Common,
    /// The keys of its kind.
    pub details: Details,
    /// Keys in which something could not be read; with the empty one among them none could.
    pub unread: BTreeSet<String>,
    /// Its name: the front matter's, else its first heading's, else made from the file's name.
    pub title: String,
    /// Its id within its guide.
    pub id: String,
    /// The address's folder below `content/`, with a slash behind it where there is one: `steps/`.
    pub folder: String,
    /// Its address from the site's root: `steps/brief-the-team.html`.
    pub address: String,
    /// Where it stands among pages of its kind: its `order`, else its number; those without come last.
    pub order: f64,
    /// What there is in its text.
    pub outline: Outline,
}

impl Page {
    /// What the page is.
    pub const fn kind(&self) -> Kind {
        self.details.kind()
    }

    /// Whether it is not to be published.
    pub fn is_draft(&self) -> bool {
        self.common.draft == Some(true)
    }

    /// Whether all of it goes beyond the sources.
    pub fn is_added(&self) -> bool {
        self.common.added == Some(true)
    }

    /// Whether something is wrong in a key, so that what is missing there is not missing.
    pub fn is_unread(&self, key: &str) -> bool {
        self.unread.contains(key) || self.unread.contains("")
    }

    /// The definition or the sentence for lists; empty where there is none.
    pub fn summary(&self) -> &str {
        self.common.summary.as_ref().map_or("", |summary| summary.value.as_str())
    }

    /// The place of a value that was read from its front matter.
    pub fn place_of<T>(&self, value: &Spanned<T>) -> Place {
        self.source.place(value.range())
    }

    /// The place to mark for what concerns the whole page: its title, else its first line.
    pub fn place(&self) -> Place {
        match &self.common.title {
            Some(title) => self.place_of(title),
            None => self.source.place(0..self.source.text.find('\n').unwrap_or(self.source.text.len())),
        }
    }

    /// Whether a task stands in a section whose heading, or one above it, is marked `{.added}`.
    pub fn is_in_added_section(&self, task: &Task) -> bool {
        let above = task.heading.map_or(&[][..], |index| self.outline.headings.get(..=index).unwrap_or(&[]));
        let mut level = u8::MAX;
        above.iter().rev().any(|heading| {
            let encloses = heading.level < level;
            level = level.min(heading.level);
            encloses && heading.added
        })
    }

    /// The text after the front matter.
    pub fn markdown(&self) -> &str {
        self.source.text.get(self.body..).unwrap_or("")
    }
}

/// What there is in a page's text, in its order. Ranges are bytes of the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outline {
    /// All headings.
    pub headings: Vec<Heading>,
    /// All links and images.
    pub links: Vec<Link>,
    /// All task items.
    pub tasks: Vec<Task>,
    /// The text in which terms are looked for, runs set apart by NUL; a line break within a run is a space.
    pub prose: String,
    /// HTML that needs a switch to be shown as HTML.
    pub html: Vec<Range<usize>>,
    /// The `# heading` that is the page's title, and so is not shown in the text once more.
    pub title: Option<Range<usize>>,
}

/// A heading.
#[derive(Debug, Clone, PartialEq)]
pub struct Heading {
    /// 1 to 6, as shown (a `#` in the text of a page that has a title is shown as level 2).
    pub level: u8,
    /// Its anchor, unique on the page.
    pub id: String,
    /// Without markup.
    pub text: String,
    /// Whether it is marked `{.added}`: its section goes beyond the sources.
    pub added: bool,
    /// Where it stands.
    pub range: Range<usize>,
}

/// How a link is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// `[text](address)` and what else Markdown has for it.
    Link,
    /// `[[id]]` or `[[id|text]]`.
    Wiki,
    /// `![text](address)`.
    Image,
}

/// A link or an image.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// How it is written.
    pub kind: LinkKind,
    /// Where it leads, as written.
    pub target: String,
    /// Where its target stands; the whole link, where the target is not found in it as written.
    pub range: Range<usize>,
}

/// A task item.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Unique on the page.
    pub id: String,
    /// Without markup and braces.
    pub text: String,
    /// The role that owns it, where the braces say.
    pub owner: Option<Spanned<String>>,
    /// The month in which it is due, 1 to 12, where the braces say.
    pub month: Option<u8>,
    /// Whether it goes beyond the sources.
    pub added: bool,
    /// 0, or how many tasks it is nested in.
    pub level: u8,
    /// The heading above it, as an index into the headings.
    pub heading: Option<usize>,
    /// The braces, with the space before them.
    pub attributes: Option<Range<usize>>,
    /// The item's first line.
    pub range: Range<usize>,
}
