//! The core's one entrance: what was read from a site's folder, in; a compiled site with everything that is wrong, out.
//!
//! Stages run in their order: parse, assemble, link, derive, routes. What they make is kept in a [`Memo`] together with what
//! it was made from: a page with its file's hash (`pages`), what follows from a guide with the pages and names that it rests
//! on (`guides`), the table of addresses with what decides it (`addresses`). A compile with a memo gives what one without
//! gives; a property test holds that over random edits.

mod addresses;
mod guides;
pub mod origin;
mod pages;
mod pdf;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::assemble::Parts;
use crate::diagnostic::{Checked, Diagnostic, Rule, Severity};
use crate::link::targets;
use crate::model::address::Made;
use crate::model::front_matter::{Details, Kind};
use crate::model::page::{LinkKind, Page};
use crate::model::settings::Settings;
use crate::model::site::{Fact, File, Site};
use crate::parse;
use crate::render::{Edition, Output};
use crate::routes::{Choices, Route, sizes};
use crate::source::{Hash, Place, Source};
use crate::theme::{self, Layer, Theme};

/// Everything that was read from a site's folder.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// `content/site.yaml`, where there is one, with what it says.
    pub settings: Option<Source>,
    /// Every `sources.yaml`.
    pub sources: Vec<Source>,
    /// Every page.
    pub pages: Vec<Source>,
    /// Files to copy, by path from the site's root.
    pub assets: BTreeMap<Arc<str>, File>,
    /// The bytes of fonts and pictures that sheets may need, by path.
    pub binary: BTreeMap<Arc<str>, Arc<[u8]>>,
    /// The site's own theme.
    pub theme: Layer,
    /// What was wrong while reading.
    pub diagnostics: Vec<Diagnostic>,
}

impl Files {
    /// The name of the theme that the settings ask for.
    pub fn theme_name(&self) -> String {
        let settings =
            self.settings.as_ref().map_or_else(Settings::default, |source| parse::settings::site(source).value);
        settings.theme.value
    }

    /// A page by its path, where pages are in the order of their paths, as the disk's reader has them.
    pub fn page(&self, path: &str) -> Option<&Source> {
        let from = self.pages.partition_point(|page| *page.path < *path);
        self.pages.get(from).filter(|page| *page.path == *path)
    }
}

/// What was chosen for a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whether drafts are shown.
    pub drafts: bool,
    /// Whether PDFs are made.
    pub pdf: bool,
    /// Whether this is a preview.
    pub preview: bool,
    /// The day with which review dates are compared, `2026-11-22`.
    pub today: String,
}

/// Results by the hash of what they were made from.
#[derive(Clone, Default)]
pub struct Memo {
    pages: pages::Memo,
    sources: BTreeMap<Arc<str>, (Hash, Checked<Arc<Vec<Fact>>>)>,
    guides: guides::Memo,
    routes: addresses::Memo,
    theme: Option<(Hash, Arc<Checked<Arc<Theme>>>)>,
    pdfs: pdf::Memo,
}

impl Memo {
    /// Of each page that can't be read now, its last version that could.
    pub fn last_good(&self) -> &BTreeMap<Arc<str>, Source> {
        self.pages.last_good()
    }
}

/// A compiled site.
pub struct Compiled {
    /// What pages are rendered from.
    pub edition: Edition,
    /// All that is wrong, in the order of files and places; what sheets' layout finds comes with each PDF.
    pub diagnostics: Vec<Diagnostic>,
    kit: pdf::Kit,
    /// Of all that guides share.
    of_site: Hash,
    /// What the pages of each guide are made from, worked out when first asked for.
    origins: OnceLock<Vec<String>>,
}

