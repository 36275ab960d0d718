//! Tokens that say by their first letters whose they are.

use super::text::{Span, TOKEN, Text, is_token};

/// How a kind of token looks.
struct Rule {
    prefix: &'static str,
    /// What its other bytes are.
    body: Body,
    /// How many there are at the least.
    least: usize,
    /// No more may follow than so many, or it is something else.
    most: usize,
}

#[derive(Clone, Copy)]
enum Body {
    /// Letters and digits.
    Alphanumeric,
    /// Lower-case hexadecimal digits.
    Hex,
    /// Letters and digits, at least one of them a digit, and `_` and `-`.
    Mixed,
    /// Anything that stands in tokens: letters, digits, `_`, `-`, `.`, `$`, `/`, `+` and `=`.
    Open,
    /// Letters, digits, `_` and `-`.
    Token,
    /// Upper-case letters and digits.
    Upper,
}

/// Gives the token that begins at a place where a word may begin.
pub(super) fn find(text: &Text<'_>, start: usize) -> Option<Span> {
    let first = text.at(start);
    let rules = RULES.iter().filter(|rule| rule.prefix.as_bytes().first() == Some(&first));
    rules.filter(|rule| text.starts(start, rule.prefix)).find_map(|rule| rule.span(text, start))
}

/// Gives for a first byte the second ones that some rule has, by their lower five bits.
pub(super) const fn seconds() -> [u32; 256] {
    let mut seconds = [0; 256];
    let mut rest: &[Rule] = RULES;
    while let [rule, others @ ..] = rest {
        if let [first, second, ..] = rule.prefix.as_bytes() {
            let (slots, _) = seconds.split_at_mut(*first as usize + 1);
            if let [.., slot] = slots {
                *slot |= 1 << (*second & 31);
            }
        }
        rest = others;
    }
    seconds
}

impl Rule {
    const fn new(prefix: &'static str, body: Body, least: usize) -> Self {
        Self { prefix, body, least, most: usize::MAX }
    }

    const fn exact(prefix: &'static str, body: Body, length: usize) -> Self {
        Self { prefix, body, least: length, most: length }
    }

