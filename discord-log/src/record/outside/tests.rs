use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::*;
use crate::event::{Channel, Event};
use crate::record::storage::{Failing, PowerCut};
use crate::record::{DiskJournal, Ending, Entry, EventId, Journal as _, Now, Settings, chunk};

fn now(second: i64) -> Now {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let wall = Timestamp::from_second(1_777_629_600 + second).expect("a moment");
    Now { instant: *START + Duration::from_secs(second.unsigned_abs()), wall }
}

fn service(disk: &PowerCut, start: u32) -> DiskJournal {
    let settings = Settings {
        queue_size: 100,
        dir: None,
        namespace: "billing@live".to_owned(),
        most_bytes: 100_000_000,
        retention: Duration::from_secs(14 * 24 * 60 * 60),
    };
    let instance = format!("17776296{start:05}-7-0");
    DiskJournal::new(Arc::new(disk.clone()), Path::new("/journal"), instance, &settings)
}

fn site(disk: impl Storage + 'static) -> Site {
    Root::of(Arc::new(disk), Path::new("/journal")).site("billing@live")
}

fn stamped(event: Event, second: i64) -> Event {
    let mut event = event;
    event.stamp(now(second).wall);
    event
}

fn append(journal: &DiskJournal, events: Vec<Event>, second: i64) {
    journal.append(&mut events.into_iter(), now(second).instant);
    journal.persist(now(second), true);
}

/// Takes what there is in a channel and ends it.
fn end(journal: &DiskJournal, channel: Channel, ending: &Ending, second: i64) -> Vec<Entry> {
    journal.persist(now(second), true);
    let taken = journal.take(channel, 100);
    journal.settle(taken.clone(), Some(ending));
    journal.persist(now(second), true);
    taken
}

fn delivered(second: i64) -> Ending {
    Ending::Delivered { at: now(second).wall, message: Some("42".to_owned()) }
}

fn buried(second: i64) -> Ending {
    Ending::Buried { at: now(second).wall, reason: "50035: Invalid Form Body".to_owned() }
}

fn records(files: &[File]) -> Vec<Record> {
    let lines = files.iter().flat_map(File::lines).map(|line| line.expect("readable"));
    let record = |line: Line| match line.content {
        Content::Event(record) => Some(*record),
        _ => None,
    };
    lines.filter_map(record).collect()
}

fn titles(files: &[File]) -> Vec<String> {
    records(files).iter().map(|record| record.event().title().unwrap_or_default().to_owned()).collect()
}

#[test]
fn what_a_process_holds_is_seen_while_it_lives_and_after_it_died() {
    let disk = PowerCut::default();
    let journal = service(&disk, 1);
    append(&journal, vec![stamped(Event::critical("down", ""), 3), stamped(Event::user_action("Login"), 5)], 6);
    append(&journal, vec![stamped(Event::user_action("Logout"), 7)], 8);
    let site = site(disk.clone());

    let [process] = &*site.processes().expect("a list") else { panic!("one process") };
    assert_eq!((process.state, process.waiting, process.id), (ProcessState::Alive, 3, Some(7)));
    let waiting = site.waiting().expect("a list");
    let told: Vec<_> = waiting.iter().map(|w| (w.channel, w.events, w.files, w.oldest)).collect();
    let (errors, activity) = ((Channel::Errors, 1, 1, Some(now(3).wall)), (Channel::Activity, 2, 2, Some(now(5).wall)));
    assert_eq!(told, [errors, activity]);
    assert_eq!(titles(&site.files(FileKind::Waiting).expect("files")).len(), 3);

    disk.kill();
    assert_eq!(site.processes().expect("a list")[0].state, ProcessState::Killed);
    let next = service(&disk, 2);
    next.persist(now(9), true);
    next.end();
    let left = site.processes().expect("a list");
    assert_eq!(
        left.iter().map(|process| (process.state, process.waiting)).collect::<Vec<_>>(),
        [(ProcessState::Ended, 3)]
    );
}

#[test]
fn a_directory_that_is_being_made_is_left_alone() {
    let disk = PowerCut::default();
    let dir = Path::new("/journal/v1/billing@live/1777629600000-9-0");
    disk.create_dir(dir).expect("a directory");
    let lock = disk.try_lock(&dir.join("lock")).expect("a lock");
    assert_eq!(site(disk.clone()).processes().expect("a list")[0].state, ProcessState::Starting);
    drop(lock);
}

