//! sentry with a transport that drops.

use std::sync::Arc;

use attributes_bench::failure::Refused;
use attributes_bench::functions::{FAILS, settle};
use attributes_bench::side_by_side::{Cases, Form, Row};
use sentry::{ClientOptions, Envelope, TransactionContext, Transport, TransportFactory, TransportOptions};

pub(crate) fn measure() -> Vec<Row> {
    let options = ClientOptions::new().dsn("https://public@localhost/1").traces_sample_rate(1.0);
    let _guard = sentry::init(options.transport(Dropping));
    let mut cases = Cases::new();
    cases.add("a transaction, Ok", Form::Sync, transaction);
    cases.add("`capture_error`, Err", Form::Sync, captured).from(FAILS);
    cases.sample().rows()
}

#[inline(never)]
fn transaction(number: u64) -> Result<u64, Refused> {
    let transaction = sentry::start_transaction(TransactionContext::new("settle", "task"));
    let returned = settle(number);
    transaction.finish();
    returned
}

#[inline(never)]
fn captured(number: u64) -> Result<u64, Refused> {
    let returned = settle(number);
    if let Err(error) = &returned {
        sentry::capture_error(error);
    }
    returned
}

struct Dropping;

impl Transport for Dropping {
    fn send_envelope(&self, _: Envelope) {}
}

impl TransportFactory for Dropping {
    fn create_transport_with_options(&self, _: TransportOptions) -> Arc<dyn Transport> {
        Arc::new(Self)
    }
}
