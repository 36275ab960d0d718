//! Makes text mean nothing but itself where Discord reads markdown, and leaves alone what Discord would show as it
//! stands: `INV-2041`, `10.0.0.7` and `foo_bar` get no backslash.
//!
//! Comes after [`clean`](super::clean) and looks at the text's own neighbours only, so it is applied to whole texts,
//! never to a piece that is glued to another one. Discord's client takes a backslash before anything but letters,
//! digits and white space; it takes the rules of a line wherever a line starts, and those of a span anywhere.

/// Whether an address in the text may be clicked. It never hides behind other text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Addresses {
    /// No: Discord would add a preview of the page to the message, or does not take links in this place at all.
    Dead,
    /// Yes, if there is nothing in it that could be markup.
    Live,
}

/// Escapes a text for a place in which Discord reads markdown.
pub(super) fn escape(text: &str, addresses: Addresses) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    let mut masked_links_end = text.rfind("](").unwrap_or(0);
    for line in text.split_inclusive('\n') {
        escape_line(&mut escaped, line, addresses, masked_links_end);
        masked_links_end = masked_links_end.saturating_sub(line.len());
    }
    escaped
}

/// Writes a text for a place that shows markdown as it stands, or for a block of code.
pub(super) fn without_mentions(text: &str) -> String {
    let mut inert = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        inert.push(character);
        if starts_mention(text.get(at..).unwrap_or_default()) {
            inert.push(ZERO_WIDTH_SPACE);
        }
    }
    inert
}

/// Puts a text into a block of code, which backslashes cannot end and three backticks could.
pub(super) fn code_block(text: &str) -> String {
    let mut block = String::with_capacity(text.len() + 16);
    block.push_str("```\n");
    let mut previous = '\n';
    for character in without_mentions(text).chars() {
        if (previous, character) == ('`', '`') {
            block.push(ZERO_WIDTH_SPACE);
        }
        block.push(character);
        previous = character;
    }
    block.push_str("\n```");
    block
}

fn escape_line(escaped: &mut String, line: &str, addresses: Addresses, masked_links_end: usize) {
    let marker = block_marker(line);
    let mut at = 0;
    while let Some((before, rest)) = line.split_at_checked(at)
        && let Some(character) = rest.chars().next()
    {
        if addresses == Addresses::Live
            && let Some(address) = address(before, rest)
        {
            escaped.push_str(address);
            at += address.len();
            continue;
        }
        let opens_masked_link = character == '[' && at < masked_links_end;
        if opens_masked_link || marker == Some(at) || starts_span(before, rest) {
            escaped.push('\\');
        }
        escaped.push(character);
        if starts_mention(rest) {
            escaped.push(ZERO_WIDTH_SPACE);
        }
        at += character.len_utf8();
    }
}

/// Finds the character that makes a heading, a quote or an item of a list out of a line.
fn block_marker(line: &str) -> Option<usize> {
    let body = line.trim_start();
    let indent = line.len() - body.len();
    let is_followed_by_space = |marker: &str| body.strip_prefix(marker)?.starts_with(char::is_whitespace).then_some(());
    let hashes = body.trim_start_matches('#');
    let digits = body.trim_start_matches(|character: char| character.is_ascii_digit());
    let number = body.len() - digits.len();
    match body.chars().next()? {
        '#' if hashes.starts_with(char::is_whitespace) => Some(indent),
        '-' if body.starts_with("-#") => Some(indent),
        '-' => is_followed_by_space("-").map(|()| indent),
        '+' => is_followed_by_space("+").map(|()| indent),
        '>' => Some(indent),
        '0'..='9' => digits.strip_prefix('.')?.starts_with(char::is_whitespace).then_some(indent + number),
        _ => None,
    }
}

