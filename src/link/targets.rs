//! Where the links of a page's text lead.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::{Linked, draft, is_image};
use crate::diagnostic::{Diagnostic, Rule, nearest};
use crate::model::address;
use crate::model::front_matter::Kind;
use crate::model::page::{Link, LinkKind, Page};
use crate::model::site::{PageRef, Site};
use crate::source::Place;

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A page, and an anchor on it.
    Page {
        /// The page.
        page: PageRef,
        /// As it stands in the page's markup.
        anchor: Option<String>,
    },
    /// Another address of the site: a file that is copied, or a page that Guidepost makes.
    Address {
        /// From the site's root.
        address: String,
        /// As written.
        anchor: Option<String>,
    },
    /// An address of the web, mail or telephone.
    External(String),
    /// Nowhere.
    Broken,
}

/// What links can lead to besides pages: made pages, and pages by their published addresses. Gathered when first asked for,
/// since most sites never ask.
#[derive(Debug, Default)]
pub struct Index(OnceLock<Addresses>);

#[derive(Debug, Default)]
struct Addresses {
    made: BTreeSet<String>,
    pages: BTreeMap<String, PageRef>,
}

impl Index {
    fn get(&self, site: &Site) -> &Addresses {
        self.0.get_or_init(|| Addresses {
            made: site.guides.iter().flat_map(|guide| address::made(guide).into_iter().map(|(_, made)| made)).collect(),
            pages: site.pages().map(|(reference, page)| (page.address.clone(), reference)).collect(),
        })
    }
}

/// Finds where a link leads, and reports it where it leads nowhere.
pub fn follow(site: &Site, index: &Index, at: PageRef, link: &Link, linked: &mut Linked) -> Target {
    let page = site.page(at);
    let place = page.source.place(link.range.clone());
    let found = match link.kind {
        LinkKind::Wiki => wiki(site, at, page, &link.target, &place, &mut linked.looked_into),
        _ => written(site, index, at, link, &place, &mut linked.looked_into),
    };
    match found {
        Ok(target) => target,
        Err(diagnostic) => {
            linked.diagnostics.push(*diagnostic);
            Target::Broken
        }
    }
}

type Found = Result<Target, Box<Diagnostic>>;

fn written(
    site: &Site,
    index: &Index,
    at: PageRef,
    link: &Link,
    place: &Place,
    looked_into: &mut BTreeSet<usize>,
) -> Found {
    let page = site.page(at);
    let target = link.target.trim();
    if let Some(scheme) = scheme(target) {
        return external(scheme, target, link.kind, place);
    }
    let (path, anchor) = match target.split_once('#') {
        Some((path, anchor)) => (path, Some(decode(anchor)).filter(|anchor| !anchor.is_empty())),
        None => (target, None),
    };
    let path = decode(path.split('?').next().unwrap_or(path));
    if path.is_empty() {
        return check_anchor(site, at, at, anchor, place, looked_into);
    }
    if path.starts_with('/') {
        return Err(Box::new(absolute(page, &path, place)));
    }
    let Some(full) = join(&page.folder, &path) else {
        let message = format!("`{target}` leads out of the content folder");
        return Err(Box::new(
            Diagnostic::new(Rule::BrokenLink, place.clone(), message).hint("link to a page or a file under `content/`"),
        ));
    };
    let source = ["content/", &full].concat();
    let folder = full.trim_end_matches('/');
    let slash = if folder.is_empty() { "" } else { "/" };
    let index_of = |name: &str| site.paths.get(["content/", folder, slash, name].concat().as_str());
    let page_at =
        site.paths.get(source.as_str()).or_else(|| index_of("index.md")).or_else(|| index_of("README.md")).copied();
    if let Some(target) = page_at.filter(|_| !is_image(link.kind)) {
        return check_anchor(site, at, target, anchor, place, looked_into);
    }
    if let Some(asset) = site.assets.get(source.as_str()) {
        return Ok(Target::Address { address: asset.address.clone(), anchor });
    }
    // A folder without a page of its own may have one that is made: the list of steps.
    let made = [full.clone(), format!("{folder}/index.html")]
        .into_iter()
        .find(|address| index.get(site).made.contains(address));
    if let Some(address) = made.filter(|_| !is_image(link.kind)) {
        return Ok(Target::Address { address, anchor });
    }
    Err(Box::new(nothing_there(site, index, at, page, link, &full, place)))
}

