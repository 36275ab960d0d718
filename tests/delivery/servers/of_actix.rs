//! The paths in actix-web.

use std::net::SocketAddr;

use actix_web::dev::ServerHandle;
use actix_web::error::{ErrorBadGateway, ErrorInternalServerError};
use actix_web::web::{self, Bytes, Path, ServiceConfig};
use actix_web::{App, HttpResponse, HttpServer};
use discord_log::{Event, testing};
use futures_util::stream;

use super::{Refused, charge, charge_a_user, order, panics};

/// Serves over HTTP/1 and HTTP/2, on threads of its own.
pub(super) async fn serve() -> (SocketAddr, ServerHandle) {
    let server = HttpServer::new(|| App::new().configure(routes).wrap(discord_log::request_middleware()));
    let server = server.workers(2).disable_signals().bind_auto_h2c("127.0.0.1:0").expect("a port");
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    tokio::spawn(server);
    (address, handle)
}

fn routes(config: &mut ServiceConfig) {
    config
        .route("/orders/{number}", web::get().to(order_and_hear))
        .route("/charges/{number}", web::get().to(charge_or_fail))
        .route("/tries/{number}", web::get().to(try_to_charge))
        .route("/broken/{number}", web::get().to(HttpResponse::ServiceUnavailable))
        .route("/refused/{number}", web::get().to(HttpResponse::NotFound))
        .route("/panics/{number}", web::get().to(|number: Path<u64>| async move { panics(*number) }))
        .route("/failing", web::get().to(failing))
        .route("/slow", web::get().to(std::future::pending::<HttpResponse>))
        .route("/stream", web::get().to(|| async { HttpResponse::Ok().streaming(stream::iter(chunks())) }));
}

/// Answers with what each event that the order logged says of its request.
async fn order_and_hear(number: Path<u64>) -> String {
    let events = testing::capture_async(order(*number)).await;
    events.iter().map(told_by).collect::<Vec<_>>().join("\n")
}

fn told_by(event: &Event) -> String {
    let number = event.fields().find(|field| field.name() == "number").expect("a number").value().to_string();
    let id = event.request("request_id").map(|id| id.as_text()).unwrap_or_default();
    format!("{number} {} {id}", event.who().unwrap_or_default())
}

async fn try_to_charge(number: Path<u64>) -> String {
    charge(*number).await.unwrap_or(0).to_string()
}

async fn charge_or_fail(number: Path<u64>) -> Result<String, actix_web::Error> {
    charge_a_user(*number).await.map(|_| String::new()).map_err(ErrorBadGateway)
}

async fn failing() -> Result<String, actix_web::Error> {
    Err(ErrorInternalServerError(Refused))
}

fn chunks() -> Vec<Result<Bytes, std::io::Error>> {
    (0..100).map(|chunk| Ok(Bytes::from(format!("{chunk}\n")))).collect()
}
