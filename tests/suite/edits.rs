//! Whatever an editor does, and in whatever order: a compile that remembers gives what one without memory gives, byte for
//! byte and message for message.
//!
//! `GUIDEPOST_EDITS=10000` runs so many sequences (a release build does them in minutes).

use std::collections::BTreeMap;
use std::sync::Arc;

use guidepost::compile::{Compiled, Files, Memo, Options, compile};
use guidepost::project::Root;
use guidepost::project::read::read;
use guidepost::project::update::{Looked, look};
use guidepost::render::Output;
use guidepost::routes::Route;
use guidepost::source::Source;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rayon::prelude::*;

use crate::promise::{count, trial};

/// Sequences where nobody asks for more.
const SEQUENCES: usize = 40;

/// A site as texts by path.
pub(crate) type Site = BTreeMap<String, String>;

/// What is done to a site, with numbers that choose where.
pub(crate) type Edit = (u8, u16, u16);

pub(crate) fn site() -> Site {
    let mut site = Site::new();
    let mut add = |path: &str, text: &str| drop(site.insert(path.to_owned(), text.to_owned()));
    for guide in ["desk", "ward"] {
        let file = |name: &str| format!("content/{guide}/{name}");
        add(
            &file("index.md"),
            &format!(
                "---\nkind: guide\ntitle: The {guide}\nsummary: Of the {guide}.\nchampion: lead\nedition: '2026'\n---\nStart [here](steps/01-meet.md), [[role:lead]].\n"
            ),
        );
        add(&file("roles/lead.md"), "---\nkind: role\ntitle: The lead\nsummary: Leads.\n---\nKnows the run chart.\n");
        add(&file("roles/nurse.md"), "---\nkind: role\ntitle: Nurse\n---\nText.\n");
        add(
            &file("steps/01-meet.md"),
            "---\nkind: step\ntitle: Meet\nsummary: Meeting.\nlead: lead\nwith: [nurse]\n---\nSay hello with a huddle.\n\n## To do\n\n- [ ] Call {@nurse month 2 #call}\n- [ ] Write\n",
        );
        add(
            &file("steps/02-plan.md"),
            "---\nkind: step\ntitle: Plan\nneeds: [meet]\nlead: lead\nsheets: [log]\n---\nSee [meeting](01-meet.md#to-do), [[huddle]].\n",
        );
        add(
            &file("terms/huddle.md"),
            "---\nkind: term\ntitle: Huddle\nalso: [stand-up]\nsummary: A short meeting.\n---\n",
        );
        add(&file("terms/run-chart.md"), "---\nkind: term\ntitle: Run chart\nsummary: A chart.\n---\n");
        add(
            &file("worksheets/log.md"),
            "---\nkind: worksheet\ntitle: Log\ncolumns: [{title: What}, {title: Who}]\nrows: 2\nsign_off: [lead]\n---\n",
        );
    }
    add("content/ward/sources.yaml", "- {id: F1, says: \"One\"}\n- {id: F2, says: \"Two\"}\n");
    add(
        "content/about.md",
        "---\ntitle: About\naliases: [old/about.html]\nreviewed: 2026-11-20\n---\nTo [the desk](desk/index.md).\n",
    );
    add("content/site.yaml", "title: Clinic\nurl: https://clinic.test\ntheme: own\n");
    add("content/images/map.png", "12");
    add("themes/own/templates/term.html", "{% extends \"default/term.html\" %}\n");
    add("themes/own/strings/en.yaml", "steps_title: The way\n");
    site
}

const LINES: &[&str] = &[
    "More about the huddle and the run chart.\n",
    "See [meeting](../steps/01-meet.md#to-do) and [[plan]].\n",
    "Over in [the other](../../ward/steps/02-plan.md), [[ward/lead]], [[desk/huddle#here]].\n",
    "## To do\n\n- [ ] Another {@lead}\n",
    "- [ ] Theirs {@ward/nurse #theirs}\n",
    "### Here {#here}\n\nText.\n",
    "![Map](../../images/map.png)\n",
    "[Nowhere](nowhere.md), [[nobody]], [list](../glossary.html).\n",
    "<b>bold</b> and a note[^1].\n\n[^1]: The note.\n",
    "> [!NOTE]\n> [About](../../about.md)\n",
];

