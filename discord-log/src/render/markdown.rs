//! Makes text mean nothing but itself where Discord reads markdown, and leaves alone what Discord would show as it
//! stands: `INV-2041`, `10.0.0.7` and `foo_bar` get no backslash.
//!
//! Comes after [`clean`](super::clean) and looks at the text's own neighbours only, so it is applied to whole texts,
//! never to a piece that is glued to another one. Discord's client takes a backslash before anything but letters,
//! digits and white space; it takes the rules of a line wherever a line starts, and those of a span anywhere.

use super::budget::Size;

/// Whether an address in the text may be clicked. It never hides behind other text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Addresses {
    /// No: Discord would add a preview of the page to the message, or does not take links in this place at all.
    Dead,
    /// Yes, if there is nothing in it that could be markup.
    Live,
}

/// A character of a text with what keeps it from acting.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Piece {
    pub(super) character: char,
    /// A backslash stands before it.
    is_escaped: bool,
    /// A zero-width space stands behind it.
    is_guarded: bool,
}

impl Piece {
    pub(super) fn size(self) -> Size {
        let (escape, guard) = (usize::from(self.is_escaped), usize::from(self.is_guarded));
        let bytes = escape + self.character.len_utf8() + guard * ZERO_WIDTH_SPACE.len_utf8();
        Size { characters: escape + 1 + guard, bytes }
    }

    pub(super) fn write(self, text: &mut String) {
        if self.is_escaped {
            text.push('\\');
        }
        text.push(self.character);
        if self.is_guarded {
            text.push(ZERO_WIDTH_SPACE);
        }
    }
}

/// Escapes a text for a place in which Discord reads markdown.
pub(super) fn escaped(text: &str, addresses: Addresses) -> impl Iterator<Item = Piece> {
    let last_masked_link = text.rfind("](").unwrap_or(0);
    let mut start = 0;
    text.split_inclusive('\n').flat_map(move |line| {
        let masked_links_end = last_masked_link.saturating_sub(start);
        start += line.len();
        escaped_line(line, addresses, masked_links_end)
    })
}

/// Takes a text as it is for a place that shows markdown as it stands, or for a block of code, which backslashes cannot
/// protect and three backticks would end.
pub(super) fn verbatim(text: &str) -> impl Iterator<Item = Piece> {
    text.char_indices().map(|(at, character)| {
        let rest = text.get(at..).unwrap_or_default();
        Piece { character, is_escaped: false, is_guarded: starts_mention(rest) || rest.starts_with("``") }
    })
}

fn escaped_line(line: &str, addresses: Addresses, masked_links_end: usize) -> impl Iterator<Item = Piece> {
    let marker = block_marker(line);
    let mut address_end = 0;
    line.char_indices().map(move |(at, character)| {
        if at >= address_end && marker != Some(at) && !may_act(character) {
            return Piece { character, is_escaped: false, is_guarded: false };
        }
        let (before, rest) = line.split_at_checked(at).unwrap_or_default();
        if addresses == Addresses::Live && at >= address_end {
            address_end = at + address(before, rest).map_or(0, str::len);
        }
        if at < address_end {
            return Piece { character, is_escaped: false, is_guarded: false };
        }
        let opens_masked_link = character == '[' && at < masked_links_end;
        let is_escaped = opens_masked_link || marker == Some(at) || starts_span(before, rest);
        Piece { character, is_escaped, is_guarded: starts_mention(rest) }
    })
}

/// Says whether a character can begin or end anything by itself: markup, a mention, or an address. Most cannot.
const fn may_act(character: char) -> bool {
    matches!(character, '\\' | '*' | '`' | '_' | '~' | '|' | '(' | '[' | '<' | ':' | '@' | 'h')
}

/// Finds the character that makes a heading, a quote or an item of a list out of a line. A marker at the end of the
/// text counts: the mark of a cut may follow it.
fn block_marker(line: &str) -> Option<usize> {
    let body = line.trim_start();
    let indent = line.len() - body.len();
    let ends_marker = |rest: &str| rest.chars().next().is_none_or(char::is_whitespace);
    let after_first = body.get(1..).unwrap_or_default();
    let after_hashes = body.trim_start_matches('#');
    let after_digits = body.trim_start_matches(|character: char| character.is_ascii_digit());
    match body.chars().next()? {
        '#' => ends_marker(after_hashes).then_some(indent),
        '-' => (ends_marker(after_first) || after_first.starts_with('#')).then_some(indent),
        '+' => ends_marker(after_first).then_some(indent),
        '>' => Some(indent),
        '0'..='9' => ends_marker(after_digits.strip_prefix('.')?).then_some(line.len() - after_digits.len()),
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
        Some('<') => is_tag(rest),
        Some(':') => rest.starts_with("://") || is_emoji_name(rest),
        _ => false,
    }
}

/// Mentions, custom emoji, times, commands, telephone numbers and addresses in angle brackets; but not `Vec<String>`.
/// Behind a second bracket or a line's end, which the end of a text may become, nobody looks: the client would, past any backslash.
fn is_tag(rest: &str) -> bool {
    let inner = in_brackets(rest);
    let is_known = inner.starts_with(['@', '#', '/', '+', '&', '!']) || inner.contains([':', '@']);
    is_known || rest.get(inner.len() + 1..).is_some_and(|after| after.is_empty() || after.starts_with(['<', '\n']))
}

