//! Reads a text into a tree. At each character the blocks are tried, then the marks, codes, tokens and links; what is
//! none of them is text. The texts in them are read in turn, and know on what kind of line they began.

use super::{
    Place,
    block::{self, Before, Block, Outside},
    code::{Codes, row_at},
    fuel::Fuel,
    link::{self, Links},
    mark::Marks,
    node::Node,
    token,
};

/// Reads a text. Links may hide behind emoji in an embed, and nowhere else.
pub(super) fn parse(text: &str, place: Place, in_embed: bool, fuel: &Fuel) -> Vec<Node> {
    let rules = match place {
        Place::Body => Rules::Everything,
        Place::Line => Rules::Line,
    };
    let outside = Outside { list: false, quote: false };
    Reader::new(text, Context { rules, in_embed, outside, before: Before::Nothing, depth: 0 }, fuel).read()
}

/// What is markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rules {
    Everything,
    Line,
    /// As on a line, and without escapes.
    LinkText,
}

/// Where a text stands.
#[derive(Clone, Copy, Debug)]
struct Context {
    rules: Rules,
    in_embed: bool,
    outside: Outside,
    before: Before,
    depth: u8,
}

/// One text being read.
#[derive(Debug)]
struct Reader<'t> {
    text: &'t str,
    context: Context,
    fuel: &'t Fuel,
    codes: Codes<'t, 't>,
    links: Links<'t, 't>,
    marks: Marks<'t>,
    at: usize,
    plain: String,
    nodes: Vec<Node>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, context: Context, fuel: &'t Fuel) -> Self {
        Self {
            text,
            context,
            fuel,
            codes: Codes::new(text, fuel),
            links: Links::new(text, fuel),
            marks: Marks::new(text, fuel),
            at: 0,
            plain: String::new(),
            nodes: Vec::new(),
        }
    }

    fn read(mut self) -> Vec<Node> {
        while let Some(first) = self.rest().chars().next() {
            if !self.fuel.spend(1) {
                self.text_to(self.text.len());
            } else if let Some((node, end)) = self.element(first) {
                self.push(node, end);
            } else {
                self.text_from(first);
            }
        }
        self.end_text();
        self.nodes
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn element(&mut self, first: char) -> Option<(Node, usize)> {
        let everything = self.context.rules == Rules::Everything;
        if everything && let Some(found) = self.block() {
            return Some(found);
        }
        match first {
            '*' | '_' | '~' | '|' => self.styled(),
            '`' => self.code(),
            '<' => self.angle(),
            '[' if everything => self.masked(),
            'h' if everything => self.bare(),
            '@' if everything => token::everyone(self.rest()).map(|name| (Node::Everyone(name), self.at + name.len())),
            _ => None,
        }
    }

    fn block(&mut self) -> Option<(Node, usize)> {
        if self.context.depth >= DEEPEST || self.context.before == Before::Text {
            return None;
        }
        let (block, length) = block::at(self.rest(), self.context.before, self.context.outside)?;
        self.fuel.spend(length);
        let outside = self.context.outside;
        let node = match block {
            Block::Heading { level, text } => Node::Heading(level, self.inner(text, outside)),
            Block::List { start, items } => {
                let outside = Outside { list: true, ..outside };
                Node::List { start, items: items.iter().map(|item| self.inner(item, outside)).collect() }
            }
            Block::Quote(text) => Node::Quote(self.inner(&text, Outside { quote: true, ..outside })),
            Block::Subtext(text) => Node::Subtext(self.inner(text, outside)),
        };
        Some((node, self.at + length))
    }

    fn styled(&mut self) -> Option<(Node, usize)> {
        if self.context.depth >= DEEPEST {
            return None;
        }
        let mark = self.marks.at(self.at)?;
        let inner = self.inner(self.text.get(mark.inner)?, self.context.outside);
        Some((Node::Styled(mark.style, inner), mark.end))
    }

    fn code(&mut self) -> Option<(Node, usize)> {
        if self.context.rules == Rules::Everything
            && let Some(fence) = self.codes.fence(self.at)
        {
            // The block breaks the line by itself.
            let after = self.text.get(fence.end..).unwrap_or_default();
            let end = fence.end + usize::from(after.starts_with('\n'));
            let language = fence.language.map(str::to_owned);
            return Some((Node::Fence { language, code: fence.code.to_owned() }, end));
        }
        let (code, end) = self.codes.inline(self.at)?;
        Some((Node::Code(code.to_owned()), end))
    }

    fn angle(&mut self) -> Option<(Node, usize)> {
        let everything = self.context.rules == Rules::Everything;
        if let Some((node, length)) = token::at(self.rest())
            && (everything || matches!(node, Node::Emoji(_) | Node::Stamp(_)))
        {
            return Some((node, self.at + length));
        }
        let (url, leads) = self.links.angle(self.at).filter(|_| everything)?;
        let node = match leads {
            true => Node::Link { url: url.to_owned(), text: None, title: None },
            false => Node::Text(url.to_owned()),
        };
        Some((node, self.at + url.len() + 2))
    }

    /// A link that is refused stands there as it was typed, with nothing in it read.
    fn masked(&mut self) -> Option<(Node, usize)> {
        if self.context.depth >= DEEPEST {
            return None;
        }
        let masked = self.links.masked(self.at)?;
        let context = Context { rules: Rules::LinkText, depth: self.context.depth + 1, ..self.context };
        let text = Reader::new(masked.text, context, self.fuel).read();
        let may_mask = masked.title.into_iter().chain([masked.text]).all(|text| link::may_mask(text, self.fuel));
        let is_shown =
            text.iter().any(Node::is_visible) && (self.context.in_embed || !text.iter().any(Node::has_emoji));
        let node = match link::leads_somewhere(&masked.url) && may_mask && is_shown {
            true => Node::Link { url: masked.url, text: Some(text), title: masked.title.map(str::to_owned) },
            false => Node::Text(self.text.get(self.at..masked.end)?.to_owned()),
        };
        Some((node, masked.end))
    }

    fn bare(&mut self) -> Option<(Node, usize)> {
        let url = link::bare(self.rest())?;
        self.fuel.spend(url.len());
        let node = match link::leads_somewhere(url) {
            true => Node::Link { url: url.to_owned(), text: None, title: None },
            false => Node::Text(url.to_owned()),
        };
        Some((node, self.at + url.len()))
    }

    fn inner(&self, text: &str, outside: Outside) -> Vec<Node> {
        Reader::new(text, Context { outside, depth: self.context.depth + 1, ..self.context }, self.fuel).read()
    }

    /// Takes what is no markup: one character, what a backslash escapes, or a whole row of backticks, as none of them
    /// ends if the first does not.
    fn text_from(&mut self, first: char) {
        let rest = self.rest();
        let escapes = self.context.rules != Rules::LinkText;
        let length = match first {
            '`' => row_at(self.text, self.at),
            '¯' if rest.starts_with(SHRUG) => SHRUG.len(),
            '\\' if escapes => match rest.chars().nth(1) {
                Some(escaped) if !escaped.is_ascii_alphanumeric() && !escaped.is_whitespace() => {
                    self.at += 1;
                    escaped.len_utf8()
                }
                _ => 1,
            },
            _ => first.len_utf8(),
        };
        self.text_to(self.at + length);
    }

    fn text_to(&mut self, end: usize) {
        let text = self.text.get(self.at..end).unwrap_or_default();
        self.plain.push_str(text);
        self.at = end;
        self.context.before = match (text, self.context.before) {
            ("\n", _) => Before::Nothing,
            (" ", Before::Nothing | Before::Spaces) => Before::Spaces,
            _ => Before::Text,
        };
    }

    fn push(&mut self, node: Node, end: usize) {
        if node.is_block() && self.context.before == Before::Spaces {
            // What indents a block is not shown.
            self.plain.truncate(self.plain.trim_end_matches(' ').len());
        }
        self.end_text();
        let taken = self.text.get(self.at..end).unwrap_or_default();
        self.context.before = match taken.chars().next_back() {
            Some('\n') => Before::Nothing,
            Some(' ') if node.is_block() => Before::Spaces,
            _ => Before::Text,
        };
        self.nodes.push(node);
        self.at = end;
    }

    fn end_text(&mut self) {
        if !self.plain.is_empty() {
            self.nodes.push(Node::Text(std::mem::take(&mut self.plain)));
        }
    }
}

