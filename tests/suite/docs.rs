//! The docs against the program: what they list is what there is.

use std::collections::BTreeSet;
use std::path::Path;

use guidepost::model::front_matter::Kind;
use guidepost::project::read::KNOWN_TYPES;
use serde_json::Value;

fn text(path: &str) -> String {
    fs_err::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The part of a page below a heading, up to the next one.
fn section<'t>(page: &'t str, heading: &str) -> &'t str {
    let start = page.find(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("the docs have no {heading}"));
    let below = &page[start + heading.len() + 2..];
    below.split("\n#").next().unwrap()
}

/// What stands in code at the head of each row of a table.
fn rows(section: &str) -> BTreeSet<String> {
    let heads = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once(" |"));
    heads
        .flat_map(|(head, _)| head.split(", ").map(|key| key.trim_matches('`').to_owned()).collect::<Vec<_>>())
        .collect()
}

fn schema(kind: Kind) -> Value {
    serde_json::to_value(kind.schema()).unwrap()
}

fn keys(schema: &Value) -> BTreeSet<String> {
    schema["properties"].as_object().unwrap().keys().cloned().collect()
}

/// The keys of all that is within a schema, but not its own.
fn inner_keys(schema: &Value, outermost: bool) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    match schema {
        Value::Object(map) => {
            for (key, value) in map {
                if let (false, "properties", Value::Object(inner)) = (outermost, key.as_str(), value) {
                    found.extend(inner.keys().cloned());
                }
                let into_own = outermost && key == "properties";
                if let (true, Value::Object(own)) = (into_own, value) {
                    found.extend(own.values().flat_map(|value| inner_keys(value, false)));
                } else {
                    found.extend(inner_keys(value, false));
                }
            }
        }
        Value::Array(list) => found.extend(list.iter().flat_map(|value| inner_keys(value, false))),
        _ => {}
    }
    found
}

#[test]
fn the_format_lists_every_key() {
    let page = text("docs/format.md");
    let common = rows(section(&page, "### Every page"));
    let shared = Kind::ALL.iter().map(|kind| keys(&schema(*kind))).reduce(|one, other| &one & &other).unwrap();
    assert_eq!(common, shared, "the keys of every page");
    for kind in Kind::ALL {
        let section = section(&page, &format!("### `{}`", kind.name()));
        let schema = schema(*kind);
        let own: BTreeSet<String> = keys(&schema).difference(&shared).cloned().collect();
        let mut listed = rows(section);
        for key in inner_keys(&schema, true) {
            assert!(section.contains(&format!("`{key}`")), "`{key}` is missing below `{}`", kind.name());
        }
        if *kind == Kind::Plan {
            listed = rows(section.split("A task of the plan has").next().unwrap());
        }
        assert_eq!(listed, own, "the keys of `{}`", kind.name());
    }
}

#[test]
fn the_format_lists_every_setting_and_type_of_file() {
    let page = text("docs/format.md");
    let schema = serde_json::to_value(schemars::schema_for!(guidepost::model::settings::Settings)).unwrap();
    let settings = section(&page, "## `site.yaml`");
    assert_eq!(rows(settings), keys(&schema));
    for key in inner_keys(&schema, true) {
        assert!(settings.contains(&format!("`{key}`")), "`{key}` is missing below `site.yaml`");
    }
    let types = section(&page, "## Files that are copied");
    let list: Vec<&str> = types.split(", and").next().unwrap().split([',', '\n']).map(str::trim).collect();
    let listed: BTreeSet<&str> = list.into_iter().filter(|word| !word.is_empty()).collect();
    assert_eq!(listed, KNOWN_TYPES.iter().copied().collect());
}

#[test]
fn the_starter_explains_every_setting() {
    let starter = text("src/cli/starter/content/site.yaml");
    let schema = serde_json::to_value(schemars::schema_for!(guidepost::model::settings::Settings)).unwrap();
    for key in keys(&schema) {
        assert!(starter.lines().any(|line| line.trim_start_matches("# ").starts_with(&format!("{key}:"))), "{key}");
    }
}