/// Compiles a site.
pub fn compile(files: &Files, options: &Options, memo: &mut Memo) -> Compiled {
    let mut diagnostics = files.diagnostics.clone();
    let settings = files.settings.as_ref().map(parse::settings::site).unwrap_or_default();
    diagnostics.extend(settings.diagnostics);
    let settings = Arc::new(settings.value);
    let (pages, ()) = rayon::join(|| memo.pages.parse(files, &mut diagnostics), theme::prepare);
    let sources = sources(files, memo, &mut diagnostics);
    let parts = Parts { settings: settings.clone(), pages, sources, assets: files.assets.clone() };
    let site = memo.guides.site(parts, options.drafts);
    let theme = load_theme(files, &settings, &site, memo, &mut diagnostics);
    let worked = memo.guides.work(&site, &theme, &options.today);
    diagnostics.extend(worked.diagnostics);
    diagnostics.extend(logo(&site));
    let of_site = origin::of_site(files, options, &site, &theme, worked.addresses);
    let choices = Choices { pdf: options.pdf };
    let about = (worked.addresses, worked.places);
    let routes = memo.routes.routes(&site, &worked.derived, &theme, choices, about);
    diagnostics.extend(routes.diagnostics);
    let kit = pdf::Kit::new(&theme, &site, &files.binary, &mut memo.pdfs, options.pdf, &mut diagnostics);
    let diagnostics = settle(diagnostics, &site);
    let edition = Edition::new(site, worked.links, worked.derived, theme, routes.value, choices, options.preview);
    Compiled { edition, diagnostics, kit, of_site, origins: OnceLock::new() }
}

/// What every `sources.yaml` says, read once for each version of the file.
fn sources(files: &Files, memo: &mut Memo, diagnostics: &mut Vec<Diagnostic>) -> BTreeMap<Arc<str>, Arc<Vec<Fact>>> {
    let before = std::mem::take(&mut memo.sources);
    for source in &files.sources {
        let known = before.get(&source.path).filter(|(hash, _)| *hash == source.hash);
        let read = known.map_or_else(
            || {
                let read = parse::settings::sources(source);
                Checked { value: Arc::new(read.value), diagnostics: read.diagnostics }
            },
            |(_, read)| read.clone(),
        );
        diagnostics.extend(read.diagnostics.iter().cloned());
        memo.sources.insert(source.path.clone(), (source.hash, read));
    }
    memo.sources.iter().map(|(path, (_, read))| (path.clone(), read.value.clone())).collect()
}

fn load_theme(
    files: &Files,
    settings: &Settings,
    site: &Site,
    memo: &mut Memo,
    diagnostics: &mut Vec<Diagnostic>,
) -> Arc<Theme> {
    let mut languages: BTreeSet<String> = site.guides.iter().map(|guide| site.language(guide).to_owned()).collect();
    languages.insert(settings.language.value.clone());
    // With their places, since what is wrong with them is said there.
    let mut key = format!("{:?}\0{:?}\0{languages:?}", settings.theme, settings.accent);
    for (path, bytes) in &files.theme {
        key.push_str(&format!("\0{path}\0{}", Hash::of(bytes).hex()));
    }
    let key = Hash::of(key.as_bytes());
    let loaded = match &memo.theme {
        Some((known, theme)) if *known == key => theme.clone(),
        _ => {
            let theme = theme::load(&files.theme, settings, &languages);
            Arc::new(Checked { value: Arc::new(theme.value), diagnostics: theme.diagnostics })
        }
    };
    memo.theme = Some((key, loaded.clone()));
    diagnostics.extend(loaded.diagnostics.iter().cloned());
    loaded.value.clone()
}

/// A logo that is not there.
fn logo(site: &Site) -> Option<Diagnostic> {
    let logo = site.settings.organization.logo.as_ref()?;
    let path = format!("content/{}", logo.value);
    (!site.assets.contains_key(path.as_str())).then(|| {
        let place = Place::new("content/site.yaml".into(), logo.range());
        Diagnostic::new(Rule::BrokenImage, place, format!("there is no picture `{path}`"))
            .hint("write its path counted from `content/`")
    })
}

/// The pictures and fonts that sheets draw, by path: what the shell reads besides text.
pub fn wanted(files: &Files) -> BTreeSet<Arc<str>> {
    let settings = files.settings.as_ref().map(parse::settings::site).unwrap_or_default().value;
    let logo = settings.organization.logo.iter();
    let mut wanted: BTreeSet<Arc<str>> =
        settings.fonts.iter().chain(logo).map(|path| Arc::from(format!("content/{}", path.value))).collect();
    if !files.assets.is_empty() {
        wanted.extend(files.pages.iter().flat_map(wanted_by));
    }
    wanted.retain(|path| files.assets.contains_key(path));
    wanted
}

