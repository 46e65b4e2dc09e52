//! What is done with whole folders: clearing one away, whether one can be exchanged or is mounted, waiting for the disk.

use std::io::ErrorKind;
use std::path::Path;

use fs_err as fs;

use super::Failure;
use super::stamps::Stamp;

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

/// Whether a folder is a disk or a part of one, mounted there: what is beside it is elsewhere for the system, and it stays
/// where it is.
pub fn is_mounted(path: &Path) -> Result<bool, Failure> {
    let there = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        there => there?,
    };
    // A folder of the same disk may be mounted, too, which only Linux tells.
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
        let told = statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::empty());
        if told.is_ok_and(|told| told.stx_attributes.contains(StatxAttributes::MOUNT_ROOT)) {
            return Ok(true);
        }
    }
    let Some(parent) = path.parent() else { return Ok(true) };
    Ok(Stamp::identity(&there).0 != Stamp::identity(&fs::metadata(parent)?).0)
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
