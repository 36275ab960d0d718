//! Every fault that can be scripted, as a client meets it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use discord_log_preview::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::client::{AGENT, Answer, Preview, unlimited};

/// Long enough for any machine.
const MINUTE: Duration = Duration::from_secs(60);

fn struck(fault: Fault) -> (Preview, Answer) {
    let preview = unlimited();
    preview.discord.fault(fault.in_channel("errors").times(1));
    assert_eq!(preview.post("finance", &json!({"content": "x"})).status, 200, "another channel is spared");
    let answer = preview.post("errors", &json!({"content": "x"}));
    let after = preview.post("errors", &json!({"content": "after"}));
    assert_eq!(after.status, 200, "one strike only");
    (preview, answer)
}

fn fails(preview: &Preview) -> reqwest::Error {
    let request = preview.http.post(preview.url("errors") + "?wait=true").json(&json!({"content": "x"}));
    match request.send() {
        Err(error) => error,
        Ok(response) => response.text().unwrap_err(),
    }
}

#[test]
fn outages_answer_without_storing() {
    for (fault, status, content_type, text) in [
        (Fault::unavailable(), 503, Some("text/html; charset=UTF-8"), "503 Service"),
        (Fault::bad_gateway(), 502, None, ""),
        (Fault::gateway_timeout(), 504, Some("text/html; charset=UTF-8"), "504 Gateway"),
        (Fault::internal_error(), 500, Some("application/json"), "\"code\":0"),
        (Fault::silent_loss(), 500, Some("application/json"), "\"code\":0"),
    ] {
        let name = fault.kind().name();
        let (preview, answer) = struck(fault);
        assert_eq!((answer.status, answer.header("content-type")), (status, content_type), "{name}");
        assert!(answer.text.contains(text), "{name}: {}", answer.text);
        assert_eq!(preview.contents("errors"), ["after"], "{name}");
        let request = preview.discord.requests().remove(1);
        assert_eq!((request.fault.as_deref(), request.status), (Some(name), Some(status)));
        assert_eq!(request.payload, Some(json!({"content": "x"})));
    }
}

#[test]
fn limits_and_bans_have_the_shapes_they_were_seen_in() {
    let second = Duration::from_secs(1);
    let json_of = |answer: &Answer| answer.json();
    let (_, user) = struck(Fault::user_limit(second * 3 / 2));
    assert_eq!((user.header("retry-after"), user.header("x-ratelimit-scope")), (Some("2"), Some("user")));
    assert_eq!(json_of(&user)["retry_after"], 1.5);
    let (_, channel) = struck(Fault::channel_limit(Duration::from_millis(42_700)));
    assert_eq!(channel.header("retry-after"), Some("43"));
    assert_eq!(channel.header("x-ratelimit-remaining"), Some("3"));
    assert_eq!(json_of(&channel)["retry_after"], 42.7);
    let (_, mismatched) = struck(Fault::mismatched_limit());
    assert_eq!(mismatched.header("retry-after"), Some("1"));
    assert_eq!(json_of(&mismatched)["retry_after"], 1163.097);
    assert_eq!(mismatched.code(), Some(20028));
    let (_, global) = struck(Fault::global_limit(second));
    assert_eq!((global.header("x-ratelimit-global"), &json_of(&global)["global"]), (Some("true"), &json!(true)));
    let (_, old) = struck(Fault::old_edit_limit(second));
    assert_eq!((old.status, old.code()), (429, Some(30046)));
    for (delay, header) in [(None, None), (Some(second * 3600), Some("3600"))] {
        let (_, ban) = struck(Fault::cloudflare_ban(delay));
        assert_eq!((ban.status, ban.text.as_str()), (429, "error code: 1015"));
        assert_eq!((ban.header("retry-after"), ban.header("via")), (header, None));
    }
    let (_, blocked) = struck(Fault::cloudflare_json());
    assert_eq!((blocked.status, blocked.code(), blocked.header("retry-after")), (429, Some(0), None));
    let (_, html) = struck(Fault::cloudflare_html());
    assert_eq!((html.status, html.header("content-type")), (429, Some("text/html; charset=UTF-8")));
    let (_, agent) = struck(Fault::bad_signature());
    assert_eq!((agent.status, agent.text.as_str()), (403, "error code: 1010"));
    let (_, network) = struck(Fault::network_blocked());
    assert_eq!((network.status, network.code()), (403, Some(40333)));
    let (_, token) = struck(Fault::invalid_token());
    assert_eq!((token.status, token.code()), (401, Some(50027)));
    let (_, gone) = struck(Fault::unknown_webhook());
    assert_eq!((gone.status, gone.code()), (404, Some(10015)));
    let (_, flat) = struck(Fault::flat_error());
    assert_eq!((flat.status, json_of(&flat)), (400, json!({"embeds": ["0"]})));
}