const KEYS: &[&str] = &[
    "title: Meet\n",
    "title: Quite another\n",
    "summary: Another summary.\n",
    "order: 7\n",
    "draft: true\n",
    "draft: false\n",
    "id: call\n",
    "aliases: [old/about.html]\n",
    "reviewed: 2026-11-21\n",
    "review_by: 2020-01-01\n",
    "lead: nurse\n",
    "lead: ward/lead\n",
    "also: [chart, huddles]\n",
    "facts: [F1, F9]\n",
    "language: es\n",
    "champion: nurse\n",
    "kind: page\n",
    "kind: term\n",
    "kind: role\n",
    "kind: guide\n",
    "kind: checklist\n",
    "added: true\n",
    "translation_of: desk\n",
    "gather: {steps: all}\n",
    "allow: {orphan: \"so be it\"}\n",
    "titel: [broken\n",
];

const SETTINGS: &[&str] = &[
    "title: Clinic\nurl: https://clinic.test\ntheme: own\n",
    "theme: own\n",
    "title: Other\npaper: both\n",
    "language: es\ntheme: own\n",
    "accent: \"#ffff00\"\nraw_html: allow\ntheme: own\n",
    "hosting: [headers, iis]\norganization: {name: Clinic, logo: images/map.png}\n",
    "theme: nosuch\n",
    "colour: red\n",
    "title: [broken\n",
];

const TEMPLATES: &[(&str, &str)] = &[
    (
        "templates/page.html",
        "{% extends \"default/page.html\" %}{% block after_main %}<p>{{ page.title }}</p>{% endblock %}\n",
    ),
    ("templates/page.html", "{% extends \"default/page.html\" %}{% block after_main %}{{ nothing }}{% endblock %}\n"),
    ("templates/term.html", "{% if %}\n"),
    ("templates/term.html", "{% extends \"default/term.html\" %}\n"),
    ("strings/en.yaml", "steps_title: Our way\nsheet_step_title: \"{title}!\"\n"),
    ("strings/en.yaml", "a: [\n"),
    ("strings/es.yaml", "steps_title: Los pasos\n"),
    ("assets/css/90-own.css", "p { color: red }\n"),
];

const FOLDERS: &[&str] =
    &["desk", "ward", "desk/steps", "ward/terms", "desk/roles", "unit", "unit/steps", "ward/inner"];

fn pages(site: &Site) -> Vec<String> {
    site.keys().filter(|path| path.ends_with(".md")).cloned().collect()
}

fn at<T>(all: &[T], number: u16) -> Option<&T> {
    all.get(usize::from(number) % all.len().max(1))
}

/// Moves or removes everything below a folder.
fn folder(site: &mut Site, from: &str, to: Option<&str>) {
    let prefix = format!("content/{from}/");
    let inner: Vec<String> = site.keys().filter(|path| path.starts_with(&prefix)).cloned().collect();
    for path in inner {
        let text = site.remove(&path).unwrap();
        if let Some(to) = to {
            site.insert(format!("content/{to}/{}", &path[prefix.len()..]), text);
        }
    }
}

