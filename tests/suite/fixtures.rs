//! Every folder of `tests/fixtures/` is a case: a site, and beside it what is expected of it.
//!
//! - `content/`, and `themes/` where the case needs one: the site.
//! - `expected/diagnostics.txt`: all that is wrong, as a person sees it without colour.
//! - `expected/diagnostics.short`, `.json`, `.github`: the same in the other formats.
//! - `expected/text/ADDRESS`: the markup of a page's text, without the theme around it.
//! - `expected/sheets/ADDRESS.txt`: a sheet's data.
//! - `expected/pdf/ADDRESS.txt`: what a made PDF says, read back from the file: pages, text, tag tree.
//! - `expected/site/ADDRESS`: whole published bytes.
//! - `expected/routes.txt`: every address, where the file is there.
//! - a file `pdf` in the case: sheets are laid out as PDFs too, so that what layout finds is among the diagnostics.
//!
//! A case without `content/` belongs to a test that makes its files (`reading.rs`), since git can't hold them.
//!
//! A file that is not there is not compared, but `diagnostics.txt` always is. `UPDATE=1 cargo test fixtures` writes what is
//! there anew; read the difference before you commit it. `FIXTURE=name` runs one case.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use guidepost::cli::report::{self, Format};
use guidepost::compile::{Compiled, Memo, Options, compile};
use guidepost::diagnostic::Diagnostic;
use guidepost::model::site::PageRef;
use guidepost::project::Root;
use guidepost::project::read::read;
use guidepost::render::markup::Standing;
use guidepost::render::{Output, guide};
use guidepost::routes::Route;

/// The folder of the cases.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The folders of all cases.
pub(crate) fn cases() -> Vec<PathBuf> {
    let wanted = std::env::var("FIXTURE").ok();
    let mut cases: Vec<PathBuf> = fs_err::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|case| case.is_dir() && wanted.as_ref().is_none_or(|name| case.ends_with(name)));
    cases.sort();
    cases
}

