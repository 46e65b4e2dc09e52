//! How large a picture is, from its first bytes.
//!
//! In: the beginning of a file. Out: width and height, so that a browser keeps room for the picture before it comes; nothing
//! where they can't be told, or are not what a browser would show.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::model::site::Pixels;

/// So many bytes of a file are looked at. A JPEG may have colours and notes before its size.
pub const HEAD: u64 = 32 * 1024;

/// Whether files with such an ending (in small letters) are pictures that a page shows.
pub fn is_picture(ending: &str) -> bool {
    matches!(ending, "png" | "jpg" | "jpeg" | "gif" | "webp" | "avif" | "svg")
}

/// The size of the picture that begins with these bytes.
pub fn pixels(head: &[u8]) -> Option<Pixels> {
    // What may say that the picture is shown turned by a quarter, as cameras do.
    static TURNED: LazyLock<Option<AhoCorasick>> =
        LazyLock::new(|| AhoCorasick::new(["Exif", "eXIf", "EXIF", "irot"]).ok());
    if TURNED.as_ref().is_none_or(|turned| turned.is_match(head)) {
        return None;
    }
    let pixels = match imagesize::blob_size(head) {
        Ok(size) => Pixels { width: u32::try_from(size.width).ok()?, height: u32::try_from(size.height).ok()? },
        Err(_) => drawing(head)?,
    };
    (pixels.width > 0 && pixels.height > 0).then_some(pixels)
}

/// The size that an SVG gives itself. One that has none takes the room that there is.
fn drawing(head: &[u8]) -> Option<Pixels> {
    let text = String::from_utf8_lossy(head);
    let (_, rest) = text.split_once("<svg")?;
    let (tag, _) = rest.split_once('>')?;
    let attribute = |name: &str| {
        let (_, rest) = tag.match_indices(name).map(|(at, _)| tag.split_at(at)).find(|(before, rest)| {
            before.ends_with(char::is_whitespace) && rest[name.len()..].trim_start().starts_with('=')
        })?;
        let value = rest[name.len()..].trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let value = value[1..].split(quote).next()?.trim();
        value.strip_suffix("px").unwrap_or(value).parse::<f64>().ok().filter(|pixels| *pixels < f64::from(u16::MAX))
    };
    let whole = |pixels: f64| pixels.round() as u32;
    Some(Pixels { width: whole(attribute("width")?), height: whole(attribute("height")?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_has_the_size_that_it_gives_itself() {
        let size = |text: &str| pixels(text.as_bytes()).map(|pixels| (pixels.width, pixels.height));
        assert_eq!(size("<?xml version='1.0'?>\n<svg\n width=\"120px\" height = '60.4'>"), Some((120, 60)));
        assert_eq!(size("<svg stroke-width=\"3\" viewBox=\"0 0 9 9\">"), None);
        assert_eq!(size("<svg width=\"100%\" height=\"60\">"), None);
        assert_eq!(size("<svg width=\"0\" height=\"60\">"), None);
        assert_eq!(size("<svg width=\"9\" height=\"6"), None);
    }

    #[test]
    fn pictures_of_all_kinds_say_how_large_they_are() {
        macro_rules! corpus {
            ($name:literal) => {
                pixels(include_bytes!(concat!("../../fuzz/corpus/picture/", $name)))
            };
        }
        let all = [
            corpus!("plain.png"),
            corpus!("plain.gif"),
            corpus!("plain.jpg"),
            corpus!("progressive.jpg"),
            corpus!("lossy.webp"),
            corpus!("lossless.webp"),
            corpus!("extended.webp"),
            corpus!("plain.avif"),
        ];
        assert_eq!(all, [Some(Pixels { width: 12, height: 7 }); 8]);
        // A browser shows this one turned by a quarter.
        assert_eq!(corpus!("turned.jpg"), None);
    }
}
