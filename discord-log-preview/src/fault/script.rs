//! The faults in force: which one strikes a request, and when each is spent.

use std::time::Duration;

use serde::Serialize;

use super::{Fault, FaultKind};

/// Names a fault that was set, to clear it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct FaultId(pub(crate) u64);

/// A fault in force.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ActiveFault {
    /// Its id.
    pub id: FaultId,
    /// How many requests it struck.
    pub strikes: u32,
    /// How many requests it let pass first.
    pub skipped: u32,
    /// What it is.
    #[serde(flatten)]
    pub fault: Fault,
    #[serde(skip)]
    since: Duration,
}

impl ActiveFault {
    fn is_over(&self, now: Duration) -> bool {
        let spent = self.fault.times.is_some_and(|times| self.strikes >= times);
        let late = self.fault.lasts().is_some_and(|lasts| now >= self.since + lasts);
        spent || late
    }
}

/// The fault that struck a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Struck {
    pub(crate) kind: FaultKind,
    pub(crate) carries_out: bool,
}

/// All faults in force, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    set: u64,
    active: Vec<ActiveFault>,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault, now: Duration) -> FaultId {
        self.set += 1;
        let id = FaultId(self.set);
        self.active.push(ActiveFault { id, strikes: 0, skipped: 0, fault, since: now });
        id
    }

    pub(crate) fn clear(&mut self, id: FaultId) -> bool {
        let before = self.active.len();
        self.active.retain(|active| active.id != id);
        self.active.len() < before
    }

    pub(crate) fn clear_all(&mut self) {
        self.active.clear();
    }

    pub(crate) fn list(&mut self, now: Duration) -> Vec<ActiveFault> {
        self.active.retain(|active| !active.is_over(now));
        self.active.clone()
    }

    /// The first fault that strikes this request.
    pub(crate) fn strike(&mut self, channel: Option<&str>, method: &str, now: Duration) -> Option<Struck> {
        self.active.retain(|active| !active.is_over(now));
        for active in &mut self.active {
            let Fault { kind, channel: place, method: only, skip, .. } = &active.fault;
            let elsewhere = place.is_some() && place.as_deref() != channel;
            let other = only.as_deref().is_some_and(|only| only != method);
            if elsewhere || other || *kind == FaultKind::ConnectionRefused {
                continue;
            }
            if active.skipped < *skip {
                active.skipped += 1;
                continue;
            }
            active.strikes += 1;
            return Some(Struck { kind: kind.clone(), carries_out: active.fault.carries_out() });
        }
        None
    }

    /// Whether connecting is refused, and if so until when; `None` in the inner place is until cleared.
    pub(crate) fn refusing(&mut self, now: Duration) -> Option<Option<Duration>> {
        self.active.retain(|active| !active.is_over(now));
        let refusing = self.active.iter().find(|active| active.fault.kind == FaultKind::ConnectionRefused)?;
        Some(refusing.fault.lasts().map(|lasts| refusing.since + lasts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn strikes(faults: &mut Faults, channel: &str, now: u64) -> bool {
        faults.strike(Some(channel), "POST", at(now)).is_some()
    }

    #[test]
    fn a_fault_strikes_its_channel_so_many_times_after_those_it_lets_pass() {
        let mut faults = Faults::default();
        faults.add(Fault::unavailable().in_channel("errors").skip(1).times(2), at(0));
        assert!(!strikes(&mut faults, "finance", 1));
        assert!(!strikes(&mut faults, "errors", 1));
        assert!(strikes(&mut faults, "errors", 1));
        assert!(strikes(&mut faults, "errors", 1));
        assert!(!strikes(&mut faults, "errors", 1));
        assert!(faults.list(at(1)).is_empty());
    }

    #[test]
    fn a_fault_ends_with_its_time_or_when_cleared() {
        let mut faults = Faults::default();
        faults.add(Fault::hang().lasting(at(10)), at(5));
        assert!(strikes(&mut faults, "errors", 14));
        assert!(!strikes(&mut faults, "errors", 15));
        let id = faults.add(Fault::hang(), at(20));
        assert!(strikes(&mut faults, "errors", 9_999));
        assert!(faults.clear(id));
        assert!(!faults.clear(id));
        assert!(!strikes(&mut faults, "errors", 9_999));
    }

    #[test]
    fn a_fault_may_be_for_one_method() {
        let mut faults = Faults::default();
        faults.add(Fault::internal_error().only("patch"), at(0));
        assert!(!strikes(&mut faults, "errors", 1));
        assert!(faults.strike(None, "PATCH", at(1)).is_some());
    }

    #[test]
    fn a_fault_of_a_channel_spares_webhooks_that_do_not_exist() {
        let mut faults = Faults::default();
        faults.add(Fault::internal_error().in_channel("errors"), at(0));
        assert!(faults.strike(None, "POST", at(1)).is_none());
    }

    #[test]
    fn faults_are_read_from_json() {
        let fault: Fault =
            serde_json::from_str(r#"{"kind":"channel_limit","channel":"errors","times":2,"for_seconds":1.5,"skip":1}"#)
                .unwrap();
        let same = Fault::channel_limit(Duration::from_millis(42_700))
            .in_channel("errors")
            .times(2)
            .skip(1)
            .lasting(Duration::from_millis(1_500));
        assert_eq!(fault, same);
    }

    #[test]
    fn every_kind_has_the_name_it_has_in_json() {
        for fault in [
            Fault::unavailable(),
            Fault::bad_gateway(),
            Fault::latency(at(1)),
            Fault::reply(418, &[], ""),
            Fault::cloudflare_ban(None),
            Fault::silent_loss(),
        ] {
            let json = serde_json::to_value(&fault).unwrap();
            assert_eq!(json["kind"], fault.kind().name());
        }
    }

    #[test]
    fn refusing_connections_is_not_a_strike() {
        let mut faults = Faults::default();
        faults.add(Fault::connection_refused().lasting(at(3)), at(1));
        assert!(!strikes(&mut faults, "errors", 2));
        assert_eq!(faults.refusing(at(2)), Some(Some(at(4))));
        assert_eq!(faults.refusing(at(4)), None);
    }
}
