//! Calls of gRPC over real sockets, to a server of tonic's: its statuses are understood, and every message says which call
//! it belongs to.

use futures_util::{StreamExt, stream};
use serde_json::Value;
use tonic::Code;

use crate::servers::GrpcServer;
use crate::world::{World, field, said};

fn only(world: &World) -> Value {
    let mut embeds: Vec<_> = world.discord.messages("errors").into_iter().flat_map(|message| message.embeds).collect();
    assert_eq!(embeds.len(), 1, "{embeds:#?}");
    embeds.remove(0)
}

#[test]
fn what_fails_in_a_call_is_told_once_with_all_that_is_known_of_it() {
    let (world, server) = (World::unlimited(), GrpcServer::start());
    let headers = [
        ("x-request-id", "call-17"),
        ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        ("x-forwarded-for", "203.0.113.9"),
    ];
    let answered = server.call("charges/17", &headers);
    assert_eq!((answered.code, &*answered.message), (Code::Internal, "the card was refused"));
    assert_eq!(answered.request_id, "call-17");
    world.flush();
    let embed = only(&world);
    assert_eq!((&embed["title"], said(&embed)), (&"❌ Charge failed".into(), "the card was refused"));
    let request = field(&embed, "Request").expect("the request");
    assert!(request.starts_with("POST /grpc.health.v1.Health/Check"), "{request}");
    assert!(request.contains("13 INTERNAL after "), "{request}");
    assert_eq!(field(&embed, "Request ID"), Some("call-17"));
    assert_eq!(field(&embed, "Trace"), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
    assert_eq!(field(&embed, "Actor"), Some("user-7"));
    let client = field(&embed, "Client").expect("the client");
    assert!(client.contains("127.0.0.0/24") && client.contains("tonic/"), "{client}");
    assert!(field(&embed, "Before").is_some_and(|before| before.contains("Looked at the basket")), "{embed}");
}

#[test]
fn a_status_that_blames_the_server_is_told_in_its_own_words_and_one_that_blames_the_client_is_not() {
    let (world, server) = (World::unlimited(), GrpcServer::start());
    for number in 0..3 {
        assert_eq!(server.call(&format!("refused/{number}"), &[]).code, Code::NotFound);
        assert_eq!(server.call(&format!("broken/{number}"), &[]).code, Code::Unavailable);
        assert_eq!(server.call(&format!("orders/{number}"), &[]).code, Code::Ok);
    }
    world.flush();
    let embed = only(&world);
    assert_eq!(embed["title"], "❌ POST /grpc.health.v1.Health/Check failed ×3");
    assert_eq!(said(&embed), "14 UNAVAILABLE: 100 % of the ledger is gone: “ça”");
}

#[test]
fn a_call_that_recovers_says_so() {
    let (world, server) = (World::unlimited(), GrpcServer::start());
    assert_eq!(server.call("tries/4", &[]).code, Code::Ok);
    world.flush();
    assert_eq!(field(&only(&world), "Recovered in"), Some("POST /grpc.health.v1.Health/Check"));
}

#[test]
fn a_panic_in_a_call_is_told_once_and_the_next_call_is_served() {
    let (world, server) = (World::unlimited(), GrpcServer::start());
    assert_ne!(server.call("panics/3", &[("x-request-id", "p-3")]).code, Code::Ok);
    assert_eq!(server.call("orders/4", &[]).code, Code::Ok);
    world.flush();
    let embed = only(&world);
    assert_eq!((said(&embed), field(&embed, "Request ID")), ("no basket 3", Some("p-3")));
}

#[test]
fn calls_that_share_a_connection_never_share_a_context() {
    const CALLS: usize = 2_000;
    let server = GrpcServer::start();
    let call = |number: usize| {
        let calling = server.calling(format!("orders/{number}"), &[]);
        async move {
            let answered = calling.await;
            assert!(answered.request_id.len() == 26, "a name that nobody gave: {answered:?}");
            let own = format!("{number} user-{number} {}", answered.request_id);
            assert_eq!(answered.told, [&*own; 3].join(", "), "three events, all of this call");
            answered.request_id
        }
    };
    let calling = stream::iter((0..CALLS).map(call)).buffer_unordered(64).collect::<Vec<_>>();
    let mut ids = server.runtime.block_on(calling);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), CALLS, "each call has a name of its own");
}