#[test]
fn what_is_settled_of_a_file_waits_no_more_and_stands_in_the_history() {
    let disk = PowerCut::default();
    let journal = service(&disk, 1);
    append(&journal, ["a", "b", "c"].map(|title| stamped(Event::user_action(title), 1)).to_vec(), 2);
    let mut taken = journal.take(Channel::Activity, 10);
    let rest = taken.split_off(1);
    journal.settle(taken, Some(&delivered(3)));
    journal.persist(now(3), true);
    let site = site(disk.clone());
    assert_eq!(titles(&site.files(FileKind::Waiting).expect("files")), ["b", "c"]);
    assert_eq!(site.waiting().expect("a list")[0].events, 2);
    let history = records(&site.files(FileKind::History).expect("files"));
    assert_eq!(history[0].fate(), &Fate::Delivered { at: now(3).wall, message: Some("42".to_owned()) });
    assert_eq!(history[0].event().occurred_at(), now(1).wall);
    for file in site.files(FileKind::Waiting).expect("files") {
        assert_eq!(file.check().expect("readable"), Checked { events: 2, ..Checked::default() });
    }
    drop(rest);
}

#[test]
fn a_dead_event_that_is_given_back_is_delivered_by_a_process_that_runs() {
    let disk = PowerCut::default();
    let journal = service(&disk, 1);
    append(&journal, ["a", "b", "c"].map(|title| stamped(Event::user_action(title), 1)).to_vec(), 2);
    let dead = end(&journal, Channel::Activity, &buried(3), 3);
    let site = site(disk.clone());
    assert_eq!(records(&site.files(FileKind::Dead).expect("files")).len(), 3);

    assert_eq!(
        site.give_back(&[dead[0].id, dead[1].id, EventId::new(now(9).wall, 1)], "1777629700000-8-0").unwrap(),
        2
    );
    assert_eq!(titles(&site.files(FileKind::Dead).expect("files")), ["c"]);
    assert_eq!(site.give_back(&[dead[0].id], "1777629700001-8-0").unwrap(), 0, "it is not dead any more");

    let adopted = journal.persist(now(60), true);
    assert_eq!((adopted.adopted, adopted.unclean), (2, 0), "{:?}", adopted.troubles);
    let again = end(&journal, Channel::Activity, &delivered(61), 61);
    let told: Vec<_> = again.iter().map(|entry| (entry.id, entry.may_repeat)).collect();
    assert_eq!(told, [(dead[0].id, false), (dead[1].id, false)]);
    let instances = site.processes().expect("a list");
    assert_eq!(instances.len(), 1, "its directory goes with its last file: {instances:?}");
}

#[test]
fn an_event_that_was_given_back_may_repeat_once_its_process_was_killed() {
    let disk = PowerCut::default();
    let journal = service(&disk, 1);
    append(&journal, vec![stamped(Event::user_action("a"), 1)], 2);
    let dead = end(&journal, Channel::Activity, &buried(3), 3);
    site(disk.clone()).give_back(&[dead[0].id], "1777629700000-8-0").unwrap();
    journal.persist(now(60), true);
    journal.persist(now(60), true);
    assert_eq!(journal.take(Channel::Activity, 10).len(), 1, "and the answer never comes");
    disk.kill();
    let next = service(&disk, 2);
    next.persist(now(61), true);
    next.persist(now(61), true);
    let again = next.take(Channel::Activity, 10);
    assert!(again.len() == 1 && again[0].may_repeat, "{again:?}");
}

/// Every call of the disk fails once, for good: a dead event is dead or waits, and never both or neither.
#[test]
fn a_retry_that_fails_anywhere_loses_nothing_and_doubles_nothing() {
    for fails_at in 0.. {
        let disk = PowerCut::default();
        let journal = service(&disk, 1);
        append(&journal, vec![stamped(Event::user_action("a"), 1), stamped(Event::user_action("b"), 1)], 2);
        let dead = end(&journal, Channel::Activity, &buried(3), 3);
        let failing = Failing::new(disk.clone(), fails_at..u64::MAX, true);
        let given = site(failing.clone()).give_back(&[dead[0].id, dead[1].id], "1777629700000-8-0");

        let site = site(disk.clone());
        let mut all = titles(&site.files(FileKind::Dead).expect("files"));
        all.extend(titles(&site.files(FileKind::Waiting).expect("files")));
        all.sort();
        assert_eq!(all, ["a", "b"], "call {fails_at}: {given:?}");
        disk.kill();
        let next = service(&disk, 2);
        for second in [200, 300] {
            assert_eq!(next.persist(now(second), true).damaged, 0, "call {fails_at}");
        }
        if failing.calls() < fails_at {
            assert_eq!(given.expect("nothing failed"), 2);
            return;
        }
    }
}

