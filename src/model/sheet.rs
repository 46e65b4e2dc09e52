//! A printable sheet as data: what is drawn, in the order in which it is drawn.
//!
//! The HTML sheet page and the PDF are two drawings of this one value. Its stamp is a hash of exactly what they draw
//! in title and body, so that a stale copy on paper can be told from a new one.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::source::{Hash, Place};

/// One sheet: a checklist, a matrix, a worksheet or a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// What stands at its head.
    pub title: String,
    /// What doing it achieves.
    pub objective: Option<String>,
    /// The pause point: the moment at which it is used.
    pub when: Option<String>,
    /// How its items are used.
    pub mode: Option<Mode>,
    /// Whether it lies on its side (plans and matrices).
    pub landscape: bool,
    /// Whether it goes beyond the sources of the guide; said on the sheet.
    pub added: bool,
    /// Text above the parts.
    pub introduction: Vec<Block>,
    /// What one fills in or ticks, from top to bottom.
    pub parts: Vec<Part>,
    /// The day of its last review (`2026-11-20`) or the guide's edition; not part of the stamp.
    pub revised: Option<String>,
    /// The language of its text, as in `lang`: `en`, `ar`.
    pub language: String,
    /// Where it is defined, for what layout finds wrong with the whole of it.
    pub place: Place,
}

/// How the items of a checklist are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Read an item aloud, do it, tick it.
    ReadDo,
    /// Do from memory, then pause and confirm each item.
    DoConfirm,
}

/// A piece of a sheet's body.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Groups of items to tick, with these columns to write in.
    Checklist {
        /// In order.
        groups: Vec<Group>,
        /// Left to right.
        columns: Vec<WriteIn>,
    },
    /// A ruled table, blank or with preset cells.
    Table(Table),
    /// Labelled lines to write on.
    Fields(Vec<Field>),
    /// A line for name, signature and date for each of these roles.
    SignOff(Vec<String>),
}

/// A column beside the items of a checklist in which one writes (or in which what is known is printed).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteIn {
    /// Who does it: 40 mm.
    Owner,
    /// When it was done: 25 mm. An item's month stands in it, small, as a reminder.
    Date,
    /// Who says so: 15 mm.
    Initials,
}

/// Items under a common heading.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Group {
    /// Empty where the items follow the sheet's title directly.
    pub title: Vec<Inline>,
    /// At least one.
    pub items: Vec<Item>,
}

/// One item to tick.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What is the same on every sheet that has it.
    pub words: Arc<Words>,
    /// Who does it, as printed.
    pub owner: Option<String>,
    /// 0 for an item of the list, 1 for one nested in it, and so on.
    pub level: u8,
    /// Whether it goes beyond the sources of the guide; said beside it.
    pub added: bool,
}

/// What an item says. A task is on the sheets of its step, of its role, and on those that gather it.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// Where its tick is kept: the address of the page that defines it, `#`, the item's id.
    pub key: String,
    /// What is to be done.
    pub text: Vec<Inline>,
    /// What helps to do it; smaller, under the text.
    pub hints: Vec<Vec<Inline>>,
    /// When it is due, as printed: `Month 2`.
    pub due: Option<String>,
    /// Where an editor wrote it.
    pub place: Place,
}

impl Words {
    /// A text, without hints and due at no time.
    pub fn new(key: String, text: Vec<Inline>, place: Place) -> Self {
        Self { key, text, hints: Vec::new(), due: None, place }
    }
}

impl Item {
    /// An item of the list that nobody owns.
    pub fn new(words: Words) -> Self {
        Self { words: Arc::new(words), owner: None, level: 0, added: false }
    }
}

/// A ruled table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Said above it; empty where the sheet's title says it.
    pub caption: String,
    /// Left to right.
    pub columns: Vec<Column>,
    /// Top to bottom.
    pub rows: Vec<Row>,
}

/// A column of a ruled table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its head.
    pub title: String,
    /// Its share of the table's width, against the other columns'.
    pub width: f32,
}

/// A row of a ruled table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Whether the first cell is the head of the row (`<th scope="row">`).
    pub head: bool,
    /// As many as there are columns; an empty one is to write in.
    pub cells: Vec<Cell>,
    /// Where an editor wrote it.
    pub place: Place,
}

/// A cell of a ruled table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// What is printed in it; empty where one writes.
    pub text: Vec<Inline>,
    /// A second, smaller line under it.
    pub note: String,
    /// Whether a solid bar is drawn through it (a month of a plan in which a task runs). The row says the same in words.
    pub bar: bool,
}

/// A label with lines to write on.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// What is asked for.
    pub label: String,
    /// How many lines, at least one.
    pub lines: u8,
}

/// Text above the parts of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// Running text.
    Paragraph(Vec<Inline>),
    /// A heading within the introduction.
    Heading(Vec<Inline>),
    /// A list; each entry is made of blocks.
    List {
        /// Whether entries are numbered.
        ordered: bool,
        /// In order.
        entries: Vec<Vec<Block>>,
    },
    /// A note set off by a line at its side; the label says what it is (`Note`, `Warning`), empty for a quotation.
    Aside {
        /// What it is.
        label: String,
        /// What it says.
        blocks: Vec<Block>,
    },
    /// Text as typed.
    Code(String),
    /// A small table of text: its head, then its rows.
    Table {
        /// A cell for each column.
        head: Vec<Vec<Inline>>,
        /// From top to bottom, as wide as the head.
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// A picture: its path from the site's root of addresses, and what it shows.
    Image {
        /// From the site's root of addresses.
        path: String,
        /// What it shows.
        alternative: String,
    },
}

