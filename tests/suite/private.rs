//! Nothing private is published: a word of its own in everything that is not for readers, looked for in all that is.

use std::path::Path;
use std::process::Command;

use crate::promise::{count, trial};
use crate::publish::{Random, tree, write};

/// What is not for readers, with `CANARY` where the word goes.
const HIDDEN: &[(&str, &str)] = &[
    // Drafts, each of a kind that other pages, sheets and lists are made of.
    ("content/draft.md", "---\ntitle: CANARY\ndraft: true\naliases: [CANARY.html]\n---\n\nCANARY\n"),
    ("content/steps/03-draft.md", "---\nkind: step\ntitle: CANARY\ndraft: true\n---\n\n- [ ] CANARY {@lead month 3}\n"),
    ("content/roles/draft.md", "---\nkind: role\ntitle: CANARY\nbrings: [CANARY]\ndraft: true\n---\n\nCANARY\n"),
    ("content/criteria/draft.md", "---\nkind: criterion\ntitle: CANARY\ndraft: true\n---\n\nCANARY\n"),
    ("content/terms/draft.md", "---\nkind: term\ntitle: Meeting\nsummary: CANARY\ndraft: true\n---\n"),
    ("content/checklists/draft.md", "---\nkind: checklist\ntitle: CANARY\ndraft: true\n---\n\n- [ ] CANARY\n"),
    (
        "content/worksheets/draft.md",
        "---\nkind: worksheet\ntitle: CANARY\ncolumns: [{title: CANARY}]\ndraft: true\n---\n",
    ),
    ("content/another/index.md", "---\nkind: guide\ntitle: CANARY\ndraft: true\n---\n\nCANARY\n"),
    // What editors write for each other.
    (
        "content/notes/page.md",
        "---\n# CANARY\ntitle: A page # CANARY\nextra: {note: CANARY}\nallow: {orphan: CANARY}\n---\n\nText.\n",
    ),
    (
        "content/notes/comments.md",
        "---\ntitle: Notes\nallow: {orphan: so be it}\n---\n\nText.\n\n<!-- CANARY -->\n\nMore <!-- CANARY --> text.\n\n- [ ] Call <!-- CANARY -->\n",
    ),
    ("content/notes/index.md", "---\ntitle: Notes of all\nallow: {orphan: so be it}\n---\n"),
    ("content/notes/README.md", "# CANARY\n\nFor editors.\n"),
    ("content/site.yaml", "# CANARY\ntitle: Clinic # CANARY\nurl: https://clinic.test\ntheme: own\n"),
    ("content/sources.yaml", "# CANARY\n- {id: F1, says: \"One\"} # CANARY\n"),
    // Hidden files and folders, and what editors, systems and browsers leave behind.
    ("content/.hidden.md", "# CANARY\n"),
    ("content/.env", "PASSWORD=CANARY\n"),
    ("content/.obsidian/note.md", "# CANARY\n"),
    ("content/.git/HEAD.txt", "CANARY\n"),
    ("content/page.md~", "# CANARY\n"),
    ("content/#page.md#", "# CANARY\n"),
    ("content/.page.md.swp", "CANARY"),
    ("content/page.md.bak", "# CANARY\n"),
    ("content/page.md.orig", "# CANARY\n"),
    ("content/page.md.rej", "# CANARY\n"),
    ("content/page.tmp", "CANARY"),
    ("content/page.pdf.part", "CANARY"),
    ("content/page.pdf.crdownload", "CANARY"),
    ("content/~$page.docx", "CANARY"),
    ("content/Thumbs.db", "CANARY"),
    ("content/desktop.ini", "CANARY"),
    ("content/4913", "CANARY"),
    // Types that nobody has named.
    ("content/notes.xyz", "CANARY"),
    ("content/export.sql", "CANARY"),
    ("content/page.html", "<p>CANARY"),
    ("content/macro.js", "CANARY"),
    ("content/no-ending", "CANARY"),
    // Beside the content, and in the theme.
    ("notes.md", "# CANARY\n"),
    ("secret.pdf", "CANARY"),
    ("themes/own/README.md", "CANARY\n"),
    ("themes/own/templates/term.html", "{# CANARY #}{% extends \"default/term.html\" %}\n"),
    ("themes/own/templates/term.html~", "CANARY"),
    ("themes/other/assets/css/90.css", "p { content: 'CANARY' }"),
];

