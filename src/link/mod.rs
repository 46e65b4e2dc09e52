//! What refers to what: links, ids, anchors, terms, and from them backlinks and orphans.
//!
//! In: a [`Site`], guide by guide. Out: [`Links`], one [`GuideLinks`] for each guide, with every reference that leads nowhere
//! reported at its place. Nothing is written into pages: whoever draws a page asks these values.

pub mod references;
pub mod targets;
pub mod terms;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Rule};
use crate::model::front_matter::Kind;
use crate::model::page::{LinkKind, Page};
use crate::model::site::{Guide, PageRef, Site};
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
    pub pages: Arc<Vec<PageLinks>>,
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
    /// Every page that it refers to in any way, without itself; in order, each once.
    pub refers: Vec<PageRef>,
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

/// What was found in one guide.
#[derive(Debug, Clone, Default)]
pub struct Linked {
    /// The references of its pages.
    pub pages: Vec<PageLinks>,
    /// Those that lead nowhere, and the like.
    pub diagnostics: Vec<Diagnostic>,
    /// Guides whose pages' titles, headings or tasks decided anything here, or will when a reference is drawn.
    pub looked_into: BTreeSet<usize>,
}

/// Follows every reference of one guide.
///
/// Besides the guide's own pages and the site's settings, this depends on where other pages stand (path, address, kind, id,
/// whether they are drafts, which files there are), and on what is in the guides that it [looked into](Linked::looked_into).
/// What is kept from one run to the next rests on that.
pub fn guide(site: &Site, index: &targets::Index, guide: usize) -> Linked {
    let own = &site.guides[guide];
    let terms = terms::Terms::new(own, site.language(own));
    let mut linked = Linked::default();
    for (page, value) in own.pages.iter().enumerate() {
        let at = PageRef { guide, page };
        let mut links = PageLinks { targets: Vec::with_capacity(value.outline.links.len()), ..PageLinks::default() };
        // The pages that it links to or names, terms found by themselves left out.
        let mut names = references::follow(site, at, &mut linked);
        for link in &value.outline.links {
            let target = targets::follow(site, index, at, link, &mut linked);
            if let Target::Page { page, .. } = &target {
                note_draft(site, value, *page, link.range.clone(), &mut linked.diagnostics);
                names.insert(*page);
            }
            links.targets.push(target);
        }
        html(site, value, &mut linked.diagnostics);
        names.remove(&at);
        links.mentions = terms.mentions(value, page, &names, guide);
        names.extend(links.mentions.iter().map(|mention| PageRef { guide, page: mention.term }));
        links.refers = names.into_iter().collect();
        linked.pages.push(links);
    }
    linked
}

/// The references of a guide's pages to pages of other guides: which page is referred to, and by which.
pub fn outward(guide: usize, pages: &[PageLinks]) -> Vec<(PageRef, PageRef)> {
    let from = |page: usize| PageRef { guide, page };
    let all = pages.iter().enumerate().flat_map(|(page, links)| links.refers.iter().map(move |to| (*to, from(page))));
    all.filter(|(to, _)| to.guide != guide).collect()
}

/// For each page of a guide the pages that refer to it, in order. `inward` are the references from other guides.
pub fn backlinks(guide: usize, pages: &[PageLinks], inward: &[(usize, PageRef)]) -> Vec<Vec<PageRef>> {
    let mut backlinks: Vec<Vec<PageRef>> = vec![Vec::new(); pages.len()];
    for (page, links) in pages.iter().enumerate() {
        for target in links.refers.iter().filter(|target| target.guide == guide) {
            backlinks[target.page].push(PageRef { guide, page });
        }
    }
    for (to, from) in inward {
        backlinks[*to].push(*from);
    }
    backlinks.iter_mut().for_each(|pages| pages.sort());
    backlinks
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

/// Pages, checklists and worksheets of a guide that nothing refers to; home and about excepted.
pub fn orphans(guide: &Guide, backlinks: &[Vec<PageRef>]) -> Vec<Diagnostic> {
    let listed = |kind: Kind| matches!(kind, Kind::Page | Kind::Checklist | Kind::Worksheet);
    let is_home =
        |page: &Page| page.address == "index.html" || page.address.ends_with("/index.html") || page.id == "about";
    let pages = guide.pages.iter().zip(backlinks);
    let alone = pages.filter(|(page, backlinks)| backlinks.is_empty() && listed(page.kind()) && !is_home(page));
    alone
        .map(|(page, _)| {
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
