//! Posting: what is taken, what is refused and in which words, and whom it pings.

use reqwest::Method;
use serde_json::json;

use crate::client::{send, unlimited};

#[test]
fn a_post_answers_with_the_message_only_when_asked_to_wait() {
    let preview = unlimited();
    let waited = preview.post("errors", &json!({"content": "  one \n"}));
    assert_eq!(waited.status, 200);
    assert_eq!(waited.json()["content"], "one");
    let unwaited = preview.post_with("errors", "", &json!({"content": "two"}));
    assert_eq!((unwaited.status, unwaited.text.as_str()), (204, ""));
    assert_eq!(preview.contents("errors"), ["one", "two"]);
    assert!(preview.contents("finance").is_empty());
}

#[test]
fn a_message_can_be_read_and_deleted() {
    let preview = unlimited();
    let id = preview.posted("errors", &json!({"content": "x", "username": "billing"}));
    let url = preview.message_url("errors", &id);
    let read = preview.call(Method::GET, url.clone());
    assert_eq!(read.json()["author"]["username"], "billing");
    assert_eq!(preview.call(Method::DELETE, url.clone()).status, 204);
    for method in [Method::GET, Method::DELETE, Method::PATCH] {
        let body = json!({"content": "y"});
        let gone = send(preview.http.request(method, url.clone()).json(&body));
        assert_eq!((gone.status, gone.code()), (404, Some(10008)));
    }
}

#[test]
fn a_webhook_knows_only_its_own_messages() {
    let preview = crate::client::start(discord_log_preview::Discord::builder().webhook_in("errors"));
    let urls = preview.discord.webhook_urls("errors");
    assert_eq!(urls.len(), 2);
    let id = preview.posted("errors", &json!({"content": "x"}));
    let other = urls[1].replace("/api/", "/api/v10/");
    let read = preview.call(Method::GET, format!("{other}/messages/{id}"));
    assert_eq!(read.code(), Some(10008));
}

#[test]
fn an_empty_message_is_refused_in_every_form() {
    let preview = unlimited();
    for body in [
        json!({}),
        json!({"content": ""}),
        json!({"content": " \n\t "}),
        json!({"content": null, "embeds": [], "components": []}),
        json!({"username": "x"}),
        json!({"components": [{"type": 10, "content": "dropped without the query"}], "flags": 32768}),
    ] {
        let answer = preview.post("errors", &body);
        assert_eq!((answer.status, answer.code()), (400, Some(50006)), "{body}");
    }
}

#[test]
fn bodies_are_refused_in_discords_words() {
    let preview = unlimited();
    let post = |content_type: Option<&str>, body: &'static str| {
        let request = preview.http.post(preview.url("errors")).body(body);
        send(match content_type {
            Some(content_type) => request.header("content-type", content_type),
            None => request,
        })
    };
    assert_eq!(post(Some("application/json"), "{\"content\":").code(), Some(50109));
    assert_eq!(post(Some("application/json"), "[]").code(), Some(50035));
    assert_eq!(post(Some("application/json"), "").code(), Some(50006));
    assert_eq!(post(None, "{\"content\":\"x\"}").problems(), [" CONTENT_TYPE_INVALID"]);
    assert_eq!(post(Some("text/plain"), "x").code(), Some(50035));
    assert_eq!(post(Some("application/x-www-form-urlencoded"), "content=a+b&tts=true").status, 204);
    assert_eq!(post(Some("multipart/form-data; boundary=b"), "nonsense").code(), Some(50006));
    assert_eq!(preview.contents("errors"), ["a b"]);
}

#[test]
fn the_wrong_place_is_told_apart() {
    let preview = unlimited();
    let address = preview.discord.address();
    let url = preview.url("errors");
    let (base, token) = url.rsplit_once('/').unwrap();
    let body = json!({"content": "x"});
    let post = |url: &str| send(preview.http.post(url).json(&body));
    let bad_token = post(&format!("{base}/wrong"));
    assert_eq!((bad_token.status, bad_token.code()), (401, Some(50027)));
    let unknown = post(&format!("http://{address}/api/v10/webhooks/1/{token}"));
    assert_eq!((unknown.status, unknown.code()), (404, Some(10015)));
    let no_id = post(&format!("http://{address}/api/v10/webhooks/x/{token}"));
    assert_eq!(no_id.problems(), ["webhook_id NUMBER_TYPE_COERCE"]);
    let old = post(&url.replace("/v10/", "/v5/"));
    assert_eq!((old.status, old.code()), (400, Some(50041)));
    let put = send(preview.http.put(&url).json(&body));
    assert_eq!(put.status, 405);
    let nowhere = post(&format!("http://{address}/api/v10/channels/1/messages"));
    assert_eq!((nowhere.status, nowhere.code()), (404, Some(0)));
    let query = post(&format!("{url}?wait=yes"));
    assert_eq!(query.problems(), ["wait BOOLEAN_TYPE_CONVERT"]);
    for shim in ["slack", "github"] {
        assert_eq!(post(&format!("{url}/{shim}")).status, 400);
    }
}

