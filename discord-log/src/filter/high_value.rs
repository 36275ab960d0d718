//! An amount over the threshold raises an alert of its own, beside the event that carries it.

use rust_decimal::Decimal;

use crate::event::{Amount, Event, Kind, Value};

/// Gives the alert for the largest amount of an event, if that is over the threshold.
///
/// Only what tells of one transaction counts: a tax computed over a quarter is no transaction.
pub(crate) fn high_value_alert(event: &Event, threshold: Decimal) -> Option<Event> {
    if !matches!(event.kind(), Kind::InvoiceCreated | Kind::InvoiceUpdated | Kind::PaymentReceived) {
        return None;
    }
    let largest = event
        .fields()
        .filter_map(|field| match field.value() {
            Value::Amount(amount) => amount.number().map(|number| (number.abs(), amount)),
            _ => None,
        })
        .max_by_key(|(number, _)| *number);
    let (_, amount) = largest.filter(|(number, _)| *number > threshold)?;
    Some(alert(event, amount))
}

fn alert(event: &Event, amount: Amount) -> Event {
    let text_of = |name: &str| event.fields().find(|field| field.name() == name).map_or("", |field| field.as_text());
    let what = match event.kind() {
        Kind::PaymentReceived => "Payment for invoice",
        _ => "Invoice",
    };
    let mut alert = Event::high_value_transaction(format!("{what} {}", text_of("invoice")), amount, text_of("client"));
    alert.stamp(event.occurred_at());
    alert
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_amount_over_the_threshold_raises_an_alert() {
        let threshold = Decimal::from(10_000);
        let invoice = |amount: f64| Event::invoice_created("INV-1", amount, "Northwind BV");
        assert!(high_value_alert(&invoice(10_000.0), threshold).is_none());
        assert!(high_value_alert(&invoice(f64::NAN), threshold).is_none());
        let alert = high_value_alert(&invoice(10_000.01), threshold).expect("an alert");
        assert_eq!(alert.kind(), Kind::HighValueTransaction);
        assert_eq!(alert.fields().next().map(|field| field.value()), Some("Invoice INV-1".into()));
    }

    #[test]
    fn an_alert_raises_no_alert() {
        let alert = Event::high_value_transaction("x", 1_000_000, "y");
        assert!(high_value_alert(&alert, Decimal::ONE).is_none());
    }
}
