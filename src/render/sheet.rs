//! A sheet as a template sees it: the same value that the PDF is drawn from. What one ticks and writes on is markup made
//! here, since ticks are kept by its attributes and paper holds to rules that no theme may break; the head around it is the
//! template's.

use super::markup::{escape, push_escaped, room};
use super::task::{task_notes, tick_box};
use super::view;
use crate::model::address::{encode, href};
use crate::model::sheet::{Block, Field, Group, Inline, Item, Mode, Part, Sheet, Table, Target, WriteIn, plain_text};
use crate::model::site::Site;
use crate::model::strings::{Strings, shorten};

/// An address of so many characters is left out of the foot of a printed page, which has a line for all it says.
const LONGEST_IN_FOOT: usize = 200;
/// Of a title so many characters stand there.
const LONGEST_TITLE_IN_FOOT: usize = 80;

/// Where a sheet is drawn, and what surrounds it.
pub struct Surroundings<'a> {
    /// The address of the page on which it stands.
    pub from: &'a str,
    /// Its own address.
    pub address: &'a str,
    /// The site, for its absolute address and for its pictures.
    pub site: &'a Site,
    /// Its stamp.
    pub stamp: &'a str,
    /// Its PDFs.
    pub pdfs: Vec<view::Pdf>,
    /// What ids begin with, where several sheets stand on one page.
    pub anchors: &'a str,
    /// The level of the headings within it.
    pub level: u8,
    /// The words of the guide's language.
    pub strings: &'a Strings,
}

/// Makes the view of a sheet.
pub fn view(sheet: &Sheet, around: &Surroundings<'_>) -> view::Sheet {
    let url = around.site.settings.base().map(|base| format!("{base}/{}", encode(around.address)));
    let address = url.clone().unwrap_or_else(|| around.address.to_owned());
    view::Sheet {
        title: sheet.title.clone(),
        objective: sheet.objective.clone(),
        when: sheet.when.clone(),
        mode: sheet.mode.map(mode),
        landscape: sheet.landscape,
        added: sheet.added,
        introduction_html: view::SafeHtml(blocks(&sheet.introduction, around)),
        parts_html: view::SafeHtml(parts(sheet, around)),
        revised: sheet.revised.clone(),
        stamp: around.stamp.to_owned(),
        foot: foot(sheet, &address, around),
        address,
        qr_html: url.as_deref().and_then(|url| code(url, around.strings.get("qr_title"))).map(view::SafeHtml),
        pdfs: around.pdfs.clone(),
    }
}

/// What stands at the foot of a sheet's printed pages.
fn foot(sheet: &Sheet, address: &str, around: &Surroundings<'_>) -> String {
    let mut foot = shorten(&sheet.title, LONGEST_TITLE_IN_FOOT).into_owned();
    foot.push('\n');
    foot.push_str(&around.strings.fill("stamp_of", &[("stamp", around.stamp)]));
    if let Some(revised) = &sheet.revised {
        foot.extend([" · ", &around.strings.fill("revised_on", &[("date", revised)])]);
    }
    if address.chars().count() < LONGEST_IN_FOOT {
        foot.extend([" · ", address]);
    }
    foot
}

/// As templates and front matter write it.
pub fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::ReadDo => "read-do",
        Mode::DoConfirm => "do-confirm",
    }
}

fn parts(sheet: &Sheet, around: &Surroundings<'_>) -> String {
    let mut out = String::with_capacity(4 * 1024);
    for part in &sheet.parts {
        match part {
            Part::Checklist { groups, columns } => checklist(&mut out, groups, columns, around),
            Part::Table(table) => ruled(&mut out, table, &sheet.title, around),
            Part::Fields(fields) => lines(&mut out, fields),
            Part::SignOff(names) => sign_off(&mut out, names, around.strings),
        }
    }
    out
}

