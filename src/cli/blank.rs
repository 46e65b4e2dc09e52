//! The text of a new page: the keys it needs filled in, every other key in a comment, each explained, and a beginning of
//! its text. Keys and explanations are those of the types that read them; examples are ids that the guide has.

use serde_json::Value;

use crate::model::front_matter::Kind;
use crate::model::site::Guide;

/// What stands in the examples of a new page: things that are there, so that an example works as it stands.
#[derive(Debug, Clone)]
pub struct Examples {
    /// Ids of roles; the one that the guide is for comes first.
    roles: Vec<String>,
    /// Ids of the steps so far.
    steps: Vec<String>,
    /// Ids of worksheets and checklists.
    sheets: Vec<String>,
    /// Ids of facts.
    facts: Vec<String>,
    /// Today, as in `2026-11-20`.
    today: String,
    /// A year from now.
    in_a_year: String,
    /// The first month of next year, as in `2027-01`.
    next_year: String,
}

impl Examples {
    /// Takes the examples from a guide, where there is one yet.
    pub fn of(guide: Option<&Guide>, today: jiff::civil::Date) -> Self {
        let ids = |kind: Kind| -> Vec<String> {
            guide.into_iter().flat_map(|guide| guide.of(kind)).map(|page| page.id.clone()).collect()
        };
        let champion = guide.and_then(|guide| Some(guide.pages[guide.champion()?].id.clone()));
        let mut roles = ids(Kind::Role);
        roles.sort_by_key(|id| Some(id) != champion.as_ref());
        let in_a_year = today.saturating_add(jiff::Span::new().years(1));
        Self {
            roles,
            steps: ids(Kind::Step),
            sheets: [ids(Kind::Worksheet), ids(Kind::Checklist)].concat(),
            facts: guide.into_iter().flat_map(|guide| &guide.facts).map(|fact| fact.id.value.clone()).collect(),
            today: today.to_string(),
            in_a_year: in_a_year.to_string(),
            next_year: format!("{:04}-01", in_a_year.year()),
        }
    }

    /// The ids that a key can name; `None` for keys that name none.
    fn ids(&self, key: &str) -> Option<&[String]> {
        match key {
            "lead" | "with" | "role" | "owner" | "champion" | "sign_off" => Some(&self.roles),
            "needs" => Some(&self.steps),
            "sheets" => Some(&self.sheets),
            "facts" => Some(&self.facts),
            _ => None,
        }
    }

    /// An example of a key's value, which works as it stands; empty where nothing is there yet that it could name.
    fn value(&self, key: &str) -> String {
        let some = |ids: &[String]| if ids.is_empty() { String::new() } else { format!("[{}]", ids.join(", ")) };
        let ids = self.ids(key).unwrap_or(&[]);
        match key {
            "lead" | "role" | "owner" | "champion" => ids.first().cloned().unwrap_or_default(),
            "with" | "sign_off" if ids.len() > 1 => some(&ids[1..ids.len().min(3)]),
            "needs" => some(&ids[ids.len().saturating_sub(1)..]),
            "with" | "sign_off" | "sheets" | "facts" => some(&ids[..ids.len().min(2)]),
            "reviewed" => self.today.clone(),
            "review_by" => self.in_a_year.clone(),
            "start" => self.next_year.clone(),
            _ => fixed(key).to_owned(),
        }
    }

    /// What a key can name, as a sentence behind its explanation.
    fn choice(&self, key: &str) -> String {
        match self.ids(key) {
            None => String::new(),
            Some([]) => match key {
                "facts" => String::new(),
                "needs" => " For instance: `needs: [brief-the-team]`.".to_owned(),
                "sheets" => " For instance: `sheets: [vendor-contacts]`.".to_owned(),
                "with" | "sign_off" => format!(" For instance: `{key}: [executive-sponsor]`."),
                _ => format!(" For instance: `{key}: hit-champion`."),
            },
            Some(_) if key == "facts" => String::new(),
            Some(ids) if ids.len() <= 12 => format!(" There are: {}.", ids.join(", ")),
            Some(_) => " It is the name of a page's file, without its number and `.md`.".to_owned(),
        }
    }
}

/// Examples that are the same in every guide.
fn fixed(key: &str) -> &'static str {
    match key {
        "summary" => "Write here in a sentence what the page is about",
        "id" => "another-name",
        "also" => "[another name]",
        "short" => "Short name",
        "aliases" => "[old/address.html]",
        "order" => "2",
        "draft" | "added" | "landscape" => "true",
        "gather" => "{steps: all}",
        "fields" => "[{label: Clinic}, {label: Vendor, lines: 2}]",
        "evidence" | "ask" | "brings" => "[Write a sentence here, Write another one here]",
        "outcome" => "Write here what there is when the step is done",
        "edition" => "First edition",
        "audience" => "Write here whom the guide is for",
        "allow" => "{long-group: \"Write here why this is fine\"}",
        "extra" => "{anything: you like}",
        "language" => "en",
        _ => "",
    }
}

