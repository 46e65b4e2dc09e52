//! Every sheet of a guide, made from its pages. Nothing is typed twice.

use super::plan;
use super::rich::{self, Context, Rich, role_title};
use crate::link::PageLinks;
use crate::model::front_matter::{
    ChecklistFields, CriterionFields, Details, Kind, RoleFields, Rows, StepFields, Steps, WorksheetFields,
};
use crate::model::page::Page;
use crate::model::sheet::{Cell, Column, Field, Group, Inline, Item, Part, Row, Sheet, Table, Words, WriteIn};

/// Blank candidates of the matrix (rule 13).
const CANDIDATES: usize = 3;
/// Blank rows of a worksheet that has columns and does not say how many rows.
const BLANK_ROWS: usize = 8;
/// The most blank rows of a worksheet.
pub const MOST_ROWS: usize = 500;
const ALL: &[WriteIn] = &[WriteIn::Owner, WriteIn::Date, WriteIn::Initials];
const DONE: &[WriteIn] = &[WriteIn::Date, WriteIn::Initials];

/// Makes the sheets of one guide.
pub struct Maker<'a> {
    /// Site, guide and words.
    pub context: Context<'a>,
    /// The references of the guide's pages.
    pub links: &'a [PageLinks],
    /// Each page's text as blocks and groups; only pages that sheets are made from are read.
    pub rich: Vec<Option<Rich>>,
}

impl<'a> Maker<'a> {
    /// Reads the pages of a guide that have tasks or are sheets themselves.
    pub fn new(context: Context<'a>, links: &'a [PageLinks]) -> Self {
        let none = PageLinks::default();
        let rich = context.guide.pages.iter().enumerate().map(|(index, page)| {
            let is_sheet = matches!(page.kind(), Kind::Checklist | Kind::Worksheet);
            let wanted = is_sheet || !page.outline.tasks.is_empty();
            wanted.then(|| rich::read(&context, page, links.get(index).unwrap_or(&none)))
        });
        let rich = rich.collect();
        Self { context, links, rich }
    }

    fn pages(&self, kind: Kind) -> impl Iterator<Item = (usize, &'a Page)> {
        let guide = self.context.guide;
        guide.listed(kind).iter().map(|index| (*index, &*guide.pages[*index]))
    }

    fn groups(&self, index: usize) -> &[Group] {
        self.rich[index].as_ref().map_or(&[], |rich| &rich.groups)
    }

    fn sheet(&self, page: &Page, title: String) -> Sheet {
        Sheet {
            title,
            objective: None,
            when: None,
            mode: None,
            landscape: false,
            added: page.is_added(),
            introduction: Vec::new(),
            parts: Vec::new(),
            revised: self.revised([page]),
            language: self.context.site.language(self.context.guide).to_owned(),
            place: page.place(),
        }
    }

    /// A sheet that is made of several pages, with title, objective and pause point from the theme's strings.
    fn made(&self, name: &str, page: &Page, sources: &[&Page], values: &[(&str, &str)]) -> Sheet {
        let strings = self.context.strings;
        let text = |part: &str| {
            let key = format!("sheet_{name}_{part}");
            strings.some(&key).map(|text| crate::model::strings::fill(&text, values))
        };
        Sheet {
            objective: text("objective"),
            when: text("when"),
            mode: match text("mode").as_deref() {
                Some("read-do") => Some(crate::model::sheet::Mode::ReadDo),
                Some("do-confirm") => Some(crate::model::sheet::Mode::DoConfirm),
                _ => None,
            },
            added: !sources.is_empty() && sources.iter().all(|page| page.is_added()),
            revised: self.revised(sources.iter().copied()),
            ..self.sheet(page, text("title").unwrap_or_else(|| page.title.clone()))
        }
    }

