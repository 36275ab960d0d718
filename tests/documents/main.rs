//! The documents say what the code says: every setting, every sentence of the logger's, every link, and every block of code,
//! which `run` beside this file runs or a doc test compiles.
#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod blocks;
mod links;
mod markdown;
mod sentences;
mod settings;
mod source;

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The documents that people work from: their commands and their code have to work.
fn guides() -> Vec<String> {
    let mut guides = vec!["CONTRIBUTING.md".to_owned(), "README.md".to_owned()];
    for entry in fs::read_dir(root().join("docs")).expect("a folder") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        if name.ends_with(".md") {
            guides.push(format!("docs/{name}"));
        }
    }
    guides.sort();
    guides
}

/// Those, and the others of the repository.
fn documents() -> Vec<String> {
    let mut documents = guides();
    documents.extend(["CHANGELOG.md", "benches/README.md", "fuzz/README.md"].map(str::to_owned));
    documents
}
