//! The files of a site's content, as they are read: plain files only, and no link on the way, whatever the walk has seen there.
//!
//! In: paths from the site's root. Out: bytes. `content/` itself may be a link.

use std::fs::Metadata;
use std::io::{self, Read as _};

use super::Root;
use super::tree::Tree;
use crate::parse::LARGEST_PAGE;

/// The content of a site.
pub struct Content(Tree);

/// The bytes of a text, or how many there are where it is larger than a text may be.
pub(super) enum Text {
    Whole(Vec<u8>),
    TooLarge(u64),
}

impl Content {
    /// Opens the content folder of a site.
    ///
    /// # Errors
    /// Where it is not there, or not for us.
    pub fn open(root: &Root) -> io::Result<Self> {
        Tree::open(&root.path.join("content")).map(Self)
    }

    /// Opens a plain file.
    ///
    /// # Errors
    /// Where there is none, or it can't be opened.
    pub fn file(&self, path: &str) -> io::Result<(fs_err::File, Metadata)> {
        self.0.file(path.strip_prefix("content/").unwrap_or(path))
    }

    /// Reads a plain file.
    ///
    /// # Errors
    /// Where there is none, or it can't be read.
    pub fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.0.read(path.strip_prefix("content/").unwrap_or(path))
    }

    /// Reads a text with as few calls to the system as can be: a site has thousands of them.
    pub(super) fn text(&self, path: &str) -> io::Result<Text> {
        let (file, metadata) = self.file(path)?;
        let length = metadata.len();
        if length > LARGEST_PAGE {
            return Ok(Text::TooLarge(length));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
        file.take(LARGEST_PAGE).read_to_end(&mut bytes)?;
        Ok(Text::Whole(bytes))
    }
}
