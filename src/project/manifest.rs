//! The manifest: which files of a published folder are Guidepost's, with the hash that it wrote.
//!
//! A sorted text file in the folder itself: a line with the format's version, then a line for each file, `hash path`. No
//! time and no path of the machine stand in it, so that two builds of one site have the same one.

use std::collections::BTreeMap;

use crate::source::Hash;

/// The file's name in the published folder.
pub const NAME: &str = ".guidepost-manifest";
/// The manifest of a publishing in place that may not have come to its end.
pub const NEXT: &str = ".guidepost-manifest.next";
const HEAD: &str = "guidepost manifest 1";

/// Files by their path in the published folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The hash of what was written.
    pub files: BTreeMap<String, Hash>,
}

impl Manifest {
    /// Reads a manifest; `None` where the text is none of ours.
    pub fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()? != HEAD {
            return None;
        }
        let file = |line: &str| {
            let (hash, path) = line.split_once(' ')?;
            let hash = u128::from_str_radix(hash, 16).ok().filter(|_| hash.len() == 32)?;
            is_inside(path).then(|| (path.to_owned(), Hash(hash)))
        };
        let files: Option<BTreeMap<String, Hash>> = lines.map(file).collect();
        Some(Self { files: files? })
    }

    /// Writes a manifest.
    pub fn write(&self) -> String {
        let files: String = self.files.iter().map(|(path, hash)| format!("{} {path}\n", hash.hex())).collect();
        format!("{HEAD}\n{files}")
    }
}

/// Whether a path stays in its folder: whoever changes a manifest by hand must not make us delete something elsewhere.
fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.contains(['\\', '\0'])
        && path.split('/').all(|segment| !segment.is_empty() && segment != "." && segment != "..")
        && path.as_bytes().get(1) != Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let manifest =
            Manifest { files: [("a b.html".to_owned(), Hash(7)), ("é/x.html".to_owned(), Hash(u128::MAX))].into() };
        assert_eq!(Manifest::read(&manifest.write()), Some(manifest));
        assert_eq!(Manifest::read("something else"), None);
        for path in ["../x", "/etc/passwd", "a/../../x", "", "a//b", "c:/x", "a\\..\\b"] {
            assert_eq!(Manifest::read(&format!("{HEAD}\n{:032x} {path}\n", 1)), None, "{path}");
        }
    }
}
