//! The problems of a service: those that its processes tell of, and those that are over.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;

use crate::event::Severity;
use crate::record::outside::Site;
use crate::reduce::{self, Fingerprint};
use crate::render;

/// One problem: what failed alike, again and again.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Problem {
    /// Names it, in 16 hexadecimal digits.
    pub fingerprint: String,
    /// A message tells of it that still changes; else nothing was seen of it for `DISCORD_GROUP_WINDOW`.
    pub is_open: bool,
    /// When it was seen last.
    pub last_seen: Timestamp,
    /// When it was seen first, while it is open.
    pub first_seen: Option<Timestamp>,
    /// How often it occurred, while it is open.
    pub count: Option<u64>,
    /// The worst that was seen of it, while it is open.
    pub severity: Option<Severity>,
    /// What happened, in one line, while it is open.
    pub headline: Option<String>,
    /// Where its message is.
    pub address: Option<String>,
    /// In which release it was seen last, once it is over.
    pub release: Option<String>,
}

pub(super) fn problems(site: &Site, service: &str) -> io::Result<Vec<Problem>> {
    let mut problems: BTreeMap<Fingerprint, Problem> = BTreeMap::new();
    for over in reduce::over(&site.noted_problems()) {
        problems.insert(
            over.problem,
            Problem {
                fingerprint: over.problem.to_string(),
                is_open: false,
                last_seen: over.at,
                first_seen: None,
                count: None,
                severity: None,
                headline: None,
                address: over.address,
                release: over.release,
            },
        );
    }
    for state in site.open_messages()? {
        for open in reduce::open(&state) {
            let problem = Problem {
                fingerprint: open.group.fingerprint().to_string(),
                is_open: !open.group.is_over(),
                last_seen: open.group.last_seen(),
                first_seen: Some(open.group.first_seen()),
                count: Some(open.group.count()),
                severity: Some(open.group.severity()),
                headline: Some(render::headline(service, &open.event)),
                address: open.address,
                release: None,
            };
            let known = problems.get(&open.group.fingerprint());
            // Of two processes that tell of it, the one that saw it last.
            if known.is_none_or(|known| (known.is_open, known.last_seen) <= (problem.is_open, problem.last_seen)) {
                problems.insert(open.group.fingerprint(), problem);
            }
        }
    }
    let mut problems: Vec<_> = problems.into_values().collect();
    problems.sort_by_key(|problem| Reverse(problem.last_seen));
    Ok(problems)
}
