//! The program as a person runs it: what each command does, says and leaves behind.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::crawler::crawl;

/// The kinds of pages.
const KINDS: &[&str] = &["guide", "role", "criterion", "step", "checklist", "worksheet", "plan", "term", "page"];

/// How a run of the program ended.
struct Ran {
    code: i32,
    /// Standard output.
    out: String,
    /// Standard error.
    err: String,
}

impl Ran {
    /// Fails unless the run ended with this code and said these words.
    #[track_caller]
    fn expect(&self, code: i32, words: &[&str]) -> &Self {
        let all = format!("{}{}", self.out, self.err);
        assert_eq!(self.code, code, "{all}");
        for word in words {
            assert!(all.contains(word), "`{word}` is not in what was said:\n{all}");
        }
        self
    }

    /// Fails unless the run said one sentence, with a hint, and ended with 2.
    #[track_caller]
    fn expect_refusal(&self, words: &[&str]) {
        self.expect(2, words);
        let lines: Vec<&str> = self.err.lines().collect();
        assert!(lines.len() == 2 && lines[0].starts_with("error: ") && lines[1].starts_with("help: "), "{}", self.err);
        assert!(!lines[0].ends_with('.'), "{}", self.err);
    }
}

fn guidepost(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
    command.current_dir(folder).args(arguments).env_remove("GUIDEPOST_ROOT").env_remove("GUIDEPOST_TODAY");
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// A starter site in a folder of its own.
fn starter() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    guidepost(folder.path(), &["init", "."]).expect(0, &["files are in"]);
    folder
}

/// The folder of this package, which is the site of the guide.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Every file below a folder with its bytes.
fn snapshot(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
            (path, fs_err::read(entry.path()).unwrap())
        })
        .collect()
}

/// A copy of the guide in `content/`.
fn copy_of_the_guide() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in snapshot(&repository().join("content")) {
        let to = folder.path().join("content").join(path);
        fs_err::create_dir_all(to.parent().unwrap()).unwrap();
        fs_err::write(to, bytes).unwrap();
    }
    folder
}

fn edit(file: &Path, change: impl FnOnce(String) -> String) {
    fs_err::write(file, change(fs_err::read_to_string(file).unwrap())).unwrap();
}

// init and new

#[test]
fn a_new_site_builds_without_a_warning() {
    let site = starter();
    guidepost(site.path(), &["check", "--pdf", "--deny-warnings"]).expect(0, &["nothing is wrong"]);
    guidepost(site.path(), &["build", "--deny-warnings"]).expect(0, &["0 files left alone", "index.html"]);
    guidepost(site.path(), &["coverage"]).expect(0, &["3 of 3 facts are covered"]);
    let crawl = crawl(&site.path().join("public"));
    assert!(crawl.broken.is_empty(), "{}", crawl.broken.join("\n"));
    let published = snapshot(&site.path().join("public"));
    let notes = ["note for you", "A line that begins with", "is its name in square brackets"];
    for (path, bytes) in published.iter().filter(|(path, _)| path.ends_with(".html")) {
        let html = String::from_utf8_lossy(bytes);
        assert!(notes.iter().all(|note| !html.contains(note)), "a note for editors is published in {path}");
    }
}

#[test]
fn init_keeps_away_from_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("letter.txt"), "mine").unwrap();
    guidepost(folder.path(), &["init", "."]).expect_refusal(&["is not empty"]);
    assert_eq!(snapshot(folder.path()).len(), 1);
}

#[test]
fn a_new_page_of_each_kind_builds() {
    for kind in KINDS {
        let site = starter();
        guidepost(site.path(), &["new", kind, "Show the way: part 1"]).expect(0, &["is made"]);
        let ran = guidepost(site.path(), &["check", "--message-format", "short"]);
        ran.expect(0, &[]);
        assert!(ran.out.lines().count() <= 1, "{kind}: {}", ran.out);
        guidepost(site.path(), &["new", kind, "Show the way: part 1"])
            .expect(if ["step", "criterion"].contains(kind) { 0 } else { 2 }, &[]);
    }
}

