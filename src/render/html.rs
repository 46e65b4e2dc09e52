//! A page's Markdown as HTML.
//!
//! In: a page, where its links lead, which terms it mentions. Out: markup, in two pieces: what comes before the first
//! task, and the rest; and the bare text. The events of `pulldown-cmark` are written one by one; links are asked for as they are written,
//! and what depends on the page on which the text will stand stays a hole ([`Markup`]).

use std::collections::VecDeque;
use std::ops::Range;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, LinkType, Tag, TagEnd};

use super::footnotes::Footnotes;
use super::markup::{Markup, Standing, escape, push_escaped, room};
use super::plain::Plain;
use crate::derive::rich::note;
use crate::link::{PageLinks, Target};
use crate::model::address::owner;
use crate::model::front_matter::Kind;
use crate::model::page::{Page, Task};
use crate::model::settings::RawHtml;
use crate::model::site::{Guide, Site};
use crate::model::strings::Strings;
use crate::parse::markdown::{begins_block, events, is_comment, is_harmless, without_comments};
use crate::parse::outline::before;
use crate::parse::prose::{Added, Prose};
use crate::parse::raw_html;
use crate::source::Hash;

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

/// The hash of a task's text, under which its tick is kept.
pub fn tick_hash(text: &str) -> String {
    Hash::of(text.as_bytes()).base32(8)
}

/// Writes the box of a task and the beginning of its label: what ticks are kept by is the same wherever the task stands.
pub fn tick_box(out: &mut String, id: &str, key: &str, text: &str) {
    let (id, hash) = (escape(id), tick_hash(text));
    out.extend(["<input type=\"checkbox\" id=\"", &id, "\" data-key=\""]);
    push_escaped(out, key);
    out.extend(["\" data-hash=\"", &hash, "\"><label for=\"", &id, "\">"]);
}

/// Who does a task (with further classes of it), when it is due, the word for what was added; `None` where there is
/// nothing to say.
pub fn task_notes(
    owner: Option<(&str, &str)>,
    due: Option<(&str, &str)>,
    added: Option<(&str, &str)>,
) -> Option<String> {
    let notes = [("task-owner", owner), ("task-due", due), ("added", added)];
    let notes: Vec<(&str, &str, &str)> =
        notes.into_iter().filter_map(|(name, note)| note.map(|(text, class)| (name, text, class))).collect();
    // A paragraph has the class that all of it has.
    let class = notes.first()?.2;
    let class = if notes.iter().all(|(.., own)| *own == class) { class } else { "" };
    let span =
        |(name, text, class): &(&str, &str, &str)| format!("<span class=\"{name}{class}\">{}</span>", escape(text));
    let notes: Vec<String> = notes.iter().map(span).collect();
    Some(format!("<p class=\"task-notes{class}\">{}</p>", notes.join(" ")))
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

    fn begin_link(&mut self, kind: LinkType, title: &str) {
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

    fn end_image(&mut self) {
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

    /// Whether the events ahead are a task's marker, within a paragraph or not.
    fn marker_follows(&self) -> bool {
        matches!(self.ahead.front(), Some((Event::TaskListMarker(_), _)))
    }

    fn task_follows(&self, from: usize) -> bool {
        match self.ahead.get(from) {
            Some((Event::TaskListMarker(_), _)) => true,
            Some((Event::Start(Tag::Paragraph), _)) => {
                matches!(self.ahead.get(from + 1), Some((Event::TaskListMarker(_), _)))
            }
            _ => false,
        }
    }

    fn begin_list(&mut self, first: Option<u64>) {
        let kind = if self.task_follows(1) {
            List::Tasks
        } else if self.items.last() == Some(&true) && first.is_none() {
            List::Hints
        } else {
            List::Plain
        };
        if kind == List::Tasks && self.lists.is_empty() && self.split.is_none() && !self.notes.is_writing() {
            // The heading right above the first task goes with it.
            let here = self.out.len();
            self.split = Some(if self.heading_at.end == here { self.heading_at.start } else { here });
        }
        match kind {
            List::Plain => match first {
                None => self.block("<ul>\n"),
                Some(1) => self.block("<ol>\n"),
                Some(first) => self.block(&format!("<ol start=\"{first}\">\n")),
            },
            List::Tasks => self.out.push("<ul class=\"tasks\">\n"),
            List::Hints => self.out.push("<ul class=\"hints\">\n"),
        }
        self.lists.push(kind);
    }

    fn begin_item(&mut self) {
        let is_task = self.task_follows(0);
        self.items.push(is_task);
        if !is_task {
            self.block("<li>");
        }
    }

    fn begin_task(&mut self) {
        let Some(task) = self.page.outline.tasks.get(self.task) else { return };
        self.task += 1;
        self.plain.push(&task.text);
        self.out.push("<li class=\"task\" id=\"task.");
        self.out.anchors();
        self.out.escaped(&task.id);
        self.out.push("\"><input type=\"checkbox\" id=\"tick.");
        self.out.anchors();
        self.out.escaped(&task.id);
        self.out.push("\" data-key=\"");
        self.out.escaped(&self.page.address);
        self.out.push("#");
        self.out.escaped(&task.id);
        self.out.extend(["\" data-hash=\"", &tick_hash(&task.text), "\"><label for=\"tick."]);
        self.out.anchors();
        self.out.escaped(&task.id);
        self.out.push("\">");
        self.label = Some(task);
    }

    fn end_label(&mut self) {
        let Some(task) = self.label.take() else { return };
        self.close_raw();
        self.out.push("</label>");
        let strings = self.context.strings;
        let default = owner(self.page, &Task { owner: None, ..task.clone() }).map(str::to_owned);
        let own = task.owner.as_ref().map(|id| id.value.as_str()).filter(|id| Some(*id) != default.as_deref());
        let owner = own.and_then(|id| self.context.guide.find(Kind::Role, id)).map(|role| (role.title.as_str(), ""));
        let due = task.month.map(|month| strings.fill("month_n", &[("n", &month.to_string())]));
        let added = task.added.then(|| (strings.get("added"), ""));
        if let Some(notes) = task_notes(owner, due.as_deref().map(|due| (due, "")), added) {
            self.out.push(&notes);
        }
        self.label_end = self.out.len();
    }

    /// The paragraph around a label of a loose list is not written, so neither is its end.
    fn ends_label_paragraph(&self) -> bool {
        // The label was closed a moment ago by the same end, and nothing was written since.
        self.items.last() == Some(&true) && self.label_end == self.out.len()
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

    /// Text of the prose from byte `at` on, with the terms that begin or end in it.
    fn with_mentions(&mut self, text: &str, at: usize) {
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

    fn open_term(&mut self, term: usize) {
        let term = &self.context.guide.pages[term];
        self.out.push("<a class=\"term\" href=\"");
        self.out.link(&term.address, None);
        self.out.push("\" data-term=\"");
        self.out.escaped(&term.id);
        self.out.push("\" data-definition=\"");
        self.out.escaped(term.summary());
        self.out.push("\">");
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

    fn html(&mut self, html: &str, inline: bool) {
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
    fn close_raw(&mut self) {
        while let Some(name) = self.raw_open.pop() {
            self.out.extend(["</", &name, ">"]);
        }
    }

    fn end_raw_block(&mut self) {
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
