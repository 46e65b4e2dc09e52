//! Publishing: the one door through which bytes reach the published folder.
//!
//! Files that differ are written into a staging folder beside the published one. When all are there, unchanged files join
//! them as hard links and the two folders change places in one step: a reader sees the old site or the new one. Where all
//! that changes is in one folder of the site, as with an edit in one of many guides, those two folders do. Where
//! that can't be (the folder holds files that are not ours, or the system can't exchange folders), each file is moved into
//! place by a rename of its own, new ones first and deletions last. Only files that the manifest names are ever deleted.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use fs_err as fs;
use rayon::prelude::*;
use walkdir::WalkDir;

use super::manifest::{Entry, Manifest, NAME, NEXT};
use super::{Failure, Root, absolute};
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
    /// What was published before.
    old: Manifest,
    /// Whether an earlier publishing has not come to its end.
    unfinished: bool,
    /// Whether the folder was there before.
    exists: bool,
    put: Mutex<Put>,
    warnings: Mutex<Vec<String>>,
    _lock: Lock,
}

impl Publisher {
    /// Begins to publish into a folder.
    ///
    /// # Errors
    /// Where the folder is none to publish into: the site itself, a link, somebody else's.
    pub fn begin(root: &Root, output: &Path) -> Result<Self, Failure> {
        let output = absolute(output);
        let (parent, name) = refuse(root, &output)?;
        fs::create_dir_all(&parent)?;
        let lock = Lock::take(&parent.join(format!(".{name}.guidepost-lock")), &output)?;
        let staging = parent.join(format!(".{name}.guidepost-staging"));
        remove_folder(&staging)?;
        let exists = match fs::symlink_metadata(&output) {
            Ok(_) => true,
            Err(error) if error.kind() == ErrorKind::NotFound => false,
            Err(error) => return Err(error.into()),
        };
        let (old, unfinished) = if exists { known(&output)? } else { (Manifest::default(), false) };
        Ok(Self {
            output,
            staging,
            old,
            unfinished,
            exists,
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
        let published = self.output.join(address);
        let same = if self.exists { self.is_same(address, &published, bytes)? } else { false };
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
        let same = match fs::read(self.output.join(address)) {
            Ok(bytes) => Hash::of(&bytes) == known.hash,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => false,
            Err(error) => return Err(error.into()),
        };
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
    fn is_same(&self, address: &str, published: &Path, bytes: &[u8]) -> Result<bool, Failure> {
        let Some(known) = self.old.files.get(address) else {
            return match fs::symlink_metadata(published) {
                Ok(_) => Err(Failure::new(
                    format!(
                        "{} is in the way: Guidepost did not write it, and would publish a page there",
                        published.display()
                    ),
                    "move it away, or publish into another folder with `--output`",
                )),
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(false),
                Err(error) => Err(error.into()),
            };
        };
        match fs::symlink_metadata(published) {
            Ok(metadata) if !metadata.is_file() => {
                return Err(Failure::new(
                    format!("{} is no longer a plain file", published.display()),
                    "move it away, and build again",
                ));
            }
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        let there = fs::read(published)?;
        if there == bytes {
            return Ok(true);
        }
        if Hash::of(&there) != known.hash {
            self.warn(format!("{address} was changed by hand; it is written again"));
        }
        Ok(false)
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
        let unchanged = self.exists && changed.is_empty() && gone.is_empty();
        if unchanged && (self.unfinished || manifest != self.old) {
            // The files stay; nobody but the next run reads the manifest.
            fs::create_dir_all(&self.staging)?;
            self.announce(&manifest)?;
            self.settle()?;
            remove_folder(&self.staging)?;
        } else if !unchanged {
            fs::create_dir_all(&self.staging)?;
            let scope = self.scope(&manifest, &changed, &gone);
            let foreign = self.exists && self.has_foreign(&scope, &manifest, &deletions)?;
            let exchanged = !foreign && self.exchange(&scope, &manifest, &same)?;
            if !exchanged {
                self.in_place(&manifest, &changed, &deletions)?;
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
            let full = self.output.join(path.as_str());
            match fs::symlink_metadata(&full) {
                Ok(metadata) if metadata.is_file() && self.is_as_written(path, &full)? => {
                    deletable.insert(path.as_str());
                }
                Ok(_) => self.warn(format!(
                    "{path} was changed by hand; it is kept, though nothing is published there any more"
                )),
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(deletable)
    }

    fn is_as_written(&self, path: &str, full: &Path) -> Result<bool, Failure> {
        let hash = Hash::of(&fs::read(full)?);
        Ok(self.old.files.get(path).is_some_and(|known| known.hash == hash))
    }

    /// The deepest published folder in which everything is that changes, from the published folder, with a `/` at its end;
    /// empty where that is the published folder itself.
    fn scope(&self, manifest: &Manifest, changed: &[&str], gone: &[&String]) -> String {
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
    fn has_foreign(&self, scope: &str, manifest: &Manifest, deletions: &BTreeSet<&str>) -> Result<bool, Failure> {
        for entry in WalkDir::new(self.output.join(scope)).min_depth(1) {
            let entry = entry.map_err(|error| Failure { message: error.to_string(), hint: None })?;
            if entry.file_type().is_dir() {
                continue;
            }
            let relative = entry.path().strip_prefix(&self.output).unwrap_or(entry.path());
            let path =
                relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            let ours =
                manifest.files.contains_key(&path) || deletions.contains(path.as_str()) || path == NAME || path == NEXT;
            if !ours {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Makes the staging folder whole and lets it change places with the published one; of both only the folder in which
    /// everything is that changes. `false` where the system can't.
    fn exchange(&self, scope: &str, manifest: &Manifest, same: &BTreeSet<String>) -> Result<bool, Failure> {
        if self.exists && !can_exchange(&self.output) {
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
        if self.exists {
            sync(&self.staging)?;
        }
        if !whole {
            let scope = scope.trim_end_matches('/');
            if !swap(&self.staging.join(scope), &self.output.join(scope))? {
                return Ok(false);
            }
            self.settle()?;
        } else if !self.exists {
            fs::rename(&self.staging, &self.output)?;
        } else if !swap(&self.staging, &self.output)? {
            return Ok(false);
        }
        // What is now in the staging folder is the old site; the next run clears it away where this one can't.
        remove_folder(&self.staging)?;
        Ok(true)
    }

    /// Lays the manifest of the new state beside the old one, so that after a broken run both the old files and the new
    /// ones are known as ours.
    fn announce(&self, manifest: &Manifest) -> Result<(), Failure> {
        fs::write(self.staging.join(NEXT), manifest.write())?;
        Ok(fs::rename(self.staging.join(NEXT), self.output.join(NEXT))?)
    }

    /// Says that what was announced is there.
    fn settle(&self) -> Result<(), Failure> {
        Ok(fs::rename(self.output.join(NEXT), self.output.join(NAME))?)
    }

    /// Moves file by file: new ones, changed ones, deletions.
    fn in_place(&self, manifest: &Manifest, changed: &[&str], deletions: &BTreeSet<&str>) -> Result<(), Failure> {
        fs::create_dir_all(&self.output)?;
        self.announce(manifest)?;
        let (new, changed): (Vec<&str>, Vec<&str>) =
            changed.iter().partition(|path| !self.old.files.contains_key(**path));
        for path in new.into_iter().chain(changed) {
            let to = self.output.join(path);
            if let Some(folder) = to.parent() {
                fs::create_dir_all(folder)?;
            }
            // A file that an earlier attempt at an exchange has linked is there already.
            fs::rename(self.staging.join(path), &to)?;
        }
        for path in deletions {
            fs::remove_file(self.output.join(path))?;
            self.remove_empty_folders(path);
        }
        self.settle()?;
        sync(&self.output)?;
        remove_folder(&self.staging)
    }

    /// Removes the folders above a deleted file that are empty now.
    fn remove_empty_folders(&self, path: &str) {
        let mut folder = Path::new(path).parent();
        while let Some(inner) = folder.filter(|folder| !folder.as_os_str().is_empty()) {
            if fs::remove_dir(self.output.join(inner)).is_err() {
                break;
            }
            folder = inner.parent();
        }
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        // A publishing that was given up leaves nothing behind; where that fails the next run clears it away.
        let _ = remove_folder(&self.staging);
    }
}

/// What is ours in a published folder, and whether it was left by a publishing that did not come to its end.
fn known(output: &Path) -> Result<(Manifest, bool), Failure> {
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
fn refuse(root: &Root, output: &Path) -> Result<(PathBuf, String), Failure> {
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

fn remove_folder(path: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// A folder in which somebody works can't be exchanged under their feet: a shell would stay in the old one. Only the
/// process's own folder is looked at; another one's can't be known everywhere.
fn can_exchange(output: &Path) -> bool {
    std::env::current_dir().is_ok_and(|current| !current.starts_with(output))
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn swap(one: &Path, other: &Path) -> Result<bool, Failure> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        // Not every file system can, and a mount point never moves.
        Err(Errno::INVAL | Errno::NOSYS | Errno::BUSY | Errno::XDEV | Errno::OPNOTSUPP) => Ok(false),
        Err(error) => Err(Failure { message: format!("{} can't be published: {error}", other.display()), hint: None }),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn swap(_: &Path, _: &Path) -> Result<bool, Failure> {
    Ok(false)
}

/// Lets everything that was written reach the disk, before the folders change places.
#[cfg(target_os = "linux")]
fn sync(folder: &Path) -> Result<(), Failure> {
    let folder = fs::File::open(folder)?;
    rustix::fs::syncfs(&folder)
        .map_err(|error| Failure { message: format!("the disk does not take what was written: {error}"), hint: None })
}

#[cfg(not(target_os = "linux"))]
fn sync(_: &Path) -> Result<(), Failure> {
    Ok(())
}

/// Keeps a second run out of the same folder.
struct Lock {
    file: fs::File,
    path: PathBuf,
}

impl Lock {
    fn take(path: &Path, output: &Path) -> Result<Self, Failure> {
        let file = fs::File::options().create(true).truncate(false).write(true).open(path)?;
        match file.file().try_lock() {
            Ok(()) => Ok(Self { file, path: path.to_owned() }),
            Err(std::fs::TryLockError::WouldBlock) => Err(Failure::new(
                format!("another Guidepost is publishing into {}", output.display()),
                "wait until it is done, or stop it",
            )),
            // A share may have no locks; then nobody is kept out, which is said in the docs.
            Err(std::fs::TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                Ok(Self { file, path: path.to_owned() })
            }
            Err(std::fs::TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Removed while it is held. Where that fails the file stays, empty and unlocked, and does no harm.
        let _ = fs::remove_file(&self.path);
        let _ = self.file.file().unlock();
    }
}
