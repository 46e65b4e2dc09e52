//! Reading a site's folder into [`Files`].
//!
//! Regular files only; links within `content/` are not followed (`content/` itself may be one); every error is a
//! diagnostic. Leftovers of editors and systems are skipped without a word, and counted.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read as _};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use walkdir::WalkDir;

use super::content::{Content, Text};
use super::names::{from_root, is_leftover, unreadable};
use super::{Failure, Root, theme};
use crate::compile::{Files, wanted};
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::settings::Settings;
use crate::model::site::File;
use crate::parse;
use crate::parse::picture;
use crate::source::{Place, Source, Unreadable};

/// File types that are copied; the list is in the docs. Others are a warning, so that nothing private is published by accident.
pub const KNOWN_TYPES: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "pdf", "csv", "ics", "txt", "vcf", "mp3", "mp4", "m4a", "webm",
    "ogg", "vtt", "docx", "xlsx", "pptx", "odt", "ods", "odp", "zip", "ttf", "otf",
];

const SETTINGS: &str = "content/site.yaml";

/// What was read, and what was passed over.
#[derive(Debug, Default)]
pub struct Reading {
    /// For the compiler.
    pub files: Files,
    /// How many leftovers were skipped.
    pub skipped: usize,
}

/// Reads everything of a site.
///
/// # Errors
/// Where the content folder itself can't be read.
pub fn read(root: &Root) -> Result<Reading, Failure> {
    let mut reading = Reading::default();
    let content = Content::open(root).map_err(|error| unreadable_folder(root, &error))?;
    let settings = settings(&content, &mut reading.files);
    contents(root, &content, &settings, &mut reading)?;
    reading.files.theme = theme::read(root, &settings, &mut reading.files.diagnostics);
    // By path, so that one page among thousands is found at once.
    reading.files.pages.sort_by(|one, other| one.path.cmp(&other.path));
    let wanted = wanted(&reading.files);
    for path in wanted {
        match content.read(&path) {
            Ok(bytes) => drop(reading.files.binary.insert(path, Arc::from(bytes))),
            Err(error) => reading.files.diagnostics.push(unreadable(&path, &error)),
        }
    }
    Ok(reading)
}

/// Reads `site.yaml`, which says where the theme is and which files to copy.
fn settings(content: &Content, files: &mut Files) -> Settings {
    let text = content.text(SETTINGS);
    if !matches!(&text, Err(error) if error.kind() == ErrorKind::NotFound) {
        let (source, diagnostics) = source(SETTINGS, text);
        files.diagnostics.extend(diagnostics);
        files.settings = source;
    }
    files.settings.as_ref().map(|source| parse::settings::site(source).value).unwrap_or_default()
}

/// What a walk came upon, by path from the site's root.
#[derive(Default)]
struct Found {
    /// Pages and sources.
    texts: Vec<String>,
    /// Files to copy, with their lengths in bytes.
    assets: Vec<(String, u64)>,
}

/// Texts that one task reads: waking a thread for fewer costs more than they do.
const BATCH: usize = 32;

/// Reads all that is in `content/`: texts while the walk goes on, since a walk through thousands of folders takes as long as
/// reading what is in them.
fn contents(root: &Root, content: &Content, settings: &Settings, reading: &mut Reading) -> Result<(), Failure> {
    let batches = Mutex::new(BTreeMap::new());
    let mut found = Found::default();
    rayon::in_place_scope(|scope| {
        let (batches, mut number) = (&batches, 0);
        let mut begin = |texts: Vec<String>| {
            number += 1;
            scope.spawn(move |_| {
                let read: Vec<_> = texts.iter().map(|path| source(path, content.text(path))).collect();
                batches.lock().unwrap_or_else(PoisonError::into_inner).insert(number, read);
            });
        };
        walk(root, settings, &mut found, reading, &mut begin)?;
        begin(std::mem::take(&mut found.texts));
        Ok::<_, Failure>(())
    })?;
    let batches = batches.into_inner().unwrap_or_else(PoisonError::into_inner);
    for (source, diagnostics) in batches.into_values().flatten() {
        reading.files.diagnostics.extend(diagnostics);
        let Some(source) = source else { continue };
        if source.path.ends_with(".md") {
            reading.files.pages.push(source);
        } else {
            reading.files.sources.push(source);
        }
    }
    readme(&mut reading.files);
    let assets = found.assets.into_par_iter();
    let assets: Vec<(String, std::io::Result<File>)> = assets
        .map(|(path, length)| {
            let file = asset(content, &path, length);
            (path, file)
        })
        .collect();
    for (path, file) in assets {
        match file {
            Ok(file) => drop(reading.files.assets.insert(Arc::from(path), file)),
            Err(error) => reading.files.diagnostics.push(unreadable(&path, &error)),
        }
    }
    Ok(())
}

