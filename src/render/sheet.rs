//! A sheet as a template sees it: the same value that the PDF is drawn from, its text as markup.

use super::html::{escape, task_notes, tick_box};
use super::view;
use crate::model::address::{encode, href};
use crate::model::sheet::{Block, Cell, Inline, Item, Mode, Part, Sheet, Target, WriteIn, plain_text};
use crate::model::strings::Strings;

/// An address of so many characters is left out of the foot of a printed page, which has a line for all it says.
const LONGEST_IN_FOOT: usize = 200;

/// Where a sheet is drawn, and what surrounds it.
pub struct Surroundings<'a> {
    /// The address of the page on which it stands.
    pub from: &'a str,
    /// Its own address.
    pub address: &'a str,
    /// The absolute address of the site, without a slash at its end.
    pub base: Option<&'a str>,
    /// Its stamp.
    pub stamp: &'a str,
    /// Its PDFs.
    pub pdfs: Vec<view::Pdf>,
    /// What ids begin with, where several sheets stand on one page.
    pub anchors: &'a str,
    /// The words of the guide's language.
    pub strings: &'a Strings,
}

/// Makes the view of a sheet.
pub fn view(sheet: &Sheet, around: &Surroundings<'_>) -> view::Sheet {
    let url = around.base.map(|base| format!("{base}/{}", encode(around.address)));
    let address = url.clone().unwrap_or_else(|| around.address.to_owned());
    view::Sheet {
        title: sheet.title.clone(),
        objective: sheet.objective.clone(),
        when: sheet.when.clone(),
        mode: sheet.mode.map(mode),
        landscape: sheet.landscape,
        added: sheet.added,
        introduction_html: blocks(&sheet.introduction, around),
        parts: sheet.parts.iter().map(|part| self::part(part, around)).collect(),
        revised: sheet.revised.clone(),
        stamp: around.stamp.to_owned(),
        foot_address: Some(address.clone()).filter(|address| address.chars().count() < LONGEST_IN_FOOT),
        address,
        qr_html: url.as_deref().and_then(|url| code(url, around.strings.get("qr_title"))),
        pdfs: around.pdfs.clone(),
    }
}

/// As templates and front matter write it.
pub fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::ReadDo => "read-do",
        Mode::DoConfirm => "do-confirm",
    }
}

fn part(part: &Part, around: &Surroundings<'_>) -> view::Part {
    match part {
        Part::Checklist { groups, columns } => {
            let mut number = 0;
            let groups = groups.iter().map(|group| view::Group {
                title_html: inlines(&group.title, around),
                items: group
                    .items
                    .iter()
                    .map(|item| {
                        number += 1;
                        self::item(item, number, columns, around)
                    })
                    .collect(),
            });
            view::Part::Checklist {
                groups: groups.collect(),
                columns: columns.iter().map(|column| column_name(*column)).collect(),
            }
        }
        Part::Table(table) => {
            let all: f32 = table.columns.iter().map(|column| column.width).sum();
            let share = |width: f32| ((width / all.max(0.1) * 20.0).round() as u32).clamp(1, 19) * 5;
            let rows = table.rows.iter().map(|row| view::Row {
                head: row.head,
                cells: row.cells.iter().map(|cell| self::cell(cell, around)).collect(),
            });
            view::Part::Table {
                caption: table.caption.clone(),
                columns: table
                    .columns
                    .iter()
                    .map(|column| view::Column { title: column.title.clone(), width: share(column.width) })
                    .collect(),
                rows: rows.collect(),
            }
        }
        Part::Fields(fields) => view::Part::Fields {
            fields: fields
                .iter()
                .map(|field| view::Field { label: field.label.clone(), lines: (1..=field.lines).collect() })
                .collect(),
        },
        Part::SignOff(names) => view::Part::SignOff { names: names.clone() },
    }
}

fn column_name(column: WriteIn) -> &'static str {
    match column {
        WriteIn::Owner => "owner",
        WriteIn::Date => "date",
        WriteIn::Initials => "initials",
    }
}

/// An item; `number` tells items of one page apart. What stands in one of the columns stands under the item too, for a
/// phone, which has no room for columns.
pub fn item(item: &Item, number: usize, columns: &[WriteIn], around: &Surroundings<'_>) -> view::Item {
    let mut html = tick_box(&format!("{}{number}", around.anchors), &item.key, &plain_text(&item.text));
    html.push_str(&inlines(&item.text, around));
    html.push_str("</label>");
    let class = |column| if columns.contains(&column) { " in-column" } else { "" };
    let owner = item.owner.as_deref().map(|owner| (owner, class(WriteIn::Owner)));
    let due = item.due.as_deref().map(|due| (due, class(WriteIn::Date)));
    let added = item.added.then(|| (around.strings.get("added"), ""));
    if let Some(notes) = task_notes(owner, due, added) {
        html.push('\n');
        html.push_str(&notes);
    }
    if !item.hints.is_empty() {
        html.push_str("\n<ul class=\"hints\">");
        item.hints.iter().for_each(|hint| html.extend(["<li>", &inlines(hint, around), "</li>"]));
        html.push_str("</ul>");
    }
    view::Item { html, owner: item.owner.clone(), due: item.due.clone(), level: item.level }
}

