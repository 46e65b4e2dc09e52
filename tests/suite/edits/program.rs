//! Sequences of edits through the command line: what a build makes of the published folder that it finds is, byte for byte,
//! what one into a new folder makes.

use std::path::Path;
use std::process::{Command, Output};

use super::{Edit, Site, edit, site};
use crate::promise::{count, trial};
use crate::publish::{Random, tree};

#[test]
fn a_build_after_any_edits_gives_what_a_clean_build_gives() {
    let trial = trial("Incremental equals clean");
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    let (sequences, mut edits, mut published) = (count(4, 200), 0, 0);
    for number in 0..sequences {
        let folder = tempfile::tempdir().unwrap();
        let (root, public) = (folder.path().join("site"), folder.path().join("public"));
        let mut before = Site::new();
        let mut now = site();
        let mut log: Vec<Edit> = Vec::new();
        for step in 0..=1 + random.below(5) {
            save(&root, &before, &now);
            let warm = build(&root, &public);
            let new = folder.path().join(format!("new-{step}"));
            let clean = build(&root, &new);
            let what = format!("sequence {number} after {log:?}");
            assert_eq!(warm.status.code(), clean.status.code(), "{what}");
            assert!(warm.status.code().is_some_and(|code| code < 2), "{what}: {}", said(&warm));
            assert_eq!(messages(&warm), messages(&clean), "{what}");
            if clean.status.success() {
                published += 1;
                let (old, new) = (tree(&public), tree(&new));
                let differ: Vec<_> =
                    new.keys().chain(old.keys()).filter(|path| old.get(*path) != new.get(*path)).collect();
                assert!(differ.is_empty(), "{what}: {differ:?}");
            }
            before = now.clone();
            let number = |random: &mut Random| random.below(65_536) as u16;
            let change = (random.below(256) as u8, number(&mut random), number(&mut random));
            edit(&mut now, change);
            log.push(change);
            edits += 1;
        }
    }
    assert!(published > edits / 4, "only {published} of {edits} edits could be published");
    trial.kept(
        &format!("sequences of edits through the command line, {edits} edits, {published} of them published"),
        sequences,
    );
}

/// Brings a folder from one state of a site to the next.
fn save(root: &Path, before: &Site, now: &Site) {
    for path in before.keys().filter(|path| !now.contains_key(*path)) {
        fs_err::remove_file(root.join(path)).unwrap();
    }
    for (path, text) in now.iter().filter(|(path, text)| before.get(*path) != Some(*text)) {
        let path = root.join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
}

fn build(root: &Path, output: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
    command.arg("build").arg("--no-pdf").arg("--root").arg(root).arg("--output").arg(output);
    command.args(["--today", "2026-11-22", "--message-format", "short"]).output().unwrap()
}

fn said(done: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr))
}

/// What is wrong with the site; that a folder is published into for the first time is not.
fn messages(done: &Output) -> String {
    String::from_utf8_lossy(&done.stdout).into_owned()
}
