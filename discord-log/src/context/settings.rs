//! What the settings say about contexts. They are asked for on the caller's thread, in the middle of a request, so each
//! is one load or a lock that is written once.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};

#[cfg(any(feature = "actix", feature = "tower"))]
use std::{hash::Hasher, sync::OnceLock};

#[cfg(any(feature = "actix", feature = "tower"))]
use siphasher::sip::SipHasher13;

use super::client::{Addresses, TrustedProxies};

/// What is known of contexts beforehand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) addresses: Addresses,
    pub(crate) breadcrumbs: usize,
    #[cfg_attr(
        not(any(feature = "actix", feature = "tower")),
        expect(dead_code, reason = "read where requests are handled")
    )]
    pub(crate) trusted_proxies: TrustedProxies,
    /// Under which sessions are hashed: alike in all processes of a service, and known to nobody else.
    pub(crate) session_key: Option<[u64; 2]>,
}

static ADDRESSES: AtomicU8 = AtomicU8::new(0);
static BREADCRUMBS: AtomicUsize = AtomicUsize::new(MOST_BREADCRUMBS);
static SHARED: RwLock<Option<Settings>> = RwLock::new(None);

/// Breadcrumbs that are kept where no setting says otherwise.
const MOST_BREADCRUMBS: usize = 30;

/// Lets the settings count from now on.
pub(crate) fn apply(settings: &Settings) {
    ADDRESSES.store(settings.addresses as u8, Ordering::Relaxed);
    BREADCRUMBS.store(settings.breadcrumbs, Ordering::Relaxed);
    *SHARED.write().unwrap_or_else(PoisonError::into_inner) = Some(settings.clone());
}

/// The proxies whose word counts, if there are some.
#[cfg(any(feature = "actix", feature = "tower"))]
pub(crate) fn trusted_proxies() -> Option<TrustedProxies> {
    let shared = SHARED.read().unwrap_or_else(PoisonError::into_inner);
    shared.as_ref().map(|settings| settings.trusted_proxies.clone()).filter(|proxies| !proxies.is_empty())
}

/// Gives a name for something that may not be told itself: alike in all processes of a service.
#[cfg(any(feature = "actix", feature = "tower"))]
pub(crate) fn hashed(secret: &str) -> String {
    static RANDOM: OnceLock<[u64; 2]> = OnceLock::new();
    let shared = SHARED.read().unwrap_or_else(PoisonError::into_inner);
    let key = shared.as_ref().and_then(|settings| settings.session_key);
    let [one, other] = key.unwrap_or_else(|| *RANDOM.get_or_init(|| [fastrand::u64(..), fastrand::u64(..)]));
    let mut hasher = SipHasher13::new_with_keys(one, other);
    hasher.write(secret.as_bytes());
    format!("{:012x}", hasher.finish() & 0xffff_ffff_ffff)
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
