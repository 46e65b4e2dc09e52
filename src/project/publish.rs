//! Publishing: the one door through which bytes reach the published folder.
//!
//! Files that differ are written into a staging folder beside the published one. When all are there, unchanged files join
//! them as hard links and the two folders change places in one step: a reader sees the old site or the new one. Where all
//! that changes is in one folder of the site, as with an edit in one of many guides, those two folders do. Where
//! that can't be (the folder holds files that are not ours, or the system can't exchange folders), each file is moved into
//! place by a rename of its own, new ones first and deletions last. Only files that the manifest names are ever deleted.

mod placing;

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use fs_err as fs;
use rayon::prelude::*;

use super::lock::Lock;
use super::manifest::{Entry, Manifest};
use super::published::{Desk, absent, known, refuse};
use super::tree::Tree;
use super::{Failure, Root, absolute, folders};
use crate::source::Hash;

/// What publishing did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Files that were written, since they are new or differ.
    pub written: usize,
    /// Files that were left alone, since their bytes are the same.
    pub kept: usize,
    /// Files that were deleted, since nothing is published at their address any more.
    pub deleted: usize,
    /// Sentences for whoever published: files that somebody changed by hand.
    pub warnings: Vec<String>,
}

/// What was put.
#[derive(Default)]
struct Put {
    /// By address.
    files: BTreeMap<String, Entry>,
    /// The addresses at which the published file has these bytes already.
    same: BTreeSet<String>,
}

/// A publishing that has begun. Dropped before [`Publisher::finish`], it leaves the published folder as it was.
pub struct Publisher {
    output: PathBuf,
    staging: PathBuf,
    /// Whether files come to their places one by one, in any case.
    in_place: bool,
    /// What was published before.
    old: Manifest,
    /// Whether an earlier publishing has not come to its end.
    unfinished: bool,
    /// What is there in the output; none where it isn't there yet.
    tree: Option<Tree>,
    put: Mutex<Put>,
    warnings: Mutex<Vec<String>>,
    _lock: Lock,
}

