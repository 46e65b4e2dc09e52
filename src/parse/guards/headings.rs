//! Headings that are almost ones, `##Agenda`, and levels that are left out.

use super::{Line, Text, short};
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::front_matter::Kind;

pub(super) fn find(text: &Text<'_>, lines: &[Line<'_>], found: &mut Vec<Diagnostic>) {
    let mut begins_block = true;
    for line in lines {
        if let Some(marks) = marks(line.own, begins_block)
            && !text.is_literal(line.at())
        {
            let title = &line.own[marks..];
            // A page has one title, and a second one would be named too.
            let is_titled = text.body > 0 || text.headings.first().is_some_and(|heading| heading.level == 1);
            let mark = "#".repeat(if is_titled { marks.max(2) } else { marks });
            let place = text.source.place(line.at()..line.at() + line.own.len());
            found.push(
                Diagnostic::new(Rule::AlmostHeading, place, "this looks like a heading and isn't one")
                    .hint(format!("write `{mark} {}`, with a space behind the `{mark}`", short(title)))
                    .patch(line.at()..line.at() + marks, format!("{mark} ")),
            );
        }
        begins_block = line.own.is_empty();
    }
    skipped(text, found);
}

/// How many `#` a line begins with that lack the space behind them. A single one may begin a tag (`#newsletter`).
fn marks(own: &str, begins_block: bool) -> Option<usize> {
    let marks = own.bytes().take_while(|byte| *byte == b'#').count();
    let title = own.get(marks..)?;
    let is_meant = match marks {
        1 => begins_block && title.starts_with(char::is_uppercase) && !title.contains('#') && title.contains(' '),
        2..=6 => title.starts_with(|first: char| first.is_alphanumeric() || matches!(first, '*' | '`' | '[')),
        _ => false,
    };
    is_meant.then_some(marks)
}

/// Headings that lie more than one level below the one above them. Plain Markdown that was written for another place often
/// takes a lower one for its smaller letters, so only pages of a guide's kinds are looked at.
fn skipped(text: &Text<'_>, found: &mut Vec<Diagnostic>) {
    if text.kind == Kind::Page {
        return;
    }
    for pair in text.headings.windows(2) {
        let [above, below] = pair else { continue };
        if below.level <= above.level + 1 {
            continue;
        }
        let right = "#".repeat(usize::from(above.level) + 1);
        let written = &text.source.text[below.range.clone()];
        let marks = written.bytes().take_while(|byte| *byte == b'#').count();
        let message =
            format!("this heading is of level {}, and the one above it of level {}", below.level, above.level);
        let place = text.source.place(below.range.start..below.range.start + written.trim_end().len());
        let diagnostic = Diagnostic::new(Rule::SkippedLevel, place, message)
            .hint(format!("write `{right} {}`, and those below it as much higher", short(&below.text)))
            .related(text.source.place(above.range.clone()), "the heading above it");
        found.push(if marks == usize::from(below.level) {
            diagnostic.patch(below.range.start..below.range.start + marks, right)
        } else {
            diagnostic
        });
    }
}

#[cfg(test)]
mod tests {
    use super::marks;

    #[test]
    fn what_is_meant_as_a_heading_is_told_from_a_tag() {
        assert_eq!((marks("##Agenda", false), marks("#Our agenda", true)), (Some(2), Some(1)));
        for own in ["#tag", "#Newsletter", "#One #Two", "# Right", "## Right", "##", "####### Seven", "##!", "text"] {
            assert_eq!(marks(own, true), None, "{own}");
        }
    }
}
