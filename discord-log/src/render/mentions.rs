//! Who is notified of what is critical: roles and users that the settings name, and nobody else whatever a text says.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::limits;

/// Roles and users by their ids.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Mentions {
    roles: Vec<String>,
    users: Vec<String>,
}

impl Mentions {
    /// Reads ids with commas between them: `role:1`, `user:2`, `<@&1>`, `<@2>`, or `1` for a role.
    pub(crate) fn parse(list: &str) -> Option<Self> {
        let mut mentions = Self::default();
        for item in list.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let in_brackets = |opening| item.strip_prefix(opening).and_then(|rest| rest.strip_suffix('>'));
            let role = item.strip_prefix("role:").or_else(|| in_brackets("<@&"));
            let user = item.strip_prefix("user:").or_else(|| in_brackets("<@!")).or_else(|| in_brackets("<@"));
            let (ids, id) = match (role, user) {
                (Some(role), _) => (&mut mentions.roles, role),
                (None, Some(user)) => (&mut mentions.users, user),
                (None, None) => (&mut mentions.roles, item),
            };
            let id = id.trim();
            id.parse::<u64>().ok().filter(|number| *number > 0 && id.bytes().all(|byte| byte.is_ascii_digit()))?;
            if !ids.iter().any(|known| known == id) {
                ids.push(id.to_owned());
            }
        }
        let is_taken = mentions.roles.len() <= limits::MENTIONED
            && mentions.users.len() <= limits::MENTIONED
            && mentions.text().len() <= limits::MENTIONS_CHARACTERS;
        is_taken.then_some(mentions)
    }

    /// Writes what notifies them, if there is anybody.
    pub(super) fn text(&self) -> String {
        let roles = self.roles.iter().map(|id| format!("<@&{id}>"));
        roles.chain(self.users.iter().map(|id| format!("<@{id}>"))).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn is_empty(&self) -> bool {
        self.roles.is_empty() && self.users.is_empty()
    }
}

/// Discord's rule for which mentions notify: those of the settings, or none. Left out, users named in a text would be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowed<'a>(pub(super) Option<&'a Mentions>);

impl Serialize for Allowed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("parse", &[(); 0])?;
        if let Some(mentions) = self.0 {
            map.serialize_entry("roles", &mentions.roles)?;
            map.serialize_entry("users", &mentions.users)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_discord_and_people_write_them() {
        let mentions = Mentions::parse("role:1, user:2 ,<@&3>,<@4>,<@!5>,6,1,").expect("mentions");
        assert_eq!(mentions.text(), "<@&1> <@&3> <@&6> <@2> <@4> <@5>");
        assert!(Mentions::parse(" , ").is_some_and(|mentions| mentions.is_empty()));
        let json = serde_json::to_string(&Allowed(Some(&mentions))).expect("JSON");
        assert_eq!(json, r#"{"parse":[],"roles":["1","3","6"],"users":["2","4","5"]}"#);
        assert_eq!(serde_json::to_string(&Allowed(None)).expect("JSON"), r#"{"parse":[]}"#);
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for list in ["@everyone", "role:", "user:x", "<@&1", "0", "-1", "+1", "role:99999999999999999999", "1 2"] {
            assert_eq!(Mentions::parse(list), None, "{list}");
        }
        let many = |count: u64| (100..100 + count).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
        assert!(Mentions::parse(&many(100)).is_some());
        assert_eq!(Mentions::parse(&many(101)), None);
    }
}
