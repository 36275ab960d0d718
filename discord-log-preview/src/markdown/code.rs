//! Where code ends: in backticks within a line, and in three backticks as a block. Its text is verbatim.

use std::collections::BTreeMap;

use super::fuel::{Ahead, Fuel};

/// The code of one text, with what is known about its backticks.
#[derive(Debug)]
pub(super) struct Codes<'t, 'f> {
    text: &'t str,
    fuel: &'f Fuel,
    /// Where the rows of backticks begin, by length; counted when the first is met.
    rows: Option<BTreeMap<usize, Vec<usize>>>,
    fence: Ahead,
}

/// A block of code.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fence<'t> {
    pub(super) language: Option<&'t str>,
    pub(super) code: &'t str,
    pub(super) end: usize,
}

impl<'t, 'f> Codes<'t, 'f> {
    pub(super) fn new(text: &'t str, fuel: &'f Fuel) -> Self {
        Self { text, fuel, rows: None, fence: Ahead::default() }
    }

    /// Finds the block that begins at a position. A language without code after it is the code.
    pub(super) fn fence(&mut self, at: usize) -> Option<Fence<'t>> {
        let from = at + FENCE.len();
        let rest = self.text.get(at..)?.strip_prefix(FENCE)?;
        let language = rest.len() - rest.trim_start_matches(in_language).len();
        let alone = rest.as_bytes().get(language) == Some(&b'\n');
        let named = alone.then(|| self.fence_end(from + language + 1).map(|end| (from + language + 1, end))).flatten();
        let (begin, end) = match named {
            Some(found) => found,
            None => (from, self.fence_end(from)?),
        };
        let language = named.and(rest.get(..language)).filter(|name| !name.is_empty());
        let code = self.text.get(begin..end)?.trim_matches('\n');
        Some(Fence { language, code, end: end + FENCE.len() })
    }

    /// Finds the first three backticks with something other than line breaks before them.
    fn fence_end(&mut self, from: usize) -> Option<usize> {
        let (text, fuel) = (self.text, self.fuel);
        let rest = text.get(from..)?;
        let first = rest.trim_start_matches('\n');
        let past_one = text.len() - first.len() + first.chars().next()?.len_utf8();
        fuel.spend(past_one - from);
        self.fence.first(past_one, text.len(), fuel, || text.get(past_one..)?.find(FENCE).map(|found| past_one + found))
    }

    /// Finds the inline code that begins at a position: its text, and where it ends. As many backticks end it as began
    /// it, or as many of those as have an end; the others are text in it.
    pub(super) fn inline(&mut self, at: usize) -> Option<(&'t str, usize)> {
        let (text, fuel) = (self.text, self.fuel);
        let row = row_at(text, at);
        let rows = self.rows.get_or_insert_with(|| rows(text, fuel));
        let (length, end) = rows.range(1..=row).rev().find_map(|(length, starts)| {
            fuel.spend(1);
            let next = starts.partition_point(|start| *start < at + row);
            starts.get(next).map(|end| (*length, *end))
        })?;
        Some((unpadded(text.get(at + length..end)?), end + length))
    }
}

/// Counts the backticks at a position.
pub(super) fn row_at(text: &str, at: usize) -> usize {
    text.get(at..).map_or(0, |rest| rest.len() - rest.trim_start_matches('`').len())
}

fn rows(text: &str, fuel: &Fuel) -> BTreeMap<usize, Vec<usize>> {
    let mut rows = BTreeMap::<usize, Vec<usize>>::new();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('`')) {
        let start = at + found;
        let length = row_at(text, start);
        rows.entry(length).or_default().push(start);
        at = start + length;
    }
    fuel.spend(text.len());
    rows
}

/// Drops the space that keeps a backtick of the code apart from those around it.
fn unpadded(code: &str) -> &str {
    let bare = code.trim_matches(' ');
    let code = if bare.starts_with('`') { code.strip_prefix(' ').unwrap_or(code) } else { code };
    if bare.ends_with('`') { code.strip_suffix(' ').unwrap_or(code) } else { code }
}

fn in_language(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-' | '.' | '#')
}

const FENCE: &str = "```";

#[cfg(test)]
mod tests {
    use super::*;

    fn fence(text: &str) -> Option<(Option<&str>, &str)> {
        let fuel = Fuel::default();
        Codes::new(text, &fuel).fence(0).map(|fence| (fence.language, fence.code))
    }

    fn inline(text: &str) -> Option<&str> {
        let fuel = Fuel::default();
        Codes::new(text, &fuel).inline(0).map(|(code, _)| code)
    }

    #[test]
    fn a_language_stands_alone_on_the_first_line() {
        assert_eq!(fence("```rs\nfn a() {}\n```"), Some((Some("rs"), "fn a() {}")));
        assert_eq!(fence("```c++\na```"), Some((Some("c++"), "a")));
        assert_eq!(fence("```rs fn\na```"), Some((None, "rs fn\na")));
        assert_eq!(fence("```rs```"), Some((None, "rs")));
        assert_eq!(fence("```\na\n```"), Some((None, "a")));
    }

    #[test]
    fn a_language_without_code_is_the_code() {
        assert_eq!(fence("```py\n\n```"), Some((None, "py")));
    }

    #[test]
    fn line_breaks_around_the_code_are_dropped_and_spaces_kept() {
        assert_eq!(fence("```\n\n  a \n\n```"), Some((None, "  a ")));
    }

    #[test]
    fn a_block_needs_something_in_it_and_an_end() {
        assert_eq!(fence("``````"), None);
        assert_eq!(fence("```\n```"), None);
        assert_eq!(fence("```a"), None);
        assert_eq!(fence("```````"), Some((None, "`")));
        assert_eq!(fence("```\n``\n```"), Some((None, "``")));
        assert_eq!(fence("```\n```\n```"), Some((None, "```")));
    }

    #[test]
    fn inline_code_ends_at_as_many_backticks() {
        assert_eq!(inline("`a`"), Some("a"));
        assert_eq!(inline("``a`b``"), Some("a`b"));
        assert_eq!(inline("`a``b`"), Some("a``b"));
        assert_eq!(inline("`a\nb`"), Some("a\nb"));
        assert_eq!(inline(r"`\`"), Some(r"\"));
        assert_eq!(inline("` `"), Some(" "));
    }

    #[test]
    fn backticks_without_an_end_become_part_of_the_code() {
        assert_eq!(inline("```` `"), Some("```"));
        assert_eq!(inline("``a`"), Some("`a"));
    }

    #[test]
    fn unclosed_inline_code_is_none() {
        assert_eq!(inline("``"), None);
        assert_eq!(inline("`a``"), None);
    }

    #[test]
    fn one_space_beside_a_backtick_is_dropped() {
        assert_eq!(inline("``  `a  ``"), Some(" `a  "));
        assert_eq!(inline("`` ` ``"), Some("`"));
    }
}
