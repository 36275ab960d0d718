//! What messages say about the service itself.

use crate::event::Currency;

/// What this step needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) service: String,
    pub(crate) environment: Option<String>,
    pub(crate) release: Option<String>,
    pub(crate) host: Option<String>,
    pub(crate) currency: Currency,
}