/// A run of text in one style.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Inline {
    /// `"\n"` alone is a line break.
    pub text: String,
    /// Bold.
    pub strong: bool,
    /// Italic.
    pub emphasis: bool,
    /// In a typewriter face where there is one.
    pub code: bool,
    /// Where it leads.
    pub link: Option<Target>,
}

impl Inline {
    /// Plain text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// All but its text: bold, italic, typewriter, where it leads.
    pub fn look(&self) -> (bool, bool, bool, &Option<Target>) {
        (self.strong, self.emphasis, self.code, &self.link)
    }
}

/// Where a link of a sheet leads.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// An address of the web, mail or telephone.
    External(String),
    /// A page of this site: its path from the site's root of addresses, with a fragment if any.
    Page(String),
}

/// The text of some runs, without style.
pub fn plain_text(runs: &[Inline]) -> String {
    runs.iter().map(|run| run.text.as_str()).collect()
}

impl Sheet {
    /// Six characters of base 32 that change when something drawn in title or body changes, and only then.
    ///
    /// Address, revision date, keys of ticks, paper size and places are not drawn there and do not count.
    pub fn stamp(&self) -> String {
        Hash::of(self.drawn().as_bytes()).base32(6)
    }

    /// Everything drawn in title and body, in a form in which two different sheets differ.
    fn drawn(&self) -> String {
        let mut out = String::with_capacity(4 * 1024);
        let mode = self.mode.map(|mode| mode as u8);
        let head = (&self.title, &self.objective, &self.when, mode, self.added, &self.introduction);
        write(&mut out, &head);
        for part in &self.parts {
            match part {
                Part::Checklist { groups, columns } => {
                    write(&mut out, columns);
                    groups.iter().for_each(|group| draw_group(&mut out, group));
                }
                Part::Table(table) => {
                    write(&mut out, &(&table.caption, &table.columns));
                    table.rows.iter().for_each(|row| write(&mut out, &(row.head, &row.cells)));
                }
                Part::Fields(fields) => write(&mut out, fields),
                Part::SignOff(names) => write(&mut out, names),
            }
        }
        out
    }

    /// The items of all checklists of this sheet, in order.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.parts
            .iter()
            .flat_map(|part| match part {
                Part::Checklist { groups, .. } => groups.as_slice(),
                _ => &[],
            })
            .flat_map(|group| &group.items)
    }
}

fn draw_group(out: &mut String, group: &Group) {
    draw_runs(out, &group.title);
    out.push(';');
    for Item { words, owner, level, added } in &group.items {
        out.push('(');
        draw_runs(out, &words.text);
        out.push_str(", [");
        for (nth, hint) in words.hints.iter().enumerate() {
            out.push_str(if nth > 0 { ", " } else { "" });
            draw_runs(out, hint);
        }
        // Writing to a string can't fail.
        let _ = write!(out, "], {owner:?}, {:?}, {level}, {added});", words.due);
    }
}

/// Runs of text just as `Debug` writes them, which would take most of the time that all stamps take.
fn draw_runs(out: &mut String, runs: &[Inline]) {
    let word = |is_set: &bool| if *is_set { "true" } else { "false" };
    out.push('[');
    for (nth, Inline { text, strong, emphasis, code, link }) in runs.iter().enumerate() {
        out.push_str(if nth > 0 { ", " } else { "" });
        let _ = write!(out, "Inline {{ text: {text:?}");
        out.extend([", strong: ", word(strong), ", emphasis: ", word(emphasis), ", code: ", word(code)]);
        let _ = write!(out, ", link: {link:?} }}");
    }
    out.push(']');
}

/// `Debug` quotes every string and names every field, so that no two values write the same text.
fn write(out: &mut String, value: &impl std::fmt::Debug) {
    // Writing to a string can't fail.
    let _ = write!(out, "{value:?};");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_drawn_as_debug_writes_them() {
        let plain = Inline::plain("Ask “who?”\n\"Them\"");
        let page =
            Inline { strong: true, code: true, link: Some(Target::Page("a.html#b".to_owned())), ..plain.clone() };
        let web = Inline { emphasis: true, link: Some(Target::External("tel:1".to_owned())), ..Inline::plain("é") };
        let words = Words {
            due: Some("Month 2".to_owned()),
            hints: vec![vec![plain.clone(), web.clone()], Vec::new(), vec![page.clone()]],
            ..Words::new("a.html#b".to_owned(), vec![web, page], Place::file("a.md"))
        };
        let owner = Some("The vendor".to_owned());
        let items = vec![Item { owner, level: 2, added: true, ..Item::new(words.clone()) }, Item::new(words)];
        let group = Group { title: vec![plain], items };
        let mut drawn = String::new();
        draw_group(&mut drawn, &group);
        let mut wanted = format!("{:?};", group.title);
        for Item { words, owner, level, added } in &group.items {
            wanted += &format!("{:?};", (&words.text, &words.hints, owner, &words.due, level, added));
        }
        assert_eq!(drawn, wanted);
    }
}
