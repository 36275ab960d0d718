//! What becomes of a problem that occurs again and again.

use super::*;
use crate::event::Severity;
use crate::reduce::{Earlier, Form, Group, Lost, Shown, Target};

const MINUTE: u64 = 60_000;

fn failing(lane: &mut Lane) -> Entry {
    let number = lane.last;
    let text = format!("order {number} is lost");
    lane.entry(Event::system_event("Ship", text).with_severity(Severity::Error))
}

/// What a post tells, or an edit, and of which message.
type Told = Result<Vec<Shown>, (String, Vec<Shown>)>;

fn next(lane: &mut Lane) -> Option<Told> {
    lane.take_in(Vec::new());
    match lane.intake.next(true, false, lane.now.instant)? {
        Next::Post(batch) => Some(Ok(batch.shown.clone())),
        Next::Edit { place, shown, .. } => Some(Err((place.id, shown))),
    }
}

fn group(shown: &[Shown]) -> &Group {
    shown.iter().find_map(|shown| shown.group.as_ref()).expect("a group")
}

/// Lets a problem occur, and be posted or edited; gives the count that stands in which message.
fn occur(lane: &mut Lane, times: usize, message: &str) -> (u64, String) {
    for _ in 0..times {
        let entry = failing(lane);
        assert_eq!(lane.take_in(vec![entry]), [0; 0]);
    }
    lane.wait(MINUTE);
    match next(lane).expect("something to tell") {
        Ok(shown) => {
            let shipped = lane.intake.post_first(Some(place(message)), lane.now.instant);
            assert!(shipped.unshown.is_empty());
            (group(&shown).count(), message.to_owned())
        }
        Err((edited, shown)) => {
            assert_eq!(lane.intake.land().as_deref(), Some(&*edited));
            lane.intake.edited(&edited, lane.now.instant);
            (group(&shown).count(), edited)
        }
    }
}

#[test]
fn repeats_are_edits_until_a_power_of_ten_is_worth_a_message() {
    let mut lane = Lane::new();
    assert_eq!(occur(&mut lane, 1, "a"), (1, "a".to_owned()));
    assert_eq!(occur(&mut lane, 30, "b"), (31, "a".to_owned()), "not within ten minutes");
    lane.wait(9 * MINUTE);
    assert_eq!(occur(&mut lane, 1, "b"), (32, "b".to_owned()));
    lane.wait(20 * MINUTE);
    assert_eq!(occur(&mut lane, 60, "c"), (92, "b".to_owned()));
    assert_eq!(occur(&mut lane, 10, "c"), (102, "c".to_owned()));
    assert_eq!(occur(&mut lane, 1, "d"), (103, "c".to_owned()));
}

#[test]
fn an_old_message_is_rolled_over_and_the_new_one_names_it() {
    let mut lane = Lane::new();
    for _ in 0..6 {
        occur(&mut lane, 1, "a");
        lane.wait(9 * MINUTE);
    }
    let entry = failing(&mut lane);
    lane.take_in(vec![entry]);
    let Some(Ok(shown)) = next(&mut lane) else { panic!("no new message") };
    assert_eq!(group(&shown).count(), 7);
    assert_eq!(group(&shown).earlier(), Some(&Earlier::Posted { address: None }));
}

#[test]
fn what_is_worse_notifies_at_once() {
    let mut lane = Lane::new();
    occur(&mut lane, 1, "a");
    let event = Event::system_event("Ship", "order 7 is lost").with_severity(Severity::Critical);
    let entry = lane.entry(event);
    lane.take_in(vec![entry]);
    assert!(matches!(next(&mut lane), Some(Ok(shown)) if group(&shown).count() == 2));
}

#[test]
fn what_is_not_seen_for_a_window_is_over_and_says_so_when_it_is_back() {
    let mut lane = Lane::new();
    let mut known = Problems::default();
    occur(&mut lane, 3, "a");
    lane.wait(51 * MINUTE);
    assert!(lane.intake.expire(&mut known, lane.now.instant).is_empty());
    let Some(Err((message, shown))) = next(&mut lane) else { panic!("no edit") };
    assert!(message == "a" && group(&shown).is_over());
    lane.intake.land();
    lane.intake.edited("a", lane.now.instant);
    assert_eq!(lane.waits(), None, "it is over");
    let lines = known.news();
    lane.wait(6 * 24 * 60 * MINUTE);
    let entry = failing(&mut lane);
    lane.intake.take_in(vec![entry], false, &Problems::read(&lines), lane.now);
    let Some(Ok(shown)) = next(&mut lane) else { panic!("no new message") };
    let back = group(&shown).back().expect("it is back");
    assert_eq!((back.after.as_secs() / 86_400, back.release.as_deref()), (6, Some("1.4.2")));
    assert_eq!(group(&shown).count(), 1);
}

