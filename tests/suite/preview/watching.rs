//! What happens to the files of a site, and is seen.

use fs_err as fs;
use guidepost::serve::Server;
use tempfile::TempDir;

use super::{Events, Preview, SITE, config, write};

#[test]
fn new_renamed_and_deleted_files_and_folders_are_seen() {
    let preview = Preview::new();
    write(&preview.path("content/a/b/c/deep.md"), "---\ntitle: Deep\n---\nDeep text.\n");
    write(&preview.path("content/a/b/other.md"), "---\ntitle: Other\n---\nOther text.\n");
    preview.shows("/a/b/c/deep.html", "Deep text.");
    preview.shows("/a/b/other.html", "Other text.");
    write(&preview.path("content/a/b/c/deep.md"), "---\ntitle: Deep\n---\nDeeper text.\n");
    preview.shows("/a/b/c/deep.html", "Deeper text.");
    fs::rename(preview.path("content/a"), preview.path("content/z")).unwrap();
    preview.shows("/z/b/c/deep.html", "Deeper text.");
    preview.lacks("/a/b/c/deep.html");
    write(&preview.path("content/z/b/c/deep.md"), "---\ntitle: Deep\n---\nDeepest text.\n");
    preview.shows("/z/b/c/deep.html", "Deepest text.");
    fs::remove_dir_all(preview.path("content/z")).unwrap();
    preview.lacks("/z/b/c/deep.html");
    fs::rename(preview.path("content/one.md"), preview.path("content/two.md")).unwrap();
    preview.shows("/two.html", "One text.");
    preview.lacks("/one.html");
    fs::remove_file(preview.path("content/two.md")).unwrap();
    preview.lacks("/two.html");
}

#[test]
fn the_content_folder_may_go_and_come_back() {
    let preview = Preview::new();
    fs::rename(preview.path("content"), preview.path("elsewhere")).unwrap();
    preview.complains("/about.html", &["no folder `content`"]);
    preview.shows("/about.html", "First text.");
    write(&preview.path("elsewhere/about.md"), "---\ntitle: About\n---\nChanged while away.\n");
    fs::rename(preview.path("elsewhere"), preview.path("content")).unwrap();
    preview.shows("/about.html", "Changed while away.");
    preview.is_content("/about.html");
    write(&preview.path("content/about.md"), "---\ntitle: About\n---\nAnd after.\n");
    preview.shows("/about.html", "And after.");
    let (away, root) = (preview.root.with_extension("away"), preview.root.clone());
    fs::rename(&root, &away).unwrap();
    preview.complains("/about.html", &["no folder `content`"]);
    fs::rename(&away, &root).unwrap();
    preview.is_content("/about.html");
    write(&preview.path("content/about.md"), "---\ntitle: About\n---\nThe root is back.\n");
    preview.shows("/about.html", "The root is back.");
}

#[test]
#[cfg(unix)]
fn content_may_be_a_link_that_is_turned() {
    let folder = TempDir::new().unwrap();
    let root = fs::canonicalize(folder.path()).unwrap();
    for name in ["first", "second"] {
        write(&root.join(name).join("index.md"), &format!("---\ntitle: Home\n---\nThe {name} one.\n"));
    }
    let turn = |name: &str| {
        std::os::unix::fs::symlink(root.join(name), root.join("link")).unwrap();
        fs::rename(root.join("link"), root.join("content")).unwrap();
    };
    turn("first");
    let server = Server::start(config(&root)).unwrap();
    let preview = Preview { root: root.clone(), server, _folder: folder };
    preview.shows("/", "The first one.");
    turn("second");
    preview.shows("/", "The second one.");
    write(&root.join("second/index.md"), "---\ntitle: Home\n---\nThe second one, changed.\n");
    preview.shows("/", "The second one, changed.");
}

#[test]
fn a_storm_of_files_settles() {
    let preview = Preview::new();
    let path = |number: usize| preview.path(&format!("content/many/{:02}/page-{number}.md", number % 20));
    for number in 0..500 {
        write(&path(number), &format!("---\ntitle: Page {number}\n---\nBranch main.\n"));
    }
    preview.shows("/many/19/page-499.html", "Branch main.");
    // As `git checkout` does: each file deleted and made anew.
    for number in 0..500 {
        fs::remove_file(path(number)).unwrap();
        write(&path(number), &format!("---\ntitle: Page {number}\n---\nBranch other.\n"));
    }
    for number in [0, 250, 499] {
        preview.shows(&format!("/many/{:02}/page-{number}.html", number % 20), "Branch other.");
    }
    preview.is_content("/about.html");
}

