//! The tests' own report: each test of a promise (docs/reliability.md) asks here how often to try, and says here how often
//! the promise was kept.
//!
//! Everyday runs try a little. `GUIDEPOST_FULL=1` tries as much as the promise says, and `GUIDEPOST_COUNT=7` so often.
//! Each report is a file of one line of JSON, `{"promise", "tried", "count", "full", "seconds"}`, in `target/tmp/promises`
//! or in the folder `GUIDEPOST_PROMISES`; `scripts/promises` runs all in full and makes `docs/promises.md` of them. Tests in
//! other languages write such files too.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Whether as much is tried as the promises say.
pub(crate) fn is_full() -> bool {
    std::env::var_os("GUIDEPOST_FULL").is_some_and(|full| full == "1") && std::env::var_os("GUIDEPOST_COUNT").is_none()
}

/// How often to try: a little, or as often as the promise says.
pub(crate) fn count(usual: usize, full: usize) -> usize {
    let asked = std::env::var("GUIDEPOST_COUNT").ok().and_then(|count| count.parse().ok());
    asked.unwrap_or(if is_full() { full } else { usual })
}

/// A promise that is being tried. Dropped without [`Trial::kept`], it reports nothing.
pub(crate) struct Trial {
    promise: &'static str,
    since: Instant,
    reports: Cell<usize>,
}

/// Begins to try a promise, given by its first words in the table of `docs/reliability.md`.
pub(crate) fn trial(promise: &'static str) -> Trial {
    let table = fs_err::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reliability.md")).unwrap();
    let known = table.lines().any(|line| line.strip_prefix("| ").is_some_and(|row| row.starts_with(promise)));
    assert!(known, "docs/reliability.md has no promise that begins with `{promise}`");
    Trial { promise, since: Instant::now(), reports: Cell::new(0) }
}

impl Trial {
    /// Reports that the promise was kept so many times. `tried` says what was done, as it stands behind the number:
    /// "kills of a rebuild".
    pub(crate) fn kept(&self, tried: &str, count: usize) {
        let line = serde_json::json!({
            "promise": self.promise,
            "tried": tried,
            "count": count,
            "full": is_full(),
            "seconds": self.since.elapsed().as_secs(),
        });
        // A test reports to the same files each time.
        let test = std::thread::current().name().unwrap_or("test").replace("::", ".");
        let name = format!("{test}.{}", self.reports.replace(self.reports.get() + 1));
        let folder = folder();
        fs_err::create_dir_all(&folder).unwrap();
        fs_err::write(folder.join(format!("{name}.json")), format!("{line}\n")).unwrap();
    }
}

fn folder() -> PathBuf {
    let own = std::env::var_os("GUIDEPOST_PROMISES").map(PathBuf::from);
    own.unwrap_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("promises"))
}

#[test]
#[should_panic(expected = "has no promise")]
fn a_promise_that_nobody_has_made_is_not_tried() {
    trial("All is well");
}
