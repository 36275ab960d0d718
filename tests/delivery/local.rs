//! What cannot go to Discord is readable locally; seen in processes of their own.

use std::process::{Command, Output};

use discord_log_preview::{Discord, Limits};

/// Runs a scenario of the speaker with these variables and no others of ours, away from any `.env` and without files.
fn speak(scenario: &str, variables: &[(String, String)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_speaker"));
    let is_ours = |name: &str| name.starts_with("DISCORD_") || name.ends_with("_BACKTRACE");
    for (name, _) in std::env::vars().filter(|(name, _)| is_ours(name)) {
        command.env_remove(name);
    }
    let variables = variables.iter().map(|(name, value)| (name, value));
    command.env("DISCORD_JOURNAL", "memory");
    command.arg(scenario).envs(variables).current_dir("/").output().expect("the speaker runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn variable(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn discord() -> Discord {
    Discord::builder().limits(Limits::unlimited()).start().expect("a local Discord")
}

#[test]
fn without_a_webhook_every_event_is_a_line_on_stderr() {
    let output = speak("one-of-each", &[]);
    assert!(output.status.success());
    let stderr = text(&output.stderr);
    assert_eq!(stderr.lines().count(), 25, "one line an event and one that says why:\n{stderr}");
    assert!(stderr.lines().next().is_some_and(|first| first.contains("discord-log-preview")), "{stderr}");
    assert!(stderr.contains("INV-2041") && stderr.contains("€1,234.50"), "{stderr}");
    assert!(!stderr.chars().any(|character| character.is_control() && character != '\n'));
}

#[test]
fn a_subscriber_that_listens_gets_the_lines_instead() {
    let output = speak("subscriber", &[]);
    let stdout = text(&output.stdout);
    assert_eq!(stdout.lines().filter(|line| line.contains("discord_log::local")).count(), 25, "{stdout}");
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn a_critical_event_is_in_discord_and_in_the_local_log() {
    let discord = discord();
    let output = speak("critical", &discord.settings());
    assert!(output.status.success());
    assert_eq!(discord.messages("errors").len(), 1);
    assert_eq!(discord.messages("activity").len(), 1);
    let stderr = text(&output.stderr);
    assert!(stderr.contains("Payments stopped") && !stderr.contains("Invoice generated"), "{stderr}");
}

#[test]
fn a_critical_event_is_local_also_when_errors_are_switched_off() {
    let discord = discord();
    let mut variables = discord.settings();
    variables.push(variable("DISCORD_LOG_ERRORS", "off"));
    let output = speak("critical", &variables);
    assert_eq!(discord.messages("errors").len(), 0);
    assert!(text(&output.stderr).contains("Payments stopped"), "{}", text(&output.stderr));
}

#[test]
fn an_error_after_the_guard_is_local() {
    let output = speak("late", &discord().settings());
    assert!(text(&output.stderr).contains("After the end"), "{}", text(&output.stderr));
}

#[test]
fn a_missing_webhook_is_said_once_and_its_events_are_local() {
    let discord = discord();
    let variables: Vec<_> = discord.settings().into_iter().filter(|(name, _)| name.ends_with("_ERRORS")).collect();
    let output = speak("critical", &variables);
    let stderr = text(&output.stderr);
    assert_eq!(stderr.matches("DISCORD_WEBHOOK_ACTIVITY").count(), 1, "{stderr}");
    assert!(stderr.contains("Invoice generated"), "{stderr}");
    assert_eq!(discord.messages("errors").len(), 1);
}

#[test]
fn a_host_without_certificates_gets_a_clear_line_and_lives() {
    let variables = [
        variable("DISCORD_WEBHOOK_URL", "https://discord.com/api/webhooks/1/s3cret-token"),
        variable("SSL_CERT_FILE", "/nowhere"),
        variable("SSL_CERT_DIR", "/nowhere"),
    ];
    let output = speak("one-of-each", &variables);
    let stderr = text(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(stderr.contains("CA certificates") && stderr.contains("INV-2041"), "{stderr}");
    assert!(!stderr.contains("s3cret-token"), "{stderr}");
}

#[test]
fn an_unreachable_discord_shows_no_token_and_holds_up_no_end() {
    let variables = [
        variable("DISCORD_WEBHOOK_URL", "http://127.0.0.1:1/api/webhooks/1/s3cret-token"),
        variable("DISCORD_SHUTDOWN_TIMEOUT", "0.3"),
        variable("RUST_LOG", "trace"),
    ];
    let output = speak("subscriber", &variables);
    let everything = text(&output.stderr) + &text(&output.stdout);
    assert!(output.status.success());
    assert!(everything.contains("INV-2041"), "what was not delivered is readable: {everything}");
    assert!(!everything.contains("s3cret-token"), "{everything}");
}

#[test]
fn settings_come_from_dotenv_beneath_the_environment() {
    let discord = discord();
    let folder = std::env::temp_dir().join(format!("dotenv-of-a-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut lines: String = discord.settings().iter().map(|(name, value)| format!("{name}=\"{value}\"\n")).collect();
    lines.push_str(
        "# a comment\nexport DISCORD_JOURNAL=memory\nexport DISCORD_SERVICE='from dotenv'\nDISCORD_LOG_ACTIVITY=off\n",
    );
    std::fs::write(folder.join(".env"), lines).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_speaker"));
    let output = command.arg("critical").env("DISCORD_LOG_ACTIVITY", "on").current_dir(&folder).output();
    std::fs::remove_dir_all(&folder).expect("removed");
    assert!(output.expect("the speaker runs").status.success());
    let messages = discord.messages("errors");
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].author, "from dotenv");
    assert_eq!(discord.messages("activity").len(), 1, "the environment wins");
}

#[test]
fn bad_settings_end_init_with_all_mistakes_and_no_token() {
    let variables = [
        variable("DISCORD_RATE_LIMIT", "many"),
        variable("DISCORD_WEBHOOK_ERRORS", "https://example.com/api/webhooks/1/s3cret-token"),
    ];
    let output = speak("one-of-each", &variables);
    assert!(!output.status.success());
    let stderr = text(&output.stderr);
    assert!(stderr.contains("DISCORD_RATE_LIMIT") && stderr.contains("DISCORD_WEBHOOK_ERRORS"), "{stderr}");
    assert!(!stderr.contains("s3cret-token"), "{stderr}");
}

#[test]
fn a_second_init_says_what_to_do() {
    let output = speak("twice", &discord().settings());
    assert!(text(&output.stdout).contains("runs already"), "{}", text(&output.stdout));
}

#[test]
fn an_annotated_function_tells_its_error_its_activity_and_its_slowness() {
    let discord = discord();
    let output = speak("annotated", &discord.settings());
    assert!(text(&output.stdout).contains("INV-7 has no lines"), "{}", text(&output.stdout));
    let shown = |channel: &str| format!("{:?}", discord.messages(channel));
    assert!(shown("errors").contains("Invoice Processing") && shown("errors").contains("INV-7 has no lines"));
    assert!(shown("activity").contains("Create Invoice"), "{}", shown("activity"));
    assert!(shown("system").contains("create_invoice"), "{}", shown("system"));
}

#[test]
fn a_critical_failure_of_a_function_is_local_also_when_errors_are_switched_off() {
    let discord = discord();
    let mut variables = discord.settings();
    variables.push(variable("DISCORD_LOG_ERRORS", "off"));
    let output = speak("critical-failure", &variables);
    assert!(output.status.success());
    assert_eq!(discord.requests().iter().filter(|request| request.method == "POST").count(), 0);
    let stderr = text(&output.stderr);
    assert_eq!(stderr.matches("the bank refuses the certificate").count(), 1, "{stderr}");
    assert!(stderr.contains("Take payment") && stderr.contains("Checkout"), "{stderr}");
    assert!(!stderr.contains("Send mail"), "any other error is switched off: {stderr}");
}

#[test]
fn a_critical_failure_of_a_function_is_in_discord_and_in_the_local_log() {
    let discord = discord();
    let output = speak("critical-failure", &discord.settings());
    let titles: Vec<_> = discord.messages("errors").into_iter().flat_map(|message| message.embeds).collect();
    let titles: Vec<_> = titles.iter().filter_map(|embed| embed["title"].as_str()).collect();
    assert_eq!(titles, ["🚨 Take payment failed", "❌ Send mail failed"]);
    let stderr = text(&output.stderr);
    assert_eq!(stderr.matches("the bank refuses the certificate").count(), 1, "{stderr}");
    assert!(!stderr.contains("Send mail"), "{stderr}");
}

/// What the errors channel shows when an annotated function fails with these variables.
fn described(variables: &[(String, String)]) -> Vec<String> {
    let discord = discord();
    let variables: Vec<_> = discord.settings().into_iter().chain(variables.iter().cloned()).collect();
    assert!(speak("critical-failure", &variables).status.success());
    let embeds = discord.messages("errors").into_iter().flat_map(|message| message.embeds);
    embeds.map(|embed| embed["description"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn an_error_shows_the_frames_of_the_program_if_backtraces_are_asked_for() {
    let described = described(&[variable("RUST_BACKTRACE", "1")]);
    assert_eq!(described.len(), 2, "{described:?}");
    let frames = |shown: &str| shown.lines().filter(|line| line.contains("speaker.rs:")).map(str::to_owned).collect();
    let frames: Vec<Vec<String>> = described.iter().map(|shown| frames(shown)).collect();
    assert!(frames[0][0].contains("take_payment"), "the innermost comes first: {described:?}");
    assert!(frames[0].iter().any(|frame| frame.contains("checkout")), "{described:?}");
    assert!(!frames[1].is_empty(), "{described:?}");
    assert!(!described.iter().any(|shown| shown.contains("{async_fn")), "what has no name has a place: {described:?}");
    assert!(
        described.iter().all(|shown| !shown.contains("discord_log::") && !shown.contains("std::")),
        "{described:?}"
    );
}

#[test]
fn an_error_shows_no_frames_unless_they_are_asked_for() {
    for variables in [vec![], vec![variable("RUST_BACKTRACE", "0")]] {
        assert_eq!(described(&variables), ["the bank refuses the certificate", "the mail server is gone"]);
    }
}
