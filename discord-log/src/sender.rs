//! The driver between the journal and Discord: a thread with a runtime of its own, so that no runtime of the host's can
//! stop it. It sends the requests that [`Dispatch`] decides on, and brings it the answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::{timeout, timeout_at};

use crate::config::Config;
use crate::dispatch::{Dispatch, Request, Said};
use crate::event::Severity;
use crate::health::COUNTERS;
use crate::host_budget::{HostBudget, Reservation, Reserved};
use crate::local_log;
use crate::logger;
use crate::record::{Journal, Now, Seq};
use crate::send::{Answer, Client, Finished, Introduction, Limits, Permit};
use crate::testing;

/// Answers whoever waits: whether everything was settled in time.
pub(crate) type Reply = Box<dyn FnOnce(bool) + Send>;

/// What reaches the sender.
pub(crate) enum Input {
    /// The answer to a message, and with how many processes its budget could not be agreed on.
    Answered { permit: Permit, answer: Answer, sharers: Option<usize> },
    /// The journal has something new.
    Appended,
    /// The budget of all processes holds a message back.
    Deferred { permit: Permit, until: Instant },
    /// The answer to which channel a webhook belongs to.
    Introduced { introduction: Introduction, answer: Answer },
    /// Answer when all entries up to a number are settled, but those of closed webhooks.
    Flush { upto: Seq, deadline: Instant, reply: Reply },
    /// Settle what can be settled until the deadline, and end.
    Stop { deadline: Instant, reply: Reply },
}

/// Where the sender gets its input from; never blocks.
#[derive(Clone)]
pub(crate) struct Inbox {
    inputs: mpsc::UnboundedSender<Input>,
    /// A notice of new entries is under way, so that a flood sends one and not thousands.
    is_noticed: Arc<AtomicBool>,
    /// There is nobody who reads any more.
    is_broken: Arc<AtomicBool>,
}

impl Inbox {
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Input>) {
        let (inputs, received) = mpsc::unbounded_channel();
        (Self { inputs, is_noticed: Arc::default(), is_broken: Arc::default() }, received)
    }

    /// Says that the journal has something new.
    pub(crate) fn notice(&self) {
        if !self.is_noticed.swap(true, Ordering::AcqRel) {
            self.put(Input::Appended);
        }
    }

    /// Hands an input over; if the sender has ended, nobody waits for it.
    pub(crate) fn put(&self, input: Input) {
        let _ = self.inputs.send(input);
    }

    /// Says whether the sender is gone for good.
    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::Relaxed)
    }
}

/// Brings what the journal holds to Discord.
pub(crate) struct Sender {
    config: Arc<Config>,
    dispatch: Dispatch,
    client: Option<Client>,
    budget: Option<Arc<HostBudget>>,
    /// Until when a budget on a disk that hangs is not asked.
    budget_rests_until: Option<Instant>,
    inbox: Inbox,
    inputs: mpsc::UnboundedReceiver<Input>,
    flushes: Vec<(Seq, Instant, Reply)>,
    stop: Option<(Instant, Reply)>,
}

impl Sender {
    pub(crate) fn new(
        config: Arc<Config>,
        journal: Arc<dyn Journal>,
        inbox: Inbox,
        inputs: mpsc::UnboundedReceiver<Input>,
    ) -> Self {
        let dispatch = Dispatch::new(Arc::clone(&config), journal, &COUNTERS, fastrand::u64(..), Instant::now());
        let budget = config.record.dir.as_ref().map(|dir| Arc::new(HostBudget::new(&dir.join("v1/budget"))));
        Self {
            config,
            dispatch,
            client: None,
            budget,
            budget_rests_until: None,
            inbox,
            inputs,
            flushes: Vec::new(),
            stop: None,
        }
    }

