//! The pages that are made for a guide: its lists, the whole of it on one page, its sheets. Which template each is made with,
//! and what it gets besides what all pages get.

use tera::Context;

use super::context::{base, canonical, made as made_page};
use super::guide::{link, shared, sheet_link, strings, term};
use super::markup::Standing;
use super::{Edition, Rendered, plan, search, sheet, view};
use crate::derive::{Entry, Origin};
use crate::diagnostic::Diagnostic;
use crate::link::references::find;
use crate::model::address::{Made, encode};
use crate::model::front_matter::{CriterionFields, Details, Kind};
use crate::model::page::Page;
use crate::model::site::PageRef;

/// A page that is made for a guide.
pub fn page(edition: &Edition, guide: usize, made: Made, address: &str) -> Rendered {
    let simple = |template: &'static str, name: &'static str| -> Result<(&'static str, Context), Box<Diagnostic>> {
        let mut context = base(edition, Some(guide), address)?;
        context.insert("page", &made_page(edition, Some(guide), address, name, name));
        Ok((template, context))
    };
    let (template, context) = match made {
        Made::Home => {
            let (template, mut context) = simple("home.html", "guide")?;
            let shared = shared(edition, guide);
            let page = view::Page {
                title: shared.view.title.clone(),
                url: shared.view.url.clone(),
                kind: "guide",
                canonical: canonical(edition, address),
                ..view::Page::default()
            };
            context.insert("page", &page);
            context.insert("printables", &printables(edition, guide));
            (template, context)
        }
        Made::Search => simple("search.html", "search")?,
        Made::SearchIndex => return Ok(search::guide(edition, guide)),
        Made::Steps => simple("steps.html", "steps")?,
        Made::Roles => simple("roles.html", "roles")?,
        Made::Worksheets => simple("worksheets.html", "worksheets")?,
        Made::Criteria => {
            let (template, mut context) = simple("criteria.html", "criteria")?;
            context.insert("criteria", &criteria(edition, guide));
            (template, context)
        }
        Made::Checklists => {
            let (template, mut context) = simple("checklists.html", "checklists")?;
            context.insert("groups", &groups(edition, guide));
            (template, context)
        }
        Made::Glossary => {
            let (template, mut context) = simple("glossary.html", "glossary")?;
            context.insert("terms", &terms(edition, guide));
            (template, context)
        }
        Made::Coverage => {
            let (template, mut context) = simple("coverage.html", "coverage")?;
            coverage(edition, guide, &mut context);
            (template, context)
        }
        Made::Print => {
            let (template, mut context) = simple("print.html", "print")?;
            context.insert("chapters", &chapters(edition, guide, address));
            (template, context)
        }
        Made::Bundle(index) => bundle(edition, guide, index, address)?,
        Made::Calendar(index) => return Ok(plan::calendar(edition, PageRef { guide, page: index }).into_bytes()),
        Made::Table(index) => return Ok(plan::table(edition, PageRef { guide, page: index }).into_bytes()),
        Made::Journey
        | Made::StepSheet(_)
        | Made::RoleSheet(_)
        | Made::Champion
        | Made::Matrix
        | Made::PlanSheet(_)
        | Made::PlanBlank(_) => {
            let mut context = base(edition, Some(guide), address)?;
            let Some(entry) = edition.derived.guides[guide].sheets.get(address) else { return Ok(Vec::new()) };
            context.insert("page", &sheet_page(edition, guide, address, entry));
            context.insert("sheet", &drawn(edition, guide, address, entry, address, "", 2));
            ("sheet.html", context)
        }
    };
    edition.theme.render(template, &context)
}

/// The page around a sheet that is made.
fn sheet_page(edition: &Edition, guide: usize, address: &str, entry: &Entry) -> view::Page {
    let list = sheet_link(edition, guide, address, entry);
    let shared = shared(edition, guide);
    let mut breadcrumbs = shared.home_crumbs.clone();
    breadcrumbs.extend(shared.list_crumbs.get(&Kind::Checklist).cloned());
    let source = match entry.origin {
        Origin::Made(Made::StepSheet(page) | Made::RoleSheet(page) | Made::PlanSheet(page)) => Some(page),
        _ => None,
    };
    view::Page {
        title: list.title,
        summary: list.summary,
        url: list.url,
        kind: "sheet",
        breadcrumbs,
        backlinks: source.map(|page| link(edition, PageRef { guide, page })).into_iter().collect(),
        has_tasks: list.items > 0,
        canonical: canonical(edition, address),
        ..view::Page::default()
    }
}

