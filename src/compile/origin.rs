//! What the pages of each guide are made from, as one short word: by it the next build knows that it would make the same
//! pages again, and keeps those that are published.
//!
//! In: the site and which guides look into each other. Out: a word for each guide. It changes with everything that any page
//! of the guide shows; that it also changes now and then without need costs a rendering, and no more.

use std::collections::BTreeSet;

use super::{Files, Options};
use crate::link::Links;
use crate::model::site::{Guide, Pixels, Site};
use crate::render::guide::Translations;
use crate::source::Hash;
use crate::theme::Theme;

/// Names the code that makes pages; see `build.rs`.
pub const CODE: &str = env!("GUIDEPOST_CODE");

/// Letters of a word: of two different origins, one in 2^80 has the same.
const LETTERS: usize = 16;

/// A hash of everything in a site's folder and of all that was chosen but the day. `assets` are the hashes of the files to copy, in
/// their order. `None` where something was wrong with what was read.
pub fn of_all(files: &Files, assets: &[Hash], options: &Options) -> Option<Hash> {
    if !files.diagnostics.is_empty() {
        return None;
    }
    let Options { drafts, pdf, preview, today: _ } = options;
    let mut all = format!("{CODE}\0{drafts}{pdf}{preview}\n");
    for source in files.settings.iter().chain(&files.sources).chain(&files.pages) {
        line(&mut all, &source.path, source.hash);
    }
    files.theme.iter().for_each(|(path, bytes)| line(&mut all, path, Hash::of(bytes)));
    files.binary.iter().for_each(|(path, bytes)| line(&mut all, path, Hash::of(bytes)));
    files.assets.keys().zip(assets).for_each(|(path, hash)| line(&mut all, path, *hash));
    Some(Hash::of(all.as_bytes()))
}

/// A word for each guide. `site` hashes what all guides share; `near` gives the guides that a guide looks into or is looked
/// into from.
pub fn words(of_site: Hash, site: &Site, near: &[BTreeSet<usize>]) -> Vec<String> {
    let own: Vec<Hash> = site.guides.iter().map(|guide| pages(guide)).collect();
    let word = |(guide, near): (usize, &BTreeSet<usize>)| {
        let mut all = format!("{}{}", of_site.hex(), own[guide].hex());
        near.iter().filter_map(|other| own.get(*other)).for_each(|hash| all.push_str(&hash.hex()));
        Hash::of(all.as_bytes()).base32(LETTERS)
    };
    near.iter().enumerate().map(word).collect()
}

/// What all guides share: settings, theme, choices, how large pictures are, and where all pages stand.
pub fn of_site(files: &Files, options: &Options, site: &Site, theme: &Theme, names: Hash) -> Hash {
    let Options { drafts, pdf, preview, today: _ } = options;
    let mut all = format!("{CODE}\0{drafts}{pdf}{preview}\0{}\0{}\0{}\n", site.title(), theme.hash.hex(), names.hex());
    files.settings.iter().chain(&files.sources).for_each(|source| line(&mut all, &source.path, source.hash));
    for (path, file) in &files.assets {
        if let Some(Pixels { width, height }) = file.pixels {
            all.push_str(&format!("{path}\0{width} {height}\n"));
        }
    }
    Hash::of(all.as_bytes())
}

/// The guides whose pages show something of a guide's pages, or that a guide's pages show something of.
pub fn near(site: &Site, links: &Links, translations: &Translations) -> Vec<BTreeSet<usize>> {
    let mut near = vec![BTreeSet::new(); site.guides.len()];
    for (guide, own) in links.guides.iter().enumerate() {
        let backlinks = own.backlinks.iter().flatten().map(|page| page.guide);
        for other in backlinks.filter(|other| *other != guide) {
            near[guide].insert(other);
            near[other].insert(guide);
        }
    }
    for group in translations.values().filter(|group| group.len() > 1) {
        for guide in group {
            near[*guide].extend(group.iter().filter(|other| *other != guide));
        }
    }
    near
}

fn pages(guide: &Guide) -> Hash {
    let mut all = String::with_capacity(guide.pages.len() * 96);
    guide.pages.iter().for_each(|page| line(&mut all, &page.source.path, page.source.hash));
    Hash::of(all.as_bytes())
}

fn line(all: &mut String, path: &str, hash: Hash) {
    all.extend([path, "\0", &hash.hex(), "\n"]);
}
