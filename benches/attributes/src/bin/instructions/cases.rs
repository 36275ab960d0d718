//! What is counted.

use std::net::TcpListener;
use std::time::Duration;

use attributes_bench::doors::{self, LevelFilter, Served, writing, writing_and_telling, writing_beside_nothing};
use attributes_bench::failure::Refused;
use attributes_bench::functions::{self, FAILS, repeat};
use discord_log::{Config, Guard};
use tracing::Dispatch;

/// A loop over one function.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) is_on: bool,
    /// Calls of the shorter of the two loops.
    pub(crate) calls: u64,
    pub(crate) run: fn(u64),
}

impl Case {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        CASES.iter().find(|case| case.name == name)
    }

    const fn off(name: &'static str, run: fn(u64)) -> Self {
        Self { name, is_on: false, calls: MANY, run }
    }

    const fn on(name: &'static str, calls: u64, run: fn(u64)) -> Self {
        Self { name, is_on: true, calls, run }
    }
}

const CASES: [Case; 30] = [
    Case::off("bare", |calls| repeat(0, calls, functions::bare)),
    Case::off("bare-err", |calls| repeat(FAILS, calls, functions::bare)),
    Case::off("display-err", |calls| repeat(FAILS, calls, functions::display)),
    Case::off("bare-async", |calls| repeat(0, calls, functions::bare_driven)),
    Case::off("off-errors", |calls| repeat(0, calls, functions::errors)),
    Case::off("off-activity", |calls| repeat(0, calls, functions::activity)),
    Case::off("off-performance", |calls| repeat(0, calls, functions::performance)),
    Case::off("off-stacked", |calls| repeat(0, calls, functions::stacked)),
    Case::off("off-errors-err", |calls| repeat(FAILS, calls, functions::errors)),
    Case::off("off-errors-async", |calls| repeat(0, calls, functions::errors_driven)),
    Case::off("off-activity-async", |calls| repeat(0, calls, functions::activity_driven)),
    Case::off("off-performance-async", |calls| repeat(0, calls, functions::performance_driven)),
    Case::off("off-stacked-async", |calls| repeat(0, calls, functions::stacked_driven)),
    Case::on("on-errors", MANY, |calls| repeat(0, calls, functions::errors)),
    Case::on("on-errors-async", MANY, |calls| repeat(0, calls, functions::errors_driven)),
    Case::on("on-performance", MANY, |calls| repeat(0, calls, functions::performance)),
    Case::on("on-performance-async", MANY, |calls| repeat(0, calls, functions::performance_driven)),
    Case::on("on-stacked", A_BURST, |calls| repeat(0, calls, functions::stacked)),
    Case::on("on-errors-same", MANY, |calls| repeat(0, calls, |_| functions::errors(FAILS))),
    Case::on("on-errors-err", A_BURST, |calls| repeat(FAILS, calls, functions::errors)),
    Case::on("fmt-unwanted", MANY, |calls| tell(writing(), calls, doors::unwanted)),
    Case::on("told-unwanted", MANY, |calls| tell(writing_and_telling(LevelFilter::INFO), calls, doors::unwanted)),
    Case::on("fmt-written", MANY, |calls| tell(writing(), calls, doors::written)),
    Case::on("idle-filtered", MANY, |calls| tell(writing_beside_nothing(LevelFilter::WARN), calls, doors::written)),
    Case::on("told-filtered", MANY, |calls| tell(writing_and_telling(LevelFilter::WARN), calls, doors::written)),
    Case::on("told-kept", MANY, |calls| tell(writing_and_telling(LevelFilter::INFO), calls, doors::written)),
    Case::on("fmt-taken", A_BURST, |calls| tell(writing(), calls, doors::taken)),
    Case::on("told-taken", A_BURST, |calls| tell(writing_and_telling(LevelFilter::INFO), calls, doors::taken)),
    Case::on("request-bare", MANY, |calls| ask(Served::bare(), calls)),
    Case::on("request-in-context", MANY, |calls| ask(Served::in_context(), calls)),
];

fn tell(subscriber: Dispatch, calls: u64, tell: fn(u64) -> Result<u64, Refused>) {
    doors::under(&subscriber, 0, calls, tell);
}

fn ask(mut served: Served, calls: u64) {
    for _ in 0..calls {
        served.ask();
    }
}

const MANY: u64 = 10_000;
/// Twice as many still fit into the ring, which keeps 512 of its 4,096 places for errors.
const A_BURST: u64 = 1_500;

/// Starts a logger whose Discord takes connections and never answers.
pub(crate) fn start() -> Result<Guard, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    std::thread::spawn(move || {
        let open: Vec<_> = listener.incoming().collect();
        drop(open);
    });
    let webhook = format!("http://{address}/api/webhooks/1/token-of-a-measurement");
    let settings = Config::builder().shared_webhook(webhook).service("benches").journal("memory");
    let settings = settings.build().map_err(|error| error.to_string())?;
    let guard = discord_log::init_with(settings).map_err(|error| error.to_string())?;
    // Until the logger's own threads have settled.
    std::thread::sleep(Duration::from_millis(500));
    Ok(guard)
}
