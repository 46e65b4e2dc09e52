//! Reading the files of a site's own theme.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::sync::Arc;

use walkdir::WalkDir;

use super::Root;
use super::names::{from_root, is_leftover, unreadable};
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::settings::Settings;
use crate::source::Place;
use crate::theme::{DEFAULT, Layer};

/// The files of the site's own theme.
pub fn read(root: &Root, settings: &Settings, diagnostics: &mut Vec<Diagnostic>) -> Layer {
    let name = settings.theme.value.as_str();
    let place = || Place::new("content/site.yaml".into(), settings.theme.range());
    // A name, never a path: a theme can't be read from outside the site.
    let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', ':']);
    let folder = root.path.join("themes").join(name);
    let is_there = match fs_err::metadata(&folder) {
        Ok(metadata) => metadata.is_dir(),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => false,
        Err(error) => {
            diagnostics.push(unreadable(&format!("themes/{name}"), &error));
            return Layer::new();
        }
    };
    if name == DEFAULT && !is_there {
        return Layer::new();
    }
    if !plain || !is_there {
        let known = known_themes(root);
        diagnostics.push(
            Diagnostic::new(Rule::UnknownTheme, place(), format!("there is no theme `{name}`"))
                .nearest(name, known.iter().map(String::as_str).chain([DEFAULT])),
        );
        return Layer::new();
    }
    let mut layer = BTreeMap::new();
    for entry in WalkDir::new(&folder).sort_by_file_name() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                diagnostics.push(Diagnostic::new(
                    Rule::UnreadableFile,
                    Place::file(format!("themes/{name}")),
                    format!("this can't be read: {error}"),
                ));
                continue;
            }
        };
        if !entry.file_type().is_file() || is_leftover(&entry.file_name().to_string_lossy()) {
            continue;
        }
        let path = from_root(root, entry.path());
        match fs_err::read(entry.path()) {
            Ok(bytes) => drop(layer.insert(path[format!("themes/{name}/").len()..].to_owned(), Arc::from(bytes))),
            Err(error) => diagnostics.push(unreadable(&path, &error)),
        }
    }
    layer
}

/// The names of the site's themes, for a hint: one that can't be looked at is not suggested.
fn known_themes(root: &Root) -> Vec<String> {
    let folders = WalkDir::new(root.path.join("themes")).min_depth(1).max_depth(1).into_iter();
    folders
        .filter_map(|entry| match entry {
            Ok(entry) if entry.file_type().is_dir() => Some(entry.file_name().to_string_lossy().into_owned()),
            Ok(_) | Err(_) => None,
        })
        .collect()
}
