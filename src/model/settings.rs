//! What `content/site.yaml` says. A new setting is a new field here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::values::List;
use crate::source::Spanned;

/// The settings of a site, with their defaults.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The site's name. Default: the title of the first guide.
    pub title: Option<String>,
    /// The address at which it is published, `https://…`. Sitemap, feed, canonical links and QR codes need it.
    pub url: Option<Spanned<String>>,
    /// The language of pages and labels.
    pub language: Spanned<String>,
    /// The theme: a folder under `themes/`, over the built-in one.
    pub theme: Spanned<String>,
    /// The colour of links and marks, as `"#005a9c"`.
    pub accent: Spanned<String>,
    /// Who publishes the guide.
    pub organization: Organization,
    /// The paper of the PDFs: `letter`, `a4` or `both`.
    pub paper: Paper,
    /// Further TTF or OTF files for sheets in other scripts, counted from `content/`.
    pub fonts: List<Spanned<String>>,
    /// What happens to HTML in pages: `text` shows it as text, `allow` keeps what is harmless.
    pub raw_html: RawHtml,
    /// Further file types to copy, without the dot: `[dwg]`.
    pub assets: List<Spanned<String>>,
    /// Files for hosts: `headers`, `iis`, `nojekyll`.
    pub hosting: List<Hosting>,
}

impl Default for Settings {
    fn default() -> Self {
        let text = |value: &str| Spanned::new(value.to_owned(), 0..0);
        Self {
            title: None,
            url: None,
            language: text("en"),
            theme: text("default"),
            accent: text("#005a9c"),
            organization: Organization::default(),
            paper: Paper::Letter,
            fonts: List::default(),
            raw_html: RawHtml::Text,
            assets: List::default(),
            hosting: List::default(),
        }
    }
}

impl Settings {
    /// The address at which the site is published, without a slash at its end.
    pub fn base(&self) -> Option<&str> {
        self.url.as_ref().map(|url| url.value.trim_end_matches('/'))
    }
}

/// Who publishes the guide.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Organization {
    /// Its name, shown at the head of each page and sheet.
    pub name: Option<String>,
    /// Its logo, a PNG or JPEG (on pages also SVG), counted from `content/`.
    pub logo: Option<Spanned<String>>,
}

/// The paper of the PDFs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Paper {
    /// US Letter, 8.5 by 11 inches.
    Letter,
    /// A4, 210 by 297 mm.
    A4,
    /// A PDF for each.
    Both,
}

/// What happens to HTML in pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RawHtml {
    /// Shown as text, with a warning.
    Text,
    /// Kept, less what could run or style anything.
    Allow,
}

/// Files that a host wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Hosting {
    /// `_headers`, as Netlify and Cloudflare Pages read it.
    Headers,
    /// `web.config` for IIS.
    Iis,
    /// `.nojekyll` for GitHub Pages.
    Nojekyll,
}
