//! The published folder as it may be found: with other builds at work in it, with links in it, as a mount point.
//! What publishing promises whoever reads is in `publish.rs`.

use crate::promise::{count, trial};
use crate::publish::{build, fill, must_build, tree, write};

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

/// What a link in the published folder leads to is neither written, nor made, nor deleted, nor taken for ours.
#[cfg(unix)]
#[test]
fn a_link_in_the_published_folder_is_not_followed() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let (root, output, other) = (folder.path().join("site"), folder.path().join("public"), folder.path().join("other"));
    let publish = |word: &str| {
        fill(&root, 3, word);
        build(&root, &output).output().unwrap()
    };
    // A page that changes, one that is new, one that is deleted; the folder itself, and one further up.
    for deep in [false, true] {
        let pages = if deep { "content/deep/pages" } else { "content/pages" };
        write(&root, &format!("{pages}/gone.md"), "---\ntitle: Gone\nallow: {orphan: so be it}\n---\n");
        write(&root, &format!("{pages}/page.md"), "---\ntitle: Page\nallow: {orphan: so be it}\n---\n");
        assert!(publish("one").status.success());
        let linked = output.join(if deep { "deep" } else { "pages" });
        fs_err::rename(&linked, &other).unwrap();
        fs_err::write(other.join("mine.txt"), "mine").unwrap();
        symlink(&other, &linked).unwrap();
        let before = tree(&other);
        fs_err::remove_file(root.join(format!("{pages}/gone.md"))).unwrap();
        write(&root, &format!("{pages}/new.md"), "---\ntitle: New\nallow: {orphan: so be it}\n---\n");
        for word in ["two", "one"] {
            let done = publish(word);
            let said = String::from_utf8_lossy(&done.stderr);
            assert_eq!(done.status.code(), Some(2), "{said}");
            assert!(said.contains(&format!("{} is a symbolic link", linked.display())), "{said}");
            assert!(said.contains("help: remove the link"), "{said}");
            assert!(tree(&other) == before, "what the link leads to was touched");
        }
        // And once it is gone all is well.
        fs_err::remove_file(&linked).unwrap();
        assert!(publish("two").status.success());
        fs_err::remove_dir_all(&other).unwrap();
    }
}

/// A repository that brings a published folder along can't make us write elsewhere.
#[cfg(unix)]
#[test]
fn a_published_folder_that_was_brought_along_does_not_lead_out() {
    let folder = tempfile::tempdir().unwrap();
    let (root, output, home) = (folder.path().join("site"), folder.path().join("public"), folder.path().join("home"));
    write(&root, "content/index.md", "# Home\n");
    write(&root, "content/site.yaml", "assets: [\"\"]\n");
    write(&root, "content/ssh/authorized_keys", "theirs");
    must_build(&root, &output);
    fs_err::rename(output.join("ssh"), &home).unwrap();
    fs_err::write(home.join("authorized_keys"), "mine").unwrap();
    std::os::unix::fs::symlink(&home, output.join("ssh")).unwrap();
    write(&root, "content/index.md", "# At home\n");
    let done = build(&root, &output).output().unwrap();
    assert_eq!(done.status.code(), Some(2), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(fs_err::read_to_string(home.join("authorized_keys")).unwrap(), "mine");
}

/// Runs a script in which folders can be mounted, which only it sees; `$guidepost` builds the site `$site`. `false` where the
/// system lets nobody mount anything, which is said.
#[cfg(target_os = "linux")]
fn with_mounts(folder: &std::path::Path, script: &str) -> bool {
    use std::process::Command;
    let run = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-euc", script]).current_dir(folder);
        command.env("guidepost", env!("CARGO_BIN_EXE_guidepost")).env("GUIDEPOST_TODAY", "2026-11-22").output()
    };
    match run("mkdir probe && mount -t tmpfs probe probe && umount probe && rmdir probe") {
        Ok(done) if done.status.success() => {}
        Ok(done) => {
            println!("not tried, since nothing can be mounted here: {}", String::from_utf8_lossy(&done.stderr));
            return false;
        }
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "unshare is missing: {error}");
            return false;
        }
    }
    let done = run(script).unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(done.status.success(), "{}{}\n{script}", said(&done.stdout), said(&done.stderr));
    true
}

/// Sites `one` and `two`, which differ in every page, with what comes of them in `one-expected` and `two-expected`.
#[cfg(target_os = "linux")]
fn two_sites(folder: &std::path::Path) {
    for (word, pages) in [("one", 3), ("two", 4)] {
        fill(&folder.join(word), pages, word);
        must_build(&folder.join(word), &folder.join(format!("{word}-expected")));
    }
}

/// A disk of its own, a folder of the same disk, and one that is all that can be written; each with the lost+found of a disk.
#[cfg(target_os = "linux")]
#[test]
fn a_mount_point_is_published_into() {
    let trial = trial("Old or new, never between");
    let mounts = [
        "mount -t tmpfs disk at/public",
        "mkdir store; mount --bind store at/public",
        "mkdir store; mount --bind at at; mount --bind store at/public; mount -o remount,bind,ro at",
    ];
    let mut tried = 0;
    for mount in mounts {
        let folder = tempfile::tempdir().unwrap();
        two_sites(folder.path());
        tried += usize::from(with_mounts(
            folder.path(),
            &format!(
                "mkdir -p at/public; {mount}
                mkdir at/public/lost+found
                for word in one two one; do
                    $guidepost build --no-pdf --root $word --output ../at/public
                    rmdir at/public/lost+found
                    diff -r at/public $word-expected
                    mkdir at/public/lost+found
                done
                # One that was killed has left these behind.
                mkdir at/public/.guidepost-staging; echo x >at/public/.guidepost-staging/x; echo >at/public/.guidepost-lock
                $guidepost build --no-pdf --root two --output ../at/public
                rmdir at/public/lost+found
                diff -r at/public two-expected"
            ),
        ));
    }
    trial.kept("kinds of mount points published into", tried);
}

/// What a container has as its own `public` goes on to be the published folder.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_is_mounted_elsewhere_stays_the_published_one() {
    let folder = tempfile::tempdir().unwrap();
    two_sites(folder.path());
    with_mounts(
        folder.path(),
        "mkdir container
        $guidepost build --no-pdf --root one --output ../public --in-place
        mount --bind public container
        for word in two one; do
            $guidepost build --no-pdf --root $word --output ../public --in-place
            diff -r container $word-expected
        done
        test -z \"$(ls -A | grep guidepost || true)\"",
    );
}

/// As where `/var/www/guide` is ours, and `/var/www` is not.
#[cfg(target_os = "linux")]
#[test]
fn nothing_needs_to_be_written_beside_the_published_folder() {
    let folder = tempfile::tempdir().unwrap();
    two_sites(folder.path());
    with_mounts(
        folder.path(),
        "mkdir -p at/public; chmod 555 at
        build=\"setpriv --bounding-set=-dac_override $guidepost build --no-pdf\"
        for word in one two; do
            $build --root $word --output ../at/public
            diff -r at/public $word-expected
        done
        code=0; $build --root one --output ../at/new 2>said || code=$?
        chmod 755 at; cat said; test $code = 2
        grep 'at/new can.t be made' said; grep 'help: have the folder made' said",
    );
}
