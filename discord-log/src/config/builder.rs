//! Collects settings from the environment and from code, and checks them together.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::time::Duration;

use rust_decimal::Decimal;

use super::Config;
use super::environment::{Environment, WEBHOOK_PREFIX};
use super::problem::{ConfigError, Problem};
use super::told_ends::ToldEnds;
use super::{commit, journal, parse, summaries};
use crate::context::{Addresses, TrustedProxies};
use crate::event::{Channel, Currency};
use crate::filter::{self, Redaction, Toggle, Toggles};
use crate::render::{Mentions, SourceUrl};
use crate::send::{ApiBase, WebhookUrl};
use crate::{context, record, reduce, render, send};

/// Collects settings; made by [`Config::builder`] or [`Config::from_env`].
///
/// Setters take what a variable of the same name takes (see `.env.example`) and win over the environment.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use discord_log::{Channel, Config};
///
/// # fn main() -> Result<(), discord_log::ConfigError> {
/// let config = Config::builder()
///     .shared_webhook("https://discord.com/api/webhooks/1/token")
///     .threads(Channel::Errors, true)
///     .heartbeat(Duration::from_secs(300))
///     .build()?;
/// assert!(config.has_webhooks());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
#[must_use = "settings do nothing before `build` and `init_with`"]
pub struct ConfigBuilder {
    /// By the name of the variable, whatever the value came from: one check serves both.
    pub(super) values: BTreeMap<String, String>,
    pub(super) problems: Vec<Problem>,
    pub(super) told_ends: Option<ToldEnds>,
    pub(super) journal_name: Option<String>,
}

impl ConfigBuilder {
    pub(super) fn from_env() -> Self {
        Self::of(Environment::read())
    }

    /// Takes variables from a map instead of the process environment.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Config;
    ///
    /// let error = Config::builder()
    ///     .variables([("DISCORD_RATE_LIMIT", "many"), ("DISCORD_LOG_ERRORS", "perhaps")])
    ///     .build()
    ///     .unwrap_err();
    /// assert_eq!(error.problems().count(), 2);
    /// ```
    pub fn variables<N: Into<String>, V: Into<String>>(mut self, variables: impl IntoIterator<Item = (N, V)>) -> Self {
        let given = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        let Environment { variables, problems } = Environment::of(given);
        self.values.extend(variables);
        self.problems.extend(problems);
        self
    }

    fn of(environment: Environment) -> Self {
        Self { values: environment.variables, problems: environment.problems, ..Self::default() }
    }

    /// Gives a channel its webhook: `DISCORD_WEBHOOK_<CHANNEL>`.
    pub fn webhook(self, channel: Channel, address: impl Into<String>) -> Self {
        let name = format!("{WEBHOOK_PREFIX}{}", channel.name().to_ascii_uppercase());
        self.set(name, address.into())
    }

    /// Gives every channel without a webhook of its own this one: `DISCORD_WEBHOOK_URL`.
    pub fn shared_webhook(self, address: impl Into<String>) -> Self {
        self.set(SHARED_WEBHOOK, address.into())
    }

    /// Turns everything on or off: `DISCORD_LOGGING_ENABLED`, on by default.
    pub fn enabled(self, on: bool) -> Self {
        self.set("DISCORD_LOGGING_ENABLED", on.to_string())
    }

    /// Turns the events of the finance channel on or off: `DISCORD_LOG_FINANCE`, on by default.
    pub fn log_finance(self, on: bool) -> Self {
        self.set("DISCORD_LOG_FINANCE", on.to_string())
    }

    /// Turns the events of the system channel on or off: `DISCORD_LOG_SYSTEM`, on by default.
    pub fn log_system(self, on: bool) -> Self {
        self.set("DISCORD_LOG_SYSTEM", on.to_string())
    }

    /// Turns the events of the errors channel on or off: `DISCORD_LOG_ERRORS`, on by default.
    pub fn log_errors(self, on: bool) -> Self {
        self.set("DISCORD_LOG_ERRORS", on.to_string())
    }

    /// Turns the events of the activity channel on or off: `DISCORD_LOG_ACTIVITY`, on by default.
    pub fn log_activity(self, on: bool) -> Self {
        self.set("DISCORD_LOG_ACTIVITY", on.to_string())
    }

    /// Turns slow calls and performance warnings on or off: `DISCORD_LOG_PERFORMANCE`, on by default.
    pub fn log_performance(self, on: bool) -> Self {
        self.set("DISCORD_LOG_PERFORMANCE", on.to_string())
    }

