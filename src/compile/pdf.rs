//! Sheets to PDFs: the link between the site and `paper`, which knows none.
//!
//! In: a sheet of an edition. Out: its PDF, from memory where the same sheet was drawn before; and what layout found wrong,
//! as diagnostics.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::origin::CODE;
use crate::derive::{Entry, Origin};
use crate::diagnostic::{Checked, Diagnostic, Rule};
use crate::model::address::{Made, encode};
use crate::model::front_matter::Kind;
use crate::model::site::Site;
use crate::model::strings::Strings;
use crate::paper::{self, Chrome, Fault, FaultKind, Fonts, Size, Style, Words};
use crate::parse::yaml;
use crate::render::Edition;
use crate::source::{Hash, Place};
use crate::theme::Theme;

type Drawn = Arc<Checked<(Option<Arc<[u8]>>, usize)>>;

/// PDFs by the hash of all that they show, and the fonts they are drawn with.
#[derive(Clone, Default)]
pub struct Memo {
    kit: Option<(Hash, Kit, Vec<Diagnostic>)>,
}

/// What all sheets of a site are drawn with.
#[derive(Clone)]
pub struct Kit {
    style: Arc<Style>,
    fonts: Arc<Fonts>,
    logo: Option<Arc<[u8]>>,
    pictures: Arc<BTreeMap<Arc<str>, Arc<[u8]>>>,
    /// Of style, fonts, logo and pictures.
    hash: Hash,
    drawn: Arc<Mutex<HashMap<Hash, Drawn>>>,
    /// Pages of PDFs that were published before and are not drawn again.
    pages: Arc<Mutex<HashMap<Hash, usize>>>,
}

