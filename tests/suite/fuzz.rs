//! The fuzz targets on what is known: every file of `fuzz/corpus/TARGET/`, whole, cut and garbled, and the examples of the
//! CommonMark specification.
//!
//! What fuzzing finds is committed there, so that it is tried for good. The specification's examples are not ours to
//! commit (CC BY-SA); they are read out of the tests of `pulldown-cmark`, which Cargo has fetched with its source.

#[path = "../../fuzz/targets.rs"]
pub(crate) mod targets;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::promise::{count, trial};
use crate::publish::Random;

#[test]
fn nothing_of_the_corpus_breaks_anything() {
    let trial = trial("Never a panic");
    let variants = count(8, 400);
    let mut random = Random(0xD1B5_4A32_D192_ED03);
    for (name, target) in targets::ALL {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
        let mut files: Vec<PathBuf> = fs_err::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(files.len() >= 8, "{} has only {} files", folder.display(), files.len());
        for file in &files {
            let bytes = fs_err::read(file).unwrap();
            try_with(name, *target, &bytes);
            for _ in 0..variants {
                try_with(name, *target, &garbled(&bytes, &mut random));
            }
        }
        trial.kept(
            &format!("texts for the target `{name}`: {} files, the rest of them garbled", files.len()),
            files.len() * (variants + 1),
        );
    }
}

#[test]
fn every_example_of_commonmark_compiles() {
    let trial = trial("Never a panic");
    let examples = examples();
    assert!(examples.len() > 600, "{} examples", examples.len());
    for example in &examples {
        try_with("markdown", targets::markdown, example.as_bytes());
        try_with("front_matter", targets::front_matter, example.as_bytes());
    }
    trial.kept("examples of the CommonMark specification, as a page and as front matter", examples.len());
}

/// Runs a target, and says which text it broke on.
fn try_with(name: &str, target: fn(&[u8]), bytes: &[u8]) {
    if std::panic::catch_unwind(|| target(bytes)).is_err() {
        panic!("the target `{name}` breaks on {:?}", String::from_utf8_lossy(bytes));
    }
}

/// A text with some bytes of it cut, repeated, changed or put elsewhere.
fn garbled(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    const MEANT: &[u8] = b"\n\n  --[](){}<>|`*_~!#:&\\\"'\t\r\0\xC3\xA9\xF0\xFF0aZ";
    let mut bytes = bytes.to_vec();
    for _ in 0..1 + random.below(4) {
        let length = bytes.len() as u64;
        let (from, at) = (random.below(length + 1) as usize, random.below(length + 1) as usize);
        let to = (from + random.below(40) as usize).min(bytes.len());
        match random.below(5) {
            0 => drop(bytes.drain(from..to)),
            1 => bytes.truncate(at),
            2 => {
                let piece = bytes[from..to].repeat(1 + random.below(3) as usize);
                bytes.splice(at..at, piece);
            }
            3 => bytes.insert(at, MEANT[random.below(MEANT.len() as u64) as usize]),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = MEANT[random.below(MEANT.len() as u64) as usize];
                }
            }
        }
    }
    bytes
}

/// The Markdown of each example in the tests of `pulldown-cmark`.
pub(crate) fn examples() -> Vec<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["metadata", "--locked", "--offline", "--format-version", "1", "--manifest-path"]);
    let done = command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "pulldown-cmark").unwrap();
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    let tests = fs_err::read_to_string(manifest.with_file_name("tests").join("suite/spec.rs")).unwrap();
    let texts = tests.split("let original = r##\"").skip(1);
    texts.map(|rest| rest.split("\"##;").next().unwrap().to_owned()).collect()
}
