//! Links: bare addresses, `<https://…>` and `[text](https://… "title")`. Only http, https and discord lead anywhere.

use super::{
    code::Codes,
    fuel::{Ahead, Fuel},
    token,
};

/// `[text](url "title")`, as typed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Masked<'t> {
    pub(super) text: &'t str,
    pub(super) url: String,
    pub(super) title: Option<&'t str>,
    pub(super) end: usize,
}

/// The links of one text, with what is known about its brackets.
#[derive(Debug)]
pub(super) struct Links<'t, 'f> {
    text: &'t str,
    fuel: &'f Fuel,
    bracket: Ahead,
    closing: Ahead,
    opening: Ahead,
    round: Ahead,
    scheme_end: Ahead,
    angle_end: Ahead,
}

impl<'t, 'f> Links<'t, 'f> {
    pub(super) fn new(text: &'t str, fuel: &'f Fuel) -> Self {
        Self {
            text,
            fuel,
            bracket: Ahead::default(),
            closing: Ahead::default(),
            opening: Ahead::default(),
            round: Ahead::default(),
            scheme_end: Ahead::default(),
            angle_end: Ahead::default(),
        }
    }

    /// Finds `<scheme:/…>`: what stands between the brackets, and whether it leads anywhere. Without a known scheme
    /// only the brackets go.
    pub(super) fn angle(&mut self, at: usize) -> Option<(&'t str, bool)> {
        let from = at + 1;
        let colon = next(&mut self.scheme_end, self.text, from, self.fuel, |c| matches!(c, ':' | ' ' | '>'))?;
        if colon == from || !self.text.get(colon..)?.starts_with(":/") {
            return None;
        }
        let end = next(&mut self.angle_end, self.text, colon, self.fuel, |c| matches!(c, ' ' | '>'))?;
        let url = self.text.get(from..end)?;
        let ends = self.text.get(end..)?.starts_with('>') && end > colon + 2;
        ends.then(|| (url, leads_somewhere(url)))
    }

    /// Finds the masked link that begins at a position.
    pub(super) fn masked(&mut self, at: usize) -> Option<Masked<'t>> {
        let from = at + 1;
        let close = self.unpaired(from)?;
        let until = next(&mut self.opening, self.text, close, self.fuel, |c| c == '[').unwrap_or(self.text.len());
        let mut region = self.text.get(close..until)?;
        // The last end wins, so `[a](b) c](d)` hides everything before the last address.
        for _ in 0..MOST_ENDS {
            if !self.fuel.spend(region.len()) {
                return None;
            }
            let end = close + region.rfind("](")?;
            if let Some(target) = self.target(end + 2) {
                let text = self.text.get(from..end)?;
                return Some(Masked { text, url: target.url, title: target.title, end: target.end });
            }
            region = self.text.get(close..end)?;
        }
        None
    }

    /// Finds the first `]` that no `[` before it pairs with. Pairs do not nest.
    fn unpaired(&mut self, from: usize) -> Option<usize> {
        let mut at = from;
        loop {
            let bracket = next(&mut self.bracket, self.text, at, self.fuel, |c| matches!(c, '[' | ']'))?;
            if self.text.get(bracket..)?.starts_with(']') {
                return Some(bracket);
            }
            at = next(&mut self.closing, self.text, bracket, self.fuel, |c| c == ']')? + 1;
            if !self.fuel.spend(1) {
                return None;
            }
        }
    }

    /// Reads what stands between the round brackets: with brackets in the address paired first, else without.
    fn target(&mut self, from: usize) -> Option<Target<'t>> {
        next(&mut self.round, self.text, from, self.fuel, |c| c == ')')?;
        let rest = self.text.get(from..)?;
        let begin = self.text.len() - rest.trim_start().len();
        self.fuel.spend(begin - from + 1);
        [true, false].into_iter().find_map(|paired| self.target_with(begin, paired))
    }

    fn target_with(&self, begin: usize, paired: bool) -> Option<Target<'t>> {
        let bytes = self.text.as_bytes();
        let mut at = begin;
        loop {
            if !self.fuel.spend(1) {
                return None;
            }
            let byte = *bytes.get(at)?;
            let rest = self.text.get(at..).unwrap_or_default();
            if matches!(byte, b')' | b'>') || byte.is_ascii_whitespace() {
                if let Some((title, end)) = self.after_url(at) {
                    let url = self.text.get(begin..at)?;
                    return Some(Target { url: unescaped(url.strip_prefix('<').unwrap_or(url)), title, end });
                }
                if byte.is_ascii_whitespace() {
                    return None;
                }
            }
            at += match byte {
                b'(' if paired => {
                    let length = rest.find(')')? + 1;
                    self.fuel.spend(length);
                    length
                }
                b'\\' => 2,
                _ => 1,
            };
        }
    }

    /// Reads `>`, a title and the last bracket, of which only the bracket must be there.
    fn after_url(&self, at: usize) -> Option<(Option<&'t str>, usize)> {
        let rest = self.text.get(at..)?;
        let rest = rest.strip_prefix('>').unwrap_or(rest);
        let inner = rest.trim_start();
        self.fuel.spend(rest.len() - inner.len());
        if let Some(after) = inner.strip_prefix(')') {
            return Some((None, self.text.len() - after.len()));
        }
        let title = inner.strip_prefix(['"', '\'']).filter(|_| inner.len() < rest.len())?;
        let found = title.match_indices(['"', '\'']).find_map(|(end, _)| {
            let after = title.get(end + 1..)?.trim_start().strip_prefix(')')?;
            Some((title.get(..end)?, self.text.len() - after.len()))
        });
        self.fuel.spend(found.map_or(title.len(), |(title, _)| title.len()));
        found.map(|(title, end)| (Some(title), end))
    }
}

