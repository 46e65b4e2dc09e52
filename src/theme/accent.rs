//! The accent colour: whether text in it can be read, and what it becomes on other grounds.
//!
//! In: the setting. Out: the tokens that a stylesheet takes the accent from, and what is wrong with it. Text needs 4.5 to 1
//! (WCAG 2.2, success criterion 1.4.3); in the dark, and where a reader asks for more contrast, it gets 7.

use super::colour::{Colour, WHITE};
use crate::diagnostic::{Diagnostic, Rule};
use crate::source::{Place, Spanned};

/// The ground of pages in the dark theme, as in `10-tokens.css`.
const DARK: Colour = Colour([0x15, 0x14, 0x12]);
/// What text needs.
const ENOUGH: f64 = 4.5;
/// What text has where it is more than enough.
const MORE: f64 = 7.0;

/// The accent on light and on dark ground and with more contrast, as a stylesheet of tokens; the accent itself; and what
/// is wrong with it.
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
        Some(colour) if colour.contrast(WHITE) < ENOUGH => {
            let better = colour.readable(WHITE, ENOUGH);
            let message = format!(
                "text in {} has a contrast of {} to 1 on white; it needs 4.5",
                colour.hex(),
                ratio(colour.contrast(WHITE))
            );
            let range = place().range();
            let diagnostic = Diagnostic::new(Rule::AccentContrast, place(), message)
                .hint(format!("the nearest that passes is `\"{}\"`", better.hex()))
                .patch(range, format!("\"{}\"", better.hex()));
            (better, Some(diagnostic))
        }
        Some(colour) => (colour, None),
    };
    let (dark, more) = (colour.readable(DARK, MORE), colour.readable(WHITE, MORE));
    let tokens = format!(
        ":root{{--accent:{};--accent-dark-theme:{};--accent-more-contrast:{}}}\n",
        colour.hex(),
        dark.hex(),
        more.hex()
    );
    (tokens, colour, diagnostic)
}

/// A ratio with one decimal, cut rather than rounded, so that 4.49 is not told as the 4.5 that it misses.
pub fn ratio(contrast: f64) -> String {
    format!("{:.1}", (contrast * 10.0).floor() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pale_accent_is_refused_with_one_that_passes() {
        let (_, colour, diagnostic) = tokens(&Spanned::new("#8ecae6".into(), 0..9), "content/site.yaml");
        assert!(colour.contrast(WHITE) >= ENOUGH);
        let diagnostic = diagnostic.unwrap();
        assert_eq!(diagnostic.rule, Rule::AccentContrast);
        assert!(diagnostic.hint.unwrap().contains(&colour.hex()));
    }

    #[test]
    fn what_just_misses_is_not_told_as_what_it_misses() {
        assert_eq!(ratio(4.499), "4.4");
    }
}
