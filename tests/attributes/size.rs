//! What an attribute adds to a future.

use std::panic::UnwindSafe;

use discord_log::{log_activity, log_errors, log_performance};

/// Writes the same function under each attribute, and bare.
macro_rules! twins {
    ($($name:ident, $large:ident: $(#[$attribute:meta])?)+) => {$(
        $(#[$attribute])?
        async fn $name(number: u64, text: String) -> Result<u64, String> {
            std::future::ready(()).await;
            Ok(number + text.len() as u64)
        }

        $(#[$attribute])?
        async fn $large(bytes: [u8; 1024], number: u64) -> Result<u64, String> {
            std::future::ready(()).await;
            Ok(bytes.iter().map(|&byte| u64::from(byte)).sum::<u64>() + number)
        }
    )+};
}

twins! {
    bare, large:
    errors, large_errors: #[log_errors]
    activity, large_activity: #[log_activity(action = "a", channel = "b")]
    performance, large_performance: #[log_performance(threshold = "1m")]
    with_fields, large_with_fields: #[log_errors(fields(number = 1))]
}

/// Most bytes that one attribute may add.
const MOST: usize = 64;

#[test]
fn an_attribute_adds_at_most_64_bytes() {
    let text = String::new;
    let bare = size_of_val(&bare(1, text()));
    let attributed = [
        size_of_val(&errors(1, text())),
        size_of_val(&activity(1, text())),
        size_of_val(&performance(1, text())),
        size_of_val(&with_fields(1, text())),
    ];
    assert!(attributed.iter().all(|&size| size <= bare + MOST), "{bare} became {attributed:?}");
}

#[test]
fn large_arguments_are_not_kept_twice_as_often() {
    let bytes = [0; 1024];
    let bare = size_of_val(&large(bytes, 1));
    let attributed = [
        size_of_val(&large_errors(bytes, 1)),
        size_of_val(&large_activity(bytes, 1)),
        size_of_val(&large_performance(bytes, 1)),
        size_of_val(&large_with_fields(bytes, 1)),
    ];
    assert!(attributed.iter().all(|&size| size <= bare + MOST), "{bare} became {attributed:?}");
}

#[test]
fn a_future_can_be_sent_shared_and_caught_as_before() {
    fn is<F: Send + Sync + UnwindSafe + 'static>(_: F) {}
    let text = String::new;
    is(bare(1, text()));
    is(errors(1, text()));
    is(activity(1, text()));
    is(performance(1, text()));
    is(with_fields(1, text()));
}
