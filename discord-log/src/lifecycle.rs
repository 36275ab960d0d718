//! From `init` to the end of the guard: starts the two threads, asks them to flush, and stops them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use std::{fmt, io};

use jiff::Timestamp;

use crate::capture::panics;
use crate::config::{Config, ConfigError};
use crate::context;
use crate::event::{Channel, Event, Severity};
use crate::health::{COUNTERS, JournalHealth, Loss, Running as Published, Service, Stock};
use crate::local_log;
use crate::logger::{self, Keep};
use crate::record::{self, Disk, DiskJournal, Journal, MemoryJournal, Now};
use crate::recorder::{Order, Recorder};
use crate::render;
use crate::sender::{Inbox, Input, Reply, Sender as Delivery};

/// Starts the logger with the settings of the environment and of `.env`.
///
/// Starts two threads and returns at once; nothing is sent before. A channel without a webhook is no error: its events
/// go to the local log. Needs no async runtime.
///
/// # Errors
///
/// [`InitError::Config`] lists everything that is wrong with the settings; [`InitError::AlreadyInitialized`] while
/// another guard lives; [`InitError::Thread`] where the system gives no thread.
///
/// # Examples
///
/// ```no_run
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let _discord = discord_log::init()?;
///     discord_log::log_user_action("Invoice generated");
///     Ok(())
/// }
/// ```
pub fn init() -> Result<Guard, InitError> {
    init_with(Config::from_env().build()?)
}

/// Starts the logger with settings made in code.
///
/// # Errors
///
/// [`InitError::AlreadyInitialized`] while another guard lives; [`InitError::Thread`] where the system gives no thread.
///
/// # Examples
///
/// ```no_run
/// use discord_log::Config;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let config = Config::from_env().service("billing").release(env!("CARGO_PKG_VERSION")).build()?;
/// let _discord = discord_log::init_with(config)?;
/// # Ok(())
/// # }
/// ```
pub fn init_with(config: Config) -> Result<Guard, InitError> {
    let mut state = state();
    match &*state {
        State::Idle => {}
        // What the parent of this process had in its queue is the parent's.
        State::Running(running) if !running.is_here() => {
            logger::queue().clear();
            COUNTERS.reset();
        }
        _ => return Err(InitError::AlreadyInitialized),
    }
    let shutdown_timeout = config.shutdown_timeout;
    *state = if config.enabled {
        State::Running(start(config)?)
    } else {
        logger::silence();
        State::SwitchedOff
    };
    Ok(Guard { shutdown_timeout, is_over: false })
}

/// What the process's logger is doing.
enum State {
    /// A guard is ending; its threads still own the queue.
    Ending,
    Idle,
    Running(Running),
    SwitchedOff,
}

/// A logger that runs, in the process that started it: a fork of that process has its memory and none of its threads.
#[derive(Clone)]
struct Running {
    orders: Sender<Order>,
    process: u32,
    #[cfg_attr(not(all(unix, feature = "signals")), expect(dead_code, reason = "the guard knows it as well"))]
    shutdown_timeout: Duration,
}

impl Running {
    fn is_here(&self) -> bool {
        self.process == std::process::id()
    }
}

static STATE: Mutex<State> = Mutex::new(State::Idle);

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn start(mut config: Config) -> Result<Running, InitError> {
    panics::remember();
    context::apply(&config.context);
    announce(&config);
    config.record.dir = directory(&config.record, config.has_webhooks());
    let config = Arc::new(config);
    let queue = logger::queue();
    let (journal, keep) = journal(&config.record);
    let (orders, ordered) = channel();
    let (inbox, inputs) = Inbox::new();
    let mut recorder = Recorder::new(Arc::clone(&config), queue, Arc::clone(&journal), ordered, inbox.clone());
    let published = published(&config, &journal);
    let mut delivery = Delivery::new(Arc::clone(&config), journal, inbox.clone(), inputs);
    spawn("discord-log-send", move || {
        supervise("sends", &mut delivery, Delivery::run, |_| {}, Delivery::give_up);
    })?;
    let recording = spawn("discord-log-record", move || {
        supervise("records", &mut recorder, Recorder::run, Recorder::mend, |recorder| {
            logger::close();
            recorder.give_up();
        });
    });
    if let Err(error) = recording {
        // The other thread must not wait for one that never came.
        inbox.put(Input::Stop { deadline: Instant::now(), reply: Box::new(drop) });
        return Err(error);
    }
    COUNTERS.start(published);
    logger::open(&config.filter, &config.render, keep);
    Ok(Running { orders, process: std::process::id(), shutdown_timeout: config.shutdown_timeout })
}

