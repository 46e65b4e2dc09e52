//! HTTP/1.1 on one loopback port: connections in, answers out. Knows no site; who answers is handed in.
//!
//! Ours, not a crate's: a preview needs GET and HEAD only, and needs limits that `tiny_http` 0.12 does not have (it reads
//! header lines of any length, waits for slow ones for ever, opens a thread for every connection, and stops listening for
//! good at the first connection that fails).

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::request::{LARGEST_HEAD, Refusal, Request, end_of_head, parse};
use crate::render::feeds::POLICY;

/// Connections at once; a browser opens six for a site.
const MOST_CONNECTIONS: usize = 128;
/// A head must have come whole after this.
const PATIENCE: Duration = Duration::from_secs(5);
/// A connection on which nothing is asked is closed after this.
const IDLE: Duration = Duration::from_secs(30);
/// An answer that is not taken is given up after this.
const SLOW: Duration = Duration::from_secs(10);
/// What still comes on a connection that was refused is read away for so long, so that the answer arrives.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// What is sent back.
pub struct Response {
    /// 200, 404, …
    pub status: u16,
    /// The media type, with its character set.
    pub kind: String,
    /// What to send.
    pub body: Body,
    /// Where to look instead, for a redirect.
    pub location: Option<String>,
}

/// The body of an answer.
pub enum Body {
    /// These bytes.
    Bytes(Vec<u8>),
    /// These, shared.
    Shared(Arc<[u8]>),
    /// As many bytes of an open file.
    File(fs_err::File, u64),
    /// Whatever this writes until it ends; the connection then closes.
    Stream(Box<dyn FnOnce(&TcpStream) + Send>),
}

impl Response {
    /// A line of text.
    pub fn text(status: u16, text: &str) -> Self {
        let body = Body::Bytes(format!("{text}\n").into_bytes());
        Self { status, kind: "text/plain; charset=utf-8".to_owned(), body, location: None }
    }
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        Self::text(refusal.status, refusal.why)
    }
}

/// Answers requests; called from many threads at once.
pub type Answer = dyn Fn(&Request) -> Response + Send + Sync;

/// A port of this machine on which nobody else can listen.
///
/// # Errors
/// Where the port is taken, or can't be had.
pub fn bind(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
}

/// Accepts connections until `stop` is set and one more comes. Each gets a thread of its own.
pub fn listen(listener: &TcpListener, answer: &Arc<Answer>, stop: &Arc<AtomicBool>) {
    let open = Arc::new(AtomicUsize::new(0));
    while !stop.load(Ordering::SeqCst) {
        let stream = match listener.accept() {
            Ok((stream, _)) => stream,
            // Too many open files, a connection that broke off: the next one may fare better.
            Err(_) => {
                thread::sleep(Duration::from_millis(20));
                continue;
            }
        };
        if open.fetch_add(1, Ordering::SeqCst) >= MOST_CONNECTIONS {
            open.fetch_sub(1, Ordering::SeqCst);
            turn_away(&stream);
            continue;
        }
        let (answer, stop, counter) = (answer.clone(), stop.clone(), Counted(open.clone()));
        let spawned = thread::Builder::new().name("guidepost-connection".to_owned()).spawn(move || {
            let _counter = counter;
            // A connection that breaks off concerns whoever broke it off.
            let _ = serve(&stream, &*answer, &stop);
        });
        // Without a thread the connection closes, and its place is free again.
        drop(spawned);
    }
}

/// One of the connections that may be open at once.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn turn_away(stream: &TcpStream) {
    let _ = stream.set_write_timeout(Some(LAST_WORDS));
    let _ = write(stream, Response::text(503, "there are too many connections"), false, false);
}

/// Answers the requests of one connection.
fn serve(mut stream: &TcpStream, answer: &Answer, stop: &AtomicBool) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(SLOW))?;
    let mut buffer: Vec<u8> = Vec::with_capacity(2048);
    while !stop.load(Ordering::SeqCst) {
        let head = match read_head(stream, &mut buffer)? {
            Ok(Some(end)) => buffer.drain(..end).collect::<Vec<u8>>(),
            Ok(None) => return Ok(()),
            Err(refusal) => return close(stream, refusal),
        };
        let request = match parse(&head) {
            Ok(request) => request,
            Err(refusal) => return close(stream, refusal),
        };
        let response = answer(&request);
        let is_stream = matches!(response.body, Body::Stream(_));
        let keep = request.keep_alive && !is_stream;
        write(stream, response, request.head_only, keep)?;
        if !keep {
            return stream.shutdown(Shutdown::Both);
        }
        stream.flush()?;
    }
    Ok(())
}

