//! What there is in a page's text: headings with their anchors, links, tasks, prose.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Tag, TagEnd};

use super::markdown::{
    add_literal, attributes_apart, begins_block, events, is_harmless, is_wiki, shown, undefined_label,
};
use super::prose::{Added, Prose};
use super::slug::{Anchors, slug};
use super::tasks;
use crate::diagnostic::{Checked, Diagnostic, Rule};
use crate::model::page::{Heading, Link, LinkKind, Outline, Task};
use crate::source::Source;

/// Nesting deeper than this is an error (reliability, Read).
const DEEPEST: usize = 200;

/// Reads the outline of the text that begins at byte `body`, and where its code and HTML stand, in order and apart from each
/// other. `titled` says that the front matter has a title.
pub fn read(source: &Source, body: usize, titled: bool) -> (Checked<Outline>, Vec<Range<usize>>) {
    let mut reader = Reader::new(source, titled);
    let apart = attributes_apart(&source.text[body..]);
    reader.found.extend(apart.map(|range| apart_from_heading(source, range.start + body..range.end + body)));
    let mut depth = 0_usize;
    for (event, range) in events(&source.text[body..], body) {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            let diagnostic = Diagnostic::new(
                Rule::TooDeep,
                source.place(first_line(source, range)),
                "this is nested more than 200 deep",
            )
            .hint("flatten the lists or quotations; the page's text is left out until then");
            // Its title stays, so that nothing else is missed.
            let Outline { title, mut headings, .. } = reader.outline;
            headings.truncate(usize::from(title.is_some()));
            let outline = Outline { title, headings, ..Outline::default() };
            return (Checked { value: outline, diagnostics: vec![diagnostic] }, Vec::new());
        }
        reader.take(&event, range);
    }
    let mut outline = reader.outline;
    // Outlines stay in memory for the whole run, and for as long as a preview runs.
    outline.prose.shrink_to_fit();
    outline.headings.shrink_to_fit();
    outline.links.shrink_to_fit();
    outline.tasks.shrink_to_fit();
    (Checked { value: outline, diagnostics: reader.found }, reader.literal)
}

fn apart_from_heading(source: &Source, range: Range<usize>) -> Diagnostic {
    let written = &source.text[range.clone()];
    Diagnostic::new(
        Rule::HeadingAttribute,
        source.place(range.clone()),
        "braces on a line of their own turn off those of every heading of this page",
    )
    .hint(format!("write the heading on one line: `## Heading {written}`"))
}

/// The part of a range that lies on its first line.
fn first_line(source: &Source, range: Range<usize>) -> Range<usize> {
    let end = source.text[range.clone()].find('\n').map_or(range.end, |newline| range.start + newline);
    range.start..end
}

struct Reader<'a> {
    source: &'a Source,
    titled: bool,
    outline: Outline,
    found: Vec<Diagnostic>,
    /// Where code and HTML stand.
    literal: Vec<Range<usize>>,
    prose: Prose,
    anchors: Anchors,
    task_anchors: Anchors,
    custom: BTreeSet<String>,
    /// The heading that is being read.
    heading: Option<Heading>,
    custom_anchor: bool,
    /// For each list item around the place: whether it is a task.
    items: Vec<bool>,
    /// The label of the task that is being read: its texts with their ranges.
    label: Option<(usize, Vec<(String, Range<usize>)>)>,
    /// The text of the image that is being read.
    image: Option<(Range<usize>, String)>,
    /// Where the targets of links by reference stand, once one is met.
    definitions: Option<HashMap<&'a str, Range<usize>>>,
}

impl<'a> Reader<'a> {
    fn new(source: &'a Source, titled: bool) -> Self {
        Self {
            source,
            titled,
            outline: Outline::default(),
            found: Vec::new(),
            literal: Vec::new(),
            prose: Prose::default(),
            anchors: Anchors::default(),
            task_anchors: Anchors::default(),
            custom: BTreeSet::new(),
            heading: None,
            custom_anchor: false,
            items: Vec::new(),
            label: None,
            image: None,
            definitions: None,
        }
    }

