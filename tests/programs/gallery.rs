//! Makes a message of every kind, each in a channel of its own, and shows them until it is ended: the pictures of
//! `docs/messages.md`.

#[path = "day.rs"]
mod day;

use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::thread;
use std::time::Duration;

use discord_log::journal::Journal;
use discord_log::{Channel, Config, Event, Severity, log_activity, log_errors, log_performance};
use discord_log_preview::{Discord, Fault};
use jiff::civil::date;

/// A problem is over when it was not seen for so long.
const WINDOW: Duration = Duration::from_secs(20);
/// What is to stay as it is occurs again so often.
const AGAIN: Duration = Duration::from_secs(2);
/// Whom something critical notifies: a role and a person.
const ON_CALL: &str = "role:175928847299117063";

const CHANNELS: [&str; 8] = ["failure", "group", "over", "back", "critical", "cut", "lines", "digest"];

fn main() -> Result<(), Box<dyn Error>> {
    let builder = CHANNELS.into_iter().fold(Discord::builder(), discord_log_preview::Builder::channel);
    let discord = builder.start()?;
    let config = Config::builder()
        .variables(discord.settings())
        .service("billing")
        .environment("production")
        .release("1.4.2")
        .group_window(WINDOW)
        .mention_critical(ON_CALL)
        .source_url("https://git.example.org/billing/blob/1.4.2/{file}#L{line}")
        .journal("memory")
        .queue_size(10_000)
        .retry_delay(Duration::from_secs(3));
    let _guard = discord_log::init_with(config.build()?)?;
    writeln!(io::stdout(), "{}", discord.page())?;

    alone();
    summary()?;
    // What is told while a channel is out of reach is told together.
    for channel in ["lines", "digest"] {
        discord.fault(Fault::unavailable().in_channel(channel).times(1));
        mixed(channel, 0);
    }
    thread::sleep(Duration::from_secs(1));
    (1..61).for_each(|number| mixed("lines", number));
    for number in 1..4_000 {
        mixed("digest", number);
        if number % 100 == 0 {
            thread::sleep(Duration::from_millis(5));
        }
    }
    too_many();
    problems()
}

/// What happened once.
fn alone() {
    discord_log::log_invoice_created("INV-2041", 1_234.5, "Northwind BV");
    let _ = (checkout("INV-2041"), total());
    create_invoice("Northwind BV");
    let text = (1..10_000).map(|row| format!("row {row} of the file is imported; ")).collect::<String>();
    discord_log::log(Event::system_event("Import", text).in_channel(Channel::named("cut")));
    let event = Event::critical("Payments stopped", "The bank refuses the certificate.");
    discord_log::log(event.field("Bank", "ABN AMRO").in_channel(Channel::named("critical")));
}

/// The day of another service, of which only the history is there.
fn summary() -> Result<(), Box<dyn Error>> {
    let journal = std::env::temp_dir().join(format!("journal-of-the-gallery-{}", std::process::id()));
    let (day, shop) = (date(2026, 4, 30), Config::builder().service("shop").timezone("Europe/Amsterdam").build()?);
    let service = Journal::at(&journal).service_of(&shop);
    day::write_fortnight(&journal.join("v1").join(service.namespace()), day)?;
    let summary = service.summary(&shop, day);
    std::fs::remove_dir_all(&journal)?;
    discord_log::log(summary?.event());
    Ok(())
}

#[log_activity(fields(client = client))]
fn create_invoice(client: &str) -> usize {
    client.len()
}

#[log_performance(threshold = 0.05)]
fn total() -> Result<u64, Refused> {
    thread::sleep(Duration::from_millis(80));
    Ok(42)
}

#[log_errors(context = "Checkout", channel = "failure")]
fn checkout(invoice: &str) -> Result<(), Refused> {
    charge("u-42", invoice)
}

#[log_errors(context = "Charge card", channel = "failure", fields(actor = actor, invoice = invoice))]
fn charge(actor: &str, invoice: &str) -> Result<(), Refused> {
    Err(Refused(io::Error::new(io::ErrorKind::ConnectionReset, "the bank closed the connection")))
}

/// The outermost of two errors.
#[derive(Debug)]
struct Refused(io::Error);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("could not charge the card")
    }
}

impl Error for Refused {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

/// One of many events.
fn mixed(channel: &str, number: u32) {
    let invoice = format!("INV-{}", 2_041 + number);
    let event = match number % 4 {
        0 | 1 => Event::invoice_created(invoice, 99.5 + f64::from(number), "Northwind BV"),
        2 => Event::user_action("Invoice generated").field("Invoice", invoice).actor(format!("u-{}", number % 7)),
        _ => Event::database_operation("vacuum", format!("invoices_{number}"), u64::from(number)),
    };
    discord_log::log(event.in_channel(Channel::named(channel)));
}

/// More than there is room for.
fn too_many() {
    for number in 0..100_000 {
        discord_log::log_database_operation("import", "rows", number);
    }
}

/// One problem that goes on, one that is over and one that is back; until this program is ended.
fn problems() -> Result<(), Box<dyn Error>> {
    for number in 0..1_000 {
        save("group", number);
        thread::sleep(Duration::from_millis(2));
    }
    for number in 0..12 {
        save("over", number);
        thread::sleep(Duration::from_millis(250));
    }
    let save_back = |number| save("back", number);
    (0..3).for_each(save_back);
    let mut number = 1_000;
    loop {
        thread::sleep(AGAIN);
        save("group", number);
        // By now it is over.
        if number > 1_015 {
            save_back(number);
        }
        number += 1;
    }
}

/// At the place of its caller, since what one place tells over and over is counted.
#[track_caller]
fn save(channel: &str, number: u32) {
    let error = io::Error::other(format!("invoice {number} was refused"));
    let event = Event::error(&error, "Save invoice").field("Invoice ID", format!("INV-{number}"));
    let event = event.actor(format!("u-{}", number % 12)).in_channel(Channel::named(channel));
    discord_log::log(event.with_severity(Severity::Error));
}
