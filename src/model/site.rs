//! A whole site: guides, the pages in them and outside them, the files beside them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::front_matter::{Details, GuideFields, Kind};
use super::page::Page;
use super::settings::Settings;
use crate::source::{Place, Spanned};

/// Everything that was read, in order.
#[derive(Debug, Clone)]
pub struct Site {
    /// What `site.yaml` says.
    pub settings: Arc<Settings>,
    /// By path. Pages outside every guide are in the last one, whose id is [`Guide::OUTSIDE`], where there are any.
    pub guides: Vec<Arc<Guide>>,
    /// Files that are copied, by path.
    pub assets: Arc<BTreeMap<Arc<str>, Asset>>,
    /// Which guide has an id.
    pub ids: Arc<BTreeMap<String, usize>>,
    /// Every page that is published, by the path of its file.
    pub paths: Arc<BTreeMap<Arc<str>, PageRef>>,
    /// Paths of the pages that were left out because they are drafts.
    pub drafts: Arc<BTreeSet<Arc<str>>>,
}

/// A page of a site: which guide, which page of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageRef {
    /// Index into the site's guides.
    pub guide: usize,
    /// Index into the guide's pages.
    pub page: usize,
}

/// A file that is copied as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its address from the site's root.
    pub address: String,
    /// As it was found.
    pub file: File,
}

/// What is known of a file that is copied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct File {
    /// In bytes.
    pub length: u64,
    /// The size of a picture, where it could be told.
    pub pixels: Option<Pixels>,
}

/// The size of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pixels {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// A folder whose `index.md` is of kind guide, with all that is below it.
#[derive(Debug, Clone)]
pub struct Guide {
    /// Its path under `content/`, empty for a guide that is all of `content/`.
    pub id: String,
    /// By path of their files, those of nested guides left out.
    pub pages: Vec<Arc<Page>>,
    /// Its home page, where it has one.
    pub home: Option<usize>,
    /// The pages of each kind in the order in which they are listed.
    pub kinds: BTreeMap<Kind, Vec<usize>>,
    /// Which page has an id. Of plain pages with the same id the first one.
    pub ids: BTreeMap<(Kind, String), usize>,
    /// Ids that several plain pages share, with these pages: no reference can mean one of them.
    pub shared: BTreeMap<String, Vec<usize>>,
    /// Drafts that were left out, so that a reference to one can say so.
    pub drafts: BTreeSet<(Kind, String)>,
    /// The facts that it rests on, in the order of its sources file.
    pub facts: Vec<Fact>,
    /// The path of its sources file, where it has one.
    pub sources: Option<Arc<str>>,
}

/// One fact of `sources.yaml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// As in `F13`.
    pub id: Spanned<String>,
    /// What it says.
    pub says: String,
    /// Where it is from; may be empty.
    pub from: String,
    /// Where it stands.
    pub place: Place,
}

impl Guide {
    /// The id of the pages that belong to no guide. No folder can have it.
    pub const OUTSIDE: &str = "/";

    /// Whether this holds the pages outside every guide.
    pub fn is_outside(&self) -> bool {
        self.id == Self::OUTSIDE
    }

    /// What the addresses of the guide begin with: empty, or its path with a slash behind it.
    pub fn prefix(&self) -> String {
        if self.id.is_empty() || self.is_outside() { String::new() } else { format!("{}/", self.id) }
    }

    /// The pages of a kind, in order: their indices.
    pub fn listed(&self, kind: Kind) -> &[usize] {
        self.kinds.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// The pages of a kind, in order.
    pub fn of(&self, kind: Kind) -> impl ExactSizeIterator<Item = &Arc<Page>> + DoubleEndedIterator {
        self.listed(kind).iter().map(|index| &self.pages[*index])
    }

    /// Where a page stands among those of its kind, counted from 0; `None` where the kind is another one.
    pub fn position(&self, kind: Kind, page: usize) -> Option<usize> {
        self.listed(kind).iter().position(|index| *index == page)
    }

    /// The page of a kind with an id.
    pub fn find(&self, kind: Kind, id: &str) -> Option<&Arc<Page>> {
        // The key owns its text; ids are short.
        self.ids.get(&(kind, id.to_owned())).map(|index| &self.pages[*index])
    }

    /// The home page.
    pub fn home(&self) -> Option<&Arc<Page>> {
        self.home.map(|index| &self.pages[index])
    }

    /// The keys of the home page.
    pub fn fields(&self) -> Option<&GuideFields> {
        self.home().and_then(|home| match &home.details {
            Details::Guide(fields) => Some(fields),
            _ => None,
        })
    }

    /// The guide's title; of one without a home page, empty.
    pub fn title(&self) -> &str {
        self.home().map_or("", |home| home.title.as_str())
    }

    /// The role that the guide is for: its index.
    pub fn champion(&self) -> Option<usize> {
        let id = self.fields()?.champion.as_ref()?;
        self.ids.get(&(Kind::Role, id.value.clone())).copied()
    }
}

impl Site {
    /// The page behind a reference.
    pub fn page(&self, reference: PageRef) -> &Arc<Page> {
        &self.guides[reference.guide].pages[reference.page]
    }

    /// The file at an address of the published site, where one is copied there.
    pub fn asset_at(&self, address: &str) -> Option<&Asset> {
        self.assets.get(format!("content/{address}").as_str())
    }

    /// The site's name: the setting, else the first guide's title.
    pub fn title(&self) -> &str {
        let first = || self.guides.iter().map(|guide| guide.title()).find(|title| !title.is_empty());
        self.settings.title.as_deref().or_else(first).unwrap_or("Guide")
    }

    /// The language of a guide: its own, else the site's.
    pub fn language<'a>(&'a self, guide: &'a Guide) -> &'a str {
        // A word that is no code of a language has no labels either; the message on it is enough.
        let is_code = |language: &&crate::source::Spanned<String>| {
            language.value.split('-').next().is_some_and(|primary| (2..=3).contains(&primary.len()))
        };
        let own = guide.fields().and_then(|fields| fields.language.as_ref()).filter(is_code);
        own.map_or(self.settings.language.value.as_str(), |language| language.value.as_str())
    }

    /// All pages that are published.
    pub fn pages(&self) -> impl Iterator<Item = (PageRef, &Arc<Page>)> {
        self.guides.iter().enumerate().flat_map(|(guide, own)| {
            own.pages.iter().enumerate().map(move |(page, value)| (PageRef { guide, page }, value))
        })
    }
}
