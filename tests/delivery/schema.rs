//! Discord's own schema for request bodies, where it lies beside the project, and what that schema does not say.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::{Value, json};

/// The validator of a message to a webhook, if the schema is here.
static VALIDATOR: LazyLock<Option<jsonschema::Validator>> = LazyLock::new(|| {
    let Some(path) = find(Path::new(env!("CARGO_MANIFEST_DIR"))) else {
        println!("Discord's schema is not here: bodies are checked by the local Discord alone");
        return None;
    };
    let text = std::fs::read_to_string(&path).expect("a readable schema");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    // By name: the operation's own schema is a union that lets an overlong username pass.
    let root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": "#/components/schemas/IncomingWebhookRequestPartial",
        "components": schema["components"],
    });
    Some(jsonschema::validator_for(&root).expect("a schema"))
});

fn find(from: &Path) -> Option<PathBuf> {
    from.ancestors().map(|folder| folder.join("shared/discord/webhook-schema.json")).find(|path| path.is_file())
}

/// Fails unless a body is one that Discord takes.
pub(crate) fn check(body: &Value) {
    if let Some(validator) = VALIDATOR.as_ref() {
        let errors: Vec<_> = validator.iter_errors(body).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?} in {body}");
    }
    let embeds = body["embeds"].as_array().map_or(&[][..], Vec::as_slice);
    assert!(body["content"].is_string() || !embeds.is_empty(), "an empty message: {body}");
    let texts: Vec<&str> = embeds.iter().flat_map(texts_of).collect();
    let characters: usize = texts.iter().map(|text| text.trim().chars().count()).sum();
    assert!(characters <= 6_000, "{characters} characters in the embeds of one message");
    let content = body["content"].as_str().unwrap_or_default();
    let bytes: usize = texts.iter().chain([&content]).map(|text| text.len()).sum();
    assert!(bytes <= 9_500, "{bytes} bytes of text in one message");
    let username = body["username"].as_str().unwrap_or("x").to_lowercase();
    assert!(!username.contains("discord") && !username.contains("clyde"), "refused as a username: {username}");
    assert!(texts.iter().all(|text| !text.is_empty()), "an empty text: {body}");
}

/// The texts that count towards the 6,000.
fn texts_of(embed: &Value) -> Vec<&str> {
    let fields = embed["fields"].as_array().into_iter().flatten();
    let in_fields = fields.flat_map(|field| [&field["name"], &field["value"]]);
    let single = [&embed["title"], &embed["description"], &embed["footer"]["text"], &embed["author"]["name"]];
    single.into_iter().chain(in_fields).filter_map(Value::as_str).collect()
}
