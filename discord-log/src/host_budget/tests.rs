use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Barrier, Mutex};
use std::time::Instant;

use super::*;

/// A folder of its own for each test, gone at its end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("discord-log-budget-{:016x}", fastrand::u64(..))).join("v1/budget"))
    }

    fn budget(&self) -> HostBudget {
        HostBudget::new(&self.0)
    }

    fn file(&self, key: &str) -> PathBuf {
        self.0.join(format!("{key}.json"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = self.0.ancestors().nth(2).map(fs::remove_dir_all);
    }
}

const KEY: &str = "channel-77";

fn limits() -> Limits {
    Limits::of_channel(28)
}

fn only(key: &str) -> [(String, Limits); 1] {
    [(key.to_owned(), limits())]
}

fn at(millis: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(1_900_000_000_000 + millis)
}

fn granted(reserved: Reserved) -> Reservation {
    match reserved {
        Reserved::Granted(reservation) => reservation,
        other => panic!("{other:?}"),
    }
}

fn wait(reserved: Reserved) -> Duration {
    match reserved {
        Reserved::Until(wait) => wait,
        other => panic!("{other:?}"),
    }
}

fn most_within(sent: &[u64], length: u64) -> usize {
    sent.iter().map(|end| sent.iter().filter(|at| *at <= end && end - **at < length).count()).max().unwrap_or_default()
}

#[test]
fn processes_that_contend_stay_within_the_limits() {
    const THREADS: usize = 8;
    const EACH: usize = 50;
    let folder = Folder::new();
    let (clock, sent, start) = (AtomicU64::new(0), Mutex::new(Vec::new()), Barrier::new(THREADS));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let budget = folder.budget();
                let budgets = [(KEY.to_owned(), Limits::of_channel(120))];
                start.wait();
                let mut done = 0;
                while done < EACH {
                    let now = clock.fetch_add(20, Ordering::SeqCst);
                    match budget.reserve(&budgets, at(now)) {
                        Reserved::Granted(reservation) => {
                            sent.lock().expect("no panic").push(now);
                            let now = clock.fetch_add(20, Ordering::SeqCst);
                            budget.finish(reservation, Finished::default(), at(now));
                            done += 1;
                        }
                        Reserved::Until(_) | Reserved::Unavailable { .. } => thread::yield_now(),
                    }
                }
            });
        }
    });
    let sent = sent.into_inner().expect("no panic");
    assert_eq!(sent.len(), THREADS * EACH);
    assert!(most_within(&sent, 2_000) <= 5, "{} in two seconds", most_within(&sent, 2_000));
    assert!(most_within(&sent, 60_000) <= 120, "{} in a minute", most_within(&sent, 60_000));
}

#[test]
fn a_budget_that_is_held_by_somebody_is_unavailable_soon() {
    let folder = Folder::new();
    let (one, two) = (folder.budget(), folder.budget());
    let _ = granted(one.reserve(&only(KEY), at(0)));
    for key in [KEY, HOST] {
        let holder = File::open(folder.file(key)).expect("a file");
        holder.lock().expect("a lock");
        let start = Instant::now();
        let reserved = two.reserve(&only(KEY), at(1));
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
        assert!(matches!(reserved, Reserved::Unavailable { processes: Some(2) }), "{key}: {reserved:?}");
    }
    let _ = granted(two.reserve(&only(KEY), at(2)));
}

#[test]
fn a_file_that_makes_no_sense_counts_as_empty() {
    let folder = Folder::new();
    let budget = folder.budget();
    fs::create_dir_all(&folder.0).expect("a folder");
    let nested = "[".repeat(10_000);
    let huge = " ".repeat(1_000_000);
    for garbage in ["", "{", "null", "\0\0\0", "{\"requests\":7}", "{\"paused_until\":-1}", &nested, &huge] {
        for key in [KEY, HOST] {
            fs::write(folder.file(key), garbage).expect("a file");
        }
        let reservation = granted(budget.reserve(&only(KEY), at(0)));
        budget.finish(reservation, Finished::default(), at(1));
        let text = fs::read_to_string(folder.file(KEY)).expect("text");
        assert!(serde_json::from_str::<Ledger>(&text).is_ok(), "what was longer is cut: {text:.80}");
    }
}

