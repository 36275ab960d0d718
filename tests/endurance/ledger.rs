//! What is owed to Discord, and whether it stands there: the judge of every test here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use discord_log_preview::Message;

/// What children have issued, and what they are obliged to deliver.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    lives: Vec<Life>,
    issued: BTreeSet<String>,
    obliged: BTreeSet<String>,
}

#[derive(Debug, Default)]
struct Life {
    /// When each event was logged, in milliseconds of the child's own.
    logged: Vec<(u64, String)>,
    heard_at: u64,
}

impl Ledger {
    pub(crate) fn begin_life(&mut self) -> usize {
        self.lives.push(Life::default());
        self.lives.len() - 1
    }

    /// Takes a line of a child; says whether it was one for the ledger.
    pub(crate) fn note(&mut self, life: usize, line: &str) -> bool {
        let Some((kind, rest)) = line.split_once(' ') else { return false };
        match kind {
            "issued" => self.issued.extend(rest.split(' ').map(str::to_owned)),
            "logged" => {
                let (at, titles) = rest.split_once(' ').expect("a time and titles");
                let at = at.parse().expect("milliseconds");
                self.lives[life].heard_at = at;
                self.lives[life].logged.extend(titles.split(' ').map(|title| (at, title.to_owned())));
            }
            // What stood in a file once may not be lost.
            "saved" => self.obliged.extend(rest.split_whitespace().map(str::to_owned)),
            _ => return false,
        }
        true
    }

    pub(crate) fn oblige(&mut self, titles: impl IntoIterator<Item = String>) {
        self.obliged.extend(titles);
    }

    /// Whatever was issued is to be delivered: for children that ended when all of it was saved.
    pub(crate) fn oblige_all(&mut self) {
        self.obliged = self.issued.clone();
    }

    /// What was logged so long before a child was heard last is owed as well, wherever it was.
    fn oblige_by_time(&mut self) {
        for life in &self.lives {
            let old = life.logged.iter().filter(|(at, _)| at + IN_MEMORY_ALONE <= life.heard_at);
            self.obliged.extend(old.map(|(_, title)| title.clone()));
        }
    }

    /// Compares with what stands in a channel each; `lives` says how many messages stood there when each life began.
    pub(crate) fn judge(
        &mut self,
        channels: &BTreeMap<&'static str, Vec<Message>>,
        lives: &[BTreeMap<&'static str, usize>],
    ) -> Verdict {
        self.oblige_by_time();
        let mut verdict = Verdict { issued: self.issued.len(), obliged: self.obliged.len(), ..Verdict::default() };
        let mut told: BTreeMap<String, Vec<Told>> = BTreeMap::new();
        for (channel, messages) in channels {
            for (place, message) in messages.iter().enumerate() {
                let life = lives.iter().filter(|life| life.get(channel).is_none_or(|count| *count <= place)).count();
                let titles = told_in(message);
                verdict.largest_message = verdict.largest_message.max(titles.len());
                for (title, is_marked) in titles {
                    told.entry(title).or_default().push(Told { channel, life, is_marked });
                }
                let headlines = message.embeds.iter().map(|embed| embed["title"].as_str().unwrap_or_default());
                verdict.unclean += headlines.filter(|title| title.contains("Unclean end")).map(times).sum::<usize>();
            }
        }
        verdict.delivered = told.len();
        verdict.missing = self.obliged.iter().filter(|title| !told.contains_key(*title)).cloned().collect();
        verdict.unknown = told.keys().filter(|title| !self.issued.contains(*title)).cloned().collect();
        let mut repeats: BTreeMap<(&str, usize), usize> = BTreeMap::new();
        for (title, times) in &told {
            verdict.repeats += times.len() - 1;
            verdict.marked += times.iter().filter(|told| told.is_marked).count();
            if times.iter().filter(|told| !told.is_marked).count() > 1 {
                verdict.unmarked.push(title.clone());
            }
            for (first, second) in times.iter().zip(times.iter().skip(1)) {
                if first.life < second.life {
                    *repeats.entry((first.channel, first.life)).or_default() += 1;
                }
            }
        }
        verdict.most_repeats_of_a_crash = repeats.values().copied().max().unwrap_or_default();
        verdict
    }
}

#[derive(Debug)]
struct Told {
    channel: &'static str,
    life: usize,
    is_marked: bool,
}

/// What the judge found.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) issued: usize,
    pub(crate) obliged: usize,
    pub(crate) delivered: usize,
    pub(crate) missing: Vec<String>,
    pub(crate) unknown: Vec<String>,
    /// Told more than once without saying so.
    pub(crate) unmarked: Vec<String>,
    pub(crate) marked: usize,
    pub(crate) repeats: usize,
    /// In any one channel.
    pub(crate) most_repeats_of_a_crash: usize,
    /// Events in it.
    pub(crate) largest_message: usize,
    /// How often an unclean end was told.
    pub(crate) unclean: usize,
}

