//! For this workspace's measurements: the journal alone, on the real disk, messages alone, sent nowhere, the redaction,
//! and the whole path without its pace. No part of the interface.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::event::{Channel, Event, Severity};
use crate::filter;
use crate::record::{Disk, DiskJournal, Ending, Entry, EventId, Journal as _, Now, Seq, Settings};
use crate::reduce::{Back, Earlier, Form, Group, Shown};
use crate::render::{self, Mentions, Post, Repeat, SourceUrl};

/// A journal in files, without threads.
#[derive(Debug)]
pub struct Journal(DiskJournal);

impl Journal {
    /// Makes one in a directory.
    #[must_use]
    pub fn open(dir: &Path) -> Self {
        let settings = Settings {
            queue_size: 100,
            dir: Some(dir.to_owned()),
            namespace: "benches@".to_owned(),
            most_bytes: u64::MAX,
            retention: Duration::from_secs(24 * 60 * 60),
        };
        Self(DiskJournal::new(Arc::new(Disk), dir, "measured".to_owned(), &settings))
    }

    /// Appends events and does what is due; says whether they are in files.
    #[must_use]
    pub fn append(&self, events: &[Event]) -> bool {
        let now = Now { instant: Instant::now(), wall: Timestamp::now() };
        let stamped = |mut event: Event| {
            event.stamp(now.wall);
            event
        };
        self.0.append(&mut events.iter().cloned().map(stamped), now.instant);
        self.0.persist(now, false);
        self.0.is_written() && self.0.outlives_the_process()
    }
}

/// A history that a process of a service wrote, without the process.
#[derive(Debug)]
pub struct History(DiskJournal);

impl History {
    /// Begins one of the service `benches` in a journal.
    #[must_use]
    pub fn open(dir: &Path) -> Self {
        let journal = Journal::open(dir);
        // Without a directory nothing is remembered of what has ended.
        let _ = journal.append(&[]);
        Self(journal.0)
    }

    /// Appends events that occurred one after the other, so far apart, and ends each a second later as delivered.
    pub fn deliver(&self, events: impl IntoIterator<Item = Event>, from: Timestamp, apart: Duration) {
        let mut at = from;
        let stamped = events.into_iter().map(|mut event| {
            event.stamp(at);
            at += apart;
            event
        });
        let events: Vec<Event> = stamped.collect();
        let now = Now { instant: Instant::now(), wall: at + Duration::from_secs(1) };
        self.0.append(&mut events.into_iter(), now.instant);
        let ending = Ending::Delivered { at: now.wall, message: Some("1367151234567890123".to_owned()) };
        for channel in self.0.backlog() {
            let taken = self.0.take(channel, usize::MAX / 8);
            self.0.settle(taken, Some(&ending));
        }
        self.0.persist(now, true);
    }
}

/// Messages of events, which go nowhere.
#[derive(Debug)]
pub struct Messages {
    settings: render::Settings,
    shown: Vec<Shown>,
}

/// One message.
#[derive(Debug)]
pub struct Message {
    /// How many events it tells.
    pub events: usize,
    /// The body as it is sent.
    pub json: Vec<u8>,
    /// Name and content of each file.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Messages {
    /// Takes events as they come out of the journal, each at a microsecond of its own.
    #[must_use]
    pub fn of(events: Vec<Event>) -> Self {
        let entry = |(number, mut event): (usize, Event)| {
            let at = Timestamp::from_microsecond(1_767_609_000_000_000 + number as i64).unwrap_or_default();
            event.stamp(at);
            Entry::new(Seq(number as u64), EventId::new(at, number as u128), event)
        };
        let shown = events.into_iter().enumerate().map(entry).map(Shown::alone).collect();
        Self { settings: settings(), shown }
    }

    /// Takes events as occurrences of one problem, whatever they are.
    #[must_use]
    pub fn of_group(events: Vec<Event>) -> Self {
        let as_problem = |event: Event| event.in_channel(Channel::Errors).with_severity(Severity::Critical);
        let Self { settings, shown } = Self::of(events.into_iter().map(as_problem).collect());
        let mut entries: Vec<_> = shown.into_iter().map(|shown| shown.entry).collect();
        let back = Back { after: Duration::from_secs(90_000), release: Some("1.4.1".to_owned()) };
        let group = Group::of_all(&entries).map(|group| group.with_history(Some(Earlier::Deleted), Some(back), false));
        Self {
            settings,
            shown: entries.pop().map(|entry| Shown { group, ..Shown::alone(entry) }).into_iter().collect(),
        }
    }

    /// Posts as many events as fit, from a first one on: `embeds`, `lines`, or else a digest.
    #[must_use]
    pub fn post(&self, form: &str, first: usize) -> Message {
        let form = match form {
            "embeds" => Form::Embeds,
            "lines" => Form::Lines,
            _ => Form::Digest,
        };
        let post = Post { form, repeat: Repeat::First, thread: None };
        let (body, events) = render::post(&self.settings, self.shown.get(first..).unwrap_or_default(), post);
        Message::of(body, events)
    }

    /// Names the post in a forum that tells the first of them.
    #[must_use]
    pub fn thread_name(&self) -> Option<String> {
        self.shown.first().map(|shown| render::thread_name(&self.settings, shown))
    }

    /// Changes a message such that it tells all events.
    #[must_use]
    pub fn edit(&self) -> Message {
        Message::of(render::edit(&self.settings, &self.shown, Repeat::Possible), self.shown.len())
    }
}

impl Message {
    fn of(body: render::Body, events: usize) -> Self {
        let files = body.files.into_iter().map(|file| (file.name, file.bytes)).collect();
        Self { events, json: body.json, files }
    }
}

fn settings() -> render::Settings {
    render::Settings {
        service: "measured".to_owned(),
        environment: Some("production".to_owned()),
        release: Some("1.4.2".to_owned()),
        commit: None,
        host: Some("web-1".to_owned()),
        currency: crate::event::Currency::EUR,
        source_url: SourceUrl::parse("https://example.com/{file}#L{line}"),
        mentions: Mentions::default(),
    }
}

/// Lifts the pace of the whole process, for a server that has no limits. Comes before `init`.
pub fn go_at_any_pace() {
    crate::send::ANY_PACE.store(true, std::sync::atomic::Ordering::Relaxed);
}

/// What masks secrets, with the names that are always masked.
#[derive(Debug, Default)]
pub struct Redaction(filter::Redaction);

impl Redaction {
    /// Masks what is secret in an event.
    pub fn apply(&self, event: &mut Event) {
        self.0.apply(event);
    }
}
