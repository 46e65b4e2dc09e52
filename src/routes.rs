//! Every address of the published site and what it shows, known before anything is rendered.
//!
//! In: the site, what follows from it, its theme. Out: [`Routes`], and which addresses clash.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::derive::Derived;
use crate::diagnostic::{Checked, Diagnostic, Rule};
use crate::model::address::{FIXED, FIXED_SITE, Made, SEARCH, SEARCH_INDEX, folded, unstorable};
use crate::model::front_matter::Kind;
use crate::model::settings::{Hosting, Paper};
use crate::model::site::{PageRef, Site};
use crate::paper::Size;
use crate::source::Place;
use crate::theme::{Theme, ThemeFile};

/// What an address shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Route {
    /// A page that an editor wrote.
    Page(PageRef),
    /// A page that is made for a guide, by the guide's index.
    Made(usize, Made),
    /// A sheet as PDF: the guide's index and the address of the sheet's page.
    Pdf {
        /// The guide's index.
        guide: usize,
        /// The address of the sheet's page.
        sheet: String,
        /// The paper.
        size: Size,
    },
    /// The list of guides.
    Guides,
    /// The search page of the list of guides, where no guide has one at its address.
    Search,
    /// What that page searches.
    SearchIndex,
    /// The page for addresses that are not there.
    NotFound,
    /// An old address that leads to a page.
    Redirect(PageRef),
    /// A file that is copied, by its path.
    Asset(Arc<str>),
    /// A file of the theme.
    Theme(ThemeFile),
    /// The list of addresses for search engines.
    Sitemap,
    /// The feed of changes.
    Feed,
    /// What search engines may read.
    Robots,
    /// A file that a host wants.
    Hosting(Hosting),
}

impl Route {
    /// The guide whose page this is, if it is one's.
    pub fn guide(&self) -> Option<usize> {
        match self {
            Self::Page(page) => Some(page.guide),
            Self::Made(guide, _) | Self::Pdf { guide, .. } => Some(*guide),
            _ => None,
        }
    }
}

/// Every address of a site, in order.
#[derive(Debug, Clone, Default)]
pub struct Routes {
    /// What each address shows.
    pub all: Arc<BTreeMap<String, Route>>,
}

/// What decides which routes there are, besides the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choices {
    /// Whether PDFs are made.
    pub pdf: bool,
}

/// The sizes in which PDFs are made, with what stands before `.pdf` in their names.
pub fn sizes(paper: Paper) -> &'static [(Size, &'static str)] {
    match paper {
        Paper::Letter => &[(Size::Letter, "")],
        Paper::A4 => &[(Size::A4, "")],
        Paper::Both => &[(Size::Letter, "-letter"), (Size::A4, "-a4")],
    }
}

/// The address of a sheet's PDF.
pub fn pdf_address(sheet: &str, ending: &str) -> String {
    format!("{}{ending}.pdf", sheet.trim_end_matches(".html"))
}

/// Lists every address of a site.
pub fn routes(site: &Site, derived: &Derived, theme: &Theme, choices: Choices) -> Checked<Routes> {
    let mut table = Table::default();
    for (guide, own) in site.guides.iter().enumerate() {
        for (page, value) in own.pages.iter().enumerate() {
            let route = Route::Page(PageRef { guide, page });
            table.add(
                &value.address,
                route,
                Some((
                    &value.source.path,
                    value.common.id.as_ref().map_or_else(|| value.place(), |id| value.place_of(id)),
                )),
            );
        }
    }
    for asset in site.assets.iter() {
        table.add(&asset.1.address, Route::Asset(asset.0.clone()), Some((asset.0, Place::file(asset.0.clone()))));
    }
    reserved(site, &mut table);
    for (guide, derived) in derived.guides.iter().enumerate() {
        for (made, address) in &derived.made {
            table.add(address, Route::Made(guide, *made), None);
        }
        if choices.pdf {
            for sheet in derived.sheets.keys() {
                for (size, ending) in sizes(site.settings.paper) {
                    table.add(
                        &pdf_address(sheet, ending),
                        Route::Pdf { guide, sheet: sheet.clone(), size: *size },
                        None,
                    );
                }
            }
        }
    }
    of_the_site(site, theme, &mut table);
    aliases(site, &mut table);
    Checked { value: Routes { all: Arc::new(table.all) }, diagnostics: table.diagnostics }
}

fn of_the_site(site: &Site, theme: &Theme, table: &mut Table) {
    let needs_list = !table.all.contains_key("index.html");
    if needs_list {
        table.add("index.html", Route::Guides, None);
    }
    if !site.guides.iter().any(|guide| guide.id.is_empty()) {
        table.add(SEARCH, Route::Search, None);
        table.add(SEARCH_INDEX, Route::SearchIndex, None);
    }
    table.add("404.html", Route::NotFound, None);
    if site.settings.url.is_some() {
        table.add("sitemap.xml", Route::Sitemap, None);
        table.add("robots.txt", Route::Robots, None);
        if site.pages().any(|(_, page)| page.common.reviewed.is_some()) {
            table.add("feed.xml", Route::Feed, None);
        }
    }
    for hosting in &site.settings.hosting {
        let name = match hosting {
            Hosting::Headers => "_headers",
            Hosting::Iis => "web.config",
            Hosting::Nojekyll => ".nojekyll",
        };
        table.add(name, Route::Hosting(*hosting), None);
    }
    let files = [Some(&theme.stylesheet), theme.script.as_ref(), Some(&theme.favicon)];
    for file in files.into_iter().flatten().chain(&theme.others) {
        table.add(&file.address, Route::Theme(file.clone()), None);
    }
}

