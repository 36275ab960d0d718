//! Where the index is, who may write it, and what to say when it cannot be used.

use std::fs::{self, DirBuilder, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, io};

use discord_log::journal::Journal;
use rusqlite::{Connection, ErrorCode};

use super::schema;
use crate::exit::Failure;

/// Why the index cannot be used.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The journal cannot be read.
    Journal(io::Error),
    /// The index cannot be written.
    Place(io::Error),
    Sqlite(rusqlite::Error),
}

impl Trouble {
    /// Says whether a new index would help.
    pub(super) fn is_damage(&self) -> bool {
        let Self::Sqlite(error) = self else { return false };
        let is_damage = |code| matches!(code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase);
        match error {
            rusqlite::Error::SqliteFailure(failure, _) => {
                // A table that is not as it was made.
                is_damage(failure.code) || failure.code == ErrorCode::Unknown
            }
            rusqlite::Error::SqlInputError { .. }
            | rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::QueryReturnedNoRows
            | rusqlite::Error::Utf8Error(..) => true,
            _ => false,
        }
    }
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// The place of the index of one journal.
pub(super) struct Cache {
    dir: PathBuf,
    name: String,
}

impl Cache {
    pub(super) fn of(journal: &Journal) -> Result<Self, Failure> {
        let place = |name: &str| env::var_os(name).map(PathBuf::from).filter(|place| place.is_absolute());
        let cache = place("XDG_CACHE_HOME")
            .or_else(|| place("HOME").map(|home| home.join(".cache")))
            .or_else(|| place("LOCALAPPDATA"))
            .ok_or_else(|| Failure::new("no place for the search index is known: set XDG_CACHE_HOME to a directory"))?;
        let whole = fs::canonicalize(journal.dir()).unwrap_or_else(|_| journal.dir().to_owned());
        Ok(Self { dir: cache.join("discord-log"), name: format!("index-{:016x}", hash(&whole)) })
    }

    fn file(&self) -> PathBuf {
        self.dir.join(format!("{}.sqlite3", self.name))
    }

    /// Takes the right to write the index; nothing if another process has it for long.
    pub(super) fn lock(&self) -> Result<Option<fs::File>, Trouble> {
        make(&self.dir).map_err(Trouble::Place)?;
        let file = private().open(self.dir.join(format!("{}.lock", self.name))).map_err(Trouble::Place)?;
        let until = Instant::now() + LOCKED_AT_MOST;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(file)),
                Err(TryLockError::WouldBlock) if Instant::now() >= until => return Ok(None),
                Err(TryLockError::WouldBlock) => thread::sleep(TRIED_EVERY),
                Err(TryLockError::Error(error)) => return Err(Trouble::Place(error)),
            }
        }
    }

    /// Opens the index; a new one if it is not there, of another version, or to be made anew.
    pub(super) fn open(&self, anew: bool) -> Result<Connection, Trouble> {
        if !anew {
            match self.connect() {
                Ok(connection) if schema::is_known(&connection)? => return Ok(connection),
                Ok(_) => {}
                Err(trouble) if trouble.is_damage() => {}
                Err(trouble) => return Err(trouble),
            }
        }
        for end in ["", "-wal", "-shm"] {
            match fs::remove_file(self.dir.join(format!("{}.sqlite3{end}", self.name))) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(Trouble::Place(error)),
                _ => {}
            }
        }
        let connection = self.connect()?;
        schema::make(&connection)?;
        Ok(connection)
    }

    fn connect(&self) -> Result<Connection, Trouble> {
        // SQLite would make it readable for others, who may not read the journal.
        private().open(self.file()).map_err(Trouble::Place)?;
        let connection = Connection::open(self.file())?;
        schema::prepare(&connection)?;
        Ok(connection)
    }

    /// Says what is wrong, where, and what to do about it.
    pub(super) fn failure(&self, trouble: Trouble) -> Failure {
        let place = self.dir.display();
        let is_full = |code| matches!(code, ErrorCode::DiskFull | ErrorCode::SystemIoFailure);
        match trouble {
            Trouble::Journal(error) => Failure::new(format!("the journal cannot be read: {error}")),
            Trouble::Place(error) => Failure::new(format!(
                "the search index in {place} cannot be written ({error}): set XDG_CACHE_HOME to a directory that can be"
            )),
            Trouble::Sqlite(error) if error.sqlite_error_code().is_some_and(is_full) => Failure::new(format!(
                "the search index in {place} cannot be written ({error}): free the disk, or set XDG_CACHE_HOME to a \
                 directory on another one"
            )),
            Trouble::Sqlite(error) if error.sqlite_error_code() == Some(ErrorCode::ReadOnly) => Failure::new(format!(
                "the search index in {place} cannot be written ({error}): set XDG_CACHE_HOME to a directory that can be"
            )),
            Trouble::Sqlite(error) => {
                Failure::new(format!("the search index in {place} cannot be used ({error}): remove that directory"))
            }
        }
    }
}

fn make(dir: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// FNV-1a: the same in every version of this program, which the standard library's hasher does not promise.
fn hash(path: &Path) -> u64 {
    let bytes = path.as_os_str().as_encoded_bytes();
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// How long a search waits for another that brings the index up to date: as long as a million events take.
const LOCKED_AT_MOST: Duration = Duration::from_secs(60);
const TRIED_EVERY: Duration = Duration::from_millis(20);
