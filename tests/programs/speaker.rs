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
        "secrets" => secrets(),
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

/// Logs its arguments wherever a text can stand in an event, and once more after the end.
fn secrets() -> Result<(), Box<dyn Error>> {
    // The default hook would write the texts of the panics.
    std::panic::set_hook(Box::new(|_| {}));
    let discord = discord_log::init()?;
    let texts: Vec<_> = std::env::args().skip(2).collect();
    for text in &texts {
        let event = Event::user_action(format!("Sign in {text}")).field("detail", text).field(text, 1).actor(text);
        discord_log::log(
            event.field("nickname", "nobody-knows-it").field_display("said", text).field_debug("meant", text),
        );
        discord_log::log_invoice_created("INV-2041", 99.5, text);
        discord_log::log_critical(text, text);
        let _ = refuse(text);
        let _ = std::panic::catch_unwind(|| give_up(text));
    }
    drop(discord);
    texts.iter().for_each(|text| discord_log::log_critical("After the end", text));
    Ok(())
}

#[log_errors(context = "Refuse {text}", fields(text = text))]
fn refuse(text: &str) -> Result<(), Box<dyn Error>> {
    Ok(pass(text).map_err(|error| format!("refused with {text} because of {error}"))?)
}

#[log_errors]
fn pass(text: &str) -> Result<(), Box<dyn Error>> {
    Err(std::io::Error::other(format!("cause: {text}")).into())
}

#[log_errors(context = "Give up")]
fn give_up(text: &str) -> Result<(), Box<dyn Error>> {
    panic!("gave up on {text}")
}
