//! Requests over real sockets: every message says which request it belongs to, and a server's failure is told once.

use std::time::{Duration, Instant};

use discord_log::context::{self, Context};
use discord_log::{Event, testing};
use futures_util::{StreamExt, stream};
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use reqwest::{Client, StatusCode, Version};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::servers::{FRAMEWORKS, Server, router, runtime};
use crate::world::{PATIENCE, World, field, said};

fn embeds(world: &World, channel: &str) -> Vec<Value> {
    world.discord.messages(channel).into_iter().flat_map(|message| message.embeds).collect()
}

fn only(world: &World, channel: &str) -> Value {
    let mut embeds = embeds(world, channel);
    assert_eq!(embeds.len(), 1, "{embeds:#?}");
    embeds.remove(0)
}

#[test]
fn what_fails_in_a_request_is_told_once_with_all_that_is_known_of_it() {
    for start in FRAMEWORKS {
        let (world, server) = (World::unlimited(), start());
        let headers = [
            ("user-agent", "tests/1.0"),
            ("referer", "http://shop.example/basket?token=hunter2hunter2"),
            ("cookie", "theme=dark; sessionid=s3cret-session"),
            ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            ("x-request-id", "order-17"),
            ("x-forwarded-for", "203.0.113.9"),
        ];
        let answered = server.get("/charges/17?coupon=ten&api_key=hunter2hunter2", &headers);
        assert_eq!(answered, Some((502, "order-17".to_owned())));
        world.flush();
        let embed = only(&world, "errors");
        assert_eq!(embed["title"], "❌ Charge failed", "{}", server.framework);
        let request = field(&embed, "Request").expect("the request");
        assert!(request.starts_with("GET /charges/17?coupon=ten"), "{request}");
        assert!(request.contains("/charges/{number}") && request.contains("502 Bad Gateway after "), "{request}");
        assert_eq!(field(&embed, "Request ID"), Some("order-17"));
        assert_eq!(field(&embed, "Trace"), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
        assert_eq!(field(&embed, "Actor"), Some("user-7"));
        let client = field(&embed, "Client").expect("the client");
        assert!(client.contains("127.0.0.0/24") && client.contains("tests/1.0"), "no proxy is trusted: {client}");
        assert!(client.contains("session ") && client.contains("shop.example"), "{client}");
        let before = field(&embed, "Before").expect("what was logged before");
        assert!(before.contains("Looked at the basket"), "{before}");
        let all = format!("{embed}{}", world.text("activity"));
        assert!(!all.contains("hunter2") && !all.contains("s3cret") && !all.contains("127.0.0.1"), "{all}");
    }
}

#[test]
fn an_answer_of_the_server_s_fault_is_told_where_nothing_else_was() {
    for start in FRAMEWORKS {
        let (world, server) = (World::unlimited(), start());
        for number in 0..3 {
            assert_eq!(server.get(&format!("/refused/{number}"), &[]).map(|(status, _)| status), Some(404));
            assert_eq!(server.get(&format!("/broken/{number}"), &[]).map(|(status, _)| status), Some(503));
        }
        world.flush();
        let embed = only(&world, "errors");
        assert_eq!(
            (&embed["title"], said(&embed)),
            (&"❌ GET /broken/{number} failed ×3".into(), "503 Service Unavailable")
        );
    }
}

#[test]
fn an_error_that_a_handler_logs_is_told_once_with_the_status_that_came_of_it() {
    for start in FRAMEWORKS {
        let (world, server) = (World::unlimited(), start());
        assert_eq!(server.get("/logged/500", &[]).map(|(status, _)| status), Some(500));
        world.flush();
        let embed = only(&world, "errors");
        assert_eq!(embed["title"], "❌ the ledger is closed", "{}", server.framework);
        let request = field(&embed, "Request").expect("the request");
        assert!(
            request.contains("/logged/{status}") && request.contains("500 Internal Server Error after "),
            "{request}"
        );
    }
}

#[test]
fn an_answer_in_spite_of_a_logged_error_does_not_mend_it() {
    for start in FRAMEWORKS {
        let (world, server) = (World::unlimited(), start());
        assert_eq!(server.get("/logged/200", &[]).map(|(status, _)| status), Some(200));
        world.flush();
        let embed = only(&world, "errors");
        assert_eq!((&embed["title"], field(&embed, "Recovered in")), (&"❌ the ledger is closed".into(), None));
    }
}

#[test]
fn a_handler_that_recovers_says_so() {
    for start in FRAMEWORKS {
        let (world, server) = (World::unlimited(), start());
        assert_eq!(server.get("/tries/4", &[]).map(|(status, _)| status), Some(200));
        world.flush();
        let embed = only(&world, "errors");
        assert_eq!(field(&embed, "Recovered in"), Some("GET /tries/{number}"));
    }
}

#[test]
fn a_panic_in_a_handler_is_told_once_with_its_request() {
    for start in FRAMEWORKS {
        let (world, server) = (World::unlimited(), start());
        assert_eq!(server.get("/panics/3", &[("x-request-id", "p-3")]), None, "the connection ends");
        world.flush();
        let embed = only(&world, "errors");
        assert_eq!(said(&embed), "no basket 3");
        assert_eq!(field(&embed, "Request ID"), Some("p-3"));
    }
}

#[test]
fn a_client_that_goes_away_is_counted_as_cancelled_and_told_nowhere() {
    // With actix-web the handler runs on, as it would without us.
    let (world, server) = (World::unlimited(), Server::of_axum());
    let cancelled = || {
        let functions = discord_log::health().functions;
        functions.iter().find(|function| function.function == "requests").map_or(0, |requests| requests.cancelled)
    };
    let before = cancelled();
    server.runtime.block_on(async {
        let asking = server.client.get(server.url("/slow")).timeout(Duration::from_millis(200)).send();
        assert!(asking.await.expect_err("nobody answers").is_timeout());
        let until = Instant::now() + PATIENCE;
        while cancelled() == before && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    world.flush();
    assert_eq!(cancelled(), before + 1);
    assert!(embeds(&world, "errors").is_empty());
}

#[test]
fn a_body_is_handed_on_piece_by_piece_and_a_request_without_a_name_gets_one() {
    for start in FRAMEWORKS {
        let (_world, server) = (World::unlimited(), start());
        let (text, id) = server.runtime.block_on(async {
            let response = server.client.get(server.url("/stream")).header("x-request-id", "a b\"c").send().await;
            let response = response.expect("an answer");
            let id = response.headers()["x-request-id"].to_str().expect("text").to_owned();
            (response.text().await.expect("a body"), id)
        });
        assert_eq!(text.lines().count(), 100);
        assert_eq!(id.len(), 26, "a name that could do harm is not taken: {id}");
    }
}

#[test]
fn over_http_2_many_requests_share_a_connection_and_not_a_context() {
    assert_eq!(contexts_of(1_000, true), 0);
}

#[test]
fn ten_thousand_requests_at_a_time_never_mix_their_contexts() {
    assert_eq!(contexts_of(10_000, false), 0);
}

/// Sends so many requests, each with a name of its own, and looks at every event of every one; gives how many speak of
/// another request.
fn contexts_of(requests: u64, over_http_2: bool) -> usize {
    let events = runtime().block_on(testing::capture_async(async move {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(context::carry(serve(listener)));
        let client = Client::builder();
        let client = if over_http_2 { client.http2_prior_knowledge() } else { client };
        let client = client.build().expect("a client");
        let ask = |number: u64| {
            let request = client.get(format!("http://{address}/orders/{number}"));
            let request = request.header("x-request-id", format!("request-{number}"));
            async move {
                let response = request.send().await.expect("an answer");
                let version = if over_http_2 { Version::HTTP_2 } else { Version::HTTP_11 };
                assert_eq!((response.status(), response.version()), (StatusCode::OK, version));
            }
        };
        stream::iter((0..requests).map(ask)).buffer_unordered(64).collect::<Vec<_>>().await;
    }));
    assert_eq!(events.len() as u64, 3 * requests, "what ran elsewhere was carried");
    let is_own = |event: &&Event| {
        let number = event.fields().find(|field| field.name() == "number").expect("a number").value().to_string();
        event.who() == Some(&*format!("user-{number}"))
            && event.request("request_id").map(|id| id.as_text()) == Some(&*format!("request-{number}"))
    };
    events.len() - events.iter().filter(is_own).count()
}

#[test]
fn the_error_of_a_handler_is_told_with_its_status() {
    let (world, server) = (World::unlimited(), Server::of_actix());
    assert_eq!(server.get("/failing", &[]).map(|(status, _)| status), Some(500));
    world.flush();
    let embed = only(&world, "errors");
    assert_eq!(embed["title"], "❌ GET /failing failed");
    assert_eq!(said(&embed), "500 Internal Server Error: the card was refused");
}

#[test]
fn requests_on_the_threads_of_actix_never_mix_their_contexts() {
    for (requests, server) in [(9_000, Server::of_actix()), (1_000, Server::of_actix().over_http_2())] {
        let ask = |number: u64| {
            let request = server.client.get(server.url(&format!("/orders/{number}")));
            let request = request.header("x-request-id", format!("request-{number}"));
            async move {
                let told = request.send().await.expect("an answer").text().await.expect("a text");
                let own = format!("{number} user-{number} request-{number}");
                assert_eq!(told.lines().collect::<Vec<_>>(), [&own; 3], "three events, all of this request");
            }
        };
        let asking = stream::iter((0..requests).map(ask)).buffer_unordered(64).count();
        assert_eq!(server.runtime.block_on(asking), requests as usize);
    }
}

#[test]
fn a_service_without_a_framework_is_told_of_by_its_paths_over_either_version_of_http() {
    for server in [Server::of_hyper(), Server::of_hyper().over_http_2()] {
        let world = World::unlimited();
        let failing = |path: &str| assert_eq!(server.get(path, &[]), None, "the service has no answer");
        failing("/charges/1");
        failing("/failing/2?card=ten");
        failing("/panics/3");
        assert_eq!(server.get("/broken/4", &[]).map(|(status, _)| status), Some(503));
        world.flush();
        let embeds = embeds(&world, "errors");
        let told: Vec<_> =
            embeds.iter().map(|embed| (embed["title"].as_str().unwrap_or_default(), said(embed))).collect();
        assert_eq!(
            told,
            [
                ("❌ Charge failed", "the card was refused"),
                ("❌ GET /failing/2 failed", r"the service returned: delivery:\:servers::Refused"),
                ("💥 The program panicked", "no basket 3"),
                ("❌ GET /broken/4 failed", "503 Service Unavailable"),
            ]
        );
        for embed in embeds {
            assert!(field(&embed, "Request").is_some_and(|request| request.starts_with("GET /")), "{embed}");
            assert!(field(&embed, "Client").is_some_and(|client| client.contains("127.0.0.0/24")), "{embed}");
        }
    }
}

#[test]
fn a_request_whose_failures_are_only_counted_is_told_by_them_alone() {
    let (world, server) = (World::unlimited(), Server::of_axum());
    for _ in 0..100 {
        assert_eq!(server.get("/refunds", &[]).map(|(status, _)| status), Some(502));
    }
    world.flush();
    let embed = only(&world, "errors");
    assert_eq!(embed["title"], "❌ Refund failed ×100");
}

/// Starts tasks that are heard where whoever started them is.
#[derive(Clone)]
struct Carrying;

impl<F> hyper::rt::Executor<F> for Carrying
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    fn execute(&self, task: F) {
        tokio::spawn(context::carry(task));
    }
}

/// Serves each connection in a task of its own, as hyper's own examples do.
async fn serve(listener: TcpListener) {
    let app = router().layer(discord_log::request_layer());
    while let Ok((stream, _)) = listener.accept().await {
        let service = TowerToHyperService::new(app.clone());
        let connection =
            async move { auto::Builder::new(Carrying).serve_connection(TokioIo::new(stream), service).await };
        tokio::spawn(context::carry(connection));
    }
}

#[test]
fn a_context_inside_of_another_adds_to_it() {
    let world = World::unlimited();
    let outer = Context::new().with_user("outer").with_extra("job", 1).with_request_id("r");
    context::with(outer, || {
        context::with(Context::new().with_extra("step", 2), || {
            context::set_user("inner");
            discord_log::log(Event::system_event("Step", "done"));
        });
    });
    discord_log::log(Event::system_event("Outside", "nothing"));
    world.flush();
    let embeds = embeds(&world, "system");
    let told = ["Job", "Step", "Actor", "Request ID"].map(|name| field(&embeds[0], name));
    assert_eq!(told, [Some("1"), Some("2"), Some("inner"), Some("r")]);
    assert_eq!(field(&embeds[1], "Actor"), None);
}