/// Says where files may be written: nowhere without a webhook to send them to later, and nowhere if it could end this
/// process.
fn directory(settings: &record::Settings, has_webhooks: bool) -> Option<PathBuf> {
    let dir = settings.dir.clone().filter(|_| has_webhooks)?;
    if Disk.largest_file().is_some_and(|limit| limit < settings.most_bytes) {
        // Beyond this limit the system ends the process that writes.
        let text = "the journal is in memory alone, since this process may not write files of DISCORD_JOURNAL_MAX_MB \
                    (`ulimit -f`): raise the limit, or set DISCORD_JOURNAL to `memory`";
        local_log::tell(Severity::Warning, text);
        return None;
    }
    Some(dir)
}

/// Says what runs, and who knows what waits.
fn published(config: &Arc<Config>, journal: &Arc<dyn Journal>) -> Published {
    let render::Settings { service, environment, release, commit, host, .. } = config.render.clone();
    let (process, started_at) = (std::process::id(), Timestamp::now());
    let service = Service { name: service, environment, release, commit, host, process, started_at };
    let (config, journal) = (Arc::clone(config), Arc::clone(journal));
    let ask = move || {
        let directory = config.record.dir.as_ref().map(|dir| dir.display().to_string());
        // Before its first look nothing is known to be wrong.
        let writable = directory.is_some() && (journal.outlives_the_process() || !journal.is_ready());
        let mut stock = Stock { journal: Some(JournalHealth { directory, writable }), ..Stock::default() };
        for load in journal.load() {
            if let Some(webhook) = config.webhook(load.channel) {
                stock.waiting.entry(webhook.id().to_owned()).or_default().add(load.events, load.oldest);
            }
        }
        stock
    };
    Published::new(service, Instant::now(), Arc::new(ask))
}

/// Makes the journal, and what keeps an event after its end.
fn journal(settings: &record::Settings) -> (Arc<dyn Journal>, Option<Keep>) {
    let Some(dir) = settings.dir.clone() else { return (Arc::new(MemoryJournal::new(settings)), None) };
    let settings = settings.clone();
    let open = move || DiskJournal::new(Arc::new(Disk), &dir, record::instance(Timestamp::now()), &settings);
    let journal = Arc::new(open());
    let keep = move |event: &Event| {
        let now = Now { instant: Instant::now(), wall: Timestamp::now() };
        open().keep(event.clone(), now)
    };
    (journal, Some(Arc::new(keep)))
}

/// Detached: the guard waits for the threads' answers with a deadline, never for the threads themselves.
pub(crate) fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), InitError> {
    let body = move || {
        logger::own_this_thread();
        body();
    };
    let thread = thread::Builder::new().name(name.to_owned()).spawn(body);
    thread.map(drop).map_err(InitError::Thread)
}

/// Runs one of our threads' work again when it panics, which is a mistake of ours, and gives it up after three times.
fn supervise<T>(what: &str, work: &mut T, run: fn(&mut T), mend: fn(&mut T), give_up: fn(&mut T)) {
    for strike in 1..=STRIKES {
        if catch_unwind(AssertUnwindSafe(|| run(work))).is_ok() {
            return;
        }
        let next = if strike < STRIKES { "is started again" } else { "is given up, events are written here" };
        local_log::tell(
            Severity::Error,
            &format!("the thread that {what} panicked and {next}; please report it with the lines above"),
        );
        mend(work);
        if strike < STRIKES {
            thread::sleep(REST * strike);
        }
    }
    let _ = catch_unwind(AssertUnwindSafe(|| give_up(work)));
}