/// Items to tick: a table where there are columns to write in, else a list.
fn checklist(out: &mut String, groups: &[Group], columns: &[WriteIn], around: &Surroundings<'_>) {
    let strings = around.strings;
    let first: Vec<usize> =
        groups.iter().scan(1, |next, group| Some(std::mem::replace(next, *next + group.items.len()))).collect();
    if columns.is_empty() {
        for (group, first) in groups.iter().zip(first) {
            if !group.title.is_empty() {
                let level = around.level.to_string();
                out.extend(["\n<h", &level, " class=\"group-title\">"]);
                push_inlines(out, &group.title, around);
                out.extend(["</h", &level, ">"]);
            }
            out.push('\n');
            list(out, &group.items, first, around);
        }
        return;
    }
    out.extend(["<table class=\"items\">\n<thead><tr><th scope=\"col\">", &escape(strings.get("item")), "</th>"]);
    for column in columns {
        let name = column_name(*column);
        let title = escape(strings.get(name));
        out.extend(["<th scope=\"col\" class=\"write write-", name, "\">", &title, "</th>"]);
    }
    out.push_str("</tr></thead>");
    for (group, first) in groups.iter().zip(first) {
        out.push_str("\n<tbody>");
        if !group.title.is_empty() {
            let across = (columns.len() + 1).to_string();
            out.extend(["\n<tr class=\"group\"><th colspan=\"", &across, "\" scope=\"rowgroup\">"]);
            push_inlines(out, &group.title, around);
            out.push_str("</th></tr>");
        }
        for (number, item) in (first..).zip(&group.items) {
            out.extend(["\n<tr><td class=\"task level-", &item.level.to_string(), "\">"]);
            self::item(out, item, number, columns, around);
            out.push_str("</td>");
            for column in columns {
                out.extend(["<td class=\"write write-", column_name(*column), "\">"]);
                let known = match column {
                    WriteIn::Owner => item.owner.as_deref(),
                    WriteIn::Date => item.words.due.as_deref(),
                    WriteIn::Initials => None,
                };
                push_escaped(out, known.unwrap_or(""));
                out.push_str("</td>");
            }
            out.push_str("</tr>");
        }
        out.push_str("\n</tbody>");
    }
    out.push_str("\n</table>");
}

/// Items below each other; the first one has the number `first` among those of its page.
pub fn list(out: &mut String, items: &[Item], first: usize, around: &Surroundings<'_>) {
    out.push_str("<ul class=\"tasks\">");
    for (number, item) in (first..).zip(items) {
        out.extend(["\n<li class=\"task level-", &item.level.to_string(), "\">"]);
        self::item(out, item, number, &[], around);
        out.push_str("</li>");
    }
    out.push_str("\n</ul>");
}

/// A ruled table to write in. Empty cells are places to write; a bar is drawn by a border, so that it prints.
fn ruled(out: &mut String, table: &Table, title: &str, around: &Surroundings<'_>) {
    // Per cent of the width, in steps of 5, for a class like `width-25`.
    let all: f32 = table.columns.iter().map(|column| column.width).sum();
    let share = |width: f32| ((width / all.max(0.1) * 20.0).round() as u32).clamp(1, 19) * 5;
    let caption = Some(table.caption.as_str()).filter(|caption| !caption.is_empty());
    let label = escape(caption.unwrap_or(title));
    out.extend([
        "<div class=\"table\" role=\"group\" tabindex=\"0\" aria-label=\"",
        &label,
        "\">\n<table class=\"ruled\">",
    ]);
    if let Some(caption) = caption {
        let hidden = if caption == title { " class=\"visually-hidden\"" } else { "" };
        out.extend(["\n<caption", hidden, ">", &label, "</caption>"]);
    }
    out.push_str("\n<thead><tr>");
    for column in &table.columns {
        let width = share(column.width).to_string();
        if column.title.is_empty() {
            out.extend(["<td class=\"width-", &width, "\"></td>"]);
        } else {
            out.extend(["<th scope=\"col\" class=\"width-", &width, "\">", &escape(&column.title), "</th>"]);
        }
    }
    out.push_str("</tr></thead>\n<tbody>");
    for row in &table.rows {
        out.push_str("\n<tr>");
        for (at, cell) in row.cells.iter().enumerate() {
            let (open, close) = match (row.head && at == 0, cell.bar) {
                (true, _) => ("<th scope=\"row\">", "</th>"),
                (false, true) => {
                    let bar = escape(around.strings.get("bar_cell"));
                    out.extend(["<td class=\"bar\"><span class=\"visually-hidden\">", &bar, "</span></td>"]);
                    continue;
                }
                (false, false) => ("<td>", "</td>"),
            };
            out.push_str(open);
            push_inlines(out, &cell.text, around);
            if !cell.note.is_empty() {
                out.extend(["<small>", &escape(&cell.note), "</small>"]);
            }
            out.push_str(close);
        }
        out.push_str("</tr>");
    }
    out.push_str("\n</tbody>\n</table>\n</div>");
}

