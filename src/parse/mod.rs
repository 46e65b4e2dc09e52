//! One file to one page, or one settings file to its values.
//!
//! In: a [`Source`]. Out: a [`Page`], checked as far as one file can be by itself. References, links and clashes are
//! later stages' business, so pages parse in parallel and a page is parsed again only when its own text changed.

pub mod front_matter;
pub mod guards;
pub mod markdown;
pub mod outline;
pub mod picture;
pub mod prose;
pub mod raw_html;
pub mod settings;
pub mod slug;
pub mod tasks;
pub mod yaml;

use std::collections::BTreeSet;
use std::ops::Range;

use crate::diagnostic::{Checked, Diagnostic, Rule};
use crate::model::front_matter::Details;
use crate::model::page::{Outline, Page};
use crate::source::{Source, Spanned};

/// A page larger than this is not read (reliability, Read), in bytes.
pub const LARGEST_PAGE: u64 = 8 * 1024 * 1024;

/// Reads one page. Its path is `content/…/name.md`.
pub fn page(source: &Source) -> Checked<Page> {
    let front = front_matter::read(source);
    let mut diagnostics = front.diagnostics;
    let front_matter::FrontMatter { common, details, unread, body } = front.value;
    let titled = common.title.as_ref().is_some_and(|title| !title.value.trim().is_empty());
    let (outline, literal) = outline::read(source, body, titled);
    let too_deep = outline.diagnostics.iter().any(|found| found.rule == Rule::TooDeep);
    diagnostics.extend(outline.diagnostics);
    let name = Name::of(source, common.id.as_ref(), &mut diagnostics);
    let page = Page {
        title: title(&common.title, &outline.value, &name, source, &unread, body, &mut diagnostics),
        order: common.order.or(name.number.map(f64::from)).unwrap_or(f64::INFINITY),
        address: name.address(),
        folder: name.folder,
        id: name.id,
        body: if too_deep { source.text.len() } else { body },
        outline: outline.value,
        source: source.clone(),
        common,
        details,
        unread,
    };
    diagnostics.extend(language(&page));
    diagnostics.extend(dates(&page));
    diagnostics.extend(required(&page));
    diagnostics.extend(guarded(&page, &literal));
    Checked { value: page, diagnostics }
}

/// What looks like a slip in a page's text.
fn guarded(page: &Page, literal: &[Range<usize>]) -> Vec<Diagnostic> {
    let (source, body) = (&page.source, page.body);
    let Outline { tasks, headings, .. } = &page.outline;
    guards::read(&guards::Text { source, body, literal, kind: page.kind(), tasks, headings })
}

/// What a file's path says of its page.
struct Name {
    folder: String,
    id: String,
    number: Option<u16>,
    is_index: bool,
}

impl Name {
    fn of(source: &Source, chosen: Option<&Spanned<String>>, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let path = source.path.strip_prefix("content/").unwrap_or(&source.path);
        let (folder, file) = path.rsplit_once('/').map_or(("", path), |(folder, file)| (folder, file));
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let is_index = stem == "index" || stem == "README";
        let (number, mut id) = slug::stem(stem);
        if is_index {
            id = slug::slug(folder.rsplit('/').next().unwrap_or(""));
        }
        if id.is_empty() {
            id = if is_index {
                "home".to_owned()
            } else {
                format!("page-{}", crate::source::Hash::of(stem.as_bytes()).base32(6))
            };
        }
        if let Some(chosen) = chosen {
            let better = slug::slug(&chosen.value);
            if better != chosen.value || better.is_empty() {
                let place = source.place(chosen.range());
                let mut diagnostic =
                    Diagnostic::new(Rule::BadId, place.clone(), format!("`{}` can't be an id", chosen.value));
                if better.is_empty() {
                    diagnostic = diagnostic.hint("write small letters, digits and `-`");
                } else {
                    diagnostic = diagnostic.hint(format!("write `{better}`")).patch(place.range(), &better);
                }
                diagnostics.push(diagnostic);
            }
            if !better.is_empty() {
                id = better;
            }
        }
        let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        Self { folder, id, number, is_index }
    }

    fn address(&self) -> String {
        let name = if self.is_index { "index" } else { &self.id };
        format!("{}{name}.html", self.folder)
    }
}

fn title(
    written: &Option<Spanned<String>>,
    outline: &Outline,
    name: &Name,
    source: &Source,
    unread: &BTreeSet<String>,
    body: usize,
    diagnostics: &mut Vec<Diagnostic>,
) -> String {
    if let Some(title) = written.as_ref().filter(|title| !title.value.trim().is_empty()) {
        return title.value.trim().to_owned();
    }
    if outline.title.is_some()
        && let Some(heading) = outline.headings.first()
    {
        return heading.text.trim().to_owned();
    }
    // A page whose title can't be read has one; saying that it has none would mislead.
    if !unread.contains("title") && !unread.contains("") {
        let place = source.place(0..source.text.find('\n').unwrap_or(source.text.len()));
        let wanted = sentence(&name.id);
        let found = match empty_title(source) {
            Some((line, behind)) => {
                let better = if behind.is_empty() { wanted } else { format!("\"{behind}\"") };
                diagnostics.retain(|found| found.rule != Rule::CutValue || !line.contains(&found.place.range().start));
                Diagnostic::new(Rule::MissingTitle, source.place(line), "there is no title behind `title:`")
                    .hint(format!("write `title: {better}`"))
            }
            None => Diagnostic::new(Rule::MissingTitle, place, "the page has no title").hint(if body > 0 {
                format!("write `title: {wanted}` between the two lines of `---`")
            } else {
                format!("begin the text with a heading: `# {wanted}`")
            }),
        };
        diagnostics.push(found);
    }
    sentence(&name.id)
}

