//! The data path is the folder list: a step imports only earlier steps. Every arrow between modules of the library is in
//! the table below, so that a new one is a decision somebody sees.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Module, and what it may import.
const ARROWS: &[(&str, &[&str])] = &[
    // Steps, in the order of the path.
    ("event", &[]),
    ("filter", &["event"]),
    ("queue", &["event"]),
    ("record", &["event"]),
    ("reduce", &["event", "record"]),
    ("summary", &["event", "health", "record", "reduce"]),
    ("render", &["event", "health", "record", "reduce", "summary"]),
    ("send", &["health", "render"]),
    // Leaves.
    ("health", &[]),
    ("context", &["event"]),
    ("testing", &["context", "event", "filter"]),
    // What processes of a host share.
    ("host_budget", &["send"]),
    // Composes the settings which the steps have for themselves.
    ("config", &["context", "event", "filter", "record", "reduce", "render", "send", "summary"]),
    // Drivers: the only ones that see several steps.
    ("local_log", &["event", "render"]),
    ("logger", &["context", "event", "filter", "health", "local_log", "queue", "render"]),
    (
        "recorder",
        &[
            "config",
            "event",
            "filter",
            "health",
            "local_log",
            "logger",
            "queue",
            "record",
            "render",
            "sender",
            "summary",
            "testing",
        ],
    ),
    ("dispatch", &["config", "event", "health", "record", "reduce", "render", "send"]),
    (
        "sender",
        &["config", "dispatch", "event", "health", "host_budget", "local_log", "logger", "record", "send", "testing"],
    ),
    (
        // It installs the panic hook, which is a door.
        "lifecycle",
        &[
            "capture",
            "config",
            "context",
            "event",
            "health",
            "local_log",
            "logger",
            "record",
            "recorder",
            "render",
            "sender",
        ],
    ),
    ("signals", &["lifecycle"]),
    // Doors.
    ("capture", &["context", "event", "health", "local_log", "logger", "queue"]),
    ("__private", &["capture", "event", "health", "logger", "queue"]),
    ("check", &["config", "event", "send"]),
    ("journal", &["config", "event", "record", "reduce", "render"]),
    ("__bench", &["event", "filter", "record", "reduce", "render", "send"]),
];

/// Who may read a clock, touch files, or talk HTTP.
const MAY_READ_CLOCKS: &[&str] = &[
    "__bench.rs",
    "capture/log_record.rs",
    "capture/request.rs",
    "check.rs",
    "health.rs",
    "journal/mod.rs",
    "lifecycle.rs",
    "logger.rs",
    "recorder.rs",
    "sender.rs",
];
const MAY_TOUCH_FILES: &[&str] = &["config/environment.rs", "host_budget.rs", "record/storage/disk.rs"];
const MAY_TALK_HTTP: &[&str] =
    &["send/client.rs", "send/tls/mod.rs", "send/tls/rustls.rs", "send/tls/native.rs", "send/tls/none.rs"];

const FORBIDDEN_NAMES: &[&str] =
    &["util", "utils", "common", "helpers", "misc", "types", "impl", "manager", "handler", "core", "legacy", "error"];

/// Folders and files that are compiled for tests alone.
const TESTS: &[&str] = &["simulation", "tests", "tests.rs"];

/// In the default features of `discord-log`, counted by name.
const MOST_CRATES: usize = 120;
const MOST_LINES_OF_A_FILE: usize = 400;
const MOST_LINES_OF_A_FUNCTION: usize = 60;

struct Source {
    path: PathBuf,
    /// Without comments and without what follows `#[cfg(test)]`.
    code: Vec<String>,
}

fn library() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../discord-log/src")
}

fn sources(folder: &Path) -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in fs::read_dir(&current).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("text");
                // Of the path inside: the way to it leads through this test's own folder.
                let inside = path.strip_prefix(folder).expect("within");
                let is_test = inside.iter().any(|part| TESTS.iter().any(|tests| part == *tests));
                let lines = text.lines().take_while(|line| line.trim() != "#[cfg(test)]" && !is_test);
                let code = lines.filter(|line| !line.trim_start().starts_with("//")).map(str::to_owned).collect();
                found.push(Source { path: path.strip_prefix(folder).expect("within").to_owned(), code });
            }
        }
    }
    assert!(found.len() > 30, "the library is at {}", folder.display());
    found
}

