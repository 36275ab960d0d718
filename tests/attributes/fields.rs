//! What `fields(…)` tells.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::panic::panic_any;
use std::time::Duration;

use discord_log::{Amount, log_activity, log_errors, log_performance, testing};

use crate::outcome::block_on;

/// Gives the fields of the one event that a call tells, without those that every event of its kind has.
fn fields_of(call: impl FnOnce()) -> Vec<String> {
    let events = testing::capture(call);
    assert_eq!(events.len(), 1, "{events:?}");
    let own = |name: &str| !matches!(name, "outcome" | "took" | "threshold");
    let fields = events.iter().flat_map(|event| event.fields());
    fields.filter(|field| own(field.name())).map(|field| format!("{}={}", field.name(), field.value())).collect()
}

#[derive(Debug)]
struct Draft {
    id: u32,
    note: String,
}

impl fmt::Display for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "draft {}", self.id)
    }
}

impl Draft {
    #[log_activity(fields(id = self.id, note = self.note, shown = %self, r#type = ?Some(self.id)))]
    fn file(self) -> String {
        self.note
    }
}

#[log_errors(fields(number = number, rows = rows.len(), owner = owner, took = took, total = Amount::from(total)))]
async fn import(
    number: String,
    rows: Vec<u8>,
    owner: Option<&str>,
    took: &mut Duration,
    total: f64,
) -> Result<(), String> {
    *took += Duration::from_secs(1);
    drop(rows);
    Err(number)
}

#[log_performance(threshold = 1e-9, fields(text = text, cow = Cow::Borrowed(text), letter = 'x', on = true, ratio = 0.5_f32,))]
fn measure(text: &str) -> usize {
    text.len()
}

#[log_activity(fields(shared = shared.get()))]
async fn on_one_thread(shared: &Cell<i64>) {
    shared.set(shared.get() + 1);
    tokio::task::yield_now().await;
}

fn explode() -> u32 {
    panic_any("in a field")
}

#[log_activity(fields(before = 1, bad = explode(), after = 2))]
fn with_a_bad_field() -> u32 {
    5
}

struct Bad;

impl fmt::Display for Bad {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic_any("in a display")
    }
}

#[log_activity(fields(bad = %Bad, after = 2))]
fn with_a_bad_display() {}

#[test]
fn a_field_is_told_as_it_is_or_by_display_or_by_debug() {
    let draft = Draft { id: 4, note: "urgent".into() };
    let told = fields_of(|| assert_eq!(draft.file(), "urgent"));
    assert_eq!(told, ["id=4", "note=urgent", "shown=draft 4", "type=Some(4)"]);
}

#[test]
fn fields_show_the_arguments_as_they_came_in() {
    let mut took = Duration::from_secs(1);
    let told = fields_of(|| {
        let imported = block_on(import("7".into(), vec![1, 2], None, &mut took, 9.5));
        assert_eq!(imported, Err("7".into()));
    });
    assert_eq!(told[..3], ["number=7", "rows=2", "owner=–"]);
    assert_eq!(took, Duration::from_secs(2));
    let told = fields_of(|| assert_eq!(measure("abc"), 3));
    assert_eq!(told, ["text=abc", "cow=abc", "letter=x", "on=true", "ratio=0.5"]);
    let told = fields_of(|| block_on(on_one_thread(&Cell::new(3))));
    assert_eq!(told, ["shared=3"]);
}

#[test]
fn a_field_that_panics_costs_itself_and_not_the_call() {
    let told = fields_of(|| assert_eq!(with_a_bad_field(), 5));
    assert_eq!(told, ["before=1", "fields=<evaluation panicked>"]);
    let told = fields_of(with_a_bad_display);
    assert_eq!(told, ["bad=<formatting panicked>", "after=2"]);
}