/// The line of a `title:` that says nothing, and what stands behind it: a `#` makes a comment of it.
fn empty_title(source: &Source) -> Option<(std::ops::Range<usize>, &str)> {
    let mut start = 0;
    for line in source.text.split_inclusive('\n') {
        if let Some(behind) = line.strip_prefix("title:") {
            return Some((start..start + line.trim_end().len(), behind.trim()));
        }
        start += line.len();
    }
    None
}

/// `brief-the-team` as `Brief the team`.
fn sentence(id: &str) -> String {
    let words = id.replace(['-', '_'], " ");
    let mut letters = words.chars();
    letters.next().map_or(words.clone(), |first| first.to_uppercase().chain(letters).collect())
}

/// A guide's language that is no code of one.
fn language(page: &Page) -> Option<Diagnostic> {
    let Details::Guide(guide) = &page.details else { return None };
    let language = guide.language.as_ref().filter(|language| !settings::is_language(&language.value))?;
    let message = format!("`{}` is not the code of a language", language.value);
    Some(
        Diagnostic::new(Rule::BadValue, page.place_of(language), message)
            .hint("write a code like `en`, `es` or `pt-BR`"),
    )
}

/// Dates that are none.
fn dates(page: &Page) -> Vec<Diagnostic> {
    let keys = [("reviewed", &page.common.reviewed), ("review_by", &page.common.review_by)];
    let written = keys.into_iter().filter_map(|(key, date)| date.as_ref().map(|date| (key, date)));
    let wrong = written.filter(|(_, date)| date.value.parse::<jiff::civil::Date>().is_err() || date.value.len() != 10);
    wrong
        .map(|(key, date)| {
            let (reason, example) = impossible(&date.value).unwrap_or_default();
            let example = if example.is_empty() { "2026-11-20" } else { &example };
            Diagnostic::new(Rule::BadValue, page.place_of(date), format!("`{}` is not a day{reason}", date.value))
                .hint(format!("write year, month, day: `{key}: {example}`"))
        })
        .collect()
}

/// Why there is no such day, where a text has the form of one, and the last day that there is.
fn impossible(day: &str) -> Option<(String, String)> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let mut parts = day.split('-').map(|part| part.bytes().all(|byte| byte.is_ascii_digit()).then_some(part));
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if (year.len(), month.len(), day.len()) != (4, 2, 2) || parts.next().is_some() {
        return None;
    }
    let (year, month, day): (i16, i8, i8) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let Ok(first) = jiff::civil::Date::new(year, month, 1) else {
        return Some((format!(": there is no month {month}"), String::new()));
    };
    let (name, days) = (MONTHS.get(usize::from(first.month().unsigned_abs()) - 1)?, first.days_in_month());
    if day < 1 {
        return Some((": there is no day 0".to_owned(), first.to_string()));
    }
    let reason = match (month, days) {
        (2, 28) => format!(": February has 28 days, since {year} is not a leap year"),
        (2, _) => format!(": February has {days} days in {year}"),
        _ => format!(": {name} has {days} days"),
    };
    Some((reason, first.last_of_month().to_string()))
}

/// Keys that a kind can't do without.
fn required(page: &Page) -> Vec<Diagnostic> {
    let missing = |key: &str, hint: &str| {
        let message = format!("a page of kind `{}` needs `{key}`", page.kind().name());
        Diagnostic::new(Rule::MissingKey, page.place(), message).hint(hint.to_owned())
    };
    let mut found = Vec::new();
    match &page.details {
        Details::Term(_) if page.summary().trim().is_empty() => {
            found.push(missing("summary", "write the definition in a sentence: `summary: The day on which …`"));
        }
        Details::Plan(plan) => {
            if plan.phases.is_empty() {
                found.push(missing(
                    "phases",
                    "write `phases: [{title: Prepare, months: [1, 3], features: [Messages]}]`",
                ));
            }
            if plan.tasks.is_empty() {
                found.push(missing(
                    "tasks",
                    "write `tasks:` and below it a line `- {title: …, detail: …}` for each task",
                ));
            }
        }
        _ => {}
    }
    // What could not be read is not missing: the message on it says what to do.
    found.retain(|missing| {
        let key = missing.message.rsplit('`').nth(1).unwrap_or("");
        !page.is_unread(key)
    });
    found
}
