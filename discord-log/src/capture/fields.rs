//! The values that an attribute was asked to tell: `fields(invoice_id = %draft.id, total = draft.total)`.

use std::borrow::Cow;
use std::fmt::{Debug, Display};
use std::time::Duration;

use rust_decimal::Decimal;

use crate::event::{Amount, Event, Kind, Value, user_code};
use crate::logger;

/// The named values of one call, taken when it began.
#[derive(Debug)]
pub struct Fields(Option<Event>);

impl Fields {
    /// Evaluates the fields, if somebody listens to the kind of event that would carry them.
    pub(crate) fn wanted(kind: Kind, build: impl FnOnce(&mut Self)) -> Option<Self> {
        logger::listens(kind, kind.severity()).then(|| Self::collect(build))
    }

    /// Evaluates the fields. An expression that panics costs itself and those behind it, never the call.
    #[cold]
    pub(crate) fn collect(build: impl FnOnce(&mut Self)) -> Self {
        // Only an event knows how to pack values, so one is borrowed for it; its kind is never looked at.
        let mut fields = Self(Some(Event::of(Kind::Activity)));
        if user_code::run(|| build(&mut fields)).is_none() {
            fields.push(|event| event.field("fields", EVALUATION_PANICKED));
        }
        fields
    }

    /// Adds a value as it is.
    pub fn value<V: FieldValue + ?Sized>(&mut self, name: &str, value: &V) {
        self.push(|event| event.field(name, value.field_value()));
    }

    /// Adds a value through its `Display`.
    pub fn display<V: Display + ?Sized>(&mut self, name: &str, value: &V) {
        self.push(|event| event.field_display(name, &value));
    }

    /// Adds a value through its `Debug`.
    pub fn debug<V: Debug + ?Sized>(&mut self, name: &str, value: &V) {
        self.push(|event| event.field_debug(name, &value));
    }

    /// Adds that there is a value, and nothing of it; what would give the value is not run.
    pub fn redacted(&mut self, name: &str, _value: impl FnOnce()) {
        self.push(|event| event.field(name, REDACTED));
    }

    /// Gives a value as text.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let fields = self.0.iter().flat_map(Event::fields);
        fields.into_iter().find(|field| field.name() == name).map(|field| field.value().to_string())
    }

    /// Copies the values behind those that the event already has.
    pub(crate) fn copy_to(&self, event: &mut Event) {
        let fields = self.0.iter().flat_map(Event::fields);
        fields.for_each(|field| event.add_field(field.name(), &field.value()));
    }

    fn push(&mut self, add: impl FnOnce(Event) -> Event) {
        self.0 = self.0.take().map(add);
    }
}

/// Stands in for the fields that were lost to a panic in the user's expression.
const EVALUATION_PANICKED: &str = "<evaluation panicked>";

/// Stands in for a value that is not to be told.
const REDACTED: &str = "[redacted]";

/// What a field holds as it is: text, numbers, yes or no, durations, money.
#[diagnostic::on_unimplemented(
    message = "a field cannot hold a `{Self}` as it is",
    label = "no text, number, `bool`, `Duration` or `Amount`",
    note = "write `name = %value` to tell it by its `Display`, or `name = ?value` by its `Debug`"
)]
pub trait FieldValue {
    /// Gives the value.
    fn field_value(&self) -> Value<'_>;
}

macro_rules! by_copy {
    ($($held:ty)+) => {$(
        impl FieldValue for $held {
            fn field_value(&self) -> Value<'_> {
                Value::from(*self)
            }
        }
    )+};
}

by_copy!(bool char f32 f64 i8 i16 i32 i64 isize u8 u16 u32 u64 usize Decimal Duration);

impl FieldValue for Amount {
    fn field_value(&self) -> Value<'_> {
        Value::from(self.clone())
    }
}

impl FieldValue for str {
    fn field_value(&self) -> Value<'_> {
        Value::from(self)
    }
}

impl FieldValue for String {
    fn field_value(&self) -> Value<'_> {
        Value::from(self)
    }
}

impl FieldValue for Cow<'_, str> {
    fn field_value(&self) -> Value<'_> {
        Value::from(&**self)
    }
}

impl<V: FieldValue> FieldValue for Option<V> {
    fn field_value(&self) -> Value<'_> {
        Value::from(self.as_ref().map(V::field_value))
    }
}

impl<V: FieldValue + ?Sized> FieldValue for &V {
    fn field_value(&self) -> Value<'_> {
        V::field_value(self)
    }
}

impl<V: FieldValue + ?Sized> FieldValue for &mut V {
    fn field_value(&self) -> Value<'_> {
        V::field_value(self)
    }
}

impl<V: FieldValue + ?Sized> FieldValue for Box<V> {
    fn field_value(&self) -> Value<'_> {
        V::field_value(self)
    }
}
