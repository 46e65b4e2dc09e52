//! The accent colour: whether text in it can be read, and what it becomes on a dark ground.
//!
//! Contrast is WCAG 2.2's ratio of relative luminances; text needs 4.5 to 1 (success criterion 1.4.3).

use crate::diagnostic::{Diagnostic, Rule};
use crate::source::{Place, Spanned};

/// The ground of pages in the light theme.
const LIGHT: Colour = Colour([255, 255, 255]);
/// The lightest ground on which the dark theme sets the accent.
const DARK: Colour = Colour([38, 38, 36]);
/// What text needs.
const ENOUGH: f64 = 4.5;

/// A colour, as sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

impl Colour {
    /// Reads `#rgb` or `#rrggbb`.
    pub fn read(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('#')?;
        let wide = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 => digits.to_owned(),
            _ => return None,
        };
        let number = u32::from_str_radix(&wide, 16).ok()?.to_be_bytes();
        Some(Self([number[1], number[2], number[3]]))
    }

    /// `#rrggbb`.
    pub fn hex(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// The ratio of contrast with another colour, from 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance() + 0.05, other.luminance() + 0.05);
        if one > other { one / other } else { other / one }
    }

    fn luminance(self) -> f64 {
        let linear = self.0.map(|channel| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    /// Mixed with another colour; `share` of it, from 0 to 1.
    fn mixed(self, other: Self, share: f64) -> Self {
        let mut channels = self.0;
        for (channel, other) in channels.iter_mut().zip(other.0) {
            let mixed = f64::from(*channel) * (1.0 - share) + f64::from(other) * share;
            *channel = mixed.round().clamp(0.0, 255.0) as u8;
        }
        Self(channels)
    }

    /// The nearest mix with `towards` that text can be read in on `ground`.
    fn readable(self, ground: Self, towards: Self) -> Self {
        let steps = (0..=100).map(|step| self.mixed(towards, f64::from(step) / 100.0));
        steps.into_iter().find(|colour| colour.contrast(ground) >= ENOUGH).unwrap_or(towards)
    }
}

/// The accent on light and on dark ground, as a stylesheet of two tokens; and what is wrong with it.
pub fn tokens(accent: &Spanned<String>, path: &str) -> (String, Colour, Option<Diagnostic>) {
    let place = || Place::new(path.into(), accent.range());
    let (colour, diagnostic) = match Colour::read(&accent.value) {
        None => (
            Colour([0, 90, 156]),
            Some(
                Diagnostic::new(Rule::BadValue, place(), format!("`{}` is not a colour", accent.value))
                    .hint("write six hexadecimal digits in quotes: `accent: \"#005a9c\"`"),
            ),
        ),
        Some(colour) if colour.contrast(LIGHT) < ENOUGH => {
            let better = colour.readable(LIGHT, Colour([0, 0, 0]));
            let message = format!(
                "text in {} has a contrast of {:.1} to 1 on white; it needs 4.5",
                colour.hex(),
                colour.contrast(LIGHT)
            );
            let range = place().range();
            let diagnostic = Diagnostic::new(Rule::AccentContrast, place(), message)
                .hint(format!("the nearest that passes is `\"{}\"`", better.hex()))
                .patch(range, format!("\"{}\"", better.hex()));
            (better, Some(diagnostic))
        }
        Some(colour) => (colour, None),
    };
    let dark = colour.readable(DARK, Colour([255, 255, 255]));
    (format!(":root{{--accent:{};--accent-dark-theme:{}}}\n", colour.hex(), dark.hex()), colour, diagnostic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((Colour([0, 0, 0]).contrast(LIGHT) - 21.0).abs() < 1e-9);
        assert!((Colour::read("#767676").unwrap().contrast(LIGHT) - 4.54).abs() < 0.01);
        assert_eq!(Colour::read("#05c").unwrap().hex(), "#0055cc");
    }

    #[test]
    fn a_pale_accent_is_refused_with_the_nearest_that_passes() {
        let (_, colour, diagnostic) = tokens(&Spanned::new("#8ecae6".into(), 0..9), "content/site.yaml");
        assert!(colour.contrast(LIGHT) >= ENOUGH);
        assert_eq!(diagnostic.unwrap().rule, Rule::AccentContrast);
    }

    proptest::proptest! {
        #[test]
        fn every_accent_is_readable_in_the_end(channels: [u8; 3]) {
            let light = Colour(channels).readable(LIGHT, Colour([0, 0, 0]));
            let dark = Colour(channels).readable(DARK, Colour([255, 255, 255]));
            proptest::prop_assert!(light.contrast(LIGHT) >= ENOUGH && dark.contrast(DARK) >= ENOUGH);
        }
    }
}
