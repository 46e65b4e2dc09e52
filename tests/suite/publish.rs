//! What publishing promises (docs/reliability.md): the old site or the new one, no gap for readers, nothing of others
//! touched, the same bytes every time. Counts are small by default; `GUIDEPOST_COUNT=200` and the like ask for more.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How often a test repeats: `GUIDEPOST_COUNT`, else what it asks for.
fn count(usual: usize) -> usize {
    std::env::var("GUIDEPOST_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    fs_err::write(path, text).unwrap();
}

/// A site of this many pages, each with the word in it.
fn site(pages: usize, word: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), pages, word);
    folder
}

fn fill(root: &Path, pages: usize, word: &str) {
    fill_folder(root, "content", pages, word);
}

/// The same in a folder of the content, where that is a guide beside another one.
fn fill_guide(root: &Path, pages: usize, word: &str) {
    write(root, "content/other/index.md", "---\nkind: guide\ntitle: The other\n---\n");
    fill_folder(root, "content/one", pages, word);
    write(root, "content/one/index.md", &format!("---\nkind: guide\ntitle: One\n---\n\nThe word is {word}.\n"));
}

fn fill_folder(root: &Path, folder: &str, pages: usize, word: &str) {
    let links: String = (0..pages).map(|page| format!("- [Page {page}](pages/page-{page}.md)\n")).collect();
    write(root, &format!("{folder}/index.md"), &format!("---\ntitle: Home {word}\n---\n\n{links}"));
    for page in 0..pages {
        write(
            root,
            &format!("{folder}/pages/page-{page}.md"),
            &format!("---\ntitle: Page {page}\n---\n\nThe word is {word}.\n"),
        );
    }
}

fn build(root: &Path, output: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
    command
        .args(["build", "--no-pdf"])
        .env("GUIDEPOST_TODAY", "2026-11-22")
        .arg("--root")
        .arg(root)
        .arg("--output")
        .arg(output);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn must_build(root: &Path, output: &Path) {
    let done = build(root, output).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Every file below a folder with its bytes.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.unwrap());
    let files = entries.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| (entry.path().strip_prefix(folder).unwrap().to_owned(), fs_err::read(entry.path()).unwrap()))
        .collect()
}

/// What readers see of a published folder: all but the manifests.
fn seen(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    tree(folder).into_iter().filter(|(path, _)| !is_manifest(path)).collect()
}

fn is_manifest(path: &Path) -> bool {
    path.to_string_lossy().starts_with(".guidepost-manifest")
}

/// A small generator of random numbers (xorshift), seeded, so that a failure can be run again.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit.max(1)
    }
}

fn kill(mut child: Child) {
    // It may have ended by itself.
    let _ = child.kill();
    child.wait().unwrap();
}

#[test]
fn a_build_that_is_killed_leaves_the_old_site_or_the_new_one() {
    kill_sweep(fill, false);
}

#[test]
fn a_build_of_one_guide_that_is_killed_leaves_the_old_site_or_the_new_one() {
    kill_sweep(fill_guide, false);
}

#[test]
fn a_build_in_place_that_is_killed_is_mended_by_the_next_one() {
    kill_sweep(fill, true);
}

/// Kills rebuilds at random instants. With a file of somebody else in the folder it can't be exchanged; then the promise is
/// only that the next build makes it whole.
fn kill_sweep(fill: fn(&Path, usize, &str), foreign: bool) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let output = root.join("public");
    let mut states = Vec::new();
    for word in ["one", "two"] {
        fill(root, 60, word);
        must_build(root, &root.join(word));
        states.push(tree(&root.join(word)));
    }
    must_build(root, &output);
    if foreign {
        fs_err::write(output.join("CNAME"), "portal.example.org").unwrap();
    }
    let started = Instant::now();
    must_build(root, &root.join("timed"));
    let usual = started.elapsed().as_micros() as u64;
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for trial in 0..count(12) {
        fill(root, 60, if trial % 2 == 0 { "one" } else { "two" });
        let child = build(root, &output).spawn().unwrap();
        let until = Instant::now() + Duration::from_micros(random.below(usual + usual / 4));
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        kill(child);
        if !foreign {
            let now = seen(&output);
            let known = states.iter().any(|state| state.iter().filter(|(path, _)| !is_manifest(path)).eq(now.iter()));
            assert!(known, "trial {trial}: the folder is between two sites");
        }
        must_build(root, &output);
        let mut now = tree(&output);
        if foreign {
            assert_eq!(now.remove(Path::new("CNAME")).unwrap(), b"portal.example.org", "trial {trial}");
        }
        assert!(now == states[trial % 2], "trial {trial}: the next build is not clean");
    }
    let left: Vec<_> = fs_err::read_dir(root).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("staging")), "{left:?}");
}

