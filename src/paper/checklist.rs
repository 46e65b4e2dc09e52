//! Checklists: boxes to tick, what to do beside them, columns to write in.
//!
//! In: groups of items. Out: a band for each heading and each item. Without columns a group is a list; with columns it
//! is a table whose rows are items, with its head repeated on each page.

use krilla::tagging::{ArtifactType, ListNumbering, TableHeaderScope, Tag};

use super::compose::{Band, Composer, Mark, Shape, Text, Under};
use super::head::baseline;
use super::style::MILLIMETRE;
use super::tags::{self, Meaning, NodeId, ROOT};
use super::text::Look;
use crate::model::sheet::{Group, Inline, Item, WriteIn, plain_text};

/// Levels of nesting that are still moved in.
const DEEPEST: u8 = 4;
/// How far each level is moved in, millimetres.
const STEP: f32 = 8.0;
/// Between a column's line and its text, millimetres.
const INSET: f32 = 1.5;

/// A column to write in and where it begins.
#[derive(Clone, Copy)]
struct Place {
    what: WriteIn,
    x: f32,
    width: f32,
}

/// Lays out a checklist.
pub fn checklist(composer: &mut Composer<'_>, groups: &[Group], columns: &[WriteIn]) {
    let places = places(composer, columns);
    if groups.iter().all(|group| group.items.is_empty()) {
        return nothing(composer);
    }
    for group in groups.iter().filter(|group| !group.items.is_empty()) {
        let parent = heading(composer, group, &places);
        let head = composer.heads.len() - 1;
        let mut lists = Lists::new(composer, parent, places.is_empty());
        for (number, item) in group.items.iter().enumerate() {
            composer.place = item.words.place.clone();
            let mut band = lists.item(composer, item, &places);
            band.head = Some(head);
            // The last item never stands alone on the next page.
            band.keep = usize::from(number + 2 == group.items.len());
            composer.bands.push(band);
        }
    }
}

fn nothing(composer: &mut Composer<'_>) {
    let words = composer.chrome.words.nothing.clone();
    let look = composer.look(composer.style.item);
    let mut text = composer.set_plain(&words, look, composer.width);
    let mut band = composer.band(6.0 * MILLIMETRE);
    band.height = text.height();
    let node = composer.open(ROOT, Tag::P);
    composer.draw(&mut band, &mut text, (0.0, 0.0), Under::Node(node));
    composer.bands.push(band);
}

/// Columns stand at the end edge, in the order given.
fn places(composer: &Composer<'_>, columns: &[WriteIn]) -> Vec<Place> {
    let style = composer.style;
    let width = |what| {
        MILLIMETRE
            * match what {
                WriteIn::Owner => style.owner,
                WriteIn::Date => style.date,
                WriteIn::Initials => style.initials,
            }
    };
    let mut x = composer.width - columns.iter().copied().map(width).sum::<f32>();
    let place = |what| {
        let start = x;
        x += width(what);
        Place { what, x: start, width: width(what) }
    };
    columns.iter().copied().map(place).collect()
}

/// Where the columns begin, or the end edge.
fn text_end(composer: &Composer<'_>, places: &[Place]) -> f32 {
    places.first().map_or(composer.width, |place| place.x)
}

/// The heading of a group with the heads of its columns; returns the node that holds the items.
fn heading(composer: &mut Composer<'_>, group: &Group, places: &[Place]) -> NodeId {
    let title = plain_text(&group.title);
    let node = (!title.trim().is_empty()).then(|| composer.open(ROOT, tags::heading(2, title.trim())));
    let (parent, row) = if places.is_empty() {
        (ROOT, None)
    } else {
        let table = composer.open(ROOT, Tag::Table);
        let head = composer.open(table, Tag::THead);
        let row = composer.open(head, Tag::TR);
        (composer.open(table, Tag::TBody), Some(row))
    };
    let mut band = head_band(composer, &group.title, places, (node, row));
    band.keep = group.items.len().min(2);
    band.outline = node.map(|_| title.trim().to_owned());
    composer.bands.push(band);
    let mut again = group.title.clone();
    if node.is_some() {
        again.push(Inline::plain(format!(" {}", composer.chrome.words.continued)));
    }
    let mut repeated = head_band(composer, &again, places, (None, None));
    repeated.gap = 0.0;
    composer.heads.push(repeated);
    parent
}