/// What a masked link leads to.
#[derive(Debug)]
struct Target<'t> {
    url: String,
    title: Option<&'t str>,
    end: usize,
}

/// Finds the bare address a text begins with. It does not end with punctuation, nor with a round bracket it did not
/// open.
pub(super) fn bare(rest: &str) -> Option<&str> {
    let after = rest.strip_prefix("https://").or_else(|| rest.strip_prefix("http://"))?;
    let scheme = rest.len() - after.len();
    let run = after.find(|c: char| c.is_whitespace() || c == '<').unwrap_or(after.len());
    let run = after.get(..run)?.trim_end_matches(['.', ',', ':', ';', '"', '\'', ']']);
    // One character alone is no host.
    run.chars().nth(1)?;
    let closing = run.len() - run.trim_end_matches(')').len();
    let kept = if closing > run.matches('(').count() { run.len() - 1 } else { run.len() };
    rest.get(..scheme + kept)
}

/// Tells whether an address may become a link.
pub(super) fn leads_somewhere(url: &str) -> bool {
    if url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return false;
    }
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    if scheme.eq_ignore_ascii_case("discord") {
        return true;
    }
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    // Square brackets are for addresses in numbers alone.
    let is_host = host.starts_with('[') || !host.contains(['[', ']']);
    is_web && is_host && !host.is_empty() && !host.starts_with(':') && !host.contains(['<', '>', '^', '|', '%'])
}

/// Tells whether a text may hide an address: nothing in it itself leads somewhere, so that nobody is sent elsewhere
/// than the text says.
pub(super) fn may_mask(text: &str, fuel: &Fuel) -> bool {
    let clean = text.chars().filter(|c| !is_invisible(*c)).map(narrow).collect::<String>();
    fuel.spend(text.len());
    let (mut codes, mut links) = (Codes::new(&clean, fuel), Links::new(&clean, fuel));
    !clean.match_indices(['h', '<', '@', '`', 'd']).any(|(at, _)| {
        let rest = clean.get(at..).unwrap_or_default();
        bare(rest).is_some()
            || token::at(rest).is_some_and(|(node, _)| node.is_mention())
            || token::everyone(rest).is_some()
            || rest.strip_prefix("discord.gg/").is_some_and(|code| code.starts_with(|c: char| c.is_alphanumeric()))
            || rest.starts_with('<') && links.angle(at).is_some_and(|(_, leads)| leads)
            || codes.fence(at).is_some()
    })
}

/// What hides within an address without being seen.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Wide letters look like the usual ones.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c).to_ascii_lowercase(),
        _ => c.to_ascii_lowercase(),
    }
}

/// Drops the backslashes before punctuation.
fn unescaped(url: &str) -> String {
    let mut plain = String::with_capacity(url.len());
    let mut chars = url.chars();
    while let Some(c) = chars.next() {
        let escaped = (c == '\\').then(|| chars.clone().next()).flatten().filter(char::is_ascii_punctuation);
        plain.push(escaped.unwrap_or(c));
        if escaped.is_some() {
            chars.next();
        }
    }
    plain
}

fn next(ahead: &mut Ahead, text: &str, from: usize, fuel: &Fuel, is: impl Fn(char) -> bool) -> Option<usize> {
    ahead.first(from, text.len(), fuel, || text.get(from..)?.find(is).map(|found| from + found))
}