    fn take(&mut self, event: &Event<'_>, range: Range<usize>) {
        add_literal(&mut self.literal, event, &range);
        if begins_block(event) || matches!(event, Event::End(TagEnd::Item | TagEnd::Paragraph)) {
            self.end_label();
        }
        match self.prose.add(event) {
            Added::Text(_) => self.outline.prose.push_str(shown(event).unwrap_or("")),
            Added::Space => self.outline.prose.push(' '),
            Added::Apart => self.outline.prose.push('\0'),
            Added::Nothing => {}
        }
        match event {
            Event::End(tag) => self.end(*tag),
            Event::TaskListMarker(_) => self.begin_task(range),
            Event::Start(Tag::HtmlBlock) if !is_harmless(&self.source.text[range.clone()]) => self.html(range),
            Event::InlineHtml(html) if !is_harmless(html) => self.html(range),
            Event::Start(tag) => self.start(tag, range),
            _ => self.text(event, range),
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Item => self.items.push(false),
            // A block comes line by line, and only the whole of it says whether it is a comment.
            Tag::Heading { level, id, classes, attrs } => {
                self.begin_heading(*level, id.as_ref(), range.clone());
                let unknown = classes.iter().filter(|class| &***class != "added").map(|class| format!(".{class}"));
                let unknown: Vec<_> = unknown.chain(attrs.iter().map(|(name, _)| name.to_string())).collect();
                if let Some(heading) = &mut self.heading {
                    heading.added = classes.iter().any(|class| &**class == "added");
                }
                unknown.iter().for_each(|word| self.unknown_attribute(word, range.clone()));
            }
            Tag::Link { link_type, dest_url, .. } => {
                self.link(*link_type, dest_url, range, false);
            }
            Tag::Image { link_type, dest_url, .. } => {
                self.image = Some((range.clone(), String::new()));
                self.link(*link_type, dest_url, range, true);
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Item => drop(self.items.pop()),
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::Image => self.end_image(),
            _ => {}
        }
    }

    fn text(&mut self, event: &Event<'_>, range: Range<usize>) {
        let Some(text) = shown(event) else { return };
        if let Some(label) = undefined_label(&self.source.text, event, &range) {
            self.found.push(
                Diagnostic::new(
                    Rule::UndefinedLabel,
                    self.source.place(label.clone()),
                    format!("no line says where `{}` leads", &self.source.text[label.clone()]),
                )
                .hint(format!("write `[{}]: page.md` on a line of its own", &self.source.text[label])),
            );
        }
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(text);
        }
        if let Some((_, alternative)) = &mut self.image {
            alternative.push_str(text);
        }
        if let Some((_, texts)) = &mut self.label {
            texts.push((text.to_owned(), range));
        }
    }

    fn begin_heading(&mut self, level: HeadingLevel, id: Option<&CowStr<'_>>, range: Range<usize>) {
        self.custom_anchor = id.is_some();
        self.heading = Some(Heading {
            level: level as u8,
            id: id.map(ToString::to_string).unwrap_or_default(),
            text: String::new(),
            added: false,
            range: first_line(self.source, range),
        });
    }

    fn end_heading(&mut self) {
        let Some(mut heading) = self.heading.take() else { return };
        if heading.level == 1 && !self.titled && self.outline.title.is_none() && self.outline.headings.is_empty() {
            self.outline.title = Some(heading.range.clone());
        } else if heading.level == 1 {
            heading.level = 2;
            self.second_title(&heading);
        }
        if self.custom_anchor {
            let id = heading.id.clone();
            if !self.anchors.take(&id) || !self.custom.insert(id.clone()) {
                let at = find(self.source, &heading.range, &format!("#{id}"));
                self.found.push(
                    Diagnostic::new(
                        Rule::DuplicateAnchor,
                        self.source.place(at),
                        format!("the anchor `{id}` is taken by a heading above"),
                    )
                    .hint(format!("write another one, for instance `{{#{id}-2}}`")),
                );
            }
        } else {
            heading.id = self.anchors.make(&heading.text, "section");
        }
        self.outline.headings.push(heading);
    }

    fn second_title(&mut self, heading: &Heading) {
        let written = &self.source.text[heading.range.clone()];
        let hashed = written.starts_with('#');
        let length = if hashed { 1 } else { written.trim_end().len() };
        let mark = self.source.place(heading.range.start..heading.range.start + length);
        let message = "the page has a title already, so this heading is shown one level lower";
        let diagnostic = Diagnostic::new(Rule::SecondTitle, mark.clone(), message);
        self.found.push(if hashed {
            diagnostic.hint("write `##`").patch(mark.range(), "##")
        } else {
            diagnostic.hint(format!("write `## {}`", heading.text.trim()))
        });
    }

    fn unknown_attribute(&mut self, word: &str, range: Range<usize>) {
        let at = find(self.source, &first_line(self.source, range), word);
        self.found.push(
            Diagnostic::new(
                Rule::HeadingAttribute,
                self.source.place(at),
                format!("a heading has no attribute `{word}`"),
            )
            .hint("write `{#anchor}` or `{.added}`"),
        );
    }

