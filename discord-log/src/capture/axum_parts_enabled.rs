//! What axum knows of a request.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, MatchedPath};
use http::Extensions;

pub(super) fn route(extensions: &Extensions) -> Option<&str> {
    extensions.get::<MatchedPath>().map(MatchedPath::as_str)
}

pub(super) fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| *address)
}
