//! How a message tells several events, which depends on how many wait.

/// How a message tells several events.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Form {
    /// One embed an event.
    Embeds,
    /// One line an event.
    Lines,
    /// A table of counts, and the events in a file.
    Digest,
}

impl Form {
    /// Chooses the form that tells most, of those in which so many are told within ten seconds at so many messages a
    /// minute.
    pub(super) fn for_backlog(waiting: usize, messages: u32) -> Self {
        // It is an average; a single message may always go.
        let messages = (messages as usize / (60 / CATCH_UP_SECONDS)).max(1);
        if waiting <= messages * Self::Embeds.capacity() {
            Self::Embeds
        } else if waiting <= messages * LINES_OF_A_MESSAGE {
            Self::Lines
        } else {
            Self::Digest
        }
    }

    /// The most that one message tells.
    pub(crate) const fn capacity(self) -> usize {
        match self {
            // Source: <https://discord.com/developers/docs/resources/webhook#execute-webhook>.
            Self::Embeds => 10,
            Self::Lines => 100,
            Self::Digest => 4_096,
        }
    }
}

/// How soon a backlog should be told.
const CATCH_UP_SECONDS: usize = 10;
/// Lines of which usual ones fill a message: 6,000 characters, some 100 each.
const LINES_OF_A_MESSAGE: usize = 58;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_wait_the_more_a_message_tells() {
        let forms = [1, 10, 40, 41, 232, 233, 1_000_000].map(|waiting| Form::for_backlog(waiting, 28));
        use Form::{Digest, Embeds, Lines};
        assert_eq!(forms, [Embeds, Embeds, Embeds, Lines, Lines, Digest, Digest]);
        assert_eq!(Form::for_backlog(10, 1), Embeds, "one message has room for ten");
        assert_eq!(Form::for_backlog(5_000, 6_000), Embeds);
    }
}
