//! What annotated functions tell, and what they leave as it was.
#![expect(clippy::panic, reason = "functions that panic are part of what is tested")]

mod arguments;
mod asking;
mod errors;
mod failure;
mod fields;
mod lints;
mod log_bridge;
mod logged;
mod methods;
mod nested;
mod once;
mod outcome;
mod shapes;
mod size;
mod stacking;
mod tracing_layer;
mod unmerged;
mod values;