/// How many ends of a masked link's text are tried.
const MOST_ENDS: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> Option<(&str, String, Option<&str>, usize)> {
        let fuel = Fuel::default();
        let found = Links::new(text, &fuel).masked(0)?;
        Some((found.text, found.url, found.title, found.end))
    }

    fn address(text: &str) -> Option<(String, Option<&str>)> {
        masked(text).map(|found| (found.1, found.2))
    }

    fn angle(text: &str) -> Option<(&str, bool)> {
        let fuel = Fuel::default();
        Links::new(text, &fuel).angle(0)
    }

    #[test]
    fn a_bare_address_ends_before_punctuation() {
        assert_eq!(bare("https://a.b/c?d=e#f. g"), Some("https://a.b/c?d=e#f"));
        assert_eq!(bare("https://a.b/c\"],"), Some("https://a.b/c"));
        assert_eq!(bare("http://ab<b"), Some("http://ab"));
    }

    #[test]
    fn a_bare_address_keeps_brackets_it_opened() {
        assert_eq!(bare("https://(a)"), Some("https://(a)"));
        assert_eq!(bare("https://(a))"), Some("https://(a)"));
        assert_eq!(bare("https://ab)"), Some("https://ab"));
        assert_eq!(bare("http://a)"), Some("http://a"));
    }

    #[test]
    fn one_character_is_no_bare_address() {
        assert_eq!(bare("http://a"), None);
        assert_eq!(bare("http://a."), None);
        assert_eq!(bare("https://"), None);
        assert_eq!(bare("ftp://ab.c"), None);
    }

    #[test]
    fn a_masked_link_has_an_address_and_maybe_a_title() {
        assert_eq!(masked("[a](https://b) c"), Some(("a", "https://b".into(), None, 14)));
        assert_eq!(address("[a](https://b 'c')"), Some(("https://b".into(), Some("c"))));
        assert_eq!(address("[a](https://b \"it's\")"), Some(("https://b".into(), Some("it's"))));
        assert_eq!(address("[ a ]( https://b  ' c ' )"), Some(("https://b".into(), Some(" c "))));
    }

    #[test]
    fn angle_brackets_around_an_address_are_dropped() {
        assert_eq!(address("[a](<https://b>)"), Some(("https://b".into(), None)));
        assert_eq!(address("[a](<https://b> 'c')"), Some(("https://b".into(), Some("c"))));
    }

    #[test]
    fn round_brackets_in_an_address_are_paired() {
        assert_eq!(address("[a](https://b/c_(d))"), Some(("https://b/c_(d)".into(), None)));
        assert_eq!(address("[a](https://b/(c) d"), Some(("https://b/(c".into(), None)));
        assert_eq!(address(r"[a](https://b/\))"), Some(("https://b/)".into(), None)));
    }

    #[test]
    fn square_brackets_in_the_text_are_paired() {
        assert_eq!(masked("[[]](http://b)").map(|found| found.0), Some("[]"));
        assert_eq!(masked("[[][]]](http://b)").map(|found| found.0), Some("[][]]"));
        assert_eq!(masked("[[a](http://b)"), None);
        assert_eq!(masked("[[]][]](http://b)"), None);
        assert_eq!(masked("[a](b) c](http://d)").map(|found| found.0), Some("a](b) c"));
    }

    #[test]
    fn what_is_no_masked_link_is_none() {
        for text in ["[a]", "[a] (https://b)", "[a](https://b", "[a](https://b c)", "[a", "[]"] {
            assert_eq!(masked(text), None, "{text}");
        }
    }

    #[test]
    fn only_known_schemes_lead_somewhere() {
        for url in
            ["http://a", "HTTPS://a.b:80/c", "https://me@a/b", "discord://", "discord://-/channels/1", "http://[::1]/"]
        {
            assert!(leads_somewhere(url), "{url}");
        }
        for url in [
            "javascript://a",
            "data:text/html,a",
            "https://",
            "https:///a",
            "https:a",
            "http://:80",
            "ftp://a",
            "http://a\nb",
            "a",
            "http://a<b",
        ] {
            assert!(!leads_somewhere(url), "{url}");
        }
    }

    #[test]
    fn angle_brackets_make_an_address_of_what_has_a_scheme() {
        assert_eq!(angle("<https://a>"), Some(("https://a", true)));
        assert_eq!(angle("<blah:/*a*>"), Some(("blah:/*a*", false)));
        assert_eq!(angle("<blah:*a*>"), None);
        assert_eq!(angle("<std::io::Error>"), None);
        assert_eq!(angle("<https://a b>"), None);
        assert_eq!(angle("<https://a"), None);
    }

    #[test]
    fn a_text_that_leads_elsewhere_masks_nothing() {
        let fuel = Fuel::default();
        for text in [
            "http://ab",
            "see https://a.b",
            "HTTP://ab",
            "ｈttp://ab",
            "ht\u{200b}tp://ab",
            "`http://ab`",
            "```a```",
            "<@1>",
            "@everyone",
            "discord.gg/abc",
            "<discord://a>",
        ] {
            assert!(!may_mask(text, &fuel), "{text}");
        }
        for text in ["a", "**a**", "<t:0>", "example.org", "the http protocol"] {
            assert!(may_mask(text, &fuel), "{text}");
        }
    }
}