#[test]
fn the_json_of_messages_is_as_documented() {
    let page = text("docs/json.md");
    let example = page.lines().find(|line| line.starts_with('{')).unwrap();
    let documented: Value = serde_json::from_str(example).unwrap();
    let site = tempfile::tempdir().unwrap();
    let step = "---\nkind: step\ntitle: A\nlead: budy\n---\n";
    for (path, text) in [("roles/buddy.md", "---\nkind: role\ntitle: Buddy\n---\n"), ("steps/01-a.md", step)] {
        let file = site.path().join("content").join(path);
        fs_err::create_dir_all(file.parent().unwrap()).unwrap();
        fs_err::write(file, text).unwrap();
    }
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_guidepost"));
    let output = command.current_dir(site.path()).args(["check", "--message-format", "json"]).output().unwrap();
    let messages: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut real = messages.into_iter().find(|message| message["rule"] == "unknown-id").unwrap();
    let mut documented = documented;
    for message in [&mut real, &mut documented] {
        for place in ["/place", "/patch/place"] {
            *message.pointer_mut(place).unwrap() =
                message.pointer(place).unwrap().as_object().unwrap().keys().cloned().collect();
        }
    }
    assert_eq!(real, documented);
}

#[test]
fn the_docs_of_themes_name_only_what_there_is() {
    let page = text("docs/themes.md");
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/default/templates");
    let templates: String = fs_err::read_dir(templates)
        .unwrap()
        .map(|entry| fs_err::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    for block in rows(section(&page, "## Pages")) {
        assert!(templates.contains(&format!("block {block}")), "there is no block `{block}`");
    }
    let tokens = text("themes/default/assets/css/10-tokens.css");
    assert!(tokens.contains("--typeface:") && tokens.contains("--space-8:"));
    let words = text("themes/default/strings/en.yaml");
    assert!(words.contains("\nstart_with_step:"));
    assert!(text("themes/default/paper.yaml").contains("\nitem:"));
}

#[test]
fn a_theme_as_the_docs_have_it_works() {
    let page = text("docs/themes.md");
    let site = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_guidepost"));
        let output = command.current_dir(site.path()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run(&["init", "."]);
    let settings = site.path().join("content/site.yaml");
    let with_theme = fs_err::read_to_string(&settings).unwrap().replace("# theme: default", "theme: clinic");
    fs_err::write(settings, with_theme).unwrap();
    // Every example begins with a comment that names its file.
    for example in page.split("```").skip(1).step_by(2) {
        let example = example.split_once('\n').unwrap().1;
        let path = example.split_whitespace().find(|word| word.starts_with("themes/")).unwrap();
        let file = site.path().join(path);
        fs_err::create_dir_all(file.parent().unwrap()).unwrap();
        fs_err::write(file, example).unwrap();
    }
    run(&["build", "--deny-warnings"]);
    let home = fs_err::read_to_string(site.path().join("public/index.html")).unwrap();
    assert!(home.contains("Call the help desk: 555 0100"));
    assert!(home.contains("Begin with step 1"));
    let mut style = fs_err::read_dir(site.path().join("public/assets")).unwrap().map(|entry| entry.unwrap().path());
    let style = style.find(|path| path.extension().is_some_and(|ending| ending == "css")).unwrap();
    assert!(fs_err::read_to_string(style).unwrap().contains("Georgia, serif"));
}

#[test]
fn links_between_the_docs_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs_err::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages = docs.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let mut broken = Vec::new();
    for page in pages.chain(["README.md", "CHANGELOG.md"].map(|name| root.join(name))) {
        let text = fs_err::read_to_string(&page).unwrap();
        // What stands between fences, or between backticks, is an example.
        let prose: String = text.split("```").step_by(2).flat_map(|prose| prose.split('`').step_by(2)).collect();
        for target in prose.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target) {
            let path = target.split('#').next().unwrap();
            if !target.contains("://") && !page.parent().unwrap().join(path).exists() {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