impl Kit {
    /// Reads style and fonts; from memory where they are the same as before.
    pub fn new(
        theme: &Theme,
        site: &Site,
        binary: &BTreeMap<Arc<str>, Arc<[u8]>>,
        memo: &mut Memo,
        wanted: bool,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut key =
            format!("{}\0{wanted}\0{:?}\0{:?}", theme.hash.hex(), site.settings.fonts, site.settings.organization.logo);
        for (path, bytes) in binary {
            key.push_str(&format!("\0{path}\0{}", Hash::of(bytes).hex()));
        }
        let hash = Hash::of(key.as_bytes());
        if let Some((_, kit, found)) = memo.kit.as_ref().filter(|(known, ..)| *known == hash) {
            diagnostics.extend(found.iter().cloned());
            return kit.clone();
        }
        let mut found = Vec::new();
        let mut style = Style::default();
        for source in theme.paper.iter().filter(|_| wanted) {
            let read = yaml::read::<Option<Style>>(source, 0..source.text.len(), "paper.yaml");
            found.extend(read.diagnostics);
            let (within, faults) = read.value.unwrap_or_default().within_limits(&Place::file(source.path.clone()));
            style = within;
            found.extend(faults.iter().map(|fault| describe(&at_key(source, fault))));
        }
        let own = |path: &str| binary.get(format!("content/{path}").as_str()).cloned();
        let mut files: Vec<(&str, Arc<[u8]>)> = Vec::new();
        if wanted {
            files.extend(theme.fonts.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())));
        }
        for font in site.settings.fonts.iter().filter(|_| wanted) {
            match own(&font.value) {
                Some(bytes) => files.push((font.value.as_str(), bytes)),
                None => found.push(
                    Diagnostic::new(
                        Rule::BadFont,
                        Place::new("content/site.yaml".into(), font.range()),
                        format!("there is no file `content/{}`", font.value),
                    )
                    .hint("write the path of a TTF or OTF file counted from `content/`"),
                ),
            }
        }
        let (fonts, faults) = Fonts::new(&files);
        for fault in faults {
            let font = site
                .settings
                .fonts
                .iter()
                .find(|font| matches!(&fault.kind, FaultKind::BadFont { name } if *name == font.value));
            let place = font.map_or(fault.place.clone(), |font| Place::new("content/site.yaml".into(), font.range()));
            found.push(describe(&Fault { place, ..fault }));
        }
        // A logo in SVG is for pages; sheets draw PNG and JPEG.
        let logo = site
            .settings
            .organization
            .logo
            .as_ref()
            .filter(|logo| !logo.value.ends_with(".svg"))
            .and_then(|logo| own(&logo.value));
        let kit = Self {
            style: Arc::new(style),
            fonts: Arc::new(fonts),
            logo,
            pictures: Arc::new(binary.clone()),
            hash,
            drawn: Arc::default(),
            pages: Arc::default(),
        };
        diagnostics.extend(found.iter().cloned());
        memo.kit = Some((hash, kit.clone(), found));
        kit
    }

    /// What surrounds a sheet, and the hash of all that its PDF shows.
    fn about(&self, edition: &Edition, entry: &Entry, address: &str, size: Size) -> (Chrome, Hash) {
        let base = edition.site.settings.base();
        let chrome = Chrome {
            address: address.to_owned(),
            url: base.map(|base| format!("{base}/{}", encode(address))),
            organization: edition.site.settings.organization.name.clone(),
            logo: self.logo.clone(),
            base: base.map(str::to_owned),
            words: words(edition.theme.strings(&entry.sheet.language)),
        };
        let about = (&entry.sheet, address, base, &chrome.organization, &chrome.words, size);
        let hash = Hash::of(format!("{}\0{CODE}\0{about:?}", self.hash.hex()).as_bytes());
        (chrome, hash)
    }

    /// Draws a sheet, or gives the drawing that was made of the same one before.
    pub fn draw(&self, edition: &Edition, guide: usize, address: &str, size: Size) -> Checked<Option<Arc<[u8]>>> {
        let Some(entry) = edition.derived.guides[guide].sheets.get(address) else { return Checked::default() };
        let drawn = self.drawing(edition, entry, address, size);
        let mut diagnostics = drawn.diagnostics.clone();
        diagnostics.extend(length(edition, guide, entry, drawn.value.1));
        Checked { value: drawn.value.0.clone(), diagnostics }
    }

    fn drawing(&self, edition: &Edition, entry: &Entry, address: &str, size: Size) -> Drawn {
        let (chrome, key) = self.about(edition, entry, address, size);
        if let Some(known) = self.known(&key).filter(|known| known.value.0.is_some() || known.value.1 == 0) {
            return known;
        }
        let pictures = |path: &str| self.pictures.get(format!("content/{path}").as_str()).cloned();
        let (pdf, faults) = paper::draw(&entry.sheet, &self.style, &self.fonts, &chrome, &pictures, size);
        let (bytes, pages) = pdf.map_or((None, 0), |pdf| (Some(Arc::from(pdf.bytes)), pdf.pages));
        let diagnostics = describe_all(&edition.site, &faults);
        let drawn: Drawn = Arc::new(Checked { value: (bytes, pages), diagnostics });
        // A preview is asked for the same PDF again; a build is not, and would hold all of them at once.
        let kept = if edition.preview {
            drawn.clone()
        } else {
            Arc::new(Checked { value: (None, pages), diagnostics: drawn.diagnostics.clone() })
        };
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner).insert(key, kept);
        drawn
    }

    /// What is known of a PDF that was drawn before; its bytes only in a preview.
    fn known(&self, key: &Hash) -> Option<Drawn> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// Pages of a sheet's PDF and what layout found wrong, drawn only where that is not known.
    fn laid_out(&self, edition: &Edition, entry: &Entry, address: &str, size: Size) -> Drawn {
        let (_, key) = self.about(edition, entry, address, size);
        self.known(&key).unwrap_or_else(|| self.drawing(edition, entry, address, size))
    }

    /// A word for what a PDF was made from: the hash of all that it shows, and its pages. Empty where something was wrong
    /// with it, so that it is drawn again and said again.
    pub fn made_from(&self, edition: &Edition, guide: usize, address: &str, size: Size) -> String {
        let Some(entry) = edition.derived.guides[guide].sheets.get(address) else { return String::new() };
        let drawn = self.laid_out(edition, entry, address, size);
        let fine = drawn.diagnostics.is_empty() && length(edition, guide, entry, drawn.value.1).is_none();
        if !fine {
            return String::new();
        }
        format!("{}.{}", self.about(edition, entry, address, size).1.hex(), drawn.value.1)
    }

    /// Whether a PDF of which `word` was said before would be made again just so. Its pages are remembered then.
    pub fn is_current(&self, edition: &Edition, guide: usize, address: &str, size: Size, word: &str) -> bool {
        let Some(entry) = edition.derived.guides[guide].sheets.get(address) else { return false };
        let Some((hash, pages)) = word.split_once('.') else { return false };
        let (_, key) = self.about(edition, entry, address, size);
        let Some(pages) = pages.parse().ok().filter(|_| key.hex() == hash) else { return false };
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).insert(key, pages);
        true
    }

    /// How many pages the PDF of a sheet has.
    pub fn pages(&self, edition: &Edition, entry: &Entry, address: &str, size: Size) -> usize {
        let (_, key) = self.about(edition, entry, address, size);
        let known = self.pages.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        known.unwrap_or_else(|| self.laid_out(edition, entry, address, size).value.1)
    }
}

