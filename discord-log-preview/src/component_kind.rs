//! The numbers by which Discord names the kinds of components.

pub(crate) const ROW: i64 = 1;
pub(crate) const BUTTON: i64 = 2;
pub(crate) const SECTION: i64 = 9;
pub(crate) const TEXT: i64 = 10;
pub(crate) const THUMBNAIL: i64 = 11;
pub(crate) const GALLERY: i64 = 12;
pub(crate) const FILE: i64 = 13;
pub(crate) const SEPARATOR: i64 = 14;
pub(crate) const CONTAINER: i64 = 17;
