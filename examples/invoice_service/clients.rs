//! The clients that the service knows from the start. Some have names that would break a careless message.

use std::error::Error;

use discord_log::log_database_operation;

use crate::store::Store;

/// Adds the clients of the file that ships with the example.
pub async fn import(store: &Store) -> Result<(), Box<dyn Error>> {
    let clients = csv::Reader::from_reader(CLIENTS.as_bytes()).deserialize().collect::<Result<_, _>>()?;
    let added = store.add_clients(clients).await?;
    log_database_operation("import", "clients", added as u64);
    Ok(())
}

const CLIENTS: &str = include_str!("data/clients.csv");
