//! A page's Markdown as blocks and items of a sheet.
//!
//! In: a page and where its links lead. Out: its tasks in groups, and everything else as blocks. The HTML of the page
//! itself is made by `render::html`, straight from the same events.

mod inlines;

use std::iter::Peekable;
use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{BlockQuoteKind, Event, Tag, TagEnd};

use crate::link::PageLinks;
use crate::model::address;
use crate::model::page::Page;
use crate::model::sheet::{Block, Group, Inline, Item, Words};
use crate::model::site::{Guide, Site};
use crate::model::strings::Strings;
use crate::parse::markdown::{begins_block, events};

/// A page's text, for a sheet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rich {
    /// Everything but tasks.
    pub blocks: Vec<Block>,
    /// Tasks, under the headings above them.
    pub groups: Vec<Group>,
}

/// What reading needs to know besides the page.
pub struct Context<'a> {
    /// For links.
    pub site: &'a Site,
    /// Which of the site's guides it is.
    pub at: usize,
    /// The same, for its pages.
    pub guide: &'a Guide,
    /// For labels.
    pub strings: &'a Strings,
}

/// Reads a page's text.
pub fn read(context: &Context<'_>, page: &Page, links: &PageLinks) -> Rich {
    let events = events(page.markdown(), page.body).peekable();
    let mut reader =
        Reader { context, page, links, events, link: 0, task: 0, heading: 0, grouped: None, rich: Rich::default() };
    reader.rich.blocks = reader.blocks();
    reader.rich.groups.iter_mut().for_each(|group| group.items.shrink_to_fit());
    reader.rich
}

struct Reader<'a, I: Iterator<Item = (Event<'a>, Range<usize>)>> {
    context: &'a Context<'a>,
    page: &'a Page,
    links: &'a PageLinks,
    events: Peekable<I>,
    link: usize,
    task: usize,
    heading: usize,
    /// The heading (counted from 1) under which the last group stands.
    grouped: Option<usize>,
    rich: Rich,
}