fn module_of(path: &Path) -> String {
    let first = path.components().next().expect("a component").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// Names after `crate::`, also inside `use crate::{a, b::c}`.
fn imports(code: &[String]) -> BTreeSet<String> {
    let text = code.join("\n");
    let mut found = BTreeSet::new();
    for after in text.split("crate::").skip(1) {
        if let Some(list) = after.strip_prefix('{') {
            let (mut depth, mut name) = (1, String::new());
            for character in list.chars() {
                match character {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                if depth == 1 && (character.is_alphanumeric() || character == '_') {
                    name.push(character);
                } else if depth == 0 || (depth == 1 && matches!(character, ',' | ':')) {
                    found.insert(std::mem::take(&mut name));
                    if depth == 0 {
                        break;
                    }
                } else if depth == 1 && character.is_whitespace() {
                    name.clear();
                }
            }
        } else {
            found.insert(after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    found
}

#[test]
fn every_arrow_between_modules_is_in_the_table() {
    let table: BTreeMap<_, BTreeSet<_>> =
        ARROWS.iter().map(|(module, may)| (*module, may.iter().copied().collect())).collect();
    let mut wrong = Vec::new();
    for source in sources(&library()) {
        let module = module_of(&source.path);
        if module == "lib" {
            continue;
        }
        let may = table.get(module.as_str()).unwrap_or_else(|| panic!("`{module}` is not in the table"));
        for import in imports(&source.code) {
            let is_module = table.contains_key(import.as_str());
            if is_module && import != module && !may.contains(import.as_str()) {
                wrong.push(format!("{} imports crate::{import}", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_table_has_no_cycle() {
    let mut settled = BTreeSet::new();
    let mut rest: Vec<_> = ARROWS.to_vec();
    while !rest.is_empty() {
        let before = rest.len();
        rest.retain(|(module, may)| {
            let is_free = may.iter().all(|import| settled.contains(import));
            if is_free {
                settled.insert(*module);
            }
            !is_free
        });
        assert!(rest.len() < before, "a cycle among {:?}", rest.iter().map(|(module, _)| module).collect::<Vec<_>>());
    }
}

#[test]
fn clocks_files_and_http_are_where_they_belong() {
    let rules: [(&[&str], &[&str]); 3] = [
        (&["Instant::now", "SystemTime::now", "Timestamp::now"], MAY_READ_CLOCKS),
        (&["std::fs", "fs::File"], MAY_TOUCH_FILES),
        (&["reqwest"], MAY_TALK_HTTP),
    ];
    let mut wrong = Vec::new();
    for source in sources(&library()) {
        let path = source.path.to_string_lossy().into_owned();
        for (words, may) in rules {
            let uses = words.iter().find(|word| source.code.iter().any(|line| line.contains(**word)));
            if let Some(word) = uses
                && !may.contains(&path.as_str())
            {
                wrong.push(format!("{path} uses {word}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_functions_and_names_stay_small_and_plain() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut wrong = Vec::new();
    for folder in ["discord-log/src", "discord-log-preview/src"] {
        for source in sources(&root.join(folder)) {
            let path = source.path.display();
            let lines = source.code.iter().filter(|line| !line.trim().is_empty()).count();
            if lines > MOST_LINES_OF_A_FILE {
                wrong.push(format!("{folder}/{path} has {lines} lines"));
            }
            for (name, lines) in long_functions(&source.code) {
                wrong.push(format!("{folder}/{path}: `{name}` has {lines} lines"));
            }
            let stem = source.path.file_stem().expect("a name").to_string_lossy().into_owned();
            let folders = source.path.iter().map(|part| part.to_string_lossy().into_owned());
            if folders.chain([stem]).any(|name| FORBIDDEN_NAMES.contains(&name.as_str())) {
                wrong.push(format!("{folder}/{path} has a name that says nothing"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_default_tree_stays_small() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--package", "discord-log", "--edges", "normal", "--prefix", "none"])
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8_lossy(&output.stdout).into_owned();
    let crates: BTreeSet<_> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    println!("{} crates", crates.len());
    assert!(crates.len() > 50 && crates.len() <= MOST_CRATES, "{} crates: {crates:?}", crates.len());
    for foreign in ["openssl-sys", "libsqlite3-sys", "ring"] {
        assert!(!crates.contains(foreign), "{foreign} may be what the host brings itself");
    }
}

/// Functions longer than allowed, by the indentation that rustfmt gives their ends.
fn long_functions(code: &[String]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (start, line) in code.iter().enumerate() {
        let Some((_, after)) = line.split_once("fn ") else { continue };
        let is_definition = line.trim_start().starts_with(['f', 'p', 'a', 'c', 'u', 'e']) && after.contains('(');
        if !is_definition || line.trim_end().ends_with(['}', ';']) {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let end = format!("{}}}", " ".repeat(indent));
        let body = code.get(start + 1..).unwrap_or_default();
        if let Some(length) = body.iter().position(|line| *line == end)
            && length > MOST_LINES_OF_A_FUNCTION
        {
            found.push((after.chars().take_while(|c| *c != '(').collect(), length));
        }
    }
    found
}
