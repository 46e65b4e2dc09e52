//! A page's Markdown as HTML.
//!
//! In: a page, where its links lead, which terms it mentions. Out: markup, in two pieces: what comes before the first
//! task, and the rest; and the bare text. The events of `pulldown-cmark` are written one by one; links are asked for as they are written,
//! and what depends on the page on which the text will stand stays a hole ([`Markup`]).

mod links;
mod lists;
mod raw;

use std::collections::VecDeque;
use std::ops::Range;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, Tag, TagEnd};

use super::footnotes::Footnotes;
use super::markup::{Markup, Standing};
use super::plain::Plain;
use crate::derive::rich::note;
use crate::link::PageLinks;
use crate::model::page::{Page, Task};
use crate::model::site::{Guide, Site};
use crate::model::strings::Strings;
use crate::parse::markdown::{begins_block, events};
use crate::parse::outline::before;
use crate::parse::prose::{Added, Prose};

/// What writing needs to know besides the page.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// For links.
    pub site: &'a Site,
    /// For terms and roles.
    pub guide: &'a Guide,
    /// For labels.
    pub strings: &'a Strings,
}

/// A page's text, written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html {
    /// Up to the first task, or to the heading right above it.
    pub start: Markup,
    /// From there on; empty where there are no tasks.
    pub rest: Markup,
    /// What search finds of it: all text but headings and what pictures say, without markup, a block in each line.
    pub plain: String,
}

impl Html {
    /// All of it as it stands at a place.
    pub fn at(&self, standing: Standing<'_>) -> String {
        self.start.at(standing) + &self.rest.at(standing)
    }
}

/// Writes a page's text.
pub fn write(context: Context<'_>, page: &Page, links: &PageLinks) -> Html {
    let mut writer = Writer::new(context, page, links);
    for (event, range) in events(page.markdown(), page.body) {
        writer.ahead.push_back((event, range));
        // Three events ahead tell whether a list is one of tasks: the item, a paragraph in it, the marker.
        if writer.ahead.len() > 3 {
            writer.step();
        }
    }
    while !writer.ahead.is_empty() {
        writer.step();
    }
    writer.finish()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    Plain,
    Tasks,
    Hints,
}

struct Writer<'a> {
    context: Context<'a>,
    page: &'a Page,
    links: &'a PageLinks,
    ahead: VecDeque<(Event<'a>, Range<usize>)>,
    out: Markup,
    /// Where the text from the first task on begins in `out`.
    split: Option<usize>,
    /// Where the last heading stands in `out`.
    heading_at: Range<usize>,
    prose: Prose,
    mention: usize,
    in_mention: bool,
    heading: usize,
    link: usize,
    task: usize,
    /// Ends of the links that are open.
    link_ends: Vec<&'static str>,
    lists: Vec<List>,
    items: Vec<bool>,
    /// The task whose label is open.
    label: Option<&'a Task>,
    /// Where the last label ended in `out`, what is said of its task included.
    label_end: usize,
    /// A text that is left out up to the end of this tag.
    skipping: Option<TagEnd>,
    alternative: Option<String>,
    alignments: Vec<Alignment>,
    cell: usize,
    in_head: bool,
    notes: Footnotes,
    plain: Plain,
    raw_open: Vec<String>,
    raw_block: Option<String>,
}

impl<'a> Writer<'a> {
    fn new(context: Context<'a>, page: &'a Page, links: &'a PageLinks) -> Self {
        Self {
            context,
            page,
            links,
            ahead: VecDeque::with_capacity(4),
            out: Markup::with_capacity(page.markdown().len() * 2),
            split: None,
            heading_at: 0..0,
            prose: Prose::default(),
            mention: 0,
            in_mention: false,
            heading: 0,
            link: 0,
            task: 0,
            link_ends: Vec::new(),
            lists: Vec::new(),
            items: Vec::new(),
            label: None,
            label_end: 0,
            skipping: None,
            alternative: None,
            alignments: Vec::new(),
            cell: 0,
            in_head: false,
            notes: Footnotes::default(),
            plain: Plain::with_capacity(page.markdown().len()),
            raw_open: Vec::new(),
            raw_block: None,
        }
    }

