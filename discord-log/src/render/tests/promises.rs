//! What holds for any event at all, tried on more than a hundred thousand of them.

use proptest::prelude::*;
use serde_json::Value as Json;

use super::any::{any_event, any_group, any_text};
use super::{alone, body, edited, entries, inert, kept, named, posted, rich, settings};
use crate::reduce::Form;
use crate::reduce::Shown;
use crate::render::budget::Size;
use crate::render::clean::{Lines, clean};
use crate::render::passage::{Passage, Place};
use crate::render::{Post, Repeat, Settings, line, post, thread_name};

/// Posts all, a message at a time, and holds each message to what is promised.
fn assert_promised(settings: &Settings, shown: &[Shown], form: Form, repeat: Repeat) {
    let mut rest = shown;
    while !rest.is_empty() {
        let (message, files, count) = posted(settings, rest, form, repeat);
        assert!((1..=rest.len()).contains(&count), "{count} of {}", rest.len());
        body::assert_valid(&message);
        body::assert_files(&message, &files);
        inert::assert_inert(&message);
        let (told, later) = rest.split_at(count);
        match form {
            Form::Embeds => kept::assert_kept(&message, &files, told),
            Form::Lines | Form::Digest => kept::assert_listed(&message, &files, told, form == Form::Digest),
        }
        let footers = message["embeds"].as_array().into_iter().flatten().map(|embed| &embed["footer"]["text"]);
        for footer in footers.filter_map(Json::as_str) {
            assert_eq!(footer.ends_with("possible repeat"), repeat == Repeat::Possible, "{footer}");
        }
        rest = later;
    }
}

fn any_shown() -> impl Strategy<Value = Shown> {
    prop_oneof![any_event().prop_map(|event| alone([event]).remove(0)), any_group()]
}

fn any_form() -> impl Strategy<Value = Form> {
    prop::sample::select(vec![Form::Embeds, Form::Lines, Form::Digest])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(75_000))]

    #[test]
    fn a_reader_sees_what_was_written(text in any_text()) {
        let cleaned = clean(&text, Lines::Kept, usize::MAX).text;
        let sent = Passage::of(text).write(Place::Body, Size::characters(usize::MAX));
        prop_assert_eq!(inert::shown(&sent), cleaned);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(15_000))]

    #[test]
    fn a_text_is_cut_to_any_room(text in any_text(), characters in 0_usize..200, bytes in 0_usize..300) {
        let room = Size::new(characters, bytes);
        for place in [Place::Body, Place::Code, Place::Line, Place::Plain] {
            let written = Passage::of(text.as_str()).put(place, room);
            prop_assert!(Size::of(&written.text).fits(room), "{:?} in {:?}", written, room);
            if matches!(place, Place::Body | Place::Line) {
                inert::assert_reads_as_text(&written.text, place == Place::Body);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn a_line_is_one_line_without_anything_invisible(event in any_event()) {
        let line = line(&settings(), &event);
        prop_assert!(!line.chars().any(char::is_control), "{line:?}");
        prop_assert!(!line.contains(['\u{202e}', '\u{2066}', '\u{2028}', '\u{200b}']), "{line:?}");
        let name = thread_name(&settings(), &alone([event]).remove(0));
        prop_assert!((1..=100).contains(&name.chars().count()) && !name.trim().is_empty(), "{name:?}");
        inert::assert_inert(&serde_json::json!({ "username": name }));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn an_event_by_itself_keeps_every_promise(event in any_event(), form in any_form()) {
        assert_promised(&rich(), &alone([event]), form, Repeat::First);
    }

    #[test]
    fn a_group_keeps_every_promise(shown in any_group(), form in any_form()) {
        assert_promised(&rich(), &[shown], form, Repeat::First);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn many_events_of_any_kind_keep_every_promise(
        shown in prop::collection::vec(any_shown(), 1..14),
        form in any_form(),
        service in any_text(),
        host in prop::option::of(any_text()),
        is_repeat in any::<bool>(),
    ) {
        let settings = Settings { service, host: host.clone(), environment: host, ..rich() };
        assert_promised(&settings, &named(shown), form, Repeat::of(is_repeat));
    }

    #[test]
    fn an_edit_holds_all_of_its_message_whatever_was_added(
        shown in prop::collection::vec((any_shown(), any_event()), 1..11),
        service in any_text(),
        name in any_text(),
    ) {
        let settings = Settings { service, ..rich() };
        let (shown, later): (Vec<_>, Vec<_>) = shown.into_iter().unzip();
        let mut shown = named(shown);
        let opened = Post { form: Form::Embeds, repeat: Repeat::First, thread: Some(&name) };
        let (opened, count) = post(&settings, &shown, opened);
        let opened: Json = serde_json::from_slice(&opened.json).expect("JSON");
        body::assert_valid(&opened);
        let name = opened["thread_name"].as_str().unwrap_or_default();
        prop_assert!((1..=100).contains(&name.chars().count()), "{name:?}");
        shown.truncate(count);
        shown.iter_mut().zip(entries(later)).for_each(|(shown, later)| shown.entry.show(&later));
        let (edit, files) = edited(&settings, &shown, Repeat::First);
        body::assert_valid_edit(&edit);
        body::assert_files(&edit, &files);
        inert::assert_inert(&edit);
        kept::assert_kept(&edit, &files, &shown);
        prop_assert_eq!(edit["allowed_mentions"].clone(), serde_json::json!({ "parse": [] }));
    }
}
