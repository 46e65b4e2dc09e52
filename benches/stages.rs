//! What each stage costs on its own: `cargo bench`.
//!
//! The site is this repository's guide, or the one that `GUIDEPOST_SITE` names (a folder with `content/` in it, for instance
//! one of `corpus.py`). Everything runs on one thread, so that figures add up; `build.py` has the whole on all of them.

// A bench that can't go on has nobody to tell but who started it.
#![allow(clippy::expect_used)]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use divan::Bencher;
use guidepost::assemble::{Parts, assemble};
use guidepost::compile::{Compiled, Files, Memo, Options, compile};
use guidepost::diagnostic::Checked;
use guidepost::link::targets::Index;
use guidepost::project::Root;
use guidepost::render::html;
use guidepost::routes::Route;
use guidepost::{derive, link, parse, project, theme};

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("no thread pool was made before");
    divan::main();
}

static ROOT: LazyLock<Root> = LazyLock::new(|| {
    let path = std::env::var_os("GUIDEPOST_SITE").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    Root::open(&path).expect("the site is there")
});
static FILES: LazyLock<Files> = LazyLock::new(|| project::read::read(&ROOT).expect("the site can be read").files);
static COMPILED: LazyLock<Compiled> = LazyLock::new(|| compile(&FILES, &options(), &mut Memo::default()));

fn options() -> Options {
    Options { drafts: false, pdf: true, preview: false, today: "2026-11-22".to_owned() }
}

/// The disk to texts.
#[divan::bench]
fn read() -> usize {
    project::read::read(&ROOT).expect("the site can be read").files.pages.len()
}

/// Texts to pages: YAML, and Markdown's structure.
#[divan::bench]
fn parse_pages() -> usize {
    FILES.pages.iter().map(|source| parse::page(source).value.outline.links.len()).sum()
}

/// Pages to a site.
#[divan::bench]
fn assemble_site(bencher: Bencher) {
    let pages = FILES.pages.iter().map(|source| Arc::new(parse::page(source).value)).collect();
    let settings = Arc::new(COMPILED.edition.site.settings.as_ref().clone());
    let parts = Parts { settings, pages, assets: FILES.assets.clone(), ..Parts::default() };
    bencher.bench(|| assemble(&parts, false));
}

/// A site to what refers to what.
#[divan::bench]
fn link_guides() -> usize {
    let site = &COMPILED.edition.site;
    let index = Index::default();
    (0..site.guides.len()).map(|guide| link::guide(site, &index, guide).pages.len()).sum()
}

/// References to sheets.
#[divan::bench]
fn derive_sheets() -> usize {
    let edition = &COMPILED.edition;
    let guides = 0..edition.site.guides.len();
    let derived = guides.map(|guide| {
        let strings = edition.theme.strings(edition.site.language(&edition.site.guides[guide]));
        derive::guide(&edition.site, &edition.links.guides[guide].pages, guide, strings).sheets.len()
    });
    derived.sum()
}

/// The theme's files to templates, a stylesheet, a script.
#[divan::bench]
fn load_theme() -> Checked<theme::Theme> {
    let settings = &COMPILED.edition.site.settings;
    theme::load(&FILES.theme, settings, &BTreeSet::from([settings.language.value.clone()]))
}

/// Everything before rendering, from nothing.
#[divan::bench]
fn compile_cold() -> usize {
    compile(&FILES, &options(), &mut Memo::default()).diagnostics.len()
}

/// The same where nothing has changed, as after a save that wrote the same bytes.
#[divan::bench]
fn compile_again(bencher: Bencher) {
    let mut memo = Memo::default();
    compile(&FILES, &options(), &mut memo);
    bencher.bench_local(|| compile(&FILES, &options(), &mut memo).diagnostics.len());
}

/// Markdown to HTML: part of what rendering pages takes.
#[divan::bench]
fn markdown_to_html() -> usize {
    let edition = &COMPILED.edition;
    let pages = edition.site.pages().map(|(at, page)| {
        let guide = &edition.site.guides[at.guide];
        let strings = edition.theme.strings(edition.site.language(guide));
        let context = html::Context { site: &edition.site, guide, strings };
        html::write(context, page, edition.links.page(at)).start.len()
    });
    pages.sum()
}

/// Every file but PDFs.
#[divan::bench]
fn render_all() -> usize {
    outputs(|route| !matches!(route, Route::Pdf { .. }))
}

/// Every PDF.
#[divan::bench]
fn draw_pdfs() -> usize {
    outputs(|route| matches!(route, Route::Pdf { .. }))
}

fn outputs(wanted: impl Fn(&Route) -> bool) -> usize {
    let routes = COMPILED.edition.routes.all.iter().filter(|(_, route)| wanted(route));
    routes.map(|(address, route)| COMPILED.output_of(address, route).diagnostics.len()).sum()
}
