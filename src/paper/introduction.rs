//! The text above the parts of a sheet: paragraphs, lists, notes, small tables, pictures.
//!
//! In: blocks. Out: a band for each line of running text, so that it runs on over pages, and for each heading, row and
//! picture. First and last lines of a paragraph are never left alone.

use krilla::tagging::{ListNumbering, Tag, TagKind};

use super::compose::{Band, Composer, Mark, Shape, Text, Under};
use super::head::{self, baseline};
use super::picture;
use super::style::MILLIMETRE;
use super::table;
use super::tags::{self, NodeId, ROOT};
use super::text::Look;
use crate::model::sheet::{Block, Inline, plain_text};

/// Each level of a list is moved in by this, millimetres.
const STEP: f32 = 6.0;

/// Where blocks stand: under which node, how far in, and which lines run down beside them.
#[derive(Clone)]
struct Context {
    node: NodeId,
    x: f32,
    lines: Vec<f32>,
}

/// Lays out an introduction.
pub fn introduction(composer: &mut Composer<'_>, blocks: &[Block]) {
    let from = composer.bands.len();
    let context = Context { node: ROOT, x: 0.0, lines: Vec::new() };
    all(composer, blocks, &context);
    if let Some(first) = composer.bands.get_mut(from) {
        first.gap = 6.0 * MILLIMETRE;
    }
}

fn all(composer: &mut Composer<'_>, blocks: &[Block], context: &Context) {
    for (number, block) in blocks.iter().enumerate() {
        let from = composer.bands.len();
        one(composer, block, context);
        // Within an entry or a note the first block follows what opens it closely.
        if number == 0
            && context.node != ROOT
            && let Some(first) = composer.bands.get_mut(from)
        {
            first.gap = 0.8 * MILLIMETRE;
        }
    }
}

fn one(composer: &mut Composer<'_>, block: &Block, context: &Context) {
    let size = composer.style.text;
    match block {
        Block::Paragraph(runs) => paragraph(composer, runs, composer.look(size), context, Tag::P.into()),
        Block::Heading(runs) => heading(composer, runs, context),
        Block::List { ordered, entries } => list(composer, *ordered, entries, context),
        Block::Aside { label, blocks } => aside(composer, label, blocks, context),
        Block::Code(text) => {
            let look = composer.look(composer.style.small);
            let from = composer.bands.len();
            paragraph(composer, &[Inline::plain(text.trim_end())], look, &beside(composer, context), Tag::Code.into());
            begin_line(composer, from);
        }
        Block::Table { head, rows } => table::small(composer, head, rows, context.node),
        Block::Image { path, alternative } => image(composer, path, alternative, context),
    }
}

fn paragraph(composer: &mut Composer<'_>, runs: &[Inline], look: Look, context: &Context, kind: TagKind) {
    let node = composer.open(context.node, kind);
    let width = composer.width - context.x;
    let mut text = composer.set(runs, look, width.min(head::measure(look)));
    lines(composer, &mut text, context, node, 2.2 * MILLIMETRE);
}

/// A band for each line; two lines stay together at either end.
fn lines(composer: &mut Composer<'_>, text: &mut Text, context: &Context, node: NodeId, gap: f32) {
    let paragraph = text.paragraph.clone();
    let count = paragraph.lines.len();
    for (number, line) in paragraph.lines.iter().enumerate() {
        let mut band = composer.band(if number == 0 { gap } else { 0.0 });
        band.height = line.height;
        band.keep = usize::from(count > 1 && (number == 0 || number + 2 == count));
        composer.draw_line(&mut band, text, number, (context.x, -line.top), Under::Node(node));
        push(composer, band, context);
    }
}

/// Draws the lines that run down beside a band, through its gap too.
fn push(composer: &mut Composer<'_>, mut band: Band, context: &Context) {
    for x in &context.lines {
        let height = band.height + band.gap;
        let shape = Shape::Down { height, thickness: 1.5, strong: false };
        band.marks.push(Mark::ornament((*x, -band.gap), 0.0, shape));
    }
    composer.bands.push(band);
}

fn heading(composer: &mut Composer<'_>, runs: &[Inline], context: &Context) {
    let title = plain_text(runs);
    if title.trim().is_empty() {
        return;
    }
    let look = Look { strong: true, leading: 1.2, ..composer.look(composer.style.heading) };
    let mut text = composer.set(runs, look, composer.width - context.x);
    let node = composer.open(context.node, tags::heading(2, title.trim()));
    let mut band = composer.band(5.0 * MILLIMETRE);
    (band.height, band.keep) = (text.height(), 2);
    band.outline = Some(title.trim().to_owned());
    composer.draw(&mut band, &mut text, (context.x, 0.0), Under::Node(node));
    push(composer, band, context);
}

