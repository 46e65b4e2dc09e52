//! What must hold for any bytes whatever, one function for each door through which text of others comes in.
//!
//! In: any bytes. A function that comes back has found nothing; one that panics has found a mistake of Guidepost.
//! `fuzz/targets/` hands them what libFuzzer thinks up (`scripts/fuzz`), `tests/suite/fuzz.rs` the corpus in
//! `fuzz/corpus/TARGET/`, in every test run.
#![allow(dead_code, reason = "each binary of fuzz/ uses one of them")]

use std::ops::Range;
use std::sync::{LazyLock, Mutex, PoisonError};

use guidepost::compile::{Compiled, Files, Memo, Options, compile};
use guidepost::diagnostic::Diagnostic;
use guidepost::project::manifest::Manifest;
use guidepost::render::Output;
use guidepost::routes::Route;
use guidepost::serve::request;
use guidepost::source::Source;

/// Every target by its name.
pub const ALL: &[(&str, fn(&[u8]))] = &[
    ("front_matter", front_matter),
    ("markdown", markdown),
    ("links", links),
    ("tasks", tasks),
    ("request", request),
    ("manifest", manifest),
    ("picture", picture),
];

const HOME: &str = "---\nkind: guide\ntitle: Any\nchampion: lead\n---\n[[lead]] [page](page.md)\n";
const ROLE: &str = "---\nkind: role\ntitle: Lead\n---\n";
const TERM: &str = "---\nkind: term\ntitle: Portal\nsummary: A door.\nalso: [EHR]\n---\n";

/// The address of the page that [`site`] is about.
const PAGE: &str = "page.html";

/// A site with this page in it, compiled and rendered, and all that is wrong with it. The bytes are text.
pub fn site(page: &[u8]) -> (Compiled, Vec<Diagnostic>) {
    let source = |path: &str, text: &[u8]| Source::new(path, text).expect("text");
    let files = Files {
        pages: vec![
            source("content/index.md", HOME.as_bytes()),
            source("content/page.md", page),
            source("content/roles/lead.md", ROLE.as_bytes()),
            source("content/terms/portal.md", TERM.as_bytes()),
        ],
        ..Files::default()
    };
    let options = Options { drafts: false, pdf: false, preview: false, today: "2026-11-22".to_owned() };
    // The theme is loaded once; that a memo changes nothing is another test's business.
    static MEMO: LazyLock<Mutex<Memo>> = LazyLock::new(Mutex::default);
    let compiled = compile(&files, &options, &mut MEMO.lock().unwrap_or_else(PoisonError::into_inner));
    let mut diagnostics = compiled.diagnostics.clone();
    for (address, route) in compiled.edition.routes.all.iter() {
        if !matches!(route, Route::Asset(_) | Route::Theme(_)) {
            diagnostics.extend(compiled.output(address).expect("an address has an output").diagnostics);
        }
    }
    (compiled, diagnostics)
}

/// Front matter: the bytes stand between two lines of `---`.
pub fn front_matter(bytes: &[u8]) {
    check(&[b"---\n", bytes, b"\n---\nText.\n"].concat());
}

/// Markdown, or a whole page.
pub fn markdown(bytes: &[u8]) {
    check(bytes);
}

/// Links: each line is where links and pictures lead, in all ways of writing them.
pub fn links(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let written = |target: &str| {
        format!("[a]({target}) [b](<{target}>) [[{target}]] [[{target}|c]] ![d]({target}) <{target}> [e][{target}]\n\n")
    };
    check(("# Links\n\n".to_owned() + &text.lines().map(written).collect::<String>()).as_bytes());
    for target in text.lines() {
        let path = guidepost::link::targets::path("steps/", target);
        assert!(path.is_none_or(|path| path.starts_with("content/") && !path.split('/').any(|part| part == "..")));
    }
}

/// Attributes of tasks: each line stands in the braces of a task.
pub fn tasks(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let tasks: String = text.lines().map(|line| format!("- [ ] Do it {{{line}}}\n")).collect();
    check(format!("# Tasks\n\n{tasks}").as_bytes());
}

/// The head of a request to the preview.
pub fn request(bytes: &[u8]) {
    let end = request::end_of_head(bytes);
    assert!(end.is_none_or(|end| end <= bytes.len()));
    let head = &bytes[..end.unwrap_or(bytes.len())];
    let Ok(understood) = request::parse(head) else { return };
    for (name, value) in &understood.headers {
        assert!(!name.is_empty() && !value.contains(['\r', '\n', '\0']), "{name}: {value}");
    }
    request::query(&understood.target, "at");
    if let Ok(address) = request::address(&understood.target) {
        assert!(!address.split('/').any(|segment| segment == ".."), "{address}");
        assert!(!address.contains('\\') && !address.contains(char::is_control), "{address:?}");
    }
}

/// The manifest of a published folder, which anybody may have changed.
pub fn manifest(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Some(manifest) = Manifest::read(text) else { return };
    for path in manifest.files.keys() {
        assert!(!path.starts_with('/') && !path.split('/').any(|part| matches!(part, "" | "." | "..")), "{path}");
    }
    assert_eq!(Manifest::read(&manifest.write()), Some(manifest));
}

/// A picture, of which only the size is looked at.
pub fn picture(bytes: &[u8]) {
    if let Some(pixels) = guidepost::parse::picture::pixels(bytes) {
        assert!(pixels.width > 0 && pixels.height > 0, "{pixels:?}");
    }
}

/// A page compiles and renders, every message has a place in it, and what it says does not get out of its place in the HTML.
fn check(page: &[u8]) {
    if Source::new("content/page.md", page).is_err() {
        return;
    }
    let (compiled, diagnostics) = site(page);
    for found in &diagnostics {
        well_placed(&compiled, found);
    }
    if let Some(Output::Bytes(html)) = compiled.output(PAGE).map(|made| made.value) {
        harmless(std::str::from_utf8(&html).expect("HTML is text"));
    }
}

/// Places and patches lie within their file, between characters; messages are one line.
pub fn well_placed(compiled: &Compiled, found: &Diagnostic) {
    let mut pages = compiled.edition.site.pages();
    if let Some((_, page)) = pages.find(|(_, page)| page.source.path == found.place.path) {
        let text = &page.source.text;
        let is_inside = |range: Range<usize>| text.get(range).is_some();
        assert!(is_inside(found.place.range()), "{found:?} lies outside {text:?}");
        assert!(found.patch.as_ref().is_none_or(|patch| is_inside(patch.start..patch.end)), "{found:?}");
    }
    assert!(!found.message.ends_with('.') && !found.message.contains('\n'), "{found:?}");
}

/// Nothing of a page runs, and nothing is asked of anybody else: the scripts are the theme's own, and no link has a scheme
/// that runs.
fn harmless(html: &str) {
    let lower = html.to_lowercase();
    for tag in ["<script", "<style", "<iframe", "<object", "<embed", "<form", "<base"] {
        for (at, _) in lower.match_indices(tag) {
            let own = ["<script src=\"", "<script defer src=\"", "<form role=\"search\"", "<form class=\""];
            let is_own = own.iter().any(|own| lower[at..].starts_with(own));
            assert!(is_own, "{tag} in {}", around(html, at));
        }
    }
    for scheme in ["=\"javascript:", "=\"data:", "=\"vbscript:"] {
        assert!(!lower.contains(scheme), "{scheme} in {html}");
    }
}

fn around(text: &str, at: usize) -> String {
    String::from_utf8_lossy(&text.as_bytes()[at.min(text.len())..(at + 80).min(text.len())]).into_owned()
}
