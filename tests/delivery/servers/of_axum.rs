//! The paths in axum.

use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use discord_log::context;
use futures_util::stream;
use tokio::net::TcpListener;

use super::{charge, charge_a_user, log_an_error, order, panics, refund};

pub(super) async fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let app = router().layer(discord_log::request_layer());
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

pub(crate) fn router() -> Router {
    Router::new()
        .route("/orders/{number}", get(|Path(number): Path<u64>| async move { order(number).await }))
        .route("/charges/{number}", get(charge_or_fail))
        .route("/tries/{number}", get(try_to_charge))
        .route("/broken/{number}", get(|| async { StatusCode::SERVICE_UNAVAILABLE }))
        .route("/refused/{number}", get(|| async { StatusCode::NOT_FOUND }))
        .route("/panics/{number}", get(|Path(number): Path<u64>| async move { panics(number) }))
        .route("/logged/{status}", get(log_and_answer))
        .route("/refunds", get(refund_or_fail))
        .route("/slow", get(|| async { std::future::pending::<()>().await }))
        .route("/stream", get(|| async { Body::from_stream(stream::iter(chunks())) }))
}

async fn log_and_answer(Path(status): Path<u16>) -> StatusCode {
    log_an_error();
    StatusCode::from_u16(status).expect("a status")
}

async fn try_to_charge(Path(number): Path<u64>) -> String {
    charge(number).await.unwrap_or(0).to_string()
}

async fn refund_or_fail() -> Result<(), StatusCode> {
    let refunding = tokio::spawn(context::carry(refund()));
    refunding.await.expect("no panic").map_err(|_| StatusCode::BAD_GATEWAY)
}

async fn charge_or_fail(Path(number): Path<u64>) -> Result<String, StatusCode> {
    charge_a_user(number).await.map(|_| String::new()).map_err(|_| StatusCode::BAD_GATEWAY)
}

fn chunks() -> Vec<Result<Bytes, std::io::Error>> {
    (0..100).map(|chunk| Ok(Bytes::from(format!("{chunk}\n")))).collect()
}