/// What is for readers, with the word `canary-open` in a page, on a sheet and in the glossary.
const OPEN: &[(&str, &str)] = &[
    (
        "content/index.md",
        "---\nkind: guide\ntitle: Guide\nsummary: A guide.\nchampion: lead\nfacts: [F1]\n---\nA meeting of the [notes](notes/index.md).\n",
    ),
    ("content/roles/lead.md", "---\nkind: role\ntitle: The lead\nsummary: Leads.\n---\n"),
    (
        "content/steps/01-meet.md",
        "---\nkind: step\ntitle: Meet canary-open\nsummary: Meeting.\nlead: lead\n---\n\n- [ ] Call canary-open {@lead month 2}\n",
    ),
    ("content/steps/02-plan.md", "---\nkind: step\ntitle: Plan\nsummary: Planning.\nlead: lead\n---\n\n- [ ] Write\n"),
    ("content/terms/huddle.md", "---\nkind: term\ntitle: Huddle\nsummary: A short meeting canary-open.\n---\n"),
];

#[test]
fn nothing_private_is_published() {
    let trial = trial("Nothing private is published");
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("somebody-canary-path");
    for (path, text) in OPEN {
        write(&root, path, text);
    }
    let canary = |number: usize| format!("canary-{number:02}-7f3a");
    for (number, (path, text)) in HIDDEN.iter().enumerate() {
        write(&root, path, &text.replace("CANARY", &canary(number)));
    }
    let mut looked_for: Vec<(String, &str)> =
        HIDDEN.iter().enumerate().map(|(number, (path, _))| (canary(number), *path)).collect();
    // Not even the name of the folder that it was made in.
    looked_for.push(("somebody-canary-path".to_owned(), "the path of the site"));
    #[cfg(unix)]
    for (number, (target, link)) in
        [("notes.md", "linked.md"), ("secret.pdf", "linked.pdf"), ("", "linked")].iter().enumerate()
    {
        let canary = format!("canary-link-{number}-7f3a");
        let outside = folder.path().join(format!("outside-{number}"));
        write(
            &outside,
            target.split('/').next_back().filter(|name| !name.is_empty()).unwrap_or("page.md"),
            &format!("# {canary}\n"),
        );
        std::os::unix::fs::symlink(outside.join(target), root.join("content").join(link)).unwrap();
        looked_for.push((canary, link));
    }
    let output = folder.path().join("public");
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
    let done = command.arg("build").arg("--root").arg(&root).arg("--output").arg(&output).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let (mut files, mut with_word) = (0, Vec::new());
    for (path, bytes) in tree(&output) {
        let mut text = format!("{}\n{}", path.display(), String::from_utf8_lossy(&bytes));
        if path.extension().is_some_and(|ending| ending == "pdf") {
            let Some(read) = pdf_text(&output.join(&path)) else { continue };
            text += &read;
        }
        files += 1;
        for (canary, from) in &looked_for {
            assert!(!text.contains(canary), "{} tells what is in {from}", path.display());
        }
        if text.contains("canary-open") {
            with_word.push(path.to_string_lossy().into_owned());
        }
    }
    // The same search finds what is published, so it would have found the rest.
    for open in ["steps/meet.html", "checklists/step-meet.html", "glossary.html", "print.html"] {
        assert!(with_word.iter().any(|path| path == open), "{open} is not in {with_word:?}");
    }
    if pdf_text(&output.join("checklists/step-meet.pdf")).is_some() {
        assert!(with_word.iter().any(|path| path == "checklists/step-meet.pdf"), "{with_word:?}");
    }
    assert!(output.join("sitemap.xml").exists() && files > 25, "{files} files");
    trial.kept(&format!("places for a canary, each looked for in {files} files, PDFs as text"), looked_for.len());
}

/// What a PDF shows and says of itself; `None` without poppler, which CI has.
fn pdf_text(pdf: &Path) -> Option<String> {
    let mut all = String::new();
    for (tool, last) in [("pdftotext", Some("-")), ("pdfinfo", None)] {
        match Command::new(tool).arg(pdf).args(last).output() {
            Ok(done) => {
                assert!(done.status.success(), "{tool} {}", pdf.display());
                all += &String::from_utf8_lossy(&done.stdout);
            }
            Err(error) => {
                assert!(std::env::var_os("CI").is_none(), "{tool} is missing: {error}");
                return None;
            }
        }
    }
    Some(all)
}

