//! `build` and `check`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, Write as _};
use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rayon::prelude::*;

use super::report::{self, Texts};
use super::{Build, Check, Looking, print, tell};
use crate::compile::{Compiled, Files, Memo, Options, compile, origin};
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::project::content::Content;
use crate::project::publish::{Publisher, Report};
use crate::project::read::read;
use crate::project::{Failure, Root, absolute};
use crate::render::Output;
use crate::routes::Route;
use crate::source::Hash;
use crate::theme;

/// A build that takes longer than this says how far it is.
const SILENT: Duration = Duration::from_secs(1);

/// Makes the site and publishes it.
///
/// # Errors
/// Where the site can't be read or the folder not be published into.
pub fn build(arguments: &Build) -> Result<u8, Failure> {
    let root = Root::open(&arguments.looking.root.root)?;
    let mut clock = Clock::new(arguments.timings);
    let publisher = Publisher::begin(&root, &published(&root, arguments), arguments.in_place)?;
    if publisher.all_made_from().is_empty() {
        // The site will have to be compiled, for which the theme is read meanwhile.
        rayon::spawn(theme::prepare);
    }
    let reading = read(&root)?;
    clock.lap("read");
    let options = options(&arguments.looking, !arguments.no_pdf)?;
    let made_from = made_from(&root, &reading.files, &options);
    let known = publisher.all_made_from().to_owned();
    let code = if is_current(&known, &made_from, &options.today) && publisher.keep_all()? {
        clock.lap("compare");
        finished(arguments, &published(&root, arguments), &publisher.finish(&known)?, &[])?;
        0
    } else {
        publish(arguments, &root, &reading.files, publisher, &mut for_once(), &made_from, &mut clock)?
    };
    clock.print()?;
    Ok(code)
}

/// A word for all that a site is made from; empty where that can't be told.
fn made_from(root: &Root, files: &Files, options: &Options) -> String {
    // One that can't be read stops the publishing later, with its name.
    let Ok(content) = Content::open(root) else { return String::new() };
    let hash = |path: &Arc<str>| match content.read(path) {
        Ok(bytes) => Some(Hash::of(&bytes)),
        Err(_) => None,
    };
    let paths: Vec<&Arc<str>> = files.assets.keys().collect();
    let assets: Option<Vec<Hash>> = paths.into_par_iter().map(hash).collect();
    assets.and_then(|assets| origin::of_all(files, &assets, options)).map(|hash| hash.base32(24)).unwrap_or_default()
}

/// The word for a site as the manifest keeps it: with the first day by which something has to be reviewed, since from then
/// on there is something to say. Empty where there is something to say already: then all is looked at again next time.
fn lasting(made_from: &str, compiled: &Compiled, diagnostics: &[Diagnostic]) -> String {
    if made_from.is_empty() || diagnostics.iter().any(|found| found.rule != Rule::OverdueReview) {
        return String::new();
    }
    let days = compiled.edition.site.pages().filter_map(|(_, page)| page.common.review_by.as_ref());
    days.map(|day| day.value.as_str()).min().map_or_else(|| made_from.to_owned(), |day| format!("{made_from}.{day}"))
}

/// Whether such a word says the same as now, `today`.
fn is_current(known: &str, made_from: &str, today: &str) -> bool {
    let (word, day) = known.split_once('.').map_or((known, None), |(word, day)| (word, Some(day)));
    !word.is_empty() && word == made_from && day.is_none_or(|day| today <= day)
}

/// Compiles what was read and publishes it, unless something is wrong with it. `made_from` is a word for all that it is made
/// from; the next build looks closer where it is empty.
pub(super) fn publish(
    arguments: &Build,
    root: &Root,
    files: &Files,
    publisher: Publisher,
    memo: &mut Memo,
    made_from: &str,
    clock: &mut Clock,
) -> Result<u8, Failure> {
    let output = published(root, arguments);
    let compiled = compile(files, &options(&arguments.looking, !arguments.no_pdf)?, memo);
    clock.lap("compile");
    let mut diagnostics = severe(&arguments.looking, compiled.diagnostics.clone());
    if !has_errors(&diagnostics) {
        diagnostics.extend(severe(&arguments.looking, render_all(&compiled, root, &publisher)?));
        diagnostics.sort();
        diagnostics.dedup();
        clock.lap("render and stage");
    }
    say(&arguments.looking, &diagnostics, files)?;
    if has_errors(&diagnostics) {
        let before = if fs_err::exists(&output)? { "; the published site stays as it was" } else { "" };
        tell(&format!("{}: nothing was published{before}\n", report::summary(&diagnostics)));
        return Ok(1);
    }
    let report = publisher.finish(&lasting(made_from, &compiled, &diagnostics))?;
    clock.lap("publish");
    finished(arguments, &output, &report, &diagnostics)?;
    Ok(0)
}

