//! The preview from outside: a server in this process, real requests over a socket, files saved as editors save them.
//!
//! Nothing here sleeps to be right: what must happen is waited for, with a deadline.

use std::io::{Read as _, Write as _};
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
        let mut config = Config {
            root: Root::open(&root).unwrap(),
            port: 0,
            follow: false,
            poll: false,
            allow_hosts: Vec::new(),
            today: "2026-11-22".to_owned(),
            notify: Box::new(|_| {}),
        };
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
        until(&format!("the overlay of {path} says {words:?}"), || {
            let state = self.state(path);
            words.iter().all(|word| state["problems"].to_string().contains(word))
        });
    }

    fn is_content(&self, path: &str) {
        until(&format!("the overlay of {path} goes away"), || self.state(path)["problems"] == serde_json::json!([]));
    }

    /// The first message of a page's event stream.
    fn state(&self, path: &str) -> serde_json::Value {
        Events::open(self.server.address(), path).next()
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
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let path = path.replace('/', "%2F");
        write!(stream, "GET /_preview/events?at={path}&n=0 HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
        Self { stream, buffer: String::new() }
    }

    fn next(&mut self) -> serde_json::Value {
        loop {
            if let Some(end) = self.buffer.find("\n\n") {
                let message: String = self.buffer.drain(..end + 2).collect();
                if let Some((_, data)) = message.split_once("data: ") {
                    return serde_json::from_str(data).unwrap();
                }
            }
            let mut chunk = [0; 8192];
            let count = self.stream.read(&mut chunk).unwrap();
            assert!(count > 0, "the event stream ended");
            self.buffer.push_str(&String::from_utf8_lossy(&chunk[..count]));
        }
    }

    /// Waits for a message.
    fn until(&mut self, what: &str, holds: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
        let since = Instant::now();
        loop {
            let message = self.next();
            if holds(&message) {
                return message;
            }
            assert!(since.elapsed() < DEADLINE, "this did not come: {what}");
        }
    }
}

