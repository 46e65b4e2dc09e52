//! The command line: what was typed to what is done, and what is printed.
//!
//! Arguments are parsed into [`Arguments`] first and acted on after. Exit codes: 0 fine, 1 errors in the content, 2 could
//! not run, 70 a mistake of ours.

mod build;
mod commands;
mod init;
mod new;
pub mod report;
mod serve;
mod watch;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::project::Failure;
pub use build::build;
use report::Format;

/// Makes an onboarding guide that people read in a browser and carry on paper.
#[derive(Debug, Parser)]
#[command(name = "guidepost", version, max_term_width = 100, arg_required_else_help = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What Guidepost can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make the site and put it into the folder `public`
    Build(Build),
    /// Look for mistakes, and change nothing
    Check(Check),
    /// Show the site in a browser, up to date after every save
    Serve(Serve),
    /// Make a new site in a folder, with pages to start from
    Init {
        /// The folder; it must be empty or not there yet
        folder: PathBuf,
    },
    /// Make a new page with every key explained, for instance: guidepost new step "Train the front desk"
    New {
        /// What kind of page: role, criterion, step, checklist, worksheet, plan, term, page or guide
        kind: String,
        /// Its title
        title: String,
        /// The folder of the guide that it belongs to, where the site has several
        #[arg(long, value_name = "FOLDER")]
        guide: Option<String>,
        #[command(flatten)]
        root: RootFolder,
    },
    /// List every fact of the sources with the pages that say it
    Coverage {
        #[command(flatten)]
        root: RootFolder,
    },
    /// Say what a rule is about, with an example and what to write instead
    Explain {
        /// The rule's name, as it stands in brackets in a message; without one, all rules are listed
        rule: Option<String>,
    },
    /// Print the JSON Schema of a kind of page (or of site.yaml), for editors that check as one types
    Schema {
        /// role, criterion, step, …, or site; without one, the kinds are listed
        kind: Option<String>,
    },
    /// Work with themes
    Theme {
        #[command(subcommand)]
        command: ThemeCommand,
    },
    /// Print a completion script for a shell
    Completions {
        /// bash, elvish, fish, powershell or zsh
        shell: clap_complete::Shell,
    },
}

/// What can be done with themes.
#[derive(Debug, Subcommand)]
pub enum ThemeCommand {
    /// Write the built-in theme into `themes/NAME`, to change it there
    Eject {
        /// The name of the new theme
        #[arg(default_value = "own")]
        name: String,
        #[command(flatten)]
        root: RootFolder,
    },
}

/// Where the site is.
#[derive(Debug, Clone, Args)]
pub struct RootFolder {
    /// The folder of the site, which has `content` in it
    #[arg(long, value_name = "FOLDER", default_value = ".", env = "GUIDEPOST_ROOT")]
    pub root: PathBuf,
}

/// How a site is looked at and what is said of it.
#[derive(Debug, Clone, Args)]
pub struct Looking {
    #[command(flatten)]
    pub root: RootFolder,
    /// Include drafts
    #[arg(long)]
    pub drafts: bool,
    /// How messages are printed
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "human")]
    pub message_format: Format,
    /// Take warnings for errors
    #[arg(long)]
    pub deny_warnings: bool,
    /// Take pages whose review is overdue for errors
    #[arg(long)]
    pub deny_overdue: bool,
    /// Show every message, however many there are of one rule
    #[arg(long)]
    pub all: bool,
    /// The day with which review dates are compared, instead of today
    #[arg(long, value_name = "YEAR-MONTH-DAY", env = "GUIDEPOST_TODAY")]
    pub today: Option<String>,
}

/// Arguments of `build`.
#[derive(Debug, Clone, Args)]
pub struct Build {
    #[command(flatten)]
    pub looking: Looking,
    /// The folder to publish into; a relative one counts from the site's folder
    #[arg(long, value_name = "FOLDER", default_value = "public")]
    pub output: PathBuf,
    /// Make no PDFs
    #[arg(long)]
    pub no_pdf: bool,
    /// Say how long each stage took
    #[arg(long)]
    pub timings: bool,
    /// Stay, and make the site again after every save
    #[arg(long)]
    pub watch: bool,
    /// With `--watch`: look for changes by walking over the folder, for network shares
    #[arg(long, requires = "watch")]
    pub poll: bool,
}

/// Arguments of `serve`.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    #[command(flatten)]
    pub root: RootFolder,
    /// The port of this machine to listen on; 0 takes any that is free
    #[arg(long, value_name = "PORT", default_value_t = 4000)]
    pub port: u16,
    /// Open the site in a browser
    #[arg(long)]
    pub open: bool,
    /// Move the browser to the page that is being edited
    #[arg(long)]
    pub follow: bool,
    /// Look for changes by walking over the folder, for network shares
    #[arg(long)]
    pub poll: bool,
    /// A further name by which this machine may be asked; may be given more than once
    #[arg(long, value_name = "HOST")]
    pub allow_host: Vec<String>,
    /// The day with which review dates are compared, instead of today
    #[arg(long, value_name = "YEAR-MONTH-DAY", env = "GUIDEPOST_TODAY")]
    pub today: Option<String>,
}

/// Arguments of `check`.
#[derive(Debug, Clone, Args)]
pub struct Check {
    #[command(flatten)]
    pub looking: Looking,
    /// Lay the sheets out too, to see whether they fit their paper
    #[arg(long)]
    pub pdf: bool,
}

/// Runs a command and gives the exit code.
pub fn run(arguments: Arguments) -> u8 {
    let result = match arguments.command {
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
    anstream::eprintln!("error: {}", failure.message);
    if let Some(hint) = &failure.hint {
        anstream::eprintln!("help: {hint}");
    }
}

/// Prints a text to standard output; whoever closed it early wants no more, which is no mistake.
pub fn print(text: &str) -> Result<(), Failure> {
    use std::io::Write as _;
    match anstream::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
