//! Server-sent events: what a browser that shows one page needs to know, whenever something changed.
//!
//! Each message is the whole state, as JSON, so that one that was missed does no harm: the hash of the page, the stylesheet's
//! address, which copied files changed, what is wrong, and with `--follow` where to go.

use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::current::{Current, Snapshot};
use crate::model::address::encode;

/// So often it is looked whether the browser is still there; until then a tab that was left counts as a connection.
const LOOK: Duration = Duration::from_millis(250);
/// So often something is sent in any case.
const BEAT: Duration = Duration::from_secs(15);

/// Sends until the browser is gone or the preview ends. `since` is the number of the snapshot that the page was made from.
pub fn run(mut out: &TcpStream, current: &Current, address: &str, since: u64, follow: bool) {
    let mut seen = since;
    let mut last_sent = Instant::now();
    let mut snapshot = Some(current.get());
    let mut message = "retry: 300\n".to_owned();
    while !current.is_stopped() {
        if let Some(snapshot) = snapshot.take() {
            message.push_str(&format!("data: {}\n\n", state(current, &snapshot, address, seen, follow)));
            seen = snapshot.number;
        } else if last_sent.elapsed() > BEAT {
            message.push_str(":\n\n");
        }
        if !message.is_empty() {
            if out.write_all(message.as_bytes()).is_err() {
                return;
            }
            message.clear();
            last_sent = Instant::now();
        }
        snapshot = current.newer_than(seen, LOOK);
        if snapshot.is_none() && is_gone(out) {
            return;
        }
    }
}

/// Whether the other side has closed the connection.
fn is_gone(out: &TcpStream) -> bool {
    if out.set_nonblocking(true).is_err() {
        return true;
    }
    let peeked = out.peek(&mut [0]);
    let is_gone = !matches!(&peeked, Ok(1..)) && !peeked.is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
    out.set_nonblocking(false).is_err() || is_gone
}

fn state(current: &Current, snapshot: &Snapshot, address: &str, seen: u64, follow: bool) -> Value {
    let page = current.page(snapshot, address).or_else(|| current.page(snapshot, "404.html"));
    let (hash, own) = page.map_or((None, Vec::new()), |page| (page.hash, page.problems));
    let edition = &snapshot.compiled.edition;
    let is_new = |number: &u64| *number > seen;
    let files = snapshot.touched.iter().filter(|(number, _)| is_new(number));
    let files: Vec<String> = files.map(|(_, address)| format!("/{}", encode(address))).collect();
    let edited = snapshot.edited.as_ref().filter(|(number, _)| follow && is_new(number));
    json!({
        "number": snapshot.number,
        "page": hash,
        "stylesheet": format!("/{}", encode(&edition.theme.stylesheet.address)),
        "files": files,
        "follow": edited.map(|(_, address)| format!("/{}", encode(address))),
        "problems": snapshot.problems.iter().chain(&own).collect::<Vec<_>>(),
    })
}
