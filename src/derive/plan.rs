//! A plan's year: which task runs in which month, how many hours that makes.

use crate::model::front_matter::{Id, PhaseFields, PlanFields, PlanTaskFields};
use crate::model::page::Page;
use crate::model::sheet::{Block, Cell, Inline, Row};
use crate::model::strings::Strings;
use crate::parse::slug::slug;
use crate::source::{Place, Spanned};

/// How many months a plan covers (fact F33, rule 35).
pub const MONTHS: i64 = 12;
/// Rows of a plan to fill in: as many tasks as fit on one sheet.
const BLANK_ROWS: usize = 12;

/// A plan with its spans worked out.
#[derive(Debug, Clone, PartialEq)]
pub struct Year {
    /// The first month as year and month, where the plan has a start.
    pub start: Option<(i32, u8)>,
    /// Names of the twelve months: `Month 1` or `January 2027`.
    pub months: Vec<String>,
    /// Phases in order.
    pub phases: Vec<Phase>,
    /// Tasks in order.
    pub tasks: Vec<Task>,
}

/// A phase of the year.
#[derive(Debug, Clone, PartialEq)]
pub struct Phase {
    /// Its name.
    pub title: String,
    /// First and last month, within 1 to 12.
    pub span: Option<(u8, u8)>,
    /// The same in words; empty where there is none.
    pub words: String,
    /// What it brings.
    pub features: Vec<String>,
}

/// A task of the year.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// For `needs` and anchors.
    pub id: String,
    /// What is to be done.
    pub title: String,
    /// In detail.
    pub detail: String,
    /// Its phase's title.
    pub phase: String,
    /// First and last month, within 1 to 12.
    pub span: Option<(u8, u8)>,
    /// The same in words.
    pub words: String,
    /// The id of the role that does it.
    pub owner: Option<String>,
    /// The title of that role.
    pub owner_title: String,
    /// All its hours.
    pub hours: Option<f64>,
    /// The title of the role that made the estimate.
    pub estimated_by: String,
    /// Ids of the tasks before it.
    pub needs: Vec<String>,
    /// Whether it goes beyond the sources.
    pub added: bool,
    /// Where it is written.
    pub place: Place,
}

/// The id of a task of a plan: its own, else made from its title.
pub fn task_id(task: &PlanTaskFields) -> String {
    let title = || task.title.as_ref().map_or("", |title| title.value.as_str());
    task.id.as_ref().map_or_else(|| slug(title()), |id| id.value.clone())
}

/// First and last month of a task, as written.
pub fn task_span(task: &PlanTaskFields) -> Option<(i64, i64)> {
    let start = task.start.as_ref()?.value;
    Some((start, start.saturating_add(task.months.as_ref().map_or(1, |months| months.value)).saturating_sub(1)))
}

/// First and last month of a phase, as written.
pub fn phase_span(phase: &PhaseFields) -> Option<(i64, i64)> {
    match &phase.months[..] {
        [only] => Some((only.value, only.value)),
        [first, last] => Some((first.value, last.value)),
        _ => None,
    }
}

/// A span that lies within the year.
pub fn within(span: Option<(i64, i64)>) -> Option<(u8, u8)> {
    let (first, last) = span?;
    let month = |month: i64| u8::try_from(month).ok().filter(|_| (1..=MONTHS).contains(&month));
    month(first).zip(month(last)).filter(|(first, last)| first <= last)
}

/// The start of a plan as year and month.
pub fn start(plan: &PlanFields) -> Option<(i32, u8)> {
    read_start(plan.start.as_ref()?)
}

/// `2027-01` as year and month.
pub fn read_start(start: &Spanned<String>) -> Option<(i32, u8)> {
    let (year, month) = start.value.trim().split_once('-')?;
    let (year, month): (i32, u8) = (year.parse().ok()?, month.parse().ok()?);
    ((1900..=9000).contains(&year) && (1..=12).contains(&month)).then_some((year, month))
}

impl Year {
    /// Works out a plan. `role` gives the title of a role.
    pub fn new(page: &Page, plan: &PlanFields, strings: &Strings, role: &dyn Fn(&str) -> Option<String>) -> Self {
        let start = start(plan);
        let months: Vec<String> = (0..MONTHS).map(|month| month_name(start, month, strings)).collect();
        let words =
            |span: Option<(u8, u8)>| span.map_or_else(String::new, |span| span_words(span, start, &months, strings));
        let title = |id: &Option<Id>| {
            id.as_ref().map_or_else(String::new, |id| role(&id.value).unwrap_or_else(|| id.value.clone()))
        };
        let phases = plan.phases.iter().map(|phase| {
            let span = within(phase_span(&phase.value));
            Phase {
                title: phase.value.title.clone(),
                span,
                words: words(span),
                features: phase.value.features.to_vec(),
            }
        });
        let tasks = plan.tasks.iter().map(|task| {
            let fields = &task.value;
            let span = within(task_span(fields));
            Task {
                id: task_id(fields),
                title: fields.title.as_ref().map_or_else(String::new, |title| title.value.clone()),
                detail: fields.detail.clone().unwrap_or_default(),
                phase: fields.phase.as_ref().map_or_else(String::new, |phase| phase.value.clone()),
                span,
                words: words(span),
                owner: fields.owner.as_ref().map(|id| id.value.clone()),
                owner_title: title(&fields.owner),
                hours: fields.hours.filter(|hours| hours.is_finite() && *hours >= 0.0),
                estimated_by: title(&fields.estimated_by),
                needs: fields.needs.iter().map(|id| id.value.clone()).collect(),
                added: fields.added == Some(true),
                place: page.place_of(task),
            }
        });
        Self { start, phases: phases.collect(), tasks: tasks.collect(), months }
    }

