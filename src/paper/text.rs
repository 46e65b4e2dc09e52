//! One paragraph: runs of text in, lines of placed glyphs out.
//!
//! parley chooses fonts, orders directions, shapes and breaks lines; what comes out is plain data in points, so that a
//! layout can be used again at once. A character that no font has is named and left out; arrows and ticks that the
//! theme's font lacks are left to be drawn as shapes.

use std::ops::Range;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use parley::fontique::Synthesis;
use parley::{
    Alignment, AlignmentOptions, BaseDirection, FontStyle, FontWeight, LineHeight, OverflowWrap, Run, StyleProperty,
};

use super::fonts::Workspace;
use crate::model::sheet::Inline;

/// How a paragraph looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// Points.
    pub size: f32,
    /// Height of a line against its size.
    pub leading: f32,
    /// Bold throughout.
    pub strong: bool,
    /// Printed in the quiet colour.
    pub quiet: bool,
    /// Which edge it keeps to.
    pub align: Alignment,
    /// Whether its language runs from right to left.
    pub rtl: bool,
}

/// Lines of glyphs.
#[derive(Debug, Default)]
pub struct Paragraph {
    /// What was set.
    pub text: String,
    /// From top to bottom.
    pub lines: Vec<Line>,
    /// Of all lines together.
    pub height: f32,
    /// Of the widest line.
    pub width: f32,
    /// Whether it is printed in the quiet colour.
    pub quiet: bool,
}

/// One line.
#[derive(Debug)]
pub struct Line {
    /// From the top of the paragraph.
    pub top: f32,
    /// To the top of the next line.
    pub height: f32,
    /// From the top of the paragraph.
    pub baseline: f32,
    /// What it says, in bytes of the paragraph's text.
    pub range: Range<usize>,
    /// In the order in which they are read.
    pub segments: Vec<Segment>,
}

/// A part of a line with one meaning.
#[derive(Debug)]
pub struct Segment {
    /// The link that it belongs to, counted from 1; 0 is none.
    pub link: u16,
    /// In the order in which they are read.
    pub pieces: Vec<Piece>,
    /// First byte of its text.
    pub start: usize,
}

impl Segment {
    /// Where it begins and ends, without the space at its end.
    pub fn extent(&self, text: &str) -> (f32, f32) {
        let start = self.pieces.iter().map(|piece| piece.x).fold(f32::MAX, f32::min);
        let end = self.pieces.iter().map(|piece| piece.x + piece.advance).fold(f32::MIN, f32::max);
        let last = self.pieces.iter().max_by(|one, other| one.x.total_cmp(&other.x));
        let last = last.map(|piece| (&piece.ink, piece.size));
        let Some((Stroke::Glyphs { glyphs, .. }, size)) = last else { return (start, end) };
        let is_space = |glyph: &&KrillaGlyph| text_of(text, &glyph.text_range).trim().is_empty();
        let hanging: f32 = glyphs.iter().rev().take_while(is_space).map(|glyph| glyph.x_advance * size).sum();
        (start, (end - hanging).max(start))
    }
}

/// Glyphs of one font, or a shape in place of one.
#[derive(Debug)]
pub struct Piece {
    /// From the left edge of the paragraph.
    pub x: f32,
    /// Along the line.
    pub advance: f32,
    /// Points.
    pub size: f32,
    /// What is drawn.
    pub ink: Stroke,
}

impl Piece {
    /// First byte of its text.
    fn start(&self) -> usize {
        match &self.ink {
            Stroke::Glyphs { glyphs, .. } => glyphs.iter().map(|glyph| glyph.text_range.start).min().unwrap_or(0),
            Stroke::Shape(_) => 0,
        }
    }
}

/// What a piece draws.
#[derive(Debug)]
pub enum Stroke {
    /// Glyphs of a font, made bolder where the font has no bold face.
    Glyphs { font: Font, glyphs: Vec<KrillaGlyph>, bolder: bool },
    /// A character that is drawn as a shape.
    Shape(char),
}

/// Characters that are drawn as shapes where no font has them.
const SHAPES: &[char] = &['→', '←', '↑', '↓', '✓', '✔', '✗', '✘', '☐', '☑'];

