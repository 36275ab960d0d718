//! Names under which secrets stand: compared by whole words, so that `author` and `tokens_used` stay readable.

use std::collections::BTreeSet;

use smallvec::SmallVec;

/// The names that are masked beside those that always are.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Names {
    /// In lower case, words joined by `_`.
    further: BTreeSet<String>,
    /// Words of the longest of them.
    longest: usize,
}

impl Names {
    /// Takes further names, separated by commas; none if one of them is no name.
    pub(super) fn parse(names: &str) -> Option<Self> {
        let mut taken = Self::default();
        for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let is_plain = |character: char| character.is_alphanumeric() || "_-. ".contains(character);
            let folded = fold(name);
            let words = words(&folded);
            if words.is_empty() || name.len() > LONGEST || !name.chars().all(is_plain) {
                return None;
            }
            taken.longest = taken.longest.max(words.len());
            taken.further.insert(words.join("_"));
        }
        Some(taken)
    }

    /// Says whether what stands under a name is secret.
    pub(super) fn has(&self, name: &str) -> bool {
        let folded = fold(name);
        let words = words(&folded);
        (words.iter().any(|word| is_telling(plain(word))) && is_secret(&words)) || self.has_further(&words)
    }

    /// Says whether a name may be the last word of one that [`end`](Self::end) knows.
    pub(super) fn may_end(&self, name: &str) -> bool {
        let start = name.len().saturating_sub(LONGEST_SECOND);
        let last = name.as_bytes().get(start..).unwrap_or_default();
        let is_second = |second: &&str| {
            let start = last.len().checked_sub(second.len());
            start.and_then(|start| last.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(second.as_bytes()))
        };
        self.longest > 1 || SECONDS.iter().any(is_second)
    }

    /// Says whether a text ends with such a name of several words.
    pub(super) fn end(&self, text: &str) -> bool {
        let folded = fold(text);
        let words = words(&folded);
        let is_pair = words.last_chunk::<2>().is_some_and(|[first, second]| {
            let pair = (*first, *second);
            PAIRS.contains(&pair) || LAST_PAIRS.contains(&pair)
        });
        let is_further =
            |count| words.len().checked_sub(count).is_some_and(|start| self.is_further(&words, start, count));
        is_pair || (2..=self.longest).any(is_further)
    }

    fn has_further(&self, words: &[&str]) -> bool {
        let has =
            |count: usize| (0..=words.len().saturating_sub(count)).any(|start| self.is_further(words, start, count));
        (1..=self.longest.min(words.len())).any(has)
    }

    fn is_further(&self, words: &[&str], start: usize, count: usize) -> bool {
        words.get(start..start + count).is_some_and(|part| self.further.contains(&part.join("_")))
    }
}

/// Says whether a number under this name refers to something, such as an invoice, so that it is no card.
pub(super) fn is_reference(name: &str) -> bool {
    words(&fold(name)).iter().any(|word| REFERENCES.contains(word))
}

/// Says whether a number under this name is likely to be a card.
pub(super) fn is_card(name: &str) -> bool {
    words(&fold(name)).iter().any(|word| CARDS.contains(word))
}

fn is_secret(words: &[&str]) -> bool {
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return false };
    if DESCRIPTIONS.contains(last) || (words.len() > 1 && QUESTIONS.contains(first)) {
        return false;
    }
    let is_pair = words.iter().zip(words.iter().skip(1)).any(|(first, second)| PAIRS.contains(&(*first, *second)));
    if is_pair || words.iter().any(|word| is_strong(plain(word))) {
        return true;
    }
    // What carries it may follow, as in `token_value`; anything else is about it, as in `token_bucket`.
    let Some(at) = words.iter().rposition(|word| !CARRIERS.contains(word)) else { return false };
    let subject = words.get(at).map_or("", |word| plain(word));
    let before = at.checked_sub(1).and_then(|before| words.get(before)).copied().unwrap_or_default();
    LAST.contains(&subject) || LAST_PAIRS.contains(&(before, subject))
}

