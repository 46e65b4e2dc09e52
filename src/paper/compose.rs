//! Bands: the pieces of a sheet that no page break cuts, and what they are made of.
//!
//! In: text and shapes, placed by the parts of a sheet. Out: a list of [`Band`]s of the full width, with marks placed in
//! them from the start edge (the left one, or the right one in a language that runs from there). Where a band comes to
//! stand is the business of `pages`.

use std::rc::Rc;
use std::sync::Arc;

use krilla::image::Image;
use krilla::tagging::{Tag, TagKind};
use parley::Alignment;

use super::fonts::{Fonts, Workspace};
use super::links::{self, Link};
use super::style::{MILLIMETRE, Style};
use super::tags::{Meaning, NodeId, Tags};
use super::text::{self, Look, Paragraph};
use super::{Chrome, Fault, FaultKind};
use crate::model::sheet::Inline;
use crate::source::Place;

/// A piece of a sheet that no page break cuts.
#[derive(Debug, Clone)]
pub struct Band {
    /// Space above it, but at the top of a page.
    pub gap: f32,
    /// Without its gap.
    pub height: f32,
    /// How much taller it may be made where the page has room: a row to write in.
    pub stretch: f32,
    /// How many of the bands after it must stand on the same page.
    pub keep: usize,
    /// What is drawn in it.
    pub marks: Vec<Mark>,
    /// The head to repeat where it comes first on a page.
    pub head: Option<usize>,
    /// What the outline says leads here.
    pub outline: Option<String>,
    /// Where an editor wrote it.
    pub place: Place,
}

/// Something that is drawn.
#[derive(Debug, Clone)]
pub struct Mark {
    /// From the start edge of the band.
    pub x: f32,
    /// From the top of the band.
    pub y: f32,
    /// Along the line; mirrored sheets need it.
    pub width: f32,
    /// What it is.
    pub shape: Shape,
    /// What it means.
    pub meaning: Meaning,
    /// What it says to somebody who can't see it, where it is no text.
    pub says: Option<String>,
}

/// What a mark looks like.
#[derive(Debug, Clone)]
pub enum Shape {
    /// A segment of a line of a paragraph. The link is drawn and annotated with it.
    Text { paragraph: Rc<Paragraph>, line: usize, segment: usize, link: Option<(Link, Meaning)> },
    /// A line across, as wide as the mark, of this thickness.
    Across { thickness: f32, strong: bool },
    /// A line down.
    Down { height: f32, thickness: f32, strong: bool },
    /// A box to tick.
    Tick { side: f32, line: f32 },
    /// The post: a ring on the line.
    Post,
    /// The bullet of a list.
    Bullet,
    /// A solid bar.
    Bar { height: f32 },
    /// A QR code: for each row, the runs of dark modules.
    Code { side: f32, modules: usize, dark: Rc<Vec<(usize, usize, usize)>> },
    /// A picture.
    Picture { image: Image, height: f32 },
}

/// Pictures by their path.
pub type Images<'a> = &'a dyn Fn(&str) -> Option<Arc<[u8]>>;

/// Lays out a sheet, part by part, from top to bottom.
pub struct Composer<'a> {
    /// The look.
    pub style: &'a Style,
    /// What surrounds the sheet.
    pub chrome: &'a Chrome,
    /// Pictures by their path.
    pub images: Images<'a>,
    /// The width of all bands.
    pub width: f32,
    /// Whether the sheet's language runs from right to left.
    pub rtl: bool,
    /// The tag tree.
    pub tags: Tags,
    /// What was laid out.
    pub bands: Vec<Band>,
    /// Heads that are repeated at the top of a page.
    pub heads: Vec<Band>,
    /// What was found wrong.
    pub faults: Vec<Fault>,
    /// Where an editor wrote what is being laid out.
    pub place: Place,
    /// The pictures that are drawn, with their names.
    pub pictures: Vec<(Image, String)>,
    /// Names of pictures that turned out to be damaged.
    pub unreadable: &'a [String],
    workspace: Workspace,
}

/// A finished layout.
pub struct Composed {
    /// From top to bottom.
    pub bands: Vec<Band>,
    /// What is repeated at the top of a page.
    pub heads: Vec<Band>,
    /// What is heard.
    pub tags: Tags,
    /// What was found wrong.
    pub faults: Vec<Fault>,
    /// The pictures that are drawn, with their names.
    pub pictures: Vec<(Image, String)>,
}

impl<'a> Composer<'a> {
    /// Starts an empty sheet.
    pub fn new(
        style: &'a Style,
        chrome: &'a Chrome,
        fonts: &Fonts,
        (images, unreadable): (Images<'a>, &'a [String]),
        (width, rtl, place): (f32, bool, Place),
    ) -> Self {
        let (bands, heads, faults, pictures) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (tags, workspace) = (Tags::new(), fonts.borrow());
        Self { style, chrome, images, width, rtl, tags, bands, heads, faults, place, pictures, unreadable, workspace }
    }

    /// Gives back what the next sheet can use.
    pub fn finish(self, fonts: &Fonts) -> Composed {
        let Self { bands, heads, tags, faults, pictures, workspace, .. } = self;
        fonts.give_back(workspace);
        Composed { bands, heads, tags, faults, pictures }
    }

    /// The look of text of a size.
    pub fn look(&self, size: f32) -> Look {
        Look { size, leading: self.style.leading, strong: false, quiet: false, align: Alignment::Start, rtl: self.rtl }
    }

