//! Takes out of a text what nobody sees or what acts instead of being read: control characters, terminal sequences,
//! direction marks, zero-width characters and towers of accents. What is left is the text as a reader would write it
//! down; nothing is escaped yet.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

use super::limits;

/// What becomes of the ends of lines.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Lines {
    /// Spaces, for a place that has one line.
    Joined,
    /// Kept, with at most one empty line in a row.
    Kept,
}

/// A text without anything invisible.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Cleaned {
    pub(super) text: String,
    /// Whether this is the whole text, or as much of it as was asked for.
    pub(super) is_whole: bool,
    /// Bytes of accents that would have covered other text.
    pub(super) piled: usize,
}

/// Cleans a text, at most until `most` code points are left over.
pub(super) fn clean(text: &str, lines: Lines, most: usize) -> Cleaned {
    let text = text.trim_start();
    if let (all, "") = printable(text) {
        let kept = all.get(..most).unwrap_or(all);
        return Cleaned { text: kept.trim().to_owned(), is_whole: kept.len() == all.len(), piled: 0 };
    }
    let (visible, is_whole) = visible(text, lines, most);
    let visible = visible.trim();
    if is_simple(visible) {
        return Cleaned { text: visible.to_owned(), is_whole, piled: 0 };
    }
    let mut text = String::with_capacity(visible.len());
    for grapheme in visible.graphemes(true) {
        text.extend(grapheme.chars().take(limits::GRAPHEME_CHARACTERS));
    }
    let piled = visible.len() - text.len();
    Cleaned { text, is_whole, piled }
}

/// Says whether each character of a text is a visible character of its own. Most texts are of this kind, and finding
/// the graphemes of one is most of the cost of a line.
///
/// Source: none of these is `Extend`, `SpacingMark`, `Prepend` or a regional indicator, and emoji join only with a joiner,
/// <https://www.unicode.org/reports/tr29/#Default_Grapheme_Cluster_Table>.
pub(super) fn is_simple(text: &str) -> bool {
    let stands_alone = |character: char| {
        matches!(
            character,
            ' '..='~'
                | '\n'
                | '\u{a0}'..='\u{ac}'
                | '\u{ae}'..='\u{2ff}'
                | '\u{2010}'..='\u{2027}'
                | '\u{2030}'..='\u{203a}'
                | '\u{20a0}'..='\u{20bf}'
                | '\u{2190}'..='\u{21ff}'
                | '\u{1f300}'..='\u{1f3fa}'
                | '\u{1f400}'..='\u{1f64f}'
        )
    };
    text.chars().all(stands_alone)
}

/// Makes a text fit for a file: whole, with its own lines, and without what would act in an editor or a terminal.
pub(super) fn legible(text: &str) -> Cow<'_, str> {
    let (printable, rest) = printable(text);
    if rest.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut legible = String::with_capacity(text.len());
    legible.push_str(printable);
    let mut rest = rest.chars();
    while let Some(character) = rest.next() {
        match character {
            '\u{1b}' => rest = after_terminal_sequence(rest.as_str()).chars(),
            '\r' if rest.as_str().starts_with('\n') => {}
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => legible.push('\n'),
            '\t' => legible.push('\t'),
            character if is_invisible(character) => {}
            character => legible.push(character),
        }
    }
    Cow::Owned(legible)
}

/// Takes the printable ASCII off the front of a text, of which most texts are made.
fn printable(text: &str) -> (&str, &str) {
    let printable = text.bytes().take_while(|byte| matches!(byte, b' '..=b'~')).count();
    text.split_at_checked(printable).unwrap_or((text, ""))
}

fn visible(text: &str, lines: Lines, most: usize) -> (String, bool) {
    let mut visible = String::with_capacity(text.len().min(most));
    let (mut characters, mut line_ends) = (0, 0);
    let mut rest = text.chars();
    loop {
        let (run, after) = printable(rest.as_str());
        let (taken, left) = run.split_at_checked(most - characters).unwrap_or((run, ""));
        visible.push_str(taken);
        characters += taken.len();
        if !left.is_empty() {
            return (visible, false);
        }
        if !run.trim_start_matches(' ').is_empty() {
            line_ends = 0;
        }
        rest = after.chars();
        let Some(character) = rest.next() else { return (visible, true) };
        let kept = match character {
            '\u{1b}' => {
                rest = after_terminal_sequence(rest.as_str()).chars();
                continue;
            }
            '\r' if rest.as_str().starts_with('\n') => continue,
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
            '\t' => ' ',
            character if is_invisible(character) => continue,
            character => character,
        };
        line_ends = match kept {
            '\n' => line_ends + 1,
            kept if kept.is_whitespace() => line_ends,
            _ => 0,
        };
        let kept = match (kept, lines) {
            ('\n', Lines::Kept) if line_ends > 2 => continue,
            ('\n', Lines::Joined) => ' ',
            (kept, _) => kept,
        };
        if characters == most {
            return (visible, false);
        }
        visible.push(kept);
        characters += 1;
    }
}

