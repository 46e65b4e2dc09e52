//! What the rules ask of a year's plan: months, phases, tasks, and what waits for what.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::{self, MONTHS};
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::front_matter::{PlanFields, PlanTaskFields};
use crate::model::page::Page;
use crate::source::{Place, Spanned};

/// Checks one plan.
pub fn plan(page: &Page, plan: &PlanFields, found: &mut Vec<Diagnostic>) {
    if let Some(start) = plan.start.as_ref().filter(|start| plan::read_start(start).is_none()) {
        found.push(
            Diagnostic::new(Rule::BadValue, page.place_of(start), format!("`{}` is not a month", start.value))
                .hint("write year and month: `start: 2027-01`"),
        );
    }
    phases(page, plan, found);
    let phase_titles: Vec<&str> = plan.phases.iter().map(|phase| phase.value.title.as_str()).collect();
    let mut ids: BTreeMap<String, &Spanned<PlanTaskFields>> = BTreeMap::new();
    for task in &plan.tasks {
        let id = plan::task_id(&task.value);
        if let Some(first) = ids.get(&id).copied() {
            found.push(
                Diagnostic::new(
                    Rule::DuplicateId,
                    mark(page, task),
                    format!("two tasks of the plan have the id `{id}`"),
                )
                .hint("give one of them another title, or an `id:` of its own")
                .related(mark(page, first), "the other one"),
            );
        } else {
            ids.insert(id, task);
        }
    }
    for task in &plan.tasks {
        self::task(page, task, &phase_titles, &ids, found);
    }
    found.extend(task_circles(page, plan, &ids));
}

/// The part of a task that is marked: its title, where it has one.
fn mark(page: &Page, task: &Spanned<PlanTaskFields>) -> Place {
    task.value.title.as_ref().map_or_else(|| page.place_of(task), |title| page.place_of(title))
}

fn phases(page: &Page, plan: &PlanFields, found: &mut Vec<Diagnostic>) {
    if plan.phases.len() == 1 {
        found.push(
            Diagnostic::new(
                Rule::PlanPhases,
                page.place_of(&plan.phases[0]),
                "the plan has one phase; features are phased in over several",
            )
            .hint("split the year: `phases: [{title: Prepare, months: [1, 3], features: [Messages]}, …]`"),
        );
    }
    if page.is_unread("phases") {
        return;
    }
    for phase in &plan.phases {
        let place = phase.value.months.first().map_or_else(|| page.place_of(phase), |month| page.place_of(month));
        if plan::within(plan::phase_span(&phase.value)).is_none() {
            let message =
                format!("the phase `{}` needs a first and a last month between 1 and {MONTHS}", phase.value.title);
            found.push(
                Diagnostic::new(Rule::PlanMonths, place.clone(), message)
                    .hint("write first and last month: `months: [1, 3]`"),
            );
        }
        if phase.value.features.is_empty() {
            found.push(
                Diagnostic::new(Rule::PlanPhases, place, format!("the phase `{}` names no feature", phase.value.title))
                    .hint("write what it brings: `features: [Secure messages]`"),
            );
        }
    }
}

