//! Whole texts: what they look like, that nothing leaves them, and what they cost.

mod cost;
mod inert;
mod look;

use std::collections::BTreeMap;

use super::{Mentioned, Place, html};
use crate::message::Pings;

/// Gives the HTML of a text that pings nobody.
fn body(text: &str) -> String {
    pinging(text, Some(&Pings::default()))
}

fn line(text: &str) -> String {
    let channels = BTreeMap::new();
    html(text, Place::Line, &Mentioned { channels: &channels, pings: None })
}

fn pinging(text: &str, pings: Option<&Pings>) -> String {
    let channels = BTreeMap::from([("7".to_owned(), "log<s>".to_owned())]);
    html(text, Place::Body, &Mentioned { channels: &channels, pings })
}
