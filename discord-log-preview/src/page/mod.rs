//! The page: what the server holds, laid out as Discord lays it out. In comes a snapshot, taken under the lock; out
//! comes HTML. Pure: no I/O, no clock.
//!
//! ```text
//! snapshot ──► document ──► column ──► message ──► embed, file, component, poll ──► markdown
//!          └─► update   ──────────────► message          (what changed, for pages that are open)
//! ```
//!
//! Everything that a user wrote is inert: the templates escape it, `markdown` writes from a fixed list of tags, pictures
//! of other hosts are named instead of loaded, and the content security policy allows the page's own files alone.

mod attached;
mod budget;
mod column;
mod component;
mod document;
mod embed;
mod message;
mod picture;
mod poll;
mod snapshot;
mod time;
mod update;

pub(crate) use self::document::{document, earlier};
pub(crate) use self::snapshot::{Asked, Snapshot, State as BarState, Window, names};
pub(crate) use self::update::{Bar, Update};

/// The page's icon.
pub(crate) const ICON: &str = include_str!("../../assets/icon.svg");
/// The style sheet.
pub(crate) const STYLE: &str = include_str!("../../assets/page.css");
/// The script that sets the chosen theme before anything is drawn.
pub(crate) const THEME: &str = include_str!("../../assets/theme.js");
/// The script: what is live on the page.
pub(crate) const SCRIPT: &str = include_str!("../../assets/page.js");
