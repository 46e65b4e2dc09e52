//! The tag tree: what a screen reader hears, in reading order.
//!
//! In: nodes, opened while the sheet is laid out, with a slot for everything that will be drawn. Out: krilla's tree,
//! once drawing has filled the slots. It draws nothing; order comes from layout alone, so that a link or a nested list
//! stands where it is read, on whatever page it is drawn.

use krilla::tagging::{Artifact, ArtifactType, BBox, ContentTag, Identifier, Node, Tag, TagGroup, TagKind, TagTree};

/// A node of the tree, by its number.
pub type NodeId = usize;

/// The root, under which everything hangs.
pub const ROOT: NodeId = 0;

/// What a thing that is drawn means.
#[derive(Debug, Clone, Copy)]
pub enum Meaning {
    /// Nothing: a rule, a repeated head, a page number.
    Artifact(ArtifactType),
    /// The content of a node, at this place among its children.
    Content { node: NodeId, slot: usize },
}

/// A rule, a box's frame, an ornament.
pub const ORNAMENT: Meaning = Meaning::Artifact(ArtifactType::Layout);

impl Meaning {
    /// How krilla marks an artifact; `None` for content.
    pub fn artifact(self) -> Option<ContentTag<'static>> {
        match self {
            Self::Artifact(kind) => Some(ContentTag::Artifact(Artifact::with_kind(kind))),
            Self::Content { .. } => None,
        }
    }
}

enum Child {
    Node(NodeId),
    Leaves(Vec<Identifier>),
}

struct TagNode {
    kind: TagKind,
    children: Vec<Child>,
}

/// The tree while it grows. Children always have greater numbers than their parents.
pub struct Tags {
    nodes: Vec<TagNode>,
}

impl Tags {
    /// A tree with nothing but its root.
    pub fn new() -> Self {
        // The root is never written: its children become the children of krilla's own document element.
        Self { nodes: vec![TagNode { kind: Tag::NonStruct.into(), children: Vec::new() }] }
    }

    /// A new node, after all that its parent has by now.
    pub fn open(&mut self, parent: NodeId, kind: impl Into<TagKind>) -> NodeId {
        let id = self.nodes.len();
        self.nodes.push(TagNode { kind: kind.into(), children: Vec::new() });
        if let Some(parent) = self.nodes.get_mut(parent) {
            parent.children.push(Child::Node(id));
        }
        id
    }

    /// A place for content, after all that the node has by now.
    pub fn content(&mut self, node: NodeId) -> Meaning {
        let Some(parent) = self.nodes.get_mut(node) else { return ORNAMENT };
        parent.children.push(Child::Leaves(Vec::new()));
        Meaning::Content { node, slot: parent.children.len() - 1 }
    }

    /// Says what was drawn for a place.
    pub fn fill(&mut self, meaning: Meaning, identifier: Identifier) {
        let Meaning::Content { node, slot } = meaning else { return };
        let child = self.nodes.get_mut(node).and_then(|node| node.children.get_mut(slot));
        if let Some(Child::Leaves(leaves)) = child {
            leaves.push(identifier);
        }
    }

    /// Says where a figure lies.
    pub fn bound(&mut self, meaning: Meaning, bounds: BBox) {
        let Meaning::Content { node, .. } = meaning else { return };
        if let Some(TagNode { kind: TagKind::Figure(figure), .. }) = self.nodes.get_mut(node) {
            figure.set_bbox(Some(bounds));
        }
    }

    /// The finished tree. Built from the leaves up, without recursion.
    pub fn finish(self, language: &str) -> TagTree {
        let mut built: Vec<Option<TagGroup>> = Vec::new();
        built.resize_with(self.nodes.len(), || None);
        for (id, node) in self.nodes.into_iter().enumerate().rev() {
            let mut group = TagGroup::new(node.kind);
            for child in node.children {
                match child {
                    Child::Node(child) => {
                        group.children.extend(built.get_mut(child).and_then(Option::take).map(Node::Group));
                    }
                    Child::Leaves(leaves) => group.children.extend(leaves.into_iter().map(Node::Leaf)),
                }
            }
            if let Some(place) = built.get_mut(id) {
                *place = Some(group);
            }
        }
        let children = built.into_iter().next().flatten().map(|root| root.children).unwrap_or_default();
        TagTree { children, lang: Some(language.to_owned()) }
    }
}

/// A heading; its text is said twice, for readers that list headings by their title.
pub fn heading(level: u16, text: &str) -> TagKind {
    Tag::Hn(std::num::NonZeroU16::new(level).unwrap_or(std::num::NonZeroU16::MIN), Some(text.to_owned())).into()
}
