//! How each kind of event looks: drawn from the JSON with every key that it has, so that a change of any is seen.

use std::fmt::Write;
use std::time::Duration;

use serde_json::Value as Json;

use super::{Failure, PLACE, alone, edited, embed, line, posted, rendered, settings};
use crate::event::{Amount, Event, Severity};
use crate::reduce::Form;
use crate::render::{Repeat, addition};

pub(super) fn draw(embed: &Json) -> String {
    let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
    let mut drawing = format!("▌{}   #{:06x}\n", text(&embed["title"]), embed["color"].as_u64().unwrap_or_default());
    for line in text(&embed["description"]).lines() {
        writeln!(drawing, "▌{line}").expect("a string");
    }
    let mut row = String::new();
    for field in embed["fields"].as_array().into_iter().flatten() {
        let shown = format!("[{}] {}", text(&field["name"]), text(&field["value"]).replace('\n', " ⏎ "));
        if field["inline"] == true {
            row += &format!("{}{shown}", if row.is_empty() { "▌" } else { "   " });
        } else {
            drawing += &format!("{}{}▌{shown}\n", row, if row.is_empty() { "" } else { "\n" });
            row.clear();
        }
    }
    if !row.is_empty() {
        writeln!(drawing, "{row}").expect("a string");
    }
    writeln!(drawing, "▌{} — {}", text(&embed["footer"]["text"]), text(&embed["timestamp"])).expect("a string");
    drawing
}

#[test]
fn every_kind_looks_like_this() {
    let drawings: Vec<_> = Event::one_of_each().into_iter().map(|event| draw(&embed(event))).collect();
    insta::assert_snapshot!(drawings.join("\n"));
}

#[test]
fn every_kind_reads_like_this_in_the_local_log() {
    let lines: Vec<_> = Event::one_of_each().iter().map(|event| line(&settings(), event)).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn rich_events_look_like_this() {
    let chain =
        ["could not charge the card", "the bank closed the connection", "connection reset by peer (os error 104)"];
    let failed = Event::error(&Failure::of(chain.map(str::to_owned).into_iter()), "Charge card")
        .while_doing("Invoice Processing")
        .while_doing("Checkout")
        .at_callsite(&PLACE)
        .actor("u-42")
        .field("invoice_id", "INV-2041")
        .field("attempt", 3)
        .field("total", Amount::from(1_234.5))
        .field("retry", true)
        .field("load", 0.1 + 0.2)
        .field("body_bytes", 81_920);
    let sql = Event::error(&std::io::Error::other("syntax error at `FROM`\nSELECT *\n  FRM invoices"), "")
        .at_callsite(&PLACE);
    let long = Event::database_operation("UPDATE invoices SET total = 0 ".repeat(10), "invoices", 0);
    let cancelled = Event::activity("Import clients", "cancelled", Duration::from_secs(3_725));
    let odd = Event::btw_calculation("2026 Q1", "twelve", f64::NAN).field("camelCase", "@everyone **now**");
    let drawings: Vec<_> = [failed, sql, long, cancelled, odd].into_iter().map(|event| draw(&embed(event))).collect();
    insta::assert_snapshot!(drawings.join("\n"));
}

#[test]
fn what_became_of_a_failure_looks_like_this() {
    let failed =
        || Event::error(&std::io::Error::other("refused"), "Invoice Processing").field("invoice_id", "INV-2041");
    let recovered = failed().recovered_in("retry_payment");
    let critical = failed().with_severity(Severity::Critical).recovered_in("retry_payment");
    let mut after = failed().repeated(1_204);
    after.set_after("the bank closed the connection");
    let events = [recovered, critical, after, failed().repeated(1)];
    let lines: Vec<_> = events.iter().map(|event| line(&settings(), event)).collect();
    let drawings: Vec<_> = events.into_iter().map(|event| draw(&embed(event))).collect();
    insta::assert_snapshot!(format!("{}\n{}", drawings.join("\n"), lines.join("\n")));
}

#[test]
fn the_local_log_adds_what_came_later_and_nothing_more() {
    let later = Event::error(&std::io::Error::other("outer"), "Outer");
    assert_eq!(addition(&later), None);
    let recovered = later.recovered_in("retry\n\u{1b}all");
    assert_eq!(addition(&recovered).as_deref(), Some("[errors] ↳ recovered in retry ⏎ all"));
}

#[test]
fn an_edit_shows_what_the_message_showed() {
    let shown = alone([Event::startup(), Event::error(&std::io::Error::other("refused"), "Pay")]);
    let (message, ..) = posted(&settings(), &shown, Form::Embeds, Repeat::Possible);
    let (edit, _) = edited(&settings(), &shown, Repeat::Possible);
    for key in ["content", "embeds", "allowed_mentions"] {
        assert_eq!(edit[key], message[key], "{key}");
    }
    assert!(edit.get("username").is_none() && edit.get("flags").is_none(), "{edit}");
}

#[test]
fn the_body_of_an_error_is_this() {
    let error = Event::error(&std::io::Error::other("refused"), "Invoice Processing").field("invoice_id", "INV-2041");
    insta::assert_snapshot!(format!("{:#}", rendered([error])));
}

#[test]
fn a_possible_repeat_says_so() {
    let (body, ..) = posted(&settings(), &alone([Event::startup()]), Form::Embeds, Repeat::Possible);
    insta::assert_snapshot!(draw(&body["embeds"][0]));
}
