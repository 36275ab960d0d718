//! The command's output on its way to ours: passed on as it comes, byte by byte, and its end kept.
//!
//! A stream that goes to a terminal is the command's own, since a command may look at it. Two streams that go to the same
//! place go through one pipe, so that what is said on both keeps its order.

use std::collections::VecDeque;
use std::io::{self, IsTerminal, PipeReader, Read, Write};
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// What passes the command's output on.
#[derive(Default)]
pub(super) struct Passed {
    waiting: Vec<(PipeReader, Target)>,
    running: Vec<JoinHandle<()>>,
    ends: Option<(Sender<()>, Receiver<()>)>,
    tail: Arc<Mutex<VecDeque<u8>>>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Target {
    Stderr,
    Stdout,
}

impl Passed {
    /// Passes nothing: the command has our streams.
    pub(super) fn nothing() -> Self {
        Self::default()
    }

    /// Makes a pipe for each stream that does not go to a terminal; where there is none to be had the command has ours.
    pub(super) fn of(command: &mut Command) -> Self {
        let mut passed = Self { ends: Some(channel()), ..Self::default() };
        let (out, err) = (!io::stdout().is_terminal(), !io::stderr().is_terminal());
        if out && err && is_one_place() {
            if let Ok((reader, writer)) = io::pipe()
                && let Ok(second) = writer.try_clone()
            {
                command.stdout(writer).stderr(second);
                passed.waiting.push((reader, Target::Stdout));
            }
            return passed;
        }
        if out && let Ok((reader, writer)) = io::pipe() {
            command.stdout(writer);
            passed.waiting.push((reader, Target::Stdout));
        }
        if err && let Ok((reader, writer)) = io::pipe() {
            command.stderr(writer);
            passed.waiting.push((reader, Target::Stderr));
        }
        passed
    }

    /// Begins to pass on, once the command runs.
    pub(super) fn begin(&mut self) {
        for (reader, target) in self.waiting.drain(..) {
            let tail = Arc::clone(&self.tail);
            let ends = self.ends.as_ref().map(|(ends, _)| ends.clone());
            let pass = move || {
                pass(reader, target, &tail);
                // Whoever waited may have stopped.
                let _ = ends.map(|ends| ends.send(()));
            };
            self.running.push(thread::spawn(pass));
        }
    }

    /// Gives the end of what was said; what is under way when the command ends is waited for, but not for what goes on in
    /// the background.
    pub(super) fn tail(&self) -> String {
        let until = Instant::now() + UNDER_WAY;
        if let Some((_, ends)) = &self.ends {
            for _ in &self.running {
                let _ = ends.recv_timeout(until.saturating_duration_since(Instant::now()));
            }
        }
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(tail.make_contiguous());
        anstream::adapter::strip_str(&text).to_string()
    }

    /// Passes on until everybody who holds the output has ended.
    pub(super) fn finish(self) {
        for running in self.running {
            let _ = running.join();
        }
    }
}

/// Passes a stream on until its end, or until nobody reads it: then the command's next write fails as it would have.
fn pass(mut from: PipeReader, target: Target, tail: &Mutex<VecDeque<u8>>) {
    let mut piece = vec![0; 64 * 1024];
    let mut is_heard = true;
    loop {
        let read = match from.read(&mut piece) {
            Ok(0) => return,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        let bytes = piece.get(..read).unwrap_or_default();
        keep(tail, bytes);
        if is_heard {
            match write(target, bytes) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return,
                // A full disk ends no command that does not look.
                Err(_) => is_heard = false,
            }
        }
    }
}

fn write(target: Target, bytes: &[u8]) -> io::Result<()> {
    match target {
        Target::Stderr => io::stderr().write_all(bytes),
        Target::Stdout => {
            let mut stdout = io::stdout().lock();
            stdout.write_all(bytes)?;
            stdout.flush()
        }
    }
}

fn keep(tail: &Mutex<VecDeque<u8>>, bytes: &[u8]) {
    let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
    tail.extend(bytes);
    let excess = tail.len().saturating_sub(KEPT);
    tail.drain(..excess);
}

/// Says whether stdout and stderr go to the same place.
#[cfg(unix)]
fn is_one_place() -> bool {
    let place = |stat: rustix::fs::Stat| (stat.st_dev, stat.st_ino);
    match (rustix::fs::fstat(io::stdout()), rustix::fs::fstat(io::stderr())) {
        (Ok(out), Ok(err)) => place(out) == place(err),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_one_place() -> bool {
    false
}

/// Bytes of output that are kept.
const KEPT: usize = 128 * 1024;
/// How long what is under way is waited for when the command has ended: it is in the pipe already.
const UNDER_WAY: Duration = Duration::from_millis(500);
