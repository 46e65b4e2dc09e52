//! References by id: the keys of front matter, and `@role` of tasks.

use std::collections::BTreeSet;

use super::{Linked, draft};
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::front_matter::{Details, Id, Kind, Steps};
use crate::model::page::Page;
use crate::model::site::{PageRef, Site};

/// An id as written, and of which kinds the page may be that it means.
type Reference<'a> = (&'a Id, &'static [Kind]);

const ROLE: &[Kind] = &[Kind::Role];
const STEP: &[Kind] = &[Kind::Step];
const SHEET: &[Kind] = &[Kind::Worksheet, Kind::Checklist, Kind::Plan];

/// Follows the references of a page: gives the pages to which they lead, and reports those that lead to none.
pub fn follow(site: &Site, at: PageRef, linked: &mut Linked) -> BTreeSet<PageRef> {
    let mut names = BTreeSet::new();
    let page = site.page(at);
    let diagnostics = &mut linked.diagnostics;
    for (id, kinds) in references(page) {
        match find(site, at.guide, kinds, &id.value) {
            Some(target) => {
                super::note_draft(site, page, target, id.range(), diagnostics);
                // Its title is shown wherever this reference is.
                linked.looked_into.insert(target.guide);
                names.insert(target);
            }
            None => diagnostics.push(unknown(site, at.guide, page, id, kinds)),
        }
    }
    if let Details::Guide(guide) = &page.details
        && let Some(other) = &guide.translation_of
    {
        match site.ids.get(&other.value) {
            Some(&guide) => names.extend(site.guides[guide].home.map(|page| PageRef { guide, page })),
            None => {
                let known = site.guides.iter().map(|guide| guide.id.as_str()).filter(|id| is_name(id));
                let message = format!("there is no guide `{}`", other.value);
                let diagnostic = Diagnostic::new(Rule::UnknownId, page.place_of(other), message);
                let diagnostic = diagnostic.nearest(&other.value, known);
                diagnostics.push(match diagnostic.hint {
                    Some(_) => diagnostic,
                    None => diagnostic.hint("a guide's id is the path of its folder under `content/`"),
                });
            }
        }
    }
    facts(site, at, page, diagnostics);
    names
}

/// Whether a guide has an id that can be written: neither that of the whole site, nor that of pages outside all guides.
pub(super) fn is_name(id: &str) -> bool {
    !id.is_empty() && id != crate::model::site::Guide::OUTSIDE
}

/// Every reference by id that a page has, in the order of its text as far as its keys have one.
fn references(page: &Page) -> Vec<Reference<'_>> {
    let mut all: Vec<Reference<'_>> = Vec::new();
    match &page.details {
        Details::Guide(guide) => all.extend(guide.champion.iter().map(|id| (id, ROLE))),
        Details::Criterion(criterion) => all.extend(criterion.role.iter().map(|id| (id, ROLE))),
        Details::Step(step) => {
            all.extend(step.lead.iter().chain(&step.with).map(|id| (id, ROLE)));
            all.extend(step.needs.iter().map(|id| (id, STEP)));
            all.extend(step.sheets.iter().map(|id| (id, SHEET)));
        }
        Details::Checklist(checklist) => {
            all.extend(checklist.owner.iter().map(|id| (id, ROLE)));
            if let Some(gather) = &checklist.gather {
                all.extend(gather.value.role.iter().map(|id| (id, ROLE)));
                if let Some(Steps::Some(steps)) = &gather.value.steps {
                    all.extend(steps.iter().map(|id| (id, STEP)));
                }
            }
        }
        Details::Worksheet(worksheet) => all.extend(worksheet.sign_off.iter().map(|id| (id, ROLE))),
        Details::Plan(plan) => {
            let tasks = plan.tasks.iter().map(|task| &task.value);
            all.extend(tasks.flat_map(|task| task.owner.iter().chain(&task.estimated_by)).map(|id| (id, ROLE)));
        }
        Details::Role(_) | Details::Term(_) | Details::Page(_) => {}
    }
    all.extend(page.outline.tasks.iter().filter_map(|task| task.owner.as_ref()).map(|id| (id, ROLE)));
    all
}

/// The page that an id means, seen from a guide: `id`, or `guide/id` of another one.
pub fn find(site: &Site, guide: usize, kinds: &[Kind], id: &str) -> Option<PageRef> {
    let within = |guide: usize, id: &str| {
        let page = kinds.iter().find_map(|kind| site.guides[guide].ids.get(&(*kind, id.to_owned())))?;
        Some(PageRef { guide, page: *page })
    };
    within(guide, id).or_else(|| {
        let (other, id) = id.rsplit_once('/')?;
        within(*site.ids.get(other)?, id)
    })
}

fn unknown(site: &Site, guide: usize, page: &Page, id: &Id, kinds: &'static [Kind]) -> Diagnostic {
    let own = &site.guides[guide];
    let place = page.place_of(id);
    if kinds.iter().any(|kind| own.drafts.contains(&(*kind, id.value.clone()))) {
        return draft(place, &id.value);
    }
    let names = match kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().as_slice() {
        [first @ .., one, last] => {
            format!("{}{one} or {last}", first.iter().map(|name| format!("{name}, ")).collect::<String>())
        }
        names => names.concat(),
    };
    let diagnostic = Diagnostic::new(Rule::UnknownId, place, format!("there is no {names} with the id `{}`", id.value));
    let known = own.ids.keys().filter(|(kind, _)| kinds.contains(kind)).map(|(_, id)| id.as_str());
    // The name of the file is taken for the id now and then.
    let meant = crate::parse::slug::stem(id.value.trim_end_matches(".md")).1;
    if let Some(meant) = known.clone().find(|known| *known == meant) {
        let range = diagnostic.place.range();
        return diagnostic.hint(format!("write `{meant}`")).patch(range, meant);
    }
    let diagnostic = diagnostic.nearest(&id.value, known);
    match diagnostic.hint {
        Some(_) => diagnostic,
        None => diagnostic.hint(format!("write a page of kind {names} with this id, or the id of another one")),
    }
}

fn facts(site: &Site, at: PageRef, page: &Page, diagnostics: &mut Vec<Diagnostic>) {
    let known = &site.guides[at.guide].facts;
    for id in &page.common.facts {
        if !known.iter().any(|fact| fact.id.value == id.value) {
            let message = format!("the sources have no fact `{}`", id.value);
            let diagnostic = Diagnostic::new(Rule::UnknownFact, page.place_of(id), message);
            diagnostics.push(if known.is_empty() {
                diagnostic.hint("write the facts into a file `sources.yaml` beside the guide's `index.md`")
            } else {
                diagnostic.hint(format!(
                    "sources.yaml has {} to {}",
                    known[0].id.value,
                    known[known.len() - 1].id.value
                ))
            });
        }
    }
}
