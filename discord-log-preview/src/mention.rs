//! Whom a message pings: the mentions in its text that `allowed_mentions` lets through.

use std::collections::BTreeSet;

use crate::message::Pings;

/// `allowed_mentions`, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Allowed {
    pub(crate) every_user: bool,
    pub(crate) every_role: bool,
    pub(crate) everyone: bool,
    pub(crate) users: Vec<String>,
    pub(crate) roles: Vec<String>,
}

impl Allowed {
    /// What a webhook is allowed when it says nothing: users, of posts and of edits alike.
    pub(crate) fn by_default() -> Self {
        Self { every_user: true, ..Self::nobody() }
    }

    pub(crate) fn nobody() -> Self {
        Self { every_user: false, every_role: false, everyone: false, users: Vec::new(), roles: Vec::new() }
    }
}

/// Reads the mentions of some texts and keeps those that are allowed. Embeds never ping; they are not passed here.
pub(crate) fn pings<'a>(texts: impl IntoIterator<Item = &'a str>, allowed: &Allowed) -> Pings {
    let mut users = BTreeSet::new();
    let mut roles = BTreeSet::new();
    let mut everyone = false;
    for text in texts {
        everyone |= text.contains("@everyone") || text.contains("@here");
        for rest in text.split("<@").skip(1) {
            let Some((inside, _)) = rest.split_once('>') else {
                continue;
            };
            let (found, id) = match inside.strip_prefix('&') {
                Some(id) => (&mut roles, id),
                None => (&mut users, inside.strip_prefix('!').unwrap_or(inside)),
            };
            if crate::api::is_snowflake(id) {
                found.insert(id.to_owned());
            }
        }
    }
    users.retain(|id| allowed.every_user || allowed.users.contains(id));
    roles.retain(|id| allowed.every_role || allowed.roles.contains(id));
    Pings {
        everyone: everyone && allowed.everyone,
        users: users.into_iter().collect(),
        roles: roles.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "<@1> <@!2> <@&3> @everyone <@x> <@4";

    #[test]
    fn without_allowed_mentions_users_are_pinged_and_nobody_else() {
        let found = pings([TEXT], &Allowed::by_default());
        assert_eq!(found.users, ["1", "2"]);
        assert!(found.roles.is_empty());
        assert!(!found.everyone);
    }

    #[test]
    fn an_empty_parse_pings_nobody() {
        assert!(pings([TEXT], &Allowed::nobody()).is_empty());
    }

    #[test]
    fn an_id_pings_only_when_it_is_listed_and_in_the_text() {
        let allowed = Allowed {
            users: vec!["2".to_owned(), "99".to_owned()],
            roles: vec!["3".to_owned()],
            everyone: true,
            ..Allowed::nobody()
        };
        let found = pings([TEXT], &allowed);
        assert_eq!(found.users, ["2"]);
        assert_eq!(found.roles, ["3"]);
        assert!(found.everyone);
        assert!(!pings(["nothing"], &allowed).everyone);
    }

    #[test]
    fn a_broken_mention_is_text() {
        let broken = "@\u{200b}everyone <\u{200b}@1> <@\u{200b}1>";
        let all = Allowed { everyone: true, ..Allowed::by_default() };
        assert!(pings([broken], &all).is_empty());
    }
}
