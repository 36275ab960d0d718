//! `discord-log run`.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use discord_log_preview::Fault;
use rustix::process::{Pid, Signal, kill_process};

use crate::machine::{Machine, discord};

#[test]
fn a_job_that_goes_well_is_itself_and_nothing_is_told() {
    let discord = discord();
    let ran = Machine::beside(&discord).run_with_input(&["run", "--", "sh", "-c", "cat; echo err >&2"], "in\n");
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "in\n", "err\n"));
    assert!(discord.requests().is_empty());
}

#[test]
fn a_failure_is_told_with_its_code_and_the_end_of_its_output() {
    let discord = discord();
    let script = "for i in $(seq 1 100); do echo line $i; done; echo 'rsync: closed' >&2; exit 12";
    let ran = Machine::beside(&discord).run(&["run", "--name", "backup", "--", "sh", "-c", script]);
    assert_eq!(ran.code, Some(12));
    assert!(ran.stdout.starts_with("line 1\nline 2\n") && ran.stdout.ends_with("line 100\n"), "{ran:?}");
    assert_eq!(ran.stderr, "rsync: closed\n");
    let message = discord.messages("errors").pop().expect("a message");
    let embed = message.embeds[0].to_string();
    for part in ["backup failed", "ended with code 12", "rsync: closed", "line 100"] {
        assert!(embed.contains(part), "{part}: {embed}");
    }
    assert!(!embed.contains("line 50\\n") && !embed.contains(".rs:") && !embed.contains("Error type"), "{embed}");
    assert!(String::from_utf8_lossy(message.attachments[0].bytes().expect("a file")).contains("line 1\n"));
}

#[test]
fn one_job_is_one_message_across_runs_and_another_job_another() {
    let discord = discord();
    let machine = Machine::beside(&discord);
    for (name, code) in [("backup-1", "3"), ("backup-1", "4"), ("backup-2", "3")] {
        let script = format!("echo says {name} {code}; exit {code}");
        assert_eq!(machine.run(&["run", "--name", name, "--", "sh", "-c", &script]).code, code.parse().ok());
    }
    let titles: Vec<_> =
        discord.messages("errors").iter().map(|message| message.embeds[0]["title"].to_string()).collect();
    assert_eq!(titles, ["\"❌ backup-1 failed ×2\"", "\"❌ backup-2 failed\""]);
}

