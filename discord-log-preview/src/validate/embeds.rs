//! Embeds: each limit of each part, and the limit on the text of all of them together.

use serde_json::{Map, Value, json};

use super::check::Check;
use super::field::{self, Length, Scheme};
use crate::limits;

/// Reads `embeds`; what comes out is trimmed, without nulls, and holds known keys only. `None` is a key not there.
pub(crate) fn read(check: &mut Check, body: &Map<String, Value>) -> Option<Vec<Value>> {
    let items = field::list(check, body, "embeds", Length::up_to(limits::EMBEDS))?;
    check.at("embeds", |check| {
        let before = check.count();
        let mut embeds = Vec::new();
        for (n, item) in items.iter().enumerate() {
            if let Some(embed) = check.at(n, |check| embed(check, item)) {
                embeds.push(embed);
            }
        }
        note_hidden(check, &embeds);
        let total: usize = embeds.iter().map(|embed| measure(embed, code_points)).sum();
        if total > limits::EMBED_TEXT && check.count() == before {
            check.problem(
                "MAX_EMBED_SIZE_EXCEEDED",
                format!("Embed size exceeds maximum size of {}", limits::EMBED_TEXT),
            );
        }
        Some(embeds)
    })
}

/// Of embeds with one URL only the first is shown; Discord takes them all without a word.
fn note_hidden(check: &mut Check, embeds: &[Value]) {
    let url = |embed: &Value| embed.get("url").and_then(Value::as_str).map(str::to_owned);
    for (n, embed) in embeds.iter().enumerate() {
        let this = url(embed);
        if this.is_some() && embeds.iter().take(n).any(|earlier| url(earlier) == this) {
            check.drops(n, "an earlier embed has the same url, so this one is not shown");
        }
    }
}

/// UTF-8 bytes of an embed's text.
pub(crate) fn text_bytes(embed: &Value) -> usize {
    measure(embed, str::len)
}

fn code_points(text: &str) -> usize {
    text.chars().count()
}

/// Sums over what Discord counts: title, description, names and values of fields, footer text, author's name.
fn measure(embed: &Value, size: fn(&str) -> usize) -> usize {
    let of = |path: &str| embed.pointer(path).and_then(Value::as_str).map_or(0, size);
    let fields = embed.get("fields").and_then(Value::as_array);
    let in_fields: usize = fields
        .into_iter()
        .flatten()
        .flat_map(|field| [field.get("name"), field.get("value")])
        .filter_map(|text| text.and_then(Value::as_str))
        .map(size)
        .sum();
    of("/title") + of("/description") + of("/footer/text") + of("/author/name") + in_fields
}

const KEYS: [&str; 13] = [
    "title",
    "type",
    "description",
    "url",
    "timestamp",
    "color",
    "footer",
    "image",
    "thumbnail",
    "video",
    "provider",
    "author",
    "fields",
];

fn embed(check: &mut Check, value: &Value) -> Option<Value> {
    if value.is_null() {
        let told = "List item values of ModelType are required";
        check.problem("LIST_ITEM_VALUE_REQUIRED", told);
        return None;
    }
    let given = field::object(check, value)?;
    check.keys(given, &KEYS);
    let before = check.count();
    let mut embed = Map::new();
    let title = field::text(check, given, "title", Length::up_to(limits::EMBED_TITLE));
    put_text(&mut embed, "title", title);
    let length = Length::up_to(limits::EMBED_DESCRIPTION);
    let description = field::text(check, given, "description", length);
    put_text(&mut embed, "description", description);
    let url = field::url(check, given, "url", Length::up_to(limits::URL), Scheme::Web);
    put(&mut embed, "url", url);
    put(&mut embed, "timestamp", field::timestamp(check, given, "timestamp"));
    put(&mut embed, "color", field::integer(check, given, "color", (0, limits::COLOR)));
    put(&mut embed, "author", part(check, given, "author", author));
    put(&mut embed, "footer", part(check, given, "footer", footer));
    put(&mut embed, "image", part(check, given, "image", image));
    put(&mut embed, "thumbnail", part(check, given, "thumbnail", image));
    put(&mut embed, "fields", fields(check, given));
    for ignored in ["provider", "video"] {
        if field::present(given, ignored).is_some() {
            check.drops(ignored, "Discord ignores it");
        }
    }
    let shows = embed.keys().any(|key| key != "color" && key != "url");
    if !shows && check.count() == before {
        field::require(check, "description");
    }
    embed.insert("type".to_owned(), json!("rich"));
    Some(Value::Object(embed))
}

fn part(
    check: &mut Check,
    embed: &Map<String, Value>,
    key: &str,
    read: fn(&mut Check, &Map<String, Value>) -> Value,
) -> Option<Value> {
    let value = field::present(embed, key)?;
    check.at(key, |check| {
        let given = field::object(check, value)?;
        Some(read(check, given))
    })
}

