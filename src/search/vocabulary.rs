//! The words of an index, each with a number.
//!
//! In: words, as often as they come. Out: the number of each, in the order in which they were first met, and all of them as
//! one text.

use hashbrown::HashTable;

/// Every word once.
pub struct Vocabulary {
    /// The words with spaces between them.
    text: String,
    /// Where each of them ends.
    ends: Vec<usize>,
    numbers: HashTable<u32>,
}

impl Vocabulary {
    /// An empty one, with room for the words of a small guide.
    pub fn new() -> Self {
        Self {
            text: String::with_capacity(16 * 1024),
            ends: Vec::with_capacity(2048),
            numbers: HashTable::with_capacity(2048),
        }
    }

    /// The words with spaces between them.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The number of a word, which is a new one where it has not been met yet.
    pub fn number(&mut self, word: &str) -> u32 {
        let Self { text, ends, numbers } = self;
        let hash = hash(word);
        if let Some(number) = numbers.find(hash, |number| nth(text, ends, *number) == word.as_bytes()) {
            return *number;
        }
        let number = u32::try_from(ends.len()).unwrap_or(u32::MAX);
        if number > 0 {
            text.push(' ');
        }
        text.push_str(word);
        ends.push(text.len());
        numbers.insert_unique(hash, number, |number| hash_bytes(nth(text, ends, *number)));
        number
    }
}

fn nth<'t>(text: &'t str, ends: &[usize], number: u32) -> &'t [u8] {
    let number = number as usize;
    let start = number.checked_sub(1).map_or(0, |before| ends[before] + 1);
    &text.as_bytes()[start..ends[number]]
}

fn hash(word: &str) -> u64 {
    hash_bytes(word.as_bytes())
}

/// FNV-1a: words are short, and what a hash table costs most is its hashes.
fn hash_bytes(word: &[u8]) -> u64 {
    word.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3))
}
