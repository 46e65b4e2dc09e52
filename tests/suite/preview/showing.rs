//! What is shown while something is wrong, and what browsers are told.

use fs_err as fs;

use super::{Events, Preview, SITE, get, write};

#[test]
fn a_broken_page_keeps_its_last_good_version_and_takes_no_other_down() {
    let preview = Preview::new();
    let mut events = Events::open(preview.server.address(), "/about.html");
    let first = events.next();
    write(&preview.path("content/about.md"), "---\ntitle: About\nsummary: [broken\n---\nFirst text.\n");
    let broken = events.until("an error", |state| state["problems"] != serde_json::json!([]));
    let problem = &broken["problems"][0];
    assert_eq!(problem["file"], "content/about.md");
    assert!(problem["line"].as_u64().is_some_and(|line| (3..=4).contains(&line)), "{problem}");
    assert!(problem["excerpt"].is_string(), "{problem}");
    assert_eq!(broken["page"], first["page"], "the page looks as before");
    preview.shows("/about.html", "First text.");
    write(&preview.path("content/one.md"), "---\ntitle: One\n---\nOne text, edited meanwhile.\n");
    preview.shows("/one.html", "edited meanwhile");
    preview.complains("/one.html", &["content/about.md"]);
    write(&preview.path("content/about.md"), "---\ntitle: About\n---\nMended text.\n");
    preview.shows("/about.html", "Mended text.");
    preview.is_content("/about.html");
    write(&preview.path("content/one.md"), "---\ntitle: One\n---\nTo [nowhere](nowhere.md), and more text.\n");
    preview.complains("/one.html", &["broken-link", "nowhere.md"]);
    preview.shows("/one.html", "and more text");
}

#[test]
fn a_broken_template_leaves_the_last_good_theme() {
    let preview = Preview::new();
    let template = preview.path("themes/own/templates/page.html");
    let good = "{% extends \"default/page.html\" %}{% block after_main %}<p>of ours</p>{% endblock %}\n";
    write(&template, good);
    preview.shows("/about.html", "of ours");
    for wrong in
        ["{% block %}", "{% extends \"default/page.html\" %}{% block after_main %}{{ nothing.there }}{% endblock %}"]
    {
        write(&template, wrong);
        preview.complains("/about.html", &["themes/own/templates/page.html", "template"]);
        preview.shows("/about.html", "of ours");
        write(&preview.path("content/about.md"), &format!("---\ntitle: About\n---\nEdited beside {}.\n", wrong.len()));
        preview.shows("/about.html", &format!("Edited beside {}.", wrong.len()));
        preview.shows("/about.html", "of ours");
        write(&template, good);
        preview.is_content("/about.html");
    }
}

#[test]
fn broken_settings_leave_the_last_good_ones() {
    let preview = Preview::new();
    write(&preview.path("content/site.yaml"), "title: [broken\n");
    preview.complains("/about.html", &["content/site.yaml"]);
    preview.shows("/about.html", "Clinic");
    write(&preview.path("content/site.yaml"), "title: Mended\ntheme: own\n");
    preview.shows("/about.html", "Mended");
    preview.is_content("/about.html");
}

#[test]
fn the_browser_follows_only_when_asked() {
    for follow in [false, true] {
        let preview = Preview::of(SITE, |config| config.follow = follow);
        let mut events = Events::open(preview.server.address(), "/");
        events.next();
        write(&preview.path("content/one.md"), "---\ntitle: One\n---\nEdited.\n");
        let state = events.next();
        let expected = if follow { serde_json::json!("/one.html") } else { serde_json::Value::Null };
        assert_eq!(state["follow"], expected);
    }
}

#[test]
fn a_page_that_could_not_be_read_and_is_then_deleted_is_gone() {
    let preview = Preview::new();
    fs::write(preview.path("content/one.md"), b"---\ntitle: One\n---\nCaf\xe9.\n").unwrap();
    preview.complains("/one.html", &["content/one.md", "UTF-8"]);
    preview.shows("/one.html", "One text.");
    fs::remove_file(preview.path("content/one.md")).unwrap();
    preview.lacks("/one.html");
}

#[test]
fn a_page_that_was_never_right_has_a_page_that_says_so() {
    let preview = Preview::new();
    write(
        &preview.path("themes/own/templates/page.html"),
        "{% extends \"default/page.html\" %}{% block after_main %}{% if page.title == \"New\" %}{{ nothing.there }}{% endif %}{% endblock %}\n",
    );
    write(&preview.path("content/new.md"), "---\ntitle: New\n---\nText.\n");
    preview.shows("/new.html", "can't be shown yet");
    preview.complains("/new.html", &["themes/own/templates/page.html", "nothing"]);
    preview.is_content("/one.html");
}

#[test]
fn a_new_file_is_not_called_wrong_before_it_is_written() {
    // An editor makes the file first, and fills it a moment later. Where this machine stalls in that moment, we try again.
    let is_quiet = (0..5).any(|round| {
        let preview = Preview::new();
        let mut events = Events::open(preview.server.address(), "/");
        events.next();
        let path = preview.path("content/new.md");
        write(&path, "");
        std::thread::sleep(std::time::Duration::from_millis(60));
        write(&path, "---\ntitle: N");
        std::thread::sleep(std::time::Duration::from_millis(60));
        write(&path, &format!("---\ntitle: New\n---\nRound {round}.\n"));
        let mut was_wrong = false;
        loop {
            was_wrong |= events.next()["problems"] != serde_json::json!([]);
            if get(preview.server.address(), "/new.html").1.contains("Round") {
                return !was_wrong;
            }
        }
    });
    assert!(is_quiet, "a file that was being written was reported in each of five rounds");
}
