//! The lock of a published folder.
//!
//! A file beside the folder or in it, gone again when the run is over. Whoever has opened it may find that the run before has removed
//! it meanwhile, and that somebody else has made it anew: only who has locked the file that is there now has the lock.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::Failure;
use super::stamps::Stamp;

/// Each try but the first means that another run has come to its end, so that so many never come.
const MOST_TRIES: usize = 1000;

/// Keeps a second run out of the same folder.
pub struct Lock {
    file: fs::File,
    path: PathBuf,
}

impl Lock {
    /// Takes the lock of the folder `output`, which is the file `path`. None where that file can't be made, since the folder that
    /// it is in is not for us to write into.
    ///
    /// # Errors
    /// Where another run holds it.
    pub fn take(path: &Path, output: &Path) -> Result<Option<Self>, Failure> {
        for _ in 0..MOST_TRIES {
            let file = match fs::File::options().create(true).truncate(false).write(true).open(path) {
                Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {
                    // One that is there is that of somebody else, who is at work.
                    if fs::symlink_metadata(path).is_ok() {
                        break;
                    }
                    return Ok(None);
                }
                file => file?,
            };
            match file.file().try_lock() {
                // A share may have no locks; then nobody is kept out, which is said in the docs.
                Err(std::fs::TryLockError::Error(error)) if error.kind() != ErrorKind::Unsupported => {
                    return Err(error.into());
                }
                Err(std::fs::TryLockError::WouldBlock) => break,
                _ if is_at(&file, path)? => return Ok(Some(Self { file, path: path.to_owned() })),
                _ => {}
            }
        }
        Err(Failure::new(
            format!("another Guidepost is publishing into {}", output.display()),
            "wait until it is done, or stop it",
        ))
    }
}

/// Whether an open file is the one at a path.
fn is_at(file: &fs::File, path: &Path) -> Result<bool, Failure> {
    match fs::symlink_metadata(path) {
        Ok(there) => Ok(Stamp::identity(&there) == Stamp::identity(&file.metadata()?)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error.into()),
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Removed while it is held, where a file that was made anew can be told from it; elsewhere it stays, empty and
        // unlocked, as it does where removing it fails, and does no harm.
        if cfg!(unix) {
            let _ = fs::remove_file(&self.path);
        }
        let _ = self.file.file().unlock();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_removed_is_no_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = Lock::take(&path, folder.path()).unwrap().unwrap();
        let waiting = fs::File::options().write(true).open(&path).unwrap();
        assert!(Lock::take(&path, folder.path()).is_err());
        assert!(is_at(&waiting, &path).unwrap());
        drop(first);
        waiting.file().try_lock().unwrap();
        assert!(!is_at(&waiting, &path).unwrap(), "whoever waited has a lock on nothing");
        let _third = Lock::take(&path, folder.path()).unwrap().unwrap();
        assert!(!is_at(&waiting, &path).unwrap(), "and now a third one has the lock");
    }
}
