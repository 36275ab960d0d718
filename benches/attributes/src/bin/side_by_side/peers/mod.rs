//! What others offer for the same job, each used as its documentation says.

pub(crate) mod fastrace;
pub(crate) mod logforth;
pub(crate) mod sentry;
pub(crate) mod tracing_fmt;
