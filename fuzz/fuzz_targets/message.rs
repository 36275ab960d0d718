//! Any bytes as an event, in every form of message, held to what every message promises.
#![no_main]

use discord_log::Event;
use discord_log::__bench::{Message, Messages};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, texts)) = bytes.split_first() else { return };
    let texts: Vec<_> = texts.split(|byte| *byte == 0xfe).map(String::from_utf8_lossy).collect();
    let events: Vec<_> = (0..=kind % 3).map(|number| event(kind / 3, &texts, number)).collect();
    let messages = Messages::of(events.clone());
    for form in ["embeds", "lines", "digest"] {
        check(&messages.post(form, 0), true);
    }
    check(&messages.edit(), false);
    let group = Messages::of_group(events);
    check(&group.post("embeds", 0), true);
    check(&group.edit(), false);
    let name = group.thread_name().expect("a group");
    assert!((1..=100).contains(&name.chars().count()), "{name:?}");
});

fn event(kind: u8, texts: &[impl AsRef<str>], number: u8) -> Event {
    let text = |at: usize| texts.get(at).map_or("", |text| text.as_ref());
    let event = match kind % 8 {
        0 => Event::error(&std::io::Error::other(text(0).to_owned()), text(1)),
        1 => Event::critical(text(0), text(1)),
        2 => Event::user_action(text(0)),
        3 => Event::invoice_created(text(0), text(1), text(2)),
        4 => Event::panicked(text(0), text(1)),
        5 => Event::validation_error(text(0), text(1)),
        6 => Event::activity(text(0), text(1), std::time::Duration::from_millis(kind.into())),
        _ => Event::system_event(text(0), text(1)),
    };
    let event = texts.iter().skip(2).fold(event, |event, text| event.field(text, text.as_ref()));
    event.field("number", u64::from(number)).actor(text(3))
}

fn check(message: &Message, is_post: bool) {
    assert!(message.events > 0, "nothing is told");
    let body: Value = serde_json::from_slice(&message.json).expect("JSON");
    assert_eq!(body["allowed_mentions"], serde_json::json!({ "parse": [] }));
    assert_eq!(body["username"].is_string(), is_post, "an edit keeps its name");
    let embeds = body["embeds"].as_array().expect("embeds");
    assert!((1..=10).contains(&embeds.len()), "{} embeds", embeds.len());
    let counted: Vec<_> = embeds.iter().flat_map(texts).collect();
    for (text, most) in &counted {
        let characters = text.trim().chars().count();
        assert!((1..=*most).contains(&characters), "{characters} of {most} characters");
        assert!(text.matches("```").count() % 2 == 0, "an open block of code: {text:?}");
    }
    let content = body["content"].as_str().unwrap_or("x");
    assert!((1..=2_000).contains(&content.chars().count()), "{content:?}");
    assert!(counted.iter().map(|(text, _)| text.trim().chars().count()).sum::<usize>() <= 6_000);
    assert!(counted.iter().map(|(text, _)| text.len()).sum::<usize>() + content.len() <= 9_500);
    for text in counted.iter().map(|(text, _)| *text).chain([content]) {
        let folded = text.to_lowercase();
        assert!(!["@everyone", "@here", "<@", "<#"].iter().any(|mention| folded.contains(mention)), "{text:?}");
        let acts = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!text.chars().any(acts), "{text:?}");
    }
    let named = body["attachments"].as_array().map_or(0, Vec::len);
    assert!(named == message.files.len() && named <= 10, "{named} files");
    assert!(message.files.iter().all(|(_, bytes)| !bytes.is_empty() && bytes.len() <= 8 << 20));
}

/// What Discord counts, with the most that it takes of each.
fn texts(embed: &Value) -> Vec<(&str, usize)> {
    let fields = embed["fields"].as_array().into_iter().flatten();
    let in_fields = fields.flat_map(|field| [(&field["name"], 256), (&field["value"], 1_024)]);
    let single = [(&embed["title"], 256), (&embed["description"], 4_096), (&embed["footer"]["text"], 2_048)];
    single.into_iter().chain(in_fields).filter_map(|(text, most)| Some((text.as_str()?, most))).collect()
}
