//! A client that keeps its connections, and asks on all of them at once.

use std::time::Instant;

use attributes_bench::doors::HEADERS;
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::servers::Server;

/// What a round told.
pub(crate) struct Round {
    /// Requests a second.
    pub(crate) rate: f64,
    /// Processor time of the server's thread, a request.
    pub(crate) busy_micros: f64,
}

/// Asks one server.
pub(crate) struct Client<'s> {
    server: &'s Server,
    runtime: Runtime,
    connections: Vec<SendRequest<Empty<Bytes>>>,
}

impl<'s> Client<'s> {
    pub(crate) fn of(server: &'s Server) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let connections = runtime.block_on(async {
            let mut connections = Vec::new();
            for _ in 0..CONNECTIONS {
                let stream = TcpStream::connect(server.address).await.expect("a connection");
                stream.set_nodelay(true).expect("a connection without delay");
                let (connection, driver) = handshake(TokioIo::new(stream)).await.expect("a connection of HTTP");
                tokio::spawn(driver);
                connections.push(connection);
            }
            connections
        });
        Self { server, runtime, connections }
    }

    /// Asks so often, and measures.
    pub(crate) fn round(&mut self) -> Round {
        let (busy, start) = (self.server.busy_nanos(), Instant::now());
        let connections = std::mem::take(&mut self.connections);
        self.connections = self.runtime.block_on(async {
            let asking = connections.into_iter().map(ask).collect::<JoinSet<_>>();
            asking.join_all().await
        });
        let seconds = start.elapsed().as_secs_f64();
        let busy = self.server.busy_nanos() - busy;
        let requests = (CONNECTIONS * REQUESTS) as f64;
        Round { rate: requests / seconds, busy_micros: busy as f64 / 1_000.0 / requests }
    }
}

async fn ask(mut connection: SendRequest<Empty<Bytes>>) -> SendRequest<Empty<Bytes>> {
    for _ in 0..REQUESTS {
        let mut request = Request::get("/invoices/17?lines=all");
        for (name, value) in HEADERS {
            request = request.header(name, value);
        }
        connection.ready().await.expect("the connection again");
        let request = request.body(Empty::new()).expect("a request");
        let response = connection.send_request(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
        let body = response.into_body().collect().await.expect("its body").to_bytes();
        assert_eq!(body, "17");
    }
    connection
}

/// As many as a proxy keeps open to one of its servers.
const CONNECTIONS: usize = 16;
/// Requests of one connection in a round, which takes some fifty milliseconds.
const REQUESTS: usize = 100;
