//! One route to its bytes.
//!
//! In: an [`Edition`], which is everything that any page needs, and an address. Out: the bytes that are published there,
//! and what went wrong in a template. Rendering changes nothing, so any number of routes render at once, and a preview
//! renders only what is asked for.

mod beside;
pub mod context;
pub mod feeds;
mod footnotes;
pub mod guide;
pub mod html;
mod made;
pub mod markup;
pub mod pages;
mod plain;
pub mod plan;
pub mod search;
pub mod sheet;
mod task;
pub mod view;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use crate::derive::Derived;
use crate::diagnostic::{Checked, Diagnostic};
use crate::link::Links;
use crate::model::site::Site;
use crate::routes::{Choices, Route, Routes};
use crate::theme::Theme;

/// A page's bytes, or what is wrong in a template.
type Rendered = Result<Vec<u8>, Box<Diagnostic>>;

/// Everything that any page of a site needs.
pub struct Edition {
    /// The pages.
    pub site: Site,
    /// What refers to what.
    pub links: Links,
    /// What follows from the pages.
    pub derived: Derived,
    /// What everything looks like.
    pub theme: Arc<Theme>,
    /// Every address.
    pub routes: Routes,
    /// What was chosen for this run.
    pub choices: Choices,
    /// Whether this is a preview, which shows drafts and reloads.
    pub preview: bool,
    /// What templates see of each guide, made when first asked for.
    pub shared: Vec<Mutex<Option<Arc<guide::Shared>>>>,
    /// The links to the pages of each guide, by the page's index, each made when first asked for.
    pub links_to: Vec<Mutex<BTreeMap<usize, view::SharedLink>>>,
    /// How many pages the PDF of each sheet has, by address, for each guide; not known before somebody counts them.
    pub pages: Vec<OnceLock<BTreeMap<String, usize>>>,
    /// Which guides are the same in different languages.
    pub translations: guide::Translations,
    /// What templates see of the site, made when first asked for.
    pub site_view: OnceLock<tera::Value>,
    /// What all pages of a guide share in one folder, by guide and way to the root.
    pub around: RwLock<BTreeMap<(Option<usize>, String), Arc<context::Around>>>,
}

/// What is published at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// These bytes.
    Bytes(Vec<u8>),
    /// These, shared.
    Shared(Arc<[u8]>),
    /// The bytes of this file of the site's folder.
    Copy(Arc<str>),
    /// A PDF that `paper` draws: the guide's index, the address of the sheet, the size.
    Pdf(usize, String, crate::paper::Size),
}

impl Edition {
    /// Puts an edition together.
    pub fn new(
        site: Site,
        links: Links,
        derived: Derived,
        theme: Arc<Theme>,
        routes: Routes,
        choices: Choices,
        preview: bool,
    ) -> Self {
        let shared = site.guides.iter().map(|_| Mutex::default()).collect();
        let links_to = site.guides.iter().map(|_| Mutex::default()).collect();
        let translations = guide::translations(&site);
        let pages = site.guides.iter().map(|_| OnceLock::new()).collect();
        Self {
            site,
            links,
            derived,
            theme,
            routes,
            choices,
            preview,
            shared,
            links_to,
            pages,
            translations,
            site_view: OnceLock::new(),
            around: RwLock::default(),
        }
    }

    /// Lets go of what templates see of a guide, when its last page is made. It is made again if it is asked for.
    pub fn forget(&self, guide: usize) {
        *self.shared[guide].lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.links_to[guide].lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.around.write().unwrap_or_else(PoisonError::into_inner).retain(|(known, _), _| *known != Some(guide));
    }

    /// Makes what is published at an address, by the route to it.
    pub fn render(&self, address: &str, route: &Route) -> Checked<Output> {
        let page = |result: Rendered| match result {
            Ok(bytes) => Checked::fine(Output::Bytes(bytes)),
            Err(diagnostic) => Checked { value: Output::Bytes(Vec::new()), diagnostics: vec![*diagnostic] },
        };
        match route {
            Route::Page(reference) => page(pages::page(self, *reference)),
            Route::Made(guide, made) => page(made::page(self, *guide, *made, address)),
            Route::Guides => page(beside::guides(self)),
            Route::Search => page(search::page(self)),
            Route::SearchIndex => Checked::fine(Output::Bytes(search::site(self))),
            Route::NotFound => page(beside::not_found(self)),
            Route::Redirect(reference) => page(beside::redirect(self, address, *reference)),
            Route::Pdf { guide, sheet, size } => Checked::fine(Output::Pdf(*guide, sheet.clone(), *size)),
            Route::Asset(path) => Checked::fine(Output::Copy(path.clone())),
            Route::Theme(file) => Checked::fine(Output::Shared(file.bytes.clone())),
            Route::Sitemap => Checked::fine(Output::Bytes(feeds::sitemap(self).into_bytes())),
            Route::Feed => Checked::fine(Output::Bytes(feeds::feed(self).into_bytes())),
            Route::Robots => Checked::fine(Output::Bytes(feeds::robots(self).into_bytes())),
            Route::Hosting(hosting) => Checked::fine(Output::Bytes(feeds::hosting(*hosting).into_bytes())),
        }
    }
}
