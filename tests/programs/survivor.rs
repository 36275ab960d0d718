//! A program that a test drives line by line, kills and starts again: each line on stdin is an order, and each order is
//! answered by lines on stdout, flushed. Its arguments are words that its events are called after.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::io::{BufRead, Write, stdin, stdout};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use discord_log::testing::{Part, panic_in};
use discord_log::{Channel, Event, Guard, Severity};

type Anything<T> = Result<T, Box<dyn Error>>;

fn main() -> Anything<()> {
    let tag = std::env::args().nth(1).unwrap_or_default();
    let guard = match discord_log::init() {
        Ok(guard) => guard,
        Err(error) => return say(&format!("no logger: {error}")),
    };
    let mut program = Program { tag, logged: 0, seen: BTreeSet::new(), started: Instant::now() };
    say("ready")?;
    for line in stdin().lock().lines() {
        let line = line?;
        let words: Vec<_> = line.split_whitespace().collect();
        let number = |at: usize| words.get(at).and_then(|word| word.parse::<u64>().ok()).unwrap_or_default();
        match words.first().copied().unwrap_or_default() {
            "log" => program.log(words.get(1).copied().unwrap_or_default(), number(2))?,
            "steady" => program.steady(number(1), Duration::from_millis(number(2)))?,
            "flood" => program.flood(number(1))?,
            "saved" => program.wait_until_saved()?,
            "flush" => say(&format!("{:?}", discord_log::flush(Duration::from_secs(number(1)))))?,
            "health" => say(&discord_log::health().to_string())?,
            "panic-recorder" => panic_in(Part::Recorder, u32::try_from(number(1))?),
            "panic-sender" => panic_in(Part::Sender, u32::try_from(number(1))?),
            "panic-caught" => say(if std::panic::catch_unwind(unwind).is_err() { "caught" } else { "no panic" })?,
            "end-on-signals" => {
                discord_log::end_on_signals()?;
                say("listening")?;
            }
            "fail" => program.fail(words.get(1).copied().unwrap_or_default().parse()?)?,
            "fork" => program.fork()?,
            "end" => return program.end(words.get(1).copied().unwrap_or_default(), guard),
            other => return Err(format!("no order `{other}`").into()),
        }
    }
    Ok(())
}

struct Program {
    tag: String,
    logged: u64,
    /// What stood in a file of this process once.
    seen: BTreeSet<String>,
    started: Instant,
}

impl Program {
    /// Says what it logs before, since it may be killed in between, and after, since only then it is obliged to.
    fn log_batch(&mut self, channels: &[&str], events: u64) -> Anything<()> {
        let numbers = self.logged + 1..=self.logged + events;
        self.logged += events;
        let titles: Vec<_> = numbers.map(|number| format!("ev{}n{number}", self.tag)).collect();
        let titles_in_a_row = titles.join(" ");
        say(&format!("issued {titles_in_a_row}"))?;
        for (title, channel) in titles.iter().zip(channels.iter().cycle()) {
            let channel = Channel::named(channel);
            let event = if channel == Channel::Errors {
                // Each a problem of its own, or they would be one message.
                Event::system_event(title, spelled(title)).with_severity(Severity::Error)
            } else {
                Event::user_action(title)
            };
            discord_log::log(event.in_channel(channel));
        }
        say(&format!("logged {} {titles_in_a_row}", self.started.elapsed().as_millis()))
    }

    fn log(&mut self, channel: &str, events: u64) -> Anything<()> {
        let one = [channel];
        self.log_batch(if channel == "everywhere" { &CHANNELS } else { &one }, events)?;
        say("done")
    }

    /// The same problem so many times, from one place.
    fn fail(&mut self, times: u64) -> Anything<()> {
        for order in 1..=times {
            discord_log::log_error(&std::io::Error::other(format!("order {order} is lost")), "Ship");
        }
        say("done")
    }

    /// Logs evenly over a time.
    fn steady(&mut self, events: u64, over: Duration) -> Anything<()> {
        let start = Instant::now();
        for number in 0..events {
            let due = over.mul_f64(number as f64 / events as f64);
            sleep(due.saturating_sub(start.elapsed()));
            let channel = CHANNELS.get(self.logged as usize % CHANNELS.len()).copied().unwrap_or("errors");
            self.log_batch(&[channel], 1)?;
        }
        say("done")
    }

