//! Says on a terminal that something takes its time: on stderr, from the second second on, and nowhere else.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Something that takes its time, of which perhaps the parts are known.
pub(crate) struct Progress {
    what: &'static str,
    parts: Option<u64>,
    began: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Begins; `parts` says how many there will be, if that is known.
    pub(crate) fn new(what: &'static str, parts: Option<u64>) -> Self {
        Self { what, parts, began: Instant::now(), bar: None }
    }

    /// Goes on: so many parts are done, and perhaps there is something to say.
    pub(crate) fn set(&mut self, done: u64, detail: &str) {
        if self.began.elapsed() < SHORT {
            return;
        }
        // Hidden by itself where stderr is no terminal.
        let bar = self.bar.get_or_insert_with(|| {
            let bar = self.parts.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
            let shape = if self.parts.is_some() { BAR } else { SPINNER };
            bar.set_style(ProgressStyle::with_template(shape).unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.enable_steady_tick(TICK);
            bar
        });
        bar.set_position(done);
        bar.set_message(if detail.is_empty() { self.what.to_owned() } else { format!("{}: {detail}", self.what) });
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// What is over before that needs no bar.
const SHORT: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(120);
const BAR: &str = "{spinner} {bar:24} {pos}/{len} {wide_msg}";
const SPINNER: &str = "{spinner} {elapsed} {wide_msg}";