#[test]
fn settings_and_the_theme_are_watched() {
    let preview = Preview::new();
    let mut events = Events::open(preview.server.address(), "/about.html");
    let first = events.next();
    write(&preview.path("themes/own/assets/css/90-own.css"), "p { color: #654321 }\n");
    let second = events.until("a new stylesheet", |state| state["stylesheet"] != first["stylesheet"]);
    assert_eq!(first["page"], second["page"], "a stylesheet is swapped, and the page is not loaded again");
    let stylesheet = second["stylesheet"].as_str().unwrap();
    assert!(preview.get(stylesheet).1.contains("#654321"));
    write(
        &preview.path("themes/own/templates/page.html"),
        "{% extends \"default/page.html\" %}{% block after_main %}<p>of ours</p>{% endblock %}\n",
    );
    preview.shows("/about.html", "of ours");
    let third = events.until("a new page", |state| state["page"] != first["page"]);
    write(&preview.path("content/site.yaml"), "title: Hospital\ntheme: own\n");
    preview.shows("/about.html", "Hospital");
    events.until("a new title", |state| state["page"] != third["page"]);
    write(&preview.path("content/notes.txt"), "Another file.\n");
    events.until("a changed file", |state| state["files"].to_string().contains("/notes.txt"));
}

#[test]
fn walking_finds_changes_where_there_are_no_events() {
    let preview = Preview::of(SITE, |config| config.poll = true);
    write(&preview.path("content/about.md"), "---\ntitle: About\n---\nFound by walking.\n");
    preview.shows("/about.html", "Found by walking.");
    write(&preview.path("content/new/page.md"), "---\ntitle: New\n---\nFound too.\n");
    preview.shows("/new/page.html", "Found too.");
}

#[test]
fn a_content_folder_that_is_removed_and_made_anew_is_watched() {
    let preview = Preview::new();
    // The system likes to give the new folder the number of the old one, so that it looks like the same.
    for round in 0..10 {
        fs::remove_dir_all(preview.path("content")).unwrap();
        for (path, text) in SITE {
            write(&preview.path(path), text);
        }
        preview.shows("/about.html", "First text.");
        write(&preview.path("content/about.md"), &format!("---\ntitle: About\n---\nRound {round}.\n"));
        preview.shows("/about.html", &format!("Round {round}."));
    }
    preview.is_content("/about.html");
}

#[test]
fn a_theme_is_watched_from_its_first_file_on_and_another_theme_is_left_alone() {
    let site: Vec<_> = SITE.iter().filter(|(path, _)| !path.starts_with("themes/")).copied().collect();
    let preview = Preview::of(&site, |_| {});
    preview.complains("/about.html", &["there is no theme `own`"]);
    let page = |words: &str| {
        format!("{{% extends \"default/page.html\" %}}{{% block after_main %}}<p>{words}</p>{{% endblock %}}\n")
    };
    write(&preview.path("themes/own/templates/page.html"), &page("of ours"));
    preview.shows("/about.html", "of ours");
    preview.is_content("/about.html");
    write(&preview.path("themes/other/templates/page.html"), &page("of others"));
    write(&preview.path("themes/other/templates/page.html"), &page("still of others"));
    write(&preview.path("content/about.md"), "---\ntitle: About\n---\nText beside it.\n");
    preview.shows("/about.html", "Text beside it.");
    preview.shows("/about.html", "of ours");
    write(&preview.path("content/site.yaml"), "title: Clinic\ntheme: other\n");
    preview.shows("/about.html", "still of others");
    fs::rename(preview.path("themes/other"), preview.path("themes/third")).unwrap();
    preview.complains("/about.html", &["there is no theme `other`"]);
    preview.shows("/about.html", "still of others");
    write(&preview.path("content/site.yaml"), "title: Clinic\ntheme: third\n");
    preview.is_content("/about.html");
    write(&preview.path("themes/third/templates/page.html"), &page("of the third"));
    preview.shows("/about.html", "of the third");
}

#[test]
fn walking_finds_whatever_events_would_tell() {
    let preview = Preview::of(SITE, |config| config.poll = true);
    fs::rename(preview.path("content/steps"), preview.path("content/ways")).unwrap();
    preview.shows("/ways/meet.html", "Meet");
    preview.lacks("/steps/meet.html");
    fs::remove_file(preview.path("content/idea.md")).unwrap();
    preview.lacks("/idea.html");
    write(&preview.path("content/site.yaml"), "title: Hospital\ntheme: own\n");
    preview.shows("/about.html", "Hospital");
    fs::rename(preview.path("content"), preview.path("elsewhere")).unwrap();
    preview.complains("/about.html", &["no folder `content`"]);
    fs::rename(preview.path("elsewhere"), preview.path("content")).unwrap();
    preview.is_content("/about.html");
    write(&preview.path("content/about.md"), "---\ntitle: About\n---\nAnd after.\n");
    preview.shows("/about.html", "And after.");
}

#[test]
fn walking_finds_a_second_save_that_left_no_trace_in_length_and_time() {
    let preview = Preview::of(SITE, |config| config.poll = true);
    let path = preview.path("content/about.md");
    // As disks do that count time in steps of two seconds.
    let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_800_000_000);
    for words in ["One words", "Two words"] {
        write(&path, &format!("---\ntitle: About\n---\n{words}.\n"));
        fs::OpenOptions::new().write(true).open(&path).unwrap().file().set_modified(time).unwrap();
        preview.shows("/about.html", words);
    }
}
