//! The head of an HTTP/1.1 request, read and judged. Pure functions: bytes in, a value or a refusal out.
//!
//! Only what a browser sends to a preview is understood: GET and HEAD without a body. Everything is refused that could make
//! two readers of one request see two different ones.
#![expect(clippy::disallowed_methods, reason = "nothing here touches the disk: what is no text is none")]

/// A head longer than this is refused, in bytes.
pub const LARGEST_HEAD: usize = 16 * 1024;
/// An address longer than this is refused, in bytes.
const LONGEST_TARGET: usize = 4 * 1024;
/// More header lines than this are refused.
const MOST_HEADERS: usize = 100;

/// A request that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Whether only the head of the answer is wanted.
    pub head_only: bool,
    /// As sent: path and query.
    pub target: String,
    /// Names in small letters, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// Whether the connection stays open for another request.
    pub keep_alive: bool,
}

/// Why a request is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The status of the answer.
    pub status: u16,
    /// One line for whoever sent it.
    pub why: &'static str,
}

/// A refusal with its status.
pub const fn refuse<T>(status: u16, why: &'static str) -> Result<T, Refusal> {
    Err(Refusal { status, why })
}

impl Request {
    /// The value of a header that came once; none where it came twice.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str());
        values.next().filter(|_| values.next().is_none())
    }

    fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(own, _)| own == name)
    }
}

/// Where a head ends: one past its empty line. `None` while it has not come whole.
pub fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

/// Reads a head, its empty line included.
///
/// # Errors
/// What is wrong with it, with the status to answer.
pub fn parse(head: &[u8]) -> Result<Request, Refusal> {
    let Ok(text) = std::str::from_utf8(head) else { return refuse(400, "the request is not text") };
    let mut lines = text.strip_suffix("\r\n\r\n").unwrap_or(text).split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(target), Some(version), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return refuse(400, "the first line of the request is not METHOD ADDRESS VERSION");
    };
    if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return refuse(400, "the method is none");
    }
    let is_newer = match version {
        "HTTP/1.1" => true,
        "HTTP/1.0" => false,
        _ if version.starts_with("HTTP/") => return refuse(505, "only HTTP/1.1 is spoken here"),
        _ => return refuse(400, "the first line of the request names no version of HTTP"),
    };
    if target.len() > LONGEST_TARGET {
        return refuse(414, "the address is too long");
    }
    let headers = headers(lines)?;
    let connection = headers.iter().find(|(name, _)| name == "connection").map(|(_, value)| value.to_ascii_lowercase());
    let keep_alive = match connection.as_deref() {
        Some(value) if value.contains("close") => false,
        Some(value) if value.contains("keep-alive") => true,
        _ => is_newer,
    };
    let request = Request { head_only: method == "HEAD", target: target.to_owned(), headers, keep_alive };
    if !matches!(method, "GET" | "HEAD") {
        return refuse(405, "only GET and HEAD are answered");
    }
    let has_body = request.has("transfer-encoding")
        || request.headers.iter().any(|(name, value)| name == "content-length" && value != "0");
    if has_body {
        return refuse(400, "a request for a page has no body");
    }
    Ok(request)
}

fn headers<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Vec<(String, String)>, Refusal> {
    let mut headers = Vec::new();
    for line in lines {
        let Some((name, value)) = line.split_once(':') else { return refuse(400, "a header line has no colon") };
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_name) {
            return refuse(400, "a header has no name");
        }
        let value = value.trim_matches([' ', '\t']);
        if value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
            return refuse(400, "a header has a control character in it");
        }
        if headers.len() == MOST_HEADERS {
            return refuse(431, "there are too many headers");
        }
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    Ok(headers)
}

