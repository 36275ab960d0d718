//! Where the journal is, and whose.

use std::env;
use std::path::{PathBuf, absolute};

/// Gives the directory that a setting means: none for `memory`, and without a setting the user's place for state.
pub(super) fn directory(setting: Option<&str>) -> Option<PathBuf> {
    match setting {
        Some(place) if place.eq_ignore_ascii_case("memory") => None,
        // The program may change its working directory later.
        Some(place) => Some(absolute(place).unwrap_or_else(|_| PathBuf::from(place))),
        None => state_directory(|name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)),
    }
}

/// Source: <https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#RuntimeDirectory=> and
/// <https://specifications.freedesktop.org/basedir-spec/latest/>.
fn state_directory(variable: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    // A unit may have several, of which the first is the main one.
    let of_the_unit = variable("STATE_DIRECTORY").and_then(|all| env::split_paths(&all).next());
    of_the_unit
        .or_else(|| variable("XDG_STATE_HOME").map(|state| state.join(NAME)))
        .or_else(|| variable("HOME").map(|home| home.join(".local/state").join(NAME)))
        .or_else(|| variable("LOCALAPPDATA").map(|local| local.join(NAME)))
        // A relative path would be another one after a change of the working directory.
        .filter(|dir| dir.is_absolute())
}

/// Names the folder of a service: its name and environment, as far as every file system takes them.
pub(super) fn namespace(service: &str, environment: Option<&str>) -> String {
    let whole = format!("{service}@{}", environment.unwrap_or_default());
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_.@".contains(character);
    let plain: String = whole.chars().map(|c| if is_plain(c) { c } else { '-' }).take(MOST_CHARACTERS).collect();
    // Two names that look alike after this are still two.
    if plain == whole && !plain.starts_with('.') {
        plain
    } else {
        format!("_{plain}-{:08x}", crc32fast::hash(whole.as_bytes()))
    }
}

const NAME: &str = "discord-log";
const MOST_CHARACTERS: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_no_directory_and_a_path_is_one() {
        assert_eq!(directory(Some("Memory")), None);
        assert_eq!(directory(Some("/var/lib/billing")), Some(PathBuf::from("/var/lib/billing")));
        assert!(directory(Some("journal")).is_some_and(|dir| dir.is_absolute() && dir.ends_with("journal")));
    }

    #[test]
    fn the_first_place_for_state_that_is_set_is_taken() {
        let places = [("STATE_DIRECTORY", "/a:/b"), ("XDG_STATE_HOME", "/c"), ("HOME", "/d"), ("LOCALAPPDATA", "/e")];
        let expected = ["/a", "/c/discord-log", "/d/.local/state/discord-log", "/e/discord-log"];
        for (skipped, expected) in expected.into_iter().enumerate() {
            let set = |name: &str| {
                places.iter().skip(skipped).find(|(known, _)| *known == name).map(|(_, dir)| PathBuf::from(dir))
            };
            assert_eq!(state_directory(set), Some(PathBuf::from(expected)));
        }
        assert_eq!(state_directory(|_| None), None);
        assert_eq!(state_directory(|_| Some(PathBuf::from("relative"))), None);
    }

    #[test]
    fn a_namespace_is_a_plain_name_and_no_two_services_share_one() {
        assert_eq!(namespace("billing", Some("production")), "billing@production");
        let odd = ["a/b", "a-b", "a\\b", "../x", "..", "", "a b", "ä", "a/b@c", &"x".repeat(200), &"x".repeat(201)];
        let names: std::collections::BTreeSet<_> = odd.iter().map(|name| namespace(name, None)).collect();
        assert_eq!(names.len(), odd.len());
        assert!(names.iter().all(|name| !name.contains(['/', '\\']) && !name.starts_with('.') && name.len() < 120));
    }
}
