//! Every I/O error is survived: each call of a build to the file system fails in turn, as `strace` can make it (Debian:
//! strace). Whatever fails, the program does not break down, does not say that all is well with a wrong site, touches no
//! source, and leaves the published folder old or new; and the next build is clean.
//!
//! Not tried: calls that come before the program's own first one (the system loads it), and `close`, whose failing Rust
//! does not tell.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::promise::{is_full, trial};
use crate::publish::{Random, tree, write};

/// What a failing call says: the disk is broken, or full.
const ERRORS: &[&str] = &["EIO", "ENOSPC"];

/// Calls that have nothing to do with files, or whose failing can't be seen.
const OTHERS: &[&str] = &[
    "close",
    "mmap",
    "munmap",
    "mprotect",
    "ioctl",
    "poll",
    "ppoll",
    "epoll_wait",
    "epoll_ctl",
    "epoll_create1",
    "eventfd2",
    "pipe2",
    "dup",
    "dup2",
    "dup3",
    "fcntl",
    "execve",
    "socket",
    "sendto",
    "recvfrom",
];

/// A build whose calls fail.
struct Case {
    name: &'static str,
    /// Whether there is an older site in the folder.
    older: bool,
    /// A file of somebody else in the folder, with which it can't be exchanged; then the promise is that the next build
    /// makes it whole.
    foreign: bool,
    /// Whether only one guide of several changes.
    one_guide: bool,
}

const CASES: &[Case] = &[
    Case { name: "the first build", older: false, foreign: false, one_guide: false },
    Case { name: "a rebuild", older: true, foreign: false, one_guide: false },
    Case { name: "a rebuild of one guide", older: true, foreign: false, one_guide: true },
    Case { name: "a rebuild in place", older: true, foreign: true, one_guide: false },
];

#[test]
fn every_call_to_the_file_system_may_fail() {
    if Command::new("strace").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "strace is missing");
        return;
    }
    let trial = trial("Every I/O error is survived");
    for (number, case) in CASES.iter().enumerate() {
        let bench = Bench::of(case);
        let mut faults = bench.faults();
        assert!(faults.len() > 200, "{}: only {} faults", case.name, faults.len());
        let all = faults.len();
        if !is_full() {
            let mut random = Random(1 + number as u64);
            let sample = std::env::var("GUIDEPOST_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(20);
            faults = (0..sample).map(|_| faults[random.below(all as u64) as usize].clone()).collect();
        }
        let (mut tried, mut wrong) = (0, Vec::new());
        for fault in &faults {
            // All that goes wrong is wanted, not the first of it.
            match std::panic::catch_unwind(AssertUnwindSafe(|| bench.survives(fault))) {
                Ok(came) => tried += usize::from(came),
                Err(_) => wrong.push(fault),
            }
        }
        assert!(wrong.is_empty(), "{}: these {} faults do harm, as said above: {wrong:#?}", case.name, wrong.len());
        assert!(tried * 2 > faults.len(), "{}: only {tried} of {} faults came", case.name, faults.len());
        trial.kept(&format!("failing calls of {} (of {all} there are)", case.name), tried);
    }
}

