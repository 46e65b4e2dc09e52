//! The published folder as it may be found: with other builds at work in it, with links in it, as a mount point.
//! What publishing promises whoever reads is in `publish.rs`.

use crate::promise::{count, trial};
use crate::publish::{build, fill, must_build, tree};

/// Three sites that are published into one folder, again and again and at once.
#[test]
fn builds_at_once_are_refused_or_leave_a_whole_site() {
    const LOOPS: usize = 9;
    let trial = trial("Old or new, never between");
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("public");
    let words = ["one", "two", "three"];
    let sites = words.map(|word| {
        let root = folder.path().join(word);
        fill(&root, 12, word);
        must_build(&root, &folder.path().join(format!("{word}-expected")));
        (root, tree(&folder.path().join(format!("{word}-expected"))))
    });
    let rounds = count(40, 400);
    std::thread::scope(|scope| {
        for (root, _) in sites.iter().cycle().take(LOOPS) {
            let output = &output;
            scope.spawn(move || {
                for round in 0..rounds {
                    let done = build(root, output).output().unwrap();
                    let said = String::from_utf8_lossy(&done.stderr);
                    let refused = done.status.code() == Some(2) && said.contains("another Guidepost is publishing");
                    assert!(done.status.success() || refused, "round {round} of {}: {said}", root.display());
                }
            });
        }
    });
    let now = tree(&output);
    assert!(sites.iter().any(|(_, expected)| *expected == now), "the folder is none of the sites");
    let left: Vec<_> = fs_err::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 7, "{left:?}");
    trial.kept("builds of three sites into one folder at once", rounds * LOOPS);
}
