//! Batches of errors that are synced to the disk, beside a bare loop which does no more than the disk needs.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use discord_log::__bench::Journal;
use discord_log::Event;

use crate::process;
use crate::table::{Row, median};

const BATCH: usize = 100;
const BATCHES: usize = 40;
const ROUNDS: usize = 11;

/// Takes turns, so that what else happens on the disk meets both alike.
pub(crate) fn measure() -> Vec<Row> {
    let error = io::Error::other("the bank refuses the certificate");
    let events: Vec<_> = (0..BATCH).map(|_| Event::error(&error, "Payment")).collect();
    let folder = process::folder("disk");
    let journal = Journal::open(&folder.join("journal"));
    assert!(journal.append(&events), "the journal is written");
    let file = process::chunks(&folder).pop().expect("its file");
    let bytes = fs::read(file).expect("its content");
    let bare = folder.join("bare");
    fs::create_dir(&bare).expect("a folder");

    let (mut journalled, mut bared) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..BATCHES {
            assert!(journal.append(&events), "the journal is written");
        }
        journalled.push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        for number in 0..BATCHES {
            write(&bare, &format!("{round:04}-{number:04}"), &bytes).expect("written");
        }
        bared.push(start.elapsed().as_secs_f64());
    }
    drop(journal);
    process::remove(&folder);

    let mut shares: Vec<_> = journalled.iter().zip(&bared).map(|(journal, bare)| bare / journal * 100.0).collect();
    let rate = |times: &mut Vec<f64>| format!("{:.0} events/s", (BATCH * BATCHES) as f64 / median(times));
    vec![
        Row::plain("disk: the journal, synced", rate(&mut journalled)),
        Row::plain(format!("disk: a bare loop, files of {} KiB", bytes.len() / 1_024), rate(&mut bared)),
        Row::at_least("disk: the journal's share of it", median(&mut shares), 70.0, "%"),
    ]
}

/// What it takes at the least until a new file with a name is on the disk.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let spare = folder.join("spare");
    let mut file = File::create(&spare)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&spare, folder.join(name))?;
    File::open(folder)?.sync_all()
}