/// A memo for a run that compiles once and ends: giving all of a site's memory back piece by piece, right before the system
/// takes it back whole, would be time lost.
fn for_once() -> ManuallyDrop<Memo> {
    ManuallyDrop::new(Memo::default())
}

/// Looks for mistakes.
///
/// # Errors
/// Where the site can't be read.
pub fn check(arguments: &Check) -> Result<u8, Failure> {
    let root = Root::open(&arguments.looking.root.root)?;
    rayon::spawn(theme::prepare);
    let reading = read(&root)?;
    let options = options(&arguments.looking, arguments.pdf)?;
    let compiled = compile(&reading.files, &options, &mut for_once());
    let mut diagnostics = severe(&arguments.looking, compiled.diagnostics.clone());
    if arguments.pdf {
        let sheets = compiled.edition.routes.all.par_iter().filter(|(_, route)| matches!(route, Route::Pdf { .. }));
        let found: Vec<Vec<Diagnostic>> =
            sheets.map(|(address, route)| compiled.output_of(address, route).diagnostics).collect();
        diagnostics.extend(severe(&arguments.looking, found.into_iter().flatten().collect()));
        diagnostics.sort();
        diagnostics.dedup();
    }
    say(&arguments.looking, &diagnostics, &reading.files)?;
    if arguments.looking.message_format == report::Format::Human {
        let skipped = match reading.skipped {
            0 => String::new(),
            1 => " (1 hidden or temporary file was skipped)".to_owned(),
            count => format!(" ({count} hidden or temporary files were skipped)"),
        };
        print(&format!("{} in {} pages{skipped}\n", report::summary(&diagnostics), reading.files.pages.len()))?;
    }
    Ok(u8::from(has_errors(&diagnostics)))
}

/// The folder to publish into; a relative one counts from the site's folder.
pub(super) fn published(root: &Root, arguments: &Build) -> PathBuf {
    absolute(&root.path.join(&arguments.output))
}

/// What the arguments choose.
///
/// # Errors
/// Where `--today` is not a day.
pub fn options(looking: &Looking, pdf: bool) -> Result<Options, Failure> {
    Ok(Options { drafts: looking.drafts, pdf, preview: false, today: today(looking.today.as_deref())? })
}

/// The day that was given, else today's.
///
/// # Errors
/// Where what was given is not a day.
pub(super) fn today(given: Option<&str>) -> Result<String, Failure> {
    let day = match given {
        Some(day) => day.parse::<jiff::civil::Date>().map_err(|_| {
            Failure::new(format!("`{day}` is not a day"), "write year, month, day: `--today 2026-11-22`")
        })?,
        None => jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date(),
    };
    Ok(day.to_string())
}

/// Makes errors of the warnings that the arguments don't put up with.
fn severe(looking: &Looking, mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    for found in &mut diagnostics {
        if looking.deny_warnings || (looking.deny_overdue && found.rule == Rule::OverdueReview) {
            found.severity = Severity::Error;
        }
    }
    diagnostics
}

fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|found| found.severity == Severity::Error)
}

/// Prints diagnostics: for people to standard error, for programs to standard output.
fn say(looking: &Looking, diagnostics: &[Diagnostic], files: &Files) -> Result<(), Failure> {
    let is_human = looking.message_format == report::Format::Human;
    // Mostly there is nothing to say, and no text to be looked for.
    let texts = if diagnostics.is_empty() { Texts::new() } else { report::texts(files, &files.theme_name()) };
    let drawn = report::draw(diagnostics, &texts, looking.message_format, is_human, looking.all);
    if is_human {
        // anstream drops the colours where standard error is no terminal.
        tell(&drawn);
        Ok(())
    } else {
        print(&drawn)
    }
}

