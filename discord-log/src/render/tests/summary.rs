//! The summary of a day as a message, whatever its figures are.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::*;
use crate::render::picture;
use crate::summary::{
    ActorFigures, DeliveryFigures, Figures, Flow, FunctionFigures, Hour, MoneyFigures, ProblemFigures, Quantiles, Sum,
};

fn flow(count: u64, cents: i64) -> Flow {
    Flow { count, sum: Sum::Exact(Decimal::new(cents, 2)) }
}

fn quantiles(p50: u64, p95: u64, p99: u64) -> Quantiles {
    Quantiles { p50, p95, p99 }
}

fn function(name: &str, calls: u64, failures: u64, p95: u64) -> FunctionFigures {
    FunctionFigures {
        module: "billing::payments".to_owned(),
        function: name.to_owned(),
        calls,
        failures,
        panics: failures / 10,
        cancelled: 0,
        slow: calls / 50,
        latency: Some(quantiles(p95 / 9, p95, p95 * 2)),
    }
}

/// A day of a service with some life in it.
pub(super) fn usual() -> Figures {
    let shape = [2, 1, 1, 0, 1, 4, 12, 31, 58, 74, 81, 77, 60, 72, 88, 79, 64, 41, 22, 15, 9, 6, 4, 3];
    let hour = |(hour, events): (usize, &u64)| Hour {
        hour: hour as i8,
        events: [*events, events / 3, events / 9, u64::from(hour == 14) * 17 + events / 40, u64::from(hour == 14)],
        latency: (*events > 3).then(|| {
            quantiles(40_000_000 + events * 500_000, 90_000_000 + events * 4_000_000, 400_000_000 + events * 20_000_000)
        }),
    };
    let days = |scale: i64| {
        (0..14).map(move |day: i64| {
            let weekday = ![3, 4, 10, 11].contains(&day);
            let moved = if weekday { (day * 37 % 11 + 4) * scale } else { 0 };
            [
                flow(u64::from(weekday) * 12, moved * 100),
                flow(u64::from(weekday) * 8, moved * 61 - i64::from(day == 9) * moved * 90),
            ]
        })
    };
    Figures {
        day: "2026-04-30".parse().expect("a day"),
        zone: "Europe/Amsterdam".to_owned(),
        was_due: None,
        may_repeat: false,
        channels: BTreeMap::from([
            ("activity".to_owned(), [[402, 0, 7, 0, 0], [377, 0, 4, 0, 0]]),
            ("errors".to_owned(), [[0, 0, 12, 31, 1], [0, 0, 9, 34, 0]]),
            ("finance".to_owned(), [[44, 266, 2, 0, 0], [40, 244, 0, 0, 0]]),
            ("system".to_owned(), [[359, 2, 68, 0, 0], [310, 0, 71, 0, 0]]),
        ]),
        hours: shape.iter().enumerate().map(hour).collect(),
        new_problems: 2,
        recurring_problems: 3,
        problems: vec![
            ProblemFigures {
                title: "Charge card".to_owned(),
                text: "the bank closed the connection".to_owned(),
                count: 18,
                is_new: true,
            },
            ProblemFigures {
                title: "Render invoice".to_owned(),
                text: "no font for `U+1F9FE`".to_owned(),
                count: 2,
                is_new: true,
            },
            ProblemFigures {
                title: "Save invoice".to_owned(),
                text: "invoice 17 was refused".to_owned(),
                count: 11,
                is_new: false,
            },
        ],
        calls: [(12_480, 32), (11_902, 34)],
        slowest: vec![function("render_invoice", 310, 2, 1_900_000_000), function("charge", 266, 21, 740_000_000)],
        most_failing: vec![function("charge", 266, 21, 740_000_000), function("render_invoice", 310, 2, 1_900_000_000)],
        money: vec![
            MoneyFigures { currency: "EUR".to_owned(), days: days(420).collect() },
            MoneyFigures { currency: "USD".to_owned(), days: days(95).collect() },
        ],
        more_currencies: 0,
        unreadable_amounts: 1,
        actors: ActorFigures {
            number: 38,
            is_exact: true,
            before: 41,
            busiest: vec![("u-42".to_owned(), 61), ("u-7".to_owned(), 44), ("j.doe@example.org".to_owned(), 12)],
        },
        delivery: DeliveryFigures {
            accepted: 1_194,
            delivered: 1_150,
            merged: 44,
            longest_wait_ms: 192_400,
            unclean: 1,
            lost: BTreeMap::from([("queue_full".to_owned(), 12)]),
            buried: 0,
        },
        damaged: 0,
    }
}

