//! Ruled tables: worksheets, matrices, plans, sign-off lines, and the small tables of an introduction.
//!
//! In: columns with their shares and rows with their cells. Out: a band for the caption and head, and one for each row.
//! Columns are never narrower than their longest word while there is room; rows are high enough to write in.

use krilla::tagging::{ArtifactType, TableHeaderScope, Tag};
use parley::Alignment;

use super::compose::{Band, Composer, Mark, Shape, Text, Under};
use super::style::MILLIMETRE;
use super::tags::{Meaning, NodeId, ROOT};
use super::text::Look;
use crate::model::sheet::{Cell, Column, Inline, Row, Table, plain_text};

/// How much taller a row may be made for writing: against its height, and in millimetres.
const STRETCH: (f32, f32) = (0.5, 8.0);

/// How a table is set.
#[derive(Clone)]
struct Form {
    /// The start edge of each column, and the end edge of the last.
    edges: Vec<f32>,
    /// Between a cell's edge and its text, across and down.
    padding: (f32, f32),
    /// Least height of a row.
    row: f32,
    /// Of its cells.
    look: Look,
    /// Of its heads and notes.
    small: Look,
    /// Whether its columns are many and narrow.
    dense: bool,
    /// The columns whose heads and cells stand in their middle: those with bars, and narrow ones headed by a number.
    middle: Vec<bool>,
    /// Whether there are bars.
    chart: bool,
}

/// Lays out a table to write in.
pub fn table(composer: &mut Composer<'_>, table: &Table) {
    let style = composer.style;
    // A plan's months leave no room for more than its two lines of text.
    let dense = table.columns.len() > 6;
    let row = if dense { 8.0_f32 } else { style.row } * MILLIMETRE;
    ruled(composer, table, ROOT, (row, dense), if dense { 4.0 } else { 7.0 } * MILLIMETRE);
}

/// A line for name, signature and date for each role.
pub fn sign_off(composer: &mut Composer<'_>, roles: &[String]) {
    let words = composer.chrome.words.clone();
    let place = composer.place.clone();
    let head = |(title, width): (String, f32)| Column { title, width };
    let columns =
        [(words.sign_off, 4.0), (words.name, 4.5), (words.signature, 5.5), (words.date, 2.5)].map(head).to_vec();
    let row = |role: &String| {
        let name = Cell { text: vec![Inline::plain(role.clone())], ..Cell::default() };
        Row { head: true, cells: vec![name, Cell::default(), Cell::default(), Cell::default()], place: place.clone() }
    };
    let table = Table { caption: String::new(), columns, rows: roles.iter().map(row).collect() };
    let from = composer.bands.len();
    ruled(composer, &table, ROOT, (composer.style.signature * MILLIMETRE, false), 9.0 * MILLIMETRE);
    if let Some(head) = composer.bands.get_mut(from) {
        // Who signs wants to see who else does.
        head.keep = roles.len().min(8);
    }
}

/// A table of text within an introduction.
pub fn small(composer: &mut Composer<'_>, head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>], node: NodeId) {
    let count = rows.iter().map(Vec::len).chain([head.len()]).max().unwrap_or(0);
    let title = |index: usize| head.get(index).map(|cell| plain_text(cell)).unwrap_or_default();
    let columns = (0..count).map(|index| Column { title: title(index), width: 1.0 }).collect();
    let place = composer.place.clone();
    let cell = |text: &Vec<Inline>| Cell { text: text.clone(), ..Cell::default() };
    let row =
        |cells: &Vec<Vec<Inline>>| Row { head: false, cells: cells.iter().map(cell).collect(), place: place.clone() };
    let table = Table { caption: String::new(), columns, rows: rows.iter().map(row).collect() };
    ruled(composer, &table, node, (0.0, false), 3.0 * MILLIMETRE);
}

fn ruled(composer: &mut Composer<'_>, table: &Table, parent: NodeId, (row, dense): (f32, bool), gap: f32) {
    if table.columns.is_empty() {
        return;
    }
    let form = form(composer, table, row, dense);
    let mut tag = Tag::Table;
    tag = tag.with_summary(Some(table.caption.clone()).filter(|caption| !caption.is_empty()));
    let node = composer.open(parent, tag);
    caption(composer, table, node, gap);
    let thead = composer.open(node, Tag::THead);
    let thead = composer.open(thead, Tag::TR);
    let mut head = head(composer, table, &form, Some(thead));
    head.gap = if table.caption.is_empty() { gap } else { 0.0 };
    head.keep = table.rows.len().min(2);
    let mut repeated = self::head(composer, table, &form, None);
    repeated.gap = 0.0;
    composer.bands.push(head);
    composer.heads.push(repeated);
    let number = composer.heads.len() - 1;
    let body = composer.open(node, Tag::TBody);
    for row in &table.rows {
        composer.place = row.place.clone();
        let mut band = draw_row(composer, row, &form, body);
        band.head = Some(number);
        composer.bands.push(band);
    }
}

