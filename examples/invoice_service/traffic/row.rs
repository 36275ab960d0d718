//! The file of invoices: every row is text, so that the broken ones can be read and sent like the others.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A row as it stands in the file, and as it is sent.
#[derive(Debug, Deserialize, Serialize)]
pub struct Row {
    pub number: String,
    pub client: String,
    pub description: String,
    pub date: String,
    pub amount: String,
    pub rate: String,
    pub currency: String,
}

impl Row {
    /// A change of this invoice.
    pub fn corrected(&self) -> Value {
        json!({ "description": format!("{} (corrected)", self.description) })
    }

    /// A payment of this invoice, without its BTW.
    pub fn payment(&self) -> Value {
        json!({ "amount": self.amount })
    }
}

/// Reads the whole file.
pub fn all() -> csv::Result<Vec<Row>> {
    csv::Reader::from_reader(INVOICES.as_bytes()).deserialize().collect()
}

const INVOICES: &str = include_str!("../data/invoices.csv");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoice::Draft;

    fn is_broken(row: &Row) -> bool {
        let draft = serde_json::to_value(row).and_then(serde_json::from_value::<Draft>).expect("a draft");
        draft.check().is_err()
    }

    #[test]
    fn every_row_is_read_and_only_some_are_broken() {
        let rows = all().expect("the file");
        let broken = rows.iter().filter(|row| is_broken(row)).count();
        assert!(rows.len() >= 220, "{} rows", rows.len());
        assert!((15..40).contains(&broken), "{broken} broken rows");
    }

    #[test]
    fn the_file_holds_what_breaks_careless_messages() {
        let all = all().expect("the file");
        for text in ["@everyone", "@here", "<@&", "```", "||", "**", "](", "🌷", "م", "ש", "\u{202e}"] {
            let found = all.iter().any(|row| row.client.contains(text) || row.description.contains(text));
            assert!(found, "no row with {text:?}");
        }
    }
}
