//! What may only begin a line: headings, small print, quotes and lists. What comes out are the texts in them, to be
//! read in turn.

/// What a line begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block<'t> {
    Heading { level: u8, text: &'t str },
    List { start: Option<u32>, items: Vec<String> },
    Quote(String),
    Subtext(&'t str),
}

/// What stands before a place on its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    Nothing,
    Spaces,
    Text,
}

/// What the surroundings of a text rule out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outside {
    /// A list holds no headings.
    pub(super) list: bool,
    /// A quote holds no quotes.
    pub(super) quote: bool,
}

/// Finds the block a text begins with, and its length. The line break after it belongs to it.
pub(super) fn at(rest: &str, before: Before, outside: Outside) -> Option<(Block<'_>, usize)> {
    let at_start = before == Before::Nothing;
    match rest.bytes().next()? {
        _ if before == Before::Text => None,
        b'#' if at_start && !outside.list => heading(rest),
        b'-' if at_start && rest.starts_with("-# ") => subtext(rest),
        b'>' if !outside.quote => quote(rest),
        b'-' | b'*' | b'0'..=b'9' => list(rest),
        _ => None,
    }
}

fn heading(rest: &str) -> Option<(Block<'_>, usize)> {
    let marked = rest.trim_start_matches('#');
    let level = u8::try_from(rest.len() - marked.len()).ok().filter(|level| *level <= 3)?;
    let text = marked.trim_start();
    if text.len() == marked.len() || text.starts_with('#') {
        return None;
    }
    let (line, end) = line(rest, rest.len() - text.len())?;
    let text = line.trim_end().trim_end_matches('#').trim_end();
    (!text.is_empty()).then_some((Block::Heading { level, text }, end))
}

fn subtext(rest: &str) -> Option<(Block<'_>, usize)> {
    let text = rest.strip_prefix("-#")?.trim_start_matches(' ');
    let (line, end) = line(rest, rest.len() - text.len())?;
    let text = line.trim_end();
    (!text.is_empty() && !text.starts_with("-#")).then_some((Block::Subtext(text), end))
}

fn quote(rest: &str) -> Option<(Block<'_>, usize)> {
    if let Some(all) = rest.strip_prefix(">>> ") {
        return Some((Block::Quote(all.to_owned()), rest.len()));
    }
    let (mut lines, mut at) = (Vec::new(), 0);
    while rest.get(at..).is_some_and(|rest| rest.starts_with("> ")) {
        let (text, end) = line(rest, at + 2)?;
        lines.push(text);
        at = end;
    }
    (!lines.is_empty()).then(|| (Block::Quote(lines.join("\n")), at))
}

fn list(rest: &str) -> Option<(Block<'_>, usize)> {
    let (mut items, mut at, mut start) = (Vec::new(), 0, None);
    while let Some((number, length)) = bullet(rest.get(at..)?) {
        if items.is_empty() {
            start = number;
        }
        let body = at + length;
        let end = item_end(rest, body)?;
        items.push(dedented(rest.get(body..end)?, length));
        let after = rest.get(end..)?;
        let after = after.strip_prefix('\n').unwrap_or(after);
        at = rest.len() - after.strip_prefix(' ').unwrap_or(after).len();
    }
    (!items.is_empty()).then_some((Block::List { start, items }, at))
}

/// Finds where an item ends: after its line, and after all further lines that are indented. A bullet that stands alone
/// takes the next line, unless that is an item.
fn item_end(rest: &str, body: usize) -> Option<usize> {
    let after = rest.get(body..)?;
    let takes_next =
        after.strip_prefix('\n').is_some_and(|next| bullet(next.strip_prefix(' ').unwrap_or(next)).is_none());
    let first = if takes_next { body + 1 } else { body };
    let mut end = first + line(rest, first)?.0.len();
    while rest.get(end..)?.starts_with("\n  ") {
        end += 1 + line(rest, end + 1)?.0.len();
    }
    Some(end)
}

/// Finds the bullet a text begins with: its number, if it has one, and its length with the spaces after it.
fn bullet(rest: &str) -> Option<(Option<u32>, usize)> {
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, mark) = match digits {
        0 => (None, rest.strip_prefix(['-', '*'])?),
        _ => {
            let number = rest.get(..digits)?.parse().unwrap_or(LAST_NUMBER).clamp(1, LAST_NUMBER);
            (Some(number), rest.get(digits..)?.strip_prefix('.')?)
        }
    };
    let text = mark.trim_start_matches(' ');
    (text.len() < mark.len()).then_some((number, rest.len() - text.len()))
}

fn dedented(item: &str, most: usize) -> String {
    let dedent = |line: &str| {
        let spaces = (line.len() - line.trim_start_matches(' ').len()).min(most);
        line.get(spaces..).unwrap_or_default().to_owned()
    };
    item.split('\n').map(dedent).collect::<Vec<_>>().join("\n")
}

/// Gives the line from a position on, without its break, and where the next one begins.
fn line(text: &str, from: usize) -> Option<(&str, usize)> {
    let rest = text.get(from..)?;
    Some(match rest.split_once('\n') {
        Some((line, _)) => (line, from + line.len() + 1),
        None => (rest, text.len()),
    })
}

