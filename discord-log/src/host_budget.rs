//! One budget for all processes of a host, since Discord counts by channel and by address, not by process: each budget is
//! a file in a folder which all of them share, held under a lock while it is read and written.
//!
//! A budget never stops a process for long. A lock is tried for a twentieth of a second, since its holder may be
//! stopped; a file that makes no sense counts as empty; and where there is no budget, each process takes its part of
//! the limits. Everything here blocks, so it belongs on a thread that may.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::send::{Finished, Ledger, Limits};

/// The budgets of a host, as one of its processes sees them.
#[derive(Debug)]
pub(crate) struct HostBudget {
    folder: PathBuf,
    /// The process id and a random number, since ids are used again.
    who: String,
}

/// Whether a request may go.
#[derive(Debug)]
pub(crate) enum Reserved {
    Granted(Reservation),
    /// The budget cannot be reached; so many processes use it, as far as that is known.
    Unavailable {
        processes: Option<usize>,
    },
    /// Not before so long.
    Until(Duration),
}

/// The place of one request in the budgets; given back through [`HostBudget::finish`].
#[derive(Debug)]
#[must_use = "a request that is never finished takes its place for half a minute"]
pub(crate) struct Reservation {
    keys: Vec<String>,
    at: u64,
}

impl HostBudget {
    /// Takes the folder of the budgets, which is made when it is needed.
    pub(crate) fn new(folder: &Path) -> Self {
        let who = format!("{}-{:016x}", std::process::id(), fastrand::u64(..));
        Self { folder: folder.to_owned(), who }
    }

    /// Asks to send one request now, of the budgets of some keys and of the host's.
    pub(crate) fn reserve(&self, budgets: &[(String, Limits)], now: SystemTime) -> Reserved {
        let now = millis(now);
        let mut polls = POLLS;
        match self.try_reserve(budgets, now, &mut polls) {
            Ok(Some(Ok(()))) => {
                Reserved::Granted(Reservation { keys: budgets.iter().map(|(key, _)| key.clone()).collect(), at: now })
            }
            Ok(Some(Err(until))) => {
                let wait = Duration::from_millis(until.saturating_sub(now));
                Reserved::Until(wait + JITTER.mul_f64(fastrand::f64()))
            }
            // What the holder wrote may be read half, which then makes no sense and tells nothing.
            Ok(None) | Err(_) => {
                let first = budgets.first().map_or(HOST, |(key, _)| key);
                let ledger = File::open(self.path(first)).ok().and_then(|mut file| read(&mut file));
                Reserved::Unavailable { processes: ledger.map(|ledger| ledger.processes(now, &self.who)) }
            }
        }
    }

    /// Says that a request is done, and what its answer means for others. Without a lock nobody hears of it: the request
    /// then counts for some time longer, and a limit is found out by each process for itself.
    pub(crate) fn finish(&self, reservation: Reservation, finished: Finished, now: SystemTime) {
        let Reservation { keys, at } = reservation;
        let now = millis(now);
        let mut polls = POLLS;
        let until = |pause: Duration| now.saturating_add(pause.as_millis().try_into().unwrap_or(u64::MAX));
        for key in &keys {
            if let Ok(Some(mut book)) = self.open(key, now, &mut polls) {
                book.ledger.finish(now, &self.who, at);
                if let Some(pause) = finished.limited_for {
                    book.ledger.pause(until(pause));
                }
                let _ = book.save();
            }
        }
        if let Ok(Some(mut book)) = self.open(HOST, now, &mut polls) {
            book.ledger.finish(now, &self.who, at);
            if let Some(pause) = finished.host_limited_for {
                book.ledger.pause(until(pause));
            }
            if finished.is_invalid {
                book.ledger.record_invalid(now);
            }
            let _ = book.save();
        }
    }

    /// Gives nothing if a lock is held by somebody. The host's comes last everywhere.
    fn try_reserve(
        &self,
        budgets: &[(String, Limits)],
        now: u64,
        polls: &mut u32,
    ) -> io::Result<Option<Result<(), u64>>> {
        let mut books = Vec::new();
        for (key, limits) in
            budgets.iter().map(|(key, limits)| (key.as_str(), limits)).chain([(HOST, &Limits::of_host())])
        {
            let Some(book) = self.open(key, now, polls)? else { return Ok(None) };
            books.push((book, limits.clone()));
        }
        let mut reserved = Ok(());
        let mut granted = 0;
        for (book, limits) in &mut books {
            reserved = book.ledger.reserve(now, &self.who, limits);
            if reserved.is_err() {
                break;
            }
            granted += 1;
        }
        if reserved.is_err() {
            books.iter_mut().take(granted).for_each(|(book, _)| book.ledger.forget(&self.who, now));
        }
        books.iter_mut().try_for_each(|(book, _)| book.save())?;
        Ok(Some(reserved))
    }

    /// Opens a budget under its lock, if that can be had before the polls are used up.
    fn open(&self, key: &str, now: u64, polls: &mut u32) -> io::Result<Option<Book>> {
        let path = self.path(key);
        let mut file = private_file().open(&path).or_else(|_| {
            private_folder().create(&self.folder)?;
            private_file().open(&path)
        })?;
        loop {
            match file.try_lock() {
                Ok(()) => {
                    let mut ledger = read(&mut file).unwrap_or_default();
                    ledger.release(now, is_gone);
                    return Ok(Some(Book { file, ledger }));
                }
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) if *polls == 0 => return Ok(None),
                Err(TryLockError::WouldBlock) => {
                    *polls -= 1;
                    thread::sleep(BETWEEN_POLLS);
                }
            }
        }
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{key}.json"))
    }
}

/// A budget under its lock, which ends with the file.
struct Book {
    file: File,
    ledger: Ledger,
}

impl Book {
    /// Writes in place, since a lock belongs to the file that a rename would replace. A write that is torn makes no
    /// sense to the next reader, for whom the budget is empty then.
    fn save(&mut self) -> io::Result<()> {
        let text = serde_json::to_vec(&self.ledger)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&text)?;
        self.file.set_len(text.len() as u64)
    }
}

/// Reads a budget, if it makes sense.
fn read(file: &mut File) -> Option<Ledger> {
    let mut text = Vec::new();
    file.take(CAPACITY).read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn private_folder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// A clock before 1970 counts as 1970, and what stands in the files then is from the future.
fn millis(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    since.as_millis().try_into().unwrap_or(u64::MAX)
}

/// Says whether a process is known to be gone, whose requests then are on their way no more.
fn is_gone(who: &str) -> bool {
    let processes = Path::new("/proc");
    let id = who.split_once('-').map_or(who, |(id, _)| id);
    processes.join("self").exists() && !processes.join(id).exists()
}

/// The budget of all requests of the host, whatever their key.
const HOST: &str = "host";

/// How often a lock is tried, and how long in between: together a twentieth of a second.
const POLLS: u32 = 25;
const BETWEEN_POLLS: Duration = Duration::from_millis(2);

/// Bytes of a file that are read; the longest budget, a host's with a thousand refused requests, has a tenth.
const CAPACITY: u64 = 256 * 1024;

/// Spreads those who wait for the same moment.
const JITTER: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests;
