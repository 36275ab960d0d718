//! A model of Discord: its limits, what it stores, and everything that goes wrong with it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use fastrand::Rng;
use serde_json::{Value, json};

use super::super::*;
use crate::send::{LimitHeaders, Response, Scope};

/// What goes wrong, from one moment to another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fault {
    /// Connections are refused.
    Refused,
    /// Nothing comes back for ten seconds; the message may be stored or not.
    Hangs { stores: bool },
    /// The connection breaks after the request was sent.
    Resets { stores: bool },
    /// A status of the server's or of something before it.
    Status { status: u16, stores: bool },
    /// A limit of the webhook's own.
    LimitsWebhook,
    /// A limit that others share; header and body differ.
    LimitsChannel,
    /// The limit of everybody at this address.
    LimitsAddress,
    /// Cloudflare refuses the address.
    Bans,
    /// The agent is refused at the edge.
    RefusesAgent,
}

impl Fault {
    pub(super) fn random(random: &mut Rng) -> Self {
        let stores = random.bool();
        match random.u8(..14) {
            0..=1 => Self::Refused,
            2 => Self::Hangs { stores },
            3..=4 => Self::Resets { stores },
            5 => Self::Status { status: 500, stores },
            6 => Self::Status { status: [502, 503, 404, 302][random.usize(..4)], stores: false },
            7 => Self::Status { status: [504, 522][random.usize(..2)], stores },
            8..=9 => Self::LimitsWebhook,
            10 => Self::LimitsChannel,
            11 => Self::LimitsAddress,
            12 => Self::Bans,
            _ => Self::RefusesAgent,
        }
    }

    fn is_of_everybody(self) -> bool {
        matches!(self, Self::LimitsAddress | Self::Bans | Self::RefusesAgent)
    }
}

/// One webhook of it.
#[derive(Debug, Default)]
pub(super) struct Webhook {
    pub(super) channel: usize,
    pub(super) is_deleted: bool,
    /// Requests after it answered that it is gone.
    pub(super) calls_when_gone: u32,
    window: Option<(Instant, u32)>,
    /// Edits are counted by themselves.
    edits: Option<(Instant, u32)>,
    pub(super) block: Option<Block>,
}

/// A pause that was asked for: from when the process knows of it, and until when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    since: Instant,
    until: Instant,
    /// When the first request after it is answered.
    probed_at: Option<Instant>,
}

/// Everything that Discord knows.
#[derive(Debug)]
pub(super) struct Discord {
    random: Rng,
    pub(super) webhooks: Vec<Webhook>,
    channels: BTreeMap<usize, VecDeque<Instant>>,
    /// Fault of a webhook, or of all, with its end.
    pub(super) faults: Vec<(Option<usize>, Fault, Instant)>,
    pub(super) block: Option<Block>,
    /// By event: how often it stands in a message, and how often without a mark.
    pub(super) stored: BTreeMap<u32, (u32, u32)>,
    /// What stands in each message: events, and those of them that say that the program recovered.
    messages: BTreeMap<String, Shown>,
    pub(super) edited: u32,
    /// In the order in which finance events came.
    pub(super) finance: Vec<u32>,
    /// Refused for a limit that nobody asked for.
    pub(super) overruns: u32,
    pub(super) invalid: u32,
    pub(super) violations: Vec<String>,
    pub(super) ambiguous: u32,
}

/// What stands in a message.
#[derive(Debug, Default)]
struct Shown {
    webhook: usize,
    events: Vec<u32>,
    recovered: BTreeSet<u32>,
    /// Said to be possible repeats.
    marked: BTreeSet<u32>,
    /// Problems: how often they occurred, and the numbers of all occurrences.
    problems: BTreeMap<char, (u64, BTreeSet<u32>)>,
    /// Those of them that stand in a list.
    listed: BTreeSet<char>,
    is_deleted: bool,
    /// Whose process ended, perhaps before it knew of the last edit.
    is_taken_over: bool,
}

impl Shown {
    fn tells(&self, number: u32) -> bool {
        self.events.contains(&number) || self.problems.values().any(|(_, numbers)| numbers.contains(&number))
    }
}

/// What comes back, and after how long.
pub(super) struct Reply {
    pub(super) answer: Answer,
    pub(super) after: Duration,
}

