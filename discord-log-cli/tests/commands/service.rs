//! A service that a test runs as a process of its own: this very program, asked for the one test that is none.

use std::io::{BufRead, BufReader, Lines, Read};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use discord_log::Event;
use discord_log_preview::Discord;

use crate::machine::Machine;

/// A service that runs.
pub(crate) struct Service {
    child: Child,
    stdin: Option<ChildStdin>,
    /// Held, since a program whose output nobody reads fails.
    _stdout: Lines<BufReader<ChildStdout>>,
}

impl Service {
    /// Starts one whose events go to a local Discord, and waits until it has told what it tells.
    pub(crate) fn start(machine: &Machine, discord: &Discord, tells: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args(["--exact", "service::what_the_service_does", "--ignored", "--nocapture"]);
        command.env_clear().envs(discord.settings()).envs(machine.variables()).env("TELLS", tells);
        command.current_dir(machine.folder()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let is_ready = lines.any(|line| line.expect("a line").contains(READY));
        assert!(is_ready, "the service tells what it tells");
        Self { stdin: child.stdin.take(), child, _stdout: lines }
    }

    /// Ends it as it should.
    pub(crate) fn stop(mut self) {
        self.stdin.take();
        assert!(self.child.wait().expect("it ends").success());
    }

    /// Ends it as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it ends");
    }
}

/// No test: what runs in the process of a [`Service`]. Tells `number` events, of four kinds in turn, then waits.
#[test]
#[ignore = "a service, which other tests start"]
fn what_the_service_does() {
    let guard = discord_log::init().expect("settings that are right");
    match std::env::var("TELLS").as_deref() {
        Ok("everything") => Event::one_of_each().into_iter().for_each(discord_log::log),
        Ok("a shop") => (0..12).for_each(shop),
        Ok("logins") => (0..3).for_each(|number| discord_log::log_user_action(format!("Login {number}"))),
        _ => {}
    }
    let _ = discord_log::flush(FLUSHED_WITHIN);
    println!("\n{READY}");
    std::io::stdin().read_to_end(&mut Vec::new()).expect("its end");
    drop(guard);
}

fn shop(number: u32) {
    match number % 4 {
        0 => discord_log::log_invoice_created(format!("INV-{number:03}"), 12.5, "Café Zürich"),
        1 => {
            let error = std::io::Error::other(format!("connection refused by bank {number}"));
            discord_log::log_error(&error, "Payment");
        }
        2 => discord_log::log(Event::user_action("Invoice paid").actor("u-42").field("amount", number)),
        _ => discord_log::log_system_event("Backup", "done in \u{1b}[31m3 s"),
    }
}

const READY: &str = "it has told what it tells";
/// What a Discord that takes everything needs, and no more: one that takes nothing is not waited for.
const FLUSHED_WITHIN: Duration = Duration::from_secs(8);