impl Verdict {
    /// What holds whatever happened.
    pub(crate) fn check(&self) {
        println!("{self}");
        assert!(self.missing.is_empty(), "{self}: {} missing: {:?}", self.missing.len(), some(&self.missing));
        assert!(self.unknown.is_empty(), "{self}: unknown: {:?}", some(&self.unknown));
        assert!(self.unmarked.is_empty(), "{self}: unmarked repeats: {:?}", some(&self.unmarked));
        let most = self.largest_message.max(10);
        assert!(self.most_repeats_of_a_crash <= most, "{self}: more than one message a lane and crash");
    }

    /// What holds where no crash and no doubt was.
    pub(crate) fn check_once(&self) {
        self.check();
        assert_eq!(self.repeats, 0, "{self}");
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} issued, {} obliged, {} delivered, {} repeats ({} marked, at most {} a lane and crash), {} unclean ends told",
            self.issued,
            self.obliged,
            self.delivered,
            self.repeats,
            self.marked,
            self.most_repeats_of_a_crash,
            self.unclean
        )
    }
}

fn some(titles: &[String]) -> &[String] {
    &titles[..titles.len().min(20)]
}

/// The names of events in a message, each once, with whether it is said to be a possible repeat.
pub(crate) fn told_in(message: &Message) -> Vec<(String, bool)> {
    let listing = message.attachments.iter().find(|file| file.filename.starts_with("events-"));
    let listing = listing.and_then(|file| file.bytes()).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let mut told = Vec::new();
    for embed in &message.embeds {
        let is_marked = embed["footer"]["text"].as_str().is_some_and(|text| text.contains("possible repeat"));
        let title = embed["title"].as_str().unwrap_or_default();
        let is_list = title.starts_with(['📋', '📚']);
        let text = match &listing {
            Some(listing) if is_list => listing,
            None if is_list => embed["description"].as_str().unwrap_or_default(),
            _ => title,
        };
        let known = |known: &[(String, bool)], title: &String| known.iter().any(|(known, _)| known == title);
        let new: Vec<_> = titles(text).filter(|title| !known(&told, title)).collect();
        for title in new {
            if !known(&told, &title) {
                told.push((title, is_marked));
            }
        }
    }
    told
}

/// How often something happened by its headline.
fn times(headline: &str) -> usize {
    headline.split_once('×').map_or(1, |(_, times)| times.replace(',', "").parse().expect("a number"))
}

/// The names of events in a text.
pub(crate) fn titles(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|character: char| !character.is_ascii_alphanumeric());
    let is_title = |word: &&str| word.starts_with("ev") && word.ends_with(|last: char| last.is_ascii_digit());
    words.filter(is_title).map(str::to_owned)
}

/// The promise is 100 ms; a busy machine with a slow disk needs longer to write.
const IN_MEMORY_ALONE: u64 = 1_000;