#[test]
fn a_limit_of_a_channel_holds_that_channel_for_all() {
    let folder = Folder::new();
    let (one, two) = (folder.budget(), folder.budget());
    let reservation = granted(one.reserve(&only(KEY), at(0)));
    let limited = Finished { limited_for: Some(Duration::from_secs(40)), ..Finished::default() };
    one.finish(reservation, limited, at(100));
    let wait = wait(two.reserve(&only(KEY), at(100)));
    assert!((Duration::from_secs(40)..=Duration::from_secs(40) + JITTER).contains(&wait), "{wait:?}");
    let _ = granted(two.reserve(&only("channel-78"), at(100)));
}

#[test]
fn a_limit_of_the_host_holds_every_channel() {
    let folder = Folder::new();
    let (one, two) = (folder.budget(), folder.budget());
    let reservation = granted(one.reserve(&only(KEY), at(0)));
    let banned = Finished { host_limited_for: Some(Duration::from_secs(900)), ..Finished::default() };
    one.finish(reservation, banned, at(0));
    for _ in 0..50 {
        assert!(wait(two.reserve(&only("channel-78"), at(1))) > Duration::from_secs(899));
    }
    let _ = granted(two.reserve(&only("channel-78"), at(900_000)));
    wait(one.reserve(&only(KEY), at(900_000)));
}

#[test]
fn refused_requests_of_all_processes_hold_the_host() {
    let folder = Folder::new();
    for number in 0..1_000 {
        let budget = folder.budget();
        let reservation = granted(budget.reserve(&only(&format!("channel-{}", number % 50)), at(number * 100)));
        budget.finish(reservation, Finished { is_invalid: true, ..Finished::default() }, at(number * 100));
    }
    assert!(wait(folder.budget().reserve(&only(KEY), at(100_000))) >= Duration::from_secs(500));
}

#[test]
fn the_host_takes_forty_a_second() {
    let folder = Folder::new();
    let budget = folder.budget();
    let granted = (0..60)
        .filter(|number| matches!(budget.reserve(&only(&format!("channel-{number}")), at(0)), Reserved::Granted(_)));
    assert_eq!(granted.count(), 40);
}

#[test]
fn a_folder_that_cannot_be_made_is_no_budget() {
    let folder = Folder::new();
    fs::create_dir_all(folder.0.parent().expect("a parent")).expect("a folder");
    fs::write(&folder.0, "a file is in its place").expect("a file");
    let budget = folder.budget();
    let reserved = budget.reserve(&only(KEY), at(0));
    assert!(matches!(reserved, Reserved::Unavailable { processes: None }), "{reserved:?}");
    budget.finish(Reservation { keys: vec![KEY.to_owned()], at: 0 }, Finished::default(), at(1));
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_a_budget() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new();
    let _ = granted(folder.budget().reserve(&only(KEY), at(0)));
    let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
    assert_eq!((mode(&folder.0), mode(&folder.file(KEY)), mode(&folder.file(HOST))), (0o700, 0o600, 0o600));
}

#[test]
fn a_webhook_and_its_channel_both_have_to_take_it() {
    let folder = Folder::new();
    let budget = folder.budget();
    let both = |webhook: &str| [(webhook.to_owned(), limits()), (KEY.to_owned(), Limits::of_minute(7))];
    for number in 0..5 {
        let _ = granted(budget.reserve(&both("webhook-1"), at(number)));
    }
    wait(budget.reserve(&both("webhook-1"), at(5)));
    // What the first one could not take was given back to the channel.
    let _ = (granted(budget.reserve(&both("webhook-2"), at(6))), granted(budget.reserve(&both("webhook-2"), at(7))));
    wait(budget.reserve(&both("webhook-2"), at(8)));
    let _ = granted(budget.reserve(&only("webhook-2"), at(9)));
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_that_is_gone_holds_nobody_up_for_long() {
    let folder = Folder::new();
    let gone = HostBudget { who: "4294967295-0".to_owned(), ..folder.budget() };
    for number in 0..5 {
        let _ = granted(gone.reserve(&only(KEY), at(number)));
    }
    assert!(wait(folder.budget().reserve(&only(KEY), at(10))) >= Duration::from_millis(1_900));
    let _ = granted(folder.budget().reserve(&only(KEY), at(2_200)));
}
