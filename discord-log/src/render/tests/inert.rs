//! A small reader of Discord's markdown, written from its rules and not from the code under test: it goes through what
//! is sent as the client does and fails on anything that would act instead of being read.

use std::panic::catch_unwind;

use serde_json::Value as Json;

/// Fails on a message in which user text does something.
#[track_caller]
pub(super) fn assert_inert(message: &Json) {
    let texts = |json: &Json| json.as_str().map(str::to_owned);
    let content = texts(&message["content"]).map(|content| content.replacen(super::PINGED, "", 1));
    let mut markdown: Vec<(String, bool)> = content.into_iter().map(|text| (text, false)).collect();
    let mut everywhere: Vec<String> = texts(&message["username"]).into_iter().collect();
    for embed in message["embeds"].as_array().into_iter().flatten() {
        markdown.extend(texts(&embed["title"]).map(|text| (text, false)));
        let is_listing = texts(&embed["title"]).is_some_and(|title| title.starts_with(['📋', '📚']));
        let description = texts(&embed["description"]);
        markdown.extend(description.map(|text| (if is_listing { without_times(&text) } else { text }, true)));
        for field in embed["fields"].as_array().into_iter().flatten() {
            markdown.extend(texts(&field["name"]).map(|text| (text, false)));
            let is_ours = field["name"].as_str().is_some_and(|name| ["Seen", "Before", "Where"].contains(&name));
            let value = texts(&field["value"]);
            markdown
                .extend(value.map(|text| (if is_ours { without_links(&without_times(&text)) } else { text }, true)));
        }
        everywhere.extend(texts(&embed["footer"]["text"]));
    }
    for (text, has_blocks) in &markdown {
        assert_reads_as_text(text, *has_blocks);
    }
    for text in everywhere.iter().chain(markdown.iter().map(|(text, _)| text)) {
        assert_notifies_nobody(text);
        assert_visible(text);
    }
}

/// Takes away the times that are ours: user text never gets this far unescaped.
fn without_times(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<t:") {
        kept.push_str(before);
        let end = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
        let is_ours = ["f", "R", "T"].iter().find_map(|style| end.strip_prefix(&format!(":{style}>")));
        rest = is_ours.unwrap_or_else(|| {
            kept.push_str("<t:");
            after
        });
    }
    kept + rest
}

/// Puts the label in the place of a link that is ours.
fn without_links(text: &str) -> String {
    let Some((before, link)) = text.rsplit_once('[') else { return text.to_owned() };
    let target = link.split_once("](").filter(|(_, target)| target.starts_with("https://ours.example/"));
    let Some((label, target)) = target else { return text.to_owned() };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~/:%#".contains(c);
    let target = target.strip_suffix(')').filter(|target| target.chars().all(is_plain));
    assert!(target.is_some(), "a link that ends early in {text:?}");
    format!("{before}{label}")
}

#[track_caller]
fn assert_notifies_nobody(text: &str) {
    let folded = text.to_lowercase();
    for mention in ["@everyone", "@here", "<@", "<#", "<:", "<a:", "<t:", "<id:"] {
        assert!(!folded.contains(mention), "{mention} in {text:?}");
    }
}

#[track_caller]
fn assert_visible(text: &str) {
    let acts = |character: char| {
        (character.is_control() && character != '\n')
            || ('\u{202a}'..='\u{202e}').contains(&character)
            || ('\u{2066}'..='\u{2069}').contains(&character)
            || "\u{200e}\u{200f}\u{61c}\u{feff}".contains(character)
    };
    assert!(!text.chars().any(acts), "{text:?}");
}

