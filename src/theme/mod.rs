//! A theme: templates, one stylesheet, one script, words, fonts, what sheets look like.
//!
//! In: layers of files, the built-in one below and a site's own above. Out: a [`Theme`], ready to render with. A file of
//! the upper layer takes the place of the lower one's; a template there may also `{% extends "default/page.html" %}` and
//! change blocks. Nothing is read from disk here: the built-in layer is in the program, the other one is handed in.

pub mod accent;
pub mod colour;
pub mod contrast;
mod templates;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use rust_embed::RustEmbed;
use tera::{Context, Tera, Value};

use crate::diagnostic::{Checked, Diagnostic, Rule};
use crate::model::settings::Settings;
use crate::model::strings::Strings;
use crate::source::{Hash, Place, Source};

/// The built-in theme's name.
pub const DEFAULT: &str = "default";

#[derive(RustEmbed)]
#[folder = "themes/default"]
struct Embedded;

/// Files of a theme by their path in it: `templates/page.html`.
pub type Layer = BTreeMap<String, Arc<[u8]>>;

/// A file that the theme publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThemeFile {
    /// From the site's root; stylesheet, script and favicon have a hash in their name.
    pub address: String,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
}

/// A theme, ready to render with.
#[derive(Clone)]
pub struct Theme {
    name: String,
    tera: Arc<Tera>,
    /// Words by language, each whole.
    strings: BTreeMap<String, Strings>,
    /// The same as templates see them.
    texts: BTreeMap<String, Value>,
    /// All of `assets/css`, with the accent.
    pub stylesheet: ThemeFile,
    /// All of `assets/js`; none where there is none.
    pub script: Option<ThemeFile>,
    /// A mark in the accent.
    pub favicon: ThemeFile,
    /// Other files of `assets/`.
    pub others: Vec<ThemeFile>,
    /// `paper.yaml` of the layers, from the lower to the upper one.
    pub paper: Vec<Source>,
    /// Fonts of sheets by file name.
    pub fonts: BTreeMap<String, Arc<[u8]>>,
    /// Changes with anything in the theme.
    pub hash: Hash,
}

/// The files of the built-in theme. They are in the program and the same for every site, so they are read once in a run.
static FILES: LazyLock<Layer> = LazyLock::new(|| {
    let files = Embedded::iter().filter_map(|path| {
        let file = Embedded::get(&path)?;
        Some((path.into_owned(), Arc::from(file.data.as_ref())))
    });
    files.collect()
});

/// The files of the built-in theme.
pub fn built_in() -> &'static Layer {
    &FILES
}

/// Reads the built-in theme, which [`load`] would do when it is first called: something else may be done meanwhile.
pub fn prepare() {
    LazyLock::force(&FILES);
    rayon::join(|| LazyLock::force(&templates::BUILT_IN), || LazyLock::force(&words::ENGLISH));
}

/// Puts the layers of a theme together. `own` is the site's own layer; `languages` are those that the site's pages use.
pub fn load(own: &Layer, settings: &Settings, languages: &BTreeSet<String>) -> Checked<Theme> {
    let mut diagnostics: Vec<Diagnostic> =
        templates::BUILT_IN.wrong.iter().chain(&words::ENGLISH.wrong).cloned().collect();
    let base = built_in();
    let name = settings.theme.value.as_str();
    let tera = templates::both(own, name, &mut diagnostics);
    let strings =
        languages.iter().map(|language| (language.clone(), words::all(own, name, language, &mut diagnostics)));
    let strings: BTreeMap<String, Strings> = strings.collect();
    let texts = strings.iter().map(|(language, words)| (language.clone(), Value::from_serializable(&words.texts)));
    let texts = texts.collect();
    let (tokens, colour, wrong) = accent::tokens(&settings.accent, "content/site.yaml");
    diagnostics.extend(wrong);
    let stylesheet = bundle(base, own, "assets/css/", ".css") + &tokens;
    diagnostics.extend(contrast(base, own, name, &tokens));
    let script = bundle(base, own, "assets/js/", ".js");
    // The mark of the page's head (30-layout.css).
    let favicon = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><path fill=\"{}\" d=\"M4 2h5v3h12l7 7-7 7H9v11H4z\"/></svg>\n",
        colour.hex()
    );
    let in_layer = |path: &str| own.contains_key(path);
    let files = base.iter().filter(|(path, _)| !in_layer(path)).chain(own.iter());
    let others = files.clone().filter(|(path, _)| path.starts_with("assets/") && !is_bundled(path));
    let others = others.map(|(path, bytes)| ThemeFile { address: path.clone(), bytes: bytes.clone() }).collect();
    let fonts = files.filter_map(|(path, bytes)| {
        let name = path.strip_prefix("fonts/").filter(|name| name.ends_with(".ttf") || name.ends_with(".otf"))?;
        Some((name.to_owned(), bytes.clone()))
    });
    let fonts = fonts.collect();
    let paper = [(base, DEFAULT), (own, name)]
        .into_iter()
        .filter_map(|(layer, name)| text(layer, name, "paper.yaml", &mut diagnostics));
    let paper = paper.collect();
    let theme = Theme {
        name: name.to_owned(),
        hash: fingerprint(own, &tokens),
        tera,
        strings,
        texts,
        stylesheet: hashed("style", "css", stylesheet),
        script: (!script.is_empty()).then(|| hashed("script", "js", script)),
        favicon: hashed("icon", "svg", favicon),
        others,
        paper,
        fonts,
    };
    Checked { value: theme, diagnostics }
}

