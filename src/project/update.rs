//! One file of a site looked at again, so that a save costs one file and not the whole folder.
//!
//! In: what was read before, and a path that may have changed. Out: the same with that file as it is now, or word that
//! only reading the whole folder will tell. Content decides: a file that was touched and says the same has not changed.

use std::io::ErrorKind;
use std::ops::Bound;
use std::sync::Arc;

use super::Root;
use super::content::{Content, Text};
use super::names::is_leftover;
use super::read::{self, text};
use crate::compile::{Files, wanted_by};
use crate::source::{Hash, Source};

/// What came of looking at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// All is as it was.
    Same,
    /// The file says something else now.
    Changed,
    /// A known file is empty now, or is not there: perhaps somebody is in the middle of saving it.
    Unsettled,
    /// There is something new or something is gone, so that the folder must be read.
    Whole,
}

/// Looks at a path, given from the site's root.
pub fn look(root: &Root, files: &mut Files, path: &str) -> Looked {
    if ignored(path) {
        return Looked::Same;
    }
    let full = root.path.join(path);
    // A link in the place of a file is not the file.
    let metadata = match fs_err::symlink_metadata(&full) {
        Ok(metadata) => Some(metadata),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => None,
        Err(_) => return Looked::Whole,
    };
    let place = known(files, path);
    let Some(metadata) = metadata else {
        return match place {
            Some(_) => Looked::Unsettled,
            None if has_below(files, path) => Looked::Unsettled,
            // A file that was passed over with a word about it is gone, and so must the word be.
            None if files.diagnostics.iter().any(|found| *found.place.path == *path) => Looked::Whole,
            None => Looked::Same,
        };
    };
    let (Some(place), Ok(content)) = (place.filter(|_| metadata.is_file()), Content::open(root)) else {
        return Looked::Whole;
    };
    match place {
        Known::Page(index) => page(&content, files, index),
        Known::Asset(name) => asset(&content, files, &name, metadata.len()),
        Known::Settings | Known::Sources if metadata.len() == 0 => Looked::Unsettled,
        Known::Settings => whole_if_changed(&content, files.settings.as_ref()),
        Known::Sources => whole_if_changed(&content, files.sources.iter().find(|source| *source.path == *path)),
        Known::Theme(name) => theme(root, files, path, name),
    }
}

enum Known {
    Page(usize),
    Asset(Arc<str>),
    Settings,
    Sources,
    Theme(String),
}

/// What a path was when the folder was read.
fn known(files: &Files, path: &str) -> Option<Known> {
    if let Some(index) = find(files, path) {
        return Some(Known::Page(index));
    }
    if let Some((name, _)) = files.assets.get_key_value(path) {
        return Some(Known::Asset(name.clone()));
    }
    if files.settings.as_ref().is_some_and(|source| *source.path == *path) {
        return Some(Known::Settings);
    }
    if files.sources.iter().any(|source| *source.path == *path) {
        return Some(Known::Sources);
    }
    let (theme, in_theme) = path.strip_prefix("themes/")?.split_once('/')?;
    let is_ours = files.theme.contains_key(in_theme) && theme == files.theme_name();
    is_ours.then(|| Known::Theme(in_theme.to_owned()))
}

/// A page by its path. Pages are in the order of their paths.
#[expect(clippy::disallowed_methods, reason = "no error of the disk: the page is not among them")]
fn find(files: &Files, path: &str) -> Option<usize> {
    files.pages.binary_search_by(|page| (*page.path).cmp(path)).ok()
}

/// Whether something known lies below a path, which then was a folder.
fn has_below(files: &Files, path: &str) -> bool {
    let folder = format!("{path}/");
    let first = files.pages.partition_point(|page| *page.path < *folder);
    let page = files.pages.get(first).is_some_and(|page| page.path.starts_with(&folder));
    let asset = files.assets.range::<str, _>((Bound::Included(folder.as_str()), Bound::Unbounded)).next();
    page || asset.is_some_and(|(path, _)| path.starts_with(&folder))
        || (path.starts_with("themes") && !files.theme.is_empty())
}

