//! Where a context is known, and where it is not.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{self, Poll, Waker};

use proptest::prelude::*;

use super::*;
use crate::event::{Event, Role, Severity};

fn user() -> Option<String> {
    current().and_then(|context| context.user().map(str::to_owned))
}

fn of(user: &str) -> Context {
    Context::new().with_user(user)
}

/// Tells who it belonged to when it was dropped.
struct Dropped<'a>(&'a mut Option<String>);

impl Drop for Dropped<'_> {
    fn drop(&mut self) {
        *self.0 = user();
    }
}

#[test]
fn a_panic_leaves_the_context_that_it_came_from() {
    let outer = with(of("outer"), || {
        let inner = catch_unwind(AssertUnwindSafe(|| with(of("inner"), || panic!("out of it"))));
        assert!(inner.is_err());
        user()
    });
    assert_eq!((outer.as_deref(), user()), (Some("outer"), None));
}

#[test]
fn a_future_has_its_context_at_each_poll_and_when_it_is_dropped() {
    let (mut finished, mut given_up) = (None, None);
    let mut polls = Vec::new();
    {
        let held = Dropped(&mut finished);
        let mut future = pin!(scope(of("a"), async {
            let _held = held;
            polls.push(user());
            let mut is_first = true;
            std::future::poll_fn(|_| if std::mem::take(&mut is_first) { Poll::Pending } else { Poll::Ready(()) }).await;
            polls.push(user());
        }));
        let mut cx = task::Context::from_waker(Waker::noop());
        with(of("b"), || assert!(future.as_mut().poll(&mut cx).is_pending()));
        assert!(future.as_mut().poll(&mut cx).is_ready() && user().is_none());
        let held = Dropped(&mut given_up);
        drop(scope(of("c"), async move { drop(held) }));
    }
    assert_eq!(polls, [Some("a".to_owned()), Some("a".to_owned())]);
    assert_eq!((finished.as_deref(), given_up.as_deref()), (Some("a"), Some("c")));
}

#[test]
fn what_is_learned_inside_counts_for_the_whole_scope_and_no_other() {
    let job = Context::new().with_extra("job", 1).with_extra("step", "first");
    with(job, || {
        with(Context::new().with_extra("step", 2), || {
            set_user("u-1");
            assert_eq!(current().and_then(|context| context.extra("step")).as_deref(), Some("2"));
        });
        let here = current().expect("a context");
        assert_eq!((here.user(), here.extra("step").as_deref()), (Some("u-1"), Some("first")));
        set_extra("step", "last");
        assert_eq!(current().and_then(|context| context.extra("step")).as_deref(), Some("last"));
    });
    set_user("nobody");
    assert_eq!(user(), None);
}

#[test]
fn an_event_keeps_what_it_says_itself() {
    let mut event = Event::critical("Down", "text").actor("robot").field("step", 3);
    with(of("u-1").with_extra("step", 1).with_extra("queue", "mail"), || complete(&mut event));
    let told: Vec<_> = event.fields().map(|field| format!("{}={}", field.name(), field.value())).collect();
    assert_eq!((event.who(), told), (Some("robot"), vec!["step=3".to_owned(), "queue=mail".to_owned()]));
}

#[test]
fn the_address_of_a_client_is_masked_and_left_out_of_what_went_well() {
    let address = "2001:db8:cafe:1::17".parse().expect("an address");
    let told = |severity| {
        let mut event = Event::user_action("Paid").with_severity(severity);
        with(Context::new().with_client_ip(address).with_request_id("r"), || complete(&mut event));
        let names = event.entries().of(Role::Request).map(|entry| format!("{}={}", entry.name(), entry.as_text()));
        names.collect::<Vec<_>>()
    };
    assert_eq!(told(Severity::Info), ["request_id=r"]);
    assert_eq!(told(Severity::Warning), ["request_id=r", "client_ip=2001:db8:cafe::/48"]);
}

proptest! {
    #[test]
    fn breadcrumbs_are_the_last_ones_in_their_order(texts in prop::collection::vec(".{0,300}", 0..80)) {
        let mut error = Event::critical("Down", "text");
        with(Context::new(), || {
            for text in &texts {
                let mut event = Event::user_action(text);
                complete(&mut event);
            }
            complete(&mut error);
        });
        let kept: Vec<_> = error.entries().of(Role::Breadcrumb).map(|entry| entry.as_text().to_owned()).collect();
        let last = texts.get(texts.len().saturating_sub(30)..).unwrap_or_default();
        prop_assert_eq!(kept.len(), last.len());
        for (kept, text) in kept.iter().zip(last) {
            let whole = format!("UserAction: {text}");
            prop_assert!(whole.starts_with(kept.as_str()) && kept.len() <= 200, "{kept}");
            prop_assert!(kept.len() == whole.len() || kept.len() > 196, "{kept}");
        }
    }
}
