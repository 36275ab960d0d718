//! `discord-log send`.

use discord_log_preview::Fault;

use crate::machine::{Machine, discord};

#[test]
fn a_line_is_a_message_with_its_fields_and_its_actor() {
    let discord = discord();
    let machine = Machine::beside(&discord);
    let ran = machine.run(&[
        "--json",
        "send",
        "--channel",
        "deploys",
        "--severity",
        "success",
        "--field",
        "commit=8624a30",
        "--actor",
        "u-42",
        "v1.4.2 is out",
    ]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let messages = discord.messages("deploys");
    let [message] = messages.as_slice() else { panic!("{messages:?}") };
    assert_eq!(ran.json()["message"], message.id.as_str());
    let embed = message.embeds[0].to_string();
    for part in ["v1.4.2 is out", "8624a30", "u-42"] {
        assert!(embed.contains(part), "{embed}");
    }
    assert!(!embed.contains(".rs:"), "no place of ours: {embed}");
}

#[test]
fn a_long_text_is_shown_by_its_end_and_attached_whole() {
    let discord = discord();
    let machine = Machine::beside(&discord);
    let text: String = (1..=3_000).map(|line| format!("line {line}\n")).collect();
    let ran = machine.run_with_input(&["send", "--title", "Nightly build", "--attach-if-long"], &text);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let message = discord.messages("system").pop().expect("a message");
    let shown = message.embeds[0]["description"].as_str().expect("a text").to_owned();
    assert!(shown.contains("line 3000") && !shown.contains("line 2000"), "{shown}");
    let attached = String::from_utf8_lossy(&message.attachments[0].bytes().expect("a file")).into_owned();
    assert!(attached.contains("line 1\n") && attached.contains("line 3000"), "{} bytes", attached.len());
}

#[test]
fn input_beyond_what_an_event_holds_is_kept_by_its_end_and_said() {
    let discord = discord();
    let machine = Machine::beside(&discord);
    let text: String = (1..=60_000).map(|line| format!("line {line}\n")).collect();
    let ran = machine.run_with_input(&["send", "--attach-if-long"], &text);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("are kept"), "{ran:?}");
    let message = discord.messages("system").pop().expect("a message");
    assert!(message.embeds[0]["description"].as_str().is_some_and(|text| text.contains("line 60000")));
}

#[test]
fn during_an_outage_it_waits_in_the_journal_for_the_next() {
    let discord = discord();
    let machine = Machine::beside(&discord);
    discord.fault(Fault::unavailable());
    let ran = machine.run(&["send", "--timeout", "1", "the first"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.stdout.contains("It waits in the journal") && ran.stdout.contains("status 503"), "{ran:?}");
    discord.clear_faults();
    let ran = machine.run(&["send", "the second"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let told: String =
        discord.messages("system").iter().flat_map(|message| &message.embeds).map(|e| e.to_string()).collect();
    assert!(told.contains("the first") && told.contains("the second"), "{told}");
}

#[test]
fn what_the_service_left_is_not_touched() {
    let discord = discord();
    let mut machine = Machine::beside(&discord);
    machine.set("DISCORD_SERVICE", "billing");
    assert_eq!(machine.run(&["send", "hello"]).code, Some(0));
    let services = std::fs::read_dir(machine.journal().join("v1")).expect("a journal");
    let names: Vec<_> =
        services.map(|entry| entry.expect("an entry").file_name().into_string().expect("text")).collect();
    assert!(names.iter().any(|name| name.starts_with("discord-log-send@")), "{names:?}");
    assert!(!names.iter().any(|name| name.starts_with("billing")), "{names:?}");
    assert_eq!(discord.messages("system")[0].author, "billing");
}

#[test]
fn without_a_journal_what_is_not_delivered_is_said_to_be_lost() {
    let discord = discord();
    let mut machine = Machine::beside(&discord);
    machine.set("DISCORD_JOURNAL", "memory");
    discord.fault(Fault::unavailable());
    let ran = machine.run(&["send", "--timeout", "1", "hello"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("It is not kept"), "{ran:?}");
}

#[test]
fn a_deleted_webhook_is_told_with_what_to_do() {
    let discord = discord();
    let machine = Machine::beside(&discord);
    discord.delete_webhook("deploys");
    let ran = machine.run(&["send", "--channel", "deploys", "hello"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.stdout.contains("10015") && ran.stdout.contains("set DISCORD_WEBHOOK_DEPLOYS"), "{ran:?}");
}

#[test]
fn a_rate_limit_is_waited_for() {
    let discord = discord();
    let machine = Machine::beside(&discord);
    discord.fault(Fault::user_limit(std::time::Duration::from_millis(300)).times(1));
    let ran = machine.run(&["send", "hello"]);
    assert_eq!((ran.code, discord.messages("system").len()), (Some(0), 1), "{ran:?}");
}

#[test]
fn what_takes_its_time_says_so_on_a_terminal_and_nowhere_else() {
    let discord = discord();
    let machine = Machine::beside(&discord);
    discord.fault(Fault::latency(std::time::Duration::from_millis(2_500)).only("POST"));
    let (code, shown) = machine.run_on_a_terminal(&["send", "hello"], &[("TERM", "xterm")]);
    assert!(code == Some(0) && shown.contains("waiting for Discord"), "{shown}");
    let ran = machine.run(&["send", "hello"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}

#[test]
fn mistakes_are_told_before_anything_is_sent() {
    let machine = Machine::empty();
    let ran = machine.run(&["send", "hello"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("set DISCORD_WEBHOOK_SYSTEM"), "{ran:?}");
    let ran = machine.run(&["send", "--field", "commit", "hello"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("NAME=VALUE"), "{ran:?}");
    assert_eq!(machine.run(&["send", "--severity", "loud", "hello"]).code, Some(2));
    let discord = discord();
    let ran = Machine::beside(&discord).run_with_input(&["send"], "\n");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("there is nothing to say"), "{ran:?}");
}