    /// Turns daily summaries on or off: `DISCORD_LOG_SUMMARIES`, on by default.
    pub fn log_summaries(self, on: bool) -> Self {
        self.set("DISCORD_LOG_SUMMARIES", on.to_string())
    }

    /// Most messages a minute and channel: `DISCORD_RATE_LIMIT`, 1 to 6,000, 28 by default.
    pub fn rate_limit(self, messages: u32) -> Self {
        self.set("DISCORD_RATE_LIMIT", messages.to_string())
    }

    /// Quick attempts before a webhook counts as down and is probed slowly: `DISCORD_RETRY_ATTEMPTS`, 0 to 100, 3 by
    /// default. Never a reason to drop anything.
    pub fn retry_attempts(self, attempts: u32) -> Self {
        self.set("DISCORD_RETRY_ATTEMPTS", attempts.to_string())
    }

    /// First wait before another attempt: `DISCORD_RETRY_DELAY`, 0.01 to 60 seconds, 1 second by default.
    pub fn retry_delay(self, delay: Duration) -> Self {
        self.set("DISCORD_RETRY_DELAY", delay.as_secs_f64().to_string())
    }

    /// Longest a request may take: `DISCORD_TIMEOUT`, 0.1 to 300 seconds, 10 seconds by default.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.set("DISCORD_TIMEOUT", timeout.as_secs_f64().to_string())
    }

    /// Most undelivered messages, of ten events each, that a channel keeps in memory: `DISCORD_QUEUE_SIZE`, 1 to 1,000,000,
    /// 100 by default. What comes on top waits in files; with the journal in memory the least severe and oldest go.
    pub fn queue_size(self, messages: usize) -> Self {
        self.set("DISCORD_QUEUE_SIZE", messages.to_string())
    }

    /// How long a repeat is added to the message that tells of the problem: `DISCORD_GROUP_WINDOW`, 1 second to 55
    /// minutes, 50 minutes by default. Discord slows down edits of messages that are over an hour old.
    pub fn group_window(self, window: Duration) -> Self {
        self.set("DISCORD_GROUP_WINDOW", format!("{}s", window.as_secs_f64()))
    }

    /// Says that a channel is a forum, in which each problem becomes a post: `DISCORD_THREADS_<CHANNEL>`, off by
    /// default.
    pub fn threads(self, channel: Channel, on: bool) -> Self {
        let name = format!("{THREADS_PREFIX}{}", channel.name().to_ascii_uppercase());
        self.set(name, on.to_string())
    }

    /// Where undelivered events are kept until they are delivered: `DISCORD_JOURNAL`, a directory, or `memory` for no
    /// file at all. By default the state directory: `$STATE_DIRECTORY`, `$XDG_STATE_HOME/discord-log`,
    /// `~/.local/state/discord-log` or `%LOCALAPPDATA%\discord-log`, the first that is set.
    pub fn journal(self, place: impl Into<String>) -> Self {
        self.set("DISCORD_JOURNAL", place.into())
    }

    /// Most megabytes of files in the journal: `DISCORD_JOURNAL_MAX_MB`, 1 to 1,000,000, 256 by default. What was
    /// delivered goes first, errors and finance that were not go last.
    pub fn journal_max_mb(self, megabytes: u32) -> Self {
        self.set("DISCORD_JOURNAL_MAX_MB", megabytes.to_string())
    }

    /// Days that the journal keeps anything: `DISCORD_RETENTION_DAYS`, 1 to 3,650, 14 by default.
    pub fn retention_days(self, days: u32) -> Self {
        self.set("DISCORD_RETENTION_DAYS", days.to_string())
    }

    /// Longest that dropping the guard waits: `DISCORD_SHUTDOWN_TIMEOUT`, 0 to 600 seconds, 2 seconds by default.
    pub fn shutdown_timeout(self, timeout: Duration) -> Self {
        self.set("DISCORD_SHUTDOWN_TIMEOUT", timeout.as_secs_f64().to_string())
    }

    /// Names the service: `DISCORD_SERVICE`, the executable's name by default.
    pub fn service(self, name: impl Into<String>) -> Self {
        self.set("DISCORD_SERVICE", name.into())
    }

    /// Names the environment, such as `production`: `DISCORD_ENVIRONMENT`.
    pub fn environment(self, name: impl Into<String>) -> Self {
        self.set("DISCORD_ENVIRONMENT", name.into())
    }

    /// Names the release, such as `1.4.2`: `DISCORD_RELEASE`.
    pub fn release(self, name: impl Into<String>) -> Self {
        self.set("DISCORD_RELEASE", name.into())
    }

    /// Names the commit that runs: `DISCORD_COMMIT`. By default that of the build, where the build was given one of the
    /// variables that CI services set (`GITHUB_SHA`, `CI_COMMIT_SHA` and their like). A digest is shortened to seven
    /// digits; a blank name counts as none.
    ///
    /// Cargo keeps what it built of a dependency, whatever variables say later. Where CI keeps the build directory, the
    /// program itself has to say which commit it is of:
    ///
    /// ```
    /// use discord_log::Config;
    ///
    /// let config = Config::builder().commit(option_env!("GITHUB_SHA").unwrap_or_default()).build();
    /// assert!(config.is_ok());
    /// ```
    pub fn commit(self, name: impl Into<String>) -> Self {
        self.set("DISCORD_COMMIT", name.into())
    }

    /// Tells the system channel when the service starts and stops, and how its last run ended: `DISCORD_LIFECYCLE`, off
    /// by default.
    pub fn lifecycle(self, on: bool) -> Self {
        self.set("DISCORD_LIFECYCLE", on.to_string())
    }

    /// Keeps one message in the system channel that says who is alive and how deliveries go, and edits it in place:
    /// `DISCORD_HEARTBEAT`, the time between two updates, 1 second to 24 hours; a number alone counts minutes. Off by
    /// default.
    ///
    /// The message is silent and is no event: it is not counted, and gives way to everything that is. Some minutes are
    /// plenty; people may pin it.
    pub fn heartbeat(self, every: Duration) -> Self {
        self.set("DISCORD_HEARTBEAT", format!("{}s", every.as_secs_f64()))
    }

    /// When the day before is summarised in the system channel: `DISCORD_SUMMARY_TIME`, such as `09:00`, the default;
    /// `off` sends none by itself. Whose clock it is, [`timezone`](Self::timezone) says. Where clocks skip that time it is sent when they go on, and where they
    /// show it twice, the first time. What could not be sent then is sent at the next start, and says that it is late.
    ///
    /// The figures come from the journal's history, so there are no summaries with the journal in memory.
    pub fn summary_time(self, time: impl Into<String>) -> Self {
        self.set("DISCORD_SUMMARY_TIME", time.into())
    }

    /// Whose days are summarised: `DISCORD_TIMEZONE`, a name of the time zone database such as `Europe/Amsterdam`; `UTC` by
    /// default.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Config;
    ///
    /// assert!(Config::builder().summary_time("07:30").timezone("Europe/Amsterdam").build().is_ok());
    /// assert!(Config::builder().timezone("Amsterdam time").build().is_err());
    /// ```
    pub fn timezone(self, name: impl Into<String>) -> Self {
        self.set("DISCORD_TIMEZONE", name.into())
    }

    /// The currency of amounts that name none: `DISCORD_CURRENCY`, an ISO 4217 code, `EUR` by default.
    pub fn currency(self, code: impl Into<String>) -> Self {
        self.set("DISCORD_CURRENCY", code.into())
    }

    /// Where the source can be read: `DISCORD_SOURCE_URL`, a web address with `{file}` and, as a rule, `{line}`, such as
    /// `https://github.com/acme/billing/blob/main/{file}#L{line}`. Places in the source are linked with it.
    pub fn source_url(self, template: impl Into<String>) -> Self {
        self.set("DISCORD_SOURCE_URL", template.into())
    }

    /// Who is notified of critical events: `DISCORD_MENTION_CRITICAL`, ids of roles and users with commas between them,
    /// such as `role:123, user:456`; a number alone is a role. Nobody by default, and nobody else whatever a text says.
    pub fn mention_critical(self, ids: impl Into<String>) -> Self {
        self.set("DISCORD_MENTION_CRITICAL", ids.into())
    }

    /// Amounts over this raise an alert of their own: `DISCORD_HIGH_VALUE_THRESHOLD`, off by default.
    pub fn high_value_threshold(self, amount: Decimal) -> Self {
        self.set("DISCORD_HIGH_VALUE_THRESHOLD", amount.to_string())
    }

    /// Further fields whose values are masked, beside passwords, tokens and their like: `DISCORD_REDACT`. Names are compared
    /// by whole words, in any case: `customer_name` is also `customerName` and `first-customer-name`.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Config;
    ///
    /// assert!(Config::builder().redact(["customer_name", "phone"]).build().is_ok());
    /// assert!(Config::builder().redact(["phone=secret"]).build().is_err());
    /// ```
    pub fn redact<N: AsRef<str>>(self, names: impl IntoIterator<Item = N>) -> Self {
        let names: Vec<_> = names.into_iter().map(|name| name.as_ref().to_owned()).collect();
        self.set("DISCORD_REDACT", names.join(","))
    }

    /// How much of a client's address is told: `DISCORD_LOG_IP`, `masked` (its network, /24 or /48), `full` or `off`;
    /// `masked` by default.
    pub fn log_ip(self, how: impl Into<String>) -> Self {
        self.set("DISCORD_LOG_IP", how.into())
    }

    /// Whose `Forwarded` and `X-Forwarded-For` count: `DISCORD_TRUSTED_PROXIES`, addresses and networks with commas between
    /// them, such as `10.0.0.0/8, 2001:db8::1`; `private` stands for loopback and private networks. Nobody's by default.
    pub fn trusted_proxies(self, networks: impl Into<String>) -> Self {
        self.set("DISCORD_TRUSTED_PROXIES", networks.into())
    }

    /// How many of the events before an error go with its report: `DISCORD_BREADCRUMBS`, 0 to 100, 30 by default. They
    /// are of the same request, job or task: of one [context](crate::context).
    pub fn breadcrumbs(self, events: usize) -> Self {
        self.set("DISCORD_BREADCRUMBS", events.to_string())
    }

    /// Where Discord's API is served: `DISCORD_API_BASE`; for a proxy, a test server or the local Discord.
    pub fn api_base(self, address: impl Into<String>) -> Self {
        self.set(API_BASE_VARIABLE, address.into())
    }

    /// Checks everything and composes the settings.
    ///
    /// # Errors
    ///
    /// Lists every setting that is wrong, with its variable, what was found (never a token) and what is accepted.
    pub fn build(self) -> Result<Config, ConfigError> {
        let mut check = Check { environment: Environment { variables: self.values, problems: self.problems } };
        let (webhooks, shared_webhook) = check.webhooks();
        let service = check.text("DISCORD_SERVICE").unwrap_or_else(parse::executable_name);
        let environment = check.text("DISCORD_ENVIRONMENT");
        let mut config = Config {
            enabled: check.switch("DISCORD_LOGGING_ENABLED"),
            told_ends: self.told_ends,
            lifecycle: check.is_on("DISCORD_LIFECYCLE"),
            heartbeat: check.heartbeat(),
            summaries: summaries::read(&mut check),
            webhooks,
            shutdown_timeout: check.seconds("DISCORD_SHUTDOWN_TIMEOUT", 0.0..=600.0, "seconds from 0 to 600", 2.0),
            context: check.context(),
            filter: filter::Settings {
                toggles: check.toggles(),
                high_value_threshold: check.threshold(),
                redaction: check.redaction(),
            },
            record: check.record(self.journal_name.as_deref().unwrap_or(&service), environment.as_deref()),
            reduce: reduce::Settings { window: check.window(), rate_limit: 0, release: None },
            forums: check.forums(),
            render: check.render(service, environment),
            send: check.send(shared_webhook),
        };
        let session_key = config.all_webhooks().next().map(WebhookUrl::key);
        config.context.session_key = session_key;
        config.reduce.rate_limit = config.send.rate_limit;
        config.reduce.release.clone_from(&config.render.release);
        if check.environment.problems.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError::of(check.environment.problems))
        }
    }

    fn set(mut self, name: impl Into<String>, value: String) -> Self {
        self.values.insert(name.into(), value);
        self
    }
}

