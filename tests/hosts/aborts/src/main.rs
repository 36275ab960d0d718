//! A program that is built with `panic = "abort"`: nothing is unwound and no guard is dropped, so the hook alone can tell of
//! a panic. With an argument it panics in that way. Without one it is the judge: it starts a local Discord, and itself for
//! every way to panic, while nothing gets out; the next run has to tell the panic, once, and that the end was none.

use std::error::Error;
use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use discord_log::{Event, log_errors};
use discord_log_preview::{Discord, Fault, Limits};

type Anything<T> = Result<T, Box<dyn Error>>;

/// How it panics, the title of what is told, its text, and the thread.
const CASES: [[&str; 4]; 4] = [
    ["in-main", "💥 The program panicked", "fell in main", "main"],
    ["on-a-thread", "💥 The program panicked", "fell on a thread", "worker"],
    ["in-functions", "💥 Pack {id} panicked", "fell in a function", "main"],
    ["in-a-display", "💥 The program panicked", "fell in a Display", "main"],
];

fn main() -> Anything<()> {
    assert!(cfg!(panic = "abort"), "it has to be built so that a panic aborts");
    match std::env::args().nth(1).as_deref() {
        None => CASES.iter().try_for_each(judge),
        Some("deliver") => deliver(),
        Some(case) => fall(case),
    }
}

fn judge([case, title, text, thread]: &[&str; 4]) -> Anything<()> {
    let discord = Discord::builder().limits(Limits::unlimited()).start()?;
    let journal = Folder(std::env::temp_dir().join(format!("journal-of-aborts-{}-{case}", std::process::id())));
    discord.fault(Fault::connection_refused());
    let status = run(case, &discord, &journal.0)?;
    check(status.signal() == Some(SIGABRT), &format!("{case}: it ends with {status}"))?;
    check(discord.messages("errors").is_empty(), "nothing gets out")?;
    discord.clear_faults();
    for _ in 0..2 {
        check(run("deliver", &discord, &journal.0)?.success(), "the next run ends well")?;
        let errors: Vec<_> = discord.messages("errors").into_iter().flat_map(|message| message.embeds).collect();
        let told = format!("{errors:#?}");
        check(errors.len() == 1 && errors[0]["title"] == *title, &format!("{case}: one panic, not {told}"))?;
        check(told.contains(text) && told.contains(thread), &format!("{case}: `{text}` on {thread}, not {told}"))?;
        let system: Vec<_> = discord.messages("system").into_iter().flat_map(|message| message.embeds).collect();
        check(system.len() == 1, &format!("{case}: one end that was none, not {system:#?}"))?;
    }
    println!("{case}: {status}, and told by the next run: {title}: {text}");
    Ok(())
}

fn check(is_right: bool, what: &str) -> Anything<()> {
    if is_right { Ok(()) } else { Err(what.into()) }
}

/// Runs this program, and kills it if it does not end in time.
fn run(case: &str, discord: &Discord, journal: &Path) -> Anything<ExitStatus> {
    let mut command = Command::new(std::env::current_exe()?);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("DISCORD_")) {
        command.env_remove(name);
    }
    let mut child = command.arg(case).envs(discord.settings()).env("DISCORD_JOURNAL", journal).spawn()?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if Instant::now() > deadline {
            child.kill()?;
            child.wait()?;
            return Err(format!("{case}: it does not end").into());
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn deliver() -> Anything<()> {
    let guard = discord_log::init()?;
    discord_log::flush(PATIENCE)?;
    drop(guard);
    Ok(())
}

fn fall(case: &str) -> Anything<()> {
    let _guard = discord_log::init()?;
    match case {
        "in-main" => panic!("fell in main"),
        "on-a-thread" => {
            let worker = thread::Builder::new().name("worker".to_owned()).spawn(|| panic!("fell on a thread"))?;
            let _: thread::Result<()> = worker.join();
        }
        "in-functions" => ship(7)?,
        "in-a-display" => discord_log::log(Event::user_action("Show").field_display("value", &Falls)),
        other => return Err(format!("no case `{other}`").into()),
    }
    Err(format!("{case}: it lives").into())
}

#[log_errors(context = "Ship", fields(id = id))]
fn ship(id: u32) -> Anything<()> {
    pack(id)
}

#[log_errors(context = "Pack {id}", fields(id = id))]
fn pack(id: u32) -> Anything<()> {
    if id > 0 { panic!("fell in a function") } else { Ok(()) }
}

struct Falls;

impl fmt::Display for Falls {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("fell in a Display")
    }
}

/// A folder that goes with whoever made it.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left over in a temporary folder is no reason to fail.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const SIGABRT: i32 = 6;
/// Longest that a run may take.
const PATIENCE: Duration = Duration::from_secs(20);
