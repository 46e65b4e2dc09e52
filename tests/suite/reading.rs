//! Files that git can't hold, or not on every system: what is said of them.

use std::collections::BTreeMap;
use std::path::Path;

use guidepost::cli::report::{self, Format};

use crate::fixtures::{check, compare, folder};

/// Compares what is wrong with a site that `make` fills with `expected/` of the case `name`.
fn case(name: &str, make: impl Fn(&Path)) {
    let site = tempfile::tempdir().unwrap();
    fs_err::create_dir_all(site.path().join("content")).unwrap();
    make(&site.path().join("content"));
    let checked = check(site.path()).unwrap();
    let drawn = report::draw(&checked.diagnostics, &checked.texts, Format::Human, false, true);
    let actual = BTreeMap::from([("diagnostics.txt".to_owned(), drawn.trim_end().to_owned() + "\n")]);
    compare(&folder().join(name).join("expected"), &actual).unwrap_or_else(|differences| panic!("{differences}"));
}

#[test]
fn a_page_may_have_eight_megabytes() {
    case("too-large", |content| {
        fs_err::write(content.join("index.md"), "# Large\n\n[a](large.md)\n").unwrap();
        fs_err::write(content.join("large.md"), "# Large\n".to_owned() + &"word ".repeat(1_800_000)).unwrap();
    });
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_what_is_no_file_is_not_read() {
    case("no-regular-files", |content| {
        fs_err::write(content.join("index.md"), "# Files\n\n[a](link.md)\n").unwrap();
        fs_err::write(content.join("page.md"), "---\ntitle: Page\nallow: {orphan: \"a target\"}\n---\n").unwrap();
        std::os::unix::fs::symlink(content.join("page.md"), content.join("link.md")).unwrap();
        std::os::unix::fs::symlink("/", content.join("outside")).unwrap();
        // Reading a folder as a file fails for everybody, root included.
        fs_err::create_dir(content.join("site.yaml")).unwrap();
    });
}

/// Names that other systems can't store, or can't tell apart, so that they can't be in a repository either.
#[cfg(target_os = "linux")]
#[test]
fn addresses_that_clash_or_that_windows_minds() {
    const FILES: &[(&str, &str)] = &[
        (
            "index.md",
            "---\nkind: guide\ntitle: Addresses\n---\n[x](About.md) [x](about.md) [x](glossary.md) [x](con.md) [x](COM1.md) [x](getting%20started.md) [x](getting-started.md) [x](old.md) [x](caf%C3%A9.md) [x](cafe%CC%81.md) [x](a-.md) [x](search.md) [x](plan-blank.md) [x](checklists/journey.md) [x](b/index.md) [x](b/README.md) [x](images/x.png) [x](images/X.PNG) [x](question%3F.md) [x](steps/index.md) \n",
        ),
        ("!.md", "# Nothing left\n"),
        ("About.md", "# About\n"),
        ("COM1.md", "# Com\n"),
        ("a..pdf", "4"),
        ("a:b.pdf", "x"),
        ("about.md", "# About again\n"),
        ("b/README.md", "# Note for editors\n"),
        ("b/index.md", "# B\n"),
        ("cafe\u{301}.md", "# Decomposed\n"),
        ("caf\u{e9}.md", "# Composed\n"),
        ("checklists/journey.md", "# Journey\n"),
        ("con.md", "# Con\n"),
        ("getting started.md", "# Started\n"),
        ("getting-started.md", "# Started again\n"),
        ("glossary.md", "# Glossary\n"),
        ("images/X.PNG", "2"),
        ("images/aux.png", "3"),
        ("images/x.png", "1"),
        (
            "old.md",
            "---\ntitle: Old\naliases: [about.html, ../out.html, no-ending, \"/was.html\", \"was.html\", 404.html, a//b.html, \"x?y.html\"]\n---\n",
        ),
        ("plan-blank.md", "# Plan\n"),
        ("question?.md", "# Q\n"),
        ("search.md", "# Search\n"),
        ("steps/index.md", "# Steps\n"),
    ];
    case("addresses", |content| {
        for (path, text) in FILES {
            let file = content.join(path);
            fs_err::create_dir_all(file.parent().unwrap()).unwrap();
            fs_err::write(file, text).unwrap();
        }
    });
}
