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
use crate::diagnostic::Severity;
use crate::parse;
use crate::project::read::{Reading, read};
use crate::project::update::{Looked, differences, look};
use crate::project::{Failure, Root};
use crate::source::Hash;

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
        // Watched first: what is saved while we read is an event.
        let mut watch = Watch::new(root, poll);
        let (reading, _) = rayon::join(|| read(root), || watch.walk());
        let reading = reading?;
        Ok(Self { reading, root: root.clone(), watch, doubts: BTreeMap::new(), whole: None, is_lost: false })
    }

    /// Why there are no events, said once.
    pub fn trouble(&mut self) -> Option<String> {
        self.watch.trouble()
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
            let before = self.page(&path);
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
            return Some(Change::Files(changed, since));
        }
        if self.whole.is_some() { self.whole() } else { None }
    }

    fn doubts(&mut self) -> Option<Change> {
        let paths: Vec<String> = self.doubts.keys().cloned().collect();
        let since = self.doubts.values().min().copied().unwrap_or_else(Instant::now);
        self.look(paths.into_iter(), since)
    }

    #[expect(clippy::disallowed_methods, reason = "no error of the disk: the page is not among them")]
    fn page(&self, path: &str) -> Option<crate::source::Source> {
        let pages = &self.reading.files.pages;
        pages.binary_search_by(|page| (*page.path).cmp(path)).map(|index| pages[index].clone()).ok()
    }

    /// Whether a page can't be read now and could before: perhaps half of it is still being written.
    fn is_cut(&self, path: &str, before: &crate::source::Source) -> bool {
        let is_broken = |source: &crate::source::Source| {
            parse::page(source).diagnostics.iter().any(|found| found.severity == Severity::Error)
        };
        self.page(path).is_some_and(|now| is_broken(&now)) && !is_broken(before)
    }

    fn put_back(&mut self, before: crate::source::Source) {
        let pages = &mut self.reading.files.pages;
        if let Ok(index) = pages.binary_search_by(|page| page.path.cmp(&before.path)) {
            pages[index] = before;
        }
    }

    /// Reads the whole folder, unless something known seems to be gone for the moment only.
    fn whole(&mut self) -> Option<Change> {
        let since = self.whole?;
        let is_old = since.elapsed() >= PATIENCE;
        let now = match Root::open(&self.root.path).and_then(|root| read(&root)) {
            Ok(now) if !is_old && lacks(&self.reading.files, &now.files) => return None,
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

/// Whether a page of before is not there any more, or is empty.
fn lacks(before: &Files, now: &Files) -> bool {
    let find = |path: &Arc<str>| now.pages.binary_search_by(|page| page.path.cmp(path));
    before.pages.iter().filter(|page| !page.text.is_empty()).any(|page| match find(&page.path) {
        Ok(index) => now.pages[index].text.is_empty(),
        Err(_) => true,
    })
}
