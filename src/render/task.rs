//! What a task looks like wherever it stands: on its page, on a sheet, on the page of its role.

use super::markup::{escape, push_escaped};
use crate::source::Hash;

/// The hash of a task's text, under which its tick is kept.
pub fn tick_hash(text: &str) -> String {
    Hash::of(text.as_bytes()).base32(8)
}

/// Writes the box of a task and the beginning of its label: what ticks are kept by is the same wherever the task stands.
pub fn tick_box(out: &mut String, id: &str, key: &str, text: &str) {
    let (id, hash) = (escape(id), tick_hash(text));
    out.extend(["<input type=\"checkbox\" id=\"", &id, "\" data-key=\""]);
    push_escaped(out, key);
    out.extend(["\" data-hash=\"", &hash, "\"><label for=\"", &id, "\">"]);
}

/// Who does a task (with further classes of it), when it is due, the word for what was added; `None` where there is
/// nothing to say.
pub fn task_notes(
    owner: Option<(&str, &str)>,
    due: Option<(&str, &str)>,
    added: Option<(&str, &str)>,
) -> Option<String> {
    let notes = [("task-owner", owner), ("task-due", due), ("added", added)];
    let notes: Vec<(&str, &str, &str)> =
        notes.into_iter().filter_map(|(name, note)| note.map(|(text, class)| (name, text, class))).collect();
    // A paragraph has the class that all of it has.
    let class = notes.first()?.2;
    let class = if notes.iter().all(|(.., own)| *own == class) { class } else { "" };
    let mut out = ["<p class=\"task-notes", class, "\">"].concat();
    for (nth, (name, text, class)) in notes.iter().enumerate() {
        out.extend([if nth > 0 { " " } else { "" }, "<span class=\"", name, class, "\">"]);
        push_escaped(&mut out, text);
        out.push_str("</span>");
    }
    Some(out + "</p>")
}
