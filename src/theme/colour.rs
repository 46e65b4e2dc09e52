//! Colours: their contrast, and the nearest one that has enough of it.
//!
//! In: colours as CSS writes them in hexadecimal digits. Out: WCAG 2.2's ratio of relative luminances, and colours that
//! are shifted in OKLab, where equal steps look equal (Björn Ottosson, 2020), so that a hue stays what it is.

/// White, the ground of pages in the light theme.
pub const WHITE: Colour = Colour([255, 255, 255]);

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

    /// The nearest colour that has a contrast of `enough` on `ground`: this one where it does, else darker on light ground
    /// and lighter on dark ground. Black or white where no colour has it.
    pub fn readable(self, ground: Self, enough: f64) -> Self {
        if self.contrast(ground) >= enough {
            return self;
        }
        let [from, a, b] = self.lab();
        let to = if ground.luminance() > 0.18 { 0.0 } else { 1.0 };
        let steps = (1..=1000).map(|step| from + (to - from) * f64::from(step) / 1000.0);
        let mut shades = steps.map(|lightness| Self::of_lab([lightness, a, b]));
        shades.find(|shade| shade.contrast(ground) >= enough).unwrap_or_else(|| Self::of_lab([to, 0.0, 0.0]))
    }

    fn linear(self) -> [f64; 3] {
        self.0.map(|channel| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// Lightness from 0 to 1, and the two axes of hue.
    fn lab(self) -> [f64; 3] {
        let [red, green, blue] = self.linear();
        let long = (0.412_221_47 * red + 0.536_332_54 * green + 0.051_445_99 * blue).cbrt();
        let middle = (0.211_903_5 * red + 0.680_699_55 * green + 0.107_396_96 * blue).cbrt();
        let short = (0.088_302_46 * red + 0.281_718_84 * green + 0.629_978_7 * blue).cbrt();
        [
            0.210_454_26 * long + 0.793_617_8 * middle - 0.004_072_05 * short,
            1.977_998_5 * long - 2.428_592_2 * middle + 0.450_593_7 * short,
            0.025_904_04 * long + 0.782_771_77 * middle - 0.808_675_77 * short,
        ]
    }

    /// The colour at a place in OKLab; where the screen can't show it, the most colourful of the same hue that it can.
    fn of_lab([lightness, a, b]: [f64; 3]) -> Self {
        let shares = (0..=50).rev().map(|share| f64::from(share) / 50.0);
        let mut shown = shares.filter_map(|share| channels([lightness, a * share, b * share]));
        Self(shown.next().unwrap_or_default())
    }
}

/// The channels of a place in OKLab, if it is a colour of sRGB.
fn channels([lightness, a, b]: [f64; 3]) -> Option<[u8; 3]> {
    let long = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
    let middle = (lightness - 0.105_561_35 * a - 0.063_854_17 * b).powi(3);
    let short = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
    let linear = [
        4.076_741_7 * long - 3.307_711_6 * middle + 0.230_969_93 * short,
        -1.268_438 * long + 2.609_757_4 * middle - 0.341_319_4 * short,
        -0.004_196_09 * long - 0.703_418_6 * middle + 1.707_614_7 * short,
    ];
    let mut channels = [0; 3];
    for (channel, linear) in channels.iter_mut().zip(linear) {
        if !(-0.002..=1.002).contains(&linear) {
            return None;
        }
        let linear = linear.clamp(0.0, 1.0);
        let value = if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
        *channel = (value * 255.0).round().clamp(0.0, 255.0) as u8;
    }
    Some(channels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((Colour([0, 0, 0]).contrast(WHITE) - 21.0).abs() < 1e-9);
        assert!((Colour::read("#767676").unwrap().contrast(WHITE) - 4.54).abs() < 0.01);
        assert_eq!(Colour::read("#05c").unwrap().hex(), "#0055cc");
    }

    fn distance(one: Colour, other: Colour) -> f64 {
        let squares = one.lab().into_iter().zip(other.lab()).map(|(one, other)| (one - other).powi(2));
        squares.sum::<f64>().sqrt()
    }

    /// Against every fifth colour that there is.
    #[test]
    fn the_colour_that_is_named_is_the_nearest_that_passes() {
        let every = || (0..=255).step_by(5);
        for pale in ["#8ecae6", "#f4a261", "#ff0000", "#7fbf7f", "#ffd60a", "#bbbbbb"] {
            let pale = Colour::read(pale).unwrap();
            let named = pale.readable(WHITE, 4.5);
            let all = every().flat_map(|r| every().flat_map(move |g| every().map(move |b| Colour([r, g, b]))));
            let passing = all.filter(|colour| colour.contrast(WHITE) >= 4.5);
            let nearest = passing.min_by(|one, other| distance(*one, pale).total_cmp(&distance(*other, pale))).unwrap();
            let (told, best) = (distance(named, pale), distance(nearest, pale));
            assert!(told <= best + 0.01, "{}: {} is {told}, {} is {best}", pale.hex(), named.hex(), nearest.hex());
        }
    }

    proptest::proptest! {
        #[test]
        fn every_colour_is_readable_in_the_end(channels: [u8; 3], ground: [u8; 3]) {
            let shade = Colour(channels).readable(Colour(ground), 4.5);
            proptest::prop_assert!(shade.contrast(Colour(ground)) >= 4.5);
        }

        #[test]
        fn a_colour_comes_back_from_where_it_stands(channels: [u8; 3]) {
            proptest::prop_assert_eq!(Colour::of_lab(Colour(channels).lab()), Colour(channels));
        }
    }
}
