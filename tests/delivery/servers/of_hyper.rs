//! Some of the paths on hyper alone: the service is a function, and what it fails with is no answer.

use std::net::SocketAddr;

use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::{Layer as _, service_fn};

use super::{Refused, charge, panics};

/// Serves over HTTP/1 and HTTP/2.
pub(super) async fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, peer)) = listener.accept().await {
            let answering = move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(peer);
                let layered = discord_log::request_layer().layer(service_fn(answer));
                async move { tower::ServiceExt::oneshot(layered, request).await }
            };
            let service = TowerToHyperService::new(service_fn(answering));
            let connection = async move {
                auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await
            };
            tokio::spawn(connection);
        }
    });
    address
}

async fn answer(request: Request<Incoming>) -> Result<Response<String>, Refused> {
    let path = request.uri().path().to_owned();
    let (what, number) = path.trim_start_matches('/').split_once('/').expect("two parts");
    let number = number.parse().expect("a number");
    match what {
        "charges" => charge(number).await.map(|_| Response::default()),
        "failing" => Err(Refused),
        "panics" => Ok(Response::new(panics(number))),
        _ => Ok(status(StatusCode::SERVICE_UNAVAILABLE)),
    }
}

fn status(status: StatusCode) -> Response<String> {
    let mut response = Response::default();
    *response.status_mut() = status;
    response
}
