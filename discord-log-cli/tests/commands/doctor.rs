//! `discord-log doctor`.

use discord_log_preview::{Discord, Fault};
use serde_json::Value;

use crate::machine::{Machine, Ran, discord};

#[derive(Debug)]
struct Finding {
    area: String,
    state: String,
    what: String,
    mend: String,
}

fn findings(ran: &Ran) -> Vec<Finding> {
    let report = ran.json();
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().expect("a list").iter().map(|finding| Finding {
        area: text(finding, "area"),
        state: text(finding, "state"),
        what: text(finding, "what"),
        mend: text(finding, "mend"),
    });
    findings.collect()
}

#[track_caller]
fn finds(ran: &Ran, state: &str, what: &str, mend: &str) {
    let findings = findings(ran);
    let is_it =
        |finding: &&Finding| finding.state == state && finding.what.contains(what) && finding.mend.contains(mend);
    assert!(findings.iter().any(|finding| is_it(&finding)), "no {state} {what:?} {mend:?} in {findings:#?}");
}

#[test]
fn on_an_empty_machine_it_says_how_to_begin() {
    let ran = Machine::empty().run(&["doctor"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("no channel has a webhook") && ran.stdout.contains("discord-log preview"), "{ran:?}");
    assert_eq!(ran.stderr, "");
}

#[test]
fn where_everything_is_right_it_says_so_and_shows_no_token() {
    let discord = discord();
    let ran = Machine::beside(&discord).run(&["--json", "doctor"]);
    assert_eq!((ran.code, ran.json()["ok"].as_bool()), (Some(0), Some(true)), "{ran:?}");
    let wrong: Vec<_> = findings(&ran).into_iter().filter(|finding| !finding.mend.is_empty()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let areas: Vec<_> = findings(&ran).into_iter().map(|finding| finding.area).collect();
    for area in ["settings", "webhooks", "clock", "journal"] {
        assert!(areas.iter().any(|known| known == area), "{areas:?}");
    }
    for (_, url) in discord.settings() {
        let token = url.rsplit('/').next().expect("a token");
        assert!(!ran.stdout.contains(token), "{ran:?}");
    }
}

#[test]
fn every_mistake_that_the_example_allows_leads_to_a_sentence_that_mends_it() {
    let example = include_str!("../../../.env.example");
    let is_name = |name: &&str| name.starts_with("DISCORD_");
    let lines = example.lines().filter_map(|line| line.trim_start_matches('#').split_once('=').map(|(name, _)| name));
    // Any text is right for these; a journal may lie at any path.
    let free = ["DISCORD_SERVICE", "DISCORD_ENVIRONMENT", "DISCORD_RELEASE", "DISCORD_COMMIT", "DISCORD_JOURNAL"];
    let names: Vec<_> = lines.filter(is_name).filter(|name| !free.contains(name)).collect();
    assert!(names.len() > 25, "{names:?}");
    let machine = Machine::empty();
    let wrong: String = names.iter().map(|name| format!("{name}=/no/such=thing{{}}\n")).collect();
    machine.write(".env", &wrong);
    let ran = machine.run(&["--json", "doctor", "--offline"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    for name in names {
        finds(&ran, "wrong", &format!("{name} is "), &format!("Set {name} to "));
    }
}

#[test]
fn a_mistyped_name_is_told_with_the_one_that_was_meant() {
    let discord = discord();
    let mut machine = Machine::beside(&discord);
    machine.set("DISCORD_RATE_LIMITS", "20");
    machine.set("DISCORD_WEBHOK_ERRORS", "https://discord.com/api/webhooks/1/s3cret-token");
    machine.set("DISCORD_BOT_TOKEN", "another program's");
    let ran = machine.run(&["--json", "doctor"]);
    finds(&ran, "wrong", "DISCORD_RATE_LIMITS is no setting", "Did you mean DISCORD_RATE_LIMIT?");
    finds(&ran, "wrong", "DISCORD_WEBHOK_ERRORS is no setting", "Did you mean DISCORD_WEBHOOK_ERRORS?");
    finds(&ran, "note", "DISCORD_BOT_TOKEN", "");
    assert!(!ran.stdout.contains("s3cret"), "{ran:?}");
}

#[test]
fn a_channel_that_is_nearly_a_built_in_one_was_mistyped() {
    let discord = discord();
    let mut machine = Machine::empty();
    machine.set("DISCORD_WEBHOOK_ERORS", discord.webhook_url("errors").expect("a webhook"));
    finds(
        &machine.run(&["--json", "doctor"]),
        "wrong",
        "DISCORD_WEBHOOK_ERORS",
        "Did you mean DISCORD_WEBHOOK_ERRORS?",
    );
}

#[test]
fn a_file_of_secrets_that_everybody_can_read_is_a_finding() {
    let discord = discord();
    let machine = Machine::empty();
    let settings: String = discord.settings().iter().map(|(name, url)| format!("{name}={url}\n")).collect();
    let path = machine.write(".env", &settings);
    finds(&machine.run(&["--json", "doctor"]), "good", ".env is read", "");
    machine.permit(&path, 0o644);
    let ran = machine.run(&["--json", "doctor"]);
    assert_eq!(ran.code, Some(1));
    finds(&ran, "wrong", ".env can be read by everybody", "chmod 600 ");
}

#[test]
fn a_line_of_the_file_that_cannot_be_read_is_told_without_it() {
    let machine = Machine::empty();
    machine.write(".env", "DISCORD_WEBHOOK_ERRORS 'https://discord.com/api/webhooks/1/s3cret\n");
    let ran = machine.run(&["--json", "doctor"]);
    finds(&ran, "wrong", ".env is ", "NAME=value");
    assert!(!ran.stdout.contains("s3cret"), "{ran:?}");
}

#[test]
fn webhooks_in_bad_days_are_told_with_what_to_do() {
    let discord = discord();
    let machine = Machine::beside(&discord);
    discord.delete_webhook("finance");
    discord.fault(Fault::invalid_token().in_channel("system"));
    discord.fault(Fault::unavailable().in_channel("errors"));
    discord.fault(Fault::cloudflare_ban(None).in_channel("activity"));
    let ran = machine.run(&["--json", "doctor"]);
    assert_eq!(ran.code, Some(1));
    finds(&ran, "wrong", "finance: ", "make a new one in Discord");
    finds(&ran, "wrong", "system: ", "Its token is refused");
    finds(&ran, "wrong", "errors: ", "Discord has trouble of its own");
    finds(&ran, "wrong", "activity: ", "blocks the address of this machine");
    finds(&ran, "good", "deploys: ", "");
}

#[test]
fn a_network_that_is_down_is_told_as_such() {
    let discord = discord();
    let machine = Machine::beside(&discord);
    drop(discord);
    let ran = machine.run(&["--json", "doctor"]);
    finds(&ran, "wrong", "errors: ", "network");
}

#[test]
fn channels_that_share_a_webhook_or_a_discord_channel_deserve_a_look() {
    let discord = Discord::builder().webhook_in("errors").start().expect("a local Discord");
    let mut machine = Machine::beside(&discord);
    machine.set("DISCORD_WEBHOOK_SYSTEM", discord.webhook_url("finance").expect("a webhook"));
    machine.set("DISCORD_WEBHOOK_DEPLOYS", discord.webhook_urls("errors").pop().expect("a second webhook"));
    let ran = machine.run(&["--json", "doctor"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    finds(&ran, "doubtful", "finance, system speak through one webhook", "webhook of its own");
    finds(&ran, "doubtful", "speak in one Discord channel", "Discord channel of its own");
}

#[test]
fn what_waits_in_the_journal_is_told_with_who_left_it() {
    let discord = discord();
    let machine = Machine::beside(&discord);
    discord.fault(Fault::unavailable());
    assert_eq!(machine.run(&["send", "--timeout", "1", "v1.4.2 is out"]).code, Some(3));
    discord.clear_faults();
    let ran = machine.run(&["--json", "doctor"]);
    finds(&ran, "doubtful", "left 1 event undelivered", "The next `discord-log send`");
    finds(&ran, "note", "1 event wait", "");
}

#[test]
fn a_journal_that_cannot_be_written_is_a_finding() {
    let discord = discord();
    let mut machine = Machine::beside(&discord);
    // A file is in its place, which stops root as well.
    let file = machine.write("taken", "");
    machine.set("DISCORD_JOURNAL", file.join("journal").display().to_string());
    let ran = machine.run(&["--json", "doctor"]);
    finds(&ran, "wrong", "cannot be written", "set DISCORD_JOURNAL");
}
