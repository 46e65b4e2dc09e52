//! What surrounds a sheet: its head with title, purpose, address and code, and the small heads and feet of its pages.
//!
//! In: a sheet's own words about itself and its [`Chrome`]. Out: the first band of the sheet, which is read, and the
//! bands at top and bottom of pages, which are artifacts.

use std::rc::Rc;

use fast_qr::{ECL, QRBuilder};
use krilla::tagging::{ArtifactType, ListNumbering, Tag};
use parley::Alignment;

use super::Chrome;
use super::compose::{Band, Composer, Mark, Shape, Text, Under};
use super::links::printed;
use super::picture;
use super::style::MILLIMETRE;
use super::tags::{self, Meaning, ROOT};
use super::text::Look;
use crate::model::sheet::{Block, Inline, Mode, Sheet, Target};

/// Height of the running head from the second page on, millimetres.
pub const RUNNING_HEAD: f32 = 10.0;
/// Height of the foot of each page, millimetres.
pub const FOOT: f32 = 7.0;
/// The column of address and code, millimetres.
const ADDRESS_COLUMN: f32 = 42.0;
/// Between title and address, millimetres.
const ALLEY: f32 = 8.0;
/// Between an address and the code beside it, millimetres: the code's quiet zone.
const BESIDE_CODE: f32 = 5.0;
/// The most height of a logo on a sheet that lies on its side, millimetres.
const LOW_LOGO: f32 = 8.0;
/// The most lines of a paragraph that stands under the title.
const LEAD_LINES: usize = 5;

/// The first band: who, what, why and when on the start side, address and code on the other. Returns how many blocks of
/// the introduction stand in it.
pub fn head(composer: &mut Composer<'_>, sheet: &Sheet) -> usize {
    let mut band = composer.band(0.0);
    band.outline = Some(title_of(sheet, composer.chrome));
    // Where the head is low, so is what stands beside it.
    let is_low = sheet.landscape || (sheet.objective.is_none() && sheet.when.is_none() && sheet.mode.is_none());
    let beside = address_width(composer, is_low);
    let start = if composer.style.mark { composer.style.gutter() } else { 0.0 };
    let width = composer.width - start - beside;
    let top = organization(composer, &mut band, sheet.landscape, (start, width));
    let (title_middle, bottom) = title(composer, &mut band, sheet, (start, top, width));
    let bottom = purpose(composer, &mut band, sheet, (start, bottom, width));
    let (led, bottom) = lead(composer, &mut band, sheet, (start, bottom, width));
    let address_bottom = address(composer, &mut band, is_low);
    band.height = bottom.max(address_bottom);
    if composer.style.mark {
        post(composer, &mut band, title_middle);
    }
    composer.bands.push(band);
    led
}

/// The title, or what stands for it: every file and heading must have one.
pub fn title_of(sheet: &Sheet, chrome: &Chrome) -> String {
    let known = [sheet.title.trim(), chrome.address.trim()].into_iter().find(|title| !title.is_empty());
    known.unwrap_or("—").to_owned()
}

/// The line with its post: the guide's mark, level with the title.
fn post(composer: &Composer<'_>, band: &mut Band, middle: f32) {
    let x = composer.style.tick * MILLIMETRE / 2.0;
    band.marks.push(Mark::ornament((x, 0.0), 0.0, Shape::Down { height: band.height, thickness: 1.2, strong: true }));
    band.marks.push(Mark::ornament((x, middle), 0.0, Shape::Post));
}

