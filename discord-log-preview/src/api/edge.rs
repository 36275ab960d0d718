//! What stands before Discord: Cloudflare looks at the client's agent before any webhook is looked up.

use super::call::Call;
use crate::refusal::Refusal;

/// Agents that are refused: libraries' defaults which Cloudflare is known to turn away. Others, such as
/// `python-requests/2.32` or `curl/8.5`, are let through although Discord asks for more.
const REFUSED_AGENTS: [&str; 1] = ["python-urllib/"];

/// Refuses a client without an agent, with a refused one, or with credentials that no webhook call carries.
pub(crate) fn look_at_client(call: &Call) -> Result<(), Refusal> {
    let agent = call.user_agent.as_deref().unwrap_or_default().trim();
    let lower = agent.to_ascii_lowercase();
    if lower.is_empty() || REFUSED_AGENTS.iter().any(|known| lower.starts_with(known)) {
        return Err(Refusal::Agent);
    }
    match &call.authorization {
        Some(_) if lower.starts_with("mozilla/") => Err(Refusal::BROWSER),
        Some(_) => Err(Refusal::AUTHORIZATION),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Place, Version};

    fn look(agent: Option<&str>, authorization: Option<&str>) -> Result<(), Refusal> {
        look_at_client(&Call {
            method: "POST".to_owned(),
            place: Place::Webhook,
            version: Ok(Version::default()),
            webhook_id: "1".to_owned(),
            token: "t".to_owned(),
            query: String::new(),
            user_agent: agent.map(str::to_owned),
            content_type: None,
            authorization: authorization.map(str::to_owned),
            has_referer: false,
        })
    }

    #[test]
    fn missing_and_stock_agents_are_refused() {
        for refused in [None, Some(""), Some("  "), Some("Python-urllib/3.12")] {
            assert_eq!(look(refused, None), Err(Refusal::Agent), "{refused:?}");
        }
    }

    #[test]
    fn explicit_agents_pass_whatever_they_say() {
        for agent in [
            "DiscordBot (https://example.org, 1.0)",
            "DiscordBot (private use) Python-urllib/3.8",
            "python-requests/2.32.3",
            "curl/8.5.0",
        ] {
            assert_eq!(look(Some(agent), None), Ok(()), "{agent}");
        }
    }

    #[test]
    fn an_authorization_header_is_not_for_webhooks() {
        assert_eq!(look(Some("curl/8.5.0"), Some("Bot x")), Err(Refusal::AUTHORIZATION));
        assert_eq!(look(Some("Mozilla/5.0 (X11)"), Some("Bot x")), Err(Refusal::BROWSER));
    }
}
