//! Nothing is known of axum.

use std::net::SocketAddr;

use http::Extensions;

pub(super) const fn route(_: &Extensions) -> Option<&str> {
    None
}

pub(super) const fn peer(_: &Extensions) -> Option<SocketAddr> {
    None
}
