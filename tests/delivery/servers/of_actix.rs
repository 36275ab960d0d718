//! The paths in actix-web.

use std::net::SocketAddr;

use actix_web::dev::ServerHandle;
use actix_web::error::{ErrorBadGateway, ErrorInternalServerError};
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Path, ServiceConfig};
use actix_web::{App, HttpResponse, HttpServer};
use futures_util::stream;

use super::{Refused, charge, charge_a_user, log_an_error, order_and_hear, panics};

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
        .route(
            "/orders/{number}",
            web::get().to(|number: Path<u64>| async move { order_and_hear(*number).await.join("\n") }),
        )
        .route("/charges/{number}", web::get().to(charge_or_fail))
        .route("/tries/{number}", web::get().to(try_to_charge))
        .route("/broken/{number}", web::get().to(HttpResponse::ServiceUnavailable))
        .route("/refused/{number}", web::get().to(HttpResponse::NotFound))
        .route("/panics/{number}", web::get().to(|number: Path<u64>| async move { panics(*number) }))
        .route("/logged/{status}", web::get().to(log_and_answer))
        .route("/failing", web::get().to(failing))
        .route("/slow", web::get().to(std::future::pending::<HttpResponse>))
        .route("/stream", web::get().to(|| async { HttpResponse::Ok().streaming(stream::iter(chunks())) }));
}

async fn log_and_answer(status: Path<u16>) -> HttpResponse {
    log_an_error();
    HttpResponse::new(StatusCode::from_u16(*status).expect("a status"))
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
