//! Runs every example as a process of its own, beside a Discord that is asked what arrived.
#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod process;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use discord_log_preview::Discord;
#[cfg(unix)]
use reqwest::Method;

#[cfg(unix)]
use crate::process::Process;
use crate::process::run;

fn discord() -> Discord {
    Discord::builder().start().expect("a local Discord")
}

/// The titles in a channel, sorted.
fn titles(discord: &Discord, channel: &str) -> Vec<String> {
    let embeds = discord.messages(channel).into_iter().flat_map(|message| message.embeds);
    let mut titles: Vec<_> = embeds.filter_map(|embed| embed["title"].as_str().map(str::to_owned)).collect();
    titles.sort_unstable();
    titles
}

/// Everything that a channel's embeds say.
fn text(discord: &Discord, channel: &str) -> String {
    let embeds = discord.messages(channel).into_iter().flat_map(|message| message.embeds);
    embeds.map(|embed| embed.to_string()).collect()
}

fn has_all(text: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(text.contains(wanted), "no `{wanted}` in {text}");
    }
}

#[test]
fn quickstart() {
    let discord = discord();
    assert!(run("quickstart", &[], &discord).status.success());
    assert_eq!(titles(&discord, "errors"), ["❌ Invoice Processing failed"]);
    assert_eq!(titles(&discord, "finance").len(), 1);
}

#[test]
fn one_failure() {
    let discord = discord();
    let ended = run("one_failure", &[], &discord);
    assert!(ended.status.success());
    has_all(&ended.stdout, &["accepted", "delivered"]);
    has_all(&titles(&discord, "errors").concat(), &["❌ Invoice store failed ×"]);
    has_all(&text(&discord, "errors"), &["the invoice could not be stored\\n↳ disk of invoice", "2, 3, 4"]);
    assert!(!text(&discord, "errors").contains("4111 1111"), "a card is masked");
}

#[test]
fn plain_tracing() {
    let discord = discord();
    let ended = run("plain_tracing", &[], &discord);
    assert!(ended.status.success());
    has_all(&ended.stderr, &["the import stopped", "paid twice"]);
    assert_eq!(titles(&discord, "errors"), ["❌ the import stopped"]);
    has_all(&text(&discord, "errors"), &["No such file"]);
    assert_eq!(titles(&discord, "system"), ["⚠️ an amount without a currency"]);
    has_all(&text(&discord, "system"), &["invoices-of-2041.csv", "[redacted]"]);
    assert_eq!(titles(&discord, "finance"), ["⚠️ paid twice"]);
    assert_eq!(titles(&discord, "activity"), ["⚠️ nobody has signed in today"]);
}

#[test]
fn plain_log() {
    let discord = discord();
    let ended = run("plain_log", &[], &discord);
    assert!(ended.status.success());
    has_all(&ended.stderr, &["the import stopped", "paid twice"]);
    assert_eq!(titles(&discord, "errors"), ["❌ the import stopped"]);
    has_all(&text(&discord, "errors"), &["No such file"]);
    assert_eq!(titles(&discord, "system"), ["⚠️ an amount without a currency"]);
    assert_eq!(titles(&discord, "finance"), ["⚠️ paid twice"]);
    assert_eq!(titles(&discord, "activity"), ["⚠️ nobody has signed in today"]);
}

#[test]
fn command_line() {
    let discord = discord();
    let invoices = folder().join("invoice_service/data/invoices.csv");
    let invoices = invoices.to_str().expect("a path of text");
    let ended = run("command_line", &[invoices, "gone.csv"], &discord);
    assert_eq!(ended.status.code(), Some(1));
    has_all(&ended.stdout, &["in 2 files, 1 of them not read"]);
    assert_eq!(titles(&discord, "errors"), ["❌ Add up gone.csv failed"]);
    has_all(&text(&discord, "errors"), &["the file cannot be read", "No such file"]);
    assert_eq!(titles(&discord, "system"), ["⚙️ Invoices added up"]);
    assert!(run("command_line", &[invoices], &discord).status.success());
}

