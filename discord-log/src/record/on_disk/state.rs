//! What the journal knows between two looks at the files: moves in memory alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::event::{Channel, Event};
use crate::record::chunk::ChunkName;
use crate::record::closed::Closures;
use crate::record::home::{Found, Home};
use crate::record::strand::{self, Chunk, Strand, StrandKey};
use crate::record::{Ending, Entry, EventId, Load, Now, Run, Seq, Settings, Ticket};

/// What the journal knows.
#[derive(Debug)]
pub(super) struct State {
    capacity: usize,
    last: Seq,
    strands: BTreeMap<StrandKey, Strand>,
    /// The first, [`OWN`], is this process's own; none before it could be made.
    pub(super) homes: BTreeMap<usize, Home>,
    /// Found, and counted by now: what can be taken from the next look on.
    arrivals: Vec<(usize, Found)>,
    /// Whether one of them may have become empty.
    may_be_empty: bool,
    /// Bytes of chunks.
    pub(super) bytes: u64,
    /// Bytes of the archive.
    pub(super) archived: u64,
    pub(super) unsynced: Vec<Unsynced>,
    /// When writing is tried again, while it fails.
    pub(super) fails_until: Option<Instant>,
    /// When reading is tried again, after it failed.
    pub(super) reads_at: Option<Instant>,
    pub(super) has_looked: bool,
    pub(super) closures: Closures,
    /// Closed by this process and not in a file yet.
    pub(super) closing: Closures,
    pub(super) settled: Settled,
    /// Messages that may still change, as they are to be written; nothing for those that change no more.
    pub(super) open: BTreeMap<String, Option<Vec<u8>>>,
    /// The same of earlier processes, for whoever goes on with them.
    pub(super) found_open: Vec<(String, Vec<u8>)>,
    /// What was noted of problems, and what is to be added.
    pub(super) problems: Vec<u8>,
    pub(super) noted_problems: Vec<u8>,
    /// How the last process ended.
    pub(super) last_run: Option<Run>,
    pub(super) adopts_at: Option<Instant>,
    pub(super) tidies_at: Option<Instant>,
    pub(super) has_tidied: bool,
}

/// A file that a power cut may still take.
#[derive(Debug)]
pub(super) struct Unsynced {
    pub(super) file: PathBuf,
    pub(super) due: Instant,
}

/// What was settled, and is still to be done on the disk.
#[derive(Debug, Default)]
pub(super) struct Settled {
    pub(super) removed: Vec<PathBuf>,
    /// Homes whose state has to be written.
    pub(super) changed: BTreeSet<usize>,
    pub(super) ended: Vec<(Entry, Ending)>,
    pub(super) ticket: Ticket,
    pub(super) kept: Ticket,
}

