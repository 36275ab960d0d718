//! What must be true after every bad day.

use super::*;

impl World {
    /// J7: a fresh event arrives within the pause that runs, and two seconds.
    pub(super) fn judge_freshness(&self, fresh: u32) {
        let is_gone = self.discord.webhooks.get(2).is_some_and(|webhook| webhook.is_deleted);
        // What breaks the server is in the way until it is known to be the culprit.
        if self.has_breakers {
            return;
        }
        let is_there = self.discord.stored.contains_key(&fresh) || self.issued[&fresh].is_buried || is_gone;
        assert!(is_there, "seed {}: a fresh event did not arrive in {:?}", self.seed, self.longest_pause());
    }

    /// A webhook that is gone is called at most three times, whatever happens.
    pub(super) fn judge_closed(&self) {
        for (number, webhook) in self.discord.webhooks.iter().enumerate() {
            let calls = webhook.calls_when_gone;
            assert!(calls <= 3, "seed {}: webhook {number} was called {calls} times when it was gone", self.seed);
        }
    }

    /// J5: the numbers add up, at any moment.
    pub(super) fn judge_sum(&self) {
        let health = self.process.counters.snapshot(self.now.instant, self.now.wall);
        let ended = health.delivered + health.merged + health.buried + health.lost.values().sum::<u64>();
        assert_eq!(health.accepted, ended + health.waiting, "seed {}: {health}", self.seed);
    }

    /// J12: where nobody forgets anything, a message says how often a problem occurred.
    fn judge_problems(&self) {
        if self.crashes > 0 || self.deletes {
            return;
        }
        let mut expected: BTreeMap<(usize, char), u64> = BTreeMap::new();
        for (number, issued) in &self.issued {
            let webhook = (number % 4) as usize;
            issued
                .problem
                .into_iter()
                .for_each(|problem| *expected.entry((webhook, problem)).or_default() += issued.calls);
        }
        for ((webhook, problem), count) in expected {
            let Some(shown) = self.discord.occurrences(webhook, problem) else { continue };
            assert_eq!(shown, count, "seed {}: problem {problem} of webhook {webhook}", self.seed);
            COUNTED.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn judge(mut self) {
        let seed = self.seed;
        self.judge_sum();
        let stored = self.discord.stored_events();
        // J1: nothing that was due to be kept is missing.
        let is_missing = |(number, issued): &(&u32, &Issued)| {
            // Finance keeps its order behind what breaks the server, until others were delivered beside it.
            let may_wait = self.has_breakers && *number % 4 == 1;
            !issued.is_excused && !issued.is_buried && !may_wait && !stored.contains(*number)
        };
        let missing: Vec<_> = self.issued.iter().filter(is_missing).collect();
        assert!(missing.is_empty(), "seed {seed}: {missing:?} of {} are lost", self.issued.len());
        // J2 and J3: what is there was issued, each under its own title.
        assert!(stored.iter().all(|number| self.issued.contains_key(number)), "seed {seed}: nobody logged that");
        // J4: a repeat says so, and there are no more of them than messages that were in doubt.
        let unmarked: Vec<_> = self.discord.stored.iter().filter(|(_, (_, unmarked))| *unmarked > 1).collect();
        assert!(unmarked.is_empty(), "seed {seed}: {unmarked:?} repeat without saying so");
        let repeats: u32 = self.discord.stored.values().map(|(all, _)| all - 1).sum();
        let doubts = self.discord.ambiguous + self.crashes * CHANNELS.len() as u32;
        assert!(self.disk.was_cut() || repeats <= 10 * doubts, "seed {seed}: {repeats} repeats, {doubts} in doubt");
        // Finance in its order: an event that comes for the first time is newer than all before it.
        let is_late = self.discord.finance.windows(2).any(|two| two[0] > two[1]);
        // What was refused with what was told later of it may be back, without that, after a power cut.
        assert!(!is_late || (self.refuses && self.disk.was_cut()), "seed {seed}: {:?}", self.discord.finance);
        // J5: in the end nothing waits.
        let health = self.process.counters.snapshot(self.now.instant, self.now.wall);
        // What breaks the server waits until others were delivered beside it, and there may be no others.
        assert!(health.waiting == 0 || self.has_breakers, "seed {seed}: {health}");
        // J6: limits are asked for before they are reached, except by a process that knows nothing yet.
        assert!(self.discord.violations.is_empty(), "seed {seed}: {:?}", self.discord.violations);
        // Nor by one that could not learn which webhooks share a channel, while Discord was out of reach.
        let blind = if self.discord.shares_a_channel() && !self.faults.is_empty() { 2 } else { 0 };
        let (overruns, most) = (self.discord.overruns, self.crashes * CHANNELS.len() as u32 + blind);
        assert!(overruns <= most, "seed {seed}: {overruns} limits reached after {} starts", self.crashes);
        assert!(self.discord.invalid < 1_000, "seed {seed}");
        // J10: a token is in requests alone.
        for (path, bytes) in self.disk.files() {
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains(CANARY), "seed {seed}: {} holds a token: {text}", path.display());
        }
        self.judge_recoveries();
        self.judge_problems();
        self.hear();
        let told = format!("{} {:?} {:?}", self.said, self.process.dispatch, health);
        assert!(!told.contains(CANARY), "seed {seed}: a token is told");
    }
}