    /// Logs until the process is killed, and says of each event when it stands in a file.
    fn flood(&mut self, batch: u64) -> Anything<()> {
        loop {
            self.log_batch(&CHANNELS, batch)?;
            sleep(PACE * u32::try_from(batch / 12 + 1)?);
            let new: Vec<_> = saved().into_iter().filter(|title| self.seen.insert(title.clone())).collect();
            say(&format!("saved {}", new.join(" ")))?;
        }
    }

    /// Waits until everything stands in a file.
    fn wait_until_saved(&mut self) -> Anything<()> {
        let deadline = Instant::now() + PATIENCE;
        while (self.seen.len() as u64) < self.logged {
            if Instant::now() > deadline {
                return Err(format!("{} of {} are in files", self.seen.len(), self.logged).into());
            }
            self.seen.extend(saved());
            sleep(Duration::from_millis(1));
        }
        say("saved")
    }

    /// Splits the process without a new program: the child logs nothing of its own that counts, and ends with `exit`.
    #[cfg(target_os = "linux")]
    fn fork(&mut self) -> Anything<()> {
        match fork::fork().map_err(|error| format!("no fork: {error:?}"))? {
            fork::Fork::Child => std::process::exit(0),
            fork::Fork::Parent(child) => {
                fork::waitpid(child).map_err(|error| format!("the child is lost: {error:?}"))?;
                say("forked")
            }
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn fork(&mut self) -> Anything<()> {
        say("no fork here")
    }

    fn end(&mut self, how: &str, guard: Guard) -> Anything<()> {
        match how {
            "drop" => drop(guard),
            "late" => {
                drop(guard);
                self.log_batch(&["errors"], 1)?;
            }
            "forget" => std::mem::forget(guard),
            "exit" => std::process::exit(0),
            "abort" => abort_on_panic(),
            "panic" => unwind(),
            other => return Err(format!("no end `{other}`").into()),
        }
        Ok(())
    }
}

#[expect(clippy::panic, reason = "this is what the test is about")]
fn unwind() {
    panic!("out of main");
}

/// As `panic = "abort"` does: the hooks run, and nothing after them.
fn abort_on_panic() {
    let others = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        others(info);
        std::process::abort();
    }));
    unwind();
}

/// Lists what stands in the files of this process.
fn saved() -> Vec<String> {
    let own = format!("-{}-", std::process::id());
    let root = PathBuf::from(std::env::var_os("DISCORD_JOURNAL").unwrap_or_default()).join("v1");
    let services = listed(&root).into_iter().flat_map(|service| listed(&service));
    let homes = services.filter(|home| home.to_string_lossy().contains(&own));
    let files = homes.flat_map(|home| listed(&home)).flat_map(|folder| listed(&folder));
    let texts = files.filter(|file| file.extension().is_some_and(|kind| kind == "jsonl")).filter_map(read);
    texts.flat_map(|text| titles(&text)).collect()
}

/// A file may be gone before it is read.
fn read(file: PathBuf) -> Option<String> {
    fs::read_to_string(file).ok()
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).map(|all| all.flatten().map(|one| one.path()).collect()).unwrap_or_default()
}

fn titles(text: &str) -> Vec<String> {
    let words = text.split(|character: char| !character.is_ascii_alphanumeric());
    words
        .filter(|word| word.starts_with("ev") && word.ends_with(|last: char| last.is_ascii_digit()))
        .map(str::to_owned)
        .collect()
}

/// A name with letters for digits.
fn spelled(title: &str) -> String {
    let letter = |digit: char| digit.to_digit(10).map_or(digit, |digit| char::from(b'a' + digit as u8));
    title.chars().map(letter).collect()
}

fn say(line: &str) -> Anything<()> {
    let mut out = stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    Ok(())
}

const CHANNELS: [&str; 4] = ["finance", "errors", "system", "activity"];
/// Between the batches of a flood: more than is delivered meanwhile, and not so much that the last run takes long.
const PACE: Duration = Duration::from_millis(25);
/// Longest that a healthy disk takes.
const PATIENCE: Duration = Duration::from_secs(10);
