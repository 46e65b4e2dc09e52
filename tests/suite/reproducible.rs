//! The same site makes the same bytes: again and again, on any number of threads, in any time zone, language and year, and
//! whatever the system says of the files: their order in a folder, their times.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use crate::promise::{count, trial};
use crate::publish::tree;

/// Time zones, languages and days of which each run takes one.
const ZONES: &[&str] = &["UTC", "Pacific/Kiritimati", "America/St_Johns", "Asia/Kathmandu"];
const LANGUAGES: &[&str] = &["C", "tr_TR.UTF-8", "ar_EG.UTF-8", "ja_JP.eucJP", "de_DE.ISO-8859-1"];
/// Before the site was written, on a leap day, and past the end of 32 bits of seconds.
const CLOCKS: &[&str] = &["2001-01-01 00:00:00", "2028-02-29 23:59:58", "2039-12-31 12:00:00"];

#[test]
fn the_same_site_makes_the_same_bytes() {
    let trial = trial("Reproducible");
    // In memory, where a folder lists its files in the order in which they were made.
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { TempDir::new_in(memory).unwrap() } else { TempDir::new().unwrap() };
    let roots = [copy(folder.path(), "root", false), copy(folder.path(), "a/deeper/one", true)];
    let clock = faketime();
    let runs = count(3, 10);
    let mut first = None;
    for run in 0..runs {
        let output = folder.path().join(["x", "y/z", "w/public"][run % 3]).join(format!("{run}"));
        let day = CLOCKS[run % CLOCKS.len()];
        let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
        command.arg("build").arg("--root").arg(&roots[run % 2]).arg("--output").arg(&output);
        command.env_remove("GUIDEPOST_TODAY").env("RAYON_NUM_THREADS", format!("{}", run % 8 + 1));
        command.env("TZ", ZONES[run % ZONES.len()]).env("LC_ALL", LANGUAGES[run % LANGUAGES.len()]);
        match &clock {
            Some(library) => command.env("LD_PRELOAD", library).env("FAKETIME", day),
            None => command.env("GUIDEPOST_TODAY", &day[..10]),
        };
        let done = command.output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let made = tree(&output);
        fs_err::remove_dir_all(&output).unwrap();
        let first = first.get_or_insert_with(|| made.clone());
        let differ: Vec<&PathBuf> =
            made.iter().filter(|(path, bytes)| first.get(*path) != Some(*bytes)).map(|(path, _)| path).collect();
        assert!(differ.is_empty() && made.len() == first.len(), "run {run}, {day}: other bytes in {differ:?}");
    }
    let made = first.unwrap();
    let pdfs = made.keys().filter(|path| path.extension().is_some_and(|ending| ending == "pdf")).count();
    assert!(pdfs > 10, "{pdfs} PDFs");
    let clock = if clock.is_some() { "clocks" } else { "days of `--today`" };
    trial.kept(
        &format!(
            "builds of the guide, {} files with {pdfs} PDFs: two folders with files in another order and of other times, \
             {} time zones, {} languages, {} {clock}, 1 to {} threads",
            made.len(),
            ZONES.len().min(runs),
            LANGUAGES.len().min(runs),
            CLOCKS.len().min(runs),
            runs.min(8),
        ),
        runs,
    );
}

/// The library that lets a program see another time, where it is installed (Debian: faketime).
fn faketime() -> Option<PathBuf> {
    let folders = ["/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime", "/usr/lib/faketime"];
    folders.iter().map(|folder| Path::new(folder).join("libfaketimeMT.so.1")).find(|library| library.exists())
}

/// A copy of the guide whose files are made in this order or the other way round, with times of their own.
fn copy(to: &Path, name: &str, backwards: bool) -> PathBuf {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("content");
    let files = tree(&guide);
    let mut order: Vec<(&PathBuf, &Vec<u8>)> = files.iter().collect();
    if backwards {
        order.reverse();
    }
    let root = to.join(name);
    for (number, (path, bytes)) in order.into_iter().enumerate() {
        let path = root.join("content").join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(&path, bytes).unwrap();
        let age = Duration::from_secs(if backwards { 900_000_000 } else { 86_400 } + number as u64);
        let file = fs_err::File::options().write(true).open(&path).unwrap();
        file.file().set_modified(SystemTime::UNIX_EPOCH + age).unwrap();
    }
    root
}

/// The clock that the test above sets is the one that the program reads.
#[test]
fn the_program_sees_the_time_that_the_tests_set() {
    let Some(library) = faketime() else { return };
    let folder = tempfile::tempdir().unwrap();
    let files =
        BTreeMap::from([("index.md", "# Home\n"), ("page.md", "---\ntitle: A page\nreview_by: 2030-01-01\n---\n")]);
    for (name, text) in files {
        crate::publish::write(folder.path(), &format!("content/{name}"), text);
    }
    for (day, is_overdue) in [("2001-01-01 00:00:00", false), ("2039-12-31 12:00:00", true)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
        command.arg("check").arg("--root").arg(folder.path()).env_remove("GUIDEPOST_TODAY");
        let done = command.env("LD_PRELOAD", &library).env("FAKETIME", day).output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(said.contains("overdue-review"), is_overdue, "{day}: {said}");
    }
}
