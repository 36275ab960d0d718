//! Brings the index up to date: forgets files that are gone, and reads what is new in the others.

use std::collections::HashMap;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::{fs, io, thread};

use discord_log::journal::{Content, File, FileKind, Service};
use rusqlite::{Connection, Transaction, params};

use super::cache::Trouble;
use super::item::Item;
use crate::progress::Progress;

/// A file of the journal.
pub(super) struct Listed {
    pub(super) service: String,
    name: String,
    pub(super) path: String,
    pub(super) file: File,
    identity: String,
}

/// What the index knows of a file.
struct Known {
    id: i64,
    identity: String,
    read: u64,
}

/// What was read of a file from one place on.
struct Read {
    file: usize,
    items: Vec<Item>,
    upto: u64,
    damaged: u64,
}

/// Lists what the index should know.
pub(super) fn list(services: &[Service]) -> Result<Vec<Listed>, Trouble> {
    let mut listed = Vec::new();
    for service in services {
        for kind in [FileKind::History, FileKind::Dead, FileKind::Waiting] {
            for file in service.files(kind).map_err(Trouble::Journal)? {
                listed.push(Listed {
                    service: service.namespace().to_owned(),
                    name: service.name().to_owned(),
                    path: file.path().to_string_lossy().into_owned(),
                    identity: identity(&file),
                    file,
                });
            }
        }
    }
    Ok(listed)
}

/// Says which file this is, whatever it is called: a history by how it begins, since it is only ever added to; what waits
/// by what is left of it.
fn identity(file: &File) -> String {
    if let Some(events) = file.events() {
        return events.to_string();
    }
    let mut head = [0; HEAD];
    let length = fs::File::open(file.path()).and_then(|mut file| io::Read::read(&mut file, &mut head)).unwrap_or(0);
    String::from_utf8_lossy(head.get(..length).unwrap_or_default()).into_owned()
}

pub(super) fn update(connection: &mut Connection, listed: &[Listed]) -> Result<(), Trouble> {
    let mut known = known(connection)?;
    let mut wanted = Vec::new();
    let mut changed = Vec::new();
    for (number, listed) in listed.iter().enumerate() {
        match known.remove(&(listed.service.clone(), listed.path.clone())) {
            Some(same) if same.identity == listed.identity && same.read <= listed.file.bytes() => {
                if same.read < listed.file.bytes() {
                    wanted.push((number, same.read));
                }
            }
            other => {
                changed.extend(other);
                wanted.push((number, 0));
            }
        }
    }
    let transaction = connection.transaction()?;
    for gone in known.into_values().chain(changed) {
        forget(&transaction, gone.id)?;
    }
    transaction.commit()?;
    if wanted.is_empty() { Ok(()) } else { read(connection, listed, wanted) }
}

fn known(connection: &Connection) -> rusqlite::Result<HashMap<(String, String), Known>> {
    let mut statement = connection.prepare("SELECT service, path, id, identity, read FROM files")?;
    let rows = statement.query_map([], |row| {
        let known = Known { id: row.get(2)?, identity: row.get(3)?, read: row.get(4)? };
        Ok(((row.get(0)?, row.get(1)?), known))
    })?;
    rows.collect()
}

fn forget(transaction: &Transaction<'_>, file: i64) -> rusqlite::Result<()> {
    transaction.execute("DELETE FROM words WHERE rowid IN (SELECT id FROM events WHERE file = ?1)", [file])?;
    transaction.execute("DELETE FROM events WHERE file = ?1", [file])?;
    transaction.execute("DELETE FROM files WHERE id = ?1", [file]).map(drop)
}

/// Reads files on a thread of its own, so that reading and indexing go on together.
fn read(connection: &mut Connection, listed: &[Listed], wanted: Vec<(usize, u64)>) -> Result<(), Trouble> {
    let total: u64 = wanted.iter().filter_map(|(file, from)| Some(listed.get(*file)?.file.bytes() - from)).sum();
    let (mut progress, mut done) = (Progress::new("MB of the journal read", Some(total / MEGABYTE)), 0);
    let (sender, batches) = sync_channel(2);
    thread::scope(|scope| {
        scope.spawn(move || send(listed, wanted, &sender));
        for batch in batches {
            done += index(connection, listed, batch?)?;
            progress.set(done / MEGABYTE, "");
        }
        Ok(())
    })
}

