//! The tables of the index.

use std::time::Duration;

use rusqlite::Connection;

/// Says whether a file holds this program's tables, in this version.
pub(super) fn is_known(connection: &Connection) -> rusqlite::Result<bool> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(version == VERSION)
}

/// Sets how a file is used.
pub(super) fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(10))?;
    // Readers and the one writer do not wait for each other. What a power cut takes is made again.
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "mmap_size", MAPPED)
}

/// Makes the tables.
pub(super) fn make(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(TABLES)?;
    connection.pragma_update(None, "user_version", VERSION)
}

/// The text of events is not kept: the journal has it. Prefixes of two and three letters have a list of their own, since
/// those that are shorter than a word are what people type.
const TABLES: &str = "
    BEGIN;
    CREATE TABLE files (
        id INTEGER PRIMARY KEY,
        service TEXT NOT NULL,
        path TEXT NOT NULL,
        kind INTEGER NOT NULL,
        identity TEXT NOT NULL,
        read INTEGER NOT NULL,
        damaged INTEGER NOT NULL,
        UNIQUE (service, path)
    );
    CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        file INTEGER NOT NULL,
        offset INTEGER NOT NULL,
        channel TEXT NOT NULL,
        severity INTEGER NOT NULL,
        delay INTEGER,
        occurrences INTEGER NOT NULL,
        problem INTEGER
    );
    CREATE INDEX events_of_file ON events (file);
    CREATE INDEX events_of_problem ON events (problem, id) WHERE problem IS NOT NULL;
    CREATE VIRTUAL TABLE words USING fts5 (
        text,
        content = '',
        contentless_delete = 1,
        tokenize = 'unicode61 remove_diacritics 2',
        prefix = '2 3'
    );
    INSERT INTO words (words, rank) VALUES ('hashsize', 33554432);
    COMMIT;
";

const VERSION: i64 = 1;
/// Memory for pages.
const CACHE_KIB: i64 = 64 * 1024;
/// Bytes of the file that are mapped instead of copied.
const MAPPED: i64 = 1024 * 1024 * 1024;
