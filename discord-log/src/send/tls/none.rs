//! No TLS: only addresses of `http` can be called.

use std::borrow::Cow;

use reqwest::ClientBuilder;

use crate::send::client::ClientError;

/// Refuses a client that needs TLS.
pub(in crate::send) fn configure(client: ClientBuilder, needs_tls: bool) -> Result<ClientBuilder, ClientError> {
    if needs_tls { Err(NO_TLS) } else { Ok(client) }
}

const NO_TLS: ClientError =
    ClientError(Cow::Borrowed("built without TLS: turn on the feature `tls-aws-lc`, `tls-ring` or `tls-native`"));