/// Sets runs into a width. Calls `missing` for every character that no font has.
pub fn set(
    workspace: &mut Workspace,
    runs: &[Inline],
    links: &[u16],
    look: Look,
    width: f32,
    missing: &mut dyn FnMut(char),
) -> Paragraph {
    let mut text = String::new();
    let ranges: Vec<Range<usize>> = runs.iter().map(|run| append(&mut text, &run.text)).collect();
    shape(workspace, &text, runs, &ranges, links, look);
    let shift = break_lines(&mut workspace.layout, look.align, width.max(look.size));
    workspace.layout.align(look.align, AlignmentOptions::default());
    // The layout is taken out while its lines are read, because finding a face needs the workspace too.
    let layout = std::mem::take(&mut workspace.layout);
    let lines = layout.lines().map(|line| read_line(workspace, &layout, (&line, shift), &text, missing)).collect();
    let paragraph = Paragraph { lines, height: layout.height(), width: layout.width(), quiet: look.quiet, text };
    workspace.layout = layout;
    paragraph
}

/// Breaks lines so that no short word stands alone on the last one, where the lines before it can give it company. Returns
/// how far all lines are to be moved right then, since they are aligned in a narrower room.
fn break_lines(layout: &mut Layout, align: Alignment, width: f32) -> f32 {
    layout.break_all_lines(Some(width));
    let lines = layout.len();
    let last = |layout: &Layout| layout.lines().last().map_or(width, |line| line.metrics().advance);
    // No word is broken for it.
    let least = if lines > 1 { layout.calculate_content_widths().min.max(width / 2.0) } else { width };
    let mut narrower = width;
    while lines > 1 && last(layout) < width * SHORT {
        narrower -= width * 0.06;
        layout.break_all_lines(Some(narrower));
        if layout.len() > lines || narrower < least {
            layout.break_all_lines(Some(width));
            return 0.0;
        }
    }
    let from_right = layout.is_rtl() != (align == Alignment::End);
    match align {
        Alignment::Center => (width - narrower) / 2.0,
        _ if from_right => width - narrower,
        _ => 0.0,
    }
}

/// A last line up to this share of the width is too short to stand alone.
const SHORT: f32 = 0.2;

/// Adds text without what a PDF can't map to a character.
fn append(out: &mut String, text: &str) -> Range<usize> {
    let start = out.len();
    out.extend(text.chars().filter_map(|character| match character {
        '\n' => Some('\n'),
        '\u{2028}' | '\u{2029}' => Some('\n'),
        '\u{AD}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' => None,
        _ if character.is_control() => Some(' '),
        _ => Some(character),
    }));
    start..out.len()
}

fn shape(workspace: &mut Workspace, text: &str, runs: &[Inline], ranges: &[Range<usize>], links: &[u16], look: Look) {
    let Workspace { fonts, layouts, layout, families, .. } = workspace;
    let mut builder = layouts.ranged_builder(fonts, text, 1.0, false);
    builder.set_base_direction(if look.rtl { BaseDirection::Rtl } else { BaseDirection::Auto });
    builder.push_default(StyleProperty::FontFamily(families.clone()));
    builder.push_default(StyleProperty::FontSize(look.size));
    builder.push_default(LineHeight::FontSizeRelative(look.leading));
    builder.push_default(OverflowWrap::BreakWord);
    if look.strong {
        builder.push_default(FontWeight::BOLD);
    }
    for ((run, range), link) in runs.iter().zip(ranges).zip(links) {
        if run.strong {
            builder.push(FontWeight::BOLD, range.clone());
        }
        if run.emphasis {
            builder.push(FontStyle::Italic, range.clone());
        }
        if *link != 0 {
            builder.push(StyleProperty::Brush(*link), range.clone());
        }
    }
    builder.build_into(layout, text);
}

type Layout = parley::Layout<u16>;
/// A font, and whether it is to be made bolder.
type Face = (Font, bool);

fn read_line(
    workspace: &mut Workspace,
    layout: &Layout,
    (line, shift): (&parley::Line<'_, u16>, f32),
    text: &str,
    missing: &mut dyn FnMut(char),
) -> Line {
    let metrics = line.metrics();
    let mut reader =
        Reader { x: metrics.offset + metrics.inline_min_coord + shift, segments: Vec::new(), text, missing };
    for run in line.runs() {
        let synthesis: Synthesis = run.synthesis();
        let face = workspace.face(run.font(), &synthesis).map(|font| (font, synthesis.embolden()));
        reader.read(layout, &run, face.as_ref());
    }
    let mut segments = reader.segments;
    segments.sort_by_key(|segment| segment.start);
    segments.iter_mut().for_each(|segment| segment.pieces.sort_by_key(Piece::start));
    Line {
        top: metrics.block_min_coord,
        height: metrics.block_max_coord - metrics.block_min_coord,
        baseline: metrics.baseline,
        range: line.text_range(),
        segments,
    }
}

/// Reads the clusters of a line from left to right.
struct Reader<'a> {
    x: f32,
    segments: Vec<Segment>,
    text: &'a str,
    missing: &'a mut dyn FnMut(char),
}

