//! The marks of one page, drawn through krilla.
//!
//! In: bands with their places. Out: ink on a surface, the tag tree's slots filled with what was drawn, and the places
//! of links. It decides nothing: where things stand and what they mean is settled.

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{BBox, ContentTag, SpanTag};

use super::compose::{Band, Mark, Shape};
use super::links::{self, Link};
use super::shapes;
use super::style::{Ink, Style};
use super::tags::{self, Meaning, Tags};
use super::text::{Paragraph, Segment, Stroke as Inked};

/// The paper and where on it the content lies, in points.
#[derive(Clone, Copy)]
pub struct Paper {
    /// Width and height.
    pub size: (f32, f32),
    /// Width and height of the content.
    pub content: (f32, f32),
}

impl Paper {
    /// Where the content begins.
    pub fn origin(self) -> (f32, f32) {
        ((self.size.0 - self.content.0) / 2.0, (self.size.1 - self.content.1) / 2.0)
    }
}

/// Draws the marks of one page.
pub struct Pen<'a, 'page> {
    /// The page's surface.
    pub surface: Surface<'page>,
    /// Colours and thicknesses.
    pub style: &'a Style,
    /// The tree whose slots are filled.
    pub tags: &'a mut Tags,
    /// The links of this page: where they can be clicked, where they lead, where they hang in the tree.
    pub links: &'a mut Vec<(Rect, Link, Meaning)>,
    /// Its size and its margins.
    pub paper: Paper,
    /// The page's number, from 0.
    pub page: usize,
    /// Whether the sheet is mirrored.
    pub rtl: bool,
}

impl Pen<'_, '_> {
    /// Draws a band at its distance from the top of the content.
    pub fn band(&mut self, band: &Band, top: f32) {
        // Rules of one kind are drawn as one shape: a table has hundreds.
        for marks in band.marks.chunk_by(|one, next| is_rule(one) && rule_kind(one) == rule_kind(next)) {
            match marks {
                [mark] => self.mark(mark, top),
                _ => self.rules(marks, top),
            }
        }
    }

    /// Where a mark stands on the paper.
    fn at(&self, mark: &Mark, top: f32) -> (f32, f32) {
        let (left, above) = self.paper.origin();
        let x = if self.rtl { self.paper.content.0 - mark.x - mark.width } else { mark.x };
        (rounded(left + x), rounded(above + top + mark.y))
    }

    fn rules(&mut self, marks: &[Mark], top: f32) {
        let (mut path, mut ink) = (PathBuilder::new(), self.style.rule);
        for mark in marks {
            if let Some((rect, color)) = self.rule(mark, self.at(mark, top)) {
                path.push_rect(rect);
                ink = color;
            }
        }
        if let Some(tag) = tags::ORNAMENT.artifact() {
            self.surface.start_tagged(tag);
            self.filled(path, ink);
            self.surface.end_tagged();
        }
    }

    /// The outline and colour of a rule.
    fn rule(&self, mark: &Mark, (x, y): (f32, f32)) -> Option<(Rect, Ink)> {
        let ink = |strong: bool| if strong { self.style.ink } else { self.style.rule };
        let (rect, strong) = match mark.shape {
            Shape::Across { thickness, strong } => {
                (Rect::from_xywh(x, rounded(y - thickness / 2.0), rounded(mark.width), thickness), strong)
            }
            Shape::Down { height, thickness, strong } => {
                (Rect::from_xywh(rounded(x - thickness / 2.0), y, thickness, rounded(height)), strong)
            }
            _ => return None,
        };
        Some((rect?, ink(strong)))
    }

    fn mark(&mut self, mark: &Mark, top: f32) {
        let at = self.at(mark, top);
        let says = match &mark.shape {
            Shape::Text { paragraph, line, segment, .. } => shape_text(paragraph, *line, *segment),
            _ => mark.says.as_deref(),
        };
        let tag = mark.meaning.artifact().unwrap_or(match (&mark.shape, says) {
            (Shape::Text { .. }, _) | (_, Some(_)) => ContentTag::Span(SpanTag::empty().with_actual_text(says)),
            _ => ContentTag::Other,
        });
        let identifier = self.surface.start_tagged(tag);
        self.shape(mark, at);
        self.surface.end_tagged();
        self.tags.fill(mark.meaning, identifier);
        if let Shape::Code { side: height, .. } | Shape::Picture { height, .. } = mark.shape
            && let Some(rect) = Rect::from_xywh(at.0, at.1, mark.width, height)
        {
            self.tags.bound(mark.meaning, BBox::new(self.page, rect));
        }
    }