/// Renders every route and stages what differs; gives what was found wrong on the way.
fn render_all(compiled: &Compiled, root: &Root, publisher: &Publisher) -> Result<Vec<Diagnostic>, Failure> {
    let progress = Progress::new(compiled.edition.routes.all.len());
    let found: Mutex<Vec<Diagnostic>> = Mutex::default();
    let content = Content::open(root)?;
    let routes = &compiled.edition.routes.all;
    // PDFs that would be made again just so are kept. They are looked at first, since the list of sheets counts their pages.
    let current = routes.iter().filter(|(address, route)| compiled.is_current(route, publisher.made_from(address)));
    let current: BTreeSet<&String> = current.map(|(address, _)| address).collect();
    let one = |(address, route): (&String, &Route)| -> Result<(), Failure> {
        if current.contains(address) && publisher.keep(address, publisher.made_from(address))? {
            return Ok(());
        }
        let made = compiled.output_of(address, route);
        let broken = made.diagnostics.iter().any(|found| found.severity == Severity::Error);
        if !made.diagnostics.is_empty() {
            found.lock().unwrap_or_else(PoisonError::into_inner).extend(made.diagnostics);
        }
        progress.step();
        match made.value {
            _ if broken => Ok(()),
            Output::Bytes(bytes) => publisher.put(address, &bytes, &compiled.made_from(route)),
            Output::Shared(bytes) => publisher.put(address, &bytes, &compiled.made_from(route)),
            Output::Copy(path) => publisher.put(address, &content.read(&path)?, ""),
            Output::Pdf(..) => Ok(()),
        }
    };
    // PDFs come first: the list of sheets counts their pages, and would have them drawn once more.
    let (pdfs, others): (Vec<_>, Vec<_>) = routes.iter().partition(|(_, route)| matches!(route, Route::Pdf { .. }));
    pdfs.into_par_iter().try_for_each(one)?;
    // Guide by guide, so that of only a few at a time there is more in memory than their pages.
    let mut by_guide: BTreeMap<Option<usize>, Vec<(&String, &Route)>> = BTreeMap::new();
    others.into_iter().for_each(|(address, route)| by_guide.entry(route.guide()).or_default().push((address, route)));
    by_guide.into_par_iter().try_for_each(|(guide, routes)| {
        routes.into_par_iter().try_for_each(one)?;
        guide.into_iter().for_each(|guide| compiled.edition.forget(guide));
        Ok::<(), Failure>(())
    })?;
    progress.end();
    Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn finished(
    arguments: &Build,
    output: &std::path::Path,
    report: &Report,
    diagnostics: &[Diagnostic],
) -> Result<(), Failure> {
    for warning in &report.warnings {
        tell(&format!("warning: {warning}\n"));
    }
    if arguments.looking.message_format != report::Format::Human {
        return Ok(());
    }
    let Report { written, kept, deleted, .. } = report;
    let files = |count: &usize| format!("{count} {}", if *count == 1 { "file" } else { "files" });
    let deleted = if *deleted == 0 { String::new() } else { format!(", {} deleted", files(deleted)) };
    if !diagnostics.is_empty() {
        tell(&format!("{}\n", report::summary(diagnostics)));
    }
    print(&format!(
        "{} written, {} left alone{deleted}\nopen {}\n",
        files(written),
        files(kept),
        output.join("index.html").display()
    ))
}

/// Says how far a long build is, on a terminal.
struct Progress {
    all: usize,
    done: AtomicUsize,
    since: Instant,
    shown: bool,
}

impl Progress {
    fn new(all: usize) -> Self {
        Self { all, done: AtomicUsize::new(0), since: Instant::now(), shown: std::io::stderr().is_terminal() }
    }

    fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if self.shown && done.is_multiple_of(64) && self.since.elapsed() > SILENT {
            let _ = write!(std::io::stderr(), "\r{done} of {} files", self.all);
        }
    }

    fn end(&self) {
        if self.shown && self.since.elapsed() > SILENT {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

/// How long each stage took.
pub(super) struct Clock {
    shown: bool,
    last: Instant,
    laps: Vec<(&'static str, Duration)>,
}

impl Clock {
    pub(super) fn new(shown: bool) -> Self {
        Self { shown, last: Instant::now(), laps: Vec::new() }
    }

    pub(super) fn lap(&mut self, stage: &'static str) {
        let now = Instant::now();
        self.laps.push((stage, now - self.last));
        self.last = now;
    }

    pub(super) fn print(&self) -> Result<(), Failure> {
        if !self.shown {
            return Ok(());
        }
        let lines: String = self
            .laps
            .iter()
            .map(|(stage, time)| format!("{stage:<18}{:>9.1} ms\n", time.as_secs_f64() * 1000.0))
            .collect();
        print(&lines)
    }
}
