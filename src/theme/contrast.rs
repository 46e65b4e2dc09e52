//! Whether what a stylesheet's colours are for can be seen: text on its ground, lines and marks on theirs.
//!
//! In: the files of the stylesheet in their order. Out: every pair of functional colours that lacks contrast, in each look
//! (light, dark, more contrast, print). Only the tokens of `:root` are read, and only what is plainly a colour there,
//! `#rrggbb` or `var(--other)`; what is written otherwise is left alone.

use std::collections::BTreeMap;
use std::ops::Range;

use super::accent::ratio;
use super::colour::Colour;
use crate::diagnostic::{Diagnostic, Rule};
use crate::source::Place;

/// A file of the stylesheet.
pub struct Sheet {
    /// Its path from the site's root.
    pub path: String,
    /// Whether the site wrote it; what is wrong is told of its own colours alone.
    pub is_own: bool,
    /// What it says, with the line ends of Unix.
    pub text: String,
}

/// A way in which pages are looked at: its name, what holds of it, and whether a reader asked for more contrast.
struct Look {
    name: &'static str,
    holds: &'static [&'static str],
    more: bool,
}

const LOOKS: &[Look] = &[
    Look { name: "in the light theme", holds: &["screen", "prefers-color-scheme: light"], more: false },
    Look { name: "in the dark theme", holds: &["screen", "prefers-color-scheme: dark"], more: false },
    Look {
        name: "in the light theme with more contrast",
        holds: &["screen", "prefers-color-scheme: light", "prefers-contrast: more"],
        more: true,
    },
    Look {
        name: "in the dark theme with more contrast",
        holds: &["screen", "prefers-color-scheme: dark", "prefers-contrast: more"],
        more: true,
    },
    Look { name: "in print", holds: &["print", "prefers-color-scheme: light"], more: false },
];

/// What is seen on what, and the contrast that it needs; text needs 7 where a reader asks for more.
const PAIRS: &[(&str, &str, f64)] = &[
    ("--ink", "--ground", 4.5),
    ("--ink-secondary", "--ground", 4.5),
    ("--link", "--ground", 4.5),
    ("--ink", "--marked", 4.5),
    ("--rule", "--ground", 3.0),
    ("--focus", "--ground", 3.0),
];
const MORE: f64 = 7.0;

/// A token that is set.
struct Token<'a> {
    sheet: usize,
    is_layered: bool,
    /// What must hold for it to count.
    conditions: Vec<&'a str>,
    name: &'a str,
    value: &'a str,
    range: Range<usize>,
}

/// Pairs of colours that lack contrast and that the site has a part in, each in the first look in which they do.
pub fn check(sheets: &[Sheet]) -> Vec<Diagnostic> {
    let mut told = BTreeMap::new();
    for fault in faults(sheets) {
        let Some(place) = fault.own else { continue };
        told.entry((place.clone(), fault.pair))
            .or_insert_with(|| Diagnostic::new(Rule::ThemeContrast, place, fault.message).hint(fault.hint));
    }
    told.into_values().collect()
}

struct Fault {
    pair: usize,
    /// Where the site sets one of the two.
    own: Option<Place>,
    message: String,
    hint: String,
}

fn faults(sheets: &[Sheet]) -> Vec<Fault> {
    let mut tokens: Vec<Token> =
        sheets.iter().enumerate().flat_map(|(number, sheet)| read(number, &sheet.text)).collect();
    // What stands outside a layer wins over what is in one.
    tokens.sort_by_key(|token| !token.is_layered);
    let mut faults = Vec::new();
    for look in LOOKS {
        let set: BTreeMap<&str, &Token> =
            tokens.iter().filter(|token| look.has(token)).map(|token| (token.name, token)).collect();
        for (pair, (seen, on, enough)) in PAIRS.iter().enumerate() {
            let (Some(colour), Some(ground)) = (colour(&set, seen, 0), colour(&set, on, 0)) else { continue };
            let enough = if look.more && *enough > 4.0 { MORE } else { *enough };
            let contrast = colour.contrast(ground);
            if contrast >= enough {
                continue;
            }
            let own = [seen, on].into_iter().filter_map(|name| set.get(name)).find(|token| sheets[token.sheet].is_own);
            faults.push(Fault {
                pair,
                own: own.map(|token| Place::new(sheets[token.sheet].path.as_str().into(), token.range.clone())),
                message: format!(
                    "{}, `{seen}` {} on `{on}` {} has a contrast of {} to 1; it needs {enough}",
                    look.name,
                    colour.hex(),
                    ground.hex(),
                    ratio(contrast)
                ),
                hint: format!(
                    "the nearest `{seen}` that passes is {}; colours of one look alone stand in an `@media` of their own, as in 10-tokens.css",
                    colour.readable(ground, enough).hex()
                ),
            });
        }
    }
    faults
}

