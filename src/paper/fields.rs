//! Labelled lines to write on.
//!
//! In: fields. Out: a band for each, its label beside the first line or above it, as the style says.

use krilla::tagging::{ListNumbering, Tag};

use super::compose::{Composer, Text, Under};
use super::style::{Labels, MILLIMETRE};
use super::tags::ROOT;
use super::text::Look;
use crate::model::sheet::Field;

/// Between one line and the next, millimetres; never under the least height of a row.
const PITCH: f32 = 9.0;

/// Lays out fields.
pub fn fields(composer: &mut Composer<'_>, fields: &[Field]) {
    let style = composer.style;
    let look = composer.look(style.text);
    let beside = style.labels == Labels::Beside;
    let widest = if beside { composer.width * 0.35 } else { composer.width };
    let texts: Vec<Text> =
        fields.iter().map(|field| composer.set_plain(&field.label, Look { leading: 1.2, ..look }, widest)).collect();
    let column = texts.iter().map(|text| text.paragraph.width).fold(30.0 * MILLIMETRE, f32::max) + 4.0 * MILLIMETRE;
    let list = (!fields.is_empty()).then(|| composer.open(ROOT, Tag::L(ListNumbering::None)));
    let pitch = PITCH.max(style.row) * MILLIMETRE;
    for (number, (field, mut text)) in fields.iter().zip(texts).enumerate() {
        let Some(list) = list else { return };
        let entry = composer.open(list, Tag::LI);
        let node = composer.open(entry, Tag::LBody);
        // Lines that belong together stand closer than those of the next field.
        let before = number.checked_sub(1).and_then(|before| fields.get(before));
        let gap = if number == 0 {
            5.0
        } else if before.is_some_and(|before| before.lines > 1) {
            4.0
        } else {
            1.0
        };
        let mut band = composer.band(gap * MILLIMETRE);
        let (x, top) = if beside { (column, 0.0) } else { (0.0, text.height()) };
        let lines = f32::from(field.lines.max(1));
        // A label of more lines than its field grows downwards from the field's first line.
        let y = if beside { pitch - text.first_line() - 0.5 * MILLIMETRE } else { 1.0 * MILLIMETRE };
        composer.draw(&mut band, &mut text, (0.0, y), Under::Node(node));
        for line in 0..field.lines.max(1) {
            let y = top + f32::from(line + 1) * pitch;
            band.marks.push(style.hairline(x, y, composer.width - x));
        }
        band.height = (top + lines * pitch).max(y + text.height()) + 1.0 * MILLIMETRE;
        composer.bands.push(band);
    }
}
