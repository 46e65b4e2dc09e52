//! What refers to what: links, ids, anchors, terms, and from them backlinks and orphans.
//!
//! In: a [`Site`]. Out: [`Links`], one [`GuideLinks`] for each guide, with every reference that leads nowhere reported at
//! its place. Nothing is written into pages: whoever draws a page asks these values.

pub mod references;
pub mod targets;
pub mod terms;

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use crate::diagnostic::{Checked, Diagnostic, Rule};
use crate::model::front_matter::Kind;
use crate::model::page::{LinkKind, Page};
use crate::model::site::{PageRef, Site};
pub use targets::Target;
pub use terms::Mention;

/// All references of a site, in the order of its guides.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// One for each guide.
    pub guides: Vec<Arc<GuideLinks>>,
}

/// The references of one guide, in the order of its pages.
#[derive(Debug, Clone, Default)]
pub struct GuideLinks {
    /// Where the links of each page lead.
    pub pages: Vec<PageLinks>,
    /// For each page, the pages that refer to it, in order.
    pub backlinks: Vec<Vec<PageRef>>,
}

/// The references of one page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageLinks {
    /// Where each link of its outline leads.
    pub targets: Vec<Target>,
    /// The first mention of each term in its prose.
    pub mentions: Vec<Mention>,
    /// Every page that it refers to in any way, without itself.
    pub refers: BTreeSet<PageRef>,
    /// The pages among them that it links to or names, terms found by themselves left out.
    pub names: BTreeSet<PageRef>,
}

impl Links {
    /// The references of a page.
    pub fn page(&self, page: PageRef) -> &PageLinks {
        &self.guides[page.guide].pages[page.page]
    }

    /// The pages that refer to a page.
    pub fn backlinks(&self, page: PageRef) -> &[PageRef] {
        &self.guides[page.guide].backlinks[page.page]
    }
}

/// Follows every reference of a site.
pub fn link(site: &Site) -> Checked<Links> {
    let index = targets::Index::new(site);
    let found: Vec<(Vec<PageLinks>, Vec<Diagnostic>)> =
        (0..site.guides.len()).into_par_iter().map(|guide| link_guide(site, &index, guide)).collect();
    let mut backlinks: Vec<Vec<Vec<PageRef>>> =
        site.guides.iter().map(|guide| vec![Vec::new(); guide.pages.len()]).collect();
    let mut diagnostics = Vec::new();
    for (guide, (pages, _)) in found.iter().enumerate() {
        for (page, links) in pages.iter().enumerate() {
            for target in &links.refers {
                backlinks[target.guide][target.page].push(PageRef { guide, page });
            }
        }
    }
    let mut links = Links::default();
    for ((pages, own), backlinks) in found.into_iter().zip(backlinks) {
        diagnostics.extend(own);
        links.guides.push(Arc::new(GuideLinks { pages, backlinks }));
    }
    diagnostics.extend(orphans(site, &links));
    Checked { value: links, diagnostics }
}

fn link_guide(site: &Site, index: &targets::Index<'_>, guide: usize) -> (Vec<PageLinks>, Vec<Diagnostic>) {
    let own = &site.guides[guide];
    let terms = terms::Terms::new(own, site.language(own));
    let mut diagnostics = Vec::new();
    let pages = own.pages.iter().enumerate().map(|(page, value)| {
        let at = PageRef { guide, page };
        let mut links = PageLinks::default();
        references::follow(site, at, &mut links, &mut diagnostics);
        for link in &value.outline.links {
            let target = targets::follow(site, index, at, link, &mut diagnostics);
            if let Target::Page { page, .. } = &target {
                note_draft(site, value, *page, link.range.clone(), &mut diagnostics);
                links.names.insert(*page);
            }
            links.targets.push(target);
        }
        html(site, value, &mut diagnostics);
        links.names.remove(&at);
        links.mentions = terms.mentions(value, page, &links, guide);
        links.refers = links.names.clone();
        links.refers.extend(links.mentions.iter().map(|mention| PageRef { guide, page: mention.term }));
        links
    });
    (pages.collect(), diagnostics)
}

/// A published page must not lead to a draft, which only the preview shows.
fn note_draft(
    site: &Site,
    page: &Page,
    target: PageRef,
    range: std::ops::Range<usize>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let target = site.page(target);
    if target.is_draft() && !page.is_draft() {
        diagnostics.push(draft(page.source.place(range), &target.source.path));
    }
}

/// The message on a reference to a draft.
pub(crate) fn draft(place: crate::source::Place, target: &str) -> Diagnostic {
    Diagnostic::new(Rule::DraftLink, place, format!("this leads to a draft, which is not published: {target}"))
        .hint("remove `draft: true` there, or remove the reference here")
}

fn html(site: &Site, page: &Page, diagnostics: &mut Vec<Diagnostic>) {
    if site.settings.raw_html == crate::model::settings::RawHtml::Allow {
        diagnostics.extend(page.outline.html.iter().flat_map(|range| unsafe_html(page, range)));
        return;
    }
    diagnostics.extend(page.outline.html.iter().map(|range| {
        Diagnostic::new(Rule::RawHtml, page.source.place(first_line(page, range.clone())), "this HTML is shown as text")
            .hint("write it in Markdown (a note is `> [!NOTE]`), or set `raw_html: allow` in site.yaml")
    }));
}

/// What in a piece of HTML is never published.
fn unsafe_html(page: &Page, range: &std::ops::Range<usize>) -> Vec<Diagnostic> {
    let html = page.source.text[range.clone()].to_ascii_lowercase();
    let found = crate::parse::raw_html::dangers(&html).into_iter().map(|name| {
        let start = range.start + html.find(&name).unwrap_or(0);
        let place = page.source.place(start..(start + name.len()).min(range.end));
        Diagnostic::new(Rule::UnsafeHtml, place, format!("`{name}` is never published, so it was removed"))
            .hint("remove it; looks belong into a theme, and pages run nothing of their own")
    });
    found.collect()
}

fn first_line(page: &Page, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let end = page.source.text[range.clone()].find('\n').map_or(range.end, |newline| range.start + newline);
    range.start..end
}

/// Pages, checklists and worksheets that nothing refers to; home and about excepted.
fn orphans(site: &Site, links: &Links) -> Vec<Diagnostic> {
    let listed = |kind: Kind| matches!(kind, Kind::Page | Kind::Checklist | Kind::Worksheet);
    let is_home =
        |page: &Page| page.address == "index.html" || page.address.ends_with("/index.html") || page.id == "about";
    let alone =
        site.pages().filter(|(at, page)| listed(page.kind()) && !is_home(page) && links.backlinks(*at).is_empty());
    alone
        .map(|(_, page)| {
            let hint = match page.kind() {
                Kind::Page => "link to it from a page where readers would look for it".to_owned(),
                _ => format!("name it in a step (`sheets: [{}]`), or link to it", page.id),
            };
            Diagnostic::new(Rule::Orphan, page.place(), "no other page refers to this one").hint(hint)
        })
        .collect()
}

/// Whether a link is a picture.
pub fn is_image(kind: LinkKind) -> bool {
    kind == LinkKind::Image
}
