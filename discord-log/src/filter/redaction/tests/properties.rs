//! What holds for every text, and what it costs.

use proptest::prelude::*;

use super::super::text::looks;
use super::corpus::secrets;
use crate::filter::Redaction;

/// Texts that make a search go back and forth.
const HOSTILE: &[&str] = &[
    "a",
    ":",
    "=",
    "-",
    "@",
    ".",
    "%",
    "eyJ",
    "eyJ-",
    "eyJaaaaaaaaaaaaaaaaaaaaaaa-",
    "ghp_",
    "a@",
    "a.a@a.a",
    "4",
    "4111 ",
    "4-",
    "password",
    "password=",
    "password:",
    "password: [",
    "password=\"",
    "password='\\",
    "a=b;",
    "token=a,",
    "token=a,b",
    "://",
    "a://b:c",
    "a://b:c/",
    "://a:b/",
    "-----BEGIN ",
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "aaaa\n",
    "Bearer ",
    "Basic ",
    "Bearer a",
    "N.",
    "a.aaaaaa.",
    "MaaaaaaaaaaaaaaaaaaaaaaaaA.aaaaaa.",
    "webhooks/1/",
    "1:A",
    "NL91 ",
    "<token>",
    "<token>a",
    "--token ",
    "(\"token\", ",
    "token(",
    "token: Some(",
    "a(",
    "token=[",
    "cookie: a; ",
    "%3D",
    "%40",
    "[redacted",
    "\\\"",
    "token=\\\"",
    "invoice 4111111111111111 ",
    "no. no. 4111111111111111 ",
    "a b c d: ",
    "aws key: ",
    "key-",
    "sk-a-",
    "\u{e9}",
    "é@é.é",
];

fn masked(text: &str) -> String {
    Redaction::default().text(text, false).unwrap_or_else(|| text.to_owned())
}

fn looks_for(piece: &str, bytes: usize) -> f64 {
    let text = piece.repeat(bytes / piece.len() + 1);
    let before = looks();
    for is_cut in [false, true] {
        let _ = Redaction::default().text(&text, is_cut);
    }
    (looks() - before) as f64 / text.len() as f64
}

#[test]
fn twice_the_text_is_twice_the_work_whatever_it_is() {
    let mut worst = (0.0, "");
    let pieces =
        HOSTILE.iter().flat_map(|first| [*first, ""].map(|_| first)).collect::<std::collections::BTreeSet<_>>();
    for piece in pieces {
        let small = looks_for(piece, 4_096);
        for bytes in [16_384, 65_536, 262_144] {
            let looks = looks_for(piece, bytes);
            assert!(looks < small * 1.2 + 8.0, "{piece:?}: {small} looks a byte of 4 KiB, {looks} of {bytes}");
            if looks > worst.0 {
                worst = (looks, piece);
            }
        }
    }
    println!("{:.0} looks a byte at the most, for {:?}", worst.0 / 2.0, worst.1);
    assert!(worst.0 / 2.0 < 400.0);
}

/// Text in which signs and names of secrets are frequent.
fn rough() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(HOSTILE.to_vec()).prop_map(str::to_owned);
    let words = prop::sample::select(vec![
        " ",
        "\n",
        ", ",
        "; ",
        "\"",
        "'",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "x",
        "7",
        "true",
        "secret",
        "card",
        "invoice",
        "[redacted]",
        "[redacted card]",
        "***",
        "\\",
        "Some(",
        "4111111111111111",
        "NL91ABNA0417164300",
        "j@x.nl",
        "&",
        "→",
    ])
    .prop_map(str::to_owned);
    prop::collection::vec(prop_oneof![pieces, words, ".{0,6}"], 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn masking_twice_is_masking_once(text in rough()) {
        let once = masked(&text);
        prop_assert_eq!(masked(&once), once, "{}", text);
    }

    #[test]
    fn no_text_grows_beyond_its_masks(text in rough()) {
        prop_assert!(masked(&text).len() <= text.len() * 16 + 16);
    }

    #[test]
    fn words_without_a_sign_of_a_secret_stay(text in "[a-zA-Zé ,!?/]{0,80}") {
        prop_assert_eq!(masked(&text), text);
    }

    #[test]
    fn a_planted_secret_is_gone_whatever_stands_around(
        before in "([a-z0-9 ,.:=/{}()]|[äß→\n\t]){0,30}",
        after in "([a-z0-9 ,.:=/{}()]|[äß→\n\t]){0,30}",
        left in prop::sample::select(vec![" ", "\n", "\"", "'", "(", "[", "\t"]),
        right in prop::sample::select(vec![" ", "\n", "\"", "'", ")", "]", "\t"]),
        which in any::<prop::sample::Index>(),
    ) {
        let secrets = secrets();
        let secret = which.get(&secrets);
        let text = format!("{before}{left}{}{right}{after}", secret.text);
        prop_assert!(!masked(&text).contains(&secret.secret), "{}: {}", secret.kind, text);
    }

    #[test]
    fn what_is_not_masked_is_not_changed(before in "[a-z ]{0,30}", after in "[a-z ]{0,30}") {
        let secret = ["gh", "p_", &"a1B2".repeat(9)].concat();
        let text = format!("{before} {secret} {after}");
        prop_assert_eq!(masked(&text), format!("{before} [redacted token] {after}"));
    }
}
