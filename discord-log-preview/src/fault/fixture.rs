//! The answers of faults, in the shapes in which they were seen.

use serde_json::{Value, json};

use super::FaultKind;
use crate::refusal::{Refusal, whole_seconds};
use crate::reply::Reply;

const HTML: &str = "text/html; charset=UTF-8";
const TEXT: &str = "text/plain; charset=UTF-8";

/// The answer of a fault that has one; connections and odd bodies are the server's business.
pub(crate) fn reply(kind: &FaultKind, wait: bool) -> Option<Reply> {
    let version = crate::api::Version::NESTED;
    let reply = match kind {
        FaultKind::BadGateway => Reply::empty(502),
        FaultKind::BadSignature => Refusal::Agent.reply(version),
        FaultKind::CloudflareBan { retry_after } => {
            let ban = Reply::raw(429, TEXT, "error code: 1015");
            match retry_after {
                Some(seconds) => ban.with("retry-after", seconds.to_string()),
                None => ban,
            }
        }
        FaultKind::CloudflareHtml => Reply::raw(429, HTML, page("Access denied | Error 1015")),
        FaultKind::CloudflareJson => Reply::json(
            429,
            json!({
                "code": 0,
                "message": "You are being blocked from accessing our API temporarily due to \
                            exceeding our rate limits frequently.",
            }),
        ),
        FaultKind::ChannelLimit { retry_after } => headers(limited(*retry_after, "shared", None), 3, 1.2),
        FaultKind::FlatError => Reply::json(400, json!({"embeds": ["0"]})).via_discord(),
        FaultKind::GatewayTimeout => Reply::raw(504, HTML, page("504 Gateway Time-out")),
        FaultKind::GlobalLimit { retry_after } => {
            limited(*retry_after, "global", None).with("x-ratelimit-global", "true")
        }
        FaultKind::InternalError => Refusal::INTERNAL.reply(version),
        FaultKind::InvalidToken => Refusal::BAD_TOKEN.reply(version),
        FaultKind::MismatchedLimit => mismatched(),
        FaultKind::NetworkBlocked => Refusal::BROWSER.reply(version),
        FaultKind::OldEditLimit { retry_after } => headers(limited(*retry_after, "user", Some(30046)), 4, 1.2),
        FaultKind::Redirect { status, location } => Reply::empty(*status).with("location", location),
        FaultKind::Reply { status, headers, body } => chosen(*status, headers, body),
        FaultKind::SilentLoss if wait => Refusal::INTERNAL.reply(version),
        FaultKind::SilentLoss => Reply::empty(204).via_discord(),
        FaultKind::Unavailable => Reply::raw(503, HTML, page("503 Service Temporarily Unavailable")),
        FaultKind::UnknownWebhook => Refusal::UNKNOWN_WEBHOOK.reply(version),
        FaultKind::UserLimit { retry_after } => headers(limited(*retry_after, "user", None), 0, *retry_after),
        _ => return None,
    };
    Some(reply)
}

fn limited(retry_after: f64, scope: &str, code: Option<u32>) -> Reply {
    let mut body = json!({
        "message": "You are being rate limited.",
        "retry_after": retry_after,
        "global": scope == "global",
    });
    if let (Some(code), Value::Object(body)) = (code, &mut body) {
        body.insert("code".to_owned(), json!(code));
    }
    let delay = std::time::Duration::try_from_secs_f64(retry_after).unwrap_or_default();
    Reply::json(429, body).via_discord().with("retry-after", whole_seconds(delay)).with("x-ratelimit-scope", scope)
}

fn headers(reply: Reply, remaining: u32, reset_after: f64) -> Reply {
    reply
        .with("x-ratelimit-limit", "5")
        .with("x-ratelimit-remaining", remaining.to_string())
        .with("x-ratelimit-reset-after", reset_after.to_string())
        .with("x-ratelimit-bucket", crate::api::Action::Execute.bucket())
}

/// The delay of about 20 minutes stands in the body alone.
fn mismatched() -> Reply {
    Reply::json(
        429,
        json!({
            "message": "The write action you are performing on the channel has hit the write rate limit.",
            "retry_after": 1163.097,
            "global": false,
            "code": 20028,
        }),
    )
    .via_discord()
    .with("retry-after", "1")
}

fn chosen(status: u16, headers: &[(String, String)], body: &str) -> Reply {
    let typed = |(name, _): &&(String, String)| name.eq_ignore_ascii_case("content-type");
    let content_type = headers.iter().find(typed).map_or(TEXT, |(_, value)| value);
    let mut reply = if body.is_empty() { Reply::empty(status) } else { Reply::raw(status, content_type, body) };
    let others = headers.iter().filter(|header| !typed(header));
    reply.headers.extend(others.cloned());
    reply
}

fn page(title: &str) -> String {
    format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         <hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header<'a>(reply: &'a Reply, name: &str) -> Option<&'a str> {
        let found = reply.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str())
    }

    #[test]
    fn the_channel_limit_hides_behind_healthy_headers() {
        let reply = reply(&FaultKind::ChannelLimit { retry_after: 42.7 }, true).unwrap();
        assert_eq!(reply.status, 429);
        assert_eq!(header(&reply, "x-ratelimit-remaining"), Some("3"));
        assert_eq!(header(&reply, "x-ratelimit-reset-after"), Some("1.2"));
        assert_eq!(header(&reply, "x-ratelimit-scope"), Some("shared"));
        assert_eq!(header(&reply, "retry-after"), Some("43"));
    }

    #[test]
    fn cloudflare_never_says_via_and_discord_always() {
        for kind in [
            FaultKind::CloudflareBan { retry_after: None },
            FaultKind::CloudflareHtml,
            FaultKind::CloudflareJson,
            FaultKind::BadSignature,
            FaultKind::NetworkBlocked,
        ] {
            assert_eq!(header(&reply(&kind, true).unwrap(), "via"), None, "{kind:?}");
        }
        for kind in [FaultKind::UserLimit { retry_after: 1.0 }, FaultKind::MismatchedLimit, FaultKind::UnknownWebhook] {
            assert!(header(&reply(&kind, true).unwrap(), "via").is_some(), "{kind:?}");
        }
    }

    #[test]
    fn a_silent_loss_says_nothing_unless_the_client_waits() {
        assert_eq!(reply(&FaultKind::SilentLoss, false).unwrap().status, 204);
        assert_eq!(reply(&FaultKind::SilentLoss, true).unwrap().status, 500);
    }
}
