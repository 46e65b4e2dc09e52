//! A site's files, kept as they are on the disk.
//!
//! In: hints of [`Watch`]. Out: [`Change`]s, each with the paths that differ; [`Live::reading`] is then the site as it is.
//! What an editor leaves in between (an empty file, a file that is gone, front matter that is cut) is looked at again for a
//! while before it is believed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::watch::{Hint, Watch};
use crate::compile::Files;
use crate::diagnostic::{Diagnostic, Severity};
use crate::parse;
use crate::project::read::{Reading, read};
use crate::project::update::{Looked, differences, look};
use crate::project::{Failure, Root};
use crate::source::{Hash, Source};

/// So long a file may look wrong before it is believed.
const PATIENCE: Duration = Duration::from_millis(280);
/// So often it is looked at meanwhile.
const AGAIN: Duration = Duration::from_millis(25);

/// What happened to a site's files.
#[derive(Debug)]
pub enum Change {
    /// These files differ from before; the first event came at that time.
    Files(Vec<Arc<str>>, Instant),
    /// The site can't be read. It is said once, and all stays as it was.
    Lost(Failure),
}

/// The files of a site.
pub struct Live {
    /// As of the last change.
    pub reading: Reading,
    root: Root,
    watch: Watch,
    /// Paths that look wrong, and since when.
    doubts: BTreeMap<String, Instant>,
    /// Whether the whole folder is to be read once nothing is in doubt; since when.
    whole: Option<Instant>,
    is_lost: bool,
}

impl Live {
    /// Reads a site and begins to watch it.
    ///
    /// # Errors
    /// Where the content folder can't be read.
    pub fn new(root: &Root, poll: bool) -> Result<Self, Failure> {
        // Watched first: what is saved while we read is an event. The walk below the events can wait until the site is shown.
        let mut watch = Watch::new(root, poll);
        if watch.is_polling() {
            watch.begin();
        }
        let reading = read(root)?;
        Ok(Self { reading, root: root.clone(), watch, doubts: BTreeMap::new(), whole: None, is_lost: false })
    }

    /// Why there are no events, said once.
    pub fn trouble(&mut self) -> Option<String> {
        self.watch.trouble()
    }

    /// Believes what is there, whatever was in doubt; for when looking at it has failed in a way that nobody foresaw.
    pub fn settle(&mut self) {
        self.doubts.clear();
        self.whole = None;
    }

    /// Waits for a change until a time.
    pub fn next(&mut self, until: Instant) -> Option<Change> {
        loop {
            let wait = match (self.doubts.is_empty() && self.whole.is_none(), self.is_lost) {
                (false, _) => AGAIN,
                (true, true) => PATIENCE,
                (true, false) => Duration::MAX,
            };
            let wake = Instant::now().checked_add(wait).map_or(until, |wake| wake.min(until));
            let change = match self.watch.next(wake) {
                Some(Hint::Paths(paths, since)) => self.look(paths.into_iter(), since),
                Some(Hint::Whole(since)) => {
                    self.whole.get_or_insert(since);
                    self.whole()
                }
                Some(Hint::Missing) => {
                    self.whole.get_or_insert_with(Instant::now);
                    None
                }
                None if self.is_lost && self.whole.is_none() => {
                    self.whole = Some(Instant::now());
                    None
                }
                None if self.doubts.is_empty() && self.whole.is_none() => None,
                None => self.doubts(),
            };
            if change.is_some() || Instant::now() >= until {
                return change;
            }
        }
    }

    /// Looks at paths; each that is known and plainly changed is taken at once.
    fn look(&mut self, paths: impl Iterator<Item = String>, since: Instant) -> Option<Change> {
        let mut changed = Vec::new();
        for path in paths {
            let began = self.doubts.get(&path).copied();
            let is_old = began.is_some_and(|began| began.elapsed() >= PATIENCE);
            let before = self.reading.files.page(&path).cloned();
            match look(&self.root, &mut self.reading.files, &path) {
                Looked::Same => drop(self.doubts.remove(&path)),
                Looked::Changed => match before.filter(|before| !is_old && self.is_cut(&path, before)) {
                    Some(before) => {
                        self.put_back(before);
                        self.doubts.entry(path).or_insert(since);
                    }
                    None => {
                        self.doubts.remove(&path);
                        changed.push(Arc::from(path));
                    }
                },
                Looked::Unsettled if !is_old => drop(self.doubts.entry(path).or_insert(since)),
                Looked::Unsettled | Looked::Whole => {
                    self.doubts.remove(&path);
                    self.whole.get_or_insert(since);
                }
            }
        }
        if !changed.is_empty() {
            // Whoever is told so shows these files, and no longer that the site is lost; whether it still is, the whole tells.
            if std::mem::take(&mut self.is_lost) {
                self.whole.get_or_insert_with(Instant::now);
            }
            return Some(Change::Files(changed, since));
        }
        if self.whole.is_some() { self.whole() } else { None }
    }