/// The pictures that the sheet of one page draws, whether or not they are there.
pub fn wanted_by(source: &Source) -> Vec<Arc<str>> {
    // Only sheets draw pictures, and few pages are sheets.
    let front_matter = source.text.split("\n---").next().unwrap_or("");
    if !front_matter.contains("checklist") && !front_matter.contains("worksheet") {
        return Vec::new();
    }
    let page = parse::page(source).value;
    if !matches!(page.kind(), Kind::Checklist | Kind::Worksheet) {
        return Vec::new();
    }
    let images = page.outline.links.iter().filter(|link| link.kind == LinkKind::Image);
    images.filter_map(|link| targets::path(&page.folder, &link.target)).map(Arc::from).collect()
}

/// Puts diagnostics into the order of files and places, each once, without the warnings that pages allow; an `allow` that
/// has nothing to allow is a warning itself.
fn settle(mut diagnostics: Vec<Diagnostic>, site: &Site) -> Vec<Diagnostic> {
    let mut used: BTreeSet<(Arc<str>, String)> = BTreeSet::new();
    let allows: BTreeMap<Arc<str>, &Page> = site
        .guides
        .par_iter()
        .flat_map_iter(|guide| guide.pages.iter().filter(|page| !page.common.allow.is_empty()))
        .map(|page| (page.source.path.clone(), &**page))
        .collect();
    diagnostics.retain(|found| {
        let allowed = found.severity == Severity::Warning
            && allows.get(&found.place.path).is_some_and(|page| page.common.allow.contains_key(found.rule.name()));
        if allowed {
            used.insert((found.place.path.clone(), found.rule.name().to_owned()));
        }
        !allowed
    });
    for (path, page) in allows {
        for (name, reason) in page.common.allow.iter() {
            // The key itself is marked; it stands before its reason.
            let before = &page.source.text[..reason.range().start];
            let key = before.rfind(name.as_str()).map(|at| page.source.place(at..at + name.len()));
            let place = key.unwrap_or_else(|| page.place_of(reason));
            // What layout finds is known only when PDFs are made, so allowing it is never called useless.
            let late = matches!(Rule::named(name), Some(Rule::SheetLength | Rule::OverdueReview));
            match Rule::named(name) {
                None => diagnostics.push(
                    Diagnostic::new(Rule::UnusedAllow, place, format!("there is no rule `{name}`")).hint(
                        crate::diagnostic::nearest(name, Rule::ALL.iter().map(|rule| rule.name())).map_or_else(
                            || "the name of a rule stands in brackets in its message".to_owned(),
                            |near| format!("did you mean `{near}`?"),
                        ),
                    ),
                ),
                Some(_) if late || used.contains(&(path.clone(), name.clone())) => {}
                Some(rule) if rule.severity() == Severity::Error => diagnostics.push(
                    Diagnostic::new(Rule::UnusedAllow, place, format!("`{name}` is an error, which can't be allowed"))
                        .hint("mend it, and remove this line"),
                ),
                Some(_) => diagnostics.push(
                    Diagnostic::new(
                        Rule::UnusedAllow,
                        place,
                        format!("the page allows `{name}`, which does not come up"),
                    )
                    .hint("remove this line"),
                ),
            }
        }
    }
    without_echoes(&mut diagnostics);
    diagnostics.sort();
    diagnostics.dedup();
    diagnostics
}

/// Takes out what only follows from another mistake: pages that clash in their ids clash in their addresses, a link to a file
/// that can't be read leads nowhere, and so does one whose address is a path on one computer.
fn without_echoes(diagnostics: &mut Vec<Diagnostic>) {
    let clashes: BTreeSet<Place> =
        diagnostics.iter().filter(|found| found.rule == Rule::DuplicateId).map(|found| found.place.clone()).collect();
    // Where they end: `\\` at a path's start stands for one `\`, so the link's own place may begin later.
    let almost: BTreeSet<(Arc<str>, u32)> = diagnostics
        .iter()
        .filter(|found| found.rule == Rule::AlmostLink && found.severity == Severity::Error)
        .map(|found| (found.place.path.clone(), found.place.end))
        .collect();
    let is_almost = |place: &Place| !almost.is_empty() && almost.contains(&(place.path.clone(), place.end));
    let unread = |found: &&Diagnostic| {
        matches!(found.rule, Rule::Encoding | Rule::UnreadableFile | Rule::TooLarge | Rule::SymbolicLink)
    };
    let missing: BTreeSet<String> = diagnostics
        .iter()
        .filter(unread)
        .map(|found| format!("there is no page or file `{}`", found.place.path))
        .collect();
    diagnostics.retain(|found| match found.rule {
        Rule::DuplicateAddress => !clashes.contains(&found.place),
        Rule::BrokenLink | Rule::BrokenImage | Rule::BadScheme if is_almost(&found.place) => false,
        Rule::BrokenLink => !missing.contains(&found.message),
        _ => true,
    });
}

