//! Every key of front matter, as types. **A new key is a new field here**: the reader, the check for unknown keys,
//! `guidepost schema` and the comments that `guidepost new` writes all come from these fields and their docs.
//!
//! In: nothing; out: one struct of fields for each kind of page, and [`Common`] for what all kinds share. What
//! reads them from YAML is `parse::front_matter`; what they mean together is checked by later stages.

use schemars::{JsonSchema, Schema};
use serde::Deserialize;

use super::sheet::Mode;
use super::values::scalar_or_list;
pub use super::values::{List, Map, Texts};
use crate::source::Spanned;

/// The id of a page, as written in another one: `hit-champion`, in another guide `guide/hit-champion`.
pub type Id = Spanned<String>;

/// Declares the kinds of pages. For each it makes a public struct of the kind's own keys, and a private one that
/// has the common keys too, since serde loses places under `flatten`.
macro_rules! kinds {
    (
        common $common:tt
        $($(#[doc = $kdoc:literal])* $kind:ident, $fields:ident, $name:literal {
            $($(#[doc = $doc:literal])* $key:ident: $type:ty,)*
        })*
    ) => {
        common! { $common }

        /// What a page is; the value of its key `kind`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($(#[doc = $kdoc])* $kind,)* }

        impl Kind {
            /// All kinds, in the order in which they are documented.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// As written in front matter.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }

            /// One sentence on what pages of this kind are for.
            pub const fn purpose(self) -> &'static str {
                match self { $(Self::$kind => concat!($($kdoc),*),)* }
            }

            /// JSON Schema of the front matter of this kind.
            pub fn schema(self) -> Schema {
                match self { $(Self::$kind => schemars::schema_for!(whole::$kind),)* }
            }
        }

        $($(#[doc = $kdoc])*
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct $fields { $($(#[doc = $doc])* pub $key: $type,)* })*

        /// The keys of one kind, as read.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Details { $($(#[doc = $kdoc])* $kind($fields),)* }

        impl Details {
            /// The kind that has these keys.
            pub const fn kind(&self) -> Kind {
                match self { $(Self::$kind(_) => Kind::$kind,)* }
            }

            /// A page of this kind with none of its own keys.
            pub fn empty(kind: Kind) -> Self {
                match kind { $(Kind::$kind => Self::$kind($fields::default()),)* }
            }

            /// Reads the keys of one kind through `read`, which is given the type to read into.
            ///
            /// # Errors
            /// What `read` gives.
            pub fn read<R: Read>(kind: Kind, read: R) -> Result<(Common, Self), R::Error> {
                match kind {
                    $(Kind::$kind => read.read::<whole::$kind>().map(whole::$kind::split),)*
                }
            }
        }

        mod whole {
            //! Common and own keys of each kind in one struct: what a file may say.
            use super::*;
            $(whole! { $common $(#[doc = $kdoc])* $kind, $fields { $($(#[doc = $doc])* $key: $type,)* } })*
        }
    };
}

/// The struct of the common keys.
macro_rules! common {
    ({ $($(#[doc = $doc:literal])* $key:ident: $type:ty,)* }) => {
        /// The keys that every kind of page has.
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct Common { $($(#[doc = $doc])* pub $key: $type,)* }
    };
}

/// The struct of all keys of one kind.
macro_rules! whole {
    (
        { $($(#[doc = $cdoc:literal])* $ckey:ident: $ctype:ty,)* }
        $(#[doc = $kdoc:literal])* $kind:ident, $fields:ident { $($(#[doc = $doc:literal])* $key:ident: $type:ty,)* }
    ) => {
        $(#[doc = $kdoc])*
        #[derive(Default, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields)]
        pub(super) struct $kind {
            /// What the page is.
            #[allow(dead_code, reason = "known before the rest is read; here it is a key that may be there")]
            kind: Option<String>,
            $($(#[doc = $cdoc])* $ckey: $ctype,)*
            $($(#[doc = $doc])* $key: $type,)*
        }

        impl $kind {
            pub(super) fn split(self) -> (Common, Details) {
                (Common { $($ckey: self.$ckey,)* }, Details::$kind($fields { $($key: self.$key,)* }))
            }
        }
    };
}

/// Something that can read any type from the front matter that it holds.
pub trait Read {
    /// What went wrong.
    type Error;
    /// Reads a value of this type.
    ///
    /// # Errors
    /// What the implementation says.
    fn read<T: for<'de> Deserialize<'de> + Default>(self) -> Result<T, Self::Error>;
}

kinds! {
    common {
        /// The name of the page, in sentence case. Required, unless the text begins with a `# heading`.
        title: Option<Spanned<String>>,
        /// One sentence for lists, search and link previews. Of a term: its definition, required.
        summary: Option<Spanned<String>>,
        /// Its id and address, where the file's name should not decide them.
        id: Option<Id>,
        /// Its place in lists, where the number before the file's name should not decide it.
        order: Option<f64>,
        /// `true` while it is not to be published. The preview shows drafts, marked.
        draft: Option<bool>,
        /// Old addresses that lead here, from the site's root: `old/address.html`.
        aliases: List<Spanned<String>>,
        /// The facts of sources.yaml that the page rests on: `[F13, F14]`.
        facts: List<Id>,
        /// `true` where the whole page goes beyond the sources; shown as such.
        added: Option<bool>,
        /// The day of the last review: `2026-11-20`.
        reviewed: Option<Spanned<String>>,
        /// The day by which it is to be reviewed again.
        review_by: Option<Spanned<String>>,
        /// Warnings that are fine on this page, each with a reason: `{long-group: "one list by law"}`.
        allow: Map<Spanned<String>>,
        /// Anything that a theme of your own wants to know.
        extra: Map<serde_json::Value>,
    }
    /// The home page of a guide; all below its folder belongs to the guide.
    Guide, GuideFields, "guide" {
        /// Which edition this is, in your own words; printed on sheets that have no review date.
        edition: Option<String>,
        /// Whom the guide is for.
        audience: Option<String>,
        /// The language of the guide, as in `en` or `es`, where it is not the site's.
        language: Option<Spanned<String>>,
        /// The guide that this one translates.
        translation_of: Option<Id>,
        /// The role that the guide is for; criteria are for choosing it.
        champion: Option<Id>,
    }
    /// A person or a group with a part in the work.
    Role, RoleFields, "role" {
        /// A shorter name for narrow columns.
        short: Option<String>,
        /// Other names for the same role.
        also: List<Spanned<String>>,
        /// What the role brings to the work: a sentence, or a list of them.
        brings: Texts,
    }
    /// One criterion for choosing the champion.
    Criterion, CriterionFields, "criterion" {
        /// The role that is chosen by it, where it is not the guide's champion.
        role: Option<Id>,
        /// How to tell that somebody meets it: a sentence, or a list of them.
        evidence: Texts,
        /// What to ask a candidate: a question, or a list of them.
        ask: Texts,
    }
    /// One of the numbered key steps.
    Step, StepFields, "step" {
        /// The role that leads the step and owns its tasks.
        lead: Option<Id>,
        /// The roles that join.
        with: List<Id>,
        /// The steps that come before.
        needs: List<Id>,
        /// What doing the step's checklist achieves.
        objective: Option<String>,
        /// The pause point: the moment at which its checklist is used.
        when: Option<String>,
        /// `read-do` (read an item, do it) or `do-confirm` (do from memory, then confirm).
        mode: Option<Mode>,
        /// What there is when the step is done.
        outcome: Option<String>,
        /// The worksheets and checklists that belong to the step.
        sheets: List<Id>,
    }
    /// A checklist of its own, with tasks in its text or gathered from other pages.
    Checklist, ChecklistFields, "checklist" {
        /// What doing it achieves.
        objective: Option<String>,
        /// The pause point: the moment at which it is used.
        when: Option<String>,
        /// `read-do` (read an item, do it) or `do-confirm` (do from memory, then confirm).
        mode: Option<Mode>,
        /// The role that owns its tasks, where a task does not say.
        owner: Option<Id>,
        /// Where its tasks come from, instead of its text: steps, a role, the criteria.
        gather: Option<Spanned<Gather>>,
    }
    /// A sheet to fill in: a ruled table, fields, lines to sign on.
    Worksheet, WorksheetFields, "worksheet" {
        /// The columns of its table: `{title: Name, width: 3}`; widths are shares.
        columns: List<ColumnFields>,
        /// How many blank rows, or a list of rows with labels.
        rows: Option<Spanned<Rows>>,
        /// Labelled lines to write on: `{label: Clinic, lines: 1}`.
        fields: List<FieldFields>,
        /// The roles that sign it.
        sign_off: List<Id>,
        /// `true` to print it on its side.
        landscape: Option<bool>,
    }
    /// The plan of a year.
    Plan, PlanFields, "plan" {
        /// The first month, `2027-01`. Without it months are Month 1 to Month 12, and no calendar file is made.
        start: Option<Spanned<String>>,
        /// The phases of the year. Required.
        phases: List<Spanned<PhaseFields>>,
        /// The tasks of the year. Required.
        tasks: List<Spanned<PlanTaskFields>>,
    }
    /// A word of the glossary. It is linked by itself where a page first mentions it.
    Term, TermFields, "term" {
        /// Other names and spellings; plurals with s and es are found by themselves.
        also: List<Spanned<String>>,
    }
    /// Any other page.
    Page, PageFields, "page" {}
}

/// Where a gathered checklist takes its tasks from; at least one key.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Gather {
    /// `all`, or a list of step ids: the tasks of these steps.
    pub steps: Option<Steps>,
    /// A role: every task that it owns.
    pub role: Option<Id>,
    /// `true`: an item for each criterion.
    pub criteria: Option<bool>,
}

/// A column of a worksheet.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ColumnFields {
    /// Its head.
    pub title: String,
    /// Its share of the width, 1 unless given.
    pub width: Option<f32>,
}

/// A labelled row of a worksheet.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RowFields {
    /// What stands in its first column.
    pub label: String,
    /// What stands in the others; an empty text is a blank to write in.
    pub cells: List<String>,
}

/// Labelled lines of a worksheet.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FieldFields {
    /// What is asked for.
    pub label: String,
    /// How many lines, 1 unless given.
    pub lines: Option<u8>,
}

/// A phase of a plan.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PhaseFields {
    /// Its name.
    pub title: String,
    /// First and last month: `[1, 3]`.
    pub months: List<Spanned<i64>>,
    /// The features and functions that it brings.
    pub features: List<String>,
}

/// A task of a plan.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PlanTaskFields {
    /// What is to be done. Required.
    pub title: Option<Spanned<String>>,
    /// The task in detail. Required, unless `blank: true`.
    pub detail: Option<String>,
    /// Its id for `needs`, where the title should not decide it.
    pub id: Option<Id>,
    /// The title of the phase that it belongs to.
    pub phase: Option<Spanned<String>>,
    /// The month in which it starts, 1 to 12.
    pub start: Option<Spanned<i64>>,
    /// How many months it takes.
    pub months: Option<Spanned<i64>>,
    /// The role that does it.
    pub owner: Option<Id>,
    /// How many hours it takes, all months together.
    pub hours: Option<f64>,
    /// The role that made the estimate.
    pub estimated_by: Option<Id>,
    /// The tasks that come before.
    pub needs: List<Id>,
    /// `true` for a task whose gaps are filled in by hand.
    pub blank: Option<bool>,
    /// `true` where the task goes beyond the sources.
    pub added: Option<bool>,
}

/// A number of blank rows, or rows with labels.
#[derive(Debug, Clone, PartialEq)]
pub enum Rows {
    /// This many blank ones.
    Count(u64),
    /// These.
    Labelled(Vec<Spanned<RowFields>>),
}

/// All steps, or some.
#[derive(Debug, Clone, PartialEq)]
pub enum Steps {
    /// All of the guide.
    All,
    /// These, by id.
    Some(Vec<Id>),
}

scalar_or_list!(
    Rows,
    "a number of blank rows, or a list of rows like {label: …, cells: […]}",
    |text| text.parse().ok().map(Rows::Count),
    Rows::Labelled,
    {"anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "array", "items": {"type": "object", "additionalProperties": false, "properties": {
            "label": {"type": "string"},
            "cells": {"type": "array", "items": {"type": "string"}}
        }}}
    ]}
);

scalar_or_list!(
    Steps,
    "`all`, or a list of step ids",
    |text| (text == "all").then_some(Steps::All),
    Steps::Some,
    {"anyOf": [{"const": "all"}, {"type": "array", "items": {"type": "string"}}]}
);