fn lines_of(disk: &PowerCut, bytes: Vec<u8>) -> Lines {
    let file = Path::new("/journal/x.jsonl");
    disk.create_dir(Path::new("/journal")).expect("a directory");
    disk.write(file, &bytes).expect("a file");
    Lines::new(Arc::new(disk.clone()), file.to_owned(), 0)
}

fn encoded(events: impl IntoIterator<Item = Event>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (event, number) in events.into_iter().zip(1_u64..) {
        let entry = Entry::new(crate::record::Seq(number), EventId::new(now(1).wall, number.into()), event);
        chunk::encode_ended(&mut bytes, &entry, &delivered(2));
    }
    bytes
}

fn told(lines: impl Iterator<Item = io::Result<Line>>) -> Vec<String> {
    lines
        .map(|line| match line.expect("readable").content {
            Content::Damaged => "damaged".to_owned(),
            Content::Event(record) => record.event().title().unwrap_or_default().to_owned(),
            Content::Other(json) => json,
        })
        .collect()
}

#[test]
fn a_byte_that_flips_costs_its_line_and_no_other() {
    let titles = ["one", "two", "three"];
    let bytes = encoded(titles.map(Event::user_action));
    let mut next_of_file = 0;
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        let read = told(lines_of(&PowerCut::default(), damaged));
        let whole = read.iter().filter(|title| titles.contains(&title.as_str())).count();
        assert!(whole >= 2, "byte {at}: {read:?}");
        assert!(read.iter().all(|title| title == "damaged" || titles.contains(&title.as_str())), "byte {at}: {read:?}");
        next_of_file += usize::from(whole == 2);
    }
    assert!(next_of_file > bytes.len() - 4, "nearly every byte matters");
}

#[test]
fn a_line_that_its_process_died_over_does_not_cost_the_next_one() {
    let (torn, whole) = (encoded([Event::user_action("torn")]), encoded([Event::user_action("whole")]));
    for cut in 1..torn.len() {
        let bytes = [&torn[..cut], &whole[..]].concat();
        assert_eq!(told(lines_of(&PowerCut::default(), bytes)), ["damaged", "whole"], "cut at {cut}");
    }
}

#[test]
fn reading_goes_on_where_a_file_has_grown() {
    let disk = PowerCut::default();
    let bytes = encoded(["one", "two"].map(Event::user_action));
    let first = bytes.iter().position(|byte| *byte == b'\n').expect("a line") + 1;
    let mut lines = lines_of(&disk, bytes[..first + 20].to_vec());
    assert_eq!(told(&mut lines), ["one"]);
    assert_eq!((lines.offset(), lines.unfinished()), (first as u64, 20));
    disk.append(Path::new("/journal/x.jsonl"), &bytes[first + 20..]).expect("room");
    assert_eq!(told(&mut lines), ["two"]);
    assert_eq!((lines.offset(), lines.unfinished()), (bytes.len() as u64, 0));
    disk.remove(Path::new("/journal/x.jsonl")).expect("a file");
    assert_eq!(told(&mut lines), [""; 0]);
}

#[test]
fn lines_longer_than_what_is_read_at_once_are_whole_and_endless_ones_are_damage() {
    let long = "x".repeat(200_000);
    let text = |title: &str| Event::user_action(title).field("long", "\u{1}".repeat(200_000));
    let mut bytes = encoded([text("one"), Event::user_action("two").field("long", &*long), text("three")]);
    let whole = bytes.len() as u64;
    bytes.extend(std::iter::repeat_n(b'x', 10_000_000));
    bytes.push(b'\n');
    bytes.extend(encoded([Event::user_action("four")]));
    let all: Vec<_> = lines_of(&PowerCut::default(), bytes.clone()).map(|line| line.expect("readable")).collect();
    assert_eq!(told(all.iter().cloned().map(Ok)), ["one", "two", "three", "damaged", "four"]);
    assert_eq!((all[3].offset, all[3].bytes), (whole, 10_000_001));
    assert_eq!(all.iter().map(|line| line.bytes).sum::<u64>(), bytes.len() as u64);
    assert!(all.windows(2).all(|two| two[0].offset + two[0].bytes == two[1].offset));
}

