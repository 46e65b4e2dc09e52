//! What a template sees: the contract between Guidepost and themes, as types.
//!
//! In: nothing; these are values made by `render::context`. Every address is percent-encoded and counts from the site's
//! root; a template writes `{{ root }}{{ step.url }}`. Texts are plain and escaped by the template engine; fields that
//! are called `html` or end in `_html` are markup that is safe as it is.

use serde::{Serialize, Serializer};
use tera::Value;

/// A page to link to.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Link {
    /// Its name.
    pub title: String,
    /// Its address.
    pub url: String,
    /// One sentence; may be empty.
    pub summary: String,
    /// `role`, `criterion`, `step`, `checklist`, `worksheet`, `plan`, `term`, `page`, `guide`, or `sheet` for derived ones.
    pub kind: &'static str,
    /// Whether it is a draft (only the preview shows drafts).
    pub draft: bool,
}

/// A [`Link`] to a page as templates get it: made once for a page, and shared by all that show it.
pub type SharedLink = Value;

/// Markup, which the engine knows to be safe and writes as it is.
#[derive(Debug, Clone, Default)]
pub struct SafeHtml(pub String);

impl Serialize for SafeHtml {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::safe_string(&self.0).serialize(serializer)
    }
}

/// A guide in the list of guides, or a page outside all of them.
#[derive(Debug, Clone, Serialize)]
pub struct GuideLink {
    /// Title, address, summary.
    #[serde(flatten)]
    pub link: Link,
    /// The code of the language in which they are written.
    pub language: String,
}

/// The site.
#[derive(Debug, Clone, Serialize)]
pub struct Site {
    /// Its name.
    pub title: String,
    /// Who publishes it.
    pub organization: Option<String>,
    /// The address of the logo.
    pub logo: Option<String>,
    /// The absolute address at which it is published, without a slash at its end.
    pub base: Option<String>,
    /// Whether it has several guides, listed at `index.html`.
    pub many_guides: bool,
    /// `html` element's language of pages outside guides.
    pub language: String,
    /// Whether PDFs are made.
    pub pdf: bool,
}

/// A guide, shared by all its pages.
#[derive(Debug, Clone, Serialize)]
pub struct Guide {
    /// Its name.
    pub title: String,
    /// Its home page.
    pub url: String,
    /// Its summary.
    pub summary: String,
    /// Its edition, in an editor's words.
    pub edition: Option<String>,
    /// Whom it is for.
    pub audience: Option<String>,
    /// The steps in order.
    pub steps: Vec<Step>,
    /// The roles in order.
    pub roles: Vec<Role>,
    /// The role that the guide is for.
    pub champion: Option<SharedLink>,
    /// The criteria in order.
    pub criteria: Vec<SharedLink>,
    /// Authored checklists, in order.
    pub checklists: Vec<SheetLink>,
    /// Worksheets, in order.
    pub worksheets: Vec<SheetLink>,
    /// Plans.
    pub plans: Vec<SharedLink>,
    /// Other pages, but the home page.
    pub pages: Vec<SharedLink>,
    /// How many terms the glossary has.
    pub terms: usize,
    /// Pages that Guidepost makes; those that this guide has no use for are null.
    pub made: Made,
    /// The same guide in other languages: `{title, url, language}`.
    pub translations: Vec<Translation>,
}

/// A translation of a guide.
#[derive(Debug, Clone, Serialize)]
pub struct Translation {
    /// Its title, in its own language.
    pub title: String,
    /// Its home page.
    pub url: String,
    /// Its language code.
    pub language: String,
}

/// Addresses of pages that Guidepost makes for a guide.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Made {
    /// All steps.
    pub steps: Option<String>,
    /// All roles.
    pub roles: Option<String>,
    /// All criteria.
    pub criteria: Option<String>,
    /// All worksheets.
    pub worksheets: Option<String>,
    /// Everything that prints.
    pub checklists: Option<String>,
    /// The glossary.
    pub glossary: Option<String>,
    /// The whole guide as one page to print.
    pub print: Option<String>,
    /// Which page says which fact.
    pub coverage: Option<String>,
    /// The journey on one sheet.
    pub journey: Option<SheetLink>,
    /// The champion's criteria as a checklist.
    pub champion: Option<SheetLink>,
    /// The candidate matrix.
    pub matrix: Option<SheetLink>,
    /// The plan to fill in.
    pub plan_blank: Option<SheetLink>,
}