#[test]
fn answers_of_ones_own_and_redirects_are_given_as_said() {
    let (_, teapot) = struck(Fault::reply(418, &[("Content-Type", "text/tea"), ("X-Pot", "1")], "short and stout"));
    assert_eq!((teapot.status, teapot.text.as_str()), (418, "short and stout"));
    assert_eq!((teapot.header("content-type"), teapot.header("x-pot")), (Some("text/tea"), Some("1")));
    let (preview, moved) = struck(Fault::redirect(307, "http://127.0.0.1:9/elsewhere"));
    assert_eq!((moved.status, moved.header("location")), (307, Some("http://127.0.0.1:9/elsewhere")));
    assert_eq!(preview.contents("errors"), ["after"]);
}

#[test]
fn a_reset_loses_the_message_before_storing_and_only_the_answer_after() {
    let preview = unlimited();
    preview.discord.fault(Fault::connection_reset().times(1));
    fails(&preview);
    assert!(preview.contents("errors").is_empty());
    preview.discord.fault(Fault::connection_reset().after_storing().times(1));
    fails(&preview);
    assert_eq!(preview.contents("errors"), ["x"]);
    let requests = preview.discord.requests();
    assert!(requests.iter().all(|request| request.status.is_none()));
    assert_eq!(requests[0].payload, Some(json!({"content": "x"})), "the request was read");
}

#[test]
fn a_reset_is_a_reset_on_the_wire() {
    let preview = unlimited();
    let mut ends = Vec::new();
    for fault in [Fault::connection_reset(), Fault::connection_closed()] {
        preview.discord.fault(fault.times(1));
        let mut socket = write(&preview, "GET", 0, "");
        ends.push(socket.read(&mut [0; 64]).map_err(|error| error.kind()));
    }
    assert_eq!(ends, [Err(std::io::ErrorKind::ConnectionReset), Ok(0)]);
}

#[test]
fn a_closed_connection_leaves_the_body_unread() {
    let preview = unlimited();
    preview.discord.fault(Fault::connection_closed().in_channel("errors").times(1));
    fails(&preview);
    let request = preview.discord.requests().remove(0);
    assert_eq!((request.status, request.payload), (None, None));
    assert!(preview.contents("errors").is_empty());
}

#[test]
fn refused_connections_are_refused_until_the_fault_ends() {
    let preview = unlimited();
    preview.post("errors", &json!({"content": "before"}));
    let id = preview.discord.fault(Fault::connection_refused());
    // The client may still try the connection that it kept open.
    fails(&preview);
    assert!(fails(&preview).is_connect());
    assert!(TcpStream::connect(preview.discord.address()).is_err());
    assert!(preview.discord.clear_fault(id));
    assert_eq!(preview.post("errors", &json!({"content": "again"})).status, 200);
    preview.discord.fault(Fault::connection_refused().lasting(Duration::from_secs(3_600)));
    fails(&preview);
    assert!(fails(&preview).is_connect());
    preview.discord.skip_time(Duration::from_secs(3_600));
    assert_eq!(preview.post("errors", &json!({"content": "and again"})).status, 200);
    assert_eq!(preview.contents("errors"), ["before", "again", "and again"]);
}

#[test]
fn a_hanging_request_is_never_answered() {
    let preview = unlimited();
    preview.discord.fault(Fault::hang().times(1));
    let request = preview.http.post(preview.url("errors")).json(&json!({"content": "x"}));
    let error = request.timeout(Duration::from_millis(300)).send().unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert!(preview.contents("errors").is_empty());
}

#[test]
fn a_hanging_request_may_be_stored_and_ends_with_the_server() {
    let preview = unlimited();
    preview.discord.fault(Fault::hang().after_storing());
    let request = preview.http.post(preview.url("errors")).json(&json!({"content": "x"}));
    let client = std::thread::spawn(move || request.send().map_err(|error| error.is_timeout()).map(|_| ()));
    assert!(preview.discord.wait_for(|d| d.messages("errors").len() == 1, MINUTE));
    drop(preview);
    assert_eq!(client.join().unwrap(), Err(false));
}

#[test]
fn latency_and_trickle_take_their_time_and_lose_nothing() {
    let preview = unlimited();
    preview.discord.fault(Fault::latency(Duration::from_millis(120)).times(1));
    let start = Instant::now();
    assert_eq!(preview.post("errors", &json!({"content": "late"})).status, 200);
    assert!(start.elapsed() >= Duration::from_millis(120));
    preview.discord.fault(Fault::trickle(100, Duration::from_millis(20)).times(1));
    let start = Instant::now();
    let answer = preview.post("errors", &json!({"content": "slow"}));
    let drops = u32::try_from(answer.text.len().div_ceil(100)).unwrap();
    assert!(drops > 2);
    assert!(start.elapsed() >= Duration::from_millis(20) * drops);
    assert_eq!(answer.json()["content"], "slow");
}

/// Writes a request to a webhook by hand and leaves the connection open.
fn write(preview: &Preview, method: &str, length: usize, body: &str) -> TcpStream {
    let path = preview.url("errors").split_once("/api").unwrap().1.to_owned();
    let mut socket = TcpStream::connect(preview.discord.address()).unwrap();
    let head = format!("{method} /api{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: {AGENT}\r\n");
    let typed = format!("Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}");
    socket.write_all((head + &typed).as_bytes()).unwrap();
    socket
}

