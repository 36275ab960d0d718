//! Programs that tests run as processes of their own: what happens to stderr, to subscribers and at exit can only be
//! seen from outside.

use std::error::Error;
use std::io::Write;

use discord_log::{Event, log_errors};

fn main() -> Result<(), Box<dyn Error>> {
    let scenario = std::env::args().nth(1).unwrap_or_default();
    match scenario.as_str() {
        "one-of-each" => one_of_each(),
        "subscriber" => {
            tracing_subscriber::fmt().with_writer(std::io::stdout).with_ansi(false).init();
            one_of_each()
        }
        "critical" => critical(),
        "critical-failure" => critical_failure(),
        "late" => late(),
        "annotated" => annotated(),
        "twice" => twice(),
        other => Err(format!("no scenario `{other}`").into()),
    }
}

/// Without any runtime: logs everything and ends.
fn one_of_each() -> Result<(), Box<dyn Error>> {
    let _discord = discord_log::init()?;
    Event::one_of_each().into_iter().for_each(discord_log::log);
    Ok(())
}

fn critical() -> Result<(), Box<dyn Error>> {
    let _discord = discord_log::init()?;
    discord_log::log_critical("Payments stopped", "The bank refuses the certificate.");
    discord_log::log_user_action("Invoice generated");
    Ok(())
}

/// A function whose errors are critical, within another, and one whose errors are not.
fn critical_failure() -> Result<(), Box<dyn Error>> {
    let _discord = discord_log::init()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build()?;
    let failed = (checkout(), runtime.block_on(send_mail()));
    writeln!(std::io::stdout(), "{failed:?}")?;
    Ok(())
}

#[log_errors(context = "Checkout")]
fn checkout() -> Result<(), Box<dyn Error>> {
    take_payment()
}

#[log_errors(context = "Take payment", severity = "critical")]
fn take_payment() -> Result<(), Box<dyn Error>> {
    Err("the bank refuses the certificate".into())
}

#[log_errors(context = "Send mail")]
async fn send_mail() -> Result<(), std::io::Error> {
    tokio::task::yield_now().await;
    Err(std::io::Error::other("the mail server is gone"))
}

fn late() -> Result<(), Box<dyn Error>> {
    drop(discord_log::init()?);
    discord_log::log_critical("After the end", "of the guard");
    Ok(())
}

/// Two guards, one after the other, then both at once.
fn twice() -> Result<(), Box<dyn Error>> {
    drop(discord_log::init()?);
    let _first = discord_log::init()?;
    let second = discord_log::init();
    writeln!(std::io::stdout(), "{}", second.err().map(|error| error.to_string()).unwrap_or_default())?;
    Ok(())
}

fn annotated() -> Result<(), Box<dyn Error>> {
    let _discord = discord_log::init()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
    let failed = runtime.block_on(create_invoice("INV-7"));
    writeln!(std::io::stdout(), "{failed:?}")?;
    Ok(())
}

#[log_errors(context = "Invoice Processing")]
#[discord_log::log_activity(action = "Create Invoice")]
#[discord_log::log_performance(threshold = "1ms")]
async fn create_invoice(number: &str) -> Result<String, std::io::Error> {
    std::thread::sleep(std::time::Duration::from_millis(5));
    Err(std::io::Error::other(format!("{number} has no lines")))
}
