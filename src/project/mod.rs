//! The disk: reading a site's folder, publishing an output. With `serve` and `cli` the only code that touches it.
#![warn(clippy::disallowed_methods)]

pub mod content;
mod folders;
mod lock;
pub mod manifest;
pub mod names;
pub mod publish;
mod published;
pub mod read;
pub mod stamps;
mod theme;
mod tree;
pub mod update;

use std::path::{Path, PathBuf};

/// What could not be done with the disk, as one sentence for whoever ran the command.
#[derive(Debug)]
pub struct Failure {
    /// Lower case, no full stop.
    pub message: String,
    /// What to do about it, where that is known.
    pub hint: Option<String>,
}

impl Failure {
    /// A failure with what to do about it.
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: Some(hint.into()) }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        // fs-err has put the path into the error's own text.
        Self { message: error.to_string(), hint: None }
    }
}

/// The site's folder and where it is published.
#[derive(Debug, Clone)]
pub struct Root {
    /// The folder that has `content/` in it.
    pub path: PathBuf,
}

impl Root {
    /// Checks that a folder has a `content/` in it.
    ///
    /// # Errors
    /// Where it has none, or can't be read.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let content = path.join("content");
        match fs_err::metadata(&content) {
            Ok(metadata) if metadata.is_dir() => Ok(Self { path: path.to_owned() }),
            Ok(_) => Err(Failure::new(
                format!("{} is a file, not a folder", content.display()),
                "a site's pages are in a folder called `content`",
            )),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Failure::new(
                format!("there is no folder `content` in {}", absolute(path).display()),
                "run guidepost in the folder of your site, name it with `--root`, or make one with `guidepost init my-guide`",
            )),
            Err(error) => Err(error.into()),
        }
    }
}

/// A path as people can find it again, from the root of the disk.
pub fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
