//! A reader of the built site that shares no code with the program: it opens every page from the folder, and follows every
//! link to its file and its anchor.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What a page says: where it leads to, and where one can lead to in it.
#[derive(Default)]
struct Seen {
    /// `href`, `src` and the like, as a browser reads them.
    links: Vec<String>,
    /// Every `id`.
    anchors: BTreeSet<String>,
    /// An `id` that stands twice.
    twice: Vec<String>,
}

/// How much was looked at, and every link that leads nowhere.
#[derive(Debug, Default)]
pub struct Crawl {
    pub pages: usize,
    pub links: usize,
    pub broken: Vec<String>,
}

/// Crawls a folder.
pub fn crawl(folder: &Path) -> Crawl {
    let mut files = BTreeSet::new();
    let mut pages = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.unwrap();
        if !entry.file_type().is_file() {
            continue;
        }
        let path = entry.path().strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
        if path.ends_with(".html") {
            pages.insert(path.clone(), see(&fs_err::read_to_string(entry.path()).unwrap()));
        }
        files.insert(path);
    }
    let mut crawl = Crawl { pages: pages.len(), ..Crawl::default() };
    for (path, page) in &pages {
        crawl.broken.extend(page.twice.iter().map(|id| format!("{path}: the id `{id}` stands twice")));
        for link in &page.links {
            crawl.links += 1;
            if let Err(why) = follow(path, link, &files, &pages) {
                crawl.broken.push(format!("{path}: {link}: {why}"));
            }
        }
    }
    crawl
}

fn follow(from: &str, link: &str, files: &BTreeSet<String>, pages: &BTreeMap<String, Seen>) -> Result<(), String> {
    if ["http://", "https://", "mailto:", "tel:"].iter().any(|scheme| link.starts_with(scheme)) {
        return Ok(());
    }
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let path = decode(path.split('?').next().unwrap_or(path));
    if path.starts_with('/') || path.contains(':') {
        return Err("the link is not relative, so it would not work from a folder".to_owned());
    }
    let target = if path.is_empty() { from.to_owned() } else { join(from, &path)? };
    if !files.contains(&target) {
        return Err(format!("there is no file {target}"));
    }
    match (anchor.map(decode).filter(|anchor| !anchor.is_empty()), pages.get(&target)) {
        (Some(anchor), Some(page)) if !page.anchors.contains(&anchor) => Err(format!("{target} has no id `{anchor}`")),
        (Some(_), None) => Err(format!("{target} is no page")),
        _ => Ok(()),
    }
}

/// A relative path from a file's folder.
fn join(from: &str, path: &str) -> Result<String, String> {
    let mut segments: Vec<&str> = from.split('/').collect();
    segments.pop();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop().ok_or("it leads out of the site")?;
            }
            other => segments.push(other),
        }
    }
    Ok(segments.join("/"))
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Reads the tags of a page, one after the other.
fn see(html: &str) -> Seen {
    let mut seen = Seen::default();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        rest = &rest[open..];
        if rest.starts_with("<!--") {
            rest = rest.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        if !rest[1..].starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            rest = &rest[1..];
            continue;
        }
        let (name, attributes, after) = tag(rest);
        rest = after;
        for (key, value) in attributes {
            match key.as_str() {
                "id" if !seen.anchors.insert(value.clone()) => seen.twice.push(value),
                "href" | "src" | "action" | "data" | "poster" => seen.links.push(value),
                "for" | "aria-describedby" | "aria-labelledby" | "aria-controls" => {
                    seen.links.extend(value.split_whitespace().map(|id| format!("#{id}")));
                }
                "content" if value.contains("url=") => {
                    seen.links.push(value.split_once("url=").unwrap().1.to_owned());
                }
                _ => {}
            }
        }
        if name == "script" || name == "style" {
            rest = rest.split_once(&format!("</{name}")).map_or("", |(_, after)| after);
        }
    }
    seen
}

/// The name of the tag that a text begins with, its attributes, and what comes after it.
pub(crate) fn tag(text: &str) -> (String, Vec<(String, String)>, &str) {
    let word = |text: &str| -> usize {
        text.find(|letter: char| letter.is_whitespace() || "=>/".contains(letter)).unwrap_or(text.len())
    };
    let mut rest = &text[1..];
    let name = rest[..word(rest)].to_ascii_lowercase();
    rest = &rest[name.len()..];
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return (name, attributes, after);
        }
        if rest.is_empty() {
            return (name, attributes, "");
        }
        let length = word(rest).max(1);
        let key = rest[..length].to_ascii_lowercase();
        rest = rest[length..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|letter| "\"'".contains(*letter));
            (value, rest) = match quote {
                Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                None => after.split_at(after.find(|letter: char| letter.is_whitespace() || letter == '>').unwrap_or(0)),
            };
        }
        attributes.push((key, unescape(value)));
    }
}

fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[test]
fn the_crawler_finds_what_is_broken() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs_err::write(folder.path().join(name), text).unwrap();
    write("a.html", "<!-- <a href='no'> --><a href=\"b.html#there\">b</a> <A HREF=b.html#gone>c</A><p id=x><p id=x>");
    write(
        "b.html",
        "<h2 id='there'>x</h2><img src=\"../up.png\"><a href=\"a%2Ehtml?x\">a</a><script>\"<a href='no'>\"</script>",
    );
    let crawl = crawl(folder.path());
    assert_eq!(crawl.pages, 2);
    assert_eq!(crawl.links, 4);
    assert_eq!(crawl.broken.len(), 3, "{:?}", crawl.broken);
}
