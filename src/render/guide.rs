//! What templates see of a guide: made once, shared by all its pages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock, PoisonError};

use tera::Value;

use super::task::tick_hash;
use super::view;
use super::{Edition, html};
use crate::derive::{Entry, GuideSheets, Origin};
use crate::link::references::find;
use crate::model::address::{Made, encode};
use crate::model::front_matter::{Details, Id, Kind};
use crate::model::page::Page;
use crate::model::site::{Guide, PageRef, Site};
use crate::model::strings::Strings;
use crate::paper::Size;
use crate::routes::{pdf_address, sizes};

/// A guide as templates see it, and as the making of its pages uses it.
pub struct Shared {
    /// For templates.
    pub value: Value,
    /// The same, for us.
    pub view: view::Guide,
    /// The way from the site's home down to the guide's, itself included.
    pub home_crumbs: Vec<view::SharedLink>,
    /// The list in which pages of a kind stand, where they stand in one.
    pub list_crumbs: BTreeMap<Kind, view::SharedLink>,
    /// The text of each page, written when first asked for.
    written: Vec<OnceLock<html::Html>>,
}

impl Shared {
    /// A page's text: it stands at its own address, and in the whole guide on one page.
    pub fn written(&self, edition: &Edition, at: PageRef) -> &html::Html {
        self.written[at.page].get_or_init(|| {
            let guide = &edition.site.guides[at.guide];
            let context = html::Context { site: &edition.site, guide, strings: strings(edition, at.guide) };
            html::write(context, &guide.pages[at.page], edition.links.page(at))
        })
    }
}

/// The words of a guide's language.
pub fn strings(edition: &Edition, guide: usize) -> &Strings {
    edition.theme.strings(edition.site.language(&edition.site.guides[guide]))
}

/// The shared view of a guide.
pub fn shared(edition: &Edition, guide: usize) -> Arc<Shared> {
    let mut known = edition.shared[guide].lock().unwrap_or_else(PoisonError::into_inner);
    let made = known.get_or_insert_with(|| {
        let maker =
            Maker { edition, at: guide, guide: &edition.site.guides[guide], sheets: &edition.derived.guides[guide] };
        let view = maker.view();
        Arc::new(Shared {
            value: Value::from_serializable(&view),
            home_crumbs: maker.home_crumbs(&view),
            list_crumbs: maker.list_crumbs(),
            written: maker.guide.pages.iter().map(|_| OnceLock::new()).collect(),
            view,
        })
    });
    made.clone()
}

/// A link to a page, made when it is first asked for.
pub fn link(edition: &Edition, at: PageRef) -> view::SharedLink {
    let mut links = edition.links_to[at.guide].lock().unwrap_or_else(PoisonError::into_inner);
    links.entry(at.page).or_insert_with(|| Value::from_serializable(&link_view(edition.site.page(at)))).clone()
}

/// Links to pages.
pub fn links<'a>(edition: &Edition, pages: impl IntoIterator<Item = &'a PageRef>) -> Vec<view::SharedLink> {
    pages.into_iter().map(|page| link(edition, *page)).collect()
}

/// What a link to a page says.
pub fn link_view(page: &Page) -> view::Link {
    view::Link {
        title: page.title.clone(),
        url: encode(&page.address),
        summary: page.summary().to_owned(),
        kind: page.kind().name(),
        draft: page.is_draft(),
    }
}

/// The PDFs of a sheet.
pub fn pdfs(edition: &Edition, address: &str) -> Vec<view::Pdf> {
    if !edition.choices.pdf {
        return Vec::new();
    }
    let made = sizes(edition.site.settings.paper).iter().map(|(size, ending)| view::Pdf {
        url: encode(&pdf_address(address, ending)),
        size: match size {
            Size::Letter => "Letter",
            Size::A4 => "A4",
        },
    });
    made.collect()
}

/// A link to a sheet.
pub fn sheet_link(edition: &Edition, guide: usize, address: &str, entry: &Entry) -> view::SheetLink {
    let strings = strings(edition, guide);
    let pages = &edition.site.guides[guide].pages;
    let (kind, summary) = match entry.origin {
        Origin::Page(index) => (pages[index].kind(), pages[index].summary().to_owned()),
        Origin::Made(made) => (Kind::Page, made_summary(made, pages, strings, edition, guide)),
    };
    view::SheetLink {
        title: entry.sheet.title.clone(),
        url: encode(address),
        summary,
        when: entry.sheet.when.clone().unwrap_or_default(),
        stamp: entry.stamp.clone(),
        pdfs: pdfs(edition, address),
        pages: None,
        items: entry.sheet.items().count(),
        group: entry.origin.group(kind),
    }
}

