//! Code blocks in `ansi`: terminal colours become classes. Discord knows bold, underlined, eight colours and eight
//! backgrounds; every other sequence vanishes.

use super::write::escape;

/// Writes the code of such a block.
pub(super) fn write(code: &str, html: &mut String) {
    let mut look = Look::default();
    let mut rest = code;
    while let Some((before, after)) = rest.split_once(ESCAPE) {
        look.write(before, html);
        rest = match sequence(after) {
            Some((parameters, 'm', after)) => {
                look.apply(parameters);
                after
            }
            Some((_, _, after)) => after,
            None => after,
        };
    }
    look.write(rest, html);
}

/// Splits a control sequence off: its parameters, the letter that says what it does, and what follows.
fn sequence(after: &str) -> Option<(&str, char, &str)> {
    let inside = after.strip_prefix('[')?;
    let length = inside.bytes().take(LONGEST).take_while(|byte| (0x20..0x40).contains(byte)).count();
    let (parameters, rest) = inside.split_at_checked(length)?;
    let last = rest.chars().next().filter(|last| matches!(last, '@'..='~'))?;
    Some((parameters, last, rest.get(1..)?))
}

/// How the text is shown from here on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Look {
    bold: bool,
    underline: bool,
    colour: Option<u8>,
    background: Option<u8>,
}

impl Look {
    fn apply(&mut self, parameters: &str) {
        for parameter in parameters.split(';') {
            match parameter.parse().unwrap_or(0) {
                0 if parameter.bytes().all(|byte| byte == b'0') => *self = Self::default(),
                1 => self.bold = true,
                4 => self.underline = true,
                colour @ 30..=37 => self.colour = Some(colour),
                background @ 40..=47 => self.background = Some(background),
                // The numbers that follow name one of 256 or of all colours, and are none of these.
                38 | 48 => return,
                _ => {}
            }
        }
    }

    fn write(self, text: &str, html: &mut String) {
        if text.is_empty() || self == Self::default() {
            return escape(text, html);
        }
        let classes = [
            self.bold.then(|| "ansi-bold".to_owned()),
            self.underline.then(|| "ansi-underline".to_owned()),
            self.colour.map(|colour| format!("ansi-fg-{colour}")),
            self.background.map(|background| format!("ansi-bg-{background}")),
        ];
        let classes = classes.into_iter().flatten().collect::<Vec<_>>().join(" ");
        html.push_str(&format!("<span class=\"{classes}\">"));
        escape(text, html);
        html.push_str("</span>");
    }
}

const ESCAPE: char = '\u{1b}';

/// The bytes the parameters of a sequence may have; more are text.
const LONGEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn written(code: &str) -> String {
        let mut html = String::new();
        write(code, &mut html);
        html
    }

    #[test]
    fn a_sequence_holds_until_the_next() {
        assert_eq!(
            written("a\u{1b}[1;4;31;44mb\u{1b}[0mc"),
            "a<span class=\"ansi-bold ansi-underline ansi-fg-31 ansi-bg-44\">b</span>c"
        );
        assert_eq!(
            written("\u{1b}[31ma\u{1b}[1mb"),
            "<span class=\"ansi-fg-31\">a</span><span class=\"ansi-bold ansi-fg-31\">b</span>"
        );
    }

    #[test]
    fn no_parameters_reset() {
        assert_eq!(written("\u{1b}[1ma\u{1b}[mb"), "<span class=\"ansi-bold\">a</span>b");
        assert_eq!(written("\u{1b}[1ma\u{1b}[00mb"), "<span class=\"ansi-bold\">a</span>b");
    }

    #[test]
    fn a_reset_may_begin_a_sequence() {
        assert_eq!(
            written("\u{1b}[1ma\u{1b}[0;32mb"),
            "<span class=\"ansi-bold\">a</span><span class=\"ansi-fg-32\">b</span>"
        );
    }

    #[test]
    fn other_sequences_vanish() {
        assert_eq!(written("a\u{1b}[2Jb\u{1b}[?25lc\u{1b}[91md\u{1b}[38;5;31me\u{1b}f"), "abcdef");
    }

    #[test]
    fn what_is_no_sequence_is_text_without_its_escape() {
        assert_eq!(written("a\u{1b}[31"), "a[31");
        assert_eq!(written("a\u{1b}[31é"), "a[31é");
        assert_eq!(written("\u{1b}"), "");
    }

    #[test]
    fn the_text_is_escaped() {
        assert_eq!(written("\u{1b}[31m<b>"), "<span class=\"ansi-fg-31\">&lt;b&gt;</span>");
    }
}
