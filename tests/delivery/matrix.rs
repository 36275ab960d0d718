//! The same small service on no runtime and on several, and with ends that are none: each as a process of its own, under a
//! watchdog, with a Discord that is asked for every event.

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use discord_log_preview::{Discord, Fault};
use serde_json::Value;

use crate::world::{field, generous, said};

/// A Discord and a journal that the runs of a program share.
struct Place {
    discord: Discord,
    journal: PathBuf,
}

impl Place {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let journal = std::env::temp_dir().join(format!("journal-of-the-matrix-{}-{number}", std::process::id()));
        Self { discord: Discord::builder().limits(generous()).start().expect("a local Discord"), journal }
    }

    /// Runs a case to its end; one that does not end in time is killed and fails the test.
    fn run(&self, case: &str) -> ExitStatus {
        let mut command = Command::new(env!("CARGO_BIN_EXE_matrix"));
        let is_ours = |name: &str| name.starts_with("DISCORD_") || name.ends_with("_BACKTRACE");
        for (name, _) in std::env::vars().filter(|(name, _)| is_ours(name)) {
            command.env_remove(name);
        }
        command.arg(case).current_dir("/").stderr(Stdio::piped()).envs(self.discord.settings());
        command
            .env("DISCORD_JOURNAL", &self.journal)
            .env("DISCORD_RATE_LIMIT", "6000")
            .env("DISCORD_RETRY_DELAY", "0.1");
        let mut watched = Watched(command.spawn().expect("the program runs"));
        let (status, stderr) = watched.wait();
        let status = status.unwrap_or_else(|| panic!("`{case}` does not end: {stderr}"));
        println!("{case}: {status}\n{stderr}");
        status
    }

    /// The embeds of a channel.
    fn embeds(&self, channel: &str) -> Vec<Value> {
        self.discord.messages(channel).into_iter().flat_map(|message| message.embeds).collect()
    }

    fn titles(&self, channel: &str) -> Vec<String> {
        let titles = self.embeds(channel).into_iter();
        let mut titles: Vec<_> = titles.filter_map(|embed| embed["title"].as_str().map(str::to_owned)).collect();
        titles.sort_unstable();
        titles
    }

    /// Runs a case that ends well, and looks for every event.
    fn ends_well(&self, case: &str, beside: &[&str]) {
        assert!(self.run(case).success());
        let mut expected: Vec<_> =
            (0..4).flat_map(|task| (0..10).map(move |number| format!("👤 Action {task}-{number}"))).collect();
        expected.extend(beside.iter().map(|title| (*title).to_owned()));
        expected.sort_unstable();
        assert_eq!(self.titles("activity"), expected);
        let errors = self.embeds("errors");
        assert_eq!(errors.len(), 1, "{errors:#?}");
        assert_eq!((said(&errors[0]), field(&errors[0], "Trail")), ("nobody is at home", Some("Deliver › Knock")));
        assert_eq!(self.titles("system"), [""; 0]);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // What is left over in a temporary folder is no reason to fail.
        let _ = fs::remove_dir_all(&self.journal);
    }
}

/// A child that does not outlive its test.
struct Watched(Child);

impl Watched {
    /// Waits for the end; gives what was said on stderr, and no status if there was none in time.
    fn wait(&mut self) -> (Option<ExitStatus>, String) {
        let deadline = Instant::now() + WATCHED;
        let status = loop {
            match self.0.try_wait().expect("it is our child") {
                Some(status) => break Some(status),
                None if Instant::now() > deadline => break None,
                None => sleep(Duration::from_millis(5)),
            }
        };
        let _ = self.0.kill();
        let mut stderr = String::new();
        if let Some(mut pipe) = self.0.stderr.take() {
            let _ = pipe.read_to_string(&mut stderr);
        }
        (status, stderr)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Longer than a program may take for its flush and its end together.
const WATCHED: Duration = Duration::from_secs(40);

#[test]
fn without_a_runtime() {
    Place::new().ends_well("no-runtime", &["👤 Action at-the-end"]);
}

#[test]
fn on_a_runtime_of_one_thread_without_a_timer() {
    Place::new().ends_well("current-thread", &[]);
}

#[test]
fn on_a_runtime_of_several_threads() {
    Place::new().ends_well("multi-thread", &[]);
}

#[test]
fn on_two_runtimes_one_after_the_other() {
    Place::new().ends_well("two-runtimes", &[]);
}

#[test]
fn on_an_executor_that_is_not_tokio() {
    Place::new().ends_well("smol", &[]);
}

/// What each panic says, and on which thread it was, whether it was delivered at once or by the next run.
fn panics(place: &Place) -> Vec<(String, String)> {
    let told = |embed: &Value| (said(embed).to_owned(), field(embed, "Thread").unwrap_or_default().to_owned());
    place.embeds("errors").iter().map(told).collect()
}

fn told(text: &str, thread: &str) -> (String, String) {
    (text.to_owned(), thread.to_owned())
}

#[test]
fn a_panic_that_ends_main_is_told_by_this_run() {
    let place = Place::new();
    assert_eq!(place.run("panic-in-main").code(), Some(101));
    assert_eq!(panics(&place), [told("fell in main", "main")]);
    assert_eq!((place.titles("activity").len(), place.titles("system").len()), (1, 0));
}

#[test]
fn a_panic_that_ends_a_thread_ends_nothing_else() {
    let place = Place::new();
    assert!(place.run("panic-in-thread").success());
    assert_eq!(panics(&place), [told("fell in thread", "unnamed")]);
}

/// Runs a case that aborts while nothing gets out, and then another, which tells what was left.
#[cfg(unix)]
fn panics_of_one_that_aborts(case: &str) -> Vec<(String, String)> {
    use std::os::unix::process::ExitStatusExt;

    const SIGABRT: i32 = 6;
    let place = Place::new();
    place.discord.fault(Fault::connection_refused());
    assert_eq!(place.run(case).signal(), Some(SIGABRT));
    assert!(place.embeds("errors").is_empty());
    place.discord.clear_faults();
    assert!(place.run("panic-in-thread").success());
    assert_eq!(place.titles("activity").len(), 2, "of either run");
    assert_eq!(place.titles("system"), ["⚙️ Unclean end"]);
    let mut panics = panics(&place);
    panics.retain(|panic| *panic != told("fell in thread", "unnamed"));
    panics
}

#[cfg(unix)]
#[test]
fn a_panic_in_the_destructor_of_a_thread_is_told_by_the_next_run() {
    assert_eq!(panics_of_one_that_aborts("panic-in-destructor"), [told("fell in destructor", "unnamed")]);
}

#[cfg(unix)]
#[test]
fn a_panic_within_a_panic_is_told_by_the_next_run_and_what_it_leads_to() {
    let panics = panics_of_one_that_aborts("panic-in-panic");
    let own: Vec<_> = panics.iter().take(2).cloned().collect();
    assert_eq!(own, [told("fell in first", "main"), told("fell in second", "main")]);
    // The third is the standard library's own: it says why the process ends.
    assert_eq!(panics.len(), 3, "{panics:?}");
}