    fn shape(&mut self, mark: &Mark, (x, y): (f32, f32)) {
        let style = self.style;
        match &mark.shape {
            Shape::Text { paragraph, line, segment, link } => {
                let Some(set) = paragraph.lines.get(*line) else { return };
                let Some(segment) = set.segments.get(*segment) else { return };
                self.segment(paragraph, segment, (x, y + set.baseline));
                if let Some((link, meaning)) = link {
                    let extent = segment.extent(&paragraph.text);
                    self.link(extent, (x, y + set.top, set.height), (y + set.baseline, link.clone(), *meaning));
                }
            }
            Shape::Across { .. } | Shape::Down { .. } => {
                let Some((rect, ink)) = self.rule(mark, (x, y)) else { return };
                let mut path = PathBuilder::new();
                path.push_rect(rect);
                self.filled(path, ink);
            }
            Shape::Tick { side, line } => self.tick((x, y), *side, *line),
            Shape::Post => self.post((x, y)),
            Shape::Bullet => self.filled(shapes::disc((x, y), 1.9), style.ink),
            Shape::Bar { height } => self.solid((x, y, mark.width, *height), style.ink),
            Shape::Code { side, modules, dark } => {
                // Modules are counted in whole numbers and scaled, which keeps the file small.
                let scale = side / (*modules).max(1) as f32;
                self.surface.push_transform(&Transform::from_row(scale, 0.0, 0.0, scale, x, y));
                self.filled(shapes::code(dark), style.ink);
                self.surface.pop();
            }
            Shape::Picture { image, height } => {
                let Some(size) = Size::from_wh(mark.width, *height) else { return };
                self.surface.push_transform(&Transform::from_translate(x, y));
                self.surface.draw_image(image.clone(), size);
                self.surface.pop();
            }
        }
    }

    fn segment(&mut self, paragraph: &Paragraph, segment: &Segment, (x, baseline): (f32, f32)) {
        let ink = if paragraph.quiet { self.style.quiet } else { self.style.ink };
        for piece in &segment.pieces {
            match &piece.ink {
                Inked::Glyphs { font, glyphs, bolder } => {
                    self.set_fill(ink);
                    if *bolder {
                        let width = piece.size * 0.03;
                        self.surface.set_stroke(Some(Stroke { paint: color(ink).into(), width, ..Stroke::default() }));
                    }
                    let start = Point::from_xy(rounded(x + piece.x), rounded(baseline));
                    self.surface.draw_glyphs(start, glyphs, font.clone(), &paragraph.text, piece.size, false);
                }
                Inked::Shape(character) => {
                    let path = shapes::character(*character, (x + piece.x, baseline), piece.advance, piece.size);
                    self.stroked(path, piece.size * 0.08, ink);
                }
            }
        }
    }

    /// Underlines a link and remembers where it can be clicked.
    fn link(
        &mut self,
        (start, end): (f32, f32),
        (x, top, height): (f32, f32, f32),
        (baseline, link, meaning): (f32, Link, Meaning),
    ) {
        if let Some(rect) = Rect::from_ltrb(x + start, top, x + end.max(start + 1.0), top + height) {
            // An address is known as one without a line under it.
            if links::printed(&link.0) != link.1 {
                self.solid((x + start, baseline + 1.6, end - start, 0.4), self.style.quiet);
            }
            self.links.push((rect, link, meaning));
        }
    }

    /// The frame lies inside the side, so that boxes are as large as they say.
    fn tick(&mut self, (x, y): (f32, f32), side: f32, line: f32) {
        let mut path = PathBuilder::new();
        if let Some(rect) = Rect::from_xywh(x + line / 2.0, y + line / 2.0, side - line, side - line) {
            path.push_rect(rect);
        }
        self.stroked(path, line, self.style.ink);
    }

    /// A ring in ink on white, over the line that runs through it.
    fn post(&mut self, at: (f32, f32)) {
        self.filled(shapes::disc(at, 7.0), Ink([255; 3]));
        self.stroked(shapes::disc(at, 5.4), 2.6, self.style.ink);
    }

    fn solid(&mut self, (x, y, width, height): (f32, f32, f32, f32), ink: Ink) {
        let mut path = PathBuilder::new();
        if let Some(rect) = Rect::from_xywh(x, y, width, height) {
            path.push_rect(rect);
        }
        self.filled(path, ink);
    }

    fn filled(&mut self, path: PathBuilder, ink: Ink) {
        let Some(path) = path.finish() else { return };
        self.set_fill(ink);
        self.surface.draw_path(&path);
    }

    fn stroked(&mut self, path: PathBuilder, width: f32, ink: Ink) {
        let Some(path) = path.finish() else { return };
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(Stroke { paint: color(ink).into(), width, ..Stroke::default() }));
        self.surface.draw_path(&path);
    }

    fn set_fill(&mut self, ink: Ink) {
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(Fill { paint: color(ink).into(), ..Fill::default() }));
    }
}

/// To a hundredth of a point, finer than any printer: fewer digits make a smaller file.
fn rounded(length: f32) -> f32 {
    (length * 100.0).round() / 100.0
}

/// Whether a mark is a rule and nothing else.
fn is_rule(mark: &Mark) -> bool {
    matches!(mark.meaning, Meaning::Artifact(_)) && rule_kind(mark).is_some()
}

fn rule_kind(mark: &Mark) -> Option<(bool, bool)> {
    let is_ornament = matches!(mark.meaning, Meaning::Artifact(_));
    match mark.shape {
        Shape::Across { strong, .. } | Shape::Down { strong, .. } => Some((strong, is_ornament)),
        _ => None,
    }
}

fn color(ink: Ink) -> rgb::Color {
    let Ink([red, green, blue]) = ink;
    rgb::Color::new(red, green, blue)
}

/// The character that a segment made of shapes stands for.
fn shape_text(paragraph: &Paragraph, line: usize, segment: usize) -> Option<&str> {
    let segment = paragraph.lines.get(line)?.segments.get(segment)?;
    let Inked::Shape(character) = &segment.pieces.first()?.ink else { return None };
    paragraph.text.get(segment.start..segment.start + character.len_utf8())
}