fn send(listed: &[Listed], wanted: Vec<(usize, u64)>, sender: &SyncSender<Result<Vec<Read>, Trouble>>) {
    let (mut batch, mut bytes, mut events) = (Vec::new(), 0, 0);
    for (number, from) in wanted {
        let Some(listed) = listed.get(number) else { continue };
        let mut read = Read { file: number, items: Vec::new(), upto: from, damaged: 0 };
        let mut lines = listed.file.lines_from(from);
        loop {
            match lines.next() {
                Some(Ok(line)) => {
                    match &line.content {
                        Content::Event(record) => read.items.push(Item::of(record, &listed.name, line.offset)),
                        Content::Damaged => read.damaged += 1,
                        _ => {}
                    }
                    read.upto = lines.offset();
                    (bytes, events) = (bytes + line.bytes, events + 1);
                }
                Some(Err(error)) => return drop(sender.send(Err(Trouble::Journal(error)))),
                None => break,
            }
            if bytes >= BATCH_BYTES || events >= BATCH_EVENTS {
                let next = Read { file: number, items: Vec::new(), upto: read.upto, damaged: 0 };
                batch.push(std::mem::replace(&mut read, next));
                (bytes, events) = (0, 0);
                if sender.send(Ok(std::mem::take(&mut batch))).is_err() {
                    return;
                }
            }
        }
        // Of a history the last line may be unfinished; other files have no more than they have.
        if listed.file.kind() != FileKind::History {
            read.upto = read.upto.max(listed.file.bytes());
        }
        batch.push(read);
    }
    let _ = sender.send(Ok(batch));
}

/// Adds a batch; the events in the order of time, as the index of words wants them. Gives how many bytes that was.
fn index(connection: &mut Connection, listed: &[Listed], batch: Vec<Read>) -> rusqlite::Result<u64> {
    let transaction = connection.transaction()?;
    let (mut items, mut bytes) = (Vec::new(), 0);
    let mut upto_of = transaction.prepare("UPDATE files SET read = ?2, damaged = damaged + ?3 WHERE id = ?1")?;
    for Read { file, items: read, upto, damaged } in batch {
        let Some(listed) = listed.get(file) else { continue };
        let (id, before) = transaction.query_row(
            "INSERT INTO files (service, path, kind, identity, read, damaged) VALUES (?1, ?2, ?3, ?4, 0, 0)
             ON CONFLICT DO UPDATE SET kind = excluded.kind RETURNING id, read",
            params![listed.service, listed.path, listed.file.kind() as i64, listed.identity],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, u64>(1)?)),
        )?;
        upto_of.execute(params![id, upto, damaged])?;
        bytes += upto.saturating_sub(before);
        items.extend(read.into_iter().map(|item| (id, item)));
    }
    drop(upto_of);
    items.sort_by_key(|(_, item)| item.key);
    insert(&transaction, &items)?;
    transaction.commit()?;
    Ok(bytes)
}

/// Adds events, each behind the last one.
fn insert(transaction: &Transaction<'_>, items: &[(i64, Item)]) -> rusqlite::Result<()> {
    let mut event = transaction.prepare(
        "INSERT OR IGNORE INTO events (id, file, offset, channel, severity, delay, occurrences, problem)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    let mut words = transaction.prepare("INSERT INTO words (rowid, text) VALUES (?1, ?2)")?;
    let mut last = -1;
    for (file, item) in items {
        let Item { offset, channel, severity, delay, occurrences, problem, text, .. } = item;
        last = item.key.0.max(last + 1);
        // Those of an earlier batch may be at the same microsecond.
        while event.execute(params![last, file, offset, channel, severity, delay, occurrences, problem])? == 0 {
            last += 1;
        }
        words.execute(params![last, text])?;
    }
    Ok(())
}

/// Bytes by which a history is known again: a checksum and an id.
const HEAD: usize = 64;
/// What is indexed at once: some ten MiB of memory, and few steps back in time.
const BATCH_EVENTS: usize = 20_000;
const BATCH_BYTES: u64 = 16 * 1024 * 1024;
/// Bytes of what is counted while a person waits.
const MEGABYTE: u64 = 1_000_000;