/// Says once, before anything is logged, which channels have no webhook.
fn announce(config: &Config) {
    let missing: Vec<_> = Channel::BUILT_IN.iter().filter(|channel| config.webhook(**channel).is_none()).collect();
    if !config.has_webhooks() {
        local_log::tell(
            Severity::Info,
            "no webhook is set, so everything is written here; to see messages as in Discord, run `discord-log-preview` \
             and set the DISCORD_WEBHOOK_… variables that it prints",
        );
    } else {
        for channel in missing {
            let variable = channel.name().to_ascii_uppercase();
            local_log::tell(
                Severity::Info,
                &format!("`{channel}` has no webhook, so its events are written here; set DISCORD_WEBHOOK_{variable}"),
            );
        }
    }
    if config.heartbeat.is_some() && config.webhook(Channel::System).is_none() {
        let text = "there is no heartbeat, since `system` has no webhook; set DISCORD_WEBHOOK_SYSTEM";
        local_log::tell(Severity::Warning, text);
    }
}

/// Keeps the logger running; dropping it delivers what waits, for at most the shutdown timeout.
///
/// What is not delivered by then waits in the journal for the next start; with the journal in memory it is written to the
/// local log and counted. The wait blocks the dropping thread; in async
/// code call [`shutdown`](Self::shutdown) from `spawn_blocking`, or [`flush_async`] before, if that matters.
///
/// # Examples
///
/// ```no_run
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let _discord = discord_log::init()?; // `_` alone would drop it at once
///     discord_log::log_user_action("Invoice generated");
///     Ok(())
/// } // delivered here
/// ```
#[derive(Debug)]
#[must_use = "dropping the guard ends the logger: bind it to a name such as `_discord`"]
pub struct Guard {
    shutdown_timeout: Duration,
    is_over: bool,
}

impl Guard {
    /// Ends the logger: delivers what waits, for at most `timeout`, and says what came of it. Blocks the calling thread.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let discord = discord_log::init()?;
    /// discord_log::log_user_action("Invoice generated");
    /// let drained = discord.shutdown(Duration::from_secs(5));
    /// assert_eq!(drained.left, 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn shutdown(mut self, timeout: Duration) -> Drained {
        self.end(timeout, "The guard was shut down")
    }

    fn end(&mut self, timeout: Duration, reason: &str) -> Drained {
        if std::mem::replace(&mut self.is_over, true) { Drained::default() } else { end(timeout, reason) }
    }
}

/// Ends the logger that runs, if one does in this process, for a reason.
fn end(timeout: Duration, reason: &str) -> Drained {
    if matches!(&*state(), State::Running(running) if !running.is_here()) {
        // The guard of the parent, in a fork: the threads it speaks to are not here.
        return Drained::default();
    }
    let (delivered, lost) = (COUNTERS.delivered(), COUNTERS.lost(Loss::Shutdown));
    // The lock is not held while waiting, so that nobody waits for it.
    let ending = std::mem::replace(&mut *state(), State::Ending);
    if let State::Running(Running { orders, .. }) = ending {
        logger::close();
        let (reply, is_settled) = reply();
        send(&orders, Order::Stop { deadline: Instant::now() + timeout, reason: reason.to_owned(), reply });
        let _ = is_settled.recv_timeout(timeout + GRACE);
        COUNTERS.stop();
    }
    *state() = State::Idle;
    Drained {
        delivered: COUNTERS.delivered() - delivered,
        left: COUNTERS.lost(Loss::Shutdown) - lost + crate::health().waiting,
    }
}

/// Ends the logger as dropping its guard would; the guard then finds nothing to end.
#[cfg(all(unix, feature = "signals"))]
pub(crate) fn end_in_time(reason: &str) {
    let timeout = match &*state() {
        State::Running(running) => running.shutdown_timeout,
        _ => return,
    };
    end(timeout, reason);
}

impl Drop for Guard {
    fn drop(&mut self) {
        let reason = if thread::panicking() { "A panic dropped the guard" } else { "The guard was dropped" };
        self.end(self.shutdown_timeout, reason);
    }
}

