//! Polls: question, answers and how long.

use serde_json::{Map, Value, json};

use super::check::Check;
use super::field::{self, Length};
use crate::limits;

/// Reads `poll`.
pub(crate) fn read(check: &mut Check, body: &Map<String, Value>) -> Option<Value> {
    let value = field::present(body, "poll")?;
    check.at("poll", |check| {
        let given = field::object(check, value)?;
        const KNOWN: [&str; 5] = ["question", "answers", "allow_multiselect", "layout_type", "duration"];
        check.keys(given, &KNOWN);
        let question = media(check, given, "question", limits::POLL_QUESTION);
        let length = Length::between(1, limits::POLL_ANSWERS).required();
        let items = field::list(check, given, "answers", length);
        let answers: Vec<Value> = check.at("answers", |check| {
            let mut answers = Vec::new();
            for (n, item) in items.into_iter().flatten().enumerate() {
                let answer = check.at(n, |check| {
                    let answer = field::object(check, item)?;
                    check.keys(answer, &["poll_media"]);
                    Some(media(check, answer, "poll_media", limits::POLL_ANSWER))
                });
                answers.push(json!({"answer_id": n + 1, "poll_media": answer}));
            }
            answers
        });
        let hours = field::integer(check, given, "duration", (1, limits::POLL_HOURS));
        Some(json!({
            "question": question,
            "answers": answers,
            "allow_multiselect":
                field::boolean(check, given, "allow_multiselect").unwrap_or(false),
            "layout_type": field::integer(check, given, "layout_type", (1, 1)).unwrap_or(1),
            "duration": hours.unwrap_or(24),
        }))
    })
}

fn media(check: &mut Check, given: &Map<String, Value>, key: &str, most: usize) -> Value {
    let Some(value) = field::present(given, key) else {
        field::require(check, key);
        return Value::Null;
    };
    check.at(key, |check| {
        let Some(media) = field::object(check, value) else {
            return Value::Null;
        };
        check.keys(media, &["text", "emoji"]);
        let length = Length::between(1, most).required();
        json!({ "text": field::text(check, media, "text", length) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(poll: &Value) -> Vec<String> {
        let mut check = Check::default();
        let body = json!({ "poll": poll });
        read(&mut check, body.as_object().unwrap());
        let told = check.problems.iter();
        told.map(|problem| format!("{} {}", problem.path.join("."), problem.code)).collect()
    }

    fn poll(question: usize, answer: usize, answers: usize, hours: i64) -> Value {
        let answer = json!({"poll_media": {"text": "a".repeat(answer)}});
        json!({
            "question": {"text": "q".repeat(question)},
            "answers": vec![answer; answers],
            "duration": hours,
        })
    }

    #[test]
    fn each_part_of_a_poll_has_its_limit() {
        assert!(problems(&poll(300, 55, 10, 768)).is_empty());
        for (wrong, expected) in [
            (poll(301, 1, 1, 1), "poll.question.text BASE_TYPE_BAD_LENGTH"),
            (poll(1, 56, 1, 1), "poll.answers.0.poll_media.text BASE_TYPE_BAD_LENGTH"),
            (poll(1, 1, 11, 1), "poll.answers BASE_TYPE_BAD_LENGTH"),
            (poll(1, 1, 0, 1), "poll.answers BASE_TYPE_BAD_LENGTH"),
            (poll(1, 1, 1, 769), "poll.duration NUMBER_TYPE_MAX"),
            (poll(1, 1, 1, 0), "poll.duration NUMBER_TYPE_MIN"),
        ] {
            assert_eq!(problems(&wrong), [expected]);
        }
    }
}
