//! The lock of a published folder.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::Failure;

/// Keeps a second run out of the same folder.
pub struct Lock {
    file: fs::File,
    path: PathBuf,
}

impl Lock {
    /// Takes the lock of the folder `output`, which is the file `path`.
    ///
    /// # Errors
    /// Where another run holds it.
    pub fn take(path: &Path, output: &Path) -> Result<Self, Failure> {
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
