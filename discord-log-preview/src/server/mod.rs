//! The server: a thread with its own runtime, an accept loop, and the routes. All I/O is in this folder.
//!
//! ```text
//! connection → routes → webhook_api (fault? body, answer, fault?) → response, or a cut connection
//!                     → json_api    (what arrived, for tests)
//!                     → page        (what arrived, for people) → events
//! ```

mod connection;
mod events;
mod json_api;
mod listen;
mod odd_body;
mod page;
mod routes;
mod webhook_api;

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::app::App;

/// A running server; dropping it stops it and closes every connection.
#[derive(Debug)]
pub(crate) struct Server {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves on a listener that is bound already.
    pub(crate) fn start(listener: TcpListener, app: Arc<App>) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name("discord-log-preview".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = listen::serve(listener, app) => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }

    /// Waits until the server ends, which it does only when it is stopped.
    pub(crate) fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            // A panic of the server's thread was printed by the panic hook; there is nothing to add.
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
            self.join();
        }
    }
}
