//! A folder with all below it, in which no link is followed: neither in a file's place, nor in that of a folder above it.
//!
//! In: paths from the folder, with `/` between their segments. Out: what is there, or what was done with it. Linux sees to it
//! itself that there is no link on the way, so that nobody can put one there between a look and the step after it; elsewhere
//! each folder is looked at before the step.

#[cfg(any(test, not(target_os = "linux")))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

use std::fs::{FileType, Metadata};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use fs_err as fs;

#[cfg(not(target_os = "linux"))]
use elsewhere::System;
#[cfg(target_os = "linux")]
use linux::System;

/// A folder with all below it.
pub struct Tree {
    path: PathBuf,
    system: System,
}

impl Tree {
    /// Opens a folder, to which a link may lead.
    pub fn open(path: &Path) -> io::Result<Self> {
        let system = System::open(path).map_err(|error| told(path, &error))?;
        Ok(Self { path: path.to_owned(), system })
    }

    /// Where something is on disk, for messages.
    pub fn full(&self, path: &str) -> PathBuf {
        self.path.join(path)
    }

    /// Opens a plain file. A pipe or a device in its place is an error, never a wait.
    pub fn file(&self, path: &str) -> io::Result<(fs::File, Metadata)> {
        let opened = self.system.file(path).map_err(|error| match self.obstacle(path) {
            // Systems say it each in other words.
            Some((_, kind)) if kind.is_symlink() => is_link(),
            _ => error,
        });
        let file = fs::File::from_parts(self.told(path, opened)?, self.full(path));
        let metadata = file.metadata()?;
        let odd = || self.told(path, Err(io::Error::other("this is no plain file")));
        if metadata.is_file() { Ok((file, metadata)) } else { odd() }
    }

    /// Reads a plain file.
    pub fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let (mut file, metadata) = self.file(path)?;
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Whether something is there, be it a link.
    pub fn holds(&self, path: &str) -> io::Result<bool> {
        match self.system.look(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            found => self.told(path, found.map(|()| true)),
        }
    }

    /// Makes a folder, with those above it, where they aren't there.
    pub fn make(&self, path: &str) -> io::Result<()> {
        match self.system.make(path) {
            _ if path.is_empty() => Ok(()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound && path.contains('/') => {
                self.make(above(path).0)?;
                self.make(path)
            }
            made => self.told(path, made),
        }
    }

    /// Moves a file from elsewhere to a path, whatever file was there.
    pub fn place(&self, from: &Path, path: &str) -> io::Result<()> {
        self.told(path, self.system.place(from, path))
    }

    /// Lets a folder from elsewhere and one of the tree change places in one step; whether the system can.
    pub fn swap(&self, other: &Path, path: &str) -> io::Result<bool> {
        self.told(path, self.system.swap(other, path))
    }

    /// Deletes a file.
    pub fn delete(&self, path: &str) -> io::Result<()> {
        self.told(path, self.system.delete(path))
    }

    /// Deletes a folder, if it is empty.
    pub fn delete_folder(&self, path: &str) -> io::Result<()> {
        self.told(path, self.system.delete_folder(path))
    }

    /// The first on the way to a path that is no folder, else what is there itself.
    pub fn obstacle<'p>(&self, path: &'p str) -> Option<(&'p str, FileType)> {
        obstacle(&self.path, path)
    }

    fn told<T>(&self, path: &str, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| told(&self.full(path), &error))
    }
}

/// A path as the folder that it is in, which is empty for the tree's own, and its name there.
pub fn above(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn obstacle<'p>(top: &Path, path: &'p str) -> Option<(&'p str, FileType)> {
    let ends = path.match_indices('/').map(|(slash, _)| slash).chain([path.len()]).filter(|end| *end > 0);
    let mut kinds = ends.map_while(|end| match fs::symlink_metadata(top.join(&path[..end])) {
        Ok(metadata) => Some((&path[..end], metadata.file_type())),
        Err(_) => None,
    });
    kinds.find(|(place, kind)| *place == path || !kind.is_dir())
}

/// Says no where a link is on the way to a path, or at its end.
fn refuse_links(top: &Path, path: &str) -> io::Result<()> {
    match obstacle(top, path) {
        Some((_, kind)) if kind.is_symlink() => Err(is_link()),
        _ => Ok(()),
    }
}

fn is_link() -> io::Error {
    io::Error::other("a symbolic link is not followed")
}

/// An error with the path that it is about.
fn told(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// The same for both ways of taking steps: in a linked folder nothing is read, made, moved or deleted.
    macro_rules! follows_no_link {
        ($system:ty) => {
            let folder = tempfile::tempdir().unwrap();
            let (tree, other) = (folder.path().join("tree"), folder.path().join("other"));
            for path in [tree.join("own"), other.clone()] {
                fs::create_dir_all(&path).unwrap();
                fs::write(path.join("file"), "theirs").unwrap();
            }
            symlink(&other, tree.join("link")).unwrap();
            symlink(other.join("file"), tree.join("own/link")).unwrap();
            let staged = folder.path().join("staged");
            let system = <$system>::open(&tree).unwrap();
            for (path, is_ours) in [("own", true), ("link", false)] {
                fs::write(&staged, "ours").unwrap();
                let at = |name: &str| format!("{path}/{name}");
                assert_eq!(system.file(&at("file")).is_ok(), is_ours, "{path}");
                assert_eq!(system.look(&at("file")).is_ok(), is_ours, "{path}");
                assert_eq!(system.make(&at("made")).is_ok(), is_ours, "{path}");
                assert_eq!(system.delete_folder(&at("made")).is_ok(), is_ours, "{path}");
                assert_eq!(system.place(&staged, &at("file")).is_ok(), is_ours, "{path}");
                assert_eq!(system.delete(&at("file")).is_ok(), is_ours, "{path}");
                assert!(is_ours || !matches!(system.swap(&staged, &at("file")), Ok(true)), "{path}");
            }
            assert!(system.file("own/link").is_err() && system.look("own/link").is_ok());
            assert_eq!(fs::read_to_string(other.join("file")).unwrap(), "theirs");
            assert_eq!(fs::read_dir(&other).unwrap().count(), 1);
        };
    }

    #[test]
    fn no_link_is_followed() {
        #[cfg(target_os = "linux")]
        {
            follows_no_link!(linux::System);
        }
        follows_no_link!(elsewhere::System);
    }
}
