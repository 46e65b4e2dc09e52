//! The layering table of `lib.rs`: a module imports only from those above it.

use std::collections::BTreeSet;
use std::path::Path;

/// From the top down, as `lib.rs` has it. `main.rs` uses only `cli`.
const LAYERS: &[&str] = &[
    "source",
    "diagnostic",
    "model",
    "parse",
    "assemble",
    "link",
    "derive",
    "theme",
    "paper",
    "routes",
    "search",
    "render",
    "compile",
    "project",
    "serve",
    "cli",
];

#[test]
fn modules_import_only_from_those_above_them() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for entry in walkdir::WalkDir::new(&src) {
        let entry = entry.unwrap();
        let path = entry.path().strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
        let module = path.split(['/', '.']).next().unwrap().to_owned();
        if !path.ends_with(".rs") || module == "lib" || module == "main" {
            continue;
        }
        let Some(own) = LAYERS.iter().position(|layer| *layer == module) else {
            wrong.push(format!("src/{path} is in no layer"));
            continue;
        };
        let text = fs_err::read_to_string(entry.path()).unwrap();
        for used in used(&text) {
            match LAYERS.iter().position(|layer| *layer == used) {
                Some(other) if other <= own => {}
                Some(_) => wrong.push(format!("src/{path} imports from `{used}`, which is below it")),
                None => wrong.push(format!("src/{path} imports from `{used}`, which is in no layer")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_in_the_crate_docs_is_this_one() {
    let lib = fs_err::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let rows = lib.lines().filter_map(|line| line.strip_prefix("//! | [`")?.split_once("`]")).map(|(name, _)| name);
    assert_eq!(rows.collect::<Vec<_>>(), LAYERS);
}

/// The modules of this crate that a file names.
fn used(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            found.extend(list.split('}').next().unwrap().split(',').filter_map(|item| first_word(item.trim())));
        } else {
            found.extend(first_word(rest));
        }
    }
    found
}

fn first_word(text: &str) -> Option<String> {
    let word: String = text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    (!word.is_empty() && word.starts_with(char::is_lowercase)).then_some(word)
}