/// Shows which variables are set; some of their values are secrets.
impl std::fmt::Debug for ConfigBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfigBuilder").field("set", &self.values.keys()).finish_non_exhaustive()
    }
}

/// Takes variables out one by one, and notes what is wrong with them.
pub(super) struct Check {
    environment: Environment,
}

impl Check {
    fn webhooks(&mut self) -> (BTreeMap<Channel, WebhookUrl>, Option<WebhookUrl>) {
        let base = self
            .read(API_BASE_VARIABLE, "an address such as `https://discord.com/api/v10`", ApiBase::parse)
            .unwrap_or_default();
        let shared = self.webhook(SHARED_WEBHOOK, &base);
        let names: Vec<_> =
            self.environment.variables.keys().filter(|name| name.starts_with(WEBHOOK_PREFIX)).cloned().collect();
        let mut webhooks = BTreeMap::new();
        for name in names {
            let channel = Channel::named(name.trim_start_matches(WEBHOOK_PREFIX));
            if let Some(webhook) = self.webhook(&name, &base) {
                webhooks.insert(channel, webhook);
            }
        }
        (webhooks, shared)
    }

    fn render(&mut self, service: String, environment: Option<String>) -> render::Settings {
        render::Settings {
            service,
            environment,
            release: self.text("DISCORD_RELEASE"),
            commit: commit::of(self.text("DISCORD_COMMIT")),
            host: gethostname::gethostname().into_string().ok(),
            currency: self.currency(),
            source_url: self.source_url(),
            mentions: self.mentions(),
        }
    }