/// The highest number an item is shown with.
const LAST_NUMBER: u32 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    const ANYWHERE: Outside = Outside { list: false, quote: false };

    fn block(text: &str) -> Option<(Block<'_>, usize)> {
        at(text, Before::Nothing, ANYWHERE)
    }

    fn heading_of(text: &str) -> Option<(u8, &str)> {
        match block(text)?.0 {
            Block::Heading { level, text } => Some((level, text)),
            _ => None,
        }
    }

    fn list_of(text: &str) -> Option<(Option<u32>, Vec<String>)> {
        match block(text)?.0 {
            Block::List { start, items } => Some((start, items)),
            _ => None,
        }
    }

    #[test]
    fn headings_have_three_levels_and_a_space() {
        assert_eq!(heading_of("# a"), Some((1, "a")));
        assert_eq!(heading_of("## a"), Some((2, "a")));
        assert_eq!(heading_of("### a"), Some((3, "a")));
        assert_eq!(heading_of("#### a"), None);
        assert_eq!(heading_of("#a"), None);
        assert_eq!(heading_of("# "), None);
        assert_eq!(heading_of("# # a"), None);
    }

    #[test]
    fn the_hashes_after_a_heading_are_dropped() {
        assert_eq!(heading_of("#    a #   ####   "), Some((1, "a #")));
    }

    #[test]
    fn a_heading_takes_its_line_break_and_no_more() {
        assert_eq!(block("# a\n\nb").map(|found| found.1), Some(4));
    }

    #[test]
    fn small_print_is_one_line() {
        assert_eq!(block("-# a  \nb"), Some((Block::Subtext("a"), 7)));
        assert_eq!(block("-# -# a"), None);
        assert_eq!(block("-#a"), None);
        assert_eq!(block("-# "), None);
    }

    #[test]
    fn a_quote_needs_its_mark_on_each_line() {
        assert_eq!(block("> a\n>  b\nc"), Some((Block::Quote("a\n b".into()), 9)));
        assert_eq!(block(">a"), None);
        assert_eq!(block("> "), Some((Block::Quote(String::new()), 2)));
    }

    #[test]
    fn three_marks_quote_the_rest() {
        assert_eq!(block(">>> a\nb\n\nc"), Some((Block::Quote("a\nb\n\nc".into()), 10)));
        assert_eq!(block(">>>a"), None);
    }

    #[test]
    fn nothing_but_spaces_may_stand_before_a_block() {
        for text in ["# a", "-# a", "> a", "- a"] {
            assert_eq!(at(text, Before::Text, ANYWHERE), None, "{text}");
        }
        assert_eq!(at("# a", Before::Spaces, ANYWHERE), None);
        assert_eq!(at("-# a", Before::Spaces, ANYWHERE), None);
        assert!(at("> a", Before::Spaces, ANYWHERE).is_some());
        assert!(at("- a", Before::Spaces, ANYWHERE).is_some());
    }

    #[test]
    fn a_quote_holds_no_quotes_and_a_list_no_headings() {
        assert_eq!(at("> a", Before::Nothing, Outside { quote: true, list: false }), None);
        assert_eq!(at("# a", Before::Nothing, Outside { quote: false, list: true }), None);
    }

    #[test]
    fn lists_have_bullets_or_numbers() {
        assert_eq!(list_of("- a\n- b"), Some((None, vec!["a".into(), "b".into()])));
        assert_eq!(list_of("* a"), Some((None, vec!["a".into()])));
        assert_eq!(list_of("3. a\n9. b"), Some((Some(3), vec!["a".into(), "b".into()])));
        assert_eq!(list_of("0. a").map(|list| list.0), Some(Some(1)));
        assert_eq!(list_of("99999999999. a").map(|list| list.0), Some(Some(LAST_NUMBER)));
        for text in ["-a", "+ a", "1) a", "1.a", "--", "-"] {
            assert_eq!(list_of(text), None, "{text}");
        }
    }

    #[test]
    fn indented_lines_belong_to_the_item() {
        assert_eq!(list_of("- a\n   b").unwrap().1, ["a\n b"]);
        assert_eq!(list_of("1. a\n   b").unwrap().1, ["a\nb"]);
        assert_eq!(list_of("- a\n  - b\n- c").unwrap().1, ["a\n- b", "c"]);
    }

    #[test]
    fn one_space_before_an_item_is_dropped() {
        assert_eq!(list_of("- a\n - b").unwrap().1, ["a", "b"]);
        assert_eq!(block("- a\n b").map(|found| found.1), Some(5));
    }

    #[test]
    fn a_bullet_alone_takes_the_next_line_unless_it_is_an_item() {
        assert_eq!(list_of("* \na").unwrap().1, ["\na"]);
        assert_eq!(list_of("* \n* b").unwrap().1, ["", "b"]);
    }

    #[test]
    fn a_list_takes_its_last_line_break() {
        assert_eq!(block("- a\n\nb").map(|found| found.1), Some(4));
    }
}