#[test]
fn what_was_received_is_carried_out_even_when_the_client_gave_up() {
    let preview = unlimited();
    preview.discord.fault(Fault::latency(Duration::from_millis(100)).times(1));
    let body = "{\"content\":\"x\"}";
    let socket = write(&preview, "POST", body.len(), body);
    assert!(preview.discord.wait_for(|d| d.faults().is_empty(), MINUTE));
    drop(socket);
    assert!(preview.discord.wait_for(|d| d.messages("errors").len() == 1, MINUTE));
}

#[test]
fn a_request_that_breaks_off_is_recorded_without_a_status() {
    let preview = unlimited();
    drop(write(&preview, "POST", 100, "{\"content\":"));
    assert!(preview.discord.wait_for(|d| !d.requests().is_empty(), MINUTE));
    assert_eq!(preview.discord.requests()[0].status, None);
    assert!(preview.contents("errors").is_empty());
}

#[test]
fn odd_bodies_come_after_the_message_was_stored() {
    let preview = unlimited();
    preview.discord.fault(Fault::truncated().times(1));
    fails(&preview);
    preview.discord.fault(Fault::garbage().times(1));
    let garbage = preview.post("errors", &json!({"content": "x"}));
    assert_eq!((garbage.status, garbage.header("content-type")), (200, Some("application/json")));
    assert!(serde_json::from_str::<Value>(&garbage.text).is_err());
    preview.discord.fault(Fault::oversized(3_000_000).times(1));
    let oversized = preview.post("errors", &json!({"content": "x"}));
    assert!(oversized.text.len() > 3_000_000);
    assert_eq!(oversized.json()["id"], "1");
    preview.discord.fault(Fault::no_content().times(1));
    let nothing = preview.post("errors", &json!({"content": "x"}));
    assert_eq!((nothing.status, nothing.text.as_str()), (204, ""));
    preview.discord.fault(Fault::gateway_timeout().after_storing().times(1));
    assert_eq!(preview.post("errors", &json!({"content": "x"})).status, 504);
    assert_eq!(preview.contents("errors").len(), 5);
}

#[test]
fn a_silent_loss_is_silent_without_wait() {
    let preview = unlimited();
    preview.discord.fault(Fault::silent_loss());
    assert_eq!(preview.post_with("errors", "", &json!({"content": "x"})).status, 204);
    assert!(preview.contents("errors").is_empty());
}

#[test]
fn faults_are_scripted_over_http() {
    let preview = unlimited();
    let url = format!("http://{}/_preview/faults", preview.discord.address());
    let add = |body: Value| crate::client::send(preview.http.post(&url).json(&body));
    let fault = json!({"kind": "unavailable", "channel": "errors", "times": 2, "for_seconds": 60, "method": "POST"});
    let added = add(fault);
    assert_eq!(added.status, 201, "{}", added.text);
    assert_eq!(preview.post("errors", &json!({"content": "x"})).status, 503);
    let list = preview.get("/_preview/faults").json();
    assert_eq!((&list[0]["kind"], &list[0]["strikes"]), (&json!("unavailable"), &json!(1)));
    let id = added.json()["id"].as_u64().unwrap();
    let delete = |path: String| preview.call(reqwest::Method::DELETE, path).status;
    assert_eq!(delete(format!("{url}/{id}")), 204);
    assert_eq!(delete(format!("{url}/{id}")), 404);
    assert_eq!(preview.post("errors", &json!({"content": "x"})).status, 200);
    add(json!({"kind": "hang"}));
    assert_eq!(delete(url.clone()), 204);
    assert!(preview.discord.faults().is_empty());
    for (wrong, told) in [
        (json!({"kind": "unavailable", "chanel": "errors"}), "chanel"),
        (json!({"kind": "nonsense"}), "nonsense"),
        (json!({"kind": "connection_refused"}), "for_seconds"),
        (json!({"kind": "reply", "status": 99}), "status"),
    ] {
        let answer = add(wrong);
        assert_eq!(answer.status, 400);
        assert!(answer.text.contains(told), "{}", answer.text);
    }
}

#[test]
fn every_kind_can_be_written_as_json() {
    let kinds = [
        FaultKind::BadGateway,
        FaultKind::CloudflareBan { retry_after: Some(5) },
        FaultKind::Latency { millis: 5 },
        FaultKind::Oversized { bytes: 5 },
        FaultKind::Redirect { status: 302, location: "http://127.0.0.1:9/".to_owned() },
        FaultKind::Trickle { bytes: 1, millis: 5 },
    ];
    for kind in kinds {
        let fault = Fault::from(kind);
        let json = serde_json::to_string(&fault).unwrap();
        assert_eq!(serde_json::from_str::<Fault>(&json).unwrap(), fault, "{json}");
    }
}
