//! Groups, files, lines and digests, each for what it is there for.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value as Json;

use super::{PINGED, alone, body, edited, grouped, inert, kept, named, posted, rich, settings, with_history};
use crate::event::{Event, Severity};
use crate::reduce::Form;
use crate::reduce::{Back, Earlier, Shown};
use crate::render::{Repeat, Settings};

pub(super) fn refused(number: i64) -> Event {
    let error = std::io::Error::other(format!("invoice {number} was refused by 10.0.0.{}", number % 3));
    let mut event = Event::error(&error, "Save invoice").at_callsite(&super::PLACE).actor(format!("u-{}", number % 12));
    event = event.field("invoice_id", format!("INV-{number}"));
    event.stamp(Timestamp::new(1_767_609_000 + number * 7, 0).expect("a moment"));
    event
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_default()
}

fn only(settings: &Settings, shown: &[Shown], form: Form) -> (Json, Vec<crate::render::File>, usize) {
    let (message, files, count) = posted(settings, shown, form, Repeat::First);
    body::assert_valid(&message);
    body::assert_files(&message, &files);
    inert::assert_inert(&message);
    (message, files, count)
}

#[test]
fn a_group_of_one_looks_as_its_event_does() {
    let (one, files, _) = only(&settings(), &[grouped([refused(1)])], Form::Embeds);
    let (event, ..) = only(&settings(), &alone([refused(1)]), Form::Embeds);
    assert_eq!((one, files.len()), (event, 0));
}

#[test]
fn the_count_stands_in_the_title_and_on_the_phone_even_where_the_title_is_cut() {
    let long = |_| Event::critical("x".repeat(400), "no answer");
    let (message, files, _) = only(&settings(), &[grouped((0..1_000).map(long))], Form::Embeds);
    assert!(text(&message["embeds"][0]["title"]).ends_with("x… ×1,000"), "{message}");
    assert_eq!(files.len(), 1);
    let (message, ..) = only(&settings(), &[grouped((0..1_000).map(refused))], Form::Embeds);
    assert_eq!(text(&message["content"]), "❌ Save invoice ×1,000: invoice 999 was refused by 10.0.0.0");
}

#[test]
fn what_is_over_is_green_and_says_so() {
    let over = with_history(grouped((0..1_000).map(refused)), None, None, true);
    let (message, ..) = only(&rich(), std::slice::from_ref(&over), Form::Embeds);
    let embed = &message["embeds"][0];
    assert_eq!(text(&embed["title"]), "✅ Over: Save invoice failed ×1,000");
    assert_eq!(embed["color"], 0x2e_b8_6e);
    assert!(text(&embed["fields"][0]["value"]).starts_with("for 1 h 56 min, 1,000 times\n"), "{embed}");
    let short = with_history(grouped([refused(1), refused(1)]), None, None, true);
    let (message, ..) = only(&rich(), &[short], Form::Embeds);
    assert!(text(&message["embeds"][0]["fields"][0]["value"]).starts_with("2 times\n"), "{message}");
    let (message, ..) = only(&rich(), &[over, alone([Event::critical("Now", "!")]).remove(0)], Form::Embeds);
    assert!(text(&message["content"]).starts_with(&format!("{PINGED}🚨 Now")), "{message}");
}

#[test]
fn a_group_names_values_until_they_would_cost_its_error_text() {
    let long = |number: i64| {
        let error = std::io::Error::other(format!("{} {number}", "no ".repeat(1_300)));
        Event::error(&error, "Save").field("invoice_id", format!("{number:064}")).field("note", "n".repeat(900))
    };
    let group = grouped((0..20).map(long));
    let (message, files, _) = only(&settings(), std::slice::from_ref(&group), Form::Embeds);
    let embed = &message["embeds"][0];
    assert!(text(&embed["description"]).contains("no no  19\n```"), "the error is whole");
    kept::assert_kept(&message, &files, &[group]);
    let listed = text(&embed["fields"][2]["value"]);
    assert!(listed.starts_with("000") && listed.contains(" and ") && listed.ends_with(" more"), "{embed:#}");
    assert!(files[0].name.ends_with(".txt"), "{files:?}");
}