    fn send(&mut self, shared_webhook: Option<WebhookUrl>) -> send::Settings {
        let defaults = send::Settings::default();
        let (messages, attempts) = ("a whole number from 1 to 6,000", "a whole number from 0 to 100");
        send::Settings {
            shared_webhook,
            rate_limit: self.number("DISCORD_RATE_LIMIT", 1..=6_000, messages, defaults.rate_limit),
            retry_attempts: self.number("DISCORD_RETRY_ATTEMPTS", 0..=100, attempts, defaults.retry_attempts),
            retry_delay: self.seconds("DISCORD_RETRY_DELAY", 0.01..=60.0, "seconds from 0.01 to 60", 1.0),
            timeout: self.seconds("DISCORD_TIMEOUT", 0.1..=300.0, "seconds from 0.1 to 300", 10.0),
        }
    }

    fn webhook(&mut self, name: &str, base: &ApiBase) -> Option<WebhookUrl> {
        let value = self.environment.take(name)?;
        match WebhookUrl::parse(&value, base) {
            Ok(webhook) => Some(webhook),
            Err(error) => {
                self.environment.problems.push(Problem::with_finding(name, error, WEBHOOK_ACCEPTED));
                None
            }
        }
    }

    fn window(&mut self) -> Duration {
        let range = LEAST_WINDOW..=MOST_WINDOW;
        let read = |value: &str| parse::duration(value).filter(|window| range.contains(window));
        self.read("DISCORD_GROUP_WINDOW", "a time from `1s` to `55m`, such as `50m`", read).unwrap_or(DEFAULT_WINDOW)
    }