/// The path of a target as an address from the site's root, decoded once: `/steps/a%20b.html?x` is `steps/a b.html`.
///
/// # Errors
/// Where it is no path, or one that could lead out of the site.
pub fn address(target: &str) -> Result<String, Refusal> {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let Some(path) = path.strip_prefix('/') else { return refuse(400, "the address is not a path") };
    let decoded = decode(path)?;
    if decoded.contains('\\') || decoded.chars().any(char::is_control) {
        return refuse(400, "the address has a character in it that no file name has");
    }
    if decoded.split('/').any(|segment| segment == "..") {
        return refuse(400, "the address leads out of the site");
    }
    Ok(decoded)
}

/// A value of the query, decoded.
pub fn query(target: &str, name: &str) -> Option<String> {
    let query = target.split_once('?')?.1;
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    percent(value.as_bytes())
}

/// Undoes percent-encoding once. An encoded slash is refused, since it is part of a name here and a separator elsewhere.
fn decode(path: &str) -> Result<String, Refusal> {
    let lower = path.to_ascii_lowercase();
    if lower.contains("%2f") || lower.contains("%5c") {
        return refuse(400, "the address has an encoded slash in it");
    }
    match percent(path.as_bytes()) {
        Some(decoded) => Ok(decoded),
        None => refuse(400, "the address is not encoded as UTF-8"),
    }
}

fn percent(bytes: &[u8]) -> Option<String> {
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            out.push(u8::try_from(digit(at + 1)? * 16 + digit(at + 2)?).ok()?);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_request_is_understood() {
        let request = parse(b"GET /a.html?b HTTP/1.1\r\nHost: localhost:4000\r\nX-Two:  b \r\n\r\n").unwrap();
        assert_eq!(request.target, "/a.html?b");
        assert_eq!(request.header("x-two"), Some("b"));
        assert!(request.keep_alive && !request.head_only);
    }

    #[test]
    fn what_is_no_request_is_refused_with_its_status() {
        for (head, status) in [
            ("", 400),
            ("GET /\r\n\r\n", 400),
            ("GET  / HTTP/1.1\r\n\r\n", 400),
            ("get / HTTP/1.1\r\n\r\n", 400),
            ("GET / HTTP/2.0\r\n\r\n", 505),
            ("GET / SMTP\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\n\r\n", 405),
            ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\n folded: x\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nContent-Length: 3\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nX: a\0b\r\n\r\n", 400),
        ] {
            assert_eq!(parse(head.as_bytes()).unwrap_err().status, status, "{head:?}");
        }
        let many = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(MOST_HEADERS + 1));
        assert_eq!(parse(many.as_bytes()).unwrap_err().status, 431);
        let long = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(LONGEST_TARGET));
        assert_eq!(parse(long.as_bytes()).unwrap_err().status, 414);
    }

    #[test]
    fn an_address_is_decoded_once() {
        assert_eq!(address("/steps/a%20b.html?x=..").unwrap(), "steps/a b.html");
        assert_eq!(address("/%252e%252e/x").unwrap(), "%2e%2e/x");
        assert_eq!(address("/caf%C3%A9.html").unwrap(), "café.html");
    }

    #[test]
    fn ways_out_of_the_site_are_refused() {
        for target in [
            "/../x",
            "/a/../b",
            "/%2e%2e/x",
            "/.%2E/x",
            "/..",
            "/a/%2e%2e",
            "/..%2fx",
            "/..%5cx",
            "/a\\b",
            "/%5c",
            "/%2F",
            "/%00",
            "/a%0d%0ab",
            "/%ff",
            "/%c0%ae%c0%ae/",
            "/%",
            "/%zz",
            "x",
            "http://evil/",
            "*",
            "",
        ] {
            assert!(address(target).is_err(), "{target:?}");
        }
    }

    #[test]
    fn a_query_has_values() {
        assert_eq!(query("/e?at=%2Fa.html&v=1", "at").as_deref(), Some("/a.html"));
        assert_eq!(query("/e?at=x", "v"), None);
        assert_eq!(query("/e?bat=x", "at"), None);
    }
}
