//! Where a post goes: the channel itself, one of its threads, or a new post of a forum.

use crate::guild::{Channel, Guild, Kind};
use crate::limits;
use crate::refusal::Refusal;

/// Where a post goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Channel,
    NewPost(String),
    Thread(String),
}

/// Decides by the channel's kind, the query's `thread_id` and the body's `thread_name`.
pub(crate) fn decide(
    guild: &Guild,
    channel: &Channel,
    thread_id: Option<&str>,
    thread_name: Option<&str>,
    tags: &[String],
) -> Result<Target, Refusal> {
    match (channel.kind, thread_id, thread_name) {
        (_, Some(_), Some(_)) => Err(Refusal::FORUM_BOTH),
        (Kind::Forum, None, None) => Err(Refusal::FORUM_NEEDS_THREAD),
        (Kind::Text, None, Some(_)) => Err(Refusal::NOT_A_FORUM),
        (Kind::Text, None, None) => Ok(Target::Channel),
        (Kind::Forum, None, Some(_)) if !tags.iter().all(|tag| channel.tags.contains(tag)) => Err(Refusal::UNKNOWN_TAG),
        (Kind::Forum, None, Some(_)) if active(guild) >= limits::ACTIVE_THREADS => Err(Refusal::TOO_MANY_THREADS),
        (Kind::Forum, None, Some(name)) => Ok(Target::NewPost(name.to_owned())),
        (_, Some(id), None) => match guild.thread(&channel.id, id) {
            None => Err(Refusal::UNKNOWN_CHANNEL),
            Some(thread) if thread.locked => Err(Refusal::LOCKED),
            Some(thread) => Ok(Target::Thread(thread.id.clone())),
        },
    }
}

/// Threads that are not archived, of all channels.
fn active(guild: &Guild) -> usize {
    guild.threads.iter().filter(|thread| !thread.archived).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guild::ThreadState;

    fn channel(kind: Kind) -> Channel {
        Channel { id: "1".to_owned(), name: "incidents".to_owned(), kind, tags: vec!["5".to_owned()] }
    }

    fn guild() -> Guild {
        let thread = |id: &str, channel_id: &str, locked| ThreadState {
            id: id.to_owned(),
            name: "t".to_owned(),
            channel_id: channel_id.to_owned(),
            archived: false,
            locked,
            tags: Vec::new(),
        };
        Guild {
            threads: vec![thread("7", "1", false), thread("8", "1", true), thread("9", "2", false)],
            ..Guild::default()
        }
    }

    fn run(kind: Kind, id: Option<&str>, name: Option<&str>) -> Result<Target, Refusal> {
        decide(&guild(), &channel(kind), id, name, &[])
    }

    #[test]
    fn a_forum_takes_exactly_one_of_thread_and_name() {
        let name = Some("down");
        assert_eq!(run(Kind::Forum, None, None), Err(Refusal::FORUM_NEEDS_THREAD));
        assert_eq!(run(Kind::Forum, Some("7"), name), Err(Refusal::FORUM_BOTH));
        assert_eq!(run(Kind::Forum, None, name), Ok(Target::NewPost("down".to_owned())));
    }

    #[test]
    fn a_text_channel_makes_no_threads() {
        assert_eq!(run(Kind::Text, None, Some("down")), Err(Refusal::NOT_A_FORUM));
        assert_eq!(run(Kind::Text, None, None), Ok(Target::Channel));
    }

    #[test]
    fn a_thread_must_be_of_the_channel_and_not_locked() {
        assert_eq!(run(Kind::Text, Some("7"), None), Ok(Target::Thread("7".to_owned())));
        assert_eq!(run(Kind::Text, Some("8"), None), Err(Refusal::LOCKED));
        for unknown in ["9", "10"] {
            assert_eq!(run(Kind::Text, Some(unknown), None), Err(Refusal::UNKNOWN_CHANNEL));
        }
    }

    #[test]
    fn tags_must_be_of_the_forum() {
        let tagged = |tag: &str| {
            let tags = [tag.to_owned()];
            decide(&guild(), &channel(Kind::Forum), None, Some("n"), &tags)
        };
        assert!(tagged("5").is_ok());
        assert_eq!(tagged("6"), Err(Refusal::UNKNOWN_TAG));
    }

    #[test]
    fn a_thousand_threads_are_enough() {
        let mut guild = guild();
        let thread = guild.threads[0].clone();
        guild.threads = vec![thread; 1_000];
        let open = |guild: &Guild| decide(guild, &channel(Kind::Forum), None, Some("n"), &[]);
        assert_eq!(open(&guild), Err(Refusal::TOO_MANY_THREADS));
        guild.threads[999].archived = true;
        assert!(open(&guild).is_ok());
    }
}
