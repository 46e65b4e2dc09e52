//! The words that a sheet prints of itself, in one language.
//!
//! In: nothing but strings; the caller fills them from the theme's strings. `{…}` are replaced where they stand.

/// Every label that is printed and isn't the sheet's own text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Before the objective.
    pub objective: String,
    /// Before the pause point.
    pub when: String,
    /// Before the mode.
    pub mode: String,
    /// What read-do means.
    pub read_do: String,
    /// What do-confirm means.
    pub do_confirm: String,
    /// Beside an item that goes beyond the sources.
    pub added: String,
    /// On a sheet that goes beyond the sources.
    pub added_sheet: String,
    /// The column of items, for a screen reader.
    pub item: String,
    /// Head of the column in which one writes who does it.
    pub owner: String,
    /// Head of the column in which one writes when.
    pub date: String,
    /// Head of the column in which one writes who says so.
    pub initials: String,
    /// Head of the roles of a sign-off, and its heading.
    pub sign_off: String,
    /// Head of the column for a name in a sign-off.
    pub name: String,
    /// Head of the column for a signature in a sign-off.
    pub signature: String,
    /// On a checklist without items.
    pub nothing: String,
    /// After a heading that is repeated on the next page.
    pub continued: String,
    /// `{page}` and `{pages}`.
    pub page: String,
    /// `{date}`.
    pub revised: String,
    /// `{stamp}`.
    pub stamp: String,
    /// Above the address where there is one of the web.
    pub check: String,
    /// What the code says to somebody who can't see it: `{url}`.
    pub code: String,
    /// What the logo shows: `{organization}`.
    pub logo: String,
}

impl Default for Words {
    fn default() -> Self {
        let own = str::to_owned;
        Self {
            objective: own("Objective"),
            when: own("When"),
            mode: own("How"),
            read_do: own("Read-do: read an item aloud, do it, tick it."),
            do_confirm: own("Do-confirm: do the work from memory, then pause and confirm each item."),
            added: own("added"),
            added_sheet: own("Added: goes beyond the sources of this guide"),
            item: own("Item"),
            owner: own("Owner"),
            date: own("Date"),
            initials: own("Initials"),
            sign_off: own("Signed off by"),
            name: own("Name"),
            signature: own("Signature"),
            nothing: own("There are no items here."),
            continued: own("(continued)"),
            page: own("Page {page} of {pages}"),
            revised: own("Revised {date}"),
            stamp: own("Stamp {stamp}"),
            check: own("Printed copies may be out of date. Check:"),
            code: own("QR code that leads to {url}"),
            logo: own("Logo of {organization}"),
        }
    }
}
