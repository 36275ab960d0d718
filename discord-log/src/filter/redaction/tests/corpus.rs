//! Secrets of many kinds in the surroundings in which they are met: none may be left.

use std::collections::BTreeSet;

use super::words::{Draw, base64, in_fours};
use crate::filter::Redaction;

/// A kind, its text, and the part of it that is secret.
pub(super) struct Secret {
    pub(super) kind: &'static str,
    pub(super) text: String,
    pub(super) secret: String,
}

/// Kind, and what goes before and makes the secret part. Prefixes are in two parts, so that no line looks like a secret.
const TOKENS: &[(&str, &str, &str, &str)] = &[
    ("AWS", "AK", "IA", "{up16}"),
    ("AWS, temporary", "AS", "IA", "{up16}"),
    ("Google API", "AI", "za", "{url35}"),
    ("Google OAuth", "ya", "29.", "{url60}"),
    ("Google client", "GOC", "SPX-", "{url28}"),
    ("GitHub", "gh", "p_", "{an36}"),
    ("GitHub OAuth", "gh", "o_", "{an36}"),
    ("GitHub user", "gh", "u_", "{an36}"),
    ("GitHub server", "gh", "s_", "{an36}"),
    ("GitHub refresh", "gh", "r_", "{an76}"),
    ("GitHub, fine-grained", "github", "_pat_", "{an22}_{an59}"),
    ("GitLab", "gl", "pat-", "{url20}"),
    ("GitLab deploy", "gl", "dt-", "{url20}"),
    ("Slack bot", "xo", "xb-", "{dig12}-{dig12}-{an24}"),
    ("Slack user", "xo", "xp-", "{dig12}-{dig12}-{dig12}-{hex32}"),
    ("Slack app", "xa", "pp-", "1-A{up10}-{dig13}-{hex64}"),
    ("Stripe live", "sk_", "live_", "{an24}"),
    ("Stripe test", "sk_", "test_", "{an24}"),
    ("Stripe restricted", "rk_", "live_", "{an24}"),
    ("Stripe publishable", "pk_", "test_", "{an24}"),
    ("Stripe webhook", "wh", "sec_", "{an32}"),
    ("Braintree", "access_", "token$production$", "{hex16}${hex32}"),
    ("Square", "sq", "0atp-", "{url22}"),
    ("Square secret", "sq", "0csp-", "{url43}"),
    ("Square OAuth", "EA", "AA", "{url60}"),
    ("Twilio key", "S", "K", "{hex32}"),
    ("Twilio account", "A", "C", "{hex32}"),
    ("SendGrid", "S", "G.", "{url22}.{url43}"),
    ("Mailgun", "ke", "y-", "{hex32}"),
    ("npm", "np", "m_", "{an36}"),
    ("PyPI", "py", "pi-", "AgEIcHlwaS5vcmc{url70}"),
    ("OpenAI", "s", "k-", "{an48}"),
    ("OpenAI project", "s", "k-proj-", "{an20}9T3BlbkFJ{an20}"),
    ("Anthropic", "s", "k-ant-api03-", "{url90}9AA"),
    ("Hugging Face", "h", "f_", "{an34}"),
    ("Mollie", "li", "ve_", "{an30}"),
    ("Shopify", "sh", "pat_", "{hex32}"),
    ("DigitalOcean", "do", "p_v1_", "{hex64}"),
    ("Vault", "hv", "s.", "{url90}"),
    ("Grafana", "gl", "sa_", "{an32}_{hex8}"),
    ("JWT", "ey", "J", "{an33}.eyJ{an60}.{url43}"),
    ("Discord bot", "M", "T", "{an22}.{url6}.{url38}"),
    ("Discord bot, new", "N", "z", "{an24}.{url6}.{url38}"),
];

