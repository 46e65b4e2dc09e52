//! A PDF as one can read it: pages, what is printed at their edges, and the tag tree with what it says.
//!
//! In: the bytes of a file. Out: lines of text, the expectation of a fixture (`expected/pdf/ADDRESS.txt`). What is read is
//! the finished file, by a reader that shares no code with the writer: content comes from the pages' streams, by way of
//! the fonts' maps to Unicode, and is found from the tree by its number.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hayro_syntax::Pdf;
use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::{Array, Dict, Name, Object, ObjectIdentifier, Stream};
use hayro_syntax::page::Page;

use guidepost::render::Output;
use guidepost::source::Hash;

#[test]
fn a_list_of_two_thousand_items_prints_each_of_them_once_and_whole() {
    let site = tempfile::tempdir().unwrap();
    let content = site.path().join("content");
    fs_err::create_dir_all(&content).unwrap();
    fs_err::write(site.path().join("pdf"), "").unwrap();
    fs_err::write(content.join("index.md"), "---\nkind: guide\ntitle: Long\n---\n[[list]]\n").unwrap();
    let items: String = (1..=2000).map(|number| format!("- [ ] Look at shelf {number} of the store\n")).collect();
    fs_err::write(content.join("list.md"), format!("---\nkind: checklist\ntitle: Store\n---\n{items}")).unwrap();
    let checked = crate::fixtures::check(site.path()).unwrap();
    let Output::Shared(bytes) = checked.compiled.output("list.pdf").unwrap().value else { panic!("no PDF is made") };
    let said = describe(&bytes);
    let found: Vec<&str> = said.lines().filter_map(|line| Some(line.split_once("Look at ")?.1)).collect();
    let expected: Vec<String> = (1..=2000).map(|number| format!("shelf {number} of the store")).collect();
    assert_eq!(found, expected);
    let rows = |page: &str| page.matches("TH (row)").count();
    let pages: Vec<usize> = said.split("\n  -- page ").map(rows).collect();
    assert_eq!(pages.iter().sum::<usize>(), 2000);
    // Full pages but the first, which has the title, and the last.
    assert!(pages.len() > 80 && pages[1..pages.len() - 1].iter().all(|rows| *rows == pages[1]), "{pages:?}");
}

/// A file, described.
pub(crate) fn describe(bytes: &[u8]) -> String {
    let pdf = Pdf::new(bytes.to_vec()).expect("a PDF");
    let catalog: Dict<'_> = pdf.xref().get(pdf.xref().root_id()).expect("a catalog");
    let pages: Vec<Drawn> = pdf.pages().iter().map(read).collect();
    let mut out = String::new();
    let paper = pages.first().map_or((0.0, 0.0), |page| page.paper);
    let title = pdf.metadata().title.as_deref().map(string).unwrap_or_default();
    let language = catalog.get::<hayro_syntax::object::String<'_>>("Lang").map(|text| string(&text));
    let is_marked = catalog.get::<Dict<'_>>("MarkInfo").and_then(|info| info.get::<bool>("Marked")) == Some(true);
    // The same bytes on every machine, day and thread.
    let _ = writeln!(out, "file       {} bytes, {}", bytes.len(), Hash::of(bytes).base32(12));
    let _ = writeln!(out, "title      {title}");
    let _ = writeln!(out, "language   {}", language.unwrap_or_default());
    let _ = writeln!(out, "tagged     {}", if is_marked { "yes" } else { "no" });
    let _ = writeln!(out, "pages      {} of {:.0} by {:.0} pt", pages.len(), paper.0, paper.1);
    if let Some(outlines) = catalog.get::<Dict<'_>>("Outlines") {
        outline(&mut out, &outlines, 0);
    }
    for (number, page) in pages.iter().enumerate() {
        let _ = writeln!(out, "\npage {}", number + 1);
        for (kind, text) in &page.artifacts {
            let _ = writeln!(out, "  {kind:<10} {text}");
        }
    }
    let tree: Dict<'_> = catalog.get("StructTreeRoot").expect("a tag tree");
    out.push_str("\ntags\n");
    let mut tree_writer = Tree { pages: &pages, page: 0, out };
    for child in children(&tree) {
        if let Object::Dict(element) = child {
            tree_writer.element(&element, None, 1);
        }
    }
    tree_writer.out
}

fn outline(out: &mut String, parent: &Dict<'_>, level: usize) {
    let mut entry: Option<Dict<'_>> = parent.get("First");
    while let Some(own) = entry {
        let title = own.get::<hayro_syntax::object::String<'_>>("Title").map(|title| string(&title));
        let _ = writeln!(out, "outline    {}{}", "  ".repeat(level), title.unwrap_or_default());
        outline(out, &own, level + 1);
        entry = own.get("Next");
    }
}

/// What a page draws.
struct Drawn {
    id: ObjectIdentifier,
    paper: (f32, f32),
    /// What is printed and not in the tree: its kind, its text.
    artifacts: Vec<(String, String)>,
    /// What is in the tree, by its number.
    content: BTreeMap<i32, String>,
}