/// The text of a new page.
pub fn page(kind: Kind, title: &str, examples: &Examples) -> String {
    let schema = kind.schema();
    let keys: Vec<(&String, &Value)> =
        schema.get("properties").and_then(Value::as_object).into_iter().flatten().collect();
    let mut needed = format!("# {}\nkind: {}\n", kind.purpose().trim(), kind.name());
    let mut others = String::new();
    for (key, about) in keys.into_iter().filter(|(key, _)| *key != "kind") {
        let description = about.get("description").and_then(Value::as_str).unwrap_or("").replace('\n', " ");
        let explained = format!("# {description}{}", examples.choice(key));
        match self::needed(kind, key, title, examples) {
            Some(value) => needed.push_str(&format!("\n{explained}\n{key}:{value}\n")),
            None => {
                let line = format!("{key}: {}", examples.value(key));
                others.push_str(&format!("#\n{explained}\n# {}\n", line.trim_end()));
            }
        }
    }
    format!(
        "---\n{needed}\n# Every other key that a page of this kind can have. Remove the `# ` before those that you use.\n{others}---\n\n{}",
        text(kind)
    )
}

/// What stands behind the colon of a key without which the page would be a mistake or a warning.
fn needed(kind: Kind, key: &str, title: &str, examples: &Examples) -> Option<String> {
    let value = match (kind, key) {
        (_, "title") => format!(" {}", quoted(title)),
        (Kind::Term, "summary") => " Write the definition here, in a sentence.".to_owned(),
        (Kind::Step, "summary") => " Write here what the step is for, in a sentence.".to_owned(),
        (Kind::Step, "lead") if !examples.roles.is_empty() => format!(" {}", examples.value("lead")),
        (Kind::Step | Kind::Checklist, "objective") => " Write here what doing the checklist achieves".to_owned(),
        (Kind::Step | Kind::Checklist, "when") => " Write here at which moment the checklist is used".to_owned(),
        (Kind::Step | Kind::Checklist, "mode") => " do-confirm".to_owned(),
        (Kind::Worksheet, "columns") => " [{title: What, width: 2}, {title: Who}, {title: When}]".to_owned(),
        (Kind::Worksheet, "rows") => " 8".to_owned(),
        (Kind::Plan, "phases") => {
            "\n  - {title: Prepare, months: [1, 3], features: [First feature]}\n  - {title: Use, months: [4, 12], features: [Second feature]}"
                .to_owned()
        }
        (Kind::Plan, "tasks") => format!(
            "\n  - {{title: First task, detail: Write here what is done, phase: Prepare, start: 1, months: 2, {}}}\n  - {{title: A task to fill in by hand, blank: true}}",
            if examples.roles.is_empty() { "blank: true".to_owned() } else { format!("owner: {}", examples.value("owner")) }
        ),
        _ => return None,
    };
    Some(value)
}

/// A text as a YAML value: plain where nobody could read it otherwise, else in quotes.
fn quoted(text: &str) -> String {
    let plain = text.starts_with(char::is_alphabetic)
        && text.chars().all(|letter| letter.is_alphanumeric() || " ()/.-_'’".contains(letter))
        && !matches!(text.to_lowercase().as_str(), "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n");
    if plain { text.to_owned() } else { Value::from(text).to_string() }
}

/// What the text of a page begins with.
fn text(kind: Kind) -> &'static str {
    match kind {
        Kind::Step => {
            "Write here what the step is about.\n\n## Checklist\n\n<!-- A task is a line with `- [ ]`. In braces at its end, if you like: who does it and in which month of the project,\nfor instance {@role month 2}. Notes like this one are never published. -->\n\n- [ ] Write a task that begins with a verb\n  - A line under a task is a hint.\n- [ ] Write another one\n"
        }
        Kind::Checklist => "- [ ] Write a task that begins with a verb\n- [ ] Write another one\n",
        Kind::Term => "",
        _ => "Write the text here.\n",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_that_yaml_would_read_otherwise_are_quoted() {
        assert_eq!(quoted("Train the front desk"), "Train the front desk");
        for title in ["Step 2: brief", "True", "12", "- a", "# b", "a, \"b\"", "[c]", "~"] {
            assert_eq!(quoted(title), Value::from(title).to_string());
        }
    }
}
