//! What follows from the pages of a guide: its sheets, its plan's year, what each role is asked to do.
//!
//! In: a [`Site`], its [`Links`](crate::link::Links) and the words of its languages. Out: [`Derived`], one [`GuideSheets`] for each guide; and
//! what the rules find wrong with the content. No address is decided here (`model::address`), nothing is drawn.

pub mod checks;
pub mod plan;
mod plan_checks;
pub mod rich;
pub mod sheets;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::link::PageLinks;
use crate::model::address::{Made, made};
use crate::model::front_matter::{Details, Kind};
use crate::model::sheet::{Item, Sheet};
use crate::model::site::Site;
use crate::model::strings::Strings;

/// What follows from a site, in the order of its guides.
#[derive(Debug, Clone, Default)]
pub struct Derived {
    /// One for each guide.
    pub guides: Vec<Arc<GuideSheets>>,
}

/// What follows from one guide.
#[derive(Debug, Clone, Default)]
pub struct GuideSheets {
    /// Every sheet by its address, with what it is made of.
    pub sheets: BTreeMap<String, Entry>,
    /// Which addresses the guide's made pages have.
    pub made: Vec<(Made, String)>,
    /// Plans with their spans worked out, by the index of their page.
    pub years: BTreeMap<usize, plan::Year>,
    /// For each role's id the tasks that it owns: page by index, and items.
    pub owned: BTreeMap<String, Vec<(usize, Vec<Item>)>>,
}

/// A sheet of a guide.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What is drawn.
    pub sheet: Sheet,
    /// Its stamp, which is a hash of all that.
    pub stamp: String,
    /// What it is made from.
    pub origin: Origin,
}

/// What a sheet is made from. Indices are those of the guide's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Other pages.
    Made(Made),
    /// A page of its own: a checklist or a worksheet.
    Page(usize),
}

impl Origin {
    /// The group under which lists show it.
    pub fn group(self, kind: Kind) -> &'static str {
        match self {
            Self::Made(Made::StepSheet(_)) => "step",
            Self::Made(Made::RoleSheet(_)) => "role",
            Self::Made(Made::Journey) => "journey",
            Self::Made(Made::Champion) => "champion",
            Self::Made(Made::Matrix) => "matrix",
            Self::Made(_) => "plan",
            Self::Page(_) => kind.name(),
        }
    }
}

/// Derives everything of one guide from its pages, its references, the words of its language, and the titles and addresses
/// of the pages that it refers to.
pub fn guide(site: &Site, links: &[PageLinks], index: usize, strings: &Strings) -> GuideSheets {
    let guide = &site.guides[index];
    let maker = sheets::Maker::new(rich::Context { site, at: index, guide, strings }, links);
    let mut derived = GuideSheets { made: made(guide), ..GuideSheets::default() };
    let home = guide.home().or_else(|| guide.pages.first());
    for (index, page) in guide.pages.iter().enumerate() {
        match &page.details {
            Details::Checklist(fields) => {
                insert(&mut derived, &page.address, maker.checklist(index, page, fields), Origin::Page(index))
            }
            Details::Worksheet(fields) => {
                insert(&mut derived, &page.address, maker.worksheet(index, page, fields), Origin::Page(index))
            }
            Details::Plan(fields) => {
                let role = |id: &str| rich::role_title(&maker.context, id);
                derived.years.insert(index, plan::Year::new(page, fields, strings, &role));
            }
            Details::Role(_) => {
                let owned = maker.owned(&page.id).into_iter().map(|(index, _, items)| (index, items)).collect();
                derived.owned.insert(page.id.clone(), owned);
            }
            _ => {}
        }
    }
    for (made, address) in derived.made.clone() {
        let page = |index: usize| &*guide.pages[index];
        let sheet = match (made, home) {
            (Made::Journey, Some(home)) => maker.journey(home),
            (Made::Champion, Some(home)) => maker.champion(home),
            (Made::Matrix, Some(home)) => maker.matrix(home),
            (Made::RoleSheet(index), _) => maker.role(page(index)),
            (Made::StepSheet(index), _) => match &page(index).details {
                Details::Step(step) => maker.step(index, page(index), step),
                _ => continue,
            },
            (Made::PlanSheet(index) | Made::PlanBlank(index), _) => match derived.years.get(&index) {
                Some(year) => maker.plan(page(index), year, matches!(made, Made::PlanBlank(_))),
                None => continue,
            },
            _ => continue,
        };
        insert(&mut derived, &address, sheet, Origin::Made(made));
    }
    derived
}

fn insert(derived: &mut GuideSheets, address: &str, sheet: Sheet, origin: Origin) {
    let stamp = sheet.stamp();
    derived.sheets.insert(address.to_owned(), Entry { sheet, stamp, origin });
}

impl GuideSheets {
    /// The address of a made page, where the guide has it.
    pub fn address(&self, wanted: Made) -> Option<&str> {
        self.made.iter().find(|(made, _)| *made == wanted).map(|(_, address)| address.as_str())
    }
}
