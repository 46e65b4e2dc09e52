//! The index that a reader's browser searches: what can be found, and which words stand where.
//!
//! In: entries, one for each page, with their texts by field. Out: a script that sets one value, since a script is loaded
//! from a folder too, where `fetch` finds nothing. Which pages there are, and at which addresses, is not known here
//! (`render::search`).
//!
//! All words stand in one text, and beside it for each word the entries that have it: `A2C` is the first entry by a weight of
//! 1, and the one two further on by a weight of 3. So a browser takes the index apart in no time, and looks only at those
//! words that it needs. The texts are there to show where a word was found. How words are cut is in [`words`]; the client
//! (`assets/js/30-search.js` of the theme) cuts what a reader types by the same rules.

mod vocabulary;
pub mod words;

use serde::Serialize;
use vocabulary::Vocabulary;

/// The value that the script sets.
pub const VALUE: &str = "guidepostIndex";

/// What a word is worth in each field. A weight is a letter, so all of them come to 26 at most.
const TITLE: Field = Field { bit: 1, worth: 9 };
const ALSO: Field = Field { bit: 2, worth: 7 };
const HEADING: Field = Field { bit: 4, worth: 4 };
const SUMMARY: Field = Field { bit: 8, worth: 3 };
/// In the text a word counts each time that it stands there, up to [`TIMES`].
const TEXT: Field = Field { bit: 16, worth: 1 };
const TIMES: u8 = 3;

#[derive(Clone, Copy)]
struct Field {
    bit: u8,
    worth: u8,
}

/// The labels of the results, in the language of the guide.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Labels<'a> {
    /// `Nothing found for “{query}”.`
    pub none: &'a str,
    /// `1 page found for “{query}”.`
    pub one: &'a str,
    /// `{n} pages found for “{query}”.`
    pub other: &'a str,
    /// `Show all {n}`
    pub all: &'a str,
    /// What stands before other names.
    pub also: &'a str,
    /// What each kind of entry is headed with.
    pub kinds: std::collections::BTreeMap<&'static str, &'a str>,
}

/// Something that can be found.
#[derive(Debug, Clone, Default)]
pub struct Entry<'a> {
    /// Where it is, percent-encoded, counted from the folder of the index.
    pub url: String,
    /// What it is, as in [`Labels::kinds`].
    pub kind: &'static str,
    /// Its name.
    pub title: &'a str,
    /// Other names.
    pub also: Vec<&'a str>,
    /// One sentence; may be empty.
    pub summary: &'a str,
    /// Headings, each with where it is: `#anchor`, or an address as in `url`.
    pub headings: Vec<(&'a str, String)>,
    /// All its text, a block in each line; may be empty.
    pub text: &'a str,
}

/// An index that is being made, entry by entry.
pub struct Index {
    /// The entries as they are written, with commas between them.
    entries: Vec<u8>,
    count: u32,
    words: Vocabulary,
    /// Where each word was met last.
    last: Vec<Met>,
    /// Which word stands in which entry by which weight, in the order of the entries.
    places: Vec<Place>,
}

#[derive(Clone, Copy)]
struct Place {
    word: u32,
    entry: u32,
    weight: u8,
}

/// A word within one entry.
#[derive(Clone, Copy)]
struct Met {
    /// Its place, as an index into the places.
    place: u32,
    /// The bits of the fields that have it.
    fields: u8,
    /// How often it stands in the text.
    times: u8,
}

impl Default for Index {
    /// An index without entries, with room for those of a small guide.
    fn default() -> Self {
        Self {
            entries: Vec::with_capacity(64 * 1024),
            count: 0,
            words: Vocabulary::new(),
            last: Vec::with_capacity(2048),
            places: Vec::with_capacity(4096),
        }
    }
}

impl Index {
    /// Adds an entry.
    pub fn add(&mut self, entry: &Entry<'_>) {
        self.write(entry);
        let headings = entry.headings.iter().map(|(heading, _)| (HEADING, *heading));
        let also = entry.also.iter().map(|name| (ALSO, *name));
        let others = [(TITLE, entry.title), (SUMMARY, entry.summary), (TEXT, entry.text)];
        let mut folded = String::new();
        for (field, text) in others.into_iter().chain(also).chain(headings) {
            words::each(text, &mut folded, |word| self.meet(word, field));
        }
        self.count += 1;
    }

    fn write(&mut self, entry: &Entry<'_>) {
        let Entry { url, kind, title, also, summary, headings, text } = entry;
        if self.count > 0 {
            self.entries.extend_from_slice(b",\n");
        }
        let out = &mut self.entries;
        // Writing to memory can't fail.
        let _ = serde_json::to_writer(&mut *out, &(url, kind, title, also, summary, headings));
        // The text goes into the same list, in place of its end.
        out.pop();
        out.push(b',');
        write_text(out, text);
        out.push(b']');
    }

    /// A word in a field of the entry that is being added.
    fn meet(&mut self, word: &str, field: Field) {
        let number = self.words.number(word);
        if number as usize == self.last.len() {
            self.last.push(Met { place: u32::MAX, fields: 0, times: 0 });
        }
        let met = &mut self.last[number as usize];
        let place = match self.places.get_mut(met.place as usize).filter(|place| place.entry == self.count) {
            Some(place) => place,
            None => {
                *met = Met { place: length(&self.places), fields: 0, times: 0 };
                self.places.push(Place { word: number, entry: self.count, weight: 0 });
                &mut self.places[met.place as usize]
            }
        };
        let is_text = field.bit == TEXT.bit;
        let counts = if is_text { met.times < TIMES } else { met.fields & field.bit == 0 };
        if counts {
            place.weight += field.worth;
            met.fields |= field.bit;
            met.times += u8::from(is_text);
        }
    }

