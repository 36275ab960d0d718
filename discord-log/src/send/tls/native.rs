//! TLS by the operating system's library.

use reqwest::ClientBuilder;

use crate::send::client::ClientError;

/// Leaves the client as it is: reqwest uses the system's library by itself.
#[expect(clippy::unnecessary_wraps, reason = "the other backends can fail")]
pub(in crate::send) fn configure(client: ClientBuilder, _needs_tls: bool) -> Result<ClientBuilder, ClientError> {
    Ok(client)
}
