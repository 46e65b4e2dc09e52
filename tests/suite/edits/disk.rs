//! The reader of the disk: a folder that is edited, against one that is looked at for the first time.

use std::path::Path;

use guidepost::compile::Files;
use guidepost::project::Root;
use guidepost::project::read::read;
use guidepost::project::update::{Looked, look};
use guidepost::source::Hash;
use proptest::prelude::*;

use super::{Edit, Site, edit, runner, site};
use crate::promise::count;

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
    runner(count(60, 200)).run(&edits, |edits| look_at_each(&edits)).unwrap();
}