impl<'a, I: Iterator<Item = (Event<'a>, Range<usize>)>> Reader<'a, I> {
    /// Blocks up to the end of what is around them.
    fn blocks(&mut self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut loose = Vec::new();
        while let Some((event, range)) = self.events.next_if(|(event, _)| !matches!(event, Event::End(_))) {
            if begins_block(&event) && !loose.is_empty() {
                blocks.push(Block::Paragraph(std::mem::take(&mut loose)));
            }
            match event {
                Event::Start(tag) if begins_block(&Event::Start(tag.clone())) => {
                    self.block(tag, range, &mut blocks);
                    self.events.next();
                }
                Event::Rule => {}
                other => self.inline(other, range, &Inline::default(), None, &mut loose),
            }
        }
        loose.retain(|inline: &Inline| !inline.text.is_empty());
        if !loose.is_empty() {
            blocks.push(Block::Paragraph(loose));
        }
        blocks
    }

    fn block(&mut self, tag: Tag<'a>, range: Range<usize>, blocks: &mut Vec<Block>) {
        match tag {
            Tag::Paragraph => {
                if let Some(image) = self.lone_image() {
                    blocks.push(image);
                    return;
                }
                let text = self.inlines(None);
                blocks.push(Block::Paragraph(text));
            }
            Tag::Heading { .. } => {
                let text = self.inlines(None);
                if self.heading == 0 && self.page.outline.title.is_some() {
                    self.heading += 1;
                    return;
                }
                self.heading += 1;
                blocks.push(Block::Heading(text));
            }
            Tag::List(first) => self.list(first.is_some(), blocks),
            Tag::BlockQuote(kind) => {
                let label = kind.map(|kind| self.context.strings.get(note(kind)).to_owned()).unwrap_or_default();
                let inner = self.blocks();
                blocks.push(Block::Aside { label, blocks: inner });
            }
            Tag::CodeBlock(_) | Tag::HtmlBlock => {
                let text: String = self.inlines(None).into_iter().map(|inline| inline.text).collect();
                if !text.trim().starts_with("<!--") {
                    blocks.push(Block::Code(text.trim_end().to_owned()));
                }
            }
            Tag::Table(_) => blocks.push(self.table()),
            Tag::FootnoteDefinition(label) => {
                let mut inner = self.blocks();
                if let Some(Block::Paragraph(text)) = inner.first_mut() {
                    text.insert(0, Inline::plain(format!("[{label}] ")));
                }
                blocks.append(&mut inner);
            }
            Tag::DefinitionListTitle => {
                let mut text = self.inlines(None);
                text.iter_mut().for_each(|inline| inline.strong = true);
                blocks.push(Block::Paragraph(text));
            }
            _ => {
                let _ = range;
                let mut inner = self.blocks();
                blocks.append(&mut inner);
            }
        }
    }

    fn list(&mut self, ordered: bool, blocks: &mut Vec<Block>) {
        let mut entries = Vec::new();
        while self.events.next_if(|(event, _)| matches!(event, Event::Start(Tag::Item))).is_some() {
            if self.is_task() {
                self.open_group(blocks);
                self.item(0);
            } else {
                let entry = self.blocks();
                entries.push(entry);
            }
            self.events.next();
        }
        if !entries.is_empty() {
            blocks.push(Block::List { ordered, entries });
        }
    }

    /// Whether the item that was just begun is a task; takes its marker, and the paragraph around it.
    fn is_task(&mut self) -> bool {
        let is_marker = |event: &(Event<'_>, Range<usize>)| matches!(event.0, Event::TaskListMarker(_));
        if self.events.next_if(is_marker).is_some() {
            return true;
        }
        // In a loose list the marker stands in a paragraph; the outline knows by range whether the item is a task.
        let begins = self
            .events
            .peek()
            .filter(|(event, _)| matches!(event, Event::Start(Tag::Paragraph)))
            .map(|(_, range)| range.clone());
        let Some(range) = begins else { return false };
        let task = self.page.outline.tasks.get(self.task);
        if task.is_some_and(|task| task.range.start <= range.start && range.start <= task.range.end) {
            self.events.next();
            if self.events.next_if(is_marker).is_some() {
                return true;
            }
        }
        false
    }

    /// Begins a group under the heading above, which then is the group's and not the introduction's.
    fn open_group(&mut self, blocks: &mut Vec<Block>) {
        if self.grouped == Some(self.heading) && !self.rich.groups.is_empty() {
            return;
        }
        self.grouped = Some(self.heading);
        let title = match blocks.last() {
            Some(Block::Heading(_)) => match blocks.pop() {
                Some(Block::Heading(title)) => title,
                _ => Vec::new(),
            },
            _ => blocks
                .iter()
                .rev()
                .find_map(|block| match block {
                    Block::Heading(title) => Some(title.clone()),
                    _ => None,
                })
                .unwrap_or_default(),
        };
        self.rich.groups.push(Group { title, items: Vec::new() });
    }

    /// A task, its marker taken, up to the end of its list item.
    fn item(&mut self, level: u8) {
        let Some(task) = self.page.outline.tasks.get(self.task) else { return };
        self.task += 1;
        let mut text = self.inlines(task.attributes.as_ref());
        self.events.next_if(|(event, _)| matches!(event, Event::End(TagEnd::Paragraph)));
        trim(&mut text);
        // Items stay in memory for the whole run, and most of them are one run of text.
        text.shrink_to_fit();
        let owner = address::owner(self.page, task).and_then(|id| role_title(self.context, id));
        let due = task.month.map(|month| self.context.strings.fill("month_n", &[("n", &month.to_string())]));
        let key = format!("{}#{}", self.page.address, task.id);
        let item = Item {
            words: Arc::new(Words { due, ..Words::new(key, text, self.page.source.place(task.range.clone())) }),
            owner,
            level,
            added: task.added || self.page.is_in_added_section(task),
        };
        let at = self.push(item);
        while let Some((event, range)) = self.events.next_if(|(event, _)| !matches!(event, Event::End(_))) {
            match event {
                Event::Start(Tag::List(_)) => self.below(at, level),
                Event::Start(tag) => {
                    let mut blocks = Vec::new();
                    self.block(tag, range, &mut blocks);
                    self.hint(at, blocks);
                }
                _ => continue,
            }
            self.events.next();
        }
    }

    /// What is nested in a task: tasks are items one level in, everything else is a hint.
    fn below(&mut self, at: usize, level: u8) {
        while self.events.next_if(|(event, _)| matches!(event, Event::Start(Tag::Item))).is_some() {
            if self.is_task() {
                self.item(level.saturating_add(1));
            } else {
                let blocks = self.blocks();
                self.hint(at, blocks);
            }
            self.events.next();
        }
    }

    fn push(&mut self, item: Item) -> usize {
        if self.rich.groups.is_empty() {
            self.rich.groups.push(Group::default());
        }
        let group = self.rich.groups.len() - 1;
        self.rich.groups[group].items.push(item);
        self.rich.groups[group].items.len() - 1
    }

    fn hint(&mut self, at: usize, blocks: Vec<Block>) {
        if let Some(item) = self.rich.groups.last_mut().and_then(|group| group.items.get_mut(at)) {
            Arc::make_mut(&mut item.words).hints.extend(flatten(blocks));
        }
    }

    fn table(&mut self) -> Block {
        let (mut head, mut rows) = (Vec::new(), Vec::new());
        while let Some((event, _)) = self.events.next_if(|(event, _)| !matches!(event, Event::End(TagEnd::Table))) {
            match event {
                Event::Start(Tag::TableHead) => head = self.cells(),
                Event::Start(Tag::TableRow) => {
                    let cells = self.cells();
                    rows.push(cells);
                }
                _ => {}
            }
        }
        Block::Table { head, rows }
    }

    fn cells(&mut self) -> Vec<Vec<Inline>> {
        let mut cells = Vec::new();
        while self.events.next_if(|(event, _)| matches!(event, Event::Start(Tag::TableCell))).is_some() {
            cells.push(self.inlines(None));
            self.events.next();
        }
        cells
    }
}

