//! Colours code by what its words are. Grammars are those syntect brings; a language they do not know, a text too long
//! and a grammar that fails give the text as it is.

use std::panic::catch_unwind;
use std::sync::LazyLock;

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use super::write::escape;

/// Gives code as escaped HTML, with spans around what has a colour.
pub(crate) fn highlighted(code: &str, language: &str) -> String {
    // A grammar's expression that does not compile panics when a text first leads to it; one message must not take the
    // page with it.
    catch_unwind(|| spans(code, language)).ok().flatten().unwrap_or_else(|| {
        let mut html = String::new();
        escape(code, &mut html);
        html
    })
}

fn spans(code: &str, language: &str) -> Option<String> {
    if code.len() > MOST_CODE {
        return None;
    }
    let mut state = ParseState::new(grammar(language)?);
    let (mut stack, mut spans, mut work) = (ScopeStack::new(), Spans::default(), MOST_WORK);
    for line in code.split_inclusive('\n') {
        let mut at = 0;
        // What was coloured so far stays, and so may a shorter line further down be.
        let Some(rest) = work.checked_sub(line.len() * line.len()) else {
            spans.push(line, None);
            continue;
        };
        work = rest;
        // The grammars expect each line to end with a break.
        let ended = format!("{}\n", line.trim_end_matches('\n'));
        for (end, operation) in state.parse_line(&ended, &GRAMMARS).ok()? {
            let end = end.min(line.len());
            spans.push(line.get(at..end)?, class(&stack));
            stack.apply(&operation).ok()?;
            at = end;
        }
        spans.push(line.get(at..)?, class(&stack));
    }
    spans.close();
    Some(spans.html)
}

fn grammar(language: &str) -> Option<&'static SyntaxReference> {
    let language = language.to_ascii_lowercase();
    let known = ALIASES.iter().find(|(alias, _)| *alias == language).map_or(language.as_str(), |(_, known)| known);
    GRAMMARS.find_syntax_by_token(known).filter(|grammar| grammar.name != "Plain Text")
}

/// HTML in which neighbours of one class share a span.
#[derive(Debug, Default)]
struct Spans {
    html: String,
    open: Option<&'static str>,
}

impl Spans {
    fn push(&mut self, text: &str, class: Option<&'static str>) {
        if text.is_empty() {
            return;
        }
        if class != self.open {
            self.close();
            if let Some(class) = class {
                self.html.push_str(&format!("<span class=\"hl-{class}\">"));
            }
            self.open = class;
        }
        escape(text, &mut self.html);
    }

    fn close(&mut self) {
        if self.open.take().is_some() {
            self.html.push_str("</span>");
        }
    }
}

/// The class of the innermost scope that has one.
fn class(stack: &ScopeStack) -> Option<&'static str> {
    let scopes = stack.as_slice();
    if scopes.iter().any(|scope| KEYS.iter().any(|key| key.is_prefix_of(*scope))) {
        return Some("attribute");
    }
    let classed = |scope: &Scope| CLASSES.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope));
    scopes.iter().rev().find_map(classed).map(|(_, class)| *class).filter(|class| *class != PLAIN)
}

static GRAMMARS: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// Names of languages as people write them, where a grammar goes by another.
const ALIASES: [(&str, &str); 32] = [
    ("c#", "cs"),
    ("c++", "cpp"),
    ("cfg", "properties"),
    ("console", "sh"),
    ("csharp", "cs"),
    ("cts", "js"),
    ("env", "properties"),
    ("golang", "go"),
    ("ini", "properties"),
    ("json5", "json"),
    ("jsonc", "json"),
    ("jsonl", "json"),
    ("jsx", "js"),
    ("mjs", "js"),
    ("mts", "js"),
    ("ndjson", "json"),
    ("node", "js"),
    ("objective-c", "m"),
    ("objectivec", "m"),
    // The other one expects HTML up to `<?php`.
    ("php", "PHP Source"),
    ("pgsql", "sql"),
    ("postgresql", "sql"),
    ("python3", "py"),
    ("shell", "sh"),
    ("shellscript", "sh"),
    ("svg", "xml"),
    ("toml", "properties"),
    ("ts", "js"),
    ("tsx", "js"),
    ("typescript", "js"),
    ("vue", "html"),
    ("zsh", "sh"),
];

/// Where a grammar says that all within is a key.
static KEYS: LazyLock<Vec<Scope>> = LazyLock::new(|| {
    ["meta.structure.dictionary.key", "meta.mapping.key", "entity.name.tag.yaml"]
        .into_iter()
        .flat_map(Scope::new)
        .collect()
});