/// Walks through `content/`, in the order of names; hands on texts by the batch, and leaves the last of them in `found`.
fn walk(
    root: &Root,
    settings: &Settings,
    found: &mut Found,
    reading: &mut Reading,
    begin: &mut impl FnMut(Vec<String>),
) -> Result<(), Failure> {
    // `content/` itself may be a link; what is in it may not.
    let mut walk = WalkDir::new(root.path.join("content")).follow_root_links(true).sort_by_file_name().into_iter();
    while let Some(entry) = walk.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if error.depth() == 0 => {
                return Err(unreadable_folder(root, &error.into()));
            }
            Err(error) => {
                let path = error.path().map_or_else(|| "content".to_owned(), |path| from_root(root, path));
                reading.files.diagnostics.push(unreadable(&path, &error.into()));
                continue;
            }
        };
        if entry.depth() == 0 {
            continue;
        }
        let name = entry.file_name().to_string_lossy();
        if is_leftover(&name) {
            reading.skipped += 1;
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
            continue;
        }
        let path = from_root(root, entry.path());
        if entry.file_name().to_str().is_none() {
            reading.files.diagnostics.push(
                Diagnostic::new(Rule::ReservedName, Place::file(path), "the name of this file is not text (UTF-8)")
                    .hint("rename it"),
            );
        } else if entry.file_type().is_file() {
            file(settings, &path, &entry, found, &mut reading.files);
            if found.texts.len() >= BATCH {
                begin(std::mem::take(&mut found.texts));
            }
        } else if entry.file_type().is_symlink() && path != SETTINGS {
            // Of the settings it has been said that they can't be read.
            reading.files.diagnostics.push(
                Diagnostic::new(Rule::SymbolicLink, Place::file(path), "this symbolic link is not followed")
                    .hint("put the file itself here"),
            );
        }
    }
    Ok(())
}

/// A text, or what is wrong with it.
fn source(path: &str, text: std::io::Result<Text>) -> (Option<Source>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let source = match text {
        Ok(Text::Whole(bytes)) => self::text(path, &bytes, &mut diagnostics),
        Ok(Text::TooLarge(length)) => {
            diagnostics.push(too_large(path, length));
            None
        }
        Err(error) => {
            diagnostics.push(unreadable(path, &error));
            None
        }
    };
    (source, diagnostics)
}

fn unreadable_folder(root: &Root, error: &std::io::Error) -> Failure {
    Failure::new(
        format!("{} can't be read: {error}", root.path.join("content").display()),
        "check who may read the folder, and that its disk is connected",
    )
}

fn too_large(path: &str, length: u64) -> Diagnostic {
    let (what, hint) =
        if path.ends_with(".md") { ("a page", "split the page") } else { ("such a file", "make it shorter") };
    let megabytes = (length as f64) / 1_048_576.0;
    Diagnostic::new(Rule::TooLarge, Place::file(path), format!("the file has {megabytes:.1} MB; {what} may have 8"))
        .hint(hint)
}

/// What a file's name says that it is, in small letters; empty where it says nothing.
fn ending(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase()
}

/// A file to copy, with the size of a picture. `path` counts from the site's root.
pub(super) fn asset(content: &Content, path: &str, length: u64) -> std::io::Result<File> {
    let pixels = if picture::is_picture(&ending(path)) {
        let mut head = Vec::new();
        content.file(path)?.0.take(picture::HEAD).read_to_end(&mut head)?;
        picture::pixels(&head)
    } else {
        None
    };
    Ok(File { length, pixels })
}

/// `README.md` is a folder's index where it has no `index.md`; beside one it is a note for editors.
fn readme(files: &mut Files) {
    let indices: std::collections::BTreeSet<String> =
        files.pages.iter().filter_map(|page| page.path.strip_suffix("index.md").map(str::to_owned)).collect();
    files.pages.retain(|page| {
        page.path.strip_suffix("README.md").is_none_or(|folder| !(folder.ends_with('/') && indices.contains(folder)))
    });
}

/// Sorts a file to the texts that are read, or to the files that are copied.
fn file(settings: &Settings, path: &str, entry: &walkdir::DirEntry, found: &mut Found, files: &mut Files) {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = ending(name);
    if path == SETTINGS {
        return;
    }
    if ending == "md" || name == "sources.yaml" {
        found.texts.push(path.to_owned());
        return;
    }
    let known = KNOWN_TYPES.contains(&ending.as_str())
        || settings.assets.iter().any(|own| own.value.trim_start_matches('.').to_lowercase() == ending);
    if known {
        match entry.metadata() {
            Ok(metadata) => found.assets.push((path.to_owned(), metadata.len())),
            Err(error) => files.diagnostics.push(unreadable(path, &error.into())),
        }
        return;
    }
    let hint = match ending.as_str() {
        "markdown" | "mdown" | "mkd" => "rename it to end in `.md`, if it is a page".to_owned(),
        "yml" | "yaml" => "settings are in `site.yaml`, facts in `sources.yaml`".to_owned(),
        "html" | "htm" | "js" | "css" => "pages are Markdown; scripts and styles belong into a theme".to_owned(),
        "" => "give it an ending that says what it is, or move it out of `content/`".to_owned(),
        other => format!(
            "name the type in site.yaml to publish such files (`assets: [{other}]`), or move it out of `content/`"
        ),
    };
    files
        .diagnostics
        .push(Diagnostic::new(Rule::SkippedFile, Place::file(path), "files of this type are not published").hint(hint));
}

/// Bytes as text, or what they are instead.
pub(super) fn text(path: &str, bytes: &[u8], diagnostics: &mut Vec<Diagnostic>) -> Option<Source> {
    match Source::new(path, bytes) {
        Ok(source) => Some(source),
        Err(wrong) => {
            let message = match wrong {
                Unreadable::Utf16 => "the file is in UTF-16 (\"Unicode\"), not in UTF-8".to_owned(),
                Unreadable::NotUtf8 { at } => {
                    format!("the file is not in UTF-8 from byte {at} on; it may be in Latin-1 (\"ANSI\")")
                }
                Unreadable::Nul { at } => format!("byte {at} of the file is NUL, so this is no text"),
            };
            diagnostics.push(
                Diagnostic::new(Rule::Encoding, Place::file(path), message)
                    .hint("save it again with the encoding UTF-8 (in Notepad: Save as, Encoding)"),
            );
            None
        }
    }
}
