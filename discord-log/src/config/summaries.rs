//! When the day is summarised, and whose day it is.

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::Config;
use super::builder::Check;
use crate::filter::Toggle;
use crate::summary::Settings;

pub(super) fn read(check: &mut Check) -> Settings {
    let time = check.read("DISCORD_SUMMARY_TIME", "a time from `00:00` to `23:59`, or `off`", |time| {
        let time = time.trim();
        if time.eq_ignore_ascii_case("off") { Some(None) } else { Time::strptime("%H:%M", time).ok().map(Some) }
    });
    let accepted = "a name of the time zone database, such as `Europe/Amsterdam` or `UTC`";
    let zone = check.read("DISCORD_TIMEZONE", accepted, |name| TimeZone::get(name.trim()).ok());
    Settings { time: time.unwrap_or(Some(MORNING)), zone: zone.unwrap_or(TimeZone::UTC) }
}

impl Config {
    /// Says when the day is summarised, if summaries are not switched off.
    pub(crate) fn daily(&self) -> Settings {
        let Settings { time, zone } = self.summaries.clone();
        Settings { time: time.filter(|_| self.filter.toggles.has(Toggle::Summaries)), zone }
    }
}

/// Early enough to begin a day with, and late enough to be awake.
const MORNING: Time = Time::constant(9, 0, 0, 0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_have_a_time_and_a_zone_unless_they_are_off() {
        let summaries = |variables: &[(&str, &str)]| {
            let config = Config::builder().variables(variables.iter().copied()).build().expect("settings");
            let Settings { time, zone } = config.daily();
            (time.map(|time| time.strftime("%H:%M").to_string()), zone.iana_name().unwrap_or_default().to_owned())
        };
        let at = |time: &str, zone: &str| (Some(time.to_owned()), zone.to_owned());
        assert_eq!(summaries(&[]), at("09:00", "UTC"));
        let amsterdam = [("DISCORD_SUMMARY_TIME", "7:30"), ("DISCORD_TIMEZONE", "europe/amsterdam")];
        assert_eq!(summaries(&amsterdam), at("07:30", "Europe/Amsterdam"));
        assert_eq!(summaries(&[("DISCORD_SUMMARY_TIME", "Off")]).0, None);
        assert_eq!(summaries(&[("DISCORD_LOG_SUMMARIES", "no")]).0, None);
    }
}