    /// Runs on the calling thread until it is told to stop; may be run again after a panic.
    pub(crate) fn run(&mut self) {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().on_thread_start(logger::own_this_thread).build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(error) => {
                self.inbox.is_broken.store(true, Ordering::Relaxed);
                return local_log::tell(Severity::Error, &format!("nothing can be sent: no runtime ({error})"));
            }
        };
        runtime.block_on(async {
            self.connect();
            self.serve().await;
        });
        // A name look-up that hangs cannot be cancelled, and must not hold up the program's end.
        runtime.shutdown_background();
    }

    /// Builds the client, off the caller's thread; without one every webhook's events stay here.
    fn connect(&mut self) {
        let needs_tls = self.config.all_webhooks().any(|webhook| webhook.needs_tls());
        match Client::new(self.config.send.timeout, needs_tls) {
            Ok(client) => self.client = Some(client),
            Err(error) => {
                self.inbox.is_broken.store(true, Ordering::Relaxed);
                let reason = format!("nothing can be sent, events are written here instead: {error}");
                self.dispatch.close_all(&reason, Instant::now());
            }
        }
    }

    async fn serve(&mut self) {
        loop {
            testing::fail_point(testing::Part::Sender);
            self.dispatch.hurry(self.stop.is_some() || !self.flushes.is_empty());
            let (requests, wake) = self.dispatch.next(now());
            requests.into_iter().for_each(|request| self.send(request));
            let flush = self.answer_flushes(Instant::now());
            self.say();
            if self.ends(Instant::now()) {
                return;
            }
            let stop = self.stop.as_ref().map(|(deadline, _)| *deadline);
            let wake = [wake, flush, stop].into_iter().flatten().min();
            let wake = wake.unwrap_or_else(|| Instant::now() + LONGEST_SLEEP);
            match timeout_at(wake.into(), self.inputs.recv()).await {
                Ok(Some(Input::Answered { permit, answer, sharers })) => {
                    self.share_with(sharers);
                    self.dispatch.answered(permit, &answer, now());
                    logger::queue().settle();
                }
                Ok(Some(Input::Introduced { introduction, answer })) => {
                    self.dispatch.introduced(introduction, &answer, now());
                }
                Ok(Some(Input::Deferred { permit, until })) => self.dispatch.deferred(permit, until),
                // Cleared before the journal is looked at: what comes after that look is noticed again.
                Ok(Some(Input::Appended)) => self.inbox.is_noticed.store(false, Ordering::Release),
                Err(_) => {}
                Ok(Some(Input::Flush { upto, deadline, reply })) => self.flushes.push((upto, deadline, reply)),
                Ok(Some(Input::Stop { deadline, reply })) => {
                    self.dispatch.end_heartbeat(Instant::now());
                    self.stop = Some((deadline, reply));
                }
                Ok(None) => return,
            }
        }
    }

    /// Starts a request.
    fn send(&mut self, request: Request) {
        // Without a client every lane is closed.
        let Some(client) = self.client.clone() else { return };
        let inbox = self.inbox.clone();
        let is_asked = self.budget_rests_until.is_none_or(|until| until <= Instant::now());
        let host = self.budget.clone().filter(|_| is_asked);
        match request {
            Request::Introduce { introduction, budgets } => {
                tokio::spawn(async move {
                    let answer = match Share::ask(host, budgets).await {
                        Share::None { until: Some(_) } => unheard(),
                        share => {
                            let answer = client.introduce(&introduction).await;
                            share.finish(&answer);
                            answer
                        }
                    };
                    inbox.put(Input::Introduced { introduction, answer });
                });
            }
            Request::Send { permit, edited, thread, body, budgets } => {
                let mut flight = Flight { permit: Some(permit), sharers: None, inbox };
                tokio::spawn(async move {
                    let share = Share::ask(host, budgets).await;
                    match &share {
                        Share::None { until: Some(until) } => return flight.defer(*until),
                        Share::Unknown { processes } => flight.sharers = Some(*processes),
                        Share::None { until: None } | Share::Granted { .. } => {}
                    }
                    let Some(permit) = &flight.permit else { return };
                    let answer = match edited {
                        Some(message) => client.edit(permit, &message, thread.as_deref(), body).await,
                        None => client.post(permit, thread.as_deref(), body).await,
                    };
                    share.finish(&answer);
                    flight.land(answer);
                });
            }
        }
    }

    /// A budget that could not be asked is left alone for a while, so that no threads gather on a disk that hangs.
    fn share_with(&mut self, sharers: Option<usize>) {
        if sharers.is_some() {
            self.budget_rests_until = Some(Instant::now() + BUDGET_REST);
        }
        let rests = self.budget_rests_until.is_some_and(|until| Instant::now() < until);
        if sharers.is_some() || !rests {
            self.dispatch.share_with(sharers);
        }
    }

    fn say(&mut self) {
        for said in self.dispatch.said() {
            match said {
                Said::Told(severity, text) => local_log::tell(severity, &text),
                Said::Event(event) => local_log::write(&self.config.render, &event),
            }
        }
    }

    /// Answers the flushes that are complete or out of time, and gives when the next one will be.
    fn answer_flushes(&mut self, now: Instant) -> Option<Instant> {
        let dispatch = &self.dispatch;
        let is_over = |(upto, deadline, _): &mut (Seq, Instant, Reply)| now >= *deadline || dispatch.is_settled(*upto);
        for (upto, _, reply) in self.flushes.extract_if(.., is_over) {
            reply(dispatch.is_settled(upto));
        }
        self.flushes.iter().map(|(_, deadline, _)| *deadline).min()
    }

    /// Ends the sender if it was told to stop and is done, or its time is over.
    fn ends(&mut self, now: Instant) -> bool {
        let Some((deadline, _)) = self.stop else { return false };
        let is_settled = self.dispatch.is_settled(Seq(u64::MAX));
        if (!is_settled || self.dispatch.has_last_word(deadline)) && now < deadline {
            return false;
        }
        self.dispatch.finish();
        self.say();
        if let Some((_, reply)) = self.stop.take() {
            reply(is_settled);
        }
        true
    }

    /// Says that nothing will be sent any more.
    pub(crate) fn give_up(&mut self) {
        self.inbox.is_broken.store(true, Ordering::Relaxed);
        self.dispatch.finish();
        self.say();
    }
}