impl Reader<'_> {
    fn read(&mut self, layout: &Layout, run: &Run<'_, u16>, face: Option<&Face>) {
        let size = run.font_size();
        let mut fresh = true;
        // From right to left, the rest of a ligature comes before the cluster that has its glyph.
        let mut rest_end = 0;
        for cluster in run.visual_clusters() {
            if cluster.is_hard_line_break() {
                continue;
            }
            let mut range = cluster.text_range();
            if cluster.is_ligature_continuation() {
                if run.is_rtl() {
                    rest_end = rest_end.max(range.end);
                } else {
                    self.lengthen(range.end);
                }
                continue;
            }
            range.end = range.end.max(std::mem::take(&mut rest_end));
            let is_space = text_of(self.text, &range).trim().is_empty();
            let link = layout.styles().get(usize::from(cluster.style_index())).map_or(0, |style| style.brush);
            for glyph in cluster.glyphs() {
                let glyph = KrillaGlyph::new(
                    GlyphId::new(glyph.id),
                    glyph.advance / size,
                    glyph.x / size,
                    glyph.y / size,
                    0.0,
                    range.clone(),
                    None,
                );
                fresh = self.place(glyph, face, size, link, fresh);
            }
            // From right to left each word is a piece, so that words are drawn in the order in which they are read.
            fresh |= run.is_rtl() && is_space;
        }
    }

    /// Puts a glyph at the pen; says whether the next one needs a new piece.
    fn place(&mut self, glyph: KrillaGlyph, face: Option<&Face>, size: f32, link: u16, fresh: bool) -> bool {
        let advance = glyph.x_advance * size;
        let character =
            self.text.get(glyph.text_range.clone()).and_then(|text| text.chars().find(|c| !is_invisible(*c)));
        let start = glyph.text_range.start;
        let drawable = face.filter(|_| glyph.glyph_id.to_u32() != 0);
        let absent = drawable.is_none();
        match (drawable, character) {
            (Some(face), _) => self.push_glyph(glyph, face, size, link, fresh),
            (None, Some(character)) if SHAPES.contains(&character) => {
                let piece = Piece { x: self.x, advance, size, ink: Stroke::Shape(character) };
                // A segment of its own, so that it can say which character it stands for.
                self.segments.push(Segment { link, pieces: vec![piece], start });
            }
            (None, Some(character)) => (self.missing)(character),
            (None, None) => {}
        }
        self.x += advance;
        absent
    }

    fn push_glyph(&mut self, glyph: KrillaGlyph, (font, bolder): &Face, size: f32, link: u16, fresh: bool) {
        let start = glyph.text_range.start;
        let x = self.x;
        let is_shape = |segment: &Segment| matches!(segment.pieces.last(), Some(Piece { ink: Stroke::Shape(_), .. }));
        if self.segments.last().is_none_or(|last| last.link != link || is_shape(last)) {
            self.segments.push(Segment { link, pieces: Vec::new(), start });
        }
        let Some(segment) = self.segments.last_mut() else { return };
        segment.start = segment.start.min(start);
        let advance = glyph.x_advance * size;
        match segment.pieces.last_mut().filter(|_| !fresh) {
            Some(Piece { ink: Stroke::Glyphs { glyphs, .. }, advance: length, .. }) => {
                *length += advance;
                glyphs.push(glyph);
            }
            _ => {
                let ink = Stroke::Glyphs { font: font.clone(), glyphs: vec![glyph], bolder: *bolder };
                segment.pieces.push(Piece { x, advance, size, ink });
            }
        }
    }

    /// The last glyph stands for text up to here.
    fn lengthen(&mut self, end: usize) {
        let piece = self.segments.last_mut().and_then(|segment| segment.pieces.last_mut());
        if let Some(Piece { ink: Stroke::Glyphs { glyphs, .. }, .. }) = piece
            && let Some(glyph) = glyphs.last_mut()
        {
            glyph.text_range.end = end;
        }
    }
}

fn text_of<'a>(text: &'a str, range: &Range<usize>) -> &'a str {
    text.get(range.clone()).unwrap_or_default()
}

/// Whether a character has no look of its own, so that nobody misses it where a font lacks it.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0000}'..='\u{E0FFF}')
        || character.is_whitespace()
        || character.is_control()
}
