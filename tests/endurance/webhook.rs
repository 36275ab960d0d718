//! A webhook that was deleted is left alone by all later runs, and its events wait for another.

use std::time::Duration;

use discord_log_preview::{Discord, Limits};

use crate::program::PATIENCE;
use crate::world::World;

#[test]
fn a_deleted_webhook_is_called_no_more_and_its_events_wait_for_a_new_one() {
    let mut world = World::with(Discord::builder().limits(Limits::unlimited()).webhook_in("errors"));
    let urls = world.discord.webhook_urls("errors");
    let (old, new) = (urls[0].clone(), urls[1].clone());
    let id = old.rsplit('/').nth(1).expect("an id").to_owned();
    world.set("DISCORD_WEBHOOK_ERRORS", &old);
    assert!(world.discord.delete_webhook("errors"));
    let calls = |world: &World| world.discord.requests().iter().filter(|request| request.webhook_id == id).count();

    let mut first = world.program("a");
    first.expect_ready();
    first.log_and_save("errors", 15);
    first.wait_for_words("webhook of `errors` answers");
    first.expect("log activity 3", "done");
    first.flush();
    first.kill();
    for tag in ["b", "c"] {
        let mut later = world.program(tag);
        later.expect_ready();
        later.log_and_save("errors", 5);
        later.expect("log activity 3", "done");
        later.flush();
        later.wait_for_words("is gone since");
        assert!(later.end("drop").success());
    }
    let before = calls(&world);
    assert!((1..=3).contains(&before), "{before} requests to a webhook that is gone");
    assert_eq!(world.told("errors").len(), 0);
    assert_eq!(world.told("activity").len(), 9, "the others go on");

    world.set("DISCORD_WEBHOOK_ERRORS", &new);
    world.drain("d");
    assert!(world.wait_for_told("errors", 25, PATIENCE), "{:?}", world.told("errors"));
    assert_eq!(calls(&world), before);
    println!("{before} requests to a webhook that is gone, over a kill and two more runs");
    let verdict = world.judge_all();
    verdict.check_once();
    let told = world.discord.messages("system");
    // The first run may have been killed before it knew that this had arrived; the repeat then says so.
    let is_gone = |message: &discord_log_preview::Message| {
        let text = format!("{:?}", message.embeds);
        text.contains("webhook is gone") && !text.contains("possible repeat")
    };
    assert_eq!(told.iter().filter(|message| is_gone(message)).count(), 1, "told once in Discord");
    assert!(world.discord.wait_for(|_| world.waiting().is_empty(), Duration::from_secs(1)), "nothing waits");
}
