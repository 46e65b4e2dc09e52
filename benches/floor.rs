//! The least that a static site generator has to do: read every Markdown file below `SITE/content`, turn it into HTML, write
//! one file for each. No front matter, no templates, no links, no checks. `build.py` compares Guidepost with it.
//!
//!     cargo run --release --example floor SITE OUTPUT

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use rayon::prelude::*;

fn main() -> io::Result<()> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [site, output] = arguments.as_slice() else {
        return Err(io::Error::other("floor SITE OUTPUT"));
    };
    let content = site.join("content");
    let mut pages = Vec::new();
    fs::create_dir(output)?;
    for entry in walkdir::WalkDir::new(&content).min_depth(1) {
        let entry = entry?;
        let to = output.join(entry.path().strip_prefix(&content).map_err(io::Error::other)?);
        if entry.file_type().is_dir() {
            fs::create_dir(to)?;
        } else if entry.path().extension().is_some_and(|ending| ending == "md") {
            pages.push((entry.into_path(), to.with_extension("html")));
        }
    }
    pages.par_iter().try_for_each(|(from, to)| page(from, to))
}

fn page(from: &Path, to: &Path) -> io::Result<()> {
    let text = fs::read_to_string(from)?;
    let mut html = String::with_capacity(text.len() * 3 / 2);
    pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new_ext(&text, pulldown_cmark::Options::all()));
    fs::write(to, html)
}