#[test]
fn all_occurrences_are_in_a_file_once_a_message_cannot_name_them() {
    let (_, files, _) = only(&settings(), &[grouped((0..20).map(refused))], Form::Embeds);
    assert!(files.is_empty());
    let group = grouped((0..2_000).map(refused));
    let (_, files, _) = only(&settings(), std::slice::from_ref(&group), Form::Embeds);
    let [file] = &*files else { panic!("{files:?}") };
    assert_eq!(file.name, format!("occurrences-{}.jsonl", group.entry.id));
    let lines = kept::text_of(file);
    let unlisted = lines.lines().last().expect("a line");
    let rest: Json = serde_json::from_str(unlisted).expect("JSON");
    assert_eq!(rest["unlisted"].as_u64(), Some(2_000 - (lines.lines().count() as u64 - 1)), "{unlisted}");
}

#[test]
fn ten_groups_with_two_files_each_have_ten_files_and_lose_nothing() {
    let long = |number: i64| refused(number).field("dump", format!("{number} {}", "x".repeat(3_000)));
    let groups: Vec<_> = (0..6).map(|group| grouped((group * 100..group * 100 + 40).map(long))).collect();
    let groups = named(groups);
    let (message, files) = edited(&settings(), &groups, Repeat::First);
    body::assert_valid_edit(&message);
    body::assert_files(&message, &files);
    kept::assert_kept(&message, &files, &groups);
    assert_eq!(files.len(), 10);
    assert_eq!(files.iter().filter(|file| file.name.starts_with("occurrences-")).count(), 4);
}

#[test]
fn a_whole_event_is_attached_when_its_embed_has_no_room_for_it() {
    let event = refused(1).field("dump", "line\n\u{202e}\u{1b}[31m".repeat(1_000));
    let shown = alone([event, refused(2)]);
    let (message, files, _) = only(&rich(), &shown, Form::Embeds);
    let [file] = &*files else { panic!("{files:?}") };
    assert_eq!(file.name, format!("{}.txt", shown[0].entry.id));
    let dump = text(&message["embeds"][0]["fields"][4]["value"]);
    assert!(dump.ends_with(" … (13,000 bytes, see the file)"), "{dump}");
    kept::assert_kept(&message, &files, &shown);
    let (edit, files) = edited(&rich(), &alone([refused(1)]), Repeat::First);
    assert_eq!((edit["attachments"].as_array().map(Vec::len), files.len()), (Some(0), 0), "old files go");
}

#[test]
fn sixty_events_or_more_share_a_message_of_lines() {
    let shown = alone((0..200).map(refused));
    let (message, files, count) = only(&settings(), &shown, Form::Lines);
    assert!((55..=80).contains(&count), "{count}");
    kept::assert_listed(&message, &files, &shown[..count], false);
    let short = alone((0..200).map(|_| Event::user_action("Login")));
    let (message, files, count) = only(&settings(), &short, Form::Lines);
    assert!(count > 150 && files.is_empty(), "{count} {files:?}");
    kept::assert_listed(&message, &files, &short[..count], false);
}

#[test]
fn a_digest_holds_every_event_of_tens_of_thousands() {
    let events = (0..40_000).map(|number| match number % 4 {
        0 => Event::user_action("Login"),
        1 => Event::invoice_created(format!("INV-{number}"), number, "Northwind BV"),
        _ => refused(number),
    });
    let shown = alone(events);
    let (message, files, count) = only(&settings(), &shown, Form::Digest);
    assert_eq!(count, 40_000);
    assert!(files[0].name.ends_with(".jsonl.gz"), "{}", files[0].name);
    kept::assert_listed(&message, &files, &shown, true);
    let few = &shown[..1_000];
    let (message, files, count) = only(&settings(), few, Form::Digest);
    assert!(files[0].name.ends_with(".jsonl") && count == 1_000, "{}", files[0].name);
    kept::assert_listed(&message, &files, few, true);
}

