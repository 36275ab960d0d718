//! What the settings say about contexts. They are asked for on the caller's thread, in the middle of a request, so each
//! is one load or a lock that is written once.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::client::{Addresses, TrustedProxies};

/// What is known of contexts beforehand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) addresses: Addresses,
    pub(crate) breadcrumbs: usize,
    pub(crate) trusted_proxies: TrustedProxies,
    /// Under which sessions are hashed: alike in all processes of a service, and known to nobody else.
    pub(crate) session_key: Option<[u64; 2]>,
}

static ADDRESSES: AtomicU8 = AtomicU8::new(0);
static BREADCRUMBS: AtomicUsize = AtomicUsize::new(MOST_BREADCRUMBS);
static SHARED: RwLock<Option<Arc<Settings>>> = RwLock::new(None);

/// Breadcrumbs that are kept where no setting says otherwise.
const MOST_BREADCRUMBS: usize = 30;

/// Lets the settings count from now on.
pub(crate) fn apply(settings: &Settings) {
    ADDRESSES.store(settings.addresses as u8, Ordering::Relaxed);
    BREADCRUMBS.store(settings.breadcrumbs, Ordering::Relaxed);
    *SHARED.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(settings.clone()));
}

/// How much of a client's address may be told.
pub(super) fn addresses() -> Addresses {
    let told = ADDRESSES.load(Ordering::Relaxed);
    Addresses::ALL.into_iter().find(|addresses| *addresses as u8 == told).unwrap_or_default()
}

/// How many breadcrumbs a scope keeps.
pub(super) fn most_breadcrumbs() -> usize {
    BREADCRUMBS.load(Ordering::Relaxed)
}