#[test]
fn a_reader_never_sees_a_gap() {
    let folder = site(40, "one");
    let root = folder.path();
    let output = root.join("public");
    must_build(root, &output);
    let (stop, reads) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut random = Random(7);
            while !stop.load(Ordering::Relaxed) {
                let page = output.join(format!("pages/page-{}.html", random.below(40)));
                let text = fs_err::read_to_string(&page).unwrap_or_else(|error| panic!("a gap: {error}"));
                assert!(
                    text.starts_with("<!") && text.trim_end().ends_with("</html>"),
                    "a page is cut: {}",
                    page.display()
                );
                reads.fetch_add(1, Ordering::Relaxed);
            }
        });
        for trial in 0..count(8) {
            fill(root, 40, if trial % 2 == 0 { "two" } else { "one" });
            must_build(root, &output);
            if reader.is_finished() {
                break;
            }
        }
        stop.store(true, Ordering::Relaxed);
        reader.join().unwrap();
    });
    assert!(reads.load(Ordering::Relaxed) > 100);
}

#[test]
fn unchanged_files_are_not_touched() {
    let folder = site(5, "one");
    let root = folder.path();
    let output = root.join("public");
    must_build(root, &output);
    let times = |folder: &Path| -> BTreeMap<PathBuf, std::time::SystemTime> {
        tree(folder)
            .keys()
            .map(|path| (path.clone(), fs_err::metadata(folder.join(path)).unwrap().modified().unwrap()))
            .collect()
    };
    let before = times(&output);
    must_build(root, &output);
    assert_eq!(times(&output), before);
    // What somebody took away or changed comes back, though nothing in the site has changed.
    fs_err::remove_file(output.join("pages/page-1.html")).unwrap();
    fs_err::write(output.join("pages/page-2.html"), "Changed by hand.").unwrap();
    must_build(root, &output);
    let (mended, lost) = (times(&output), [".guidepost-manifest", "pages/page-1.html", "pages/page-2.html"]);
    for (path, time) in &before {
        let name = path.to_str().unwrap();
        assert_eq!(mended[path] == *time, !lost.contains(&name), "{name}");
    }
    assert!(fs_err::read_to_string(output.join(lost[2])).unwrap().contains("<h1>"));
    let before = mended;
    write(root, "content/pages/page-3.md", "---\ntitle: Page 3\n---\n\nAnother word.\n");
    must_build(root, &output);
    let after = times(&output);
    let changed: Vec<_> = after
        .iter()
        .filter(|(path, time)| before.get(*path) != Some(time))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert_eq!(changed, [".guidepost-manifest", "pages/page-3.html", "print.html", "search-index.js"]);
}

#[test]
fn a_review_that_falls_due_is_said_though_nothing_has_changed() {
    let folder = site(2, "one");
    let (root, output) = (folder.path(), folder.path().join("public"));
    write(root, "content/pages/page-1.md", "---\ntitle: Page 1\nreview_by: 2027-01-01\n---\n\nA word.\n");
    for (today, is_overdue) in
        [("2026-12-31", false), ("2027-01-01", false), ("2027-01-02", true), ("2026-12-31", false)]
    {
        let done = build(root, &output).env("GUIDEPOST_TODAY", today).output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(said.contains("overdue-review"), is_overdue, "{today}: {said}");
    }
}

