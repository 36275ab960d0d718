//! Which context this thread is in, and how a future keeps its own wherever it is polled.

use std::cell::RefCell;
use std::fmt::Write;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{self, Poll};

use pin_project_lite::pin_project;

use super::breadcrumbs::{self, Breadcrumbs};
use super::listener::Listener;
use super::request::Context;
use super::trace;
use crate::event::{Event, Role, Severity, Stage, Value};

thread_local! {
    static CURRENT: RefCell<Standing> = const { RefCell::new(Standing::NOWHERE) };
}

/// Where a thread or a future stands: in which scope, and which test listens to it.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    scope: Option<Arc<Scope>>,
    pub(super) listener: Listener,
}

/// A context that was entered.
#[derive(Debug)]
struct Scope {
    context: Context,
    shared: Arc<Shared>,
}

/// What a scope has in common with those inside of it.
#[derive(Debug, Default)]
struct Shared {
    /// What was learned after it was entered.
    learned: Mutex<Option<Box<Context>>>,
    breadcrumbs: Mutex<Breadcrumbs>,
    has_failed: AtomicBool,
}

/// Runs a closure in a context. What it starts on other threads or in other tasks is outside, unless it is
/// [carried](carry).
///
/// A context inside of another one adds to it.
///
/// # Examples
///
/// ```
/// use discord_log::context::{self, Context};
///
/// let sent = context::with(Context::new().with_extra("queue", "mail"), || {
///     discord_log::log_user_action("Mail sent"); // says from which queue
///     1
/// });
/// assert_eq!(sent, 1);
/// ```
pub fn with<T>(context: Context, body: impl FnOnce() -> T) -> T {
    Standing::inside(context).run(body)
}

/// Gives a future that has a context wherever it is polled and dropped.
///
/// A context inside of another one adds to it. The future grows by two words.
///
/// # Examples
///
/// ```
/// use discord_log::context::{self, Context};
///
/// async fn run(job: u64) {
///     let context = Context::new().with_extra("job", job);
///     context::scope(context, async { discord_log::log_user_action("Job started") }).await;
/// }
/// ```
pub fn scope<F: Future>(context: Context, future: F) -> Scoped<F> {
    Scoped::new(future, Standing::inside(context))
}

/// Gives a future that has a context, and is made in it.
#[cfg(any(feature = "actix", feature = "tower"))]
pub(crate) fn scope_made<F: Future>(context: Context, make: impl FnOnce() -> F) -> Scoped<F> {
    let mut standing = Standing::inside(context);
    let future = {
        let _visit = Visit::begin(&mut standing);
        make()
    };
    Scoped::new(future, standing)
}