#[test]
fn every_key_of_a_new_page_works_as_it_stands() {
    for kind in KINDS {
        let site = starter();
        let before = snapshot(&site.path().join("content"));
        guidepost(site.path(), &["new", kind, "Show the way"]).expect(0, &[]);
        let after = snapshot(&site.path().join("content"));
        let (path, bytes) = after.iter().find(|(path, _)| !before.contains_key(*path)).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        let keys: Vec<&str> = text.lines().filter(|line| is_commented_key(line)).collect();
        assert!(keys.len() >= 9, "{kind}: {keys:?}");
        for line in keys {
            let changed = text.replacen(&format!("\n{line}\n"), &format!("\n{}\n", &line[2..]), 1);
            assert_ne!(changed, text);
            fs_err::write(site.path().join("content").join(path), changed).unwrap();
            let ran = guidepost(site.path(), &["check", "--message-format", "short"]);
            assert_eq!(ran.code, 0, "{kind}, {line}:\n{}{}", ran.out, ran.err);
        }
    }
}

/// `# lead: buddy`
fn is_commented_key(line: &str) -> bool {
    let Some((key, _)) = line.strip_prefix("# ").and_then(|line| line.split_once(':')) else { return false };
    !key.is_empty() && key.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
}

#[test]
fn a_new_page_goes_to_the_guide_that_is_meant() {
    let site = tempfile::tempdir().unwrap();
    for guide in ["front-desk", "lab"] {
        let folder = site.path().join("content").join(guide);
        fs_err::create_dir_all(&folder).unwrap();
        fs_err::write(folder.join("index.md"), "---\nkind: guide\ntitle: Guide\n---\n").unwrap();
    }
    guidepost(site.path(), &["new", "role", "Nurse"]).expect_refusal(&["several guides", "front-desk, lab"]);
    guidepost(site.path(), &["new", "role", "Nurse", "--guide", "lap"]).expect_refusal(&["did you mean `lab`?"]);
    guidepost(site.path(), &["new", "role", "Nurse", "--guide", "../../etc"]).expect_refusal(&["there is no guide"]);
    guidepost(site.path(), &["new", "role", "Nurse", "--guide", "lab"]).expect(0, &["content/lab/roles/nurse.md"]);
}

// Usage

#[test]
fn wrong_usage_is_one_sentence_and_exit_2() {
    let empty = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| guidepost(empty.path(), arguments);
    for command in ["build", "check", "coverage"] {
        run(&[command]).expect_refusal(&["there is no folder `content` in", "guidepost init"]);
    }
    run(&["new", "step", "Title"]).expect_refusal(&["there is no folder `content` in"]);
    run(&["biuld"]).expect_refusal(&["knows no command `biuld`", "did you mean `build`?"]);
    run(&["build", "now"]).expect_refusal(&["`now`"]);
    run(&["build", "--outptu", "x"]).expect_refusal(&["has no option `--outptu`", "`--output`"]);
    run(&["build", "--output"]).expect_refusal(&["`--output` needs a value"]);
    run(&["check", "--message-format", "jsn"]).expect_refusal(&["`jsn`", "`json`"]);
    run(&["new", "step"]).expect_refusal(&["needs a title"]);
    run(&["init"]).expect_refusal(&["needs a folder"]);
    run(&["theme", "ejct"]).expect_refusal(&["`eject`"]);
    run(&["explain", "nonsense"]).expect_refusal(&["there is no rule `nonsense`"]);
    run(&["explain", "broken-lnik"]).expect_refusal(&["did you mean `broken-link`?"]);
    run(&["schema", "stpe"]).expect_refusal(&["did you mean `step`?"]);
    let site = starter();
    guidepost(site.path(), &["new", "stp", "Title"]).expect_refusal(&["did you mean `step`?"]);
    guidepost(site.path(), &["new", "step", "!!"]).expect_refusal(&["a title with letters"]);
    guidepost(site.path(), &["check", "--today", "tomorrow"]).expect_refusal(&["`tomorrow` is not a day"]);
    guidepost(site.path(), &["theme", "eject", "../up"]).expect_refusal(&["can't be the name of a theme"]);
}

