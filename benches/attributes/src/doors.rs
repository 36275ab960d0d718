//! The doors under measurement: what `tracing` is told, and a route of axum's, each with the door and without.

use std::hint::black_box;
use std::io::sink;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path};
use axum::http::{Request, StatusCode};
use axum::routing::get;
use tower_service::Service as _;
use tracing::{Dispatch, debug, info, info_span, warn};
pub use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Identity, SubscriberExt as _};
use tracing_subscriber::{Layer, Registry, fmt, registry};

use crate::failure::{Refused, letters};
use crate::functions::repeat;
use crate::poll::drive;

/// A subscriber that writes what is of the level `INFO` to nowhere.
#[must_use]
pub fn writing() -> Dispatch {
    Dispatch::new(registry().with(writer()))
}

/// The same with discord-log's layer beside it, which sees events and spans of a level.
#[must_use]
pub fn writing_and_telling(of: LevelFilter) -> Dispatch {
    Dispatch::new(registry().with(writer()).with(discord_log::tracing_layer().with_filter(of)))
}

/// The same with a layer beside it that does nothing: what any further filter costs in `tracing-subscriber`.
#[must_use]
pub fn writing_beside_nothing(of: LevelFilter) -> Dispatch {
    Dispatch::new(registry().with(writer()).with(Identity::new().with_filter(of)))
}

fn writer() -> impl Layer<Registry> + Send + Sync {
    fmt::layer().with_ansi(false).without_time().with_writer(sink).with_filter(LevelFilter::INFO)
}

/// Runs a loop under a subscriber, in a span.
pub fn under(subscriber: &Dispatch, first: u64, calls: u64, tell: fn(u64) -> Result<u64, Refused>) {
    tracing::dispatcher::with_default(subscriber, || {
        let _span = info_span!("settle", tenant = 7, region = "north").entered();
        repeat(first, calls, tell);
    });
}

/// Tells what neither of them takes.
///
/// # Errors
///
/// None; it has the form of all that is measured.
#[inline(never)]
pub fn unwanted(number: u64) -> Result<u64, Refused> {
    debug!(number, "looked");
    Ok(number ^ 0x5555)
}

/// Tells what the writer takes, and the layer at most keeps for the report of an error.
///
/// # Errors
///
/// None; it has the form of all that is measured.
#[inline(never)]
pub fn written(number: u64) -> Result<u64, Refused> {
    info!(number, "settled");
    Ok(number ^ 0x5555)
}

/// Tells what both of them take, each time with another text, so that it is no repetition.
///
/// # Errors
///
/// None; it has the form of all that is measured.
#[inline(never)]
pub fn taken(number: u64) -> Result<u64, Refused> {
    let letters = letters(number);
    let account = std::str::from_utf8(&letters).unwrap_or_default();
    warn!(account, attempt = 3, "the bank does not answer for {account}");
    Ok(number ^ 0x5555)
}

/// A service with one route, as a server of axum's calls it.
#[derive(Debug)]
pub struct Served(Router);

impl Served {
    /// Without a layer.
    #[must_use]
    pub fn bare() -> Self {
        Self(routes())
    }

    /// With discord-log's.
    #[must_use]
    pub fn in_context() -> Self {
        Self(routes().layer(discord_log::request_layer()))
    }

    /// Asks as a browser would, and gives the answer's status.
    pub fn ask(&mut self) -> StatusCode {
        let request = black_box(request());
        let Ok(response) = drive(self.0.call(request));
        black_box(response).status()
    }
}

/// The routes that are measured.
pub fn routes() -> Router {
    Router::new().route("/invoices/{number}", get(|Path(number): Path<u64>| async move { number.to_string() }))
}

fn request() -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = "/invoices/17?lines=all".parse().unwrap_or_default();
    for (name, value) in HEADERS {
        request.headers_mut().insert(name, axum::http::HeaderValue::from_static(value));
    }
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 50_000))));
    request
}

/// What a browser sends along.
pub const HEADERS: [(&str, &str); 6] = [
    ("host", "shop.example"),
    ("accept", "application/json"),
    ("accept-language", "en"),
    ("cookie", "theme=dark; session=7f3a9c0de1b24f5a"),
    ("referer", "https://shop.example/invoices"),
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
];
