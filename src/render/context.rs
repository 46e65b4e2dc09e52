//! What every template gets.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use tera::{Context, Value};

use super::Edition;
use super::guide::{link, links, shared, strings};
use super::markup::Standing;
use super::view;
use crate::diagnostic::Diagnostic;
use crate::link::terms::Mention;
use crate::model::address::{Made, SEARCH, SEARCH_INDEX, encode, root};
use crate::model::front_matter::Kind;
use crate::model::page::Page;
use crate::model::site::PageRef;
use crate::model::strings::is_right_to_left;

/// Headings from which on a page has a table of contents.
const FEWEST_HEADINGS: usize = 3;

/// Parts of pages that are the same on all pages of a guide in one folder, with their templates: made once for all of them.
const SHARED: &[(&str, &str)] = &[
    ("print_marks", "print-marks.html"),
    ("search_field", "search-field.html"),
    ("colophon", "colophon.html"),
    ("script_words", "script-words.html"),
    ("tick_tools", "tick-tools.html"),
];

/// What all pages of a guide in one folder share.
pub struct Around {
    context: Context,
    /// The way beside the text.
    navigation: String,
    /// By the address of each link in it: where a mark goes that it leads to the page itself.
    links: BTreeMap<String, Vec<usize>>,
}

impl Around {
    /// The way beside the text of a page, with the links to the page itself marked.
    fn navigation(&self, href: &str) -> Value {
        let (mut marked, mut done) = (String::with_capacity(self.navigation.len() + 64), 0);
        for at in self.links.get(href).into_iter().flatten() {
            marked.extend([&self.navigation[done..*at], " aria-current=\"page\""]);
            done = *at;
        }
        Value::safe_string(&(marked + &self.navigation[done..]))
    }
}

/// A context with what all pages share. `guide` is the index of the page's guide, if it is of one.
///
/// # Errors
/// What is wrong in a template.
pub fn base(edition: &Edition, guide: Option<usize>, address: &str) -> Result<Context, Box<Diagnostic>> {
    base_at(edition, guide, address, &root(address))
}

/// The same where links lead to the site's root by `root`.
///
/// # Errors
/// What is wrong in a template.
pub fn base_at(edition: &Edition, guide: Option<usize>, address: &str, root: &str) -> Result<Context, Box<Diagnostic>> {
    let key = (guide, root.to_owned());
    let known = edition.around.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    let around = match known {
        Some(around) => around,
        None => {
            let made = Arc::new(around(edition, guide, root)?);
            edition.around.write().unwrap_or_else(PoisonError::into_inner).insert(key, made.clone());
            made
        }
    };
    let mut context = around.context.clone();
    context.insert_value("navigation", around.navigation(&format!("{root}{}", encode(address))));
    Ok(context)
}

fn around(edition: &Edition, guide: Option<usize>, root: &str) -> Result<Around, Box<Diagnostic>> {
    let mut context = Context::new();
    let inside = guide.filter(|guide| !edition.site.guides[*guide].is_outside());
    let language = match guide {
        Some(guide) => edition.site.language(&edition.site.guides[guide]),
        None => edition.site.settings.language.value.as_str(),
    };
    context.insert_value("root", Value::safe_string(root));
    context.insert("language", language);
    context.insert("dir", if is_right_to_left(language) { "rtl" } else { "ltr" });
    context.insert_value("site", edition.site_view.get_or_init(|| Value::from_serializable(&site(edition))).clone());
    context.insert_value("guide", inside.map_or_else(Value::none, |guide| shared(edition, guide).value.clone()));
    context.insert_value("text", edition.theme.texts(language));
    context.insert("stylesheet", &encode(&edition.theme.stylesheet.address));
    context.insert("script", &edition.theme.script.as_ref().map(|script| encode(&script.address)));
    context.insert("favicon", &encode(&edition.theme.favicon.address));
    let (search, index) = search(edition, inside);
    context.insert("search_url", &encode(search));
    context.insert("search_index", &encode(index));
    context.insert("preview", &edition.preview);
    context.insert_value("extra", Value::from_serializable(&std::collections::BTreeMap::<String, String>::new()));
    for (name, template) in SHARED {
        let markup = edition.theme.render(template, &context)?;
        context.insert_value(*name, Value::safe_string(String::from_utf8_lossy(&markup).trim_end()));
    }
    let navigation = edition.theme.render("navigation.html", &context)?;
    let navigation = String::from_utf8_lossy(&navigation).trim_end().to_owned();
    let links = addresses(&navigation);
    Ok(Around { context, navigation, links })
}

/// The address of each link in markup, with the places right after its `href`.
fn addresses(markup: &str) -> BTreeMap<String, Vec<usize>> {
    const HREF: &str = "href=\"";
    let mut links: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, _) in markup.match_indices(HREF) {
        let start = at + HREF.len();
        if let Some(length) = markup[start..].find('"') {
            links.entry(markup[start..start + length].to_owned()).or_default().push(start + length + 1);
        }
    }
    links
}

/// The search page of a guide and its index; where there is no guide, those of the list of guides.
fn search(edition: &Edition, guide: Option<usize>) -> (&str, &str) {
    let own = guide.map(|guide| &edition.derived.guides[guide]);
    let address = |made| own.and_then(|own| own.address(made));
    (address(Made::Search).unwrap_or(SEARCH), address(Made::SearchIndex).unwrap_or(SEARCH_INDEX))
}