/// The scheme of an address, if it has one: letters, then `:`.
fn scheme(target: &str) -> Option<&str> {
    let (scheme, _) = target.split_once(':')?;
    let letters = |text: &str| text.chars().all(|letter| letter.is_ascii_alphanumeric() || "+.-".contains(letter));
    // What a browser would take for a scheme counts: it drops tabs, line ends and leading controls.
    let cleaned = scheme.trim_start_matches(|letter: char| letter.is_control() || letter == ' ');
    (!cleaned.is_empty()
        && letters(&cleaned.replace(['\t', '\n', '\r'], ""))
        && cleaned.starts_with(|letter: char| letter.is_ascii_alphabetic()))
    .then_some(cleaned)
}

fn external(scheme: &str, target: &str, kind: LinkKind, place: &Place) -> Found {
    let allowed: &[&str] = if is_image(kind) { &[] } else { &["http", "https", "mailto", "tel"] };
    if allowed.contains(&scheme.to_ascii_lowercase().as_str()) {
        return Ok(Target::External(target.to_owned()));
    }
    let diagnostic = if is_image(kind) {
        Diagnostic::new(
            Rule::BadScheme,
            place.clone(),
            "a picture from another site would tell that site who reads this one",
        )
        .hint("put the picture under `content/` and link to it there")
    } else {
        Diagnostic::new(Rule::BadScheme, place.clone(), format!("links can't lead to `{scheme}:` addresses"))
            .hint("link to a page, a file, or an `https:`, `mailto:` or `tel:` address")
    };
    Err(Box::new(diagnostic))
}

fn check_anchor(
    site: &Site,
    at: PageRef,
    target: PageRef,
    anchor: Option<String>,
    place: &Place,
    looked_into: &mut BTreeSet<usize>,
) -> Found {
    looked_into.insert(target.guide);
    let page = site.page(target);
    let Some(anchor) = anchor else { return Ok(Target::Page { page: target, anchor: None }) };
    // The heading that is the page's title is the page's top, which has no anchor of its own.
    if page.outline.title.is_some() && page.outline.headings.first().is_some_and(|title| title.id == anchor) {
        return Ok(Target::Page { page: target, anchor: None });
    }
    let headings = || page.outline.headings.iter().map(|heading| heading.id.as_str());
    if headings().any(|id| id == anchor) {
        return Ok(Target::Page { page: target, anchor: Some(anchor) });
    }
    if page.outline.tasks.iter().any(|task| task.id == anchor) {
        return Ok(Target::Page { page: target, anchor: Some(format!("task.{anchor}")) });
    }
    // The anchor alone is marked where it stands as it reads; percent-encoded it is longer.
    let written = site.page(at).source.text.get(place.range()).unwrap_or_default();
    let length = if written.ends_with(&anchor) { anchor.len() } else { written.len() };
    let place = Place::new(place.path.clone(), place.range().end - length..place.range().end);
    let diagnostic =
        Diagnostic::new(Rule::BrokenAnchor, place, format!("{} has no heading `#{anchor}`", page.source.path));
    Err(Box::new(diagnostic.nearest(&anchor, headings())))
}

fn absolute(page: &Page, path: &str, place: &Place) -> Diagnostic {
    let relative = format!("{}{}", address::root(&page.folder), path.trim_start_matches('/'));
    Diagnostic::new(
        Rule::BrokenLink,
        place.clone(),
        "a link counts from the page's own folder, so it can't begin with `/`",
    )
    .hint(format!("write `{relative}`"))
}

