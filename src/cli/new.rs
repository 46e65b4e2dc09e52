//! `new`: a page with every key of its kind explained. Where it goes is settled here; its text is [`blank`]'s.

use std::path::Path;

use fs_err as fs;

use super::blank::{self, Examples};
use super::print;
use crate::compile::{Memo, Options, compile};
use crate::diagnostic::nearest;
use crate::model::front_matter::Kind;
use crate::model::site::{Guide, Site};
use crate::parse::slug::{slug, stem};
use crate::project::read::read;
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
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let options = Options { drafts: true, pdf: false, preview: false, today: today.to_string() };
    let site = compile(&read(&root)?.files, &options, &mut Memo::default()).edition.site;
    let guide = choose(&site, kind, guide)?;
    // A new guide has nothing in it yet that it could name.
    let examples = Examples::of(guide.filter(|_| kind != Kind::Guide), today);
    let guide = guide.map(|guide| guide.id.as_str()).filter(|id| !id.is_empty());
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
    std::io::Write::write_all(&mut file, blank::page(kind, title, &examples).as_bytes())?;
    print(&format!("{path} is made; open it in your editor\n"))?;
    Ok(0)
}

/// The guide that a page belongs to: the one that was named, else the only one, else that of the whole `content` folder.
/// `None` for a page beside all guides.
///
/// # Errors
/// Where the named one is not there, or it is not plain which is meant.
fn choose<'s>(site: &'s Site, kind: Kind, wanted: Option<&str>) -> Result<Option<&'s Guide>, Failure> {
    let guides: Vec<&Guide> = site.guides.iter().map(|guide| &**guide).filter(|guide| !guide.is_outside()).collect();
    let names = || guides.iter().map(|guide| guide.id.as_str()).filter(|id| !id.is_empty());
    let list = || names().collect::<Vec<_>>().join(", ");
    let wanted = wanted.map(|guide| guide.trim_start_matches("content/").trim_matches('/')).filter(|id| !id.is_empty());
    let whole = || guides.iter().copied().find(|guide| guide.id.is_empty());
    match wanted {
        Some(wanted) => guides.iter().copied().find(|guide| guide.id == wanted).map(Some).ok_or_else(|| {
            let hint = match nearest(wanted, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if list().is_empty() => "the site has one guide, so `--guide` is not needed".to_owned(),
                None => format!("name one of {}", list()),
            };
            Failure::new(format!("there is no guide in content/{wanted}"), hint)
        }),
        None if whole().is_some() || matches!(kind, Kind::Guide | Kind::Page) => Ok(whole()),
        None if guides.len() < 2 => Ok(guides.first().copied()),
        None => Err(Failure::new(
            format!("the site has several guides, and it is not plain to which one the {} belongs", kind.name()),
            format!("name one with `--guide`: {}", list()),
        )),
    }
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
