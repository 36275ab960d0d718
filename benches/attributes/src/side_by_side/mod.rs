//! Measures functions in turn within one process, and prints what they cost beside what they may cost.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "serves programs that measure, and end when they cannot")]

mod cases;
mod loopback;
mod table;

pub use cases::{BURST, Case, Cases, DRAIN, Figure, Form, Sampled};
pub use loopback::{answering, hanging, refused, start, webhook};
pub use table::{Row, print, tell};