/// Title, heads of columns and the line under them; artifacts where no nodes are given.
fn head_band(
    composer: &mut Composer<'_>,
    title: &[Inline],
    places: &[Place],
    (node, row): (Option<NodeId>, Option<NodeId>),
) -> Band {
    let style = composer.style;
    let artifact = Under::Artifact(Meaning::Artifact(ArtifactType::PaginationOther));
    let look = heading_look(composer.look(style.heading));
    let width = text_end(composer, places) - 3.0 * MILLIMETRE;
    let mut text = composer.set(title, look, width);
    let mut band = composer.band(if composer.bands.len() > 1 { 7.0 } else { 5.0 } * MILLIMETRE);
    let titled = !plain_text(title).trim().is_empty();
    let small = composer.look(style.small);
    let labels: Vec<Text> = places
        .iter()
        .map(|place| {
            let label = label(composer, place.what);
            composer.set_plain(&label, small, place.width - INSET * MILLIMETRE)
        })
        .collect();
    let labels_height = labels.iter().map(Text::height).fold(0.0, f32::max);
    let bottom = labels_height.max(if titled { text.height() } else { 0.0 }) + 1.2 * MILLIMETRE;
    if titled {
        let y = bottom - 1.2 * MILLIMETRE - text.height();
        composer.draw(&mut band, &mut text, (0.0, y), node.map_or(artifact, Under::Node));
    }
    let mut rule = style.head_rule(bottom, composer.width);
    if let Some(row) = row {
        // The column of items has no printed head: its rule says it to who listens.
        let cell = composer.open(row, Tag::TH(TableHeaderScope::Column));
        rule.meaning = composer.tags.content(cell);
        rule.says = Some(composer.chrome.words.item.clone());
    }
    band.marks.push(rule);
    for (place, mut label) in places.iter().zip(labels) {
        let under = row.map(|row| composer.open(row, Tag::TH(TableHeaderScope::Column)));
        let y = bottom - 1.0 * MILLIMETRE - label.height();
        composer.draw(&mut band, &mut label, (place.x + INSET * MILLIMETRE, y), under.map_or(artifact, Under::Node));
    }
    band.height = bottom + 1.0;
    band
}

fn heading_look(look: Look) -> Look {
    Look { strong: true, leading: 1.2, ..look }
}

fn label(composer: &Composer<'_>, what: WriteIn) -> String {
    let words = &composer.chrome.words;
    match what {
        WriteIn::Owner => words.owner.clone(),
        WriteIn::Date => words.date.clone(),
        WriteIn::Initials => words.initials.clone(),
    }
}

/// The lists that are open, by level; a table has none.
struct Lists {
    /// The list of each level, and the body of its last entry.
    open: Vec<(NodeId, NodeId)>,
    parent: NodeId,
    listed: bool,
}

impl Lists {
    fn new(composer: &mut Composer<'_>, parent: NodeId, listed: bool) -> Self {
        let open = if listed { vec![(composer.open(parent, Tag::L(ListNumbering::None)), parent)] } else { Vec::new() };
        Self { open, parent, listed }
    }

    /// The nodes of an item's box and text, and of its row where it is one.
    fn nodes(&mut self, composer: &mut Composer<'_>, level: u8) -> (NodeId, NodeId, Option<NodeId>) {
        if !self.listed {
            let row = composer.open(self.parent, Tag::TR);
            let cell = composer.open(row, Tag::TH(TableHeaderScope::Row));
            return (cell, cell, Some(row));
        }
        let level = usize::from(level);
        self.open.truncate(level + 1);
        while self.open.len() <= level {
            let body = self.open.last().map_or(self.parent, |(_, body)| *body);
            let list = composer.open(body, Tag::L(ListNumbering::None));
            self.open.push((list, body));
            // An item that skips a level hangs in the list that there is.
            if self.open.len() <= level && body == self.parent {
                break;
            }
        }
        let list = self.open.last().map_or(self.parent, |(list, _)| *list);
        let entry = composer.open(list, Tag::LI);
        let tick = composer.open(entry, Tag::Lbl);
        let body = composer.open(entry, Tag::LBody);
        if let Some(last) = self.open.last_mut() {
            last.1 = body;
        }
        (tick, body, None)
    }

