//! Nothing is lost on the way: what a message does not show is in a file that goes with it.

use std::io::Read;

use serde_json::Value as Json;

use super::inert;
use crate::event::{Event, Role, StoredEvent};
use crate::reduce::Shown;
use crate::render::File;
use crate::render::clean::legible;

/// Fails if a text of an event is neither in its embed nor in its file.
#[track_caller]
pub(super) fn assert_kept(message: &Json, files: &[File], shown: &[Shown]) {
    let embeds = message["embeds"].as_array().expect("embeds");
    assert_eq!(embeds.len(), shown.len(), "an embed for each");
    for (embed, shown) in embeds.iter().zip(shown) {
        let name = format!("{}.txt", shown.entry.id);
        let file = files.iter().find(|file| file.name == name).map(text_of).unwrap_or_default();
        assert!(!file.chars().any(|c| (c.is_control() && c != '\n' && c != '\t') || c == '\u{202e}'), "{file:?}");
        let mut places = seen(embed);
        places.push(without_space(&file));
        for text in texts(&shown.entry.event) {
            assert!(places.iter().any(|place| place.contains(&text)), "{text:?} is not in {places:?}");
        }
        // More than the embed can name is named in a file.
        if let Some((lines, _)) = shown.group.as_ref().and_then(|group| group.occurrences()) {
            assert!(files.iter().any(|file| text_of(file).contains(lines)), "the occurrences are in no file");
        }
        for value in shown.group.iter().flat_map(|group| group.variables()).flat_map(|variable| variable.values) {
            let value = without_space(&legible(value));
            let is_listed = files.iter().any(|file| file.name.contains(&shown.entry.id.to_string()));
            assert!(is_listed || places.iter().any(|place| place.contains(&value)), "{value:?} is nowhere");
        }
    }
}

/// Fails unless every event is in the file as it was, or else in the text.
#[track_caller]
pub(super) fn assert_listed(message: &Json, files: &[File], shown: &[Shown], is_digest: bool) {
    let Some(file) = files.first() else {
        assert!(!is_digest, "a digest without its file");
        let places: Vec<_> = message["embeds"].as_array().into_iter().flatten().flat_map(seen).collect();
        for text in shown.iter().flat_map(|shown| texts(&shown.entry.event)) {
            assert!(places.iter().any(|place| place.contains(&text)), "{text:?} is not in {places:?}");
        }
        return;
    };
    let text = text_of(file);
    // Behind an event that occurred again stands a line for each occurrence, which is no event itself.
    let is_event = |line: &&str| !line.starts_with("{\"actor\"") && !line.starts_with("{\"at\"");
    let groups = shown.iter().filter_map(|shown| shown.group.as_ref()).filter(|group| group.count() > 1);
    let listed: usize = groups.map(|group| group.listed().lines().count()).sum();
    assert_eq!(text.lines().count(), shown.len() + listed, "a line for each");
    for (line, shown) in text.lines().filter(is_event).zip(shown) {
        let json: Json = serde_json::from_str(line).expect("JSON");
        assert_eq!(json["id"].as_str(), Some(&*shown.entry.id.whole()));
        let read: Event = serde_json::from_str::<StoredEvent<'_>>(line).expect("an event").into();
        let told = |event: &Event| format!("{event:?} {:?} {}", event.occurred_at(), event.left_out());
        assert_eq!(told(&read), told(&shown.entry.event));
    }
}

pub(super) fn text_of(file: &File) -> String {
    let mut text = String::new();
    if file.name.ends_with(".gz") {
        flate2::read::GzDecoder::new(&*file.bytes).read_to_string(&mut text).expect("gzip");
    } else {
        text = String::from_utf8(file.bytes.clone()).expect("UTF-8");
    }
    text
}

/// Everything that a reader sees of an embed, as text and as what stands in a block of code.
fn seen(embed: &Json) -> Vec<String> {
    let fields = embed["fields"].as_array().into_iter().flatten().flat_map(|field| [&field["name"], &field["value"]]);
    let texts: Vec<_> =
        [&embed["title"], &embed["description"]].into_iter().chain(fields).filter_map(Json::as_str).collect();
    let all = texts.join("\n");
    vec![without_space(&all), without_space(&inert::shown(&all))]
}

fn without_space(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace() && *character != '\u{200b}').collect()
}

/// The user's own texts; what is no text of theirs may be told in other words.
fn texts(event: &Event) -> Vec<String> {
    let is_known = ["ok", "error", "panicked", "cancelled"];
    let entries =
        event.entries().iter().filter(|entry| entry.role() != Role::Field || !is_known.contains(&entry.as_text()));
    entries.map(|entry| without_space(&legible(entry.as_text()))).collect()
}
