//! Which journal, and whose part of it.

use std::path::PathBuf;

use clap::Args;
use discord_log::journal::{Journal, Service};

use crate::exit::Failure;

/// Which journal, and whose part of it.
#[derive(Args, Debug)]
pub(crate) struct Chosen {
    /// The directory of the journal; without it what DISCORD_JOURNAL names, or the state directory
    #[arg(long, value_name = "DIR", help_heading = "Which journal")]
    journal: Option<PathBuf>,
    /// Only this service, as NAME or NAME@ENVIRONMENT; may be given more than once
    #[arg(long, value_name = "NAME", help_heading = "Which journal")]
    service: Vec<String>,
}

impl Chosen {
    /// Gives the journal.
    pub(crate) fn journal(&self) -> Result<Journal, Failure> {
        let journal = self.journal.clone().map(Journal::at).or_else(Journal::from_env);
        journal.ok_or_else(|| {
            Failure::new(
                "there is no journal in files: DISCORD_JOURNAL is `memory`, or no place for state is known; name one with \
                 --journal DIR",
            )
        })
    }

    /// Gives all services of a journal.
    pub(crate) fn all(journal: &Journal) -> Result<Vec<Service>, Failure> {
        let place = journal.dir().display();
        let services = journal.services();
        services.map_err(|error| Failure::new(format!("the journal in {place} cannot be read: {error}")))
    }

    /// Gives the services that are asked for.
    pub(crate) fn services(&self, journal: &Journal) -> Result<Vec<Service>, Failure> {
        let mut services = Self::all(journal)?;
        let known: Vec<_> = services.iter().map(told).collect();
        for wanted in &self.service {
            if !services.iter().any(|service| is_called(service, wanted)) {
                let known = if known.is_empty() { "none yet".to_owned() } else { known.join(", ") };
                let place = journal.dir().display();
                return Err(Failure::new(format!("the journal in {place} has no service `{wanted}`; it has {known}")));
            }
        }
        services.retain(|service| self.takes(service));
        Ok(services)
    }

    /// Says whether a service is asked for.
    pub(crate) fn takes(&self, service: &Service) -> bool {
        self.service.is_empty() || self.service.iter().any(|wanted| is_called(service, wanted))
    }
}

/// Writes a service as people call it.
pub(crate) fn told(service: &Service) -> String {
    match service.environment() {
        Some(environment) => format!("{}@{environment}", service.name()),
        None => service.name().to_owned(),
    }
}

fn is_called(service: &Service, wanted: &str) -> bool {
    [service.name(), service.namespace()].contains(&wanted) || told(service) == wanted
}
