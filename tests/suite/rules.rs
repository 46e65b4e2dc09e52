//! Every rule is explained, and has a fixture that breaks it.

use std::collections::BTreeSet;

use guidepost::diagnostic::Rule;

use crate::fixtures::cases;

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
