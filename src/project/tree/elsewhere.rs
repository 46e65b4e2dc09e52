//! The steps in a tree where the system can't see to it that there is no link on the way: each is looked for before.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::{above, refuse_links};

pub struct System {
    path: PathBuf,
}

impl System {
    pub fn open(path: &Path) -> io::Result<Self> {
        fs::read_dir(path).map(|_| Self { path: path.to_owned() })
    }

    pub fn file(&self, path: &str) -> io::Result<File> {
        refuse_links(&self.path, path)?;
        let mut options = File::options();
        options.read(true);
        #[cfg(unix)]
        {
            use rustix::fs::OFlags;
            use std::os::unix::fs::OpenOptionsExt as _;
            // A pipe must not keep us waiting.
            options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32);
        }
        options.open(self.path.join(path))
    }

    pub fn look(&self, path: &str) -> io::Result<()> {
        fs::symlink_metadata(self.at(path)?).map(|_| ())
    }

    pub fn make(&self, path: &str) -> io::Result<()> {
        fs::create_dir(self.at(path)?)
    }

    pub fn place(&self, from: &Path, path: &str) -> io::Result<()> {
        fs::rename(from, self.at(path)?)
    }

    #[cfg(target_os = "macos")]
    pub fn swap(&self, other: &Path, path: &str) -> io::Result<bool> {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, other, CWD, self.at(path)?, RenameFlags::EXCHANGE) {
            // Not every file system can, and a mount point never moves.
            Err(Errno::INVAL | Errno::NOSYS | Errno::BUSY | Errno::XDEV | Errno::OPNOTSUPP) => Ok(false),
            done => Ok(done.map(|()| true)?),
        }
    }

    #[cfg(not(target_os = "macos"))]
    pub fn swap(&self, _: &Path, _: &str) -> io::Result<bool> {
        Ok(false)
    }

    pub fn delete(&self, path: &str) -> io::Result<()> {
        fs::remove_file(self.at(path)?)
    }

    pub fn delete_folder(&self, path: &str) -> io::Result<()> {
        fs::remove_dir(self.at(path)?)
    }

    fn at(&self, path: &str) -> io::Result<PathBuf> {
        refuse_links(&self.path, above(path).0)?;
        Ok(self.path.join(path))
    }
}
