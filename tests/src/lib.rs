//! Behaviour seen through the public API lives in the folders beside this one. The library itself is empty: it lets the
//! README's code be compiled.
#![doc = include_str!("../../README.md")]