    fn step(&mut self) {
        let Some((event, range)) = self.ahead.pop_front() else { return };
        if begins_block(&event) || matches!(event, Event::End(TagEnd::Item | TagEnd::Paragraph)) {
            self.end_label();
            self.close_raw();
        }
        let added = self.prose.add(&event);
        self.plain.add(&event, self.label.is_none() && self.skipping.is_none());
        if let Some(end) = self.skipping {
            if matches!(event, Event::End(tag) if tag == end) {
                self.skipping = None;
                if end == TagEnd::Image {
                    self.end_image();
                }
            } else if let (Some(alternative), Some(text)) =
                (&mut self.alternative, crate::parse::markdown::shown(&event))
            {
                alternative.push_str(text);
            }
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text, &range, added),
            Event::Code(code) => {
                self.out.push("<code>");
                self.out.text(&code);
                self.out.push("</code>");
            }
            Event::SoftBreak => self.out.push("\n"),
            Event::HardBreak => self.out.push("<br />\n"),
            Event::Rule => self.block("<hr />\n"),
            Event::TaskListMarker(_) => self.begin_task(),
            Event::Html(html) => self.html(&html, false),
            Event::InlineHtml(html) => self.html(&html, true),
            Event::FootnoteReference(label) => self.notes.refer(&label, &mut self.out),
            // Formulas are not part of the dialect.
            Event::InlineMath(text) | Event::DisplayMath(text) => self.out.text(&text),
        }
    }

    /// Writes what begins a line of its own.
    fn block(&mut self, html: &str) {
        self.out.line();
        self.out.push(html);
    }

    fn start(&mut self, tag: Tag<'a>, range: Range<usize>) {
        match tag {
            Tag::Heading { .. } => self.begin_heading(range),
            Tag::Link { link_type, title, .. } => self.begin_link(link_type, &title),
            Tag::Image { .. } => {
                self.alternative = Some(String::new());
                self.skipping = Some(TagEnd::Image);
            }
            Tag::List(first) => self.begin_list(first),
            Tag::Item => self.begin_item(),
            Tag::Paragraph if self.marker_follows() && self.items.last() == Some(&true) => {}
            Tag::Paragraph => self.block("<p>"),
            Tag::BlockQuote(Some(kind)) => {
                let key = note(kind);
                self.out.extend(["<div class=\"note note-", key, "\" role=\"note\"><p class=\"note-label\">"]);
                self.out.escaped(self.context.strings.get(key));
                self.out.push("</p>\n");
            }
            Tag::BlockQuote(None) => self.block("<blockquote>\n"),
            Tag::CodeBlock(kind) => self.begin_code(&kind),
            Tag::Table(alignments) => self.begin_table(alignments),
            Tag::TableHead => {
                (self.cell, self.in_head) = (0, true);
                self.out.push("<thead><tr>");
            }
            Tag::TableRow => {
                self.cell = 0;
                self.out.push("<tr>");
            }
            Tag::TableCell => self.begin_cell(),
            Tag::DefinitionList => self.block("<dl>\n"),
            Tag::DefinitionListTitle => self.block("<dt>"),
            Tag::DefinitionListDefinition => self.block("<dd>"),
            Tag::FootnoteDefinition(label) => self.notes.begin(&label, &mut self.out),
            Tag::HtmlBlock => self.raw_block = Some(String::new()),
            Tag::Emphasis => self.out.push("<em>"),
            Tag::Strong => self.out.push("<strong>"),
            Tag::Strikethrough => self.out.push("<del>"),
            Tag::Superscript => self.out.push("<sup>"),
            Tag::Subscript => self.out.push("<sub>"),
            Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::Link => {
                let end = self.link_ends.pop().unwrap_or("");
                self.out.push(end);
            }
            TagEnd::List(ordered) => match self.lists.pop() {
                Some(List::Plain) | None if ordered => self.out.push("</ol>\n"),
                _ => self.out.push("</ul>\n"),
            },
            TagEnd::Item => {
                self.items.pop();
                self.out.push("</li>\n");
            }
            TagEnd::Paragraph if self.ends_label_paragraph() => {}
            TagEnd::Paragraph => self.out.push("</p>\n"),
            TagEnd::BlockQuote(Some(_)) => self.out.push("</div>\n"),
            TagEnd::BlockQuote(None) => self.out.push("</blockquote>\n"),
            TagEnd::CodeBlock => self.out.push("</code></pre>\n"),
            TagEnd::Table => self.out.push("</tbody></table></div>\n"),
            TagEnd::TableHead => {
                self.in_head = false;
                self.out.push("</tr></thead><tbody>\n");
            }
            TagEnd::TableRow => self.out.push("</tr>\n"),
            TagEnd::TableCell => self.out.push(if self.in_head { "</th>" } else { "</td>" }),
            TagEnd::DefinitionList => self.out.push("</dl>\n"),
            TagEnd::DefinitionListTitle => self.out.push("</dt>\n"),
            TagEnd::DefinitionListDefinition => self.out.push("</dd>\n"),
            TagEnd::FootnoteDefinition => self.notes.end(&mut self.out),
            TagEnd::HtmlBlock => self.end_raw_block(),
            TagEnd::Emphasis => self.out.push("</em>"),
            TagEnd::Strong => self.out.push("</strong>"),
            TagEnd::Strikethrough => self.out.push("</del>"),
            TagEnd::Superscript => self.out.push("</sup>"),
            TagEnd::Subscript => self.out.push("</sub>"),
            TagEnd::Image | TagEnd::MetadataBlock(_) => {}
        }
    }

    fn begin_heading(&mut self, range: Range<usize>) {
        let Some(heading) = self.page.outline.headings.get(self.heading) else { return };
        if self.page.outline.title.as_ref().is_some_and(|title| title.start == range.start) {
            self.heading += 1;
            self.skipping = Some(TagEnd::Heading(pulldown_cmark::HeadingLevel::H1));
            return;
        }
        if !self.notes.is_writing() {
            self.heading_at = self.out.len()..self.out.len();
        }
        self.out.push("<h");
        self.out.level(heading.level);
        self.out.push(" id=\"");
        self.out.anchors();
        self.out.escaped(&heading.id);
        self.out.push("\">");
    }

    fn end_heading(&mut self) {
        let Some(heading) = self.page.outline.headings.get(self.heading) else { return };
        self.heading += 1;
        if heading.added {
            self.out.push(" <small class=\"added\">");
            self.out.escaped(self.context.strings.get("added"));
            self.out.push("</small>");
        }
        self.out.push("</h");
        self.out.level(heading.level);
        self.out.push(">\n");
        if !self.notes.is_writing() {
            self.heading_at.end = self.out.len();
        }
    }

    fn begin_code(&mut self, kind: &CodeBlockKind<'_>) {
        let language = match kind {
            CodeBlockKind::Fenced(info) => info.split(' ').next().unwrap_or(""),
            CodeBlockKind::Indented => "",
        };
        self.block("<pre><code");
        if !language.is_empty() {
            self.out.push(" class=\"language-");
            self.out.escaped(language);
            self.out.push("\"");
        }
        self.out.push(">");
    }

    fn text(&mut self, text: &str, range: &Range<usize>, added: Added) {
        if let Some(block) = &mut self.raw_block {
            block.push_str(text);
        } else if let Some(task) = self.label {
            self.out.text(before(text, range, task.attributes.as_ref()));
        } else {
            match added {
                Added::Text(at) if self.mention < self.links.mentions.len() => self.with_mentions(text, at),
                _ => self.out.text(text),
            }
        }
    }

    fn begin_table(&mut self, alignments: Vec<Alignment>) {
        self.alignments = alignments;
        let heading = self
            .page
            .outline
            .headings
            .get(self.heading.wrapping_sub(1))
            .map_or(self.page.title.as_str(), |heading| heading.text.as_str());
        self.out.push("<div class=\"table\" role=\"group\" tabindex=\"0\" aria-label=\"");
        self.out.escaped(&self.context.strings.fill("table_of", &[("title", heading)]));
        self.out.push("\"><table>\n");
    }

    fn begin_cell(&mut self) {
        let alignment = self.alignments.get(self.cell).copied().unwrap_or(Alignment::None);
        self.cell += 1;
        let class = match alignment {
            Alignment::None => "",
            Alignment::Left => " class=\"align-left\"",
            Alignment::Center => " class=\"align-center\"",
            Alignment::Right => " class=\"align-right\"",
        };
        self.out.extend([if self.in_head { "<th scope=\"col\"" } else { "<td" }, class, ">"]);
    }

    fn finish(mut self) -> Html {
        self.end_label();
        self.close_raw();
        let rest = self.out.split_off(self.split.unwrap_or(self.out.len()));
        let mut page = Html { start: self.out, rest, plain: self.plain.take() };
        let notes = self.notes.write(self.context.strings);
        let last = if page.rest.is_empty() { &mut page.start } else { &mut page.rest };
        last.append(notes);
        page
    }
}