/// Pages and files at addresses that Guidepost keeps for itself, whether or not it uses them now.
fn reserved(site: &Site, table: &mut Table) {
    let mut kept: BTreeSet<String> = FIXED_SITE.iter().map(|name| (*name).to_owned()).collect();
    for guide in site.guides.iter().filter(|guide| !guide.is_outside()) {
        let prefix = guide.prefix();
        kept.extend(FIXED.iter().skip(1).map(|name| format!("{prefix}{name}.html")));
    }
    for address in kept {
        if let Some((_, taken)) = table.owners.get(&folded(&address)) {
            let message = format!("`{address}` is an address that Guidepost keeps for a page of its own");
            let stem = address.rsplit('/').next().unwrap_or("").trim_end_matches(".html");
            let hint = match stem {
                "index" => "rename the file; what it says can stand on the guide's home page".to_owned(),
                stem => format!("rename the file, or give the page another address: `id: our-{stem}`"),
            };
            table.diagnostics.push(Diagnostic::new(Rule::ReservedAddress, taken.clone(), message).hint(hint));
        }
    }
}

fn aliases(site: &Site, table: &mut Table) {
    for (reference, page) in site.pages() {
        for alias in &page.common.aliases {
            let place = page.place_of(alias);
            let address = alias.value.trim().trim_start_matches('/');
            let bad = address.split('/').any(|segment| segment.is_empty() || segment == "." || segment == "..");
            if bad || !address.ends_with(".html") || address.contains(['\\', '?', '#']) {
                table.diagnostics.push(
                    Diagnostic::new(Rule::BadValue, place, format!("`{}` can't be an old address", alias.value))
                        .hint("write it from the site's root and with its ending: `old/address.html`"),
                );
                continue;
            }
            table.add(address, Route::Redirect(reference), Some((&page.source.path, place)));
        }
    }
}

#[derive(Default)]
struct Table {
    all: BTreeMap<String, Route>,
    /// By folded address: what wrote it (empty for made pages), and where to mark it.
    owners: BTreeMap<String, (String, Place)>,
    diagnostics: Vec<Diagnostic>,
}

impl Table {
    /// Adds an address. `source` is the file that it comes from and the place to mark, where it comes from one.
    fn add(&mut self, address: &str, route: Route, source: Option<(&str, Place)>) {
        let (path, place) =
            source.map_or_else(|| (String::new(), None), |(path, place)| (path.to_owned(), Some(place)));
        if let (Some(segment), Some(place)) = (unstorable(address), &place) {
            let message = format!("Windows can't store a file called `{segment}`");
            self.diagnostics.push(Diagnostic::new(Rule::ReservedName, place.clone(), message).hint("rename it"));
        }
        match self.owners.get(&folded(address)) {
            None => {
                let place = place.unwrap_or_else(|| Place::file(""));
                self.owners.insert(folded(address), (path, place));
                self.all.insert(address.to_owned(), route);
            }
            Some((other, first)) => {
                let clash = match (place, other.is_empty()) {
                    (Some(place), false) => {
                        Diagnostic::new(Rule::DuplicateAddress, place, two_files(address, &path, other))
                            .hint(match &route {
                                Route::Redirect(_) => "remove it from `aliases`: something is at this address",
                                _ => "rename one of them, or give one another address: `id: another-name`",
                            })
                            .related(first.clone(), "the other one")
                    }
                    (Some(place), true) => Diagnostic::new(
                        Rule::ReservedAddress,
                        place,
                        format!("`{address}` is the address of a page that Guidepost makes"),
                    )
                    .hint(match &route {
                        Route::Redirect(_) => "remove it from `aliases`",
                        _ => "rename the file, or give the page another address: `id: another-name`",
                    }),
                    (None, false)
                        if !self
                            .diagnostics
                            .iter()
                            .any(|found| found.rule == Rule::ReservedAddress && found.place == *first) =>
                    {
                        Diagnostic::new(
                            Rule::ReservedAddress,
                            first.clone(),
                            format!("`{address}` is the address of a page that Guidepost makes"),
                        )
                        .hint("rename the file, or give the page another address: `id: another-name`")
                    }
                    _ => return,
                };
                self.diagnostics.push(clash);
            }
        }
    }
}

fn two_files(address: &str, path: &str, other: &str) -> String {
    if path == other {
        return format!("`{address}` stands twice");
    }
    let same = folded(path) == folded(other) && path.to_lowercase() != other.to_lowercase();
    let note = if same { ", whose letters look the same and are stored differently" } else { "" };
    format!("`{address}` is the address of two files: {path} and {other}{note}")
}

/// Whether a kind of page is a sheet at its own address.
pub fn is_sheet(kind: Kind) -> bool {
    matches!(kind, Kind::Checklist | Kind::Worksheet)
}
