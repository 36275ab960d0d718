//! An example as a process, under a watchdog.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use discord_log_preview::Discord;
#[cfg(unix)]
use reqwest::{Client, Method, StatusCode};
#[cfg(unix)]
use tokio::runtime::Builder;

/// What an example left behind.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// An example that runs, and does not outlive its test.
pub(crate) struct Process {
    name: &'static str,
    child: Child,
    lines: Receiver<String>,
    stdout: String,
    stderr: Option<JoinHandle<String>>,
}

/// Runs an example to its end.
pub(crate) fn run(name: &'static str, arguments: &[&str], discord: &Discord) -> Ended {
    Process::start(name, arguments, discord).end()
}

impl Process {
    /// Starts an example beside a Discord, with nothing of what this process has been told.
    pub(crate) fn start(name: &'static str, arguments: &[&str], discord: &Discord) -> Self {
        let program = program(name);
        let mut command = Command::new(&program);
        let is_ours = |name: &str| name.starts_with("DISCORD_") || name.starts_with("RUST_");
        for (name, _) in std::env::vars().filter(|(name, _)| is_ours(name)) {
            command.env_remove(name);
        }
        command.args(arguments).current_dir(std::env::temp_dir()).envs(discord.settings());
        command.env("DISCORD_JOURNAL", "memory").env("DISCORD_SHUTDOWN_TIMEOUT", "20").env("RUST_LOG", "info");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| {
            panic!("{}: {error}; `cargo build -p discord-log-examples --examples` builds it", program.display())
        });
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let (say, lines) = channel();
        // A test that has ended listens no more.
        thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| say.send(line)));
        let mut pipe = child.stderr.take().expect("a pipe");
        let stderr = thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = pipe.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        });
        Self { name, child, lines, stdout: String::new(), stderr: Some(stderr) }
    }

    /// Waits for the next lines on its stdout.
    pub(crate) fn lines(&mut self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.lines.recv_timeout(WATCHED).expect("a line on stdout")).collect()
    }

    /// Does what Ctrl-C does.
    #[cfg(unix)]
    pub(crate) fn interrupt(&self) {
        let status = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(status.expect("the command `kill`").success());
    }

    /// Waits for its end; one that does not end in time is killed and fails the test.
    pub(crate) fn end(mut self) -> Ended {
        let deadline = Instant::now() + WATCHED;
        let status = loop {
            match self.child.try_wait().expect("it is our child") {
                Some(status) => break Some(status),
                None if Instant::now() > deadline => break None,
                None => sleep(Duration::from_millis(5)),
            }
        };
        let _ = self.child.kill();
        for line in self.lines.iter() {
            self.stdout.push_str(&line);
            self.stdout.push('\n');
        }
        let stderr = self.stderr.take().and_then(|reader| reader.join().ok()).unwrap_or_default();
        let status = status.unwrap_or_else(|| panic!("`{}` does not end: {stderr}", self.name));
        Ended { status, stdout: std::mem::take(&mut self.stdout), stderr }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks a service once, and gives the status of its answer.
#[cfg(unix)]
pub(crate) fn ask(method: Method, url: &str) -> StatusCode {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let request = Client::new().request(method, url).timeout(WATCHED);
    runtime.block_on(async { request.send().await.expect("an answer").status() })
}

/// Cargo puts examples beside the folder of the tests that it builds with them.
fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a path");
    let folder = test.parent().and_then(|deps| deps.parent()).expect("a folder of the profile");
    folder.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Longer than an example may take for its work and its end together.
const WATCHED: Duration = Duration::from_secs(40);
