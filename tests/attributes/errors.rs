//! Every kind of error is shown as well as it can be.

use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::rc::Rc;
use std::sync::Arc;

use discord_log::{Channel, Event, Kind, Severity, log_activity, log_errors, testing};

/// Fails because of what it holds.
#[derive(Debug)]
struct Because(&'static str, Option<Box<Self>>);

impl Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Because {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref().map(|cause| cause as _)
    }
}

fn chain() -> Because {
    Because("no invoice", Some(Box::new(Because("no number", Some(Box::new(Because("no counter", None)))))))
}

/// Runs a function that fails, and gives the message, the type and the causes that were told.
fn reported<T, E>(call: impl FnOnce() -> Result<T, E>) -> (String, String, Vec<String>) {
    let event = only(call);
    assert_eq!(event.kind(), Kind::Error);
    let report = event.error_report();
    report.map_or_else(Default::default, |report| {
        let causes = report.causes().map(str::to_owned).collect();
        (report.message().to_owned(), report.type_name().to_owned(), causes)
    })
}

fn only<T, E>(call: impl FnOnce() -> Result<T, E>) -> Event {
    let mut events = testing::capture(|| assert!(call().is_err()));
    assert_eq!(events.len(), 1, "{events:?}");
    events.remove(0)
}

#[log_errors]
fn standard() -> Result<(), Because> {
    Err(chain())
}

#[log_errors]
fn aliased() -> fmt::Result {
    Err(fmt::Error)
}

#[log_errors]
fn with_anyhow() -> anyhow::Result<u32> {
    Err(anyhow::Error::new(chain()).context("in anyhow"))
}

#[log_errors]
fn with_eyre() -> eyre::Result<u32> {
    Err(eyre::Report::new(chain()).wrap_err("in eyre"))
}

#[log_errors]
fn boxed() -> Result<(), Box<dyn Error>> {
    Err(Box::new(chain()))
}

#[log_errors]
fn boxed_to_be_sent() -> Result<(), Box<dyn Error + Send + Sync>> {
    Err(Box::new(chain()))
}

#[log_errors]
fn counted() -> Result<(), Rc<dyn Error>> {
    Err(Rc::new(chain()))
}

#[log_errors]
fn shared() -> Result<(), Arc<dyn Error + Send + Sync>> {
    Err(Arc::new(chain()))
}

#[log_errors]
fn generic<E: Error>(error: E) -> Result<(), E> {
    Err(error)
}

#[log_errors]
fn generic_to_display<E: Display>(error: E) -> Result<(), E> {
    Err(error)
}

#[log_errors]
fn text() -> Result<(), &'static str> {
    Err("only text")
}

#[log_errors]
fn number() -> Result<(), Vec<u8>> {
    Err(vec![1, 2])
}

struct Mute;

#[log_errors]
fn mute() -> Result<(), Mute> {
    Err(Mute)
}

#[log_errors]
fn unbounded<E>(error: E) -> Result<(), E> {
    Err(error)
}

#[log_errors]
fn borrowed<'a>(text: &'a str) -> Result<(), Borrowed<'a>> {
    Err(Borrowed(text))
}

#[derive(Debug)]
struct Borrowed<'a>(&'a str);

impl Display for Borrowed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Borrowed<'_> {}

#[test]
fn a_standard_error_is_told_with_its_type_and_all_its_causes() {
    let (message, type_name, causes) = reported(standard);
    assert_eq!((message.as_str(), causes), ("no invoice", vec!["no number".to_owned(), "no counter".to_owned()]));
    assert!(type_name.ends_with("errors::Because"), "{type_name}");
    assert_eq!(reported(|| generic(chain())).2.len(), 2);
    assert_eq!(reported(|| borrowed("for a while")).0, "for a while");
    assert_eq!(reported(aliased).0, fmt::Error.to_string());
}

#[test]
fn the_chains_of_anyhow_and_eyre_are_told() {
    let (message, type_name, causes) = reported(with_anyhow);
    assert_eq!((message.as_str(), type_name.as_str(), causes.len()), ("in anyhow", "anyhow::Error", 3));
    let (message, type_name, causes) = reported(with_eyre);
    assert_eq!((message.as_str(), type_name.as_str(), causes.len()), ("in eyre", "eyre::Report", 3));
}

#[test]
fn an_error_in_a_box_is_told_with_its_causes() {
    for told in [reported(boxed), reported(boxed_to_be_sent), reported(counted), reported(shared)] {
        assert_eq!((told.0.as_str(), told.2.len()), ("no invoice", 2), "{}", told.1);
    }
}

#[test]
fn what_is_no_error_is_told_by_what_it_can_show() {
    assert_eq!(reported(text).0, "only text");
    assert_eq!(reported(|| generic_to_display("any text")).0, "any text");
    assert_eq!(reported(number).0, "[1, 2]");
    let (message, type_name, _) = reported(mute);
    assert_eq!(message, "an error without a text");
    assert!(type_name.ends_with("errors::Mute"), "{type_name}");
    assert_eq!(reported(|| unbounded("its text is out of reach")).0, "an error without a text");
}

#[log_errors(context = "Nightly import", severity = "critical", channel = "imports")]
fn told_elsewhere() -> Result<(), Because> {
    Err(chain())
}

#[test]
fn the_arguments_decide_context_severity_and_channel() {
    let event = only(told_elsewhere);
    assert_eq!(event.severity(), Severity::Critical);
    assert_eq!(event.channel(), Channel::named("imports"));
    let contexts: Vec<_> = event.error_report().into_iter().flat_map(|report| report.contexts()).collect();
    assert_eq!(contexts, ["Nightly import"]);
}

#[test]
fn the_place_is_that_of_the_function() {
    let event = only(standard);
    let place = event.place();
    assert_eq!(place.and_then(|place| place.function), Some("standard"));
    assert_eq!(place.and_then(|place| place.module), Some(module_path!()));
    assert!(place.is_some_and(|place| place.file.ends_with("errors.rs") && place.line > 0));
    assert_eq!(event.severity(), Severity::Error);
    assert_eq!(event.channel(), Channel::Errors);
}

#[log_activity(channel = "audit")]
fn close_the_books_() -> Result<(), Mute> {
    Err(Mute)
}

#[test]
fn an_activity_needs_nothing_of_its_error_and_is_named_after_its_function() {
    let event = only(close_the_books_);
    assert_eq!(event.title(), Some("Close the books"));
    assert_eq!(event.channel(), Channel::named("audit"));
    assert_eq!(event.severity(), Severity::Warning);
}