/// A step, as lists show it.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// 1 for the first.
    pub number: usize,
    /// Title, address, summary.
    #[serde(flatten)]
    pub link: Link,
    /// Who leads it.
    pub lead: Option<SharedLink>,
    /// Who joins.
    pub with: Vec<SharedLink>,
    /// Its checklist; null where it has no tasks.
    pub sheet: Option<SheetLink>,
    /// How many tasks it has.
    pub tasks: usize,
    /// Ids of its tasks with the hash of each text, as ticks are kept: `steps/a.html#x=k3…`, with blanks between.
    pub ticks: String,
}

/// A role, as lists show it.
#[derive(Debug, Clone, Serialize)]
pub struct Role {
    /// Title, address, summary.
    #[serde(flatten)]
    pub link: Link,
    /// A name for narrow columns (the title, where there is none).
    pub short: String,
    /// The id, for lists that ask for each role something.
    pub id: String,
    /// Numbers of the steps that it leads.
    pub leads: Vec<usize>,
    /// Numbers of the steps that it joins.
    pub joins: Vec<usize>,
    /// How many tasks it owns.
    pub tasks: usize,
    /// Every task that it owns, on one sheet.
    pub sheet: Option<SheetLink>,
    /// All its sheets on one page, for printing in one go.
    pub bundle: Option<String>,
    /// What it is asked to do in each step, in the order of the steps: only steps in which it leads, joins or owns tasks.
    pub asks: Vec<Ask>,
}

/// What a step asks of a role.
#[derive(Debug, Clone, Serialize)]
pub struct Ask {
    /// The step's number.
    pub number: usize,
    /// The step.
    pub step: SharedLink,
    /// `lead`, `join` or `task`.
    pub part: &'static str,
    /// How many tasks of the step it owns.
    pub tasks: usize,
}

/// A sheet, as lists show it.
#[derive(Debug, Clone, Serialize)]
pub struct SheetLink {
    /// Its title.
    pub title: String,
    /// Its HTML page.
    pub url: String,
    /// What it is for; may be empty.
    pub summary: String,
    /// When it is used; may be empty.
    pub when: String,
    /// Six characters that change with what it says.
    pub stamp: String,
    /// Its PDFs; empty with `--no-pdf`.
    pub pdfs: Vec<Pdf>,
    /// How many pages its PDF has; only the list of everything that prints knows, and only where PDFs are made.
    pub pages: Option<usize>,
    /// How many items there are to tick; 0 for worksheets.
    pub items: usize,
    /// `step`, `role`, `journey`, `champion`, `matrix`, `checklist`, `worksheet`, `plan`.
    pub group: &'static str,
}

/// A PDF of a sheet.
#[derive(Debug, Clone, Serialize)]
pub struct Pdf {
    /// Its address.
    pub url: String,
    /// `Letter` or `A4`.
    pub size: &'static str,
}

/// What every page has.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Page {
    /// Its name.
    pub title: String,
    /// Its address.
    pub url: String,
    /// One sentence; may be empty.
    pub summary: String,
    /// As in [`Link::kind`], or the name of a made page: `steps`, `glossary`, `search`, ….
    pub kind: &'static str,
    /// Whether it is a draft.
    pub draft: bool,
    /// Whether all of it goes beyond the sources.
    pub added: bool,
    /// The day of its last review.
    pub reviewed: Option<String>,
    /// The day by which it is reviewed again.
    pub review_by: Option<String>,
    /// From the site's or guide's home down to the page above.
    pub breadcrumbs: Vec<SharedLink>,
    /// Headings of level 2 and 3; empty where there are fewer than three.
    pub contents: Vec<Heading>,
    /// The text, up to the first task where it has tasks.
    pub html: SafeHtml,
    /// The text from the first task on; empty where it has none.
    pub rest_html: SafeHtml,
    /// Pages that refer to this one.
    pub backlinks: Vec<SharedLink>,
    /// The facts that it rests on.
    pub facts: Vec<FactLink>,
    /// Terms that it uses, for print.
    pub terms: Vec<SharedLink>,
    /// The page before and the page after in its list.
    pub previous: Option<SharedLink>,
    /// See `previous`.
    pub next: Option<SharedLink>,
    /// Whether it has tasks to tick.
    pub has_tasks: bool,
    /// The absolute address, where the site has one.
    pub canonical: Option<String>,
}