/// Most words have neither the first letter and length of one that is listed, nor the length of two in one.
#[inline]
fn is_telling(word: &str) -> bool {
    let first = word.as_bytes().first().copied().unwrap_or_default();
    let lengths = TELLING.get(usize::from(first)).copied().unwrap_or_default();
    word.len() > 8 || lengths & (1 << word.len()) != 0
}

fn is_strong(word: &str) -> bool {
    STRONG.contains(&word) || (word.len() > 8 && STRONG_ENDS.iter().any(|end| word.ends_with(end)))
}

/// `password2` is a password.
fn plain(word: &str) -> &str {
    word.trim_end_matches(|character: char| character.is_ascii_digit())
}

/// A name in lower case, its words separated by `_`: at `_`, `-`, `.`, spaces and the humps of camel case.
fn fold(name: &str) -> SmallVec<[u8; 64]> {
    let mut folded = SmallVec::new();
    let bytes = name.as_bytes();
    let mut before = b'_';
    for (place, byte) in bytes.iter().copied().enumerate() {
        let after = bytes.get(place + 1).copied().unwrap_or(0);
        let is_hump = byte.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || (before.is_ascii_uppercase() && after.is_ascii_lowercase()));
        if is_hump {
            folded.push(b'_');
        }
        let is_inside = byte.is_ascii_alphanumeric() || byte >= 0x80;
        folded.push(if is_inside { byte.to_ascii_lowercase() } else { b'_' });
        before = byte;
    }
    folded
}

fn words(folded: &[u8]) -> SmallVec<[&str; 8]> {
    let text = std::str::from_utf8(folded).unwrap_or_default();
    text.split('_').filter(|word| !word.is_empty()).collect()
}

/// For a first letter the lengths of the words with which a secret's name may begin to be one.
static TELLING: [u32; 256] = {
    let mut lengths = [0; 256];
    lengths = telling(STRONG, lengths);
    lengths = telling(LAST, lengths);
    lengths = telling_firsts(PAIRS, lengths);
    telling_firsts(LAST_PAIRS, lengths)
};

const fn telling(words: &[&str], mut lengths: [u32; 256]) -> [u32; 256] {
    let mut rest = words;
    while let [word, others @ ..] = rest {
        lengths = with(word, lengths);
        rest = others;
    }
    lengths
}

const fn telling_firsts(pairs: &[(&str, &str)], mut lengths: [u32; 256]) -> [u32; 256] {
    let mut rest = pairs;
    while let [(first, _), others @ ..] = rest {
        lengths = with(first, lengths);
        rest = others;
    }
    lengths
}

const fn with(word: &str, mut lengths: [u32; 256]) -> [u32; 256] {
    if let [first, ..] = word.as_bytes() {
        let (slots, _) = lengths.split_at_mut(*first as usize + 1);
        if let [.., slot] = slots {
            *slot |= 1 << word.len();
        }
    }
    lengths
}

/// Longest name in bytes, as many as a field's name may have.
const LONGEST: usize = 255;

/// Secret wherever they stand in a name that does not end by one of [`DESCRIPTIONS`].
const STRONG: &[&str] = &[
    "apikey",
    "accesskey",
    "accesstoken",
    "authtoken",
    "clientsecret",
    "credential",
    "credentials",
    "creds",
    "cvc",
    "cvv",
    "jsessionid",
    "jwt",
    "kennwort",
    "mnemonic",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "passwort",
    "phpsessid",
    "privatekey",
    "pwd",
    "refreshtoken",
    "secret",
    "secretkey",
    "secrets",
    "sessid",
    "sessionid",
    "wachtwoord",
];

/// The same at the end of words that are written as one, such as `dbpassword`.
const STRONG_ENDS: &[&str] =
    &["password", "passwd", "passphrase", "secret", "apikey", "accesskey", "secretkey", "privatekey", "token"];

