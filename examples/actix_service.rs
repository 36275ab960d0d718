//! A service on actix-web: one middleware, and every event says which request it belongs to.
//!
//! ```sh
//! cargo run -p discord-log-preview          # in one terminal; it prints the webhooks to set
//! cargo run --example actix_service         # in another; it prints what to ask it, and ends with Ctrl-C
//! ```
//!
//! Without a webhook the messages are lines on stderr.

#![expect(clippy::print_stdout, reason = "a program for a terminal")]

use std::error::Error;
use std::net::Ipv4Addr;

use actix_web::error::ErrorInternalServerError;
use actix_web::web::{self, Path};
use actix_web::{App, HttpServer};
use discord_log::{context, log_errors};

#[derive(Debug, thiserror::Error)]
#[error("the bank declined invoice {0}")]
struct Declined(u32);

/// Odd invoices are declined.
#[log_errors(context = "Charge invoice {number}", fields(number = number))]
async fn charge(number: u32) -> Result<(), Declined> {
    tokio::task::yield_now().await;
    if number.is_multiple_of(2) { Ok(()) } else { Err(Declined(number)) }
}

/// The error is told in `charge`; the middleware adds the request, and that it was answered with a 500.
async fn pay(number: Path<u32>) -> Result<&'static str, actix_web::Error> {
    context::set_user(format!("client-of-{number}"));
    discord_log::log_user_action("Payment started");
    charge(*number).await.map_err(ErrorInternalServerError)?;
    discord_log::log_payment_received(&format!("INV-{number}"), 120, "Northwind BV");
    Ok("paid\n")
}

/// No attribute stands here: what the handler returns is told by the middleware.
async fn report() -> Result<&'static str, actix_web::Error> {
    Err(ErrorInternalServerError("the report has no rows"))
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let _discord = discord_log::init()?;
    let app = || {
        App::new()
            .route("/invoices/{number}/pay", web::post().to(pay))
            .route("/report", web::get().to(report))
            .wrap(discord_log::request_middleware())
    };
    let server = HttpServer::new(app).workers(2).bind((Ipv4Addr::LOCALHOST, 0))?;
    for address in server.addrs() {
        println!("curl -X POST http://{address}/invoices/2041/pay");
        println!("curl http://{address}/report");
    }
    server.run().await?;
    Ok(())
}
