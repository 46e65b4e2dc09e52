//! Addresses: what Guidepost makes for a guide, and how one address is written in a link.
//!
//! An address is a path from the site's root (`steps/brief-the-team.html`), as a file has it on disk. Every `href` and `src`
//! goes through [`encode`], so that there is one place to be right about spaces, quotes and letters beyond English.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use super::front_matter::{Details, Kind};
use super::page::{Page, Task};
use super::site::Guide;

/// A page that Guidepost makes for a guide. Numbers are indices into the guide's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Made {
    /// The guide's home, where it has no page of its own.
    Home,
    /// All steps.
    Steps,
    /// All roles.
    Roles,
    /// All criteria.
    Criteria,
    /// All worksheets.
    Worksheets,
    /// Everything that prints.
    Checklists,
    /// The glossary.
    Glossary,
    /// The whole guide to print.
    Print,
    /// All sheets of a role.
    Bundle(usize),
    /// Which page says which fact.
    Coverage,
    /// Where the search field leads.
    Search,
    /// What the search field searches.
    SearchIndex,
    /// The journey on one sheet.
    Journey,
    /// The checklist of a step.
    StepSheet(usize),
    /// The tasks of a role.
    RoleSheet(usize),
    /// The champion's criteria as a checklist.
    Champion,
    /// The candidate matrix.
    Matrix,
    /// The sheet of a plan.
    PlanSheet(usize),
    /// A plan to fill in.
    PlanBlank(usize),
    /// A plan's calendar.
    Calendar(usize),
    /// A plan's table.
    Table(usize),
}

/// Addresses, without `.html`, that a guide keeps for made pages whether or not it has them.
pub const FIXED: &[&str] = &[
    "index",
    "steps/index",
    "roles/index",
    "criteria/index",
    "worksheets/index",
    "checklists/index",
    "glossary",
    "print",
    "search",
    "plan-blank",
    "coverage",
    "checklists/journey",
    "checklists/champion",
    "checklists/matrix",
];

/// Addresses that a site keeps.
pub const FIXED_SITE: &[&str] = &["404.html", SEARCH, "sitemap.xml", "feed.xml", "robots.txt"];

/// The search page of a guide, or of the site's list of guides, in its folder.
pub const SEARCH: &str = "search.html";

/// The index that this page and those around it search. Its name has no hash, so that the pages stay as they are when it changes.
pub const SEARCH_INDEX: &str = "search-index.js";

/// The pages that are made for a guide, with their addresses, in a steady order.
pub fn made(guide: &Guide) -> Vec<(Made, String)> {
    if guide.is_outside() {
        return Vec::new();
    }
    let prefix = guide.prefix();
    let mut all = Vec::new();
    let mut add = |made: Made, name: String| all.push((made, format!("{prefix}{name}")));
    let has = |kind: Kind| !guide.listed(kind).is_empty();
    let indices = |kind: Kind| guide.listed(kind).iter().copied();
    if guide.home.is_none() {
        add(Made::Home, "index.html".into());
    }
    for (kind, made, name) in [
        (Kind::Step, Made::Steps, "steps"),
        (Kind::Role, Made::Roles, "roles"),
        (Kind::Criterion, Made::Criteria, "criteria"),
        (Kind::Worksheet, Made::Worksheets, "worksheets"),
    ] {
        if has(kind) {
            add(made, format!("{name}/index.html"));
        }
    }
    if has(Kind::Term) {
        add(Made::Glossary, "glossary.html".into());
    }
    if !guide.facts.is_empty() {
        add(Made::Coverage, "coverage.html".into());
    }
    add(Made::Print, "print.html".into());
    add(Made::Search, SEARCH.into());
    add(Made::SearchIndex, SEARCH_INDEX.into());
    if has(Kind::Step) {
        add(Made::Journey, "checklists/journey.html".into());
    }
    for index in indices(Kind::Step) {
        if !guide.pages[index].outline.tasks.is_empty() {
            add(Made::StepSheet(index), format!("checklists/step-{}.html", guide.pages[index].id));
        }
    }
    let owners: BTreeSet<&str> = owners(guide).collect();
    for index in indices(Kind::Role) {
        let id = &guide.pages[index].id;
        if owners.contains(id.as_str()) {
            add(Made::RoleSheet(index), format!("checklists/role-{id}.html"));
            add(Made::Bundle(index), format!("print/role-{id}.html"));
        }
    }
    if has(Kind::Criterion) {
        add(Made::Champion, "checklists/champion.html".into());
        add(Made::Matrix, "checklists/matrix.html".into());
    }
    for (nth, index) in indices(Kind::Plan).enumerate() {
        let page = &guide.pages[index];
        let own = page.address.strip_prefix(&prefix).unwrap_or(&page.address).trim_end_matches(".html").to_owned();
        add(Made::PlanSheet(index), format!("{own}-sheet.html"));
        let blank = if nth == 0 { "plan-blank.html".to_owned() } else { format!("{own}-blank.html") };
        add(Made::PlanBlank(index), blank);
        add(Made::Table(index), format!("{own}.csv"));
        if matches!(&page.details, Details::Plan(plan) if plan.start.is_some()) {
            add(Made::Calendar(index), format!("{own}.ics"));
        }
    }
    let prints = |(made, _): &(Made, String)| {
        matches!(made, Made::Journey | Made::StepSheet(_) | Made::RoleSheet(_) | Made::Champion | Made::PlanSheet(_))
    };
    if all.iter().any(prints) || has(Kind::Worksheet) || has(Kind::Checklist) {
        all.push((Made::Checklists, format!("{prefix}checklists/index.html")));
    }
    all
}

