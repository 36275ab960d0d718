//! When to stop: Ctrl-C in a terminal, SIGTERM from whatever runs the service.

use std::io;

/// Listens from now on; the future ends with the name of the signal that came.
#[cfg(unix)]
pub fn signal() -> io::Result<impl Future<Output = &'static str> + Send> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => "Ctrl-C",
            _ = terminate.recv() => "SIGTERM",
        }
    })
}

/// Listens from now on; the future ends with the name of the signal that came.
#[cfg(windows)]
pub fn signal() -> io::Result<impl Future<Output = &'static str> + Send> {
    let mut ctrl_c = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        ctrl_c.recv().await;
        "Ctrl-C"
    })
}
