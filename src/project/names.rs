//! Names of files: which of them are leftovers, how they are told, and that one can't be read.

use std::path::Path;

use super::Root;
use crate::diagnostic::{Diagnostic, Rule};
use crate::source::Place;

/// Whether a name is a leftover of an editor or a system (reliability, Read).
pub fn is_leftover(name: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "~",
        ".swp",
        ".swo",
        ".swx",
        ".bak",
        ".orig",
        ".rej",
        ".tmp",
        ".temp",
        ".part",
        ".crdownload",
        ".lock",
        "___jb_tmp___",
        "___jb_old___",
    ];
    const NAMES: &[&str] = &["thumbs.db", "desktop.ini", "4913", "ehthumbs.db", "icon\r"];
    let lower = name.to_lowercase();
    name.starts_with('.')
        || name.starts_with("~$")
        || (name.starts_with('#') && name.ends_with('#'))
        || ENDINGS.iter().any(|ending| lower.ends_with(ending))
        || NAMES.contains(&lower.as_str())
}

/// A path from the site's root, with `/` between its segments.
pub fn from_root(root: &Root, path: &Path) -> String {
    let relative = path.strip_prefix(&root.path).unwrap_or(path);
    if let (true, Some(path)) = (std::path::MAIN_SEPARATOR == '/', relative.to_str()) {
        return path.to_owned();
    }
    let segments: Vec<_> =
        relative.components().map(|segment| segment.as_os_str().to_string_lossy().into_owned()).collect();
    segments.join("/")
}

/// What is said of a file that can't be read, by its path from the site's root.
pub fn unreadable(path: &str, error: &std::io::Error) -> Diagnostic {
    // The message names the file by its path on this machine; the diagnostic has its path in the site.
    let whole = error.to_string();
    let reason = whole.rsplit(": ").next().unwrap_or(&whole);
    // No error of the system, but one of ours: a link or a pipe.
    let is_odd = error.kind() == std::io::ErrorKind::Other;
    let hint =
        if is_odd { "put the file itself here" } else { "check who may read it, and that its disk is connected" };
    Diagnostic::new(Rule::UnreadableFile, Place::file(path), format!("this can't be read: {reason}")).hint(hint)
}