/// A sheet as it is drawn on the page `from`; its own headings have the level `level`.
pub fn drawn(
    edition: &Edition,
    guide: usize,
    address: &str,
    entry: &Entry,
    from: &str,
    anchors: &str,
    level: u8,
) -> view::Sheet {
    let around = sheet::Surroundings {
        from,
        address,
        site: &edition.site,
        stamp: &entry.stamp,
        pdfs: super::guide::pdfs(edition, address),
        anchors,
        level,
        strings: strings(edition, guide),
    };
    sheet::view(&entry.sheet, &around)
}

/// What the home page offers to print: everything but the sheets of single steps and roles.
pub fn printables(edition: &Edition, guide: usize) -> Vec<view::SheetLink> {
    let all = all_sheets(edition, guide).into_iter();
    all.filter(|sheet| !matches!(sheet.group, "step" | "role")).collect()
}

/// All sheets of a guide, in the order of their groups.
fn all_sheets(edition: &Edition, guide: usize) -> Vec<view::SheetLink> {
    const ORDER: &[&str] = &["journey", "step", "role", "champion", "matrix", "checklist", "worksheet", "plan"];
    let own = &edition.site.guides[guide];
    let place = |origin: Origin| match origin {
        Origin::Made(Made::StepSheet(page) | Made::RoleSheet(page)) | Origin::Page(page) => {
            own.position(own.pages[page].kind(), page)
        }
        Origin::Made(_) => None,
    };
    let mut sheets: Vec<(usize, Option<usize>, view::SheetLink)> = edition.derived.guides[guide]
        .sheets
        .iter()
        .map(|(address, entry)| {
            let link = sheet_link(edition, guide, address, entry);
            let group = ORDER.iter().position(|group| *group == link.group).unwrap_or(ORDER.len());
            (group, place(entry.origin), link)
        })
        .collect();
    sheets.sort_by_key(|(group, place, _)| (*group, *place));
    sheets.into_iter().map(|(_, _, link)| link).collect()
}

#[derive(serde::Serialize)]
struct Group {
    group: &'static str,
    title: String,
    sheets: Vec<view::SheetLink>,
}

fn groups(edition: &Edition, guide: usize) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let pages = edition.pages[guide].get();
    for mut sheet in all_sheets(edition, guide) {
        sheet.pages = pages
            .and_then(|pages| pages.iter().find(|(address, _)| encode(address) == sheet.url))
            .map(|(_, pages)| *pages);
        match groups.last_mut() {
            Some(last) if last.group == sheet.group => last.sheets.push(sheet),
            _ => {
                let title = strings(edition, guide).get(&format!("group_{}", sheet.group)).to_owned();
                groups.push(Group { group: sheet.group, title, sheets: vec![sheet] });
            }
        }
    }
    groups
}

#[derive(serde::Serialize)]
struct ListedCriterion {
    link: view::SharedLink,
    number: usize,
    evidence: Vec<String>,
    ask: Vec<String>,
}

fn criteria(edition: &Edition, guide: usize) -> Vec<ListedCriterion> {
    let own = &edition.site.guides[guide];
    let pages = own.listed(Kind::Criterion).iter().enumerate();
    pages
        .map(|(number, page)| {
            let fields = match &own.pages[*page].details {
                Details::Criterion(fields) => fields.clone(),
                _ => CriterionFields::default(),
            };
            let link = link(edition, PageRef { guide, page: *page });
            ListedCriterion { link, number: number + 1, evidence: fields.evidence.0, ask: fields.ask.0 }
        })
        .collect()
}

/// Terms in the order of the alphabet.
fn terms(edition: &Edition, guide: usize) -> Vec<view::Term> {
    let pages = edition.site.guides[guide].listed(Kind::Term).iter();
    let mut terms: Vec<view::Term> = pages.map(|page| term(edition, PageRef { guide, page: *page })).collect();
    terms.sort_by_cached_key(|term| (term.link.title.to_lowercase(), term.id.clone()));
    terms
}

