use proptest::prelude::*;

use super::*;
use crate::markdown::highlighted;

/// Each tag, with the attributes it may have.
const TAGS: [(&str, &[&str]); 16] = [
    ("a", &["href", "rel", "target", "title"]),
    ("blockquote", &[]),
    ("code", &["class", "data-language"]),
    ("div", &["class", "role", "aria-level"]),
    ("em", &[]),
    ("input", &["type", "aria-label"]),
    ("label", &["class"]),
    ("li", &[]),
    ("ol", &["start"]),
    ("pre", &["class"]),
    ("s", &[]),
    ("span", &["class", "title"]),
    ("strong", &[]),
    ("time", &["class", "datetime", "data-style"]),
    ("u", &[]),
    ("ul", &[]),
];

/// Takes HTML apart and gives the text in it, or says what in it is not ours.
fn shown(html: &str) -> Result<String, String> {
    let (mut open, mut shown, mut rest) = (Vec::new(), String::new(), html);
    while let Some((text, tag)) = rest.split_once('<') {
        shown.push_str(&plain(text)?);
        let (tag, after) = tag.split_once('>').ok_or("a tag without an end")?;
        rest = after;
        match tag.strip_prefix('/') {
            Some(name) if open.pop() == Some(name) => {}
            Some(name) => return Err(format!("{name} closes what is not open")),
            None => {
                let name = checked(tag)?;
                if name != "input" {
                    open.push(name);
                }
            }
        }
    }
    shown.push_str(&plain(rest)?);
    if open.is_empty() { Ok(shown) } else { Err(format!("{open:?} stay open")) }
}

/// Checks the inside of an opening tag and gives its name.
fn checked(tag: &str) -> Result<&str, String> {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    let (_, allowed) = TAGS.iter().find(|(known, _)| *known == name && !name.is_empty()).ok_or(format!("<{name}>"))?;
    while !rest.is_empty() {
        let (attribute, value) = rest.split_once("=\"").ok_or(format!("{rest} is no attribute"))?;
        let (value, after) = value.split_once('"').ok_or("a value without an end")?;
        let value = plain(value)?;
        let scheme = value.split("://").next().unwrap_or_default().to_ascii_lowercase();
        if !allowed.contains(&attribute) {
            return Err(format!("{attribute} on {name}"));
        }
        if attribute == "href" && !["http", "https", "discord"].contains(&scheme.as_str()) {
            return Err(format!("a link to {value}"));
        }
        if attribute == "class" && value.contains(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != ' ') {
            return Err(format!("the class {value}"));
        }
        rest = after.strip_prefix(' ').unwrap_or(after);
    }
    Ok(name)
}

/// Turns entities back, and refuses what should have been one.
fn plain(text: &str) -> Result<String, String> {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    if text.contains(['<', '>', '"', '\'']) || text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
        return Err(format!("{text:?} is not escaped"));
    }
    let known = entities.iter().map(|(entity, _)| text.matches(entity).count()).sum::<usize>();
    if known != text.matches('&').count() {
        return Err(format!("{text:?} has a bare &"));
    }
    Ok(entities.iter().fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain)))
}

#[test]
fn the_checker_refuses_what_is_not_ours() {
    for html in [
        "<b>a</b>",
        "<em>a",
        "a</em>",
        "<em><s>a</em></s>",
        "<em onclick=\"a\">b</em>",
        "<span style=\"a\">b</span>",
        "<a href=\"javascript:a\">b</a>",
        "<a href=\"a\">b</a>",
        "<em",
        "a > b",
        "a & b",
        "&nbsp;",
        "\u{1b}",
        "<img src=\"a\">",
        "<em class=a>b</em>",
    ] {
        assert!(shown(html).is_err(), "{html}");
    }
    assert_eq!(shown("<em>a</em> &lt;<a href=\"https://b\">c</a>"), Ok("a <c".to_owned()));
}

/// What markup is made of, so that random texts hit it.
const PIECES: [&str; 74] = [
    "*",
    "**",
    "***",
    "_",
    "__",
    "~~",
    "||",
    "`",
    "``",
    "```",
    "```rs\n",
    "```ansi\n",
    "\u{1b}[31m",
    "\u{1b}[0m",
    "\n",
    "\n\n",
    " ",
    "  ",
    "\t",
    "\\",
    "# ",
    "## ",
    "-# ",
    "> ",
    ">>> ",
    "- ",
    "* ",
    "1. ",
    "9. ",
    "  - ",
    "[",
    "]",
    "(",
    ")",
    "](",
    "<",
    ">",
    "https://a.b/c",
    "http://",
    "<https://",
    "discord://",
    "javascript:",
    "javascript://a",
    "[a](https://b)",
    "[a](<https://b>",
    " \"t\")",
    "'",
    "\"",
    "&",
    "&amp;",
    "<@1>",
    "<@!1>",
    "<@&1>",
    "<#7>",
    "<t:0>",
    "<t:0:R>",
    "<t:9999999999999>",
    "</a b:1>",
    "<id:guide>",
    "<:e:1>",
    "<a:e:1>",
    "@everyone",
    "@here",
    "<script>",
    "<img src=x onerror=a>",
    "onclick=",
    "style=",
    "é",
    "🥺",
    "¯\\_(ツ)_/¯",
    "\u{200b}",
    "\u{0}",
    "\r",
    "word",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => proptest::sample::select(PIECES.to_vec()).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[a-z ]{1,8}",
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_balanced_html_of_ours(text in text()) {
        for html in [body(&text), line(&text)] {
            prop_assert!(shown(&html).is_ok(), "{:?}: {html}", shown(&html));
        }
    }

    #[test]
    fn plain_words_are_shown_in_order(words in proptest::collection::vec("[b-gi-z]{1,8}", 1..8), marks in text()) {
        let words = words.iter().map(|word| format!("Q{word}Q")).collect::<Vec<_>>();
        let typed = words.join(" ");
        for html in [body(&typed), line(&typed)] {
            prop_assert_eq!(shown(&html), Ok(typed.clone()));
        }
        // Before any markup they stand as they were typed, whatever follows.
        let html = body(&format!("{typed}\n\n{marks}"));
        prop_assert!(shown(&html).is_ok_and(|shown| shown.starts_with(&typed)), "{html}");
    }

    #[test]
    fn words_between_marks_are_shown(
        words in proptest::collection::vec("[b-gi-z]{1,8}", 1..8),
        mark in proptest::sample::select(vec!["*", "**", "_", "__", "~~", "||", "`", "\n> ", "\n- ", "\n# ", "\n-# ", "\n1. "]),
    ) {
        let typed = words.iter().map(|word| format!("{mark}Q{word}Q{mark} ")).collect::<String>();
        let shown = shown(&body(&typed)).unwrap();
        let mut rest = shown.as_str();
        for word in &words {
            let found = rest.split_once(&format!("Q{word}Q"));
            prop_assert!(found.is_some(), "{word} in {shown}");
            rest = found.unwrap().1;
        }
    }

    #[test]
    fn any_code_is_shown_whole(code in text(), language in proptest::sample::select(vec!["rs", "json", "md", "html", "sh", "diff", "x"])) {
        let shown = shown(&highlighted(&code, language));
        prop_assert_eq!(shown, Ok(code.replace(|c: char| c.is_control() && c != '\n' && c != '\t', "")));
    }

    #[test]
    fn an_ansi_block_is_ours_too(code in text()) {
        let html = body(&format!("```ansi\n{code}\n```"));
        prop_assert!(shown(&html).is_ok(), "{html}");
    }
}
