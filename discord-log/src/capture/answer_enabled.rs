//! What is told of a request that was answered, beside what annotated functions told inside of it.

use std::fmt;
use std::time::Duration;

use percent_encoding::percent_decode_str;

use crate::capture::failing::{Ending, close, follow, known};
use crate::capture::timing::End;
use crate::capture::trail::Rising;
use crate::context;
use crate::event::{Event, Kind, Stage};
use crate::logger;

/// How a request was answered.
#[derive(Clone, Copy)]
pub struct Answer<'r> {
    blames: Blames,
    code: u16,
    /// What the code means.
    reason: &'r str,
    /// What was answered beside it.
    detail: &'r str,
    /// The error that the answer was made of.
    cause: Option<&'r dyn fmt::Display>,
    took: Duration,
}

/// Whose fault it is that a request was not answered well.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Blames {
    Nobody,
    Client,
    Server,
}

impl<'r> Answer<'r> {
    /// Reads a status of HTTP.
    pub(super) const fn of_http(code: u16, reason: &'r str, took: Duration) -> Self {
        let blames = match code {
            ..400 => Blames::Nobody,
            400..500 => Blames::Client,
            500.. => Blames::Server,
        };
        Self { blames, code, reason, detail: "", cause: None, took }
    }

    /// Reads a status of gRPC.
    ///
    /// Source: which codes are the server's fault, <https://opentelemetry.io/docs/specs/semconv/rpc/grpc/>.
    #[cfg(feature = "tower")]
    pub(super) fn of_grpc(code: u16, message: &'r str, took: Duration) -> Self {
        let blames = match code {
            0 => Blames::Nobody,
            2 | 4 | 12..=15 => Blames::Server,
            _ => Blames::Client,
        };
        let reason = GRPC.get(usize::from(code)).copied().unwrap_or_default();
        Self { blames, code, reason, detail: message, cause: None, took }
    }

    /// The service itself failed, with an error of a type.
    #[cfg(feature = "tower")]
    pub(super) const fn of_error(type_name: &'static str, took: Duration) -> Self {
        Self { blames: Blames::Server, code: 0, reason: "the service returned", detail: type_name, cause: None, took }
    }

    /// Adds the error that the answer was made of; its text is read only if it is told.
    #[cfg(feature = "actix")]
    pub(super) const fn made_of(mut self, cause: Option<&'r dyn fmt::Display>) -> Self {
        self.cause = cause;
        self
    }

    /// Tells what there is to tell; `inner` are the failures inside of the request that wait for its word.
    pub(super) fn end(self, ending: Ending<'_>, inner: Vec<Rising>) -> End<'r> {
        let is_told = !inner.is_empty() || context::has_failed();
        let is_over = self.blames == Blames::Nobody;
        for failure in inner.into_iter().filter(|failure| !(is_over && failure.is_record_alone())) {
            let mut own = Event::of(Kind::Error);
            self.add_to(&mut own);
            let mut failure = failure.passed_with(own);
            if is_over {
                let event = known(&mut failure).recovered_in(&request());
                follow(&failure, Stage::Recovered, event);
            } else {
                close(failure);
            }
        }
        if self.blames != Blames::Server {
            return End::Returned { shown: None };
        }
        ending.site.introduce();
        ending.site.tally().fail();
        if !is_told {
            self.tell_failure(ending);
        }
        End::Failed
    }

    /// Tells of a failure that nobody inside has accounted for.
    #[cold]
    fn tell_failure(self, ending: Ending<'_>) {
        let severity = Kind::Error.severity();
        if !logger::listens(Kind::Error, severity) {
            return;
        }
        let pressed = logger::presses(ending.site.valve());
        if pressed.is_none() && !logger::admits(Kind::Error, severity) {
            return;
        }
        let mut event = Event::of(Kind::Error).titled(&request());
        event.report_text("", &self);
        self.add_to(&mut event);
        if ending.crosses(&mut event, "", pressed) {
            logger::log(event);
        }
    }

    fn add_to(self, event: &mut Event) {
        event.add_request("status", &self.status().into());
        event.add_request("took", &self.took.into());
    }

    fn status(self) -> String {
        if self.code == 0 { self.reason.to_owned() } else { format!("{} {}", self.code, self.reason) }
    }
}

/// Names the request that is being handled: all that have the same route are one.
fn request() -> String {
    let context = context::current().unwrap_or_default();
    let what = context.route().or_else(|| context.path().map(without_query)).unwrap_or("a request");
    format!("{} {what}", context.method().unwrap_or_default()).trim_start().to_owned()
}

fn without_query(path: &str) -> &str {
    path.split_once('?').map_or(path, |(path, _)| path)
}

impl fmt::Display for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status();
        match (self.cause, self.detail) {
            (Some(cause), _) => write!(f, "{status}: {cause}"),
            (None, "") => f.write_str(&status),
            // gRPC encodes its messages; no other detail has a percent sign.
            (None, detail) => write!(f, "{status}: {}", percent_decode_str(detail).decode_utf8_lossy()),
        }
    }
}

impl fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("blames", &self.blames).field("code", &self.code).finish_non_exhaustive()
    }
}

/// What the codes of gRPC mean.
///
/// Source: <https://grpc.github.io/grpc/core/md_doc_statuscodes.html>.
#[cfg(feature = "tower")]
const GRPC: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];
