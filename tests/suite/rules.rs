//! Every rule is explained, and has a fixture that breaks it; every mistake has a good message, beside all others.

use std::collections::BTreeSet;

use guidepost::diagnostic::{Rule, Severity};

use crate::fixtures::{cases, check};
use crate::promise::trial;

#[test]
fn every_rule_is_explained() {
    for rule in Rule::ALL {
        for (what, text) in [("cause", rule.cause()), ("example", rule.example()), ("cure", rule.cure())] {
            assert!(text.len() >= 5, "`{}` has no {what}", rule.name());
        }
        assert!(rule.cause().ends_with('.'), "the cause of `{}` is no sentence", rule.name());
        assert_eq!(Rule::named(rule.name()), Some(*rule), "two rules are called `{}`", rule.name());
    }
}

#[test]
fn every_rule_has_a_fixture() {
    if std::env::var_os("FIXTURE").is_some() {
        return;
    }
    let mut found = BTreeSet::new();
    for case in cases() {
        let text = fs_err::read_to_string(case.join("expected/diagnostics.txt")).unwrap_or_default();
        let heads = text.lines().filter(|line| line.starts_with("error[") || line.starts_with("warning["));
        found.extend(heads.filter_map(|line| Some(line.split_once('[')?.1.split_once(']')?.0.to_owned())));
    }
    let missing: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).filter(|name| !found.contains(*name)).collect();
    assert!(missing.is_empty(), "no fixture breaks {}", missing.join(", "));
}

/// Mistakes that have no line: of a whole file, or of its name.
const OF_A_FILE: &[&str] = &[
    "unreadable-file",
    "encoding",
    "too-large",
    "reserved-name",
    "reserved-address",
    "duplicate-address",
    "symbolic-link",
    "skipped-file",
];

/// What is said of one mistake, as a person sees it.
struct Said<'a> {
    rule: &'a str,
    /// The message, with `…` for each word that it quotes.
    message: String,
    text: &'a str,
}

fn said(diagnostics: &str) -> Vec<Said<'_>> {
    let heads = diagnostics.match_indices("error[").filter(|(at, _)| *at == 0 || diagnostics[..*at].ends_with('\n'));
    let starts: Vec<usize> = heads.map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([diagnostics.len()]);
    let texts = starts.iter().zip(ends).map(|(start, end)| &diagnostics[*start..end]);
    // What comes behind an error may be a warning.
    let texts = texts.map(|text| text.split("\nwarning[").next().unwrap_or(text));
    texts
        .map(|text| {
            let (rule, message) = text["error[".len()..].lines().next().unwrap().split_once("]: ").unwrap();
            let plain = message.split('`').enumerate().map(|(number, part)| if number % 2 == 0 { part } else { "…" });
            Said { rule, message: plain.collect::<Vec<_>>().join("`"), text }
        })
        .collect()
}

#[test]
fn fifty_mistakes_have_fifty_good_messages() {
    if std::env::var_os("FIXTURE").is_some() {
        return;
    }
    let trial = trial("Fifty bad inputs, fifty good messages");
    let (mut distinct, mut all) = (BTreeSet::new(), 0);
    for case in cases() {
        let text = fs_err::read_to_string(case.join("expected/diagnostics.txt")).unwrap_or_default();
        for Said { rule, message, text } in said(&text) {
            all += 1;
            assert!(!message.ends_with('.'), "{text}");
            let has_hint = text.contains("= help: ") || text.contains("\nhelp: ");
            assert!(has_hint, "{}: nobody is told what to write:\n{text}", case.display());
            let place = text.lines().find_map(|line| line.trim_start().strip_prefix("--> ")).unwrap_or_default();
            // A file with nothing in it has no line to show.
            let empty = fs_err::metadata(case.join(place)).is_ok_and(|file| file.is_file() && file.len() == 0);
            if OF_A_FILE.contains(&rule) || empty {
                continue;
            }
            let numbers = place.rsplitn(3, ':').take(2).filter(|part| part.parse::<usize>().is_ok_and(|part| part > 0));
            assert!(place.starts_with("content/") || place.starts_with("themes/"), "no file:\n{text}");
            assert_eq!(numbers.count(), 2, "no line and column:\n{text}");
            let excerpt =
                |line: &str| line.split_once(" |").is_some_and(|(number, _)| number.trim().parse::<usize>().is_ok());
            assert!(text.lines().any(excerpt) && text.contains('^'), "no excerpt:\n{text}");
            distinct.insert((rule.to_owned(), message));
        }
    }
    assert!(distinct.len() >= 50, "{}", distinct.len());
    trial.kept(
        &format!("different mistakes with rule, file, line, column, excerpt and hint as expected, {all} messages"),
        distinct.len(),
    );
}

#[test]
fn one_bad_page_hides_no_other() {
    let trial = trial("Fifty bad inputs, fifty good messages");
    let (mut pages, mut errors) = (0, 0);
    for case in cases().iter().filter(|case| case.join("content").exists()) {
        let checked = check(case).unwrap();
        for (_, page) in checked.compiled.edition.site.pages() {
            let alone = guidepost::parse::page(&page.source).diagnostics;
            let mut alone = alone.iter().filter(|found| found.severity == Severity::Error).peekable();
            pages += usize::from(alone.peek().is_some());
            for found in alone {
                assert!(
                    checked.diagnostics.contains(found),
                    "{}: {found:?} is not said beside the others",
                    case.display()
                );
                errors += 1;
            }
        }
    }
    assert!(pages >= 50, "{pages} bad pages");
    trial.kept(&format!("bad pages, whose {errors} errors are all said in the same run as those of the others"), pages);
}