/// Labels with lines to write on.
fn lines(out: &mut String, fields: &[Field]) {
    out.push_str("<ul class=\"fields\">");
    for field in fields {
        let long = if field.lines > 1 { " class=\"is-long\"" } else { "" };
        out.extend(["\n<li", long, "><span class=\"field-label\">", &escape(&field.label), "</span>"]);
        out.push_str(&"<span class=\"field-line\"></span>".repeat(usize::from(field.lines)));
        out.push_str("</li>");
    }
    out.push_str("\n</ul>");
}

/// A line for each who signs.
fn sign_off(out: &mut String, names: &[String], strings: &Strings) {
    let word = |key: &str| escape(strings.get(key));
    out.push_str(&format!(
        "<div class=\"table\" role=\"group\" tabindex=\"0\" aria-label=\"{signature}\">\n<table class=\"ruled sign-off\">\n<thead><tr><th scope=\"col\" class=\"width-30\">{}</th><th scope=\"col\" class=\"width-25\">{}</th><th scope=\"col\" class=\"width-30\">{signature}</th><th scope=\"col\" class=\"write-date\">{}</th></tr></thead>\n<tbody>",
        word("role"),
        word("name"),
        word("date"),
        signature = word("signature"),
    ));
    for name in names {
        out.extend(["\n<tr><th scope=\"row\">", &escape(name), "</th><td></td><td></td><td></td></tr>"]);
    }
    out.push_str("\n</tbody>\n</table>\n</div>");
}

fn column_name(column: WriteIn) -> &'static str {
    match column {
        WriteIn::Owner => "owner",
        WriteIn::Date => "date",
        WriteIn::Initials => "initials",
    }
}

/// The box of an item, its label, who does it and when, what helps. `number` tells items of one page apart. What stands in one
/// of the columns stands under the item too, for a phone, which has no room for columns.
fn item(out: &mut String, item: &Item, number: usize, columns: &[WriteIn], around: &Surroundings<'_>) {
    tick_box(out, &format!("{}{number}", around.anchors), &item.words.key, &plain_text(&item.words.text));
    push_inlines(out, &item.words.text, around);
    out.push_str("</label>");
    let class = |column| if columns.contains(&column) { " in-column" } else { "" };
    let owner = item.owner.as_deref().map(|owner| (owner, class(WriteIn::Owner)));
    let due = item.words.due.as_deref().map(|due| (due, class(WriteIn::Date)));
    let added = item.added.then(|| (around.strings.get("added"), ""));
    if let Some(notes) = task_notes(owner, due, added) {
        out.push('\n');
        out.push_str(&notes);
    }
    if !item.words.hints.is_empty() {
        out.push_str("\n<ul class=\"hints\">");
        for hint in &item.words.hints {
            out.push_str("<li>");
            push_inlines(out, hint, around);
            out.push_str("</li>");
        }
        out.push_str("</ul>");
    }
}

/// Runs of text as markup.
fn inlines(runs: &[Inline], around: &Surroundings<'_>) -> String {
    let mut out = String::new();
    push_inlines(&mut out, runs, around);
    out
}

fn push_inlines(out: &mut String, runs: &[Inline], around: &Surroundings<'_>) {
    for run in runs {
        push_inline(out, run, around);
    }
}

fn push_inline(out: &mut String, run: &Inline, around: &Surroundings<'_>) {
    if run.text == "\n" {
        out.push_str("<br>");
        return;
    }
    match &run.link {
        None => {}
        Some(Target::External(url)) => out.extend(["<a href=\"", &escape(url), "\">"]),
        Some(Target::Page(address)) => {
            let (page, anchor) =
                address.split_once('#').map_or((address.as_str(), None), |(page, anchor)| (page, Some(anchor)));
            out.extend(["<a href=\"", &escape(&href(around.from, page, anchor)), "\">"]);
        }
    }
    let around = [(run.strong, "strong"), (run.emphasis, "em"), (run.code, "code")];
    around.iter().filter(|(is_set, _)| *is_set).for_each(|(_, name)| out.extend(["<", name, ">"]));
    push_escaped(out, &run.text);
    around.iter().rev().filter(|(is_set, _)| *is_set).for_each(|(_, name)| out.extend(["</", name, ">"]));
    if run.link.is_some() {
        out.push_str("</a>");
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
            let src = escape(&href(around.from, path, None));
            let room = room(around.site.asset_at(path));
            format!("<p><img src=\"{src}\" alt=\"{}\"{room}></p>\n", escape(alternative))
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