#[test]
fn a_webhook_can_be_read_renamed_and_deleted() {
    let preview = unlimited();
    let url = preview.url("errors");
    let read = preview.call(Method::GET, url.clone()).json();
    assert_eq!(read["type"], 1);
    assert_eq!(read["channel_id"], preview.get("/_preview/channels").json()[2]["id"]);
    let renamed = send(preview.http.patch(&url).json(&json!({"name": "billing"})));
    assert_eq!(renamed.json()["name"], "billing");
    let refused = send(preview.http.patch(&url).json(&json!({"name": "Clyde"})));
    assert_eq!(refused.problems(), ["name USERNAME_INVALID_CONTAINS"]);
    preview.post("errors", &json!({"content": "x"}));
    assert_eq!(preview.discord.messages("errors")[0].author, "billing");
    assert_eq!(preview.call(Method::DELETE, url.clone()).status, 204);
    assert_eq!(preview.call(Method::GET, url).code(), Some(10015));
    assert_eq!(preview.discord.webhook_url("errors"), None);
}

#[test]
fn agents_are_looked_at_before_anything_else() {
    let preview = unlimited();
    let post = |agent: &str| send(preview.http.post(preview.url("errors")).header("user-agent", agent));
    for refused in ["", "Python-urllib/3.12"] {
        let answer = post(refused);
        assert_eq!((answer.status, answer.text.as_str()), (403, "error code: 1010"));
        assert_eq!(answer.header("via"), None);
    }
    assert_eq!(post("python-requests/2.32.3").code(), Some(50035));
    let client = reqwest::blocking::Client::new();
    assert_eq!(send(client.get(preview.url("errors"))).status, 403);
    let authorized = preview.http.get(preview.url("errors")).header("authorization", "Bot x");
    assert_eq!(send(authorized).code(), Some(50014));
    assert!(preview.discord.requests().last().unwrap().has_authorization);
}

#[test]
fn a_path_without_a_version_answers_in_the_old_shape() {
    let preview = unlimited();
    let url = preview.discord.webhook_url("errors").unwrap();
    let answer = send(preview.http.post(&url).json(&json!({"embeds": [{"title": "x".repeat(257)}], "username": ""})));
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json(), json!({"embeds": ["0"], "username": ["Must be between 1 and 80 in length."]}));
    assert_eq!(preview.discord.requests()[0].version, 6);
    let unknown = send(preview.http.post(url.replace("/webhooks/", "/webhooks/9")).json(&json!({"content": "x"})));
    assert_eq!(unknown.code(), Some(10015), "only form errors are flat");
}

#[test]
fn unknown_keys_are_ignored_and_noted() {
    let preview = unlimited();
    let body = json!({"content": "x", "user_name": "y", "embeds": [{"title": "t", "colour": 5}]});
    assert_eq!(preview.post_with("errors", "?wait=true&tread_id=5", &body).status, 200);
    let request = &preview.discord.requests()[0];
    assert_eq!(request.unknown_keys, ["?tread_id", "user_name", "embeds.0.colour"]);
    assert_eq!(request.payload.as_ref(), Some(&body));
}

#[test]
fn pings_are_those_allowed_and_in_the_text() {
    let preview = unlimited();
    let text = "<@1> <@&2> @everyone";
    for (allowed, users, roles, everyone) in [
        (json!(null), 1, 0, false),
        (json!({"parse": []}), 0, 0, false),
        (json!({"parse": ["everyone"], "roles": ["2", "3"]}), 0, 1, true),
        (json!({"parse": ["users", "roles", "everyone"]}), 1, 1, true),
    ] {
        let body = json!({"content": text, "embeds": [{"title": "<@9>"}], "allowed_mentions": allowed});
        let answer = preview.post("errors", &body).json();
        let message = preview.discord.messages("errors").pop().unwrap();
        assert_eq!(message.pings.users.len(), users, "{allowed}");
        assert_eq!(message.pings.roles.len(), roles, "{allowed}");
        assert_eq!(message.pings.everyone, everyone, "{allowed}");
        assert_eq!(answer["mention_everyone"], everyone);
        assert_eq!(answer["mentions"].as_array().unwrap().len(), users);
    }
    let display = json!({"flags": 32768, "components": [{"type": 10, "content": "<@7>"}]});
    preview.post_with("errors", "?with_components=true", &display);
    assert_eq!(preview.discord.messages("errors").pop().unwrap().pings.users, ["7"]);
}

#[test]
fn the_components_flag_excludes_the_old_fields() {
    let preview = unlimited();
    let body = json!({
        "flags": 32768, "content": "x", "embeds": [{"title": "t"}],
        "components": [{"type": 10, "content": "text"}],
    });
    let answer = preview.post_with("errors", "?with_components=true", &body);
    assert_eq!(
        answer.problems(),
        [
            "content MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
            "embeds MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
        ]
    );
}

#[test]
fn components_without_the_query_vanish_and_that_is_noted() {
    let preview = unlimited();
    let body = json!({"content": "x", "components": [{"type": 1, "components": []}]});
    let answer = preview.post("errors", &body);
    assert_eq!(answer.json()["components"], json!([]));
    assert_eq!(preview.discord.requests()[0].dropped.len(), 1);
}