/// How deep things nest; what is deeper is text. Discord's lists end here too.
const DEEPEST: u8 = 11;

/// The one backslash before punctuation that people mean.
const SHRUG: &str = r"¯\_(ツ)_/¯";

#[cfg(test)]
mod tests {
    use super::{super::node::Style, *};

    fn body(text: &str) -> Vec<Node> {
        parse(text, Place::Body, false, &Fuel::default())
    }

    fn text(text: &str) -> Node {
        Node::Text(text.into())
    }

    fn styled(style: Style, inner: &str) -> Node {
        Node::Styled(style, vec![text(inner)])
    }

    #[test]
    fn marks_nest() {
        let italic = styled(Style::Italic, "a");
        assert_eq!(body("***a* b** c"), [Node::Styled(Style::Bold, vec![italic, text(" b")]), text(" c")]);
    }

    #[test]
    fn the_second_underscore_of_a_word_may_begin_a_mark() {
        assert_eq!(body("_snake_case_"), [text("_snake"), styled(Style::Italic, "case")]);
        assert_eq!(body("snake_case_name"), [text("snake_case_name")]);
    }

    #[test]
    fn a_block_may_stand_in_a_mark_at_the_start_of_a_line() {
        let heading = Node::Heading(1, vec![text("a")]);
        assert_eq!(body("*# a*b"), [Node::Styled(Style::Italic, vec![heading]), text("b")]);
        assert_eq!(body("b *# a*"), [text("b "), styled(Style::Italic, "# a")]);
    }