/// Waits until everything that was accepted before the call is delivered, except what belongs to closed webhooks.
///
/// Blocks the calling thread; in async code use [`flush_async`].
///
/// # Errors
///
/// [`FlushError::NotRunning`] without a guard; [`FlushError::TimedOut`] if it takes longer than `timeout`: what waits
/// goes on waiting.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use discord_log::FlushError;
///
/// assert_eq!(discord_log::flush(Duration::from_secs(1)), Err(FlushError::NotRunning));
/// ```
pub fn flush(timeout: Duration) -> Result<Drained, FlushError> {
    let Some(orders) = order_book()? else { return Ok(Drained::default()) };
    let before = COUNTERS.delivered();
    let (reply, is_settled) = reply();
    send(&orders, flush_order(timeout, reply));
    flushed(is_settled.recv_timeout(timeout + GRACE).unwrap_or(false), before)
}

/// Waits like [`flush`], without blocking the thread; works on any executor.
///
/// # Errors
///
/// The same as [`flush`].
///
/// # Examples
///
/// ```no_run
/// use std::time::Duration;
///
/// async fn finish() -> Result<(), discord_log::FlushError> {
///     discord_log::flush_async(Duration::from_secs(5)).await?;
///     Ok(())
/// }
/// ```
pub async fn flush_async(timeout: Duration) -> Result<Drained, FlushError> {
    let Some(orders) = order_book()? else { return Ok(Drained::default()) };
    let before = COUNTERS.delivered();
    let (reply, is_settled) = tokio::sync::oneshot::channel();
    let reply = move |is_settled| {
        // Whoever asked may have stopped waiting.
        let _ = reply.send(is_settled);
    };
    send(&orders, flush_order(timeout, Box::new(reply)));
    flushed(is_settled.await.unwrap_or(false), before)
}

/// Gives nothing where logging is switched off: then there is nothing to wait for.
fn order_book() -> Result<Option<Sender<Order>>, FlushError> {
    match &*state() {
        State::Running(running) if running.is_here() => Ok(Some(running.orders.clone())),
        State::SwitchedOff => Ok(None),
        State::Ending | State::Idle | State::Running(_) => Err(FlushError::NotRunning),
    }
}

fn reply() -> (Reply, Receiver<bool>) {
    let (reply, replied) = sync_channel(1);
    let reply = move |is_settled| {
        // Whoever asked may have stopped waiting.
        let _ = reply.try_send(is_settled);
    };
    (Box::new(reply), replied)
}

fn flush_order(timeout: Duration, reply: Reply) -> Order {
    Order::Flush { accepted: COUNTERS.accepted(), deadline: Instant::now() + timeout, reply }
}

fn send(orders: &Sender<Order>, order: Order) {
    // A recorder that is gone drops the order, and with it the reply: the wait ends at once.
    let _ = orders.send(order);
    logger::queue().wake();
}

fn flushed(is_settled: bool, delivered_before: u64) -> Result<Drained, FlushError> {
    if is_settled {
        Ok(Drained { delivered: COUNTERS.delivered() - delivered_before, left: 0 })
    } else {
        Err(FlushError::TimedOut { waiting: crate::health().waiting })
    }
}

/// What came of waiting.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Drained {
    /// Events that were delivered meanwhile.
    pub delivered: u64,
    /// Events that could not be delivered in time.
    pub left: u64,
}

/// Why the logger does not run.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum InitError {
    /// Another guard lives.
    #[error("the logger runs already: keep the guard of the first `init` and drop it before another")]
    AlreadyInitialized,
    /// Some settings are wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The system gave no thread.
    #[error("no thread can be started for the logger")]
    Thread(#[source] io::Error),
}

/// Like `Display`: a `main` that returns the error prints this.
impl fmt::Debug for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a flush did not complete.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FlushError {
    /// There is no guard.
    #[error("the logger does not run: call `init` first and keep its guard")]
    NotRunning,
    /// It takes longer; what waits goes on waiting.
    #[error("not everything was delivered in time: {waiting} events still wait")]
    TimedOut {
        /// Events still on their way.
        waiting: u64,
    },
}

/// Panics after which a thread is given up.
const STRIKES: u32 = 3;
/// How long a thread rests after its first panic.
const REST: Duration = Duration::from_millis(500);
/// What the threads may take beyond a deadline to answer that it is over.
const GRACE: Duration = Duration::from_millis(250);