/// Whole texts that hold a secret: what is within `«»` is it.
const TEXTS: &[(&str, &str)] = &[
    ("bearer", "Bearer «{an40}»"),
    ("bearer", "bearer «{hex12}9»"),
    ("basic", "Basic «{pair12}»"),
    ("authorization", "Authorization: Bearer «{an12}»"),
    ("authorization", "Authorization: «{low10}»"),
    ("authorization", "authorization: Token «{low12}»"),
    ("authorization", "\"authorization\": \"Basic «{an12}»\""),
    ("proxy authorization", "Proxy-Authorization: Basic «{an16}»"),
    ("cookie", "Cookie: sid=«{an24}»"),
    ("cookie", "Cookie: a=«{an24}»; b=«{an12}»"),
    ("cookie", "Set-Cookie: session=«{an24}»; Path=/; HttpOnly"),
    ("AWS secret", "aws_secret_access_key = «{an40}»"),
    ("AWS secret", "AWS_SECRET_ACCESS_KEY=«{an18}/{an10}+{an10}»"),
    ("AWS signed URL", "https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Signature=«{hex64}»&x=1"),
    ("Google signed URL", "https://storage.googleapis.com/b/k?X-Goog-Signature=«{hex64}»"),
    (
        "Azure account",
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=«{an86}==»;EndpointSuffix=core.windows.net",
    ),
    ("Azure bus", "Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=root;SharedAccessKey=«{an43}=»"),
    ("Azure SAS", "https://a.blob.core.windows.net/c?sv=2022-11-02&sp=r&sig=«{an40}%3D»&se=2024-01-01"),
    ("Slack webhook", "https://hooks.slack.com/services/«T{up8}/B{up8}/{an24}»"),
    ("Discord webhook", "https://discord.com/api/webhooks/{dig18}/«{url68}»"),
    ("Discord webhook", "https://discordapp.com/api/v10/webhooks/{dig18}/«{url68}»?wait=true"),
    ("Telegram", "{dig10}:«AA{url33}»"),
    ("Telegram", "https://api.telegram.org/bot{dig10}:«AA{url33}»/getMe"),
    ("Twilio secret", "TWILIO_AUTH_TOKEN=«{hex32}»"),
    ("URL password", "postgres://app:«{an16}»@db.internal:5432/main"),
    ("URL password", "redis://:«{an16}»@localhost:6379/0"),
    ("URL password", "https://user:«{an8}%40{an4}»@example.com/path?x=1"),
    ("URL password", "amqp://app:«{an6}/{an6}#x»@mq:5672/%2f"),
    ("URL password", "mongodb+srv://app:«{an6}@{an6}»@cluster.example.net/db"),
    ("connection string", "Server=db;Database=main;User Id=sa;Password=«{an10}!x»;Encrypt=true"),
    ("connection string", "host=db user=app password=«{an12}» dbname=main"),
    ("connection string", "host=db user=app password='«{an6} {an6}»' dbname=main"),
    ("by name", "password=«{an12}»"),
    ("by name", "password: «{an12}»"),
    ("by name", "Password : «{low9}»"),
    ("by name", "pwd=«{an4},{an4}»"),
    ("by name", "passwd: '«{an4} {an4}»'"),
    ("by name", "api_key=«{an12}»"),
    ("by name", "apiKey: \"«{an4}\\\"{an4}»\""),
    ("by name", "my api key: «{an12}»"),
    ("by name", "client_secret=«{url30}»&grant_type=x"),
    ("by name", "?access_token=«{url30}»&x=1"),
    ("by name", "{\"user\":\"a\",\"password\":\"«{an12}»\",\"x\":1}"),
    ("by name", "{\"user\":\"a\",\"pin\":«{dig6}»,\"x\":1}"),
    ("by name", "{\\\"user\\\":\\\"a\\\",\\\"password\\\":\\\"«{an12}»\\\"}"),
    ("by name", "{'secret': '«{an12}»', 'x': 1}"),
    ("by name", "Credentials { user: \"bob\", password: \"«{an12}»\" }"),
    ("by name", "Config { password: Some(\"«{an12}»\"), port: 1 }"),
    ("by name", "ApiKey(\"«{an12}»\")"),
    ("by name", "[(\"authorization\", \"«{an12} {an6}»\")]"),
    ("by name", "login --password «{an12}» --user bob"),
    ("by name", "<password>«{an12}»</password>"),
    ("by name", "password=>«{an12}»"),
    ("by name", "user[password]=«{an12}»"),
    ("by name", "next=password%3D«{an12}»%26x"),
    ("by name", "DB_PASSWORD_PROD=«{an12}»"),
    ("by name", "X-CSRF-Token: «{an24}»"),
    ("by name", "session_id=«{an24}»"),
    ("by name", "cvv: «{dig3}»"),
    ("by name", "bsn=«{dig9}»"),
    ("by name", "tokens: 3, token: «{an12}»"),
    ("by name", "secret_key: [«{dig3}, {dig3}, {dig3}»]"),
    ("mail", "«{low6}.{low5}»@example.com"),
    ("mail", "<«j.{low8}+tag»@mail.example.co.uk>"),
    ("mail", "mailto:«{low8}»%40example.com"),
];

fn split(marked: &str) -> (String, Vec<String>) {
    let mut parts = Vec::new();
    let mut rest = marked;
    while let Some((_, after)) = rest.split_once('«') {
        let (part, after) = after.split_once('»').unwrap_or((after, ""));
        parts.push(part.to_owned());
        rest = after;
    }
    (marked.replace(['«', '»'], ""), parts)
}