/// What the content belongs to that is being drawn.
#[derive(Clone)]
enum Mark {
    Artifact(usize),
    Content(i32),
    Other,
}

fn read(page: &Page<'_>) -> Drawn {
    let id = page.raw().obj_id().expect("a page is an object of its own");
    let mut drawn = Drawn { id, paper: page.base_dimensions(), artifacts: Vec::new(), content: BTreeMap::new() };
    let mut marks: Vec<Mark> = Vec::new();
    let mut fonts: BTreeMap<String, BTreeMap<u16, String>> = BTreeMap::new();
    let mut font = String::new();
    // Text that stands for what is drawn replaces it; strings that are drawn from right to left are read backwards.
    let (mut instead, mut backwards): (Option<usize>, Option<usize>) = (None, None);
    let mut operations = TypedIter::new(page.page_stream().unwrap_or_default());
    while let Some(operation) = operations.next() {
        match operation {
            TypedInstruction::BeginMarkedContent(mark) => {
                let inherited = marks.last().cloned().unwrap_or(Mark::Other);
                marks.push(if &**mark.0 == b"Artifact" { drawn.artifact("Artifact") } else { inherited });
                if &**mark.0 == b"ReversedChars" {
                    backwards.get_or_insert(marks.len());
                }
            }
            TypedInstruction::BeginMarkedContentWithProperties(mark) => {
                let Object::Dict(properties) = mark.1 else { panic!("properties are written where they are used") };
                let own = match (&**mark.0, properties.get::<i32>("MCID")) {
                    (b"Artifact", _) => drawn.artifact(&kind(properties)),
                    (_, Some(number)) => Mark::Content(number),
                    _ => marks.last().cloned().unwrap_or(Mark::Other),
                };
                if let Mark::Content(number) = own {
                    drawn.content.entry(number).or_default();
                }
                marks.push(own);
                if let Some(text) = properties.get::<hayro_syntax::object::String<'_>>("ActualText") {
                    drawn.say(marks.last(), &string(&text));
                    instead.get_or_insert(marks.len());
                }
            }
            TypedInstruction::EndMarkedContent(_) => {
                instead = instead.filter(|depth| *depth < marks.len());
                backwards = backwards.filter(|depth| *depth < marks.len());
                marks.pop();
            }
            TypedInstruction::TextFont(chosen) => {
                font = chosen.0.as_str().to_owned();
                fonts.entry(font.clone()).or_insert_with(|| to_unicode(page, chosen.0));
            }
            TypedInstruction::ShowText(shown) if instead.is_none() => {
                drawn.say(marks.last(), &decode(shown.0.as_bytes(), &fonts[&font], backwards.is_some()));
            }
            TypedInstruction::ShowTexts(shown) if instead.is_none() => {
                let mut whole = Vec::new();
                for piece in shown.0.iter::<Object<'_>>().filter_map(Object::into_string) {
                    whole.extend(piece.as_bytes());
                }
                drawn.say(marks.last(), &decode(&whole, &fonts[&font], backwards.is_some()));
            }
            _ => {}
        }
    }
    drawn.artifacts.retain(|(_, text)| !text.is_empty());
    drawn
}

impl Drawn {
    fn artifact(&mut self, kind: &str) -> Mark {
        self.artifacts.push((kind.to_owned(), String::new()));
        Mark::Artifact(self.artifacts.len() - 1)
    }

    fn say(&mut self, mark: Option<&Mark>, text: &str) {
        match mark {
            Some(Mark::Artifact(index)) => self.artifacts[*index].1.push_str(text),
            Some(Mark::Content(number)) => self.content.entry(*number).or_default().push_str(text),
            // PDF/UA wants all text to be one or the other.
            Some(Mark::Other) | None => panic!("text that is neither content nor artifact: {text}"),
        }
    }
}

/// `Header`, `Footer`, `Pagination`, `Layout`.
fn kind(properties: &Dict<'_>) -> String {
    let name = |key: &str| properties.get::<Name<'_>>(key).map(|name| name.as_str().to_owned());
    name("Subtype").or_else(|| name("Type")).unwrap_or_else(|| "Artifact".to_owned())
}

/// The map of a font from its codes to text.
fn to_unicode(page: &Page<'_>, font: &Name<'_>) -> BTreeMap<u16, String> {
    let font = page.resources().get_font(font).expect("a font of the page");
    let map = font.get::<Stream<'_>>("ToUnicode").expect("a map to Unicode").decoded().expect("a map");
    let map = String::from_utf8_lossy(&map);
    let codes = map.split("beginbfchar").skip(1).filter_map(|part| part.split("endbfchar").next());
    let hex = |text: &str| -> Vec<u16> {
        let digits = text.trim_matches(['<', '>']).as_bytes();
        digits.chunks(4).map(|four| u16::from_str_radix(std::str::from_utf8(four).unwrap(), 16).unwrap()).collect()
    };
    codes
        .flat_map(str::lines)
        .filter_map(|line| line.trim().split_once(' '))
        .map(|(code, text)| (hex(code)[0], String::from_utf16(&hex(text)).unwrap()))
        .collect()
}

