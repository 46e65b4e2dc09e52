//! Which template a page is made with, and what it gets besides what all pages get.

use tera::Context;

use super::context::{base, base_at, canonical, home_crumbs, made as made_page, page as page_view};
use super::guide::{link, shared, sheet_link, strings, used_in};
use super::markup::{Standing, escape};
use super::{Edition, plan, search, sheet, view};
use crate::derive::{Entry, Origin};
use crate::diagnostic::Diagnostic;
use crate::link::references::find;
use crate::model::address::{Made, encode};
use crate::model::front_matter::{CriterionFields, Details, Kind, StepFields};
use crate::model::page::Page;
use crate::model::site::PageRef;

type Rendered = Result<Vec<u8>, Box<Diagnostic>>;

/// A page that an editor wrote.
pub fn page(edition: &Edition, at: PageRef) -> Rendered {
    let page = edition.site.page(at);
    let mut context = base(edition, Some(at.guide), &page.address)?;
    context.insert("extra", &page.common.extra);
    context.insert("page", &page_view(edition, at));
    let template = match &page.details {
        Details::Guide(_) => {
            context.insert("printables", &printables(edition, at.guide));
            "home.html"
        }
        Details::Role(_) => {
            context.insert("role", &role(edition, at, page));
            "role.html"
        }
        Details::Criterion(fields) => {
            context.insert("criterion", &criterion(edition, at, fields));
            "criterion.html"
        }
        Details::Step(fields) => {
            context.insert("step", &step(edition, at, fields));
            "step.html"
        }
        Details::Checklist(_) | Details::Worksheet(_) => {
            if let Some(entry) = edition.derived.guides[at.guide].sheets.get(&page.address) {
                context.insert("sheet", &drawn(edition, at.guide, &page.address, entry, &page.address, "", 2));
            }
            "sheet.html"
        }
        Details::Plan(_) => {
            context.insert("plan", &plan::page(edition, at));
            "plan.html"
        }
        Details::Term(fields) => {
            let used_in = edition.links.backlinks(at).iter().map(|page| link(edition.site.page(*page))).collect();
            let also = fields.also.iter().map(|name| name.value.clone()).collect();
            context.insert(
                "term",
                &view::Term { link: link(page), id: page.id.clone(), also, added: page.is_added(), used_in },
            );
            "term.html"
        }
        Details::Page(_) => "page.html",
    };
    edition.theme.render(template, &context)
}

/// A page that is made for a guide.
pub fn made(edition: &Edition, guide: usize, made: Made, address: &str) -> Rendered {
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
    let mut breadcrumbs = home_crumbs(edition, guide);
    if let Some(address) = edition.derived.guides[guide].address(Made::Checklists) {
        let title = strings(edition, guide).get("checklists_title").to_owned();
        breadcrumbs.push(view::Link { title, url: encode(address), kind: "page", ..view::Link::default() });
    }
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
        backlinks: source.map(|page| link(&edition.site.guides[guide].pages[page])).into_iter().collect(),
        has_tasks: list.items > 0,
        canonical: canonical(edition, address),
        ..view::Page::default()
    }
}

