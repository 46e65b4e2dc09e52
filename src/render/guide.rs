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
        let view =
            Maker { edition, at: guide, guide: &edition.site.guides[guide], sheets: &edition.derived.guides[guide] }
                .view();
        let written = edition.site.guides[guide].pages.iter().map(|_| OnceLock::new()).collect();
        Arc::new(Shared { value: Value::from_serializable(&view), view, written })
    });
    made.clone()
}

/// A link to a page.
pub fn link(page: &Page) -> view::Link {
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
    let step = |index: usize| {
        own.kinds.get(&Kind::Step).and_then(|steps| steps.iter().position(|step| *step == index)).map_or(0, |at| at + 1)
    };
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
            champion: guide.champion().map(|page| link(page)),
            criteria: self.links(Kind::Criterion),
            checklists: self.own_sheets(Kind::Checklist),
            worksheets: self.own_sheets(Kind::Worksheet),
            plans: self.links(Kind::Plan),
            pages: guide
                .of(Kind::Page)
                .filter(|page| home.is_none_or(|home| home.address != page.address))
                .map(|page| link(page))
                .collect(),
            terms: guide.of(Kind::Term).len(),
            made: self.made(),
            translations: self.translations(),
        }
    }

    fn links(&self, kind: Kind) -> Vec<view::Link> {
        self.guide.of(kind).map(|page| link(page)).collect()
    }

    fn own_sheets(&self, kind: Kind) -> Vec<view::SheetLink> {
        let entries = self.guide.of(kind).filter_map(|page| Some((page, self.sheets.sheets.get(&page.address)?)));
        entries.map(|(page, entry)| sheet_link(self.edition, self.at, &page.address, entry)).collect()
    }

    fn sheet(&self, made: Made) -> Option<view::SheetLink> {
        let address = self.sheets.address(made)?;
        Some(sheet_link(self.edition, self.at, address, self.sheets.sheets.get(address)?))
    }

    fn role_link(&self, id: &Id) -> Option<view::Link> {
        let page: PageRef = find(&self.edition.site, self.at, &[Kind::Role], &id.value)?;
        Some(link(self.edition.site.page(page)))
    }

    fn steps(&self) -> Vec<view::Step> {
        let indices = self.guide.kinds.get(&Kind::Step).into_iter().flatten();
        let steps = indices.enumerate().map(|(number, index)| {
            let page = &*self.guide.pages[*index];
            let (lead, with) = match &page.details {
                Details::Step(step) => (step.lead.as_ref(), &step.with[..]),
                _ => (None, &[][..]),
            };
            view::Step {
                number: number + 1,
                link: link(page),
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
        let indices = self.guide.kinds.get(&Kind::Role).into_iter().flatten();
        indices.map(|index| self.role(*index, &self.guide.pages[*index])).collect()
    }

    fn role(&self, index: usize, page: &Page) -> view::Role {
        let none = Vec::new();
        let owned = self.sheets.owned.get(&page.id).unwrap_or(&none);
        let mut asks = Vec::new();
        let (mut leads, mut joins) = (Vec::new(), Vec::new());
        for (number, at) in self.guide.kinds.get(&Kind::Step).into_iter().flatten().enumerate() {
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
                asks.push(view::Ask { number: number + 1, step: link(step), part, tasks });
            }
        }
        let short = match &page.details {
            Details::Role(role) => role.short.clone(),
            _ => None,
        };
        view::Role {
            link: link(page),
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
        let blank = self.guide.kinds.get(&Kind::Plan).and_then(|plans| plans.first());
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

/// Which term of the glossary is used on which pages.
pub fn used_in(edition: &Edition, guide: usize) -> BTreeMap<usize, Vec<view::Link>> {
    let own = &edition.site.guides[guide];
    let terms = own.kinds.get(&Kind::Term).into_iter().flatten();
    terms
        .map(|term| {
            let pages = edition.links.backlinks(PageRef { guide, page: *term });
            (*term, pages.iter().map(|page| link(edition.site.page(*page))).collect())
        })
        .collect()
}
