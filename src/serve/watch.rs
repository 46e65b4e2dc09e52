//! Hints that something in a site's folder may have changed.
//!
//! In: a root. Out: paths that are worth a look, or word to look at everything. A hint is never the truth: whoever takes it
//! looks at the files. Events come from the system through `notify`; below them is the slow walk of [`Net`], which is also
//! all there is where the system has no events to give (`--poll`, network shares, no watches left).

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use notify::event::{CreateKind, ModifyKind, RemoveKind};
use notify::{Config, ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::net::Net;
use crate::project::Root;
use crate::project::stamps::Stamp;

/// No event for so long, and what came before is looked at.
const QUIET: Duration = Duration::from_millis(6);
/// Events that don't end are not waited out longer than this.
const LONGEST: Duration = Duration::from_millis(250);
/// How often it is asked whether the folders are still the same ones: three questions to the system.
const GUARD: Duration = Duration::from_millis(500);

/// What to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// These paths, from the site's root. Since when is the time of the first event.
    Paths(BTreeSet<String>, Instant),
    /// Everything.
    Whole(Instant),
    /// The folder of the pages is not there.
    Missing,
}

/// Which folders are watched: the root's identity, the content folder's with its real path, the themes'.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Folders {
    root: Option<(u64, u64)>,
    content: Option<(u64, u64)>,
    themes: Option<(u64, u64)>,
    real: Option<PathBuf>,
}

/// Watches a site's folder.
pub struct Watch {
    root: Root,
    poll: bool,
    /// Dropped, it stops watching.
    watcher: Option<RecommendedWatcher>,
    sender: Sender<notify::Result<Event>>,
    events: Receiver<notify::Result<Event>>,
    folders: Folders,
    /// Whether watches may have been lost, so that they are to be asked for anew.
    is_deaf: bool,
    net: Net,
    next_guard: Instant,
    /// Said once: why there are no events.
    trouble: Option<String>,
}

impl Watch {
    /// Begins to watch, with `poll` only by walking. What walks find is measured against a first one: [`Watch::begin`], else that
    /// at the begin of [`Watch::next`].
    pub fn new(root: &Root, poll: bool) -> Self {
        let (sender, events) = channel();
        let now = Instant::now();
        let mut watch = Self {
            root: root.clone(),
            poll,
            watcher: None,
            sender,
            events,
            folders: Folders::default(),
            is_deaf: false,
            net: Net::new(root),
            next_guard: now + GUARD,
            trouble: None,
        };
        watch.folders = watch.look_at_folders();
        watch.listen();
        watch
    }

    /// The first walk. Where walks are all there is, it must be over before the files are read: then what changes while they
    /// are read differs from it.
    pub fn begin(&mut self) {
        self.net.begin(self.poll);
    }

    /// Whether walks are all there is.
    pub fn is_polling(&self) -> bool {
        self.poll
    }

    /// Why walking is all there is, said once.
    pub fn trouble(&mut self) -> Option<String> {
        self.trouble.take()
    }

    /// Waits for a hint until a time; `None` where none came.
    pub fn next(&mut self, until: Instant) -> Option<Hint> {
        loop {
            let now = Instant::now();
            if now >= self.next_guard
                && let Some(hint) = self.guard()
            {
                return Some(hint);
            }
            if self.net.is_due(now) {
                let changed = self.net.walk(self.poll);
                if !changed.is_empty() {
                    return Some(Hint::Paths(changed, now));
                }
            }
            if now >= until {
                return None;
            }
            let wake = until.min(self.next_guard).min(self.net.next());
            match self.events.recv_timeout(wake.saturating_duration_since(Instant::now())) {
                Ok(event) => {
                    if let Some(hint) = self.gather(event) {
                        return Some(hint);
                    }
                }
                // We hold a sender ourselves, so the channel never closes.
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
        }
    }

    /// Takes an event and all that follow it until it is quiet.
    fn gather(&mut self, first: notify::Result<Event>) -> Option<Hint> {
        let since = Instant::now();
        let mut paths = BTreeSet::new();
        let mut whole = self.take(first, &mut paths);
        if paths.is_empty() && !whole {
            return None;
        }
        while since.elapsed() < LONGEST {
            match self.events.recv_timeout(QUIET) {
                Ok(event) => whole |= self.take(event, &mut paths),
                Err(_) => break,
            }
        }
        if let Some(hint) = self.guard() {
            return Some(hint);
        }
        if whole {
            self.net.again();
            return Some(Hint::Whole(since));
        }
        Some(Hint::Paths(paths, since))
    }

    /// Notes the paths of an event; `true` where everything must be looked at.
    fn take(&mut self, event: notify::Result<Event>, paths: &mut BTreeSet<String>) -> bool {
        let event = match event {
            Ok(event) => event,
            Err(error) => {
                if matches!(error.kind, ErrorKind::MaxFilesWatch) {
                    self.give_up("the system has no watches left");
                }
                return true;
            }
        };
        if matches!(event.kind, EventKind::Access(_)) {
            return false;
        }
        // Where events were lost, so may have been those of new folders.
        self.is_deaf |= event.need_rescan();
        let whole = event.need_rescan()
            || matches!(
                event.kind,
                EventKind::Create(CreateKind::Folder) | EventKind::Remove(RemoveKind::Folder) | EventKind::Other
            );
        let is_rename = matches!(event.kind, EventKind::Modify(ModifyKind::Name(_)));
        let is_gone = is_rename || matches!(event.kind, EventKind::Remove(_));
        let mut has_folder = false;
        for path in &event.paths {
            // What stands in its place now may look like the same folder, with no watch on it.
            self.is_deaf |= is_gone && matches!(self.relative(path).as_deref(), Some("content" | "themes"));
            // A folder that was renamed carries its files with it, and no event names them.
            has_folder |= is_rename && fs_err::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir());
            paths.extend(self.relative(path));
        }
        (whole || has_folder) && event.paths.iter().all(|path| self.relative(path).is_some())
    }