impl Compiled {
    /// Makes what is published at an address, PDFs too; `None` where there is nothing. The bytes are empty where a sheet
    /// can't be drawn, which is an error among the diagnostics.
    pub fn output(&self, address: &str) -> Option<Checked<Output>> {
        Some(self.output_of(address, self.edition.routes.all.get(address)?))
    }

    /// The same where the route is known.
    pub fn output_of(&self, address: &str, route: &Route) -> Checked<Output> {
        self.count_pages(route);
        let rendered = self.edition.render(address, route);
        match &rendered.value {
            Output::Pdf(guide, sheet, size) => {
                let drawn = self.kit.draw(&self.edition, *guide, sheet, *size);
                let value = drawn.value.map_or_else(|| Output::Bytes(Vec::new()), Output::Shared);
                let diagnostics = drawn.diagnostics.into_iter().filter(|found| !self.allows(found)).collect();
                Checked { value, diagnostics }
            }
            _ => rendered,
        }
    }

    /// The list of sheets says how many pages each has, which only layout knows.
    fn count_pages(&self, route: &Route) {
        let Route::Made(guide, Made::Checklists) = route else { return };
        let Some((size, _)) = sizes(self.edition.site.settings.paper).first().filter(|_| self.edition.choices.pdf)
        else {
            return;
        };
        self.edition.pages[*guide].get_or_init(|| {
            let sheets = self.edition.derived.guides[*guide].sheets.iter();
            let pages = |address: &String, entry| self.kit.pages(&self.edition, entry, address, *size);
            sheets.map(|(address, entry)| (address.clone(), pages(address, entry))).collect()
        });
    }

    /// A word for what is published by a route, by which [`Compiled::is_current`] knows another time that it would be
    /// made again just so. Empty where that can't be told.
    pub fn made_from(&self, route: &Route) -> String {
        match route {
            Route::Pdf { guide, sheet, size } => self.kit.made_from(&self.edition, *guide, sheet, *size),
            Route::Page(page) => self.origin(page.guide).to_owned(),
            // The list of sheets counts the pages of PDFs, which only drawing tells.
            Route::Made(_, Made::Checklists) if self.edition.choices.pdf => String::new(),
            Route::Made(guide, _) => self.origin(*guide).to_owned(),
            _ => String::new(),
        }
    }

    /// Whether what was published by a route, of which `word` was said then, would be made again just so.
    pub fn is_current(&self, route: &Route, word: &str) -> bool {
        match route {
            Route::Pdf { guide, sheet, size } => self.kit.is_current(&self.edition, *guide, sheet, *size, word),
            Route::Page(_) | Route::Made(..) => !word.is_empty() && self.made_from(route) == word,
            _ => false,
        }
    }

    fn origin(&self, guide: usize) -> &str {
        let origins = self.origins.get_or_init(|| {
            let Edition { site, links, translations, .. } = &self.edition;
            origin::words(self.of_site, site, &origin::near(site, links, translations))
        });
        &origins[guide]
    }

    /// Whether a page allows a warning.
    fn allows(&self, found: &Diagnostic) -> bool {
        let Some(at) = self.edition.site.paths.get(&found.place.path) else { return false };
        found.severity == Severity::Warning && self.edition.site.page(*at).common.allow.contains_key(found.rule.name())
    }

    /// Whether something is wrong that keeps the site from being published.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|found| found.severity == Severity::Error)
    }

    /// How many steps, roles and other pages there are, for a summary.
    pub fn count(&self, kind: Kind) -> usize {
        self.edition.site.pages().filter(|(_, page)| page.kind() == kind).count()
    }

    /// The keys of a guide's home page, for tests and commands.
    pub fn details(&self) -> impl Iterator<Item = &Details> {
        self.edition.site.pages().map(|(_, page)| &page.details)
    }
}
