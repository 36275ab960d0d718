//! `discord-log preview`, and `discord-log test --preview`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use crate::machine::Machine;

/// A command that runs until the test is over.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a command, and gives it with its lines.
fn start(machine: &Machine, arguments: &[&str]) -> (Running, impl Iterator<Item = String> + use<>) {
    let mut command = machine.command(arguments);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    (Running(child), stdout.lines().map_while(Result::ok))
}

#[test]
fn a_service_is_pointed_at_it_and_meets_its_faults() {
    let mut machine = Machine::empty();
    let fault = "unknown_webhook,channel=errors";
    let (_running, mut lines) = start(&machine, &["--json", "preview", "--channel", "deploys", "--fault", fault]);
    let started: serde_json::Value = serde_json::from_str(&lines.next().expect("a line")).expect("an object");
    for (name, url) in started["settings"].as_object().expect("settings") {
        machine.set(name, url.as_str().expect("an address"));
    }
    assert_eq!(machine.run(&["send", "--channel", "deploys", "hello"]).code, Some(0));
    let ran = machine.run(&["send", "--channel", "errors", "hello"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
}

#[test]
fn a_fault_that_is_none_is_a_wrong_command_line() {
    let ran = Machine::empty().run(&["preview", "--fault", "unavailble"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("`unavailable`"), "{ran:?}");
}

#[test]
fn the_samples_can_be_seen_without_discord_and_no_real_webhook_is_called() {
    let mut machine = Machine::empty();
    // Nobody listens there.
    machine.set("DISCORD_WEBHOOK_ERRORS", "http://127.0.0.1:9/api/webhooks/1/t");
    let (_running, mut lines) = start(&machine, &["test", "--preview", "--channel", "errors"]);
    assert!(lines.any(|line| line.contains("24 of 24 delivered")));
    assert!(lines.any(|line| line.contains("The page is at http://127.0.0.1:")));
}