fn list(composer: &mut Composer<'_>, ordered: bool, entries: &[Vec<Block>], context: &Context) {
    let numbering = if ordered { ListNumbering::Decimal } else { ListNumbering::Disc };
    let list = composer.open(context.node, Tag::L(numbering));
    for (number, blocks) in entries.iter().enumerate() {
        let entry = composer.open(list, Tag::LI);
        let label = composer.open(entry, Tag::Lbl);
        let node = composer.open(entry, Tag::LBody);
        let from = composer.bands.len();
        all(composer, blocks, &Context { node, x: inwards(composer, context, STEP), lines: context.lines.clone() });
        let look = composer.look(composer.style.text);
        let mut text = composer.set_plain(&format!("{}.", number + 1), look, STEP * MILLIMETRE);
        let Some(mut band) = composer.bands.get(from).cloned() else { continue };
        if ordered {
            composer.draw(&mut band, &mut text, (context.x, 0.0), Under::Node(label));
        } else {
            let meaning = composer.tags.content(label);
            let y = baseline(&text) - look.size * 0.3;
            let mark = Mark {
                x: context.x + 1.5 * MILLIMETRE,
                y,
                width: 0.0,
                shape: Shape::Bullet,
                meaning,
                says: Some("•".to_owned()),
            };
            band.marks.push(mark);
        }
        if let Some(first) = composer.bands.get_mut(from) {
            *first = band;
        }
    }
}

/// The context of what has a line down its side.
fn beside(composer: &Composer<'_>, context: &Context) -> Context {
    let mut inner = context.clone();
    inner.lines.push(context.x + 0.6 * MILLIMETRE);
    inner.x = inwards(composer, context, 4.0);
    inner
}

/// Moves in by some millimetres, but never past the middle: deep nesting must leave room for words.
fn inwards(composer: &Composer<'_>, context: &Context, step: f32) -> f32 {
    (context.x + step * MILLIMETRE).min(composer.width / 2.0)
}

fn aside(composer: &mut Composer<'_>, label: &str, blocks: &[Block], context: &Context) {
    let kind: TagKind = if label.is_empty() { Tag::BlockQuote.into() } else { Tag::Div.into() };
    let node = composer.open(context.node, kind);
    let inner = Context { node, ..beside(composer, context) };
    let from = composer.bands.len();
    if !label.is_empty() {
        let run = Inline { strong: true, ..Inline::plain(label) };
        paragraph(composer, &[run], composer.look(composer.style.text), &inner, Tag::P.into());
        if let Some(band) = composer.bands.last_mut() {
            band.keep = 1;
        }
    }
    all(composer, blocks, &inner);
    begin_line(composer, from);
}

/// The last line of a band, the innermost, begins with the band and not in the gap above it.
fn begin_line(composer: &mut Composer<'_>, from: usize) {
    let Some(first) = composer.bands.get_mut(from) else { return };
    let (gap, height) = (3.0 * MILLIMETRE, first.height);
    let lines = first.marks.iter_mut().rev().filter(|mark| matches!(mark.shape, Shape::Down { .. }));
    for (number, mark) in lines.enumerate() {
        let Shape::Down { height: length, .. } = &mut mark.shape else { continue };
        (*length, mark.y) = if number == 0 { (height, 0.0) } else { (height + gap, -gap) };
    }
    first.gap = gap;
}

fn image(composer: &mut Composer<'_>, path: &str, alternative: &str, context: &Context) {
    let bytes = (composer.images)(path);
    let image = match bytes {
        Some(bytes) => picture::read(composer, &bytes, path),
        None => picture::read(composer, &std::sync::Arc::from([]), path),
    };
    let Some(image) = image else { return };
    let (width, height) = picture::fit(&image, (composer.width - context.x, picture::TALLEST));
    let mut band = composer.band(3.0 * MILLIMETRE);
    band.height = height;
    // A picture without an alternative is an ornament.
    let meaning = if alternative.trim().is_empty() {
        tags::ORNAMENT
    } else {
        let node = composer.open(context.node, Tag::Figure(Some(alternative.to_owned())));
        composer.tags.content(node)
    };
    band.marks.push(Mark { x: context.x, y: 0.0, width, shape: Shape::Picture { image, height }, meaning, says: None });
    push(composer, band, context);
}