/// Logo and name of the organization; returns where the title begins.
fn organization(composer: &mut Composer<'_>, band: &mut Band, is_landscape: bool, (x, width): (f32, f32)) -> f32 {
    let (mut x, mut height) = (x, 0.0);
    let name = composer.chrome.organization.clone().unwrap_or_default();
    // A sheet on its side has less height to spare.
    let tallest = if is_landscape { composer.style.logo.min(LOW_LOGO) } else { composer.style.logo };
    let logo = composer.chrome.logo.clone().and_then(|bytes| picture::read(composer, &bytes, "logo"));
    if let Some(image) = logo {
        let (w, h) = picture::fit(&image, (width / 3.0, tallest * MILLIMETRE));
        let says = composer.chrome.words.logo.replace("{organization}", &name);
        let node = composer.open(ROOT, Tag::Figure(Some(says)));
        let meaning = composer.tags.content(node);
        band.marks.push(Mark { x, y: 0.0, width: w, shape: Shape::Picture { image, height: h }, meaning, says: None });
        (x, height) = (x + w + 3.0 * MILLIMETRE, h);
    }
    if name.is_empty() {
        return if height > 0.0 { height + 3.0 * MILLIMETRE } else { 0.0 };
    }
    let look = Look { quiet: true, ..composer.look(composer.style.small) };
    let mut text = composer.set_plain(&name, look, width * 2.0 / 3.0);
    let y = (height - text.height()).max(0.0) / 2.0;
    let node = composer.open(ROOT, Tag::P);
    composer.draw(band, &mut text, (x, y), Under::Node(node));
    let gap = if height > 0.0 { 2.5 } else { 1.0 };
    height.max(text.height()) + gap * MILLIMETRE
}

/// Returns the middle of the title's first line, and its lower edge.
fn title(composer: &mut Composer<'_>, band: &mut Band, sheet: &Sheet, (x, y, width): (f32, f32, f32)) -> (f32, f32) {
    let look = Look { strong: true, leading: 1.15, ..composer.look(composer.style.title) };
    let words = title_of(sheet, composer.chrome);
    let mut text = composer.set_plain(&words, look, width);
    let node = composer.open(ROOT, tags::heading(1, &words));
    composer.draw(band, &mut text, (x, y), Under::Node(node));
    (y + text.first_line() / 2.0, y + text.height() + 1.5 * MILLIMETRE)
}

/// Objective, pause point and mode: a quiet list of two columns. Returns its lower edge.
fn purpose(composer: &mut Composer<'_>, band: &mut Band, sheet: &Sheet, (x, y, width): (f32, f32, f32)) -> f32 {
    let words = &composer.chrome.words;
    let mode = sheet.mode.map(|mode| match mode {
        Mode::ReadDo => words.read_do.clone(),
        Mode::DoConfirm => words.do_confirm.clone(),
    });
    let entries = [(&words.objective, sheet.objective.clone()), (&words.when, sheet.when.clone()), (&words.mode, mode)];
    let entries: Vec<(String, String)> =
        entries.into_iter().filter_map(|(label, text)| Some((label.clone(), text?))).collect();
    let added = sheet.added.then(|| words.added_sheet.clone());
    let quiet = Look { quiet: true, ..composer.look(composer.style.small) };
    let labels: Vec<Text> = entries.iter().map(|(label, _)| composer.set_plain(label, quiet, width / 3.0)).collect();
    let indent = labels.iter().map(|label| label.paragraph.width).fold(0.0, f32::max) + 4.0 * MILLIMETRE;
    let list = (!entries.is_empty()).then(|| composer.open(ROOT, Tag::L(ListNumbering::None)));
    let mut y = y;
    for ((_, words), mut label) in entries.iter().zip(labels) {
        let Some(list) = list else { break };
        let entry = composer.open(list, Tag::LI);
        let (name, body) = (composer.open(entry, Tag::Lbl), composer.open(entry, Tag::LBody));
        let mut text = composer.set_plain(words, composer.look(composer.style.text), width - indent);
        // Both stand on one baseline, though the label is smaller.
        let drop = baseline(&text) - baseline(&label);
        composer.draw(band, &mut label, (x, y + drop), Under::Node(name));
        composer.draw(band, &mut text, (x + indent, y), Under::Node(body));
        y += text.height().max(label.height()) + 0.8 * MILLIMETRE;
    }
    if let Some(words) = added {
        let node = composer.open(ROOT, Tag::P);
        let run = Inline { emphasis: true, ..Inline::plain(words) };
        let mut text = composer.set(&[run], quiet, width);
        composer.draw(band, &mut text, (x, y), Under::Node(node));
        y += text.height();
    }
    y
}

