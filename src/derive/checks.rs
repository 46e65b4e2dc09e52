//! What the rules ask of a guide's content: steps, checklists, plans, facts, reviews.

use std::collections::{BTreeMap, BTreeSet};

use super::plan_checks;
use super::sheets::MOST_ROWS;
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::front_matter::{Details, Kind, Rows, StepFields, WorksheetFields};
use crate::model::page::Page;
use crate::model::site::Guide;

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
            Details::Plan(plan) => plan_checks::plan(page, plan, &mut found),
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
