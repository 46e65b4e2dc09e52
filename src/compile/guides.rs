//! What follows from each guide, worked out anew only where something that it rests on has changed.
//!
//! In: the pages of a site, and what was worked out before. Out: the same as without memory; a property test holds that for
//! random edits. There is no list of what an edit invalidates. Each result is kept together with what it was made from:
//!
//! | result | made from |
//! |---|---|
//! | a guide's place in the site | where its pages stand ([`stands_alike`]), its facts |
//! | its references | its pages; where all pages stand ([`Face::names`]); what is in the guides it looked into ([`Face::inside`]) |
//! | its backlinks and orphans | its references, and those of other guides to it |
//! | its sheets | its references and all that they rest on; the theme's words |
//! | what the rules find in it | its pages; today |
//!
//! So a change of text costs one guide, a changed title also the guides that refer to it, and a new page all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::assemble::{Parts, assemble, assets, renew, stands_alike};
use crate::derive::{self, Derived, GuideSheets, checks};
use crate::diagnostic::Diagnostic;
use crate::link::targets::Index;
use crate::link::{self, GuideLinks, Linked, Links, PageLinks};
use crate::model::address;
use crate::model::page::Page;
use crate::model::site::{Guide, PageRef, Site};
use crate::source::Hash;
use crate::theme::Theme;

/// What was worked out before.
#[derive(Clone, Default)]
pub struct Memo {
    placed: Option<Placed>,
    /// In the order of the site's guides.
    known: Vec<Known>,
    index: Option<(Hash, Arc<Index>)>,
}

/// A site, and which pages it was put together from.
#[derive(Clone)]
struct Placed {
    parts: Parts,
    drafts: bool,
    site: Site,
    /// For each guide what clashes in it.
    clashes: Vec<Arc<Vec<Diagnostic>>>,
}

/// What is known of one guide.
#[derive(Clone)]
struct Known {
    guide: Arc<Guide>,
    face: Face,
    /// The names of the site by which its references were followed, and the insides of the guides that were looked into.
    rests_on: (Hash, Vec<(usize, Hash)>),
    pages: Arc<Vec<PageLinks>>,
    broken: Arc<Vec<Diagnostic>>,
    outward: Arc<Vec<(PageRef, PageRef)>>,
    inward: Vec<(usize, PageRef)>,
    links: Arc<GuideLinks>,
    orphans: Arc<Vec<Diagnostic>>,
    theme: Hash,
    sheets: Arc<GuideSheets>,
    /// Of the sheets' addresses.
    sheet_names: Hash,
    today: String,
    checks: Arc<Vec<Diagnostic>>,
}

/// What others can see of a guide.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Face {
    /// Changes with where its pages and made pages stand: all that decides which page a reference means.
    names: Hash,
    /// Changes with titles, headings and tasks: what is seen of a page once a reference has found it.
    inside: Hash,
    /// Changes with the addresses that its pages ask for besides their own.
    aliases: Hash,
    /// Changes with the places at which a clash of addresses would be marked.
    places: Hash,
}

/// What follows from all guides.
pub struct Worked {
    /// The references.
    pub links: Links,
    /// The sheets.
    pub derived: Derived,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// Changes with any address.
    pub addresses: Hash,
    /// Changes with the places at which clashes of addresses are marked.
    pub places: Hash,
}

impl Memo {
    /// Puts the site together.
    pub fn site(&mut self, parts: Parts, drafts: bool) -> Site {
        let newer =
            self.placed.as_ref().filter(|placed| placed.drafts == drafts).and_then(|placed| placed.newer(&parts));
        let placed = match (self.placed.take(), newer) {
            (Some(placed), Some(newer)) => placed.renew(parts, &newer),
            _ => {
                let (site, clashes) = assemble(&parts, drafts);
                Placed { parts, drafts, site, clashes: clashes.into_iter().map(Arc::new).collect() }
            }
        };
        let site = placed.site.clone();
        self.placed = Some(placed);
        site
    }