    /// Minutes, unless a unit says otherwise.
    fn heartbeat(&mut self) -> Option<Duration> {
        let read = |value: &str| {
            let minutes = value.trim().parse::<f64>().is_ok().then(|| format!("{value}m"));
            parse::duration(minutes.as_deref().unwrap_or(value))
                .filter(|every| (LEAST_HEARTBEAT..=MOST_HEARTBEAT).contains(every))
        };
        self.read("DISCORD_HEARTBEAT", "minutes from 1 to 1,440, or a time from `1s` to `24h`", read)
    }

    fn forums(&mut self) -> BTreeSet<Channel> {
        let names = self.environment.variables.keys().filter(|name| name.starts_with(THREADS_PREFIX));
        let names: Vec<_> = names.cloned().collect();
        let on: Vec<_> = names.into_iter().filter(|name| self.is_on(name)).collect();
        on.iter().map(|name| Channel::named(name.trim_start_matches(THREADS_PREFIX))).collect()
    }

    fn record(&mut self, service: &str, environment: Option<&str>) -> record::Settings {
        let place = self.text("DISCORD_JOURNAL");
        let megabytes: u64 =
            self.number("DISCORD_JOURNAL_MAX_MB", 1..=1_000_000, "a whole number from 1 to 1,000,000", 256);
        let days: u64 = self.number("DISCORD_RETENTION_DAYS", 1..=3_650, "a whole number from 1 to 3,650", 14);
        record::Settings {
            queue_size: self.number("DISCORD_QUEUE_SIZE", 1..=1_000_000, "a whole number from 1 to 1,000,000", 100),
            dir: journal::directory(place.as_deref()),
            namespace: journal::namespace(service, environment),
            most_bytes: megabytes * 1_000_000,
            retention: Duration::from_secs(days * 24 * 60 * 60),
        }
    }