    fn span(&self, text: &Text<'_>, start: usize) -> Option<Span> {
        let body = start + self.prefix.len();
        let is_body = |byte: u8| match self.body {
            Body::Alphanumeric => byte.is_ascii_alphanumeric(),
            Body::Hex => byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'),
            Body::Mixed | Body::Token => is_token(byte),
            Body::Open => is_token(byte) || matches!(byte, b'.' | b'$' | b'/' | b'+' | b'='),
            Body::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
        };
        let found = text.run(body, self.least, is_body);
        if text.is_cut_at(found) && found > body {
            return Some(Span { start, end: found, mask: TOKEN });
        }
        if found - body < self.least {
            return None;
        }
        // Not further: whoever wants a digit may never find one.
        let head = text.run(body, self.least.max(HEAD), is_body);
        if matches!(self.body, Body::Mixed) && !text.part(body, head).bytes().any(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let end = if self.most == usize::MAX { text.run(found, usize::MAX, is_body) } else { found };
        let is_over = self.most == usize::MAX || !text.at(end).is_ascii_alphanumeric();
        is_over.then_some(Span { start, end, mask: TOKEN })
    }
}

/// So far into a token a digit is expected.
const HEAD: usize = 64;

/// A cut one is masked from its first letter; most services tell how long theirs are, and all may make longer ones.
const RULES: &[Rule] = &[
    // Adafruit, age, Atlassian, Amazon
    Rule::exact("aio_", Body::Alphanumeric, 28),
    Rule::new("AGE-SECRET-KEY-1", Body::Upper, 20),
    Rule::new("ATATT3", Body::Open, 40),
    Rule::exact("AKIA", Body::Upper, 16),
    Rule::exact("ASIA", Body::Upper, 16),
    Rule::exact("ABIA", Body::Upper, 16),
    Rule::exact("ACCA", Body::Upper, 16),
    // Google
    Rule::new("AIza", Body::Token, 35),
    Rule::new("ya29.", Body::Open, 20),
    Rule::new("GOCSPX-", Body::Token, 24),
    // Braintree and PayPal
    Rule::new("access_token$production$", Body::Open, 20),
    Rule::new("access_token$sandbox$", Body::Open, 20),
    Rule::exact("AC", Body::Hex, 32),
    Rule::exact("dapi", Body::Hex, 32),
    Rule::new("dckr_pat_", Body::Token, 20),
    Rule::new("dop_v1_", Body::Hex, 40),
    Rule::new("doo_v1_", Body::Hex, 40),
    Rule::new("dp.pt.", Body::Alphanumeric, 40),
    Rule::new("EAAA", Body::Token, 56),
    // GitHub, GitLab, Grafana
    Rule::new("ghp_", Body::Alphanumeric, 30),
    Rule::new("gho_", Body::Alphanumeric, 30),
    Rule::new("ghu_", Body::Alphanumeric, 30),
    Rule::new("ghs_", Body::Alphanumeric, 30),
    Rule::new("ghr_", Body::Alphanumeric, 30),
    Rule::new("github_pat_", Body::Token, 22),
    Rule::new("glpat-", Body::Open, 20),
    Rule::new("gldt-", Body::Open, 20),
    Rule::new("glrt-", Body::Open, 20),
    Rule::new("glptt-", Body::Open, 20),
    Rule::new("glcbt-", Body::Open, 20),
    Rule::new("gloas-", Body::Open, 20),
    Rule::new("glsoat-", Body::Open, 20),
    Rule::new("glft-", Body::Open, 20),
    Rule::new("glsa_", Body::Token, 32),
    Rule::new("glc_", Body::Open, 32),
    Rule::new("hf_", Body::Alphanumeric, 30),
    Rule::new("hvs.", Body::Token, 24),
    Rule::new("hvb.", Body::Token, 24),
    Rule::new("hooks.slack.com/services/", Body::Open, 20),
    Rule::new("hooks.slack.com/workflows/", Body::Open, 20),
    Rule::new("hooks.slack.com/triggers/", Body::Open, 20),
    // Mailgun, which is lower case, and Mailchimp
    Rule::exact("key-", Body::Hex, 32),
    Rule::exact("key-", Body::Mixed, 32),
    Rule::new("lin_api_", Body::Alphanumeric, 32),
    // Mollie
    Rule::new("live_", Body::Alphanumeric, 30),
    Rule::new("test_", Body::Alphanumeric, 30),
    Rule::new("mfa.", Body::Token, 80),
    Rule::new("NRAK-", Body::Upper, 27),
    Rule::new("npm_", Body::Alphanumeric, 30),
    Rule::new("ntn_", Body::Alphanumeric, 40),
    Rule::new("PMAK-", Body::Open, 40),
    Rule::new("pk_live_", Body::Alphanumeric, 10),
    Rule::new("pk_test_", Body::Alphanumeric, 10),
    Rule::new("pscale_", Body::Open, 32),
    Rule::new("pypi-", Body::Mixed, 32),
    Rule::new("rk_live_", Body::Alphanumeric, 10),
    Rule::new("rk_test_", Body::Alphanumeric, 10),
    Rule::new("rubygems_", Body::Hex, 40),
    Rule::exact("SK", Body::Hex, 32),
    Rule::new("SG.", Body::Open, 40),
    Rule::new("sbp_", Body::Hex, 40),
    Rule::new("secret_", Body::Alphanumeric, 40),
    Rule::new("shpat_", Body::Hex, 32),
    Rule::new("shpca_", Body::Hex, 32),
    Rule::new("shppa_", Body::Hex, 32),
    Rule::new("shpss_", Body::Hex, 32),
    Rule::new("sk_live_", Body::Alphanumeric, 10),
    Rule::new("sk_test_", Body::Alphanumeric, 10),
    Rule::new("sk-", Body::Mixed, 20),
    Rule::new("sntrys_", Body::Open, 30),
    Rule::new("sntryu_", Body::Hex, 40),
    Rule::new("sq0atp-", Body::Token, 20),
    Rule::new("sq0csp-", Body::Token, 40),
    Rule::new("sq0idp-", Body::Token, 20),
    Rule::new("whsec_", Body::Open, 16),
    Rule::new("xapp-", Body::Mixed, 16),
    Rule::new("xoxa-", Body::Mixed, 10),
    Rule::new("xoxb-", Body::Mixed, 10),
    Rule::new("xoxc-", Body::Mixed, 10),
    Rule::new("xoxd-", Body::Open, 10),
    Rule::new("xoxe.xox", Body::Open, 10),
    Rule::new("xoxe-", Body::Mixed, 10),
    Rule::new("xoxo-", Body::Mixed, 10),
    Rule::new("xoxp-", Body::Mixed, 10),
    Rule::new("xoxr-", Body::Mixed, 10),
    Rule::new("xoxs-", Body::Mixed, 10),
];
