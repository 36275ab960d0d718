//! The commands that read the journal, on what real services wrote: whole, damaged, and while it changes.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::LazyLock;
use std::time::Duration;

use discord_log::__bench::History;
use discord_log::Event;
use discord_log_preview::{Discord, Fault};
use jiff::Timestamp;
use serde_json::Value;

use crate::machine::{Machine, Ran};
use crate::service::Service;

/// A machine whose journal holds what a shop told, all of it delivered. Reading changes nothing, so that tests share it.
static SHOP: LazyLock<Machine> = LazyLock::new(|| {
    let discord = Discord::builder().start().expect("a local Discord");
    let machine = with_service("shop");
    Service::start(&machine, &discord, "a shop").stop();
    machine
});

fn with_service(name: &str) -> Machine {
    let mut machine = Machine::empty();
    let folder = machine.folder().to_owned();
    machine.set("DISCORD_JOURNAL", folder.join("journal").to_string_lossy());
    machine.set("XDG_CACHE_HOME", folder.join("cache").to_string_lossy());
    machine.set("DISCORD_SERVICE", name);
    machine.set("DISCORD_ENVIRONMENT", "live");
    machine
}

fn fine(ran: Ran) -> String {
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.stdout);
    ran.stdout
}

fn objects(ran: Ran) -> Vec<Value> {
    fine(ran).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn titles(objects: &[Value]) -> Vec<&str> {
    objects.iter().map(|object| object["title"].as_str().expect("a title")).collect()
}

fn search(machine: &Machine, arguments: &[&str]) -> Vec<Value> {
    objects(machine.run(&[&["search", "--json"], arguments].concat()))
}

fn occurrences(machine: &Machine, arguments: &[&str]) -> u64 {
    search(machine, &[&["--count"], arguments].concat())[0]["occurrences"].as_u64().expect("a number")
}

#[test]
fn words_phrases_beginnings_and_filters_find_what_they_say() {
    let found = |arguments: &[&str]| occurrences(&SHOP, arguments);
    assert_eq!(found(&["refused"]), 3);
    assert_eq!(found(&["REFUSED", "bank"]), 3);
    assert_eq!(found(&["connection refused by"]), 3);
    assert_eq!(found(&["refused connection", "bank"]), 0, "a phrase keeps its order");
    assert_eq!(found(&["cafe zurich"]), 3, "accents do not count");
    assert_eq!(found(&["inv*", "--channel", "finance"]), 3);
    assert_eq!(found(&["INV-004"]), 1);
    assert_eq!(found(&["--severity", "error"]), 3);
    assert_eq!(found(&["--channel", "system", "--channel", "activity"]), 6);
    assert_eq!(found(&["--since", "1h"]), 12);
    assert_eq!(found(&["--until", "1h"]), 0);
    assert_eq!(found(&["--service", "shop@live"]), 12);
    assert_eq!(search(&SHOP, &["-n", "5"]).len(), 5);
    let problem = search(&SHOP, &["refused"])[0]["problem"].as_str().expect("a problem").to_owned();
    assert_eq!(found(&["--problem", &problem]), 3);
}

#[test]
fn the_newest_comes_first_with_everything_that_is_known() {
    let found = search(&SHOP, &["--channel", "finance"]);
    let numbers: Vec<_> = found.iter().map(|event| event["entries"][0]["text"].as_str().expect("a number")).collect();
    assert_eq!(numbers, ["INV-008", "INV-004", "INV-000"]);
    let first = &found[0];
    let names = ["service", "environment", "state", "channel", "severity", "kind", "title"];
    let told: Vec<_> = names.iter().map(|name| first[name].as_str().expect("text")).collect();
    assert_eq!(told, ["shop", "live", "delivered", "finance", "success", "invoice_created", "🧾 Invoice created"]);
    assert!(
        first["ending"]["delivered"]["message"].is_string() && first["id"].as_str().is_some_and(|id| id.len() == 26)
    );
}

#[test]
fn an_event_is_one_line_for_people_and_acts_on_no_terminal() {
    let found = fine(SHOP.run(&["search", "backup", "-n", "1"]));
    let mut lines = found.lines();
    let line = lines.next().expect("a line");
    assert!(line.contains("system") && line.contains("Backup: done in") && line.ends_with("shop@live"), "{line}");
    assert!(!found.contains('\u{1b}'), "{found:?}");
    assert!(lines.next().is_some_and(|more| more.contains("--limit")), "{found}");
}

#[test]
fn counts_are_told_beside_those_that_a_message_only_counted() {
    let counted = search(&SHOP, &["refused", "--count"]);
    assert_eq!(counted[0]["occurrences"], 3);
    let lines = search(&SHOP, &["refused"]);
    assert_eq!(counted[0]["events"], lines.len());
    assert!((2..=3).contains(&lines.len()), "what comes after the message is told is counted in it: {lines:?}");
    assert!(lines.iter().any(|line| line["state"] == "delivered"), "{lines:?}");
    assert!(fine(SHOP.run(&["search", "--count"])).contains(" events"));
}

#[test]
fn nothing_that_is_typed_is_a_command_to_the_index() {
    for typed in [
        "a OR b",
        "NEAR(a b, 3)",
        "text:bank",
        "^bank",
        "\"",
        "bank\"",
        "'; DROP TABLE words; --",
        "(",
        "*",
        "%",
        "{a}:b",
    ] {
        let ran = SHOP.run(&["search", "--json", "--", typed]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{typed}");
    }
    assert_eq!(search(&SHOP, &["--", "bank\" OR \"zurich"]).len(), 0);
    assert_eq!(occurrences(&SHOP, &["refused"]), 3, "the index is as it was");
}

#[test]
fn a_service_that_is_not_there_is_named_with_those_that_are() {
    let ran = SHOP.run(&["search", "--service", "shed"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("`shed`") && ran.stderr.contains("shop@live"), "{}", ran.stderr);
}

#[test]
fn tail_begins_with_the_last_events_in_their_order() {
    let last = objects(SHOP.run(&["tail", "--json", "--no-follow", "-n", "3"]));
    assert_eq!(last.len(), 3);
    let all = objects(SHOP.run(&["tail", "--json", "--no-follow", "-n", "100"]));
    assert_eq!(titles(&last), &titles(&all)[all.len() - 3..]);
    let rare = objects(SHOP.run(&["tail", "--json", "--no-follow", "-n", "1", "--channel", "finance"]));
    assert_eq!(titles(&rare), ["🧾 Invoice created"]);
}

#[test]
fn stats_and_groups_count_what_there_is() {
    let stats = objects(SHOP.run(&["stats", "--json"]));
    assert_eq!(stats[0]["totals"]["occurrences"], 12);
    let channels = stats[0]["channels"].as_array().expect("channels");
    assert!(channels.len() == 4 && channels.iter().all(|channel| channel["occurrences"] == 3), "{channels:?}");
    assert!(stats[0]["delay_ms"]["median"].is_u64());
    let people = fine(SHOP.run(&["stats"]));
    assert!(people.contains(" events") && people.contains("most frequent problems"), "{people}");
    let groups = objects(SHOP.run(&["groups", "--json"]));
    assert_eq!(
        (groups.len(), &groups[0]["occurrences"], &groups[0]["open"]),
        (1, &3.into(), &true.into()),
        "{groups:?}"
    );
    assert!(fine(SHOP.run(&["groups"])).contains("Payment failed"));
}

#[test]
fn a_journal_that_nobody_has_begun_is_empty_and_no_failure() {
    let machine = with_service("nobody");
    assert_eq!(search(&machine, &["x"]).len(), 0);
    for arguments in
        [&["stats"] as &[&str], &["groups"], &["tail", "--no-follow"], &["dead", "list"], &["webhooks", "list"]]
    {
        fine(machine.run(arguments));
    }
    assert!(fine(machine.run(&["journal", "status"])).contains("no service"));
}

#[test]
fn what_waits_is_found_and_is_told_with_its_process() {
    let discord = Discord::builder().start().expect("a local Discord");
    discord.fault(Fault::unavailable().in_channel("activity"));
    let machine = with_service("shop");
    let service = Service::start(&machine, &discord, "logins");
    let waiting = search(&machine, &["login"]);
    assert_eq!((waiting.len(), waiting[0]["state"].as_str()), (3, Some("waiting")), "{waiting:?}");
    let status = &objects(machine.run(&["journal", "status", "--json"]))[0];
    assert_eq!((&status["processes"][0]["state"], &status["waiting"][0]["events"]), (&"alive".into(), &3.into()));
    service.kill();
    let status = &objects(machine.run(&["journal", "status", "--json"]))[0];
    assert_eq!(status["processes"][0]["state"], "killed");

    discord.clear_faults();
    Service::start(&machine, &discord, "nothing").stop();
    let found = search(&machine, &["login"]);
    assert_eq!((found.len(), found[0]["state"].as_str()), (3, Some("delivered")), "each of them once: {found:?}");
}

#[test]
fn a_dead_event_is_shown_and_delivered_by_the_next_process() {
    let discord = Discord::builder().start().expect("a local Discord");
    let refusal =
        r#"{"message":"Invalid Form Body","code":50035,"errors":{"embeds":{"_errors":[{"code":"X","message":"no"}]}}}"#;
    let json = [("content-type", "application/json")];
    let fault = discord.fault(Fault::reply(400, &json, refusal).in_channel("activity"));
    let machine = with_service("shop");
    Service::start(&machine, &discord, "logins").stop();
    let dead = objects(machine.run(&["dead", "list", "--json"]));
    assert_eq!((dead.len(), dead[0]["state"].as_str()), (3, Some("buried")), "{dead:?}");
    let id = dead[0]["id"].as_str().expect("an id");
    let shown = fine(machine.run(&["dead", "show", &id[16..]]));
    assert!(shown.contains("50035") && shown.contains("Login"), "{shown}");

    discord.clear_fault(fault);
    let ran = machine.run(&["dead", "retry", id]);
    assert_eq!((ran.code, ran.stdout.contains("1 to be delivered")), (Some(0), true), "{}{}", ran.stdout, ran.stderr);
    fine(machine.run(&["dead", "drop", dead[1]["id"].as_str().expect("an id")]));
    assert_eq!(objects(machine.run(&["dead", "list", "--json"])).len(), 1);
    Service::start(&machine, &discord, "nothing").stop();
    let delivered = || discord.messages("activity").len() == 1;
    assert!(discord.wait_for(|_| delivered(), Duration::from_secs(10)), "{:?}", discord.messages("activity"));
    let told = search(&machine, &["login"]);
    let states: Vec<_> = told.iter().map(|event| event["state"].as_str().expect("a state")).collect();
    assert_eq!(states.iter().filter(|state| **state == "delivered").count(), 1, "{states:?}");
    let ran = machine.run(&["dead", "show", "01"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
}

#[test]
fn a_closed_webhook_is_named_by_its_channel_and_reopened() {
    let discord = Discord::builder().start().expect("a local Discord");
    let mut machine = with_service("shop");
    discord.settings().into_iter().for_each(|(name, value)| machine.set(&name, value));
    assert!(discord.delete_webhook("activity"));
    Service::start(&machine, &discord, "logins").stop();
    let closed = objects(machine.run(&["webhooks", "list", "--json"]));
    assert_eq!((closed.len(), &closed[0]["channels"]), (1, &serde_json::json!(["activity"])), "{closed:?}");
    let hash = closed[0]["webhook"].as_str().expect("a hash");
    fine(machine.run(&["webhooks", "reopen", &hash[..8]]));
    assert_eq!(objects(machine.run(&["webhooks", "list", "--json"])).len(), 0);
    assert_eq!(machine.run(&["webhooks", "reopen", hash]).code, Some(1));
}

#[test]
fn tail_shows_what_is_delivered_while_it_runs() {
    let discord = Discord::builder().start().expect("a local Discord");
    let machine = with_service("shop");
    let mut tail = machine.command(&["tail", "--json"]).stdout(Stdio::piped()).spawn().expect("it starts");
    let lines = BufReader::new(tail.stdout.take().expect("its output")).lines();
    Service::start(&machine, &discord, "logins").stop();
    let told: Vec<String> = lines.take(3).map(|line| line.expect("a line")).collect();
    tail.kill().expect("it is ended");
    tail.wait().expect("it ends");
    assert!(told.iter().all(|line| line.contains("Login")), "{told:?}");
}

/// A machine with a history that the library wrote by itself, without a process.
fn with_history(events: usize) -> Machine {
    let machine = with_service("benches");
    let history = History::open(&machine.folder().join("journal"));
    let event = |number: usize| Event::user_action(format!("Login {number}")).field("word", format!("w{number}"));
    let second = Duration::from_secs(1);
    for first in (0..events).step_by(500) {
        let from = Timestamp::now() - second * u32::try_from(events - first).expect("a number");
        history.deliver((first..events.min(first + 500)).map(event), from, second);
    }
    machine
}

fn day_of(machine: &Machine) -> PathBuf {
    let folder = machine.folder().join("journal/v1/benches@/history");
    let files = fs::read_dir(folder).expect("a history").map(|file| file.expect("a file").path());
    files.max_by_key(|path| fs::metadata(path).expect("its size").len()).expect("a day")
}

fn count(machine: &Machine) -> u64 {
    search(machine, &["--count"])[0]["events"].as_u64().expect("a number")
}

fn index_of(machine: &Machine) -> PathBuf {
    let folder = machine.folder().join("cache/discord-log");
    let mut files = fs::read_dir(folder).expect("a cache").map(|file| file.expect("a file").path());
    files.find(|path| path.extension().is_some_and(|end| end == "sqlite3")).expect("an index")
}

#[test]
fn only_what_is_new_is_read_and_what_is_gone_is_forgotten() {
    let machine = with_history(600);
    assert_eq!(count(&machine), 600);
    let day = day_of(&machine);
    let whole = fs::read(&day).expect("a day");
    let line = whole.iter().position(|byte| *byte == b'\n').expect("a line") + 1;
    let mut file = fs::OpenOptions::new().append(true).open(&day).expect("a day");
    file.write_all(&whole[..line - 1]).expect("room");
    assert_eq!(count(&machine), 600, "a line that is being written does not count yet");
    file.write_all(b"\n").expect("room");
    assert_eq!(count(&machine), 601);
    fs::write(&day, &whole[line..]).expect("room");
    let lines = whole.iter().filter(|byte| **byte == b'\n').count() as u64;
    assert_eq!(count(&machine), 600 - 1, "another file under the same name, of {lines} lines less one");
    fs::remove_file(&day).expect("a day");
    assert_eq!(count(&machine), 600 - lines);
    assert_eq!(search(&machine, &["w599"]).len(), usize::from(lines == 0));
}

#[test]
fn a_pruned_history_is_found_no_more() {
    let machine = with_history(50);
    assert_eq!(count(&machine), 50);
    assert_eq!(machine.run(&["journal", "prune"]).code, Some(2), "how much is to be kept has to be said");
    assert_eq!(fine(machine.run(&["journal", "prune", "--keep-days", "2"])).matches("0 days").count(), 1);
    fine(machine.run(&["journal", "prune", "--keep-mb", "0"]));
    assert_eq!(count(&machine), 0);
}

#[test]
fn flipped_bytes_and_cut_files_cost_their_lines_and_are_told() {
    let machine = with_history(400);
    let day = day_of(&machine);
    let mut bytes = fs::read(&day).expect("a day");
    let ends: Vec<usize> = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at).collect();
    bytes[ends[1] + 40] ^= 1;
    bytes[ends[5] + 3] ^= 1;
    fs::write(&day, &bytes).expect("room");
    assert_eq!(count(&machine), 398);
    assert_eq!(objects(machine.run(&["stats", "--json"]))[0]["damaged_lines"], 2);
    let ran = machine.run(&["journal", "verify", "--json"]);
    let verified: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!((ran.code, &verified["damaged"], &verified["events"]), (Some(1), &2.into(), &398.into()));
    assert!(verified["damaged_files"][0].as_str().is_some_and(|file| Path::new(file) == day));
    bytes.truncate(ends[ends.len() - 1] - 10);
    fs::write(&day, &bytes).expect("room");
    assert_eq!(count(&machine), 397, "what was cut is gone");
    let verified: Value = serde_json::from_str(&machine.run(&["journal", "verify", "--json"]).stdout).expect("JSON");
    assert!(verified["unfinished_bytes"].as_u64().is_some_and(|bytes| bytes > 0), "{verified}");
}

/// What a disk may do to a file.
type Damage = dyn Fn(&mut Vec<u8>);

#[test]
fn an_index_that_is_garbage_is_made_anew() {
    let machine = with_history(300);
    assert_eq!(count(&machine), 300);
    let index = index_of(&machine);
    let whole = fs::read(&index).expect("an index");
    let damages: [&Damage; 5] = [
        &|bytes| *bytes = b"not a database at all".repeat(1_000),
        &|bytes| bytes.clear(),
        &|bytes| bytes.truncate(bytes.len() / 2),
        &|bytes| bytes[4_096..].fill(0xa5),
        // Another version.
        &|bytes| bytes[60..64].copy_from_slice(&77_u32.to_be_bytes()),
    ];
    for (number, damage) in damages.iter().enumerate() {
        let mut bytes = whole.clone();
        damage(&mut bytes);
        fs::write(&index, bytes).expect("room");
        assert_eq!(search(&machine, &["w299"]).len(), 1, "damage {number}");
        assert_eq!(count(&machine), 300, "damage {number}");
    }
}

#[test]
fn several_searches_at_once_read_everything_once() {
    let machine = with_history(5_000);
    let run = |_| machine.command(&["search", "--count", "--json"]).stdout(Stdio::piped()).spawn().expect("it starts");
    let children: Vec<_> = (0..4).map(run).collect();
    for child in children {
        let ran = Ran::from(child.wait_with_output().expect("it ends"));
        assert!(ran.stdout.contains("\"events\":5000"), "{ran:?}");
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_said_with_what_to_do() {
    let mut machine = with_history(10);
    let file = machine.write("occupied", "");
    machine.set("XDG_CACHE_HOME", file.to_string_lossy());
    let ran = machine.run(&["search", "w1"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("search index") && ran.stderr.contains("set XDG_CACHE_HOME"), "{}", ran.stderr);
}

/// A limit of 64 KiB for any file is as good as a full disk: nothing more can be written.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_with_what_to_do() {
    let machine = with_history(3_000);
    let program = machine.command(&[]).get_program().to_string_lossy().into_owned();
    let mut command = machine.command(&[]);
    let script = format!("trap '' XFSZ; ulimit -f 128; exec '{program}' search w1");
    let mut shell = std::process::Command::new("/bin/sh");
    shell.args(["-c", &script]).env_clear().current_dir(machine.folder()).stdin(Stdio::null());
    shell.envs(command.env("LANG", "C").get_envs().filter_map(|(name, value)| Some((name, value?))));
    let ran = Ran::from(shell.output().expect("a shell"));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("search index") && ran.stderr.contains("free the disk"), "{}", ran.stderr);
    assert_eq!(search(&machine, &["w1"]).len(), 1, "with room again it goes on");
}

#[test]
fn nothing_is_written_where_nothing_is_new() {
    let machine = with_history(100);
    count(&machine);
    let before = fs::metadata(index_of(&machine)).expect("an index").modified().expect("a time");
    count(&machine);
    let after = fs::metadata(index_of(&machine)).expect("an index").modified().expect("a time");
    assert_eq!(before, after);
}