impl Discord {
    pub(super) fn new(seed: u64, channels: &[usize]) -> Self {
        let webhooks = channels.iter().map(|channel| Webhook { channel: *channel, ..Webhook::default() });
        Self {
            random: Rng::with_seed(seed ^ 0xd15c),
            webhooks: webhooks.collect(),
            channels: BTreeMap::new(),
            faults: Vec::new(),
            block: None,
            stored: BTreeMap::new(),
            messages: BTreeMap::new(),
            edited: 0,
            finance: Vec::new(),
            overruns: 0,
            invalid: 0,
            violations: Vec::new(),
            ambiguous: 0,
        }
    }

    /// A process that starts was asked for nothing.
    pub(super) fn forget_what_was_asked(&mut self) {
        self.block = None;
        self.webhooks.iter_mut().for_each(|webhook| webhook.block = None);
        self.messages.values_mut().for_each(|message| message.is_taken_over = true);
    }

    pub(super) fn fault(&self, webhook: usize, now: Instant) -> Option<Fault> {
        let is_on = |(whom, fault, until): &&(Option<usize>, Fault, Instant)| {
            now < *until && (fault.is_of_everybody() || whom.is_none_or(|whom| whom == webhook))
        };
        self.faults.iter().find(is_on).map(|(_, fault, _)| *fault)
    }

    /// Takes a message, or an edit of one.
    pub(super) fn take(&mut self, webhook: usize, edited: Option<&str>, body: &render::Body, now: Instant) -> Reply {
        let after = Duration::from_millis(self.random.u64(5..400));
        self.judge_request(webhook, now, after);
        let fault = self.fault(webhook, now);
        let answer = match fault {
            Some(Fault::Refused) => failed(false),
            Some(Fault::Hangs { stores }) => {
                self.ambiguous += 1;
                if stores {
                    self.store(webhook, edited, body);
                }
                return Reply { answer: failed(true), after: Duration::from_secs(10) };
            }
            Some(Fault::Resets { stores }) => {
                self.ambiguous += 1;
                if stores {
                    self.store(webhook, edited, body);
                }
                failed(true)
            }
            Some(Fault::Status { status, stores }) => {
                if stores {
                    self.store(webhook, edited, body);
                }
                self.ambiguous += u32::from(status == 500 || status > 503);
                response(status, LimitHeaders::default(), "<html>")
            }
            Some(Fault::Bans) => self.refuse(429, "error code: 1015"),
            Some(Fault::RefusesAgent) => self.refuse(403, "error code: 1010"),
            Some(Fault::LimitsWebhook) => self.limit(webhook, Scope::User, now, after),
            Some(Fault::LimitsChannel) => self.limit(webhook, Scope::Shared, now, after),
            Some(Fault::LimitsAddress) => self.limit(webhook, Scope::Global, now, after),
            None => self.take_well(webhook, edited, body, now, after),
        };
        Reply { answer, after }
    }

    /// Tells of a webhook in which channel it is.
    pub(super) fn tell(&mut self, webhook: usize, now: Instant) -> Reply {
        let after = Duration::from_millis(self.random.u64(5..400));
        let answer = match self.fault(webhook, now) {
            Some(_) => failed(false),
            None if self.webhooks[webhook].is_deleted => self.gone(webhook),
            None => {
                let body = json!({ "id": "1", "channel_id": format!("{}", 900 + self.webhooks[webhook].channel) });
                response(200, LimitHeaders::default(), &body.to_string())
            }
        };
        Reply { answer, after }
    }

    fn judge_request(&mut self, webhook: usize, now: Instant, after: Duration) {
        for Block { since, until, .. } in self.block.into_iter().chain(self.webhooks[webhook].block) {
            if now > since && now < until {
                self.violations.push(format!("webhook {webhook} was called {:?} before a limit ended", until - now));
            }
        }
        // When everybody was told to wait, one finds out for all that it is over.
        if let Some(block) = self.block.as_mut().filter(|block| now >= block.until) {
            let probed_at = *block.probed_at.get_or_insert(now + after);
            if now < probed_at && probed_at != now + after {
                self.violations.push(format!("webhook {webhook} did not wait for the first answer after a limit"));
            }
        }
    }