/// Says whether a text starts with a character that would begin or end a span of markup there.
fn starts_span(before: &str, rest: &str) -> bool {
    let mut characters = rest.chars();
    let (character, next) = (characters.next(), characters.next());
    let previous = before.chars().next_back();
    let is_in_a_word =
        || [previous, next].iter().flatten().filter(|letter| letter.is_ascii_alphanumeric()).count() == 2;
    match character {
        Some('\\' | '*' | '`') => true,
        // Only an underscore at the end of a word closes, and without one that closes none opens.
        Some('_') => !is_in_a_word(),
        Some('~' | '|') => previous == character || next == character,
        Some('(') => previous == Some(']'),
        Some('<') => is_tag(characters_between(rest, '<')),
        Some(':') => rest.starts_with("://") || is_emoji_name(rest),
        _ => false,
    }
}

/// Gives what stands between an opening character and the next white space or angle bracket.
fn characters_between(rest: &str, opening: char) -> &str {
    let inner = rest.strip_prefix(opening).unwrap_or_default();
    inner
        .split(|character: char| character.is_whitespace() || matches!(character, '<' | '>'))
        .next()
        .unwrap_or_default()
}

/// Mentions, custom emoji, times, commands, telephone numbers and addresses in angle brackets; but not `Vec<String>`.
fn is_tag(inner: &str) -> bool {
    inner.starts_with(['@', '#', '/', '+', '&', '!']) || inner.contains([':', '@'])
}

/// `:name:` becomes an emoji if there is one of that name; so does a part of `cache::package::load`. No emoji is named
/// by two digits, as the parts of a time are.
fn is_emoji_name(rest: &str) -> bool {
    let inner = rest.strip_prefix(':').unwrap_or_default();
    let after =
        inner.trim_start_matches(|character: char| character.is_ascii_alphanumeric() || "_+-".contains(character));
    let name = inner.get(..inner.len() - after.len()).unwrap_or_default();
    let is_part_of_a_time = name.len() <= 2 && name.bytes().all(|byte| byte.is_ascii_digit());
    after.starts_with(':') && !name.is_empty() && !is_part_of_a_time
}

/// A second line of defence, behind `allowed_mentions`, which alone decides whether anybody is notified.
fn starts_mention(rest: &str) -> bool {
    if let Some(name) = rest.strip_prefix('@') {
        return ["everyone", "here"]
            .iter()
            .any(|everybody| name.get(..everybody.len()).is_some_and(|name| name.eq_ignore_ascii_case(everybody)));
    }
    let inner = rest.strip_prefix('<').unwrap_or_default();
    inner.starts_with(['@', '#', ':'])
        || ["a:", "t:", "id:"].iter().any(|tag| inner.starts_with(tag))
        || (inner.starts_with('/') && characters_between(rest, '<').contains(':'))
}

/// Takes a web address off the front of a text, if nothing in it could be markup and it starts and ends cleanly.
fn address<'a>(before: &str, rest: &'a str) -> Option<&'a str> {
    let from_host = rest.strip_prefix("https://").or_else(|| rest.strip_prefix("http://"))?;
    let is_alphanumeric = |character: char| character.is_ascii_alphanumeric();
    let from_path = from_host.trim_start_matches(|c| is_alphanumeric(c) || ".-:".contains(c));
    let after = from_path.trim_start_matches(|c| is_alphanumeric(c) || "-._~%/?#&=+:,".contains(c));
    let address = rest.get(..rest.len() - after.len())?;

    let starts = before.chars().next_back().is_none_or(|c| c.is_whitespace() || "(\"'=,<".contains(c));
    let has_host = from_host.starts_with(is_alphanumeric);
    let has_clean_path = from_path.len() == after.len() || from_path.starts_with(['/', '?', '#']);
    let ends = after.chars().next().is_none_or(|c| c.is_whitespace() || ")\"'>;".contains(c));
    // Nothing in here is escaped, so nothing in here may close what opens before it.
    let closes_nothing = !address.contains("~~") && address.split('_').skip(1).all(|c| c.starts_with(is_alphanumeric));
    (starts && has_host && has_clean_path && ends && closes_nothing).then_some(address)
}

