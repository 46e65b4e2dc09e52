//! A plan's page, its drawing, its calendar and its table.

use std::fmt::Write as _;

use super::guide::{link, sheet_link, strings};
use super::markup::escape;
use super::{Edition, view};
use crate::derive::plan::{Year, after, number};
use crate::link::references::find;
use crate::model::address::{Made, encode};
use crate::model::front_matter::Kind;
use crate::model::site::PageRef;
use crate::model::strings::Strings;
use crate::source::{Hash, Spanned};

/// What a plan's template gets.
pub fn page(edition: &Edition, at: PageRef) -> Option<view::PlanPage> {
    let sheets = &edition.derived.guides[at.guide];
    let year = sheets.years.get(&at.page)?;
    let page = edition.site.page(at);
    let words = strings(edition, at.guide);
    let sheet = |made: Made| {
        let address = sheets.address(made)?;
        Some(sheet_link(edition, at.guide, address, sheets.sheets.get(address)?))
    };
    let hours = |hours: f64| if hours > 0.0 { number(hours) } else { String::new() };
    let owner = |id: &String| {
        let id = Spanned::new(id.clone(), 0..0);
        find(&edition.site, at.guide, &[Kind::Role], &id.value).map(|page| link(edition, page))
    };
    let title_of = |id: &String| year.tasks.iter().find(|task| task.id == *id).map(|task| task.title.clone());
    Some(view::PlanPage {
        months: year.months.clone(),
        phases: year
            .phases
            .iter()
            .map(|phase| view::Phase {
                title: phase.title.clone(),
                span: phase.words.clone(),
                features: phase.features.clone(),
            })
            .collect(),
        tasks: year
            .tasks
            .iter()
            .map(|task| view::PlanTask {
                id: task.id.clone(),
                title: task.title.clone(),
                detail: task.detail.clone(),
                phase: task.phase.clone(),
                span: task.words.clone(),
                owner: task.owner.as_ref().and_then(owner),
                hours: task.hours.map(number).unwrap_or_default(),
                estimated_by: task.estimated_by.clone(),
                needs: task.needs.iter().filter_map(title_of).collect(),
                added: task.added && !page.is_added(),
            })
            .collect(),
        hours: year.hours().into_iter().map(hours).collect(),
        total: hours(year.total()),
        drawing_html: view::SafeHtml(drawing(year, words)),
        sheet: sheet(Made::PlanSheet(at.page))?,
        blank: sheet(Made::PlanBlank(at.page)),
        calendar: sheets.address(Made::Calendar(at.page)).map(encode),
        table: sheets.address(Made::Table(at.page)).map(encode).unwrap_or_default(),
    })
}

/// The year as an SVG: a line for each task, a bar over its months. Colours and type come from the stylesheet.
fn drawing(year: &Year, words: &Strings) -> String {
    const LEFT: usize = 300;
    const MONTH: usize = 50;
    const LINE: usize = 30;
    const HEAD: usize = 34;
    let width = LEFT + 12 * MONTH;
    let height = HEAD + year.tasks.len() * LINE + 6;
    let mut svg = format!(
        "<svg class=\"plan-drawing\" role=\"img\" viewBox=\"0 0 {width} {height}\" xmlns=\"http://www.w3.org/2000/svg\" aria-labelledby=\"plan.title plan.description\"><title id=\"plan.title\">{}</title><desc id=\"plan.description\">{}</desc>",
        escape(words.get("plan_drawing_title")),
        escape(words.get("plan_drawing_description"))
    );
    for month in 0..12_u8 {
        let x = LEFT + usize::from(month) * MONTH;
        let label = year.short_month(month + 1);
        // Writing to a string can't fail.
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M{x} {HEAD}V{height}\"/><text class=\"label month\" x=\"{}\" y=\"22\" text-anchor=\"middle\">{label}</text>",
            x + MONTH / 2
        );
    }
    for (line, task) in year.tasks.iter().enumerate() {
        let y = HEAD + line * LINE;
        let title: String = if task.title.chars().count() > 42 {
            task.title.chars().take(41).chain(['…']).collect()
        } else {
            task.title.clone()
        };
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M0 {y}H{width}\"/><text class=\"label\" x=\"0\" y=\"{}\">{}</text>",
            y + 20,
            escape(&title)
        );
        if let Some((first, last)) = task.span {
            let x = LEFT + usize::from(first - 1) * MONTH + 3;
            let length = usize::from(last - first + 1) * MONTH - 6;
            let phase = year.phases.iter().position(|phase| phase.title == task.phase).unwrap_or(0);
            let class = if phase % 2 == 0 { "bar" } else { "bar bar-alt" };
            let _ = write!(
                svg,
                "<rect class=\"{class}\" x=\"{x}\" y=\"{}\" width=\"{length}\" height=\"{}\" rx=\"2\"/>",
                y + 8,
                LINE - 16
            );
        }
    }
    svg.push_str("</svg>");
    svg
}