fn task(
    page: &Page,
    task: &Spanned<PlanTaskFields>,
    phases: &[&str],
    ids: &BTreeMap<String, &Spanned<PlanTaskFields>>,
    found: &mut Vec<Diagnostic>,
) {
    let (place, fields) = (mark(page, task), &task.value);
    let title = fields.title.as_ref().map_or("", |title| title.value.as_str());
    let blank = fields.blank == Some(true);
    // What could not be read is not missing.
    let whole = !page.is_unread("tasks");
    if title.trim().is_empty() && whole {
        found.push(
            Diagnostic::new(Rule::MissingKey, place.clone(), "a task of the plan needs `title`")
                .hint("write `title: Train the front desk`"),
        );
    }
    if fields.detail.as_ref().is_none_or(|detail| detail.trim().is_empty()) && !blank && whole {
        found.push(
            Diagnostic::new(Rule::MissingKey, place.clone(), format!("the task `{title}` needs `detail`"))
                .hint("describe the task in a sentence, or write `blank: true` to fill it in by hand"),
        );
    }
    let missing: Vec<&str> = [
        ("phase", fields.phase.is_none()),
        ("start", fields.start.is_none()),
        ("months", fields.months.is_none()),
        ("owner", fields.owner.is_none()),
    ]
    .into_iter()
    .filter_map(|(key, missing)| missing.then_some(key))
    .collect();
    if !missing.is_empty() && !blank && whole {
        let keys = missing.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        found.push(
            Diagnostic::new(Rule::PlanTask, place.clone(), format!("the task `{title}` does not say its {keys}"))
                .hint("add what is missing, or write `blank: true` to fill it in by hand"),
        );
    }
    if let Some(phase) = fields.phase.as_ref().filter(|phase| !phases.contains(&phase.value.as_str())) {
        let message = format!("the plan has no phase `{}`", phase.value);
        found.push(
            Diagnostic::new(Rule::UnknownId, page.place_of(phase), message)
                .nearest(&phase.value, phases.iter().copied()),
        );
    }
    if let (Some(start), None) = (&fields.start, plan::within(plan::task_span(fields))) {
        let message = format!("the task `{title}` does not lie within months 1 to {MONTHS}");
        found.push(
            Diagnostic::new(Rule::PlanMonths, page.place_of(start), message)
                .hint("start it earlier, or make it shorter"),
        );
    }
    if fields.hours.is_some_and(|hours| !hours.is_finite() || hours < 0.0) {
        found.push(
            Diagnostic::new(
                Rule::BadValue,
                place.clone(),
                format!("the hours of the task `{title}` are not 0 or more"),
            )
            .hint("write for instance `hours: 12`"),
        );
    }
    if fields.hours.is_some() && fields.estimated_by.is_none() && whole {
        found.push(
            Diagnostic::new(
                Rule::PlanEstimate,
                place,
                format!("the task `{title}` does not say who estimated its hours"),
            )
            .hint("add for instance `estimated_by: hit-champion`"),
        );
    }
    for needed in &fields.needs {
        let Some(other) = ids.get(&needed.value) else {
            let message = format!("the plan has no task `{}`", needed.value);
            found.push(
                Diagnostic::new(Rule::UnknownId, page.place_of(needed), message)
                    .nearest(&needed.value, ids.keys().map(String::as_str)),
            );
            continue;
        };
        let own = plan::within(plan::task_span(fields));
        let before = plan::within(plan::task_span(&other.value));
        if let (Some((first, _)), Some((_, last))) = (own, before)
            && last >= first
            && !std::ptr::eq(*other, task)
        {
            let message = format!(
                "the task `{title}` starts in month {first}, and `{}`, which it needs, ends in month {last}",
                needed.value
            );
            found.push(
                Diagnostic::new(Rule::PlanBackwards, page.place_of(needed), message)
                    .hint("start it later, or remove the reference"),
            );
        }
    }
}

/// Tasks that wait for each other: each circle once, at the reference that closes it.
fn task_circles(page: &Page, plan: &PlanFields, ids: &BTreeMap<String, &Spanned<PlanTaskFields>>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut done: BTreeSet<String> = BTreeSet::new();
    for task in &plan.tasks {
        // A walk in depth with a stack of its own, so that a long chain can't overflow ours.
        let mut path: Vec<(String, usize)> = vec![(plan::task_id(&task.value), 0)];
        while let Some((id, next)) = path.last_mut() {
            let needs = ids.get(id).map_or(&[][..], |task| &task.value.needs[..]);
            let Some(needed) = needs.get(*next).filter(|_| !done.contains(id)) else {
                done.insert(id.clone());
                path.pop();
                continue;
            };
            *next += 1;
            if path.iter().any(|(id, _)| *id == needed.value) {
                found.push(
                    Diagnostic::new(
                        Rule::PlanCircle,
                        page.place_of(needed),
                        format!("`{}` waits for itself in a circle", needed.value),
                    )
                    .hint("remove one of the references"),
                );
            } else if !done.contains(&needed.value) && ids.contains_key(&needed.value) {
                path.push((needed.value.clone(), 0));
            }
        }
    }
    found
}