    fn toggles(&mut self) -> Toggles {
        [
            ("DISCORD_LOG_FINANCE", Toggle::Finance),
            ("DISCORD_LOG_SYSTEM", Toggle::System),
            ("DISCORD_LOG_ERRORS", Toggle::Errors),
            ("DISCORD_LOG_ACTIVITY", Toggle::Activity),
            ("DISCORD_LOG_PERFORMANCE", Toggle::Performance),
            ("DISCORD_LOG_SUMMARIES", Toggle::Summaries),
        ]
        .into_iter()
        .fold(Toggles::NONE, |toggles, (name, toggle)| toggles.with(toggle, self.switch(name)))
    }

    /// Reads a switch that is on by default.
    fn switch(&mut self, name: &str) -> bool {
        self.read(name, parse::SWITCH, parse::switch).unwrap_or(true)
    }

    /// Reads a switch that is off by default.
    fn is_on(&mut self, name: &str) -> bool {
        self.read(name, parse::SWITCH, parse::switch).unwrap_or(false)
    }

    fn seconds(
        &mut self,
        name: &str,
        range: std::ops::RangeInclusive<f64>,
        accepted: &'static str,
        default: f64,
    ) -> Duration {
        Duration::from_secs_f64(self.number(name, range, accepted, default))
    }

    fn number<T: FromStr + PartialOrd>(
        &mut self,
        name: &str,
        range: std::ops::RangeInclusive<T>,
        accepted: &'static str,
        default: T,
    ) -> T {
        self.read(name, accepted, |value| value.parse().ok().filter(|number| range.contains(number))).unwrap_or(default)
    }

    fn threshold(&mut self) -> Option<Decimal> {
        let positive = |value: &str| value.parse::<Decimal>().ok().filter(|amount| amount.is_sign_positive());
        self.read("DISCORD_HIGH_VALUE_THRESHOLD", "an amount such as `10000` or `2500.50`", positive)
    }

    fn redaction(&mut self) -> Redaction {
        self.read(
            "DISCORD_REDACT",
            "names of fields with commas between, such as `customer_name,phone`",
            Redaction::parse,
        )
        .unwrap_or_default()
    }

    fn context(&mut self) -> context::Settings {
        let networks = "addresses and networks with commas between, such as `10.0.0.0/8, 2001:db8::1`, or `private`";
        context::Settings {
            addresses: self.read("DISCORD_LOG_IP", "`masked`, `full` or `off`", Addresses::parse).unwrap_or_default(),
            breadcrumbs: self.number("DISCORD_BREADCRUMBS", 0..=100, "a whole number from 0 to 100", 30),
            trusted_proxies: self.read("DISCORD_TRUSTED_PROXIES", networks, TrustedProxies::parse).unwrap_or_default(),
            session_key: None,
        }
    }

    fn currency(&mut self) -> Currency {
        self.read("DISCORD_CURRENCY", "a code of three letters such as `EUR`", Currency::from_code)
            .unwrap_or(Currency::EUR)
    }

    fn source_url(&mut self) -> Option<SourceUrl> {
        let accepted = "a web address with `{file}` and, as a rule, `{line}`, such as \
                        `https://github.com/acme/billing/blob/main/{file}#L{line}`";
        self.read("DISCORD_SOURCE_URL", accepted, SourceUrl::parse)
    }

    fn mentions(&mut self) -> Mentions {
        let accepted = "ids with commas between them, `role:123` or `user:123`; at most 100 of each, 1,700 characters \
                        as mentions";
        self.read("DISCORD_MENTION_CRITICAL", accepted, Mentions::parse).unwrap_or_default()
    }

    fn text(&mut self, name: &str) -> Option<String> {
        self.environment.take(name).filter(|value| !value.trim().is_empty())
    }

    pub(super) fn read<T>(
        &mut self,
        name: &str,
        accepted: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.environment.take(name)?;
        let parsed = parse(&value);
        if parsed.is_none() {
            self.environment.problems.push(Problem::with_value(name, &value, accepted));
        }
        parsed
    }
}

const THREADS_PREFIX: &str = "DISCORD_THREADS_";