#[test]
fn success_is_told_where_that_is_wanted() {
    let discord = discord();
    let ran = Machine::beside(&discord).run(&["run", "--on-success", "--channel", "deploys", "--", "true"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(discord.messages("deploys")[0].embeds[0].to_string().contains("true went well"));
}

#[test]
fn a_command_that_a_signal_kills_is_told_and_the_code_says_so() {
    let discord = discord();
    let ran = Machine::beside(&discord).run(&["run", "--name", "job", "--", "sh", "-c", "kill -9 $$"]);
    assert_eq!(ran.code, Some(128 + 9), "{ran:?}");
    assert!(discord.messages("errors")[0].embeds[0].to_string().contains("killed by SIGKILL"));
}

// Only GNU's `env` can say which signals are heard.
#[cfg(target_os = "linux")]
#[test]
fn signals_reach_the_command_which_decides_what_they_do() {
    let machine = Machine::empty();
    for (signal, name) in [(Signal::TERM, "TERM"), (Signal::INT, "INT")] {
        let script = format!("trap 'echo caught; exit 5' {name}; echo ready; while :; do sleep 0.05; done");
        let mut command = machine.command_of_a_terminal(&["run", "--", "sh", "-c", &script]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        assert_eq!(line, "ready\n");
        kill_process(Pid::from_child(&child), signal).expect("it runs");
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).expect("text");
        assert_eq!((rest.as_str(), child.wait().expect("it ends").code()), ("caught\n", Some(5)), "{name}");
    }
}

#[test]
fn a_command_that_cannot_be_started_ends_as_in_a_shell() {
    let machine = Machine::empty();
    let ran = machine.run(&["run", "--", "/no/such/command"]);
    assert_eq!(ran.code, Some(127), "{ran:?}");
    assert!(ran.stderr.contains("cannot be started"), "{ran:?}");
    let file = machine.write("file", "text");
    assert_eq!(machine.run(&["run", "--", &file.display().to_string()]).code, Some(126));
}

#[test]
fn without_settings_it_still_runs_and_says_what_is_missing() {
    let ran = Machine::empty().run(&["run", "--name", "job", "--", "sh", "-c", "echo out; exit 3"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(3), "out\n"), "{ran:?}");
    assert!(ran.stderr.contains("set DISCORD_WEBHOOK_ERRORS"), "{ran:?}");
    let mut machine = Machine::empty();
    machine.set("DISCORD_RATE_LIMIT", "many");
    let ran = machine.run(&["run", "--", "sh", "-c", "exit 3"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.stderr.contains("DISCORD_RATE_LIMIT"), "{ran:?}");
}

#[test]
fn while_discord_is_down_the_report_waits_for_the_next_run() {
    let discord = discord();
    let machine = Machine::beside(&discord);
    discord.fault(Fault::unavailable());
    let ran = machine.run(&["run", "--name", "one", "--timeout", "1", "--", "sh", "-c", "exit 3"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.stderr.contains("it waits in the journal"), "{ran:?}");
    discord.clear_faults();
    assert_eq!(machine.run(&["run", "--name", "two", "--", "sh", "-c", "exit 4"]).code, Some(4));
    let told: String =
        discord.messages("errors").iter().flat_map(|message| &message.embeds).map(|e| e.to_string()).collect();
    assert!(told.contains("one failed") && told.contains("two failed"), "{told}");
}

#[test]
fn streams_that_go_to_one_place_keep_their_order() {
    let machine = Machine::empty();
    let log = std::fs::File::create(machine.folder().join("log")).expect("a file");
    let script = "for i in 1 2 3 4 5 6 7 8 9; do echo out $i; echo err $i >&2; done";
    let mut command = machine.command(&["run", "--", "sh", "-c", script]);
    command.stdout(log.try_clone().expect("a handle")).stderr(log);
    assert!(command.status().expect("it runs").success());
    let written = std::fs::read_to_string(machine.folder().join("log")).expect("a log");
    let expected: String = (1..=9).map(|i| format!("out {i}\nerr {i}\n")).collect();
    assert_eq!(written, expected);
}

#[test]
fn on_a_terminal_the_command_has_the_terminal() {
    let machine = Machine::empty();
    let (code, shown) =
        machine.run_on_a_terminal(&["run", "--", "sh", "-c", "test -t 0 && test -t 1 && test -t 2"], &[]);
    assert_eq!(code, Some(0), "{shown}");
}

#[test]
fn bytes_that_are_no_text_pass_unchanged() {
    let machine = Machine::empty();
    let mut command = machine.command(&["run", "--", "printf", r"\377\000\n\200"]);
    let output = command.output().expect("it runs");
    assert_eq!(output.stdout, b"\xff\0\n\x80");
}

#[test]
fn a_reader_that_went_away_ends_the_command_as_it_would_without_us() {
    let machine = Machine::empty();
    let mut command = machine.command(&["run", "--", "yes"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(128 + 13), "SIGPIPE");
}

#[test]
fn programs_are_told_in_one_object_behind_the_commands_own_words() {
    let ran = Machine::empty().run(&["--json", "run", "--", "sh", "-c", "echo err >&2; exit 3"]);
    let (own, report) = ran.stderr.split_once('\n').expect("two lines");
    let report: serde_json::Value = serde_json::from_str(report).expect("an object");
    assert_eq!((own, report["code"].as_i64(), report["told"].as_str()), ("err", Some(3), Some("nowhere")));
}

#[test]
fn while_it_only_reports_a_signal_ends_it_and_the_report_waits() {
    let discord = discord();
    let machine = Machine::beside(&discord);
    discord.fault(Fault::hang().only("POST"));
    let mut command = machine.command(&["run", "--name", "job", "--timeout", "60", "--", "sh", "-c", "exit 3"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    assert!(discord.wait_for(|discord| !discord.requests().is_empty(), std::time::Duration::from_secs(20)));
    let ended = loop {
        kill_process(Pid::from_child(&child), Signal::TERM).expect("it is there");
        // What comes right behind the end of the command is not for us.
        std::thread::sleep(std::time::Duration::from_millis(100));
        if let Some(status) = child.try_wait().expect("it can be asked") {
            break status;
        }
    };
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&ended), Some(Signal::TERM.as_raw()));
    discord.clear_faults();
    assert_eq!(machine.run(&["run", "--", "sh", "-c", "exit 4"]).code, Some(4));
    let told: String =
        discord.messages("errors").iter().flat_map(|message| &message.embeds).map(|e| e.to_string()).collect();
    assert!(told.contains("job failed"), "{told}");
}
