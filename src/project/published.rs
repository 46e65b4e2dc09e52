//! The folder that is published into: whether it may be, and what in it is ours.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::manifest::{Manifest, NAME, NEXT};
use super::{Failure, Root};
use crate::source::Hash;

/// What is ours in a published folder, and whether it was left by a publishing that did not come to its end.
pub fn known(output: &Path) -> Result<(Manifest, bool), Failure> {
    let read = |name: &str| match fs::read_to_string(output.join(name)) {
        Ok(text) => Manifest::read(&text).map(Some).ok_or_else(|| {
            Failure::new(
                format!("{} is damaged", output.join(name).display()),
                "empty the folder yourself, and build again",
            )
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    };
    let (old, next) = (read(NAME)?, read(NEXT)?);
    if old.is_none() && next.is_none() {
        let mut entries = fs::read_dir(output)?;
        if let Some(entry) = entries.next() {
            entry?;
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
        let full = output.join(&path);
        let is_file = fs::symlink_metadata(&full).is_ok_and(|metadata| metadata.is_file());
        if is_file && (Hash::of(&fs::read(&full)?) == entry.hash || !known.files.contains_key(&path)) {
            known.files.insert(path, entry);
        }
    }
    Ok((known, true))
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