fn cell(cell: &Cell, around: &Surroundings<'_>) -> view::Cell {
    view::Cell { html: inlines(&cell.text, around), note: cell.note.clone(), bar: cell.bar }
}

/// Runs of text as markup.
pub fn inlines(runs: &[Inline], around: &Surroundings<'_>) -> String {
    runs.iter().map(|run| inline(run, around)).collect()
}

fn inline(run: &Inline, around: &Surroundings<'_>) -> String {
    if run.text == "\n" {
        return "<br>".to_owned();
    }
    let mut html = escape(&run.text);
    for (is_set, name) in [(run.code, "code"), (run.emphasis, "em"), (run.strong, "strong")] {
        if is_set {
            html = format!("<{name}>{html}</{name}>");
        }
    }
    match &run.link {
        None => html,
        Some(Target::External(url)) => format!("<a href=\"{}\">{html}</a>", escape(url)),
        Some(Target::Page(address)) => {
            let (page, anchor) =
                address.split_once('#').map_or((address.as_str(), None), |(page, anchor)| (page, Some(anchor)));
            format!("<a href=\"{}\">{html}</a>", escape(&href(around.from, page, anchor)))
        }
    }
}

fn blocks(blocks: &[Block], around: &Surroundings<'_>) -> String {
    blocks.iter().map(|block| self::block(block, around)).collect()
}

fn block(block: &Block, around: &Surroundings<'_>) -> String {
    match block {
        Block::Paragraph(text) => format!("<p>{}</p>\n", inlines(text, around)),
        Block::Heading(text) => format!("<h2>{}</h2>\n", inlines(text, around)),
        Block::List { ordered, entries } => {
            let name = if *ordered { "ol" } else { "ul" };
            let entries: String = entries.iter().map(|entry| format!("<li>{}</li>\n", blocks(entry, around))).collect();
            format!("<{name}>\n{entries}</{name}>\n")
        }
        Block::Aside { label, blocks } if label.is_empty() => {
            format!("<blockquote>{}</blockquote>\n", self::blocks(blocks, around))
        }
        Block::Aside { label, blocks } => {
            format!(
                "<div class=\"note\" role=\"note\"><p class=\"note-label\">{}</p>\n{}</div>\n",
                escape(label),
                self::blocks(blocks, around)
            )
        }
        Block::Code(text) => format!("<pre><code>{}</code></pre>\n", escape(text)),
        Block::Table { head, rows } => {
            let cells = |row: &[Vec<Inline>], open: &str, name: &str| -> String {
                row.iter().map(|cell| format!("<{open}>{}</{name}>", inlines(cell, around))).collect()
            };
            let rows: String = rows.iter().map(|row| format!("<tr>{}</tr>\n", cells(row, "td", "td"))).collect();
            format!(
                "<div class=\"table\" role=\"group\" tabindex=\"0\"><table>\n<thead><tr>{}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n",
                cells(head, "th scope=\"col\"", "th")
            )
        }
        Block::Image { path, alternative } => {
            format!("<p><img src=\"{}\" alt=\"{}\"></p>\n", escape(&href(around.from, path, None)), escape(alternative))
        }
    }
}

/// A QR code of an address (level M, a quiet zone of four modules), as an SVG with a title.
fn code(url: &str, label: &str) -> Option<String> {
    let code = fast_qr::QRBuilder::new(url).ecl(fast_qr::ECL::M).build().ok()?;
    let (size, quiet) = (code.size, 4);
    let mut path = String::new();
    for row in 0..size {
        let line = &code[row];
        for (column, _) in line.iter().enumerate().filter(|(_, module)| module.value()) {
            path.push_str(&format!("M{} {}h1v1h-1z", column + quiet, row + quiet));
        }
    }
    let all = size + 2 * quiet;
    let title = escape(&crate::model::strings::fill(label, &[("url", url)]));
    Some(format!(
        "<svg class=\"code\" role=\"img\" viewBox=\"0 0 {all} {all}\" xmlns=\"http://www.w3.org/2000/svg\"><title>{title}</title><path d=\"M0 0h{all}v{all}H0z\" class=\"code-ground\"/><path d=\"{path}\" class=\"code-ink\"/></svg>"
    ))
}