/// A message is rolled over before it is an hour old: from then on its edits are slowed down.
///
/// Source: error 30046, <https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>.
const MOST_WINDOW: Duration = Duration::from_secs(55 * 60);
const LEAST_WINDOW: Duration = Duration::from_secs(1);
const DEFAULT_WINDOW: Duration = Duration::from_secs(50 * 60);
/// A shorter one would spend the channel's budget on news that nobody reads that often.
const LEAST_HEARTBEAT: Duration = Duration::from_secs(1);
const MOST_HEARTBEAT: Duration = Duration::from_secs(24 * 60 * 60);
const SHARED_WEBHOOK: &str = "DISCORD_WEBHOOK_URL";
const API_BASE_VARIABLE: &str = "DISCORD_API_BASE";
const WEBHOOK_ACCEPTED: &str = "`https://discord.com/api/webhooks/<digits>/<token>` as Discord shows it, or a loopback \
                                address, or one of the host of DISCORD_API_BASE";

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "s3cret-Token_of-a-webhook";

    #[test]
    fn every_spelling_of_a_switch_is_read() {
        for (values, meaning) in [
            (["True", "true", "TRUE", "1", "yes", "YES", "on", "On", " true "], true),
            (["False", "false", "FALSE", "0", "no", "No", "off", "OFF", "off\n"], false),
        ] {
            for value in values {
                let config = Config::builder().variables([("DISCORD_LOG_FINANCE", value)]).build().expect(value);
                assert_eq!(config.filter.toggles.has(Toggle::Finance), meaning, "{value:?}");
            }
        }
    }

    #[test]
    fn defaults_are_those_of_the_first_version() {
        let config = Config::builder().build().expect("defaults");
        assert!(config.enabled && config.webhooks.is_empty());
        assert_eq!(config.filter.toggles, Toggles::ALL);
        assert_eq!(config.send.rate_limit, 28);
        assert_eq!(config.send.retry_attempts, 3);
        assert_eq!(config.send.retry_delay, Duration::from_secs(1));
        assert_eq!(config.send.timeout, Duration::from_secs(10));
        assert_eq!(config.record.queue_size, 100);
        assert_eq!(config.shutdown_timeout, Duration::from_secs(2));
    }

    #[test]
    fn all_mistakes_are_told_at_once_and_no_token_with_them() {
        let elsewhere = format!("https://example.com/api/webhooks/1/{TOKEN}");
        let misplaced = format!("https://discord.com/api/webhooks/1/{TOKEN}");
        let error = Config::builder()
            .variables([
                ("DISCORD_LOGGING_ENABLED", "maybe"),
                ("DISCORD_RATE_LIMIT", "0"),
                ("DISCORD_RETRY_ATTEMPTS", "-1"),
                ("DISCORD_RETRY_DELAY", "NaN"),
                ("DISCORD_TIMEOUT", &misplaced),
                ("DISCORD_QUEUE_SIZE", "1.5"),
                ("DISCORD_SHUTDOWN_TIMEOUT", "inf"),
                ("DISCORD_WEBHOOK_FINANCE", &elsewhere),
                ("DISCORD_WEBHOOK_DEPLOYS", TOKEN),
                ("DISCORD_WEBHOOK_ERRORS_FILE", "/nowhere/at/all"),
                ("DISCORD_CURRENCY", "euro"),
                ("DISCORD_HIGH_VALUE_THRESHOLD", "much"),
                ("DISCORD_API_BASE", "discord"),
                ("DISCORD_MENTION_CRITICAL", "@everyone"),
                ("DISCORD_REDACT", "phone, name=x"),
                ("DISCORD_SOURCE_URL", "https://example.com/src"),
                ("DISCORD_LOG_IP", "half"),
                ("DISCORD_TRUSTED_PROXIES", "10.0.0.0/33"),
                ("DISCORD_BREADCRUMBS", "many"),
                ("DISCORD_LIFECYCLE", "sometimes"),
                ("DISCORD_HEARTBEAT", "1441"),
                ("DISCORD_SUMMARY_TIME", "24:00"),
                ("DISCORD_TIMEZONE", "Amsterdam"),
            ])
            .build()
            .expect_err("twenty-three mistakes");
        let mut wrong: Vec<_> = error.problems().map(Problem::variable).collect();
        wrong.sort_unstable();
        assert_eq!(
            wrong,
            [
                "DISCORD_API_BASE",
                "DISCORD_BREADCRUMBS",
                "DISCORD_CURRENCY",
                "DISCORD_HEARTBEAT",
                "DISCORD_HIGH_VALUE_THRESHOLD",
                "DISCORD_LIFECYCLE",
                "DISCORD_LOGGING_ENABLED",
                "DISCORD_LOG_IP",
                "DISCORD_MENTION_CRITICAL",
                "DISCORD_QUEUE_SIZE",
                "DISCORD_RATE_LIMIT",
                "DISCORD_REDACT",
                "DISCORD_RETRY_ATTEMPTS",
                "DISCORD_RETRY_DELAY",
                "DISCORD_SHUTDOWN_TIMEOUT",
                "DISCORD_SOURCE_URL",
                "DISCORD_SUMMARY_TIME",
                "DISCORD_TIMEOUT",
                "DISCORD_TIMEZONE",
                "DISCORD_TRUSTED_PROXIES",
                "DISCORD_WEBHOOK_DEPLOYS",
                "DISCORD_WEBHOOK_ERRORS_FILE",
                "DISCORD_WEBHOOK_FINANCE",
            ]
        );
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(TOKEN), "{shown}");
        assert!(shown.contains("`maybe`") && shown.contains("example.com"), "{shown}");
    }

    #[test]
    fn a_heartbeat_counts_minutes_unless_it_says_otherwise() {
        let every = |value: &str| {
            let config = Config::builder().variables([("DISCORD_HEARTBEAT", value)]).build();
            config.map(|config| config.heartbeat)
        };
        for (value, seconds) in [("5", 300), ("0.5", 30), ("1440", 86_400), ("90s", 90), ("2h", 7_200)] {
            assert_eq!(every(value).expect(value), Some(Duration::from_secs(seconds)), "{value}");
        }
        assert_eq!(every("").expect("unset"), None);
        for value in ["0", "-1", "1441", "25h", "0.5s", "often", "NaN"] {
            assert!(every(value).is_err(), "{value}");
        }
        let config = Config::builder().heartbeat(Duration::from_millis(1_500)).build().expect("settings");
        assert_eq!(config.heartbeat, Some(Duration::from_millis(1_500)));
    }

    #[test]
    fn code_wins_over_variables() {
        let config = Config::builder()
            .variables([("DISCORD_RATE_LIMIT", "5"), ("DISCORD_SERVICE", "from-env")])
            .rate_limit(7)
            .build()
            .expect("settings");
        assert_eq!((config.send.rate_limit, config.render.service.as_str()), (7, "from-env"));
    }

    #[test]
    fn every_channel_finds_its_webhook() {
        let config = Config::builder()
            .variables([
                ("DISCORD_WEBHOOK_FINANCE", "https://discord.com/api/webhooks/1/t"),
                ("DISCORD_WEBHOOK_DEPLOYS", "https://discord.com/api/webhooks/2/t"),
                ("DISCORD_WEBHOOK_URL", "https://discord.com/api/webhooks/3/t"),
            ])
            .build()
            .expect("settings");
        let id = |channel| config.webhook(channel).map(WebhookUrl::id);
        assert_eq!(id(Channel::Finance), Some("1"));
        assert_eq!(id(Channel::named("deploys")), Some("2"));
        assert_eq!(id(Channel::Errors), Some("3"));
    }

    #[test]
    fn nothing_shows_a_token() {
        let builder = Config::builder()
            .webhook(Channel::Finance, format!("https://discord.com/api/webhooks/1/{TOKEN}"))
            .shared_webhook(format!("https://discord.com/api/webhooks/2/{TOKEN}"));
        let shown = format!("{builder:?} {:?}", builder.clone().build().expect("settings"));
        assert!(!shown.contains(TOKEN), "{shown}");
    }

    #[test]
    fn a_blank_variable_is_an_unset_one() {
        let config = Config::builder().variables([("DISCORD_WEBHOOK_FINANCE", ""), ("DISCORD_TIMEOUT", " ")]).build();
        assert!(config.is_ok_and(|config| config.webhooks.is_empty()));
    }

    #[test]
    fn a_webhook_may_lie_in_a_file() {
        let path = std::env::temp_dir().join(format!("webhook-of-a-test-{}", std::process::id()));
        std::fs::write(&path, "\u{feff}https://discord.com/api/webhooks/77/t\r\n").expect("a file");
        let variable = ("DISCORD_WEBHOOK_FINANCE_FILE", path.to_string_lossy().into_owned());
        let config = Config::builder().variables([variable]).build();
        std::fs::remove_file(&path).expect("removed");
        assert_eq!(config.expect("settings").webhook(Channel::Finance).map(WebhookUrl::id), Some("77"));
    }
}
