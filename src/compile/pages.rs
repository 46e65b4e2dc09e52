//! Every page of a site, parsed once for each version of its file.
//!
//! In: the files, and what was parsed before. Out: pages in the order of their paths. A page whose path and content hash are
//! known is not parsed again; that is all the memory there is, so it can't be stale.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::Files;
use crate::diagnostic::{Checked, Diagnostic, Severity};
use crate::model::page::Page;
use crate::parse;
use crate::source::{Hash, Source};

/// What was parsed before.
#[derive(Clone, Default)]
pub struct Memo {
    /// In the order of paths.
    parsed: Vec<Parsed>,
    /// The last version that could be read of each page that was changed for the worse or is not there now. Who deletes a page
    /// may bring it back, with a mistake in it.
    good: BTreeMap<Arc<str>, Source>,
    /// Those of pages that can't be read now.
    missed: BTreeMap<Arc<str>, Source>,
}

/// A page with what it was parsed from beside it, so that ten thousand of them are compared with their files without a look at
/// any of them.
#[derive(Clone)]
struct Parsed {
    path: Arc<str>,
    hash: Hash,
    page: Arc<Page>,
    /// Where there are any.
    diagnostics: Option<Arc<Vec<Diagnostic>>>,
    is_broken: bool,
}

impl Memo {
    /// Of each page that can't be read now, its last version that could.
    pub fn last_good(&self) -> &BTreeMap<Arc<str>, Source> {
        &self.missed
    }

    /// Parses what is not known yet.
    pub fn parse(&mut self, files: &Files, diagnostics: &mut Vec<Diagnostic>) -> Vec<Arc<Page>> {
        let mut sources: Vec<&Source> = files.pages.iter().collect();
        let pairs = self.parsed.iter().zip(&sources);
        let is_known = self.parsed.len() == sources.len() && pairs.clone().all(|(one, other)| one.is_at(other));
        // The disk's reader sorts them; somebody else may not have.
        if !is_known && !sources.is_sorted_by(|one, other| one.path <= other.path) {
            sources.sort_by(|one, other| one.path.cmp(&other.path));
        }
        let mut before = std::mem::take(&mut self.parsed).into_iter().peekable();
        let mut known: Vec<Option<Parsed>> = Vec::with_capacity(sources.len());
        for source in &sources {
            let same = before.next_if(|parsed| parsed.is_at(source)).or_else(|| {
                while let Some(gone) = before.next_if(|parsed| parsed.path < source.path) {
                    self.leave(gone);
                }
                before.next_if(|parsed| parsed.path == source.path)
            });
            let fresh = same.as_ref().is_some_and(|same| same.hash == source.hash);
            if let Some(old) = same.as_ref().filter(|same| !fresh && !same.is_broken) {
                self.good.insert(source.path.clone(), old.page.source.clone());
            }
            known.push(same.filter(|_| fresh).map(|same| Parsed { path: source.path.clone(), ..same }));
        }
        before.for_each(|gone| self.leave(gone));
        let new: Vec<(usize, Parsed)> = known
            .par_iter()
            .enumerate()
            .filter(|(_, known)| known.is_none())
            .map(|(index, _)| (index, Parsed::new(sources[index])))
            .collect();
        for (index, parsed) in new {
            if !parsed.is_broken {
                self.good.remove(&parsed.path);
            }
            known[index] = Some(parsed);
        }
        let is_there = |path: &str| sources.binary_search_by(|source| (*source.path).cmp(path)).is_ok();
        let missed = self.good.iter().filter(|(path, _)| is_there(path) || is_unread(files, path));
        self.missed = missed.map(|(path, source)| (path.clone(), source.clone())).collect();
        self.parsed = known.into_iter().flatten().collect();
        diagnostics
            .extend(self.parsed.iter().flat_map(|parsed| &parsed.diagnostics).flat_map(|found| found.iter().cloned()));
        self.parsed.iter().map(|parsed| parsed.page.clone()).collect()
    }

    /// A page that is not among the files any more: deleted, or no longer readable as text.
    fn leave(&mut self, gone: Parsed) {
        if !gone.is_broken {
            self.good.insert(gone.path, gone.page.source.clone());
        }
    }
}

/// Whether an error says why a page is not among the files: of itself, or of a folder that it lies in.
fn is_unread(files: &Files, path: &str) -> bool {
    let is_at = |place: &str| path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let is_wrong = |found: &Diagnostic| found.severity == Severity::Error && is_at(&found.place.path);
    files.diagnostics.iter().any(is_wrong)
}

impl Parsed {
    /// Whether this is of the same file as far as a glance tells: of a file that was looked at again the path is shared.
    fn is_at(&self, source: &Source) -> bool {
        Arc::ptr_eq(&self.path, &source.path)
    }

    fn new(source: &Source) -> Self {
        let Checked { value, diagnostics } = parse::page(source);
        // Without its front matter a page is another page. What is wrong in its text takes nothing away.
        let is_broken = diagnostics
            .iter()
            .any(|found| found.severity == Severity::Error && found.place.range().start < value.body.max(1));
        let diagnostics = (!diagnostics.is_empty()).then(|| Arc::new(diagnostics));
        Self { path: source.path.clone(), hash: source.hash, page: Arc::new(value), diagnostics, is_broken }
    }
}
