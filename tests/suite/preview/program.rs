//! `guidepost serve` and `guidepost build --watch` as a person runs them: what they say, what they write, how they end.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::io::Read;
use std::net::SocketAddr;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use fs_err as fs;
use tempfile::TempDir;

use super::{DEADLINE, Events, SITE, get, until, write};

/// The program, running, and all that it has said so far.
struct Program {
    child: Child,
    said: Arc<Mutex<String>>,
}

impl Program {
    /// Starts it in a folder, `by` another program where that is given.
    fn start(by: &[&str], root: &Path, arguments: &[&str]) -> Self {
        let own = env!("CARGO_BIN_EXE_guidepost");
        let words: Vec<&str> = by.iter().copied().chain([own]).chain(arguments.iter().copied()).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).current_dir(root).env("GUIDEPOST_TODAY", "2026-11-22").env_remove("GUIDEPOST_ROOT");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        listen(child.stdout.take().unwrap(), &said);
        listen(child.stderr.take().unwrap(), &said);
        Self { child, said }
    }

    fn serve(root: &Path) -> (Self, SocketAddr) {
        Self::serve_by(&[], root)
    }

    fn serve_by(by: &[&str], root: &Path) -> (Self, SocketAddr) {
        let program = Self::start(by, root, &["serve", "--port", "0"]);
        program.says("Ctrl-C ends the preview");
        let said = program.said();
        let address = said.split_once("http://").unwrap().1.split_once('/').unwrap().0;
        (program, address.parse().unwrap())
    }

    fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Waits until it has said something.
    fn says(&self, words: &str) {
        let since = Instant::now();
        while !self.said().contains(words) {
            assert!(since.elapsed() < DEADLINE, "it did not say {words:?}:\n{}", self.said());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends a signal, and waits for the end.
    fn end(&mut self, signal: &str) -> (ExitStatus, Duration) {
        let since = Instant::now();
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        until("it ends", || self.child.try_wait().unwrap().is_some());
        (self.child.wait().unwrap(), since.elapsed())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen(mut from: impl Read + Send + 'static, said: &Arc<Mutex<String>>) {
    let said = said.clone();
    thread::spawn(move || {
        let mut chunk = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut chunk) {
            said.lock().unwrap().push_str(&String::from_utf8_lossy(&chunk[..count]));
        }
    });
}

/// A site that anybody may read.
fn site() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let root = fs::canonicalize(folder.path()).unwrap();
    for (path, text) in SITE {
        write(&root.join(path), text);
    }
    (folder, root)
}

#[test]
fn it_says_where_it_is_and_after_each_save_what_is_wrong() {
    let (_folder, root) = site();
    let (program, address) = Program::serve(&root);
    program.says(&format!("watching `content` and `themes` in {}", root.display()));
    program.says("5 pages read in ");
    let about = root.join("content/about.md");
    write(&about, "---\ntitle: About\n---\nChanged text.\n");
    program.says("content/about.md: shown after ");
    write(&about, "---\ntitle: About\nsummary: [broken\n---\nText.\n");
    program.says("content/about.md:3:");
    program.says(", 1 error");
    // What was wrong before is counted, and not told again.
    let problem = program.said().split("error").next().unwrap().len();
    write(&root.join("content/one.md"), "---\ntitle: One\n---\nEdited meanwhile.\n");
    program.says("content/one.md: shown after ");
    assert_eq!(program.said()[problem..].matches("content/about.md:3:").count(), 1, "{}", program.said());
    write(&about, "---\ntitle: About\n---\nMended text.\n");
    until("all is well", || program.said().lines().last().is_some_and(|line| !line.contains("error")));
    // What only making a page finds is said when somebody opens it.
    let template = "{% extends \"default/page.html\" %}{% block after_main %}{% if page.title == \"One\" %}{{ nothing.there }}{% endif %}{% endblock %}\n";
    write(&root.join("themes/own/templates/page.html"), template);
    program.says("themes/own/templates/page.html: shown after ");
    assert!(!program.said().contains("nothing.there"), "{}", program.said());
    get(address, "/one.html");
    program.says("nothing.there");
    fs::rename(root.join("content"), root.join("elsewhere")).unwrap();
    program.says("put the folder back, and all goes on\nuntil then the last version is shown\n");
    fs::rename(root.join("elsewhere"), root.join("content")).unwrap();
    program.says("the folder is there again; 5 pages read in ");
}

#[test]
fn it_ends_within_two_seconds_of_ctrl_c() {
    for signal in ["INT", "TERM"] {
        let (_folder, root) = site();
        let (mut program, address) = Program::serve(&root);
        // A tab that is open, and a connection that says nothing.
        let mut events = Events::open(address, "/");
        events.next();
        let _idle = std::net::TcpStream::connect(address).unwrap();
        let (status, took) = program.end(signal);
        assert_eq!(status.code(), Some(0), "{signal}: {}", program.said());
        assert!(took < Duration::from_secs(2), "{signal}: {took:?}");
    }
}

#[test]
fn what_keeps_it_from_starting_is_one_sentence_and_exit_2() {
    let (_folder, root) = site();
    let (_program, address) = Program::serve(&root);
    let port = address.port().to_string();
    let empty = TempDir::new().unwrap();
    let file = TempDir::new().unwrap();
    write(&file.path().join("content"), "no folder");
    for (folder, port, words) in [
        (root.as_path(), port.as_str(), "is in use"),
        (empty.path(), "0", "there is no folder `content`"),
        (file.path(), "0", "is a file, not a folder"),
    ] {
        let mut program = Program::start(&[], folder, &["serve", "--port", port]);
        until("it ends", || program.child.try_wait().unwrap().is_some());
        assert_eq!(program.child.wait().unwrap().code(), Some(2), "{}", program.said());
        program.says(words);
        program.says("help: ");
        assert_eq!(program.said().lines().count(), 2, "{}", program.said());
    }
}

/// Whether a program can be run by another one on this machine.
fn can_run(by: &[&str]) -> bool {
    let tried = Command::new(by[0]).args(&by[1..]).arg(env!("CARGO_BIN_EXE_guidepost")).arg("--version").output();
    let can = tried.is_ok_and(|output| output.status.success());
    if !can {
        println!("left out: this machine does not let {} run guidepost", by[0]);
    }
    can
}

#[test]
fn a_folder_that_may_not_be_read_is_named_and_read_when_it_may() {
    let (_folder, root) = site();
    // Who is root may read everything, so somebody else has to try.
    let is_root = fs::metadata(&root).unwrap().uid() == 0;
    let by: &[&str] = if is_root { &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] } else { &[] };
    if is_root && !can_run(by) {
        return;
    }
    let (program, address) = Program::serve_by(by, &root);
    let permit = |path: &str, mode: u32| fs::set_permissions(root.join(path), PermissionsExt::from_mode(mode)).unwrap();
    let problems = || Events::open(address, "/about.html").next()["problems"].to_string();
    for (path, words) in
        [("content/steps", "content/steps"), ("content/about.md", "content/about.md"), ("content", "can't be read")]
    {
        let mode = if path.ends_with(".md") { 0o644 } else { 0o755 };
        permit(path, 0);
        until(&format!("{path} is named"), || problems().contains(words));
        assert!(get(address, "/about.html").1.contains("First text."), "the last good page is kept");
        assert!(get(address, "/steps/meet.html").1.contains("Meet"), "the last good page is kept");
        permit(path, mode);
        until(&format!("{path} is read again"), || problems() == "[]");
    }
    write(&root.join("content/about.md"), "---\ntitle: About\n---\nReadable again.\n");
    until("a save is seen", || get(address, "/about.html").1.contains("Readable again."));
    program.says("check who may read");
}

