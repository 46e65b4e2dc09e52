//! What a theme may choose about its sheets, read from `paper.yaml`, and the limits that it can't cross.
//!
//! In: YAML through serde. Out: a [`Style`] whose every size is one that can be read, ticked and written on. Type is
//! measured in points, what one writes on in millimetres. It knows nothing of tags: those no theme can change.

use serde::{Deserialize, Deserializer};

use super::{Fault, FaultKind};
use crate::source::Place;

/// One millimetre in points.
pub const MILLIMETRE: f32 = 72.0 / 25.4;

/// The look of all sheets.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Style {
    /// The sheet's title, points.
    pub title: f32,
    /// Headings of groups, points.
    pub heading: f32,
    /// Items, points.
    pub item: f32,
    /// Introduction, objective, cells, points.
    pub text: f32,
    /// Hints, notes, heads of columns, footer, points.
    pub small: f32,
    /// Height of a line against its type.
    pub leading: f32,
    /// Side of a tick box, millimetres.
    #[serde(rename = "box")]
    pub tick: f32,
    /// Line of a tick box, points.
    pub box_line: f32,
    /// Column for who does it, millimetres.
    pub owner: f32,
    /// Column for when, millimetres.
    pub date: f32,
    /// Column for who says so, millimetres.
    pub initials: f32,
    /// Least height of a row, millimetres.
    pub row: f32,
    /// Least height of a row in which one signs, millimetres.
    pub signature: f32,
    /// Side of the QR code, millimetres, its quiet zone not counted.
    pub code: f32,
    /// Greatest height of the logo, millimetres.
    pub logo: f32,
    /// Line of rules and tables, points.
    pub rule_line: f32,
    /// Where the label of a field stands.
    pub labels: Labels,
    /// Whether the line with the post stands beside the title.
    pub mark: bool,
    /// Text, boxes and bars.
    pub ink: Ink,
    /// What is secondary.
    pub quiet: Ink,
    /// Rules and the lines of tables.
    pub rule: Ink,
}

/// Where the label of a field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Labels {
    /// Left of its first line.
    Beside,
    /// Over its first line.
    Above,
}

/// A colour, written `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink(pub [u8; 3]);

impl Default for Style {
    fn default() -> Self {
        Self {
            title: 23.0,
            heading: 13.5,
            item: 12.0,
            text: 11.0,
            small: 10.0,
            leading: 1.3,
            tick: 5.5,
            box_line: 1.2,
            owner: 40.0,
            date: 25.0,
            initials: 16.0,
            row: 10.0,
            signature: 13.0,
            code: 25.0,
            logo: 11.0,
            rule_line: 0.5,
            labels: Labels::Beside,
            mark: true,
            ink: Ink([0, 0, 0]),
            quiet: Ink([0x40, 0x40, 0x40]),
            rule: Ink([0x70, 0x70, 0x70]),
        }
    }
}

impl Style {
    /// The style with every value inside its limits, and a fault for each that was not.
    pub fn within_limits(mut self, place: &Place) -> (Self, Vec<Fault>) {
        let mut outside = Vec::new();
        for (key, value, least, most) in self.limits() {
            if !(least..=most).contains(value) {
                // Something that is no number becomes the least value.
                *value = if *value > most { most } else { least };
                outside.push((key, *value));
            }
        }
        for (key, ink, darkest) in
            [("ink", &mut self.ink, 0x40), ("quiet", &mut self.quiet, 0x59), ("rule", &mut self.rule, 0x90)]
        {
            if ink.lightness() > darkest {
                *ink = Ink([darkest; 3]);
                outside.push((key, f32::from(darkest)));
            }
        }
        let fault = |(key, used)| Fault { kind: FaultKind::OutOfLimits { key, used }, place: place.clone() };
        (self, outside.into_iter().map(fault).collect())
    }

    /// Every number, with the least and the greatest that it may be.
    fn limits(&mut self) -> [(&'static str, &mut f32, f32, f32); 16] {
        [
            ("title", &mut self.title, 14.0, 40.0),
            ("heading", &mut self.heading, 12.0, 24.0),
            ("item", &mut self.item, 12.0, 20.0),
            ("text", &mut self.text, 10.0, 20.0),
            ("small", &mut self.small, 10.0, 14.0),
            ("leading", &mut self.leading, 1.15, 2.0),
            ("box", &mut self.tick, 5.0, 9.0),
            ("box_line", &mut self.box_line, 1.0, 3.0),
            ("owner", &mut self.owner, 40.0, 60.0),
            ("date", &mut self.date, 25.0, 40.0),
            ("initials", &mut self.initials, 15.0, 25.0),
            ("row", &mut self.row, 8.0, 40.0),
            ("signature", &mut self.signature, 8.0, 40.0),
            ("code", &mut self.code, 25.0, 40.0),
            ("logo", &mut self.logo, 5.0, 25.0),
            ("rule_line", &mut self.rule_line, 0.35, 2.0),
        ]
    }
}

impl Ink {
    /// How light it prints on a machine without colour, 0 to 255.
    fn lightness(self) -> u8 {
        let [red, green, blue] = self.0.map(f32::from);
        (0.299 * red + 0.587 * green + 0.114 * blue) as u8
    }
}

impl<'de> Deserialize<'de> for Ink {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let part = |range| text.get(range).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (text.strip_prefix('#'), part(1..3), part(3..5), part(5..7)) {
            (Some(digits), Some(red), Some(green), Some(blue)) if digits.len() == 6 => Ok(Self([red, green, blue])),
            _ => Err(serde::de::Error::custom(format!("`{text}` is no colour: write it like \"#404040\""))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_small_or_too_light_is_set_right_and_named() {
        let style: Style = serde_yaml::from_str("{item: 9, box: .nan, quiet: \"#cccccc\"}").unwrap();
        let (style, faults) = style.within_limits(&Place::file("paper.yaml"));
        assert_eq!((style.item, style.tick, style.quiet), (12.0, 5.0, Ink([0x59; 3])));
        assert_eq!(faults.len(), 3);
    }

    #[test]
    fn the_defaults_are_within_the_limits() {
        assert_eq!(Style::default().within_limits(&Place::file("paper.yaml")).1, []);
    }

    #[test]
    fn the_themes_own_file_says_the_defaults() {
        let text = include_str!("../../themes/default/paper.yaml");
        assert_eq!(serde_yaml::from_str::<Style>(text).unwrap(), Style::default());
    }
}
