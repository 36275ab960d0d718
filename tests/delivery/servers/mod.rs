//! Real servers of each framework with the same paths, on runtimes of their own, and clients of them.

mod of_actix;
mod of_axum;
mod of_hyper;
mod of_tonic;

use std::fmt;
use std::net::SocketAddr;

use discord_log::{Event, context, log_activity, log_errors, testing};
use reqwest::Client;
use tokio::runtime::{Builder, Runtime};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry;

pub(crate) use self::of_axum::router;
pub(crate) use self::of_tonic::GrpcServer;

/// What stops a server that has threads of its own.
type Stop = Box<dyn FnOnce(&Runtime)>;

/// A server with the door for its framework, and a client of it.
pub(crate) struct Server {
    pub(crate) framework: &'static str,
    pub(crate) runtime: Runtime,
    pub(crate) client: Client,
    address: SocketAddr,
    stop: Option<Stop>,
}

/// How to start a server of each framework that knows the patterns of its paths, and asks over each version of HTTP.
pub(crate) const FRAMEWORKS: [fn() -> Server; 4] =
    [Server::of_axum, Server::of_actix, || Server::of_axum().over_http_2(), || Server::of_actix().over_http_2()];

impl Server {
    pub(crate) fn of_axum() -> Self {
        let runtime = runtime();
        let address = runtime.block_on(of_axum::serve());
        Self { framework: "axum", runtime, client: Client::new(), address, stop: None }
    }

    pub(crate) fn of_actix() -> Self {
        let runtime = runtime();
        let (address, handle) = runtime.block_on(of_actix::serve());
        let stop: Stop = Box::new(move |runtime| runtime.block_on(handle.stop(false)));
        Self { framework: "actix", runtime, client: Client::new(), address, stop: Some(stop) }
    }

    /// Without a framework, so without a pattern of a path.
    pub(crate) fn of_hyper() -> Self {
        let runtime = runtime();
        let address = runtime.block_on(of_hyper::serve());
        Self { framework: "hyper", runtime, client: Client::new(), address, stop: None }
    }

    pub(crate) fn over_http_2(mut self) -> Self {
        self.client = Client::builder().http2_prior_knowledge().build().expect("a client");
        self
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Asks once; gives the status, and the name of the request.
    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Option<(u16, String)> {
        self.runtime.block_on(async {
            let request = self.client.get(self.url(path));
            let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
            let response = request.send().await.ok()?;
            let id = response.headers()["x-request-id"].to_str().expect("a name").to_owned();
            Some((response.status().as_u16(), id))
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop(&self.runtime);
        }
    }
}

pub(crate) fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

#[derive(Debug)]
pub(crate) struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the card was refused")
    }
}

impl std::error::Error for Refused {}

#[log_errors(context = "Charge")]
pub(crate) async fn charge(_: u64) -> Result<u64, Refused> {
    tokio::task::yield_now().await;
    Err(Refused)
}

/// Fails so often that its failures are counted, so it shares them with nobody.
#[log_errors(context = "Refund")]
async fn refund() -> Result<(), Refused> {
    Err(Refused)
}

async fn charge_a_user(number: u64) -> Result<u64, Refused> {
    context::set_user("user-7");
    discord_log::log_user_action("Looked at the basket");
    charge(number).await
}

#[log_activity(action = "Order {number}", fields(number = number))]
async fn order(number: u64) {
    context::set_user(format!("user-{number}"));
    for _ in 0..number % 4 {
        tokio::task::yield_now().await;
    }
    let mailed = context::carry(async move { discord_log::log(Event::user_action("Mailed").field("number", number)) });
    tokio::spawn(mailed).await.expect("mailed");
    let printed = context::carry_fn(move || discord_log::log(Event::user_action("Printed").field("number", number)));
    tokio::task::spawn_blocking(printed).await.expect("printed");
}

/// Runs an order, and gives what each event that it logged says of its request.
async fn order_and_hear(number: u64) -> Vec<String> {
    testing::capture_async(order(number)).await.iter().map(told_by).collect()
}

fn told_by(event: &Event) -> String {
    let number = event.fields().find(|field| field.name() == "number").expect("a number").value().to_string();
    let id = event.request("request_id").map(|id| id.as_text()).unwrap_or_default();
    format!("{number} {} {id}", event.who().unwrap_or_default())
}

/// Tells `tracing` of an error, where a layer listens.
fn log_an_error() {
    let subscriber = registry().with(discord_log::tracing_layer());
    tracing::subscriber::with_default(subscriber, || tracing::error!("the ledger is closed"));
}

fn panics(number: u64) -> String {
    panic!("no basket {number}")
}
