//! A page's Markdown as HTML.
//!
//! In: a page, where its links lead, which terms it mentions. Out: markup, in two pieces: what comes before the first
//! task, and the rest. The events of `pulldown-cmark` are changed on their way to its writer; links are asked for as they
//! are written, nothing is filled in later.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use pulldown_cmark::{Alignment, CowStr, Event, LinkType, Tag, TagEnd, html};
use pulldown_cmark_escape::escape_html;

use crate::derive::rich::note;
use crate::link::{PageLinks, Target};
use crate::model::address::{href, owner};
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
    /// The address of the page on which the markup will stand.
    pub from: &'a str,
    /// What anchors begin with, where several pages stand on one; empty for a page of its own.
    pub anchors: &'a str,
    /// How many levels headings go down.
    pub down: u8,
}

/// A page's markup.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html {
    /// Up to the first task, or to the heading right above it.
    pub start: String,
    /// From there on; empty where there are no tasks.
    pub rest: String,
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

/// The box of a task and the beginning of its label: what ticks are kept by is the same wherever the task stands.
pub fn tick_box(id: &str, key: &str, text: &str) -> String {
    let (id, hash) = (escape(id), tick_hash(text));
    let mut html = String::with_capacity(160 + 2 * id.len() + key.len());
    html.extend(["<input type=\"checkbox\" id=\"", &id, "\" data-key=\""]);
    push_escaped(&mut html, key);
    html.extend(["\" data-hash=\"", &hash, "\"><label for=\"", &id, "\">"]);
    html
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

/// Text with what HTML minds escaped.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    push_escaped(&mut out, text);
    out
}

fn push_escaped(out: &mut String, text: &str) {
    // Writing to a string can't fail.
    let _ = escape_html(out, text);
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
    out: Vec<Event<'a>>,
    /// Where the first task begins in `out`.
    split: Option<usize>,
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
    /// A text that is left out up to the end of this tag.
    skipping: Option<TagEnd>,
    alternative: Option<String>,
    alignments: Vec<Alignment>,
    cell: usize,
    in_head: bool,
    notes: Notes<'a>,
    raw_open: Vec<String>,
    raw_block: Option<String>,
}

/// Footnotes: numbers in the order of their first mention, and their texts.
#[derive(Default)]
struct Notes<'a> {
    numbers: BTreeMap<String, (usize, usize)>,
    texts: BTreeMap<String, Vec<Event<'a>>>,
    /// The note that is being written, and where the page's own text waits.
    writing: Option<(String, Vec<Event<'a>>)>,
}

impl<'a> Writer<'a> {
    fn new(context: Context<'a>, page: &'a Page, links: &'a PageLinks) -> Self {
        Self {
            context,
            page,
            links,
            ahead: VecDeque::with_capacity(4),
            out: Vec::with_capacity(page.markdown().len() / 16),
            split: None,
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
            skipping: None,
            alternative: None,
            alignments: Vec::new(),
            cell: 0,
            in_head: false,
            notes: Notes::default(),
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
            Event::Text(text) => self.text(text, &range, added),
            Event::TaskListMarker(_) => self.begin_task(),
            Event::Html(html) => self.html(&html, false),
            Event::InlineHtml(html) => self.html(&html, true),
            Event::FootnoteReference(label) => self.note_reference(&label),
            other => self.out.push(other),
        }
    }

