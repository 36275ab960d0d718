//! A secret that gets into an event gets no further: not to Discord, not into a file of the journal, not to the local log.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use discord_log_preview::{Discord, Fault, Limits};

/// What a program may log, and the part of it that nobody may see. In pieces, so that this file holds no secret.
fn canaries() -> Vec<(String, String)> {
    let letters = "a1B2c3D4e5F6g7H8i9J0";
    let whole = |pieces: &[&str]| (pieces.concat(), pieces.concat());
    let within = |before: &str, secret: &str, after: &str| (format!("{before}{secret}{after}"), secret.to_owned());
    vec![
        whole(&["gh", "p_", letters, &letters[..16]]),
        whole(&["AK", "IA", "QWERTZUIOPASDFGH"]),
        whole(&["sk_", "live_", letters]),
        whole(&["xo", "xb-123456789012-", letters]),
        whole(&["ey", "J", letters, ".ey", "J", letters, ".", letters]),
        within("bearer ", "q7W3e9R1t5", ""),
        within("postgres://app:", "p0stgr3s-pw", "@db.internal/main"),
        within("login failed: password=", "hunter2-of-old", ", user=bob"),
        within("{\"client_secret\": \"", "json-held-one", "\"}"),
        within("card ", "4111 1111 1111 1111", " declined"),
        within("transfer to ", "NL91 ABNA 0417 1643 00", " failed"),
        within("mail to ", "margriet.dejong", "@example.com bounced"),
        within("-----BEGIN PRIVATE KEY-----\n", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "\n-----END PRIVATE KEY-----"),
    ]
}

/// Runs a program that logs them wherever a text can stand.
fn run(discord: &Discord, journal: &Path, more: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_speaker"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("DISCORD_")) {
        command.env_remove(name);
    }
    command
        .envs(discord.settings())
        .env("DISCORD_JOURNAL", journal)
        .env("DISCORD_REDACT", "nickname")
        .env("DISCORD_RATE_LIMIT", "6000");
    command.envs(more.iter().copied()).arg("secrets").args(canaries().into_iter().map(|(text, _)| text));
    command.current_dir("/").output().expect("the speaker runs")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Everything that got out, by where it is.
fn seen(discord: &Discord, journal: &Path, output: &Output) -> Vec<(String, String)> {
    let mut seen = vec![
        ("stdout".to_owned(), String::from_utf8_lossy(&output.stdout).into_owned()),
        ("stderr".to_owned(), String::from_utf8_lossy(&output.stderr).into_owned()),
    ];
    for request in discord.requests() {
        seen.push((format!("request {}", request.number), format!("{:?}", request.payload)));
    }
    for path in files(journal) {
        let text = String::from_utf8_lossy(&fs::read(&path).expect("a file")).into_owned();
        seen.push((path.display().to_string(), text));
    }
    seen
}

#[test]
fn no_canary_is_in_discord_in_a_file_or_in_the_local_log() {
    let discord = Discord::builder().limits(Limits::unlimited()).start().expect("a local Discord");
    let journal = std::env::temp_dir().join(format!("redacted-of-a-test-{}", std::process::id()));
    // First Discord is down, so that all of it waits in files; then it is delivered, but for finance, which is refused.
    discord.fault(Fault::unavailable());
    let down = run(&discord, &journal, &[("DISCORD_SHUTDOWN_TIMEOUT", "0.3")]);
    let mut places = seen(&discord, &journal, &down);
    let waiting = files(&journal).iter().filter(|path| path.extension().is_some_and(|end| end == "jsonl")).count();
    discord.clear_faults();
    let refusal = r#"{"message": "Invalid Form Body", "code": 50035, "errors": {}}"#;
    discord.fault(Fault::reply(400, &[("content-type", "application/json")], refusal).in_channel("finance"));
    let up = run(&discord, &journal, &[("DISCORD_SHUTDOWN_TIMEOUT", "20")]);
    places.extend(seen(&discord, &journal, &up));
    fs::remove_dir_all(&journal).expect("removed");

    assert!(down.status.success() && up.status.success(), "{places:?}");
    assert!(waiting > 0, "events waited in files");
    for place in ["stderr", "request", "history", "dead"] {
        let masked = places.iter().filter(|(name, text)| name.contains(place) && text.contains("[redacted")).count();
        assert!(masked > 0, "nothing masked came to {place}");
    }
    let nickname = "nobody-knows-it".to_owned();
    for secret in canaries().into_iter().map(|(_, secret)| secret).chain([nickname]) {
        for (place, text) in &places {
            assert!(!text.contains(&secret), "`{secret}` is in {place}: {text}");
        }
    }
}