#[test]
fn every_command_has_help() {
    let folder = tempfile::tempdir().unwrap();
    let help = guidepost(folder.path(), &["--help"]);
    help.expect(0, &["guidepost init my-guide"]);
    let list = help.out.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let commands = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    for command in commands.map(|line| line.split_whitespace().next().unwrap()).filter(|name| *name != "help") {
        guidepost(folder.path(), &[command, "--help"]).expect(0, &["Usage:"]);
    }
    guidepost(folder.path(), &["--version"]).expect(0, &[env!("CARGO_PKG_VERSION")]);
}

#[test]
fn explain_knows_every_rule() {
    let folder = tempfile::tempdir().unwrap();
    let list = guidepost(folder.path(), &["explain"]);
    list.expect(0, &["broken-link"]);
    for rule in guidepost::diagnostic::Rule::ALL {
        assert!(list.out.contains(rule.name()));
    }
    guidepost(folder.path(), &["explain", "broken-link"]).expect(0, &["For example:", "Correct the path"]);
}

#[test]
fn schemas_are_json() {
    let folder = tempfile::tempdir().unwrap();
    guidepost(folder.path(), &["schema"]).expect(0, KINDS);
    for kind in KINDS.iter().chain(&["site"]) {
        let schema: serde_json::Value = serde_json::from_str(&guidepost(folder.path(), &["schema", kind]).out).unwrap();
        let keys = schema["properties"].as_object().unwrap();
        assert!(keys.contains_key("title"), "{kind}");
        assert_eq!(schema["additionalProperties"], false, "{kind}");
        assert!(keys.values().all(|about| about["description"].is_string() || about["$ref"].is_string()), "{kind}");
    }
}

#[test]
fn completions_are_written_for_every_shell() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        guidepost(folder.path(), &["completions", shell]).expect(0, &["guidepost", "coverage"]);
    }
}

#[test]
fn an_ejected_theme_makes_the_same_pages() {
    let site = starter();
    guidepost(site.path(), &["build", "--no-pdf"]).expect(0, &[]);
    // The manifest says what the pages were made from, which is another theme now.
    let published = || {
        let mut files = snapshot(&site.path().join("public"));
        files.remove(".guidepost-manifest");
        files
    };
    let before = published();
    guidepost(site.path(), &["theme", "eject", "clinic"]).expect(0, &["theme: clinic"]);
    guidepost(site.path(), &["theme", "eject", "clinic"]).expect_refusal(&["is there already"]);
    edit(&site.path().join("content/site.yaml"), |text| text.replace("# theme: default", "theme: clinic"));
    guidepost(site.path(), &["build", "--no-pdf", "--deny-warnings"]).expect(0, &["0 files written"]);
    assert!(published() == before, "other bytes");
}

// Publishing

#[test]
fn folders_that_are_not_ours_are_refused() {
    let site = starter();
    let before = snapshot(site.path());
    let refused =
        |output: &str, words: &[&str]| guidepost(site.path(), &["build", "--output", output]).expect_refusal(words);
    refused(".", &["holds the site itself"]);
    refused("..", &["holds the site itself"]);
    refused("content", &["within each other"]);
    refused("content/public", &["within each other"]);
    refused("README.md", &["is a file"]);
    let foreign = tempfile::tempdir().unwrap();
    fs_err::write(foreign.path().join("thesis.txt"), "ten years of work").unwrap();
    refused(foreign.path().to_str().unwrap(), &["is not empty, and Guidepost did not write it"]);
    assert_eq!(snapshot(foreign.path()).len(), 1);
    #[cfg(unix)]
    {
        let link = foreign.path().join("link");
        let empty = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(empty.path(), &link).unwrap();
        refused(link.to_str().unwrap(), &["is a symbolic link"]);
    }
    assert_eq!(snapshot(site.path()), before);
}