    #[test]
    fn a_nested_list_is_an_item_of_its_own_list() {
        let inner = Node::List { start: Some(1), items: vec![vec![text("b")]] };
        assert_eq!(body("- a\n  1. b"), [Node::List { start: None, items: vec![vec![text("a\n"), inner]] }]);
    }

    #[test]
    fn the_indent_of_a_block_is_not_shown() {
        assert_eq!(body("a\n  > b"), [text("a\n"), Node::Quote(vec![text("b")])]);
    }

    #[test]
    fn a_list_in_a_quote_and_a_quote_in_a_list() {
        let list = Node::List { start: None, items: vec![vec![text("a")]] };
        assert_eq!(body("> - a"), [Node::Quote(vec![list])]);
        assert_eq!(body("- > a"), [Node::List { start: None, items: vec![vec![Node::Quote(vec![text("a")])]] }]);
    }

    #[test]
    fn a_backslash_escapes_punctuation_and_stays_before_words() {
        assert_eq!(body(r"\*a\* \# \\ C:\dir \<@1>"), [text(r"*a* # \ C:\dir <@1>")]);
        assert_eq!(body(r"\# a"), [text("# a")]);
        assert_eq!(body(r"¯\_(ツ)_/¯"), [text(r"¯\_(ツ)_/¯")]);
    }

    #[test]
    fn a_refused_link_stands_as_typed() {
        for typed in ["[http://ab](http://c)", "[a](blah://b)", "[a](http://b 'http://ab')", "[** ** _ _](http://a)"] {
            assert_eq!(body(typed), [text(typed)]);
        }
    }

    #[test]
    fn a_link_hides_behind_emoji_only_in_an_embed() {
        for typed in ["[a 🎉](https://b)", "[**<:e:1>**](https://b)"] {
            assert_eq!(body(typed), [text(typed)]);
            assert!(matches!(parse(typed, Place::Body, true, &Fuel::default())[..], [Node::Link { .. }]));
        }
        assert!(matches!(body("[`🎉` ©](https://b '🎉')")[..], [Node::Link { .. }]));
    }

    #[test]
    fn nothing_is_escaped_in_the_text_of_a_link() {
        let inner = vec![text(r"\"), styled(Style::Italic, "b")];
        assert_eq!(body(r"[\*b*](http://a)"), [Node::Link { url: "http://a".into(), text: Some(inner), title: None }]);
    }

    #[test]
    fn things_nest_eleven_deep() {
        let mut nodes = body(&"1. ".repeat(13));
        for _ in 0..DEEPEST {
            let [Node::List { items, .. }] = &nodes[..] else { panic!("{nodes:?}") };
            nodes = items[0].clone();
        }
        assert_eq!(nodes, [text("1. 1. ")]);
    }

    #[test]
    fn on_a_line_only_marks_code_emoji_and_moments_are_read() {
        let line = |text: &str| parse(text, Place::Line, false, &Fuel::default());
        for typed in ["# a", "> a", "- a", "-# a", "[a](https://b)", "https://a.b", "<@1>", "<#1>", "@everyone"] {
            assert_eq!(line(typed), [text(typed)]);
        }
        assert_eq!(line("**a**"), [styled(Style::Bold, "a")]);
        assert_eq!(line("```a```"), [Node::Code("a".into())]);
        assert!(matches!(line("<t:0>")[..], [Node::Stamp(_)]));
        assert!(matches!(line("<:a:1>")[..], [Node::Emoji(_)]));
    }
}
