//! Lists: plain ones, tasks with their boxes and notes, and the hints below a task.

use pulldown_cmark::{Event, Tag};

use super::{List, Writer};
use crate::model::address::owner;
use crate::model::front_matter::Kind;
use crate::model::page::Task;
use crate::render::task::{task_notes, tick_hash};

impl Writer<'_> {
    /// Whether the events ahead are a task's marker, within a paragraph or not.
    pub(super) fn marker_follows(&self) -> bool {
        matches!(self.ahead.front(), Some((Event::TaskListMarker(_), _)))
    }

    pub(super) fn task_follows(&self, from: usize) -> bool {
        match self.ahead.get(from) {
            Some((Event::TaskListMarker(_), _)) => true,
            Some((Event::Start(Tag::Paragraph), _)) => {
                matches!(self.ahead.get(from + 1), Some((Event::TaskListMarker(_), _)))
            }
            _ => false,
        }
    }

    pub(super) fn begin_list(&mut self, first: Option<u64>) {
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

    pub(super) fn begin_item(&mut self) {
        let is_task = self.task_follows(0);
        self.items.push(is_task);
        if !is_task {
            self.block("<li>");
        }
    }

    pub(super) fn begin_task(&mut self) {
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

    pub(super) fn end_label(&mut self) {
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
    pub(super) fn ends_label_paragraph(&self) -> bool {
        // The label was closed a moment ago by the same end, and nothing was written since.
        self.items.last() == Some(&true) && self.label_end == self.out.len()
    }
}
