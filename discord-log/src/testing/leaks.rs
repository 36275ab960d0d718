//! Whether a value of the program's gets out: what is logged goes through the redaction and is searched for it.

use std::fmt;

use super::capture;
use crate::event::{Event, Field, Kind, Role};
use crate::filter::Redaction;

/// A place in an event where a value stands that should not get out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Leak {
    kind: Kind,
    place: String,
}

impl Leak {
    /// Says what kind of event it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Says which part of the event it is, such as `the field detail`; never what stands there.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {:?}", self.place, self.kind)
    }
}

/// Runs a closure and says where in the events that this thread logs meanwhile a secret stands after the redaction:
/// nowhere, if all is well.
///
/// The secret is also found in other case, percent-encoded, and with other separators between its letters and digits, as
/// an account number has. `redact` are further names to mask, as [`ConfigBuilder::redact`](crate::ConfigBuilder::redact)
/// takes them. The events go nowhere else, as with [`capture`](super::capture). Available with the feature `testing`.
///
/// # Examples
///
/// ```
/// use discord_log::{Event, testing};
///
/// let sign_in = || discord_log::log(Event::user_action("Sign in").field("password", "hunter2").field("nick", "Jane"));
/// assert_eq!(testing::leaks("hunter2", &[], sign_in), []);
/// assert_eq!(testing::leaks("jane", &["nick"], sign_in), []);
/// assert_eq!(testing::leaks("jane", &[], sign_in)[0].place(), "the field nick");
/// ```
#[must_use]
pub fn leaks(secret: &str, redact: &[&str], body: impl FnOnce()) -> Vec<Leak> {
    let redaction = Redaction::parse(&redact.join(",")).unwrap_or_default();
    let mut found = Vec::new();
    for mut event in capture(body) {
        redaction.apply(&mut event);
        found.extend(leaks_of(&event, secret));
    }
    found
}

fn leaks_of(event: &Event, secret: &str) -> Vec<Leak> {
    let holds = |entry: &Field<'_>| stands_in(secret, entry.name()) || stands_in(secret, &entry.value().to_string());
    let entries = event.entries().iter().filter(holds);
    entries.map(|entry| Leak { kind: event.kind(), place: place_of(&entry, secret) }).collect()
}

fn place_of(entry: &Field<'_>, secret: &str) -> String {
    match entry.role() {
        Role::Actor => "the actor".to_owned(),
        Role::After => "the failure before".to_owned(),
        Role::Attached => "the attached text".to_owned(),
        Role::Breadcrumb => "what was logged before".to_owned(),
        Role::Cause => "a cause".to_owned(),
        Role::Context => "a context".to_owned(),
        Role::ErrorMessage => "the error's message".to_owned(),
        Role::Field if stands_in(secret, entry.name()) => "the name of a field".to_owned(),
        Role::Field => format!("the field {}", entry.name()),
        Role::Problem => "the key of the problem".to_owned(),
        Role::Recovered => "who recovered".to_owned(),
        Role::Repeats => "the repeats".to_owned(),
        Role::Request => format!("the request's {}", entry.name()),
        Role::Span => "a span".to_owned(),
        Role::Text => "the text".to_owned(),
        Role::Title => "the title".to_owned(),
    }
}

fn stands_in(secret: &str, text: &str) -> bool {
    if secret.is_empty() || text.is_empty() {
        return false;
    }
    let folded = fold(secret);
    text.contains(secret)
        || (folded.chars().count() >= LEAST && (fold(text).contains(&folded) || fold(&decoded(text)).contains(&folded)))
}

/// Letters and digits alone, in lower case.
fn fold(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let encoded = after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        match encoded.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Shorter ones are compared as they are: a few letters stand everywhere.
const LEAST: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_wherever_it_stands_and_however_it_is_written() {
        let written = ["s3cr-et/value", "S3CR-ET/VALUE", "x=s3cr-et%2Fvalue", "s3cr et value"];
        for text in written {
            let log = || crate::log(Event::system_event(text, text).field("f", text).field(text, 1).actor(text));
            let places: Vec<_> = leaks("s3cr-et/value", &[], log).into_iter().map(|leak| leak.place).collect();
            assert_eq!(places, ["the title", "the text", "the field f", "the name of a field", "the actor"], "{text}");
        }
        let error = std::io::Error::other("with s3cr-et/value");
        let failed = leaks("s3cr-et/value", &[], || crate::log_error(&error, "s3cr-et/value"));
        assert!(failed.iter().any(|leak| leak.to_string() == "the error's message of Error"), "{failed:?}");
        assert!(failed.iter().any(|leak| leak.place() == "a context"), "{failed:?}");
        assert!(leaks("another", &[], || crate::log_error(&error, "x")).is_empty());
    }

    #[test]
    fn what_is_masked_is_no_leak() {
        let log = || crate::log(Event::user_action("Pay").field("note", "card 4111 1111 1111 1111").field("pin", 4711));
        assert_eq!(leaks("4111111111111111", &[], log), []);
        assert_eq!(leaks("4711", &[], log), []);
    }
}