impl Theme {
    /// The words of a language that was asked for when the theme was loaded.
    pub fn strings(&self, language: &str) -> &Strings {
        static NONE: std::sync::OnceLock<Strings> = std::sync::OnceLock::new();
        self.strings.get(language).unwrap_or_else(|| NONE.get_or_init(Strings::default))
    }

    /// The words of such a language, as templates see them.
    pub fn texts(&self, language: &str) -> Value {
        self.texts.get(language).cloned().unwrap_or_else(Value::none)
    }

    /// Renders a template to bytes.
    ///
    /// # Errors
    /// What is wrong in the template, at its place there.
    pub fn render(&self, template: &str, context: &Context) -> Result<Vec<u8>, Box<Diagnostic>> {
        // Few pages are longer, and growing is copying.
        let mut out = Vec::with_capacity(64 * 1024);
        match self.tera.render_to(template, context, &mut out) {
            Ok(()) => Ok(out),
            Err(error) => Err(Box::new(templates::describe(&error, template, &self.name))),
        }
    }

    /// The names of all templates, those of both layers under their own prefix.
    pub fn templates(&self) -> impl Iterator<Item = &str> {
        self.tera.get_template_names()
    }
}

/// Of the built-in layer the program's own code says enough.
fn fingerprint(own: &Layer, tokens: &str) -> Hash {
    let mut all = format!("{}\0{tokens}", env!("GUIDEPOST_CODE"));
    for (path, bytes) in own {
        all.push_str(&format!("{path}\0{}\n", Hash::of(bytes).hex()));
    }
    Hash::of(all.as_bytes())
}

fn hashed(name: &str, ending: &str, text: String) -> ThemeFile {
    let hash = Hash::of(text.as_bytes()).base32(8);
    ThemeFile { address: format!("assets/{name}-{hash}.{ending}"), bytes: Arc::from(text.into_bytes()) }
}

fn is_bundled(path: &str) -> bool {
    (path.starts_with("assets/css/") && path.ends_with(".css"))
        || (path.starts_with("assets/js/") && path.ends_with(".js"))
}

/// All text files of a folder as one.
fn bundle(base: &Layer, own: &Layer, folder: &str, ending: &str) -> String {
    in_order(base, own, folder, ending).map(|(_, _, bytes)| unix(bytes)).collect()
}

/// The files of a folder in the order of their names, the lower layer's first; a file of the upper layer takes the place
/// of one with the same name. With each, whether it is the upper layer's.
fn in_order<'a>(
    base: &'a Layer,
    own: &'a Layer,
    folder: &'a str,
    ending: &'a str,
) -> impl Iterator<Item = (&'a str, bool, &'a [u8])> {
    let is_wanted = move |path: &str| path.starts_with(folder) && path.ends_with(ending);
    let upper = own.keys().filter(|path| !base.contains_key(*path));
    base.keys().chain(upper).filter(move |path| is_wanted(path)).filter_map(|path| match own.get(path) {
        Some(bytes) => Some((path.as_str(), true, &**bytes)),
        None => base.get(path).map(|bytes| (path.as_str(), false, &**bytes)),
    })
}

/// What can't be seen in the colours of a site's own theme.
fn contrast(base: &Layer, own: &Layer, theme: &str, accents: &str) -> Vec<Diagnostic> {
    let files = || in_order(base, own, "assets/css/", ".css");
    if !files().any(|(_, is_own, _)| is_own) {
        return Vec::new();
    }
    let sheets = files().map(|(path, is_own, bytes)| contrast::Sheet {
        path: format!("themes/{}/{path}", if is_own { theme } else { DEFAULT }),
        is_own,
        text: unix(bytes),
    });
    let accents = contrast::Sheet { path: String::new(), is_own: false, text: accents.to_owned() };
    contrast::check(&sheets.chain([accents]).collect::<Vec<_>>())
}

/// A text with the line ends of Unix.
fn unix(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    // Looking for one byte is much faster than looking for two.
    if text.contains('\r') { text.replace("\r\n", "\n") } else { text.into_owned() }
}

/// A text file of a layer, under its path from the site's root.
fn text(layer: &Layer, theme: &str, path: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Source> {
    let bytes = layer.get(path)?;
    let full = format!("themes/{theme}/{path}");
    match Source::new(full.as_str(), bytes) {
        Ok(source) => Some(source),
        Err(_) => {
            diagnostics.push(
                Diagnostic::new(Rule::Encoding, Place::file(full.as_str()), "the file is not UTF-8 text")
                    .hint("save it again with the encoding UTF-8"),
            );
            None
        }
    }
}
