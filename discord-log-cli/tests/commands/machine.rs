//! A machine with nothing on it: no HOME, no variables, and an empty folder to work in.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use discord_log_preview::Discord;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_discord-log");

/// A machine with nothing on it but what a test puts there.
pub(crate) struct Machine {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// How a command ended, and what it said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Machine {
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), variables: Vec::new() }
    }

    /// A machine that is set up: with a journal, and with webhooks of a local Discord. Waits are short.
    pub(crate) fn beside(discord: &Discord) -> Self {
        let mut machine = Self::empty();
        for (name, url) in discord.settings() {
            machine.set(&name, url);
        }
        let journal = machine.journal().display().to_string();
        machine.set("DISCORD_JOURNAL", journal);
        machine.set("DISCORD_RETRY_ATTEMPTS", "0");
        machine.set("DISCORD_RETRY_DELAY", "0.05");
        machine
    }

    /// Gives the folder in which commands run.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.folder().join("journal")
    }

    /// Puts a file into the folder, for its owner alone.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder().join(name);
        std::fs::write(&path, text).expect("a file");
        self.permit(&path, 0o600);
        path
    }

    pub(crate) fn permit(&self, path: &Path, mode: u32) {
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
        std::fs::set_permissions(path, permissions).expect("permissions");
    }

    /// Sets a variable for all commands.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.variables.push((name.to_owned(), value.into()));
    }

    /// Gives what was set, for programs beside the command.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        self.variables.clone()
    }

    /// Makes the command, so that a test can say how it is started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.prepare(Command::new(PROGRAM), arguments)
    }

    /// Makes the command as a terminal starts it: what begins in the background of a script is told to ignore Ctrl-C, and
    /// these tests may be that.
    #[cfg(target_os = "linux")]
    pub(crate) fn command_of_a_terminal(&self, arguments: &[&str]) -> Command {
        let mut env = Command::new("/usr/bin/env");
        env.args(["--default-signal=INT,TERM", PROGRAM]);
        self.prepare(env, arguments)
    }

    fn prepare(&self, mut command: Command, arguments: &[&str]) -> Command {
        command.args(arguments).env_clear().envs(self.variables.iter().cloned()).current_dir(self.folder());
        // Where what `run` starts is found.
        command.env("PATH", "/usr/bin:/bin").stdin(Stdio::null());
        command
    }

    /// Runs the command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.command(arguments).output().expect("the command runs").into()
    }

    /// Runs the command to its end with something to read.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
        child.wait_with_output().expect("it ends").into()
    }

    /// Runs the command to its end on a terminal, and gives all that it showed.
    pub(crate) fn run_on_a_terminal(&self, arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&controller).expect("granted");
        unlockpt(&controller).expect("unlocked");
        let name = ptsname(&controller, Vec::new()).expect("a name").into_string().expect("text");
        let terminal = || File::options().read(true).write(true).open(&name).expect("a terminal");
        let mut command = self.command(arguments);
        command.envs(variables.iter().copied()).stdin(terminal()).stdout(terminal()).stderr(terminal());
        let mut child = command.spawn().expect("it starts");
        // Or its end would never come.
        drop(command);
        let mut shown = Vec::new();
        // It ends with an error when nobody holds the other side any more.
        let _ = File::from(controller).read_to_end(&mut shown);
        (child.wait().expect("it ends").code(), String::from_utf8_lossy(&shown).into_owned())
    }
}

impl Ran {
    /// Gives what was said to programs: one object.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }
}

/// Starts a local Discord with the usual channels and one more.
pub(crate) fn discord() -> Discord {
    Discord::builder().channel("deploys").start().expect("a local Discord")
}
