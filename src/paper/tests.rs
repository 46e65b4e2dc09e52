//! Sheets that are drawn for real: what comes out, and what is said of what can't be drawn.

use std::sync::Arc;

use parley::Alignment;

use super::text::Look;
use super::*;
use crate::model::sheet::{Field, Group, Inline, Item, Mode, Table, Words, WriteIn};

fn fonts() -> Fonts {
    let files: [(&str, &[u8]); 4] = [
        ("Regular.ttf", include_bytes!("../../themes/default/fonts/AtkinsonHyperlegible-Regular.ttf")),
        ("Bold.ttf", include_bytes!("../../themes/default/fonts/AtkinsonHyperlegible-Bold.ttf")),
        ("Italic.ttf", include_bytes!("../../themes/default/fonts/AtkinsonHyperlegible-Italic.ttf")),
        ("BoldItalic.ttf", include_bytes!("../../themes/default/fonts/AtkinsonHyperlegible-BoldItalic.ttf")),
    ];
    let (fonts, faults) = Fonts::new(&files.map(|(name, bytes)| (name, Arc::from(bytes))));
    assert_eq!(faults, []);
    fonts
}

fn item(text: &str) -> Item {
    let place = Place::new("content/a.md".into(), 3..9);
    Item::new(Words::new(String::new(), vec![Inline::plain(text)], place))
}

fn sheet(items: Vec<Item>) -> Sheet {
    let group = Group { title: vec![Inline::plain("Before")], items };
    let columns = vec![WriteIn::Owner, WriteIn::Date, WriteIn::Initials];
    Sheet {
        title: "Brief the team".to_owned(),
        objective: Some("Everybody knows.".to_owned()),
        when: Some("Before the training".to_owned()),
        mode: Some(Mode::ReadDo),
        landscape: false,
        added: true,
        introduction: Vec::new(),
        parts: vec![Part::Checklist { groups: vec![group], columns }],
        revised: Some("2026-11-20".to_owned()),
        language: "en".to_owned(),
        place: Place::file("content/a.md"),
    }
}

fn drawn(sheet: &Sheet) -> (Option<Pdf>, Vec<Fault>) {
    let url = Some("https://example.org/a.html".to_owned());
    let chrome = Chrome { address: "a.html".to_owned(), url, ..Chrome::default() };
    draw(sheet, &Style::default(), &fonts(), &chrome, &|_| None, Size::A4)
}

fn kinds(faults: &[Fault]) -> Vec<FaultKind> {
    faults.iter().map(|fault| fault.kind.clone()).collect()
}

#[test]
fn every_part_passes_the_validator_on_both_papers() {
    let mut sheet = sheet(vec![item("One → two"), item("Three ✓")]);
    sheet.parts.push(Part::Fields(vec![Field { label: "Clinic".to_owned(), lines: 2 }]));
    sheet.parts.push(Part::SignOff(vec!["Sponsor".to_owned()]));
    sheet.parts.push(Part::Table(Table::default()));
    sheet.parts.push(Part::Checklist { groups: Vec::new(), columns: Vec::new() });
    let fonts = fonts();
    for (size, landscape) in [(Size::A4, false), (Size::Letter, false), (Size::A4, true), (Size::Letter, true)] {
        sheet.landscape = landscape;
        let (pdf, faults) = draw(&sheet, &Style::default(), &fonts, &Chrome::default(), &|_| None, size);
        assert_eq!((pdf.map(|pdf| pdf.pages), faults), (Some(1), vec![]));
    }
}

#[test]
fn the_same_sheet_makes_the_same_bytes_on_every_thread() {
    let sheet = sheet((0..60).map(|number| item(&format!("Item {number}"))).collect());
    let fonts = fonts();
    let draw = || draw(&sheet, &Style::default(), &fonts, &Chrome::default(), &|_| None, Size::Letter).0;
    let first = draw();
    assert!(first.as_ref().is_some_and(|pdf| pdf.pages > 1));
    std::thread::scope(|scope| {
        let others: Vec<_> = (0..3).map(|_| scope.spawn(draw)).collect();
        assert!(others.into_iter().all(|other| other.join().unwrap() == first));
    });
}

#[test]
fn a_character_without_a_font_is_named_at_its_place_and_left_out() {
    let (pdf, faults) = drawn(&sheet(vec![item("Smile 👩‍⚕️ now"), item("漢")]));
    assert!(pdf.is_some());
    assert_eq!(
        kinds(&faults),
        [FaultKind::MissingCharacter { character: '👩' }, FaultKind::MissingCharacter { character: '漢' }]
    );
    assert_eq!(faults[0].place, Place::new("content/a.md".into(), 3..9));
    assert_eq!(faults[1].kind.script(), Some("Noto Sans SC"));
}

#[test]
fn an_item_taller_than_a_page_is_named_and_never_cut() {
    let (pdf, faults) = drawn(&sheet(vec![item("fine"), item(&"word ".repeat(3000))]));
    assert_eq!((pdf, kinds(&faults)), (None, vec![FaultKind::TooTall]));
}

#[test]
fn files_that_are_no_font_or_no_picture_are_named_and_the_rest_is_drawn() {
    let (_, faults) = Fonts::new(&[("broken.ttf", Arc::from(&b"no font"[..]))]);
    assert_eq!(kinds(&faults), [FaultKind::BadFont { name: "broken.ttf".to_owned() }]);
    let chrome = Chrome { logo: Some(Arc::from(&b"no picture"[..])), ..Chrome::default() };
    let (pdf, faults) = draw(&sheet(vec![item("a")]), &Style::default(), &fonts(), &chrome, &|_| None, Size::A4);
    assert_eq!((pdf.is_some(), kinds(&faults)), (true, vec![FaultKind::BadImage { name: "logo".to_owned() }]));
}

#[test]
fn no_short_word_stands_alone_on_the_last_line() {
    let mut workspace = fonts().borrow();
    let look = Look { size: 12.0, leading: 1.3, strong: false, quiet: false, align: Alignment::Start, rtl: false };
    let mut last = |words: &str, width: f32| {
        let runs = [Inline::plain(words)];
        let paragraph = text::set(&mut workspace, &runs, &[0], look, width, &mut |_| {});
        let line = paragraph.lines.last().unwrap();
        paragraph.text[line.range.clone()].trim().to_owned()
    };
    for width in 120..300 {
        assert_ne!(last("Show the team how the clinic deploys it", width as f32), "it", "{width} points");
    }
    // Where the lines before it have no word to give, nothing changes.
    let narrow = (150..300).map(|width| last("Donaudampfschifffahrtsamtsdiener it", width as f32));
    assert!(narrow.into_iter().any(|line| line == "it"));
}

#[test]
fn a_sheet_without_any_font_says_so_and_does_not_panic() {
    let (fonts, _) = Fonts::new(&[]);
    let (pdf, faults) =
        draw(&sheet(vec![item("a")]), &Style::default(), &fonts, &Chrome::default(), &|_| None, Size::A4);
    assert_eq!((pdf, kinds(&faults)), (None, vec![FaultKind::NoFont]));
}
