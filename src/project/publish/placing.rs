//! How staged files come to their places: by folders that change places, or one by one.

use std::collections::BTreeSet;

use fs_err as fs;
use walkdir::WalkDir;

use super::Publisher;
use crate::project::manifest::{Manifest, NAME, NEXT};
use crate::project::published::is_work;
use crate::project::tree::{Tree, above};
use crate::project::{Failure, folders};

impl Publisher {
    /// The deepest published folder in which everything is that changes, from the published folder, with a `/` at its end;
    /// empty where that is the published folder itself.
    pub(super) fn scope(&self, manifest: &Manifest, changed: &[&str], gone: &[&String]) -> String {
        let all = changed.iter().copied().chain(gone.iter().map(|path| path.as_str()));
        let shared = |one: &str, other: &str| -> usize {
            let same = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
            one[..same].rfind('/').map_or(0, |slash| slash + 1)
        };
        let folder = |path: &str| path[..path.rfind('/').map_or(0, |slash| slash + 1)].to_owned();
        let scope = all.fold(None, |scope: Option<String>, path| match scope {
            None => Some(folder(path)),
            Some(scope) => Some(scope[..shared(&scope, path)].to_owned()),
        });
        // As far as these folders are there; a link among them leads who knows where.
        let is_folder = |path: &str| {
            fs::symlink_metadata(self.output.join(path.trim_end_matches('/'))).is_ok_and(|there| there.is_dir())
        };
        let scope = scope.unwrap_or_default();
        // A folder of which nothing stays goes itself, which is a change of the one above.
        let stays = |folder: &str| {
            manifest.files.range(folder.to_owned()..).next().is_some_and(|(path, _)| path.starts_with(folder))
        };
        let ends = scope.match_indices('/').map(|(slash, _)| slash + 1);
        let deepest = ends.take_while(|end| stays(&scope[..*end]) && is_folder(&scope[..*end])).last().unwrap_or(0);
        scope[..deepest].to_owned()
    }

    /// Whether a folder holds files that are neither published now nor to be deleted.
    pub(super) fn has_foreign(
        &self,
        scope: &str,
        manifest: &Manifest,
        deletions: &BTreeSet<&str>,
    ) -> Result<bool, Failure> {
        for entry in WalkDir::new(self.output.join(scope)).min_depth(1) {
            let entry = entry.map_err(|error| Failure { message: error.to_string(), hint: None })?;
            if entry.file_type().is_dir() {
                continue;
            }
            let relative = entry.path().strip_prefix(&self.output).unwrap_or(entry.path());
            let path =
                relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            let ours = manifest.files.contains_key(&path)
                || deletions.contains(path.as_str())
                || path == NAME
                || path == NEXT
                || is_work(&path);
            if !ours {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Makes the staging folder whole and lets it change places with the published one; of both only the folder in which
    /// everything is that changes. `false` where the system can't.
    pub(super) fn exchange(&self, scope: &str, manifest: &Manifest, same: &BTreeSet<String>) -> Result<bool, Failure> {
        if self.tree.is_some() && !folders::can_exchange(&self.output) {
            return Ok(false);
        }
        let mut folders = BTreeSet::new();
        let within =
            manifest.files.range(scope.to_owned()..).map(|(path, _)| path).take_while(|path| path.starts_with(scope));
        for path in within.filter(|path| same.contains(*path)) {
            let to = self.staging.join(path);
            if let Some(folder) = to.parent().filter(|folder| folders.insert(folder.to_path_buf())) {
                fs::create_dir_all(folder)?;
            }
            let from = self.output.join(path);
            if fs::hard_link(&from, &to).is_err() {
                fs::copy(&from, &to)?;
            }
        }
        let whole = scope.is_empty();
        if whole {
            fs::write(self.staging.join(NAME), manifest.write())?;
        } else {
            self.announce(manifest)?;
        }
        // Where nothing is published yet there is nothing to lose: what a power cut leaves of a first site is not what its
        // manifest says, and the next build writes it again. Waiting for the disk would be most of such a build's time.
        if self.tree.is_some() {
            folders::sync(&self.staging)?;
        }
        match &self.tree {
            None => fs::rename(&self.staging, &self.output)?,
            Some(_) if whole => {
                let name = self.output.file_name().and_then(|name| name.to_str());
                let (Some(parent), Some(name)) = (self.output.parent(), name) else { return Ok(false) };
                if !Tree::open(parent)?.swap(&self.staging, name)? {
                    return Ok(false);
                }
            }
            Some(tree) => {
                let scope = scope.trim_end_matches('/');
                if !tree.swap(&self.staging.join(scope), scope)? {
                    return Ok(false);
                }
                self.settle()?;
            }
        }
        // What is now in the staging folder is the old site; the next run clears it away where this one can't.
        folders::remove(&self.staging)?;
        Ok(true)
    }

    /// Lays the manifest of the new state beside the old one, so that after a broken run both the old files and the new
    /// ones are known as ours.
    pub(super) fn announce(&self, manifest: &Manifest) -> Result<(), Failure> {
        fs::write(self.staging.join(NEXT), manifest.write())?;
        Ok(fs::rename(self.staging.join(NEXT), self.output.join(NEXT))?)
    }

    /// Says that what was announced is there.
    pub(super) fn settle(&self) -> Result<(), Failure> {
        Ok(fs::rename(self.output.join(NEXT), self.output.join(NAME))?)
    }

    /// Moves file by file: new ones, changed ones, deletions.
    pub(super) fn in_place(
        &self,
        tree: &Tree,
        manifest: &Manifest,
        changed: &[&str],
        deletions: &BTreeSet<&str>,
    ) -> Result<(), Failure> {
        self.announce(manifest)?;
        let (new, changed): (Vec<&str>, Vec<&str>) =
            changed.iter().partition(|path| !self.old.files.contains_key(**path));
        for path in new.into_iter().chain(changed) {
            tree.make(above(path).0)?;
            // A file that an earlier attempt at an exchange has linked is there already.
            tree.place(&self.staging.join(path), path)?;
        }
        for path in deletions {
            tree.delete(path)?;
            remove_empty_folders(tree, path);
        }
        self.settle()?;
        folders::sync(&self.output)?;
        folders::remove(&self.staging)
    }
}

/// Removes the folders above a deleted file that are empty now.
fn remove_empty_folders(tree: &Tree, path: &str) {
    let mut folder = above(path).0;
    while !folder.is_empty() && tree.delete_folder(folder).is_ok() {
        folder = above(folder).0;
    }
}
