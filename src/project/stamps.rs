//! A walk over a site's folder that opens no file: what the system says of each, so that changes are found without events.
//!
//! In: a root. Out: length, time and identity of each file that belongs to the site. Two walks that agree don't prove that
//! nothing changed; they are a net below the events, and all there is where a system sends none.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::Path;
use std::time::SystemTime;

use walkdir::WalkDir;

use super::Root;
use super::names::{from_root, is_leftover};

/// What the system says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    length: u64,
    changed: Option<SystemTime>,
    identity: u64,
}

/// Each file of a site by its path from the root.
pub type Stamps = BTreeMap<String, Stamp>;

/// Walks over `content/` and `themes/`. What can't be looked at is left out, and is found when it is read.
pub fn stamps(root: &Root) -> Stamps {
    let mut stamps = Stamps::new();
    for folder in ["content", "themes"] {
        let walk = WalkDir::new(root.path.join(folder)).follow_root_links(true).into_iter();
        let kept = walk.filter_entry(|entry| entry.depth() == 0 || !is_leftover(&entry.file_name().to_string_lossy()));
        for entry in kept {
            let Ok(entry) = entry else { continue };
            if let (false, Ok(metadata)) = (entry.file_type().is_dir(), entry.metadata()) {
                stamps.insert(from_root(root, entry.path()), Stamp::of(&metadata));
            }
        }
    }
    stamps
}

/// The paths at which two walks differ.
pub fn differences(before: &Stamps, after: &Stamps) -> Vec<String> {
    let changed = after.iter().filter(|(path, stamp)| before.get(*path) != Some(stamp)).map(|(path, _)| path);
    let gone = before.keys().filter(|path| !after.contains_key(*path));
    changed.chain(gone).cloned().collect()
}

#[expect(clippy::disallowed_methods, reason = "what the system does not tell is no part of a stamp")]
impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self { length: metadata.len(), changed: metadata.modified().ok(), identity: identity(metadata) }
    }

    /// What the system says of a folder, its links followed; `None` where it isn't there.
    pub fn of_folder(path: &Path) -> Option<(u64, u64)> {
        Some(Self::identity(&fs_err::metadata(path).ok().filter(Metadata::is_dir)?))
    }

    /// Which file or folder it is, among all of this computer.
    pub fn identity(metadata: &Metadata) -> (u64, u64) {
        (device(metadata), identity(metadata))
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(unix)]
fn device(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::dev(metadata)
}

/// Elsewhere the time at which a file was made stands for which file it is.
#[cfg(not(unix))]
#[expect(clippy::disallowed_methods, reason = "what the system does not tell is no part of a stamp")]
fn identity(metadata: &Metadata) -> u64 {
    let since = metadata.created().ok().and_then(|made| made.duration_since(SystemTime::UNIX_EPOCH).ok());
    since.map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
}

#[cfg(not(unix))]
fn device(_: &Metadata) -> u64 {
    0
}