fn caption(composer: &mut Composer<'_>, table: &Table, node: NodeId, gap: f32) {
    if table.caption.is_empty() {
        return;
    }
    let look = Look { strong: true, leading: 1.2, ..composer.look(composer.style.heading) };
    let mut text = composer.set_plain(&table.caption, look, composer.width);
    let mut band = composer.band(gap);
    band.height = text.height() + 1.5 * MILLIMETRE;
    band.keep = 1 + table.rows.len().min(2);
    band.outline = Some(table.caption.clone());
    let node = composer.open(node, Tag::Caption);
    composer.draw(&mut band, &mut text, (0.0, 0.0), Under::Node(node));
    composer.bands.push(band);
}

fn form(composer: &Composer<'_>, table: &Table, row: f32, dense: bool) -> Form {
    let style = composer.style;
    // A year of fifteen tasks goes on one sheet.
    let small = Look { leading: if dense { 1.1 } else { 1.15 }, ..composer.look(style.small) };
    let look = if dense { small } else { Look { leading: 1.2, ..composer.look(style.text) } };
    let padding = if dense { (0.8 * MILLIMETRE, 0.2 * MILLIMETRE) } else { (1.8 * MILLIMETRE, 1.3 * MILLIMETRE) };
    let least: Vec<f32> =
        (0..table.columns.len()).map(|column| least_width(table, column, look) + 2.0 * padding.0).collect();
    let shares: Vec<f32> =
        table.columns.iter().map(|column| if column.width > 0.0 { column.width } else { 1.0 }).collect();
    let mut edges = vec![0.0];
    for width in widths(&shares, &least, composer.width) {
        edges.push(edges.last().copied().unwrap_or(0.0) + width);
    }
    let has_bars = |column: usize| table.rows.iter().any(|row| row.cells.get(column).is_some_and(|cell| cell.bar));
    let is_number = |title: &str| !title.is_empty() && title.chars().all(|character| character.is_ascii_digit());
    let middle: Vec<bool> = (0..)
        .zip(&table.columns)
        .map(|(number, column)| has_bars(number) || (dense && is_number(&column.title)))
        .collect();
    let chart = (0..table.columns.len()).any(has_bars);
    Form { edges, padding, row, look, small, dense, middle, chart }
}

/// About as wide as the longest word of a column; exact widths would cost a second layout of every cell.
fn least_width(table: &Table, column: usize, look: Look) -> f32 {
    let head = table.columns.get(column).map(|column| (longest(&column.title), 0.58)).unwrap_or_default();
    let cells = table.rows.iter().filter_map(|row| row.cells.get(column)).filter(|cell| !cell.bar);
    let cells = cells.map(|cell| (longest(&plain_text(&cell.text)).max(longest(&cell.note)), 0.55));
    let widest = cells.chain([head]).map(|(letters, width)| letters as f32 * width).fold(0.0, f32::max);
    // A word longer than this is broken rather than pushing the other columns aside.
    widest.min(16.0 * 0.58) * look.size
}

fn longest(text: &str) -> usize {
    text.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0)
}

/// Shares a width among columns, none of them below its least while they fit together.
fn widths(shares: &[f32], least: &[f32], width: f32) -> Vec<f32> {
    let total: f32 = least.iter().sum();
    if total >= width {
        return least.iter().map(|least| least * width / total).collect();
    }
    let mut fixed = vec![false; shares.len()];
    // Each round fixes at least one column, so that there are no more rounds than columns.
    for _ in 0..shares.len() {
        let taken: f32 = least.iter().zip(&fixed).filter(|(_, fixed)| **fixed).map(|(least, _)| least).sum();
        let open: f32 = shares.iter().zip(&fixed).filter(|(_, fixed)| !**fixed).map(|(share, _)| share).sum();
        let of = |share: f32| if open > 0.0 { (width - taken) * share / open } else { 0.0 };
        let narrow: Vec<bool> =
            shares.iter().zip(least).zip(&fixed).map(|((share, least), fixed)| !fixed && of(*share) < *least).collect();
        if narrow.contains(&true) {
            fixed.iter_mut().zip(narrow).for_each(|(fixed, narrow)| *fixed |= narrow);
            continue;
        }
        let each = shares.iter().zip(least).zip(&fixed);
        return each.map(|((share, least), fixed)| if *fixed { *least } else { of(*share) }).collect();
    }
    least.to_vec()
}

impl Form {
    fn cell(&self, column: usize) -> (f32, f32) {
        let start = self.edges.get(column).copied().unwrap_or(0.0);
        let end = self.edges.get(column + 1).copied().unwrap_or(start);
        (start, (end - start).max(1.0))
    }

    /// Where text stands in a column, and its width. That of the first one is level with all else on the sheet.
    fn inner(&self, column: usize) -> (f32, f32) {
        let (start, width) = self.cell(column);
        let before = if column == 0 { 0.0 } else { self.padding.0 };
        (start + before, (width - before - self.padding.0).max(1.0))
    }

    fn align(&self, column: usize) -> Alignment {
        if self.middle.get(column) == Some(&true) { Alignment::Center } else { Alignment::Start }
    }

