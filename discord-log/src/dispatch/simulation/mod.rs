//! Journal, dispatch and engine against a model of Discord, on a disk in memory, in virtual time: random traffic, outages,
//! limits of every kind, clock jumps, kills, power cuts and restarts, and a judge at the end.
//!
//! A failing seed prints itself; `SIMULATION_SEED=<number> cargo test -p discord-log simulation` runs it alone.

mod discord;
mod ends;
mod failures;
mod judge;

use std::collections::VecDeque;
use std::num::NonZero;
use std::panic::catch_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};
use std::thread;

use fastrand::Rng;
use jiff::Timestamp;

use self::discord::{Discord, Fault, Reply};
use self::failures::{COUNTED, EDITED, Failed, JUDGED, RECOVERED};
use super::*;
use crate::record::{DiskJournal, Failing, PowerCut, Settings, Storage};

/// Seeds that are run.
const SEEDS: u64 = 10_000;
/// What a token of a webhook looks like here; it may be nowhere but in a request.
const CANARY: &str = "c4nary-Token";

#[test]
fn ten_thousand_bad_days_lose_nothing() {
    let seeds = match std::env::var("SIMULATION_SEED") {
        Ok(seed) => seed.parse().map_or(0..SEEDS, |seed: u64| seed..seed + 1),
        Err(_) => 0..SEEDS,
    };
    let next = AtomicU64::new(seeds.start);
    let failed = Mutex::new(Vec::new());
    let threads = thread::available_parallelism().map_or(2, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let seed = next.fetch_add(1, Ordering::Relaxed)
                    && seed < seeds.end
                {
                    if catch_unwind(|| World::new(seed).run()).is_err() {
                        failed.lock().expect("no other panic").push(seed);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().expect("no other panic");
    assert!(failed.is_empty(), "SIMULATION_SEED={} and {} others fail", failed[0], failed.len() - 1);
    let [recovered, edited, judged, counted] =
        [&RECOVERED, &EDITED, &JUDGED, &COUNTED].map(|count| count.load(Ordering::Relaxed));
    println!("{recovered} recoveries shown, {edited} edits, all in {judged} good days; {counted} problems counted");
    let is_seldom =
        seeds.end - seeds.start == SEEDS && (recovered < 50_000 || edited < 10_000 || judged < 300 || counted < 5_000);
    assert!(!is_seldom, "{recovered} recoveries, {edited} edits, {judged} good days: they test nothing");
}

/// One process after the other, their disk and their Discord.
struct World {
    seed: u64,
    random: Rng,
    started: Instant,
    now: Now,
    disk: PowerCut,
    storage: Failing,
    is_renewed: bool,
    process: Process,
    discord: Discord,
    flights: BTreeMap<(Instant, u64), Flight>,
    plan: VecDeque<(Instant, Action)>,
    issued: BTreeMap<u32, Issued>,
    crashes: u32,
    faults: Vec<Fault>,
    said: String,
    has_breakers: bool,
    /// People delete messages or webhooks.
    deletes: bool,
    /// Something that is told later is refused, with all that stands in its message.
    refuses: bool,
}

struct Process {
    number: u32,
    journal: Arc<DiskJournal>,
    dispatch: Dispatch,
    counters: &'static Counters,
    looks_at: Option<Instant>,
}

#[derive(Clone, Copy, Debug)]
struct Issued {
    at: Instant,
    is_urgent: bool,
    is_buried: bool,
    /// Lost with a crash before it was due to be on the disk.
    is_excused: bool,
    /// Written by a process that was killed before it synced it.
    is_unsynced: bool,
    /// Seen in the process that took it.
    of: u32,
    failing: Option<Failed>,
    /// One of few that occur again and again.
    problem: Option<char>,
    calls: u64,
}

#[derive(Clone, Copy, Debug)]
enum Action {
    Log(u32),
    Break(Option<usize>, Fault, Duration),
    Kill,
    CutPower,
    EndWell,
    Jump(i64),
    Delete(usize),
    DeleteMessage,
    Tell(u32),
}

enum Flight {
    Introduce(Introduction, Answer),
    Post(Permit, Answer),
}

/// Settings with one webhook a channel, and again with new addresses.
fn config(is_renewed: bool) -> Arc<Config> {
    static CONFIGS: LazyLock<[Arc<Config>; 2]> = LazyLock::new(|| {
        ["old", "new"].map(|age| {
            let mut builder = Config::builder().service("simulation").journal("/journal").queue_size(3);
            for (number, channel) in CHANNELS.into_iter().enumerate() {
                let address = format!("https://discord.com/api/webhooks/{}/{CANARY}-{age}", number + 1);
                builder = builder.webhook(channel, address);
            }
            Arc::new(builder.build().expect("settings"))
        })
    });
    Arc::clone(&CONFIGS[usize::from(is_renewed)])
}

/// An event's number modulo their count is its channel.
const CHANNELS: [Channel; 4] = [Channel::System, Channel::Finance, Channel::Errors, Channel::Activity];

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let started = Instant::now();
        let now = Now { instant: started, wall: Timestamp::new(1_777_629_600, 0).expect("a moment") };
        let disk = PowerCut::default();
        let storage = Failing::new(disk.clone(), 0..0, false);
        let channels = if random.u8(..3) == 0 { [0, 1, 0, 3] } else { [0, 1, 2, 3] };
        let discord = Discord::new(seed, &channels);
        let process = Process::start(1, &storage, config(false), now, seed);
        let mut world = Self {
            seed,
            random,
            started,
            now,
            disk,
            storage,
            is_renewed: false,
            process,
            discord,
            flights: BTreeMap::new(),
            plan: VecDeque::new(),
            issued: BTreeMap::new(),
            crashes: 0,
            faults: Vec::new(),
            said: String::new(),
            has_breakers: false,
            deletes: false,
            refuses: false,
        };
        world.plan();
        world
    }

    /// Decides what happens when.
    fn plan(&mut self) {
        let random = &mut self.random;
        let length = random.u64(20..400);
        let mut plan = Vec::new();
        for _ in 0..random.u32(3..10) {
            let count = if random.u8(..12) == 0 { random.u32(30..90) } else { random.u32(1..6) };
            plan.push((random.u64(..length * 1_000), Action::Log(count)));
        }
        for _ in 0..random.u32(..4) {
            let whom = (random.u8(..3) == 0).then(|| random.usize(..CHANNELS.len()));
            let fault = Fault::random(random);
            self.faults.push(fault);
            let lasts = Duration::from_millis(if random.u8(..10) == 0 { 3_600_000 } else { random.u64(50..90_000) });
            plan.push((random.u64(..length * 1_000), Action::Break(whom, fault, lasts)));
        }
        for _ in 0..random.u32(..3) {
            let end = match random.u8(..5) {
                0 => Action::EndWell,
                1 => Action::CutPower,
                _ => Action::Kill,
            };
            plan.push((random.u64(..length * 1_000), end));
        }
        if random.u8(..4) == 0 {
            let day = if random.bool() { 86_400 } else { -86_400 };
            plan.push((random.u64(..length * 1_000), Action::Jump(day)));
        }
        if random.u8(..8) == 0 {
            plan.push((random.u64(..length * 1_000), Action::Delete(random.usize(..CHANNELS.len()))));
        }
        if random.u8(..6) == 0 {
            plan.extend((0..20).map(|_| (random.u64(..length * 1_000), Action::DeleteMessage)));
        }
        self.deletes = plan.iter().any(|(_, what)| matches!(what, Action::Delete(_) | Action::DeleteMessage));
        plan.sort_by_key(|(at, _)| *at);
        self.plan = plan.into_iter().map(|(at, what)| (self.started + Duration::from_millis(at), what)).collect();
    }

    fn run(mut self) {
        self.run_until(None);
        self.discord.mend();
        let until = self.now.instant + self.longest_pause();
        let fresh = self.log_one(Channel::Errors, Severity::Critical);
        self.look_soon();
        self.run_until(Some(until));
        self.judge_freshness(fresh);
        self.run_until(Some(self.now.instant + Duration::from_secs(3 * 3_600)));
        if self.discord.webhooks.iter().any(|webhook| webhook.is_deleted) {
            // People do what they were told: a new webhook, and a restart.
            self.judge_closed();
            self.is_renewed = true;
            self.discord.webhooks.iter_mut().for_each(|webhook| webhook.is_deleted = false);
            self.die(Action::EndWell);
            self.run_until(Some(self.now.instant + Duration::from_secs(3 * 3_600)));
        }
        self.judge();
    }

    /// Lets things happen until nothing is planned any more, or until a moment.
    fn run_until(&mut self, until: Option<Instant>) {
        let mut wake = self.dispatch();
        loop {
            let planned = if until.is_none() { self.plan.front().map(|(at, _)| *at) } else { None };
            let landed = self.flights.first_key_value().map(|((at, _), _)| *at);
            let next = [planned, landed, self.process.looks_at, wake].into_iter().flatten().min();
            let Some(next) = next.filter(|next| until.is_none_or(|until| *next <= until)) else { break };
            if until.is_none() && planned.is_none() {
                break;
            }
            let step = next.saturating_duration_since(self.now.instant);
            self.now.instant += step;
            self.now.wall += step;
            if planned == Some(next)
                && let Some((_, action)) = self.plan.pop_front()
            {
                self.act(action);
            } else if landed == Some(next) {
                self.land();
            } else if self.process.looks_at == Some(next) {
                self.look();
            }
            wake = self.dispatch();
        }
        if let Some(until) = until {
            let step = until.saturating_duration_since(self.now.instant);
            self.now.instant += step;
            self.now.wall += step;
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Log(count) => {
                for _ in 0..count {
                    let channel = CHANNELS[self.random.usize(..CHANNELS.len())];
                    let severity = match (channel, self.random.u8(..10)) {
                        (Channel::Errors, _) | (_, 0) => Severity::Error,
                        (_, 1..=2) => Severity::Warning,
                        _ => Severity::Info,
                    };
                    self.log_one(channel, severity);
                }
                self.look_soon();
            }
            Action::Break(whom, fault, lasts) => self.discord.faults.push((whom, fault, self.now.instant + lasts)),
            Action::Jump(seconds) => self.now.wall += jiff::SignedDuration::from_secs(seconds),
            Action::Delete(webhook) => self.discord.webhooks[webhook].is_deleted = true,
            Action::DeleteMessage => self.discord.delete_message(),
            Action::Tell(number) => self.tell(number),
            end => self.die(end),
        }
    }

    fn log_one(&mut self, channel: Channel, severity: Severity) -> u32 {
        let offset = CHANNELS.iter().position(|known| *known == channel).unwrap_or_default() as u32;
        let number = self.issued.len() as u32 * 4 + offset;
        let problem = self.any_problem(channel, severity);
        let text = if problem.is_some() { "fine" } else { self.any_text() };
        let what = problem.map_or_else(|| in_letters(number), |problem| format!("problem {problem}"));
        let mut event = Event::system_event(format!("No. {number} of many"), format!("{text} {what}"));
        event.stamp(self.now.wall);
        let mut event = event.in_channel(channel).with_severity(severity);
        let mut failing = None;
        // The fresh one comes when nothing is planned any more; of a problem only the newest occurrence is shown.
        if severity < Severity::Critical && problem.is_none() {
            (event, failing) = self.raise(number, event);
        }
        let repeats = if self.random.u8(..20) == 0 { self.random.u64(1..9) } else { 0 };
        if repeats > 0 {
            event = event.repeated(repeats);
        }
        (0..=repeats).for_each(|_| self.process.counters.accept_own());
        let calls = self.storage.calls();
        let shed = self.process.journal.append(&mut std::iter::once(event), self.now.instant);
        assert_eq!(self.storage.calls(), calls, "seed {}: a log call touched the disk", self.seed);
        assert_eq!(shed, 0, "seed {}", self.seed);
        let is_urgent = severity >= Severity::Error && channel != Channel::Finance;
        let issued = Issued {
            at: self.now.instant,
            is_urgent,
            is_buried: text != "fine",
            is_excused: false,
            is_unsynced: false,
            of: self.process.number,
            failing,
            problem,
            calls: 1 + repeats,
        };
        self.issued.insert(number, issued);
        number
    }

    /// Of what is grouped, a part occurs again and again.
    fn any_problem(&mut self, channel: Channel, severity: Severity) -> Option<char> {
        let is_grouped = channel != Channel::Finance && (Severity::Warning..Severity::Critical).contains(&severity);
        (is_grouped && self.random.u8(..3) == 0).then(|| if self.random.bool() { 'a' } else { 'b' })
    }

    /// Most are taken; some are refused, and some break the server.
    fn any_text(&mut self) -> &'static str {
        let (is_poison, is_breaker) = (self.random.u8(..60) == 0, self.random.u16(..400) == 0);
        self.has_breakers |= is_breaker && !is_poison;
        match (is_poison, is_breaker) {
            (true, _) => "poison",
            (false, true) => "breaker",
            (false, false) => "fine",
        }
    }

    /// The recorder wakes in a moment.
    fn look_soon(&mut self) {
        let soon = self.now.instant + Duration::from_micros(self.random.u64(..10_000));
        self.process.looks_at = Some(self.process.looks_at.map_or(soon, |at| at.min(soon)));
    }

    fn look(&mut self) {
        let persisted = self.process.journal.persist(self.now, false);
        assert_eq!(persisted.evicted, 0, "seed {}", self.seed);
        assert!(self.disk.was_cut() || persisted.damaged == 0, "seed {}", self.seed);
        self.process.counters.adopt(persisted.adopted);
        self.process.counters.lose(Loss::JournalDamaged, persisted.damaged);
        self.process.looks_at = persisted.again;
        assert!(self.process.journal.most_hot() <= MOST_HOT, "seed {}: memory is bounded", self.seed);
    }

    /// Lets the process send what it may.
    fn dispatch(&mut self) -> Option<Instant> {
        let (requests, wake) = self.process.dispatch.next(self.now);
        for request in requests {
            let (flight, after) = match request {
                Request::Send { permit, edited, body, .. } => {
                    let webhook = self.webhook_of(permit.lane());
                    let Reply { answer, after } =
                        self.discord.take(webhook, edited.as_deref(), &body, self.now.instant);
                    (Flight::Post(permit, answer), after)
                }
                Request::Introduce { introduction, .. } => {
                    let webhook = self.webhook_of(introduction.lane());
                    let Reply { answer, after } = self.discord.tell(webhook, self.now.instant);
                    (Flight::Introduce(introduction, answer), after)
                }
            };
            let number = self.random.u64(..);
            self.flights.insert((self.now.instant + after, number), flight);
        }
        self.hear();
        wake
    }

    fn webhook_of(&self, lane: LaneId) -> usize {
        let is_its = |channel: &Channel| self.process.dispatch.lane_of(*channel) == Some(lane);
        CHANNELS.iter().position(is_its).expect("a webhook")
    }

    fn land(&mut self) {
        match self.flights.pop_first() {
            Some((_, Flight::Post(permit, answer))) => self.process.dispatch.answered(permit, &answer, self.now),
            Some((_, Flight::Introduce(introduction, answer))) => {
                self.process.dispatch.introduced(introduction, &answer, self.now);
            }
            None => {}
        }
        self.hear();
        self.look_soon();
    }

    fn hear(&mut self) {
        for said in self.process.dispatch.said() {
            match said {
                Said::Told(_, text) => self.said.push_str(&text),
                Said::Event(event) => self.said.push_str(&format!("{event:?}")),
            }
        }
    }

    /// The longest that a process waits by itself for what is wrong to be mended.
    fn longest_pause(&self) -> Duration {
        let pause = |fault: &Fault| match fault {
            Fault::Bans | Fault::RefusesAgent => 2 * 3_600,
            Fault::Status { status: 404, .. } => 600,
            _ => 75,
        };
        // Without a fault, the budget of a minute may be used up.
        Duration::from_secs(self.faults.iter().map(pause).max().unwrap_or(60) + 2)
    }
}

impl Process {
    fn start(number: u32, storage: &Failing, config: Arc<Config>, now: Now, seed: u64) -> Self {
        let storage: Arc<dyn Storage> = Arc::new(storage.clone());
        let settings = Settings { namespace: "simulation@".to_owned(), ..config.record.clone() };
        let journal = Arc::new(DiskJournal::new(storage, Path::new("/journal"), format!("{number:05}"), &settings));
        let counters: &'static Counters = Box::leak(Box::new(Counters::new()));
        let shared: Arc<dyn Journal> = Arc::<DiskJournal>::clone(&journal);
        let dispatch = Dispatch::new(config, shared, counters, seed, now.instant);
        Self { number, journal, dispatch, counters, looks_at: Some(now.instant) }
    }
}

/// A number that makes a problem of its own.
fn in_letters(number: u32) -> String {
    number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}

/// Ten times the size of the queue, and a file that is read beside it.
const MOST_HOT: usize = 150;
