//! A local Discord, a journal directory, and the children that share both.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{env, fs, process};

use discord_log_preview::{Builder, Discord, Limits, Message, Rate};

use crate::ledger::{Verdict, titles, told_in};
use crate::program::{Notes, Program};

pub(crate) const CHANNELS: [&str; 4] = ["finance", "errors", "system", "activity"];

pub(crate) struct World {
    pub(crate) discord: Discord,
    pub(crate) journal: PathBuf,
    pub(crate) notes: Notes,
    variables: BTreeMap<String, String>,
    /// How many messages stood in each channel when each child was started.
    lives: Vec<BTreeMap<&'static str, usize>>,
}

impl World {
    /// Starts without limits that a test would meet.
    pub(crate) fn start() -> Self {
        let generous = Limits::unlimited().bucket(Rate::new(10_000, Duration::from_secs(1)));
        let mut world = Self::with(Discord::builder().limits(generous));
        world.set("DISCORD_RATE_LIMIT", "6000");
        world
    }

    pub(crate) fn with(builder: Builder) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let journal = env::temp_dir().join(format!("journal-of-a-test-{}-{number}", process::id()));
        fs::create_dir_all(&journal).expect("a folder");
        let discord = builder.history(1_000_000).start().expect("a local Discord");
        let variables = discord.settings().into_iter().collect();
        let mut world = Self { discord, journal, notes: Notes::default(), variables, lives: Vec::new() };
        world.set("DISCORD_SERVICE", "survivor");
        world.set("DISCORD_RETRY_DELAY", "0.1");
        world.set("DISCORD_RETRY_ATTEMPTS", "100");
        world
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn unset(&mut self, name: &str) {
        self.variables.remove(name);
    }

    /// Starts a child whose events are called after `tag`, which no other child of this world may have.
    pub(crate) fn program(&mut self, tag: &str) -> Program {
        self.program_of(Command::new(SURVIVOR), tag)
    }

    /// Starts a child by way of another program.
    pub(crate) fn program_of(&mut self, mut command: Command, tag: &str) -> Program {
        self.lives.push(CHANNELS.iter().map(|channel| (*channel, self.discord.messages(channel).len())).collect());
        for (name, _) in env::vars().filter(|(name, _)| name.starts_with("DISCORD_")) {
            command.env_remove(name);
        }
        command.arg(tag).current_dir("/").env("DISCORD_JOURNAL", &self.journal).envs(&self.variables);
        Program::start(command, &self.notes)
    }

    /// Starts a child that delivers what others left, and ends as it should.
    pub(crate) fn drain(&mut self, tag: &str) {
        let mut last = self.program(tag);
        last.expect_ready();
        last.flush();
        assert!(last.end("drop").success());
    }

    /// What waits in the journal as files.
    pub(crate) fn waiting(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        find_files(&self.journal, &mut files);
        let is_chunk = |file: &PathBuf| {
            let is_archived = file.iter().any(|part| {
                ["history", "dead", "quarantine", "problems", "open-messages"].iter().any(|name| part == *name)
            });
            !is_archived && file.extension().is_some_and(|kind| kind == "jsonl")
        };
        files.retain(is_chunk);
        files
    }

    /// The events that wait in the journal as files.
    pub(crate) fn waiting_titles(&self) -> Vec<String> {
        let texts = self.waiting().into_iter().filter_map(|file| fs::read_to_string(file).ok());
        texts.flat_map(|text| titles(&text).collect::<Vec<_>>()).collect()
    }

    /// The events that stand in a channel, in their order there.
    pub(crate) fn told(&self, channel: &str) -> Vec<String> {
        let messages = self.discord.messages(channel);
        messages.iter().flat_map(told_in).map(|(title, _)| title).collect()
    }

    /// Waits until so many events stand in a channel.
    pub(crate) fn wait_for_told(&self, channel: &str, events: usize, at_most: Duration) -> bool {
        self.discord.wait_for(|_| self.told(channel).len() >= events, at_most)
    }

    pub(crate) fn stderr(&self) -> String {
        self.notes.read().stderr.clone()
    }

    /// Judges what was delivered, where everything that was issued is owed.
    pub(crate) fn judge_all(&self) -> Verdict {
        self.notes.read().ledger.oblige_all();
        self.judge()
    }

    /// Judges what was delivered; whatever happened, no address of a webhook is anywhere but in requests.
    pub(crate) fn judge(&self) -> Verdict {
        self.check_that_no_secret_is_told();
        let channels: BTreeMap<&'static str, Vec<Message>> =
            CHANNELS.iter().map(|channel| (*channel, self.discord.messages(channel))).collect();
        self.notes.read().ledger.judge(&channels, &self.lives)
    }

    fn check_that_no_secret_is_told(&self) {
        let urls = CHANNELS.iter().flat_map(|channel| self.discord.webhook_urls(channel));
        let urls = urls.chain(self.variables.values().filter(|value| value.contains("/webhooks/")).cloned());
        let tokens: Vec<_> = urls.filter_map(|url| url.rsplit('/').next().map(str::to_owned)).collect();
        assert!(tokens.iter().all(|token| token.len() > 10), "a secret that is looked for must be one");
        let mut files = Vec::new();
        find_files(&self.journal, &mut files);
        let written = self.notes.read();
        for token in &tokens {
            assert!(!written.stdout.contains(token), "a secret on stdout");
            assert!(!written.stderr.contains(token), "a secret on stderr");
            for file in &files {
                assert!(!file.to_string_lossy().contains(token), "a secret in a name");
                let text = fs::read(file).unwrap_or_default();
                assert!(!String::from_utf8_lossy(&text).contains(token), "a secret in {}", file.display());
            }
        }
    }
}

impl Program {
    pub(crate) fn expect_ready(&mut self) {
        let answer = self.answer();
        assert_eq!(answer, "ready");
    }

    /// Logs so many events to a channel, or to all of them in turn, and waits until all stand in files.
    pub(crate) fn log_and_save(&mut self, channel: &str, events: usize) {
        self.expect(&format!("log {channel} {events}"), "done");
        self.expect("saved", "saved");
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // What is left over in a temporary folder is no reason to fail.
        let _ = fs::remove_dir_all(&self.journal);
    }
}

fn find_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { find_files(&path, files) } else { files.push(path) }
    }
}

/// Numbers that look random and are the same for the same seed.
pub(crate) struct Numbers(u64);

impl Numbers {
    /// Takes the seed from `ENDURANCE_SEED`, or a new one, and tells it.
    pub(crate) fn new(what: &str) -> Self {
        let now = || std::time::SystemTime::UNIX_EPOCH.elapsed().map(|time| time.as_nanos() as u64).unwrap_or_default();
        let seed = env::var("ENDURANCE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(now);
        println!("{what}: ENDURANCE_SEED={seed}");
        Self(seed)
    }

    pub(crate) fn split(&mut self) -> Self {
        Self(self.next())
    }

    /// Source: SplitMix64, <https://prng.di.unimi.it/splitmix64.c>.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn of(&mut self, range: Range<u64>) -> u64 {
        range.start + self.next() % (range.end - range.start)
    }
}

pub(crate) const SURVIVOR: &str = env!("CARGO_BIN_EXE_survivor");
