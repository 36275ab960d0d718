//! Every text of an event, its numbers, and what is not to change.

use crate::event::{Amount, Event, Kind, Role, TEXT_CAPACITY};
use crate::filter::Redaction;

fn token() -> String {
    ["gh", "p_", &"a1B2".repeat(9)].concat()
}

fn redacted(mut event: Event) -> Event {
    Redaction::default().apply(&mut event);
    event
}

fn told(event: &Event) -> Vec<String> {
    event.entries().iter().map(|entry| format!("{}={}", entry.name(), entry.value())).collect()
}

#[test]
fn every_text_of_an_event_is_masked() {
    let text = token();
    let error = std::io::Error::other(text.clone());
    let mut event = Event::system_event(&text, &text).field("detail", &text).field(&text, "x").actor(&text);
    event = event.reporting(&error).while_doing(&text).recovered_in(&text);
    event.add_context(&text, &text);
    event.set_after(&text);
    let event = redacted(event);
    assert!(told(&event).iter().all(|entry| !entry.contains(&text) && entry.contains("[redacted token]")), "{event:?}");
    assert_eq!(event.entries().of(Role::Context).nth(1).map(|context| context.name()), Some("[redacted token]"));
}

#[test]
fn a_value_under_a_secret_name_is_masked_whatever_it_is() {
    let event = Event::user_action("Sign in")
        .field("password", "correct horse battery staple")
        .field("pin", 1234)
        .field("cvc", 12.5)
        .field("api-key", Amount::from(99.5))
        .field("session", None::<&str>)
        .field("token", "")
        .field("secret", true)
        .field("author", "Jane")
        .field("tokens_used", 512);
    assert_eq!(
        told(&redacted(event)),
        [
            "=Sign in",
            "password=[redacted]",
            "pin=[redacted]",
            "cvc=[redacted]",
            "api-key=[redacted]",
            "session=–",
            "token=",
            "secret=true",
            "author=Jane",
            "tokens_used=512"
        ]
    );
}

#[test]
fn a_card_given_as_a_number_is_masked_and_no_other_number() {
    let event = Event::user_action("Pay")
        .field("card", 4_111_111_111_111_111_u64)
        .field("visa", 4_222_222_222_222_i64)
        .field("number", 4_111_111_111_111_111_i64)
        .field("invoice", 4_111_111_111_111_111_i64)
        .field("order_id", 4_111_111_111_111_111_u64)
        .field("elapsed", 4_222_222_222_222_u64)
        .field("id", 4_111_111_111_111_112_u64)
        .field("at", 1_777_629_600_123_i64)
        .field("negative", -4_111_111_111_111_111_i64);
    let masked = "[redacted card]";
    let values: Vec<_> = redacted(event).fields().map(|field| field.value().to_string()).collect();
    assert_eq!(values[..3], [masked; 3]);
    assert!(values[3..].iter().all(|value| value != masked), "{values:?}");
}

#[test]
fn an_invoice_number_stays_whatever_it_looks_like() {
    for number in ["INV-4111111111111111", "4111111111111111", "4111-1111-1111-1111", "2024-0042", "NL91ABNA0417164301"]
    {
        let event = Event::invoice_created(number, 99.5, "Northwind BV");
        assert_eq!(told(&redacted(event.clone())), told(&event));
    }
}

#[test]
fn one_of_each_kind_stays_as_it_is() {
    for event in Event::one_of_each() {
        assert_eq!(told(&redacted(event.clone())), told(&event));
        assert!(event.entries().rewritten(|_| None).is_none());
    }
}

#[test]
fn what_a_secret_field_holds_is_masked_where_another_text_repeats_it() {
    let mut event =
        Event::of(Kind::Error).reporting_text("Refused", &"no user has zebra-stripes, zebra-stripes2 neither");
    event.add_context("Login {password}", "Login zebra-stripes");
    let event = redacted(event.field("password", "zebra-stripes").field("animal", "zebra-stripes"));
    assert_eq!(
        told(&event),
        [
            "Refused=no user has [redacted], zebra-stripes2 neither",
            "Login {password}=Login [redacted]",
            "password=[redacted]",
            "animal=zebra-stripes"
        ]
    );
}

#[test]
fn a_secret_that_the_capacity_cuts_does_not_slip() {
    let secret = token();
    for kept in 5..secret.len() {
        let text = " ".repeat(TEXT_CAPACITY - 8 - kept - "Import".len() - 8) + &secret;
        let event = redacted(Event::system_event("Import", &text));
        let left = event.text().unwrap_or_default();
        assert!(!left.contains("a1B2"), "{kept}: {}", &left[left.len() - 60..]);
        assert_eq!(event.left_out() > 0, kept < secret.len(), "{kept}");
    }
}

#[test]
fn further_names_are_masked_in_fields_and_in_texts() {
    let redaction = Redaction::parse("customer_name").expect("names");
    let mut event = Event::system_event("Import", "customerName=Jane failed").field("customer-name", "Jane");
    redaction.apply(&mut event);
    assert_eq!(told(&event), ["=Import", "=customerName=[redacted] failed", "customer-name=[redacted]"]);
}
