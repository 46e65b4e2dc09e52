//! The fonts of sheets: the theme's, then the site's further ones where the theme's lack a character.
//!
//! In: the bytes of font files. Out: [`Fonts`], which all threads share, and from it a [`Workspace`] for as long as one
//! sheet is laid out. It looks at no font of the machine, so that every machine makes the same bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use krilla::text::{Font, Tag};
use parley::fontique::{Blob, Collection, CollectionOptions, SourceCache, Synthesis};
use parley::{FontContext, FontData, FontFamily, FontFamilyName, Layout, LayoutContext};

use super::{Fault, FaultKind};
use crate::source::Place;

/// The fonts of all sheets, read once.
pub struct Fonts {
    faces: BTreeMap<Key, Font>,
    families: FontFamily<'static>,
    collection: Mutex<FontContext>,
    idle: Mutex<Vec<Workspace>>,
}

/// A face: the file's number, the face's number in the file, and where in a variable font it lies.
type Key = (u64, u32, Vec<([u8; 4], u32)>);

/// What laying out needs and what is worth keeping from one sheet to the next.
pub(super) struct Workspace {
    pub fonts: FontContext,
    pub layouts: LayoutContext<u16>,
    pub layout: Layout<u16>,
    pub families: FontFamily<'static>,
    faces: BTreeMap<Key, Font>,
}

impl Fonts {
    /// Reads font files: the theme's first, then the site's. Faces of one family (by the name that the files give it)
    /// belong together; each further family is asked, in order, for characters that those before it lack.
    ///
    /// The faults name files that are no font that can be drawn with; the others are used.
    pub fn new(files: &[(&str, Arc<[u8]>)]) -> (Self, Vec<Fault>) {
        let options = CollectionOptions { shared: false, system_fonts: false };
        let mut context = FontContext { collection: Collection::new(options), source_cache: SourceCache::default() };
        let (mut faces, mut names, mut faults) = (BTreeMap::new(), Vec::new(), Vec::new());
        for (name, bytes) in files {
            let (families, found) = register(&mut context, bytes);
            if found.is_empty() {
                faults.push(Fault { kind: FaultKind::BadFont { name: (*name).to_owned() }, place: Place::file(*name) });
            }
            for family in families {
                if !names.contains(&family) {
                    names.push(family);
                }
            }
            faces.extend(found);
        }
        let names = names.into_iter().map(|name| FontFamilyName::Named(Cow::Owned(name))).collect();
        let families = FontFamily::List(Cow::Owned(names));
        (Self { faces, families, collection: Mutex::new(context), idle: Mutex::default() }, faults)
    }

    /// Whether there is no font at all, so that nothing can be printed.
    pub fn is_empty(&self) -> bool {
        self.faces.is_empty()
    }

    /// A workspace that was used before, or a new one.
    pub(super) fn borrow(&self) -> Workspace {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.unwrap_or_else(|| Workspace {
            fonts: self.collection.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            layouts: LayoutContext::new(),
            layout: Layout::new(),
            families: self.families.clone(),
            faces: self.faces.clone(),
        })
    }

    /// Takes a workspace back for the next sheet.
    pub(super) fn give_back(&self, workspace: Workspace) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(workspace);
    }
}

/// The faces of a file that both libraries can read; none of it is kept where there is none.
fn register(context: &mut FontContext, bytes: &Arc<[u8]>) -> (Vec<String>, Vec<(Key, Font)>) {
    let data: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::new(bytes.clone());
    // krilla first: what it can't draw must not be offered for layout.
    if Font::new(data.clone().into(), 0).is_none() {
        return (Vec::new(), Vec::new());
    }
    let blob = Blob::new(data.clone());
    let registered = context.collection.register_fonts(blob.clone(), None);
    let name = |family| context.collection.family_name(family).map(str::to_owned);
    let families = registered.iter().map(|(family, _)| *family).filter_map(name).collect();
    let indices = registered.iter().flat_map(|(_, fonts)| fonts.iter().map(|font| font.index()));
    let face = |index| Some(((blob.id(), index, Vec::new()), Font::new(data.clone().into(), index)?));
    (families, indices.filter_map(face).collect())
}

impl Workspace {
    /// The font to draw with for one that was chosen for layout.
    pub fn face(&mut self, font: &FontData, synthesis: &Synthesis) -> Option<Font> {
        let settings = synthesis.variation_settings();
        let place = settings.iter().map(|(tag, value)| (tag.to_be_bytes(), value.to_bits())).collect();
        let key: Key = (font.data.id(), font.index, place);
        if let Some(face) = self.faces.get(&key) {
            return Some(face.clone());
        }
        let coordinates: Vec<_> = settings.iter().map(|(tag, value)| (Tag::new(&tag.to_be_bytes()), *value)).collect();
        let (data, _) = font.data.clone().into_raw_parts();
        let face = Font::new_variable(data.into(), font.index, &coordinates)?;
        self.faces.insert(key, face.clone());
        Some(face)
    }
}
