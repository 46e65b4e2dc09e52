//! What the rules ask of a guide's content: steps, checklists, plans, facts, reviews.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::{self, MONTHS};
use super::sheets::MOST_ROWS;
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::front_matter::{Details, Kind, PlanFields, PlanTaskFields, Rows, StepFields, WorksheetFields};
use crate::model::page::Page;
use crate::model::site::Guide;
use crate::source::{Place, Spanned};

/// Items in a group that are still read and not skipped over (rule 17).
const MOST_ITEMS: usize = 9;

/// Checks one guide. `today` is compared with review dates.
pub fn guide(guide: &Guide, today: &str) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for page in &guide.pages {
        reviews(page, today, &mut found);
        groups(page, &mut found);
        match &page.details {
            Details::Step(step) => self::step(page, step, guide, &mut found),
            Details::Checklist(checklist) => {
                purpose(page, &checklist.objective, &checklist.when, checklist.mode.is_some(), &mut found);
                if checklist.gather.is_none() && page.outline.tasks.is_empty() && !page.is_unread("gather") {
                    found.push(
                        Diagnostic::new(Rule::EmptyChecklist, page.place(), "the checklist has nothing to tick")
                            .hint("write tasks (`- [ ] Agree on a date`), or `gather: {steps: all}`"),
                    );
                }
                if let Some(gather) = &checklist.gather
                    && gather.value == Default::default()
                    && !page.is_unread("gather")
                {
                    found.push(
                        Diagnostic::new(Rule::MissingKey, page.place_of(gather), "`gather` says nothing to gather")
                            .hint("write `gather: {steps: all}`, `{role: hit-champion}` or `{criteria: true}`"),
                    );
                }
            }
            Details::Plan(plan) => self::plan(page, plan, &mut found),
            Details::Worksheet(worksheet) => self::worksheet(page, worksheet, &mut found),
            _ => {}
        }
    }
    step_count(guide, &mut found);
    found.extend(circles(guide));
    found.extend(uncovered(guide));
    found
}

/// What a worksheet asks for and no sheet of it could show.
fn worksheet(page: &Page, worksheet: &WorksheetFields, found: &mut Vec<Diagnostic>) {
    let Some(rows) = &worksheet.rows else { return };
    match &rows.value {
        Rows::Count(count) if *count > MOST_ROWS as u64 => found.push(
            Diagnostic::new(
                Rule::WorksheetSize,
                page.place_of(rows),
                format!("a worksheet has at most {MOST_ROWS} blank rows, not {count}"),
            )
            .hint("write as many as one fills in, such as `rows: 12`"),
        ),
        Rows::Count(_) => {}
        Rows::Labelled(rows) => {
            let columns = worksheet.columns.len().max(1);
            let wide = rows.iter().filter(|row| row.value.cells.len() + 1 > columns);
            found.extend(wide.map(|row| {
                let cells = row.value.cells.len() + 1;
                Diagnostic::new(
                    Rule::WorksheetSize,
                    page.place_of(row),
                    format!("the row has {cells} cells with its label, and the worksheet has columns for {columns}"),
                )
                .hint("write a column for each: `columns: [{title: Point}, {title: What we agree}]`")
            }));
        }
    }
}

/// Facts of a guide that no page names.
fn uncovered(guide: &Guide) -> impl Iterator<Item = Diagnostic> {
    let covered: BTreeSet<&str> =
        guide.pages.iter().flat_map(|page| page.common.facts.iter().map(|id| id.value.as_str())).collect();
    guide.facts.iter().filter(move |fact| !covered.contains(fact.id.value.as_str())).map(|fact| {
        Diagnostic::new(
            Rule::UncoveredFact,
            fact.place.clone(),
            format!("no page rests on the fact `{}`", fact.id.value),
        )
        .hint(format!("say it on the page where it belongs, and name it there: `facts: [{}]`", fact.id.value))
    })
}

fn reviews(page: &Page, today: &str, found: &mut Vec<Diagnostic>) {
    if let Some(day) = page.common.review_by.as_ref().filter(|day| day.value.len() == 10 && day.value.as_str() < today)
    {
        found.push(
            Diagnostic::new(
                Rule::OverdueReview,
                page.place_of(day),
                format!("the page was to be reviewed by {}", day.value),
            )
            .hint("review it, then set `reviewed:` to today and `review_by:` to the next date"),
        );
    }
}