/// The plan as an iCalendar file (RFC 5545): an event of whole days for each task. Its time stamps come from the plan's
/// start, since a clock would make two builds differ.
pub fn calendar(edition: &Edition, at: PageRef) -> String {
    let page = edition.site.page(at);
    let mut out =
        String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Guidepost//Guidepost//EN\r\nCALSCALE:GREGORIAN\r\n");
    if let Some((year, start)) =
        edition.derived.guides[at.guide].years.get(&at.page).and_then(|year| Some((year, year.start?)))
    {
        line(&mut out, &format!("X-WR-CALNAME:{}", text(&page.title)));
        let day = |months: i64| {
            let (year, month) = after(start, months);
            format!("{year:04}{month:02}01")
        };
        let site = edition.site.settings.base().unwrap_or(edition.site.title());
        for task in &year.tasks {
            let Some((first, last)) = task.span else { continue };
            let id = Hash::of(format!("{site}\0{}\0{}", page.address, task.id).as_bytes()).hex();
            let details = [task.detail.as_str(), task.owner_title.as_str()]
                .iter()
                .filter(|part| !part.is_empty())
                .copied()
                .collect::<Vec<_>>()
                .join("\n");
            line(&mut out, "BEGIN:VEVENT");
            line(&mut out, &format!("UID:{id}@guidepost"));
            line(&mut out, &format!("DTSTAMP:{}T000000Z", day(0)));
            line(&mut out, &format!("DTSTART;VALUE=DATE:{}", day(i64::from(first) - 1)));
            line(&mut out, &format!("DTEND;VALUE=DATE:{}", day(i64::from(last))));
            line(&mut out, &format!("SUMMARY:{}", text(&task.title)));
            if !details.is_empty() {
                line(&mut out, &format!("DESCRIPTION:{}", text(&details)));
            }
            line(&mut out, "TRANSP:TRANSPARENT");
            line(&mut out, "END:VEVENT");
        }
    }
    out.push_str("END:VCALENDAR\r\n");
    out
}

/// A value of type TEXT: backslash, semicolon, comma and line ends are escaped.
fn text(value: &str) -> String {
    value.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// A line of content, folded where it is longer than 75 bytes.
fn line(out: &mut String, content: &str) {
    let mut length = 0;
    for letter in content.chars() {
        if length + letter.len_utf8() > 75 {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(letter);
        length += letter.len_utf8();
    }
    out.push_str("\r\n");
}

/// The plan as comma-separated values. It begins with a byte order mark, without which Excel takes accents for other
/// letters.
pub fn table(edition: &Edition, at: PageRef) -> String {
    let words = strings(edition, at.guide);
    let mut out = String::from("\u{feff}");
    let heads = ["task", "detail", "phase", "start", "end", "owner", "hours", "estimated_by_head"];
    row(&mut out, heads.iter().map(|key| words.get(key).to_owned()));
    if let Some(year) = edition.derived.guides[at.guide].years.get(&at.page) {
        let month = |month: u8| year.months[usize::from(month) - 1].clone();
        for task in &year.tasks {
            let (first, last) = task.span.map_or_else(Default::default, |(first, last)| (month(first), month(last)));
            let hours = task.hours.map(number).unwrap_or_default();
            let cells =
                [&task.title, &task.detail, &task.phase, &first, &last, &task.owner_title, &hours, &task.estimated_by];
            row(&mut out, cells.into_iter().cloned());
        }
    }
    out
}

/// A record of RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe before it.
fn row(out: &mut String, cells: impl Iterator<Item = String>) {
    for (column, cell) in cells.enumerate() {
        if column > 0 {
            out.push(',');
        }
        let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
        let cell = format!("{guard}{cell}");
        if cell.contains([',', '"', '\n', '\r']) {
            out.push_str(&format!("\"{}\"", cell.replace('"', "\"\"")));
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}