fn now() -> Now {
    Now { instant: Instant::now(), wall: Timestamp::now() }
}

/// One message on its way; gives its permit back also when its request panicked.
struct Flight {
    permit: Option<Permit>,
    sharers: Option<usize>,
    inbox: Inbox,
}

impl Flight {
    fn defer(&mut self, until: Instant) {
        if let Some(permit) = self.permit.take() {
            self.inbox.put(Input::Deferred { permit, until });
        }
    }

    fn land(&mut self, answer: Answer) {
        if let Some(permit) = self.permit.take() {
            self.inbox.put(Input::Answered { permit, answer, sharers: self.sharers });
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.land(Answer::Failed { trouble: "the request was abandoned".to_owned(), may_have_arrived: true });
    }
}

/// What the budget of all processes gives one request; a budget that cannot be asked holds up nothing.
enum Share {
    Granted {
        budget: Arc<HostBudget>,
        reservation: Reservation,
    },
    /// Not before a moment, or nothing to ask.
    None {
        until: Option<Instant>,
    },
    /// So many processes send without knowing of each other.
    Unknown {
        processes: usize,
    },
}

impl Share {
    async fn ask(budget: Option<Arc<HostBudget>>, budgets: Vec<(String, Limits)>) -> Self {
        let Some(budget) = budget else { return Self::None { until: None } };
        let asked = Arc::clone(&budget);
        let asked = spawn_blocking(move || asked.reserve(&budgets, SystemTime::now()));
        match timeout(BUDGET_TIMEOUT, asked).await {
            Ok(Ok(Reserved::Granted(reservation))) => Self::Granted { budget, reservation },
            Ok(Ok(Reserved::Until(wait))) => Self::None { until: Some(Instant::now() + wait) },
            Ok(Ok(Reserved::Unavailable { processes })) => Self::Unknown { processes: processes.unwrap_or(1) },
            Ok(Err(_)) | Err(_) => Self::Unknown { processes: 1 },
        }
    }

    /// Tells the others what the answer means for them.
    fn finish(self, answer: &Answer) {
        if let Self::Granted { budget, reservation } = self {
            let finished = Finished::of(answer);
            drop(spawn_blocking(move || budget.finish(reservation, finished, SystemTime::now())));
        }
    }
}

/// Another process has used up what there was: the question was not asked.
fn unheard() -> Answer {
    Answer::Failed { trouble: "the budget of this host is used up".to_owned(), may_have_arrived: false }
}

/// How long the budget of all processes is waited for: somewhat longer than it waits for its own locks.
const BUDGET_TIMEOUT: Duration = Duration::from_millis(150);
/// How long a budget rests that could not be asked.
const BUDGET_REST: Duration = Duration::from_secs(5);
/// The sender wakes for every input; this only bounds a mistake.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