/// Gives a future that has the context of whoever calls this, wherever it is polled: for `tokio::spawn` and its like.
///
/// # Examples
///
/// ```
/// use discord_log::context::{self, Context};
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let mailing = context::with(Context::new().with_user("u-42"), || {
///     tokio::spawn(context::carry(async { context::current().unwrap().user().unwrap().to_owned() }))
/// });
/// assert_eq!(mailing.await.unwrap(), "u-42");
/// # });
/// ```
pub fn carry<F: Future>(future: F) -> Scoped<F> {
    Scoped::new(future, standing())
}

/// Gives a closure that has the context of whoever calls this, on whatever thread it runs: for `std::thread::spawn`,
/// `spawn_blocking` and thread pools.
///
/// # Examples
///
/// ```
/// use discord_log::context::{self, Context};
///
/// let user = || context::current().and_then(|context| context.user().map(str::to_owned));
/// let thread = context::with(Context::new().with_user("u-42"), || std::thread::spawn(context::carry_fn(user)));
/// assert_eq!(thread.join().unwrap().as_deref(), Some("u-42"));
/// ```
pub fn carry_fn<T>(body: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let standing = standing();
    move || standing.run(body)
}

/// Gives the context that this thread or future is in, with what was learned since it was entered.
///
/// # Examples
///
/// ```
/// use discord_log::context::{self, Context};
///
/// assert!(context::current().is_none());
/// let route = context::with(Context::new().with_route("/invoices"), || {
///     context::current().and_then(|context| context.route().map(str::to_owned))
/// });
/// assert_eq!(route.as_deref(), Some("/invoices"));
/// ```
#[must_use]
pub fn current() -> Option<Context> {
    look(|scope| scope.known())
}

/// Says who is signed in, for all that is logged in this scope from now on; does nothing outside of one.
///
/// # Examples
///
/// ```
/// use discord_log::context::{self, Context};
///
/// context::with(Context::new(), || {
///     context::set_user("u-42");
///     assert_eq!(context::current().unwrap().user(), Some("u-42"));
/// });
/// ```
pub fn set_user(id: impl AsRef<str>) {
    learn(Role::Request, "user", &Value::from(id.as_ref()));
}

/// Adds a value to all that is logged in this scope from now on; does nothing outside of one.
///
/// # Examples
///
/// ```
/// use discord_log::context::{self, Context};
///
/// context::with(Context::new(), || {
///     context::set_extra("tenant", 7);
///     assert_eq!(context::current().unwrap().extra("tenant").as_deref(), Some("7"));
/// });
/// ```
pub fn set_extra<'v>(name: impl AsRef<str>, value: impl Into<Value<'v>>) {
    learn(Role::Field, name.as_ref(), &value.into());
}

fn learn(role: Role, name: &str, value: &Value<'_>) {
    let _ = look(|scope| {
        let mut learned = scope.shared.learned.lock().unwrap_or_else(PoisonError::into_inner);
        learned.get_or_insert_default().set(role, name, value);
    });
}

/// Adds to an event what is known of the scope that it is logged in, and of the trace unless all went well; to an error
/// also what came before it, and the scope notes that there was one.
#[inline]
pub(crate) fn complete(event: &mut Event) {
    if event.failure().is_some_and(|failure| failure.stage != Stage::Raised) {
        return;
    }
    if event.severity() > Severity::Success {
        trace::add_trace(event);
    }
    if is_entered() {
        add_scope_to(event);
    }
}

fn add_scope_to(event: &mut Event) {
    let _ = look(|scope| {
        scope.add_to(event);
        if event.severity() >= Severity::Error {
            scope.shared.has_failed.store(true, Ordering::Relaxed);
            let breadcrumbs = scope.shared.breadcrumbs.lock().unwrap_or_else(PoisonError::into_inner);
            breadcrumbs.add_to(event);
        }
    });
    breadcrumbs::leave_breadcrumb(event.occurred_at(), event.severity(), |line| {
        let _ = write!(line, "{:?}: {}", event.kind(), event.gist());
    });
}

/// Notes that an error was logged in this scope, if it is one, where the event itself goes no further.
pub(crate) fn fail_with(severity: Severity) {
    if severity >= Severity::Error {
        let _ = look(|scope| scope.shared.has_failed.store(true, Ordering::Relaxed));
    }
}

/// Says whether an error was logged in this scope.
#[cfg(any(feature = "actix", feature = "tower"))]
pub(crate) fn has_failed() -> bool {
    look(|scope| scope.shared.has_failed.load(Ordering::Relaxed)).unwrap_or(false)
}

/// Says whether this thread or future is in a context.
pub(crate) fn is_entered() -> bool {
    look(|_| ()).is_some()
}

pub(super) fn with_breadcrumbs<T>(act: impl FnOnce(&mut Breadcrumbs) -> T) -> Option<T> {
    look(|scope| act(&mut scope.shared.breadcrumbs.lock().unwrap_or_else(PoisonError::into_inner)))
}

/// Gives where this thread or future stands, to stand there elsewhere.
pub(crate) fn standing() -> Standing {
    look_around(Standing::clone).unwrap_or(Standing::NOWHERE)
}

/// Looks at the scope of this thread. Nobody else's code runs meanwhile.
fn look<T>(at: impl FnOnce(&Scope) -> T) -> Option<T> {
    look_around(|here| here.scope.as_deref().map(at)).flatten()
}

/// Looks at where this thread stands; nothing in a thread that is ending.
pub(super) fn look_around<T>(at: impl FnOnce(&Standing) -> T) -> Option<T> {
    CURRENT.try_with(|current| current.try_borrow().ok().map(|here| at(&here))).ok().flatten()
}

impl Scope {
    fn known(&self) -> Context {
        let learned = self.shared.learned.lock().unwrap_or_else(PoisonError::into_inner);
        match &*learned {
            Some(learned) => self.context.clone().overlaid(learned),
            None => self.context.clone(),
        }
    }

    fn add_to(&self, event: &mut Event) {
        // First what was learned: an event keeps what it is told first.
        if let Some(learned) = &*self.shared.learned.lock().unwrap_or_else(PoisonError::into_inner) {
            learned.add_to(event);
        }
        self.context.add_to(event);
    }
}

impl Standing {
    pub(super) const NOWHERE: Self = Self { scope: None, listener: Listener::NOBODY };

    /// Stands in a context inside of where this thread stands.
    pub(crate) fn inside(context: Context) -> Self {
        let Self { scope: outer, listener } = standing();
        let scope = match outer {
            None => Scope { context, shared: Arc::default() },
            Some(outer) => {
                let context = outer.context.clone().overlaid(&context);
                Scope { context, shared: Arc::clone(&outer.shared) }
            }
        };
        Self { scope: Some(Arc::new(scope)), listener }
    }

    /// Stands where this thread stands, heard by somebody else.
    #[cfg(feature = "testing")]
    pub(super) fn heard_by(listener: Listener) -> Self {
        Self { listener, ..standing() }
    }

    /// Runs a closure where this stands.
    pub(crate) fn run<T>(mut self, body: impl FnOnce() -> T) -> T {
        let _visit = Visit::begin(&mut self);
        body()
    }
}

/// As long as it lives the thread stands elsewhere; then it stands where it stood, also after a panic.
struct Visit<'s>(&'s mut Standing);

impl<'s> Visit<'s> {
    fn begin(standing: &'s mut Standing) -> Self {
        exchange(standing);
        Self(standing)
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        exchange(self.0);
    }
}

/// Lets the thread stand elsewhere, and gives where it stood. A thread that is ending stands nowhere.
fn exchange(standing: &mut Standing) {
    let _ = CURRENT.try_with(|current| current.try_borrow_mut().map(|mut here| std::mem::swap(&mut *here, standing)));
}

impl<F> Scoped<F> {
    pub(super) const fn new(future: F, standing: Standing) -> Self {
        Self { future: Some(future), standing }
    }
}

pin_project! {
    /// A future with a context; made by [`scope`] and [`carry`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Scoped<F> {
        #[pin]
        future: Option<F>,
        standing: Standing,
    }

    impl<F> PinnedDrop for Scoped<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.future.is_some() {
                // What a future tells when it is given up belongs to its context as well.
                let _visit = Visit::begin(this.standing);
                this.future.set(None);
            }
        }
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let _visit = Visit::begin(this.standing);
        let Some(future) = this.future.as_mut().as_pin_mut() else { return Poll::Pending };
        let polled = future.poll(cx);
        if polled.is_ready() {
            this.future.set(None);
        }
        polled
    }
}