/// A short first paragraph belongs to the title: it stands under it. Returns the blocks that it took, and its lower edge.
fn lead(composer: &mut Composer<'_>, band: &mut Band, sheet: &Sheet, (x, y, width): (f32, f32, f32)) -> (usize, f32) {
    let Some(Block::Paragraph(runs)) = sheet.introduction.first() else { return (0, y) };
    // What leads to a list or a table stays with it.
    if !matches!(sheet.introduction.get(1), None | Some(Block::Paragraph(_) | Block::Heading(_))) {
        return (0, y);
    }
    let look = if sheet.landscape {
        Look { leading: 1.2, ..composer.look(composer.style.small) }
    } else {
        composer.look(composer.style.text)
    };
    let mut text = composer.set(runs, look, width.min(measure(look)));
    if text.paragraph.lines.len() > LEAD_LINES {
        return (0, y);
    }
    let node = composer.open(ROOT, Tag::P);
    let y = y + 1.0 * MILLIMETRE;
    composer.draw(band, &mut text, (x, y), Under::Node(node));
    (1, y + text.height())
}

/// No line is longer than one can read without losing the next.
pub fn measure(look: Look) -> f32 {
    look.size * 44.0
}

/// From the top of a text to the baseline of its first line.
pub fn baseline(text: &Text) -> f32 {
    text.paragraph.lines.first().map_or(0.0, |line| line.baseline)
}

/// The room that code and address take at the end edge, with what parts them from the title.
fn address_width(composer: &Composer<'_>, is_low: bool) -> f32 {
    if composer.chrome.url.is_none() {
        return 0.0;
    }
    let code = if is_low { composer.style.code + BESIDE_CODE } else { 0.0 };
    (ADDRESS_COLUMN.max(composer.style.code) + code + ALLEY) * MILLIMETRE
}

/// The code with the address under it, or beside it where the head is low; returns the lower edge. An address that is
/// none of the web stands in the foot.
fn address(composer: &mut Composer<'_>, band: &mut Band, is_low: bool) -> f32 {
    let Some(url) = composer.chrome.url.clone() else { return 0.0 };
    let column = ADDRESS_COLUMN.max(composer.style.code) * MILLIMETRE;
    let side = composer.style.code * MILLIMETRE;
    let drawn = code(composer, band, &url, (composer.width - side, side));
    let (x, y) = match (drawn, is_low) {
        (false, _) => (composer.width - column, 0.0),
        (true, true) => (composer.width - column - side - BESIDE_CODE * MILLIMETRE, 0.0),
        (true, false) => (composer.width - column, side + 3.0 * MILLIMETRE),
    };
    let (width, small, align) = (column, composer.look(composer.style.small), Alignment::End);
    let words = composer.chrome.words.check.clone();
    let look = Look { quiet: true, align, leading: 1.2, ..small };
    let mut check = composer.set_plain(&words, look, width);
    let node = composer.open(ROOT, Tag::P);
    composer.draw(band, &mut check, (x, y), Under::Node(node));
    let link = Inline { link: Some(Target::External(url.clone())), ..Inline::plain(printed(&url)) };
    let mut text = composer.set(&[link], Look { quiet: false, ..look }, width);
    let node = composer.open(ROOT, Tag::P);
    let top = y + check.height() + 0.5 * MILLIMETRE;
    composer.draw(band, &mut text, (x, top), Under::Node(node));
    (top + text.height()).max(if drawn { side } else { 0.0 })
}