#[test]
fn fixtures() {
    let cases = cases();
    assert!(!cases.is_empty(), "there are no cases in {}", folder().display());
    let mut wrong = String::new();
    for case in cases.iter().filter(|case| case.join("content").exists()) {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        if let Err(differences) = run(case) {
            let _ = writeln!(wrong, "--- {name} ---\n{differences}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}\nif this is how it should be: UPDATE=1 cargo test fixtures");
}

fn run(case: &Path) -> Result<(), String> {
    let Checked { compiled, diagnostics, texts } = check(case)?;
    let draw = |format| report::draw(&diagnostics, &texts, format, false, true).trim_end().to_owned() + "\n";
    let mut actual = BTreeMap::from([("diagnostics.txt".to_owned(), draw(Format::Human))]);
    let expected = case.join("expected");
    for path in files(&expected) {
        let format = match path.strip_prefix("diagnostics.") {
            Some("short") => Some(Format::Short),
            Some("json") => Some(Format::Json),
            Some("github") => Some(Format::Github),
            _ => None,
        };
        if let Some(format) = format {
            actual.insert(path, draw(format));
        } else if let Some(made) = make(&compiled, &path) {
            actual.insert(path, made);
        } else if path != "diagnostics.txt" {
            return Err(format!("expected/{path}: there is nothing at this address"));
        }
    }
    compare(&expected, &actual)
}

/// A site, compiled and rendered.
pub(crate) struct Checked {
    pub(crate) compiled: Compiled,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) texts: report::Texts,
}

/// Compiles a site and renders everything of it.
pub(crate) fn check(folder: &Path) -> Result<Checked, String> {
    let root = Root::open(folder).map_err(|failure| failure.to_string())?;
    let reading = read(&root).map_err(|failure| failure.to_string())?;
    let pdf = folder.join("pdf").exists();
    let options = Options { drafts: false, pdf, preview: false, today: "2026-11-22".to_owned() };
    let compiled = compile(&reading.files, &options, &mut Memo::default());
    let mut diagnostics = compiled.diagnostics.clone();
    for (address, route) in compiled.edition.routes.all.iter() {
        if !matches!(route, Route::Asset(_)) {
            diagnostics.extend(compiled.output(address).unwrap().diagnostics);
        }
    }
    diagnostics.sort();
    diagnostics.dedup();
    let theme = compiled.edition.site.settings.theme.value.clone();
    let texts = report::texts(&reading.files, &theme);
    Ok(Checked { compiled, diagnostics, texts })
}

/// The paths of the files below a folder.
fn files(folder: &Path) -> Vec<String> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files.map(|entry| entry.path().strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/")).collect()
}

/// What stands in the place of an expected file.
fn make(compiled: &Compiled, path: &str) -> Option<String> {
    let edition = &compiled.edition;
    if path == "routes.txt" {
        // Names with a hash change with the theme, which no fixture is about.
        let steady = edition.routes.all.keys().filter(|address| !address.starts_with("assets/"));
        return Some(steady.map(|address| format!("{address}\n")).collect());
    }
    if let Some(address) = path.strip_prefix("site/") {
        return match compiled.output(address)?.value {
            Output::Bytes(bytes) => Some(without_hashes(String::from_utf8(bytes).unwrap())),
            _ => None,
        };
    }
    if let Some(address) = path.strip_prefix("pdf/").and_then(|path| path.strip_suffix(".txt")) {
        return match compiled.output(address)?.value {
            Output::Shared(bytes) if !bytes.is_empty() => Some(crate::pdf::describe(&bytes)),
            _ => None,
        };
    }
    if let Some(address) = path.strip_prefix("text/") {
        let (at, page) = edition.site.pages().find(|(_, page)| page.address == address)?;
        let PageRef { guide, .. } = at;
        let shared = guide::shared(edition, guide);
        let text = shared.written(edition, at);
        let standing = Standing { from: &page.address, anchors: "", down: 0 };
        let rest = if text.rest.is_empty() {
            String::new()
        } else {
            format!("<!-- from the first task on -->\n{}", text.rest.at(standing))
        };
        return Some(text.start.at(standing) + &rest);
    }
    let address = path.strip_prefix("sheets/")?.strip_suffix(".txt")?;
    let sheets = edition.derived.guides.iter().find_map(|guide| guide.sheets.get(address));
    sheets.map(|entry| format!("stamp {}\n{}\n", entry.stamp, folded(&format!("{:#?}", entry.sheet))))
}

/// A value as `{:#?}` shows it, with runs of text and places in a line each, so that one can read it.
fn folded(debug: &str) -> String {
    let mut out = String::new();
    let mut lines = debug.lines();
    while let Some(line) = lines.next() {
        let own = line.trim_start();
        if !own.ends_with("Inline {") && !own.ends_with("Place {") {
            let _ = writeln!(out, "{line}");
            continue;
        }
        let indent = line.len() - own.len();
        let inner = lines.by_ref().take_while(|inner| inner.len() - inner.trim_start().len() > indent);
        let said: Vec<&str> =
            inner.map(str::trim).filter(|inner| !inner.ends_with(": false,") && *inner != "link: None,").collect();
        let _ = writeln!(out, "{line} {} }}", said.join(" "));
    }
    out
}

/// Names of the theme's files have a hash in them that changes with the theme, which no fixture is about.
fn without_hashes(mut text: String) -> String {
    for name in ["assets/style-", "assets/script-", "assets/icon-"] {
        let places: Vec<usize> = text.match_indices(name).map(|(at, _)| at + name.len()).collect();
        places.into_iter().for_each(|at| text.replace_range(at..at + 8, "xxxxxxxx"));
    }
    text
}

pub(crate) fn compare(expected: &Path, actual: &BTreeMap<String, String>) -> Result<(), String> {
    let mut differences = String::new();
    for (path, text) in actual {
        let file = expected.join(path);
        let before = fs_err::read_to_string(&file).unwrap_or_default();
        if before == *text {
            continue;
        }
        if std::env::var_os("UPDATE").is_some() {
            fs_err::create_dir_all(file.parent().unwrap()).unwrap();
            fs_err::write(&file, text).unwrap();
        } else {
            let _ = writeln!(differences, "expected/{path} differs; this is what came:\n{text}");
        }
    }
    if differences.is_empty() { Ok(()) } else { Err(differences) }
}
