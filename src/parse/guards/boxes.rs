//! Lines that look like tasks and are none, so that nobody could tick them: `-[ ] Tell the team`.

use super::{Line, Text, short};
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::model::front_matter::Kind;

/// What stands before a box.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Bullet<'a> {
    Missing,
    /// `-`, `*`, `+` or `1.`.
    Right(&'a str),
    /// What a word processor writes: `•`, `–`.
    Odd(char),
}

/// How a box is written.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mark {
    /// `[ ]`
    Empty,
    /// `[x]`
    Ticked,
    /// `[]`
    Closed,
    /// `[  ]`, `[ x ]`, `( )`, `☐`: almost one of these.
    Odd { ticked: bool },
}

/// A line that may be meant as a task.
struct Guess<'a> {
    bullet: &'a str,
    ticked: bool,
    /// What is to be done.
    label: &'a str,
    /// Whether it may as well be something else, unless its neighbors say what it is.
    needs: Needs,
}

#[derive(PartialEq)]
enum Needs {
    Nothing,
    /// A block of its own, or a task beside it.
    Start,
    /// A task beside it.
    Task,
}

pub(super) fn find(text: &Text<'_>, lines: &[Line<'_>], found: &mut Vec<Diagnostic>) {
    let is_task = |number: Option<usize>| number.and_then(|at| lines.get(at)).is_some_and(|line| text.is_task(line));
    // The line of the last slip: lists are slipped in line after line.
    let mut last = None;
    for (number, line) in lines.iter().enumerate() {
        let Some(guess) = guess(line.own) else { continue };
        if text.is_literal(line.at()) || text.is_task(line) {
            continue;
        }
        let before = number.checked_sub(1);
        let is_beside = is_task(before) || is_task(Some(number + 1));
        let is_in_list = is_beside || (before.is_some() && before == last);
        let begins_block = before.and_then(|at| lines.get(at)).is_none_or(|line| line.own.is_empty());
        let is_meant = match guess.needs {
            Needs::Nothing => true,
            Needs::Start => begins_block || is_in_list,
            Needs::Task => is_in_list,
        };
        if is_meant {
            found.push(diagnostic(text, line, &guess, is_beside));
            last = Some(number);
        }
    }
}

fn diagnostic(text: &Text<'_>, line: &Line<'_>, guess: &Guess<'_>, is_beside: bool) -> Diagnostic {
    let end = line.at() + line.own.len();
    let range = line.at()..end - guess.label.len();
    let place = text.source.place(range.start..range.start + text.source.text[range.clone()].trim_end().len());
    let better = format!("{} [{}] ", guess.bullet, if guess.ticked { 'x' } else { ' ' });
    // Where tasks are what a page is for, one would be missing on paper.
    let is_lost = is_beside || matches!(text.kind, Kind::Step | Kind::Checklist);
    Diagnostic::new(Rule::AlmostTask, place, "this looks like a task and isn't one")
        .severity(if is_lost { Severity::Error } else { Severity::Warning })
        .hint(format!("write `{better}{}`", short(guess.label)))
        .patch(range, better)
}