fn site(edition: &Edition) -> view::Site {
    let settings = &edition.site.settings;
    view::Site {
        title: edition.site.title().to_owned(),
        organization: settings.organization.name.clone(),
        logo: settings.organization.logo.as_ref().map(|logo| encode(&logo.value)),
        base: settings.base().map(str::to_owned),
        many_guides: edition.site.guides.iter().filter(|guide| !guide.is_outside()).count() > 1,
        language: settings.language.value.clone(),
        pdf: edition.choices.pdf,
    }
}

/// The view of a page that an editor wrote.
pub fn page(edition: &Edition, at: PageRef) -> view::Page {
    let page = edition.site.page(at);
    let term = |mention: &Mention| link(edition, PageRef { guide: at.guide, page: mention.term });
    let shared = shared(edition, at.guide);
    let text = shared.written(edition, at);
    let standing = Standing { from: &page.address, anchors: "", down: 0 };
    let (previous, next) = neighbours(edition, at);
    view::Page {
        title: page.title.clone(),
        url: encode(&page.address),
        summary: page.summary().to_owned(),
        kind: page.kind().name(),
        draft: page.is_draft(),
        added: page.is_added(),
        reviewed: page.common.reviewed.as_ref().map(|day| day.value.clone()),
        review_by: page.common.review_by.as_ref().map(|day| day.value.clone()),
        breadcrumbs: breadcrumbs(edition, at),
        contents: contents(page),
        html: view::SafeHtml(text.start.at(standing)),
        rest_html: view::SafeHtml(text.rest.at(standing)),
        backlinks: links(edition, edition.links.backlinks(at)),
        facts: facts(edition, at, page),
        terms: edition.links.page(at).mentions.iter().map(term).collect(),
        previous,
        next,
        has_tasks: !page.outline.tasks.is_empty(),
        canonical: canonical(edition, &page.address),
    }
}

/// The view of a page that is made, by its name in the strings: `steps` has `steps_title` and `steps_summary`.
pub fn made(edition: &Edition, guide: Option<usize>, address: &str, kind: &'static str, name: &str) -> view::Page {
    let words = match guide {
        Some(guide) => strings(edition, guide),
        None => edition.theme.strings(&edition.site.settings.language.value),
    };
    view::Page {
        title: words.get(&format!("{name}_title")).to_owned(),
        summary: words.some(&format!("{name}_summary")).unwrap_or_default(),
        url: encode(address),
        kind,
        breadcrumbs: guide.map(|guide| shared(edition, guide).home_crumbs.clone()).unwrap_or_default(),
        canonical: canonical(edition, address),
        ..view::Page::default()
    }
}

/// The absolute address of a page, where the site has one.
pub fn canonical(edition: &Edition, address: &str) -> Option<String> {
    let base = edition.site.settings.base()?;
    Some(format!("{base}/{}", encode(address.strip_suffix("index.html").unwrap_or(address))))
}

fn breadcrumbs(edition: &Edition, at: PageRef) -> Vec<view::SharedLink> {
    let page = edition.site.page(at);
    let shared = shared(edition, at.guide);
    let mut crumbs = shared.home_crumbs.clone();
    if page.address == "index.html" || page.kind() == Kind::Guide {
        crumbs.pop();
    } else {
        crumbs.extend(shared.list_crumbs.get(&page.kind()).cloned());
    }
    crumbs
}

fn contents(page: &Page) -> Vec<view::Heading> {
    let skipped = usize::from(page.outline.title.is_some());
    let headings = page.outline.headings.iter().skip(skipped).filter(|heading| matches!(heading.level, 2 | 3));
    let contents: Vec<view::Heading> = headings
        .map(|heading| view::Heading { level: heading.level, id: heading.id.clone(), text: heading.text.clone() })
        .collect();
    if contents.len() < FEWEST_HEADINGS { Vec::new() } else { contents }
}

fn facts(edition: &Edition, at: PageRef, page: &Page) -> Vec<view::FactLink> {
    let own = &edition.site.guides[at.guide];
    let coverage = edition.derived.guides[at.guide].address(Made::Coverage).map(encode).unwrap_or_default();
    let known = page.common.facts.iter().filter_map(|id| own.facts.iter().find(|fact| fact.id.value == id.value));
    known
        .map(|fact| view::FactLink {
            id: fact.id.value.clone(),
            says: fact.says.clone(),
            url: format!("{coverage}#{}", encode(&fact.id.value)),
        })
        .collect()
}

/// The page before and the page after among steps or criteria.
fn neighbours(edition: &Edition, at: PageRef) -> (Option<view::SharedLink>, Option<view::SharedLink>) {
    let own = &edition.site.guides[at.guide];
    let kind = own.pages[at.page].kind();
    if !matches!(kind, Kind::Step | Kind::Criterion) {
        return (None, None);
    }
    let Some(position) = own.position(kind, at.page) else { return (None, None) };
    let near = |position: Option<usize>| {
        let page = *own.listed(kind).get(position?)?;
        Some(link(edition, PageRef { guide: at.guide, page }))
    };
    (near(position.checked_sub(1)), near(position.checked_add(1)))
}