    /// A path of an event as one from the site's root; `None` where it is no part of the site.
    fn relative(&self, path: &std::path::Path) -> Option<String> {
        let join = |path: &std::path::Path| -> String {
            path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
        };
        if let Some(real) = &self.folders.real
            && let Ok(inner) = path.strip_prefix(real)
        {
            let inner = join(inner);
            return Some(if inner.is_empty() { "content".to_owned() } else { format!("content/{inner}") });
        }
        let Ok(path) = path.strip_prefix(&self.root.path) else { return None };
        let path = join(path);
        let first = path.split('/').next().unwrap_or_default();
        matches!(first, "content" | "themes").then_some(path)
    }

    /// Asks whether the folders are still the same ones. Where they are not, listens anew.
    fn guard(&mut self) -> Option<Hint> {
        let now = self.look_at_folders();
        // A folder that is missing is asked for more often, and reported once only.
        let is_missing = now.content.is_none();
        self.next_guard = Instant::now() + if is_missing { GUARD / 2 } else { GUARD };
        if now == self.folders && (is_missing || !self.is_deaf) {
            return None;
        }
        self.is_deaf = false;
        self.folders = now;
        self.listen();
        self.begin();
        if is_missing {
            return Some(Hint::Missing);
        }
        self.net.again();
        Some(Hint::Whole(Instant::now()))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a folder that can't be looked at counts as gone, and is asked for again"
    )]
    fn look_at_folders(&self) -> Folders {
        let content = self.root.path.join("content");
        let real = fs_err::canonicalize(&content);
        Folders {
            root: Stamp::of_folder(&self.root.path),
            content: Stamp::of_folder(&content),
            themes: Stamp::of_folder(&self.root.path.join("themes")),
            real: real.ok(),
        }
    }

    /// Asks the system for events of the folders that are there.
    fn listen(&mut self) {
        self.watcher = None;
        if self.poll {
            return;
        }
        let sender = self.sender.clone();
        // Whoever sends last may find nobody listening, which does no harm.
        let handler = move |event| drop(sender.send(event));
        let mut watcher = match RecommendedWatcher::new(handler, Config::default().with_follow_symlinks(false)) {
            Ok(watcher) => watcher,
            Err(error) => return self.give_up(&error.to_string()),
        };
        let themes = self.folders.themes.map(|_| self.root.path.join("themes"));
        let wanted = [
            self.folders.root.map(|_| (self.root.path.clone(), RecursiveMode::NonRecursive)),
            self.folders.real.clone().map(|real| (real, RecursiveMode::Recursive)),
            themes.map(|themes| (themes, RecursiveMode::Recursive)),
        ];
        for (path, mode) in wanted.into_iter().flatten() {
            match watcher.watch(&path, mode) {
                Ok(()) => {}
                // It vanished just now; the guard finds out.
                Err(error) if matches!(error.kind, ErrorKind::PathNotFound) => {}
                Err(error) if matches!(error.kind, ErrorKind::MaxFilesWatch) => {
                    return self.give_up("the system has no watches left");
                }
                Err(error) => return self.give_up(&error.to_string()),
            }
        }
        self.watcher = Some(watcher);
    }

    fn give_up(&mut self, why: &str) {
        self.watcher = None;
        if !self.poll {
            self.poll = true;
            self.trouble = Some(why.to_owned());
        }
        self.net.now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Waits for a hint, but not for so long that a walk would find what events should tell of.
    fn hears(watch: &mut Watch) -> Option<Hint> {
        watch.begin();
        watch.next(Instant::now() + Duration::from_millis(1500))
    }

    #[test]
    fn a_folder_that_was_made_anew_under_the_number_of_the_old_one_is_heard() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root { path: fs_err::canonicalize(folder.path()).unwrap() };
        let content = root.path.join("content");
        fs_err::create_dir(&content).unwrap();
        let mut watch = Watch::new(&root, false);
        for round in 0..3 {
            fs_err::remove_dir_all(&content).unwrap();
            fs_err::create_dir(&content).unwrap();
            assert!(hears(&mut watch).is_some(), "round {round}");
            // What was still on its way is no proof that the new folder is watched.
            while watch.next(Instant::now() + Duration::from_millis(50)).is_some() {}
            fs_err::write(content.join("page.md"), round.to_string()).unwrap();
            assert!(hears(&mut watch).is_some(), "nothing was heard in round {round}");
        }
    }
}
