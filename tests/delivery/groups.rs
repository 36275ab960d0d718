//! One message for one problem: repeats edit it, floods fit, a person may delete it, and a restart goes on with it.

use std::collections::BTreeSet;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use discord_log::{Channel, Config, Event, Severity};
use discord_log_preview::Discord;

use crate::world::{PATIENCE, World, everywhere};

fn titles(world: &World) -> Vec<String> {
    world.titles("errors")
}

/// The same problem each time, from one place in the source.
fn charge() {
    discord_log::log_error(&io::Error::other("refused"), "Charge");
}

/// Posts and edits of a world.
fn requests(world: &World) -> (usize, usize) {
    let all = world.discord.requests();
    let count = |method: &str| all.iter().filter(|request| request.method == method).count();
    (count("POST"), count("PATCH"))
}

/// Waits until something is seen in a channel.
fn until(world: &World, what: impl Fn(&World) -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !what(world) {
        assert!(Instant::now() < deadline, "{}", world.text("errors"));
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_thousand_occurrences_over_a_minute_are_one_message_with_an_exact_count() {
    let mut world = World::start();
    let pause = Duration::from_secs(60) / 1_000;
    for _ in 0..1_000 {
        discord_log::log_error(&io::Error::other("the database is gone"), "Save invoice");
        thread::sleep(pause);
    }
    world.flush();
    assert_eq!(titles(&world), ["❌ Save invoice failed ×1,000"]);
    let (posts, edits) = requests(&world);
    println!("1,000 occurrences in a minute: {posts} posts, {edits} edits");
    assert!(posts <= 4 && edits <= 12, "{posts} posts, {edits} edits");
    let health = world.end();
    assert_eq!((health.accepted, health.delivered, health.merged), (1_000, 1, 999), "{health}");
}

#[test]
fn fifteen_failures_that_differ_in_the_number_of_the_order_name_all_fifteen() {
    let mut world = World::start();
    for order in 4_711..4_726 {
        let error = io::Error::other(format!("order {order} has no address"));
        discord_log::log(Event::error(&error, "Ship order").actor(format!("u-{}", order % 4)));
    }
    world.flush();
    assert_eq!(titles(&world), ["❌ Ship order failed ×15"]);
    let text = world.text("errors");
    for order in 4_711..4_726 {
        assert!(text.contains(&order.to_string()), "{order} is missing: {text}");
    }
    assert!(text.contains("4 people"), "{text}");
    let health = world.end();
    assert_eq!((health.delivered, health.merged), (1, 14), "{health}");
}

#[test]
fn what_differs_in_more_than_twenty_ways_is_all_in_a_file() {
    let world = World::start();
    for customer in 0..60 {
        // From sixty places, so that no valve counts instead of telling.
        let event = Event::system_event("Mail bounced", format!("customer {customer} has no mailbox"));
        discord_log::log(event.with_severity(Severity::Warning));
        if customer % 20 == 19 {
            world.flush();
            thread::sleep(Duration::from_secs(5));
        }
    }
    world.flush();
    let messages = world.discord.messages("system");
    let last = messages.last().expect("a message");
    let file = last.attachments.iter().find(|file| file.filename.starts_with("occurrences-")).expect("a file");
    let text = String::from_utf8_lossy(file.bytes().expect("kept")).into_owned();
    let named: BTreeSet<_> = (0..60).filter(|customer| text.contains(&format!("\"{customer}\""))).collect();
    assert!(named.len() >= 58, "{} of 60 are named: {text}", named.len());
}

#[test]
fn another_problem_is_another_message_and_good_news_is_told_one_by_one() {
    let world = World::start();
    for _ in 0..3 {
        discord_log::log_error(&io::Error::other("refused"), "Charge");
        discord_log::log_error(&io::Error::other("unreachable"), "Charge");
        discord_log::log_user_action("Login");
    }
    world.flush();
    let mut titles = titles(&world);
    titles.sort();
    assert_eq!(titles, ["❌ Charge failed ×3", "❌ Charge failed ×3"]);
    assert_eq!(world.titles("activity").len(), 3);
}

#[test]
fn a_message_that_a_person_deletes_is_posted_anew_and_goes_on_counting() {
    let world = World::start();
    charge();
    until(&world, |world| titles(world).len() == 1);
    let message = world.discord.messages("errors").remove(0);
    assert!(world.discord.delete_message(&message.id));
    charge();
    until(&world, |world| titles(world) == ["❌ Charge failed ×2"]);
    assert!(world.text("errors").contains("deleted"), "{}", world.text("errors"));
    let new = world.discord.messages("errors").remove(0);
    assert_ne!(new.id, message.id);
    world.flush();
}

#[test]
fn a_problem_that_is_not_seen_any_more_is_over() {
    let world = World::with(Discord::builder(), |discord| everywhere(discord).group_window(Duration::from_secs(2)));
    for _ in 0..3 {
        charge();
    }
    until(&world, |world| titles(world) == ["❌ Charge failed ×3"]);
    until(&world, |world| titles(world).iter().all(|title| title.starts_with('✅')));
    // It is back after a while: a message of its own, which says so.
    charge();
    until(&world, |world| titles(world).len() == 2);
    assert!(world.text("errors").contains("Back"), "{}", world.text("errors"));
    world.flush();
}

#[test]
fn a_problem_that_is_worse_than_it_was_is_posted_anew() {
    let world = World::start();
    let event = |severity| {
        Event::system_event("Queue is long", "more than 100 jobs").in_channel(Channel::Errors).with_severity(severity)
    };
    discord_log::log(event(Severity::Warning));
    until(&world, |world| titles(world).len() == 1);
    discord_log::log(event(Severity::Error));
    until(&world, |world| titles(world).len() == 2);
    world.flush();
    assert_eq!(requests(&world).0, 2);
}

#[test]
fn ten_thousand_invoices_in_ten_seconds_are_all_found_again() {
    let mut world = World::with(Discord::builder(), |discord| everywhere(discord).queue_size(1_000));
    let start = Instant::now();
    for number in 0..10_000_u32 {
        discord_log::log_invoice_created(format!("INV-{number:05}"), 99.5, "ACME");
        if number % 100 == 99 {
            thread::sleep(Duration::from_millis(100).saturating_sub(Duration::from_micros(500)));
        }
    }
    discord_log::flush(Duration::from_secs(60)).expect("within a minute");
    println!("10,000 invoices: found after {:?}, {:?} requests", start.elapsed(), requests(&world));
    let mut text = world.text("finance");
    for message in world.discord.messages("finance") {
        for file in &message.attachments {
            text.push_str(&String::from_utf8_lossy(file.bytes().expect("kept")));
        }
    }
    let missing: Vec<_> = (0..10_000).filter(|number| !text.contains(&format!("INV-{number:05}"))).take(5).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(world.statuses().get(&429), None, "{:?}", world.statuses());
    let health = world.end();
    assert_eq!((health.delivered, health.lost.len()), (10_000, 0), "{health}");
}

#[test]
fn a_million_errors_of_one_call_are_few_requests_and_an_exact_count() {
    const TIMES: u64 = 1_000_000;
    let mut world = World::start();
    let before = memory();
    for number in 0..TIMES {
        discord_log::log_error(&io::Error::other(format!("row {number} is locked")), "Import");
    }
    let added = memory().saturating_sub(before);
    world.flush();
    let (posts, edits) = requests(&world);
    println!("1,000,000 errors: {posts} posts, {edits} edits, {added} KiB more");
    assert!(posts + edits <= 20, "{posts} posts, {edits} edits");
    assert!(added <= 32 * 1024, "{added} KiB");
    assert_eq!(titles(&world), ["❌ Import failed ×1,000,000"]);
    let health = world.end();
    assert_eq!((health.accepted, health.lost.len()), (TIMES, 0), "{health}");
}

/// KiB of this process that are in memory.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or_default()
}

#[test]
fn criticals_and_errors_pass_what_is_less_important_and_the_rest_has_its_share() {
    let shared = |discord: &Discord| {
        let webhook = discord.webhook_url("errors").expect("a webhook");
        Config::builder().api_base(discord.api_base()).service("tests").shared_webhook(webhook)
    };
    let world = World::with(Discord::builder(), shared);
    for number in 0..40 {
        discord_log::log_user_action(format!("Click {number}"));
    }
    for number in 0..200 {
        let text: String = format!("{number}").bytes().map(|digit| char::from(digit - b'0' + b'a')).collect();
        discord_log::log(Event::system_event("Job failed", format!("reason {text}")).with_severity(Severity::Error));
    }
    discord_log::log_critical("Disk full", "nothing can be written");
    discord_log::flush(Duration::from_secs(60)).expect("delivered");
    let order = world.titles("errors");
    let place = |what: &str| order.iter().position(|title| title.contains(what));
    let (critical, last_error) = (place("Disk full").expect("critical"), order.len());
    assert!(critical < 25, "{critical} of {last_error}: {order:?}");
    assert!(place("Click 39").is_some() || order.iter().any(|title| title.contains("events")), "{order:?}");
}

/// A world with a forum.
fn forum(is_said: bool) -> World {
    World::with(Discord::builder().forum("deploys"), |discord| {
        everywhere(discord).threads(Channel::named("deploys"), is_said)
    })
}

/// The posts of the forum, each with what is told in it.
fn threads(world: &World) -> Vec<(String, Vec<String>)> {
    let mut threads: Vec<(String, Vec<String>)> = Vec::new();
    for message in world.discord.messages("deploys") {
        let id = message.thread.as_ref().expect("a thread").id.clone();
        let titles: Vec<_> =
            message.embeds.iter().map(|embed| embed["title"].as_str().unwrap_or_default().to_owned()).collect();
        match threads.iter_mut().find(|(known, _)| *known == id) {
            Some((_, known)) => known.extend(titles),
            None => threads.push((id, titles)),
        }
    }
    threads
}

fn fail_to_deploy(error: &'static str) {
    let event = Event::error(&io::Error::other(error), "Deploy").in_channel(Channel::named("deploys"));
    discord_log::log(event);
}

#[test]
fn in_a_forum_each_problem_is_a_post_and_everything_else_shares_one() {
    for is_said in [true, false] {
        // Where nobody said that it is a forum, Discord does.
        let world = forum(is_said);
        fail_to_deploy("refused");
        discord_log::log(Event::system_event("Deployed", "v1").in_channel(Channel::named("deploys")));
        fail_to_deploy("gone");
        world.flush();
        discord_log::log(Event::system_event("Deployed", "v2").in_channel(Channel::named("deploys")));
        fail_to_deploy("refused");
        fail_to_deploy("refused");
        world.flush();
        let told = threads(&world);
        let counts: Vec<_> = told.iter().map(|(_, titles)| titles.len()).collect();
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told.iter().any(|(_, titles)| titles == &["❌ Deploy failed ×3"]), "{told:?}");
        assert_eq!(counts.iter().sum::<usize>(), 4, "{told:?}");
    }
}

#[test]
fn a_post_that_was_archived_wakes() {
    let world = forum(true);
    fail_to_deploy("refused");
    world.flush();
    let thread = world.discord.messages("deploys")[0].thread.clone().expect("a thread");
    assert!(world.discord.archive_thread(&thread.id));
    fail_to_deploy("refused");
    world.flush();
    let told = threads(&world);
    let (id, titles) = told.first().expect("a thread");
    assert_eq!((told.len(), id), (1, &thread.id), "{told:?}");
    assert!(titles.iter().any(|title| title.ends_with("×2")), "{told:?}");
}

#[test]
fn a_channel_that_is_no_forum_is_told_as_any_other() {
    let world = World::with(Discord::builder(), |discord| everywhere(discord).threads(Channel::Errors, true));
    charge();
    charge();
    world.flush();
    assert_eq!(titles(&world), ["❌ Charge failed ×2"]);
}
