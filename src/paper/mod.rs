//! Paper: a [`Sheet`] in, a PDF/UA-1 file out.
//!
//! It goes in two passes. First everything is laid out: `text` breaks lines, the parts of a sheet (`head`,
//! `introduction`, `checklist`, `table`, `fields`) make bands through `compose`, `pages` breaks pages, and `tags` grows
//! the tree that a screen reader hears. Then `draw` writes it all, because "Page 1 of 3" is known only by then.
//!
//! It knows no page and no site: it reads a sheet, a style, fonts and what surrounds the sheet, and opens no file. It
//! stays a maker of sheets; whatever asks for a general layout engine belongs to the HTML print page.

mod checklist;
mod compose;
mod draw;
mod fields;
mod fonts;
mod head;
mod introduction;
mod links;
mod pages;
mod pen;
mod picture;
mod shapes;
mod style;
mod table;
mod tags;
#[cfg(test)]
mod tests;
mod text;
mod words;

use std::sync::Arc;

pub use fonts::Fonts;
pub use style::{Ink, Labels, Style};
pub use words::Words;

use compose::{Band, Composed, Composer};
use draw::{About, Placed, Refused};
use pages::{Page, Room, What};
use pen::Paper;
use style::MILLIMETRE;

use crate::model::sheet::{Part, Sheet};
use crate::source::Place;

/// A size of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Size {
    /// 8.5 by 11 inches.
    Letter,
    /// 210 by 297 millimetres.
    A4,
}

/// The content of a page, which fits on both papers: millimetres, upright.
const CONTENT: (f32, f32) = (185.0, 250.0);

impl Size {
    /// The paper in points, on its side where the sheet lies so.
    fn paper(self, landscape: bool) -> Paper {
        let size = match self {
            Self::Letter => (612.0, 792.0),
            Self::A4 => (210.0 * MILLIMETRE, 297.0 * MILLIMETRE),
        };
        let content = (CONTENT.0 * MILLIMETRE, CONTENT.1 * MILLIMETRE);
        let turn = |(width, height)| if landscape { (height, width) } else { (width, height) };
        Paper { size: turn(size), content: turn(content) }
    }
}

/// What surrounds a sheet.
#[derive(Debug, Clone, Default)]
pub struct Chrome {
    /// Where the sheet is found, as printed: its path in the site.
    pub address: String,
    /// The same as a whole address, where the site has one: printed, and as a QR code.
    pub url: Option<String>,
    /// Who publishes the sheet.
    pub organization: Option<String>,
    /// Its logo, PNG or JPEG.
    pub logo: Option<Arc<[u8]>>,
    /// The address of the site's root, to which links to pages are joined; without it they are printed as plain text.
    pub base: Option<String>,
    /// What the sheet prints of itself.
    pub words: Words,
}

/// A finished file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
}

/// Something that a sheet, a font or a style file can't have as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// Where.
    pub place: Place,
}

/// What can be wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum FaultKind {
    /// No font has this character; it is left out. [`FaultKind::script`] says which font would have it.
    MissingCharacter {
        /// The character.
        character: char,
    },
    /// An item, a row or the head is taller than a page. No file is made.
    TooTall,
    /// There is no font at all. No file is made.
    NoFont,
    /// A file is no TrueType or OpenType font.
    BadFont {
        /// The file's name.
        name: String,
    },
    /// A file is no PNG or JPEG picture, or isn't there.
    BadImage {
        /// The file's name.
        name: String,
    },
    /// A value of `paper.yaml` is too small to read or to write on, or too large or too light; this one is used.
    OutOfLimits {
        /// The key.
        key: &'static str,
        /// The value that is used.
        used: f32,
    },
    /// The file can't be written as PDF/UA-1. No file is made.
    Export(String),
}

impl FaultKind {
    /// For a missing character, the family of fonts that has it, to be named as a remedy.
    pub fn script(&self) -> Option<&'static str> {
        let Self::MissingCharacter { character } = self else { return None };
        Some(match u32::from(*character) {
            0x0370..=0x052F => "Noto Sans",
            0x0590..=0x05FF => "Noto Sans Hebrew",
            0x0600..=0x08FF => "Noto Sans Arabic",
            0x0900..=0x097F => "Noto Sans Devanagari",
            0x0E00..=0x0E7F => "Noto Sans Thai",
            0x1100..=0x11FF | 0xAC00..=0xD7AF => "Noto Sans KR",
            0x3040..=0x30FF => "Noto Sans JP",
            0x2E80..=0x9FFF | 0x20000..=0x3FFFF => "Noto Sans SC",
            0x1F000..=0x1FAFF | 0x2600..=0x27BF => "Noto Emoji",
            0x2190..=0x2BFF => "Noto Sans Symbols 2",
            _ => "Noto Sans",
        })
    }
}