    /// Works out all that follows from each guide.
    pub fn work(&mut self, site: &Site, theme: &Theme, today: &str) -> Worked {
        let before = std::mem::take(&mut self.known);
        let old = |guide: usize| before.get(guide);
        let same = |guide: usize| old(guide).filter(|known| Arc::ptr_eq(&known.guide, &site.guides[guide]));
        let all = 0..site.guides.len();
        let faces: Vec<Face> = all
            .clone()
            .into_par_iter()
            .map(|guide| same(guide).map_or_else(|| Face::of(&site.guides[guide]), |known| known.face))
            .collect();
        let names = names(site, &faces);
        let index = match &self.index {
            Some((known, index)) if *known == names => index.clone(),
            _ => Arc::default(),
        };
        self.index = Some((names, index.clone()));
        let rests = |known: &&Known| {
            known.rests_on.0 == names && known.rests_on.1.iter().all(|(guide, inside)| faces[*guide].inside == *inside)
        };
        let linked: Vec<Option<Linked>> = all
            .clone()
            .into_par_iter()
            .map(|guide| same(guide).filter(rests).is_none().then(|| link::guide(site, &index, guide)))
            .collect();
        let strings = |guide: usize| theme.strings(site.language(&site.guides[guide]));
        let mut known: Vec<Known> = all
            .into_par_iter()
            .zip(linked)
            .map(|(guide, linked)| {
                let own = &site.guides[guide];
                let checks = match same(guide).filter(|known| known.today == today) {
                    Some(known) => known.checks.clone(),
                    None => Arc::new(checks::guide(own, today)),
                };
                match (linked, old(guide)) {
                    (None, Some(known)) if known.theme == theme.hash => {
                        Known { today: today.to_owned(), checks, ..known.clone() }
                    }
                    (None, Some(known)) => {
                        let sheets = Arc::new(derive::guide(site, &known.pages, guide, strings(guide)));
                        let sheet_names = sheet_names(&sheets);
                        let today = today.to_owned();
                        Known { theme: theme.hash, sheets, sheet_names, today, checks, ..known.clone() }
                    }
                    (linked, _) => {
                        let Linked { pages, diagnostics, looked_into } = linked.unwrap_or_default();
                        let rests_on =
                            (names, looked_into.iter().map(|guide| (*guide, faces[*guide].inside)).collect());
                        let sheets = Arc::new(derive::guide(site, &pages, guide, strings(guide)));
                        Known {
                            guide: own.clone(),
                            face: faces[guide],
                            rests_on,
                            outward: Arc::new(link::outward(guide, &pages)),
                            pages: Arc::new(pages),
                            broken: Arc::new(diagnostics),
                            inward: Vec::new(),
                            links: Arc::default(),
                            orphans: Arc::default(),
                            theme: theme.hash,
                            sheet_names: sheet_names(&sheets),
                            sheets,
                            today: today.to_owned(),
                            checks,
                        }
                    }
                }
            })
            .collect();
        turn_round(&mut known);
        self.known = known;
        self.worked(names)
    }

    fn worked(&self, names: Hash) -> Worked {
        let clashes = self.placed.iter().flat_map(|placed| &placed.clashes);
        let found = self.known.iter().flat_map(|known| [&known.broken, &known.orphans, &known.checks]);
        Worked {
            links: Links { guides: self.known.iter().map(|known| known.links.clone()).collect() },
            derived: Derived { guides: self.known.iter().map(|known| known.sheets.clone()).collect() },
            diagnostics: clashes.chain(found).flat_map(|found| found.iter().cloned()).collect(),
            addresses: fold(self.known.iter().flat_map(|known| [known.face.aliases, known.sheet_names]).chain([names])),
            places: fold(self.known.iter().map(|known| known.face.places)),
        }
    }
}

/// One hash of many, in their order.
fn fold(hashes: impl Iterator<Item = Hash>) -> Hash {
    Hash::of(&hashes.flat_map(|hash| hash.0.to_le_bytes()).collect::<Vec<u8>>())
}

fn sheet_names(sheets: &GuideSheets) -> Hash {
    Hash::of(sheets.sheets.keys().flat_map(|address| [address.as_str(), "\0"]).collect::<String>().as_bytes())
}