/// Gives what stands between an angle bracket and the next one, a space or the end of the line.
fn in_brackets(rest: &str) -> &str {
    let inner = rest.strip_prefix('<').unwrap_or_default();
    inner.split([' ', '<', '>', '\n']).next().unwrap_or_default()
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
    let starts = |text: &str, names: &[&str]| {
        names.iter().any(|name| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
    };
    match (rest.strip_prefix('@'), rest.strip_prefix('<')) {
        (Some(name), _) => starts(name, &["everyone", "here"]),
        (_, Some(tag)) if tag.starts_with('/') => in_brackets(rest).contains(':'),
        (_, Some(tag)) => starts(tag, &["@", "#", ":", "a:", "t:", "id:"]),
        (None, None) => false,
    }
}

/// Takes a web address off the front of a text, if nothing in it could be markup and it starts and ends cleanly.
fn address<'a>(before: &str, rest: &'a str) -> Option<&'a str> {
    let from_host = rest.strip_prefix("https://").or_else(|| rest.strip_prefix("http://"))?;
    let is_alphanumeric = |character: char| character.is_ascii_alphanumeric();
    let from_path = from_host.trim_start_matches(|c| is_alphanumeric(c) || ".-:".contains(c));
    let after = from_path.trim_start_matches(|c| is_alphanumeric(c) || "-._~%/?#&=+:,".contains(c));
    let address = rest.get(..rest.len() - after.len())?;

    let starts = before.chars().next_back().is_none_or(|c| c.is_whitespace() || "(\"'=,".contains(c));
    let has_host = from_host.starts_with(is_alphanumeric);
    let has_clean_path = from_path.len() == after.len() || from_path.starts_with(['/', '?', '#']);
    // The client takes all up to the next white space for the address, backslashes too.
    let behind = after.trim_start_matches(|c| ")]}\"';!".contains(c));
    let ends = behind.chars().next().is_none_or(char::is_whitespace);
    // Nothing in here is escaped, so nothing in here may close what opens before it.
    let closes_nothing = !address.contains("~~") && address.split('_').skip(1).all(|c| c.starts_with(is_alphanumeric));
    (starts && has_host && has_clean_path && ends && closes_nothing).then_some(address)
}

/// Keeps two characters apart without being seen: U+200B.
pub(super) const ZERO_WIDTH_SPACE: char = '\u{200b}';

/// A text that Discord takes for one and that nobody sees.
pub(super) const BLANK: &str = "\u{200b}";

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(pieces: impl Iterator<Item = Piece>) -> String {
        let mut text = String::new();
        pieces.for_each(|piece| piece.write(&mut text));
        text
    }

    #[track_caller]
    fn escapes(text: &str, expected: &str) {
        assert_eq!(joined(escaped(text, Addresses::Live)), expected.replace('¦', "\u{200b}"), "from {text:?}");
    }

    #[test]
    fn ordinary_text_stays_as_it_is() {
        for text in [
            "INV-2041",
            "10.0.0.7:5432",
            "foo_bar_baz",
            "/var/lib/app-1.2/data.csv",
            "Vec<String>, Option<u8>, 1 < 2",
            "src/billing/invoice.rs:42",
            "2026-01-05T10:30:45Z",
            "#42 is 50% of 3 > 2 - 1 + 0 (roughly) [sic]",
            "u-42@example.com",
            "a | b ~ c & d = e; {f} \"g\" 'h' `".trim_end_matches(" `"),
            "1.5 and 2.",
            "-1 +1 #1 1.5",
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
        escapes("1.", r"1\.");
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
        escapes("<a\n://b>", "\\<a\n\\://b>");
        escapes("ends with <a", r"ends with \<a");
        escapes("</div> <a@b.example> <+15550100>", r"\</div> \<a@b.example> \<+15550100>");
        assert_eq!(joined(verbatim("ops@here <@1>")), "ops@\u{200b}here <\u{200b}@1>");
    }

    #[test]
    fn an_address_lives_only_where_it_may_and_where_it_is_plain() {
        escapes("https://a.example/*b*", r"https\://a.example/\*b\*");
        escapes("a_b https://a.example/c_", r"a_b https\://a.example/c\_");
        escapes("https://a.example@evil.example", r"https\://a.example@evil.example");
        escapes("<https://a.example> https://a.example)_b_", r"\<https\://a.example> https\://a.example)\_b\_");
        assert_eq!(joined(escaped("https://a.example", Addresses::Dead)), r"https\://a.example");
    }

    #[test]
    fn no_backticks_touch_where_no_backslash_helps() {
        assert_eq!(joined(verbatim("a```b``")), "a`\u{200b}`\u{200b}`b`\u{200b}`");
    }

    #[test]
    fn a_piece_is_as_large_as_what_it_writes() {
        for text in ["*", "@here", "é", "<@1>"] {
            let sizes: Size = escaped(text, Addresses::Dead).map(Piece::size).sum();
            assert_eq!(sizes, Size::of(&joined(escaped(text, Addresses::Dead))));
        }
    }
}
