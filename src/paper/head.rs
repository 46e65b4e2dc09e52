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
use crate::model::sheet::{Inline, Mode, Sheet, Target};

/// Height of the running head from the second page on, millimetres.
pub const RUNNING_HEAD: f32 = 10.0;
/// Height of the foot of each page, millimetres.
pub const FOOT: f32 = 7.0;
/// The column of address and code, millimetres.
const ADDRESS_COLUMN: f32 = 42.0;
/// Between title and address, millimetres.
const ALLEY: f32 = 8.0;

/// The first band: who, what, why and when on the start side, address and code on the other.
pub fn head(composer: &mut Composer<'_>, sheet: &Sheet) {
    let mut band = composer.band(0.0);
    band.outline = Some(title_of(sheet, composer.chrome));
    let beside = address_width(composer, sheet.landscape);
    let start = if composer.style.mark { composer.style.gutter() } else { 0.0 };
    let width = composer.width - start - beside - ALLEY * MILLIMETRE;
    let top = organization(composer, &mut band, start, width);
    let (title_middle, bottom) = title(composer, &mut band, sheet, (start, top, width));
    let bottom = purpose(composer, &mut band, sheet, (start, bottom, width));
    let address_bottom = address(composer, &mut band, sheet.landscape, beside);
    band.height = bottom.max(address_bottom);
    if composer.style.mark {
        post(composer, &mut band, title_middle);
    }
    composer.bands.push(band);
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
fn organization(composer: &mut Composer<'_>, band: &mut Band, x: f32, width: f32) -> f32 {
    let (mut x, mut height) = (x, 0.0);
    let name = composer.chrome.organization.clone().unwrap_or_default();
    let logo = composer.chrome.logo.clone().and_then(|bytes| picture::read(composer, &bytes, "logo"));
    if let Some(image) = logo {
        let (w, h) = picture::fit(&image, (width / 3.0, composer.style.logo * MILLIMETRE));
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
    let gap = if height > 0.0 { 3.0 } else { 1.0 };
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

/// From the top of a text to the baseline of its first line.
pub fn baseline(text: &Text) -> f32 {
    text.paragraph.lines.first().map_or(0.0, |line| line.baseline)
}

/// The room that address and code take at the end edge.
fn address_width(composer: &Composer<'_>, landscape: bool) -> f32 {
    let code = if composer.chrome.url.is_some() && landscape { composer.style.code + 5.0 } else { 0.0 };
    (ADDRESS_COLUMN.max(composer.style.code) + code) * MILLIMETRE
}

/// The code with the address under it, or beside it where height is dear; returns the lower edge.
fn address(composer: &mut Composer<'_>, band: &mut Band, landscape: bool, width: f32) -> f32 {
    let x = composer.width - width;
    let small = composer.look(composer.style.small);
    let Some(url) = composer.chrome.url.clone() else {
        let words = composer.chrome.address.clone();
        let mut text = composer.set_plain(&words, Look { quiet: true, align: Alignment::End, ..small }, width);
        let node = composer.open(ROOT, Tag::P);
        composer.draw(band, &mut text, (x, 0.0), Under::Node(node));
        return text.height();
    };
    let side = composer.style.code * MILLIMETRE;
    let drawn = code(composer, band, &url, (composer.width - side, side));
    let (y, width) = match (drawn, landscape) {
        (false, _) => (0.0, width),
        (true, true) => (0.0, width - side - 4.0 * MILLIMETRE),
        (true, false) => (side + 3.0 * MILLIMETRE, width),
    };
    let align = Alignment::End;
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
    let words = printed(composer.chrome.url.as_deref().unwrap_or(&composer.chrome.address)).to_owned();
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
    let mut left = words.stamp.replace("{stamp}", stamp);
    if let Some(date) = revised {
        left = format!("{left}  ·  {}", words.revised.replace("{date}", date));
    }
    let right = words.page.replace("{page}", &page.to_string()).replace("{pages}", &pages.to_string());
    let look = composer.look(composer.style.small);
    let half = composer.width / 2.0 - 2.0 * MILLIMETRE;
    band.height = FOOT * MILLIMETRE;
    let mut left = on_one_line(composer, &left, look, half);
    let y = band.height - left.height();
    composer.draw(&mut band, &mut left, (0.0, y), under);
    let mut right = composer.set_plain(&right, Look { align: Alignment::End, ..look }, half);
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