fn coverage(edition: &Edition, guide: usize, context: &mut Context) {
    let own = &edition.site.guides[guide];
    let linked = |wanted: &dyn Fn(&Page) -> bool| -> Vec<view::SharedLink> {
        let pages = own.pages.iter().enumerate().filter(|(_, page)| wanted(page));
        pages.map(|(page, _)| link(edition, PageRef { guide, page })).collect()
    };
    let facts: Vec<view::Fact> = own
        .facts
        .iter()
        .map(|fact| {
            let rests = |page: &Page| page.common.facts.iter().any(|id| id.value == fact.id.value);
            view::Fact {
                id: fact.id.value.clone(),
                says: fact.says.clone(),
                from: fact.from.clone(),
                pages: linked(&rests),
            }
        })
        .collect();
    context.insert("covered", &facts.iter().filter(|fact| !fact.pages.is_empty()).count());
    context.insert("facts", &facts);
    context.insert("added_pages", &linked(&|page| page.is_added()));
}

/// The guide as one text: its home, roles, criteria, steps, other pages, terms.
fn chapters(edition: &Edition, guide: usize, address: &str) -> Vec<view::Chapter> {
    const ORDER: &[Kind] = &[Kind::Guide, Kind::Role, Kind::Criterion, Kind::Step, Kind::Plan, Kind::Page, Kind::Term];
    let own = &edition.site.guides[guide];
    let shared = shared(edition, guide);
    let mut chapters = Vec::new();
    for kind in ORDER {
        for (position, index) in own.listed(*kind).iter().enumerate() {
            let page = &own.pages[*index];
            let anchors = format!("{}.{}.", kind.name(), page.id);
            let text = shared.written(edition, PageRef { guide, page: *index });
            chapters.push(view::Chapter {
                id: format!("{}.{}", kind.name(), page.id),
                title: page.title.clone(),
                kind: kind.name(),
                number: (*kind == Kind::Step).then_some(position + 1),
                summary: page.summary().to_owned(),
                html: view::SafeHtml(text.at(Standing { from: address, anchors: &anchors, down: 1 })),
                added: page.is_added(),
            });
        }
    }
    chapters
}

/// A role's sheets on one page: its tasks, then the sheets of the steps that it leads.
fn bundle(
    edition: &Edition,
    guide: usize,
    index: usize,
    address: &str,
) -> Result<(&'static str, Context), Box<Diagnostic>> {
    let own = &edition.site.guides[guide];
    let sheets = &edition.derived.guides[guide];
    let role = &own.pages[index];
    let mut addresses: Vec<String> = sheets.address(Made::RoleSheet(index)).map(str::to_owned).into_iter().collect();
    for step in own.listed(Kind::Step) {
        let Details::Step(fields) = &own.pages[*step].details else { continue };
        if fields.lead.as_ref().is_none_or(|id| id.value != role.id) {
            continue;
        }
        addresses.extend(sheets.address(Made::StepSheet(*step)).map(str::to_owned));
        let own_sheets = fields
            .sheets
            .iter()
            .filter_map(|id| find(&edition.site, guide, &[Kind::Worksheet, Kind::Checklist], &id.value));
        addresses
            .extend(own_sheets.filter(|page| page.guide == guide).map(|page| edition.site.page(page).address.clone()));
    }
    let mut seen = std::collections::BTreeSet::new();
    addresses.retain(|address| seen.insert(address.clone()));
    let drawn: Vec<view::Sheet> = addresses
        .iter()
        .enumerate()
        .filter_map(|(number, sheet)| {
            let anchors = format!("sheet-{}-", number + 1);
            Some(drawn(edition, guide, sheet, sheets.sheets.get(sheet)?, address, &anchors, 3))
        })
        .collect();
    let words = strings(edition, guide);
    let mut context = base(edition, Some(guide), address)?;
    let page = view::Page {
        title: words.fill("bundle_title", &[("title", &role.title)]),
        ..made_page(edition, Some(guide), address, "bundle", "bundle")
    };
    context.insert("page", &page);
    context.insert_value("role", link(edition, PageRef { guide, page: index }));
    context.insert("sheets", &drawn);
    Ok(("bundle.html", context))
}