#[test]
fn background_jobs() {
    let discord = discord();
    let ended = run("background_jobs", &[], &discord);
    assert!(ended.status.success());
    has_all(&ended.stdout, &["4 of 5 jobs went well"]);
    assert_eq!(titles(&discord, "errors"), ["❌ Mail invoice to client 3 failed"]);
    has_all(&text(&discord, "errors"), &["Invoice run", "invoices", "scheduler", "the mail server refused"]);
    assert_eq!(titles(&discord, "activity").len(), 5);
    let written = discord.messages("system").into_iter().flat_map(|message| message.embeds);
    for embed in written {
        let job = embed["fields"].as_array().expect("fields").iter().find(|field| field["name"] == "Job");
        let job = job.and_then(|field| field["value"].as_str()).expect("the job");
        has_all(&embed.to_string(), &[&format!("/invoices/{job}.pdf")]);
    }
}

#[test]
fn tonic_service() {
    let discord = discord();
    let ended = run("tonic_service", &[], &discord);
    assert!(ended.status.success());
    has_all(&ended.stdout, &["`storage`: Ok", "``: NotFound", "`ledger`: Internal"]);
    assert_eq!(titles(&discord, "errors"), ["❌ Ask ledger failed"]);
    has_all(&text(&discord, "errors"), &["POST /grpc.health.v1.Health/Check", "13 INTERNAL", "127.0.0.0/24"]);
}

/// Asks a service what it says it can be asked, waits for the end that Ctrl-C brings, and gives the errors channel.
#[cfg(unix)]
fn errors_of_a_service(name: &'static str) -> String {
    let discord = discord();
    let mut service = Process::start(name, &[], &discord);
    for command in service.lines(2) {
        let url = command.split_whitespace().last().expect("an address");
        let method = if command.contains("POST") { Method::POST } else { Method::GET };
        assert!(process::ask(method, url).is_server_error(), "{command}");
    }
    service.interrupt();
    let ended = service.end();
    assert!(ended.status.success(), "{}", ended.stderr);
    assert_eq!(titles(&discord, "activity"), ["👤 Payment started"]);
    assert_eq!(titles(&discord, "errors"), ["❌ Charge invoice 2041 failed", "❌ GET /report failed"]);
    let errors = text(&discord, "errors");
    has_all(&errors, &["POST /invoices/2041/pay", "client-of-2041", "127.0.0.0/24", "Payment started"]);
    errors
}

#[cfg(unix)]
#[test]
fn axum_service() {
    has_all(&errors_of_a_service("axum_service"), &["502 Bad Gateway after", "503 Service Unavailable"]);
}

#[cfg(unix)]
#[test]
fn actix_service() {
    has_all(
        &errors_of_a_service("actix_service"),
        &["500 Internal Server Error after", "500 Internal Server Error: the report has no rows"],
    );
}

/// Brings a Discord of its own where there are no webhooks; here there are.
#[cfg(unix)]
#[test]
fn each_example_is_run_by_a_test_of_its_name_is_listed_in_the_readme_and_those_of_one_file_are_short() {
    let is_example = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "rs");
    let entries = fs::read_dir(folder()).expect("a folder").map(|entry| entry.expect("an entry").path());
    let files: BTreeSet<_> = entries.filter(is_example).collect();
    let tests = fs::read_to_string(folder().join("processes/main.rs")).expect("this file");
    let readme = fs::read_to_string(folder().join("../README.md")).expect("the README");
    assert!(files.len() > 5, "{files:?}");
    for file in files {
        let name = file.file_stem().and_then(|name| name.to_str()).expect("a name");
        assert!(tests.contains(&format!("\nfn {name}()")), "no test runs `{name}`");
        assert!(readme.contains(&format!("`{name}`")), "the README does not list `{name}`");
        let lines = fs::read_to_string(&file).expect("a text").lines().count();
        assert!(lines <= MOST_LINES, "`{name}` has {lines} lines");
    }
}

/// An example shows one idea.
const MOST_LINES: usize = 80;

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
