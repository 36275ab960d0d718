//! The expansion gives clippy nothing to say, however pedantic it is. There is nothing to run: `clippy` is the test.
#![warn(clippy::pedantic)]

use std::collections::HashMap;
use std::future::ready;
use std::pin::Pin;

use discord_log::{log_activity, log_errors, log_performance};

use crate::outcome::Refused;

#[log_errors(context = "Look up", severity = "warning", channel = "lookups", fields(key = key, map = ?map))]
#[log_activity(action = "Look up", fields(key = %key))]
#[log_performance(threshold = 0.25, fields(sum = 1 + 2))]
pub(crate) fn look_up<'m>(map: &'m HashMap<String, u32>, key: &str) -> Result<Option<&'m u32>, Refused> {
    use std::convert::identity;

    fn inner(value: Option<&u32>) -> Option<&u32> {
        value
    }
    if key.is_empty() {
        return Err(Refused(Box::new(1)));
    }
    Ok(inner(identity(map.get(key))))
}

#[log_errors(fields(key = key))]
#[log_activity]
#[log_performance]
pub(crate) async fn look_up_later(map: &HashMap<String, u32>, key: String) -> Result<u32, Refused> {
    use std::convert::identity;

    const BASE: u32 = 1;
    let value = ready(map.get(&key)).await;
    value.copied().map(|value| identity(value) + BASE).ok_or_else(|| Refused(Box::new(1)))
}

#[log_activity]
pub(crate) fn add(left: u32, right: u32) -> u32 {
    left + right
}

#[log_activity]
#[log_performance]
pub(crate) async fn wait() {
    ready(()).await;
}

#[log_activity]
pub(crate) fn adder(of: u32) -> impl Fn(u32) -> u32 {
    use std::ops::Add;

    move |to| to.add(of)
}

#[log_errors]
pub(crate) fn future(value: u32) -> impl Future<Output = Result<u32, Refused>> {
    async move { ready(Ok(value)).await }
}

#[log_errors]
pub(crate) fn boxed(value: u32) -> Pin<Box<dyn Future<Output = Result<u32, Refused>> + Send>> {
    Box::pin(async move { ready(Ok(value)).await })
}

#[log_errors]
pub(crate) fn boxed_by_hand(value: u32) -> Pin<Box<dyn Future<Output = Result<u32, Refused>> + Send>> {
    let value = value + 1;
    Box::pin(async move { ready(Ok(value)).await })
}

#[test]
fn the_functions_of_this_file_run() {
    let map = HashMap::from([("a".to_owned(), 1)]);
    assert_eq!(look_up(&map, "a").ok().flatten(), Some(&1));
    assert_eq!(crate::outcome::block_on(look_up_later(&map, "a".into())).ok(), Some(2));
    assert_eq!(add(1, 2) + adder(1)(2), 6);
    crate::outcome::block_on(async {
        wait().await;
        assert!(future(1).await.is_ok() && boxed(1).await.is_ok() && boxed_by_hand(1).await.is_ok());
    });
}
