//! Every limit of Discord's table, through HTTP: the largest that passes, the smallest that fails, and how.

use serde_json::{Value, json};

use crate::client::{Preview, unlimited};

/// The body at a size, the largest that passes, and the problem above it.
type Row = (fn(usize) -> Value, usize, &'static str);

fn text(n: usize) -> String {
    "x".repeat(n)
}

fn url(n: usize) -> String {
    format!("https://e/{}", text(n - 10))
}

fn components(items: &[Value]) -> Value {
    json!({"flags": 32768, "components": items})
}

fn ids(n: usize) -> Vec<String> {
    (1..=n).map(|id| id.to_string()).collect()
}

fn poll(question: usize, answer: usize, answers: usize, hours: usize) -> Value {
    let answer = json!({"poll_media": {"text": text(answer)}});
    json!({"poll": {"question": {"text": text(question)}, "answers": vec![answer; answers], "duration": hours}})
}

const TABLE: [Row; 36] = [
    (|n| json!({"content": text(n)}), 2000, "content BASE_TYPE_MAX_LENGTH"),
    (|n| json!({"embeds": vec![json!({"title": "t"}); n]}), 10, "embeds BASE_TYPE_MAX_LENGTH"),
    (
        |n| json!({"embeds": [{"description": text(4000)}, {"description": text(n - 4000)}]}),
        6000,
        "embeds MAX_EMBED_SIZE_EXCEEDED",
    ),
    (|n| json!({"embeds": [{"title": text(n)}]}), 256, "embeds.0.title BASE_TYPE_MAX_LENGTH"),
    (|n| json!({"embeds": [{"description": text(n)}]}), 4096, "embeds.0.description BASE_TYPE_MAX_LENGTH"),
    (
        |n| json!({"embeds": [{"fields": vec![json!({"name": "n", "value": "v"}); n]}]}),
        25,
        "embeds.0.fields BASE_TYPE_MAX_LENGTH",
    ),
    (
        |n| json!({"embeds": [{"fields": [{"name": text(n), "value": "v"}]}]}),
        256,
        "embeds.0.fields.0.name BASE_TYPE_MAX_LENGTH",
    ),
    (
        |n| json!({"embeds": [{"fields": [{"name": "n", "value": text(n)}]}]}),
        1024,
        "embeds.0.fields.0.value BASE_TYPE_MAX_LENGTH",
    ),
    (|n| json!({"embeds": [{"footer": {"text": text(n)}}]}), 2048, "embeds.0.footer.text BASE_TYPE_MAX_LENGTH"),
    (|n| json!({"embeds": [{"author": {"name": text(n)}}]}), 256, "embeds.0.author.name BASE_TYPE_MAX_LENGTH"),
    (|n| json!({"embeds": [{"title": "t", "color": n}]}), 0xFF_FFFF, "embeds.0.color NUMBER_TYPE_MAX"),
    (|n| json!({"embeds": [{"title": "t", "url": url(n)}]}), 2048, "embeds.0.url BASE_TYPE_MAX_LENGTH"),
    (|n| json!({"embeds": [{"image": {"url": url(n)}}]}), 2048, "embeds.0.image.url BASE_TYPE_MAX_LENGTH"),
    (
        |n| json!({"embeds": [{"footer": {"text": "f", "icon_url": url(n)}}]}),
        2048,
        "embeds.0.footer.icon_url BASE_TYPE_MAX_LENGTH",
    ),
    (|n| json!({"content": "x", "avatar_url": url(n)}), 2048, "avatar_url BASE_TYPE_MAX_LENGTH"),
    (|n| json!({"content": "x", "username": text(n)}), 80, "username BASE_TYPE_BAD_LENGTH"),
    (
        |n| json!({"content": "x", "allowed_mentions": {"users": ids(n)}}),
        100,
        "allowed_mentions.users BASE_TYPE_MAX_LENGTH",
    ),
    (
        |n| json!({"content": "x", "allowed_mentions": {"roles": ids(n)}}),
        100,
        "allowed_mentions.roles BASE_TYPE_MAX_LENGTH",
    ),
    (|n| json!({"content": "x", "applied_tags": ids(n)}), 5, "applied_tags BASE_TYPE_MAX_LENGTH"),
    (|n| components(&vec![json!({"type": 14}); n]), 40, "components BASE_TYPE_MAX_LENGTH"),
    (
        |n| components(&[json!({"type": 17, "components": vec![json!({"type": 14}); n - 1]})]),
        40,
        "components COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
    ),
    (
        |n| {
            let link = json!({"type": 2, "style": 5, "label": "l", "url": "https://e/"});
            json!({"components": vec![json!({"type": 1, "components": [link]}); n]})
        },
        5,
        "components BASE_TYPE_MAX_LENGTH",
    ),
    (|n| components(&[json!({"type": 10, "content": text(n)})]), 4000, "components.0.content BASE_TYPE_BAD_LENGTH"),
    (
        |n| components(&[json!({"type": 10, "content": text(2000)}), json!({"type": 10, "content": text(n - 2000)})]),
        4000,
        "components COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
    ),
    (
        |n| components(&[json!({"type": 12, "items": vec![json!({"media": {"url": "https://e/"}}); n]})]),
        10,
        "components.0.items BASE_TYPE_BAD_LENGTH",
    ),
    (
        |n| {
            let texts = vec![json!({"type": 10, "content": "x"}); n];
            let link = json!({"type": 2, "style": 5, "label": "l", "url": "https://e/"});
            components(&[json!({"type": 9, "components": texts, "accessory": link})])
        },
        3,
        "components.0.components BASE_TYPE_BAD_LENGTH",
    ),
    (
        |n| {
            let link = json!({"type": 2, "style": 5, "label": "l", "url": "https://e/"});
            components(&[json!({"type": 1, "components": vec![link; n]})])
        },
        5,
        "components.0.components BASE_TYPE_BAD_LENGTH",
    ),
    (
        |n| {
            let link = json!({"type": 2, "style": 5, "label": text(n), "url": "https://e/"});
            components(&[json!({"type": 1, "components": [link]})])
        },
        80,
        "components.0.components.0.label BASE_TYPE_MAX_LENGTH",
    ),
    (
        |n| {
            let link = json!({"type": 2, "style": 5, "label": "l", "url": url(n)});
            components(&[json!({"type": 1, "components": [link]})])
        },
        512,
        "components.0.components.0.url BASE_TYPE_MAX_LENGTH",
    ),
    (
        |n| components(&[json!({"type": 17, "accent_color": n, "components": [{"type": 14}]})]),
        0xFF_FFFF,
        "components.0.accent_color NUMBER_TYPE_MAX",
    ),
    (
        |n| {
            let item = json!({"media": {"url": "https://e/"}, "description": text(n)});
            components(&[json!({"type": 12, "items": [item]})])
        },
        1024,
        "components.0.items.0.description BASE_TYPE_BAD_LENGTH",
    ),
    (|n| poll(n, 1, 1, 1), 300, "poll.question.text BASE_TYPE_BAD_LENGTH"),
    (|n| poll(1, n, 1, 1), 55, "poll.answers.0.poll_media.text BASE_TYPE_BAD_LENGTH"),
    (|n| poll(1, 1, n, 1), 10, "poll.answers BASE_TYPE_BAD_LENGTH"),
    (|n| poll(1, 1, 1, n), 768, "poll.duration NUMBER_TYPE_MAX"),
    (
        |n| json!({"embeds": [{"image": {"url": "https://e/", "description": text(n)}}]}),
        4096,
        "embeds.0.image.description BASE_TYPE_MAX_LENGTH",
    ),
];

fn try_row(preview: &Preview, (build, most, expected): Row) {
    let query = "?wait=true&with_components=true";
    let fits = preview.post_with("errors", query, &build(most));
    assert_eq!(fits.status, 200, "{expected} at {most}: {}", fits.text);
    let over = preview.post_with("errors", query, &build(most + 1));
    assert_eq!((over.status, over.code()), (400, Some(50035)), "{expected}");
    assert_eq!(over.problems(), [expected]);
}

#[test]
fn each_limit_holds_at_its_number_and_not_one_above() {
    let preview = unlimited();
    for row in TABLE {
        try_row(&preview, row);
    }
    let stored = preview.discord.messages("errors").len();
    assert_eq!(stored, TABLE.len(), "what was refused must not be stored");
}

#[test]
fn a_thread_name_has_one_to_a_hundred_characters() {
    let preview = crate::client::start(
        discord_log_preview::Discord::builder().forum("incidents").limits(discord_log_preview::Limits::unlimited()),
    );
    for (length, status) in [(100, 200), (101, 400), (0, 400)] {
        let body = json!({"content": "x", "thread_name": text(length)});
        assert_eq!(preview.post("incidents", &body).status, status, "{length}");
    }
}

#[test]
fn too_many_bytes_of_text_are_a_500_every_time() {
    let preview = unlimited();
    // 3,390 characters of three bytes, and single bytes up to and past the 10,170.
    let wide = |more: &str| json!({"embeds": [{"description": "報".repeat(3390) + more}]});
    assert_eq!(preview.post("errors", &wide("")).status, 200);
    for _ in 0..2 {
        let over = preview.post("errors", &wide("x"));
        assert_eq!((over.status, over.code()), (500, Some(0)));
    }
    let id = preview.posted("errors", &json!({"content": "x"}));
    assert_eq!(preview.edit("errors", &id, &wide("x")).status, 500);
    assert_eq!(preview.contents("errors"), ["", "x"]);
}

#[test]
fn the_byte_ceiling_of_components_counts_each_text() {
    let preview = unlimited();
    // Three bytes a character; one display may hold 10,158 bytes and two together 10,146.
    let post = |texts: &[usize]| {
        let items: Vec<Value> = texts.iter().map(|&n| json!({"type": 10, "content": "報".repeat(n)})).collect();
        preview.post_with("errors", "?with_components=true", &components(&items)).status
    };
    assert_eq!(post(&[3386]), 204);
    assert_eq!(post(&[3387]), 500);
    assert_eq!(post(&[1691, 1691]), 204);
    assert_eq!(post(&[1691, 1692]), 500);
}

#[test]
fn more_than_64_pictures_are_a_500() {
    let preview = unlimited();
    let gallery = |n: usize| json!({"type": 12, "items": vec![json!({"media": {"url": "https://e/"}}); n]});
    let mut items = vec![gallery(10); 6];
    items.push(gallery(4));
    let query = "?with_components=true";
    assert_eq!(preview.post_with("errors", query, &components(&items)).status, 204);
    items.push(gallery(1));
    assert_eq!(preview.post_with("errors", query, &components(&items)).status, 500);
}