    fn doubts(&mut self) -> Option<Change> {
        let paths: Vec<String> = self.doubts.keys().cloned().collect();
        let since = self.doubts.values().min().copied().unwrap_or_else(Instant::now);
        self.look(paths.into_iter(), since)
    }

    /// Whether a page can't be read now and could before: perhaps half of it is still being written.
    fn is_cut(&self, path: &str, before: &Source) -> bool {
        self.reading.files.page(path).is_some_and(is_broken) && !is_broken(before)
    }

    fn put_back(&mut self, before: Source) {
        let pages = &mut self.reading.files.pages;
        if let Ok(index) = pages.binary_search_by(|page| page.path.cmp(&before.path)) {
            pages[index] = before;
        }
    }

    /// Reads the whole folder, unless somebody seems to be in the middle of saving something.
    fn whole(&mut self) -> Option<Change> {
        let since = self.whole?;
        let is_old = since.elapsed() >= PATIENCE;
        let missing = |failure: Failure| Failure::new(failure.message, "put the folder back, and all goes on");
        let now = match Root::open(&self.root.path).map_err(missing).and_then(|root| read(&root)) {
            Ok(now) if !is_old && is_between(&self.reading.files, &now.files) => return None,
            Ok(now) => now,
            Err(_) if !is_old => return None,
            Err(failure) => {
                self.whole = None;
                return (!std::mem::replace(&mut self.is_lost, true)).then_some(Change::Lost(failure));
            }
        };
        self.whole = None;
        self.doubts.clear();
        let changed = differences(&self.reading.files, &now.files);
        let says = |files: &Files| Hash::of(format!("{:?}", files.diagnostics).as_bytes());
        let differs = !changed.is_empty() || says(&self.reading.files) != says(&now.files);
        self.reading = now;
        let is_back = std::mem::replace(&mut self.is_lost, false);
        (differs || is_back).then_some(Change::Files(changed, since))
    }
}

/// Whether a page can't be read as what it was meant to be.
fn is_broken(page: &Source) -> bool {
    page.text.is_empty() || has_error(&parse::page(page).diagnostics)
}

fn has_error(found: &[Diagnostic]) -> bool {
    found.iter().any(|found| found.severity == Severity::Error)
}

/// Whether the files may be ones that somebody is in the middle of saving: something of before is not there any more, or
/// something is new or changed, and can't be read.
fn is_between(before: &Files, now: &Files) -> bool {
    let is_gone = before.pages.iter().any(|old| now.page(&old.path).is_none());
    let is_cut = |new: &Source| match before.page(&new.path) {
        Some(old) => old.hash != new.hash && is_broken(new) && !is_broken(old),
        None => is_broken(new),
    };
    let settings =
        |files: &Files| files.settings.as_ref().map(|source| (source.text.is_empty(), settings_fail(source)));
    let (old, new) = (settings(before), settings(now));
    let settings_cut = old.is_some_and(|(was_empty, failed)| match new {
        Some((is_empty, fails)) => (is_empty && !was_empty) || (fails && !failed),
        None => true,
    });
    is_gone || settings_cut || now.pages.iter().any(is_cut)
}

fn settings_fail(source: &Source) -> bool {
    has_error(&parse::settings::site(source).diagnostics)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const SOON: Duration = Duration::from_secs(10);

    fn write(content: &Path, name: &str, title: &str) {
        fs_err::write(content.join(name), format!("---\ntitle: {title}\n---\n")).unwrap();
    }

    /// Turns until something holds.
    fn until(live: &mut Live, what: &str, holds: impl Fn(&Live, Option<&Change>) -> bool) {
        let deadline = Instant::now() + SOON;
        loop {
            let change = live.next(Instant::now() + AGAIN);
            if holds(live, change.as_ref()) {
                return;
            }
            assert!(Instant::now() < deadline, "this did not happen: {what}");
        }
    }

    #[test]
    fn a_folder_that_goes_again_before_all_has_settled_is_missed_again() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root { path: fs_err::canonicalize(folder.path()).unwrap() };
        let (here, away) = (root.path.join("content"), root.path.join("away"));
        fs_err::create_dir(&here).unwrap();
        write(&here, "index.md", "Home");
        write(&here, "page.md", "Page");
        let mut live = Live::new(&root, false).unwrap();
        let is_lost = |_: &Live, change: Option<&Change>| matches!(change, Some(Change::Lost(_)));
        fs_err::rename(&here, &away).unwrap();
        until(&mut live, "the folder is missed", is_lost);
        // It comes back with a page that looks half written, so that the folder is not believed yet.
        write(&away, "page.md", "[Page");
        fs_err::rename(&away, &here).unwrap();
        until(&mut live, "the folder is seen", |live, _| live.whole.is_some());
        write(&here, "index.md", "Saved meanwhile");
        until(&mut live, "the save is seen", |_, change| matches!(change, Some(Change::Files(..))));
        fs_err::rename(&here, &away).unwrap();
        until(&mut live, "the folder is missed again", is_lost);
    }
}
