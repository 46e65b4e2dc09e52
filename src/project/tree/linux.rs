//! The steps in a tree, as Linux does them: from the folder that was opened once, by paths without links (`openat2`).

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, RenameFlags, ResolveFlags, openat2};
use rustix::io::Errno;

use super::{above, refuse_links};

const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
/// A pipe must not keep us waiting.
const FILE: OFlags = OFlags::NONBLOCK.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

pub struct System {
    path: PathBuf,
    top: OwnedFd,
}

impl System {
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), top: rustix::fs::open(path, FOLDER, Mode::empty())? })
    }

    pub fn file(&self, path: &str) -> io::Result<File> {
        Ok(self.reach(path, FILE)?.into())
    }

    pub fn look(&self, path: &str) -> io::Result<()> {
        let (folder, name) = self.above(path)?;
        Ok(rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW).map(|_| ())?)
    }

    pub fn make(&self, path: &str) -> io::Result<()> {
        let (folder, name) = self.above(path)?;
        Ok(rustix::fs::mkdirat(folder, name, Mode::from_raw_mode(0o777))?)
    }

    pub fn place(&self, from: &Path, path: &str) -> io::Result<()> {
        let (folder, name) = self.above(path)?;
        Ok(rustix::fs::renameat(CWD, from, folder, name)?)
    }

    pub fn swap(&self, other: &Path, path: &str) -> io::Result<bool> {
        let (folder, name) = self.above(path)?;
        match rustix::fs::renameat_with(CWD, other, folder, name, RenameFlags::EXCHANGE) {
            // Not every file system can, and a mount point never moves.
            Err(Errno::INVAL | Errno::NOSYS | Errno::BUSY | Errno::XDEV | Errno::OPNOTSUPP) => Ok(false),
            done => Ok(done.map(|()| true)?),
        }
    }

    pub fn delete(&self, path: &str) -> io::Result<()> {
        let (folder, name) = self.above(path)?;
        Ok(rustix::fs::unlinkat(folder, name, AtFlags::empty())?)
    }

    pub fn delete_folder(&self, path: &str) -> io::Result<()> {
        let (folder, name) = self.above(path)?;
        Ok(rustix::fs::unlinkat(folder, name, AtFlags::REMOVEDIR)?)
    }

    /// The folder that a path is in, held open: whatever is put in its place meanwhile, we work in it.
    fn above<'p>(&self, path: &'p str) -> io::Result<(OwnedFd, &'p str)> {
        let (folder, name) = above(path);
        Ok((self.reach(if folder.is_empty() { "." } else { folder }, FOLDER)?, name))
    }

    fn reach(&self, path: &str, how: OFlags) -> io::Result<OwnedFd> {
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        match openat2(&self.top, path, how, Mode::empty(), resolve) {
            // Older systems don't know the call, and containers may forbid it.
            Err(Errno::NOSYS | Errno::PERM) => {
                refuse_links(&self.path, path)?;
                Ok(rustix::fs::openat(&self.top, path, how, Mode::empty())?)
            }
            opened => Ok(opened?),
        }
    }
}
