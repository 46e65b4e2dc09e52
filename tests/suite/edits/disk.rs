//! The reader of the disk, and the command line: a folder that is edited, against one that is looked at for the first time.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use guidepost::compile::Files;
use guidepost::project::Root;
use guidepost::project::read::read;
use guidepost::project::update::{Looked, look};
use guidepost::source::Hash;
use proptest::prelude::*;

use super::{Edit, Site, edit, runner, site};

/// What was read, as far as a compile can see it.
fn seen(files: &Files) -> String {
    let texts = files.settings.iter().chain(&files.sources).chain(&files.pages);
    let texts: Vec<String> = texts.map(|source| format!("{} {:?}", source.path, source.hash)).collect();
    let theme: Vec<_> = files.theme.iter().map(|(path, bytes)| (path, Hash::of(bytes))).collect();
    format!("{texts:#?} {:#?} {theme:#?} {:#?}", files.assets, files.diagnostics)
}

/// Brings the disk from one state to the next; gives the paths that differ.
fn sync(root: &Path, before: &Site, now: &Site) -> Vec<String> {
    let paths = before.keys().chain(now.keys().filter(|path| !before.contains_key(*path)));
    let changed: Vec<String> = paths.filter(|path| before.get(*path) != now.get(*path)).cloned().collect();
    for path in &changed {
        let full = root.join(path);
        match now.get(path) {
            Some(text) => {
                fs_err::create_dir_all(full.parent().unwrap()).unwrap();
                fs_err::write(full, text).unwrap();
            }
            None => fs_err::remove_file(full).unwrap(),
        }
    }
    changed
}

/// Looking at the paths that changed, and reading all where that does not tell, gives what reading all gives.
fn look_at_each(edits: &[Edit]) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let root = Root { path: folder.path().to_owned() };
    let mut before = Site::new();
    let mut now = site();
    let mut files = Files::default();
    for step in 0..=edits.len() {
        let changed = sync(&root.path, &before, &now);
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
    let edits = prop::collection::vec(any::<Edit>(), 1..8);
    runner(60, 50).run(&edits, |edits| look_at_each(&edits)).unwrap();
}

/// Builds into a folder; gives the exit code and what was said.
fn build(root: &Path, output: &str, drafts: bool) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
    command.current_dir(root).args(["build", "--today", "2026-11-22", "--message-format", "short", "--output", output]);
    // Without optimisation the drawing of sheets is most of the time.
    command.args(cfg!(debug_assertions).then_some("--no-pdf")).args(drafts.then_some("--drafts"));
    let ran = command.output().unwrap();
    (ran.status.code().unwrap_or(-1), String::from_utf8(ran.stdout).unwrap())
}

/// Every file below a folder with its bytes; nothing where there is no folder.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = walkdir::WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let path = |entry: &walkdir::DirEntry| entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
    entries.map(|entry| (path(&entry), fs_err::read(entry.path()).unwrap())).collect()
}

/// Building over what was published gives what building into an empty folder gives, and a site with errors gives neither.
fn build_again(edits: &[Edit], drafts: bool) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let (mut before, mut now) = (Site::new(), site());
    let mut published = BTreeMap::new();
    for step in 0..=edits.len() {
        sync(root, &before, &now);
        let clean = format!("clean-{step}");
        let (warm, cold) = (build(root, "public", drafts), build(root, &clean, drafts));
        prop_assert_eq!(warm.0, cold.0, "after edit {} of {:?}", step, edits);
        // What was not made again has nothing to say but what keeps it from being left alone.
        let expected = if cold.0 == 0 { tree(&root.join(&clean)) } else { published };
        published = tree(&root.join("public"));
        for (path, bytes) in &expected {
            prop_assert!(published.get(path) == Some(bytes), "{} after edit {} of {:?}", path, step, edits);
        }
        prop_assert_eq!(published.len(), expected.len(), "files after edit {} of {:?}", step, edits);
        before = now.clone();
        if let Some(change) = edits.get(step) {
            edit(&mut now, *change);
        }
    }
    Ok(())
}

#[test]
fn building_again_gives_what_a_first_build_gives() {
    let edits = prop::collection::vec(any::<Edit>(), 1..7);
    runner(4, 50).run(&(edits, any::<bool>()), |(edits, drafts)| build_again(&edits, drafts)).unwrap();
}