#[test]
fn pages_come_from_memory_with_their_headers() {
    let preview = Preview::new();
    let address = preview.server.address();
    let answer = request(address, "/", "");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    for header in [
        "Content-Security-Policy: default-src 'none'; script-src 'self'",
        "Cross-Origin-Resource-Policy: same-origin",
        "X-Content-Type-Options: nosniff",
        "Cache-Control: no-store",
        "Referrer-Policy: no-referrer",
    ] {
        assert!(answer.contains(header), "{header} is missing in {answer}");
    }
    assert!(!answer.to_lowercase().contains("access-control"), "{answer}");
    assert!(answer.contains("_preview/reload.js?v="), "{answer}");
    assert!(preview.get("/idea.html").1.contains("Not yet."), "a draft is shown");
    assert_eq!(preview.get("/notes.txt"), (200, "A file.\n".to_owned()));
    assert_eq!(preview.get("/steps").0, 302);
    assert_eq!(preview.get("/steps/").0, 200);
    let (missing, body) = preview.get("/deep/er/nothing.html");
    assert_eq!(missing, 404);
    assert!(body.contains("src=\"/_preview/reload.js"), "{body}");
    assert!(preview.get("/checklists/step-meet.pdf").1.starts_with("%PDF"));
    let head = exchange(address, format!("HEAD / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes());
    assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
}

#[test]
fn others_are_kept_out() {
    let preview = Preview::of(SITE, |config| config.allow_hosts.push("clinic.test".to_owned()));
    let address = preview.server.address();
    let with_host = |host: &str| {
        status(&exchange(address, format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes()))
    };
    let port = address.port();
    assert_eq!(with_host(&format!("localhost:{port}")), 200);
    assert_eq!(with_host(&format!("[::1]:{port}")), 200);
    assert_eq!(with_host("clinic.test"), 200);
    assert_eq!(with_host(&format!("evil.test:{port}")), 421);
    for path in ["/", "/_preview/events?at=%2F", "/_preview/reload.js"] {
        assert_eq!(status(&request(address, path, "Origin: http://evil.test\r\n")), 403, "{path}");
        assert_eq!(status(&request(address, path, "Sec-Fetch-Site: cross-site\r\n")), 403, "{path}");
    }
    let visit = "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n";
    assert_eq!(status(&request(address, "/", visit)), 200);
    let own = format!("Origin: http://{address}\r\nSec-Fetch-Site: same-origin\r\n");
    assert_eq!(status(&request(address, "/", &own)), 200);
}

#[test]
fn no_spelling_of_a_path_leads_out() {
    let preview = Preview::new();
    write(&preview.path("secret.txt"), "CANARY");
    write(&preview.path("content/.hidden.txt"), "CANARY");
    write(&preview.root.parent().unwrap().join("secret.txt"), "CANARY");
    let dots = ["..", "%2e%2e", ".%2e", "%2E.", "%252e%252e", "..;", "%c0%ae%c0%ae", "....", "%u002e%u002e", ". ."];
    let slashes = ["/", "%2f", "\\", "%5c", "//", "%252f", "/./", "%c0%af", "/%00/"];
    let mut spellings = 0;
    for dot in dots {
        for slash in slashes {
            for target in
                [format!("/{dot}{slash}secret.txt"), format!("/content{slash}{dot}{slash}{dot}{slash}secret.txt")]
            {
                let (status, body) = preview.get(&target);
                assert!(matches!(status, 400 | 404), "{target}: {status}");
                assert!(!body.contains("CANARY"), "{target}");
                spellings += 1;
            }
        }
    }
    for target in [
        "/.hidden.txt",
        "/content/about.md",
        "/about.md",
        "/site.yaml",
        "/../site.yaml",
        "//etc/passwd",
        "/themes/own/templates/page.html",
        "/C:/secret.txt",
        "/secret.txt",
        "/_preview/",
        "/_preview/../about.html",
    ] {
        let (status, body) = preview.get(target);
        assert!(matches!(status, 400 | 404), "{target}: {status}");
        assert!(!body.contains("CANARY") && !body.contains("First text"), "{target}");
        spellings += 1;
    }
    assert!(spellings > 102);
}

#[test]
#[cfg(unix)]
fn a_link_in_the_place_of_a_file_is_not_followed() {
    let preview = Preview::new();
    write(&preview.path("secret.txt"), "CANARY");
    fs::remove_file(preview.path("content/notes.txt")).unwrap();
    std::os::unix::fs::symlink(preview.path("secret.txt"), preview.path("content/notes.txt")).unwrap();
    for _ in 0..50 {
        assert!(!preview.get("/notes.txt").1.contains("CANARY"));
    }
    preview.lacks("/notes.txt");
}

#[test]
fn malformed_requests_are_refused_and_the_next_one_is_answered() {
    let preview = Preview::new();
    let address = preview.server.address();
    let long = format!("GET / HTTP/1.1\r\nHost: {address}\r\nX: {}\r\n\r\n", "x".repeat(40_000));
    let endless = "GET /".to_owned() + &"a".repeat(100_000);
    for (bytes, expected) in [
        ("\r\n\r\n".as_bytes(), 400),
        (b"GET\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", 505),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", 405),
        (b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (long.as_bytes(), 431),
        (endless.as_bytes(), 431),
    ] {
        let answer = exchange(address, bytes);
        assert_eq!(status(&answer), expected, "{:?}: {answer}", String::from_utf8_lossy(&bytes[..bytes.len().min(60)]));
    }
    assert!(exchange(address, b"POST / HTTP/1.1\r\nHost: x\r\n\r\n").contains("Allow: GET, HEAD"));
    // Connections that say nothing, or are opened and dropped, are in nobody's way.
    let idle: Vec<TcpStream> = (0..40).map(|_| TcpStream::connect(address).unwrap()).collect();
    assert_eq!(preview.get("/").0, 200);
    drop(idle);
    assert_eq!(preview.get("/").0, 200);
}

#[test]
fn several_requests_share_a_connection() {
    let preview = Preview::new();
    let address = preview.server.address();
    let one = format!("GET /about.html HTTP/1.1\r\nHost: {address}\r\n\r\n");
    let last = format!("GET /one.html HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let answer = exchange(address, format!("{one}{one}{last}").as_bytes());
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 3, "{answer}");
    assert!(answer.contains("One text."));
}

/// The ways in which editors save, each given the file and its new text.
fn editors() -> Vec<(&'static str, fn(&Path, &str))> {
    vec![
        ("truncate and write (Notepad, nano)", |path, text| fs::write(path, text).unwrap()),
        ("a temporary file over it (VS Code on shares, gedit, Emacs)", |path, text| {
            let other = path.with_file_name(".goutputstream-X1");
            fs::write(&other, text).unwrap();
            fs::rename(&other, path).unwrap();
        }),
        ("away to a backup and written anew (vim)", |path, text| {
            let backup = path.with_file_name("about.md~");
            fs::write(path.with_file_name("4913"), "").unwrap();
            fs::remove_file(path.with_file_name("4913")).unwrap();
            fs::rename(path, &backup).unwrap();
            fs::write(path, text).unwrap();
            fs::remove_file(&backup).unwrap();
        }),
        ("away and back, then written", |path, text| {
            let other = path.with_file_name("about.md.orig");
            fs::rename(path, &other).unwrap();
            fs::rename(&other, path).unwrap();
            fs::write(path, text).unwrap();
        }),
        ("deleted and created", |path, text| {
            fs::remove_file(path).unwrap();
            fs::write(path, text).unwrap();
        }),
        ("in pieces", |path, text| {
            let mut file = fs::File::create(path).unwrap();
            for piece in text.as_bytes().chunks(7) {
                file.write_all(piece).unwrap();
                file.flush().unwrap();
            }
        }),
        ("three renames (Word)", |path, text| {
            let (new, old) = (path.with_file_name("~WRD0001.tmp"), path.with_file_name("~WRL0002.tmp"));
            fs::write(&new, text).unwrap();
            fs::rename(path, &old).unwrap();
            fs::rename(&new, path).unwrap();
            fs::remove_file(&old).unwrap();
        }),
    ]
}

#[test]
fn every_way_of_saving_is_seen() {
    let preview = Preview::new();
    for (round, (name, save)) in editors().into_iter().enumerate() {
        for again in 0..3 {
            let marker = format!("round {round} of {again}");
            save(&preview.path("content/about.md"), &format!("---\ntitle: About\n---\n{name}: {marker}\n"));
            preview.shows("/about.html", &marker);
            assert_eq!(preview.state("/about.html")["problems"], serde_json::json!([]), "{name}");
        }
    }
}

#[test]
fn new_renamed_and_deleted_files_and_folders_are_seen() {
    let preview = Preview::new();
    write(&preview.path("content/a/b/c/deep.md"), "---\ntitle: Deep\n---\nDeep text.\n");
    write(&preview.path("content/a/b/other.md"), "---\ntitle: Other\n---\nOther text.\n");
    preview.shows("/a/b/c/deep.html", "Deep text.");
    preview.shows("/a/b/other.html", "Other text.");
    write(&preview.path("content/a/b/c/deep.md"), "---\ntitle: Deep\n---\nDeeper text.\n");
    preview.shows("/a/b/c/deep.html", "Deeper text.");
    fs::rename(preview.path("content/a"), preview.path("content/z")).unwrap();
    preview.shows("/z/b/c/deep.html", "Deeper text.");
    preview.lacks("/a/b/c/deep.html");
    write(&preview.path("content/z/b/c/deep.md"), "---\ntitle: Deep\n---\nDeepest text.\n");
    preview.shows("/z/b/c/deep.html", "Deepest text.");
    fs::remove_dir_all(preview.path("content/z")).unwrap();
    preview.lacks("/z/b/c/deep.html");
    fs::rename(preview.path("content/one.md"), preview.path("content/two.md")).unwrap();
    preview.shows("/two.html", "One text.");
    preview.lacks("/one.html");
    fs::remove_file(preview.path("content/two.md")).unwrap();
    preview.lacks("/two.html");
}

#[test]
fn the_content_folder_may_go_and_come_back() {
    let preview = Preview::new();
    fs::rename(preview.path("content"), preview.path("elsewhere")).unwrap();
    preview.complains("/about.html", &["no folder `content`"]);
    preview.shows("/about.html", "First text.");
    write(&preview.path("elsewhere/about.md"), "---\ntitle: About\n---\nChanged while away.\n");
    fs::rename(preview.path("elsewhere"), preview.path("content")).unwrap();
    preview.shows("/about.html", "Changed while away.");
    preview.is_content("/about.html");
    write(&preview.path("content/about.md"), "---\ntitle: About\n---\nAnd after.\n");
    preview.shows("/about.html", "And after.");
    let (away, root) = (preview.root.with_extension("away"), preview.root.clone());
    fs::rename(&root, &away).unwrap();
    preview.complains("/about.html", &["no folder `content`"]);
    fs::rename(&away, &root).unwrap();
    preview.is_content("/about.html");
    write(&preview.path("content/about.md"), "---\ntitle: About\n---\nThe root is back.\n");
    preview.shows("/about.html", "The root is back.");
}

#[test]
#[cfg(unix)]
fn content_may_be_a_link_that_is_turned() {
    let folder = TempDir::new().unwrap();
    let root = fs::canonicalize(folder.path()).unwrap();
    for name in ["first", "second"] {
        write(&root.join(name).join("index.md"), &format!("---\ntitle: Home\n---\nThe {name} one.\n"));
    }
    let turn = |name: &str| {
        std::os::unix::fs::symlink(root.join(name), root.join("link")).unwrap();
        fs::rename(root.join("link"), root.join("content")).unwrap();
    };
    turn("first");
    let config = Config {
        root: Root::open(&root).unwrap(),
        port: 0,
        follow: false,
        poll: false,
        allow_hosts: Vec::new(),
        today: "2026-11-22".to_owned(),
        notify: Box::new(|_| {}),
    };
    let preview = Preview { root: root.clone(), server: Server::start(config).unwrap(), _folder: folder };
    preview.shows("/", "The first one.");
    turn("second");
    preview.shows("/", "The second one.");
    write(&root.join("second/index.md"), "---\ntitle: Home\n---\nThe second one, changed.\n");
    preview.shows("/", "The second one, changed.");
}

#[test]
fn a_storm_of_files_settles() {
    let preview = Preview::new();
    let path = |number: usize| preview.path(&format!("content/many/{:02}/page-{number}.md", number % 20));
    for number in 0..500 {
        write(&path(number), &format!("---\ntitle: Page {number}\n---\nBranch main.\n"));
    }
    preview.shows("/many/19/page-499.html", "Branch main.");
    // As `git checkout` does: each file deleted and made anew.
    for number in 0..500 {
        fs::remove_file(path(number)).unwrap();
        write(&path(number), &format!("---\ntitle: Page {number}\n---\nBranch other.\n"));
    }
    for number in [0, 250, 499] {
        preview.shows(&format!("/many/{:02}/page-{number}.html", number % 20), "Branch other.");
    }
    preview.is_content("/about.html");
}

#[test]
fn settings_and_the_theme_are_watched() {
    let preview = Preview::new();
    let mut events = Events::open(preview.server.address(), "/about.html");
    let first = events.next();
    write(&preview.path("themes/own/assets/css/90-own.css"), "p { color: #654321 }\n");
    let second = events.until("a new stylesheet", |state| state["stylesheet"] != first["stylesheet"]);
    assert_eq!(first["page"], second["page"], "a stylesheet is swapped, and the page is not loaded again");
    let stylesheet = second["stylesheet"].as_str().unwrap();
    assert!(preview.get(stylesheet).1.contains("#654321"));
    write(
        &preview.path("themes/own/templates/page.html"),
        "{% extends \"default/page.html\" %}{% block after_main %}<p>of ours</p>{% endblock %}\n",
    );
    preview.shows("/about.html", "of ours");
    let third = events.until("a new page", |state| state["page"] != first["page"]);
    write(&preview.path("content/site.yaml"), "title: Hospital\ntheme: own\n");
    preview.shows("/about.html", "Hospital");
    events.until("a new title", |state| state["page"] != third["page"]);
    write(&preview.path("content/notes.txt"), "Another file.\n");
    events.until("a changed file", |state| state["files"].to_string().contains("/notes.txt"));
}

#[test]
fn a_broken_page_keeps_its_last_good_version_and_takes_no_other_down() {
    let preview = Preview::new();
    let mut events = Events::open(preview.server.address(), "/about.html");
    let first = events.next();
    write(&preview.path("content/about.md"), "---\ntitle: About\nsummary: [broken\n---\nFirst text.\n");
    let broken = events.until("an error", |state| state["problems"] != serde_json::json!([]));
    let problem = &broken["problems"][0];
    assert_eq!(problem["file"], "content/about.md");
    assert!(problem["line"].as_u64().is_some_and(|line| (3..=4).contains(&line)), "{problem}");
    assert!(problem["excerpt"].is_string(), "{problem}");
    assert_eq!(broken["page"], first["page"], "the page looks as before");
    preview.shows("/about.html", "First text.");
    write(&preview.path("content/one.md"), "---\ntitle: One\n---\nOne text, edited meanwhile.\n");
    preview.shows("/one.html", "edited meanwhile");
    preview.complains("/one.html", &["content/about.md"]);
    write(&preview.path("content/about.md"), "---\ntitle: About\n---\nMended text.\n");
    preview.shows("/about.html", "Mended text.");
    preview.is_content("/about.html");
    write(&preview.path("content/one.md"), "---\ntitle: One\n---\nTo [nowhere](nowhere.md), and more text.\n");
    preview.complains("/one.html", &["broken-link", "nowhere.md"]);
    preview.shows("/one.html", "and more text");
}

#[test]
fn a_broken_template_leaves_the_last_good_theme() {
    let preview = Preview::new();
    let template = preview.path("themes/own/templates/page.html");
    let good = "{% extends \"default/page.html\" %}{% block after_main %}<p>of ours</p>{% endblock %}\n";
    write(&template, good);
    preview.shows("/about.html", "of ours");
    for wrong in
        ["{% block %}", "{% extends \"default/page.html\" %}{% block after_main %}{{ nothing.there }}{% endblock %}"]
    {
        write(&template, wrong);
        preview.complains("/about.html", &["themes/own/templates/page.html", "template"]);
        preview.shows("/about.html", "of ours");
        write(&preview.path("content/about.md"), &format!("---\ntitle: About\n---\nEdited beside {}.\n", wrong.len()));
        preview.shows("/about.html", &format!("Edited beside {}.", wrong.len()));
        preview.shows("/about.html", "of ours");
        write(&template, good);
        preview.is_content("/about.html");
    }
}

#[test]
fn broken_settings_leave_the_last_good_ones() {
    let preview = Preview::new();
    write(&preview.path("content/site.yaml"), "title: [broken\n");
    preview.complains("/about.html", &["content/site.yaml"]);
    preview.shows("/about.html", "Clinic");
    write(&preview.path("content/site.yaml"), "title: Mended\ntheme: own\n");
    preview.shows("/about.html", "Mended");
    preview.is_content("/about.html");
}

#[test]
fn the_browser_follows_only_when_asked() {
    for follow in [false, true] {
        let preview = Preview::of(SITE, |config| config.follow = follow);
        let mut events = Events::open(preview.server.address(), "/");
        events.next();
        write(&preview.path("content/one.md"), "---\ntitle: One\n---\nEdited.\n");
        let state = events.next();
        let expected = if follow { serde_json::json!("/one.html") } else { serde_json::Value::Null };
        assert_eq!(state["follow"], expected);
    }
}

#[test]
fn walking_finds_changes_where_there_are_no_events() {
    let preview = Preview::of(SITE, |config| config.poll = true);
    write(&preview.path("content/about.md"), "---\ntitle: About\n---\nFound by walking.\n");
    preview.shows("/about.html", "Found by walking.");
    write(&preview.path("content/new/page.md"), "---\ntitle: New\n---\nFound too.\n");
    preview.shows("/new/page.html", "Found too.");
}

#[test]
fn a_port_in_use_is_named() {
    let preview = Preview::new();
    let port = preview.server.address().port();
    let failure = Server::start(Config {
        root: Root::open(&preview.root).unwrap(),
        port,
        follow: false,
        poll: false,
        allow_hosts: Vec::new(),
        today: "2026-11-22".to_owned(),
        notify: Box::new(|_| {}),
    });
    let failure = failure.err().unwrap();
    assert!(failure.message.contains(&format!("port {port} is in use")), "{failure}");
    assert!(failure.hint.unwrap().contains("--port"));
}

#[test]
fn it_ends_within_two_seconds() {
    let preview = Preview::new();
    let mut events = Events::open(preview.server.address(), "/");
    events.next();
    let since = Instant::now();
    preview.server.stop();
    assert!(since.elapsed() < Duration::from_secs(2), "{:?}", since.elapsed());
}
