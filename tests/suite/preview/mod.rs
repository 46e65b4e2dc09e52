//! The preview from outside: a server in this process or the program itself, real requests over a socket, files saved as
//! editors save them.
//!
//! Nothing here sleeps to be right: what must happen is waited for, with a deadline.

mod asking;
mod endurance;
mod program;
mod saving;
mod showing;
mod watching;

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fs_err as fs;
use guidepost::project::Root;
use guidepost::serve::{Config, Server};
use tempfile::TempDir;

/// After this a change that has not come will not come.
const DEADLINE: Duration = Duration::from_secs(20);

struct Preview {
    /// Removed at the end.
    _folder: TempDir,
    root: PathBuf,
    server: Server,
}

impl Preview {
    fn of(files: &[(&str, &str)], change: impl FnOnce(&mut Config)) -> Self {
        let folder = TempDir::new().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap().join("site");
        for (path, text) in files {
            write(&root.join(path), text);
        }
        let mut config = config(&root);
        change(&mut config);
        let server = Server::start(config).unwrap();
        Self { _folder: folder, root, server }
    }

    fn new() -> Self {
        Self::of(SITE, |_| {})
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    fn get(&self, path: &str) -> (u16, String) {
        get(self.server.address(), path)
    }

    /// Waits until a page has a text in it.
    fn shows(&self, path: &str, text: &str) {
        until(&format!("{path} shows {text:?}"), || self.get(path).1.contains(text));
    }

    /// Waits until there is nothing at an address.
    fn lacks(&self, path: &str) {
        until(&format!("{path} is gone"), || self.get(path).0 == 404);
    }

    /// Waits until the overlay of a page has all of these in it.
    fn complains(&self, path: &str, words: &[&str]) {
        self.overlay(path, &format!("says {words:?}"), |problems| words.iter().all(|word| problems.contains(word)));
    }

    /// Waits until there is nothing wrong to be shown over a page.
    fn is_content(&self, path: &str) {
        self.overlay(path, "goes away", |problems| problems == "[]");
    }

    /// Waits for what the overlay of a page shows, as JSON.
    fn overlay(&self, path: &str, what: &str, holds: impl Fn(&str) -> bool) {
        let what = format!("the overlay of {path} {what}");
        Events::open(self.server.address(), path).until(&what, |state| holds(&state["problems"].to_string()));
    }

    /// The first message of a page's event stream.
    fn state(&self, path: &str) -> serde_json::Value {
        Events::open(self.server.address(), path).next()
    }
}

/// A preview of a root as it is usually wanted, on a port that is free.
fn config(root: &Path) -> Config {
    Config {
        root: Root::open(root).unwrap(),
        port: 0,
        follow: false,
        poll: false,
        allow_hosts: Vec::new(),
        today: "2026-11-22".to_owned(),
        notify: Box::new(|_| {}),
    }
}

const SITE: &[(&str, &str)] = &[
    (
        "content/index.md",
        "---\nkind: guide\ntitle: Guide\nsummary: A guide.\n---\nWelcome. [About](about.md), [one](one.md).\n",
    ),
    ("content/about.md", "---\ntitle: About\nsummary: About it.\n---\nFirst text.\n"),
    ("content/one.md", "---\ntitle: One\n---\nOne text.\n"),
    ("content/idea.md", "---\ntitle: Idea\ndraft: true\n---\nNot yet.\n"),
    ("content/steps/01-meet.md", "---\nkind: step\ntitle: Meet\nsummary: Meeting.\n---\n- [ ] Call\n"),
    ("content/notes.txt", "A file.\n"),
    ("content/site.yaml", "title: Clinic\ntheme: own\n"),
    ("themes/own/assets/css/90-own.css", "p { color: #123456 }\n"),
    ("themes/own/templates/page.html", "{% extends \"default/page.html\" %}\n"),
];

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < DEADLINE, "this did not happen: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Sends bytes, and gives everything that comes back until the other side is done.
fn exchange(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    // The other side may refuse before it has read all.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0)
}

fn request(address: SocketAddr, path: &str, headers: &str) -> String {
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n");
    exchange(address, head.as_bytes())
}

fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let answer = request(address, path, "");
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body).to_owned();
    (status(&answer), body)
}

/// An event stream.
struct Events {
    stream: TcpStream,
    buffer: String,
}

impl Events {
    fn open(address: SocketAddr, path: &str) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        let path = path.replace('/', "%2F");
        write!(stream, "GET /_preview/events?at={path}&n=0 HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
        Self { stream, buffer: String::new() }
    }

    fn next(&mut self) -> serde_json::Value {
        self.next_before(Instant::now() + DEADLINE).expect("no message came")
    }

    /// The next message; `None` where none comes in time.
    fn next_before(&mut self, deadline: Instant) -> Option<serde_json::Value> {
        loop {
            if let Some(end) = self.buffer.find("\n\n") {
                let message: String = self.buffer.drain(..end + 2).collect();
                if let Some((_, data)) = message.split_once("data: ") {
                    return Some(serde_json::from_str(data).unwrap());
                }
                continue;
            }
            let left = deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())?;
            self.stream.set_read_timeout(Some(left)).unwrap();
            let mut chunk = [0; 8192];
            match self.stream.read(&mut chunk) {
                Ok(0) => panic!("the event stream ended"),
                Ok(count) => self.buffer.push_str(&String::from_utf8_lossy(&chunk[..count])),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => panic!("the event stream broke: {error}"),
            }
        }
    }

    /// Waits for a message.
    fn until(&mut self, what: &str, holds: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
        let deadline = Instant::now() + DEADLINE;
        let mut last = serde_json::Value::Null;
        while let Some(message) = self.next_before(deadline) {
            if holds(&message) {
                return message;
            }
            last = message;
        }
        panic!("this did not come: {what}; the last message was {last}");
    }
}