    fn markup(&mut self, markup: impl Into<CowStr<'a>>) {
        self.out.push(Event::InlineHtml(markup.into()));
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
            Tag::BlockQuote(Some(kind)) => {
                let key = note(kind);
                let label = escape(self.context.strings.get(key));
                self.markup(format!(
                    "<div class=\"note note-{key}\" role=\"note\"><p class=\"note-label\">{label}</p>\n"
                ));
            }
            Tag::Table(alignments) => self.begin_table(alignments),
            Tag::TableHead => {
                (self.cell, self.in_head) = (0, true);
                self.markup("<thead><tr>");
            }
            Tag::TableRow => {
                self.cell = 0;
                self.markup("<tr>");
            }
            Tag::TableCell => self.begin_cell(),
            Tag::FootnoteDefinition(label) => {
                let waiting = std::mem::take(&mut self.out);
                self.notes.writing = Some((label.to_string(), waiting));
            }
            Tag::HtmlBlock => self.raw_block = Some(String::new()),
            other => self.out.push(Event::Start(other)),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::Link => {
                let end = self.link_ends.pop().unwrap_or("");
                self.markup(end);
            }
            TagEnd::List(ordered) => match self.lists.pop() {
                Some(List::Plain) | None => self.out.push(Event::End(TagEnd::List(ordered))),
                Some(List::Tasks | List::Hints) => self.markup("</ul>\n"),
            },
            TagEnd::Item => match self.items.pop() {
                Some(true) => self.markup("</li>\n"),
                _ => self.out.push(Event::End(TagEnd::Item)),
            },
            TagEnd::Paragraph if self.ends_label_paragraph() => {}
            TagEnd::BlockQuote(Some(_)) => self.markup("</div>\n"),
            TagEnd::Table => self.markup("</tbody></table></div>\n"),
            TagEnd::TableHead => {
                self.in_head = false;
                self.markup("</tr></thead><tbody>\n");
            }
            TagEnd::TableRow => self.markup("</tr>\n"),
            TagEnd::TableCell => self.markup(if self.in_head { "</th>" } else { "</td>" }),
            TagEnd::FootnoteDefinition => {
                if let Some((label, waiting)) = self.notes.writing.take() {
                    let text = std::mem::replace(&mut self.out, waiting);
                    self.notes.texts.insert(label, text);
                }
            }
            TagEnd::HtmlBlock => self.end_raw_block(),
            other => self.out.push(Event::End(other)),
        }
    }

    fn begin_heading(&mut self, range: Range<usize>) {
        let Some(heading) = self.page.outline.headings.get(self.heading) else { return };
        if self.page.outline.title.as_ref().is_some_and(|title| title.start == range.start) {
            self.heading += 1;
            self.skipping = Some(TagEnd::Heading(pulldown_cmark::HeadingLevel::H1));
            return;
        }
        let level = (heading.level + self.context.down).min(6);
        let id = escape(&format!("{}{}", self.context.anchors, heading.id));
        self.markup(format!("<h{level} id=\"{id}\">"));
    }

    fn end_heading(&mut self) {
        let Some(heading) = self.page.outline.headings.get(self.heading) else { return };
        self.heading += 1;
        let level = (heading.level + self.context.down).min(6);
        if heading.added {
            let word = escape(self.context.strings.get("added"));
            self.markup(format!(" <small class=\"added\">{word}</small>"));
        }
        self.markup(format!("</h{level}>\n"));
    }

    fn begin_link(&mut self, kind: LinkType, title: &str) {
        let target = self.links.targets.get(self.link);
        self.link += 1;
        let (href, name) = match target {
            Some(Target::Page { page, anchor }) => {
                let page = self.context.site.page(*page);
                (href(self.context.from, &page.address, anchor.as_deref()), Some(page.title.as_str()))
            }
            Some(Target::Address { address, anchor }) => (href(self.context.from, address, anchor.as_deref()), None),
            Some(Target::External(url)) => (url.clone(), None),
            Some(Target::Broken) | None => {
                self.link_ends.push("</span>");
                self.markup("<span class=\"broken\">");
                return;
            }
        };
        let title = if title.is_empty() { String::new() } else { format!(" title=\"{}\"", escape(title)) };
        self.markup(format!("<a href=\"{}\"{title}>", escape(&href)));
        match (kind, name) {
            (LinkType::WikiLink { has_pothole: false }, Some(name)) => {
                self.markup(format!("{}</a>", escape(name)));
                self.skipping = Some(TagEnd::Link);
            }
            _ => self.link_ends.push("</a>"),
        }
    }

    fn end_image(&mut self) {
        let alternative = escape(&self.alternative.take().unwrap_or_default());
        let target = self.links.targets.get(self.link);
        self.link += 1;
        match target {
            Some(Target::Address { address, .. }) => {
                let src = escape(&href(self.context.from, address, None));
                self.markup(format!("<img src=\"{src}\" alt=\"{alternative}\" loading=\"lazy\">"));
            }
            _ => self.markup(format!("<span class=\"broken\">{alternative}</span>")),
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
        if kind == List::Tasks && self.lists.is_empty() && self.split.is_none() && self.notes.writing.is_none() {
            self.split = Some(self.out.len());
        }
        match kind {
            List::Plain => self.out.push(Event::Start(Tag::List(first))),
            List::Tasks => self.markup("<ul class=\"tasks\">\n"),
            List::Hints => self.markup("<ul class=\"hints\">\n"),
        }
        self.lists.push(kind);
    }

    fn begin_item(&mut self) {
        let is_task = self.task_follows(0);
        self.items.push(is_task);
        if !is_task {
            self.out.push(Event::Start(Tag::Item));
        }
    }

    fn begin_task(&mut self) {
        let Some(task) = self.page.outline.tasks.get(self.task) else { return };
        self.task += 1;
        let id = format!("{}{}", self.context.anchors, task.id);
        let key = format!("{}#{}", self.page.address, task.id);
        let (item, tick) = (escape(&id), tick_box(&format!("tick.{id}"), &key, &task.text));
        self.markup(format!("<li class=\"task\" id=\"task.{item}\">{tick}"));
        self.label = Some(task);
    }

    fn end_label(&mut self) {
        let Some(task) = self.label.take() else { return };
        self.close_raw();
        self.markup("</label>");
        let strings = self.context.strings;
        let default = owner(self.page, &Task { owner: None, ..task.clone() }).map(str::to_owned);
        let own = task.owner.as_ref().map(|id| id.value.as_str()).filter(|id| Some(*id) != default.as_deref());
        let owner = own.and_then(|id| self.context.guide.find(Kind::Role, id)).map(|role| (role.title.as_str(), ""));
        let due = task.month.map(|month| strings.fill("month_n", &[("n", &month.to_string())]));
        let added = task.added.then(|| (strings.get("added"), ""));
        if let Some(notes) = task_notes(owner, due.as_deref().map(|due| (due, "")), added) {
            self.markup(notes);
        }
    }

    /// The paragraph around a label of a loose list is not written, so neither is its end.
    fn ends_label_paragraph(&self) -> bool {
        // The label was closed a moment ago by the same end; what was written last is its end or its notes.
        self.items.last() == Some(&true)
            && matches!(self.out.last(), Some(Event::InlineHtml(last)) if &**last == "</label>" || last.starts_with("<p class=\"task-notes\">"))
    }

    fn text(&mut self, text: CowStr<'a>, range: &Range<usize>, added: Added) {
        if let Some(block) = &mut self.raw_block {
            block.push_str(&text);
            return;
        }
        if let Some(task) = self.label {
            let kept = before(&text, range, task.attributes.as_ref());
            let event =
                if kept.len() == text.len() { Event::Text(text) } else { Event::Text(CowStr::from(kept.to_owned())) };
            self.out.push(event);
            return;
        }
        match added {
            Added::Text(at) if self.mention < self.links.mentions.len() => self.with_mentions(&text, at),
            _ => self.out.push(Event::Text(text)),
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
            self.push_text(&text[cursor - at..edge - at]);
            cursor = edge;
            if self.in_mention {
                self.markup("</a>");
                self.mention += 1;
            } else {
                self.open_term(mention.term);
            }
            self.in_mention = !self.in_mention;
        }
        self.push_text(&text[cursor - at..]);
    }

    fn push_text(&mut self, text: &str) {
        if !text.is_empty() {
            self.out.push(Event::Text(CowStr::from(text.to_owned())));
        }
    }

    fn open_term(&mut self, term: usize) {
        let term = &self.context.guide.pages[term];
        let href = href(self.context.from, &term.address, None);
        self.markup(format!(
            "<a class=\"term\" href=\"{}\" data-term=\"{}\" data-definition=\"{}\">",
            escape(&href),
            escape(&term.id),
            escape(term.summary())
        ));
    }

    fn begin_table(&mut self, alignments: Vec<Alignment>) {
        self.alignments = alignments;
        let heading = self
            .page
            .outline
            .headings
            .get(self.heading.wrapping_sub(1))
            .map_or(self.page.title.as_str(), |heading| heading.text.as_str());
        let label = escape(&self.context.strings.fill("table_of", &[("title", heading)]));
        self.markup(format!("<div class=\"table\" role=\"group\" tabindex=\"0\" aria-label=\"{label}\"><table>\n"));
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
        self.markup(if self.in_head { format!("<th scope=\"col\"{class}>") } else { format!("<td{class}>") });
    }

    fn html(&mut self, html: &str, inline: bool) {
        if let Some(block) = &mut self.raw_block {
            block.push_str(html);
        } else if html.starts_with("<!--") {
            // A comment is a note among editors, and is not published.
        } else if is_harmless(html) {
            self.markup(html.to_owned());
        } else if self.context.site.settings.raw_html == RawHtml::Text || !inline {
            self.push_text(html);
        } else {
            match raw_html::tag(html) {
                raw_html::Tag::Open(name, open) => {
                    self.markup(open);
                    self.raw_open.push(name);
                }
                raw_html::Tag::Close(name) if self.raw_open.last() == Some(&name) => {
                    self.raw_open.pop();
                    self.markup(format!("</{name}>"));
                }
                raw_html::Tag::Alone(markup) => self.markup(markup),
                raw_html::Tag::Close(_) | raw_html::Tag::Nothing => {}
            }
        }
    }

    /// Ends what an editor opened and did not close within its paragraph.
    fn close_raw(&mut self) {
        while let Some(name) = self.raw_open.pop() {
            self.markup(format!("</{name}>"));
        }
    }

    fn end_raw_block(&mut self) {
        let block = self.raw_block.take().unwrap_or_default();
        if is_comment(&block) {
            // A comment is a note among editors, and is not published.
        } else if is_harmless(&block) {
            self.markup(block);
        } else if self.context.site.settings.raw_html == RawHtml::Allow {
            self.markup(raw_html::block(&block));
        } else {
            self.markup(format!("<p class=\"raw\">{}</p>\n", escape(without_comments(&block).trim())));
        }
    }

    fn note_reference(&mut self, label: &str) {
        let next = self.notes.numbers.len() + 1;
        let (number, uses) = self.notes.numbers.entry(label.to_owned()).or_insert((next, 0));
        *uses += 1;
        let id = if *uses == 1 { format!("{number}") } else { format!("{number}.{uses}") };
        let (prefix, number) = (escape(self.context.anchors), *number);
        self.markup(format!(
            "<sup class=\"footnote\"><a id=\"fnref.{prefix}{id}\" href=\"#fn.{prefix}{number}\">{number}</a></sup>"
        ));
    }

    fn finish(mut self) -> Html {
        self.end_label();
        self.close_raw();
        let mut split = self.split.unwrap_or(self.out.len());
        // The heading right above the first task goes with it.
        if self.split.is_some() {
            let opens = |event: &Event<'_>| matches!(event, Event::InlineHtml(markup) if markup.starts_with("<h") && !markup.starts_with("<hr"));
            let closes = |event: &Event<'_>| matches!(event, Event::InlineHtml(markup) if markup.starts_with("</h"));
            if split > 0 && closes(&self.out[split - 1]) {
                split = self.out[..split].iter().rposition(opens).unwrap_or(split);
            }
        }
        let rest = self.out.split_off(split);
        let mut page = Html::default();
        html::push_html(&mut page.start, self.out.into_iter());
        html::push_html(&mut page.rest, rest.into_iter());
        let notes = self.notes.write(self.context);
        if page.rest.is_empty() {
            page.start.push_str(&notes)
        } else {
            page.rest.push_str(&notes)
        }
        page
    }
}

impl Notes<'_> {
    fn write(mut self, context: Context<'_>) -> String {
        let mut ordered: Vec<(usize, String)> =
            self.numbers.iter().map(|(label, (number, _))| (*number, label.clone())).collect();
        ordered.sort();
        if ordered.is_empty() {
            return String::new();
        }
        let label = escape(context.strings.get("footnotes"));
        let back = escape(context.strings.get("footnote_back"));
        let prefix = escape(context.anchors);
        let mut out = format!("<section class=\"footnotes\" aria-label=\"{label}\"><ol>\n");
        for (number, label) in ordered {
            let mut text = String::new();
            html::push_html(&mut text, self.texts.remove(&label).unwrap_or_default().into_iter());
            let link =
                format!(" <a class=\"footnote-back\" href=\"#fnref.{prefix}{number}\" aria-label=\"{back}\">↩</a>");
            match text.trim_end().strip_suffix("</p>") {
                Some(open) => text = format!("{open}{link}</p>"),
                None => text.push_str(&link),
            }
            out.push_str(&format!("<li id=\"fn.{prefix}{number}\">{text}</li>\n"));
        }
        out.push_str("</ol></section>\n");
        out
    }
}