    /// The newest review of some pages, else the guide's edition.
    fn revised<'p>(&self, pages: impl IntoIterator<Item = &'p Page>) -> Option<String> {
        let newest =
            pages.into_iter().filter_map(|page| page.common.reviewed.as_ref().map(|day| day.value.clone())).max();
        newest.or_else(|| self.context.guide.fields().and_then(|fields| fields.edition.clone()))
    }

    /// The checklist of a step.
    pub fn step(&self, index: usize, page: &Page, step: &StepFields) -> Sheet {
        let mut groups = self.groups(index).to_vec();
        if let [only] = groups.as_mut_slice() {
            only.title.clear();
        }
        let sheet = self.made("step", page, &[page], &[("title", &page.title), ("n", &self.number(index).to_string())]);
        Sheet {
            objective: step.objective.clone(),
            when: step.when.clone(),
            mode: step.mode,
            parts: vec![Part::Checklist { groups, columns: ALL.to_vec() }],
            ..sheet
        }
    }

    fn number(&self, index: usize) -> usize {
        self.pages(Kind::Step).position(|(step, _)| step == index).map_or(0, |position| position + 1)
    }

    /// The journey: a line for each step.
    pub fn journey(&self, page: &Page) -> Sheet {
        let steps: Vec<&Page> = self.pages(Kind::Step).map(|(_, page)| page).collect();
        let items = steps.iter().enumerate().map(|(number, step)| {
            let lead = match &step.details {
                Details::Step(fields) => fields.lead.as_ref(),
                _ => None,
            };
            let title = format!("{}. {}", number + 1, step.title);
            Item {
                owner: lead.and_then(|id| role_title(&self.context, &id.value)),
                added: step.is_added(),
                ..Item::new(Words { hints: hint(step.summary()), ..page_words(step, title) })
            }
        });
        let groups = vec![Group { title: Vec::new(), items: items.collect() }];
        Sheet {
            parts: vec![Part::Checklist { groups, columns: ALL.to_vec() }],
            ..self.made("journey", page, &steps, &[])
        }
    }

    /// Every task of a role over the whole guide.
    pub fn role(&self, page: &Page) -> Sheet {
        let mut sources = Vec::new();
        let mut groups = Vec::new();
        for (index, source, items) in self.owned(&page.id) {
            sources.push(source);
            let title = match source.kind() {
                Kind::Step => self
                    .context
                    .strings
                    .fill("step_n_title", &[("n", &self.number(index).to_string()), ("title", &source.title)]),
                _ => source.title.clone(),
            };
            groups.push(Group { title: vec![Inline::plain(title)], items });
        }
        let sheet = self.made("role", page, &sources, &[("title", &page.title)]);
        Sheet { parts: vec![Part::Checklist { groups, columns: DONE.to_vec() }], ..sheet }
    }

    /// The tasks that a role owns, page by page: steps in their order, then checklists, then other pages.
    pub fn owned(&self, role: &str) -> Vec<(usize, &'a Page, Vec<Item>)> {
        let guide = self.context.guide;
        let kinds = [
            Kind::Step,
            Kind::Checklist,
            Kind::Worksheet,
            Kind::Plan,
            Kind::Page,
            Kind::Guide,
            Kind::Role,
            Kind::Criterion,
            Kind::Term,
        ];
        let ordered = kinds.iter().flat_map(|kind| self.pages(*kind));
        let mut all = Vec::new();
        for (index, page) in ordered {
            let owns = page.outline.tasks.iter().map(|task| crate::model::address::owner(page, task) == Some(role));
            let items = self.groups(index).iter().flat_map(|group| &group.items).zip(owns).filter(|(_, owns)| *owns);
            let items: Vec<Item> = items
                .map(|(item, _)| Item { owner: None, level: 0, added: item.added || page.is_added(), ..item.clone() })
                .collect();
            if !items.is_empty() {
                all.push((index, &*guide.pages[index], items));
            }
        }
        all
    }

    /// The criteria for choosing the champion, as a checklist.
    pub fn champion(&self, page: &Page) -> Sheet {
        let criteria: Vec<&Page> = self.pages(Kind::Criterion).map(|(_, page)| page).collect();
        let champion = self.champion_title();
        let groups = vec![Group { title: Vec::new(), items: self.criteria() }];
        let sheet = self.made("champion", page, &criteria, &[("title", &champion)]);
        Sheet { parts: vec![Part::Checklist { groups, columns: DONE.to_vec() }], ..sheet }
    }

    fn champion_title(&self) -> String {
        let guide = self.context.guide;
        let title = guide.champion().map(|role| guide.pages[role].title.clone());
        title.unwrap_or_else(|| self.context.strings.get("champion").to_owned())
    }

    /// An item for each criterion, with what to ask as its hints.
    fn criteria(&self) -> Vec<Item> {
        let items = self.pages(Kind::Criterion).map(|(_, page)| {
            let hints = criterion(page).ask.0.iter().map(|question| vec![Inline::plain(question.as_str())]).collect();
            Item { added: page.is_added(), ..Item::new(Words { hints, ..page_words(page, page.title.clone()) }) }
        });
        items.collect()
    }

    /// Criteria down, blank candidates across.
    pub fn matrix(&self, page: &Page) -> Sheet {
        let strings = self.context.strings;
        let criteria: Vec<&Page> = self.pages(Kind::Criterion).map(|(_, page)| page).collect();
        let candidates = (1..=CANDIDATES).map(|n| strings.fill("candidate_n", &[("n", &n.to_string())]));
        let first = Column { title: strings.get("kind_criterion").to_owned(), width: 3.0 };
        let columns = std::iter::once(first).chain(candidates.map(|title| Column { title, width: 2.0 })).collect();
        let row = |text: &str, note: &str, page: &Page| {
            let head = Cell { text: vec![Inline::plain(text)], note: note.to_owned(), bar: false };
            let cells = std::iter::once(head).chain(std::iter::repeat_n(Cell::default(), CANDIDATES)).collect();
            Row { head: true, cells, place: page.place() }
        };
        let names = row(strings.get("name"), "", page);
        let rows = criteria
            .iter()
            .map(|page| row(&page.title, criterion(page).evidence.0.first().map_or("", String::as_str), page));
        let sheet = self.made("matrix", page, &criteria, &[("title", &self.champion_title())]);
        let table = Table { caption: String::new(), columns, rows: std::iter::once(names).chain(rows).collect() };
        Sheet { landscape: true, mode: None, parts: vec![Part::Table(table)], ..sheet }
    }

    /// An authored checklist: its own tasks, and those that it gathers.
    pub fn checklist(&self, index: usize, page: &Page, checklist: &ChecklistFields) -> Sheet {
        let mut groups = self.groups(index).to_vec();
        if let Some(gather) = &checklist.gather {
            for (step, source) in self.pages(Kind::Step) {
                let wanted = match &gather.value.steps {
                    Some(Steps::All) => true,
                    Some(Steps::Some(ids)) => ids.iter().any(|id| id.value == source.id),
                    None => false,
                };
                let own = self.groups(step).iter().flat_map(|group| &group.items);
                let items: Vec<Item> =
                    own.map(|item| Item { added: item.added || source.is_added(), ..item.clone() }).collect();
                if wanted && !items.is_empty() {
                    groups.push(Group { title: vec![Inline::plain(source.title.as_str())], items });
                }
            }
            if let Some(role) = &gather.value.role {
                let owned = self.owned(&role.value).into_iter();
                groups.extend(
                    owned.map(|(_, source, items)| Group { title: vec![Inline::plain(source.title.as_str())], items }),
                );
            }
            if gather.value.criteria == Some(true) {
                let title = vec![Inline::plain(self.context.strings.get("criteria"))];
                groups.push(Group { title, items: self.criteria() });
            }
        }
        Sheet {
            objective: checklist.objective.clone(),
            when: checklist.when.clone(),
            mode: checklist.mode,
            introduction: self.introduction(index),
            parts: vec![Part::Checklist { groups, columns: ALL.to_vec() }],
            ..self.sheet(page, page.title.clone())
        }
    }

    fn introduction(&self, index: usize) -> Vec<crate::model::sheet::Block> {
        self.rich[index].as_ref().map(|rich| rich.blocks.clone()).unwrap_or_default()
    }

    /// A worksheet: what to fill in, then what to tick, then who signs.
    pub fn worksheet(&self, index: usize, page: &Page, worksheet: &WorksheetFields) -> Sheet {
        let mut parts = Vec::new();
        if !worksheet.fields.is_empty() {
            let fields = worksheet
                .fields
                .iter()
                .map(|field| Field { label: field.label.clone(), lines: field.lines.unwrap_or(1).clamp(1, 40) });
            parts.push(Part::Fields(fields.collect()));
        }
        if !worksheet.columns.is_empty() || worksheet.rows.is_some() {
            parts.push(Part::Table(table(page, worksheet)));
        }
        let groups = self.groups(index).to_vec();
        if !groups.is_empty() {
            parts.push(Part::Checklist { groups, columns: DONE.to_vec() });
        }
        if !worksheet.sign_off.is_empty() {
            let names = worksheet
                .sign_off
                .iter()
                .map(|id| role_title(&self.context, &id.value).unwrap_or_else(|| id.value.clone()));
            parts.push(Part::SignOff(names.collect()));
        }
        Sheet {
            landscape: worksheet.landscape == Some(true),
            introduction: self.introduction(index),
            parts,
            ..self.sheet(page, page.title.clone())
        }
    }

    /// A plan on one landscape sheet; `blank` to fill in by hand.
    pub fn plan(&self, page: &Page, year: &plan::Year, blank: bool) -> Sheet {
        let strings = self.context.strings;
        // Of several plans each is filled in on a sheet of its own, with a name of its own.
        let title = match (blank, self.context.guide.of(Kind::Plan).len()) {
            (false, _) => page.title.clone(),
            (true, 1) => strings.get("plan_blank_title").to_owned(),
            (true, _) => format!("{}: {}", strings.get("plan_blank_title"), page.title),
        };
        let sheet = self.sheet(page, title);
        let (introduction, rows) =
            if blank { (Vec::new(), plan::blank_rows(page)) } else { (year.introduction(strings), year.rows(page)) };
        let mut columns = vec![
            Column { title: strings.get("task").to_owned(), width: 10.0 },
            Column { title: strings.get("owner").to_owned(), width: 2.7 },
            Column { title: strings.get("hours").to_owned(), width: 1.1 },
        ];
        columns.extend((1..=12).map(|month| Column { title: year.short_month(month), width: 0.62 }));
        let mut parts = Vec::new();
        if blank {
            let field = |key: &str| Field { label: strings.get(key).to_owned(), lines: 1 };
            parts.push(Part::Fields(vec![field("plan_first_month"), field("phases")]));
        }
        parts.push(Part::Table(Table { caption: String::new(), columns, rows }));
        Sheet {
            landscape: true,
            added: !blank && page.is_added(),
            introduction,
            parts,
            revised: sheet.revised.clone().filter(|_| !blank),
            ..sheet
        }
    }
}

