//! The command line: what was typed to what is done, and what is printed.
//!
//! Arguments are parsed into [`Arguments`] first and acted on after. Exit codes: 0 fine, 1 errors in the content, 2 could
//! not run, 70 a mistake of ours.
#![warn(clippy::disallowed_methods)]

mod blank;
mod build;
mod commands;
mod init;
mod new;
pub mod report;
mod serve;
pub mod usage;
mod watch;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::project::Failure;
pub use build::build;
use report::Format;

/// What a newcomer types first.
const FIRST: &str = "For example:
  guidepost init my-guide                    start a guide in the folder my-guide
  guidepost new step \"Train the front desk\"  add a page
  guidepost serve --open                     see it in the browser while you write
  guidepost check                            look for mistakes
  guidepost build                            make the guide
`guidepost build --help` says more about build, and so for each command.";

/// Makes an onboarding guide that people read in a browser and carry on paper.
///
/// A guide is a folder of plain text files. Start one with `guidepost init my-guide`, change the files in any text editor,
/// and make the guide with `guidepost build`.
#[derive(Debug, Parser)]
#[command(name = "guidepost", version, max_term_width = 100, arg_required_else_help = true, after_help = FIRST)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What Guidepost can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make the guide, ready to copy to wherever people read it
    ///
    /// Only files that changed are written, into the folder `public` unless you name another one. While there is a
    /// mistake in a page, nothing is published, and what was published before stays as it is.
    Build(Build),
    /// Look for mistakes, and change nothing
    ///
    /// Each mistake is shown at its line, with what to write instead. Errors keep the guide from being published; warnings
    /// don't.
    Check(Check),
    /// Show the guide in a browser while you write: save a file, and the page follows
    ///
    /// Only this computer can see it, and nothing is written. Drafts are shown, marked. Ctrl and C end it.
    Serve(Serve),
    /// Start a guide of your own: a small, whole one to change
    ///
    /// Every file in it explains itself.
    Init {
        /// The folder; it must be empty or not there yet
        folder: PathBuf,
    },
    /// Make a new page in which everything is explained
    ///
    /// For instance: guidepost new step "Train the front desk". The file goes into the folder for its kind, and its name is
    /// made from the title. Nothing that is there is changed.
    New {
        /// What kind of page: step, role, criterion, checklist, worksheet, plan, term, page or guide
        kind: String,
        /// Its title, in quotes: "Train the front desk"
        title: String,
        /// The guide that it belongs to, where the site has several: its folder under `content`
        #[arg(long, value_name = "FOLDER")]
        guide: Option<String>,
        /// Where the site is.
        #[command(flatten)]
        root: RootFolder,
    },
    /// List the facts that the guide rests on, with the pages that say them
    ///
    /// The facts stand in `content/sources.yaml`, and pages name them under `facts`. Ends with exit code 1 where a fact is
    /// on no page.
    Coverage {
        /// Where the site is.
        #[command(flatten)]
        root: RootFolder,
    },
    /// Explain a message: what it means, an example, and what to write instead
    Explain {
        /// The name in brackets at the head of the message, such as broken-link; without one, all are listed
        rule: Option<String>,
    },
    /// Print which keys a kind of page can have, as JSON Schema
    ///
    /// Editors that know JSON Schema can check and complete keys while you type.
    Schema {
        /// step, role, criterion, …, or site for the settings in site.yaml; without one, the kinds are listed
        kind: Option<String>,
    },
    /// Change how the guide looks
    Theme {
        /// What to do with it.
        #[command(subcommand)]
        command: ThemeCommand,
    },
    /// Print a script that lets a shell complete commands with the Tab key
    ///
    /// For instance, for bash: guidepost completions bash > ~/.local/share/bash-completion/completions/guidepost
    Completions {
        /// bash, elvish, fish, powershell or zsh
        shell: clap_complete::Shell,
    },
}

/// What can be done with themes.
#[derive(Debug, Subcommand)]
pub enum ThemeCommand {
    /// Write the built-in theme into the folder `themes/NAME`, to change it there
    ///
    /// Delete the files that you don't change: the built-in ones stand in for them, also in later versions.
    Eject {
        /// The name of the new theme
        #[arg(default_value = "own")]
        name: String,
        /// Where the site is.
        #[command(flatten)]
        root: RootFolder,
    },
}

/// Where the site is.
#[derive(Debug, Clone, Args)]
pub struct RootFolder {
    /// The folder that has `content` in it
    #[arg(long, value_name = "FOLDER", default_value = ".", env = "GUIDEPOST_ROOT")]
    pub root: PathBuf,
}