/// Turns references round, for those guides whose own or to whom others' have changed.
fn turn_round(known: &mut [Known]) {
    let mut inward: Vec<Vec<(usize, PageRef)>> = vec![Vec::new(); known.len()];
    for (to, from) in known.iter().flat_map(|known| known.outward.iter()) {
        inward[to.guide].push((to.page, *from));
    }
    known.par_iter_mut().zip(inward).enumerate().for_each(|(guide, (known, inward))| {
        if !Arc::ptr_eq(&known.links.pages, &known.pages) || known.inward != inward {
            let backlinks = link::backlinks(guide, &known.pages, &inward);
            known.orphans = Arc::new(link::orphans(&known.guide, &backlinks));
            known.links = Arc::new(GuideLinks { pages: known.pages.clone(), backlinks });
            known.inward = inward;
        }
    });
}

impl Placed {
    /// The pages that are new, each by its index, where all else stands as before.
    fn newer(&self, parts: &Parts) -> Option<Vec<Arc<Page>>> {
        let before = &self.parts;
        if before.pages.len() != parts.pages.len() || before.sources != parts.sources {
            return None;
        }
        let pairs = before.pages.iter().zip(&parts.pages).filter(|(old, new)| !Arc::ptr_eq(old, new));
        pairs.map(|(old, new)| stands_alike(old, new).then(|| new.clone())).collect()
    }

    /// The same site with newer versions of some pages.
    fn renew(self, parts: Parts, newer: &[Arc<Page>]) -> Self {
        let Self { parts: before, drafts, mut site, mut clashes } = self;
        let mut by_guide: BTreeMap<usize, Vec<(usize, Arc<Page>)>> = BTreeMap::new();
        for page in newer {
            // A draft that is left out stands nowhere.
            if let Some(at) = site.paths.get(&page.source.path) {
                by_guide.entry(at.guide).or_default().push((at.page, page.clone()));
            }
        }
        for (guide, pages) in by_guide {
            let (renewed, found) = renew(&site.guides[guide], &pages);
            site.guides[guide] = Arc::new(renewed);
            clashes[guide] = Arc::new(found);
        }
        site.settings = parts.settings.clone();
        if before.assets != parts.assets {
            site.assets = Arc::new(assets(&parts.assets));
        }
        Self { parts, drafts, site, clashes }
    }
}

impl Face {
    fn of(guide: &Guide) -> Self {
        let mut names = format!("{}\0{:?}\0{:?}", guide.id, guide.home, guide.drafts);
        let (mut inside, mut aliases, mut places) = (String::new(), String::new(), Vec::new());
        for page in &guide.pages {
            let parts = [&*page.source.path, &page.address, &page.id, page.kind().name()];
            names.extend(parts.into_iter().flat_map(|part| [part, "\0"]));
            names.push_str(if page.is_draft() { "draft\n" } else { "\n" });
            let outline = &page.outline;
            inside.extend([page.title.as_str(), if outline.title.is_some() { "\0own" } else { "\0" }]);
            inside.extend(outline.headings.iter().flat_map(|heading| ["\0#", heading.id.as_str()]));
            inside.extend(outline.tasks.iter().flat_map(|task| ["\0-", task.id.as_str()]));
            inside.push('\n');
            aliases.push_str(if page.common.reviewed.is_some() { "reviewed " } else { "" });
            places.push(page.common.id.as_ref().map_or_else(|| page.place().range(), |id| id.range()));
            for alias in &page.common.aliases {
                aliases.push_str(&format!("{} {}\n", page.address, alias.value));
                places.push(alias.range());
            }
        }
        for (made, address) in address::made(guide) {
            names.push_str(&format!("{made:?} {address}\n"));
        }
        Self {
            names: Hash::of(names.as_bytes()),
            inside: Hash::of(inside.as_bytes()),
            aliases: Hash::of(aliases.as_bytes()),
            places: Hash::of(format!("{places:?}").as_bytes()),
        }
    }
}

/// The names of a whole site, with all else of it by which references are followed.
fn names(site: &Site, faces: &[Face]) -> Hash {
    let mut all: Vec<u8> = faces.iter().flat_map(|face| face.names.0.to_le_bytes()).collect();
    all.extend_from_slice(site.settings.language.value.as_bytes());
    all.extend_from_slice(format!("{:?}", site.settings.raw_html).as_bytes());
    for path in site.assets.keys().chain(site.drafts.iter()) {
        all.extend_from_slice(path.as_bytes());
        all.push(0);
    }
    Hash::of(&all)
}
