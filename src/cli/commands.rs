//! The small commands: `coverage`, `explain`, `schema`, `theme eject`, `completions`.

use std::path::Path;

use clap::CommandFactory as _;
use fs_err as fs;

use super::print;
use crate::compile::{Memo, Options, compile};
use crate::diagnostic::{Rule, nearest};
use crate::model::front_matter::Kind;
use crate::model::settings::Settings;
use crate::project::read::read;
use crate::project::{Failure, Root};
use crate::theme;

/// Lists every fact with its pages; 1 where one has none.
///
/// # Errors
/// Where the site can't be read.
pub fn coverage(root: &Path) -> Result<u8, Failure> {
    let root = Root::open(root)?;
    let reading = read(&root)?;
    let options = Options { drafts: false, pdf: false, preview: false, today: String::new() };
    let compiled = compile(&reading.files, &options, &mut Memo::default());
    let mut uncovered = 0;
    let mut out = String::new();
    for guide in compiled.edition.site.guides.iter().filter(|guide| !guide.facts.is_empty()) {
        let title = guide.title();
        out.push_str(&format!("{}\n", if title.is_empty() { "The guide" } else { title }));
        let mut covered = 0;
        for fact in &guide.facts {
            let rests = guide.pages.iter().filter(|page| page.common.facts.iter().any(|id| id.value == fact.id.value));
            let pages: Vec<&str> = rests.map(|page| &*page.source.path).collect();
            covered += usize::from(!pages.is_empty());
            let pages = if pages.is_empty() { "NO PAGE".to_owned() } else { pages.join(", ") };
            out.push_str(&format!("  {:<5} {}\n        {pages}\n", fact.id.value, fact.says));
        }
        out.push_str(&format!("{covered} of {} facts are covered\n", guide.facts.len()));
        let lost: Vec<&str> = guide
            .facts
            .iter()
            .filter(|fact| !guide.pages.iter().any(|page| page.common.facts.iter().any(|id| id.value == fact.id.value)))
            .map(|fact| fact.id.value.as_str())
            .collect();
        if !lost.is_empty() {
            out.push_str(&format!("no page rests on {}\n", lost.join(", ")));
        }
        uncovered += lost.len();
    }
    if out.is_empty() {
        out.push_str("the site names no facts; they are written into `content/sources.yaml`\n");
    }
    print(&out)?;
    Ok(u8::from(uncovered > 0))
}

/// Explains a rule, or lists all.
///
/// # Errors
/// Where there is no such rule.
pub fn explain(rule: Option<&str>) -> Result<u8, Failure> {
    let Some(name) = rule else {
        let lines: String = Rule::ALL
            .iter()
            .map(|rule| format!("{:<20} {:<8} {}\n", rule.name(), rule.severity().name(), rule.cause()))
            .collect();
        print(&lines)?;
        return Ok(0);
    };
    let Some(rule) = Rule::named(name) else {
        let hint = match nearest(name, Rule::ALL.iter().map(|rule| rule.name())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`guidepost explain` lists all rules".to_owned(),
        };
        return Err(Failure::new(format!("there is no rule `{name}`"), hint));
    };
    let example = rule.example().replace('\n', "\n    ");
    print(&format!(
        "{} ({})\n\n{}\n\nFor example:\n\n    {example}\n\n{}\n",
        rule.name(),
        rule.severity().name(),
        rule.cause(),
        rule.cure()
    ))?;
    Ok(0)
}

/// Prints the JSON Schema of a kind, or lists the kinds.
///
/// # Errors
/// Where there is no such kind.
pub fn schema(kind: Option<&str>) -> Result<u8, Failure> {
    let Some(name) = kind else {
        let lines: String =
            Kind::ALL.iter().map(|kind| format!("{:<11}{}\n", kind.name(), kind.purpose().trim())).collect();
        print(&format!("{lines}{:<11}The settings of the site, in site.yaml.\n", "site"))?;
        return Ok(0);
    };
    let schema = match Kind::ALL.iter().find(|kind| kind.name() == name) {
        Some(kind) => kind.schema(),
        None if name == "site" => schemars::schema_for!(Settings),
        None => {
            let hint = nearest(name, Kind::ALL.iter().map(|kind| kind.name()).chain(["site"])).map_or_else(
                || "`guidepost schema` lists the kinds".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(Failure::new(format!("there is no kind of page `{name}`"), hint));
        }
    };
    let text =
        serde_json::to_string_pretty(&schema).map_err(|error| Failure { message: error.to_string(), hint: None })?;
    print(&format!("{text}\n"))?;
    Ok(0)
}

/// Writes the built-in theme into the site.
///
/// # Errors
/// Where the folder is there already, or can't be written.
pub fn eject(root: &Path, name: &str) -> Result<u8, Failure> {
    let root = Root::open(root)?;
    if name.is_empty()
        || name.starts_with('.')
        || !name.chars().all(|letter| letter.is_alphanumeric() || "-_".contains(letter))
    {
        return Err(Failure::new(format!("`{name}` can't be the name of a theme"), "write letters, digits and `-`"));
    }
    let folder = root.path.join("themes").join(name);
    if fs::exists(&folder)? {
        return Err(Failure::new(
            format!("{} is there already", folder.display()),
            "choose another name, or remove the folder yourself",
        ));
    }
    let files = theme::built_in();
    for (path, bytes) in files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, bytes)?;
    }
    print(&format!(
        "{} files are in {}\nwrite `theme: {name}` into content/site.yaml to use them; files that you don't change you can delete, the built-in ones stand in\n",
        files.len(),
        folder.display()
    ))?;
    Ok(0)
}

/// Prints a completion script.
///
/// # Errors
/// Where standard output can't be written.
pub fn completions(shell: clap_complete::Shell) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut super::Arguments::command(), "guidepost", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(0)
}