pub(crate) fn edit(site: &mut Site, (what, one, other): Edit) {
    let pages = pages(site);
    let Some(page) = at(&pages, one).cloned() else { return };
    let text = site[&page].clone();
    match what % 14 {
        0..=2 => drop(site.insert(page, text + "\n" + at(LINES, other).unwrap())),
        3..=5 => {
            // A key of the same name is replaced, else one is added.
            let key = at(KEYS, other).unwrap();
            let name = &key[..=key.find(':').unwrap()];
            let kept: String = text.split_inclusive('\n').filter(|line| !line.starts_with(name)).collect();
            let changed = match kept.strip_prefix("---\n") {
                Some(rest) => format!("---\n{key}{rest}"),
                None => format!("---\n{key}---\n{kept}"),
            };
            site.insert(page, changed);
        }
        6 => {
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            let gone = usize::from(other) % lines.len().max(1);
            let kept = lines.iter().enumerate().filter(|(line, _)| *line != gone).map(|(_, line)| *line);
            site.insert(page, kept.collect());
        }
        7 => {
            let folder = at(FOLDERS, other).unwrap();
            let name = at(&["03-new.md", "index.md", "README.md", "meet.md", "Meet.md"], one).unwrap();
            site.insert(format!("content/{folder}/{name}"), text);
        }
        8 => drop(site.remove(&page)),
        9 => {
            site.remove(&page);
            let name = page.rsplit('/').next().unwrap();
            site.insert(format!("content/{}/{name}", at(FOLDERS, other).unwrap()), text);
        }
        10 => folder(site, at(FOLDERS, one).unwrap(), at(FOLDERS, other).copied().filter(|_| other % 3 > 0)),
        11 => drop(site.insert("content/site.yaml".into(), (*at(SETTINGS, other).unwrap()).into())),
        12 => {
            let (path, text) = at(TEMPLATES, other).unwrap();
            site.insert(format!("themes/own/{path}"), (*text).into());
        }
        _ => match other % 4 {
            0 => drop(site.remove("content/images/map.png")),
            1 => drop(site.insert("content/images/map.png".into(), format!("{one}"))),
            2 => drop(site.remove("content/ward/sources.yaml")),
            _ => {
                drop(site.insert("content/ward/sources.yaml".into(), format!("- {{id: F{}, says: \"A\"}}\n", one % 4)))
            }
        },
    }
}

/// What a reader of the disk would make of a site.
fn files(site: &Site) -> Files {
    let mut files = Files::default();
    let text = |path: &str, text: &str| Source::new(path, text.as_bytes()).unwrap();
    for (path, content) in site {
        match path.as_str() {
            "content/site.yaml" => files.settings = Some(text(path, content)),
            path if path.ends_with("sources.yaml") => files.sources.push(text(path, content)),
            path if path.ends_with(".md") => files.pages.push(text(path, content)),
            path if path.ends_with(".png") => drop(files.assets.insert(path.into(), content.len() as u64)),
            path => {
                let theme = site.get("content/site.yaml").is_some_and(|settings| settings.contains("theme: own"));
                if let Some(name) = path.strip_prefix("themes/own/").filter(|_| theme) {
                    files.theme.insert(name.to_owned(), Arc::from(content.as_bytes()));
                }
            }
        }
    }
    files
}

