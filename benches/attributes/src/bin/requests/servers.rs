//! The servers, each on a thread of its own.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use actix_web::web::{Path, get};
use actix_web::{App, HttpServer};
use attributes_bench::doors::routes;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

/// A server that runs until the process ends.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// What the system tells of its thread.
    times: PathBuf,
}

impl Server {
    pub(crate) fn axum(is_in_context: bool) -> Self {
        let app = if is_in_context { routes().layer(discord_log::request_layer()) } else { routes() };
        Self::of(move |ready| {
            let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
                let address = listener.local_addr().expect("its address");
                ready.send((address, times())).expect("somebody who waits");
                axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await
            })
        })
    }

    pub(crate) fn actix(is_in_context: bool) -> Self {
        Self::of(move |ready| {
            let (worker, its_times) = channel();
            let route = || get().to(|number: Path<u64>| async move { number.to_string() });
            let running = actix_web::rt::System::new().block_on(async move {
                let server = if is_in_context {
                    let app = move || {
                        let _ = worker.send(times());
                        App::new().route("/invoices/{number}", route()).wrap(discord_log::request_middleware())
                    };
                    let server = HttpServer::new(app).workers(1).bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
                    (server.addrs(), server.run())
                } else {
                    let app = move || {
                        let _ = worker.send(times());
                        App::new().route("/invoices/{number}", route())
                    };
                    let server = HttpServer::new(app).workers(1).bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
                    (server.addrs(), server.run())
                };
                let (addresses, server) = server;
                let server = actix_web::rt::spawn(server);
                let address = *addresses.first().expect("an address");
                let its_times = tokio::task::spawn_blocking(move || its_times.recv()).await.expect("a thread");
                ready.send((address, its_times.expect("a worker"))).expect("somebody who waits");
                server.await.expect("a server that runs on")
            });
            running
        })
    }

    fn of<R>(serve: impl FnOnce(Sender<(SocketAddr, PathBuf)>) -> R + Send + 'static) -> Self {
        let (ready, is_ready) = channel();
        thread::spawn(move || {
            serve(ready);
        });
        let (address, times) = is_ready.recv().expect("a server");
        Self { address, times }
    }

    /// The processor time that its thread has had.
    pub(crate) fn busy_nanos(&self) -> u64 {
        let times = fs::read_to_string(&self.times).expect("the times of a thread");
        let busy = times.split_whitespace().next().and_then(|nanos| nanos.parse().ok());
        busy.expect("the time of a thread")
    }
}

/// Where the system tells the times of the calling thread.
fn times() -> PathBuf {
    fs::canonicalize("/proc/thread-self").expect("this thread").join("schedstat")
}
