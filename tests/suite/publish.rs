//! What publishing promises (docs/reliability.md): the old site or the new one, no gap for readers, nothing of others
//! touched. What else a build promises is in `faults.rs` and `reproducible.rs`; how often all is tried, in `promise.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::promise::{count, is_full, trial};

pub(crate) fn write(root: &Path, path: &str, text: &str) {
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

pub(crate) fn fill(root: &Path, pages: usize, word: &str) {
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

pub(crate) fn build(root: &Path, output: &Path) -> Command {
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

pub(crate) fn must_build(root: &Path, output: &Path) {
    let done = build(root, output).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Every file below a folder with its bytes.
pub(crate) fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.unwrap());
    let files = entries.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| (entry.path().strip_prefix(folder).unwrap().to_owned(), fs_err::read(entry.path()).unwrap()))
        .collect()
}

/// What readers see of a published folder: all but the manifests.
pub(crate) fn seen(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    tree(folder).into_iter().filter(|(path, _)| !is_manifest(path)).collect()
}

fn is_manifest(path: &Path) -> bool {
    path.to_string_lossy().starts_with(".guidepost-manifest")
}

/// A small generator of random numbers (xorshift), seeded, so that a failure can be run again.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
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
    kill_sweep("kills of a rebuild", fill, false);
}

#[test]
fn a_build_of_one_guide_that_is_killed_leaves_the_old_site_or_the_new_one() {
    kill_sweep("kills of a rebuild of one guide among others", fill_guide, false);
}

#[test]
fn a_build_in_place_that_is_killed_is_mended_by_the_next_one() {
    kill_sweep("kills of a rebuild in place, each mended by the next build", fill, true);
}

