//! The preview through real HTTP: what Discord takes, refuses and limits, and what can be scripted to go wrong.
#![cfg(test)]

mod client;
mod edits;
mod faults;
mod files;
mod held;
mod limits;
mod page;
mod posts;
mod rates;
mod schema;
mod threads;