#[test]
fn a_file_in_the_way_is_not_written_over() {
    let site = starter();
    guidepost(site.path(), &["build", "--no-pdf"]).expect(0, &[]);
    let mine = site.path().join("public/our-own.html");
    fs_err::write(&mine, "mine").unwrap();
    fs_err::write(site.path().join("content/our-own.md"), "---\ntitle: Ours\n---\n").unwrap();
    guidepost(site.path(), &["build", "--no-pdf"]).expect(2, &["our-own.html is in the way"]);
    assert_eq!(fs_err::read_to_string(mine).unwrap(), "mine");
}

#[test]
fn mistakes_leave_the_published_site_as_it_was() {
    let site = starter();
    guidepost(site.path(), &["build"]).expect(0, &[]);
    let before = snapshot(&site.path().join("public"));
    edit(&site.path().join("content/roles/buddy.md"), |text| text.replace("summary:", "sumary:"));
    edit(&site.path().join("content/steps/02-learn-the-daily-work.md"), |text| {
        text.replace("lead: buddy", "lead: budy")
    });
    let ran = guidepost(site.path(), &["build"]);
    ran.expect(
        1,
        &["error[unknown-key]", "error[unknown-id]", "2 errors: nothing was published; the published site stays"],
    );
    assert_eq!(snapshot(&site.path().join("public")), before);
    guidepost(site.path(), &["check"]).expect(1, &["2 errors"]);
}

#[test]
fn only_what_changed_is_written() {
    let site = starter();
    guidepost(site.path(), &["build"]).expect(0, &[]);
    let public = site.path().join("public");
    let count = snapshot(&public).len() - 1;
    let times = |folder: &Path| -> Vec<_> {
        let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
        entries.map(|entry| (entry.path().to_owned(), entry.metadata().unwrap().modified().unwrap())).collect()
    };
    let before = times(&public);
    guidepost(site.path(), &["build"]).expect(0, &["0 files written", &format!("{count} files left alone")]);
    assert_eq!(times(&public), before);
    edit(&site.path().join("content/about.md"), |text| text + "\nOne more sentence.\n");
    let ran = guidepost(site.path(), &["build", "--message-format", "human"]);
    ran.expect(0, &["written"]);
    assert!(!ran.out.contains("0 files written") && !ran.out.contains(" 0 files left"), "{}", ran.out);
}