/// Groups are runs of tasks under the same heading.
fn groups(page: &Page, found: &mut Vec<Diagnostic>) {
    let tasks = &page.outline.tasks;
    let mut start = 0;
    while start < tasks.len() {
        let length = tasks[start..].iter().take_while(|task| task.heading == tasks[start].heading).count();
        if length > MOST_ITEMS {
            let heading = tasks[start].heading.and_then(|index| page.outline.headings.get(index));
            let range = heading.map_or_else(|| tasks[start].range.clone(), |heading| heading.range.clone());
            found.push(
                Diagnostic::new(
                    Rule::LongGroup,
                    page.source.place(range),
                    format!("{length} items in one group; more than {MOST_ITEMS} are skipped over"),
                )
                .hint("split the group with a heading: `### Before the meeting`"),
            );
        }
        start += length;
    }
}

fn purpose(page: &Page, objective: &Option<String>, when: &Option<String>, mode: bool, found: &mut Vec<Diagnostic>) {
    let missing = [
        ("objective", objective.is_none(), "objective: Agree who decides what"),
        ("when", when.is_none(), "when: Before the first planning meeting"),
        ("mode", !mode, "mode: do-confirm"),
    ];
    for (key, _, example) in missing.into_iter().filter(|(key, missing, _)| *missing && !page.is_unread(key)) {
        found.push(
            Diagnostic::new(Rule::ChecklistPurpose, page.place(), format!("the checklist does not say its `{key}`"))
                .hint(format!("write for instance `{example}`")),
        );
    }
}

/// A role for examples: the guide's champion, else its first.
fn champion(guide: &Guide) -> &str {
    let chosen = guide.home().and_then(|home| match &home.details {
        Details::Guide(fields) => fields.champion.as_ref().map(|id| id.value.as_str()),
        _ => None,
    });
    chosen.or_else(|| guide.of(Kind::Role).next().map(|role| role.id.as_str())).unwrap_or("hit-champion")
}

fn step(page: &Page, step: &StepFields, guide: &Guide, found: &mut Vec<Diagnostic>) {
    if step.lead.is_none() && !page.is_unread("lead") {
        let role = champion(guide);
        found.push(
            Diagnostic::new(Rule::MissingLead, page.place(), "the step does not say who leads it")
                .hint(format!("write for instance `lead: {role}`")),
        );
    }
    if page.summary().is_empty() && !page.is_unread("summary") {
        found.push(
            Diagnostic::new(Rule::MissingSummary, page.place(), "the step has no summary")
                .hint("write one sentence: `summary: …`"),
        );
    }
    if page.title.ends_with('.') && !page.title.ends_with("..") {
        found.push(
            Diagnostic::new(Rule::StepTitle, page.place(), "the title of the step ends with a full stop")
                .hint(format!("write `{}`", page.title.trim_end_matches('.'))),
        );
    }
    if !page.outline.tasks.is_empty() {
        purpose(page, &step.objective, &step.when, step.mode.is_some(), found);
    }
}

fn step_count(guide: &Guide, found: &mut Vec<Diagnostic>) {
    let count = guide.of(Kind::Step).len();
    if let Some(first) = guide.of(Kind::Step).next()
        && !(3..=10).contains(&count)
    {
        let place = guide.home().map_or_else(|| first.place(), |home| home.place());
        found.push(
            Diagnostic::new(
                Rule::StepCount,
                place,
                format!("the guide has {count} step{}; three to ten are remembered", if count == 1 { "" } else { "s" }),
            )
            .hint("put steps together, or split the guide"),
        );
    }
}

/// Steps that need a later step, or each other.
fn circles(guide: &Guide) -> Vec<Diagnostic> {
    let order: BTreeMap<&str, usize> =
        guide.of(Kind::Step).enumerate().map(|(number, page)| (page.id.as_str(), number)).collect();
    let mut found = Vec::new();
    for page in guide.of(Kind::Step) {
        let Details::Step(step) = &page.details else { continue };
        for needed in &step.needs {
            let (Some(own), Some(other)) = (order.get(page.id.as_str()), order.get(needed.value.as_str())) else {
                continue;
            };
            if other == own {
                found.push(
                    Diagnostic::new(Rule::PlanCircle, page.place_of(needed), "the step needs itself")
                        .hint("remove the reference"),
                );
            } else if other > own {
                found.push(
                    Diagnostic::new(
                        Rule::PlanBackwards,
                        page.place_of(needed),
                        format!("step {} needs step {}, which comes after it", own + 1, other + 1),
                    )
                    .hint("change the order of the steps, or remove the reference"),
                );
            }
        }
    }
    found
}

fn plan(page: &Page, plan: &PlanFields, found: &mut Vec<Diagnostic>) {
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