/// What an item says that stands for a page.
fn page_words(page: &Page, text: String) -> Words {
    Words::new(format!("{}#", page.address), vec![Inline::plain(text)], page.place())
}

fn hint(text: &str) -> Vec<Vec<Inline>> {
    if text.is_empty() { Vec::new() } else { vec![vec![Inline::plain(text)]] }
}

fn criterion(page: &Page) -> CriterionFields {
    match &page.details {
        Details::Criterion(criterion) => criterion.clone(),
        _ => CriterionFields::default(),
    }
}

/// What a role brings and is also called.
pub fn role_fields(page: &Page) -> RoleFields {
    match &page.details {
        Details::Role(role) => role.clone(),
        _ => RoleFields::default(),
    }
}

fn table(page: &Page, worksheet: &WorksheetFields) -> Table {
    let columns: Vec<Column> = worksheet
        .columns
        .iter()
        .map(|column| Column {
            title: column.title.clone(),
            width: column.width.filter(|width| width.is_finite()).unwrap_or(1.0).clamp(0.2, 20.0),
        })
        .collect();
    let count = columns.len().max(1);
    let text = |text: &str| Cell {
        text: if text.is_empty() { Vec::new() } else { vec![Inline::plain(text)] },
        ..Cell::default()
    };
    let rows = match worksheet.rows.as_ref().map(|rows| &rows.value) {
        Some(Rows::Labelled(rows)) => rows
            .iter()
            .map(|row| {
                let mut cells: Vec<Cell> = std::iter::once(text(&row.value.label))
                    .chain(row.value.cells.iter().map(|cell| text(cell)))
                    .collect();
                cells.resize(count, Cell::default());
                Row { head: true, cells, place: page.place_of(row) }
            })
            .collect(),
        blank => {
            let rows = match blank {
                Some(Rows::Count(rows)) => usize::try_from(*rows).unwrap_or(usize::MAX).min(MOST_ROWS),
                _ => BLANK_ROWS,
            };
            std::iter::repeat_n(Row { head: false, cells: vec![Cell::default(); count], place: page.place() }, rows)
                .collect()
        }
    };
    Table { caption: String::new(), columns, rows }
}
