//! Links, on screen and on paper.
//!
//! In: runs of text with their targets. Out: the same runs, with the address of each outside link printed after its
//! words (paper can't be clicked), and where each link of the finished file leads.

use std::rc::Rc;

use crate::model::sheet::{Inline, Target};

/// Where a link leads and what it says of itself.
pub type Link = Rc<(String, String)>;

/// Runs with the address of each outside link printed after it, their links' numbers, and where those lead.
pub fn with_addresses(runs: &[Inline], base: Option<&str>) -> (Vec<Inline>, Vec<u16>, Vec<Link>) {
    let (mut out, mut numbers, mut targets) = (Vec::new(), Vec::new(), Vec::new());
    for (index, run) in runs.iter().enumerate() {
        let continues =
            index > 0 && run.link.is_some() && runs.get(index - 1).is_some_and(|before| before.link == run.link);
        let address = run.link.as_ref().and_then(|target| address(target, base));
        if let (Some(address), false) = (&address, continues) {
            let whole: String = runs
                .iter()
                .skip(index)
                .take_while(|next| next.link == run.link)
                .map(|next| next.text.as_str())
                .collect();
            targets.push(Rc::new((address.clone(), whole)));
        }
        let number = if address.is_some() { u16::try_from(targets.len()).unwrap_or(0) } else { 0 };
        out.push(run.clone());
        numbers.push(number);
        let ends = runs.get(index + 1).is_none_or(|next| next.link != run.link);
        if let (Some(Target::External(address)), true, Some(link)) = (&run.link, ends, targets.last()) {
            let printed = printed(address);
            if !link.1.contains(printed) {
                out.push(Inline::plain(format!(" ({printed})")));
                numbers.push(0);
            }
        }
    }
    (out, numbers, targets)
}

/// The address that a link of the finished file leads to, if it leads anywhere.
fn address(target: &Target, base: Option<&str>) -> Option<String> {
    match target {
        Target::External(address) => Some(address.clone()),
        Target::Page(path) => {
            let base = base?;
            Some(format!("{}/{}", base.trim_end_matches('/'), path.trim_start_matches('/')))
        }
    }
}

/// An address as one reads it to somebody: without `https://` or `mailto:`, and without a last `/`.
pub fn printed(address: &str) -> &str {
    let short = ["https://", "http://", "mailto:", "tel:"].iter().find_map(|scheme| address.strip_prefix(scheme));
    short.unwrap_or(address).trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(text: &str, address: &str) -> Inline {
        Inline { link: Some(Target::External(address.to_owned())), ..Inline::plain(text) }
    }

    fn said(runs: &[Inline]) -> String {
        crate::model::sheet::plain_text(&with_addresses(runs, None).0)
    }

    #[test]
    fn an_outside_address_is_printed_once_unless_the_words_say_it() {
        let bold = Inline { strong: true, ..link("book", "https://a.org/b/") };
        assert_eq!(said(&[link("the ", "https://a.org/b/"), bold, Inline::plain(".")]), "the book (a.org/b).");
        assert_eq!(said(&[link("a.org/b", "https://a.org/b/")]), "a.org/b");
    }

    #[test]
    fn a_page_is_linked_only_where_the_site_has_an_address() {
        let run = Inline { link: Some(Target::Page("a.html#b".to_owned())), ..Inline::plain("a") };
        assert_eq!(with_addresses(std::slice::from_ref(&run), None).1, [0]);
        let (_, numbers, targets) = with_addresses(&[run], Some("https://x.org/"));
        assert_eq!((numbers, targets[0].0.as_str()), (vec![1], "https://x.org/a.html#b"));
    }
}