#[test]
fn a_digest_of_what_cannot_be_compressed_stays_below_the_limit() {
    let mut random = fastrand::Rng::with_seed(1);
    let noise: Vec<_> = (0..80).map(|_| (0..200_000).map(|_| random.alphanumeric()).collect::<String>()).collect();
    let shown = alone(noise.iter().map(|text| Event::system_event("Dump", text)));
    let (message, files, count) = only(&settings(), &shown, Form::Digest);
    assert!((40..80).contains(&count), "{count}");
    assert!(files[0].bytes.len() > 5 << 20, "{} bytes", files[0].bytes.len());
    kept::assert_listed(&message, &files, &shown[..count], true);
}

#[test]
fn only_what_is_critical_notifies_and_only_whom_the_settings_name() {
    let starts = |event: Event, form| text(&only(&rich(), &alone([event]), form).0["content"]).starts_with(PINGED);
    for form in [Form::Embeds, Form::Lines, Form::Digest] {
        assert!(starts(Event::critical("Payments stopped", "<@1> @everyone"), form), "{form:?}");
        assert!(!starts(refused(1).field("x", PINGED), form), "{form:?}");
    }
    let worst = grouped([refused(1).with_severity(Severity::Critical), refused(2)]);
    let (message, ..) = posted(&rich(), std::slice::from_ref(&worst), Form::Embeds, Repeat::Possible);
    assert!(text(&message["content"]).starts_with(PINGED), "a message that may be the first one");
    let (edit, _) = edited(&rich(), &[worst], Repeat::First);
    assert_eq!(edit["allowed_mentions"], serde_json::json!({ "parse": [] }));
    assert!(!text(&edit["content"]).contains("<@"), "{edit}");
}

#[test]
fn the_source_is_a_link_where_a_template_is_set() {
    let (message, ..) = only(&rich(), &alone([refused(1)]), Form::Embeds);
    let place = text(&message["embeds"][0]["fields"][1]["value"]);
    let link = "[src/@\u{200b}everyone/\\*x\\*.rs:42](https://ours.example/src/%40everyone/%2Ax%2A.rs#L42)";
    assert_eq!(place, format!("create\\_\\*invoice\\*\n{link}"));
}

#[test]
fn groups_look_like_this() {
    let many = |count| grouped((0..count).map(refused));
    let address = Some("https://ours.example/channels/1/2/3".to_owned());
    let back = Back { after: Duration::from_secs(6 * 86_400), release: Some("1.4.1".to_owned()) };
    let few = |number| grouped((0..number).map(refused));
    let groups = [
        few(3),
        with_history(many(1_000), Some(Earlier::Posted { address }), None, false),
        with_history(grouped([refused(1)]), Some(Earlier::Deleted), Some(back), false),
        with_history(many(1_000), None, None, true),
    ];
    let drawn = groups.iter().map(|shown| {
        let (message, files, _) = only(&rich(), std::slice::from_ref(shown), Form::Embeds);
        let files: Vec<_> = files.into_iter().map(|file| file.name).collect();
        format!("{}\n{}{files:?}\n", text(&message["content"]), super::look::draw(&message["embeds"][0]))
    });
    insta::assert_snapshot!(drawn.collect::<Vec<_>>().join("\n"));
}

#[test]
fn lines_and_digests_look_like_this() {
    let events = Event::one_of_each().into_iter().chain((0..3).map(refused));
    let shown: Vec<_> = alone(events).into_iter().chain([grouped((0..1_000).map(refused))]).collect();
    let drawn = [Form::Lines, Form::Digest].map(|form| {
        let (message, files, count) = only(&settings(), &shown, form);
        let embeds: Vec<_> = message["embeds"].as_array().into_iter().flatten().map(super::look::draw).collect();
        format!("{}\n{}{count} in {}\n", text(&message["content"]), embeds.join(""), files[0].name)
    });
    insta::assert_snapshot!(drawn.join("\n"));
}

#[test]
fn a_file_of_an_event_looks_like_this() {
    let event = |number| refused(number).field("dump", "first\n  second\u{7}\n".repeat(120));
    let (_, files, _) = only(&settings(), &[grouped((0..22).map(event))], Form::Embeds);
    let text = kept::text_of(&files[0]).replace(&"first\n  second\n".repeat(118), "first\n …\n");
    insta::assert_snapshot!(text);
}