impl State {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            capacity: settings.events_in_memory(),
            last: Seq::default(),
            strands: BTreeMap::new(),
            homes: BTreeMap::new(),
            arrivals: Vec::new(),
            may_be_empty: false,
            bytes: 0,
            archived: 0,
            unsynced: Vec::new(),
            fails_until: None,
            reads_at: None,
            has_looked: false,
            closures: Closures::new(),
            closing: Closures::new(),
            settled: Settled::default(),
            open: BTreeMap::new(),
            found_open: Vec::new(),
            problems: Vec::new(),
            noted_problems: Vec::new(),
            last_run: None,
            adopts_at: None,
            tidies_at: None,
            has_tidied: false,
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        self.has_looked && self.arrivals.is_empty()
    }

    pub(super) fn is_writable(&self) -> bool {
        !self.homes.is_empty() && self.fails_until.is_none()
    }

    pub(super) fn last(&self) -> Seq {
        self.last
    }

    fn strand(&mut self, key: StrandKey) -> &mut Strand {
        self.strands.entry(key).or_insert_with(Strand::new)
    }

    /// Keeps an event, and gives how many had to go for it.
    pub(super) fn append(&mut self, id: EventId, event: Event, now: Instant) -> u64 {
        self.last = self.last.next();
        let entry = Entry::new(self.last, id, event);
        let key = StrandKey::of(entry.event.channel(), entry.event.severity());
        let (capacity, fails) = (self.capacity, self.fails_until.is_some());
        let strand = self.strand(key);
        if fails {
            strand.memory.push(entry);
            strand.memory.shed(capacity)
        } else {
            strand.append(entry, capacity, now);
            0
        }
    }

    pub(super) fn backlog(&self) -> Vec<Channel> {
        let mut ready: Vec<_> = self
            .strands
            .iter()
            .filter(|(_, strand)| strand.is_ready())
            .map(|(key, strand)| (strand.most_severe(), key.channel))
            .collect();
        ready.sort_by_key(|(severity, _)| std::cmp::Reverse(*severity));
        let mut channels = Vec::new();
        for (_, channel) in ready {
            if !channels.contains(&channel) {
                channels.push(channel);
            }
        }
        channels
    }

    pub(super) fn take(&mut self, channel: Channel, most: usize) -> Vec<Entry> {
        let mut taken = Vec::new();
        for is_urgent in [true, false] {
            if let Some(strand) = self.strands.get_mut(&StrandKey { channel, is_urgent }) {
                // However many errors there are, the rest has a share.
                taken.extend(strand.take(most.saturating_sub(taken.len()).max(most / 4)));
            }
        }
        taken
    }

    pub(super) fn load(&self) -> Vec<Load> {
        let mut loads: Vec<Load> = Vec::new();
        for (key, strand) in &self.strands {
            let (events, oldest) = (strand.unsettled() as u64, strand.memory.oldest_at());
            match loads.last_mut().filter(|load| load.channel == key.channel) {
                Some(load) => {
                    load.events += events;
                    load.oldest = load.oldest.into_iter().chain(oldest).min();
                }
                None => loads.push(Load { channel: key.channel, events, oldest }),
            }
        }
        loads.retain(|load| load.events > 0);
        loads
    }

    pub(super) fn waiting(&self, upto: Seq) -> Vec<Channel> {
        let mut channels: Vec<_> = self
            .strands
            .iter()
            .filter(|(_, strand)| strand.oldest().is_some_and(|oldest| oldest <= upto))
            .map(|(key, _)| key.channel)
            .collect();
        channels.dedup();
        channels
    }

    pub(super) fn settle(&mut self, entries: Vec<Entry>, ending: Option<&Ending>) -> Ticket {
        let entries: Vec<_> = entries.into_iter().flat_map(Entry::flatten).collect();
        let mut is_on_disk = false;
        for entry in &entries {
            let key = StrandKey::of(entry.event.channel(), entry.severity);
            match self.strand(key).settle(entry.seq) {
                strand::Settled::InFile(chunk) => {
                    self.settle_in(key, &chunk);
                    is_on_disk = true;
                }
                strand::Settled::Writing => is_on_disk = true,
                strand::Settled::InMemory => {}
            }
        }
        let is_kept_up = self.settled.kept == self.settled.ticket;
        if let Some(ending) = ending.filter(|_| !self.homes.is_empty()) {
            self.settled.ended.extend(entries.into_iter().map(|entry| (entry, ending.clone())));
        }
        self.settled.ticket.0 += 1;
        if !is_on_disk && is_kept_up {
            self.settled.kept = self.settled.ticket;
        }
        self.settled.ticket
    }

    fn settle_in(&mut self, key: StrandKey, chunk: &Chunk) {
        let is_left = chunk.left() > 0;
        let Some(home) = self.homes.get_mut(&chunk.home) else { return };
        if home.settle(key.channel, chunk.name, is_left.then(|| chunk.settled.clone())) {
            self.settled.changed.insert(chunk.home);
        }
        if !is_left {
            let path = home.path(key.channel, chunk.name);
            self.gone(path, chunk.bytes);
        }
    }

    /// Notes that a file is to be removed.
    pub(super) fn gone(&mut self, path: PathBuf, bytes: u64) {
        self.bytes = self.bytes.saturating_sub(bytes);
        self.may_be_empty = true;
        self.unsynced.retain(|unsynced| unsynced.file != path);
        self.settled.removed.push(path);
    }

    /// Keeps states for the next look that this one could not write; what changed meanwhile is newer.
    pub(super) fn open_later(&mut self, states: impl Iterator<Item = (String, Option<Vec<u8>>)>) {
        for (message, state) in states.take(MOST_OPEN) {
            self.open.entry(message).or_insert(state);
        }
    }

    /// Says whether what was settled up to then is settled on the disk; where the disk fails it cannot be waited for.
    pub(super) fn is_kept(&self, ticket: Ticket) -> bool {
        self.settled.kept >= ticket || self.fails_until.is_some()
    }

    pub(super) fn close(&mut self, closures: Closures) {
        self.closures.extend(closures.clone());
        self.closing.extend(closures);
    }

    /// Takes files over that were found; they can be taken from [`arrive`](Self::arrive) on.
    pub(super) fn announce(&mut self, home: Home, found: Vec<Found>) -> u64 {
        let events = found.iter().map(|found| found.name.events.saturating_sub(found.settled.len()) as u64).sum();
        let number = self.homes.last_key_value().map_or(OWN, |(last, _)| last + 1);
        self.arrivals.extend(found.into_iter().map(|found| (number, found)));
        self.homes.insert(number, home);
        self.may_be_empty = true;
        events
    }

    pub(super) fn arrive(&mut self) -> bool {
        let arrivals = std::mem::take(&mut self.arrivals);
        let has_come = !arrivals.is_empty();
        for (home, Found { channel, name, settled }) in arrivals {
            let first = self.last.next();
            self.last = self.last.plus(name.events);
            let (bytes, written) = (name.events as u64 * USUAL_BYTES, Timestamp::UNIX_EPOCH);
            self.bytes += bytes;
            let chunk = Chunk { home, name, first, bytes, written, is_hot: false, settled };
            let key = StrandKey::of(channel, name.top);
            if chunk.left() == 0 {
                self.settle_in(key, &chunk);
            } else {
                self.strand(key).insert(chunk);
            }
        }
        has_come
    }

    /// Takes the next events that are to be written.
    pub(super) fn start_writing(&mut self, now: Instant, all: bool) -> Option<(StrandKey, Vec<Entry>)> {
        let due = self.strands.iter_mut().filter_map(|(key, strand)| {
            let due = strand.due(key.is_urgent)?;
            (all || due <= now).then_some((!key.is_urgent, due, *key, strand))
        });
        let (.., key, strand) = due.min_by_key(|(is_lesser, due, ..)| (*is_lesser, *due))?;
        strand.start_writing().map(|entries| (key, entries))
    }

    pub(super) fn end_writing(&mut self, key: StrandKey, name: ChunkName, bytes: u64, is_synced: bool, now: Now) {
        let Some(home) = self.homes.get(&OWN) else { return };
        let file = home.path(key.channel, name);
        self.bytes += bytes;
        if !is_synced {
            self.unsynced.push(Unsynced { file, due: now.instant + SYNCED_WITHIN });
        }
        let settled = BTreeSet::new();
        let chunk = Chunk { home: OWN, name, first: name.first, bytes, written: now.wall, is_hot: false, settled };
        if let Some(chunk) = self.strand(key).end_writing(chunk) {
            self.settle_in(key, &chunk);
        }
    }

    /// Goes on in memory, and gives how many events had to go for it.
    pub(super) fn fail(&mut self, now: Instant) -> u64 {
        self.fails_until = Some(now + TRIED_EVERY);
        let capacity = self.capacity;
        self.strands.values_mut().map(|strand| strand.keep_in_memory(capacity)).sum()
    }

    /// Tries to write again what is in memory alone.
    pub(super) fn recover(&mut self, now: Instant) {
        self.fails_until = None;
        self.strands.values_mut().for_each(|strand| strand.save_memory(now));
    }

    /// The file to read next.
    pub(super) fn next_to_read(&mut self, now: Instant) -> Option<(StrandKey, Chunk, PathBuf)> {
        if self.reads_at.is_some_and(|at| now < at) {
            return None;
        }
        self.reads_at = None;
        let mut next = self.strands.iter().rev();
        let (key, chunk) = next.find_map(|(key, strand)| Some((*key, strand.next_to_read()?)))?;
        let path = self.homes.get(&chunk.home)?.path(key.channel, chunk.name);
        Some((key, chunk, path))
    }

    /// Makes hot what was read, and gives how much of it was missing.
    pub(super) fn warm(&mut self, key: StrandKey, chunk: &Chunk, read: Vec<(usize, EventId, Event)>) -> usize {
        let mut entries = Vec::new();
        for (place, id, event) in read {
            let mut entry = Entry::new(chunk.first.plus(place), id, event);
            entry.is_adopted = chunk.home != OWN;
            if !chunk.settled.contains(&place) && chunk.home != OWN {
                entry.may_repeat =
                    self.homes.get_mut(&chunk.home).is_some_and(|home| home.is_unsure(key, &entry.event));
            }
            // A line that was put into another's place is damage, too.
            if StrandKey::of(entry.event.channel(), entry.event.severity()) == key {
                entries.push((place, entry));
            }
        }
        let missing = self.strand(key).warm(chunk.first, entries);
        if missing > 0 {
            let left = self.strands.get(&key).and_then(|strand| strand.chunks().find(|own| own.first == chunk.first));
            if let Some(left) = left.cloned() {
                if left.left() == 0 {
                    self.strand(key).forget(left.first);
                }
                self.settle_in(key, &left);
            }
        }
        missing
    }

    /// Lets the cold file go that costs least: the least severe, the oldest; errors and finance last.
    pub(super) fn give_up_one(&mut self) -> Option<u64> {
        let cost = |key: &StrandKey, chunk: &Chunk| {
            (key.channel == Channel::Finance, chunk.name.top, chunk.written, chunk.first)
        };
        self.give_up(|key, strand| {
            strand
                .chunks()
                .filter(|chunk| !chunk.is_hot)
                .map(|chunk| (cost(key, chunk), chunk.clone()))
                .min_by_key(|(cost, _)| *cost)
        })
    }

    /// Lets a cold file go that was written before `since`.
    pub(super) fn give_up_older(&mut self, since: Timestamp) -> Option<u64> {
        let is_old = |chunk: &&Chunk| !chunk.is_hot && chunk.written < since && chunk.written != Timestamp::UNIX_EPOCH;
        self.give_up(|_, strand| strand.chunks().find(is_old).map(|chunk| (chunk.written, chunk.clone())))
    }

    fn give_up<Cost: Ord + Copy>(
        &mut self,
        victim: impl Fn(&StrandKey, &Strand) -> Option<(Cost, Chunk)>,
    ) -> Option<u64> {
        let victims = self.strands.iter().filter_map(|(key, strand)| victim(key, strand).map(|found| (*key, found)));
        let (key, (_, mut chunk)) = victims.min_by_key(|(_, (cost, _))| *cost)?;
        let lost = chunk.left() as u64;
        chunk.settled.extend(0..chunk.name.events);
        self.strand(key).forget(chunk.first);
        self.settle_in(key, &chunk);
        Some(lost)
    }

    pub(super) fn has_cold(&self) -> bool {
        self.strands.values().flat_map(Strand::chunks).any(|chunk| !chunk.is_hot)
    }

    /// Directories with files of which size and time are not known.
    pub(super) fn unmeasured(&self) -> Vec<(usize, PathBuf)> {
        let chunks = self.strands.values().flat_map(Strand::chunks);
        let homes: BTreeSet<_> = chunks.filter(|chunk| !chunk.is_measured()).map(|chunk| chunk.home).collect();
        homes.into_iter().filter_map(|home| Some((home, self.homes.get(&home)?.dir().to_owned()))).collect()
    }

    pub(super) fn measure(&mut self, home: usize, measured: Vec<(Channel, ChunkName, u64, Timestamp)>) {
        let measured: BTreeMap<_, _> =
            measured.into_iter().map(|(channel, name, bytes, written)| ((channel, name), (bytes, written))).collect();
        for (key, strand) in &mut self.strands {
            for chunk in strand.chunks_mut().filter(|chunk| chunk.home == home && !chunk.is_measured()) {
                if let Some((bytes, written)) = measured.get(&(key.channel, chunk.name)) {
                    self.bytes = self.bytes.saturating_sub(chunk.bytes) + bytes;
                    (chunk.bytes, chunk.written) = (*bytes, *written);
                }
            }
        }
    }

    /// The newest time that a file here has, as a lower bound of what the time is.
    pub(super) fn newest(&self) -> Option<Timestamp> {
        self.strands.values().flat_map(Strand::chunks).map(|chunk| chunk.written).max()
    }

    /// Takes out the homes that nothing is left in, but for one's own.
    pub(super) fn empty_homes(&mut self) -> Vec<Home> {
        if !std::mem::take(&mut self.may_be_empty) || self.homes.len() < 2 {
            return Vec::new();
        }
        let used = self.strands.values().flat_map(Strand::chunks).map(|chunk| chunk.home);
        let used: BTreeSet<usize> = used.chain(self.arrivals.iter().map(|(home, _)| *home)).collect();
        let empty = self.homes.extract_if(.., |number, _| *number != OWN && !used.contains(number));
        empty.map(|(_, home)| home).collect()
    }

    #[cfg(test)]
    pub(super) fn most_hot(&self) -> usize {
        self.strands.values().map(|strand| strand.memory.len()).max().unwrap_or_default()
    }

    pub(super) fn is_written(&self) -> bool {
        self.strands.values().all(Strand::is_written)
    }

    /// Gives the directories back.
    pub(super) fn end(&mut self) -> Vec<Home> {
        self.strands.clear();
        std::mem::take(&mut self.homes).into_values().collect()
    }

    /// When there is something to do, without a word from anybody.
    pub(super) fn next(&self) -> Option<Instant> {
        let own = [self.fails_until, self.reads_at, self.adopts_at, self.tidies_at];
        let writes = self.fails_until.is_none().then(|| {
            let due = self.strands.iter().filter_map(|(key, strand)| strand.due(key.is_urgent));
            due.chain(self.unsynced.iter().map(|file| file.due)).min()
        });
        own.into_iter().chain(writes).flatten().min()
    }
}

/// Longest that a written file may be lost by a power cut, beside the time in memory.
const SYNCED_WITHIN: Duration = Duration::from_millis(350);
/// Bytes that an event takes in a file, as long as its file was not measured.
const USUAL_BYTES: u64 = 400;
/// The number of the directory of this process.
pub(super) const OWN: usize = 0;
/// How often writing is tried while it fails.
pub(super) const TRIED_EVERY: Duration = Duration::from_secs(30);
/// States of messages, and bytes of what is noted of problems, that wait for a disk which fails.
const MOST_OPEN: usize = 1_000;
pub(super) const MOST_NOTED: usize = 256 * 1024;
