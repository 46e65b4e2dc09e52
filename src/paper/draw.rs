//! The file: placed bands in, a PDF/UA-1 file out.
//!
//! Everything has its place by now. This has `pen` draw it page by page, and adds links, outline, metadata and the tag
//! tree. It has no clock and no random numbers: the same pages make the same bytes.

use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::Point;
use krilla::image::Image;
use krilla::metadata::{Metadata, TextDirection};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::{Document, SerializeSettings};

use super::compose::Band;
use super::pen::{Paper, Pen};
use super::style::Style;
use super::tags::Tags;

/// A page with everything on it, each band at its distance from the top of the sheet's content.
pub struct Placed<'a> {
    /// From top to bottom.
    pub bands: Vec<(f32, &'a Band)>,
}

/// What is said of a file as a whole.
pub struct About<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its language.
    pub language: &'a str,
    /// Who publishes it.
    pub organization: Option<&'a str>,
    /// Whether it runs from right to left.
    pub rtl: bool,
}

/// Why no file was made.
pub enum Refused {
    /// The pixels of this picture can't be read.
    Picture(Image),
    /// Anything else.
    Other(String),
}

/// Draws pages to a file.
///
/// # Errors
/// A picture that is damaged, or what krilla's validator says against the file.
pub fn draw(
    pages: &[Placed<'_>],
    paper: Paper,
    style: &Style,
    mut tags: Tags,
    about: &About<'_>,
) -> Result<Vec<u8>, Refused> {
    let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    let configuration = configuration.map_err(|error| Refused::Other(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    for (number, page) in pages.iter().enumerate() {
        let (width, height) = paper.size;
        let settings =
            PageSettings::from_wh(width, height).ok_or_else(|| Refused::Other("the paper has no size".to_owned()))?;
        let mut sheet = document.start_page_with(settings);
        let mut links = Vec::new();
        {
            let surface = sheet.surface();
            let mut pen =
                Pen { surface, style, tags: &mut tags, links: &mut links, paper, page: number, rtl: about.rtl };
            for (y, band) in &page.bands {
                pen.band(band, *y);
            }
        }
        for (rect, link, meaning) in links {
            let target = Target::Action(Action::Link(LinkAction::new(link.0.clone())));
            let annotation = Annotation::new_link(LinkAnnotation::new(rect, target), Some(link.1.clone()));
            tags.fill(meaning, sheet.add_tagged_annotation(annotation));
        }
        sheet.finish();
    }
    document.set_outline(outline(pages, paper));
    document.set_metadata(metadata(about));
    document.set_tag_tree(tags.finish(about.language));
    document.finish().map_err(|error| match error {
        KrillaError::Image(image, ..) => Refused::Picture(image),
        other => Refused::Other(format!("{other:?}")),
    })
}

fn outline(pages: &[Placed<'_>], paper: Paper) -> Outline {
    let mut entries = pages.iter().enumerate().flat_map(|(number, page)| {
        page.bands.iter().filter_map(move |(y, band)| {
            let point = Point::from_xy(paper.origin().0, paper.origin().1 + y);
            Some(OutlineNode::new(band.outline.clone()?, XyzDestination::new(number, point)))
        })
    });
    let mut outline = Outline::new();
    // The title stands over the headings of its groups.
    if let Some(mut title) = entries.next().map(|title| title.with_open(true)) {
        entries.for_each(|entry| title.push_child(entry));
        outline.push_child(title);
    }
    outline
}

fn metadata(about: &About<'_>) -> Metadata {
    let direction = if about.rtl { TextDirection::RightToLeft } else { TextDirection::LeftToRight };
    let mut metadata = Metadata::new()
        .title(about.title.to_owned())
        .language(about.language.to_owned())
        .creator("Guidepost".to_owned())
        .text_direction(direction);
    if let Some(organization) = about.organization {
        metadata = metadata.authors(vec![organization.to_owned()]);
    }
    metadata
}
