//! Where an event is told.

use std::fmt;

use super::NamedText;

/// Where an event is told: one of the four channels that every service has, or one of its own.
///
/// # Examples
///
/// ```
/// use discord_log::{Channel, Event};
///
/// // Goes to the webhook of `DISCORD_WEBHOOK_DEPLOYS`.
/// let event = Event::system_event("Deployed", "v1.4.2").in_channel(Channel::named("deploys"));
/// assert_eq!(event.channel().name(), "deploys");
/// assert_eq!(Channel::named("Finance"), Channel::Finance);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Channel {
    /// Money: invoices, payments, taxes.
    Finance,
    /// The service itself: starts, databases, files, slow calls, summaries.
    System,
    /// What failed.
    Errors,
    /// What people did.
    Activity,
    /// A channel of the program's own; made by [`Channel::named`].
    Named(ChannelName),
}

impl Channel {
    /// The four channels that every service has.
    pub const BUILT_IN: [Self; 4] = [Self::Finance, Self::System, Self::Errors, Self::Activity];

    /// Names a channel of the program's own, whose webhook is `DISCORD_WEBHOOK_<NAME>`.
    ///
    /// Case does not count; everything but ASCII letters and digits counts as `_`; names end after 31 characters.
    /// The names of the four built-in channels give those.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::{Channel, Event};
    ///
    /// discord_log::log(Event::system_event("Deployed", "1.4.2").in_channel(Channel::named("deploys")));
    /// assert_eq!(Channel::named("Errors"), Channel::Errors);
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Self {
        let folded = NamedText::fold(name);
        Self::BUILT_IN
            .into_iter()
            .find(|channel| channel.name() == folded.as_str())
            .unwrap_or(Self::Named(ChannelName(folded)))
    }

    /// Numbers the built-in channels from 0; all others are the number after those.
    pub(crate) fn index(self) -> usize {
        Self::BUILT_IN.iter().position(|channel| *channel == self).unwrap_or(Self::BUILT_IN.len())
    }

    /// Gives the lower-case name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Finance => "finance",
            Self::System => "system",
            Self::Errors => "errors",
            Self::Activity => "activity",
            Self::Named(name) => name.0.as_str(),
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The name of a channel of the program's own.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ChannelName(NamedText);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fold_to_what_a_variable_can_spell() {
        assert_eq!(Channel::named(" Deploys ").name(), "deploys");
        assert_eq!(Channel::named("night-jobs é").name(), "night_jobs__");
        assert_eq!(Channel::named(&"x".repeat(100)).name().len(), 31);
        assert_eq!(Channel::named("ERRORS"), Channel::Errors);
    }
}
