//! Pages to a site: which guide a page belongs to, in which order pages stand, which id means which page.
//!
//! In: everything that was read. Out: a [`Site`] with what clashes in it. No text is looked into, so a page of which only
//! the text is new takes its old place ([`renew`]).

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Rule};
use crate::model::front_matter::Kind;
use crate::model::page::Page;
use crate::model::settings::Settings;
use crate::model::site::{Asset, Fact, File, Guide, PageRef, Site};

/// Everything that was read from a site's folder and parsed.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// What `site.yaml` says.
    pub settings: Arc<Settings>,
    /// In any order.
    pub pages: Vec<Arc<Page>>,
    /// Each sources file by its path.
    pub sources: BTreeMap<Arc<str>, Arc<Vec<Fact>>>,
    /// Files to copy, by path from the site's root.
    pub assets: BTreeMap<Arc<str>, File>,
}

/// Puts a site together, and says for each of its guides what clashes in it. Drafts are left out, unless `drafts` says
/// otherwise.
pub fn assemble(parts: &Parts, drafts: bool) -> (Site, Vec<Vec<Diagnostic>>) {
    let mut diagnostics = Vec::new();
    let mut pages = parts.pages.clone();
    pages.sort_by(|one, other| one.source.path.cmp(&other.source.path));
    let folders: BTreeSet<String> = pages
        .iter()
        .filter(|page| page.kind() == Kind::Guide && is_index(page))
        .map(|page| page.folder.clone())
        .collect();
    let mut guides = group(&pages, &folders, drafts);
    for guide in &mut guides {
        let file = format!("content/{}sources.yaml", guide.prefix());
        if let Some((path, facts)) = parts.sources.get_key_value(file.as_str()).filter(|_| !guide.is_outside()) {
            guide.sources = Some(path.clone());
            guide.facts = facts.to_vec();
        }
        diagnostics.push(index(guide));
    }
    let guides: Vec<Arc<Guide>> = guides.into_iter().map(Arc::new).collect();
    let mut site = Site {
        settings: parts.settings.clone(),
        assets: Arc::new(assets(&parts.assets)),
        drafts: Arc::new(
            pages.iter().filter(|page| page.is_draft() && !drafts).map(|page| page.source.path.clone()).collect(),
        ),
        ids: Arc::new(guides.iter().enumerate().map(|(index, guide)| (guide.id.clone(), index)).collect()),
        paths: Arc::default(),
        guides,
    };
    let paths = site.pages().map(|(reference, page): (PageRef, _)| (page.source.path.clone(), reference));
    site.paths = Arc::new(paths.collect());
    (site, diagnostics)
}

/// The files to copy, with their addresses.
pub fn assets(files: &BTreeMap<Arc<str>, File>) -> BTreeMap<Arc<str>, Asset> {
    let address = |path: &str| path.strip_prefix("content/").unwrap_or(path).to_owned();
    files.iter().map(|(path, file)| (path.clone(), Asset { address: address(path), file: *file })).collect()
}

/// Whether two versions of a page stand at the same place of a site: the guide with one in the place of the other has the
/// same pages, ids and order.
pub fn stands_alike(one: &Page, other: &Page) -> bool {
    one.source.path == other.source.path
        && one.address == other.address
        && one.folder == other.folder
        && one.id == other.id
        && one.kind() == other.kind()
        && one.order.to_bits() == other.order.to_bits()
        && one.is_draft() == other.is_draft()
}

/// A guide with newer versions of some of its pages, which stand alike; and what clashes in it.
pub fn renew(guide: &Guide, newer: &[(usize, Arc<Page>)]) -> (Guide, Vec<Diagnostic>) {
    let mut renewed = Guide { kinds: BTreeMap::new(), ids: BTreeMap::new(), shared: BTreeMap::new(), ..guide.clone() };
    for (index, page) in newer {
        renewed.pages[*index] = page.clone();
    }
    let diagnostics = index(&mut renewed);
    (renewed, diagnostics)
}

