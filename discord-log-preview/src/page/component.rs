//! Components: containers, sections, texts, galleries, files, separators and link buttons.

#![expect(unused_qualifications, reason = "templates of an enum are written out as code that names it in full")]

use askama::Template;
use serde::Deserialize;
use serde_json::Value;

use super::attached;
use super::message::Place;
use super::picture::Picture;
use crate::attachment_name;
use crate::component_kind::{BUTTON, CONTAINER, FILE, GALLERY, SECTION, SEPARATOR, TEXT, THUMBNAIL};
use crate::markdown;

/// Any component; each kind has some of these.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Component {
    #[serde(rename = "type")]
    kind: i64,
    components: Vec<Self>,
    accessory: Option<Box<Self>>,
    content: String,
    items: Vec<Item>,
    media: Option<Media>,
    file: Option<Media>,
    description: Option<String>,
    spoiler: bool,
    divider: bool,
    accent_color: Option<u32>,
    label: Option<String>,
    url: String,
    disabled: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Item {
    media: Media,
    description: Option<String>,
    spoiler: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Media {
    url: String,
}

/// A component ready to be written; those inside it are written already.
#[derive(Debug, Template)]
#[template(path = "component.html")]
enum Shown {
    Button { label: String, url: String, disabled: bool },
    Container { children: Vec<String>, color: Option<String>, spoiler: bool },
    File { file: Option<attached::Shown> },
    Gallery { items: Vec<(Picture, bool)> },
    Row { children: Vec<String> },
    Section { children: Vec<String>, accessory: String },
    Separator { divider: bool },
    Text { html: String },
    Thumbnail { picture: Picture, spoiler: bool },
}

/// Writes a component.
pub(super) fn html(component: &Value, place: &Place<'_>) -> askama::Result<String> {
    let component = Component::deserialize(component).unwrap_or_default();
    written(component, place)
}

fn written(component: Component, place: &Place<'_>) -> askama::Result<String> {
    let files = &place.message.attachments;
    let children = component.components.into_iter().map(|child| written(child, place));
    let children = children.collect::<askama::Result<Vec<String>>>()?;
    let picture = |media: &Media, alt: Option<&str>| Picture::named(&media.url, alt, files);
    let shown = match component.kind {
        BUTTON => Shown::Button {
            label: component.label.unwrap_or_else(|| component.url.clone()),
            url: component.url,
            disabled: component.disabled,
        },
        CONTAINER => Shown::Container {
            children,
            color: component.accent_color.map(|color| format!("#{color:06x}")),
            spoiler: component.spoiler,
        },
        FILE => {
            let name = component.file.and_then(|file| attachment_name::referenced(&file.url));
            let file = name.and_then(|name| files.iter().find(|file| file.filename == name));
            Shown::File { file: file.map(attached::Shown::read) }
        }
        GALLERY => {
            let item = |item: Item| (picture(&item.media, item.description.as_deref()), item.spoiler);
            Shown::Gallery { items: component.items.into_iter().map(item).collect() }
        }
        SECTION => {
            let accessory = component.accessory.map(|accessory| written(*accessory, place));
            Shown::Section { children, accessory: accessory.transpose()?.unwrap_or_default() }
        }
        SEPARATOR => Shown::Separator { divider: component.divider },
        TEXT => Shown::Text { html: place.markdown(&component.content, markdown::Place::Body) },
        THUMBNAIL => Shown::Thumbnail {
            picture: picture(&component.media.unwrap_or_default(), component.description.as_deref()),
            spoiler: component.spoiler,
        },
        _ => Shown::Row { children },
    };
    shown.render()
}

/// Files that components show; they are not listed below the message as well.
pub(super) fn files_shown(components: &[Value]) -> Vec<String> {
    let mut shown = Vec::new();
    for component in components {
        collect(component, &mut shown);
    }
    shown
}

fn collect(value: &Value, shown: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, shown)),
        Value::Object(object) => {
            let url = object.get("url").and_then(Value::as_str);
            shown.extend(url.and_then(attachment_name::referenced));
            object.values().for_each(|value| collect(value, shown));
        }
        _ => {}
    }
}