    /// The script.
    pub fn finish(self, labels: &Labels<'_>) -> Vec<u8> {
        let places = self.places_by_word();
        let mut out = Vec::with_capacity(self.entries.len() + self.words.text().len() + places.len() + 1024);
        let mut part = |key: &str, value: &dyn Fn(&mut Vec<u8>)| {
            out.extend_from_slice(key.as_bytes());
            value(&mut out);
        };
        // Writing to memory can't fail.
        part(&format!("var {VALUE}={{\"labels\":"), &|out| drop(serde_json::to_writer(out, labels)));
        part(",\n\"words\":", &|out| drop(serde_json::to_writer(out, self.words.text())));
        part(",\n\"places\":\"", &|out| out.extend_from_slice(places.as_bytes()));
        part("\",\n\"entries\":[\n", &|out| out.extend_from_slice(&self.entries));
        part("\n]};\n", &|_| {});
        out
    }

    /// The places of each word, in the order of the words, with spaces between them. A place is how many entries further on it
    /// is, but for 1, and its weight as a letter.
    fn places_by_word(&self) -> String {
        let mut ends = vec![0_usize; self.last.len() + 1];
        self.places.iter().for_each(|place| ends[place.word as usize + 1] += 1);
        (1..ends.len()).for_each(|word| ends[word] += ends[word - 1]);
        // Places are in the order of entries, and stay so for each word.
        let mut sorted = vec![(0, 0); self.places.len()];
        for place in &self.places {
            let end = &mut ends[place.word as usize];
            sorted[*end] = (place.entry, place.weight);
            *end += 1;
        }
        let mut out = String::with_capacity(3 * sorted.len() + ends.len());
        let mut start = 0;
        for end in &ends[..self.last.len()] {
            if start > 0 {
                out.push(' ');
            }
            let mut next = 0;
            for (entry, weight) in &sorted[start..*end] {
                if *entry > next {
                    push_number(&mut out, entry - next + 1);
                }
                out.push(char::from(b'A' + weight - 1));
                next = entry + 1;
            }
            start = *end;
        }
        out
    }
}

fn push_number(out: &mut String, number: u32) {
    if number >= 10 {
        push_number(out, number / 10);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
}

/// Writes a text as JSON. It is most of an index, and most lines of it have nothing to escape, which is soon seen.
fn write_text(out: &mut Vec<u8>, text: &str) {
    let is_odd = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    out.push(b'"');
    for (nth, line) in text.split('\n').enumerate() {
        if nth > 0 {
            out.extend_from_slice(b"\\n");
        }
        if line.bytes().fold(false, |odd, byte| odd | is_odd(byte)) {
            let start = out.len();
            // Writing to memory can't fail.
            let _ = serde_json::to_writer(&mut *out, line);
            out.remove(start);
            out.pop();
        } else {
            out.extend_from_slice(line.as_bytes());
        }
    }
    out.push(b'"');
}

fn length<T>(all: &[T]) -> u32 {
    u32::try_from(all.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(entries: &[Entry<'_>]) -> String {
        let mut index = Index::default();
        entries.iter().for_each(|entry| index.add(entry));
        String::from_utf8(index.finish(&Labels::default())).unwrap()
    }

    /// The part of a script behind a key, as JSON.
    fn part(script: &str, key: &str) -> String {
        let whole = script.strip_prefix("var guidepostIndex=").unwrap().trim_end().trim_end_matches(';');
        let whole: serde_json::Value = serde_json::from_str(whole).unwrap();
        whole[key].as_str().map_or_else(|| whole[key].to_string(), str::to_owned)
    }

    #[test]
    fn a_word_is_worth_what_its_fields_are() {
        let entry = Entry {
            title: "Vendor",
            also: vec!["Supplier"],
            summary: "The vendor.",
            headings: vec![("Supplier", "#supplier".to_owned())],
            text: "Portal portal portal portal\nsupplier",
            ..Entry::default()
        };
        let script = script(&[entry]);
        assert_eq!(part(&script, "words"), "vendor the portal supplier");
        // 9 + 3, 3, at most 3, 1 + 7 + 4.
        assert_eq!(part(&script, "places"), "L C C L");
    }

    #[test]
    fn places_say_how_far_on_the_next_entry_is() {
        let title = |title| Entry { title, ..Entry::default() };
        let script = script(&[title("a"), title("a b"), title("c"), title("b a"), title("")]);
        assert_eq!(part(&script, "words"), "a b c");
        assert_eq!(part(&script, "places"), "II2I 2I2I 3I");
    }

    #[test]
    fn texts_are_written_so_that_a_script_can_hold_them() {
        let entry = Entry {
            url: "a%20b.html".to_owned(),
            kind: "step",
            title: "\"Quoted\" \\ </script>",
            summary: "A\u{2028}b",
            text: "Plain\n\"Quoted\"\tand \\\nplain",
            ..Entry::default()
        };
        let script = script(&[entry.clone(), entry]);
        assert_eq!(script.lines().count(), 7);
        let text: serde_json::Value = serde_json::from_str(&part(&script, "entries")).unwrap();
        assert_eq!(text[1][6], "Plain\n\"Quoted\"\tand \\\nplain");
        assert!(
            part(&script, "entries").starts_with(r#"[["a%20b.html","step","\"Quoted\" \\ </script>",[],"#),
            "{script}"
        );
    }

    #[test]
    fn without_entries_the_script_still_is_one() {
        assert_eq!(part(&script(&[]), "entries"), "[]");
        assert_eq!(part(&script(&[]), "words"), "");
    }
}
