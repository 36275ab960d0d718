//! Which commit runs: what the settings say, or what the build was told.

/// Gives the short name of a commit: the one that was set, or that of the build.
pub(super) fn of(set: Option<String>) -> Option<String> {
    let built = || OF_THE_BUILD.iter().flatten().map(|name| name.trim()).find(|name| !name.is_empty());
    let name = set.or_else(|| built().map(str::to_owned))?;
    Some(short(name.trim()).to_owned())
}

/// Shortens a digest as `git log --oneline` does, and leaves any other name as it is.
fn short(name: &str) -> &str {
    let is_digest = name.len() >= SHORTEST_DIGEST && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_digest { name.get(..SHORT).unwrap_or(name) } else { name }
}

/// What CI services call the commit that they build, in the order in which they are asked.
///
/// Source: the pages on predefined variables of GitHub, GitLab, Bitbucket, CircleCI, Azure Pipelines, Buildkite,
/// Travis, Woodpecker, AWS CodeBuild, Google Cloud Build and Jenkins.
const OF_THE_BUILD: [Option<&str>; 11] = [
    option_env!("GITHUB_SHA"),
    option_env!("CI_COMMIT_SHA"),
    option_env!("BITBUCKET_COMMIT"),
    option_env!("CIRCLE_SHA1"),
    option_env!("BUILD_SOURCEVERSION"),
    option_env!("BUILDKITE_COMMIT"),
    option_env!("TRAVIS_COMMIT"),
    option_env!("DRONE_COMMIT_SHA"),
    option_env!("CODEBUILD_RESOLVED_SOURCE_VERSION"),
    option_env!("COMMIT_SHA"),
    option_env!("GIT_COMMIT"),
];
/// Digits of a short digest.
const SHORT: usize = 7;
/// Digits from which on a name in hexadecimal digits is a digest: fewer may be a number that somebody chose.
const SHORTEST_DIGEST: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_shortened_and_a_name_is_not() {
        let named = |name: &str| of(Some(name.to_owned()));
        assert_eq!(named("8624a30c9d1be8b3f24de3ba3d3d9a3d1f0a2b4c").as_deref(), Some("8624a30"));
        assert_eq!(named(" 8624a30 ").as_deref(), Some("8624a30"));
        assert_eq!(named("20261124").as_deref(), Some("20261124"));
        assert_eq!(named("release-candidate-of-today").as_deref(), Some("release-candidate-of-today"));
    }

    #[test]
    fn what_is_set_wins_over_what_was_built() {
        assert_eq!(of(Some("ours".to_owned())).as_deref(), Some("ours"));
        let built = OF_THE_BUILD.iter().flatten().next().map(|name| short(name.trim()).to_owned());
        assert_eq!(of(None), built.filter(|name| !name.is_empty()));
    }
}
