//! Gives the program a name for its own code, `GUIDEPOST_CODE`: what an older build published is kept only where the same
//! code would make it again.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::{fs, io};

fn main() -> io::Result<()> {
    let mut hasher = DefaultHasher::new();
    for path in ["Cargo.lock", "src", "themes/default"] {
        println!("cargo::rerun-if-changed={path}");
        take(Path::new(path), &mut hasher)?;
    }
    println!("cargo::rustc-env=GUIDEPOST_CODE={:016x}", hasher.finish());
    Ok(())
}

/// Takes a file, or all files below a folder in the order of their names.
fn take(path: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    if !path.is_dir() {
        fs::read(path)?.hash(hasher);
        return Ok(());
    }
    let mut inner: Vec<_> =
        fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    inner.sort();
    inner.iter().try_for_each(|path| take(path, hasher))
}