fn nothing_there(
    site: &Site,
    index: &Index,
    at: PageRef,
    page: &Page,
    link: &Link,
    full: &str,
    place: &Place,
) -> Diagnostic {
    let source = format!("content/{full}");
    if site.drafts.contains(source.as_str()) {
        return draft(place.clone(), &source);
    }
    let (rule, what) =
        if is_image(link.kind) { (Rule::BrokenImage, "picture") } else { (Rule::BrokenLink, "page or file") };
    let diagnostic = Diagnostic::new(rule, place.clone(), format!("there is no {what} `{source}`"));
    let written = |path: &str| address::href(&format!("content/{}x", page.folder), path, None).replace("%20", " ");
    let patched = |diagnostic: Diagnostic, path: &str| {
        let better = written(path);
        let anchor = link.target.split_once('#').map(|(_, anchor)| format!("#{anchor}")).unwrap_or_default();
        let diagnostic = diagnostic.hint(format!("did you mean `{better}`?"));
        // A target that is not found as written is not replaced.
        if page.source.text.get(place.range()) == Some(link.target.as_str()) {
            diagnostic.patch(place.range(), format!("{better}{anchor}"))
        } else {
            diagnostic
        }
    };
    if let Some(target) = index.get(site).pages.get(full) {
        return patched(diagnostic, &site.page(*target).source.path);
    }
    let prefix = format!("content/{}", site.guides[at.guide].prefix());
    // The nearest by its whole path, else one of the same name elsewhere.
    let same_kind = |path: &&Arc<str>| !is_image(link.kind) || site.assets.contains_key(&***path);
    let known: Vec<&str> = site.paths.keys().chain(site.assets.keys()).filter(same_kind).map(|path| &**path).collect();
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let file = name(&source);
    let near = known.iter().copied().find(|path| name(path) == file);
    let near = near.or_else(|| {
        // The words of the file's name decide, not the folders that all of them share.
        let stem = |path: &str| name(path).rsplit_once('.').map_or_else(|| name(path), |(stem, _)| stem.to_owned());
        let ending = |path: &str| path.rsplit_once('.').map(|(_, ending)| ending.to_owned());
        let alike = |path: &&str| {
            path.starts_with(&prefix)
                && (is_image(link.kind) || ending(path) == ending(&source) || path.ends_with(".md"))
                && nearest(&stem(&source), [stem(path).as_str()]).is_some()
        };
        nearest(&source, known.iter().copied().filter(alike).take(500))
    });
    match near {
        Some(near) => patched(diagnostic, near),
        None => diagnostic.hint("correct the path; it counts from the folder of this page"),
    }
}

/// `[[id]]`, `[[kind:id]]`, `[[guide/id]]`, each with `#anchor` if need be.
fn wiki(
    site: &Site,
    at: PageRef,
    page: &Page,
    target: &str,
    place: &Place,
    looked_into: &mut BTreeSet<usize>,
) -> Found {
    let (name, anchor) = match target.split_once('#') {
        Some((name, anchor)) => (name, Some(anchor.to_owned())),
        None => (target, None),
    };
    let (path, id) = name.rsplit_once('/').map_or((None, name), |(guide, id)| (Some(guide), id));
    let (kind, id) = match (path.and_then(|path| path.split_once(':')), id.split_once(':')) {
        (Some((kind, _)), _) => (Some(kind), id),
        (None, Some((kind, id))) => (Some(kind), id),
        (None, None) => (None, id),
    };
    let path = path.map(|path| path.split_once(':').map_or(path, |(_, path)| path));
    let guide = match path {
        None => at.guide,
        Some(path) => site.ids.get(path).copied().ok_or_else(|| {
            let known = site.guides.iter().map(|guide| guide.id.as_str()).filter(|id| super::references::is_name(id));
            let diagnostic =
                Diagnostic::new(Rule::BrokenLink, part(place, target, path), format!("there is no guide `{path}`"))
                    .nearest(path, known);
            Box::new(match diagnostic.hint {
                Some(_) => diagnostic,
                None => diagnostic.hint(format!("write the id alone: `[[{id}]]`")),
            })
        })?,
    };
    let own = &site.guides[guide];
    if let Some(kind) = kind.filter(|kind| Kind::ALL.iter().all(|known| known.name() != *kind)) {
        let message = format!("there is no kind of page `{kind}`");
        let diagnostic = Diagnostic::new(Rule::BrokenLink, part(place, target, kind), message);
        return Err(Box::new(diagnostic.nearest(kind, Kind::ALL.iter().map(|kind| kind.name()))));
    }
    let kinds: Vec<Kind> = Kind::ALL.iter().copied().filter(|one| kind.is_none_or(|kind| kind == one.name())).collect();
    let hits = kinds.iter().flat_map(|kind| match own.shared.get(id).filter(|_| *kind == Kind::Page) {
        Some(pages) => pages.clone(),
        None => own.ids.get(&(*kind, id.to_owned())).copied().into_iter().collect(),
    });
    let hits: Vec<PageRef> = hits.map(|page| PageRef { guide, page }).collect();
    match hits.as_slice() {
        [one] => check_anchor(site, at, *one, anchor, place, looked_into),
        [] if kinds.iter().any(|kind| own.drafts.contains(&(*kind, id.to_owned()))) => {
            Err(Box::new(draft(place.clone(), id)))
        }
        [] => {
            let known = own.pages.iter().filter(|page| kinds.contains(&page.kind())).map(|page| page.id.as_str());
            let message = match kind {
                Some(kind) => format!("no page of kind `{kind}` has the id `{id}`"),
                None => format!("no page has the id `{id}`"),
            };
            let diagnostic = Diagnostic::new(Rule::BrokenLink, part(place, target, id), message).nearest(id, known);
            let other = Kind::ALL.iter().find(|other| own.ids.contains_key(&(**other, id.to_owned())));
            Err(Box::new(match (&diagnostic.patch, other) {
                (None, Some(other)) => diagnostic.hint(format!("write `[[{}:{id}]]`", other.name())),
                _ if diagnostic.hint.is_some() => diagnostic,
                _ => diagnostic.hint("write the id of a page: the name of its file without number and `.md`"),
            }))
        }
        several => {
            looked_into.insert(guide);
            Err(Box::new(ambiguous(site, page, id, several, place)))
        }
    }
}