impl Look {
    fn has(&self, token: &Token) -> bool {
        token
            .conditions
            .iter()
            .all(|condition| condition.split(',').any(|one| one.split(" and ").all(|part| self.holds(part))))
    }

    /// Windows are as wide as may be; what we don't know does not hold.
    fn holds(&self, part: &str) -> bool {
        let part = part.trim().trim_matches(['(', ')']);
        part == "all" || part.starts_with("min-width") || self.holds.contains(&part)
    }
}

/// The colour of a token, by way of others.
fn colour(set: &BTreeMap<&str, &Token>, name: &str, depth: usize) -> Option<Colour> {
    let value = set.get(name).filter(|_| depth < 8)?.value;
    match value.strip_prefix("var(").and_then(|rest| rest.strip_suffix(')')) {
        Some(other) => colour(set, other.trim(), depth + 1),
        None => Colour::read(value),
    }
}

/// The tokens of the root element in a file, in their order.
fn read(sheet: usize, text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut around: Vec<&str> = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find(['{', '}', ';', '/', '"', '\'']) {
        let here = at + found;
        at = here + 1;
        match text.as_bytes()[here] {
            b'/' if text[here..].starts_with("/*") => {
                at = text[here..].find("*/").map_or(text.len(), |end| here + end + 2);
                if text[from..here].trim().is_empty() {
                    from = at;
                }
            }
            quote @ (b'"' | b'\'') => {
                at = text[at..].find(char::from(quote)).map_or(text.len(), |end| at + end + 1);
            }
            b'{' => {
                around.push(text[from..here].trim());
                from = at;
            }
            mark @ (b';' | b'}') => {
                if around.last().is_some_and(|selector| is_root(selector)) {
                    tokens.extend(declaration(sheet, text, from..here, &around));
                }
                if mark == b'}' {
                    around.pop();
                }
                from = at;
            }
            _ => {}
        }
    }
    tokens
}

fn is_root(selector: &str) -> bool {
    selector.split(',').any(|one| matches!(one.trim(), ":root" | "html"))
}

fn declaration<'a>(sheet: usize, text: &'a str, range: Range<usize>, around: &[&'a str]) -> Option<Token<'a>> {
    let (name, value) = text[range.clone()].split_once(':')?;
    let name = name.trim();
    if !name.starts_with("--") {
        return None;
    }
    let start = range.start + text[range.clone()].find("--")?;
    let conditions = around.iter().filter_map(|prelude| prelude.strip_prefix("@media")).collect();
    Some(Token {
        sheet,
        is_layered: around.iter().any(|prelude| prelude.starts_with("@layer")),
        conditions,
        name,
        value: value.trim(),
        range: start..start + text[start..range.end].trim_end().len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Spanned;

    fn told(own: &str) -> Vec<String> {
        let tokens = super::super::accent::tokens(&Spanned::new("#005a9c".into(), 0..9), "content/site.yaml").0;
        let base = super::super::built_in();
        let css = String::from_utf8_lossy(&base["assets/css/10-tokens.css"]).into_owned();
        let sheet = |text: &str, is_own| Sheet { path: "tokens.css".into(), is_own, text: text.to_owned() };
        let sheets = [sheet(&css, false), sheet(&tokens, false), sheet(own, true)];
        faults(&sheets).into_iter().map(|fault| fault.message).collect()
    }

    #[test]
    fn the_built_in_colours_are_seen_in_every_look() {
        assert_eq!(told(""), Vec::<String>::new());
    }

    #[test]
    fn a_colour_of_ones_own_is_looked_at_in_every_look() {
        let faults = told(":root { /* pale; */ --ink-secondary: #666 }");
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(
            faults[0].starts_with("in the dark theme, `--ink-secondary` #666666 on `--ground` #151412"),
            "{faults:?}"
        );
    }

    #[test]
    fn a_colour_of_one_look_counts_there_alone() {
        assert!(told("@media (prefers-color-scheme: dark) { :root { --ink: #fff; --content: \"};\"; } }").is_empty());
        assert_eq!(told("@media print { html { --rule: var(--pale); --pale: #eee } }").len(), 1);
        assert!(told("@layer tokens { :root { --ink: var(--ink) } }").is_empty());
    }
}
