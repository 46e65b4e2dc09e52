//! The preview: a site from memory on a port of this machine, up to date after every save.
//!
//! In: a root. Out: answers to a browser, and [`Notice`]s to whoever started it. Nothing is written to disk.
//!
//! Threads, and what each owns:
//!
//! | thread | owns | does |
//! |---|---|---|
//! | `notify`'s | the system's watches | sends events |
//! | maker | [`live::Live`] (the files, the watch), [`press::Press`] (the memo) | files to a snapshot, whenever they changed; says what happened |
//! | listener | the port | accepts connections |
//! | one for each connection | its socket | answers from the newest snapshot; an event stream waits for newer ones |
//!
//! They share [`current::Current`] alone: one pointer to a snapshot that never changes, and a bell. Nobody holds
//! its lock while making or sending anything, so a slow page or a slow browser delays nobody else.
#![warn(clippy::disallowed_methods)]

pub mod answer;
pub mod current;
pub mod guard;
pub mod http;
pub mod live;
pub mod net;
pub mod press;
pub mod problems;
pub mod request;
pub mod stream;
pub mod watch;

use std::net::{SocketAddr, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::compile::{Files, Options};
use crate::diagnostic::Diagnostic;
use crate::project::{Failure, Root};
use answer::Site;
use current::{Current, Snapshot};
use guard::Guard;
use http::{Answer, Response};
use live::{Change, Live};
use press::{Press, Proof};

/// The maker looks this often whether it is to end.
const TURN: Duration = Duration::from_millis(250);
/// Copied files that changed, kept for browsers that missed a snapshot.
const MOST_TOUCHED: usize = 100;

/// How a preview is wanted.
pub struct Config {
    /// The site.
    pub root: Root,
    /// 0 takes any that is free.
    pub port: u16,
    /// Whether browsers move to the page that is being edited.
    pub follow: bool,
    /// Whether changes are found by walking over the folder, not by events.
    pub poll: bool,
    /// Further names that this machine is called by.
    pub allow_hosts: Vec<String>,
    /// The day with which review dates are compared.
    pub today: String,
    /// Hears what happens; called from the maker's thread.
    pub notify: Box<dyn Fn(&Notice<'_>) + Send>,
}

/// What happened.
pub enum Notice<'a> {
    /// A site was read, at the start or after a save.
    Made {
        /// Paths from the site's root; empty at the start.
        changed: &'a [Arc<str>],
        /// From the first sign of the save to the moment from which it is served.
        took: Duration,
        /// What was read.
        files: &'a Files,
        /// All that is wrong.
        diagnostics: &'a [Diagnostic],
    },
    /// Making a page that somebody opened has found this; it is said each time the page is made.
    Found(&'a Files, &'a [Diagnostic]),
    /// The site can't be read; the last good one is shown.
    Lost(&'a Failure),
    /// Changes are found by walking from now on, since there are no events.
    Polling(&'a str),
}

/// A running preview.
pub struct Server {
    address: SocketAddr,
    current: Arc<Current>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Server {
    /// Reads a site and serves it.
    ///
    /// # Errors
    /// Where the port is taken or the site can't be read.
    pub fn start(config: Config) -> Result<Self, Failure> {
        let begin = Instant::now();
        let listener = http::bind(config.port).map_err(|error| port_failure(config.port, &error))?;
        let address = listener.local_addr()?;
        let live = Live::new(&config.root, config.poll)?;
        let options = Options { drafts: true, pdf: true, preview: true, today: config.today.clone() };
        let mut press = Press::new(options.clone());
        let proof = press.proof(&live.reading.files);
        let stop = Arc::new(AtomicBool::new(false));
        let first = snapshot(1, &proof, &live.reading.files);
        let current = Arc::new(Current::new(first, stop.clone()));
        let guard = Guard::new(address.port(), &config.allow_hosts);
        let site = Site { root: config.root.clone(), guard, current: current.clone(), follow: config.follow };
        let answer: Arc<Answer> = Arc::new(move |request: &request::Request| {
            // A mistake of ours in one page must not end the preview.
            catch_unwind(AssertUnwindSafe(|| site.answer(request)))
                .unwrap_or_else(|_| Response::text(500, "this is a mistake in Guidepost; the terminal has more"))
        });
        (config.notify)(&Notice::Made {
            changed: &[],
            took: begin.elapsed(),
            files: &live.reading.files,
            diagnostics: &proof.diagnostics,
        });
        let listening = stop.clone();
        let mut maker = Maker { live, press, options, current: current.clone(), notify: config.notify };
        let threads = vec![
            thread::Builder::new()
                .name("guidepost-listener".to_owned())
                .spawn(move || http::listen(&listener, &answer, &listening))?,
            thread::Builder::new().name("guidepost-maker".to_owned()).spawn(move || maker.run())?,
        ];
        Ok(Self { address, current, stop, threads })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The number of the snapshot that is shown; it grows with every change.
    pub fn number(&self) -> u64 {
        self.current.get().number
    }

    /// Ends the preview. What a connection is in the middle of is cut off when the program ends.
    pub fn stop(mut self) {
        self.end();
        for thread in self.threads.drain(..) {
            // A thread that panicked has said so.
            let _ = thread.join();
        }
    }

    fn end(&self) {
        self.stop.store(true, Ordering::SeqCst);
        self.current.stop();
        // The listener looks at the flag when a connection comes.
        drop(TcpStream::connect(self.address));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

fn port_failure(port: u16, error: &std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => Failure::new(
            format!("port {port} is in use by another program, perhaps by another preview"),
            format!("end that program, or take another port: `guidepost serve --port {}`", port.saturating_add(1)),
        ),
        std::io::ErrorKind::PermissionDenied => Failure::new(
            format!("port {port} is not for programs of ordinary users"),
            "take one above 1024, for instance `guidepost serve --port 4000`",
        ),
        _ => Failure::new(format!("port {port} can't be had: {error}"), "take another one with `--port`"),
    }
}

fn snapshot(number: u64, proof: &Proof, files: &Files) -> Snapshot {
    let theme = files.theme_name();
    Snapshot {
        number,
        compiled: proof.compiled.clone(),
        problems: Arc::new(problems::problems(problems::errors(&proof.diagnostics), files, &theme)),
        touched: Vec::new(),
        edited: None,
        theme: (theme, files.theme.clone()),
    }
}

/// Makes a snapshot of each change.
struct Maker {
    live: Live,
    press: Press,
    options: Options,
    current: Arc<Current>,
    notify: Box<dyn Fn(&Notice<'_>) + Send>,
}

impl Maker {
    fn run(&mut self) {
        while !self.current.is_stopped() {
            if catch_unwind(AssertUnwindSafe(|| self.turn())).is_err() {
                // The panic has been reported. What the memo holds is not known, so it begins anew with the next save.
                self.press = Press::new(self.options.clone());
                self.live.settle();
            }
        }
    }

    fn turn(&mut self) {
        if let Some(why) = self.live.trouble() {
            (self.notify)(&Notice::Polling(&why));
        }
        match self.live.next(Instant::now() + TURN) {
            Some(Change::Files(changed, since)) => self.make(&changed, since),
            Some(Change::Lost(failure)) => self.lose(&failure),
            None => {}
        }
        let found: Vec<Diagnostic> = self.current.found().into_iter().collect();
        if !found.is_empty() {
            (self.notify)(&Notice::Found(&self.live.reading.files, &found));
        }
    }

    /// Shows the last snapshot on, with word that the site is not there.
    fn lose(&mut self, failure: &Failure) {
        let last = self.current.get();
        self.current.set(Snapshot {
            number: last.number + 1,
            problems: Arc::new(vec![problems::failure(failure)]),
            touched: last.touched.clone(),
            edited: None,
            theme: last.theme.clone(),
            compiled: last.compiled.clone(),
        });
        (self.notify)(&Notice::Lost(failure));
    }

    fn make(&mut self, changed: &[Arc<str>], since: Instant) {
        let files = &self.live.reading.files;
        let proof = self.press.proof(files);
        let last = self.current.get();
        let number = last.number + 1;
        let mut next = snapshot(number, &proof, files);
        let site = &proof.compiled.edition.site;
        let assets = changed.iter().filter_map(|path| site.assets.get(path));
        next.touched =
            last.touched.iter().cloned().chain(assets.map(|asset| (number, asset.address.clone()))).collect();
        let surplus = next.touched.len().saturating_sub(MOST_TOUCHED);
        next.touched.drain(..surplus);
        let page = changed.iter().find_map(|path| site.paths.get(path));
        next.edited = page.map(|page| (number, site.page(*page).address.clone())).or_else(|| last.edited.clone());
        self.current.set(next);
        (self.notify)(&Notice::Made { changed, took: since.elapsed(), files, diagnostics: &proof.diagnostics });
    }
}
