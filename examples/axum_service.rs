//! A service on axum: one layer, and every event says which request it belongs to.
//!
//! ```sh
//! cargo run -p discord-log-preview          # in one terminal; it prints the webhooks to set
//! cargo run --example axum_service          # in another; it prints what to ask it, and ends with Ctrl-C
//! ```
//!
//! Without a webhook the messages are lines on stderr.

#![expect(clippy::print_stdout, reason = "a program for a terminal")]

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use discord_log::{context, log_errors};
use tokio::net::TcpListener;

#[derive(Debug, thiserror::Error)]
#[error("the bank declined invoice {0}")]
struct Declined(u32);

/// Odd invoices are declined.
#[log_errors(context = "Charge invoice {number}", fields(number = number))]
async fn charge(number: u32) -> Result<(), Declined> {
    tokio::task::yield_now().await;
    if number.is_multiple_of(2) { Ok(()) } else { Err(Declined(number)) }
}

/// The error is told in `charge`; the layer adds the request, and that it was answered with a 502.
async fn pay(Path(number): Path<u32>) -> Result<&'static str, StatusCode> {
    context::set_user(format!("client-of-{number}"));
    discord_log::log_user_action("Payment started");
    charge(number).await.map_err(|Declined(_)| StatusCode::BAD_GATEWAY)?;
    discord_log::log_payment_received(&format!("INV-{number}"), 120, "Northwind BV");
    Ok("paid\n")
}

fn app() -> Router {
    Router::new()
        .route("/invoices/{number}/pay", post(pay))
        // Nobody tells of this one but the layer.
        .route("/report", get(|| async { StatusCode::SERVICE_UNAVAILABLE }))
        .route("/health", get(discord_log::health_handler))
        .layer(discord_log::request_layer())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let _discord = discord_log::init()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    println!("curl -X POST http://{address}/invoices/2041/pay");
    println!("curl http://{address}/report");
    println!("curl http://{address}/health");
    axum::serve(listener, app().into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async { tokio::signal::ctrl_c().await.unwrap_or_default() })
        .await?;
    Ok(())
}
