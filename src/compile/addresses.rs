//! The table of all addresses, made anew only where an address may have changed.
//!
//! In: all that the table is made from. Out: the table, and which addresses clash. The places of clashes move with every
//! edit of a title, so a table with clashes is kept only while the places are the same too.

use crate::derive::Derived;
use crate::diagnostic::Checked;
use crate::model::settings::Settings;
use crate::model::site::Site;
use crate::routes::{Choices, Routes, routes};
use crate::source::Hash;
use crate::theme::Theme;

/// The table of before.
#[derive(Clone, Default)]
pub struct Memo(Option<Kept>);

#[derive(Clone)]
struct Kept {
    addresses: Hash,
    places: Hash,
    routes: Checked<Routes>,
}

impl Memo {
    /// Lists every address of a site. `addresses` changes with any address of a page or a sheet, `places` with where a clash
    /// would be marked.
    pub fn routes(
        &mut self,
        site: &Site,
        derived: &Derived,
        theme: &Theme,
        choices: Choices,
        (addresses, places): (Hash, Hash),
    ) -> Checked<Routes> {
        let Settings { url, paper, hosting, .. } = &*site.settings;
        let further = format!("{addresses:?} {choices:?} {:?} {:?} {paper:?} {hosting:?}", theme.hash, url.is_some());
        let addresses = Hash::of(further.as_bytes());
        let same =
            |kept: &&Kept| kept.addresses == addresses && (kept.routes.diagnostics.is_empty() || kept.places == places);
        let made = match self.0.as_ref().filter(same) {
            Some(kept) => kept.routes.clone(),
            None => routes(site, derived, theme, choices),
        };
        self.0 = Some(Kept { addresses, places, routes: made.clone() });
        made
    }
}
