//! The survivor as a child: orders go in, lines come out, and what it owes is noted as it speaks.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use crate::ledger::Ledger;

/// Longest that a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// What the children of a world have said and owe.
#[derive(Clone, Default)]
pub(crate) struct Notes(Arc<Mutex<Written>>);

#[derive(Default)]
pub(crate) struct Written {
    pub(crate) ledger: Ledger,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Notes {
    pub(crate) fn read(&self) -> MutexGuard<'_, Written> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A survivor that runs.
pub(crate) struct Program {
    child: Child,
    orders: Option<ChildStdin>,
    answers: Receiver<String>,
    readers: Vec<JoinHandle<()>>,
    notes: Notes,
}

impl Program {
    /// Starts it; what is said is noted, whether it is asked for or not.
    pub(crate) fn start(mut command: Command, notes: &Notes) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the survivor starts");
        let (answer, answers) = channel();
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let of_stdout = notes.clone();
        let life = notes.read().ledger.begin_life();
        let out = thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let mut written = of_stdout.read();
                written.stdout.push_str(&line);
                written.stdout.push('\n');
                if !written.ledger.note(life, &line) {
                    // The test may have stopped listening.
                    let _ = answer.send(line);
                }
            }
        });
        let mut stderr = child.stderr.take().expect("a pipe");
        let of_stderr = notes.clone();
        let err = thread::spawn(move || {
            let mut bytes = [0; 4_096];
            while let Ok(count @ 1..) = stderr.read(&mut bytes) {
                of_stderr.read().stderr.push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
        });
        let orders = child.stdin.take();
        Self { child, orders, answers, readers: vec![out, err], notes: notes.clone() }
    }

    /// Gives an order that is not answered.
    pub(crate) fn tell(&mut self, order: &str) {
        let orders = self.orders.as_mut().expect("it was not told to end");
        writeln!(orders, "{order}").and_then(|()| orders.flush()).expect("it listens");
    }

    /// Gives the next answer.
    pub(crate) fn answer(&mut self) -> String {
        let answer = self.answers.recv_timeout(PATIENCE);
        answer.unwrap_or_else(|_| panic!("no answer; it said on stderr: {}", self.notes.read().stderr))
    }

    pub(crate) fn ask(&mut self, order: &str) -> String {
        self.tell(order);
        self.answer()
    }

    pub(crate) fn expect(&mut self, order: &str, answer: &str) {
        assert_eq!(self.ask(order), answer, "{order}: {}", self.notes.read().stderr);
    }

    /// Waits until everything is delivered; longer than anybody waits for the answer, so that one which only comes with the
    /// flush's own end is none.
    pub(crate) fn flush(&mut self) {
        let answer = self.ask("flush 600");
        assert!(answer.starts_with("Ok"), "{answer}: {}", self.notes.read().stderr);
    }

    /// Waits until its stderr has a text.
    pub(crate) fn wait_for_words(&self, words: &str) {
        let is_there = within(PATIENCE, || self.notes.read().stderr.contains(words));
        assert!(is_there, "no `{words}` in {}", self.notes.read().stderr);
    }

    /// Lets it end in some way, and waits for it.
    pub(crate) fn end(mut self, how: &str) -> ExitStatus {
        self.tell(&format!("end {how}"));
        self.wait()
    }

    /// SIGKILL.
    pub(crate) fn kill(mut self) -> ExitStatus {
        self.child.kill().expect("it can be killed");
        self.wait()
    }

    /// Any other signal.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.id().to_string()]).status();
        assert!(status.expect("the command `kill`").success());
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end, and for the end of what it said.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let mut status = None;
        let has_ended = within(PATIENCE, || {
            status = self.child.try_wait().expect("it is our child");
            status.is_some()
        });
        assert!(has_ended, "it does not end: {}", self.notes.read().stderr);
        self.orders = None;
        self.readers.drain(..).for_each(|reader| reader.join().expect("it was read"));
        status.expect("it has ended")
    }

    /// Kilobytes of memory that it has now.
    pub(crate) fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.split_whitespace().next()?.parse().ok()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for something that nobody announces.
pub(crate) fn within(time: Duration, mut is_true: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + time;
    while !is_true() {
        if Instant::now() > deadline {
            return false;
        }
        sleep(Duration::from_millis(1));
    }
    true
}
