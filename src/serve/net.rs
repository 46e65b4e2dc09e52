//! The net below the events: a walk over a site's folder now and then, which finds what no event told of.
//!
//! In: a root. Out: paths that are worth a look. No file is opened.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::project::Root;
use crate::project::stamps::{Stamps, differences, stamps};

/// At least so long from one walk to the next; where walks are all there is, the other one.
const PAUSE: Duration = Duration::from_secs(2);
const POLL_PAUSE: Duration = Duration::from_millis(300);
/// A walk takes at most one part in so many of the time; where walks are all there is, the other one.
const SHARE: u32 = 250;
const POLL_SHARE: u32 = 30;
/// A folder that is new may have been filled before it was watched; so there is a walk after each of these times.
const AGAIN: [Duration; 2] = [Duration::from_millis(60), Duration::from_millis(700)];
/// A file that changed is worth a look for so long: some disks count time in steps of two seconds, so that a second save with
/// the same length leaves no trace.
const FRESH: Duration = Duration::from_secs(3);

/// Walks, and when they are due.
pub struct Net {
    root: Root,
    /// As of the last walk; nothing before the first one.
    stamps: Option<Stamps>,
    /// Files that changed lately, and when that was found.
    fresh: BTreeMap<String, Instant>,
    next: Instant,
    again: Vec<Instant>,
}

impl Net {
    /// A net of a site, before its first walk, which is due at once.
    pub fn new(root: &Root) -> Self {
        let root = root.clone();
        Self { root, stamps: None, fresh: BTreeMap::new(), next: Instant::now(), again: Vec::new() }
    }

    /// Notes all as it is, for when everything is read in any case.
    pub fn begin(&mut self, poll: bool) {
        let start = Instant::now();
        self.stamps = Some(stamps(&self.root));
        self.rest(start, poll);
    }

    /// Walks; gives the paths that changed since the last walk, and those that did shortly before. The first walk finds none.
    pub fn walk(&mut self, poll: bool) -> BTreeSet<String> {
        let start = Instant::now();
        self.again.retain(|at| *at > start);
        let now = stamps(&self.root);
        self.fresh.retain(|_, found| found.elapsed() < FRESH);
        let changed = self.stamps.as_ref().map_or_else(Vec::new, |before| differences(before, &now));
        self.stamps = Some(now);
        self.fresh.extend(changed.into_iter().map(|path| (path, start)));
        self.rest(start, poll);
        self.fresh.keys().cloned().collect()
    }

    /// After a walk that began at `start`.
    fn rest(&mut self, start: Instant, poll: bool) {
        let (least, share) = if poll { (POLL_PAUSE, POLL_SHARE) } else { (PAUSE, SHARE) };
        self.next = Instant::now() + least.max(start.elapsed() * share);
    }

    /// Asks for walks soon, since a folder is new.
    pub fn again(&mut self) {
        self.again = AGAIN.iter().map(|after| Instant::now() + *after).collect();
    }

    /// Asks for a walk at once.
    pub fn now(&mut self) {
        self.next = Instant::now();
    }

    /// When the next walk is due.
    pub fn next(&self) -> Instant {
        self.again.iter().copied().fold(self.next, Instant::min)
    }

    /// Whether a walk is due.
    pub fn is_due(&self, now: Instant) -> bool {
        self.next() <= now
    }
}
