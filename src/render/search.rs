//! What can be found in a guide, and in the list of guides; and the page to which the search field leads.
//!
//! In: an edition. Out: the scripts of the search indexes ([`crate::search`]), and the search pages. Only what is published
//! is in them, since an edition holds nothing else. Addresses count from the folder of the index, so that it works wherever
//! the site lies.

use std::borrow::Cow;

use super::guide::{shared, sheet_link, strings};
use super::{Edition, Rendered, beside};
use crate::model::address::{Made, encode};
use crate::model::front_matter::{Details, Kind, Rows};
use crate::model::page::Page;
use crate::model::site::PageRef;
use crate::model::strings::Strings;
use crate::search::{Entry, Index, Labels};

/// Of a guide with more pages than this, texts are left out: titles, other names, headings, summaries and terms stay.
const MOST_TEXTS: usize = 500;

/// Of a site with more pages than this, the list of guides finds guides only, and not what they hold.
const MOST_TITLES: usize = 2000;

/// The kinds of what is found, as in the strings' `kinds_…`.
const KINDS: &[&str] =
    &["guide", "role", "criterion", "step", "checklist", "worksheet", "plan", "term", "page", "sheet"];

/// The index of one guide: its pages, its sheets, and the pages that are made for it.
pub fn guide(edition: &Edition, guide: usize) -> Vec<u8> {
    let own = &edition.site.guides[guide];
    let prefix = own.prefix();
    let with_text = own.pages.len() <= MOST_TEXTS;
    let mut index = Index::default();
    for page in 0..own.pages.len() {
        add_page(edition, PageRef { guide, page }, &prefix, with_text, &mut index);
    }
    let words = strings(edition, guide);
    for (made, address) in &edition.derived.guides[guide].made {
        let url = encode(address.strip_prefix(&*prefix).unwrap_or(address));
        if let Some(entry) = edition.derived.guides[guide].sheets.get(address) {
            let sheet = sheet_link(edition, guide, address, entry);
            index.add(&Entry { url, kind: "sheet", title: &sheet.title, summary: &sheet.summary, ..Entry::default() });
        } else if let Some(name) = made_name(*made) {
            let title = words.get(name);
            let summary = words.some(&format!("{}_summary", name.trim_end_matches("_title"))).unwrap_or_default();
            index.add(&Entry { url, kind: "page", title, summary: &summary, ..Entry::default() });
        }
    }
    index.finish(&labels(words))
}

/// The strings' key of the title of a page that is made and is no sheet, if one may look for it.
fn made_name(made: Made) -> Option<&'static str> {
    match made {
        Made::Steps => Some("steps_title"),
        Made::Roles => Some("roles_title"),
        Made::Criteria => Some("criteria_title"),
        Made::Worksheets => Some("worksheets_title"),
        Made::Checklists => Some("checklists_title"),
        Made::Glossary => Some("glossary_title"),
        Made::Print => Some("print_title"),
        Made::Coverage => Some("coverage_title"),
        _ => None,
    }
}

/// The index of a site's list of guides: guides with the titles of their pages, and the pages outside guides.
pub fn site(edition: &Edition) -> Vec<u8> {
    let site = &edition.site;
    let with_titles = site.guides.iter().map(|guide| guide.pages.len()).sum::<usize>() <= MOST_TITLES;
    let mut index = Index::default();
    for (guide, own) in site.guides.iter().enumerate() {
        if own.is_outside() {
            let with_text = own.pages.len() <= MOST_TEXTS;
            (0..own.pages.len()).for_each(|page| add_page(edition, PageRef { guide, page }, "", with_text, &mut index));
            continue;
        }
        let Some(home) = own.home() else { continue };
        let inner = own.pages.iter().filter(|page| with_titles && !matches!(page.kind(), Kind::Guide | Kind::Term));
        index.add(&Entry {
            url: encode(&home.address),
            kind: "guide",
            title: &home.title,
            summary: home.summary(),
            headings: inner.map(|page| (page.title.as_str(), encode(&page.address))).collect(),
            ..Entry::default()
        });
    }
    index.finish(&labels(edition.theme.strings(&site.settings.language.value)))
}