/// A step's or an authored checklist's sheet of more than one page (rule 18).
fn length(edition: &Edition, guide: usize, entry: &Entry, pages: usize) -> Option<Diagnostic> {
    let is_checklist = match entry.origin {
        Origin::Made(Made::StepSheet(_)) => true,
        Origin::Page(page) => edition.site.guides[guide].pages[page].kind() == Kind::Checklist,
        Origin::Made(_) => false,
    };
    (is_checklist && pages > 1).then(|| {
        Diagnostic::new(
            Rule::SheetLength,
            entry.sheet.place.clone(),
            format!("the checklist takes {pages} pages of paper"),
        )
        .hint("split it, or shorten tasks and hints, so that it fits on one")
    })
}

/// A fault of a style at the key that has it.
fn at_key(source: &crate::source::Source, fault: &Fault) -> Fault {
    let FaultKind::OutOfLimits { key, .. } = &fault.kind else { return fault.clone() };
    let start = source.text.find(&format!("\n{key}:")).map_or(0, |newline| newline + 1);
    Fault { place: source.place(start..start + key.len()), ..fault.clone() }
}

/// Faults of a sheet's layout, each at the word that has it, a script once for each item.
fn describe_all(site: &Site, faults: &[Fault]) -> Vec<Diagnostic> {
    let mut scripts = BTreeSet::new();
    let mut found = Vec::new();
    for fault in faults {
        let mut place = fault.place.clone();
        if let FaultKind::MissingCharacter { character } = &fault.kind {
            if !scripts.insert((place.clone(), fault.kind.script())) {
                continue;
            }
            let page = site.paths.get(&place.path).map(|at| site.page(*at));
            let text = page.and_then(|page| page.source.text.get(place.range()));
            if let Some(at) = text.and_then(|text| text.find(*character)) {
                let start = place.range().start + at;
                place = Place::new(place.path.clone(), start..start + character.len_utf8());
            }
        }
        if matches!(&fault.kind, FaultKind::BadImage { name } if name == "logo")
            && let Some(logo) = &site.settings.organization.logo
        {
            place = Place::new("content/site.yaml".into(), logo.range());
        }
        found.push(describe(&Fault { place, ..fault.clone() }));
    }
    found
}

/// A fault of layout as a diagnostic.
fn describe(fault: &Fault) -> Diagnostic {
    let place = fault.place.clone();
    match &fault.kind {
        FaultKind::MissingCharacter { character } => {
            let font = fault.kind.script().unwrap_or("Noto Sans");
            Diagnostic::new(Rule::MissingCharacter, place, format!("no font of the sheets has the character `{character}` (U+{:04X})", u32::from(*character)))
                .hint(format!("write it in another way, or put a font that has it ({font}) under `content/` and name it in site.yaml: `fonts: [fonts/{}.ttf]`", font.replace(' ', "")))
        }
        FaultKind::TooTall => {
            Diagnostic::new(Rule::TooTall, place, "this is taller than a page, so it can't be printed whole")
                .hint("shorten it, or move the long text above the list")
        }
        FaultKind::BadFont { name } => {
            Diagnostic::new(Rule::BadFont, place, format!("`{name}` is not a font that can be embedded"))
                .hint("name a TTF or OTF file")
        }
        FaultKind::BadImage { name } => {
            Diagnostic::new(Rule::BadPicture, place, format!("`{name}` is not a PNG or JPEG picture"))
                .hint("save it as PNG or JPEG")
        }
        FaultKind::OutOfLimits { key, used } => {
            Diagnostic::new(Rule::PaperMinimum, place, format!("`{key}` is outside what paper allows; {used} is used"))
                .hint(format!("write `{key}: {used}`"))
        }
        FaultKind::NoFont => Diagnostic::new(Rule::BadFont, place, "the theme has no font for sheets")
            .hint("put a TTF file into the theme's folder `fonts/`"),
        FaultKind::Export(message) => {
            Diagnostic::new(Rule::TooTall, place, format!("the sheet can't be written as a PDF: {message}"))
                .hint("please report this, with the page")
        }
    }
}

fn words(strings: &Strings) -> Words {
    let get = |key: &str| strings.get(key).to_owned();
    Words {
        objective: get("objective"),
        when: get("when"),
        mode: get("mode"),
        read_do: get("read_do_long"),
        do_confirm: get("do_confirm_long"),
        added: get("added"),
        added_sheet: get("added_title"),
        item: get("item"),
        owner: get("owner"),
        date: get("date"),
        initials: get("initials"),
        sign_off: get("sign_off"),
        name: get("name"),
        signature: get("signature"),
        nothing: get("nothing_to_tick"),
        continued: get("continued"),
        page: get("page_of"),
        revised: get("revised_on"),
        stamp: get("stamp_of"),
        check: get("printed_copies_may_be_out_of_date_check"),
        code: get("qr_title"),
        logo: get("logo_of"),
    }
}
