//! Whatever an editor does, and in whatever order: what remembers gives what has no memory gives, byte for byte and message
//! for message. Here are a site and what may be done to it; `memory` tries it on the compiler and the preview's press, `disk`
//! on the reader of the disk, `program` on the command line.
//!
//! `GUIDEPOST_FULL=1 cargo test --release --locked --test suite edits::` runs 10,000 sequences in memory, which takes some ten
//! minutes, and 200 on the disk and through the command line.

mod disk;
mod memory;
mod program;

use std::collections::BTreeMap;

use proptest::test_runner::{Config, TestRunner};

/// A site as texts by path.
pub(crate) type Site = BTreeMap<String, String>;

/// What is done to a site, with numbers that choose where.
pub(crate) type Edit = (u8, u16, u16);

/// Runs so many cases: a little, or as often as the promise says.
fn runner(cases: usize) -> TestRunner {
    let cases = u32::try_from(cases).unwrap();
    TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 2000, ..Config::default() })
}

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
            let (folder, name) = page.rsplit_once('/').unwrap();
            let renamed = match other % 3 {
                0 => format!("{folder}/07-{}", name.trim_start_matches(|letter: char| !letter.is_alphabetic())),
                1 => format!("{folder}/another-{name}"),
                _ => format!("content/{}/{name}", at(FOLDERS, other).unwrap()),
            };
            site.insert(renamed, text);
        }
        10 => folder(site, at(FOLDERS, one).unwrap(), at(FOLDERS, other).copied().filter(|_| other % 3 > 0)),
        11 => drop(site.insert("content/site.yaml".into(), (*at(SETTINGS, other).unwrap()).into())),
        12 => {
            let (path, text) = at(TEMPLATES, other).unwrap();
            site.insert(format!("themes/own/{path}"), (*text).into());
        }
        _ => match other % 4 {
            0 => drop(site.remove("content/images/map.png")),
            1 => drop(site.insert("content/images/map.png".into(), format!("<svg width=\"{one}\" height=\"9\">"))),
            2 => drop(site.remove("content/ward/sources.yaml")),
            _ => {
                drop(site.insert("content/ward/sources.yaml".into(), format!("- {{id: F{}, says: \"A\"}}\n", one % 4)))
            }
        },
    }
}
