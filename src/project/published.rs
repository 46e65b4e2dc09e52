//! The folder that is published into: whether it may be, and what in it is ours.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::folders;
use super::lock::Lock;
use super::manifest::{Manifest, NAME, NEXT};
use super::tree::Tree;
use super::{Failure, Root};
use crate::source::Hash;

/// How the names begin of what is there only while a build publishes into the folder that it is in.
const WORK: &str = ".guidepost-";
const LOCK: &str = "lock";
const STAGING: &str = "staging";

/// Whether something in a published folder is there for the time of a build.
pub fn is_work(name: &str) -> bool {
    name.strip_prefix(WORK).is_some_and(|name| matches!(name, LOCK | STAGING))
}

/// Who publishes, and where that is made ready.
pub struct Desk {
    /// Keeps others out.
    pub lock: Lock,
    /// For files on their way.
    pub staging: PathBuf,
    /// Whether it is within the output, which then can't be exchanged.
    pub is_within: bool,
}

impl Desk {
    /// Takes a place beside the output; in it, where it is a disk of its own or nothing can be written beside it.
    ///
    /// # Errors
    /// Where somebody else publishes, or we may not.
    pub fn take(parent: &Path, name: &str, output: &Path) -> Result<Self, Failure> {
        let beside = format!(".{name}{WORK}");
        let within = |what: &str| output.join(format!("{WORK}{what}"));
        if !folders::is_mounted(&parent.join(name))?
            && let Some(lock) = Lock::take(&parent.join(format!("{beside}{LOCK}")), output)?
        {
            // Left by a build that was killed when the output was mounted.
            folders::remove(&within(STAGING))?;
            return Ok(Self { lock, staging: parent.join(format!("{beside}{STAGING}")), is_within: false });
        }
        let is_there = fs::symlink_metadata(output).is_ok();
        if is_there && let Some(lock) = Lock::take(&within(LOCK), output)? {
            return Ok(Self { lock, staging: within(STAGING), is_within: true });
        }
        let why = if is_there { "is" } else { "can't be made: the folder above it is" };
        Err(Failure::new(
            format!("{} {why} read-only for you", output.display()),
            "have the folder made for you to write into, or name one of your own with `--output`",
        ))
    }
}

/// What is ours in a published folder, and whether it was left by a publishing that did not come to its end.
pub fn known(output: &Path, tree: &Tree) -> Result<(Manifest, bool), Failure> {
    let read = |name: &str| match tree.read(name) {
        Ok(bytes) => Manifest::read(&String::from_utf8_lossy(&bytes)).map(Some).ok_or_else(|| {
            Failure::new(
                format!("{} is damaged", tree.full(name).display()),
                "empty the folder yourself, and build again",
            )
        }),
        Err(error) => absent(tree, name, error, |_| false).map(|()| None),
    };
    let (old, next) = (read(NAME)?, read(NEXT)?);
    if old.is_none() && next.is_none() {
        for entry in fs::read_dir(output)? {
            let name = entry?.file_name();
            // A disk of its own has a folder for what is found after a crash.
            if is_work(&name.to_string_lossy()) || name == "lost+found" {
                continue;
            }
            return Err(Failure::new(
                format!("{} is not empty, and Guidepost did not write it", output.display()),
                "publish into a new folder with `--output`, or empty this one yourself",
            ));
        }
    }
    let mut known = old.unwrap_or_default();
    let Some(next) = next else { return Ok((known, false)) };
    // After a broken run a file may be as it was or as it was to be, so that the whole is made from neither.
    known.made_from.clear();
    for (path, entry) in next.files {
        match tree.read(&path) {
            Ok(bytes) if Hash::of(&bytes) == entry.hash || !known.files.contains_key(&path) => {
                known.files.insert(path, entry);
            }
            Ok(_) => {}
            Err(error) => absent(tree, &path, error, |_| true)?,
        }
    }
    Ok((known, true))
}

/// What an error says of a path in the published folder: that nothing is there, or what is in the way, which `is_ours` tells
/// of a file that stands in a folder's place.
pub fn absent(tree: &Tree, path: &str, error: std::io::Error, is_ours: impl Fn(&str) -> bool) -> Result<(), Failure> {
    if error.kind() == ErrorKind::NotFound {
        return Ok(());
    }
    let Some((place, kind)) = tree.obstacle(path) else { return Err(error.into()) };
    let full = tree.full(place);
    let full = full.display();
    match kind {
        kind if kind.is_symlink() => Err(Failure::new(
            format!("{full} is a symbolic link, and may lead out of the published folder"),
            "remove the link, and build again",
        )),
        _ if place == path && !kind.is_file() => {
            Err(Failure::new(format!("{full} is no longer a plain file"), "move it away, and build again"))
        }
        _ if place == path => Err(error.into()),
        _ if is_ours(place) => Ok(()),
        _ => Err(Failure::new(
            format!("{full} is in the way: Guidepost did not write it, and needs a folder there"),
            "move it away, or publish into another folder with `--output`",
        )),
    }
}

/// Says no to folders that must not be published into; gives the folder above and the name.
pub fn refuse(root: &Root, output: &Path) -> Result<(PathBuf, String), Failure> {
    let hint = "publish into a folder of its own, for instance `--output public`";
    match fs::symlink_metadata(output) {
        Ok(metadata) if metadata.is_symlink() => {
            return Err(Failure::new(
                format!("{} is a symbolic link", output.display()),
                "name the folder that it leads to",
            ));
        }
        Ok(metadata) if !metadata.is_dir() => {
            return Err(Failure::new(format!("{} is a file", output.display()), hint));
        }
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    let site = fs::canonicalize(&root.path)?;
    let real = real(output)?;
    let content = fs::canonicalize(root.path.join("content"))?;
    if site.starts_with(&real) {
        return Err(Failure::new(format!("{} holds the site itself", output.display()), hint));
    }
    for inner in [content, site.join("themes"), site.join(".git")] {
        if real.starts_with(&inner) || inner.starts_with(&real) {
            return Err(Failure::new(
                format!("{} and {} lie within each other", output.display(), inner.display()),
                hint,
            ));
        }
    }
    match (real.parent(), real.file_name().and_then(|name| name.to_str())) {
        (Some(parent), Some(name)) => Ok((parent.to_owned(), name.to_owned())),
        _ => Err(Failure::new(format!("{} can't be published into", output.display()), hint)),
    }
}

/// A path with its existing part resolved.
fn real(path: &Path) -> Result<PathBuf, Failure> {
    let mut missing = Vec::new();
    let mut there = path;
    loop {
        match fs::canonicalize(there) {
            Ok(real) => return Ok(missing.iter().rev().fold(real, |path, name| path.join(name))),
            Err(error) if error.kind() == ErrorKind::NotFound => match (there.parent(), there.file_name()) {
                (Some(parent), Some(name)) => {
                    missing.push(name.to_owned());
                    there = parent;
                }
                _ => return Err(error.into()),
            },
            Err(error) => return Err(error.into()),
        }
    }
}
