//! A fault as a command line spells it: its kind and its words, with commas between them.

use std::str::FromStr;

use serde_json::{Map, Value};

use super::Fault;

/// What is wrong with the text of a fault.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct FaultError(String);

impl FromStr for Fault {
    type Err = FaultError;

    /// Reads `unavailable`, or `channel_limit,retry_after=42.7,channel=errors,times=2`: the kind first, then its own words and
    /// those of every fault, by the names that they have over HTTP.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split(',').map(str::trim);
        let mut object = Map::new();
        object.insert("kind".to_owned(), parts.next().unwrap_or_default().into());
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, "true"));
            let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
            object.insert(name.trim().to_owned(), value);
        }
        let words: Vec<_> = object.keys().cloned().collect();
        let fault: Self = serde_json::from_value(object.into()).map_err(|error| FaultError(error.to_string()))?;
        let known = serde_json::to_value(&fault).unwrap_or_default();
        if let Some(word) = words.iter().find(|word| known.get(word.as_str()).is_none()) {
            return Err(FaultError(format!("`{word}` is no word of this fault")));
        }
        match fault.mistake() {
            Some(mistake) => Err(FaultError(mistake.to_owned())),
            None => Ok(fault),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_fault_is_read_with_its_words() {
        let read = |text: &str| text.parse::<Fault>();
        assert_eq!(read("unavailable"), Ok(Fault::unavailable()));
        let limit = Fault::channel_limit(Duration::from_millis(42_700)).in_channel("errors").times(2);
        assert_eq!(read("channel_limit, retry_after=42.7, channel=errors, times=2"), Ok(limit));
        assert_eq!(read("connection_reset,after_storing"), Ok(Fault::connection_reset().after_storing()));
    }

    #[test]
    fn mistakes_are_named() {
        for (text, told) in [
            ("unavailble", "unknown variant `unavailble`"),
            ("unavailable,chanel=errors", "`chanel` is no word of this fault"),
            ("unavailable,times=often", "invalid type"),
            ("connection_refused,times=2", "for the whole server"),
        ] {
            let error = text.parse::<Fault>().expect_err(text).to_string();
            assert!(error.contains(told), "{text}: {error}");
        }
    }
}