fn is_index(page: &Page) -> bool {
    page.address.ends_with("/index.html") || page.address == "index.html"
}

fn stray_guide(page: &Arc<Page>) -> Diagnostic {
    Diagnostic::new(Rule::BadValue, page.place(), "only the `index.md` of a folder can be the home page of a guide")
        .hint("rename the file to `index.md`, or remove its `kind: guide`")
}

/// Gives each page to the nearest guide above it; with no guide anywhere all pages are one guide.
fn group(pages: &[Arc<Page>], folders: &BTreeSet<String>, drafts: bool) -> Vec<Guide> {
    let mut guides: BTreeMap<&str, Guide> =
        folders.iter().map(|folder| (folder.as_str(), guide(folder.trim_end_matches('/')))).collect();
    let mut outside = guide(if folders.is_empty() { "" } else { Guide::OUTSIDE });
    for page in pages {
        let above = std::iter::successors(Some(page.folder.as_str()), |folder| parent(folder));
        let found = above.into_iter().find(|folder| folders.contains(*folder));
        let guide = found.and_then(|folder| guides.get_mut(folder)).unwrap_or(&mut outside);
        if page.is_draft() && !drafts {
            guide.drafts.insert((page.kind(), page.id.clone()));
        } else {
            guide.pages.push(page.clone());
        }
    }
    let mut guides: Vec<Guide> = guides.into_values().filter(|guide| !guide.pages.is_empty()).collect();
    if !outside.pages.is_empty() || guides.is_empty() {
        guides.push(outside);
    }
    guides
}

/// The folder above: of `a/b/` it is `a/`, of `a/` the empty one.
fn parent(folder: &str) -> Option<&str> {
    let inner = folder.strip_suffix('/')?;
    Some(inner.rfind('/').map_or("", |slash| &inner[..=slash]))
}

fn guide(id: &str) -> Guide {
    Guide {
        id: id.to_owned(),
        pages: Vec::new(),
        home: None,
        kinds: BTreeMap::new(),
        ids: BTreeMap::new(),
        shared: BTreeMap::new(),
        drafts: BTreeSet::new(),
        facts: Vec::new(),
        sources: None,
    }
}

/// Fills in home, order and ids of a guide, and says what clashes in it.
fn index(guide: &mut Guide) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let home = format!("{}index.html", guide.prefix());
    guide.home = guide.pages.iter().position(|page| page.address == home).filter(|_| !guide.is_outside());
    for (position, page) in guide.pages.iter().enumerate() {
        if page.kind() == Kind::Guide && !is_index(page) {
            diagnostics.push(stray_guide(page));
        }
        guide.kinds.entry(page.kind()).or_default().push(position);
        match guide.ids.entry((page.kind(), page.id.clone())) {
            Entry::Vacant(entry) => drop(entry.insert(position)),
            Entry::Occupied(entry) if page.kind() != Kind::Page => {
                diagnostics.push(duplicate(page, &guide.pages[*entry.get()]));
            }
            Entry::Occupied(entry) => {
                let same = guide.shared.entry(page.id.clone()).or_insert_with(|| vec![*entry.get()]);
                same.push(position);
            }
        }
    }
    let pages = &guide.pages;
    for positions in guide.kinds.values_mut() {
        // The sort is stable and pages come by path, so ties go by path.
        positions.sort_by(|one, other| pages[*one].order.total_cmp(&pages[*other].order));
    }
    diagnostics
}

fn duplicate(page: &Page, first: &Page) -> Diagnostic {
    let kind = page.kind().name();
    let mark = |page: &Page| page.common.id.as_ref().map_or_else(|| page.place(), |id| page.place_of(id));
    let message = format!("two pages of kind `{kind}` have the id `{}`: this one and {}", page.id, first.source.path);
    Diagnostic::new(Rule::DuplicateId, mark(page), message)
        .hint(format!("rename one of the files, or give one an id of its own: `id: {}-2`", page.id))
        .related(mark(first), "the other one")
}