/// Skips what follows an escape character where it is a colour, a movement or a link; anything else is text.
fn after_terminal_sequence(rest: &str) -> &str {
    let after = if let Some(parameters) = rest.strip_prefix('[') {
        let end = parameters.trim_start_matches(|character| matches!(character, ' '..='?'));
        end.strip_prefix(|character| matches!(character, '@'..='~'))
    } else if let Some(command) = rest.strip_prefix(']') {
        let end = command.trim_start_matches(|character| !matches!(character, '\u{7}' | '\u{1b}' | '\n'));
        end.strip_prefix('\u{7}').or_else(|| end.strip_prefix("\u{1b}\\"))
    } else {
        None
    };
    after.unwrap_or(rest)
}

fn is_invisible(character: char) -> bool {
    let is_joiner = matches!(character, '\u{200c}' | '\u{200d}');
    let is_no_character = character as u32 & 0xfffe == 0xfffe;
    let is_format = matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{180b}'..='\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fdd0}'..='\u{fdef}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    character.is_control() || is_no_character || (is_format && !is_joiner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(text: &str, cleaned: &str) {
        assert_eq!(clean(text, Lines::Kept, usize::MAX).text, cleaned, "from {text:?}");
    }

    fn whole(text: &str) -> Cleaned {
        Cleaned { text: text.to_owned(), is_whole: true, piled: 0 }
    }

    #[test]
    fn a_file_has_every_line_and_every_accent_and_nothing_that_acts() {
        let tower = format!("e{}", "\u{301}".repeat(1_000));
        assert_eq!(legible(&tower), tower);
        assert_eq!(legible("a\r\n\n\n\tb\u{1b}[31m\u{202e}\0c\u{200b}"), "a\n\n\n\tbc");
    }

    #[test]
    fn control_and_direction_characters_go() {
        reads("a\0b\u{7}c\u{9f}d", "abcd");
        reads("user\u{202e}gpj.exe", "usergpj.exe");
        reads("\u{feff}in\u{ad}voice\u{200b}\u{e0041}", "invoice");
        reads("tab\tstop", "tab stop");
    }

    #[test]
    fn terminal_sequences_go_and_their_text_stays() {
        reads("\u{1b}[1;31merror\u{1b}[0m: no", "error: no");
        reads("\u{1b}]8;;https://a.example\u{1b}\\link\u{1b}]8;;\u{7}", "link");
        reads("\u{1b}]no end\nnext", "]no end\nnext");
        reads("\u{1b}[", "[");
        reads("cut \u{1b}[31", "cut [31");
    }

    #[test]
    fn every_way_to_end_a_line_is_one() {
        reads("a\r\nb\rc\u{2028}d\u{85}e", "a\nb\nc\nd\ne");
        reads("a\n\n \n\n\nb", "a\n\n b");
        assert_eq!(clean("a\r\n\tb", Lines::Joined, usize::MAX).text, "a  b");
    }

    #[test]
    fn emoji_stay_whole_and_towers_of_accents_do_not() {
        reads("👩‍👩‍👧‍👦 ok", "👩‍👩‍👧‍👦 ok");
        let tower = format!("e{}!", "\u{301}".repeat(1_000));
        assert_eq!(clean(&tower, Lines::Kept, usize::MAX).text.chars().count(), limits::GRAPHEME_CHARACTERS + 1);
    }

    #[test]
    fn characters_that_stand_alone_are_graphemes_of_their_own() {
        let alone: Vec<char> =
            ('\0'..=char::MAX).filter(|character| is_simple(character.encode_utf8(&mut [0; 4]))).collect();
        assert!(alone.len() > 1_000);
        // Each stands beside many others.
        for step in [1, 2, 7, 83, 251, 641, 997] {
            let text: String = (0..alone.len()).map(|at| alone[at * step % alone.len()]).collect();
            assert_eq!(text.graphemes(true).count(), alone.len(), "step {step}");
        }
    }

    #[test]
    fn a_long_text_is_read_as_far_as_asked() {
        assert_eq!(clean("abc", Lines::Kept, 3), whole("abc"));
        assert_eq!(clean("abcd", Lines::Kept, 3), Cleaned { is_whole: false, ..whole("abc") });
        assert_eq!(clean("abc\0\0", Lines::Kept, 3), whole("abc"));
    }
}