pub(super) fn secrets() -> Vec<Secret> {
    let mut draw = Draw::new(7);
    let mut found = Vec::new();
    let mut add = |kind: &'static str, text: String, secret: String| found.push(Secret { kind, text, secret });
    for (kind, first, second, template) in TOKENS {
        let text = draw.fill(&[*first, *second, *template].concat());
        add(kind, text.clone(), text);
    }
    for (kind, template) in TEXTS {
        let (text, parts) = split(&draw.fill(template));
        for part in parts {
            add(kind, text.clone(), part);
        }
    }
    for (begin, length) in
        [("4", 16), ("4", 13), ("4", 19), ("51", 16), ("2221", 16), ("2720", 16), ("34", 15), ("37", 15), ("6011", 16)]
    {
        let card = draw.card(begin, length);
        add("card", card.clone(), card);
    }
    for begin in ["4", "55", "2300", "3530", "62", "65", "6759", "5018"] {
        let card = draw.card(begin, 16);
        for separator in [" ", "-"] {
            let grouped = in_fours(&card, separator);
            add("card in groups", grouped.clone(), grouped);
        }
        add("card", card.clone(), card);
    }
    let amex = draw.card("37", 15);
    let amex = format!("{} {} {}", &amex[..4], &amex[4..10], &amex[10..]);
    add("card in groups", amex.clone(), amex);
    for (country, template) in [
        ("NL", "{low4}{dig10}"),
        ("DE", "{dig18}"),
        ("BE", "{dig12}"),
        ("FR", "{dig10}{an11}{dig2}"),
        ("GB", "{low4}{dig14}"),
        ("ES", "{dig20}"),
        ("IT", "{low1}{dig10}{an12}"),
        ("CH", "{dig5}{an12}"),
        ("NO", "{dig11}"),
        ("MT", "{low4}{dig5}{an18}"),
    ] {
        let iban = draw.iban(country, template);
        for text in [iban.clone(), in_fours(&iban, " "), iban.to_lowercase()] {
            add("IBAN", text.clone(), text);
        }
    }
    for label in ["RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"] {
        let body = draw.fill("{an64}\n{an64}\n{an40}==");
        let line = |word: &str| ["-----", word, " ", label, "-----"].concat();
        for end in ["\n", "\\n"] {
            let secret = body.replace('\n', end);
            add("private key", format!("{}{end}{secret}{end}{}", line("BEGIN"), line("END")), secret);
        }
    }
    found
}

/// What may stand around a secret: `§` is its place.
const SURROUNDINGS: &[&str] = &[
    "§",
    "cannot pay with § today",
    "§: refused",
    "(§)",
    "\"§\"",
    "{\"detail\": \"§\", \"code\": 7}",
    "value=§ retries=3",
    "https://example.com/callback?state=§",
    "2024-05-01T12:30:00Z ERROR billing: request failed: §, id=42",
    "X-Detail: §\r\nAccept: */*",
    "Error { detail: \"§\", code: 7 }",
    "first line\n§\nlast line",
    "[§]",
    "€ 5 → § ← ümlaut",
    "tab\t§\tend.",
    "§.",
];

#[test]
fn no_secret_of_any_kind_is_left_in_any_surroundings() {
    let redaction = Redaction::default();
    let secrets = secrets();
    let mut kinds = BTreeSet::new();
    let (mut cases, mut left) = (0, Vec::new());
    for Secret { kind, text, secret } in &secrets {
        kinds.insert(*kind);
        for surroundings in SURROUNDINGS {
            // A quote within quotes would be no longer one text.
            if surroundings.contains("\"§\"") && text.contains('"') {
                continue;
            }
            cases += 1;
            let given = surroundings.replace('§', text);
            let masked = redaction.text(&given, false).unwrap_or_else(|| given.clone());
            if masked.contains(secret.as_str()) || rest_of(secret).is_some_and(|rest| masked.contains(rest)) {
                left.push(format!("{kind}: {given} -> {masked}"));
            }
            let again = redaction.text(&masked, false);
            assert_eq!(again, None, "masking twice is masking once: {given} -> {masked}");
        }
    }
    println!("{cases} cases of {} secrets of {} kinds, {} left", secrets.len(), kinds.len(), left.len());
    assert!(cases >= 1_500 && kinds.len() >= 40);
    assert!(left.is_empty(), "{left:#?}");
}

/// The second half of a secret, which must not be left either.
fn rest_of(secret: &str) -> Option<&str> {
    let half = secret.len() / 2;
    secret.get(half..).filter(|rest| rest.len() >= 6)
}

#[test]
fn a_secret_that_the_end_of_the_text_cuts_is_masked_as_far_as_it_goes() {
    let redaction = Redaction::default();
    let mut draw = Draw::new(11);
    let key = ["-----BEGIN", " RSA PRIVATE KEY-----\n"].concat() + &draw.fill("{an64}\n{an30}");
    let texts = [
        (draw.fill(&["x gh", "p_{an12}"].concat()), 9),
        (draw.fill(&["x ey", "J{an30}"].concat()), 20),
        (draw.fill("Bearer {an5}"), 5),
        (draw.fill(&["https://discord.com/api/web", "hooks/{dig18}/{an12}"].concat()), 9),
        (draw.fill("postgres://app:{an12}"), 0),
        (draw.fill("\"password\": \"{an4} {an4}"), 8),
        (key, 60),
    ];
    for (text, last) in texts {
        let secret = &text[text.len() - last..];
        let masked = redaction.text(&text, true).unwrap_or_default();
        assert!(last == 0 || (!masked.is_empty() && !masked.contains(secret)), "{text} -> {masked}");
    }
    let tail = draw.fill("{an64}\n{an30}==\n-----END") + " RSA PRIVATE KEY-----";
    assert_eq!(redaction.text(&tail, false).as_deref(), Some("[redacted key]"));
    let encoded = base64(b"no secret at all");
    assert_eq!(redaction.text(&encoded, false), None);
}