fn author(check: &mut Check, given: &Map<String, Value>) -> Value {
    check.keys(given, &["name", "url", "icon_url", "proxy_icon_url"]);
    let mut author = Map::new();
    let length = Length::up_to(limits::EMBED_TITLE).required();
    put(&mut author, "name", field::text(check, given, "name", length));
    let length = Length::up_to(limits::URL);
    put(&mut author, "url", field::url(check, given, "url", length, Scheme::Web));
    let icon = field::url(check, given, "icon_url", length, Scheme::Media);
    put(&mut author, "icon_url", icon);
    Value::Object(author)
}

fn footer(check: &mut Check, given: &Map<String, Value>) -> Value {
    check.keys(given, &["text", "icon_url", "proxy_icon_url"]);
    let mut footer = Map::new();
    let length = Length::up_to(limits::FOOTER).required();
    put(&mut footer, "text", field::text(check, given, "text", length));
    let length = Length::up_to(limits::URL);
    let icon = field::url(check, given, "icon_url", length, Scheme::Media);
    put(&mut footer, "icon_url", icon);
    Value::Object(footer)
}

fn image(check: &mut Check, given: &Map<String, Value>) -> Value {
    const KNOWN: [&str; 8] =
        ["url", "proxy_url", "height", "width", "description", "placeholder", "placeholder_version", "is_animated"];
    check.keys(given, &KNOWN);
    let mut image = Map::new();
    let length = Length::up_to(limits::URL).required();
    put(&mut image, "url", field::url(check, given, "url", length, Scheme::Media));
    let length = Length::up_to(limits::EMBED_DESCRIPTION);
    put(&mut image, "description", field::text(check, given, "description", length));
    Value::Object(image)
}

/// The fields of an embed. A name or value may be empty, but not absent.
fn fields(check: &mut Check, embed: &Map<String, Value>) -> Option<Vec<Value>> {
    let items = field::list(check, embed, "fields", Length::up_to(limits::EMBED_FIELDS))?;
    let fields: Vec<Value> = check.at("fields", |check| {
        let read = items.iter().enumerate();
        read.filter_map(|(n, item)| check.at(n, |check| one_field(check, item))).collect()
    });
    (!fields.is_empty()).then_some(fields)
}

fn one_field(check: &mut Check, item: &Value) -> Option<Value> {
    let given = field::object(check, item)?;
    check.keys(given, &["name", "value", "inline"]);
    let name = Length::up_to(limits::EMBED_TITLE).required();
    let value = Length::up_to(limits::FIELD_VALUE).required();
    Some(json!({
        "name": field::text(check, given, "name", name).unwrap_or_default(),
        "value": field::text(check, given, "value", value).unwrap_or_default(),
        "inline": field::boolean(check, given, "inline").unwrap_or(false),
    }))
}

fn put(object: &mut Map<String, Value>, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        object.insert(key.to_owned(), value.into());
    }
}

