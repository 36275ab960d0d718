//! The guide for operators has every sentence that the logger says of itself, and none that it does not say.

use std::collections::BTreeSet;

use discord_log::Loss;

use super::markdown::{blocks, code_spans, rows, section};
use super::read;
use super::source::{Source, sources};

/// Where the logger speaks of itself: folders and files.
const SPEAKERS: &[&str] = &[
    "dispatch",
    "lifecycle.rs",
    "record/on_disk",
    "recorder",
    "render/heartbeat.rs",
    "send/client.rs",
    "send/tls",
    "send/webhook_url.rs",
    "sender.rs",
];

/// Fewer words than these are no sentence.
const WORDS: usize = 3;

fn is_sentence(text: &str) -> bool {
    let is_word = |word: &&str| word.chars().filter(|sign| sign.is_alphabetic()).count() > 1;
    text.split_whitespace().filter(is_word).count() >= WORDS
}

fn speaks(source: &Source) -> bool {
    SPEAKERS.iter().any(|speaker| source.path.starts_with(speaker))
}

fn told() -> BTreeSet<String> {
    let operations = read("docs/operations.md");
    let prose = blocks(section(&operations, "What it says")).1;
    code_spans(&prose).into_iter().filter(|span| is_sentence(span)).collect()
}

#[test]
fn every_sentence_of_the_loggers_is_explained() {
    let told = told();
    let spoken = sources().into_iter().filter(speaks).flat_map(|source| source.literals());
    let sentences: BTreeSet<_> = spoken.filter(|text| is_sentence(text)).collect();
    assert!(sentences.len() > 40, "{sentences:#?}");
    let missing: Vec<_> = sentences.iter().filter(|text| !told.iter().any(|span| span.contains(*text))).collect();
    assert!(missing.is_empty(), "not in docs/operations.md: {missing:#?}");
}

#[test]
fn every_sentence_that_is_explained_is_said() {
    let literals: Vec<_> = sources().iter().flat_map(Source::literals).collect();
    let is_said = |span: &&String| literals.iter().any(|literal| literal == *span);
    let unsaid: Vec<_> = told().into_iter().filter(|span| !is_said(&span)).collect();
    assert!(unsaid.is_empty(), "nobody says: {unsaid:#?}");
}

#[test]
fn nobody_else_speaks_to_the_local_log() {
    let others = sources().into_iter().filter(|source| !speaks(source) && source.code.contains("local_log::tell("));
    let others: Vec<_> = others.map(|source| source.path).collect();
    assert!(others.is_empty(), "not among the speakers of this test: {others:?}");
}

#[test]
fn every_loss_has_its_row() {
    let operations = read("docs/operations.md");
    let rows: Vec<_> = rows(section(&operations, "What could not be kept")).collect();
    let health = sources().into_iter().find(|source| source.path == "health.rs").expect("a file");
    let variants =
        health.code.split_once("pub enum Loss {").expect("the reasons").1.split("\n}").next().unwrap_or_default();
    let variants = variants.lines().filter_map(|line| line.trim().strip_suffix(','));
    let known = [
        Loss::AfterShutdown,
        Loss::JournalDamaged,
        Loss::JournalFull,
        Loss::LoggerPanicked,
        Loss::QueueFull,
        Loss::Shutdown,
    ];
    assert_eq!(variants.collect::<Vec<_>>(), known.map(|loss| format!("{loss:?}")), "the reasons of this test");
    for loss in known {
        let name = serde_json::to_value(loss).expect("a name");
        let name = format!("`{}`", name.as_str().unwrap_or_default());
        let row = rows.iter().find(|row| row.first() == Some(&name.as_str()));
        assert_eq!(row.and_then(|row| row.get(1)), Some(&loss.to_string().as_str()), "{name}");
    }
}

#[test]
fn the_snapshot_of_the_guide_has_what_a_snapshot_has() {
    let operations = read("docs/operations.md");
    let section = section(&operations, "Health");
    let (blocks, prose) = blocks(section);
    let shown: serde_json::Value =
        serde_json::from_str(&blocks.first().expect("a snapshot").lines.join("\n")).expect("JSON");
    let sum: u64 = ["delivered", "merged", "waiting", "buried"].iter().filter_map(|name| shown[name].as_u64()).sum();
    assert_eq!(shown["accepted"].as_u64(), Some(sum + shown["lost"]["queue_full"].as_u64().unwrap_or_default()));
    let spans = code_spans(&prose);
    for (file, name, shown) in [
        ("health.rs", "Health", Some(&shown)),
        ("health/running.rs", "ServiceHealth", shown.get("service")),
        ("health/running.rs", "JournalHealth", shown.get("journal")),
        ("health/webhook.rs", "WebhookHealth", shown["webhooks"].get(0)),
        ("health/functions.rs", "FunctionHealth", None),
        ("health/functions.rs", "Latency", None),
        ("health/functions.rs", "Polled", None),
    ] {
        let source = sources().into_iter().find(|source| source.path == file).expect("a file");
        let fields = source.fields(name);
        assert!(fields.iter().all(|field| spans.contains(field)), "{name} has {fields:?}");
        if let Some(shown) = shown.and_then(serde_json::Value::as_object) {
            let shown: BTreeSet<_> = shown.keys().collect();
            assert_eq!(shown, fields.iter().collect(), "{name}");
        }
    }
}
