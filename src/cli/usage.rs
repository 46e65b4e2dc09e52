//! Wrong usage, said in one sentence with what to write instead. The parser's own words are for programmers.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, Parser as _};

use super::{Arguments, complain};
use crate::project::Failure;

/// Reads the command line. `Err` is the exit code where there is nothing to run: help was asked for, or what was typed
/// is no command.
///
/// # Errors
/// 0 where help or the version was printed, 2 where the command line is wrong.
pub fn parse() -> Result<Arguments, u8> {
    Arguments::try_parse().map_err(|error| {
        if matches!(
            error.kind(),
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        ) {
            // Whoever closed the pipe wants no help.
            let _ = error.print();
        } else {
            complain(&explain(&error, &command()));
        }
        u8::try_from(error.exit_code()).unwrap_or(2)
    })
}

/// The command that was typed, as far as it is one: `guidepost new`.
fn command() -> String {
    let mut name = "guidepost".to_owned();
    let root = Arguments::command();
    let mut at = &root;
    for word in std::env::args().skip(1) {
        match at.find_subcommand(&word) {
            Some(inner) => {
                name.push_str(&format!(" {}", inner.get_name()));
                at = inner;
            }
            None => break,
        }
    }
    name
}

fn explain(error: &clap::Error, command: &str) -> Failure {
    let texts = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    };
    let first = |kind: ContextKind| texts(kind).into_iter().next().unwrap_or_default();
    // An argument's name may have its value behind it, as in `--output <FOLDER>`.
    let name = |text: &str| text.split(' ').next().unwrap_or(text).to_owned();
    let help = format!("`{command} --help` shows how it is used");
    let did_you_mean = |kind: ContextKind| match texts(kind).first() {
        Some(near) => format!("did you mean `{}`?", name(near)),
        None => help.clone(),
    };
    match error.kind() {
        ErrorKind::InvalidSubcommand => Failure::new(
            format!("`{command}` knows no command `{}`", first(ContextKind::InvalidSubcommand)),
            did_you_mean(ContextKind::SuggestedSubcommand),
        ),
        ErrorKind::UnknownArgument => {
            let argument = first(ContextKind::InvalidArg);
            if argument.starts_with('-') {
                let message = format!("`{command}` has no option `{argument}`");
                Failure::new(message, did_you_mean(ContextKind::SuggestedArg))
            } else {
                let message = format!("`{command}` can't do anything with `{argument}`");
                Failure::new(message, format!("put words that belong together in quotes; {help}"))
            }
        }
        ErrorKind::MissingRequiredArgument => {
            let missing: Vec<String> = texts(ContextKind::InvalidArg)
                .iter()
                .map(|argument| argument.trim_matches(['<', '>']).to_lowercase())
                .collect();
            Failure::new(format!("`{command}` needs a {} behind it", missing.join(" and a ")), help)
        }
        ErrorKind::InvalidValue if first(ContextKind::InvalidValue).is_empty() => {
            Failure::new(format!("`{}` needs a value behind it", name(&first(ContextKind::InvalidArg))), help)
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = first(ContextKind::InvalidValue);
            let message = format!("`{value}` is no value for {}", plain(&first(ContextKind::InvalidArg)));
            let known = texts(ContextKind::ValidValue);
            let hint = match texts(ContextKind::SuggestedValue).first() {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.is_empty() => help,
                None => format!("write one of {}", known.join(", ")),
            };
            Failure::new(message, hint)
        }
        ErrorKind::ArgumentConflict => {
            let (one, other) = (name(&first(ContextKind::InvalidArg)), name(&first(ContextKind::PriorArg)));
            let message = if other.is_empty() || one == other {
                format!("`{one}` stands twice")
            } else {
                format!("`{one}` and `{other}` don't go together")
            };
            Failure::new(message, help)
        }
        _ => {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or("").trim_start_matches("error: ").to_owned();
            Failure::new(if line.is_empty() { "this is no command".to_owned() } else { line }, help)
        }
    }
}

/// `--port <PORT>` as `--port`, `<SHELL>` as `shell`.
fn plain(argument: &str) -> String {
    match argument.split(' ').next() {
        Some(option) if option.starts_with('-') => format!("`{option}`"),
        _ => format!("`{}`", argument.trim_matches(['<', '>']).to_lowercase()),
    }
}
