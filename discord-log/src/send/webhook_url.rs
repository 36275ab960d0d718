//! The address of a webhook, which is a secret: whoever knows it can post.

use std::fmt;
use std::hash::Hasher;

use siphasher::sip128::{Hasher128, SipHasher13};
use url::{Host, Url};

/// Where Discord serves its API; version 10, since an address without a version is served as version 6.
///
/// Source: <https://discord.com/developers/docs/reference#api-versioning>.
pub(crate) const API_BASE: &str = "https://discord.com/api/v10";

/// The hosts whose webhook addresses people copy from Discord; all of them mean the API base.
const DISCORD_HOSTS: [&str; 6] =
    ["discord.com", "www.discord.com", "ptb.discord.com", "canary.discord.com", "discordapp.com", "www.discordapp.com"];

/// The address of a webhook, brought into the one form that is called.
///
/// `Debug` and `Display` show the host and the webhook's id, never its token.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct WebhookUrl {
    base: ApiBase,
    id: Box<str>,
    token: Box<str>,
}

impl WebhookUrl {
    /// Reads an address as people paste it; `api_base` takes the place of Discord's own hosts.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the text, without repeating it.
    pub(crate) fn parse(text: &str, api_base: &ApiBase) -> Result<Self, WebhookUrlError> {
        let url = Url::parse(text.trim()).map_err(|_| WebhookUrlError::NotAUrl)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(WebhookUrlError::Credentials);
        }
        let base = base_for(&url, api_base)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(WebhookUrlError::Query);
        }
        let (_, path) = url.path().split_once("/webhooks/").ok_or(WebhookUrlError::Path)?;
        match path.trim_end_matches('/').split('/').collect::<Vec<_>>().as_slice() {
            [id, token] if is_id(id) && is_token(token) => Ok(Self { base, id: (*id).into(), token: (*token).into() }),
            [_, _, format @ ("slack" | "github")] => {
                Err(WebhookUrlError::ForeignFormat { format: if *format == "slack" { "/slack" } else { "/github" } })
            }
            _ => Err(WebhookUrlError::Path),
        }
    }

    /// Gives the digits that name the webhook; no secret.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn needs_tls(&self) -> bool {
        self.base.0.starts_with("https:")
    }

    /// Gives 32 hexadecimal characters that name the webhook where its address must not be: the same in every process
    /// and release, and no way back to the token, which is far longer.
    pub(crate) fn fingerprint(&self) -> String {
        let mut hasher = SipHasher13::new();
        hasher.write(format!("{}/{}", self.id, self.token).as_bytes());
        format!("{:032x}", hasher.finish128().as_u128())
    }

    /// Gives a key that all processes of a service have, and nobody else.
    pub(crate) fn key(&self) -> [u64; 2] {
        let mut hasher = SipHasher13::new();
        hasher.write(format!("key of {}/{}", self.id, self.token).as_bytes());
        let key = hasher.finish128();
        [key.h1, key.h2]
    }

    /// Gives the address to call. To be handed to the HTTP client alone.
    pub(super) fn reveal(&self) -> String {
        format!("{}/webhooks/{}/{}", self.base.0, self.id, self.token)
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/webhooks/{}/…", self.base, self.id)
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Decides which API answers for the address's host, with version 10 where the address named another or none.
fn base_for(url: &Url, api_base: &ApiBase) -> Result<ApiBase, WebhookUrlError> {
    let host = url.host().ok_or(WebhookUrlError::NotAUrl)?;
    let is_discord = matches!(&host, Host::Domain(name) if DISCORD_HOSTS.contains(name));
    if is_discord && !matches!(url.scheme(), "https" | "http") {
        return Err(WebhookUrlError::Scheme);
    }
    if is_discord || api_base.is_origin_of(url) {
        return Ok(api_base.clone());
    }
    let is_loopback = match &host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    if !is_loopback {
        return Err(WebhookUrlError::Host { host: host.to_string() });
    }
    if !matches!(url.scheme(), "https" | "http") {
        return Err(WebhookUrlError::Scheme);
    }
    let (prefix, _) = url.path().split_once("/webhooks/").ok_or(WebhookUrlError::Path)?;
    let mut base = url.clone();
    base.set_path(&versioned(prefix));
    base.set_query(None);
    base.set_fragment(None);
    Ok(ApiBase(base.as_str().trim_end_matches('/').into()))
}

fn versioned(prefix: &str) -> String {
    match prefix.rsplit_once("/api") {
        Some((before, version)) if version.is_empty() || is_version(version) => format!("{before}/api/v10"),
        _ => prefix.to_owned(),
    }
}

fn is_version(text: &str) -> bool {
    text.strip_prefix("/v").is_some_and(is_id)
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// Where the API is served: Discord, the local Discord, a test server or a proxy.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct ApiBase(Box<str>);

impl ApiBase {
    /// Reads an address such as `http://127.0.0.1:8080/api/v10`; gives nothing for what is no http address, or one
    /// with credentials, a query or a fragment.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text.trim()).ok()?;
        let is_plain = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        is_plain.then(|| Self(url.as_str().trim_end_matches('/').into()))
    }

    fn is_origin_of(&self, url: &Url) -> bool {
        Url::parse(&self.0).is_ok_and(|base| base.origin() == url.origin())
    }
}

impl Default for ApiBase {
    fn default() -> Self {
        Self(API_BASE.into())
    }
}

impl fmt::Display for ApiBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is wrong with the address of a webhook; never repeats the address.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum WebhookUrlError {
    #[error("an address with a user name or password in it")]
    Credentials,
    #[error("an address that ends in `{format}`, which takes another format")]
    ForeignFormat { format: &'static str },
    #[error("an address of the host `{host}`")]
    Host { host: String },
    #[error("text that is no address")]
    NotAUrl,
    #[error("an address whose path is not `/api/webhooks/<digits>/<token>`")]
    Path,
    #[error("an address with `?…` or `#…` at its end")]
    Query,
    #[error("an address that is not `https`")]
    Scheme,
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "s3cret-Token_x";

    fn parse(text: &str) -> Result<String, WebhookUrlError> {
        WebhookUrl::parse(text, &ApiBase::default()).map(|url| url.reveal())
    }

    #[test]
    fn every_address_that_discord_hands_out_means_the_same() {
        for host in DISCORD_HOSTS {
            for version in ["", "/v6", "/v10"] {
                for end in ["", "/", "\n"] {
                    let text = format!(" https://{host}/api{version}/webhooks/123/{TOKEN}{end}");
                    assert_eq!(parse(&text), Ok(format!("{API_BASE}/webhooks/123/{TOKEN}")), "{text}");
                }
            }
        }
    }

    #[test]
    fn a_loopback_address_keeps_its_place_and_gets_the_version() {
        for (given, called) in [
            ("http://127.0.0.1:8080/api/webhooks/1/t", "http://127.0.0.1:8080/api/v10/webhooks/1/t"),
            ("http://localhost:8080/api/v9/webhooks/1/t", "http://localhost:8080/api/v10/webhooks/1/t"),
            ("http://[::1]:80/api/v10/webhooks/1/t", "http://[::1]/api/v10/webhooks/1/t"),
            ("http://127.0.0.1:9/proxy/webhooks/1/t", "http://127.0.0.1:9/proxy/webhooks/1/t"),
        ] {
            assert_eq!(parse(given), Ok(called.to_owned()));
        }
    }

    #[test]
    fn the_api_base_replaces_discord_and_admits_its_own_host() {
        let base = ApiBase::parse("http://proxy.internal:8080/api/v10/").expect("an address");
        for given in ["https://discord.com/api/webhooks/1/t", "http://proxy.internal:8080/api/webhooks/1/t"] {
            let url = WebhookUrl::parse(given, &base).expect("an address");
            assert_eq!(url.reveal(), "http://proxy.internal:8080/api/v10/webhooks/1/t");
        }
    }

    #[test]
    fn what_is_no_webhook_is_refused_with_its_reason() {
        for (given, reason) in [
            ("", WebhookUrlError::NotAUrl),
            ("discord.com/api/webhooks/1/t", WebhookUrlError::NotAUrl),
            ("https://example.com/api/webhooks/1/t", WebhookUrlError::Host { host: "example.com".to_owned() }),
            (
                "https://discord.com.evil.example/api/webhooks/1/t",
                WebhookUrlError::Host { host: "discord.com.evil.example".to_owned() },
            ),
            ("https://u:p@discord.com/api/webhooks/1/t", WebhookUrlError::Credentials),
            ("ftp://discord.com/api/webhooks/1/t", WebhookUrlError::Scheme),
            ("https://discord.com/api/webhooks/1/t/slack", WebhookUrlError::ForeignFormat { format: "/slack" }),
            ("https://discord.com/api/webhooks/1/t?wait=true", WebhookUrlError::Query),
            ("https://discord.com/api/webhooks/one/t", WebhookUrlError::Path),
            ("https://discord.com/api/webhooks/1/t%2F..", WebhookUrlError::Path),
            ("https://discord.com/channels/1/2", WebhookUrlError::Path),
            ("https://discord.com/api/webhooks/1", WebhookUrlError::Path),
        ] {
            assert_eq!(parse(given), Err(reason), "{given}");
        }
    }

    #[test]
    fn the_token_is_never_shown() {
        let url = WebhookUrl::parse(&format!("https://discord.com/api/webhooks/123/{TOKEN}"), &ApiBase::default());
        let url = url.expect("an address");
        let shown = format!("{url} {url:?}");
        assert!(shown.contains("123") && !shown.contains(TOKEN), "{shown}");
    }

    #[test]
    fn a_fingerprint_is_the_same_in_every_release() {
        let fingerprint = |text: &str| WebhookUrl::parse(text, &ApiBase::default()).expect("an address").fingerprint();
        let known = fingerprint("https://discord.com/api/webhooks/123/s3cret-Token_x");
        assert_eq!(known, "ca93b439da862d65b4b92b18c32df872");
        assert_eq!(fingerprint("https://canary.discord.com/api/v9/webhooks/123/s3cret-Token_x/"), known);
        assert_ne!(fingerprint("https://discord.com/api/webhooks/123/s3cret-Token_y"), known);
    }
}