/// Leftovers of editors and systems are not part of the site, wherever they lie in it.
fn ignored(path: &str) -> bool {
    let mut segments = path.split('/');
    match segments.next() {
        Some("content") => segments.any(is_leftover),
        Some("themes") => segments.next_back().is_some_and(is_leftover),
        _ => true,
    }
}

fn page(content: &Content, files: &mut Files, index: usize) -> Looked {
    let before = files.pages[index].clone();
    let Ok(Text::Whole(bytes)) = content.text(&before.path) else { return Looked::Whole };
    if bytes.is_empty() && !before.text.is_empty() {
        return Looked::Unsettled;
    }
    let mut diagnostics = Vec::new();
    let Some(source) = text(&before.path, &bytes, &mut diagnostics) else { return Looked::Whole };
    if source.hash == before.hash {
        return Looked::Same;
    }
    let is_read = |path: &Arc<str>| files.binary.contains_key(path) || !files.assets.contains_key(path);
    if !wanted_by(&source).iter().all(is_read) {
        return Looked::Whole;
    }
    // The same path, shared, as before.
    files.pages[index] = Source { path: before.path, ..source };
    Looked::Changed
}

fn asset(content: &Content, files: &mut Files, path: &Arc<str>, length: u64) -> Looked {
    if length == 0 && files.assets.get(path).is_none_or(|before| before.length > 0) {
        return Looked::Unsettled;
    }
    let Ok(file) = read::asset(content, path, length) else { return Looked::Whole };
    if let Some(bytes) = files.binary.get_mut(path) {
        match content.read(path) {
            Ok(now) => *bytes = Arc::from(now),
            Err(_) => return Looked::Whole,
        }
    }
    files.assets.insert(path.clone(), file);
    Looked::Changed
}

/// Settings and sources may change what is read at all.
fn whole_if_changed(content: &Content, source: Option<&Source>) -> Looked {
    let Some(source) = source else { return Looked::Whole };
    let mut diagnostics = Vec::new();
    let Ok(Text::Whole(bytes)) = content.text(&source.path) else { return Looked::Whole };
    match text(&source.path, &bytes, &mut diagnostics) {
        Some(now) if now.hash == source.hash => Looked::Same,
        _ => Looked::Whole,
    }
}

fn theme(root: &Root, files: &mut Files, path: &str, name: String) -> Looked {
    let Ok(bytes) = fs_err::read(root.path.join(path)) else { return Looked::Whole };
    match files.theme.get(&name) {
        Some(before) if **before == *bytes => Looked::Same,
        Some(before) if bytes.is_empty() && !before.is_empty() => Looked::Unsettled,
        _ => {
            files.theme.insert(name, Arc::from(bytes));
            Looked::Changed
        }
    }
}

/// The paths whose files differ between two readings, from the site's root and in order.
pub fn differences(before: &Files, after: &Files) -> Vec<Arc<str>> {
    let sources = |files: &Files| -> std::collections::BTreeMap<Arc<str>, u128> {
        let texts = files.settings.iter().chain(&files.sources).chain(&files.pages);
        let texts = texts.map(|source| (source.path.clone(), source.hash.0));
        let assets = files.assets.iter().map(|(path, file)| (path.clone(), Hash::of(format!("{file:?}").as_bytes()).0));
        let name = files.theme_name();
        let path = |path: &str| Arc::from(format!("themes/{name}/{path}"));
        let theme = files.theme.iter().map(|(file, bytes)| (path(file), Hash::of(bytes).0));
        texts.chain(assets).chain(theme).collect()
    };
    let (before, after) = (sources(before), sources(after));
    let changed = after.iter().filter(|(path, hash)| before.get(*path) != Some(hash)).map(|(path, _)| path);
    let gone = before.keys().filter(|path| !after.contains_key(*path));
    let mut all: Vec<Arc<str>> = changed.chain(gone).cloned().collect();
    all.sort();
    all
}