fn guess(own: &str) -> Option<Guess<'_>> {
    let (bullet, behind) = bullet(own);
    let inner = behind.trim_start_matches([' ', '\t']);
    let is_apart = inner.len() < behind.len();
    let Some((mark, rest)) = mark(inner) else {
        let is_dot = bullet == Bullet::Odd('•') && is_apart && !inner.is_empty();
        return is_dot.then_some(Guess { bullet: "-", ticked: false, label: inner, needs: Needs::Task });
    };
    let label = rest.trim_start_matches([' ', '\t']);
    // A link, or the line that says where one leads.
    if label.is_empty() || rest.starts_with(['(', '[', ':']) {
        return None;
    }
    let is_spaced = label.len() < rest.len();
    let is_open = is_spaced || (mark != Mark::Closed && rest.starts_with(char::is_alphanumeric));
    let ticked = matches!(mark, Mark::Ticked | Mark::Odd { ticked: true });
    let is_ticked_link = ticked && own.contains("[x]:");
    let is_emphasis = bullet == Bullet::Right("*") && !is_apart && label.contains('*');
    let is_right = matches!(bullet, Bullet::Right(_)) && is_apart && is_spaced;
    if !is_open || is_ticked_link || is_emphasis || (is_right && matches!(mark, Mark::Empty | Mark::Ticked)) {
        return None;
    }
    let is_round = inner.starts_with('(');
    let (written, needs) = match bullet {
        Bullet::Missing if is_round => return None,
        Bullet::Missing if is_spaced && !matches!(mark, Mark::Ticked | Mark::Closed) => ("-", Needs::Nothing),
        Bullet::Missing => ("-", Needs::Start),
        Bullet::Right(written) if is_round && !is_apart => return round_without_space(written, label),
        Bullet::Right(written) => (written, Needs::Nothing),
        Bullet::Odd(_) => ("-", Needs::Nothing),
    };
    Some(Guess { bullet: written, ticked, label, needs })
}

/// `-( ) Tell`: a face or a formula, unless a task stands beside it.
fn round_without_space<'a>(bullet: &'a str, label: &'a str) -> Option<Guess<'a>> {
    Some(Guess { bullet, ticked: false, label, needs: Needs::Task })
}

fn bullet(own: &str) -> (Bullet<'_>, &str) {
    let digits = own.bytes().take_while(u8::is_ascii_digit).count();
    let length = match own.as_bytes().get(digits) {
        Some(b'-' | b'*' | b'+') if digits == 0 => 1,
        Some(b'.' | b')') if (1..=9).contains(&digits) => digits + 1,
        _ => 0,
    };
    if length > 0 {
        return (Bullet::Right(&own[..length]), &own[length..]);
    }
    match own.chars().next() {
        Some(odd @ ('•' | '·' | '‣' | '◦' | '–' | '—')) => (Bullet::Odd(odd), &own[odd.len_utf8()..]),
        _ => (Bullet::Missing, own),
    }
}

/// The box at the start of a text, and what stands behind it.
fn mark(text: &str) -> Option<(Mark, &str)> {
    if let Some(rest) = text.strip_prefix('☐') {
        return Some((Mark::Odd { ticked: false }, rest));
    }
    if let Some(rest) = text.strip_prefix("( )") {
        return Some((Mark::Odd { ticked: false }, rest));
    }
    let inner = text.strip_prefix('[')?;
    let length = inner.bytes().take(5).position(|byte| byte == b']')?;
    let (inner, rest) = (&inner[..length], &inner[length + 1..]);
    let mark = match inner {
        "" => Mark::Closed,
        " " => Mark::Empty,
        "x" | "X" => Mark::Ticked,
        _ if inner.trim().is_empty() => Mark::Odd { ticked: false },
        _ if matches!(inner.trim(), "x" | "X") => Mark::Odd { ticked: true },
        _ => return None,
    };
    Some((mark, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_as_a_task_is_told_from_what_is_not() {
        for own in [
            "-[ ] x",
            "-[] x",
            "*[ ] x",
            "- [] x",
            "[ ] x",
            "- [ ]Tell",
            "- [  ] Tell",
            "- ( ) Tell",
            "☐ x",
            "- ☐ x",
            "-[x] x",
            "– [ ] x",
            "• [ ] x",
            "1. [] x",
            "- [ x ] x",
            "[x] x",
            "• x",
        ] {
            assert!(guess(own).is_some(), "{own}");
        }
        for own in [
            "- [ ] x", "- [x] x", "1. [ ] x", "[ ](x)", "[x][y]", "[x]: y", r"\[ ] x", "- []byte", "- [x], y", "- [ ]",
            "*[x] y*", "- (x) y", "[[x]] y", "– x", "-", "", "[a] x", "( ) x", "-[x](y)",
        ] {
            assert!(guess(own).is_none(), "{own}");
        }
    }
}