/// Kills rebuilds at random instants: every other one of the whole run, a quarter of the time in which files are written, a
/// quarter of the moment in which the new site takes the old one's place. With a file of somebody else in the folder it can't be
/// exchanged; then the promise is only that the next build makes it whole.
fn kill_sweep(what: &str, fill: fn(&Path, usize, &str), foreign: bool) {
    let trial = trial("Old or new, never between");
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let output = root.join("public");
    let pages = if is_full() { 300 } else { 60 };
    let mut states = Vec::new();
    for word in ["one", "two"] {
        fill(root, pages, word);
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
    let mut while_writing = 0;
    let kills = count(16, 200);
    for trial in 0..kills {
        fill(root, pages, if trial % 2 == 0 { "one" } else { "two" });
        let mut child = build(root, &output).spawn().unwrap();
        let staging = root.join(".public.guidepost-staging");
        let begun = || match trial % 4 {
            2 => staging.exists(),
            3 => staging.join(".guidepost-manifest").exists() || output.join(".guidepost-manifest.next").exists(),
            _ => true,
        };
        while !begun() && child.try_wait().unwrap().is_none() {
            std::hint::spin_loop();
        }
        let span = [usual + usual / 4, usual + usual / 4, usual / 3, usual / 40][trial % 4];
        let until = Instant::now() + Duration::from_micros(random.below(span));
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        kill(child);
        while_writing += usize::from(staging.exists());
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
    assert!(while_writing >= kills / 8, "only {while_writing} of {kills} kills fell into the time of writing");
    trial.kept(&format!("{what} ({pages} pages)"), kills);
}

/// The instants of a rebuild that a kill hardly ever meets: between the first file and the last, and before the manifest of the
/// new state takes the old one's place.
#[test]
fn a_build_that_did_not_come_to_its_end_is_mended_whatever_the_content_says_now() {
    for moved in [0, 1, usize::MAX] {
        for word in ["one", "two"] {
            let folder = tempfile::tempdir().unwrap();
            let root = folder.path();
            let (output, new) = (root.join("public"), root.join("new"));
            fill(root, 3, "two");
            must_build(root, &new);
            fill(root, 3, "one");
            must_build(root, &output);
            let changed =
                seen(&new).into_iter().filter(|(path, bytes)| fs_err::read(output.join(path)).unwrap() != *bytes);
            for (path, bytes) in changed.take(moved) {
                fs_err::write(output.join(path), bytes).unwrap();
            }
            fs_err::copy(new.join(".guidepost-manifest"), output.join(".guidepost-manifest.next")).unwrap();
            fill(root, 3, word);
            must_build(root, &root.join("expected"));
            must_build(root, &output);
            assert!(tree(&output) == tree(&root.join("expected")), "{moved} files moved, the content says {word}");
        }
    }
}

#[test]
fn a_reader_never_sees_a_gap() {
    let trial = trial("No reader sees a gap");
    const PAGES: usize = 40;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let output = root.join("public");
    let mut texts: BTreeMap<PathBuf, BTreeSet<Vec<u8>>> = BTreeMap::new();
    for word in ["two", "one"] {
        fill(root, PAGES, word);
        must_build(root, &output);
        for (path, bytes) in seen(&output) {
            texts.entry(path).or_default().insert(bytes);
        }
    }
    let pages: Vec<_> = texts.into_iter().filter(|(path, _)| path.starts_with("pages")).collect();
    assert!(pages.len() == PAGES && pages.iter().all(|(_, texts)| texts.len() == 2));
    let (stop, reads) = (AtomicBool::new(false), AtomicUsize::new(0));
    let (most_reads, most_rebuilds) = (count(100, 50_000), count(8, 50));
    let mut rebuilds = 0;
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut random = Random(7);
            while !stop.load(Ordering::Relaxed) {
                let (path, texts) = &pages[random.below(PAGES as u64) as usize];
                let text = fs_err::read(output.join(path)).unwrap_or_else(|error| panic!("a gap: {error}"));
                assert!(texts.contains(&text), "{} is neither the old page nor the new one", path.display());
                reads.fetch_add(1, Ordering::Relaxed);
            }
        });
        while (rebuilds < most_rebuilds || reads.load(Ordering::Relaxed) < most_reads) && !reader.is_finished() {
            fill(root, PAGES, if rebuilds % 2 == 0 { "two" } else { "one" });
            must_build(root, &output);
            rebuilds += 1;
        }
        stop.store(true, Ordering::Relaxed);
        reader.join().unwrap();
    });
    trial.kept(&format!("reads during {rebuilds} rebuilds"), reads.into_inner());
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
fn the_last_file_of_a_folder_goes_with_its_folder() {
    let folder = site(2, "one");
    let (root, output) = (folder.path(), folder.path().join("public"));
    write(root, "content/files/deep/a.txt", "A file.");
    write(root, "content/other/index.md", "---\nkind: guide\ntitle: Other\n---\n");
    must_build(root, &output);
    assert!(output.join("files/deep/a.txt").exists());
    fs_err::remove_dir_all(root.join("content/files")).unwrap();
    must_build(root, &output);
    assert!(!output.join("files").exists());
    must_build(root, &output);
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
    let trial = trial("Your files are safe");
    let mut random = Random(42);
    let pairs = count(60, 10_000);
    let mut published = 0;
    for number in 0..pairs {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::any(folder.path(), &mut random);
        let before = tree(folder.path());
        let done = build(&place.root, &place.output).output().unwrap();
        let after = tree(folder.path());
        place.unharmed(&before, &after, &format!("pair {number}"));
        let said = String::from_utf8_lossy(&done.stderr);
        let new = after.keys().filter(|path| !before.contains_key(*path));
        let outside: Vec<_> = new.filter(|path| !done.status.success() || !place.is_inside(path)).collect();
        assert!(outside.is_empty(), "pair {number}, {place:?}: {outside:?} is new: {said}");
        if done.status.success() {
            published += 1;
            let taken = before.keys().find(|path| place.is_inside(path));
            assert!(taken.is_none(), "pair {number}, {place:?}: the folder was somebody's: {taken:?}");
            again(&place, folder.path(), &before, &mut random, &format!("pair {number}"));
        } else {
            assert_eq!(done.status.code(), Some(2), "pair {number}: {said}");
        }
    }
    assert!(published > pairs / 8, "only {published} of {pairs} pairs could be published");
    trial.kept(&format!("random pairs of root and output, {published} of them published into twice"), pairs);
}

