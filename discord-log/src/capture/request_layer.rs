//! A layer for services of tower: axum, hyper, tonic.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Extensions, HeaderName, HeaderValue, Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::capture::answer::Answer;
use crate::capture::axum_parts;
use crate::capture::request::{self, Answers, Asked, Handling, REQUEST_ID};

/// Gives the layer that lets every event say which request it belongs to, and tells once of requests that the server
/// failed to answer.
///
/// Available with the feature `tower`. With the feature `axum` it also knows the pattern of the path, and who connected
/// where the server was made with `into_make_service_with_connect_info::<SocketAddr>()`.
///
/// # Examples
///
/// ```
/// use tower_layer::Layer;
/// # #[derive(Clone)]
/// # struct Invoices;
/// let service = discord_log::request_layer().layer(Invoices); // in axum: `Router::layer(discord_log::request_layer())`
/// ```
pub fn request_layer() -> RequestLayer {
    RequestLayer { session_cookie: None, client_address: None }
}

/// Handles each request in a [context](crate::context) of its own; made by [`request_layer`].
///
/// The context holds the method, the path with its query, the pattern that it matched, who asked (see `DISCORD_LOG_IP`
/// and `DISCORD_TRUSTED_PROXIES`), the program and the page that asked, the session (hashed), the trace of
/// `traceparent`, and the request's id: the one of the header `x-request-id`, or a new one. The answer returns it in that
/// header. The handler says who is signed in by [`set_user`](crate::context::set_user).
///
/// An answer of 500 and above, a gRPC status that blames the server, and an error of the service are told in the errors
/// channel, unless something was told inside; then that report gets the status. The status with which a stream of gRPC ends
/// comes behind its body, and is not seen. A panic is told and goes on. A future
/// that is dropped, since its client went away, is counted as cancelled among [`health().functions`](crate::health).
/// Bodies are not touched, so a stream is over only for its reader, and a websocket is nobody's business but its own.
///
/// Costs about a microsecond and a kibibyte a request.
#[derive(Clone)]
#[must_use = "a layer does nothing before it is added to a service"]
pub struct RequestLayer {
    session_cookie: Option<Arc<str>>,
    client_address: Option<fn(&Extensions) -> Option<IpAddr>>,
}

impl RequestLayer {
    /// Names the cookie that holds the session, where it is none of the usual names. Its value is told hashed.
    pub fn session_cookie(mut self, name: impl AsRef<str>) -> Self {
        self.session_cookie = Some(name.as_ref().into());
        self
    }

    /// Says who has connected, by what the server keeps in the extensions of a request; by default a `SocketAddr`, or
    /// axum's `ConnectInfo`. tonic keeps a `TcpConnectInfo`, whose `remote_addr` knows.
    pub fn client_address(mut self, find: fn(&Extensions) -> Option<IpAddr>) -> Self {
        self.client_address = Some(find);
        self
    }

    fn peer(&self, extensions: &Extensions) -> Option<IpAddr> {
        if let Some(find) = self.client_address {
            return find(extensions);
        }
        let socket = || extensions.get::<SocketAddr>().copied();
        axum_parts::peer(extensions).or_else(socket).map(|address| address.ip())
    }
}

impl fmt::Debug for RequestLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestLayer").field("session_cookie", &self.session_cookie).finish_non_exhaustive()
    }
}

impl<S> Layer<S> for RequestLayer {
    type Service = RequestService<S>;

    fn layer(&self, inner: S) -> RequestService<S> {
        RequestService { inner, layer: self.clone() }
    }
}

/// A service with a [`RequestLayer`] around it.
#[derive(Clone, Debug)]
pub struct RequestService<S> {
    inner: S,
    layer: RequestLayer,
}

impl<S, B, R> Service<Request<B>> for RequestService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let asked = Parts { request: &request, peer: self.layer.peer(request.extensions()) };
        let context = request::describe(&asked, self.layer.session_cookie.as_deref());
        let id = context.request_id().and_then(|id| HeaderValue::from_str(id).ok());
        ResponseFuture { handling: request::handle(context, || self.inner.call(request)), id }
    }
}

pin_project! {
    /// The answer of a [`RequestService`].
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct ResponseFuture<F>
    where
        F: Future,
    {
        #[pin]
        handling: Handling<F>,
        id: Option<HeaderValue>,
    }
}

impl<F, R, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.handling.poll(cx).map(|answered| {
            let mut response = answered.returned?;
            if let Some(id) = this.id.take() {
                response.headers_mut().entry(HeaderName::from_static(REQUEST_ID)).or_insert(id);
            }
            Ok(response)
        })
    }
}

impl<F: Future> fmt::Debug for ResponseFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

struct Parts<'r, B> {
    request: &'r Request<B>,
    peer: Option<IpAddr>,
}

impl<B> Asked for Parts<'_, B> {
    fn method(&self) -> &str {
        self.request.method().as_str()
    }

    fn path(&self) -> Cow<'_, str> {
        let uri = self.request.uri();
        uri.path_and_query().map_or_else(|| uri.path(), |asked| asked.as_str()).into()
    }

    fn route(&self) -> Option<Cow<'_, str>> {
        let of_grpc = || {
            let is_grpc = self.header("content-type").is_some_and(|kind| kind.starts_with("application/grpc"));
            is_grpc.then(|| self.request.uri().path())
        };
        axum_parts::route(self.request.extensions()).or_else(of_grpc).map(Cow::Borrowed)
    }

    fn peer(&self) -> Option<IpAddr> {
        self.peer
    }

    fn headers(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        self.request.headers().get_all(name).into_iter().filter_map(|value| value.to_str().ok())
    }
}

impl<R, E> Answers for Result<Response<R>, E> {
    fn answer(&self, took: Duration) -> Answer<'_> {
        match self {
            Ok(response) => {
                let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
                match header("grpc-status").and_then(|code| code.parse().ok()) {
                    Some(code) => Answer::of_grpc(code, header("grpc-message").unwrap_or_default(), took),
                    None => of_http(response.status(), took),
                }
            }
            Err(_) => Answer::of_error(std::any::type_name::<E>(), took),
        }
    }
}

fn of_http(status: StatusCode, took: Duration) -> Answer<'static> {
    Answer::of_http(status.as_u16(), status.canonical_reason().unwrap_or_default(), took)
}