fn made_summary(made: Made, pages: &[Arc<Page>], strings: &Strings, edition: &Edition, guide: usize) -> String {
    let own = &edition.site.guides[guide];
    let step = |index: usize| own.position(Kind::Step, index).map_or(0, |at| at + 1);
    match made {
        Made::StepSheet(index) => {
            strings.fill("sheet_step_summary", &[("n", &step(index).to_string()), ("title", &pages[index].title)])
        }
        Made::RoleSheet(index) => strings.fill("sheet_role_summary", &[("title", &pages[index].title)]),
        Made::Journey => strings.get("sheet_journey_summary").to_owned(),
        Made::Champion => strings.get("sheet_champion_summary").to_owned(),
        Made::Matrix => strings.get("sheet_matrix_summary").to_owned(),
        Made::PlanBlank(_) => strings.get("plan_blank_summary").to_owned(),
        _ => strings.get("sheet_plan_summary").to_owned(),
    }
}

/// A link to a page that has no file of its own.
fn crumb(title: String, url: String, kind: &'static str) -> view::SharedLink {
    Value::from_serializable(&view::Link { title, url, kind, ..view::Link::default() })
}

struct Maker<'a> {
    edition: &'a Edition,
    at: usize,
    guide: &'a Guide,
    sheets: &'a GuideSheets,
}

impl Maker<'_> {
    fn view(&self) -> view::Guide {
        let guide = self.guide;
        let fields = guide.fields().cloned().unwrap_or_default();
        let home = guide.home();
        let title = home.map_or_else(|| self.edition.site.title().to_owned(), |home| home.title.clone());
        let steps = self.steps();
        view::Guide {
            title,
            url: encode(&format!("{}index.html", guide.prefix())),
            summary: home.map_or_else(String::new, |home| home.summary().to_owned()),
            edition: fields.edition,
            audience: fields.audience,
            roles: self.roles(),
            steps,
            champion: guide.champion().map(|page| self.link(page)),
            criteria: self.links(Kind::Criterion),
            checklists: self.own_sheets(Kind::Checklist),
            worksheets: self.own_sheets(Kind::Worksheet),
            plans: self.links(Kind::Plan),
            pages: guide
                .listed(Kind::Page)
                .iter()
                .filter(|page| guide.home != Some(**page))
                .map(|page| self.link(*page))
                .collect(),
            terms: guide.listed(Kind::Term).len(),
            made: self.made(),
            translations: self.translations(),
        }
    }

    fn link(&self, page: usize) -> view::SharedLink {
        link(self.edition, PageRef { guide: self.at, page })
    }

    fn links(&self, kind: Kind) -> Vec<view::SharedLink> {
        self.guide.listed(kind).iter().map(|page| self.link(*page)).collect()
    }

    fn home_crumbs(&self, own: &view::Guide) -> Vec<view::SharedLink> {
        let mut crumbs = Vec::new();
        if self.edition.site.guides.len() > 1 && !self.guide.id.is_empty() {
            crumbs.push(crumb(self.edition.site.title().to_owned(), "index.html".to_owned(), "page"));
        }
        if !self.guide.is_outside() {
            crumbs.push(crumb(own.title.clone(), own.url.clone(), "guide"));
        }
        crumbs
    }

    fn list_crumbs(&self) -> BTreeMap<Kind, view::SharedLink> {
        const LISTS: &[(Kind, Made, &str)] = &[
            (Kind::Role, Made::Roles, "roles_title"),
            (Kind::Criterion, Made::Criteria, "criteria_title"),
            (Kind::Step, Made::Steps, "steps_title"),
            (Kind::Checklist, Made::Checklists, "checklists_title"),
            (Kind::Worksheet, Made::Worksheets, "worksheets_title"),
            (Kind::Term, Made::Glossary, "glossary_title"),
        ];
        let words = strings(self.edition, self.at);
        let list = |made: Made, title: &str| {
            Some(crumb(words.get(title).to_owned(), encode(self.sheets.address(made)?), "page"))
        };
        LISTS.iter().filter_map(|(kind, made, title)| Some((*kind, list(*made, title)?))).collect()
    }

    fn own_sheets(&self, kind: Kind) -> Vec<view::SheetLink> {
        let entries = self.guide.of(kind).filter_map(|page| Some((page, self.sheets.sheets.get(&page.address)?)));
        entries.map(|(page, entry)| sheet_link(self.edition, self.at, &page.address, entry)).collect()
    }

    fn sheet(&self, made: Made) -> Option<view::SheetLink> {
        let address = self.sheets.address(made)?;
        Some(sheet_link(self.edition, self.at, address, self.sheets.sheets.get(address)?))
    }

    fn role_link(&self, id: &Id) -> Option<view::SharedLink> {
        Some(link(self.edition, find(&self.edition.site, self.at, &[Kind::Role], &id.value)?))
    }

    fn steps(&self) -> Vec<view::Step> {
        let steps = self.guide.listed(Kind::Step).iter().enumerate().map(|(number, index)| {
            let page = &*self.guide.pages[*index];
            let (lead, with) = match &page.details {
                Details::Step(step) => (step.lead.as_ref(), &step.with[..]),
                _ => (None, &[][..]),
            };
            view::Step {
                number: number + 1,
                link: link_view(page),
                lead: lead.and_then(|id| self.role_link(id)),
                with: with.iter().filter_map(|id| self.role_link(id)).collect(),
                sheet: self.sheet(Made::StepSheet(*index)),
                tasks: page.outline.tasks.len(),
                ticks: ticks(page),
            }
        });
        steps.collect()
    }

    fn roles(&self) -> Vec<view::Role> {
        self.guide.listed(Kind::Role).iter().map(|index| self.role(*index, &self.guide.pages[*index])).collect()
    }

    fn role(&self, index: usize, page: &Page) -> view::Role {
        let none = Vec::new();
        let owned = self.sheets.owned.get(&page.id).unwrap_or(&none);
        let mut asks = Vec::new();
        let (mut leads, mut joins) = (Vec::new(), Vec::new());
        for (number, at) in self.guide.listed(Kind::Step).iter().enumerate() {
            let step = &*self.guide.pages[*at];
            let Details::Step(fields) = &step.details else { continue };
            let is_lead = fields.lead.as_ref().is_some_and(|id| id.value == page.id);
            let is_with = fields.with.iter().any(|id| id.value == page.id);
            let tasks = owned.iter().find(|(page, _)| page == at).map_or(0, |(_, items)| items.len());
            if is_lead {
                leads.push(number + 1);
            } else if is_with {
                joins.push(number + 1);
            }
            if is_lead || is_with || tasks > 0 {
                let part = if is_lead {
                    "lead"
                } else if is_with {
                    "join"
                } else {
                    "task"
                };
                asks.push(view::Ask { number: number + 1, step: self.link(*at), part, tasks });
            }
        }
        let short = match &page.details {
            Details::Role(role) => role.short.clone(),
            _ => None,
        };
        view::Role {
            link: link_view(page),
            short: short.unwrap_or_else(|| page.title.clone()),
            id: page.id.clone(),
            leads,
            joins,
            tasks: owned.iter().map(|(_, items)| items.len()).sum(),
            sheet: self.sheet(Made::RoleSheet(index)),
            bundle: self.sheets.address(Made::Bundle(index)).map(encode),
            asks,
        }
    }

    fn made(&self) -> view::Made {
        let url = |made: Made| self.sheets.address(made).map(encode);
        let blank = self.guide.listed(Kind::Plan).first();
        view::Made {
            steps: url(Made::Steps),
            roles: url(Made::Roles),
            criteria: url(Made::Criteria),
            worksheets: url(Made::Worksheets),
            checklists: url(Made::Checklists),
            glossary: url(Made::Glossary),
            print: url(Made::Print),
            coverage: url(Made::Coverage),
            journey: self.sheet(Made::Journey),
            champion: self.sheet(Made::Champion),
            matrix: self.sheet(Made::Matrix),
            plan_blank: blank.and_then(|index| self.sheet(Made::PlanBlank(*index))),
        }
    }

    /// Guides that this one translates, that translate it, and that translate the same one.
    fn translations(&self) -> Vec<view::Translation> {
        let same = self.edition.translations.get(original(self.guide)).map_or(&[][..], Vec::as_slice);
        let others = same.iter().filter(|other| **other != self.at).map(|other| &self.edition.site.guides[*other]);
        others
            .map(|other| view::Translation {
                title: other.title().to_owned(),
                url: encode(&format!("{}index.html", other.prefix())),
                language: self.edition.site.language(other).to_owned(),
            })
            .collect()
    }
}

