//! Pictures: logos and the images of an introduction.
//!
//! In: the bytes of a PNG or JPEG file. Out: a picture that can be drawn, or a fault that names the file. Whether its
//! pixels can be read shows only when it is written; a picture that failed then is left out of a second attempt.

use std::sync::Arc;

use krilla::image::Image;

use super::compose::Composer;
use super::style::MILLIMETRE;
use super::{Fault, FaultKind};

/// Pixels that are printed on an inch where there is room.
const PIXELS_PER_INCH: f32 = 150.0;

/// Reads a picture; what is none is named and left out.
pub fn read(composer: &mut Composer<'_>, bytes: &Arc<[u8]>, name: &str) -> Option<Image> {
    let data = || krilla::Data::from(bytes.to_vec());
    if composer.unreadable.iter().any(|unreadable| unreadable == name) {
        return None;
    }
    let image = match bytes.first_chunk() {
        Some([0x89, b'P', b'N', b'G']) => Image::from_png(data(), false).ok(),
        Some([0xFF, 0xD8, 0xFF, _]) => Image::from_jpeg(data(), false).ok(),
        _ => None,
    };
    let image = image.filter(|image| image.size().0 > 0 && image.size().1 > 0);
    if image.is_none() {
        let kind = FaultKind::BadImage { name: name.to_owned() };
        composer.faults.push(Fault { kind, place: composer.place.clone() });
    }
    composer.pictures.extend(image.clone().map(|image| (image, name.to_owned())));
    image
}

/// Width and height of a picture in a room: its own size, or smaller.
pub fn fit(image: &Image, (width, height): (f32, f32)) -> (f32, f32) {
    let (own_width, own_height) = image.size();
    let own = |pixels: u32| pixels as f32 * 72.0 / PIXELS_PER_INCH;
    let scale = (width / own(own_width)).min(height / own(own_height)).min(1.0);
    ((own(own_width) * scale).max(1.0), (own(own_height) * scale).max(1.0))
}

/// The most height that a picture of an introduction takes.
pub const TALLEST: f32 = 90.0 * MILLIMETRE;
