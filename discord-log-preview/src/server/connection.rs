//! One connection: HTTP/1.1 over a socket that a request may cut off, with or without a reset.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::{Notify, watch};

/// How a connection ends before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// As if the other side had gone: the data sent so far arrives.
    Close,
    /// By a reset: the client's read fails.
    Reset,
}

/// A request's hand on its connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Wire {
    cut: Arc<Mutex<Option<Cut>>>,
    told: Arc<Notify>,
}

impl Wire {
    /// Cuts the connection off; never returns, as there is nobody left to answer.
    pub(super) async fn cut(&self, how: Cut) -> ! {
        *self.cut.lock().unwrap_or_else(PoisonError::into_inner) = Some(how);
        self.told.notify_one();
        loop {
            std::future::pending::<()>().await;
        }
    }

    async fn until_cut(&self) -> Cut {
        self.told.notified().await;
        let cut = self.cut.lock().unwrap_or_else(PoisonError::into_inner);
        cut.unwrap_or(Cut::Reset)
    }
}

/// Serves requests until the client leaves, a request cuts the connection, or all are reset.
pub(super) async fn serve(stream: TcpStream, router: Router, mut reset: watch::Receiver<()>) {
    let wire = Wire::default();
    let inner = TowerToHyperService::new(router);
    let hand = wire.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(hand.clone());
        inner.call(request)
    });
    let mut connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    let cut = tokio::select! {
        _ = &mut connection => return,
        cut = wire.until_cut() => cut,
        _ = reset.changed() => Cut::Reset,
    };
    let stream = connection.into_parts().io.into_inner();
    if cut == Cut::Reset {
        let _ = stream.set_zero_linger();
    }
}
