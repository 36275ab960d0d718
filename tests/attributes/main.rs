//! What annotated functions tell, and what they leave as it was.
#![expect(clippy::panic, reason = "functions that panic are part of what is tested")]

mod asking;
mod errors;
mod fields;
mod lints;
mod once;
mod outcome;
mod shapes;
mod size;
mod stacking;
mod values;
