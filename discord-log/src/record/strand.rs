//! A strand: the events of one channel that keep their order among themselves, in memory and on disk.
//!
//! From the oldest to the newest an event is *hot*, in memory and ready to be taken, or *cold*, in a file alone; once
//! one is cold, all newer ones are. An event that is not in a file yet is *fresh* as well.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::backlog::Backlog;
use super::chunk::{self, ChunkName};
use super::{Entry, Seq};
use crate::event::{Channel, Severity};

/// Which strand: errors do not wait behind the rest of their channel, but everything of finance is in order.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct StrandKey {
    pub(super) channel: Channel,
    pub(super) is_urgent: bool,
}

impl StrandKey {
    pub(super) fn of(channel: Channel, severity: Severity) -> Self {
        Self { channel, is_urgent: channel != Channel::Finance && severity >= Severity::Error }
    }
}

/// The events of one channel that keep their order among themselves.
#[derive(Debug)]
pub(super) struct Strand {
    pub(super) memory: Backlog,
    fresh: VecDeque<Fresh>,
    fresh_since: Option<Instant>,
    writing: Option<Writing>,
    /// By the number of their first event.
    chunks: BTreeMap<Seq, Chunk>,
    /// No file that begins before is cold.
    cold_from: Seq,
    /// Chunk and place of what is hot or taken and in a file.
    places: BTreeMap<Seq, (Seq, usize)>,
}

#[derive(Debug)]
struct Fresh {
    entry: Entry,
    is_hot: bool,
}

#[derive(Debug)]
struct Writing {
    entries: Vec<Entry>,
    is_hot: bool,
    settled: BTreeSet<Seq>,
}

/// A file of events.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    /// Which of the journal's directories it is in.
    pub(super) home: usize,
    pub(super) name: ChunkName,
    /// The number that its first event has in this process.
    pub(super) first: Seq,
    pub(super) bytes: u64,
    /// The epoch as long as it is not known.
    pub(super) written: Timestamp,
    pub(super) is_hot: bool,
    /// Places in it whose events are settled.
    pub(super) settled: BTreeSet<usize>,
}

/// Where an event was that is settled.
#[derive(Debug)]
pub(super) enum Settled {
    /// In this file, which has changed by it.
    InFile(Chunk),
    /// In memory alone.
    InMemory,
    /// In a file that is being written.
    Writing,
}

impl Chunk {
    pub(super) fn left(&self) -> usize {
        self.name.events.saturating_sub(self.settled.len())
    }

    pub(super) fn is_measured(&self) -> bool {
        self.written != Timestamp::UNIX_EPOCH
    }
}

impl Strand {
    pub(super) fn new() -> Self {
        Self {
            memory: Backlog::new(HOT_BYTES),
            fresh: VecDeque::new(),
            fresh_since: None,
            writing: None,
            chunks: BTreeMap::new(),
            cold_from: Seq::default(),
            places: BTreeMap::new(),
        }
    }

    /// Keeps an event; it is hot unless older ones are cold or memory is full.
    pub(super) fn append(&mut self, entry: Entry, capacity: usize, now: Instant) {
        let is_hot = !self.is_cold() && !self.memory.is_full(capacity);
        if is_hot {
            self.memory.push(entry.clone());
        }
        self.fresh_since.get_or_insert(now);
        self.fresh.push_back(Fresh { entry, is_hot });
    }

    /// Counts what is not settled: in memory, in a file alone, or on its way to one.
    pub(super) fn unsettled(&self) -> usize {
        let cold: usize = self.chunks.values().filter(|chunk| !chunk.is_hot).map(Chunk::left).sum();
        let fresh = self.fresh.iter().filter(|fresh| !fresh.is_hot).count();
        let writing = self.writing.iter().filter(|writing| !writing.is_hot).map(|writing| writing.entries.len());
        self.memory.unsettled() + cold + fresh + writing.sum::<usize>()
    }

    fn is_cold(&self) -> bool {
        let is_fresh_cold = self.fresh.back().is_some_and(|fresh| !fresh.is_hot);
        is_fresh_cold || self.writing.as_ref().is_some_and(|writing| !writing.is_hot) || self.first_cold().is_some()
    }