#[test]
#[cfg(target_os = "linux")]
fn without_watches_it_says_so_and_walks() {
    let (_folder, root) = site();
    // In a namespace of its own the program has as few watches as we like.
    for (limit, few) in [("max_inotify_watches", "2"), ("max_inotify_instances", "0")] {
        let script = format!("echo {few} > /proc/sys/user/{limit} && exec \"$@\"");
        let by = ["unshare", "--user", "--map-root-user", "sh", "-c", &script, "sh"];
        if !can_run(&by) {
            return;
        }
        let (program, address) = Program::serve_by(&by, &root);
        program.says("changes are found by looking at the files now and then");
        let text = format!("Found by walking without {limit}.");
        write(&root.join("content/new/about.md"), &format!("---\ntitle: About\n---\n{text}\n"));
        until("the change is found", || get(address, "/new/about.html").1.contains(&text));
    }
}

/// The identity and time of every file below a folder, and its bytes.
fn files(folder: &Path) -> BTreeMap<String, ((u64, i64, i64), Vec<u8>)> {
    let entries = walkdir::WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    entries
        .map(|entry| {
            let metadata = entry.metadata().unwrap();
            let path = entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            let stamp = (metadata.ino(), metadata.mtime(), metadata.mtime_nsec());
            (path, (stamp, fs::read(entry.path()).unwrap()))
        })
        .collect()
}

#[test]
fn build_watch_writes_only_files_whose_bytes_differ() {
    let (_folder, root) = site();
    // What the previews show as a draft can't be referred to here.
    let mut program = Program::start(&[], &root, &["build", "--watch", "--no-pdf"]);
    program.says("Ctrl-C ends it");
    let public = root.join("public");
    let before = files(&public);
    let about = root.join("content/about.md");
    write(&about, "---\ntitle: About\nsummary: About it.\n---\nSecond text.\n");
    program.says("content/about.md: published after ");
    until("the page is published", || {
        fs::read_to_string(public.join("about.html")).is_ok_and(|html| html.contains("Second text."))
    });
    let after = files(&public);
    assert!(before.keys().eq(after.keys()), "no file came or went");
    let differs = |path: &&String| before[*path].1 != after[*path].1;
    let touched: Vec<&String> = after.keys().filter(|path| before[*path].0 != after[*path].0).collect();
    let changed: Vec<&String> = after.keys().filter(differs).collect();
    assert!(changed.iter().any(|path| *path == "about.html") && changed.len() < 6, "{changed:?}");
    assert_eq!(touched, changed, "only files whose bytes differ are written");
    // A mistake leaves what is published as it is, byte for byte and file for file.
    write(&about, "---\ntitle: About\nsummary: [broken\n---\nText.\n");
    program.says("nothing was published; the published site stays as it was");
    assert!(files(&public) == after, "something was written in spite of an error");
    write(&about, "---\ntitle: About\nsummary: About it.\n---\nThird text.\n");
    until("the page is published", || {
        fs::read_to_string(public.join("about.html")).is_ok_and(|html| html.contains("Third text."))
    });
    fs::rename(root.join("content"), root.join("elsewhere")).unwrap();
    program.says("there is no folder `content`");
    fs::rename(root.join("elsewhere"), root.join("content")).unwrap();
    write(&about, "---\ntitle: About\nsummary: About it.\n---\nFourth text.\n");
    until("the page is published", || {
        fs::read_to_string(public.join("about.html")).is_ok_and(|html| html.contains("Fourth text."))
    });
    let (status, took) = program.end("INT");
    assert_eq!(status.code(), Some(0), "{}", program.said());
    assert!(took < Duration::from_secs(2), "{took:?}");
}