/// Settings are read from a plain file, as pages are: neither from where a link leads, nor from a pipe, which never ends.
#[cfg(unix)]
#[test]
fn settings_are_read_from_no_link_and_no_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("site");
    write(&root, "content/index.md", "# Home\n");
    write(folder.path(), "secret", "title: canary-settings\n# canary-settings\npassword: canary-settings\n");
    let settings = root.join("content/site.yaml");
    let put: [(&str, &dyn Fn(), &str); 4] = [
        ("link", &|| std::os::unix::fs::symlink("../../secret", &settings).unwrap(), "is not followed"),
        ("pipe", &|| assert!(Command::new("mkfifo").arg(&settings).status().unwrap().success()), "no plain file"),
        ("device", &|| std::os::unix::fs::symlink("/dev/zero", &settings).unwrap(), "is not followed"),
        ("600 MB", &|| fs_err::File::create(&settings).unwrap().set_len(600 << 20).unwrap(), "may have 8"),
    ];
    for (what, put, said) in put {
        put();
        // Whoever waits for a pipe is ended; so is whoever reads without end.
        let mut command = Command::new("timeout");
        command.args(["20", "sh", "-c", "ulimit -v 4000000; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_guidepost")]);
        let done = command.args(["build", "--no-pdf", "--root"]).arg(&root).output().unwrap();
        let told = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        assert!(matches!(done.status.code(), Some(0 | 1)), "{what}: {told}");
        assert!(told.contains(said) && !told.contains("canary"), "{what}: {told}");
        let public = root.join("public");
        let files = if public.is_dir() { tree(&public) } else { Default::default() };
        assert!(files.values().all(|bytes| !String::from_utf8_lossy(bytes).contains("canary")), "{what} is published");
        fs_err::remove_file(&settings).unwrap();
    }
}

/// While a site is built somebody puts a link in a picture's place, and in that of a folder with pages.
#[cfg(unix)]
#[test]
fn a_link_that_comes_while_a_site_is_built_is_not_followed() {
    use std::os::unix::fs::symlink;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::{Duration, Instant};
    let trial = trial("Nothing private is published");
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("site");
    write(folder.path(), "secret/map.svg", "<svg>canary-link</svg>");
    write(folder.path(), "secret/page.md", "# canary-link\n");
    write(&root, "content/index.md", "# Home\n\n[Page](deep/page.md) ![Map](map.svg)\n");
    for place in ["content", "content/deep"] {
        write(&root, &format!("{place}/map.svg"), "<svg>open</svg>");
    }
    write(&root, "content/deep/page.md", "# Page\n");
    let (content, aside) = (root.join("content"), root.join("aside"));
    fs_err::create_dir(&aside).unwrap();
    for (name, target) in [("map.svg", "secret/map.svg"), ("deep", "secret")] {
        symlink(folder.path().join(target), aside.join(name)).unwrap();
    }
    let stop = AtomicBool::new(false);
    let (mut published, mut told_of, builds) = (0, Vec::new(), count(60, 1000));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // The file and the link change places at random instants, so that there is always one of them.
            let mut random = Random(11);
            for name in ["map.svg", "map.svg", "deep", "deep"].iter().cycle() {
                let until = Instant::now() + Duration::from_micros(random.below(30_000));
                while Instant::now() < until && !stop.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                exchange(&content.join(name), &aside.join(name));
            }
        });
        for number in 0..builds {
            let output = folder.path().join(format!("public-{number}"));
            let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
            let done = command.args(["build", "--no-pdf", "--root"]).arg(&root).arg("--output").arg(&output).output();
            let Ok(done) = done else { break };
            let mut files = if output.is_dir() { tree(&output) } else { Default::default() };
            published += usize::from(!files.is_empty());
            files.insert("messages".into(), done.stderr);
            files.retain(|_, bytes| String::from_utf8_lossy(bytes).contains("canary-link"));
            told_of.extend(files.into_keys().map(|path| format!("build {number}: {}", path.display())));
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert!(told_of.is_empty(), "what is behind the links is told in {told_of:?}");
    assert!(published > 0, "no build was published, so that nothing was tried");
    trial.kept("builds while links come and go", builds);
}

#[cfg(unix)]
fn exchange(one: &Path, other: &Path) {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).unwrap();
}
