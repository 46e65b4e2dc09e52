//! The manifest: which files of a published folder are Guidepost's, with the hash that it wrote.
//!
//! A sorted text file in the folder itself: a line with the format's version and what the whole was made from, then a line
//! for each file: its hash, what it was made from, its path. No time and no path of the machine stand in it, so that two builds of one site have the same one.

use std::collections::BTreeMap;

use crate::source::Hash;

/// The file's name in the published folder.
pub const NAME: &str = ".guidepost-manifest";
/// The manifest of a publishing in place that may not have come to its end.
pub const NEXT: &str = ".guidepost-manifest.next";
const HEAD: &str = "guidepost manifest 1";

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The hash of what was written.
    pub hash: Hash,
    /// What it was made from, as whoever made it says: a word by which the next run knows that it would make the same
    /// bytes again. Empty where it is not known.
    pub made_from: String,
}

/// Files by their path in the published folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// What the whole site was made from, where nothing was wrong with it; as in [`Entry::made_from`].
    pub made_from: String,
    /// In order.
    pub files: BTreeMap<String, Entry>,
}

impl Manifest {
    /// Reads a manifest; `None` where the text is none of ours.
    pub fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let made_from = lines.next()?.strip_prefix(HEAD).filter(|rest| !rest.contains('\r'))?;
        let made_from = if made_from.is_empty() { "" } else { made_from.strip_prefix(' ')? }.to_owned();
        let file = |line: &str| {
            let (hash, rest) = line.split_once(' ')?;
            let (made_from, path) = rest.split_once(' ')?;
            let (Ok(hash), 32) = (u128::from_str_radix(hash, 16), hash.len()) else { return None };
            let made_from = made_from.trim_start_matches('-').to_owned();
            is_inside(path).then(|| (path.to_owned(), Entry { hash: Hash(hash), made_from }))
        };
        let files: Option<BTreeMap<String, Entry>> = lines.map(file).collect();
        Some(Self { made_from, files: files? })
    }

    /// Writes a manifest.
    pub fn write(&self) -> String {
        let gap = if self.made_from.is_empty() { "" } else { " " };
        let mut text = format!("{HEAD}{gap}{}\n", self.made_from);
        text.reserve(self.files.iter().map(|(path, entry)| path.len() + entry.made_from.len() + 36).sum());
        for (path, entry) in &self.files {
            let made_from = if entry.made_from.is_empty() { "-" } else { &entry.made_from };
            text.extend([&entry.hash.hex(), " ", made_from, " ", path, "\n"]);
        }
        text
    }
}

/// Whether a path stays in its folder: whoever changes a manifest by hand must not make us delete something elsewhere.
fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.contains(['\\', '\0', '\r'])
        && path.split('/').all(|segment| !segment.is_empty() && segment != "." && segment != "..")
        && path.as_bytes().get(1) != Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let entry = |hash: u128, made_from: &str| Entry { hash: Hash(hash), made_from: made_from.to_owned() };
        let files = [("a b.html", entry(7, "")), ("é/x.pdf", entry(u128::MAX, "k3f2.2"))];
        for made_from in ["", "k3f2"] {
            let files = files.clone().map(|(path, entry)| (path.to_owned(), entry)).into();
            let manifest = Manifest { made_from: made_from.to_owned(), files };
            assert_eq!(Manifest::read(&manifest.write()), Some(manifest));
        }
        assert_eq!(Manifest::read("something else"), None);
        assert_eq!(Manifest::read("guidepost manifest 12\n"), None);
        for path in ["../x", "/etc/passwd", "a/../../x", "", "a//b", "c:/x", "a\\..\\b"] {
            assert_eq!(Manifest::read(&format!("{HEAD}\n{:032x} - {path}\n", 1)), None, "{path}");
        }
    }
}