    fn gone(&mut self, webhook: usize) -> Answer {
        self.webhooks[webhook].calls_when_gone += 1;
        response(404, LimitHeaders::default(), r#"{"message":"Unknown Webhook","code":10015}"#)
    }

    fn refuse(&mut self, status: u16, body: &str) -> Answer {
        self.invalid += 1;
        response(status, LimitHeaders::default(), body)
    }

    fn limit(&mut self, webhook: usize, scope: Scope, now: Instant, after: Duration) -> Answer {
        let pause = Duration::from_millis(self.random.u64(200..20_000));
        self.limit_for(webhook, scope, pause, now + after)
    }

    /// Asks for a pause, which counts from when the answer comes.
    fn limit_for(&mut self, webhook: usize, scope: Scope, pause: Duration, since: Instant) -> Answer {
        let block = Some(Block { since, until: since + pause, probed_at: None });
        if scope == Scope::Global {
            self.block = block;
        } else {
            // Of another webhook in the same channel nobody knows before it was asked.
            self.webhooks[webhook].block = block;
        }
        self.invalid += u32::from(scope != Scope::Shared);
        let seconds = pause.as_secs_f64();
        // Either may be the one that is right; the longer one is.
        let (header, body) = if self.random.bool() { (seconds, seconds) } else { (1.0_f64.min(seconds), seconds) };
        let headers = LimitHeaders {
            remaining: Some(if scope == Scope::Shared { 3 } else { 0 }),
            reset_after: Some(Duration::from_millis(100)),
            retry_after: Some(Duration::from_secs_f64(header)),
            scope: Some(scope),
            is_global: scope == Scope::Global,
        };
        let body =
            json!({ "message": "You are being rate limited.", "retry_after": body, "global": scope == Scope::Global });
        response(429, headers, &body.to_string())
    }

    /// What it does on a good day.
    fn take_well(
        &mut self,
        webhook: usize,
        edited: Option<&str>,
        body: &render::Body,
        now: Instant,
        after: Duration,
    ) -> Answer {
        if self.webhooks[webhook].is_deleted {
            return self.gone(webhook);
        }
        let channel = self.channels.entry(self.webhooks[webhook].channel).or_default();
        channel.retain(|at| now.duration_since(*at) < CHANNEL.1);
        let known = &mut self.webhooks[webhook];
        let window = if edited.is_some() { &mut known.edits } else { &mut known.window };
        let (since, used) = window.filter(|(since, _)| now.duration_since(*since) < BUCKET.1).unwrap_or((now, 0));
        let full_until = (channel.len() >= CHANNEL.0).then(|| channel.front().map(|at| *at + CHANNEL.1)).flatten();
        let used_until = (used >= BUCKET.0).then_some(since + BUCKET.1);
        *window = Some((since, used + 1));
        if let Some(until) = full_until.max(used_until) {
            self.overruns += 1;
            let scope = if full_until.is_some() { Scope::Shared } else { Scope::User };
            return self.limit_for(webhook, scope, until - now, now + after);
        }
        channel.push_back(now);
        let reset_after = BUCKET.1.saturating_sub(now.duration_since(since));
        let headers = LimitHeaders {
            remaining: Some(BUCKET.0 - used - 1),
            reset_after: Some(reset_after),
            ..LimitHeaders::default()
        };
        let text = text_of(body);
        if text.contains("poison") {
            let problem = r#"{"code":50035,"message":"Invalid Form Body","errors":{}}"#;
            return response(400, headers, problem);
        }
        if text.contains("breaker") {
            return response(500, headers, r#"{"code":0,"message":"Internal Server Error"}"#);
        }
        match self.store(webhook, edited, body) {
            Some(id) => response(200, headers, &json!({ "id": id }).to_string()),
            None => response(404, headers, r#"{"message":"Unknown Message","code":10008}"#),
        }
    }

    /// Changes a message; gives its name if it is there.
    fn edit(&mut self, webhook: usize, id: &str, message: &Value, body: &render::Body) -> Option<String> {
        let shown = shown(webhook, message, body);
        let known = self.messages.get_mut(id).filter(|known| !known.is_deleted)?;
        if (known.webhook, &known.events) != (webhook, &shown.events) || message.get("username").is_some() {
            self.violations.push(format!("an edit makes another message of {known:?}: {shown:?}"));
        }
        let mut taken_back = BTreeSet::new();
        for (problem, (count, numbers)) in &known.problems {
            let (now, all) = shown.problems.get(problem).cloned().unwrap_or_default();
            taken_back.extend(numbers.difference(&all).copied());
            if (now < *count || !all.is_superset(numbers)) && !known.is_taken_over {
                self.violations.push(format!("an edit forgets a problem: {known:?} {shown:?}"));
            }
        }
        if !known.recovered.is_subset(&shown.recovered) || !known.marked.is_subset(&shown.marked) {
            self.violations.push(format!("an edit takes something back: {known:?} {shown:?}"));
        }
        let occurred: Vec<_> = shown.problems.values().flat_map(|(_, numbers)| numbers).copied().collect();
        *known = shown;
        // What a message says no more has to be told again.
        let is_told = |number: &u32| self.messages.values().any(|message| message.tells(*number));
        taken_back.retain(|number| !is_told(number));
        self.stored.retain(|number, _| !taken_back.contains(number));
        for number in occurred {
            self.stored.entry(number).or_insert((1, 1));
        }
        self.edited += 1;
        Some(id.to_owned())
    }

    /// A person deletes a message.
    pub(super) fn delete_message(&mut self) {
        let count = self.messages.len().max(1);
        if let Some(message) = self.messages.values_mut().nth(self.random.usize(..count)) {
            message.is_deleted = true;
        }
    }

    /// How often a problem occurred by the message that says most; nothing where a list told of it.
    pub(super) fn occurrences(&self, webhook: usize, problem: char) -> Option<u64> {
        let messages = || self.messages.values().filter(|message| message.webhook == webhook);
        if messages().any(|message| message.listed.contains(&problem)) {
            return None;
        }
        messages().filter_map(|message| message.problems.get(&problem)).map(|(count, _)| *count).max().or(Some(0))
    }

    /// The events of which some message says that the program recovered.
    pub(super) fn recovered(&self) -> BTreeSet<u32> {
        self.messages.values().flat_map(|message| &message.recovered).copied().collect()
    }

    /// Stores a message or a change of one; gives its name if it is there then.
    fn store(&mut self, webhook: usize, edited: Option<&str>, body: &render::Body) -> Option<String> {
        let text = text_of(body);
        if self.webhooks[webhook].is_deleted || text.contains("poison") || text.contains("breaker") {
            return None;
        }
        let message: Value = serde_json::from_slice(&body.json).expect("JSON");
        if let Some(id) = edited {
            return self.edit(webhook, id, &message, body);
        }
        let shown = shown(webhook, &message, body);
        for number in &shown.events {
            let (all, unmarked) = self.stored.entry(*number).or_default();
            *all += 1;
            *unmarked += u32::from(!shown.marked.contains(number));
            if number % 4 == 1 && *all == 1 {
                self.finance.push(*number);
            }
        }
        for number in shown.problems.values().flat_map(|(_, numbers)| numbers) {
            self.stored.entry(*number).or_insert((1, 1));
        }
        let id = self.random.u64(..).to_string();
        self.messages.insert(id.clone(), shown);
        Some(id)
    }

    pub(super) fn shares_a_channel(&self) -> bool {
        let channels: BTreeSet<_> = self.webhooks.iter().map(|webhook| webhook.channel).collect();
        channels.len() < self.webhooks.len()
    }

    /// What is gone wrong ends.
    pub(super) fn mend(&mut self) {
        self.faults.clear();
    }

    pub(super) fn stored_events(&self) -> BTreeSet<u32> {
        self.stored.keys().copied().collect()
    }
}

/// Reads a message. What says that the program recovered stands in the event that it belongs to, and never alone.
fn shown(webhook: usize, message: &Value, body: &render::Body) -> Shown {
    let mut shown = Shown { webhook, ..Shown::default() };
    let listing = body.files.iter().find(|file| file.name.starts_with("events-"));
    let listing = listing.map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
    for embed in message["embeds"].as_array().expect("embeds") {
        let is_marked = embed["footer"]["text"].as_str().is_some_and(|text| text.contains("possible repeat"));
        let title = embed["title"].as_str().unwrap_or_default();
        let mut take = |number: u32, recovered: Vec<u32>| {
            assert!(recovered.is_empty() || recovered == [number], "of another event: {embed}");
            shown.events.push(number);
            shown.recovered.extend(recovered);
            shown.marked.extend(is_marked.then_some(number));
        };
        if let Some(problem) = problem_in(embed["description"].as_str().unwrap_or_default())
            && !title.starts_with(['📋', '📚'])
        {
            let known = shown.problems.insert(problem, occurrences(embed, body));
            assert!(known.is_none(), "a problem stands twice in a message: {message}");
            continue;
        }
        if !title.starts_with(['📋', '📚']) {
            let fields = embed["fields"].as_array().into_iter().flatten();
            let recovered = fields.filter(|field| field["name"] == "Recovered in");
            let recovered = recovered.filter_map(|field| numbers_in(field["value"].as_str().unwrap_or_default()).pop());
            numbers_in(title).into_iter().for_each(|number| take(number, recovered.clone().collect()));
            continue;
        }
        let lines = listing.as_deref().unwrap_or_else(|| embed["description"].as_str().unwrap_or_default());
        for line in lines.lines() {
            let mut numbers = numbers_in(line);
            let others = values_in(line);
            // What a list tells of a problem begins anew with the next occurrence; a line for each stands in the file.
            let problem = problem_in(line).or_else(|| (!others.is_empty()).then_some('?'));
            if let Some(problem) = problem {
                shown.listed.insert(problem);
                shown.problems.entry(problem).or_default().1.extend(numbers.into_iter().chain(others));
                continue;
            }
            let recovered = if numbers.len() > 1 { numbers.split_off(1) } else { Vec::new() };
            numbers.into_iter().for_each(|number| take(number, recovered.clone()));
        }
        if listing.is_some() {
            // It stands beside all embeds of a list.
            break;
        }
    }
    shown
}

/// Reads how often a problem occurred, and the numbers of its occurrences: the newest in the title, of few the others
/// as well, of many in a file.
fn occurrences(embed: &Value, body: &render::Body) -> (u64, BTreeSet<u32>) {
    let title = embed["title"].as_str().unwrap_or_default();
    let count = title.split_once('×').map_or(1, |(_, count)| digits_of(&count.replace(',', "")));
    let mut numbers: BTreeSet<u32> = numbers_in(title).into_iter().collect();
    let fields = embed["fields"].as_array().into_iter().flatten();
    for values in fields.filter(|field| field["name"].as_str().is_some_and(|name| name.starts_with("In the text"))) {
        let values = values["value"].as_str().unwrap_or_default();
        let listed = values.split(" and ").next().unwrap_or_default();
        numbers.extend(listed.split(", ").filter_map(|number| number.parse::<u32>().ok()));
    }
    let footer = embed["footer"]["text"].as_str().unwrap_or_default();
    for file in &body.files {
        let text = String::from_utf8_lossy(&file.bytes);
        if file.name.starts_with("occurrences-") {
            numbers.extend(text.lines().flat_map(values_in));
        } else if file.name.strip_suffix(".txt").is_some_and(|id| footer.contains(id)) {
            // What found no room in the embed: one value a line.
            numbers.extend(text.lines().filter_map(|line| line.trim().parse::<u32>().ok()));
        }
    }
    (count, numbers)
}

/// The numbers that a line of a file has among the values that differ.
fn values_in(line: &str) -> Vec<u32> {
    let line: Value = serde_json::from_str(line).unwrap_or_default();
    let values = line["values"].as_array().into_iter().flatten();
    values.filter_map(|value| value.as_str()?.parse().ok()).collect()
}

fn problem_in(text: &str) -> Option<char> {
    text.split("problem ").nth(1)?.chars().next()
}

fn digits_of(text: &str) -> u64 {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_default()
}

/// Everything that is sent.
fn text_of(body: &render::Body) -> String {
    let files = body.files.iter().map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
    files.fold(String::from_utf8_lossy(&body.json).into_owned(), |text, file| text + &file)
}

/// The numbers that events of the simulation have in their texts.
fn numbers_in(text: &str) -> Vec<u32> {
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
    text.split("No. ").skip(1).filter_map(|text| digits(text).parse().ok()).collect()
}

fn failed(may_have_arrived: bool) -> Answer {
    Answer::Failed { trouble: "broken".to_owned(), may_have_arrived }
}

fn response(status: u16, headers: LimitHeaders, body: &str) -> Answer {
    Answer::Response(Response { status, headers, body: body.as_bytes().to_vec() })
}

const BUCKET: (u32, Duration) = (5, Duration::from_secs(2));
const CHANNEL: (usize, Duration) = (30, Duration::from_secs(60));
