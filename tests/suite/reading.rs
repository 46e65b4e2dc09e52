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
