//! What a site is made of, as plain data with public fields. Nothing here reads, checks or draws anything.

pub mod address;
pub mod front_matter;
pub mod page;
pub mod settings;
pub mod sheet;
pub mod site;
pub mod strings;
pub mod values;

pub use front_matter::{Common, Details, Kind};
pub use page::{Heading, Link, LinkKind, Outline, Page, Task};
pub use settings::Settings;
pub use site::{Asset, Fact, Guide, PageRef, Site};
pub use strings::Strings;