fn empty() -> Figures {
    let hours = (0..24).map(|hour| Hour { hour, ..Hour::default() }).collect();
    Figures {
        channels: BTreeMap::new(),
        hours,
        new_problems: 0,
        recurring_problems: 0,
        problems: Vec::new(),
        calls: [(0, 0), (120, 1)],
        slowest: Vec::new(),
        most_failing: Vec::new(),
        money: Vec::new(),
        unreadable_amounts: 0,
        actors: ActorFigures::default(),
        delivery: DeliveryFigures::default(),
        ..usual()
    }
}

fn told(figures: &Figures) -> (Json, Vec<File>) {
    let shown = alone([figures.event()]);
    let (message, files, count) = posted(&settings(), &shown, Form::Embeds, Repeat::First);
    assert_eq!(count, 1);
    body::assert_valid(&message);
    body::assert_files(&message, &files);
    (message, files)
}

/// Decodes a picture with another's code.
fn assert_picture(bytes: &[u8]) -> (u32, u32) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    reader.next_frame(&mut pixels).expect("all of it");
    assert!(bytes.len() < 512 * 1024, "{} bytes", bytes.len());
    (reader.info().width, reader.info().height)
}

#[test]
fn a_day_is_told_in_one_embed_with_its_picture() {
    let (message, files) = told(&usual());
    let embed = &message["embeds"][0];
    assert_eq!(embed["title"], "📊 Thursday, 30 April 2026");
    let text = embed.to_string();
    for said in [
        "**1,194 events** (▲ 9 %, 1,089 the day before)",
        "Errors: 2 new, 3 recurring",
        "🆕 **Charge card** ×18: the bank closed the connection",
        "🔁 **Save invoice** ×11",
        "95 % within 1.9 s",
        "21 of 266 failed",
        "** invoiced (12), ",
        "38 people",
        "**12 lost**",
        "up to a minute",
        "3 min 12 s",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let [picture] = files.as_slice() else { panic!("{files:?}") };
    assert_eq!(embed["image"]["url"], format!("attachment://{}", picture.name));
    assert_eq!(assert_picture(&picture.bytes), (1_100, 904));
    if let Some(path) = std::env::var_os("PICTURE") {
        std::fs::write(path, &picture.bytes).expect("written");
    }
}

#[test]
fn an_empty_day_is_one_line_without_a_picture() {
    let (message, files) = told(&empty());
    let embed = &message["embeds"][0];
    assert_eq!(embed["description"], "Nothing happened.");
    assert!(embed.get("fields").is_none() && embed.get("image").is_none() && files.is_empty());
    let late =
        Figures { was_due: Some("2026-05-01T09:00:00Z".parse().expect("a moment")), may_repeat: true, ..empty() };
    let (message, _) = told(&late);
    let said = message["embeds"][0]["description"].as_str().expect("text");
    assert!(said.contains("Late: it was due <t:1777626000:f>") && said.contains("may have been sent before"), "{said}");
    assert!(message["embeds"][0]["footer"]["text"].as_str().expect("text").ends_with("possible repeat"));
}

#[test]
fn a_day_on_which_clocks_change_says_so() {
    let hours: Vec<_> = (0..24).filter(|hour| *hour != 2).map(|hour| Hour { hour, ..Hour::default() }).collect();
    let (message, _) = told(&Figures { hours, ..usual() });
    assert!(message["embeds"][0]["description"].as_str().expect("text").contains("it had 23 hours"));
}

#[test]
fn any_numbers_make_a_picture() {
    let one_event = Figures {
        hours: vec![Hour { hour: 0, events: [1, 0, 0, 0, 0], latency: None }],
        channels: BTreeMap::from([("system".to_owned(), [[1, 0, 0, 0, 0], [0; 5]])]),
        money: Vec::new(),
        ..usual()
    };
    let most = u64::MAX / 8;
    let huge = Figures {
        hours: (0..25)
            .map(|hour| Hour { hour, events: [most; 5], latency: Some(quantiles(1, most, u64::MAX)) })
            .collect(),
        channels: (0..12).map(|number| (format!("channel {number}"), [[most / 80; 5]; 2])).collect(),
        calls: [(most, most); 2],
        ..usual()
    };
    let extreme =
        |number: Decimal| [Flow { count: most, sum: Sum::Exact(number) }, Flow { count: 1, sum: Sum::TooLarge }];
    let negative = MoneyFigures { currency: "EUR".to_owned(), days: vec![extreme(Decimal::MIN); 14] };
    let refunds = Figures { money: vec![negative], ..usual() };
    let many = Figures {
        money: (0..8)
            .map(|number| MoneyFigures { currency: format!("X{number}Y"), days: vec![[flow(1, 1), flow(1, -1)]; 14] })
            .collect(),
        more_currencies: 17_000,
        ..usual()
    };
    let short = Figures { money: vec![MoneyFigures { currency: "EUR".to_owned(), days: Vec::new() }], ..usual() };
    for figures in [one_event, huge, refunds, many, short] {
        let (_, files) = told(&figures);
        assert_picture(&files.first().expect("a picture").bytes);
    }
    assert!(picture::draw(&empty()).is_none());
}

#[test]
fn what_others_wrote_does_nothing() {
    let hostile = "@everyone [x](https://evil.example) ``` ||**<@1>\u{202e}\n# big";
    let name = || hostile.repeat(40);
    let figures = Figures {
        channels: (0..12).map(|number| (format!("{number}{}", name()), [[1; 5]; 2])).collect(),
        problems: (0..5).map(|_| ProblemFigures { title: name(), text: name(), count: 1, is_new: true }).collect(),
        slowest: (0..5).map(|_| function(&name(), 1, 1, 1)).collect(),
        most_failing: (0..5).map(|_| function(&name(), 1, 1, 1)).collect(),
        actors: ActorFigures { busiest: vec![(name(), 1); 5], ..usual().actors },
        delivery: DeliveryFigures {
            lost: (0..9).map(|number| (format!("{number}{}", name()), 1)).collect(),
            ..usual().delivery
        },
        ..usual()
    };
    let (message, _) = told(&figures);
    let text = message["embeds"].to_string();
    assert!(!text.contains("@everyone") && !text.contains("<@1>") && !text.contains('\u{202e}'), "{text}");
}

#[test]
fn figures_survive_the_journal_and_damaged_ones_cost_no_message() {
    let event = usual().event();
    assert_eq!(Figures::of(&event), Some(usual()));
    let damaged = Event::daily_summary().titled("2026-04-30").saying("41 events").field("figures", "{\"day\":");
    let (message, files, _) = posted(&settings(), &alone([damaged]), Form::Embeds, Repeat::First);
    body::assert_valid(&message);
    assert!(files.is_empty() && message["embeds"][0].to_string().contains("41 events"));
    let line = line(&settings(), &event);
    assert!(line.contains("1194 events") && !line.contains("figures"), "{line}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_figures_are_a_valid_message(
        events in prop::collection::vec(any::<[u32; 5]>(), 0..26),
        latencies in prop::collection::vec(prop::option::of(any::<[u64; 3]>()), 0..26),
        cents in prop::collection::vec(any::<[i64; 2]>(), 14),
        texts in prop::collection::vec(".{0,300}", 1..9),
        number: u64,
    ) {
        let hours = events.iter().enumerate().map(|(hour, events)| Hour {
            hour: (hour % 24) as i8,
            events: events.map(u64::from),
            latency: latencies.get(hour).copied().flatten().map(|[p50, p95, p99]| quantiles(p50, p95, p99)),
        });
        let of_text = |number: usize| texts[number % texts.len()].clone();
        let figures = Figures {
            hours: hours.collect(),
            channels: (0..texts.len()).map(|at| (of_text(at), [[number / 64; 5], [1; 5]])).collect(),
            problems: (0..5).map(|at| ProblemFigures { title: of_text(at), text: of_text(at + 1), count: number, is_new: at % 2 == 0 }).collect(),
            slowest: (0..5).map(|at| function(&of_text(at), number / 64, number / 100, number / 4)).collect(),
            money: vec![MoneyFigures { currency: "EUR".to_owned(), days: cents.iter().map(|[one, other]| [flow(1, *one), flow(2, *other)]).collect() }],
            actors: ActorFigures { number, is_exact: false, before: 1, busiest: vec![(of_text(0), number)] },
            ..usual()
        };
        let (_, files) = told(&figures);
        files.iter().for_each(|file| { assert_picture(&file.bytes); });
    }
}
