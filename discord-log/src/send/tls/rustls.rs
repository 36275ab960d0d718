//! TLS by rustls with the certificates of the system.

use std::borrow::Cow;
use std::sync::Arc;

use reqwest::ClientBuilder;
use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::send::client::ClientError;

/// Gives the client its TLS; without `needs_tls` no certificates are looked for.
pub(in crate::send) fn configure(client: ClientBuilder, needs_tls: bool) -> Result<ClientBuilder, ClientError> {
    let provider = CryptoProvider::get_default().cloned().or_else(compiled_provider).ok_or(NO_PROVIDER)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ClientError(error.to_string().into()))?;
    let config = if needs_tls {
        config.with_platform_verifier().map_err(|_| NO_CERTIFICATES)?
    } else {
        config.with_root_certificates(RootCertStore::empty())
    };
    Ok(client.tls_backend_preconfigured(config.with_no_client_auth()))
}

#[cfg(feature = "tls-aws-lc")]
fn compiled_provider() -> Option<Arc<CryptoProvider>> {
    Some(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
}

#[cfg(all(feature = "tls-ring", not(feature = "tls-aws-lc")))]
fn compiled_provider() -> Option<Arc<CryptoProvider>> {
    Some(Arc::new(rustls::crypto::ring::default_provider()))
}

#[cfg(not(any(feature = "tls-aws-lc", feature = "tls-ring")))]
fn compiled_provider() -> Option<Arc<CryptoProvider>> {
    None
}

const NO_PROVIDER: ClientError = ClientError(Cow::Borrowed(
    "no TLS provider: install one with `CryptoProvider::install_default` before `init`, or turn on the feature \
     `tls-aws-lc` or `tls-ring`",
));
const NO_CERTIFICATES: ClientError = ClientError(Cow::Borrowed(
    "this host has no store of CA certificates: install one (the package `ca-certificates`) or set SSL_CERT_FILE",
));