/// Keeps two characters apart without being seen: U+200B.
pub(super) const ZERO_WIDTH_SPACE: char = '\u{200b}';

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn escapes(text: &str, escaped: &str) {
        assert_eq!(escape(text, Addresses::Live), escaped.replace('¦', "\u{200b}"), "from {text:?}");
    }

    #[test]
    fn ordinary_text_stays_as_it_is() {
        for text in [
            "INV-2041",
            "10.0.0.7:5432",
            "foo_bar_baz",
            "/var/lib/app-1.2/data.csv",
            "Vec<String>, Option<u8>",
            "src/billing/invoice.rs:42",
            "2026-01-05T10:30:45Z",
            "#42 is 50% of 3 > 2 - 1 + 0 (roughly) [sic]",
            "u-42@example.com",
            "a | b ~ c & d = e; {f} \"g\" 'h' `".trim_end_matches(" `"),
            "1.5 and 2.",
            "https://shop.example/a_b-c/?q=1&r=~me#top",
            "(https://shop.example:8443/x)",
        ] {
            escapes(text, text);
        }
    }

    #[test]
    fn markup_is_shown_as_it_was_written() {
        escapes(
            "**bold** _it_ __under__ ~~gone~~ ||spoiler||",
            r"\*\*bold\*\* \_it\_ \_\_under\_\_ \~\~gone\~\~ \|\|spoiler\|\|",
        );
        escapes("`code` and ```fence```", r"\`code\` and \`\`\`fence\`\`\`");
        escapes("# one\n ## two\n-# small\n> quote\n>>> all", "\\# one\n \\## two\n\\-# small\n\\> quote\n\\>>> all");
        escapes("- a\n+ b\n* c\n12. d", "\\- a\n\\+ b\n\\* c\n12\\. d");
        escapes("[click](https://evil.example)", r"\[click]\(https://evil.example)");
        escapes("C:\\dir \\*", r"C:\\dir \\\*");
        escapes("foo_bar and baz_", r"foo_bar and baz\_");
        escapes("cache::package::load", r"cache:\:package::load");
        escapes("\u{af}\\_(\u{30c4})_/\u{af}", "\u{af}\\\\\\_(\u{30c4})\\_/\u{af}");
    }

    #[test]
    fn tags_and_mentions_are_dead() {
        escapes("@everyone @HERE", "@¦everyone @¦HERE");
        escapes("<@1> <@!1> <@&1> <#1>", r"\<¦@1> \<¦@!1> \<¦@&1> \<¦#1>");
        escapes("<:a:1> <a:b:1> <t:0:R> </x:1> <id:home>", r"\<¦\:a:1> \<¦a\:b:1> \<¦t:0:R> \<¦/x:1> \<¦id:home>");
        escapes("</div> <a@b.example> <+15550100>", r"\</div> \<a@b.example> \<+15550100>");
        assert_eq!(without_mentions("ops@here <@1>"), "ops@\u{200b}here <\u{200b}@1>");
    }

    #[test]
    fn an_address_lives_only_where_it_may_and_where_it_is_plain() {
        escapes("https://a.example/*b*", r"https\://a.example/\*b\*");
        escapes("a_b https://a.example/c_", r"a_b https\://a.example/c\_");
        escapes("https://a.example@evil.example", r"https\://a.example@evil.example");
        escapes("<https://a.example>", r"\<https://a.example>");
        assert_eq!(escape("https://a.example", Addresses::Dead), r"https\://a.example");
    }

    #[test]
    fn no_backticks_touch_inside_a_block_of_code() {
        let block = code_block("a```b\n``");
        assert_eq!(block, "```\na`\u{200b}`\u{200b}`b\n`\u{200b}`\n```");
    }
}