/// Guides that are the same in different languages, by the id of the one that the others translate.
pub type Translations = BTreeMap<String, Vec<usize>>;

/// Groups the guides of a site.
pub fn translations(site: &Site) -> Translations {
    let mut groups = Translations::new();
    for (index, guide) in site.guides.iter().enumerate().filter(|(_, guide)| !guide.is_outside()) {
        let names = BTreeSet::from([guide.id.as_str(), original(guide)]);
        names.into_iter().for_each(|name| groups.entry(name.to_owned()).or_default().push(index));
    }
    groups
}

/// The id of the guide that a guide translates, else its own.
fn original(guide: &Guide) -> &str {
    let translated = guide.fields().and_then(|fields| fields.translation_of.as_ref());
    translated.map_or(guide.id.as_str(), |id| id.value.as_str())
}

/// Keys and hashes of the tasks of a page: `steps/a.html#x=k3…`, with blanks between.
fn ticks(page: &Page) -> String {
    let mut ticks = String::new();
    for task in &page.outline.tasks {
        let gap = if ticks.is_empty() { "" } else { " " };
        ticks.extend([gap, &page.address, "#", &task.id, "=", &tick_hash(&task.text)]);
    }
    ticks
}

/// A term, as its own page and the glossary show it.
pub fn term(edition: &Edition, at: PageRef) -> view::Term {
    let page = edition.site.page(at);
    let also = match &page.details {
        Details::Term(fields) => fields.also.iter().map(|name| name.value.clone()).collect(),
        _ => Vec::new(),
    };
    let used_in = links(edition, edition.links.backlinks(at));
    view::Term { link: link_view(page), id: page.id.clone(), also, added: page.is_added(), used_in }
}