/// Reads until a head is there; gives its length, nothing where the other side is done, or why it is not waited for.
fn read_head(mut stream: &TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<Result<Option<usize>, Refusal>> {
    let mut chunk = [0; 4096];
    let mut deadline = Instant::now() + if buffer.is_empty() { IDLE } else { PATIENCE };
    loop {
        if let Some(end) = end_of_head(buffer) {
            let too_large = Refusal { status: 431, why: "the head of the request is too large" };
            return Ok(if end > LARGEST_HEAD { Err(too_large) } else { Ok(Some(end)) });
        }
        if buffer.len() > LARGEST_HEAD {
            return Ok(Err(Refusal { status: 431, why: "the head of the request is too large" }));
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            let late = Refusal { status: 408, why: "the request did not come in time" };
            return Ok(if buffer.is_empty() { Ok(None) } else { Err(late) });
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut chunk) {
            Ok(0) => return Ok(Ok(None)),
            Ok(count) => {
                if buffer.is_empty() {
                    deadline = Instant::now() + PATIENCE;
                }
                buffer.extend_from_slice(&chunk[..count]);
            }
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Refuses, and ends the connection: where the next request would begin is not known.
fn close(mut stream: &TcpStream, refusal: Refusal) -> std::io::Result<()> {
    write(stream, refusal.into(), false, false)?;
    stream.shutdown(Shutdown::Write)?;
    // Closing with unread bytes would throw the answer away on the other side.
    stream.set_read_timeout(Some(LAST_WORDS))?;
    let mut rest = [0; 4096];
    let since = Instant::now();
    while since.elapsed() < LAST_WORDS && matches!(stream.read(&mut rest), Ok(1..)) {}
    Ok(())
}

fn write(mut stream: &TcpStream, response: Response, head_only: bool, keep: bool) -> std::io::Result<()> {
    let Response { status, kind, body, location } = response;
    let mut head = format!("HTTP/1.1 {status} {}\r\nContent-Type: {kind}\r\n", reason(status));
    match &body {
        Body::Bytes(bytes) => head.push_str(&format!("Content-Length: {}\r\n", bytes.len())),
        Body::Shared(bytes) => head.push_str(&format!("Content-Length: {}\r\n", bytes.len())),
        Body::File(_, length) => head.push_str(&format!("Content-Length: {length}\r\n")),
        Body::Stream(_) => {}
    }
    if let Some(location) = location {
        head.push_str(&format!("Location: {location}\r\n"));
    }
    if status == 405 {
        head.push_str("Allow: GET, HEAD\r\n");
    }
    // A browser's own view of a PDF is a page with styles of its own, which the policy would take away.
    if kind != "application/pdf" {
        head.push_str(&format!("Content-Security-Policy: {POLICY}; frame-ancestors 'none'\r\n"));
    }
    head.push_str("Cross-Origin-Resource-Policy: same-origin\r\nCross-Origin-Opener-Policy: same-origin\r\n");
    head.push_str("X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\nReferrer-Policy: no-referrer\r\n");
    head.push_str("Cache-Control: no-store\r\n");
    head.push_str(if keep { "Connection: keep-alive\r\n\r\n" } else { "Connection: close\r\n\r\n" });
    let mut out = head.into_bytes();
    if head_only {
        return stream.write_all(&out);
    }
    match body {
        Body::Bytes(bytes) => {
            out.extend_from_slice(&bytes);
            stream.write_all(&out)
        }
        Body::Shared(bytes) => {
            stream.write_all(&out)?;
            stream.write_all(&bytes)
        }
        Body::File(file, length) => {
            stream.write_all(&out)?;
            let sent = std::io::copy(&mut file.take(length), &mut stream)?;
            // A file that was cut meanwhile must not leave the connection waiting for the rest.
            if sent < length { stream.shutdown(Shutdown::Both) } else { Ok(()) }
        }
        Body::Stream(write) => {
            stream.write_all(&out)?;
            write(stream);
            Ok(())
        }
    }
}

const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        414 => "URI Too Long",
        421 => "Misdirected Request",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "Internal Server Error",
    }
}
