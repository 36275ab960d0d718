//! Signals on their way to the command, and what signal ended it.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, getpgrp, kill_process, waitid};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::Signals;
use signal_hook::low_level::signal_name;

/// Signals that are caught from now on, and handed to the command once it runs.
pub(super) struct Forwarded {
    signals: Option<Signals>,
}

impl Forwarded {
    /// Catches what would end this process before the command, but for what was ignored when it started: the command is to
    /// ignore it as well.
    pub(super) fn catch() -> Self {
        let ignored = ignored();
        let caught = FORWARDED.iter().filter(|signal| ignored >> (**signal - 1) & 1 == 0);
        Self { signals: Signals::new(caught).ok() }
    }

    /// Hands signals on until the command has ended.
    pub(super) fn wait(self, child: &mut Child) -> io::Result<ExitStatus> {
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        // Taken away before the number of the process may be another's.
        let alive = Arc::new(Mutex::new(pid));
        if let Some(mut signals) = self.signals {
            let alive = Arc::clone(&alive);
            thread::spawn(move || {
                for signal in signals.forever() {
                    let pid = alive.lock().unwrap_or_else(PoisonError::into_inner);
                    if let (Some(pid), false) = (*pid, came_from_the_terminal(signal))
                        && let Some(signal) = Signal::from_named_raw(signal)
                    {
                        // One that has ended takes none.
                        let _ = kill_process(pid, signal);
                    }
                }
            });
        }
        if let Some(pid) = pid {
            // Waits and leaves the number in use.
            while let Err(error) = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
                if error != rustix::io::Errno::INTR {
                    break;
                }
            }
        }
        *alive.lock().unwrap_or_else(PoisonError::into_inner) = None;
        child.wait()
    }
}

/// A terminal sends its signals to the command itself, which would get them twice.
fn came_from_the_terminal(signal: i32) -> bool {
    let is_of_terminals = matches!(signal, SIGHUP | SIGINT | SIGQUIT);
    let in_front = || {
        let terminal = std::fs::File::open("/dev/tty").ok()?;
        rustix::termios::tcgetpgrp(terminal).ok()
    };
    is_of_terminals && in_front() == Some(getpgrp())
}

/// Reads which signals this process was started to ignore, a bit each; none where the system does not say.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}

/// Gives the signal that ended a process, if one did.
pub(super) fn signal_of(status: ExitStatus) -> Option<i32> {
    status.signal()
}

/// Names a signal, as in `SIGKILL`.
pub(super) fn name_of(signal: i32) -> String {
    signal_name(signal).map_or_else(|| format!("signal {signal}"), str::to_owned)
}

const FORWARDED: [i32; 6] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2];
