//! The same failure a million times, and then another one, which must come through.

use std::time::Duration;

use attributes_bench::failure::Refused;
use attributes_bench::functions::{FAILS, errors};
use attributes_bench::side_by_side::{Cases, Form, Row};
use discord_log::Config;
use discord_log_preview::{Discord, Limits, Rate};

pub(crate) fn measure() -> Vec<Row> {
    let limits = Limits::unlimited().bucket(Rate::new(10_000, Duration::from_secs(1)));
    let discord = Discord::builder().limits(limits).start().expect("a local Discord");
    let settings = Config::builder().variables(discord.settings()).rate_limit(6_000).service("benches");
    let guard = discord_log::init_with(settings.journal("memory").build().expect("settings")).expect("a logger");
    std::thread::sleep(Duration::from_millis(300));

    let mut cases = Cases::in_rounds(ROUNDS, CALLS);
    cases.add(SAME, Form::Sync, |_| errors(FAILS)).within(80.0).in_bursts(CALLS, Duration::ZERO);
    let sampled = cases.sample();
    let _ = errors(FAILS | OTHER);
    let text = Refused::new(OTHER).to_string();
    let comes = discord.wait_for(|discord| is_told(discord, &text), PATIENCE);

    let mut rows = sampled.rows();
    let (mut same, bare) = (sampled.figure(SAME), sampled.figure("bare"));
    same.median = same.mean;
    rows.push(Row::timed("the mean of the million", same, bare, Some(80.0)));
    rows.push(Row::holds("then another failure of the same place comes through", comes, ""));
    let _ = guard.shutdown(Duration::ZERO);
    rows
}

fn is_told(discord: &Discord, text: &str) -> bool {
    let messages = discord.messages("errors");
    messages.iter().any(|message| format!("{} {:?}", message.text(), message.embeds).contains(text))
}

const SAME: &str = "`log_errors`, Err, the same a million times";
const ROUNDS: usize = 1_000;
const CALLS: u64 = 1_000;
const OTHER: u64 = 0x0BAD_CAFE;
const PATIENCE: Duration = Duration::from_secs(60);