/// The title of a role, as sheets print it: the short one where there is one.
pub fn role_title(context: &Context<'_>, id: &str) -> Option<String> {
    let role = crate::link::references::find(context.site, context.at, &[crate::model::Kind::Role], id)?;
    Some(context.site.page(role).title.clone())
}

/// The key of the label of a note.
pub fn note(kind: BlockQuoteKind) -> &'static str {
    match kind {
        BlockQuoteKind::Note => "note",
        BlockQuoteKind::Tip => "tip",
        BlockQuoteKind::Important => "important",
        BlockQuoteKind::Warning => "warning",
        BlockQuoteKind::Caution => "caution",
    }
}

/// Hints are lines: of blocks, each paragraph is one.
fn flatten(blocks: Vec<Block>) -> Vec<Vec<Inline>> {
    blocks
        .into_iter()
        .flat_map(|block| match block {
            Block::Paragraph(text) | Block::Heading(text) => vec![text],
            Block::List { entries, .. } => entries.into_iter().flat_map(flatten).collect(),
            Block::Aside { blocks, .. } => flatten(blocks),
            Block::Code(text) => vec![vec![Inline { text, code: true, ..Inline::default() }]],
            Block::Table { head, rows } => {
                std::iter::once(head).chain(rows).map(|row| row.into_iter().flatten().collect()).collect()
            }
            Block::Image { alternative, .. } => vec![vec![Inline::plain(alternative)]],
        })
        .collect()
}

fn trim(text: &mut Vec<Inline>) {
    if let Some(last) = text.last_mut() {
        last.text.truncate(last.text.trim_end().len());
    }
    if let Some(first) = text.first_mut() {
        first.text = first.text.trim_start().to_owned();
    }
    text.retain(|inline| !inline.text.is_empty());
}
