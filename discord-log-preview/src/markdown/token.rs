//! What stands between `<` and `>` and names something: users, roles, channels, commands, pages of the server, custom
//! emoji and moments.

use super::{node::Node, timestamp::Stamp};

/// Finds the token a text begins with, and its length.
pub(super) fn at(rest: &str) -> Option<(Node, usize)> {
    let inside = rest.strip_prefix('<')?;
    // The longest there is, a command with two groups, is far shorter.
    let end = inside.bytes().take(LONGEST).position(|byte| matches!(byte, b'<' | b'>' | b'\n'))?;
    let inside = inside.get(..=end)?.strip_suffix('>')?;
    Some((named(inside)?, end + 2))
}

/// Finds `@everyone` or `@here`.
pub(super) fn everyone(rest: &str) -> Option<&'static str> {
    ["@everyone", "@here"].into_iter().find(|name| rest.starts_with(name))
}

fn named(inside: &str) -> Option<Node> {
    let (first, rest) = inside.split_at_checked(1)?;
    match first {
        "@" => match rest.strip_prefix('&') {
            Some(role) => id(role).map(Node::Role),
            None => id(rest.strip_prefix('!').unwrap_or(rest)).map(Node::User),
        },
        "#" => id(rest).map(Node::Channel),
        "/" => command(rest),
        ":" => emoji(rest),
        "a" => emoji(rest.strip_prefix(':')?),
        "i" => guide(rest.strip_prefix("d:")?).map(Node::Guide),
        "t" => Stamp::parse(rest.strip_prefix(':')?).map(Node::Stamp),
        _ => None,
    }
}

fn id(text: &str) -> Option<String> {
    is_digits(text).then(|| text.to_owned())
}

fn emoji(text: &str) -> Option<Node> {
    let (name, id) = text.split_once(':')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (is_name && is_digits(id)).then(|| Node::Emoji(name.to_owned()))
}

fn command(text: &str) -> Option<Node> {
    let (name, id) = text.rsplit_once(':')?;
    let mut words = name.split(' ');
    let is_word = |word: &str| {
        (1..=32).contains(&word.chars().count())
            && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '\''))
    };
    let is_name = words.clone().count() <= 3 && words.all(is_word);
    (is_name && is_digits(id)).then(|| Node::Command(name.to_owned()))
}

fn guide(page: &str) -> Option<&'static str> {
    match page.split_once(':') {
        Some(("linked-roles", role)) if is_digits(role) => Some("Linked Roles"),
        Some(_) => None,
        None => match page {
            "browse" => Some("Browse Channels"),
            "customize" => Some("Channels & Roles"),
            "guide" | "home" => Some("Server Guide"),
            "linked-roles" => Some("Linked Roles"),
            _ => None,
        },
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The bytes a token may have: three words of 32 characters of four bytes, and an id.
const LONGEST: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str) -> Option<Node> {
        at(text).map(|(node, _)| node)
    }

    #[test]
    fn each_token_names_one_thing() {
        assert_eq!(token("<@12>"), Some(Node::User("12".into())));
        assert_eq!(token("<@!12>"), Some(Node::User("12".into())));
        assert_eq!(token("<@&12>"), Some(Node::Role("12".into())));
        assert_eq!(token("<#12>"), Some(Node::Channel("12".into())));
        assert_eq!(token("<:ok_1:12>"), Some(Node::Emoji("ok_1".into())));
        assert_eq!(token("<a:ok:12>"), Some(Node::Emoji("ok".into())));
        assert_eq!(token("</a b c:12>"), Some(Node::Command("a b c".into())));
        assert_eq!(token("<id:customize>"), Some(Node::Guide("Channels & Roles")));
        assert_eq!(token("<id:linked-roles:12>"), Some(Node::Guide("Linked Roles")));
    }

    #[test]
    fn what_is_not_quite_a_token_is_none() {
        for text in [
            "<@>",
            "<@a>",
            "<@&>",
            "<#>",
            "<#1",
            "<::1>",
            "<:a b:1>",
            "<:a:>",
            "</a:>",
            "</:1>",
            "</a b c d:1>",
            "<b:a:1>",
            "<id:x>",
            "<id:browse:1>",
            "<t:>",
            "<>",
            "<é>",
            "<Vec<u8>>",
        ] {
            assert_eq!(token(text), None, "{text}");
        }
    }

    #[test]
    fn a_token_ends_at_its_bracket() {
        assert_eq!(at("<@1> <@2>").map(|found| found.1), Some(4));
    }

    #[test]
    fn everyone_and_here_are_found_anywhere() {
        assert_eq!(everyone("@everyone!"), Some("@everyone"));
        assert_eq!(everyone("@heretic"), Some("@here"));
        assert_eq!(everyone("@every"), None);
    }
}