#[test]
fn nothing_of_others_is_ever_touched() {
    let mut random = Random(42);
    for trial in 0..count(60) {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path();
        let mut folders = vec![String::new()];
        for number in 0..4 {
            let above = folders[random.below(folders.len() as u64) as usize].clone();
            folders.push(format!("{above}folder-{number}/"));
        }
        for at in &folders {
            if random.below(2) == 0 {
                write(top, &format!("{at}letter.txt"), "not ours");
            }
        }
        let pick = |random: &mut Random| folders[random.below(folders.len() as u64) as usize].clone();
        let root = pick(&mut random);
        write(top, &format!("{root}content/index.md"), "# Home\n\nHello.\n");
        let output = match random.below(4) {
            0 => pick(&mut random),
            1 => format!("{root}content"),
            2 => format!("{root}content/public"),
            _ => format!("{}public", pick(&mut random)),
        };
        #[cfg(unix)]
        let output = if random.below(6) == 0 {
            std::os::unix::fs::symlink(top.join(pick(&mut random)), top.join("link")).unwrap();
            "link".to_owned()
        } else {
            output
        };
        let target = top.join(&output);
        let before = tree(top);
        let done = build(&top.join(&root), &target).output().unwrap();
        let after = tree(top);
        let inside = |path: &Path| !output.is_empty() && path.starts_with(output.trim_end_matches('/'));
        for (path, bytes) in &before {
            assert_eq!(
                after.get(path),
                Some(bytes),
                "trial {trial}: {} (root {root:?}, output {output:?})",
                path.display()
            );
        }
        for path in after.keys().filter(|path| !before.contains_key(*path)) {
            assert!(
                done.status.success() && inside(path),
                "trial {trial}: {} is new (root {root:?}, output {output:?})",
                path.display()
            );
        }
        if !done.status.success() {
            assert_eq!(done.status.code(), Some(2), "trial {trial}: {}", String::from_utf8_lossy(&done.stderr));
        }
    }
}

#[test]
fn the_same_site_makes_the_same_bytes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    // PDFs too. The folders differ in depth and name, and so do days, time zones and languages.
    let run = |name: &str, variables: [(&str, &str); 4]| {
        let output = folder.path().join(name);
        let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
        command.arg("build").arg("--root").arg(root).arg("--output").arg(&output).envs(variables);
        let done = command.output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        tree(&output)
    };
    let variables = |threads, zone, language, today| {
        [("RAYON_NUM_THREADS", threads), ("TZ", zone), ("LC_ALL", language), ("GUIDEPOST_TODAY", today)]
    };
    let first = run("first", variables("1", "UTC", "C", "2001-01-01"));
    assert!(first.keys().any(|path| path.extension().is_some_and(|ending| ending == "pdf")));
    let second = run("a/b/second", variables("2", "Pacific/Kiritimati", "tr_TR.UTF-8", "2028-02-29"));
    assert!(first == second, "two threads make other bytes");
    let third = run("third", variables("8", "America/St_Johns", "ar_EG.UTF-8", "2039-12-31"));
    assert!(first == third, "eight threads make other bytes");
}

#[test]
fn nothing_private_is_published() {
    let folder = site(2, "plain");
    let root = folder.path();
    let secret = "canary-7f3a";
    write(root, "content/draft.md", &format!("---\ntitle: {secret}\ndraft: true\n---\n\n{secret}\n"));
    write(
        root,
        "content/pages/noted.md",
        &format!("---\ntitle: Noted\n---\n\nText.\n\n<!-- {secret} -->\n\nMore <!-- {secret} --> text.\n"),
    );
    for name in [".hidden.md", "page.md~", "#page.md#", ".page.md.swp", "page.bak", "~$page.docx", "notes.xyz", ".env"]
    {
        write(root, &format!("content/{name}"), secret);
    }
    write(root, "outside.md", secret);
    #[cfg(unix)]
    std::os::unix::fs::symlink(root.join("outside.md"), root.join("content/linked.md")).unwrap();
    let output = root.join("public");
    must_build(root, &output);
    for (path, bytes) in tree(&output) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(secret) && !path.to_string_lossy().contains(secret), "{} tells it", path.display());
    }
}