fn decode(codes: &[u8], map: &BTreeMap<u16, String>, backwards: bool) -> String {
    let codes = codes.chunks(2).map(|two| u16::from_be_bytes([two[0], two[1]]));
    let mut said: Vec<&str> = codes.map(|code| map.get(&code).map_or("\u{FFFD}", String::as_str)).collect();
    if backwards {
        said.reverse();
    }
    said.concat()
}

/// A string of text: UTF-16 behind its mark, else Latin.
fn string(bytes: &[u8]) -> String {
    match bytes.strip_prefix(&[0xFE, 0xFF]) {
        Some(units) => {
            let units: Vec<u16> = units.chunks_exact(2).map(|two| u16::from_be_bytes([two[0], two[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        None => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

fn children<'a>(element: &Dict<'a>) -> Vec<Object<'a>> {
    match element.get::<Object<'a>>("K") {
        Some(Object::Array(array)) => array.iter::<Object<'a>>().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    }
}

/// Writes the tag tree, with a line where its content goes on to another page.
struct Tree<'a> {
    pages: &'a [Drawn],
    page: usize,
    out: String,
}

impl Tree<'_> {
    fn element(&mut self, element: &Dict<'_>, page: Option<ObjectIdentifier>, level: usize) {
        let own = element.get_ref("Pg").map(ObjectIdentifier::from).or(page);
        let name = element.get::<Name<'_>>("S").map(|name| name.as_str().to_owned()).unwrap_or_default();
        let (mut text, mut inner, mut target) = (String::new(), Vec::new(), String::new());
        for child in children(element) {
            match child {
                Object::Number(number) => text.push_str(&self.content(own, number.as_i64() as i32)),
                // Content of another page than the element's own.
                Object::Dict(child) if child.contains_key("MCID") => {
                    let page = child.get_ref("Pg").map(ObjectIdentifier::from).or(own);
                    text.push_str(&self.content(page, child.get::<i32>("MCID").unwrap()));
                }
                Object::Dict(child) if child.contains_key("Obj") => target = link(&child),
                Object::Dict(child) => inner.push((child, std::mem::take(&mut text))),
                _ => {}
            }
        }
        // Text before a child stands before it.
        let indent = "  ".repeat(level);
        let line = format!("{indent}{name}{}", attributes(element));
        // A link of several lines has several annotations, all to one place.
        let last = text.trim_end().to_owned() + &target;
        if inner.is_empty() {
            let _ = writeln!(self.out, "{}", format!("{line} {last}").trim_end());
            return;
        }
        let _ = writeln!(self.out, "{line}");
        for (child, before) in inner {
            if !before.trim().is_empty() {
                let _ = writeln!(self.out, "{indent}  {}", before.trim_end());
            }
            self.element(&child, own, level + 1);
        }
        if !last.is_empty() {
            let _ = writeln!(self.out, "{indent}  {last}");
        }
    }

    fn content(&mut self, page: Option<ObjectIdentifier>, number: i32) -> String {
        let at = self.pages.iter().position(|drawn| Some(drawn.id) == page).expect("content is on a page");
        if at > self.page {
            self.page = at;
            let _ = writeln!(self.out, "  -- page {} --", at + 1);
        }
        self.pages[at].content.get(&number).cloned().unwrap_or_else(|| panic!("nothing is drawn as {number}"))
    }
}

/// What an element says of itself beside its text: alternative, scope, numbering.
fn attributes(element: &Dict<'_>) -> String {
    let mut out = String::new();
    if let Some(alternative) = element.get::<hayro_syntax::object::String<'_>>("Alt") {
        let _ = write!(out, " “{}”", string(&alternative));
    }
    let all = element.get::<Array<'_>>("A").map(|array| array.iter::<Dict<'_>>().collect::<Vec<_>>());
    for dict in all.unwrap_or_default() {
        for key in ["Scope", "ListNumbering", "Summary"] {
            match dict.get::<Object<'_>>(key) {
                Some(Object::Name(value)) => out.push_str(&format!(" ({})", value.as_str().to_lowercase())),
                Some(Object::String(value)) => out.push_str(&format!(" ({})", string(&value))),
                _ => {}
            }
        }
    }
    out
}

/// Where the annotation of a link leads.
fn link(reference: &Dict<'_>) -> String {
    let annotation: Option<Dict<'_>> = reference.get("Obj");
    let action = annotation.and_then(|annotation| annotation.get::<Dict<'_>>("A"));
    let uri = action.and_then(|action| action.get::<hayro_syntax::object::String<'_>>("URI"));
    uri.map_or_else(String::new, |uri| format!(" → {}", string(&uri)))
}