    /// Hours of each month, each task's spread evenly over its months, rounded to the half hour.
    pub fn hours(&self) -> Vec<f64> {
        let mut sums = vec![0.0; 12];
        for (hours, (first, last)) in self.tasks.iter().filter_map(|task| task.hours.zip(task.span)) {
            let each = hours / f64::from(last - first + 1);
            sums[usize::from(first) - 1..usize::from(last)].iter_mut().for_each(|sum| *sum += each);
        }
        sums.into_iter().map(|sum| (sum * 2.0).round() / 2.0).collect()
    }

    /// All hours together.
    pub fn total(&self) -> f64 {
        self.tasks.iter().filter_map(|task| task.hours).sum()
    }

    /// A month for a narrow column: its number, since the names would not fit.
    pub fn short_month(&self, month: u8) -> String {
        let number = self.start.map_or(month, |(_, first)| (first - 1 + month - 1) % 12 + 1);
        number.to_string()
    }

    /// The phases, in a sentence each.
    pub fn introduction(&self, strings: &Strings) -> Vec<Block> {
        let mut text = Vec::new();
        for phase in &self.phases {
            text.push(Inline { text: phase.title.clone(), strong: true, ..Inline::default() });
            let span = if phase.words.is_empty() { String::new() } else { format!(" ({})", phase.words) };
            let features =
                if phase.features.is_empty() { String::new() } else { format!(": {}", phase.features.join(", ")) };
            text.push(Inline::plain(format!("{span}{features}. ")));
        }
        let total = self.total();
        if total > 0.0 {
            text.push(Inline::plain(strings.fill("all_hours", &[("n", &number(total))])));
        }
        if text.is_empty() { Vec::new() } else { vec![Block::Paragraph(text)] }
    }

    /// A row for each task.
    pub fn rows(&self, page: &Page) -> Vec<Row> {
        let row = |task: &Task| {
            let plain = |text: String| Cell {
                text: if text.is_empty() { Vec::new() } else { vec![Inline::plain(text)] },
                ..Cell::default()
            };
            let title =
                if task.words.is_empty() { task.title.clone() } else { format!("{} · {}", task.title, task.words) };
            let mut cells = vec![
                Cell { note: task.detail.clone(), ..plain(title) },
                plain(task.owner_title.clone()),
                plain(task.hours.map(number).unwrap_or_default()),
            ];
            let runs = |month: u8| task.span.is_some_and(|(first, last)| (first..=last).contains(&month));
            cells.extend((1..=12).map(|month| Cell { bar: runs(month), ..Cell::default() }));
            Row { head: true, cells, place: Place { path: page.source.path.clone(), ..task.place.clone() } }
        };
        self.tasks.iter().map(row).collect()
    }
}

/// Rows of a plan to fill in by hand.
pub fn blank_rows(page: &Page) -> Vec<Row> {
    std::iter::repeat_n(Row { head: false, cells: vec![Cell::default(); 15], place: page.place() }, BLANK_ROWS)
        .collect()
}

/// Hours as people write them: `12`, `7.5`.
pub fn number(hours: f64) -> String {
    format!("{hours:.2}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The calendar month that is `months` after the start: year and month.
pub fn after(start: (i32, u8), months: i64) -> (i32, u8) {
    let count = i64::from(start.0) * 12 + i64::from(start.1) - 1 + months;
    let year = i32::try_from(count.div_euclid(12)).unwrap_or(i32::MAX);
    (year, u8::try_from(count.rem_euclid(12) + 1).unwrap_or(1))
}

/// Where a theme's words have the months.
const MONTH_KEYS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn month_name(start: Option<(i32, u8)>, month: i64, strings: &Strings) -> String {
    match start {
        None => strings.fill("month_n", &[("n", &(month + 1).to_string())]),
        Some(start) => {
            let (year, month) = after(start, month);
            strings.fill(
                "month_year",
                &[("month", strings.get(MONTH_KEYS[usize::from(month) - 1])), ("year", &year.to_string())],
            )
        }
    }
}

fn span_words((first, last): (u8, u8), start: Option<(i32, u8)>, months: &[String], strings: &Strings) -> String {
    let name = |month: u8| months[usize::from(month) - 1].as_str();
    match start {
        _ if first == last => name(first).to_owned(),
        None => strings.fill("span_other", &[("from", &first.to_string()), ("to", &last.to_string())]),
        // Within one year, the first month needs none.
        Some(start) => {
            let [(year, month), (until, _)] = [first, last].map(|month| after(start, i64::from(month) - 1));
            let from = if year == until { strings.get(MONTH_KEYS[usize::from(month) - 1]) } else { name(first) };
            strings.fill("span_dates", &[("from", from), ("to", name(last))])
        }
    }
}