    /// An empty band.
    pub fn band(&self, gap: f32) -> Band {
        let place = self.place.clone();
        Band { gap, height: 0.0, stretch: 0.0, keep: 0, marks: Vec::new(), head: None, outline: None, place }
    }

    /// Breaks text into lines. Links keep their targets for [`Composer::draw`].
    pub fn set(&mut self, runs: &[Inline], look: Look, width: f32) -> Text {
        let (runs, links, targets) = links::with_addresses(runs, self.chrome.base.as_deref());
        let Self { workspace, faults, place, .. } = self;
        let mut missing = |character| {
            let fault = Fault { kind: FaultKind::MissingCharacter { character }, place: place.clone() };
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        };
        let paragraph = text::set(workspace, &runs, &links, look, width, &mut missing);
        Text { paragraph: Rc::new(paragraph), targets, width, nodes: vec![None; links.len() + 1] }
    }

    /// Breaks a plain string into lines.
    pub fn set_plain(&mut self, text: &str, look: Look, width: f32) -> Text {
        self.set(&[Inline::plain(text)], look, width)
    }

    /// Puts all lines of a text into a band, under a node.
    pub fn draw(&mut self, band: &mut Band, text: &mut Text, (x, y): (f32, f32), meaning: Under) {
        for line in 0..text.paragraph.lines.len() {
            self.draw_line(band, text, line, (x, y), meaning);
        }
    }

    /// Puts one line of a text into a band; `y` is that of the paragraph's top.
    pub fn draw_line(&mut self, band: &mut Band, text: &mut Text, line: usize, (x, y): (f32, f32), under: Under) {
        let paragraph = text.paragraph.clone();
        let Some(set) = paragraph.lines.get(line) else { return };
        for (segment, part) in set.segments.iter().enumerate() {
            let (meaning, link) = self.meaning_of(text, usize::from(part.link), under);
            let shape = Shape::Text { paragraph: paragraph.clone(), line, segment, link };
            band.marks.push(Mark { x, y, width: text.width, shape, meaning, says: None });
        }
    }

    /// Where a segment hangs in the tag tree: under its node, or under a link in it, which is opened once.
    fn meaning_of(&mut self, text: &mut Text, link: usize, under: Under) -> (Meaning, Option<(Link, Meaning)>) {
        let node = match under {
            Under::Artifact(meaning) => return (meaning, None),
            Under::Node(node) => node,
        };
        let target = link.checked_sub(1).and_then(|index| text.targets.get(index)).cloned();
        let (Some(target), Some(known)) = (target, text.nodes.get_mut(link)) else {
            return (self.tags.content(node), None);
        };
        let node = *known.get_or_insert_with(|| self.tags.open(node, Tag::Link));
        (self.tags.content(node), Some((target, self.tags.content(node))))
    }

    /// A node of the tree.
    pub fn open(&mut self, parent: NodeId, kind: impl Into<TagKind>) -> NodeId {
        self.tags.open(parent, kind)
    }
}

/// What the text that is drawn hangs under.
#[derive(Debug, Clone, Copy)]
pub enum Under {
    /// A node of the tree.
    Node(NodeId),
    /// Nothing.
    Artifact(Meaning),
}

/// A paragraph with where its links lead.
pub struct Text {
    /// Its lines.
    pub paragraph: Rc<Paragraph>,
    /// The width that it was set into.
    pub width: f32,
    targets: Vec<Link>,
    nodes: Vec<Option<NodeId>>,
}

impl Text {
    /// Of all its lines.
    pub fn height(&self) -> f32 {
        self.paragraph.height
    }

    /// Of its first line.
    pub fn first_line(&self) -> f32 {
        self.paragraph.lines.first().map_or(0.0, |line| line.height)
    }
}

impl Band {
    /// Makes it taller: its lower edge and the lines down to it move, what is written stays where it is.
    pub fn grow(&mut self, more: f32) {
        let bottom = self.height;
        for mark in &mut self.marks {
            match &mut mark.shape {
                Shape::Down { height, .. } if *height == bottom => *height += more,
                Shape::Across { .. } if mark.y == bottom => mark.y += more,
                _ => {}
            }
        }
        self.height += more;
    }
}

impl Mark {
    /// A shape that means nothing.
    pub fn ornament((x, y): (f32, f32), width: f32, shape: Shape) -> Self {
        Self { x, y, width, shape, meaning: super::tags::ORNAMENT, says: None }
    }
}

impl Style {
    /// A hairline across.
    pub fn hairline(&self, x: f32, y: f32, width: f32) -> Mark {
        Mark::ornament((x, y), width, Shape::Across { thickness: self.rule_line, strong: false })
    }

    /// A hairline down.
    pub fn hairline_down(&self, x: f32, y: f32, height: f32) -> Mark {
        Mark::ornament((x, y), 0.0, Shape::Down { height, thickness: self.rule_line, strong: false })
    }

    /// The line that opens a list or a table.
    pub fn head_rule(&self, y: f32, width: f32) -> Mark {
        Mark::ornament((0.0, y), width, Shape::Across { thickness: 1.0, strong: true })
    }

    /// Where text begins right of the boxes, or of the line with the post.
    pub fn gutter(&self) -> f32 {
        (self.tick + 4.5) * MILLIMETRE
    }
}
