//! What messages say about the service itself, and what they may do beside being read.

use super::mentions::Mentions;
use super::source::SourceUrl;
use crate::event::Currency;

/// What this step needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) service: String,
    pub(crate) environment: Option<String>,
    pub(crate) release: Option<String>,
    /// The short name of the commit that runs.
    pub(crate) commit: Option<String>,
    pub(crate) host: Option<String>,
    pub(crate) currency: Currency,
    /// Where the source can be read.
    pub(crate) source_url: Option<SourceUrl>,
    /// Who is notified of what is critical.
    pub(crate) mentions: Mentions,
}
