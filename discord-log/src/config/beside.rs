//! What a program sets that speaks beside a service, in its name: a command, a runner of jobs.

use super::builder::ConfigBuilder;
use super::told_ends::ToldEnds;
use crate::event::Event;
use crate::record::Ending;

impl ConfigBuilder {
    /// Forgets a setting, so that its default holds again: by the name of its variable, as in `DISCORD_HEARTBEAT`.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Config;
    ///
    /// // A tool beside the service speaks as the service does, but is not it.
    /// let config = Config::from_env().without("DISCORD_HEARTBEAT").without("DISCORD_LIFECYCLE").build();
    /// ```
    pub fn without(mut self, variable: &str) -> Self {
        self.values.remove(variable);
        self.problems.retain(|problem| problem.variable() != variable);
        self
    }

    /// Names the service where no setting does, in place of the executable's name.
    pub fn default_service(mut self, name: impl Into<String>) -> Self {
        self.values.entry("DISCORD_SERVICE".to_owned()).or_insert_with(|| name.into());
        self
    }

    /// Names whose part of the journal this is; the service's name by default. A program beside the service, which speaks
    /// in its name, has a part of its own, and does not take over what the service left.
    pub fn journal_name(mut self, name: impl Into<String>) -> Self {
        self.journal_name = Some(name.into());
        self
    }

    /// Tells how each event ends that Discord has or refuses for good: which message tells it, or Discord's reason.
    ///
    /// Called on the sender's thread, which goes on when it returns; a panic in it is caught. Nothing is told of events that
    /// are written to the local log, or that end without a message of their own.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::{Config, Ending};
    ///
    /// let settings = Config::builder().on_ending(|event, ending| {
    ///     if let Ending::Buried { reason, .. } = ending {
    ///         eprintln!("{} was refused: {reason}", event.title().unwrap_or("an event"));
    ///     }
    /// });
    /// ```
    pub fn on_ending(mut self, tell: impl Fn(&Event, &Ending) + Send + Sync + 'static) -> Self {
        self.told_ends = Some(ToldEnds::new(tell));
        self
    }
}
