//! Whether a request comes from the person in front of this machine. A preview shows drafts, so a page of another site that
//! is open in the same browser must not be able to read it, nor a name of another machine lead to it.
//!
//! In: a request's headers and our port. Out: nothing, or why it is refused.
#![expect(clippy::disallowed_methods, reason = "nothing here touches the disk: what is no number is none")]

use super::request::{Refusal, Request, refuse};

/// Who may ask.
#[derive(Debug, Clone)]
pub struct Guard {
    port: u16,
    /// Names of this machine, as `Host` has them without a port.
    hosts: Vec<String>,
}

impl Guard {
    /// Our own names, and further ones that somebody chose.
    pub fn new(port: u16, further: &[String]) -> Self {
        let own = ["localhost", "127.0.0.1", "[::1]"];
        let hosts = own.into_iter().map(str::to_owned).chain(further.iter().map(|host| host.to_ascii_lowercase()));
        Self { port, hosts: hosts.collect() }
    }

    /// Lets a request pass.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn check(&self, request: &Request) -> Result<(), Refusal> {
        let Some(host) = request.header("host") else { return refuse(400, "the request must name one host") };
        if !self.is_ours(host) {
            return refuse(
                421,
                "this preview answers to localhost only; start it with `--allow-host NAME` to use another name",
            );
        }
        let count = |name: &str| request.headers.iter().filter(|(own, _)| own == name).count();
        if count("origin") > 0 {
            let origin = request.header("origin").and_then(|origin| origin.strip_prefix("http://"));
            if !origin.is_some_and(|origin| self.is_ours(origin)) {
                return refuse(403, "another site must not read this preview");
            }
        }
        let is_other = request
            .headers
            .iter()
            .any(|(name, value)| name == "sec-fetch-site" && !matches!(value.as_str(), "same-origin" | "none"));
        // A link that somebody follows from elsewhere opens a page of its own, which the other site can't look into.
        let is_visit = request.header("sec-fetch-mode") == Some("navigate")
            && request.header("sec-fetch-dest") == Some("document");
        if is_other && !is_visit {
            return refuse(403, "another site must not read this preview");
        }
        Ok(())
    }

    /// Whether `name:port` is ours.
    fn is_ours(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, port.parse().ok()),
            _ => (host.as_str(), Some(80)),
        };
        if self.hosts.iter().any(|own| own == name) {
            // A name that was chosen may stand for a proxy with a port of its own.
            return port == Some(self.port) || !is_local(name);
        }
        self.hosts.contains(&host)
    }
}

fn is_local(name: &str) -> bool {
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::request::parse;

    fn status(headers: &str) -> u16 {
        let guard = Guard::new(4000, &["clinic.test".to_owned()]);
        let request = parse(format!("GET / HTTP/1.1\r\n{headers}\r\n").as_bytes()).unwrap();
        guard.check(&request).map_or_else(|refusal| refusal.status, |()| 200)
    }

    #[test]
    fn only_our_own_names_are_answered() {
        for host in
            ["localhost:4000", "127.0.0.1:4000", "[::1]:4000", "LOCALHOST:4000", "clinic.test", "clinic.test:80"]
        {
            assert_eq!(status(&format!("Host: {host}\r\n")), 200, "{host}");
        }
        for host in [
            "localhost",
            "localhost:4001",
            "evil.test:4000",
            "localhost.evil.test:4000",
            "127.0.0.1.nip.io:4000",
            "[::1]",
        ] {
            assert_eq!(status(&format!("Host: {host}\r\n")), 421, "{host}");
        }
        assert_eq!(status(""), 400);
        assert_eq!(status("Host: localhost:4000\r\nHost: evil.test\r\n"), 400);
    }

    #[test]
    fn other_sites_are_refused() {
        let with = |more: &str| status(&format!("Host: localhost:4000\r\n{more}\r\n"));
        assert_eq!(with("Origin: http://localhost:4000"), 200);
        assert_eq!(with("Origin: http://evil.test"), 403);
        assert_eq!(with("Origin: http://localhost:3000"), 403);
        assert_eq!(with("Origin: https://localhost:4000"), 403);
        assert_eq!(with("Origin: null"), 403);
        assert_eq!(with("Sec-Fetch-Site: same-origin"), 200);
        assert_eq!(with("Sec-Fetch-Site: none"), 200);
        assert_eq!(with("Sec-Fetch-Site: cross-site"), 403);
        assert_eq!(with("Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: no-cors"), 403);
        assert_eq!(with("Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document"), 200);
        assert_eq!(with("Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe"), 403);
    }
}
