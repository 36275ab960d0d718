//! The accept loop. While connecting is to be refused there is no listener at all, and open connections are reset.

use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::connection;
use super::routes;
use crate::app::App;

/// How long to wait before trying again when the system has no connection or port to give.
const PAUSE: Duration = Duration::from_millis(20);

const BACKLOG: u32 = 1_024;

pub(super) async fn serve(listener: StdListener, app: Arc<App>) {
    let Ok(address) = listener.local_addr() else {
        return;
    };
    let Ok(mut listener) = TcpListener::from_std(listener) else {
        return;
    };
    let router = routes::router(&app);
    let (reset, _) = watch::channel(());
    let mut connections = JoinSet::new();
    loop {
        // The future is made before looking, so that no change is missed.
        let changed = app.script_changed.notified();
        if refusing(&app).is_some() {
            drop(listener);
            reset.send_replace(());
            while connections.join_next().await.is_some() {}
            app.set_listening(false);
            wait_until_allowed(&app).await;
            listener = listen_again(address).await;
            app.set_listening(true);
            continue;
        }
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // Small answers must not wait for acknowledgements of earlier ones.
                    let _ = stream.set_nodelay(true);
                    connections.spawn(connection::serve(stream, router.clone(), reset.subscribe()));
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
            () = changed => {}
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Whether connecting is refused; the inner value is how long still, if that is known.
fn refusing(app: &App) -> Option<Option<Duration>> {
    app.read(|state| {
        let now = state.clock.now().since_start;
        let until = state.faults.refusing(now)?;
        Some(until.map(|until| until.saturating_sub(now)))
    })
}

async fn wait_until_allowed(app: &App) {
    loop {
        let changed = app.script_changed.notified();
        match refusing(app) {
            None => return,
            Some(None) => changed.await,
            Some(Some(left)) => {
                let _ = tokio::time::timeout(left, changed).await;
            }
        }
    }
}

async fn listen_again(address: SocketAddr) -> TcpListener {
    loop {
        if let Ok(listener) = bind(address) {
            return listener;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // Connections that were just reset or closed keep the port for a while otherwise.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}