/// The QR code of an address. One that is too long for a code is only printed.
fn code(composer: &mut Composer<'_>, band: &mut Band, url: &str, (x, side): (f32, f32)) -> bool {
    let Ok(code) = QRBuilder::new(url).ecl(ECL::M).build() else { return false };
    let mut dark = Vec::new();
    for row in 0..code.size {
        let mut column = 0;
        let modules = code.data.get(row * code.size..(row + 1) * code.size).unwrap_or_default();
        for run in modules.chunk_by(|one, other| one.value() == other.value()) {
            if run.first().is_some_and(|module| module.value()) {
                dark.push((row, column, run.len()));
            }
            column += run.len();
        }
    }
    let says = composer.chrome.words.code.replace("{url}", url);
    let node = composer.open(ROOT, Tag::Figure(Some(says)));
    let meaning = composer.tags.content(node);
    let shape = Shape::Code { side, modules: code.size, dark: Rc::new(dark) };
    band.marks.push(Mark { x, y: 0.0, width: side, shape, meaning, says: None });
    true
}

/// The head of every page but the first: the title and the address.
pub fn running_head(composer: &mut Composer<'_>, sheet: &Sheet) -> Band {
    let under = Under::Artifact(Meaning::Artifact(ArtifactType::Header));
    let mut band = composer.band(0.0);
    let look = Look { quiet: true, align: Alignment::End, ..composer.look(composer.style.small) };
    // Without an address of the web, the foot says where the sheet is found.
    let words = composer.chrome.url.as_deref().map(printed).unwrap_or_default().to_owned();
    let half = composer.width / 2.0;
    let mut address = on_one_line(composer, &words, look, half);
    composer.draw(&mut band, &mut address, (composer.width - half, 0.0), under);
    // The title has what the address leaves.
    let room = composer.width - address.paragraph.width - 8.0 * MILLIMETRE;
    let look = Look { strong: true, ..composer.look(composer.style.small) };
    let mut title = on_one_line(composer, &title_of(sheet, composer.chrome), look, room);
    composer.draw(&mut band, &mut title, (0.0, 0.0), under);
    band.height = title.height() + 1.2 * MILLIMETRE;
    band.marks.push(composer.style.hairline(0.0, band.height, composer.width));
    band
}

/// The foot of a page: stamp and revision, then the page's number.
pub fn foot(composer: &mut Composer<'_>, stamp: &str, revised: Option<&str>, (page, pages): (usize, usize)) -> Band {
    let under = Under::Artifact(Meaning::Artifact(ArtifactType::Footer));
    let mut band = composer.band(0.0);
    let words = composer.chrome.words.clone();
    let mut left = vec![words.stamp.replace("{stamp}", stamp)];
    left.extend(revised.map(|date| words.revised.replace("{date}", date)));
    if composer.chrome.url.is_none() && !composer.chrome.address.is_empty() {
        left.push(composer.chrome.address.clone());
    }
    // From right to left, two words of Latin beside each other would change places but for the marks of direction.
    let left = left.join(if composer.rtl { "  \u{200F}·\u{200F}  " } else { "  ·  " });
    let right = words.page.replace("{page}", &page.to_string()).replace("{pages}", &pages.to_string());
    let look = composer.look(composer.style.small);
    band.height = FOOT * MILLIMETRE;
    let half = composer.width / 2.0;
    let mut right = composer.set_plain(&right, Look { align: Alignment::End, ..look }, half);
    let room = composer.width - right.paragraph.width - 6.0 * MILLIMETRE;
    let mut left = on_one_line(composer, &left, look, room);
    let y = band.height - left.height();
    composer.draw(&mut band, &mut left, (0.0, y), under);
    composer.draw(&mut band, &mut right, (composer.width - half, y), under);
    band.marks.push(composer.style.hairline(0.0, y - 1.0 * MILLIMETRE, composer.width));
    band
}

/// A text cut to its first line, with an ellipsis where something is left out.
fn on_one_line(composer: &mut Composer<'_>, words: &str, look: Look, width: f32) -> Text {
    let whole = composer.set_plain(words, look, width);
    let (Some(first), Some(_)) = (whole.paragraph.lines.first(), whole.paragraph.lines.get(1)) else { return whole };
    let mut kept = whole.paragraph.text.get(first.range.clone()).unwrap_or_default().trim_end().to_owned();
    // Room for the ellipsis; a few characters are always enough.
    for _ in 0..3 {
        kept.pop();
    }
    composer.set_plain(&format!("{}…", kept.trim_end()), look, width)
}
