//! Each command as a process, as people and scripts start it: on a machine with nothing on it, with and without a terminal,
//! against the local Discord in good and bad days.
#![cfg(unix)]

mod completions;
mod doctor;
mod machine;
mod preview;
mod run;
mod send;
mod test;
