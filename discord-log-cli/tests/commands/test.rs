//! `discord-log test`.

use discord_log_preview::Fault;
use serde_json::Value;

use crate::machine::{Machine, Ran, discord};

fn told(ran: &Ran) -> Vec<Value> {
    ran.stdout.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

#[test]
fn every_kind_reaches_every_channel_and_its_message_is_named() {
    let discord = discord();
    let machine = Machine::beside(&discord);
    let ran = machine.run(&["--json", "test"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let told = told(&ran);
    assert_eq!(told.len(), 5 * 24);
    for told in &told {
        let channel = told["channel"].as_str().expect("a channel");
        let is_there = discord.messages(channel).iter().any(|message| told["message"] == message.id.as_str());
        assert!(is_there && told["answer"] == "delivered", "{told}");
    }
    assert!(!machine.journal().exists(), "the service's journal is not touched");
}

#[test]
fn nobody_is_notified_unless_that_is_asked_for() {
    let discord = discord();
    let mut machine = Machine::beside(&discord);
    machine.set("DISCORD_MENTION_CRITICAL", "role:123456789012345678");
    machine.set("DISCORD_LOG_FINANCE", "off");
    let pings = || discord.messages("errors").iter().map(|message| message.pings.roles.len()).sum::<usize>();
    assert_eq!(machine.run(&["test", "--channel", "errors"]).code, Some(0));
    assert_eq!(pings(), 0);
    assert_eq!(machine.run(&["test", "--channel", "errors", "--notify"]).code, Some(0));
    assert_eq!(pings(), 1);
    assert!(discord.messages("finance").is_empty(), "only the channel that was named");
}

#[test]
fn bad_days_are_told_with_what_to_do_and_the_others_go_through() {
    let discord = discord();
    let machine = Machine::beside(&discord);
    discord.delete_webhook("finance");
    discord.fault(Fault::invalid_token().in_channel("system"));
    discord.fault(Fault::unavailable().in_channel("errors"));
    discord.fault(Fault::user_limit(std::time::Duration::from_millis(300)).in_channel("activity").times(1));
    let ran = machine.run(&["--json", "test", "--timeout", "20"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    for told in told(&ran) {
        let (answer, mend) = (told["answer"].as_str(), told["mend"].as_str().unwrap_or_default());
        let (expected, advice) = match told["channel"].as_str() {
            Some("finance") => ("undelivered", "make a new one in Discord"),
            Some("system") => ("undelivered", "Its token is refused"),
            Some("errors") => ("undelivered", "Discord has trouble of its own"),
            _ => ("delivered", ""),
        };
        assert!(answer == Some(expected) && mend.contains(advice), "{told}");
    }
}

#[test]
fn people_read_one_line_a_message() {
    let discord = discord();
    let ran = Machine::beside(&discord).run(&["test", "--channel", "finance"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("24 of 24 delivered") && ran.stdout.contains("invoice created"), "{ran:?}");
    assert!(!ran.stdout.contains('\u{1b}'), "no colours in a pipe: {ran:?}");
    assert_eq!(ran.stderr, "");
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let discord = discord();
    let machine = Machine::beside(&discord);
    let (code, shown) = machine.run_on_a_terminal(&["test", "--channel", "finance"], &[("TERM", "xterm")]);
    assert!(code == Some(0) && shown.contains("\u{1b}[32m"), "{shown}");
    let (code, shown) =
        machine.run_on_a_terminal(&["test", "--channel", "finance"], &[("TERM", "xterm"), ("NO_COLOR", "1")]);
    assert!(code == Some(0) && !shown.contains("\u{1b}[32m"), "{shown}");
}

#[test]
fn without_a_webhook_it_says_how_to_see_messages() {
    let ran = Machine::empty().run(&["test"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("discord-log test --preview"), "{ran:?}");
    let discord = discord();
    let ran = Machine::beside(&discord).run(&["test", "--channel", "nowhere"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("set DISCORD_WEBHOOK_NOWHERE"), "{ran:?}");
}