#[test]
fn lines_of_another_kind_are_no_damage() {
    let mut bytes = encoded([Event::user_action("one")]);
    let other = br#"{"minute":"2026-05-01T10:00Z","accepted":3}"#;
    bytes.extend(format!("{:08x} {}\n", crc32fast::hash(other), String::from_utf8_lossy(other)).bytes());
    let mut unknown = encoded([Event::user_action("two")]);
    let json = String::from_utf8(unknown.split_off(9)).expect("text").trim_end().replace("user_action", "of_tomorrow");
    bytes.extend(format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes())).bytes());
    let read = told(lines_of(&PowerCut::default(), bytes));
    assert_eq!(read, ["one", std::str::from_utf8(other).expect("text"), &json]);
}

#[test]
fn the_last_lines_are_found_from_the_end() {
    let disk = PowerCut::default();
    let journal = service(&disk, 1);
    let long = "x".repeat(90_000);
    for title in ["a", "b", "c", "d"] {
        append(&journal, vec![stamped(Event::user_action(title).field("long", &*long), 1)], 2);
        end(&journal, Channel::Activity, &delivered(3), 3);
    }
    let files = site(disk.clone()).files(FileKind::History).expect("files");
    let last = |lines| told(files[0].lines_from(files[0].start_of_last(lines).expect("readable")));
    assert_eq!(last(2), ["c", "d"]);
    assert_eq!(last(0), [""; 0]);
    assert_eq!(last(4), ["a", "b", "c", "d"]);
    assert_eq!(last(usize::MAX), ["a", "b", "c", "d"]);
    disk.remove(files[0].path()).expect("a file");
    assert_eq!(last(2), [""; 0], "a file that is gone is empty");
}

#[test]
fn pruning_takes_the_oldest_days_and_nothing_else() {
    let disk = PowerCut::default();
    let journal = service(&disk, 1);
    const DAY: i64 = 24 * 60 * 60;
    for day in 0..4 {
        disk.set_clock(now(day * DAY).wall);
        append(&journal, vec![stamped(Event::user_action("a"), day * DAY)], day * DAY);
        end(&journal, Channel::Activity, &delivered(day * DAY), day * DAY);
    }
    append(&journal, vec![stamped(Event::critical("x", ""), 3 * DAY)], 3 * DAY);
    end(&journal, Channel::Errors, &buried(3 * DAY), 3 * DAY);
    let site = site(disk.clone());
    let days = || site.files(FileKind::History).expect("files").len();
    assert_eq!(site.prune(None, None).expect("pruned"), Pruned { left: 4 * day_bytes(&site), ..Pruned::default() });
    assert_eq!((site.prune(Some(now(DAY).wall), None).expect("pruned").files, days()), (1, 3));
    let bytes = day_bytes(&site);
    let pruned = site.prune(None, Some(2 * bytes)).expect("pruned");
    assert_eq!((pruned, days()), (Pruned { files: 1, bytes, left: 2 * bytes }, 2));
    assert_eq!(site.files(FileKind::Dead).expect("files").len(), 1);
}

fn day_bytes(site: &Site) -> u64 {
    site.files(FileKind::History).expect("files")[0].bytes()
}

#[test]
fn a_webhook_is_reopened_once_and_not_while_the_list_is_written() {
    let disk = PowerCut::default();
    let root = Root::of(Arc::new(disk.clone()), Path::new("/journal"));
    assert_eq!(root.reopen("5be9").expect("no list"), Some(false));
    let closure = crate::record::Closure { reason: "10015".to_owned(), at: now(1).wall };
    let closures = ["5be9", "6cfa"].map(|webhook| (webhook.to_owned(), closure.clone()));
    assert!(closed::add(&disk, Path::new("/journal/v1"), &closures.into()).expect("a list"));
    let lock = disk.try_lock(Path::new("/journal/v1/closed.lock")).expect("a lock");
    assert_eq!(root.reopen("5be9").expect("a list"), None);
    drop(lock);
    assert_eq!(root.reopen("5be9").expect("a list"), Some(true));
    assert_eq!(root.closures().into_keys().collect::<Vec<_>>(), ["6cfa"]);
}