/// Who owns a task: its own `@role`, else the checklist's owner, else the step's lead.
pub fn owner<'a>(page: &'a Page, task: &'a Task) -> Option<&'a str> {
    let default = match &page.details {
        Details::Step(step) => step.lead.as_ref(),
        Details::Checklist(checklist) => checklist.owner.as_ref(),
        _ => None,
    };
    task.owner.as_ref().or(default).map(|id| id.value.as_str())
}

fn owners(guide: &Guide) -> impl Iterator<Item = &str> {
    guide.pages.iter().flat_map(|page| page.outline.tasks.iter().filter_map(|task| owner(page, task)))
}

/// Bytes that need no encoding: RFC 3986 calls them unreserved, and `/` stands between segments.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        plain[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'/');
        byte += 1;
    }
    plain
};

/// An address as it stands in a link: each segment percent-encoded (RFC 3986 unreserved characters stay).
pub fn encode(address: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let plain = |byte: u8| PLAIN[usize::from(byte)];
    if address.bytes().all(plain) {
        return address.to_owned();
    }
    let mut out = String::with_capacity(address.len() * 2);
    for byte in address.bytes() {
        if plain(byte) {
            out.push(byte as char);
        } else {
            out.extend(['%', HEX[usize::from(byte >> 4)] as char, HEX[usize::from(byte & 15)] as char]);
        }
    }
    out
}

/// What leads from a page to the site's root: `../` for each folder.
pub fn root(address: &str) -> String {
    "../".repeat(address.matches('/').count())
}

/// A link from one page to another, with a fragment if any.
pub fn href(from: &str, to: &str, fragment: Option<&str>) -> String {
    let mut shared = 0;
    for (index, byte) in from.bytes().enumerate() {
        match (to.as_bytes().get(index), byte) {
            (Some(other), own) if *other == own => {
                if own == b'/' {
                    shared = index + 1;
                }
            }
            _ => break,
        }
    }
    let mut out = root(&from[shared..]);
    if from != to || fragment.is_none() {
        out.push_str(&encode(&to[shared..]));
    } else {
        out.clear();
    }
    if let Some(fragment) = fragment {
        out.push('#');
        out.push_str(&encode(fragment));
    }
    out
}

/// A form in which two addresses are equal where some file system can't tell them apart: composed and in small letters.
pub fn folded(address: &str) -> String {
    if address.is_ascii() {
        return address.to_ascii_lowercase();
    }
    address.nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// The segment of an address that Windows can't store, if there is one.
pub fn unstorable(address: &str) -> Option<&str> {
    const RESERVED: &[&str] = &["con", "prn", "aux", "nul"];
    address.split('/').find(|segment| {
        let stem = segment.split('.').next().unwrap_or("").trim_end().to_ascii_lowercase();
        let numbered =
            |name: &str| stem.strip_prefix(name).is_some_and(|rest| matches!(rest.as_bytes(), [b'1'..=b'9']));
        RESERVED.contains(&stem.as_str())
            || numbered("com")
            || numbered("lpt")
            || segment.ends_with(['.', ' '])
            || segment.contains(['<', '>', ':', '"', '|', '?', '*', '\\'])
            || segment.chars().any(char::is_control)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_relative_and_encoded() {
        assert_eq!(href("steps/a.html", "steps/b.html", None), "b.html");
        assert_eq!(href("steps/a.html", "roles/the vendor.html", Some("é")), "../roles/the%20vendor.html#%C3%A9");
        assert_eq!(href("index.html", "steps/a.html", None), "steps/a.html");
        assert_eq!(href("steps/a.html", "steps/a.html", Some("top")), "#top");
        assert_eq!(href("one/two.html", "once.html", None), "../once.html");
    }

    #[test]
    fn names_that_windows_minds_are_found() {
        assert_eq!(unstorable("notes/aux.html"), Some("aux.html"));
        assert_eq!(unstorable("com1/a.html"), Some("com1"));
        assert_eq!(unstorable("a./b.html"), Some("a."));
        assert_eq!(unstorable("console.html"), None);
    }
}
