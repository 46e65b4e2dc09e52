//! A site's files to what is shown.
//!
//! In: files as they are, right or wrong. Out: a [`Proof`]: an edition to show, and all that is wrong. Where something can't
//! be read (a page's front matter, the settings, a template), the edition is made with what it last said when it could, so
//! that one broken file takes nothing else down; what is reported is always the files as they are.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::compile::{Compiled, Files, Memo, Options, compile};
use crate::diagnostic::{Diagnostic, Severity};
use crate::parse;
use crate::routes::Route;
use crate::source::Source;
use crate::theme::Layer;

/// What came of a site's files.
pub struct Proof {
    /// To show.
    pub compiled: Arc<Compiled>,
    /// All that is wrong with the files as they are.
    pub diagnostics: Vec<Diagnostic>,
}

/// Makes proofs, one after another.
pub struct Press {
    options: Options,
    memo: Memo,
    /// Settings and theme as they last worked.
    good: (Option<Source>, Layer),
    /// The theme that was tried last, and what was wrong with it.
    tried: Option<(crate::source::Hash, Vec<Diagnostic>)>,
}

impl Press {
    /// A press that has made nothing yet.
    pub fn new(options: Options) -> Self {
        Self { options, memo: Memo::default(), good: (None, Layer::new()), tried: None }
    }

    /// Makes a proof of files.
    pub fn proof(&mut self, files: &Files) -> Proof {
        let compiled = compile(files, &self.options, &mut self.memo);
        let mut diagnostics = compiled.diagnostics.clone();
        diagnostics.extend(self.try_theme(&compiled));
        diagnostics.sort();
        diagnostics.dedup();
        let is_bad = |found: &Diagnostic| {
            found.severity == Severity::Error && (found.place.path.starts_with("themes/") || is_settings(files, found))
        };
        let bad_theme = diagnostics.iter().any(is_bad);
        if !bad_theme {
            self.good = (files.settings.clone(), files.theme.clone());
        }
        if !bad_theme && self.memo.last_good().is_empty() {
            return Proof { compiled: Arc::new(compiled), diagnostics };
        }
        let mut shown = files.clone();
        if bad_theme {
            (shown.settings, shown.theme) = self.good.clone();
        }
        restore(&mut shown, self.memo.last_good().values());
        // What is kept by hash serves both; this copy of it is thrown away, so that the next proof begins at the files.
        let compiled = compile(&shown, &self.options, &mut self.memo.clone());
        Proof { compiled: Arc::new(compiled), diagnostics }
    }

    /// Renders one page of each kind when the theme is new or was wrong: an error that only rendering finds would
    /// otherwise wait for whoever opens such a page.
    fn try_theme(&mut self, compiled: &Compiled) -> Vec<Diagnostic> {
        let hash = compiled.edition.theme.hash;
        if let Some((tried, found)) = &self.tried
            && *tried == hash
            && found.is_empty()
        {
            return Vec::new();
        }
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for (address, route) in compiled.edition.routes.all.iter() {
            let kind = match route {
                Route::Page(page) => format!("{:?}", compiled.edition.site.page(*page).kind()),
                Route::Made(_, made) => format!("{made:?}").split('(').next().unwrap_or_default().to_owned(),
                Route::Guides | Route::NotFound => format!("{route:?}"),
                Route::Redirect(_) => "redirect".to_owned(),
                _ => continue,
            };
            if seen.insert(kind) {
                found.extend(compiled.edition.render(address, route).diagnostics);
            }
        }
        self.tried = Some((hash, found.clone()));
        found
    }
}

/// Whether something is wrong with the settings themselves.
fn is_settings(files: &Files, found: &Diagnostic) -> bool {
    let Some(source) = files.settings.as_ref().filter(|source| source.path == found.place.path) else { return false };
    let read = parse::settings::site(source);
    read.diagnostics.contains(found) || found.rule == crate::diagnostic::Rule::UnknownTheme
}

/// Puts pages as they last were into the place of those that can't be read.
fn restore<'s>(files: &mut Files, good: impl Iterator<Item = &'s Source>) {
    for source in good {
        match files.pages.binary_search_by(|page| page.path.cmp(&source.path)) {
            Ok(index) => files.pages[index] = source.clone(),
            Err(index) => files.pages.insert(index, source.clone()),
        }
    }
}