#[test]
fn deleted_pages_go_and_other_peoples_files_stay() {
    let site = starter();
    guidepost(site.path(), &["build"]).expect(0, &[]);
    let public = site.path().join("public");
    fs_err::write(public.join("CNAME"), "guide.example.org").unwrap();
    fs_err::create_dir(public.join(".git")).unwrap();
    fs_err::write(public.join(".git/HEAD"), "ref").unwrap();
    fs_err::remove_file(site.path().join("content/about.md")).unwrap();
    guidepost(site.path(), &["build"]).expect(0, &["1 file deleted"]);
    assert!(!public.join("about.html").exists());
    assert_eq!(fs_err::read_to_string(public.join("CNAME")).unwrap(), "guide.example.org");
    assert!(public.join(".git/HEAD").exists());
    let left: Vec<String> = fs_err::read_dir(site.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains("guidepost"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

// Messages for programs

#[test]
fn messages_come_in_every_format() {
    let site = starter();
    edit(&site.path().join("content/steps/02-learn-the-daily-work.md"), |text| {
        text.replace("lead: buddy", "lead: budy")
    });
    let check = |format: &str| guidepost(site.path(), &["check", "--message-format", format]);
    let short = check("short");
    short.expect(1, &["content/steps/02-learn-the-daily-work.md:5:7: error[unknown-id]: "]);
    let json: serde_json::Value = serde_json::from_str(check("json").out.lines().next().unwrap()).unwrap();
    assert_eq!((&json["rule"], &json["place"]["line"]), (&"unknown-id".into(), &5.into()));
    check("github")
        .expect(1, &["::error file=content/steps/02-learn-the-daily-work.md,line=5,col=7,title=unknown-id::"]);
    let human = check("human");
    assert!(!human.err.contains('\u{1b}'), "colour where there is no terminal");
}

/// `guidepost build 2>&1 | head -n 1`: whoever listens may stop to, and the work is done all the same.
#[cfg(target_os = "linux")]
#[test]
fn a_build_goes_on_where_nobody_listens() {
    let site = starter();
    edit(&site.path().join("content/about.md"), |text| text.replace("summary:", "# summary:") + "\n<b>bold</b>\n");
    let run = |words: &[&str], out: Stdio, err: Stdio| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
        command.current_dir(site.path()).args(words).stdout(out).stderr(err).status().unwrap().code()
    };
    let full = || Stdio::from(fs_err::File::options().write(true).open("/dev/full").unwrap().into_parts().0);
    assert_eq!(run(&["build", "--no-pdf"], Stdio::null(), full()), Some(0));
    assert!(site.path().join("public/about.html").exists());
    assert_eq!(run(&["check"], Stdio::null(), full()), Some(0));
    assert_eq!(run(&["biuld"], full(), full()), Some(2));
    // What was asked for can't be printed.
    assert_eq!(run(&["explain"], full(), Stdio::null()), Some(2));
}

// The guide in content/

#[test]
fn the_guide_says_every_fact_and_nothing_is_wrong() {
    let root = repository();
    guidepost(&root, &["check", "--today", "2026-11-22"]).expect(0, &["nothing is wrong"]);
    guidepost(&root, &["coverage"]).expect(0, &["42 of 42 facts are covered"]);
}

#[test]
fn every_link_of_the_guide_leads_somewhere() {
    let output = tempfile::tempdir().unwrap();
    let public = output.path().join("public");
    guidepost(&repository(), &["build", "--output", public.to_str().unwrap()]).expect(0, &["index.html"]);
    let crawl = crawl(&public);
    assert!(crawl.broken.is_empty(), "{} links lead nowhere:\n{}", crawl.broken.len(), crawl.broken.join("\n"));
    assert!(crawl.pages > 50 && crawl.links > 1000, "{} pages, {} links", crawl.pages, crawl.links);
}

#[test]
fn a_lost_step_loses_its_facts() {
    let guide = copy_of_the_guide();
    let pages: Vec<(String, Vec<String>)> = snapshot(&guide.path().join("content"))
        .into_iter()
        .filter(|(path, _)| path.ends_with(".md"))
        .map(|(path, bytes)| (path, facts(&String::from_utf8(bytes).unwrap())))
        .collect();
    let mut with_losses = 0;
    for (path, own) in pages.iter().filter(|(path, _)| path.starts_with("steps/")) {
        let others: Vec<&String> =
            pages.iter().filter(|(other, _)| other != path).flat_map(|(_, facts)| facts).collect();
        let lost: Vec<&str> = own.iter().filter(|fact| !others.contains(fact)).map(String::as_str).collect();
        let file = guide.path().join("content").join(path);
        let text = fs_err::read_to_string(&file).unwrap();
        fs_err::remove_file(&file).unwrap();
        let ran = guidepost(guide.path(), &["coverage"]);
        if lost.is_empty() {
            ran.expect(0, &["42 of 42"]);
        } else {
            with_losses += 1;
            ran.expect(1, &[&format!("no page rests on {}\n", lost.join(", ")), "NO PAGE"]);
        }
        fs_err::write(file, text).unwrap();
    }
    assert!(with_losses > 0, "no step says a fact that no other page says");
}

/// The facts that a page names.
fn facts(text: &str) -> Vec<String> {
    let list = text.lines().find_map(|line| line.strip_prefix("facts: [")).unwrap_or("").trim_end_matches(']');
    list.split(", ").filter(|fact| !fact.is_empty()).map(str::to_owned).collect()
}
