//! Events that a program tells in the place of another: a script's, a job's, a machine's.

use super::entries::Role;
use super::{Event, Origin};

impl Event {
    /// Says that the event comes from elsewhere: no line of this program is named as its place.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::{Channel, Event, Severity};
    ///
    /// # let (job, output) = ("nightly-backup", "rsync: connection unexpectedly closed\n");
    /// // What a runner of jobs tells: one problem a job, with all of its output in a file beside the message.
    /// let event = Event::system_event(job, "ended with code 12")
    ///     .with_severity(Severity::Error)
    ///     .in_channel(Channel::Errors)
    ///     .relayed()
    ///     .grouped_by(job)
    ///     .attach(output);
    /// assert!(event.place().is_none());
    /// ```
    #[must_use]
    pub fn relayed(mut self) -> Self {
        self.origin = Origin::Elsewhere;
        self
    }

    /// Makes all events of a kind and channel one problem that have the same key, whatever their texts say.
    ///
    /// Without a key their place in the source and their texts tell problems apart, numbers and ids left out. What is no
    /// trouble, and everything of finance, is told one by one with a key as well.
    #[must_use]
    pub fn grouped_by(mut self, key: impl AsRef<str>) -> Self {
        self.entries.push_text(Role::Problem, "", key.as_ref());
        self
    }

    /// Adds a text that is told in a file beside the message, and not in the message: a log, the output of a command.
    ///
    /// It counts towards the [`TEXT_CAPACITY`](crate::TEXT_CAPACITY) of the event, so add it last; what is secret in it is
    /// masked like any other text.
    #[must_use]
    pub fn attach(mut self, text: impl AsRef<str>) -> Self {
        self.entries.push_text(Role::Attached, "", text.as_ref());
        self
    }

    /// Gives the key of the problem that the event is of, where it has one.
    pub(crate) fn problem(&self) -> Option<&str> {
        self.entries.text(Role::Problem)
    }

    /// Says whether it is known where the event was logged, or that it was elsewhere.
    pub(crate) const fn has_origin(&self) -> bool {
        !matches!(self.origin, Origin::Unknown)
    }
}