    fn first_cold(&self) -> Option<&Chunk> {
        self.chunks.range(self.cold_from..).map(|(_, chunk)| chunk).find(|chunk| !chunk.is_hot)
    }

    /// When the fresh events are due to be written: at once when somebody may be waiting for them.
    pub(super) fn due(&self, is_urgent: bool) -> Option<Instant> {
        let since = self.fresh_since?;
        let is_due = is_urgent || self.fresh.len() >= chunk::MOST_EVENTS;
        Some(if is_due { since } else { since + GATHERED })
    }

    /// Takes the next events that are to be written together.
    pub(super) fn start_writing(&mut self) -> Option<Vec<Entry>> {
        let is_hot = self.fresh.front()?.is_hot;
        let mut entries = Vec::new();
        let mut spilled = 0;
        while entries.len() < chunk::MOST_EVENTS
            && spilled < CHUNK_SPILLED
            && self.fresh.front().is_some_and(|fresh| fresh.is_hot == is_hot)
            && let Some(fresh) = self.fresh.pop_front()
        {
            spilled += fresh.entry.event.entries().spilled();
            entries.push(fresh.entry);
        }
        if self.fresh.is_empty() {
            self.fresh_since = None;
        }
        self.writing = Some(Writing { entries: entries.clone(), is_hot, settled: BTreeSet::new() });
        Some(entries)
    }

    /// Notes that they are in a file; gives it back if something in it was settled meanwhile.
    pub(super) fn end_writing(&mut self, mut chunk: Chunk) -> Option<Chunk> {
        let writing = self.writing.take()?;
        chunk.is_hot = writing.is_hot;
        for (place, entry) in writing.entries.iter().enumerate() {
            if writing.settled.contains(&entry.seq) {
                chunk.settled.insert(place);
            } else if writing.is_hot {
                self.places.insert(entry.seq, (chunk.first, place));
            }
        }
        let changed = (!chunk.settled.is_empty()).then(|| chunk.clone());
        if chunk.left() > 0 {
            self.insert(chunk);
        }
        changed
    }

    /// Keeps in memory what cannot be written, and gives how many events had to go for it.
    pub(super) fn keep_in_memory(&mut self, capacity: usize) -> u64 {
        if let Some(writing) = self.writing.take()
            && !writing.is_hot
        {
            let left = writing.entries.into_iter().filter(|entry| !writing.settled.contains(&entry.seq));
            left.for_each(|entry| self.memory.push(entry));
        }
        self.fresh_since = None;
        for fresh in self.fresh.drain(..).filter(|fresh| !fresh.is_hot) {
            self.memory.push(fresh.entry);
        }
        self.memory.shed(capacity)
    }

    /// Lets everything in memory that no file holds be written.
    pub(super) fn save_memory(&mut self, now: Instant) {
        let is_unsaved = |entry: &&Entry| !self.places.contains_key(&entry.seq);
        let mut unsaved: Vec<Entry> = self.memory.iter().filter(is_unsaved).cloned().collect();
        unsaved.sort_by_key(|entry| entry.seq);
        if !unsaved.is_empty() {
            self.fresh_since.get_or_insert(now);
            self.fresh = unsaved.into_iter().map(|entry| Fresh { entry, is_hot: true }).collect();
        }
    }

    /// Adds a file that was found or written.
    pub(super) fn insert(&mut self, chunk: Chunk) {
        if chunk.is_hot && self.first_cold().is_none() {
            self.cold_from = chunk.first.next();
        }
        self.chunks.insert(chunk.first, chunk);
    }

    /// Lets a cold file go.
    pub(super) fn forget(&mut self, first: Seq) {
        self.chunks.remove(&first);
    }

    /// The file to read next, when memory runs low.
    pub(super) fn next_to_read(&self) -> Option<Chunk> {
        let is_low = self.memory.len() < LOW && !self.memory.is_full(usize::MAX);
        self.first_cold().filter(|_| is_low).cloned()
    }

