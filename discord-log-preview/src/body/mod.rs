//! From bytes to what was sent: the JSON of a message and its files, whichever of the three encodings carried them.

mod multipart;

use axum::body::Bytes;
use serde_json::{Map, Value, json};

use crate::refusal::Refusal;

/// What a request carried.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body {
    pub(crate) json: Map<String, Value>,
    pub(crate) files: Vec<Upload>,
}

/// One file of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Upload {
    /// The name of its part: `files[0]`.
    pub(crate) part: String,
    /// The `0` of `files[0]`; parts called otherwise are files too, numbered from the next free number on.
    pub(crate) number: u64,
    pub(crate) filename: String,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Bytes,
}

/// Reads a body by its declared type.
pub(crate) async fn decode(content_type: Option<&str>, bytes: Bytes) -> Result<Body, Refusal> {
    let declared = content_type.unwrap_or_default();
    let essence = declared.split(';').next().unwrap_or_default().trim();
    match essence.to_ascii_lowercase().as_str() {
        "application/json" => Ok(Body { json: object(&bytes)?, files: Vec::new() }),
        "application/x-www-form-urlencoded" => {
            let pairs = form_urlencoded::parse(&bytes);
            let json = form(pairs.map(|(key, value)| (key.into_owned(), value.into_owned())))?;
            Ok(Body { json, files: Vec::new() })
        }
        "multipart/form-data" => multipart::decode(declared, bytes).await,
        _ => Err(Refusal::form(
            &[],
            "CONTENT_TYPE_INVALID",
            "Expected \"Content-Type\" header to be one of {'application/json', \
             'application/x-www-form-urlencoded', 'multipart/form-data'}.",
        )),
    }
}

/// A JSON body; none at all is an empty object.
fn object(bytes: &[u8]) -> Result<Map<String, Value>, Refusal> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Refusal::form(&[], "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")),
        Err(_) => Err(Refusal::NOT_JSON),
    }
}

/// Fields of a form: `payload_json` holds the whole message, other fields are its plain keys.
fn form(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Map<String, Value>, Refusal> {
    let mut found = Map::new();
    for (key, value) in pairs {
        if key == "payload_json" {
            found.extend(object(value.as_bytes())?);
            continue;
        }
        let value = match (key.as_str(), value.as_str()) {
            ("tts", "true" | "True" | "1") => json!(true),
            ("tts", "false" | "False" | "0") => json!(false),
            ("flags", digits) => digits.parse().map_or_else(|_| json!(digits), |n: i64| json!(n)),
            (_, text) => json!(text),
        };
        found.insert(key, value);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_must_be_an_object() {
        assert!(object(b"").unwrap().is_empty());
        assert_eq!(object(b"{\"content\":").unwrap_err(), Refusal::NOT_JSON);
        assert_eq!(object(b"\xff\xfe").unwrap_err(), Refusal::NOT_JSON);
        assert_eq!(object(b"{\"content\":\"\\ud800\"}").unwrap_err(), Refusal::NOT_JSON);
        assert!(matches!(object(b"[]"), Err(Refusal::Form(_))));
    }

    #[test]
    fn a_form_holds_plain_keys_or_the_whole_message() {
        let plain = form([("content".to_owned(), "hi".to_owned()), ("tts".to_owned(), "true".to_owned())]);
        assert_eq!(Value::Object(plain.unwrap()), json!({"content": "hi", "tts": true}));
        let whole = form([("payload_json".to_owned(), "{\"content\":\"hi\"}".to_owned())]);
        assert_eq!(Value::Object(whole.unwrap()), json!({"content": "hi"}));
        let broken = form([("payload_json".to_owned(), "{".to_owned())]);
        assert_eq!(broken.unwrap_err(), Refusal::NOT_JSON);
    }
}
