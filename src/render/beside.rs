//! The pages beside a site's guides: the list of them, the page for addresses that are not there, and those at old addresses.

use super::context::{base, base_at, canonical, made as made_page};
use super::guide::link_view;
use super::markup::escape;
use super::{Edition, Rendered, view};
use crate::model::address::encode;
use crate::model::site::PageRef;

/// The list of guides.
pub fn guides(edition: &Edition) -> Rendered {
    let mut context = base(edition, None, "index.html")?;
    let page = view::Page {
        title: edition.site.title().to_owned(),
        canonical: canonical(edition, "index.html"),
        ..made_page(edition, None, "index.html", "guides", "guides")
    };
    context.insert("page", &page);
    context.insert("guides", &guide_links(edition));
    edition.theme.render("guides.html", &context)
}

/// The homes of all guides, and the pages outside of them.
pub fn guide_links(edition: &Edition) -> Vec<view::GuideLink> {
    let homes = edition.site.guides.iter().filter_map(|guide| Some((guide, guide.home()?)));
    let outside = edition.site.guides.iter().filter(|guide| guide.is_outside());
    let outside = outside.flat_map(|guide| guide.pages.iter().map(move |page| (guide, page)));
    let language = |guide| edition.site.language(guide).to_owned();
    homes
        .chain(outside)
        .map(|(guide, page)| view::GuideLink { link: link_view(page), language: language(guide) })
        .collect()
}

/// The page for addresses that are not there. It may be shown at any depth, so where the site's address is known its
/// links are absolute.
pub fn not_found(edition: &Edition) -> Rendered {
    let only = edition.site.guides.len() == 1;
    let root = match edition.site.settings.base() {
        // A preview is at the root of its port, and shows this page at any depth.
        _ if edition.preview => "/".to_owned(),
        Some(base) => escape(&format!("{base}/")),
        None => String::new(),
    };
    let mut context = base_at(edition, only.then_some(0), "404.html", &root)?;
    let words = edition.theme.strings(&edition.site.settings.language.value);
    let page = view::Page {
        title: words.get("page_not_found").to_owned(),
        summary: words.get("page_not_found_summary").to_owned(),
        breadcrumbs: Vec::new(),
        canonical: None,
        ..made_page(edition, None, "404.html", "404", "page_not_found")
    };
    context.insert("page", &page);
    edition.theme.render("404.html", &context)
}

/// The page at an old address.
pub fn redirect(edition: &Edition, address: &str, to: PageRef) -> Rendered {
    let target = edition.site.page(to);
    let mut context = base(edition, Some(to.guide), address)?;
    let page = view::Page {
        title: target.title.clone(),
        url: encode(address),
        kind: "redirect",
        canonical: canonical(edition, &target.address),
        ..view::Page::default()
    };
    context.insert("page", &page);
    context.insert("target", &encode(&target.address));
    edition.theme.render("redirect.html", &context)
}