/// Secret if nothing but [`CARRIERS`] follows.
const LAST: &[&str] = &[
    "auth",
    "authorization",
    "bsn",
    "cookie",
    "cookies",
    "csrf",
    "csrftoken",
    "iban",
    "otp",
    "pin",
    "session",
    "sig",
    "ssn",
    "token",
    "totp",
    "xsrf",
];

/// Two words that are one of [`STRONG`].
const PAIRS: &[(&str, &str)] = &[
    ("access", "key"),
    ("account", "key"),
    ("api", "key"),
    ("auth", "key"),
    ("card", "no"),
    ("card", "number"),
    ("cc", "number"),
    ("encryption", "key"),
    ("goog", "signature"),
    ("amz", "signature"),
    ("master", "key"),
    ("pass", "phrase"),
    ("pass", "word"),
    ("private", "key"),
    ("recovery", "code"),
    ("secret", "key"),
    ("security", "code"),
    ("seed", "phrase"),
    ("service", "key"),
    ("session", "id"),
    ("session", "key"),
    ("signing", "key"),
    ("ssh", "key"),
    ("verification", "code"),
];

/// Two words that are one of [`LAST`].
const LAST_PAIRS: &[(&str, &str)] = &[
    ("account", "pass"),
    ("admin", "pass"),
    ("auth", "code"),
    ("card", "pan"),
    ("connect", "sid"),
    ("database", "pass"),
    ("db", "pass"),
    ("ftp", "pass"),
    ("mail", "pass"),
    ("my", "pass"),
    ("mysql", "pass"),
    ("pg", "pass"),
    ("pin", "code"),
    ("postgres", "pass"),
    ("redis", "pass"),
    ("root", "pass"),
    ("smtp", "pass"),
    ("user", "pass"),
];

/// The second words of both.
const SECONDS: &[&str] = &["key", "no", "number", "signature", "phrase", "word", "code", "id", "pan", "pass", "sid"];
/// Length of the longest of them.
const LONGEST_SECOND: usize = 9;

/// May follow a secret's name, which is then still the secret's.
const CARRIERS: &[&str] = &[
    "base64",
    "bearer",
    "confirm",
    "confirmation",
    "current",
    "data",
    "dev",
    "encrypted",
    "hash",
    "header",
    "hex",
    "id",
    "key",
    "live",
    "new",
    "old",
    "plain",
    "prod",
    "production",
    "raw",
    "secret",
    "staging",
    "str",
    "string",
    "test",
    "text",
    "value",
    "values",
];

/// A name that ends so describes a secret and does not hold it.
const DESCRIPTIONS: &[&str] = &[
    "age",
    "arn",
    "at",
    "attempt",
    "attempts",
    "bits",
    "change",
    "changed",
    "count",
    "counts",
    "created",
    "dir",
    "duration",
    "enabled",
    "error",
    "errors",
    "exists",
    "expired",
    "expires",
    "expiration",
    "expiry",
    "failed",
    "failures",
    "field",
    "file",
    "found",
    "host",
    "in",
    "invalid",
    "issuer",
    "kind",
    "len",
    "length",
    "lifetime",
    "limit",
    "manager",
    "max",
    "method",
    "min",
    "missing",
    "mode",
    "name",
    "names",
    "path",
    "policy",
    "present",
    "prompt",
    "provider",
    "required",
    "reset",
    "rotated",
    "rotation",
    "scope",
    "set",
    "size",
    "source",
    "state",
    "status",
    "store",
    "strength",
    "timeout",
    "ttl",
    "type",
    "updated",
    "uri",
    "url",
    "usage",
    "used",
    "valid",
    "version",
];

/// A name that begins so asks about a secret, or counts them.
const QUESTIONS: &[&str] =
    &["can", "count", "has", "is", "max", "min", "must", "need", "needs", "no", "num", "requires", "total", "uses"];