/// A sheet as it is drawn on the page `from`; its own headings have the level `level`.
fn drawn(
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
fn printables(edition: &Edition, guide: usize) -> Vec<view::SheetLink> {
    let all = all_sheets(edition, guide).into_iter();
    all.filter(|sheet| !matches!(sheet.group, "step" | "role")).collect()
}

/// All sheets of a guide, in the order of their groups.
fn all_sheets(edition: &Edition, guide: usize) -> Vec<view::SheetLink> {
    const ORDER: &[&str] = &["journey", "step", "role", "champion", "matrix", "checklist", "worksheet", "plan"];
    let own = &edition.site.guides[guide];
    let place = |origin: Origin| match origin {
        Origin::Made(Made::StepSheet(page) | Made::RoleSheet(page)) | Origin::Page(page) => {
            own.kinds.get(&own.pages[page].kind()).and_then(|pages| pages.iter().position(|other| *other == page))
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

fn step(edition: &Edition, at: PageRef, fields: &StepFields) -> view::StepPage {
    let shared = shared(edition, at.guide);
    let own = &edition.site.guides[at.guide];
    let number =
        own.kinds.get(&Kind::Step).and_then(|steps| steps.iter().position(|step| *step == at.page)).unwrap_or(0);
    let listed = shared.view.steps.get(number);
    let targets = |ids: &[crate::model::front_matter::Id], kinds: &[Kind]| -> Vec<PageRef> {
        ids.iter().filter_map(|id| find(&edition.site, at.guide, kinds, &id.value)).collect()
    };
    let sheets =
        targets(&fields.sheets, &[Kind::Worksheet, Kind::Checklist, Kind::Plan]).into_iter().filter_map(|page| {
            let target = edition.site.page(page);
            let sheets = &edition.derived.guides[page.guide];
            let address = match target.kind() {
                Kind::Plan => sheets.address(Made::PlanSheet(page.page))?,
                _ => &target.address,
            };
            Some(sheet_link(edition, page.guide, address, sheets.sheets.get(address)?))
        });
    let standing = Standing { from: &own.pages[at.page].address, anchors: "", down: 0 };
    let text = shared.written(edition, at);
    let (start, rest) = (text.start.at(standing), text.rest.at(standing));
    let [before_tasks_html, tasks_title_html, tasks_html] = titled(&start, &rest).map(str::to_owned);
    view::StepPage {
        number: number + 1,
        count: shared.view.steps.len(),
        lead: listed.and_then(|step| step.lead.clone()),
        with: listed.map(|step| step.with.clone()).unwrap_or_default(),
        needs: targets(&fields.needs, &[Kind::Step]).into_iter().map(|page| link(edition.site.page(page))).collect(),
        outcome: fields.outcome.clone(),
        objective: fields.objective.clone(),
        when: fields.when.clone(),
        mode: fields.mode.map(sheet::mode),
        sheet: listed.and_then(|step| step.sheet.clone()),
        sheets: sheets.collect(),
        before_tasks_html,
        tasks_title_html,
        tasks_html,
    }
}

/// A step's text in three: what comes before its tasks, the heading of its tasks, and the text from the first task on. That
/// heading ends the text before the tasks, or is the only one of its level in the text from the first task on, or is not there.
fn titled<'t>(start: &'t str, rest: &'t str) -> [&'t str; 3] {
    const END: &str = "</h2>";
    let before = start.trim();
    if let Some(at) = before.rfind("<h2").filter(|_| before.ends_with(END) && !rest.is_empty()) {
        return [&before[..at], &before[at..], rest];
    }
    let tasks = rest.trim();
    match tasks.find(END).map(|at| at + END.len()) {
        Some(at) if tasks.starts_with("<h2") && !tasks[at..].contains(END) => [start, &tasks[..at], &tasks[at..]],
        _ => [start, "", rest],
    }
}

fn role(edition: &Edition, at: PageRef, page: &Page) -> view::RolePage {
    let own = &edition.site.guides[at.guide];
    let shared = shared(edition, at.guide);
    let fields = crate::derive::sheets::role_fields(page);
    let position =
        own.kinds.get(&Kind::Role).and_then(|roles| roles.iter().position(|role| *role == at.page)).unwrap_or(0);
    let listed = shared.view.roles[position].clone();
    let steps = |numbers: &[usize]| -> Vec<view::Step> {
        numbers.iter().filter_map(|number| shared.view.steps.get(number - 1)).cloned().collect()
    };
    let around = sheet::Surroundings {
        from: &page.address,
        address: &page.address,
        site: &edition.site,
        stamp: "",
        pdfs: Vec::new(),
        anchors: "task-",
        level: 4,
        strings: strings(edition, at.guide),
    };
    let mut first = 1;
    let owned = edition.derived.guides[at.guide].owned.get(&page.id).map_or(&[][..], Vec::as_slice);
    let tasks = owned.iter().map(|(index, items)| view::RoleTasks {
        page: link(&own.pages[*index]),
        number: own
            .kinds
            .get(&Kind::Step)
            .and_then(|steps| steps.iter().position(|step| step == index))
            .map(|at| at + 1),
        items_html: {
            let mut html = String::new();
            sheet::list(&mut html, items, first, &around);
            first += items.len();
            html
        },
    });
    let tasks = tasks.collect();
    let champion = own.champion().map(|role| role.id.as_str());
    let chosen_by = |criterion: &Page| match &criterion.details {
        Details::Criterion(fields) => {
            fields.role.as_ref().map_or(champion, |id| Some(id.value.as_str())) == Some(page.id.as_str())
        }
        _ => false,
    };
    view::RolePage {
        also: fields.also.iter().map(|name| name.value.clone()).collect(),
        brings: fields.brings.0,
        leads: steps(&listed.leads),
        joins: steps(&listed.joins),
        tasks,
        criteria: own.of(Kind::Criterion).filter(|page| chosen_by(page)).map(|page| link(page)).collect(),
        is_champion: champion == Some(page.id.as_str()),
        role: listed,
    }
}

fn criterion(edition: &Edition, at: PageRef, fields: &CriterionFields) -> view::CriterionPage {
    let own = &edition.site.guides[at.guide];
    let order = own.kinds.get(&Kind::Criterion).map_or(&[][..], Vec::as_slice);
    let role = match &fields.role {
        Some(id) => find(&edition.site, at.guide, &[Kind::Role], &id.value).map(|page| link(edition.site.page(page))),
        None => own.champion().map(|page| link(page)),
    };
    view::CriterionPage {
        number: order.iter().position(|page| *page == at.page).map_or(0, |position| position + 1),
        count: order.len(),
        role,
        evidence: fields.evidence.0.clone(),
        ask: fields.ask.0.clone(),
    }
}

#[derive(serde::Serialize)]
struct ListedCriterion {
    link: view::Link,
    number: usize,
    evidence: Vec<String>,
    ask: Vec<String>,
}

fn criteria(edition: &Edition, guide: usize) -> Vec<ListedCriterion> {
    let pages = edition.site.guides[guide].of(Kind::Criterion).enumerate();
    pages
        .map(|(number, page)| {
            let fields = match &page.details {
                Details::Criterion(fields) => fields.clone(),
                _ => CriterionFields::default(),
            };
            ListedCriterion { link: link(page), number: number + 1, evidence: fields.evidence.0, ask: fields.ask.0 }
        })
        .collect()
}

/// Terms in the order of the alphabet.
fn terms(edition: &Edition, guide: usize) -> Vec<view::Term> {
    let own = &edition.site.guides[guide];
    let mut used = used_in(edition, guide);
    let mut terms: Vec<view::Term> = own
        .kinds
        .get(&Kind::Term)
        .into_iter()
        .flatten()
        .map(|index| {
            let page = &own.pages[*index];
            let also = match &page.details {
                Details::Term(fields) => fields.also.iter().map(|name| name.value.clone()).collect(),
                _ => Vec::new(),
            };
            view::Term {
                link: link(page),
                id: page.id.clone(),
                also,
                added: page.is_added(),
                used_in: used.remove(index).unwrap_or_default(),
            }
        })
        .collect();
    terms.sort_by_cached_key(|term| (term.link.title.to_lowercase(), term.id.clone()));
    terms
}

fn coverage(edition: &Edition, guide: usize, context: &mut Context) {
    let own = &edition.site.guides[guide];
    let facts: Vec<view::Fact> = own
        .facts
        .iter()
        .map(|fact| {
            let pages = own.pages.iter().filter(|page| page.common.facts.iter().any(|id| id.value == fact.id.value));
            view::Fact {
                id: fact.id.value.clone(),
                says: fact.says.clone(),
                from: fact.from.clone(),
                pages: pages.map(|page| link(page)).collect(),
            }
        })
        .collect();
    context.insert("covered", &facts.iter().filter(|fact| !fact.pages.is_empty()).count());
    context.insert("facts", &facts);
    let added: Vec<view::Link> = own.pages.iter().filter(|page| page.is_added()).map(|page| link(page)).collect();
    context.insert("added_pages", &added);
}

/// The guide as one text: its home, roles, criteria, steps, other pages, terms.
fn chapters(edition: &Edition, guide: usize, address: &str) -> Vec<view::Chapter> {
    const ORDER: &[Kind] = &[Kind::Guide, Kind::Role, Kind::Criterion, Kind::Step, Kind::Plan, Kind::Page, Kind::Term];
    let own = &edition.site.guides[guide];
    let shared = shared(edition, guide);
    let mut chapters = Vec::new();
    for kind in ORDER {
        for (position, index) in own.kinds.get(kind).into_iter().flatten().enumerate() {
            let page = &own.pages[*index];
            let anchors = format!("{}.{}.", kind.name(), page.id);
            let text = shared.written(edition, PageRef { guide, page: *index });
            chapters.push(view::Chapter {
                id: format!("{}.{}", kind.name(), page.id),
                title: page.title.clone(),
                kind: kind.name(),
                number: (*kind == Kind::Step).then_some(position + 1),
                summary: page.summary().to_owned(),
                html: text.at(Standing { from: address, anchors: &anchors, down: 1 }),
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
    for step in own.kinds.get(&Kind::Step).into_iter().flatten() {
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
    context.insert("role", &link(role));
    context.insert("sheets", &drawn);
    Ok(("bundle.html", context))
}

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
    homes.chain(outside).map(|(guide, page)| view::GuideLink { link: link(page), language: language(guide) }).collect()
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
