//! Writes the tree as HTML. Every text passes `escape`, and every tag and attribute is spelled out here, in `ansi` or
//! in `highlight`.

use super::{Mentioned, ansi, highlight::highlighted, node::Node, node::Style};

/// Writes a text.
pub(super) fn html(nodes: &[Node], mentioned: &Mentioned<'_>) -> String {
    let mut writer = Writer { html: String::new(), mentioned };
    writer.nodes(nodes);
    writer.html
}

/// Appends a text so that it is shown as it is, whether between tags or in an attribute.
pub(super) fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\n' | '\t' => html.push(c),
            c if c.is_control() => {}
            c => html.push(c),
        }
    }
}

struct Writer<'a> {
    html: String,
    mentioned: &'a Mentioned<'a>,
}

impl Writer<'_> {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.node(node);
        }
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Code(code) => self.around("<code class=\"inline\">", code, "</code>"),
            Node::Emoji(name) => self.emoji(name),
            Node::Fence { language, code } => self.fence(language.as_deref(), code),
            Node::Heading(level, inner) => {
                self.html.push_str(&format!("<div class=\"h{level}\" role=\"heading\" aria-level=\"4\">"));
                self.nodes(inner);
                self.html.push_str("</div>");
            }
            Node::Link { url, text, title } => self.link(url, text.as_deref(), title.as_deref()),
            Node::List { start, items } => self.list(*start, items),
            Node::Quote(inner) => self.within("<blockquote>", inner, "</blockquote>"),
            Node::Stamp(stamp) => {
                let (when, style) = (stamp.rfc3339(), stamp.style());
                let open = format!("<time class=\"stamp\" datetime=\"{when}\" data-style=\"{style}\">");
                self.around(&open, &stamp.in_utc(), "</time>");
            }
            Node::Styled(style, inner) => {
                let (open, close) = tags(*style);
                self.within(open, inner, close);
            }
            Node::Subtext(inner) => self.within("<div class=\"subtext\">", inner, "</div>"),
            Node::Text(text) => escape(text, &mut self.html),
            Node::Channel(_)
            | Node::Command(_)
            | Node::Everyone(_)
            | Node::Guide(_)
            | Node::Role(_)
            | Node::User(_) => self.mention(node),
        }
    }

    fn within(&mut self, open: &str, inner: &[Node], close: &str) {
        self.html.push_str(open);
        self.nodes(inner);
        self.html.push_str(close);
    }

    fn around(&mut self, open: &str, text: &str, close: &str) {
        self.html.push_str(open);
        escape(text, &mut self.html);
        self.html.push_str(close);
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.html.push_str(&format!(" {name}=\""));
        escape(value, &mut self.html);
        self.html.push('"');
    }

    fn mention(&mut self, node: &Node) {
        let pings = self.mentioned.pings;
        let (text, pings) = match node {
            Node::Channel(id) => {
                let name = self.mentioned.channels.get(id).map_or("unknown", String::as_str);
                (format!("#{name}"), false)
            }
            Node::Command(name) => (format!("/{name}"), false),
            Node::Everyone(name) if pings.is_some_and(|pings| pings.everyone) => ((*name).to_owned(), true),
            // Nobody is mentioned by a name that may not ping.
            Node::Everyone(name) => return escape(name, &mut self.html),
            Node::Guide(page) => ((*page).to_owned(), false),
            Node::Role(id) => (format!("@role-{id}"), pings.is_some_and(|pings| pings.roles.contains(id))),
            Node::User(id) => (format!("@user-{id}"), pings.is_some_and(|pings| pings.users.contains(id))),
            _ => return,
        };
        let open = if pings { "<span class=\"mention pings\">" } else { "<span class=\"mention\">" };
        self.around(open, &text, "</span>");
    }

    fn emoji(&mut self, name: &str) {
        let name = format!(":{name}:");
        self.html.push_str("<span class=\"emoji\"");
        self.attribute("title", &name);
        self.around(">", &name, "</span>");
    }

    fn fence(&mut self, language: Option<&str>, code: &str) {
        let in_ansi = language.is_some_and(|language| language.eq_ignore_ascii_case("ansi"));
        self.html.push_str(if in_ansi { "<pre class=\"code ansi\"><code" } else { "<pre class=\"code\"><code" });
        if let Some(language) = language {
            self.attribute("data-language", language);
        }
        self.html.push('>');
        match language {
            Some(_) if in_ansi => ansi::write(code, &mut self.html),
            Some(language) => self.html.push_str(&highlighted(code, language)),
            None => escape(code, &mut self.html),
        }
        self.html.push_str("</code></pre>");
    }

    /// A masked link tells where it leads, whatever its title says.
    fn link(&mut self, url: &str, text: Option<&[Node]>, title: Option<&str>) {
        self.html.push_str("<a");
        self.attribute("href", url);
        self.html.push_str(" rel=\"noopener noreferrer nofollow\" target=\"_blank\"");
        match (text, title) {
            (None, _) => return self.around(">", url, "</a>"),
            (Some(_), None) => self.attribute("title", url),
            (Some(_), Some(title)) => self.attribute("title", &format!("{title}\n\n({url})")),
        }
        self.within(">", text.unwrap_or_default(), "</a>");
    }

    fn list(&mut self, start: Option<u32>, items: &[Vec<Node>]) {
        let close = match start {
            Some(start) => {
                self.html.push_str(&format!("<ol start=\"{start}\">"));
                "</ol>"
            }
            None => {
                self.html.push_str("<ul>");
                "</ul>"
            }
        };
        for item in items {
            self.within("<li>", item, "</li>");
        }
        self.html.push_str(close);
    }
}

fn tags(style: Style) -> (&'static str, &'static str) {
    match style {
        Style::Bold => ("<strong>", "</strong>"),
        Style::Italic => ("<em>", "</em>"),
        Style::Spoiler => (
            "<label class=\"spoiler\"><input type=\"checkbox\" aria-label=\"Show the spoiler\"><span>",
            "</span></label>",
        ),
        Style::Strike => ("<s>", "</s>"),
        Style::Underline => ("<u>", "</u>"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_html_would_read_is_escaped_and_controls_are_dropped() {
        let mut html = String::new();
        escape("<a b=\"c\">&'\u{1b}\u{0}\r\n\té", &mut html);
        assert_eq!(html, "&lt;a b=&quot;c&quot;&gt;&amp;&#39;\n\té");
    }
}