    /// Lines between columns, down the whole of a band.
    fn rule(&self, composer: &Composer<'_>, band: &mut Band) {
        for x in self.edges.iter().skip(1).take(self.edges.len().saturating_sub(2)) {
            band.marks.push(composer.style.hairline_down(*x, 0.0, band.height));
        }
    }
}

/// The heads of the columns; an artifact where no node is given.
fn head(composer: &mut Composer<'_>, table: &Table, form: &Form, row: Option<NodeId>) -> Band {
    let mut band = composer.band(0.0);
    let pad_down = form.padding.1;
    let set = |(column, head): (usize, &Column)| {
        let look = Look { strong: true, align: form.align(column), ..form.small };
        composer.set_plain(&head.title, look, form.inner(column).1)
    };
    let mut titles: Vec<Text> = table.columns.iter().enumerate().map(set).collect();
    let height = titles.iter().map(Text::height).fold(0.0, f32::max);
    band.height = height + 2.0 * pad_down + 1.0;
    for (column, title) in titles.iter_mut().enumerate() {
        let under = match row {
            Some(row) => Under::Node(composer.open(row, Tag::TH(TableHeaderScope::Column))),
            None => Under::Artifact(Meaning::Artifact(ArtifactType::PaginationOther)),
        };
        let y = pad_down + height - title.height();
        composer.draw(&mut band, title, (form.inner(column).0, y), under);
    }
    if titles.iter().all(|title| title.paragraph.text.is_empty()) {
        band.height = 1.0;
    }
    if form.dense {
        form.rule(composer, &mut band);
    }
    band.marks.push(composer.style.head_rule(band.height - 0.5, composer.width));
    band
}

/// What is printed in a cell: its text, its note.
fn texts(composer: &mut Composer<'_>, cell: &Cell, form: &Form, (column, is_head): (usize, bool)) -> Vec<Text> {
    let width = form.inner(column).1;
    let look = Look { strong: is_head, align: form.align(column), ..form.look };
    let note = vec![Inline::plain(cell.note.clone())];
    let parts = [(&cell.text, look), (&note, Look { quiet: true, ..form.small })];
    let printed = parts.into_iter().filter(|(runs, _)| !plain_text(runs).is_empty());
    printed.map(|(runs, look)| composer.set(runs, look, width)).collect()
}

fn draw_row(composer: &mut Composer<'_>, row: &Row, form: &Form, body: NodeId) -> Band {
    let mut band = composer.band(0.0);
    let node = composer.open(body, Tag::TR);
    let pad_down = form.padding.1;
    let mut height = form.row;
    let (mut bars, mut filled, mut is_to_write_in) = (Vec::new(), Vec::new(), false);
    for column in 0..form.edges.len().saturating_sub(1) {
        let is_head = row.head && column == 0;
        let cell_node =
            if is_head { composer.open(node, Tag::TH(TableHeaderScope::Row)) } else { composer.open(node, Tag::TD) };
        let Some(cell) = row.cells.get(column) else { continue };
        let (x, width) = form.cell(column);
        if cell.bar {
            let meaning = composer.tags.content(cell_node);
            bars.push((x, width, meaning, Some(plain_text(&cell.text)).filter(|text| !text.is_empty())));
            continue;
        }
        let texts = texts(composer, cell, form, (column, is_head));
        let inner: f32 = texts.iter().map(Text::height).sum();
        height = height.max(inner + 2.0 * pad_down);
        is_to_write_in |= inner == 0.0;
        filled.push((form.inner(column).0, inner, texts, cell_node));
    }
    for (x, inner, texts, cell_node) in filled {
        // Beside bars a line stands in the middle of its row, as they do; else it begins where one would write.
        let mut y = if form.chart { (height - inner) / 2.0 } else { pad_down };
        // Two texts are heard as two.
        let several = texts.len() > 1;
        for mut text in texts {
            let node = if several { composer.open(cell_node, Tag::P) } else { cell_node };
            composer.draw(&mut band, &mut text, (x, y), Under::Node(node));
            y += text.height();
        }
    }
    band.height = height;
    if is_to_write_in && !form.chart && form.row > 0.0 {
        band.stretch = (height * STRETCH.0).min(STRETCH.1 * MILLIMETRE);
    }
    form.rule(composer, &mut band);
    band.marks.push(composer.style.hairline(0.0, height, composer.width));
    let thickness = 3.4 * MILLIMETRE;
    for (x, width, meaning, says) in bars {
        let shape = Shape::Bar { height: thickness };
        band.marks.push(Mark { x, y: (height - thickness) / 2.0, width, shape, meaning, says });
    }
    band
}

#[cfg(test)]
mod tests {
    use super::widths;

    #[test]
    fn columns_share_the_width_but_keep_their_least() {
        assert_eq!(widths(&[1.0, 1.0], &[10.0, 10.0], 100.0), [50.0, 50.0]);
        assert_eq!(widths(&[1.0, 9.0], &[30.0, 10.0], 100.0), [30.0, 70.0]);
        assert_eq!(widths(&[1.0, 1.0], &[150.0, 50.0], 100.0), [75.0, 25.0]);
    }
}