/// Gives what a reader sees of markdown that says nothing but its text.
pub(super) fn shown(sent: &str) -> String {
    let mut characters = sent.chars().filter(|character| *character != '\u{200b}');
    let mut shown = String::new();
    while let Some(character) = characters.next() {
        shown.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    shown
}

/// Reads a text from left to right: blocks of code, escapes and addresses are passed over, the rest must be plain.
#[track_caller]
pub(super) fn assert_reads_as_text(text: &str, has_blocks: bool) {
    let characters: Vec<char> = text.chars().collect();
    let mut plain = String::new();
    let mut at = 0;
    while at < characters.len() {
        let rest = &characters[at..];
        if has_blocks && rest.starts_with(&['`', '`', '`', '\n']) {
            let inner = &rest[4..];
            let end = (0..inner.len()).find(|end| inner[*end..].starts_with(&['\n', '`', '`', '`']));
            let end = end.unwrap_or_else(|| panic!("a block of code that does not end in {text:?}"));
            assert!(!inner[..end].windows(2).any(|pair| pair == ['`', '`']), "touching backticks in {text:?}");
            at += 4 + end + 4;
            plain.push('\u{1}');
        } else if rest[0] == '\\' {
            let escaped = rest.get(1).copied().unwrap_or('a');
            assert!(!escaped.is_ascii_alphanumeric() && !escaped.is_whitespace(), "a backslash too many in {text:?}");
            at += 2;
            plain.push('\u{1}');
        } else if let Some(length) = address(rest) {
            assert!(has_blocks, "a live address in {text:?}");
            assert!(!plain.ends_with('<'), "a tag in {text:?}");
            // What opened before it may close in it: the client looks for the end before it looks for addresses.
            plain.extend(rest[..length].iter().map(|it| if "_~|*`".contains(*it) { *it } else { 'a' }));
            at += length;
        } else {
            plain.push(rest[0]);
            at += 1;
        }
    }
    for rule in [spans, links, tags, emoji, starts_of_lines] {
        if let Some(what) = rule(&plain) {
            panic!("{what} in {text:?}");
        }
    }
}

fn address(rest: &[char]) -> Option<usize> {
    let text: String = rest.iter().take(9).collect();
    let scheme = ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme) && text != *scheme)?;
    let end = rest.iter().position(|character| character.is_whitespace() || *character == '<');
    let end = end.unwrap_or(rest.len());
    let kept = rest[..end].iter().rposition(|character| !".,:;\"')]>".contains(*character))? + 1;
    (kept > scheme.len()).then_some(kept)
}

fn spans(plain: &str) -> Option<&'static str> {
    let characters: Vec<char> = plain.chars().collect();
    let is_word = |character: Option<&char>| character.is_some_and(|it| it.is_ascii_alphanumeric() || *it == '_');
    let closes = |at: &usize| characters[*at] == '_' && !is_word(characters.get(at + 1));
    let opens = (0..characters.len()).any(|at| characters[at] == '_');
    let ends = (0..characters.len()).any(|at| closes(&at));
    if plain.contains(['*', '`']) {
        Some("a star or a backtick")
    } else if plain.contains("~~") || plain.contains("||") || plain.contains("__") {
        Some("a pair that spans")
    } else if opens && ends {
        Some("an underscore that closes")
    } else {
        None
    }
}

fn links(plain: &str) -> Option<&'static str> {
    let label = plain.find('[')?;
    plain[label..].contains("](").then_some("a masked link")
}

fn tags(plain: &str) -> Option<&'static str> {
    plain.match_indices('<').find_map(|(at, _)| {
        let inner = plain[at + 1..].split(' ').next()?.split_once('>')?.0;
        let is_live = inner.contains('@') || inner.contains(":/") || inner.starts_with(['@', '#', ':', '/', '+']);
        let is_named = ["a:", "t:", "id:", "tel:", "mailto:", "sms:"].iter().any(|name| inner.starts_with(name));
        (is_live || is_named).then_some("a tag")
    })
}

fn emoji(plain: &str) -> Option<&'static str> {
    let parts: Vec<&str> = plain.split(':').collect();
    let names = parts.get(1..parts.len() - 1).unwrap_or_default();
    let is_name = |name: &&str| {
        let is_number = name.len() <= 2 && name.bytes().all(|byte| byte.is_ascii_digit());
        !name.is_empty() && !is_number && name.chars().all(|it| it.is_ascii_alphanumeric() || "_+-".contains(it))
    };
    names.iter().any(is_name).then_some("a named emoji")
}

fn starts_of_lines(plain: &str) -> Option<&'static str> {
    plain.lines().find_map(|line| {
        let line = line.trim_start();
        let marker = line.split(char::is_whitespace).next().unwrap_or_default();
        let has_text = line.len() > marker.len();
        let is_number =
            marker.strip_suffix('.').is_some_and(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit()));
        let is_marker = matches!(marker, "#" | "##" | "###" | "-" | "+" | "-#") || is_number;
        ((has_text && is_marker) || line.starts_with('>')).then_some("a heading, quote or list")
    })
}

#[test]
fn the_reader_finds_what_is_alive() {
    let alive = [
        "*a*",
        "a __b__",
        "a_b c_",
        "~~a~~",
        "||a||",
        "`a`",
        "[a](b)",
        "<@1>",
        "<https://a.example>",
        "a :key: b",
        "# a",
        "a\n- b",
        "1. a",
        "> a",
        "-# a",
        "https://a.example/_a_ b_c_",
    ];
    for text in alive {
        let is_found = catch_unwind(|| assert_reads_as_text(text, true)).is_err();
        assert!(is_found, "{text:?} was not found alive");
    }
    for text in
        ["a_b_c", r"\*a\*", "10:20:30", "-1", "#1", "Vec<String>", "```\n*a* <@1>\n```", "https://a.example/b_c"]
    {
        assert_reads_as_text(text, true);
    }
}
