//! `new`: a page with every key of its kind explained, from the same types that read it.

use std::path::Path;

use fs_err as fs;
use schemars::Schema;
use serde_json::Value;

use super::print;
use crate::diagnostic::nearest;
use crate::model::front_matter::Kind;
use crate::parse::slug::{slug, stem};
use crate::project::{Failure, Root};

/// Writes a new page.
///
/// # Errors
/// Where there is no such kind, or the file is there already.
pub fn new(root: &Path, kind: &str, title: &str, guide: Option<&str>) -> Result<u8, Failure> {
    let root = Root::open(root)?;
    let Some(kind) = Kind::ALL.iter().copied().find(|known| known.name() == kind) else {
        let names = || Kind::ALL.iter().map(|kind| kind.name());
        let hint = nearest(kind, names()).map_or_else(
            || format!("write one of {}", names().collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(Failure::new(format!("there is no kind of page `{kind}`"), hint));
    };
    let title = title.trim();
    let id = slug(title);
    if id.is_empty() {
        return Err(Failure::new(
            "a page needs a title with letters in it",
            "for instance: guidepost new step \"Train the front desk\"",
        ));
    }
    let guide = guide.map(|guide| guide.trim_matches('/')).filter(|guide| !guide.is_empty());
    if guide.is_some_and(|guide| guide.split(['/', '\\']).any(|part| part == ".." || part.is_empty())) {
        return Err(Failure::new(
            "a guide's folder lies under `content`",
            "name it counted from `content`, for instance `--guide front-desk`",
        ));
    }
    let base = guide.map_or_else(|| "content".to_owned(), |guide| format!("content/{guide}"));
    let folder = folder(kind).map_or(base.clone(), |folder| format!("{base}/{folder}"));
    let name = match kind {
        Kind::Guide => format!("{id}/index.md"),
        Kind::Step | Kind::Criterion => format!("{:02}-{id}.md", next_number(&root.path.join(&folder))?),
        _ => format!("{id}.md"),
    };
    let path = format!("{folder}/{name}");
    let full = root.path.join(&path);
    if let Some(parent) = full.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut file = match fs::File::options().write(true).create_new(true).open(&full) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(Failure::new(format!("{path} is there already"), "choose another title, or edit that file"));
        }
        Err(error) => return Err(error.into()),
    };
    std::io::Write::write_all(&mut file, page(kind, title).as_bytes())?;
    print(&format!("{path} is made; open it in your editor\n"))?;
    Ok(0)
}

/// Where pages of a kind lie, by custom.
fn folder(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Role => Some("roles"),
        Kind::Criterion => Some("criteria"),
        Kind::Step => Some("steps"),
        Kind::Checklist => Some("checklists"),
        Kind::Worksheet => Some("worksheets"),
        Kind::Term => Some("terms"),
        Kind::Guide | Kind::Plan | Kind::Page => None,
    }
}

/// One more than the highest number in a folder.
fn next_number(folder: &Path) -> Result<u16, Failure> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(1),
        Err(error) => return Err(error.into()),
    };
    let mut highest = 0;
    for entry in entries {
        let name = entry?.file_name();
        let (number, _) = stem(name.to_string_lossy().trim_end_matches(".md"));
        highest = highest.max(number.unwrap_or(0));
    }
    Ok(highest.saturating_add(1))
}

/// The text of a new page: front matter with what it needs, every other key in a comment, and a beginning of its text.
pub fn page(kind: Kind, title: &str) -> String {
    let quoted = Value::from(title).to_string();
    let title =
        if title.contains([':', '#', '"', '\'', '{', '[', '&', '*', '!', '|', '>', '%', '@', '`', ',', '?', '-']) {
            quoted
        } else {
            title.to_owned()
        };
    let mut out = format!("---\nkind: {}\ntitle: {title}\n", kind.name());
    out.push_str(needed(kind));
    out.push_str("\n# Every other key that a page of this kind can have. Remove the `# ` before those that you use.\n");
    let schema: Schema = kind.schema();
    let keys = schema.get("properties").and_then(Value::as_object);
    for (key, about) in keys.into_iter().flatten() {
        if key == "kind" || out.contains(&format!("\n{key}:")) {
            continue;
        }
        let description = about.get("description").and_then(Value::as_str).unwrap_or("").replace('\n', " ");
        out.push_str(&format!("#\n# {description}\n# {key}:{}\n", example(key)));
    }
    out.push_str(&format!("---\n\n{}", body(kind)));
    out
}

/// Keys without which the page would be a mistake or a warning.
fn needed(kind: Kind) -> &'static str {
    match kind {
        Kind::Term => "summary: Write the definition here, in a sentence.\n",
        Kind::Step => {
            "summary: Write here what the step is for, in a sentence.\nobjective: Write here what doing its checklist achieves\nwhen: Write here at which moment the checklist is used\nmode: do-confirm\n"
        }
        Kind::Checklist => {
            "objective: Write here what doing it achieves\nwhen: Write here at which moment it is used\nmode: do-confirm\n"
        }
        Kind::Worksheet => "columns: [{title: What, width: 2}, {title: Who}, {title: When}]\nrows: 8\n",
        Kind::Plan => {
            "phases:\n  - {title: Prepare, months: [1, 3], features: [First feature]}\n  - {title: Use, months: [4, 12], features: [Second feature]}\ntasks:\n  - {title: First task, detail: Write here what is done, phase: Prepare, start: 1, months: 2, blank: true}\n"
        }
        _ => "",
    }
}

/// An example of a value, for keys whose form is not plain from their description.
fn example(key: &str) -> &'static str {
    match key {
        "lead" | "role" | "owner" | "champion" => " hit-champion",
        "with" | "sign_off" => " [executive-sponsor, clinicians]",
        "needs" => " [brief-the-team]",
        "sheets" => " [vendor-contacts]",
        "facts" => " [F1, F2]",
        "also" => " [another name]",
        "reviewed" | "review_by" => " 2026-11-20",
        "aliases" => " [old/address.html]",
        "order" => " 2",
        "draft" | "added" | "landscape" => " true",
        "start" => " 2027-01",
        "gather" => " {steps: all}",
        "fields" => " [{label: Clinic}, {label: Vendor, lines: 2}]",
        "evidence" | "ask" | "brings" => " [one sentence, another one]",
        "allow" => " {long-group: \"why this is fine here\"}",
        "extra" => " {anything: you like}",
        "language" => " en",
        _ => "",
    }
}

fn body(kind: Kind) -> &'static str {
    match kind {
        Kind::Step => {
            "Write here what the step is about.\n\n## Checklist\n\n- [ ] Write a task that begins with a verb\n  - A line under a task is a hint.\n- [ ] Write another one\n"
        }
        Kind::Checklist => "- [ ] Write a task that begins with a verb\n- [ ] Write another one\n",
        Kind::Term => "",
        _ => "Write the text here.\n",
    }
}