#[test]
fn a_message_that_is_gone_is_told_anew_only_if_there_is_news() {
    let mut lane = Lane::new();
    occur(&mut lane, 2, "a");
    assert!(lane.intake.tell_anew("a", Lost::Deleted).is_empty());
    assert!(next(&mut lane).is_none(), "nobody wants it back");
    occur(&mut lane, 1, "b");
    let entry = failing(&mut lane);
    lane.take_in(vec![entry]);
    lane.intake.tell_anew("b", Lost::Deleted);
    let Some(Ok(shown)) = next(&mut lane) else { panic!("no new message") };
    assert_eq!((group(&shown).count(), group(&shown).earlier()), (2, Some(&Earlier::Deleted)));
}

#[test]
fn the_next_process_goes_on_with_what_was_told() {
    let mut lane = Lane::new();
    occur(&mut lane, 5, "a");
    let saved = lane.intake.changed("hook", lane.now);
    let [(message, Some(state))] = saved.as_slice() else { panic!("{saved:?}") };
    assert_eq!(message, "a");
    // What is not told yet is not saved: it waits in the journal.
    let entry = failing(&mut lane);
    lane.take_in(vec![entry]);
    assert!(lane.intake.changed("hook", lane.now).is_empty());

    let mut next = Lane::new();
    next.wait(2 * MINUTE);
    next.last = lane.last;
    assert!(next.intake.restore(state, "another", next.now).is_none());
    assert!(next.intake.restore(b"damaged", "hook", next.now).is_none());
    assert_eq!(next.intake.restore(state, "hook", next.now).map(|unshown| unshown.len()), Some(0));
    assert_eq!(occur(&mut next, 2, "b"), (7, "a".to_owned()));
}

#[test]
fn a_flood_of_the_rest_hides_no_error_and_errors_leave_it_a_share() {
    let mut lane = Lane::new();
    let rest: Vec<_> = (0..400).map(|number| lane.entry(Event::user_action(format!("Click {number}")))).collect();
    let letters = |number: u64| number.to_string().bytes().map(|digit| char::from(digit + 49)).collect::<String>();
    let error = |number| Event::system_event("Job", letters(number)).with_severity(Severity::Error);
    let errors: Vec<_> = (0..60).map(|number| lane.entry(error(number))).collect();
    lane.take_in(rest);
    lane.take_in(errors);
    let mut forms = Vec::new();
    while let Some(Next::Post(batch)) = lane.intake.next(false, false, lane.now.instant) {
        forms.push((batch.shown.iter().all(|shown| shown.group.is_some()), batch.form, batch.shown.len()));
        lane.intake.post_first(None, lane.now.instant);
    }
    assert_eq!(forms, [(true, Form::Lines, 60), (false, Form::Digest, 400)]);
}

#[test]
fn in_a_forum_a_problem_is_a_post_and_the_rest_shares_one() {
    let mut lane = Lane::new();
    lane.intake.set_forum(true);
    let events = [
        Event::startup(),
        Event::user_action("Login"),
        Event::system_event("Ship", "lost").with_severity(Severity::Error),
    ];
    let entries = events.map(|event| lane.entry(event));
    lane.take_in(entries.into());
    let mut targets = Vec::new();
    for message in ["1", "2"] {
        let Some(Next::Post(batch)) = lane.intake.next(false, false, lane.now.instant) else { panic!("no message") };
        targets.push((batch.target.clone(), batch.shown.len()));
        let place = Place { thread: Some(format!("t{message}")), ..place(message) };
        lane.intake.post_first(Some(place), lane.now.instant);
    }
    assert_eq!(targets, [(Target::NewThread, 1), (Target::NewThread, 2)]);
    let entry = lane.entry(Event::startup());
    lane.take_in(vec![entry]);
    let Some(Next::Post(batch)) = lane.intake.next(false, false, lane.now.instant) else { panic!("no message") };
    assert_eq!(batch.target, Target::Thread("t2".to_owned()));
    lane.intake.lose_thread();
    let Some(Next::Post(batch)) = lane.intake.next(false, false, lane.now.instant) else { panic!("no message") };
    assert_eq!(batch.target, Target::NewThread);
}