    fn item(&mut self, composer: &mut Composer<'_>, item: &Item, places: &[Place]) -> Band {
        let style = composer.style;
        let level = item.level.min(DEEPEST);
        let x = f32::from(level) * STEP * MILLIMETRE;
        let (tick, body, row) = self.nodes(composer, level);
        let mut band = composer.band(0.0);
        let side = style.tick * MILLIMETRE;
        let middle = (style.row * MILLIMETRE).max(side + 2.5 * MILLIMETRE) / 2.0;
        let shape = Shape::Tick { side, line: style.box_line };
        let meaning = composer.tags.content(tick);
        let says = Some("☐".to_owned());
        band.marks.push(Mark { x, y: middle - side / 2.0, width: side, shape, meaning, says });
        let text_x = x + style.gutter();
        let width = text_end(composer, places) - text_x - 2.5 * MILLIMETRE;
        let (line, bottom) = text_column(composer, &mut band, item, places, (text_x, middle, width, body));
        band.height = (middle * 2.0).max(bottom + 1.6 * MILLIMETRE);
        let row_bottom = columns(composer, &mut band, item, places, (line, row));
        band.height = band.height.max(row_bottom + 1.6 * MILLIMETRE);
        for place in places {
            band.marks.push(style.hairline_down(place.x, 0.0, band.height));
        }
        let start = if places.is_empty() { text_x } else { 0.0 };
        band.marks.push(style.hairline(start, band.height, composer.width - start));
        band
    }
}

/// The text of an item, its hints, and what is known of it and has no column; returns its first baseline and its lower edge.
fn text_column(
    composer: &mut Composer<'_>,
    band: &mut Band,
    item: &Item,
    places: &[Place],
    (x, middle, width, body): (f32, f32, f32, NodeId),
) -> (f32, f32) {
    let mut runs = item.words.text.clone();
    if item.added {
        runs.push(Inline { emphasis: true, ..Inline::plain(format!(" ({})", composer.chrome.words.added)) });
    }
    let look = composer.look(composer.style.item);
    let mut text = composer.set(&runs, look, width);
    let mut y = middle - text.first_line() / 2.0;
    let line = y + baseline(&text);
    let mut notes = item.words.hints.clone();
    let known = [(WriteIn::Owner, &item.owner), (WriteIn::Date, &item.words.due)];
    let known = known.iter().filter(|(what, _)| !places.iter().any(|place| place.what == *what));
    let known: Vec<&str> = known.filter_map(|(_, text)| text.as_deref()).collect();
    if !known.is_empty() {
        notes.push(vec![Inline::plain(known.join(" · "))]);
    }
    // A text alone needs no paragraph of its own within its entry.
    let node = if notes.is_empty() { body } else { composer.open(body, Tag::P) };
    composer.draw(band, &mut text, (x, y), Under::Node(node));
    y += text.height();
    let small = Look { quiet: true, ..composer.look(composer.style.small) };
    for note in &notes {
        y += 0.4 * MILLIMETRE;
        let mut text = composer.set(note, small, width);
        let node = composer.open(body, Tag::P);
        composer.draw(band, &mut text, (x, y), Under::Node(node));
        y += text.height();
    }
    (line, y)
}

/// What is known and stands in a column; returns the lower edge of the tallest.
fn columns(
    composer: &mut Composer<'_>,
    band: &mut Band,
    item: &Item,
    places: &[Place],
    (line, row): (f32, Option<NodeId>),
) -> f32 {
    let Some(row) = row else { return 0.0 };
    let mut lowest = 0.0_f32;
    for place in places {
        let cell = composer.open(row, Tag::TD);
        let known = match place.what {
            WriteIn::Owner => item.owner.as_deref(),
            WriteIn::Date => item.words.due.as_deref(),
            WriteIn::Initials => None,
        };
        let Some(known) = known.filter(|known| !known.is_empty()) else { continue };
        let look = Look { quiet: true, ..composer.look(composer.style.small) };
        let mut text = composer.set_plain(known, look, place.width - 2.0 * INSET * MILLIMETRE);
        // On the baseline of the item beside it, though it is smaller.
        let y = line - baseline(&text);
        composer.draw(band, &mut text, (place.x + INSET * MILLIMETRE, y), Under::Node(cell));
        lowest = lowest.max(y + text.height());
    }
    lowest
}
