//! Components of a webhook that no application owns: layout, text, media and link buttons.
//!
//! What comes out has the shape of Discord's reply: ids given, defaults filled in.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::attachment_name;
use crate::component_kind::{BUTTON, CONTAINER, FILE, GALLERY, ROW, SECTION, SEPARATOR, TEXT, THUMBNAIL};
use crate::limits;
use crate::validate::check::Check;
use crate::validate::field::{self, Length, Scheme};

/// The style of a link button, the only kind a plain webhook may send.
const LINK: i64 = 5;

const TOP: [i64; 7] = [ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER];
const IN_CONTAINER: [i64; 6] = [ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR];

/// What was found in a component tree.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Components {
    /// The tree, ready to be shown.
    pub(crate) tree: Vec<Value>,
    /// Every text display, in order.
    pub(crate) texts: Vec<String>,
    /// How many gallery items and thumbnails there are.
    pub(crate) media: usize,
}

/// Reads `components`. Without the components flag only action rows are known.
pub(crate) fn read(
    check: &mut Check,
    body: &Map<String, Value>,
    v2: bool,
    files: &BTreeSet<String>,
) -> Option<Components> {
    let most = if v2 { limits::COMPONENTS } else { limits::LEGACY_ROWS };
    let before = check.count();
    let items = field::list(check, body, "components", Length::up_to(most))?;
    let allowed: &[i64] = if v2 { &TOP } else { &[ROW] };
    let mut walk = Walk { files, found: Components::default(), ids: BTreeSet::new(), count: 0 };
    check.at("components", |check| {
        walk.found.tree = walk.children(check, items, allowed);
        if check.count() == before {
            walk.judge_totals(check);
        }
    });
    Some(walk.found)
}

struct Walk<'f> {
    files: &'f BTreeSet<String>,
    found: Components,
    ids: BTreeSet<i64>,
    count: usize,
}

impl Walk<'_> {
    fn judge_totals(&self, check: &mut Check) {
        if self.count > limits::COMPONENTS {
            let most = limits::COMPONENTS;
            check.problem(
                "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
                format!("The total number of components cannot exceed {most}"),
            );
        }
        let points: usize = self.found.texts.iter().map(|t| t.chars().count()).sum();
        if points > limits::TEXT_DISPLAY {
            let most = limits::TEXT_DISPLAY;
            check.problem(
                "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
                format!("Total displayable text size exceeds maximum size of {most}"),
            );
        }
    }

    fn children(&mut self, check: &mut Check, items: &[Value], allowed: &[i64]) -> Vec<Value> {
        let mut children = Vec::new();
        for (n, item) in items.iter().enumerate() {
            children.extend(check.at(n, |check| self.component(check, item, allowed)));
        }
        children
    }

    fn component(&mut self, check: &mut Check, item: &Value, allowed: &[i64]) -> Option<Value> {
        let given = field::object(check, item)?;
        self.count += 1;
        let Some(kind) = field::integer(check, given, "type", (0, i64::MAX)) else {
            if field::present(given, "type").is_none() {
                field::require(check, "type");
            }
            return None;
        };
        if !allowed.contains(&kind) {
            let choices: Vec<String> = allowed.iter().map(ToString::to_string).collect();
            let told = format!("Value of field \"type\" must be one of ({}).", choices.join(", "));
            check.at("type", |check| check.problem("UNION_TYPE_CHOICES", told));
            return None;
        }
        let mut shown = match kind {
            ROW => self.row(check, given),
            BUTTON => button(check, given),
            SECTION => self.section(check, given),
            TEXT => self.text(check, given),
            THUMBNAIL => self.thumbnail(check, given),
            GALLERY => self.gallery(check, given),
            FILE => self.file(check, given),
            SEPARATOR => separator(check, given),
            _ => self.container(check, given),
        };
        let id = self.id(check, given);
        shown.insert("type".to_owned(), json!(kind));
        shown.insert("id".to_owned(), json!(id));
        Some(Value::Object(shown))
    }

    /// The given id, else the next free one.
    fn id(&mut self, check: &mut Check, given: &Map<String, Value>) -> i64 {
        let asked = field::integer(check, given, "id", (0, i64::from(i32::MAX)));
        match asked.filter(|id| *id != 0) {
            Some(id) => {
                if !self.ids.insert(id) {
                    let told = "Component ids must be unique within a message";
                    check.at("id", |check| check.problem("COMPONENT_ID_DUPLICATED", told));
                }
                id
            }
            None => {
                let id = (1..).find(|id| !self.ids.contains(id)).unwrap_or(1);
                self.ids.insert(id);
                id
            }
        }
    }

    fn row(&mut self, check: &mut Check, given: &Map<String, Value>) -> Map<String, Value> {
        check.keys(given, &["type", "id", "components"]);
        let length = Length::between(1, limits::ROW).required();
        let items = field::list(check, given, "components", length);
        let children =
            check.at("components", |check| self.children(check, items.map_or(&[], Vec::as_slice), &[BUTTON]));
        object(json!({ "components": children }))
    }

    fn section(&mut self, check: &mut Check, given: &Map<String, Value>) -> Map<String, Value> {
        check.keys(given, &["type", "id", "components", "accessory"]);
        let length = Length::between(1, limits::SECTION_TEXTS).required();
        let items = field::list(check, given, "components", length);
        let children = check.at("components", |check| self.children(check, items.map_or(&[], Vec::as_slice), &[TEXT]));
        let accessory = match field::present(given, "accessory") {
            Some(item) => check.at("accessory", |check| self.component(check, item, &[BUTTON, THUMBNAIL])),
            None => {
                field::require(check, "accessory");
                None
            }
        };
        object(json!({ "components": children, "accessory": accessory }))
    }

    fn text(&mut self, check: &mut Check, given: &Map<String, Value>) -> Map<String, Value> {
        check.keys(given, &["type", "id", "content"]);
        let length = Length::between(1, limits::TEXT_DISPLAY).required();
        let text = field::text(check, given, "content", length).unwrap_or_default();
        self.found.texts.push(text.clone());
        object(json!({ "content": text }))
    }

    fn thumbnail(&mut self, check: &mut Check, given: &Map<String, Value>) -> Map<String, Value> {
        check.keys(given, &["type", "id", "media", "description", "spoiler"]);
        self.media_item(check, given)
    }

    fn gallery(&mut self, check: &mut Check, given: &Map<String, Value>) -> Map<String, Value> {
        check.keys(given, &["type", "id", "items"]);
        let length = Length::between(1, limits::GALLERY).required();
        let items = field::list(check, given, "items", length);
        let shown: Vec<Value> = check.at("items", |check| {
            let mut shown = Vec::new();
            for (n, item) in items.into_iter().flatten().enumerate() {
                check.at(n, |check| {
                    if let Some(given) = field::object(check, item) {
                        check.keys(given, &["media", "description", "spoiler"]);
                        shown.push(Value::Object(self.media_item(check, given)));
                    }
                });
            }
            shown
        });
        object(json!({ "items": shown }))
    }

    fn media_item(&mut self, check: &mut Check, given: &Map<String, Value>) -> Map<String, Value> {
        self.found.media += 1;
        let length = Length::between(1, limits::ATTACHMENT_TEXT);
        object(json!({
            "media": self.media(check, given, "media", Scheme::Media),
            "description": field::text(check, given, "description", length),
            "spoiler": field::boolean(check, given, "spoiler").unwrap_or(false),
        }))
    }

    fn file(&mut self, check: &mut Check, given: &Map<String, Value>) -> Map<String, Value> {
        check.keys(given, &["type", "id", "file", "spoiler"]);
        object(json!({
            "file": self.media(check, given, "file", Scheme::Attachment),
            "spoiler": field::boolean(check, given, "spoiler").unwrap_or(false),
        }))
    }

    /// A picture or file by URL; a reference must name a file of the message.
    fn media(&self, check: &mut Check, given: &Map<String, Value>, key: &str, scheme: Scheme) -> Value {
        let Some(media) = field::present(given, key) else {
            field::require(check, key);
            return Value::Null;
        };
        check.at(key, |check| {
            let Some(media) = field::object(check, media) else {
                return Value::Null;
            };
            check.keys(media, &["url"]);
            let length = Length::up_to(limits::URL).required();
            let url = field::url(check, media, "url", length, scheme).unwrap_or_default();
            if let Some(name) = attachment_name::referenced(&url)
                && !self.files.contains(&name)
            {
                let told = "Referenced attachment was not found in the message";
                check.at("url", |check| {
                    check.problem("UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", told);
                });
            }
            json!({ "url": url })
        })
    }

    fn container(&mut self, check: &mut Check, given: &Map<String, Value>) -> Map<String, Value> {
        check.keys(given, &["type", "id", "components", "accent_color", "spoiler"]);
        let length = Length::between(1, limits::COMPONENTS).required();
        let items = field::list(check, given, "components", length);
        let children =
            check.at("components", |check| self.children(check, items.map_or(&[], Vec::as_slice), &IN_CONTAINER));
        object(json!({
            "components": children,
            "accent_color": field::integer(check, given, "accent_color", (0, limits::COLOR)),
            "spoiler": field::boolean(check, given, "spoiler").unwrap_or(false),
        }))
    }
}

