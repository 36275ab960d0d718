//! A service on tonic: the layer that serves axum and hyper serves gRPC too, and reads its statuses.
//!
//! ```sh
//! cargo run -p discord-log-preview          # in one terminal; it prints the webhooks to set
//! cargo run --example tonic_service         # in another; it asks itself three times, and ends
//! ```
//!
//! The service is gRPC's own health check, so that nothing has to be generated; yours is added in the same way. Without a
//! webhook the messages are lines on stderr.

#![expect(clippy::print_stdout, reason = "a program for a terminal")]

use std::error::Error;
use std::net::Ipv4Addr;

use discord_log::log_errors;
use tonic::codegen::BoxStream;
use tonic::transport::server::{TcpConnectInfo, TcpIncoming};
use tonic::transport::{Endpoint, Server};
use tonic::{Request, Response, Status};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::health_server::{Health, HealthServer};
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

struct Backends;

#[log_errors(context = "Ask {backend}", fields(backend = backend))]
async fn ask(backend: &str) -> Result<(), std::io::Error> {
    tokio::task::yield_now().await;
    if backend == "ledger" { Err(std::io::Error::other("the ledger does not answer")) } else { Ok(()) }
}

#[tonic::async_trait]
impl Health for Backends {
    type WatchStream = BoxStream<HealthCheckResponse>;

    async fn check(&self, request: Request<HealthCheckRequest>) -> Result<Response<HealthCheckResponse>, Status> {
        match &*request.into_inner().service {
            // The client's mistake, and no news.
            "" => Err(Status::not_found("name a backend")),
            // The error is told in `ask`; the layer adds the call, and that it was answered with `INTERNAL`.
            backend => {
                ask(backend).await.map_err(|error| Status::internal(error.to_string()))?;
                Ok(Response::new(HealthCheckResponse { status: ServingStatus::Serving.into() }))
            }
        }
    }

    async fn watch(&self, _: Request<HealthCheckRequest>) -> Result<Response<Self::WatchStream>, Status> {
        Err(Status::unimplemented("ask again instead"))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let _discord = discord_log::init()?;
    let incoming = TcpIncoming::bind((Ipv4Addr::LOCALHOST, 0).into())?;
    let address = incoming.local_addr()?;
    let layer = discord_log::request_layer()
        .client_address(|extensions| Some(extensions.get::<TcpConnectInfo>()?.remote_addr()?.ip()));
    let server = Server::builder().layer(layer).add_service(HealthServer::new(Backends));
    tokio::spawn(server.serve_with_incoming(incoming));

    let channel = Endpoint::from_shared(format!("http://{address}"))?.connect().await?;
    let mut client = HealthClient::new(channel);
    for backend in ["storage", "", "ledger"] {
        let answer = client.check(HealthCheckRequest { service: backend.to_owned() }).await;
        println!("`{backend}`: {:?}", answer.map_or_else(|status| status.code(), |_| tonic::Code::Ok));
    }
    Ok(())
}
