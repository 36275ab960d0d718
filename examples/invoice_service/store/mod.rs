//! The books: invoices, clients and files in an SQLite database. Each method is one statement, so that what two requests
//! do at once cannot mix.

mod column;
mod migrations;

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, Row, params};
use rust_decimal::Decimal;
use thiserror::Error;
use tokio::task::JoinError;

use self::column::Cents;
use crate::btw::{Quarter, Rate};
use crate::invoice::Invoice;

/// A handle on the database; clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    connection: Arc<Mutex<Connection>>,
}

impl Store {
    /// Opens a new database in memory. A service that keeps its books gives [`Connection::open`] a path here.
    pub fn open() -> Result<Self, StoreError> {
        Self::prepared().map_err(|source| StoreError::Query { task: "prepare the database", source })
    }

    fn prepared() -> rusqlite::Result<Self> {
        let mut connection = Connection::open_in_memory()?;
        connection.pragma_update(None, "foreign_keys", true)?;
        migrations::run(&mut connection)?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// Adds the clients that are not there yet; says how many those were.
    pub async fn add_clients(&self, clients: Vec<(String, String)>) -> Result<usize, StoreError> {
        self.run("add clients", move |connection| {
            let transaction = connection.transaction()?;
            let mut insert = transaction.prepare("INSERT OR IGNORE INTO clients (name, country) VALUES (?1, ?2)")?;
            let added = clients
                .iter()
                .map(|(name, country)| insert.execute([name, country]))
                .sum::<rusqlite::Result<usize>>()?;
            drop(insert);
            transaction.commit()?;
            Ok(added)
        })
        .await
    }

    pub async fn knows_client(&self, name: &str) -> Result<bool, StoreError> {
        let name = name.to_owned();
        self.run("look up the client", move |connection| {
            connection.prepare("SELECT 1 FROM clients WHERE name = ?1")?.exists([name])
        })
        .await
    }

    /// Adds an invoice, unless its number is taken.
    pub async fn add_invoice(&self, invoice: Invoice) -> Result<bool, StoreError> {
        self.run("add the invoice", move |connection| {
            let added = connection.execute(
                "INSERT INTO invoices (number, client, description, date, net, gross, rate, currency)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (number) DO NOTHING",
                params![
                    invoice.number,
                    invoice.client,
                    invoice.description,
                    invoice.date,
                    Cents(invoice.net),
                    Cents(invoice.gross()),
                    invoice.rate,
                    invoice.currency,
                ],
            )?;
            Ok(added > 0)
        })
        .await
    }

    pub async fn invoice(&self, number: &str) -> Result<Option<Invoice>, StoreError> {
        let number = number.to_owned();
        self.run("read the invoice", move |connection| {
            connection.query_row("SELECT * FROM invoices WHERE number = ?1", [number], invoice_of).optional()
        })
        .await
    }

    /// Writes a changed invoice, unless money came in for it.
    pub async fn replace_unpaid(&self, invoice: Invoice) -> Result<bool, StoreError> {
        self.run("change the invoice", move |connection| {
            let changed = connection.execute(
                "UPDATE invoices SET description = ?2, net = ?3, gross = ?4 WHERE number = ?1 AND paid = 0",
                params![invoice.number, invoice.description, Cents(invoice.net), Cents(invoice.gross())],
            )?;
            Ok(changed > 0)
        })
        .await
    }

    /// Books a payment and gives the invoice as it is then, unless the payment is more than what is open.
    pub async fn add_payment(&self, number: &str, amount: Decimal) -> Result<Option<Invoice>, StoreError> {
        let number = number.to_owned();
        self.run("book the payment", move |connection| {
            let statement = "UPDATE invoices SET paid = paid + ?2 WHERE number = ?1 AND paid + ?2 <= gross RETURNING *";
            connection.query_row(statement, params![number, Cents(amount)], invoice_of).optional()
        })
        .await
    }

    pub async fn add_file(&self, number: &str, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let (number, name) = (number.to_owned(), name.to_owned());
        self.run("add the file", move |connection| {
            let statement = "INSERT INTO files (invoice, name, bytes) VALUES (?1, ?2, ?3)";
            connection.execute(statement, params![number, name, bytes]).map(drop)
        })
        .await
    }

    /// Gives what was invoiced in a quarter, in euros.
    pub async fn invoiced(&self, quarter: Quarter) -> Result<Vec<(Rate, Decimal)>, StoreError> {
        self.run("read the quarter", move |connection| {
            connection
                .prepare("SELECT rate, net FROM invoices WHERE currency = 'EUR' AND date BETWEEN ?1 AND ?2")?
                .query_map([quarter.first_day(), quarter.last_day()], |row| {
                    Ok((row.get(0)?, row.get::<_, Cents>(1)?.0))
                })?
                .collect()
        })
        .await
    }

    /// Gives the sum of all open postings; fails, since no migration made their table yet.
    pub async fn open_postings(&self) -> Result<Decimal, StoreError> {
        self.run("read the ledger", |connection| {
            connection.query_row("SELECT SUM(amount) FROM ledger WHERE open", (), |row| Ok(row.get::<_, Cents>(0)?.0))
        })
        .await
    }

    /// SQLite blocks, so it runs where blocking is allowed.
    async fn run<T: Send + 'static>(
        &self,
        task: &'static str,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let connection = Arc::clone(&self.connection);
        tokio::task::spawn_blocking(move || work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner)))
            .await
            .map_err(|source| StoreError::Interrupted { task, source })?
            .map_err(|source| StoreError::Query { task, source })
    }
}

/// The database did not do what it was asked to do.
#[derive(Debug, Error)]
pub enum StoreError {
    #[error("could not {task}: the work was interrupted")]
    Interrupted { task: &'static str, source: JoinError },
    #[error("could not {task}")]
    Query { task: &'static str, source: rusqlite::Error },
}

fn invoice_of(row: &Row<'_>) -> rusqlite::Result<Invoice> {
    Ok(Invoice {
        number: row.get("number")?,
        client: row.get("client")?,
        description: row.get("description")?,
        date: row.get("date")?,
        net: row.get::<_, Cents>("net")?.0,
        rate: row.get("rate")?,
        currency: row.get("currency")?,
        paid: row.get::<_, Cents>("paid")?.0,
    })
}