const REFERENCES: &[&str] = &[
    "article",
    "barcode",
    "btw",
    "channel",
    "count",
    "debtor",
    "ean",
    "fingerprint",
    "gtin",
    "guild",
    "imei",
    "invoice",
    "invoices",
    "isbn",
    "nanos",
    "ns",
    "order",
    "parcel",
    "ref",
    "reference",
    "serial",
    "shipment",
    "snowflake",
    "timestamp",
    "tracking",
    "transaction",
    "vat",
    "voucher",
    "bytes",
    "inv",
    "factuur",
    "trace",
];

const CARDS: &[&str] = &["amex", "card", "cc", "credit", "debit", "mastercard", "pan", "visa"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_by_the_words_of_its_name() {
        let names = Names::default();
        for name in [
            "password",
            "PASSWORD",
            "userPassword",
            "db_password",
            "DB_PASSWORD_PROD",
            "password2",
            "dbpassword",
            "pwd",
            "api_key",
            "apiKey",
            "APIKey",
            "x-api-key",
            "apikey",
            "client_secret",
            "clientSecret",
            "AWSSecretAccessKey",
            "aws_secret_access_key",
            "authorization",
            "Proxy-Authorization",
            "auth",
            "basic_auth",
            "cookie",
            "Set-Cookie",
            "session",
            "session_id",
            "sessionId",
            "csrf",
            "csrf_token",
            "X-CSRF-Token",
            "private_key",
            "token",
            "accessToken",
            "access_token",
            "token_value",
            "refresh.token",
            "credential",
            "credentials",
            "passphrase",
            "pin",
            "pin_code",
            "cvv",
            "cvc2",
            "card_number",
            "cardNumber",
            "iban",
            "ssn",
            "bsn",
            "smtp_pass",
            "AccountKey",
            "SharedAccessKey",
            "wachtwoord",
            "otp",
            "user.password",
            "secret",
            "stripe_secret",
            "signing_key",
            "JSESSIONID",
            "authtoken",
        ] {
            assert!(names.has(name), "{name}");
        }
    }

    #[test]
    fn every_pair_ends_with_a_word_that_is_looked_for() {
        for (first, second) in PAIRS.iter().chain(LAST_PAIRS) {
            let names = Names::default();
            assert!(names.may_end(second) && names.has(&format!("{first}_{second}")), "{first} {second}");
        }
        assert!(STRONG.iter().chain(LAST).all(|word| is_telling(word) && Names::default().has(word)));
    }

    #[test]
    fn what_is_about_a_secret_stays_readable() {
        let names = Names::default();
        for name in [
            "",
            "_",
            "tokens_used",
            "max_tokens",
            "token_count",
            "token_type",
            "token_expires_at",
            "token_bucket",
            "author",
            "authority",
            "authored_by",
            "auth_method",
            "session_count",
            "sessions",
            "session_duration",
            "pin_code_length",
            "pinned",
            "spin",
            "password_length",
            "password_changed_at",
            "password_reset",
            "has_password",
            "is_secret",
            "secret_name",
            "secretary",
            "cookie_consent",
            "invoice_number",
            "order_id",
            "key",
            "id",
            "name",
            "card",
            "card_type",
            "passed",
            "pass",
            "compass",
            "tokenizer",
            "keyboard",
            "iban_valid",
            "client",
            "number",
            "shipping",
        ] {
            assert!(!names.has(name), "{name}");
        }
    }

    #[test]
    fn further_names_are_compared_by_words_as_well() {
        let names = Names::parse("customer_name, phone,,BirthDate").expect("names");
        for name in
            ["customer_name", "customerName", "first_customer_name", "phone", "PHONE", "phone_number", "birth-date"]
        {
            assert!(names.has(name), "{name}");
        }
        for name in ["customer", "name", "phones", "birth", "date", "earphone"] {
            assert!(!names.has(name), "{name}");
        }
        assert!(names.end("the customer name") && names.end("an api key") && !names.end("the customer"));
        for wrong in ["a=b", "--", "ph:one", &"x".repeat(256)] {
            assert!(Names::parse(wrong).is_none(), "{wrong}");
        }
    }
}