/// How a site is looked at and what is said of it.
#[derive(Debug, Clone, Args)]
pub struct Looking {
    /// Where the site is.
    #[command(flatten)]
    pub root: RootFolder,
    /// Include pages that are marked as drafts
    #[arg(long)]
    pub drafts: bool,
    /// How messages are printed
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "human")]
    pub message_format: Format,
    /// Let warnings count as errors
    #[arg(long)]
    pub deny_warnings: bool,
    /// Let pages whose review is overdue count as errors
    #[arg(long)]
    pub deny_overdue: bool,
    /// Show every message, even when there are many of one kind
    #[arg(long)]
    pub all: bool,
    /// Compare review dates with this day instead of today
    #[arg(long, value_name = "YEAR-MONTH-DAY", env = "GUIDEPOST_TODAY")]
    pub today: Option<String>,
}

/// Arguments of `build`.
#[derive(Debug, Clone, Args)]
pub struct Build {
    /// How it is looked at.
    #[command(flatten)]
    pub looking: Looking,
    /// The folder to make the guide in; a relative one counts from the folder that has `content` in it
    #[arg(long, value_name = "FOLDER", default_value = "public")]
    pub output: PathBuf,
    /// Change files one by one, and leave the folder itself where it is, for a container that has it mounted
    ///
    /// Otherwise the old folder and the new one change places in one step, and what is mounted elsewhere is the old one, empty.
    /// One by one, a reader may get a page of the old guide and then one of the new. A folder that is itself mounted is treated so
    /// in any case.
    #[arg(long)]
    pub in_place: bool,
    /// Make no PDFs, which is quicker
    #[arg(long)]
    pub no_pdf: bool,
    /// Say how long each part of the work took
    #[arg(long)]
    pub timings: bool,
    /// Stay, and make the guide again after every save
    #[arg(long)]
    pub watch: bool,
    /// With `--watch`: look at all files again and again, where a network share does not tell of changes
    #[arg(long, requires = "watch")]
    pub poll: bool,
}

/// Arguments of `serve`.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// Where the site is.
    #[command(flatten)]
    pub root: RootFolder,
    /// The number behind the colon in the address; 0 takes any that is free
    #[arg(long, value_name = "PORT", default_value_t = 4000)]
    pub port: u16,
    /// Open the browser, too
    #[arg(long)]
    pub open: bool,
    /// Let the browser go to the page that you are editing
    #[arg(long)]
    pub follow: bool,
    /// Look at all files again and again, where a network share does not tell of changes
    #[arg(long)]
    pub poll: bool,
    /// Answer under this name, too, for instance behind a proxy; may be given more than once
    #[arg(long, value_name = "HOST")]
    pub allow_host: Vec<String>,
    /// Compare review dates with this day instead of today
    #[arg(long, value_name = "YEAR-MONTH-DAY", env = "GUIDEPOST_TODAY")]
    pub today: Option<String>,
}

/// Arguments of `check`.
#[derive(Debug, Clone, Args)]
pub struct Check {
    /// How it is looked at.
    #[command(flatten)]
    pub looking: Looking,
    /// Try the printed sheets too, to see whether they fit on their paper
    #[arg(long)]
    pub pdf: bool,
}

/// Runs a command and gives the exit code.
pub fn run(arguments: Arguments) -> u8 {
    let result = match arguments.command {
        Command::Build(build) if build.watch => watch::watch(&build),
        Command::Build(build) => self::build(&build),
        Command::Check(check) => build::check(&check),
        Command::Serve(serve) => serve::serve(&serve),
        Command::Init { folder } => init::init(&folder),
        Command::New { kind, title, guide, root } => new::new(&root.root, &kind, &title, guide.as_deref()),
        Command::Coverage { root } => commands::coverage(&root.root),
        Command::Explain { rule } => commands::explain(rule.as_deref()),
        Command::Schema { kind } => commands::schema(kind.as_deref()),
        Command::Theme { command: ThemeCommand::Eject { name, root } } => commands::eject(&root.root, &name),
        Command::Completions { shell } => commands::completions(shell),
    };
    match result {
        Ok(code) => code,
        Err(failure) => {
            complain(&failure);
            2
        }
    }
}

/// Prints why something could not be done.
pub fn complain(failure: &Failure) {
    tell(&format!("error: {}\n", failure.message));
    if let Some(hint) = &failure.hint {
        tell(&format!("help: {hint}\n"));
    }
}

/// Says something to whoever ran the command, on standard error. Where nobody listens any more the work goes on.
pub fn tell(text: &str) {
    use std::io::Write as _;
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

/// Prints a text to standard output; whoever closed it early wants no more, which is no mistake.
pub fn print(text: &str) -> Result<(), Failure> {
    use std::io::Write as _;
    match anstream::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
