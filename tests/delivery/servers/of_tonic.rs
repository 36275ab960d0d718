//! Calls of gRPC: the service is its own health check, which is asked for what is to happen.

use std::net::SocketAddr;

use futures_util::stream::Empty;
use tokio::runtime::Runtime;
use tonic::metadata::MetadataValue;
use tonic::transport::server::{TcpConnectInfo, TcpIncoming};
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Code, Request, Response, Status};
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::health_server::{Health, HealthServer};
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use super::{charge, charge_a_user, order_and_hear, panics, runtime};

/// A server with the layer, and a client with one connection to it.
pub(crate) struct GrpcServer {
    pub(crate) runtime: Runtime,
    client: HealthClient<Channel>,
}

/// How a call was answered.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) request_id: String,
    /// What each event that was logged inside said of its request.
    pub(crate) told: String,
}

impl GrpcServer {
    pub(crate) fn start() -> Self {
        let runtime = runtime();
        let client = runtime.block_on(async {
            let address = serve();
            let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address");
            HealthClient::new(endpoint.connect().await.expect("a connection"))
        });
        Self { runtime, client }
    }

    pub(crate) fn call(&self, what: &str, headers: &[(&'static str, &'static str)]) -> Answered {
        self.runtime.block_on(self.calling(what.to_owned(), headers))
    }

    /// Calls on the connection that all calls share.
    pub(crate) fn calling(
        &self,
        what: String,
        headers: &[(&'static str, &'static str)],
    ) -> impl Future<Output = Answered> + use<> {
        let mut request = Request::new(HealthCheckRequest { service: what });
        for (name, value) in headers {
            request.metadata_mut().insert(*name, MetadataValue::from_static(value));
        }
        let mut client = self.client.clone();
        async move {
            let answered = client.check(request).await;
            let (code, message, metadata) = match &answered {
                Ok(response) => (Code::Ok, "", response.metadata()),
                Err(status) => (status.code(), status.message(), status.metadata()),
            };
            let header = |name| metadata.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
            Answered { code, message: message.to_owned(), request_id: header("x-request-id"), told: header("told") }
        }
    }
}

fn serve() -> SocketAddr {
    let incoming = TcpIncoming::bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let address = incoming.local_addr().expect("an address");
    let layer = discord_log::request_layer()
        .client_address(|extensions| Some(extensions.get::<TcpConnectInfo>()?.remote_addr()?.ip()));
    let server = Server::builder().layer(layer).add_service(HealthServer::new(Shop));
    tokio::spawn(server.serve_with_incoming(incoming));
    address
}

struct Shop;

#[tonic::async_trait]
impl Health for Shop {
    type WatchStream = Empty<Result<HealthCheckResponse, Status>>;

    async fn check(&self, request: Request<HealthCheckRequest>) -> Result<Response<HealthCheckResponse>, Status> {
        let asked = request.into_inner().service;
        let (what, number) = asked.split_once('/').expect("two parts");
        let number = number.parse().expect("a number");
        let mut response = Response::new(HealthCheckResponse::default());
        match what {
            "orders" => {
                let told = order_and_hear(number).await.join(", ");
                response.metadata_mut().insert("told", told.parse().expect("a header"));
            }
            "charges" => {
                charge_a_user(number).await.map_err(|error| Status::internal(error.to_string()))?;
            }
            "tries" => {
                let _ = charge(number).await;
            }
            "broken" => return Err(Status::unavailable("100 % of the ledger is gone: “ça”")),
            "refused" => return Err(Status::not_found("no such basket")),
            _ => drop(panics(number)),
        }
        Ok(response)
    }

    async fn watch(&self, _: Request<HealthCheckRequest>) -> Result<Response<Self::WatchStream>, Status> {
        Err(Status::unimplemented("ask again instead"))
    }
}