/// A heading, for the table of contents.
#[derive(Debug, Clone, Serialize)]
pub struct Heading {
    /// 2 or 3.
    pub level: u8,
    /// Its anchor.
    pub id: String,
    /// Without markup.
    pub text: String,
}

/// A fact that a page rests on.
#[derive(Debug, Clone, Serialize)]
pub struct FactLink {
    /// As in `F13`.
    pub id: String,
    /// What it says.
    pub says: String,
    /// Its line on the coverage page.
    pub url: String,
}

/// A step's page.
#[derive(Debug, Clone, Serialize)]
pub struct StepPage {
    /// 1 for the first.
    pub number: usize,
    /// How many steps the guide has.
    pub count: usize,
    /// Who leads.
    pub lead: Option<SharedLink>,
    /// Who joins.
    pub with: Vec<SharedLink>,
    /// Steps that come before.
    pub needs: Vec<SharedLink>,
    /// What there is when it is done.
    pub outcome: Option<String>,
    /// What its checklist achieves.
    pub objective: Option<String>,
    /// When its checklist is used.
    pub when: Option<String>,
    /// `read-do` or `do-confirm`.
    pub mode: Option<&'static str>,
    /// Its checklist; null where it has no tasks.
    pub sheet: Option<SheetLink>,
    /// Worksheets and checklists that belong to it.
    pub sheets: Vec<SheetLink>,
    /// The text before its tasks; all of it where it has none.
    pub before_tasks_html: SafeHtml,
    /// The heading of its tasks, if the text has one for them.
    pub tasks_title_html: SafeHtml,
    /// The text from the first task on, without that heading.
    pub tasks_html: SafeHtml,
}

/// A role's page.
#[derive(Debug, Clone, Serialize)]
pub struct RolePage {
    /// The role, as lists show it.
    pub role: Role,
    /// Other names.
    pub also: Vec<String>,
    /// What it brings.
    pub brings: Vec<String>,
    /// Steps that it leads.
    pub leads: Vec<Step>,
    /// Steps that it joins.
    pub joins: Vec<Step>,
    /// Its tasks, page by page.
    pub tasks: Vec<RoleTasks>,
    /// Criteria to choose it by.
    pub criteria: Vec<SharedLink>,
    /// Whether the guide is for this role.
    pub is_champion: bool,
}

/// A role's tasks on one page.
#[derive(Debug, Clone, Serialize)]
pub struct RoleTasks {
    /// The page that has them.
    pub page: SharedLink,
    /// The step's number, where the page is a step.
    pub number: Option<usize>,
    /// The tasks, as a list.
    pub items_html: SafeHtml,
}

/// A criterion's page.
#[derive(Debug, Clone, Serialize)]
pub struct CriterionPage {
    /// 1 for the first.
    pub number: usize,
    /// How many there are.
    pub count: usize,
    /// The role that is chosen by it.
    pub role: Option<SharedLink>,
    /// How to tell.
    pub evidence: Vec<String>,
    /// What to ask.
    pub ask: Vec<String>,
}

/// A term of the glossary.
#[derive(Debug, Clone, Serialize)]
pub struct Term {
    /// Title, address, and as summary the definition.
    #[serde(flatten)]
    pub link: Link,
    /// Its id: the anchor in the glossary.
    pub id: String,
    /// Other names.
    pub also: Vec<String>,
    /// Whether it goes beyond the sources.
    pub added: bool,
    /// Pages that use it.
    pub used_in: Vec<SharedLink>,
}

