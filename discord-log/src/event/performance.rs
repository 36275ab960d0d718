//! Events about what took longer, or more, than it should; told in the system channel.

use std::time::Duration;

use super::{Event, Kind, Value};

impl Event {
    /// A measured value passed its threshold: which metric, both numbers and their unit.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::performance_warning("queue depth", 1_200, 1_000, "jobs"));
    /// ```
    #[must_use]
    pub fn performance_warning<'v>(
        metric: impl AsRef<str>,
        value: impl Into<Value<'v>>,
        threshold: impl Into<Value<'v>>,
        unit: impl AsRef<str>,
    ) -> Self {
        Self::of(Kind::PerformanceWarning)
            .field("metric", metric.as_ref())
            .field("value", value)
            .field("threshold", threshold)
            .field("unit", unit.as_ref())
    }

    /// A function took longer than its threshold.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::slow_call("export", std::time::Duration::from_secs(3), std::time::Duration::from_secs(2)));
    /// ```
    #[must_use]
    pub fn slow_call(function: impl AsRef<str>, took: Duration, threshold: Duration) -> Self {
        Self::of(Kind::SlowCall).titled(function.as_ref()).field("took", took).field("threshold", threshold)
    }
}
