//! Processes of this program's own, what they hold in memory, and folders for their files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::table::Row;

/// The first argument of a process that runs a part.
pub(crate) const CHILD: &str = "part";

/// Starts a part.
pub(crate) fn start(part: &str, variables: &[(String, String)]) -> Child {
    let program = std::env::current_exe().expect("the path of this program");
    let mut command = Command::new(program);
    command.args([CHILD, part]).envs(variables.iter().cloned()).stdout(Stdio::piped());
    command.spawn().expect("a process")
}

/// Runs a part to its end, and gives its figures.
pub(crate) fn rows(part: &str) -> Vec<Row> {
    rows_of(part, &[])
}

/// Runs a part with variables to its end, and gives its figures.
pub(crate) fn rows_of(part: &str, variables: &[(String, String)]) -> Vec<Row> {
    let output = start(part, variables).wait_with_output().expect("its output");
    let text = String::from_utf8_lossy(&output.stdout);
    let rows: Vec<_> = text.lines().filter_map(Row::parse).collect();
    if rows.is_empty() { vec![Row::holds(part, false, "it failed")] } else { rows }
}

/// Makes an empty folder on the disk that the build is on.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{name}"));
    remove(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Removes a folder with all that is in it.
pub(crate) fn remove(folder: &Path) {
    if folder.exists() {
        fs::remove_dir_all(folder).expect("removed");
    }
}

/// Resident memory in MiB: `VmRSS` now, `VmHWM` at the most so far. None where the system does not say.
///
/// Source: <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>
pub(crate) fn memory(field: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kibibytes.map_or(f64::NAN, |kibibytes| kibibytes / 1_024.0)
}

/// Lists the files of undelivered events under a journal.
pub(crate) fn chunks(journal: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![journal.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                _ if events_of(&entry.path()).is_some() => found.push(entry.path()),
                _ => {}
            }
        }
    }
    found
}

/// Counts the events that wait in files.
pub(crate) fn events_on_disk(journal: &Path) -> u64 {
    chunks(journal).iter().filter_map(|file| events_of(file)).sum()
}

/// How many events a file of the journal has, by its name: `<first>-<events>-<most severe>.jsonl`.
fn events_of(file: &Path) -> Option<u64> {
    let mut parts = file.file_name()?.to_str()?.strip_suffix(".jsonl")?.splitn(3, '-');
    let (first, events) = (parts.next()?, parts.next()?);
    // Days of the history look alike, and are shorter.
    (first.len() == 20).then(|| events.parse().ok())?
}