/// A sheet as it is drawn.
#[derive(Debug, Clone, Serialize)]
pub struct Sheet {
    /// Its title.
    pub title: String,
    /// What doing it achieves.
    pub objective: Option<String>,
    /// When it is used.
    pub when: Option<String>,
    /// `read-do` or `do-confirm`.
    pub mode: Option<&'static str>,
    /// Whether it lies on its side.
    pub landscape: bool,
    /// Whether it goes beyond the sources.
    pub added: bool,
    /// Text above the parts.
    pub introduction_html: SafeHtml,
    /// What one ticks and writes on, from top to bottom.
    pub parts_html: SafeHtml,
    /// When it was revised: a day or an edition.
    pub revised: Option<String>,
    /// Six characters that change with what it says.
    pub stamp: String,
    /// The page's address as printed: absolute where the site has one, else from the site's root.
    pub address: String,
    /// What stands at the foot of its printed pages: title, stamp, revision, address. It is kept short, since the root element
    /// has it, before the page says its encoding, for which browsers look in the first 1,024 bytes.
    pub foot: String,
    /// Where the site has an address: a QR code of it, an `svg` element of 25 mm or more with a title.
    pub qr_html: Option<SafeHtml>,
    /// Its PDFs.
    pub pdfs: Vec<Pdf>,
}

/// A plan's page.
#[derive(Debug, Clone, Serialize)]
pub struct PlanPage {
    /// `Month 1` or `January 2027`, twelve of them.
    pub months: Vec<String>,
    /// Phases: title, span in words, features.
    pub phases: Vec<Phase>,
    /// Tasks in order.
    pub tasks: Vec<PlanTask>,
    /// Hours of each month.
    pub hours: Vec<String>,
    /// All hours together.
    pub total: String,
    /// The drawing, an `svg` element with title and description.
    pub drawing_html: SafeHtml,
    /// The sheet that prints.
    pub sheet: SheetLink,
    /// The blank one.
    pub blank: Option<SheetLink>,
    /// A calendar file; null without a start.
    pub calendar: Option<String>,
    /// A table file.
    pub table: String,
}

/// A phase of a plan.
#[derive(Debug, Clone, Serialize)]
pub struct Phase {
    /// Its name.
    pub title: String,
    /// In words: `Months 1 to 3`.
    pub span: String,
    /// What it brings.
    pub features: Vec<String>,
}

/// A task of a plan.
#[derive(Debug, Clone, Serialize)]
pub struct PlanTask {
    /// Its anchor.
    pub id: String,
    /// What is to be done.
    pub title: String,
    /// In detail; empty for a blank one.
    pub detail: String,
    /// The phase; may be empty.
    pub phase: String,
    /// In words; may be empty.
    pub span: String,
    /// Who does it.
    pub owner: Option<SharedLink>,
    /// Hours; may be empty.
    pub hours: String,
    /// Who made the estimate; may be empty.
    pub estimated_by: String,
    /// Titles of tasks that come before.
    pub needs: Vec<String>,
    /// Whether it goes beyond the sources.
    pub added: bool,
}

/// A fact on the coverage page.
#[derive(Debug, Clone, Serialize)]
pub struct Fact {
    /// As in `F13`.
    pub id: String,
    /// What it says.
    pub says: String,
    /// Where it is from; may be empty.
    pub from: String,
    /// The pages that rest on it.
    pub pages: Vec<SharedLink>,
}

/// A page of the guide within the whole guide to print, or a sheet within a bundle.
#[derive(Debug, Clone, Serialize)]
pub struct Chapter {
    /// Its anchor on the page.
    pub id: String,
    /// Its name.
    pub title: String,
    /// As in [`Link::kind`].
    pub kind: &'static str,
    /// `Step 2 of 5`'s number; null for other kinds.
    pub number: Option<usize>,
    /// One sentence; may be empty.
    pub summary: String,
    /// Its text, headings one level lower, with anchors that begin with the chapter's id.
    pub html: SafeHtml,
    /// Whether all of it goes beyond the sources.
    pub added: bool,
}
