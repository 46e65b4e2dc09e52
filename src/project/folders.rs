//! What is done with whole folders: clearing one away, whether one can be exchanged, waiting for the disk.

use std::io::ErrorKind;
use std::path::Path;

use fs_err as fs;

use super::Failure;

/// Removes a folder with all in it, where it is there.
pub fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// A folder in which somebody works can't be exchanged under their feet: a shell would stay in the old one. Only the
/// process's own folder is looked at; another one's can't be known everywhere.
pub fn can_exchange(output: &Path) -> bool {
    std::env::current_dir().is_ok_and(|current| !current.starts_with(output))
}

/// Lets everything that was written reach the disk, before the folders change places.
#[cfg(target_os = "linux")]
pub fn sync(folder: &Path) -> Result<(), Failure> {
    let folder = fs::File::open(folder)?;
    rustix::fs::syncfs(&folder)
        .map_err(|error| Failure { message: format!("the disk does not take what was written: {error}"), hint: None })
}

#[cfg(not(target_os = "linux"))]
pub fn sync(_: &Path) -> Result<(), Failure> {
    Ok(())
}