    /// Makes hot what was read of a file, each event with its place, and gives how many were not there any more.
    pub(super) fn warm(&mut self, first: Seq, entries: Vec<(usize, Entry)>) -> usize {
        let Some(chunk) = self.chunks.get_mut(&first) else { return 0 };
        chunk.is_hot = true;
        self.cold_from = self.cold_from.max(first.next());
        let mut missing: BTreeSet<usize> =
            (0..chunk.name.events).filter(|place| !chunk.settled.contains(place)).collect();
        for (place, entry) in entries {
            if missing.remove(&place) {
                self.places.insert(entry.seq, (first, place));
                self.memory.push(entry);
            }
        }
        chunk.settled.extend(&missing);
        missing.len()
    }

    /// Takes hot events; when there are none, and no older ones in files, fresh ones need not be read back.
    pub(super) fn take(&mut self, most: usize) -> Vec<Entry> {
        if self.memory.is_empty() && self.writing.is_none() && self.first_cold().is_none() {
            for fresh in self.fresh.iter_mut().filter(|fresh| !fresh.is_hot).take(most) {
                fresh.is_hot = true;
                self.memory.push(fresh.entry.clone());
            }
        }
        self.memory.take_in_order(most)
    }

    /// Whether anything can be taken now.
    pub(super) fn is_ready(&self) -> bool {
        !self.memory.is_empty()
            || (self.writing.is_none()
                && self.first_cold().is_none()
                && self.fresh.back().is_some_and(|fresh| !fresh.is_hot))
    }

    /// Ends an event that was taken.
    pub(super) fn settle(&mut self, seq: Seq) -> Settled {
        self.memory.settle(seq);
        if let Some((first, place)) = self.places.remove(&seq) {
            let Some(chunk) = self.chunks.get_mut(&first) else { return Settled::InMemory };
            chunk.settled.insert(place);
            let chunk = if chunk.left() > 0 { Some(chunk.clone()) } else { self.chunks.remove(&first) };
            return chunk.map_or(Settled::InMemory, Settled::InFile);
        }
        if let Ok(at) = self.fresh.binary_search_by_key(&seq, |fresh| fresh.entry.seq) {
            self.fresh.remove(at);
            if self.fresh.is_empty() {
                self.fresh_since = None;
            }
        } else if let Some(writing) = &mut self.writing
            && writing.entries.binary_search_by_key(&seq, |entry| entry.seq).is_ok()
        {
            writing.settled.insert(seq);
            return Settled::Writing;
        }
        Settled::InMemory
    }

    pub(super) fn most_severe(&self) -> Option<Severity> {
        let fresh = self.fresh.front().map(|fresh| fresh.entry.event.severity());
        self.memory.most_severe().into_iter().chain(fresh).max()
    }

    /// The oldest event that is not settled.
    pub(super) fn oldest(&self) -> Option<Seq> {
        let fresh = self.fresh.front().map(|fresh| fresh.entry.seq);
        let writing = self.writing.as_ref().and_then(|writing| {
            writing.entries.iter().map(|entry| entry.seq).find(|seq| !writing.settled.contains(seq))
        });
        let cold = self.first_cold().map(|chunk| chunk.first);
        [self.memory.oldest(), fresh, writing, cold].into_iter().flatten().min()
    }

    pub(super) fn chunks(&self) -> impl Iterator<Item = &Chunk> {
        self.chunks.values()
    }

    pub(super) fn chunks_mut(&mut self) -> impl Iterator<Item = &mut Chunk> {
        self.chunks.values_mut()
    }

    /// Whether every event is in a file.
    pub(super) fn is_written(&self) -> bool {
        self.fresh.is_empty() && self.writing.is_none()
    }
}

/// Longest that an event is in memory alone.
const GATHERED: Duration = Duration::from_millis(90);
/// Bytes of long texts after which a chunk is full: with the longest event that follows, a file stays below 1 MiB.
const CHUNK_SPILLED: usize = 64 * 1024;
/// Hot events below which the next file is read: more than a message tells, so that no message waits for a disk.
const LOW: usize = 50;
/// Bytes of long texts that are hot: half a MiB, for two strands a channel and four channels.
const HOT_BYTES: usize = 512 * 1024;
