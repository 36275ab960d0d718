//! What is known of a request or a job.

use std::fmt;
use std::net::IpAddr;

use super::settings;
use crate::event::{Entries, Event, Role, Severity, Value};

/// Says who an event is about and what was going on: a request, a job, a task.
///
/// The middlewares make one for each request. One of your own says what is known of a job. All of it is text, at most
/// 2 KiB a value; secrets in it are masked as in every event.
///
/// # Examples
///
/// ```
/// use discord_log::context::Context;
///
/// let context = Context::new().with_method("POST").with_route("/invoices/{id}").with_extra("tenant", 7);
/// assert_eq!(context.route(), Some("/invoices/{id}"));
/// assert_eq!(context.extra("tenant").as_deref(), Some("7"));
/// ```
#[derive(Clone)]
#[must_use = "a context does nothing before `context::with` or `context::scope`"]
pub struct Context {
    /// Packed as those of an event, so that they are added to one by copying bytes.
    entries: Entries,
    client_ip: Option<IpAddr>,
}

/// Names a setter and a getter for each part that is text.
macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident, $with:ident;)*) => {
        impl Context {
            $(
                #[doc = concat!("Sets ", parts!(@doc $name), ".")]
                $(#[$doc])*
                pub fn $with(self, text: impl AsRef<str>) -> Self {
                    self.with(stringify!($name), text.as_ref())
                }

                #[doc = concat!("Gives ", parts!(@doc $name), ", where it is known.")]
                #[must_use]
                pub fn $name(&self) -> Option<&str> {
                    self.text(stringify!($name))
                }
            )*
        }
    };
    (@doc method) => { "the method, such as `POST`" };
    (@doc route) => { "the pattern of the path, such as `/invoices/{id}`" };
    (@doc path) => { "the path that was asked for, with its query" };
    (@doc user_agent) => { "the program that asked" };
    (@doc referrer) => { "the page that led here" };
    (@doc session) => { "the session" };
    (@doc request_id) => { "the name of the request, by which it is found in other logs" };
    (@doc user) => { "who is signed in: a user id or an account" };
    (@doc trace_id) => { "the trace that the request belongs to, of OpenTelemetry or another tracer" };
}

parts! {
    method, with_method;
    route, with_route;
    path, with_path;
    user_agent, with_user_agent;
    referrer, with_referrer;
    /// It is told as it is given: hash what would let somebody in.
    session, with_session;
    request_id, with_request_id;
    user, with_user;
    trace_id, with_trace_id;
}

impl Context {
    /// Starts with nothing.
    pub fn new() -> Self {
        Self { entries: Entries::new(), client_ip: None }
    }

    /// Starts with room for what is usually known of a request.
    #[cfg(any(feature = "actix", feature = "tower"))]
    pub(crate) fn of_request() -> Self {
        Self { entries: Entries::with_room(USUAL_BYTES), client_ip: None }
    }

    /// Sets who asked. Told masked, full or not at all, as `DISCORD_LOG_IP` says.
    pub fn with_client_ip(mut self, address: IpAddr) -> Self {
        self.client_ip = Some(address);
        self
    }

    /// Gives who asked, where it is known.
    #[must_use]
    pub fn client_ip(&self) -> Option<IpAddr> {
        self.client_ip
    }

    /// Sets a value of your own, shown as a field of each message.
    pub fn with_extra<'v>(mut self, name: impl AsRef<str>, value: impl Into<Value<'v>>) -> Self {
        self.set(Role::Field, name.as_ref(), &value.into());
        self
    }

    /// Gives a value of your own as text.
    #[must_use]
    pub fn extra(&self, name: &str) -> Option<String> {
        self.entries.of(Role::Field).find(|entry| entry.is_named(name)).map(|entry| entry.value().to_string())
    }

    fn with(mut self, name: &str, text: &str) -> Self {
        self.set(Role::Request, name, &Value::from(kept_of(text)));
        self
    }

    /// Adds a part of which nothing is known yet.
    #[cfg(any(feature = "actix", feature = "tower"))]
    pub(crate) fn add(&mut self, name: &'static str, text: &str) {
        self.entries.push_text(Role::Request, name, kept_of(text));
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.entries.of(Role::Request).find(|entry| entry.is_named(name)).map(|entry| entry.as_text())
    }

    /// Adds a value, or puts it in the place of an earlier one.
    pub(super) fn set(&mut self, role: Role, name: &str, value: &Value<'_>) {
        let is_set = |entries: &Entries| entries.of(role).any(|entry| entry.is_named(name));
        if is_set(&self.entries) {
            let mut others = Entries::new();
            for entry in self.entries.iter().filter(|entry| entry.role() != role || !entry.is_named(name)) {
                others.copy(entry);
            }
            self.entries = others;
        }
        self.entries.push(role, name, value);
    }

    /// Puts what an inner context says over this one.
    pub(super) fn overlaid(mut self, inner: &Self) -> Self {
        for entry in inner.entries.iter() {
            self.set(entry.role(), entry.name(), &entry.value());
        }
        self.client_ip = inner.client_ip.or(self.client_ip);
        self
    }

    /// Adds what is known to an event, which may know better who did it and what a field says. Of what went well it is
    /// enough to know which request that was.
    pub(super) fn add_to(&self, event: &mut Event) {
        let is_routine = event.severity() <= Severity::Success;
        for entry in self.entries.iter() {
            let is_request = entry.role() == Role::Request;
            match entry.name() {
                USER if is_request => {
                    if event.who().is_none() {
                        event.set_actor(entry.as_text());
                    }
                }
                name if is_request && is_routine && !TOLD_OF_ROUTINE.contains(&name) => {}
                name if event.has(entry.role(), name) => {}
                _ => event.add_entry(entry),
            }
        }
        if is_routine {
            return;
        }
        if let Some(told) = self.client_ip.and_then(|address| settings::addresses().told(address)) {
            event.add_request("client_ip", &Value::from(told.to_string()));
        }
    }
}

fn kept_of(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MOST_BYTES)).unwrap_or_default()
}

impl Default for Context {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows which values are set; some of them are personal.
impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.entries.iter().map(|entry| entry.name()).collect();
        f.debug_struct("Context").field("set", &names).finish_non_exhaustive()
    }
}

/// The part that is told as who did it.
const USER: &str = "user";
/// What tells one request from another.
const TOLD_OF_ROUTINE: [&str; 3] = ["method", "request_id", "route"];
/// Bytes of what a browser's request tells.
#[cfg(any(feature = "actix", feature = "tower"))]
const USUAL_BYTES: usize = 448;
/// Longest value: an address of a page, as browsers and proxies take them.
const MOST_BYTES: usize = 2_048;