/// The place of a part of a link's target, where the target stands as written.
fn part(place: &Place, target: &str, part: &str) -> Place {
    let whole = place.range();
    match target.rfind(part).filter(|_| whole.len() == target.len()) {
        Some(at) => Place::new(place.path.clone(), whole.start + at..whole.start + at + part.len()),
        None => place.clone(),
    }
}

fn ambiguous(site: &Site, page: &Page, id: &str, several: &[PageRef], place: &Place) -> Diagnostic {
    let kinds: Vec<&str> = several.iter().map(|target| site.page(*target).kind().name()).collect();
    let files: Vec<&str> = several.iter().map(|target| &*site.page(*target).source.path).collect();
    let diagnostic =
        Diagnostic::new(Rule::AmbiguousId, place.clone(), format!("`{id}` could be any of {}", files.join(", ")));
    let same_kind = kinds.windows(2).any(|pair| pair[0] == pair[1]);
    if same_kind {
        let path = address::href(&format!("content/{}x", page.folder), files[0], None);
        diagnostic.hint(format!("link to the file, for instance `[{}]({path})`", site.page(several[0]).title))
    } else {
        let guide = &site.guides[several[0].guide];
        let other = site.paths.get(&page.source.path).is_none_or(|at| at.guide != several[0].guide);
        let prefix = if other { guide.prefix() } else { String::new() };
        let ways: Vec<String> = kinds.iter().map(|kind| format!("`[[{prefix}{kind}:{id}]]`")).collect();
        diagnostic.hint(format!("write {}", ways.join(" or ")))
    }
}

/// The path, from the site's root, of the file that a link in a page of this folder leads to; `None` where it leads out of
/// `content/`.
pub fn path(folder: &str, target: &str) -> Option<String> {
    join(folder, &decode(target.split(['#', '?']).next().unwrap_or(target))).map(|path| format!("content/{path}"))
}

/// A path relative to a folder, as a path from `content/`; `None` where it leads out of it.
fn join(folder: &str, path: &str) -> Option<String> {
    let mut segments: Vec<&str> = folder.split('/').filter(|segment| !segment.is_empty()).collect();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()?),
            name => segments.push(name),
        }
    }
    Some(segments.join("/"))
}

/// Undoes percent-encoding; what is no UTF-8 then stays as written.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let pair = text.get(index + 1..index + 3).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (bytes[index], pair) {
            (b'%', Some(byte)) => {
                out.push(byte);
                index += 3;
            }
            (byte, _) => {
                out.push(byte);
                index += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}