/// A call by its name, which one of a thread it is, and how it fails.
type Fault = (String, usize, &'static str);

/// A site on disk, with what it looked like when it was built before and what it is to look like.
struct Bench {
    case: &'static Case,
    folder: tempfile::TempDir,
    old: BTreeMap<PathBuf, Vec<u8>>,
    new: BTreeMap<PathBuf, Vec<u8>>,
    sources: BTreeMap<PathBuf, Vec<u8>>,
}

impl Bench {
    fn of(case: &'static Case) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("site");
        let files = [
            ("content/index.md", "# Home\n\n[One](one/index.md) [Two](two/index.md)\n"),
            ("content/site.yaml", "title: Clinic\nurl: https://clinic.test\n"),
            (
                "content/one/index.md",
                "---\nkind: guide\ntitle: One\nfacts: [F1]\n---\nSee [page](page.md), [gone](gone.md).\n\n![Map](map.svg)\n",
            ),
            ("content/one/page.md", "---\ntitle: Page\n---\nText.\n"),
            ("content/one/gone.md", "---\ntitle: Gone\n---\nText.\n"),
            ("content/one/map.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
            // Nothing leads here, so nothing but the page itself tells that it is not there.
            ("content/one/alone.md", "---\ntitle: Alone\nallow: {orphan: so be it}\n---\nText.\n"),
            ("content/one/sources.yaml", "- {id: F1, says: \"One\"}\n"),
            ("content/two/index.md", "---\nkind: guide\ntitle: Two\nallow: {orphan: so be it}\n---\nText.\n"),
            ("themes/default/assets/css/90-own.css", "p { color: #123456 }\n"),
            ("themes/default/templates/term.html", "{% extends \"default/term.html\" %}\n"),
            ("themes/default/strings/en.yaml", "steps_title: The way\n"),
        ];
        for (path, text) in files {
            write(&root, path, text);
        }
        let mut bench = Self { case, folder, old: BTreeMap::new(), new: BTreeMap::new(), sources: BTreeMap::new() };
        if case.older {
            bench.must_build();
            bench.old = tree(&bench.public());
            fs_err::remove_dir_all(bench.public()).unwrap();
        }
        write(
            &root,
            "content/one/index.md",
            "---\nkind: guide\ntitle: One\nfacts: [F1]\n---\nSee [page](page.md), [new](new.md).\n\n![Map](map.svg)\n",
        );
        write(&root, "content/one/page.md", "---\ntitle: Page\n---\nOther text.\n");
        write(&root, "content/one/new.md", "---\ntitle: New\n---\nText.\n");
        write(&root, "content/one/map.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>");
        fs_err::remove_file(root.join("content/one/gone.md")).unwrap();
        if !case.one_guide {
            write(&root, "content/index.md", "# At home\n\n[One](one/index.md) [Two](two/index.md)\n");
        }
        bench.must_build();
        bench.new = tree(&bench.public());
        bench.sources = tree(&root);
        bench
    }

    fn public(&self) -> PathBuf {
        self.folder.path().join("out/public")
    }

    /// The published folder as it was before.
    fn reset(&self) {
        let out = self.folder.path().join("out");
        match fs_err::remove_dir_all(&out) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{error}"),
            _ => fs_err::create_dir(&out).unwrap(),
        }
        for (path, bytes) in &self.old {
            let path = self.public().join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, bytes).unwrap();
        }
        if self.case.foreign {
            write(&self.public(), "CNAME", "portal.example.org");
        }
    }

    /// The command of a build, behind `before`.
    fn run(&self, before: &[&str]) -> Output {
        let program = [env!("CARGO_BIN_EXE_guidepost"), "build", "--no-pdf", "--today", "2026-11-22", "--root"];
        let words: Vec<&str> = before.iter().chain(&program).copied().collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg(self.folder.path().join("site")).arg("--output").arg(self.public());
        command.env("RAYON_NUM_THREADS", "1").output().unwrap()
    }

    fn must_build(&self) {
        let done = self.run(&[]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("strace.log")
    }

    /// Every call that an undisturbed build makes to the file system, from its own first one on.
    fn faults(&self) -> Vec<Fault> {
        self.reset();
        let log = self.log();
        let done = self.run(&["strace", "-f", "-o", log.to_str().unwrap(), "-e", "trace=%file,%desc"]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let mut calls: BTreeMap<(String, String), usize> = BTreeMap::new();
        let mut faults = BTreeSet::new();
        let mut begun = false;
        for line in fs_err::read_to_string(&log).unwrap().lines() {
            let Some((thread, call)) = line.split_once(' ') else { continue };
            let Some((name, _)) = call.trim_start().split_once('(') else { continue };
            begun |= line.contains("/site");
            let is_name = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
            if !is_name || OTHERS.contains(&name) {
                continue;
            }
            let number = calls.entry((thread.to_owned(), name.to_owned())).or_default();
            *number += 1;
            // The first line of all is the program's own start, which names the site.
            if begun && name != "execve" {
                faults.extend(ERRORS.iter().map(|error| (name.to_owned(), *number, *error)));
            }
        }
        faults.into_iter().collect()
    }

    /// Builds with a fault; `false` where it did not come.
    fn survives(&self, (call, number, error): &Fault) -> bool {
        self.reset();
        let (trace, inject) = (format!("trace={call}"), format!("inject={call}:error={error}:when={number}"));
        let log = self.log();
        let done = self.run(&["strace", "-f", "-o", log.to_str().unwrap(), "-e", &trace, "-e", &inject]);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        let log = fs_err::read_to_string(&log).unwrap();
        let Some(injected) = log.lines().find(|line| line.contains("(INJECTED)")) else { return false };
        let what = format!("{}, {injected}\n{said}", self.case.name);
        if said.contains("error while loading shared libraries") {
            return false;
        }
        let code = done.status.code().unwrap_or_else(|| panic!("ended by a signal: {what}"));
        assert!(matches!(code, 0..=2), "exit code {code}: {what}");
        assert!(tree(&self.folder.path().join("site")) == self.sources, "sources were touched: {what}");
        self.is_whole(code, &what);
        if code != 0 {
            let done = self.run(&[]);
            assert!(done.status.success(), "the next build: {}{what}", String::from_utf8_lossy(&done.stderr));
            self.is_whole(0, &what);
        }
        true
    }

    /// Whether the folder is what it may be after this exit code.
    fn is_whole(&self, code: i32, what: &str) {
        let mut now = if self.public().is_dir() { tree(&self.public()) } else { BTreeMap::new() };
        if self.case.foreign {
            assert_eq!(now.remove(Path::new("CNAME")).as_deref(), Some(b"portal.example.org".as_slice()), "{what}");
        }
        if code == 0 {
            let differ: BTreeSet<_> =
                now.keys().chain(self.new.keys()).filter(|path| now.get(*path) != self.new.get(*path)).collect();
            assert!(differ.is_empty(), "exit code 0 and a wrong site, {differ:?}: {what}");
        } else if !self.case.foreign {
            let pages = |site: &BTreeMap<PathBuf, Vec<u8>>| -> BTreeMap<PathBuf, Vec<u8>> {
                let kept = site.iter().filter(|(path, _)| !path.to_string_lossy().starts_with(".guidepost-manifest"));
                kept.map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
            };
            let now = pages(&now);
            assert!(now == pages(&self.old) || now == pages(&self.new), "the folder is between two sites: {what}");
        }
    }
}
