//! Guidepost turns a folder of Markdown with YAML front matter into an onboarding guide: a cross-linked website whose
//! checklists print. This page is the architecture.
//!
//! Data flows one way, through functions that change nothing they are given:
//!
//! ```text
//! disk ─ read ─► Source ─ parse ─► Page ─ assemble ─► Site ─ link ─► Links ─ derive ─► sheets
//!                                                                      │
//!                      routes (every address, known before any page is made)
//!                                                                      │
//!                               render(edition, route) ─► bytes ─ publish ─► disk   (build)
//!                                                            └──── serve ───► browser (serve)
//! ```
//!
//! - A stage takes references and gives a new value with what it found wrong, as [`diagnostic::Checked`]. Stages do not
//!   fail; only the shell ([`project`], [`serve`], [`cli`]) returns `Result`, and only it touches disk, network and terminal.
//! - [`parse`] knows one file, so pages parse in parallel and are kept by content hash ([`compile::Memo`]). All that
//!   comes after is worked out anew from what is there, and so can't be stale.
//! - A link is asked for when it is written ([`link::Links`]); nothing is filled in later. One that leads nowhere still
//!   renders, marked, and is a diagnostic at its place.
//! - A sheet is data ([`model::sheet::Sheet`]). Its HTML page and its PDF are two drawings of the same value, so screen and
//!   paper can't drift apart.
//! - Everything that a later stage may complain about carries its place, a byte range of its file. Lines and columns are
//!   worked out when a message is drawn.
//!
//! A module imports only from those above it in this table; a test holds that.
//!
//! | module | what goes in, what comes out |
//! |---|---|
//! | [`source`] | bytes of a file → text, hash, places |
//! | [`diagnostic`] | what is wrong, by rule, at a place, with what to write instead |
//! | [`model`] | plain data: pages and their kinds, guides, site, sheets, addresses |
//! | [`parse`] | one file → one page |
//! | [`assemble`] | pages → site: guides, order, ids |
//! | [`link`] | site → what refers to what: links, anchors, terms, backlinks |
//! | [`derive`] | site → sheets, the plan's year, what the rules find |
//! | [`theme`] | layers of files → templates, one stylesheet, one script, words |
//! | [`paper`] | sheet → PDF/UA |
//! | [`routes`] | site → every address and what it shows |
//! | [`search`] | what can be found → the index that a reader's browser searches |
//! | [`render`] | route → bytes |
//! | [`compile`] | the core's one entrance: files + memo → compiled site |
//! | [`project`] | the disk: read a folder, publish an output |
//! | [`serve`] | the preview: watch, answer, reload |
//! | [`cli`] | arguments, messages, exit codes |
//!
//! Where to add what:
//!
//! - **A key of front matter**: a field with a doc comment in [`model::front_matter`], under its kind. Reading, the check for
//!   unknown keys, `guidepost schema` and `guidepost new` follow from it. What the key does belongs to [`link`] where it
//!   refers to a page (`link/references.rs`), to [`derive`] where something follows from it, and to [`render`] where
//!   a template shows it (`render/view.rs` is what templates see).
//! - **A setting**: a field in [`model::settings`].
//! - **A rule**: an entry in `diagnostic/rules.rs`, the check in the stage that knows enough, a fixture that breaks it.
//! - **A made page**: a variant of [`model::address::Made`] with its address, an arm in `render/made.rs`, a template.
//! - **A command**: a variant of [`cli::Command`].
//!
//! [`derive`]: mod@derive

pub mod assemble;
pub mod cli;
pub mod compile;
pub mod derive;
pub mod diagnostic;
pub mod link;
pub mod model;
pub mod paper;
pub mod parse;
pub mod project;
pub mod render;
pub mod routes;
pub mod search;
pub mod serve;
pub mod source;
pub mod theme;
