//! The pages that editors write: which template each is made with, and what it gets besides what all pages get.

use super::context::{base, page as page_view};
use super::guide::{link, links, shared, sheet_link, strings, term};
use super::made::{drawn, printables};
use super::{Edition, Rendered, plan, sheet, view};
use crate::link::references::find;
use crate::model::address::Made;
use crate::model::front_matter::{CriterionFields, Details, Kind, StepFields};
use crate::model::page::Page;
use crate::model::site::PageRef;

/// A page that an editor wrote.
pub fn page(edition: &Edition, at: PageRef) -> Rendered {
    let page = edition.site.page(at);
    let mut context = base(edition, Some(at.guide), &page.address)?;
    context.insert("extra", &page.common.extra);
    let shown = page_view(edition, at);
    context.insert("page", &shown);
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
            context.insert("step", &step(edition, at, fields, &shown));
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
        Details::Term(_) => {
            context.insert("term", &term(edition, at));
            "term.html"
        }
        Details::Page(_) => "page.html",
    };
    edition.theme.render(template, &context)
}

fn step(edition: &Edition, at: PageRef, fields: &StepFields, shown: &view::Page) -> view::StepPage {
    let shared = shared(edition, at.guide);
    let own = &edition.site.guides[at.guide];
    let number = own.position(Kind::Step, at.page).unwrap_or(0);
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
    let [before_tasks_html, tasks_title_html, tasks_html] =
        titled(&shown.html.0, &shown.rest_html.0).map(|part| view::SafeHtml(part.to_owned()));
    view::StepPage {
        number: number + 1,
        count: shared.view.steps.len(),
        lead: listed.and_then(|step| step.lead.clone()),
        with: listed.map(|step| step.with.clone()).unwrap_or_default(),
        needs: links(edition, &targets(&fields.needs, &[Kind::Step])),
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
    let within = |page| link(edition, PageRef { guide: at.guide, page });
    let position = own.position(Kind::Role, at.page).unwrap_or(0);
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
        page: within(*index),
        number: own.position(Kind::Step, *index).map(|at| at + 1),
        items_html: {
            let mut html = String::new();
            sheet::list(&mut html, items, first, &around);
            first += items.len();
            view::SafeHtml(html)
        },
    });
    let tasks = tasks.collect();
    let champion = own.champion().map(|role| own.pages[role].id.as_str());
    let chosen_by = |criterion: &Page| match &criterion.details {
        Details::Criterion(fields) => {
            fields.role.as_ref().map_or(champion, |id| Some(id.value.as_str())) == Some(page.id.as_str())
        }
        _ => false,
    };
    let criteria = own.listed(Kind::Criterion).iter();
    view::RolePage {
        also: fields.also.iter().map(|name| name.value.clone()).collect(),
        brings: fields.brings.0,
        leads: steps(&listed.leads),
        joins: steps(&listed.joins),
        tasks,
        criteria: criteria.filter(|index| chosen_by(&own.pages[**index])).map(|index| within(*index)).collect(),
        is_champion: champion == Some(page.id.as_str()),
        role: listed,
    }
}

fn criterion(edition: &Edition, at: PageRef, fields: &CriterionFields) -> view::CriterionPage {
    let own = &edition.site.guides[at.guide];
    let role = match &fields.role {
        Some(id) => find(&edition.site, at.guide, &[Kind::Role], &id.value),
        None => own.champion().map(|page| PageRef { guide: at.guide, page }),
    };
    view::CriterionPage {
        number: own.position(Kind::Criterion, at.page).map_or(0, |position| position + 1),
        count: own.listed(Kind::Criterion).len(),
        role: role.map(|role| link(edition, role)),
        evidence: fields.evidence.0.clone(),
        ask: fields.ask.0.clone(),
    }
}
