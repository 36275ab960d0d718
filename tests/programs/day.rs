//! Writes a history as the journal would have written it, so that a day can be summarised on which nobody ran.

use std::fs;
use std::io;
use std::path::Path;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

/// Writes the fortnight before a day, and the day, of a service in Amsterdam that sells something. Gives the errors out
/// of which the last afternoon is made.
pub(crate) fn write_fortnight(service: &Path, last: Date) -> io::Result<()> {
    let zone = TimeZone::get("Europe/Amsterdam").map_err(io::Error::other)?;
    for ago in 0..14 {
        let day = last.checked_sub(ago.days()).map_err(io::Error::other)?;
        let start = day.to_zoned(zone.clone()).map_err(io::Error::other)?.timestamp();
        let is_weekend = matches!(day.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday);
        for (hour, busy) in SHAPE.into_iter().enumerate() {
            let busy = if is_weekend { busy / 4 } else { busy + (ago as u64 * 7 + hour as u64) % 5 };
            let at = start + (hour as i64).hours();
            let lines: String = events(at, ago as u64, hour as u64, busy).iter().map(line).collect();
            append(service, at, &(lines + &line(&counts(at, busy))))?;
        }
    }
    Ok(())
}

/// Adds lines to the file of the day that it is by UTC.
pub(crate) fn append(service: &Path, at: Timestamp, lines: &str) -> io::Result<()> {
    let history = service.join("history");
    fs::create_dir_all(&history)?;
    let file = history.join(format!("{}.jsonl", TimeZone::UTC.to_datetime(at).date()));
    let written = fs::read_to_string(&file).unwrap_or_default();
    fs::write(file, written + lines)
}

fn events(hour: Timestamp, ago: u64, number: u64, busy: u64) -> Vec<Value> {
    let at = |event: u64| hour + (event as i64 * 3_540 / (busy as i64 + 1)).seconds();
    let event = |event: u64| match (event + number) % 9 {
        0 | 1 => invoice(at(event), event, 4_250 + (event * 7_919 + ago * 1_013) % 90_000, currency(event)),
        2 => payment(at(event), event, 4_250 + (event * 6_151 + ago * 733) % 70_000, currency(event)),
        3 => other(at(event), event, "database_operation", "info", "system"),
        8 if event.is_multiple_of(2) => other(at(event), event, "slow_call", "warning", "system"),
        _ => action(at(event), event, (event * event + number) % 38),
    };
    let mut events: Vec<_> = (0..busy).map(event).collect();
    if number == 14 && ago == 0 {
        events.extend((0..18).map(|row| failure(at(row), 500 + row, "Charge card", "the bank closed the connection")));
    }
    if number % 5 == 2 && busy > 10 {
        events.push(failure(at(1), 600, "Save invoice", "invoice 17 was refused"));
    }
    events
}

fn currency(event: u64) -> &'static str {
    if event.is_multiple_of(4) { "USD" } else { "EUR" }
}

/// An invoice that was delivered at once.
pub(crate) fn invoice(at: Timestamp, number: u64, cents: u64, currency: &str) -> Value {
    told(at, number, "invoice_created", "success", "finance", &money(cents, currency))
}

fn payment(at: Timestamp, number: u64, cents: u64, currency: &str) -> Value {
    told(at, 1_000 + number, "payment_received", "success", "finance", &money(cents, currency))
}

fn money(cents: u64, currency: &str) -> Value {
    let amount = json!({ "number": format!("{}.{:02}", cents / 100, cents % 100), "currency": currency });
    json!([
        { "role": "field", "name": "invoice", "text": "INV-1" },
        { "role": "field", "name": "amount", "amount": amount },
        { "role": "field", "name": "client", "text": "Northwind BV" },
    ])
}

fn action(at: Timestamp, number: u64, actor: u64) -> Value {
    let entries = json!([{ "role": "title", "text": "Login" }, { "role": "actor", "text": format!("u-{actor}") }]);
    told(at, 2_000 + number, "user_action", "info", "activity", &entries)
}

fn other(at: Timestamp, number: u64, kind: &str, severity: &str, channel: &str) -> Value {
    told(at, 3_000 + number, kind, severity, channel, &json!([{ "role": "title", "text": "vacuum" }]))
}

fn failure(at: Timestamp, number: u64, context: &str, text: &str) -> Value {
    let entries = json!([
        { "role": "error_message", "name": "billing::BankError", "text": text },
        { "role": "context", "text": context },
    ]);
    told(at, number, "error", "error", "errors", &entries)
}

fn told(at: Timestamp, number: u64, kind: &str, severity: &str, channel: &str, entries: &Value) -> Value {
    let delivered = json!({ "delivered": { "at": at + 400.milliseconds(), "message": "1" } });
    json!({
        "id": ulid(at, number), "ending": delivered, "at": at, "kind": kind, "severity": severity, "channel": channel,
        "entries": entries,
    })
}

fn counts(at: Timestamp, busy: u64) -> Value {
    let of = |function: &str, calls: u64, bucket: u64, failures: u64| {
        let buckets = json!({
            bucket.to_string(): calls, (bucket + 2).to_string(): calls / 8, (bucket + 5).to_string(): calls / 30,
        });
        json!({
            "module": "billing", "function": function, "file": "src/lib.rs", "line": 7, "buckets": buckets,
            "failures": failures, "slow": calls / 30,
        })
    };
    let functions = [
        of("charge", busy * 3, 36 + busy / 30, busy / 20),
        of("render_invoice", busy, 41, busy / 60),
        of("find_client", busy * 9, 29, 0),
    ];
    let events = busy + busy / 9;
    json!({ "counts": {
        "since": at, "until": at + 1.minute(), "accepted": events, "delivered": events, "functions": functions,
    } })
}

/// Names an event by its time and a number. Source: <https://github.com/ulid/spec>.
fn ulid(at: Timestamp, number: u64) -> String {
    let digits: Vec<_> = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars().collect();
    let whole = (u128::from(at.as_millisecond().unsigned_abs()) << 80) | u128::from(number);
    (0..26).rev().filter_map(|digit| digits.get((whole >> (digit * 5) & 31) as usize)).collect()
}

/// A line of the journal: its CRC-32, bit by bit, and the JSON.
pub(crate) fn line(json: &Value) -> String {
    let json = json.to_string();
    let sum = json.bytes().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg()))
    });
    format!("{:08x} {json}\n", !sum)
}

/// Events of each hour of a day.
const SHAPE: [u64; 24] = [2, 1, 1, 0, 1, 4, 12, 31, 58, 74, 81, 77, 60, 72, 88, 79, 64, 41, 22, 15, 9, 6, 4, 3];
