//! The shape of the database, as the steps that lead to it. A step that was released is never edited: another follows.

use rusqlite::Connection;

/// Does the steps that this database has not seen yet.
pub fn run(connection: &mut Connection) -> rusqlite::Result<()> {
    let done: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (version, step) in (1..).zip(STEPS).filter(|(version, _)| *version > done) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

const STEPS: [&str; 2] = [
    "CREATE TABLE clients (
        name    TEXT PRIMARY KEY,
        country TEXT NOT NULL
     ) STRICT;
     CREATE TABLE invoices (
        number      TEXT PRIMARY KEY,
        client      TEXT NOT NULL REFERENCES clients (name),
        description TEXT NOT NULL,
        date        TEXT NOT NULL,
        net         INTEGER NOT NULL CHECK (net > 0),
        gross       INTEGER NOT NULL CHECK (gross >= net),
        rate        INTEGER NOT NULL,
        currency    TEXT NOT NULL,
        paid        INTEGER NOT NULL DEFAULT 0 CHECK (paid <= gross)
     ) STRICT;
     CREATE INDEX invoices_by_date ON invoices (date);",
    "CREATE TABLE files (
        id      INTEGER PRIMARY KEY,
        invoice TEXT NOT NULL REFERENCES invoices (number),
        name    TEXT NOT NULL,
        bytes   BLOB NOT NULL
     ) STRICT;",
];
