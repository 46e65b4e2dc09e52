//! What the preview answers, to whom, and what it stands.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use fs_err as fs;
use guidepost::serve::{Config, Server};

use super::{DEADLINE, Events, Preview, SITE, config, exchange, request, status, until, write};
use crate::promise::trial;

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
    let trial = trial("The preview is private");
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
    trial.kept("spellings of paths that would lead out of the site", spellings);
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
fn too_many_connections_are_turned_away_and_a_slow_one_is_in_nobodys_way() {
    let preview = Preview::new();
    let address = preview.server.address();
    // One that takes nothing of what it asked for.
    write(&preview.path("content/large.txt"), &"A line of a large file.\n".repeat(500_000));
    preview.shows("/large.txt", "A line");
    let mut slow = TcpStream::connect(address).unwrap();
    write!(slow, "GET /large.txt HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    assert_eq!(preview.get("/").0, 200);
    let idle: Vec<TcpStream> = (0..200).map(|_| TcpStream::connect(address).unwrap()).collect();
    until("one is turned away", || preview.get("/").0 == 503);
    drop(idle);
    until("there is room again", || preview.get("/").0 == 200);
    // One that never ends its sentence is told so.
    let mut endless = TcpStream::connect(address).unwrap();
    endless.set_read_timeout(Some(DEADLINE)).unwrap();
    endless.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap();
    let mut answer = String::new();
    let _ = endless.read_to_string(&mut answer);
    assert_eq!(status(&answer), 408, "{answer}");
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

#[test]
fn a_port_in_use_is_named() {
    let preview = Preview::new();
    let port = preview.server.address().port();
    let failure = Server::start(Config { port, ..config(&preview.root) });
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