fn separator(check: &mut Check, given: &Map<String, Value>) -> Map<String, Value> {
    check.keys(given, &["type", "id", "spacing", "divider"]);
    object(json!({
        "spacing": field::integer(check, given, "spacing", (1, 2)).unwrap_or(1),
        "divider": field::boolean(check, given, "divider").unwrap_or(true),
    }))
}

fn button(check: &mut Check, given: &Map<String, Value>) -> Map<String, Value> {
    const KNOWN: [&str; 9] = ["type", "id", "style", "label", "emoji", "custom_id", "url", "disabled", "sku_id"];
    check.keys(given, &KNOWN);
    match field::integer(check, given, "style", (1, 6)) {
        Some(LINK) | None if field::present(given, "style").is_some() => {}
        None => field::require(check, "style"),
        Some(_) => check.at("style", |check| {
            let told = "Value must be one of (5,).";
            check.problem("BASE_TYPE_CHOICES", told);
        }),
    }
    if field::present(given, "custom_id").is_some() {
        let told = "A custom id and url cannot both be specified";
        check.at("custom_id", |check| {
            check.problem("BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", told);
        });
    }
    let label = field::text(check, given, "label", Length::up_to(limits::BUTTON_LABEL));
    let emoji = field::present(given, "emoji");
    if label.as_ref().is_none_or(String::is_empty) && emoji.is_none() {
        field::require(check, "label");
    }
    let length = Length::up_to(limits::BUTTON_URL).required();
    let mut shown = object(json!({
        "style": LINK,
        "url": field::url(check, given, "url", length, Scheme::Web),
        "disabled": field::boolean(check, given, "disabled").unwrap_or(false),
    }));
    shown.extend(label.map(|label| ("label".to_owned(), json!(label))));
    shown.extend(emoji.map(|emoji| ("emoji".to_owned(), emoji.clone())));
    shown
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests;
