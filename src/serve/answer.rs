//! A request to its answer: an exact map from addresses to what is shown.
//!
//! In: a request that was understood, and what is shown now. Out: an answer. No file is opened but one that the site copies,
//! and that one only by the path which the route has for it, never by anything that came with the request.

use std::net::TcpStream;
use std::sync::Arc;

use super::current::{Current, Page, Snapshot};
use super::guard::Guard;
use super::http::{Body, Response};
use super::request::{Request, address, query};
use super::stream;
use crate::model::address::encode;
use crate::project::Root;
use crate::project::content::Content;
use crate::render::Output;

const RELOAD: &str = include_str!("reload.js");
const OVERLAY: &str = include_str!("overlay.css");
/// How the reload script stands in a page, up to the end of its address.
const SCRIPT: &[u8] = b"_preview/reload.js\"";

/// What answers are made from.
pub struct Site {
    /// For copied files.
    pub root: Root,
    /// Who may ask.
    pub guard: Guard,
    /// What is shown.
    pub current: Arc<Current>,
    /// Whether browsers move to the page that is being edited.
    pub follow: bool,
}

impl Site {
    /// Answers a request.
    pub fn answer(&self, request: &Request) -> Response {
        let asked = self.guard.check(request).and_then(|()| address(&request.target));
        match asked {
            Ok(address) => self.route(&address, request),
            Err(refusal) => refusal.into(),
        }
    }

    fn route(&self, address: &str, request: &Request) -> Response {
        match address {
            "_preview/reload.js" => ours("text/javascript; charset=utf-8", RELOAD),
            "_preview/overlay.css" => ours("text/css; charset=utf-8", OVERLAY),
            "_preview/events" => self.events(request),
            _ => self.page(address),
        }
    }

    fn page(&self, address: &str) -> Response {
        let snapshot = self.current.get();
        let name = file_of(address);
        if let Some(page) = self.current.page(&snapshot, &name) {
            return self.show(&snapshot, &name, page, 200);
        }
        let folder = format!("{address}/index.html");
        if snapshot.compiled.edition.routes.all.contains_key(&folder) {
            let location = Some(format!("/{}/", encode(address)));
            return Response { location, ..Response::text(302, "this is a folder") };
        }
        match self.current.page(&snapshot, "404.html") {
            Some(page) => self.show(&snapshot, "404.html", page, 404),
            None => Response::text(404, "there is nothing at this address"),
        }
    }

    fn show(&self, snapshot: &Snapshot, address: &str, page: Page, status: u16) -> Response {
        let kind = media_type(address).to_owned();
        let known = format!("?v={}&n={}", page.hash.as_deref().unwrap_or_default(), snapshot.number);
        let body = match page.output {
            None if address.ends_with(".html") => Body::Bytes(nothing_yet(snapshot.number)),
            None => return Response::text(503, "this can't be made yet; the terminal says why"),
            Some(Output::Bytes(bytes)) => Body::Bytes(bytes),
            Some(Output::Shared(bytes)) if page.hash.is_some() => Body::Bytes(with_version(&bytes, &known)),
            Some(Output::Shared(bytes)) => Body::Shared(bytes),
            Some(Output::Copy(path)) => match self.open(&path) {
                Some((file, length)) => Body::File(file, length),
                None => return Response::text(404, "the file is not there any more"),
            },
            // `Compiled::output` draws PDFs.
            Some(Output::Pdf(..)) => return Response::text(503, "this sheet can't be drawn yet"),
        };
        Response { status, kind, body, location: None }
    }

    /// Opens a file that the site copies; none where it can't be opened, which is said to whoever asked. It is a plain file
    /// within `content/`; what took its place since is not sent.
    #[expect(clippy::disallowed_methods, reason = "the answer is the same whatever keeps the file from being sent")]
    fn open(&self, path: &str) -> Option<(fs_err::File, u64)> {
        let opened = Content::open(&self.root).and_then(|content| content.file(path));
        let (file, metadata) = opened.ok()?;
        Some((file, metadata.len()))
    }

    #[expect(clippy::disallowed_methods, reason = "no error of the disk: what is no number is none")]
    fn events(&self, request: &Request) -> Response {
        let page = query(&request.target, "at").and_then(|at| address(&at).ok()).unwrap_or_default();
        let since = query(&request.target, "n").and_then(|number| number.parse().ok()).unwrap_or(0);
        let (current, follow) = (self.current.clone(), self.follow);
        let run = move |out: &TcpStream| stream::run(out, &current, &file_of(&page), since, follow);
        let body = Body::Stream(Box::new(run));
        Response { status: 200, kind: "text/event-stream".to_owned(), body, location: None }
    }
}

/// The file that an address shows: a folder's is its `index.html`.
fn file_of(address: &str) -> String {
    if address.is_empty() || address.ends_with('/') { format!("{address}index.html") } else { address.to_owned() }
}

fn ours(kind: &str, text: &str) -> Response {
    Response { status: 200, kind: kind.to_owned(), body: Body::Bytes(text.as_bytes().to_vec()), location: None }
}

/// A page whose reload script knows which version it stands in.
fn with_version(bytes: &[u8], known: &str) -> Vec<u8> {
    let Some(at) = bytes.windows(SCRIPT.len()).position(|window| window == SCRIPT) else { return bytes.to_vec() };
    let end = at + SCRIPT.len() - 1;
    let known = known.replace('&', "&amp;");
    [&bytes[..end], known.as_bytes(), &bytes[end..]].concat()
}

/// What stands in the place of a page that could never be rendered so far. The overlay over it says what is wrong.
fn nothing_yet(number: u64) -> Vec<u8> {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>This page can't be shown yet</title>\n<link rel=\"stylesheet\" href=\"/_preview/overlay.css\">\n<script src=\"/_preview/reload.js?v=&amp;n={number}\" defer></script>\n</head>\n<body>\n<main>\n<h1>This page can't be shown yet</h1>\n<p>It appears here as soon as what is wrong is mended. The terminal says the same.</p>\n</main>\n</body>\n</html>\n"
    )
    .into_bytes()
}

/// The media type of an address, by its ending.
fn media_type(address: &str) -> &'static str {
    let ending = address.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, ending)| ending);
    match ending.to_ascii_lowercase().as_str() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "pdf" => "application/pdf",
        "csv" => "text/csv; charset=utf-8",
        "ics" => "text/calendar; charset=utf-8",
        "vcf" => "text/vcard; charset=utf-8",
        "vtt" => "text/vtt; charset=utf-8",
        "txt" | "" => "text/plain; charset=utf-8",
        "xml" | "config" => "application/xml",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "woff2" => "font/woff2",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "ogg" => "audio/ogg",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "zip" => "application/zip",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        "odp" => "application/vnd.oasis.opendocument.presentation",
        _ => "application/octet-stream",
    }
}