/// An empty title or description is as good as none.
fn put_text(object: &mut Map<String, Value>, key: &str, text: Option<String>) {
    put(object, key, text.filter(|text| !text.is_empty()));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads one embed and gives `path CODE` for each problem.
    fn problems(embeds: Value) -> Vec<String> {
        let mut check = Check::default();
        let body = Map::from_iter([("embeds".to_owned(), embeds)]);
        read(&mut check, &body);
        let told = check.problems.iter();
        told.map(|problem| format!("{} {}", problem.path.join("."), problem.code)).collect()
    }

    fn text(n: usize) -> String {
        "x".repeat(n)
    }

    fn at_most(build: fn(usize) -> Value, max: usize, expected: &str) {
        assert_eq!(problems(json!([build(max)])), Vec::<String>::new());
        assert_eq!(problems(json!([build(max + 1)])), [expected]);
    }

    #[test]
    fn every_part_has_its_limit() {
        at_most(|n| json!({"title": text(n)}), 256, "embeds.0.title BASE_TYPE_MAX_LENGTH");
        at_most(|n| json!({"description": text(n)}), 4096, "embeds.0.description BASE_TYPE_MAX_LENGTH");
        at_most(|n| json!({"footer": {"text": text(n)}}), 2048, "embeds.0.footer.text BASE_TYPE_MAX_LENGTH");
        at_most(|n| json!({"author": {"name": text(n)}}), 256, "embeds.0.author.name BASE_TYPE_MAX_LENGTH");
        at_most(
            |n| json!({"fields": [{"name": text(n), "value": "v"}]}),
            256,
            "embeds.0.fields.0.name BASE_TYPE_MAX_LENGTH",
        );
        at_most(
            |n| json!({"fields": [{"name": "n", "value": text(n)}]}),
            1024,
            "embeds.0.fields.0.value BASE_TYPE_MAX_LENGTH",
        );
        at_most(
            |n| json!({"fields": vec![json!({"name": "n", "value": "v"}); n]}),
            25,
            "embeds.0.fields BASE_TYPE_MAX_LENGTH",
        );
        at_most(|n| json!({"description": "d", "color": n}), 0xFF_FFFF, "embeds.0.color NUMBER_TYPE_MAX");
    }

    #[test]
    fn urls_have_limits_and_schemes() {
        let long = |n: usize| format!("https://e/{}", text(n - 10));
        for (key, build) in [
            ("url", (|u| json!({"title": "t", "url": u})) as fn(String) -> Value),
            ("image.url", |u| json!({"image": {"url": u}})),
            ("thumbnail.url", |u| json!({"thumbnail": {"url": u}})),
            ("author.url", |u| json!({"author": {"name": "a", "url": u}})),
            ("author.icon_url", |u| json!({"author": {"name": "a", "icon_url": u}})),
            ("footer.icon_url", |u| json!({"footer": {"text": "f", "icon_url": u}})),
        ] {
            assert!(problems(json!([build(long(2048))])).is_empty(), "{key}");
            assert_eq!(problems(json!([build(long(2049))])), [format!("embeds.0.{key} BASE_TYPE_MAX_LENGTH")]);
            assert_eq!(problems(json!([build(String::new())])), [format!("embeds.0.{key} URL_TYPE_INVALID_SCHEME")]);
        }
    }

    #[test]
    fn the_text_of_all_embeds_together_is_limited() {
        let full = json!({"description": text(3000)});
        assert!(problems(json!([full, full])).is_empty());
        let over = json!({"description": text(3001)});
        assert_eq!(problems(json!([full, over])), ["embeds MAX_EMBED_SIZE_EXCEEDED"]);
        let spread = json!({
            "title": text(256),
            "description": text(4096),
            "author": {"name": text(256)},
            "footer": {"text": text(1000)},
            "fields": [{"name": text(100), "value": text(292)}],
        });
        assert!(problems(json!([spread])).is_empty());
        assert_eq!(problems(json!([spread, {"title": "x"}])), ["embeds MAX_EMBED_SIZE_EXCEEDED"]);
    }

    #[test]
    fn whitespace_around_text_does_not_count() {
        let padded = format!("  {}  ", text(256));
        assert!(problems(json!([{"title": padded}])).is_empty());
    }

    #[test]
    fn required_keys_are_required() {
        for (embed, expected) in [
            (json!({"fields": [{"value": "v"}]}), "embeds.0.fields.0.name"),
            (json!({"fields": [{"name": "n"}]}), "embeds.0.fields.0.value"),
            (json!({"author": {"url": "https://e/"}}), "embeds.0.author.name"),
            (json!({"footer": {}}), "embeds.0.footer.text"),
            (json!({"image": {}}), "embeds.0.image.url"),
            (json!({}), "embeds.0.description"),
            (json!({"color": 1}), "embeds.0.description"),
        ] {
            assert_eq!(problems(json!([embed])), [format!("{expected} BASE_TYPE_REQUIRED")]);
        }
        assert!(problems(json!([{"fields": [{"name": "", "value": ""}]}])).is_empty());
    }

    #[test]
    fn more_than_ten_embeds_are_refused() {
        let one = json!({"title": "t"});
        assert!(problems(json!(vec![one.clone(); 10])).is_empty());
        assert_eq!(problems(json!(vec![one; 11])), ["embeds BASE_TYPE_MAX_LENGTH"]);
    }

    #[test]
    fn wrong_types_are_told_by_place() {
        assert_eq!(problems(json!("x")), ["embeds LIST_TYPE_CONVERT"]);
        assert_eq!(problems(json!([null])), ["embeds.0 LIST_ITEM_VALUE_REQUIRED"]);
        assert_eq!(problems(json!(["x"])), ["embeds.0 MODEL_TYPE_CONVERT"]);
        let odd = json!([{"title": 5, "color": "red", "timestamp": "soon"}]);
        assert_eq!(
            problems(odd),
            [
                "embeds.0.title STRING_TYPE_CONVERT",
                "embeds.0.timestamp DATE_TIME_TYPE_PARSE",
                "embeds.0.color NUMBER_TYPE_COERCE",
            ]
        );
    }

    #[test]
    fn unknown_keys_are_noted_and_ignored() {
        let mut check = Check::default();
        let body = json!({"embeds": [{"title": "t", "titel": "t", "fields": [
            {"name": "n", "value": "v", "in_line": true}
        ]}]});
        read(&mut check, body.as_object().unwrap());
        assert!(check.problems.is_empty());
        assert_eq!(check.unknown_keys, ["embeds.0.titel", "embeds.0.fields.0.in_line"]);
    }

    #[test]
    fn embeds_hidden_by_an_equal_url_are_noted() {
        let mut check = Check::default();
        let one = json!({"title": "t", "url": "https://e/"});
        let body = json!({"embeds": [one, {"title": "t"}, {"title": "t"}, one]});
        let embeds = read(&mut check, body.as_object().unwrap()).unwrap();
        assert_eq!(embeds.len(), 4);
        assert_eq!(check.dropped.len(), 1);
        assert!(check.dropped[0].starts_with("embeds.3: "));
    }
}