#[test]
fn what_a_forum_post_tells_of_is_told_anew_in_it() {
    let mut lane = Lane::new();
    lane.intake.set_forum(true);
    for (minutes, target) in [(0, Target::NewThread), (51, Target::Thread("t".to_owned()))] {
        let message = format!("after {minutes}");
        lane.wait(minutes * MINUTE);
        let entry = failing(&mut lane);
        lane.take_in(vec![entry]);
        let Some(Next::Post(batch)) = lane.intake.next(false, false, lane.now.instant) else { panic!("no message") };
        assert_eq!(batch.target, target, "{message}");
        lane.intake.post_first(Some(Place { thread: Some("t".to_owned()), ..place(&message) }), lane.now.instant);
    }
}

#[test]
fn an_edit_that_the_server_breaks_over_lets_others_go_first_and_is_told_anew_at_last() {
    let mut lane = Lane::new();
    let other = |lane: &mut Lane| lane.entry(Event::system_event("Load", "lost").with_severity(Severity::Error));
    occur(&mut lane, 1, "a");
    let entry = other(&mut lane);
    lane.take_in(vec![entry]);
    assert!(matches!(next(&mut lane), Some(Ok(_))));
    lane.intake.post_first(Some(place("b")), lane.now.instant);
    let entries = vec![failing(&mut lane), other(&mut lane)];
    lane.take_in(entries);
    lane.wait(MINUTE);
    let mut edited = BTreeSet::new();
    for attempt in 1..=9 {
        lane.wait(MINUTE);
        let Some(Err((message, _))) = next(&mut lane) else { panic!("no edit") };
        lane.intake.land();
        let is_given_up = lane.intake.fail_edit(&message, true, lane.now.instant);
        edited.insert(message.clone());
        assert_eq!(is_given_up, attempt == 9, "{message}");
        if is_given_up {
            assert!(lane.intake.tell_anew(&message, Lost::Edits).is_empty());
        }
    }
    assert_eq!(edited.len(), 2, "both were tried");
    let Some(Ok(shown)) = next(&mut lane) else { panic!("no new message") };
    assert_eq!(group(&shown).count(), 2);
}

#[test]
fn a_message_that_has_no_room_any_more_tells_anew_what_it_did_not_tell() {
    const PROBLEMS: usize = 250;
    let mut lane = Lane::new();
    let letters = |number: usize| number.to_string().bytes().map(|digit| char::from(digit + 49)).collect::<String>();
    let (mut told, mut posts) = (BTreeMap::new(), 0);
    let mut tell = |lane: &mut Lane, may_edit: bool| {
        let shown = match lane.intake.next(may_edit, false, lane.now.instant) {
            None => return false,
            Some(Next::Post(batch)) => {
                let shown = batch.shown.clone();
                posts += 1;
                lane.intake.post_first(Some(place(&posts.to_string())), lane.now.instant);
                shown
            }
            Some(Next::Edit { place, shown, .. }) => {
                lane.intake.land();
                lane.intake.edited(&place.id, lane.now.instant);
                shown
            }
        };
        for group in shown.iter().filter_map(|shown| shown.group.as_ref()) {
            let count = told.entry(group.fingerprint()).or_insert(0);
            *count = group.count().max(*count);
        }
        true
    };
    for number in 0..PROBLEMS {
        for _ in 0..2 {
            let entry = lane.entry(Event::system_event("Job", letters(number)).with_severity(Severity::Error));
            lane.take_in(vec![entry]);
            tell(&mut lane, false);
        }
    }
    lane.wait(MINUTE);
    while tell(&mut lane, true) {}
    assert_eq!(told.len(), PROBLEMS);
    assert_eq!(told.into_values().collect::<BTreeSet<_>>(), BTreeSet::from([2]), "every occurrence is counted");
    assert!(posts > PROBLEMS && posts < 2 * PROBLEMS, "{posts}");
}

#[test]
fn what_becomes_critical_while_it_waits_goes_first() {
    let mut lane = Lane::new();
    let error =
        |lane: &mut Lane, text: String| lane.entry(Event::system_event("Job", text).with_severity(Severity::Error));
    let mut entries: Vec<_> = ('a'..='z').map(|letter| error(&mut lane, letter.to_string())).collect();
    entries.push(lane.entry(Event::system_event("Job", "z").with_severity(Severity::Critical)));
    lane.take_in(entries);
    let Some(Next::Post(batch)) = lane.intake.next(false, false, lane.now.instant) else { panic!("no message") };
    assert_eq!(batch.shown.len(), 1);
    assert_eq!(group(&batch.shown).count(), 2);
}
