//! Entries in other words: what may not be said is replaced before the event goes anywhere.

use std::borrow::Cow;

use super::entries::{Entries, Field};
use super::{Event, Value};

impl Entries {
    /// Gives the entries with another name and value in the place of those for which there is one; none if there is no
    /// such entry, and then nothing is copied.
    pub(crate) fn rewritten<'e>(
        &'e self,
        change: impl Fn(&Field<'e>) -> Option<(Cow<'e, str>, Value<'e>)>,
    ) -> Option<Self> {
        let (first, changed) = self.iter().enumerate().find_map(|(at, entry)| Some((at, change(&entry)?)))?;
        let mut entries = Self::new();
        let mut left_out = 0;
        let mut first_changed = Some(changed);
        for (at, entry) in self.iter().enumerate() {
            left_out += entry.left_out();
            let changed = match at {
                _ if at < first => None,
                _ if at == first => first_changed.take(),
                _ => change(&entry),
            };
            match changed {
                Some((name, value)) => entries.replace(&entry, &name, &value),
                None => entries.copy(entry),
            }
        }
        // Of what was dropped whole only the count is left.
        let left_out = entries.left_out() + self.left_out().saturating_sub(left_out);
        Some(entries.leaving_out(left_out))
    }
}

impl Event {
    /// Puts other entries in the place of the event's own.
    pub(crate) fn set_entries(&mut self, entries: Entries) {
        self.entries = entries;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Role, TEXT_CAPACITY};

    fn shouted(event: &Event, names: &[&str]) -> Option<Entries> {
        event.entries().rewritten(|entry| {
            names.contains(&entry.name()).then(|| (Cow::Borrowed("loud"), Value::from(entry.as_text().to_uppercase())))
        })
    }

    #[test]
    fn only_what_has_other_words_changes() {
        let event = Event::user_action("Pay").field("a", "x").field("b", 7).field("c", "y").actor("u-1");
        assert!(shouted(&event, &["z"]).is_none());
        let entries = shouted(&event, &["a", "c"]).expect("changed");
        let told: Vec<_> = entries.iter().map(|entry| format!("{}={}", entry.name(), entry.value())).collect();
        assert_eq!(told, ["=Pay", "loud=X", "b=7", "loud=Y", "=u-1"]);
    }

    #[test]
    fn what_was_left_out_still_is_and_no_text_outgrows_the_capacity() {
        let long = "x".repeat(TEXT_CAPACITY + 1_000);
        let event = Event::user_action("Import").field("note", &long).field("lost", "whole");
        let entry = |entries: &Entries| {
            entries.of(Role::Field).next().map(|field| (field.as_text().len(), field.full_length()))
        };
        let (kept, full) = entry(event.entries()).expect("a field");
        let shorter = event
            .entries()
            .rewritten(|entry| (entry.name() == "note").then(|| (Cow::Borrowed("note"), Value::from("short"))));
        let shorter = shorter.expect("changed");
        let left_out = full.expect("cut") - kept as u64;
        assert_eq!(entry(&shorter), Some((5, Some(5 + left_out))));
        assert_eq!(shorter.left_out(), event.left_out());
        let longer = event.entries().rewritten(|entry| {
            (entry.name() == "note").then(|| (Cow::Borrowed("note"), Value::from(entry.as_text().repeat(2))))
        });
        let (length, full) = entry(&longer.expect("changed")).expect("a field");
        assert!(length <= TEXT_CAPACITY);
        assert_eq!(full, Some(2 * kept as u64 + left_out));
    }
}
