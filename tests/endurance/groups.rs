//! A problem that outlives a process: the next one goes on editing the same message.

use crate::program::{PATIENCE, within};
use crate::world::World;

/// The headlines of the channel of errors, and how many messages were posted there.
fn told(world: &World) -> (Vec<String>, usize) {
    let messages = world.discord.messages("errors");
    let embeds = messages.iter().flat_map(|message| &message.embeds);
    (embeds.map(|embed| embed["title"].as_str().unwrap_or_default().to_owned()).collect(), messages.len())
}

#[test]
fn a_restart_in_the_middle_of_a_group_goes_on_editing_the_same_message() {
    let mut world = World::start();
    let mut all = 0;
    for (times, end) in [(3, "kill"), (4, "drop"), (5, "kill"), (6, "drop")] {
        let mut program = world.program("g");
        program.expect_ready();
        program.expect(&format!("fail {times}"), "done");
        program.flush();
        all += times;
        let expected = (vec![format!("❌ Ship failed ×{all}")], 1);
        assert!(within(PATIENCE, || told(&world) == expected), "{:?}", told(&world));
        if end == "kill" {
            // What is settled is on the disk a moment later.
            std::thread::sleep(std::time::Duration::from_secs(1));
            program.kill();
        } else {
            assert!(program.end(end).success());
        }
    }
}
