//! Where in the user's source an event comes from.

use std::panic::Location;

/// An annotated function.
#[derive(Debug)]
pub struct Callsite {
    pub(crate) function: &'static str,
    pub(crate) module: &'static str,
    pub(crate) file: &'static str,
    pub(crate) line: u32,
}

impl Callsite {
    /// Describes a function: its name, its module path, its file and the line of its attribute.
    #[must_use]
    pub const fn new(function: &'static str, module: &'static str, file: &'static str, line: u32) -> Self {
        Self { function, module, file, line }
    }

    /// Gives the place in the source.
    #[must_use]
    pub const fn place(&self) -> Place<'_> {
        Place { function: Some(self.function), module: Some(self.module), file: self.file, line: self.line }
    }
}

/// A place in the user's source.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Place<'a> {
    /// Name of the function, where an attribute knows it.
    pub function: Option<&'a str>,
    /// Path of the module, where an attribute knows it.
    pub module: Option<&'a str>,
    /// Source file as the compiler was given it.
    pub file: &'a str,
    /// Line in the file, from 1.
    pub line: u32,
}

/// A line of the program that logged something itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct SourceLine {
    pub(super) module: Option<&'static str>,
    pub(super) file: &'static str,
    pub(super) line: u32,
}

impl SourceLine {
    pub(super) const fn of(location: &'static Location<'static>) -> Self {
        Self { module: None, file: location.file(), line: location.line() }
    }

    pub(super) const fn place(&self) -> Place<'_> {
        Place { function: None, module: self.module, file: self.file, line: self.line }
    }

    /// Numbers it by where the name of its file stands: nothing is read.
    pub(super) fn number(&self) -> u64 {
        (self.file.as_ptr().addr() as u64) ^ u64::from(self.line).rotate_right(24)
    }
}
