//! The compiler and the preview's press: with what they remember of one sequence of edits, against none.

use std::collections::BTreeMap;
use std::sync::Arc;

use guidepost::compile::{Compiled, Files, Memo, Options, compile};
use guidepost::diagnostic::Severity;
use guidepost::model::site::File;
use guidepost::parse::picture::pixels;
use guidepost::render::Output;
use guidepost::routes::Route;
use guidepost::serve::press::Press;
use guidepost::source::Source;
use proptest::prelude::*;
use rayon::prelude::*;

use super::{Edit, Site, edit, runner, site};
use crate::promise::{count, trial};

/// Sequences where nobody asks for more.
const SEQUENCES: usize = 30;

/// What a reader of the disk would make of a site.
fn files(site: &Site) -> Files {
    let mut files = Files::default();
    let text = |path: &str, text: &str| Source::new(path, text.as_bytes()).unwrap();
    for (path, content) in site {
        match path.as_str() {
            "content/site.yaml" => files.settings = Some(text(path, content)),
            path if path.ends_with("sources.yaml") => files.sources.push(text(path, content)),
            path if path.ends_with(".md") => files.pages.push(text(path, content)),
            path if path.ends_with(".png") => {
                let file = File { length: content.len() as u64, pixels: pixels(content.as_bytes()) };
                files.assets.insert(path.into(), file);
            }
            path => {
                let theme = site.get("content/site.yaml").is_some_and(|settings| settings.contains("theme: own"));
                if let Some(name) = path.strip_prefix("themes/own/").filter(|_| theme) {
                    files.theme.insert(name.to_owned(), Arc::from(content.as_bytes()));
                }
            }
        }
    }
    files
}

fn outputs(compiled: &Compiled) -> BTreeMap<String, String> {
    let all: Vec<(&String, &Route)> = compiled.edition.routes.all.iter().collect();
    let made = all.par_iter().map(|(address, route)| {
        // Drawing is costly, and the same sheet makes the same PDF; so of PDFs the sheet is compared.
        if let Route::Pdf { guide, sheet, size } = route {
            let entry = &compiled.edition.derived.guides[*guide].sheets[sheet];
            return ((*address).clone(), format!("{size:?} {entry:?}"));
        }
        let made = compiled.output(address).unwrap();
        let output = match made.value {
            Output::Bytes(bytes) => String::from_utf8(bytes).unwrap(),
            Output::Shared(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            other => format!("{other:?}"),
        };
        ((*address).clone(), format!("{output}\n{:?}", made.diagnostics))
    });
    made.collect()
}

/// By address what was published, and the word for what it was made from. A site with errors is not published.
type Published = BTreeMap<String, (String, String)>;

fn publish(compiled: &Compiled, outputs: &BTreeMap<String, String>) -> Option<Published> {
    let routes = &compiled.edition.routes.all;
    let entry =
        |(address, bytes): (&String, &String)| (address.clone(), (bytes.clone(), compiled.made_from(&routes[address])));
    (!compiled.has_errors()).then(|| outputs.iter().map(entry).collect())
}

/// What a build would keep of what was published is what it would make again.
fn kept_is_right(before: &Published, now: &Compiled, outputs: &BTreeMap<String, String>) -> Result<(), TestCaseError> {
    let pages = outputs.iter().filter(|(address, _)| !address.ends_with(".pdf"));
    for (address, bytes) in pages {
        let Some((old, word)) = before.get(address) else { continue };
        if now.is_current(&now.edition.routes.all[address], word) {
            prop_assert_eq!(old, bytes, "{} would be kept", address);
        }
    }
    Ok(())
}

/// What the preview shows is what a clean compile makes, unless something can't be read: then it shows what it last could.
fn proof_is_right(press: &mut Press, files: &Files, clean: &BTreeMap<String, String>) -> Result<(), TestCaseError> {
    let proof = press.proof(files);
    if proof.diagnostics.iter().all(|found| found.severity == Severity::Warning) {
        let shown = outputs(&proof.compiled);
        for (address, bytes) in clean {
            prop_assert_eq!(shown.get(address), Some(bytes), "{} of the preview", address);
        }
        prop_assert_eq!(shown.len(), clean.len(), "addresses of the preview");
    }
    Ok(())
}

fn run(edits: &[Edit], drafts: bool) -> Result<(), TestCaseError> {
    let options = Options { drafts, pdf: true, preview: drafts, today: "2026-11-22".to_owned() };
    let mut site = site();
    let mut memo = Memo::default();
    let mut press = Press::new(options.clone());
    press.proof(&files(&site));
    let first = compile(&files(&site), &options, &mut memo);
    let mut published = publish(&first, &outputs(&first)).unwrap_or_default();
    for (step, change) in edits.iter().enumerate() {
        edit(&mut site, *change);
        let files = files(&site);
        let warm = compile(&files, &options, &mut memo);
        let compiled = compile(&files, &options, &mut Memo::default());
        prop_assert_eq!(&warm.diagnostics, &compiled.diagnostics, "after edit {} of {:?}", step, edits);
        let (warm, clean) = (outputs(&warm), outputs(&compiled));
        if !compiled.has_errors() {
            kept_is_right(&published, &compiled, &clean)?;
            published = publish(&compiled, &clean).unwrap_or_default();
        }
        if drafts {
            proof_is_right(&mut press, &files, &clean)?;
        }
        for (address, bytes) in &clean {
            prop_assert_eq!(warm.get(address), Some(bytes), "{} after edit {} of {:?}", address, step, edits);
        }
        prop_assert_eq!(warm.len(), clean.len(), "addresses after edit {} of {:?}", step, edits);
    }
    Ok(())
}

#[test]
fn any_sequence_of_edits_gives_what_a_clean_compile_gives() {
    let trial = trial("Incremental equals clean");
    let sequences = count(SEQUENCES, 10_000);
    let edits = prop::collection::vec(any::<Edit>(), 1..7);
    runner(sequences).run(&(edits, any::<bool>()), |(edits, drafts)| run(&edits, drafts)).unwrap();
    trial.kept("sequences of edits in process", sequences);
}
