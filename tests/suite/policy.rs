//! Pages call nobody and run nothing inline, read with no help of the program: the policy stands first in every head, and there is
//! no script, style or handler in the markup that it would have to stop. That browsers find nothing either is the business of
//! `tests/browser/`.

use std::path::Path;
use std::process::Command;

use crate::crawler::tag;
use crate::promise::trial;
use crate::publish::{tree, write};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'";

/// A page of somebody who means harm, or has copied it from somewhere.
const HOSTILE: &str = r#"---
title: "Harm <script>alert(1)</script> \" onload=\"x"
summary: "</p><script>alert(2)</script>"
extra: {"<b onclick=x>": "<script>"}
---
<script>alert(3)</script><SCRIPT SRC=https://evil.example/x.js></SCRIPT>
<style>p { background: url(https://evil.example/a) }</style>
<p onclick="alert(4)" style="color: red" id="x">a</p><img src=https://evil.example/b.png onerror=alert(5)>
<iframe src="https://evil.example"></iframe><object data="x"></object><embed src="x"><base href="https://evil.example">
<form action="https://evil.example"><input autofocus onfocus=alert(6)><button formaction="javascript:alert(7)">b</button></form>
<svg><script>alert(8)</script><a xlink:href="javascript:alert(9)">c</a></svg><math><mtext></form><form><mglyph><style></math><img src onerror=alert(10)>
<meta http-equiv="refresh" content="0; url=https://evil.example"><link rel="stylesheet" href="https://evil.example/c.css">
<a href="https://a.example" target=_blank ping="https://evil.example">d</a> <video poster="https://evil.example/d"><source src="https://evil.example/e"></video>
<!--><script>alert(11)</script>--> <![CDATA[<script>alert(12)</script>]]> <noscript><p title="</noscript><script>alert(13)</script>">

# A heading <b onclick=x>b</b> {#a"onclick="x .added}

- [ ] A task <img src=x onerror=alert(14)> {#t}

| <script>alert(15)</script> | `<script>` |
|--|--|
| [e](page.md "\" onclick=\"x") | ![f\" onerror=\"x](x.png "\"><script>") |
"#;

#[test]
fn every_page_has_its_policy_and_nothing_inline() {
    let trial = trial("Pages call nobody and run nothing inline");
    let mut pages = 0;
    pages += look_at(Path::new(env!("CARGO_MANIFEST_DIR")));
    for raw_html in ["text", "allow"] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "content/site.yaml", &format!("title: \"A <script> & \\\" b\"\nraw_html: {raw_html}\n"));
        write(
            folder.path(),
            "content/index.md",
            "---\nkind: guide\ntitle: Home\n---\n\n[page](page.md) [harm](harm.md)\n",
        );
        // Links in it that are errors would keep it from being published.
        let hostile = HOSTILE.replace("![f\\\" onerror=\\\"x](x.png \"\\\"><script>\")", "g");
        write(folder.path(), "content/harm.md", &hostile);
        write(folder.path(), "content/page.md", "---\ntitle: Page\naliases: [old.html]\n---\nText.\n");
        pages += look_at(folder.path());
    }
    trial.kept("pages with the policy first and nothing inline, two of them made to do harm", pages);
}

/// Builds a site and looks at every page.
fn look_at(root: &Path) -> usize {
    let output = tempfile::tempdir().unwrap();
    let public = output.path().join("public");
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
    let done = command.args(["build", "--no-pdf", "--root"]).arg(root).arg("--output").arg(&public).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let pages = tree(&public).into_iter().filter(|(path, _)| path.extension().is_some_and(|ending| ending == "html"));
    let mut count = 0;
    for (path, bytes) in pages {
        let found = inline(&String::from_utf8(bytes).unwrap());
        assert!(found.is_empty(), "{}: {}", path.display(), found.join("\n"));
        count += 1;
    }
    count
}

/// What a page has that it must not have.
fn inline(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut rest, mut before_policy) = (html, true);
    while let Some(open) = rest.find('<') {
        rest = &rest[open..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        if !rest[1..].starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            rest = &rest[1..];
            continue;
        }
        let (name, attributes, after) = tag(rest);
        let value = |key: &str| attributes.iter().find(|(own, _)| own == key).map(|(_, value)| value.as_str());
        if value("http-equiv") == Some("Content-Security-Policy") {
            before_policy = false;
            if value("content") != Some(POLICY) {
                found.push(format!("another policy: {attributes:?}"));
            }
        } else if before_policy && !(["html", "head"].contains(&name.as_str()) || value("charset").is_some()) {
            found.push(format!("<{name}> comes before the policy"));
        }
        let is_inline = match name.as_str() {
            "script" => value("src").is_none_or(is_elsewhere) || !after.starts_with("</script>"),
            "style" | "iframe" | "object" | "embed" | "base" | "frame" => true,
            "link" | "img" | "source" | "video" | "audio" => {
                let asked = ["src", "poster", "srcset"].iter().filter_map(|key| value(key));
                let linked = value("href").filter(|_| value("rel") != Some("canonical"));
                asked.chain(linked).any(is_elsewhere)
            }
            _ => false,
        };
        let refreshes = value("http-equiv") == Some("refresh") && value("content").is_some_and(|to| to.contains("//"));
        let handler = attributes.iter().find(|(key, _)| {
            key.starts_with("on") || ["style", "ping", "formaction", "srcdoc"].contains(&key.as_str())
        });
        let runs = attributes.iter().find(|(_, value)| {
            let value: String =
                value.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_lowercase();
            ["javascript:", "vbscript:", "data:text"].iter().any(|scheme| value.starts_with(scheme))
        });
        if is_inline || refreshes || handler.is_some() || runs.is_some() {
            found.push(format!("<{name} {attributes:?}>"));
        }
        rest = after;
    }
    if before_policy {
        found.push("no policy".to_owned());
    }
    found
}

/// Whether an address is one of another site.
fn is_elsewhere(address: &str) -> bool {
    address.contains("//") || address.contains(':')
}

#[test]
fn what_is_inline_is_found() {
    let head = format!(
        "<!doctype html><html><head><meta charset=utf-8><meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">"
    );
    assert!(inline(&format!("{head}<script src=\"a.js\" defer></script><p title=\"onclick=x\">a</p>")).is_empty());
    for wrong in [
        "<script>a</script>",
        "<script src='https://a.example/a.js'></script>",
        "<p onclick=a>",
        "<p style='a'>",
        "<style>a</style>",
        "<a href=' java\nscript:a'>",
        "<img src='//a.example/a'>",
        "<iframe>",
        "<meta http-equiv=refresh content='0; url=https://a'>",
    ] {
        assert_eq!(inline(&format!("{head}{wrong}")).len(), 1, "{wrong}");
    }
    assert_eq!(inline("<html><head><title>a</title>").len(), 2);
    assert_eq!(inline(&format!("<html><head><title>a</title>{head}")).len(), 1);
}