    fn link(&mut self, link: LinkType, target: &str, range: Range<usize>, image: bool) {
        let kind = match (image, is_wiki(link)) {
            (true, _) => LinkKind::Image,
            (false, true) => LinkKind::Wiki,
            (false, false) => LinkKind::Link,
        };
        let target = match link {
            LinkType::Email => format!("mailto:{target}"),
            _ => target.to_owned(),
        };
        let found = find(self.source, &range, &target);
        let range = match link {
            LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut => self.defined(&target).unwrap_or(found),
            _ => found,
        };
        self.outline.links.push(Link { kind, target, range });
    }

    /// Where the target of a link by reference stands: in a line of its own, `[name]: target`.
    fn defined(&mut self, target: &str) -> Option<Range<usize>> {
        let text: &'a str = &self.source.text;
        let definitions = self.definitions.get_or_insert_with(|| {
            let mut definitions = HashMap::new();
            for (at, mark) in text.match_indices("]: ") {
                let start = at + mark.len();
                let length = text[start..].find(char::is_whitespace).unwrap_or(text.len() - start);
                definitions.entry(&text[start..start + length]).or_insert(start..start + length);
            }
            definitions
        });
        definitions.get(target).cloned()
    }

    fn end_image(&mut self) {
        if let Some((range, text)) = self.image.take()
            && text.trim().is_empty()
        {
            self.found.push(
                Diagnostic::new(
                    Rule::ImageText,
                    self.source.place(range),
                    "the picture has no text for those who can't see it",
                )
                .hint("say between the brackets what it shows: `![The portal's start page](portal.png)`"),
            );
        }
    }

    fn html(&mut self, range: Range<usize>) {
        match self.outline.html.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => self.outline.html.push(range),
        }
    }

    fn begin_task(&mut self, range: Range<usize>) {
        if let Some(item) = self.items.last_mut() {
            *item = true;
        }
        self.label = Some((range.end, Vec::new()));
    }

    fn end_label(&mut self) {
        let Some((start, texts)) = self.label.take() else { return };
        let end = texts.last().map_or(start, |(_, range)| range.end).max(start);
        let braces =
            tasks::braces(&self.source.text[start..end]).map(|braces| braces.start + start..braces.end + start);
        let read = braces.clone().map(|braces| tasks::read(self.source, braces)).unwrap_or_default();
        self.found.extend(read.diagnostics);
        let mut text = String::new();
        for (piece, range) in &texts {
            text.push_str(before(piece, range, braces.as_ref()));
        }
        let text = text.trim().to_owned();
        let id = self.task_id(&text, read.value.id);
        let line = self.source.text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let indent = self.source.text[line..start].len() - self.source.text[line..start].trim_start().len();
        self.outline.tasks.push(Task {
            id,
            text,
            owner: read.value.owner,
            month: read.value.month,
            added: read.value.added,
            level: u8::try_from(self.items.iter().rev().skip(1).filter(|task| **task).count()).unwrap_or(u8::MAX),
            heading: self.outline.headings.len().checked_sub(1),
            attributes: braces,
            range: first_line(self.source, line + indent..end),
        });
    }

    fn task_id(&mut self, text: &str, chosen: Option<crate::source::Spanned<String>>) -> String {
        let Some(chosen) = chosen else { return self.task_anchors.make(text, "task") };
        let id = chosen.value.trim_start_matches('#').to_owned();
        let place = self.source.place(chosen.range());
        if slug(&id) != id {
            let better = slug(&id);
            self.found.push(
                Diagnostic::new(Rule::BadId, place.clone(), format!("`{id}` can't be the id of a task"))
                    .hint(format!("write `#{better}`"))
                    .patch(place.range(), format!("#{better}")),
            );
        }
        if !self.task_anchors.take(&id) {
            self.found.push(
                Diagnostic::new(Rule::DuplicateTask, place, format!("the id `{id}` is taken by a task above"))
                    .hint("change one of the two ids"),
            );
            return self.task_anchors.make(&id, "task");
        }
        id
    }
}

/// The part of an event's text that stands before the braces of its task.
pub fn before<'t>(text: &'t str, range: &Range<usize>, braces: Option<&Range<usize>>) -> &'t str {
    match braces {
        Some(braces) if range.start >= braces.start => "",
        Some(braces) if range.end > braces.start => text.get(..braces.start - range.start).unwrap_or(text),
        _ => text,
    }
}

/// Where `wanted` stands within a range, else the first line of the range.
fn find(source: &Source, range: &Range<usize>, wanted: &str) -> Range<usize> {
    // A link's target stands behind its text, so the last one counts.
    match source.text[range.clone()].rfind(wanted).filter(|_| !wanted.is_empty()) {
        Some(at) => range.start + at..range.start + at + wanted.len(),
        None => first_line(source, range.clone()),
    }
}