/// The search page of the list of guides.
pub fn page(edition: &Edition) -> Rendered {
    let mut context = super::context::base(edition, None, "search.html")?;
    context.insert("page", &super::context::made(edition, None, "search.html", "search", "search"));
    context.insert("guides", &beside::guide_links(edition));
    edition.theme.render("search.html", &context)
}

fn labels(words: &Strings) -> Labels<'_> {
    Labels {
        none: words.get("search_none"),
        one: words.get("search_one"),
        other: words.get("search_other"),
        all: words.get("search_all"),
        also: words.get("also_called"),
        kinds: KINDS
            .iter()
            .map(|kind| (*kind, words.texts.get(&format!("kinds_{kind}")).map_or(*kind, String::as_str)))
            .collect(),
    }
}

fn add_page(edition: &Edition, at: PageRef, prefix: &str, with_text: bool, index: &mut Index) {
    let page = edition.site.page(at);
    let outline = &page.outline;
    // The title is among the headings where it stands in the text.
    let headings = outline.headings.iter().skip(usize::from(outline.title.is_some()));
    let shared = shared(edition, at.guide);
    let text = if with_text { with_further(&shared.written(edition, at).plain, page) } else { Cow::Borrowed("") };
    index.add(&Entry {
        url: encode(page.address.strip_prefix(prefix).unwrap_or(&page.address)),
        kind: page.kind().name(),
        title: &page.title,
        also: also(page),
        summary: page.summary(),
        headings: headings.map(|heading| (heading.text.trim(), format!("#{}", encode(&heading.id)))).collect(),
        text: text.trim_end(),
    });
}

/// A page's other names.
fn also(page: &Page) -> Vec<&str> {
    match &page.details {
        Details::Term(term) => term.also.iter().map(|name| name.value.as_str()).collect(),
        Details::Role(role) => {
            let short = role.short.as_deref().filter(|short| *short != page.title);
            role.also.iter().map(|name| name.value.as_str()).chain(short).collect()
        }
        _ => Vec::new(),
    }
}

/// The text of a page, with what its front matter adds to it.
fn with_further<'t>(plain: &'t str, page: &Page) -> Cow<'t, str> {
    let mut text = Cow::Borrowed(plain);
    for line in further(page) {
        if !text.is_empty() && !text.ends_with('\n') {
            text.to_mut().push('\n');
        }
        text.to_mut().push_str(line);
    }
    text
}

/// What a page shows of its front matter besides title, names and summary.
fn further(page: &Page) -> Vec<&str> {
    let all: Vec<&str> = match &page.details {
        Details::Guide(guide) => guide.audience.as_deref().into_iter().collect(),
        Details::Role(role) => role.brings.0.iter().map(String::as_str).collect(),
        Details::Criterion(criterion) => {
            criterion.evidence.0.iter().chain(&criterion.ask.0).map(String::as_str).collect()
        }
        Details::Step(step) => {
            [&step.objective, &step.when, &step.outcome].into_iter().filter_map(Option::as_deref).collect()
        }
        Details::Checklist(list) => [&list.objective, &list.when].into_iter().filter_map(Option::as_deref).collect(),
        Details::Worksheet(sheet) => {
            let columns = sheet.columns.iter().map(|column| column.title.as_str());
            let rows = match sheet.rows.as_ref().map(|rows| &rows.value) {
                Some(Rows::Labelled(rows)) => &rows[..],
                _ => &[],
            };
            let rows = rows.iter().flat_map(|row| std::iter::once(&row.value.label).chain(&row.value.cells));
            let fields = sheet.fields.iter().map(|field| field.label.as_str());
            columns.chain(rows.map(String::as_str)).chain(fields).collect()
        }
        Details::Plan(plan) => {
            let phases = plan.phases.iter();
            let phases = phases.flat_map(|phase| std::iter::once(&phase.value.title).chain(&phase.value.features));
            let tasks = plan.tasks.iter().flat_map(|task| {
                [task.value.title.as_ref().map(|title| &title.value), task.value.detail.as_ref()].into_iter().flatten()
            });
            phases.chain(tasks).map(String::as_str).collect()
        }
        Details::Term(_) | Details::Page(_) => Vec::new(),
    };
    all.into_iter().map(str::trim).filter(|line| !line.is_empty()).collect()
}
