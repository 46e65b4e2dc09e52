//! The ways in which editors save, step by step as they do it.

use std::io::{Seek as _, Write as _};
use std::path::Path;

use fs_err as fs;

use super::{Preview, write};

/// A name of an editor, and how it saves a text.
pub type Editor = (&'static str, fn(&Path, &str));

/// Editors, and two that are nobody's habit but may happen.
pub const EDITORS: &[Editor] = &[
    ("vim", vim),
    ("vim with backupcopy=yes", vim_by_copy),
    ("VS Code, nano", in_place),
    ("Notepad", notepad),
    ("Emacs", emacs),
    ("gedit, Sublime Text", atomic),
    ("IntelliJ", intellij),
    ("Word", word),
    ("delete and create", delete_and_create),
    ("in pieces", in_pieces),
];

fn beside(path: &Path, name: impl FnOnce(&str) -> String) -> std::path::PathBuf {
    path.with_file_name(name(path.file_name().unwrap().to_str().unwrap()))
}

/// Tries whether it may write here, moves the file to a backup, writes it anew.
fn vim(path: &Path, text: &str) {
    let swap = beside(path, |name| format!(".{name}.swp"));
    let backup = beside(path, |name| format!("{name}~"));
    fs::write(&swap, "b0VIM").unwrap();
    fs::write(path.with_file_name("4913"), "").unwrap();
    fs::remove_file(path.with_file_name("4913")).unwrap();
    fs::rename(path, &backup).unwrap();
    fs::write(path, text).unwrap();
    fs::remove_file(&backup).unwrap();
    fs::remove_file(&swap).unwrap();
}

fn vim_by_copy(path: &Path, text: &str) {
    let backup = beside(path, |name| format!("{name}~"));
    fs::copy(path, &backup).unwrap();
    fs::write(path, text).unwrap();
    fs::remove_file(&backup).unwrap();
}

/// Cuts the file to nothing and writes it.
fn in_place(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
}

/// Writes over the old text, and cuts off what is left of it.
fn notepad(path: &Path, text: &str) {
    let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let length = file.stream_position().unwrap();
    file.file().set_len(length).unwrap();
}

/// A lock beside the file, a backup that stays, and the file anew.
fn emacs(path: &Path, text: &str) {
    let lock = beside(path, |name| format!(".#{name}"));
    let unsaved = beside(path, |name| format!("#{name}#"));
    #[cfg(unix)]
    std::os::unix::fs::symlink("editor@machine.1234:1", &lock).unwrap();
    fs::write(&unsaved, text).unwrap();
    fs::rename(path, beside(path, |name| format!("{name}~"))).unwrap();
    fs::write(path, text).unwrap();
    fs::remove_file(&unsaved).unwrap();
    #[cfg(unix)]
    fs::remove_file(&lock).unwrap();
}

/// A temporary file moved over it.
fn atomic(path: &Path, text: &str) {
    let other = path.with_file_name(".goutputstream-X1Y2Z3");
    fs::write(&other, text).unwrap();
    fs::rename(&other, path).unwrap();
}

/// The new text beside it, the old file out of the way, the new one into its place.
fn intellij(path: &Path, text: &str) {
    let new = beside(path, |name| format!("{name}___jb_tmp___"));
    let old = beside(path, |name| format!("{name}___jb_old___"));
    fs::write(&new, text).unwrap();
    fs::rename(path, &old).unwrap();
    fs::rename(&new, path).unwrap();
    fs::remove_file(&old).unwrap();
}

/// The same with names of its own, and a note of who has the file open.
fn word(path: &Path, text: &str) {
    let owner = beside(path, |name| format!("~${}", &name[2..]));
    let (new, old) = (path.with_file_name("~WRD0001.tmp"), path.with_file_name("~WRL0002.tmp"));
    fs::write(&owner, "somebody").unwrap();
    fs::write(&new, text).unwrap();
    fs::rename(path, &old).unwrap();
    fs::rename(&new, path).unwrap();
    fs::remove_file(&old).unwrap();
    fs::remove_file(&owner).unwrap();
}

fn delete_and_create(path: &Path, text: &str) {
    fs::remove_file(path).unwrap();
    fs::write(path, text).unwrap();
}

fn in_pieces(path: &Path, text: &str) {
    let mut file = fs::File::create(path).unwrap();
    for piece in text.as_bytes().chunks(7) {
        file.write_all(piece).unwrap();
        file.flush().unwrap();
    }
}

#[test]
fn every_way_of_saving_is_seen() {
    for poll in [false, true] {
        let preview = Preview::of(super::SITE, |config| config.poll = poll);
        let path = preview.path("content/about.md");
        for (round, (name, save)) in EDITORS.iter().enumerate() {
            for again in 0..3 {
                let marker = format!("round {round} of {again}");
                save(&path, &format!("---\ntitle: About\n---\n{name}: {marker}\n"));
                preview.shows("/about.html", &marker);
                assert_eq!(preview.state("/about.html")["problems"], serde_json::json!([]), "{name}");
            }
        }
    }
}

#[test]
fn what_editors_leave_beside_a_file_is_no_page_and_no_mistake() {
    let preview = Preview::new();
    let leftovers =
        ["about.md~", "#about.md#", ".about.md.swp", "about.md___jb_tmp___", "~$out.md", "~WRD0001.tmp", "4913"];
    for name in leftovers {
        write(&preview.path("content").join(name), "---\ntitle: Left\n---\nLeft over.\n");
    }
    write(&preview.path("content/last.md"), "---\ntitle: Last\n---\nWritten last.\n");
    preview.shows("/last.html", "Written last.");
    for name in leftovers {
        assert_eq!(preview.get(&format!("/{name}").replace('#', "%23")).0, 404, "{name}");
    }
    assert_eq!(preview.server.number(), 2, "nothing but the page was worth a look");
}
