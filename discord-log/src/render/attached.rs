//! The files that go with a message: of an event whose embed has no room for all of it the whole event, of a group that
//! has more occurrences than its embed can name all of them.

use std::cmp::Reverse;

use super::body::File;
use super::{Settings, event_file, limits};
use crate::reduce::{Group, Shown};

/// What a message tells, and how many bytes of it are not in its embed.
pub(super) type Told<'a> = (&'a Shown, usize);

/// Makes the files of a message, at most as many as it takes. Each that needs one gets one; a second of its own goes to
/// those of which the most was cut, and in that of the others both stand together.
pub(super) fn files(settings: &Settings, told: &[Told<'_>]) -> Vec<File> {
    let listed: Vec<_> = told.iter().map(|(shown, _)| shown.group.as_ref().and_then(occurrences)).collect();
    let ones = told.iter().zip(&listed).filter(|((_, cut), listed)| *cut > 0 || listed.is_some()).count();
    let mut both: Vec<_> = told.iter().zip(&listed).enumerate().collect();
    both.retain(|(_, ((_, cut), listed))| *cut > 0 && listed.is_some());
    both.sort_by_key(|(_, ((_, cut), _))| Reverse(*cut));
    let apart: Vec<_> = both.iter().take(limits::FILES.saturating_sub(ones)).map(|(position, _)| *position).collect();
    let mut files = Vec::new();
    for (position, ((shown, cut), listed)) in told.iter().zip(&listed).enumerate() {
        let is_apart = *cut == 0 || apart.contains(&position);
        if *cut > 0 {
            let within = listed.as_deref().filter(|_| !is_apart);
            files.push(text(shown, event_file::write(settings, shown, within)));
        }
        files.extend(listed.as_deref().filter(|_| is_apart).map(|lines| occurrences_of(shown, lines)));
    }
    files.truncate(limits::FILES);
    files
}

fn text(shown: &Shown, text: String) -> File {
    let name = format!("{}.txt", shown.entry.id);
    File { name, media_type: "text/plain; charset=utf-8", bytes: text.into_bytes() }
}

fn occurrences_of(shown: &Shown, lines: &str) -> File {
    let name = format!("occurrences-{}.jsonl", shown.entry.id);
    File { name, media_type: "application/jsonl", bytes: lines.as_bytes().to_vec() }
}

fn occurrences(group: &Group) -> Option<String> {
    let (lines, unlisted) = group.occurrences()?;
    Some(if unlisted > 0 { format!("{lines}{{\"unlisted\":{unlisted}}}\n") } else { lines.to_owned() })
}
