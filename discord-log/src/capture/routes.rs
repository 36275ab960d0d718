//! To which channels the records of a program's log are told, by the targets that they carry.

use crate::event::Channel;

/// Targets with channels of their own, the longest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Routes(Vec<(String, Channel)>);

impl Routes {
    /// Sends what carries a target, or one below it, to a channel; of two routes for the same target the later counts.
    pub(super) fn add(&mut self, target: String, channel: Channel) {
        let at = self.0.partition_point(|(known, _)| known.len() > target.len());
        self.0.insert(at, (target, channel));
    }

    pub(super) fn channel_of(&self, target: &str) -> Option<Channel> {
        self.0.iter().find(|(above, _)| is_within(target, above)).map(|(_, channel)| *channel)
    }
}

/// A target is within another if it is that, or goes on behind the end of a word.
fn is_within(target: &str, above: &str) -> bool {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let ends_in_word = above.ends_with(is_word);
    target.strip_prefix(above).is_some_and(|rest| !ends_in_word || !rest.starts_with(is_word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_target_that_encloses_another_decides() {
        let mut routes = Routes::default();
        routes.add("billing".to_owned(), Channel::Finance);
        routes.add("billing::mail".to_owned(), Channel::Activity);
        routes.add("audit.".to_owned(), Channel::named("audit"));
        let cases = [
            ("billing", Some(Channel::Finance)),
            ("billing::invoices", Some(Channel::Finance)),
            ("billing.invoices", Some(Channel::Finance)),
            ("billing::mailing", Some(Channel::Finance)),
            ("billing::mail::queue", Some(Channel::Activity)),
            ("billing_tests", None),
            ("bill", None),
            ("audit.logins", Some(Channel::named("audit"))),
            ("", None),
        ];
        for (target, channel) in cases {
            assert_eq!(routes.channel_of(target), channel, "{target}");
        }
    }

    #[test]
    fn a_later_route_for_a_target_counts_and_an_empty_one_takes_all_that_is_left() {
        let mut routes = Routes::default();
        for (target, channel) in [("a", Channel::System), ("a", Channel::Errors), ("", Channel::Activity)] {
            routes.add(target.to_owned(), channel);
        }
        assert_eq!(routes.channel_of("a::b"), Some(Channel::Errors));
        assert_eq!(routes.channel_of("b"), Some(Channel::Activity));
    }
}
