//! A middleware for applications of actix-web.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::future::{Ready, ready};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use pin_project_lite::pin_project;

use crate::capture::answer::Answer;
use crate::capture::request::{self, Answers, Asked, Handling, REQUEST_ID};

/// Gives the middleware that lets every event say which request it belongs to, and tells once of requests that the server
/// failed to answer.
///
/// Available with the feature `actix`. Wrapped around an `App` last, it is the outermost and sees what the others answer.
///
/// # Examples
///
/// ```
/// use actix_web::{App, web};
///
/// let app = App::new()
///     .route("/invoices/{number}", web::get().to(|number: web::Path<u32>| async move { number.to_string() }))
///     .wrap(discord_log::request_middleware());
/// # let _ = app;
/// ```
pub fn request_middleware() -> RequestMiddleware {
    RequestMiddleware { session_cookie: None }
}

/// Handles each request in a [context](crate::context) of its own; made by [`request_middleware`].
///
/// The context holds the method, the path with its query, the pattern that it matched, who asked (see `DISCORD_LOG_IP`
/// and `DISCORD_TRUSTED_PROXIES`), the program and the page that asked, the session (hashed), the trace of
/// `traceparent`, and the request's id: the one of the header `x-request-id`, or a new one. The answer returns it in that
/// header. The handler says who is signed in by [`set_user`](crate::context::set_user).
///
/// An answer of 500 and above is told in the errors channel, with the error that a handler returned, unless something was
/// told inside; then that report gets the status. A panic is told and goes on. A handler runs on when its client goes away,
/// as actix-web wants it; one that is dropped for another reason is counted as cancelled among
/// [`health().functions`](crate::health). Bodies are not touched.
///
/// Costs about a microsecond and a kibibyte a request.
#[derive(Clone, Debug)]
#[must_use = "a middleware does nothing before it is wrapped around an application"]
pub struct RequestMiddleware {
    session_cookie: Option<Arc<str>>,
}

impl RequestMiddleware {
    /// Names the cookie that holds the session, where it is none of the usual names. Its value is told hashed.
    pub fn session_cookie(mut self, name: impl AsRef<str>) -> Self {
        self.session_cookie = Some(name.as_ref().into());
        self
    }
}

impl<S, B> Transform<S, ServiceRequest> for RequestMiddleware
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Transform = MiddlewareService<S>;
    type InitError = ();
    type Future = Ready<Result<MiddlewareService<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(MiddlewareService { inner, session_cookie: self.session_cookie.clone() }))
    }
}

/// A service with a [`RequestMiddleware`] around it.
#[derive(Clone, Debug)]
pub struct MiddlewareService<S> {
    inner: S,
    session_cookie: Option<Arc<str>>,
}

impl<S, B> Service<ServiceRequest> for MiddlewareService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = MiddlewareFuture<S::Future>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let context = request::describe(&request, self.session_cookie.as_deref());
        let id = context.request_id().and_then(|id| HeaderValue::from_str(id).ok());
        MiddlewareFuture { handling: request::handle(context, || self.inner.call(request)), id }
    }
}

pin_project! {
    /// The answer of a [`MiddlewareService`].
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct MiddlewareFuture<F>
    where
        F: Future,
    {
        #[pin]
        handling: Handling<F>,
        id: Option<HeaderValue>,
    }
}

impl<F, B> Future for MiddlewareFuture<F>
where
    F: Future<Output = Result<ServiceResponse<B>, actix_web::Error>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.handling.poll(cx).map(|answered| {
            let mut response = answered.returned?;
            let headers = response.headers_mut();
            if let Some(id) = this.id.take().filter(|_| !headers.contains_key(REQUEST_ID)) {
                headers.insert(HeaderName::from_static(REQUEST_ID), id);
            }
            Ok(response)
        })
    }
}

impl<F: Future> fmt::Debug for MiddlewareFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MiddlewareFuture").finish_non_exhaustive()
    }
}

impl Asked for ServiceRequest {
    fn method(&self) -> &str {
        self.head().method.as_str()
    }

    fn path(&self) -> Cow<'_, str> {
        let uri = self.uri();
        uri.path_and_query().map_or_else(|| uri.path(), |asked| asked.as_str()).into()
    }

    fn route(&self) -> Option<Cow<'_, str>> {
        self.match_pattern().map(Cow::Owned)
    }

    fn peer(&self) -> Option<IpAddr> {
        self.peer_addr().map(|address| address.ip())
    }

    fn headers(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        self.head().headers().get_all(name).filter_map(|value| value.to_str().ok())
    }
}

impl<B> Answers for Result<ServiceResponse<B>, actix_web::Error> {
    fn answer(&self, took: Duration) -> Answer<'_> {
        match self {
            Ok(response) => of_http(response.status(), took).made_of(response.response().error().map(shown)),
            Err(error) => of_http(error.as_response_error().status_code(), took).made_of(Some(error)),
        }
    }
}

fn of_http(status: StatusCode, took: Duration) -> Answer<'static> {
    Answer::of_http(status.as_u16(), status.canonical_reason().unwrap_or_default(), took)
}

fn shown(error: &actix_web::Error) -> &dyn Display {
    error
}