fn outputs(compiled: &Compiled) -> BTreeMap<String, String> {
    let all: Vec<(&String, &Route)> = compiled.edition.routes.all.iter().collect();
    let made = all.par_iter().map(|(address, route)| {
        // Drawing is costly, and the same sheet makes the same PDF; so of PDFs the sheet is compared.
        if let Route::Pdf { guide, sheet, size } = route {
            let entry = &compiled.edition.derived.guides[*guide].sheets[sheet];
            return ((*address).clone(), format!("{size:?} {entry:?}"));
        }
        let made = compiled.output(address).unwrap();
        let output = match made.value {
            Output::Bytes(bytes) => String::from_utf8(bytes).unwrap(),
            Output::Shared(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            other => format!("{other:?}"),
        };
        ((*address).clone(), format!("{output}\n{:?}", made.diagnostics))
    });
    made.collect()
}

/// By address what was published, and the word for what it was made from. A site with errors is not published.
type Published = BTreeMap<String, (String, String)>;

fn publish(compiled: &Compiled, outputs: &BTreeMap<String, String>) -> Option<Published> {
    let entry = |(address, bytes): (&String, &String)| (address.clone(), (bytes.clone(), compiled.made_from(address)));
    (!compiled.has_errors()).then(|| outputs.iter().map(entry).collect())
}

/// What a build would keep of what was published is what it would make again.
fn kept_is_right(before: &Published, now: &Compiled, outputs: &BTreeMap<String, String>) -> Result<(), TestCaseError> {
    let pages = outputs.iter().filter(|(address, _)| !address.ends_with(".pdf"));
    for (address, bytes) in pages {
        let Some((old, word)) = before.get(address) else { continue };
        if now.is_current(address, word) {
            prop_assert_eq!(old, bytes, "{} would be kept", address);
        }
    }
    Ok(())
}

fn run(edits: &[Edit], drafts: bool) -> Result<(), TestCaseError> {
    let options = Options { drafts, pdf: true, preview: drafts, today: "2026-11-22".to_owned() };
    let mut site = site();
    let mut memo = Memo::default();
    let first = compile(&files(&site), &options, &mut memo);
    let mut published = publish(&first, &outputs(&first)).unwrap_or_default();
    for (step, change) in edits.iter().enumerate() {
        edit(&mut site, *change);
        let files = files(&site);
        let warm = compile(&files, &options, &mut memo);
        let compiled = compile(&files, &options, &mut Memo::default());
        prop_assert_eq!(&warm.diagnostics, &compiled.diagnostics, "after edit {} of {:?}", step, edits);
        let (warm, clean) = (outputs(&warm), outputs(&compiled));
        if !compiled.has_errors() {
            kept_is_right(&published, &compiled, &clean)?;
            published = publish(&compiled, &clean).unwrap_or_default();
        }
        for (address, bytes) in &clean {
            prop_assert_eq!(warm.get(address), Some(bytes), "{} after edit {} of {:?}", address, step, edits);
        }
        prop_assert_eq!(warm.len(), clean.len(), "addresses after edit {} of {:?}", step, edits);
    }
    Ok(())
}

#[test]
fn any_sequence_of_edits_gives_what_a_clean_compile_gives() {
    let trial = trial("Incremental equals clean");
    let asked = std::env::var("GUIDEPOST_EDITS").ok().and_then(|count| count.parse().ok());
    let cases = asked.unwrap_or_else(|| u32::try_from(count(SEQUENCES, 10_000)).unwrap());
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 2000, ..Config::default() };
    let edits = prop::collection::vec(any::<Edit>(), 1..7);
    TestRunner::new(config).run(&(edits, any::<bool>()), |(edits, drafts)| run(&edits, drafts)).unwrap();
    trial.kept("sequences of edits in process", cases as usize);
}

/// What was read, as far as a compile can see it.
fn seen(files: &Files) -> String {
    let texts = files.settings.iter().chain(&files.sources).chain(&files.pages);
    let texts: Vec<String> = texts.map(|source| format!("{} {:?}", source.path, source.hash)).collect();
    format!("{texts:#?} {:#?} {:#?} {:#?}", files.assets, files.theme.keys(), files.diagnostics)
}

/// Looking at the paths that changed, and reading all where that does not tell, gives what reading all gives.
fn run_on_disk(edits: &[Edit]) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let root = Root { path: folder.path().to_owned() };
    let mut before = Site::new();
    let mut now = site();
    let mut files = Files::default();
    for step in 0..=edits.len() {
        let paths: Vec<&String> = before.keys().chain(now.keys()).collect();
        let changed: Vec<&String> = paths.into_iter().filter(|path| before.get(*path) != now.get(*path)).collect();
        for path in &changed {
            let full = root.path.join(path);
            match now.get(*path) {
                Some(text) => {
                    fs_err::create_dir_all(full.parent().unwrap()).unwrap();
                    fs_err::write(full, text).unwrap();
                }
                None if before.contains_key(*path) && full.exists() => fs_err::remove_file(full).unwrap(),
                None => {}
            }
        }
        let looked: Vec<Looked> = changed.iter().map(|path| look(&root, &mut files, path)).collect();
        let whole = read(&root).unwrap().files;
        if step == 0 || looked.iter().any(|looked| matches!(looked, Looked::Whole | Looked::Unsettled)) {
            files = whole.clone();
        }
        prop_assert_eq!(seen(&files), seen(&whole), "after edit {} of {:?}", step, edits);
        before = now.clone();
        if let Some(change) = edits.get(step) {
            edit(&mut now, *change);
        }
    }
    Ok(())
}

#[test]
fn looking_at_what_changed_gives_what_reading_all_gives() {
    let config = Config { cases: 60, failure_persistence: None, ..Config::default() };
    let edits = prop::collection::vec(any::<Edit>(), 1..8);
    TestRunner::new(config).run(&edits, |edits| run_on_disk(&edits)).unwrap();
}