/// A site somewhere among folders of others, and where it is published.
#[derive(Debug)]
struct Place {
    root: PathBuf,
    output: PathBuf,
    /// The output from the top folder.
    name: String,
}

impl Place {
    fn any(top: &Path, random: &mut Random) -> Self {
        let mut folders = vec![String::new()];
        for number in 0..4 {
            let above = folders[random.below(folders.len() as u64) as usize].clone();
            folders.push(format!("{above}folder-{number}/"));
        }
        for at in &folders {
            fs_err::create_dir_all(top.join(at)).unwrap();
            if random.below(2) == 0 {
                write(top, &format!("{at}letter.txt"), "not ours");
            }
        }
        let pick = |random: &mut Random| folders[random.below(folders.len() as u64) as usize].clone();
        let root = pick(random);
        write(top, &format!("{root}content/index.md"), "# Home\n\nHello.\n");
        write(top, &format!("{root}content/gone.md"), "# Gone\n\n[Home](index.md)\n");
        let mut name = match random.below(4) {
            0 => pick(random),
            1 => format!("{root}content"),
            2 => format!("{root}content/public"),
            _ => format!("{}public", pick(random)),
        };
        if cfg!(unix) && random.below(6) == 0 {
            #[cfg(unix)]
            std::os::unix::fs::symlink(top.join(pick(random)), top.join("link")).unwrap();
            name = "link".to_owned();
        }
        Self { root: top.join(root), output: top.join(&name), name }
    }

    fn is_inside(&self, path: &Path) -> bool {
        !self.name.is_empty() && path.starts_with(self.name.trim_end_matches('/'))
    }

    /// Fails unless all that was there is there still, as it was.
    #[track_caller]
    fn unharmed(&self, before: &BTreeMap<PathBuf, Vec<u8>>, after: &BTreeMap<PathBuf, Vec<u8>>, what: &str) {
        for (path, bytes) in before {
            assert_eq!(after.get(path), Some(bytes), "{what}, {self:?}: {}", path.display());
        }
    }
}

/// Publishes once more, with a page less, files of others in the published folder, and a file of ours changed by hand.
fn again(place: &Place, top: &Path, mine: &BTreeMap<PathBuf, Vec<u8>>, random: &mut Random, what: &str) {
    let mut others = mine.clone();
    fs_err::remove_file(place.root.join("content/gone.md")).unwrap();
    others.retain(|path, _| !path.ends_with("content/gone.md"));
    for name in ["CNAME", ".git/HEAD", "assets/own.css", "pages/own.html"] {
        if random.below(2) == 0 {
            write(&place.output, name, "not ours");
        }
    }
    let by_hand = ["gone.html", "index.html"][random.below(2) as usize];
    write(&place.output, by_hand, "changed by hand");
    let before = tree(top);
    let foreign = before.iter().filter(|(_, bytes)| *bytes == b"not ours");
    others.extend(foreign.map(|(path, bytes)| (path.clone(), bytes.clone())));
    if by_hand == "gone.html" {
        // A file of ours that somebody has changed is theirs once we have nothing to publish there.
        others.insert(place.output.join(by_hand).strip_prefix(top).unwrap().to_owned(), b"changed by hand".to_vec());
    }
    must_build(&place.root, &place.output);
    let after = tree(top);
    place.unharmed(&others, &after, &format!("{what}, again"));
    let gone = after.contains_key(place.output.join("gone.html").strip_prefix(top).unwrap());
    assert_eq!(gone, by_hand == "gone.html", "{what}, {place:?}: what is published no more");
}
