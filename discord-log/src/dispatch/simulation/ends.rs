//! How a process ends, and what may be lost with it.

use super::*;

impl World {
    /// The process ends in some way, and another begins.
    pub(super) fn die(&mut self, how: Action) {
        self.judge_sum();
        let grace = match how {
            Action::EndWell => {
                for _ in 0..3 {
                    self.process.journal.persist(self.now, true);
                }
                assert_eq!(self.process.dispatch.finish(), 0, "seed {}", self.seed);
                self.process.journal.end();
                Duration::ZERO
            }
            Action::CutPower => UNSYNCED,
            _ => Duration::from_millis(150),
        };
        self.excuse(how, grace);
        self.forget_failures();
        self.crashes += 1;
        self.flights.clear();
        match how {
            Action::CutPower => self.disk.cut(),
            _ => self.disk.kill(),
        }
        self.discord.forget_what_was_asked();
        let (number, seed) = (self.process.number + 1, self.seed + u64::from(self.process.number));
        self.process = Process::start(number, &self.storage, config(self.is_renewed), self.now, seed);
    }

    /// What was not due to be on the disk yet may be lost; to a power cut also what a process before left unsynced.
    fn excuse(&mut self, how: Action, grace: Duration) {
        if matches!(how, Action::EndWell) {
            return;
        }
        let now = self.now.instant;
        for issued in self.issued.values_mut().filter(|issued| issued.of == self.process.number) {
            let due = issued.at + if issued.is_urgent { Duration::from_millis(15) } else { grace };
            issued.is_excused |= due >= now;
            issued.is_unsynced |= !issued.is_urgent && issued.at + UNSYNCED >= now;
        }
        if matches!(how, Action::CutPower) {
            self.issued.values_mut().for_each(|issued| issued.is_excused |= issued.is_unsynced);
        }
    }
}

/// How long an event that is no error may be lost to a power cut.
const UNSYNCED: Duration = Duration::from_millis(600);
