//! What it costs to lay out events as embeds, as lines, and as counts with all of them in a file.

use std::io;
use std::time::Instant;

use discord_log::__bench::Messages;
use discord_log::Event;

use crate::table::{Row, median};

const EVENTS: usize = 20_000;
const ROUNDS: usize = 9;

/// Lays the same events out in every form, in turn.
pub(crate) fn measure() -> Vec<Row> {
    let error = io::Error::other("the bank refuses the certificate");
    let event = |number: usize| match number % 4 {
        0 => Event::user_action("Invoice generated").field("invoice_id", format!("INV-{number}")).actor("u-42"),
        1 => Event::invoice_created(format!("INV-{number}"), 1_234.5, "Northwind BV"),
        2 => Event::database_operation("vacuum", "invoices", number as u64),
        _ => Event::error(&error, "Payment").field("attempt", number as u64),
    };
    let messages = Messages::of((0..EVENTS).map(event).collect());
    let mut rows = Vec::new();
    for (form, most) in [("embeds", 1_000), ("lines", 5_000), ("digest", EVENTS)] {
        let (mut times, mut posts, mut bytes) = (Vec::new(), 0, 0);
        for _ in 0..ROUNDS {
            let (start, mut told) = (Instant::now(), 0);
            (posts, bytes) = (0, 0);
            while told < most {
                let message = messages.post(form, told);
                told += message.events.max(1);
                posts += 1;
                bytes += message.json.len() + message.files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
            }
            times.push(start.elapsed().as_secs_f64() * 1e9 / told as f64);
        }
        let name = format!("messages: {form}, {} events a message, {} bytes each", most / posts, bytes / most);
        let figure = median(&mut times);
        rows.push(match form {
            "digest" => Row::at_most(name, figure, 1_000.0, "ns an event"),
            _ => Row::plain(name, format!("{figure:.0} ns an event")),
        });
    }
    rows
}
