//! Many events in one file, a line of JSON each, as the journal has them: plain as long as that is small, then
//! compressed while it grows.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::body::File;
use super::limits;
use crate::event::JsonLines;
use crate::reduce::Shown;

/// A file that takes events until it is full.
#[derive(Debug, Default)]
pub(super) struct Listing {
    lines: JsonLines,
    /// Lines that are not compressed, or not yet.
    plain: Vec<u8>,
    compressed: Option<GzEncoder<Vec<u8>>>,
    /// Bytes that the compressor has taken and may still hold.
    fed: usize,
    /// Bytes of what it had given when it was last looked at.
    given: usize,
}

impl Listing {
    /// Adds an event; says no if there is no room for it. For the first one there always is.
    pub(super) fn push(&mut self, shown: &Shown) -> bool {
        let start = self.plain.len();
        self.lines.write(&shown.entry.id.whole(), &shown.entry.event, &mut self.plain);
        self.plain.push(b'\n');
        if self.worst() > limits::FILE_BYTES && (start > 0 || self.compressed.is_some()) {
            self.plain.truncate(start);
            return false;
        }
        let is_small = self.compressed.is_none() && self.plain.len() <= limits::PLAIN_FILE_BYTES;
        if !is_small && (self.compressed.is_none() || self.plain.len() >= limits::FED_BYTES) {
            self.feed();
        }
        true
    }

    /// Makes the file.
    pub(super) fn file(mut self, name: &str) -> File {
        if self.compressed.is_some() {
            self.feed();
        }
        match self.compressed.map(GzEncoder::finish) {
            // Writing to memory does not fail.
            Some(compressed) => File {
                name: format!("{name}.jsonl.gz"),
                media_type: "application/gzip",
                bytes: compressed.unwrap_or_default(),
            },
            None => File { name: format!("{name}.jsonl"), media_type: "application/jsonl", bytes: self.plain },
        }
    }

    /// How large the file can become with what is in it: as if nothing more of it could be compressed.
    fn worst(&self) -> usize {
        let held = self.plain.len() + self.fed;
        self.given + held + held / limits::DEFLATE_SHARE + limits::GZIP_BYTES
    }

    fn feed(&mut self) {
        let compressor =
            self.compressed.get_or_insert_with(|| GzEncoder::new(Vec::new(), Compression::new(limits::GZIP_LEVEL)));
        let _ = compressor.write_all(&self.plain);
        self.fed += self.plain.len();
        self.plain.clear();
        let given = compressor.get_ref().len();
        if given > self.given {
            // It gives a block when it is full; what came since is less than that and what was fed last.
            self.fed = self.fed.min(limits::DEFLATE_HELD_BYTES);
            self.given = given;
        }
    }
}