/// The class of each scope; the first that fits counts, so the narrower ones are above.
static CLASSES: LazyLock<Vec<(Scope, &'static str)>> = LazyLock::new(|| {
    let scopes = [
        ("punctuation.section", PLAIN),
        ("punctuation.separator", PLAIN),
        ("punctuation.terminator", PLAIN),
        ("punctuation.accessor", PLAIN),
        ("comment", "comment"),
        ("string", "string"),
        ("constant.character", "string"),
        ("constant.numeric", "number"),
        ("constant", "constant"),
        ("keyword.other.java-props", "attribute"),
        ("keyword.operator.word", "keyword"),
        ("keyword.operator", "operator"),
        ("keyword", "keyword"),
        ("storage", "keyword"),
        ("entity.name.function", "function"),
        ("entity.name.macro", "function"),
        ("entity.name.section", "section"),
        ("entity.name.tag", "keyword"),
        ("entity.name.constant", "constant"),
        ("entity.name", "type"),
        ("entity.other.attribute-name", "attribute"),
        ("entity.other.inherited-class", "type"),
        ("support.function", "function"),
        ("support.macro", "function"),
        ("support.constant", "constant"),
        ("support.type.property-name", "attribute"),
        ("support.type", "type"),
        ("support.class", "type"),
        ("variable.function", "function"),
        ("variable.annotation", "meta"),
        ("variable.language", "keyword"),
        ("variable.other.constant", "constant"),
        ("variable.other.readwrite.assignment", "variable"),
        ("variable.parameter", "variable"),
        ("variable.other.member", PLAIN),
        ("variable", "variable"),
        ("markup.inserted", "addition"),
        ("markup.deleted", "deletion"),
        ("markup.heading", "section"),
        ("meta.diff.header", "meta"),
        ("meta.diff.range", "meta"),
        ("meta.annotation", "meta"),
        ("meta.preprocessor", "meta"),
    ];
    scopes.into_iter().filter_map(|(scope, class)| Some((Scope::new(scope).ok()?, class))).collect()
});

const PLAIN: &str = "plain";

/// The bytes of code that are coloured; grammars are slow beyond.
const MOST_CODE: usize = 16 * 1024;

/// The work on lines that are coloured. Grammars try each word against the rest of its line, so a line costs the square
/// of its bytes: this is 16 KiB in lines of 90, or one line of 1,200.
const MOST_WORK: usize = 1_500_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rust_has_its_colours() {
        assert_eq!(
            highlighted("let a: u8 = 1; // b\n", "rust"),
            "<span class=\"hl-keyword\">let</span> a: <span class=\"hl-keyword\">u8</span> \
             <span class=\"hl-operator\">=</span> <span class=\"hl-number\">1</span>; \
             <span class=\"hl-comment\">// b\n</span>"
        );
    }

    #[test]
    fn keys_and_values_of_json_differ() {
        let html = highlighted(r#"{"a": "b", "c": null}"#, "json");
        assert!(html.contains("<span class=\"hl-attribute\">&quot;a&quot;</span>"), "{html}");
        assert!(html.contains("<span class=\"hl-string\">&quot;b&quot;</span>"), "{html}");
        assert!(html.contains("<span class=\"hl-constant\">null</span>"), "{html}");
    }

    #[test]
    fn additions_and_deletions_of_a_diff_differ() {
        let html = highlighted("-a\n+b\n c", "diff");
        assert!(html.contains("<span class=\"hl-deletion\">-a"), "{html}");
        assert!(html.contains("<span class=\"hl-addition\">+b"), "{html}");
    }

    #[test]
    fn php_needs_no_html_before_it() {
        assert!(highlighted("$a = 1;", "php").contains("<span class=\"hl-number\">1</span>"));
    }

    #[test]
    fn each_language_people_write_has_a_grammar() {
        for language in [
            "rs",
            "rust",
            "js",
            "javascript",
            "ts",
            "typescript",
            "py",
            "python",
            "sh",
            "bash",
            "yml",
            "yaml",
            "json",
            "jsonl",
            "ndjson",
            "diff",
            "patch",
            "sql",
            "html",
            "xml",
            "css",
            "go",
            "java",
            "c",
            "cpp",
            "c++",
            "rb",
            "ruby",
            "php",
            "md",
            "markdown",
            "ini",
            "toml",
            "JSON",
        ] {
            assert!(grammar(language).is_some(), "{language}");
        }
    }

    #[test]
    fn an_unknown_language_is_plain() {
        assert_eq!(highlighted("let <a>", "klingon"), "let &lt;a&gt;");
        assert_eq!(highlighted("let <a>", "txt"), "let &lt;a&gt;");
        assert_eq!(highlighted("let <a>", ""), "let &lt;a&gt;");
    }

    #[test]
    fn long_code_and_long_lines_are_plain() {
        assert!(!highlighted(&"let a = 1;\n".repeat(2_000), "rs").contains("<span"));
        assert!(highlighted(&"let a = 1;\n".repeat(100), "rs").contains("<span"));
        let long = "let a = 1;".repeat(200);
        assert_eq!(
            highlighted(&format!("{long}\nlet"), "rs"),
            format!("{long}\n<span class=\"hl-keyword\">let</span>")
        );
    }

    #[test]
    fn the_break_at_the_end_is_as_it_was() {
        assert!(!highlighted("a", "rs").ends_with('\n'));
        assert!(highlighted("a\n\n", "rs").contains("\n\n"));
    }
}