impl Publisher {
    /// Begins to publish into a folder, which with `in_place` stays the one that it is.
    ///
    /// # Errors
    /// Where the folder is none to publish into: the site itself, a link, somebody else's.
    pub fn begin(root: &Root, output: &Path, in_place: bool) -> Result<Self, Failure> {
        let output = absolute(output);
        let (parent, name) = refuse(root, &output)?;
        fs::create_dir_all(&parent)?;
        let Desk { lock, staging, is_within } = Desk::take(&parent, &name, &output)?;
        folders::remove(&staging)?;
        let tree = match Tree::open(&output) {
            Ok(tree) => Some(tree),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        let (old, unfinished) = tree.as_ref().map(|tree| known(&output, tree)).transpose()?.unwrap_or_default();
        Ok(Self {
            output,
            staging,
            in_place: in_place || is_within,
            old,
            unfinished,
            tree,
            put: Mutex::default(),
            warnings: Mutex::default(),
            _lock: lock,
        })
    }

    /// Takes the bytes of an address: stages them, unless the published file has them already. Any thread may call it.
    ///
    /// # Errors
    /// Where the published file can't be compared or the staged one not be written.
    pub fn put(&self, address: &str, bytes: &[u8], made_from: &str) -> Result<(), Failure> {
        let hash = Hash::of(bytes);
        let same = self.is_same(address, bytes)?;
        if !same {
            self.stage(address, bytes)?;
        }
        self.note(address, Entry { hash, made_from: made_from.to_owned() }, same);
        Ok(())
    }

    /// Keeps what is published at an address, if it was made from the same as now and nobody has changed it since.
    /// `false` where it has to be made and put.
    ///
    /// # Errors
    /// Where the published file can't be read.
    pub fn keep(&self, address: &str, made_from: &str) -> Result<bool, Failure> {
        let Some(known) =
            self.old.files.get(address).filter(|known| !made_from.is_empty() && known.made_from == made_from)
        else {
            return Ok(false);
        };
        self.keep_known(address, known)
    }

    fn keep_known(&self, address: &str, known: &Entry) -> Result<bool, Failure> {
        let same = self.published(address)?.is_some_and(|bytes| Hash::of(&bytes) == known.hash);
        if same {
            self.note(address, known.clone(), true);
        }
        Ok(same)
    }

    /// What the whole published site was made from; empty where that is not known.
    pub fn all_made_from(&self) -> &str {
        &self.old.made_from
    }

    /// Keeps the whole site, if nobody has changed any file of it; `false` where files have to be put.
    ///
    /// # Errors
    /// Where a published file can't be read.
    pub fn keep_all(&self) -> Result<bool, Failure> {
        let kept = self.old.files.par_iter().map(|(address, known)| self.keep_known(address, known));
        kept.try_reduce(|| true, |one, other| Ok(one && other))
    }

    /// What a published file was made from; empty where that is not known.
    pub fn made_from(&self, address: &str) -> &str {
        self.old.files.get(address).map_or("", |entry| &entry.made_from)
    }

    fn note(&self, address: &str, entry: Entry, same: bool) {
        let mut put = self.put.lock().unwrap_or_else(PoisonError::into_inner);
        put.files.insert(address.to_owned(), entry);
        if same {
            put.same.insert(address.to_owned());
        }
    }

    /// Whether the published file has these bytes. One that is not ours must not be written over.
    fn is_same(&self, address: &str, bytes: &[u8]) -> Result<bool, Failure> {
        let Some(known) = self.old.files.get(address) else { return self.must_be_free(address).map(|()| false) };
        let Some(there) = self.published(address)? else { return Ok(false) };
        if there != bytes && Hash::of(&there) != known.hash {
            self.warn(format!("{address} was changed by hand; it is written again"));
        }
        Ok(there == bytes)
    }

    /// The bytes of a published file, where it is there.
    fn published(&self, address: &str) -> Result<Option<Vec<u8>>, Failure> {
        let Some(tree) = &self.tree else { return Ok(None) };
        match tree.read(address) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) => absent(tree, address, error, |place| self.old.files.contains_key(place)).map(|()| None),
        }
    }

    /// Says no where there is something at an address that we never wrote.
    fn must_be_free(&self, address: &str) -> Result<(), Failure> {
        let Some(tree) = &self.tree else { return Ok(()) };
        match tree.holds(address) {
            Ok(false) => Ok(()),
            Ok(true) => Err(Failure::new(
                format!(
                    "{} is in the way: Guidepost did not write it, and would publish a page there",
                    tree.full(address).display()
                ),
                "move it away, or publish into another folder with `--output`",
            )),
            Err(error) => absent(tree, address, error, |place| self.old.files.contains_key(place)),
        }
    }

    fn warn(&self, warning: String) {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).push(warning);
    }

    fn stage(&self, address: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.staging.join(address);
        match fs::write(&path, bytes) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)?;
                }
                Ok(fs::write(&path, bytes)?)
            }
            other => Ok(other?),
        }
    }

    /// Publishes what was put. `made_from` says what the whole was made from, for [`Publisher::all_made_from`]; empty where the
    /// next run has to look closer.
    ///
    /// # Errors
    /// Where the disk refuses. The published folder then is as before; in place it may be in between, and the next run
    /// mends it.
    pub fn finish(self, made_from: &str) -> Result<Report, Failure> {
        let Put { files, same } = std::mem::take(&mut *self.put.lock().unwrap_or_else(PoisonError::into_inner));
        let manifest = Manifest { made_from: made_from.to_owned(), files };
        let gone: Vec<&String> = self.old.files.keys().filter(|path| !manifest.files.contains_key(*path)).collect();
        let deletions = self.deletable(&gone)?;
        let changed: Vec<&str> =
            manifest.files.keys().map(String::as_str).filter(|path| !same.contains(*path)).collect();
        let report = |warnings: Vec<String>| Report {
            written: changed.len(),
            kept: same.len(),
            deleted: deletions.len(),
            warnings,
        };
        let unchanged = self.tree.is_some() && changed.is_empty() && gone.is_empty();
        if unchanged && (self.unfinished || manifest != self.old) {
            // The files stay; nobody but the next run reads the manifest.
            fs::create_dir_all(&self.staging)?;
            self.announce(&manifest)?;
            self.settle()?;
            folders::remove(&self.staging)?;
        } else if !unchanged {
            fs::create_dir_all(&self.staging)?;
            let scope = self.scope(&manifest, &changed, &gone);
            let foreign = self.tree.is_some() && (self.in_place || self.has_foreign(&scope, &manifest, &deletions)?);
            let exchanged = !foreign && self.exchange(&scope, &manifest, &same)?;
            if let (false, Some(tree)) = (exchanged, &self.tree) {
                self.in_place(tree, &manifest, &changed, &deletions)?;
            }
        }
        let mut warnings = std::mem::take(&mut *self.warnings.lock().unwrap_or_else(PoisonError::into_inner));
        warnings.sort();
        Ok(report(warnings))
    }

    /// Of files that have no address any more, those that are as we wrote them. Others are kept, with a warning.
    fn deletable<'p>(&self, gone: &[&'p String]) -> Result<BTreeSet<&'p str>, Failure> {
        let mut deletable = BTreeSet::new();
        for path in gone {
            let Some(known) = self.old.files.get(*path) else { continue };
            match self.published(path)? {
                Some(bytes) if Hash::of(&bytes) == known.hash => drop(deletable.insert(path.as_str())),
                Some(_) => self.warn(format!(
                    "{path} was changed by hand; it is kept, though nothing is published there any more"
                )),
                None => {}
            }
        }
        Ok(deletable)
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        // A publishing that was given up leaves nothing behind; where that fails the next run clears it away.
        let _ = folders::remove(&self.staging);
    }
}