/// Languages that are written from right to left.
const FROM_RIGHT: &[&str] =
    &["ar", "arc", "ckb", "dv", "fa", "ha-arab", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"];

/// Draws a sheet.
///
/// `images` gives a picture's bytes by its path. Without a file there is always a fault that says why; with a file there
/// may be faults too.
pub fn draw(
    sheet: &Sheet,
    style: &Style,
    fonts: &Fonts,
    chrome: &Chrome,
    images: &dyn Fn(&str) -> Option<Arc<[u8]>>,
    size: Size,
) -> (Option<Pdf>, Vec<Fault>) {
    if fonts.is_empty() {
        return (None, vec![Fault { kind: FaultKind::NoFont, place: sheet.place.clone() }]);
    }
    // Whoever reads the style has reported what is outside its limits; here it only can't be used.
    let (style, _) = style.clone().within_limits(&sheet.place);
    let (mut unreadable, mut found) = (Vec::new(), Vec::new());
    // Each further round leaves out one more damaged picture.
    loop {
        let attempt = Attempt { sheet, style: &style, fonts, chrome, size, unreadable: &unreadable };
        let (result, faults) = attempt.draw(images);
        match result {
            Ok(pdf) => return (pdf, [faults, found].concat()),
            Err(name) => {
                found.push(Fault { kind: FaultKind::BadImage { name: name.clone() }, place: sheet.place.clone() });
                unreadable.push(name);
            }
        }
    }
}

/// One attempt to draw a sheet.
struct Attempt<'a> {
    sheet: &'a Sheet,
    style: &'a Style,
    fonts: &'a Fonts,
    chrome: &'a Chrome,
    size: Size,
    unreadable: &'a [String],
}

impl Attempt<'_> {
    /// # Errors
    /// The name of a picture that turned out to be damaged.
    fn draw(&self, images: &dyn Fn(&str) -> Option<Arc<[u8]>>) -> (Result<Option<Pdf>, String>, Vec<Fault>) {
        let Self { sheet, style, fonts, chrome, size, unreadable } = *self;
        let paper = size.paper(sheet.landscape);
        let rtl = is_from_right(&sheet.language);
        let width = (paper.content.0, rtl, sheet.place.clone());
        let mut composer = Composer::new(style, chrome, fonts, (images, unreadable), width);
        compose(&mut composer, sheet);
        pages::fill(&mut composer.bands, room(paper).first);
        let broken = pages::paginate(&composer.bands, &composer.heads, room(paper));
        let around = broken.as_ref().map(|pages| surroundings(&mut composer, sheet, pages.len())).unwrap_or_default();
        let Composed { bands, heads, tags, mut faults, pictures } = composer.finish(fonts);
        let pages = match broken {
            Ok(pages) => pages,
            Err(tall) => {
                let places = tall.into_iter().filter_map(|index| bands.get(index));
                faults.extend(places.map(|band| Fault { kind: FaultKind::TooTall, place: band.place.clone() }));
                return (Ok(None), faults);
            }
        };
        let pages = pages.iter().zip(&around).enumerate();
        let placed: Vec<Placed<'_>> =
            pages.map(|(number, (page, around))| place(page, &bands, &heads, around, (number, paper))).collect();
        let title = head::title_of(sheet, chrome);
        let organization = chrome.organization.as_deref();
        let about = About { title: &title, language: &sheet.language, organization, rtl };
        let error = match draw::draw(&placed, paper, style, tags, &about) {
            Ok(bytes) => return (Ok(Some(Pdf { bytes, pages: placed.len() })), faults),
            Err(Refused::Picture(image)) => match pictures.into_iter().find(|(known, _)| *known == image) {
                Some((_, name)) => return (Err(name), faults),
                None => "a picture can't be read".to_owned(),
            },
            Err(Refused::Other(error)) => error,
        };
        faults.push(Fault { kind: FaultKind::Export(error), place: sheet.place.clone() });
        (Ok(None), faults)
    }
}

fn is_from_right(language: &str) -> bool {
    let language = language.to_ascii_lowercase();
    FROM_RIGHT
        .iter()
        .any(|code| language.strip_prefix(code).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
}

fn compose(composer: &mut Composer<'_>, sheet: &Sheet) {
    let led = head::head(composer, sheet);
    introduction::introduction(composer, sheet.introduction.get(led..).unwrap_or_default());
    for part in &sheet.parts {
        composer.place = sheet.place.clone();
        match part {
            Part::Checklist { groups, columns } => checklist::checklist(composer, groups, columns),
            Part::Table(table) => table::table(composer, table),
            Part::Fields(fields) => fields::fields(composer, fields),
            Part::SignOff(roles) => table::sign_off(composer, roles),
        }
    }
}

/// Head and foot of each page.
fn surroundings(composer: &mut Composer<'_>, sheet: &Sheet, pages: usize) -> Vec<[Band; 2]> {
    composer.place = sheet.place.clone();
    let stamp = sheet.stamp();
    let head = head::running_head(composer, sheet);
    (1..=pages)
        .map(|page| [head.clone(), head::foot(composer, &stamp, sheet.revised.as_deref(), (page, pages))])
        .collect()
}

fn room(paper: Paper) -> Room {
    let first = paper.content.1 - (head::FOOT + 1.0) * MILLIMETRE;
    Room { first, other: first - head::RUNNING_HEAD * MILLIMETRE }
}

fn place<'a>(
    page: &Page,
    bands: &'a [Band],
    heads: &'a [Band],
    [head, foot]: &'a [Band; 2],
    (number, paper): (usize, Paper),
) -> Placed<'a> {
    let top = if number == 0 { 0.0 } else { head::RUNNING_HEAD * MILLIMETRE };
    let mut placed = Vec::new();
    if number > 0 {
        placed.push((0.0, head));
    }
    for (y, what) in &page.placed {
        let band = match what {
            What::Band(index) => bands.get(*index),
            What::Head(index) => heads.get(*index),
        };
        placed.extend(band.map(|band| (top + y, band)));
    }
    placed.push((paper.content.1 - foot.height, foot));
    Placed { bands: placed }
}
