//! What the preview shows now, shared by all threads: the maker puts a new [`Snapshot`] in, everybody else takes the newest
//! one and keeps it for as long as an answer needs it. A snapshot never changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::problems;
use crate::compile::{Compiled, Files};
use crate::diagnostic::Diagnostic;
use crate::render::Output;
use crate::source::Hash;
use crate::theme::Layer;

/// A site as it is shown at one moment.
pub struct Snapshot {
    /// Counts from 1.
    pub number: u64,
    /// What pages are rendered from.
    pub compiled: Arc<Compiled>,
    /// What is wrong, for the overlay.
    pub problems: Arc<Vec<Value>>,
    /// Copied files whose bytes changed, with the number of the snapshot that has them; the newest few.
    pub touched: Vec<(u64, String)>,
    /// The page that was edited last, with the number of the snapshot that shows it.
    pub edited: Option<(u64, String)>,
    /// Name and files of the site's own theme, to show what is wrong in them.
    pub theme: (String, Layer),
}

/// A page as it is answered.
pub struct Page {
    /// The bytes to send; none where nothing can be shown yet.
    pub output: Option<Output>,
    /// Changes where the page looks different; not with the name of the stylesheet, which is swapped without a reload.
    pub hash: Option<String>,
    /// What is wrong with this page only, for the overlay.
    pub problems: Vec<Value>,
}

/// What is shown now.
pub struct Current {
    snapshot: Mutex<Arc<Snapshot>>,
    newer: Condvar,
    stopped: Arc<AtomicBool>,
    /// Pages as they were last answered without an error.
    good: Mutex<BTreeMap<String, Arc<[u8]>>>,
    /// What only making a page has found, for the terminal.
    found: Mutex<BTreeSet<Diagnostic>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A thread that panicked while it held this has left a whole value in it: each change is one assignment.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Current {
    /// Begins with a first snapshot.
    pub fn new(first: Snapshot, stopped: Arc<AtomicBool>) -> Self {
        let snapshot = Mutex::new(Arc::new(first));
        Self { snapshot, newer: Condvar::new(), stopped, good: Mutex::default(), found: Mutex::default() }
    }

    /// The newest snapshot.
    pub fn get(&self) -> Arc<Snapshot> {
        lock(&self.snapshot).clone()
    }

    /// Shows a new one.
    pub fn set(&self, snapshot: Snapshot) {
        *lock(&self.snapshot) = Arc::new(snapshot);
        self.newer.notify_all();
    }

    /// Wakes everybody who waits, for the last time.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.newer.notify_all();
    }

    /// Whether the preview is ending.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// Waits for a snapshot that is newer than a number; `None` where none came in time.
    pub fn newer_than(&self, number: u64, patience: Duration) -> Option<Arc<Snapshot>> {
        let waiting = |snapshot: &mut Arc<Snapshot>| snapshot.number <= number && !self.is_stopped();
        let (snapshot, _) = self
            .newer
            .wait_timeout_while(lock(&self.snapshot), patience, waiting)
            .unwrap_or_else(PoisonError::into_inner);
        (snapshot.number > number).then(|| snapshot.clone())
    }

    /// Takes what only making pages has found since it was taken last.
    pub fn found(&self) -> BTreeSet<Diagnostic> {
        std::mem::take(&mut lock(&self.found))
    }

    /// Makes what is shown at an address; `None` where nothing is. Where a page can't be rendered now, its last good
    /// version is shown.
    pub fn page(&self, snapshot: &Snapshot, address: &str) -> Option<Page> {
        let made = snapshot.compiled.output(address)?;
        let files = Files { theme: snapshot.theme.1.clone(), ..Files::default() };
        let problems = problems::problems(problems::errors(&made.diagnostics), &files, &snapshot.theme.0);
        let is_html = address.ends_with(".html");
        lock(&self.found).extend(made.diagnostics);
        if !problems.is_empty() {
            let good = lock(&self.good).get(address).cloned();
            let hash = good.as_deref().filter(|_| is_html).map(|bytes| fingerprint(snapshot, bytes));
            return Some(Page { output: good.map(Output::Shared), hash, problems });
        }
        let (output, hash) = match made.value {
            Output::Bytes(bytes) if is_html => {
                let bytes: Arc<[u8]> = Arc::from(bytes);
                let hash = fingerprint(snapshot, &bytes);
                lock(&self.good).insert(address.to_owned(), bytes.clone());
                (Output::Shared(bytes), Some(hash))
            }
            other => (other, None),
        };
        Some(Page { output: Some(output), hash, problems })
    }
}

/// A hash of what a page shows, without the name of its stylesheet.
fn fingerprint(snapshot: &Snapshot, bytes: &[u8]) -> String {
    let stylesheet = &snapshot.compiled.edition.theme.stylesheet.address;
    let text = String::from_utf8_lossy(bytes).replace(stylesheet.as_str(), "");
    Hash::of(text.as_bytes()).base32(16)
}
