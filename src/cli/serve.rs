//! `serve`: starts the preview, and says what happens.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::report::{self, Format};
use super::{Serve, build, complain, print, tell};
use crate::compile::Files;
use crate::diagnostic::Diagnostic;
use crate::project::{Failure, Root, absolute};
use crate::serve::{Config, Notice, Server};

/// Serves until somebody ends it.
///
/// # Errors
/// Where the port is taken, or the site can't be read.
pub fn serve(arguments: &Serve) -> Result<u8, Failure> {
    let (sender, ended) = channel();
    // A second Ctrl-C finds the program ending already.
    ctrlc::set_handler(move || {
        // Nobody listens any more where the server has ended by itself.
        let _ = sender.send(());
    })
    .map_err(|error| Failure { message: format!("Ctrl-C can't be listened for: {error}"), hint: None })?;
    let root = Root::open(&arguments.root.root)?;
    let shown = absolute(&root.path);
    let said = Mutex::new(Said::default());
    let server = Server::start(Config {
        root,
        port: arguments.port,
        follow: arguments.follow,
        poll: arguments.poll,
        allow_hosts: arguments.allow_host.clone(),
        today: build::today(arguments.today.as_deref())?,
        notify: Box::new(move |notice| say(notice, &mut said.lock().unwrap_or_else(PoisonError::into_inner))),
    })?;
    let address = format!("http://{}/", server.address());
    print(&format!(
        "open {address} in a browser; Ctrl-C ends the preview\nwatching `content` and `themes` in {}\n",
        shown.display()
    ))?;
    if arguments.open {
        open(&address);
    }
    // The sender lives as long as the handler, which is as long as the program.
    let _ = ended.recv();
    drop(server);
    Ok(0)
}

/// What has been said, so that nothing is said twice that has been wrong all the while.
#[derive(Default)]
struct Said {
    /// As of the last save.
    site: BTreeSet<Diagnostic>,
    /// By making pages, since the last save, and between the last two.
    pages: BTreeSet<Diagnostic>,
    pages_before: BTreeSet<Diagnostic>,
    /// Whether the last word was that the site is not there.
    is_lost: bool,
}

/// Says what happened: one line, and what is wrong that was not wrong before.
fn say(notice: &Notice<'_>, said: &mut Said) {
    match notice {
        Notice::Made { changed, took, files, diagnostics } => {
            explain(files, diagnostics.iter().filter(|found| !said.site.contains(found)));
            let back = if std::mem::take(&mut said.is_lost) { "the folder is there again; " } else { "" };
            // Whoever closed standard output wants no more, and the preview goes on.
            let _ = print(&format!("{back}{}\n", line(changed, *took, files.pages.len(), diagnostics)));
            said.site = diagnostics.iter().cloned().collect();
            said.pages_before = std::mem::take(&mut said.pages);
        }
        Notice::Found(files, found) => {
            let known = [&said.site, &said.pages, &said.pages_before];
            explain(files, found.iter().filter(|found| !known.iter().any(|known| known.contains(found))));
            said.pages.extend(found.iter().cloned());
        }
        Notice::Lost(failure) => {
            said.is_lost = true;
            complain(failure);
            tell("until then the last version is shown\n");
        }
        Notice::Polling(why) => {
            tell(&format!("warning: {why}; changes are found by looking at the files now and then\n"));
        }
    }
}

/// Draws what is wrong.
fn explain<'a>(files: &Files, found: impl Iterator<Item = &'a Diagnostic>) {
    let found: Vec<Diagnostic> = found.cloned().collect();
    if !found.is_empty() {
        let texts = report::texts(files, &files.theme_name());
        tell(&report::draw(&found, &texts, Format::Human, true, false));
    }
}

/// `content/a.md: shown after 9 ms, nothing is wrong`.
fn line(changed: &[Arc<str>], took: Duration, pages: usize, diagnostics: &[Diagnostic]) -> String {
    let (took, wrong) = (report::duration(took), report::summary(diagnostics));
    match changed {
        [] => format!("{pages} pages read in {took}: {wrong}"),
        _ => format!("{}: shown after {took}, {wrong}", report::names(changed)),
    }
}

/// Opens an address in the browser that the system has for it. Where there is none, the address has been printed.
fn open(address: &str) {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/C", "start", ""]);
        command
    } else {
        Command::new("xdg-open")
    };
    command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if command.spawn().is_err() {
        tell(&format!("warning: no browser could be opened; open {address} yourself\n"));
    }
}
