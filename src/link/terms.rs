//! Where pages mention the terms of the glossary.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::model::front_matter::{Details, Kind};
use crate::model::page::Page;
use crate::model::site::{Guide, PageRef};

/// A term in a page's prose: a byte range of the prose, and the term's page as an index into the guide's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The term.
    pub term: usize,
}

/// The terms of one guide, ready to be looked for in one pass over a text.
pub struct Terms {
    automaton: Option<AhoCorasick>,
    names: Vec<Name>,
    /// What may follow a name that is still the term: the endings of a plural.
    endings: &'static [&'static str],
}

/// A name of a term, as one pattern of the automaton.
struct Name {
    term: usize,
    /// Whether it is in capitals, and counts only as written.
    exact: bool,
    text: String,
}

impl Terms {
    /// Gathers titles and aliases; in English their plurals count too. Of two terms with one name the first has it.
    pub fn new(guide: &Guide, language: &str) -> Self {
        let english = language == "en" || language.starts_with("en-");
        let mut terms: BTreeMap<&str, usize> = BTreeMap::new();
        for index in guide.listed(Kind::Term) {
            for name in own_names(&guide.pages[*index]) {
                terms.entry(name).or_insert(*index);
            }
        }
        let mut names: Vec<Name> = Vec::with_capacity(terms.len());
        for (name, term) in terms {
            let exact = is_capitals(name);
            // The automaton folds ASCII only; other letters are looked for as written, in small and with a capital.
            let mut forms = vec![name.to_owned()];
            if !exact && !name.is_ascii() {
                forms.extend([name.to_lowercase(), capitalised(name)]);
                forms.dedup();
            }
            names.extend(forms.into_iter().map(|text| Name { term, exact, text }));
        }
        // A DFA would search somewhat faster, but making one costs more than a guide's text takes to search.
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(names.iter().map(|name| &name.text))
            .ok()
            .filter(|_| !names.is_empty());
        Self { automaton, names, endings: if english { &["es", "s", ""] } else { &[""] } }
    }

    /// The first mention of each term in a page's prose, in order. A term's own page does not mention it, and neither
    /// does a page whose editor linked to the term: `names` are the pages that it links to.
    pub fn mentions(&self, page: &Page, own: usize, names: &BTreeSet<PageRef>, guide: usize) -> Vec<Mention> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        if matches!(page.details, Details::Checklist(_) | Details::Worksheet(_)) {
            return Vec::new();
        }
        let prose = page.outline.prose.as_str();
        let found = automaton.find_overlapping_iter(prose).filter_map(|hit| {
            let name = &self.names[hit.pattern().as_usize()];
            if name.exact && prose[hit.range()] != *name.text {
                return None;
            }
            let end = self.end(prose, hit.range(), name.exact)?;
            Some((end > hit.end(), Mention { start: hit.start(), end, term: name.term }))
        });
        let mut found: Vec<(bool, Mention)> = found.collect();
        // The longest name wins, and of two as long one's own name over the plural of another.
        found.sort_by_key(|(is_plural, mention)| (mention.start, std::cmp::Reverse(mention.end), *is_plural));
        let mut found: Vec<Mention> = found.into_iter().map(|(_, mention)| mention).collect();
        let mut seen = BTreeSet::from([own]);
        seen.extend(names.iter().filter(|page| page.guide == guide).map(|PageRef { page, .. }| *page));
        let mut free = 0;
        found.retain(|mention| {
            let keeps = mention.start >= free;
            if keeps {
                free = mention.end;
            }
            keeps && seen.insert(mention.term)
        });
        found.shrink_to_fit();
        found
    }

    /// Where a name that begins a match ends, the ending of a plural included, if it stands there as a word.
    fn end(&self, prose: &str, name: Range<usize>, exact: bool) -> Option<usize> {
        let follows = |ending: &str| {
            let after = prose.as_bytes().get(name.end..name.end + ending.len());
            after.is_some_and(|after| match exact {
                true => after == ending.as_bytes(),
                false => after.eq_ignore_ascii_case(ending.as_bytes()),
            })
        };
        let ends = self.endings.iter().filter(|ending| follows(ending)).map(|ending| name.end + ending.len());
        ends.into_iter().find(|end| at_edges(prose, name.start, *end))
    }
}

/// Title and aliases of a term.
fn own_names(page: &Page) -> impl Iterator<Item = &str> {
    let also = match &page.details {
        Details::Term(term) => &term.also[..],
        _ => &[],
    };
    std::iter::once(page.title.as_str())
        .chain(also.iter().map(|name| name.value.as_str()))
        .map(str::trim)
        .filter(|name| !name.is_empty())
}

/// Whether a name is in capitals, like EHR; such a name is found only as written.
fn is_capitals(name: &str) -> bool {
    name.chars().filter(|letter| letter.is_uppercase()).count() >= 2 && !name.chars().any(char::is_lowercase)
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Whether a match is a whole word or several. Scripts that set no spaces have no edges to look for.
fn at_edges(text: &str, start: usize, end: usize) -> bool {
    let joins = |one: Option<char>, other: Option<char>| matches!((one, other), (Some(one), Some(other)) if one.is_alphanumeric() && other.is_alphanumeric() && !(is_unspaced(one) || is_unspaced(other)));
    let (before, within, after) = (&text[..start], &text[start..end], &text[end..]);
    !joins(before.chars().next_back(), within.chars().next())
        && !joins(within.chars().next_back(), after.chars().next())
}

/// Thai, Lao, Burmese, Khmer, Japanese, Chinese: scripts that set no spaces between words.
pub fn is_unspaced(letter: char) -> bool {
    matches!(
        letter as u32,
        0x0E00..=0x0EFF
            | 0x1000..=0x109F
            | 0x1780..=0x17FF
            | 0x3005..=0x30FF
            | 0x3400..=0x9FFF
            | 0xF900..=0xFAFF
            | 0xFF66..=0xFF9F
            | 0x20000..=0x3FFFF
    )
}
