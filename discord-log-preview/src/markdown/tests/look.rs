use super::*;

const LINK: &str = "rel=\"noopener noreferrer nofollow\" target=\"_blank\"";

#[test]
fn marks_become_tags() {
    assert_eq!(
        body("**a** *b* _c_ __d__ ~~e~~ `f`"),
        "<strong>a</strong> <em>b</em> <em>c</em> <u>d</u> <s>e</s> <code class=\"inline\">f</code>"
    );
}

#[test]
fn a_spoiler_opens_without_a_script() {
    assert_eq!(
        body("||a||"),
        "<label class=\"spoiler\"><input type=\"checkbox\" aria-label=\"Show the spoiler\"><span>a</span></label>"
    );
}

#[test]
fn html_and_entities_are_text() {
    assert_eq!(body("<b>&amp;</b>"), "&lt;b&gt;&amp;amp;&lt;/b&gt;");
}

#[test]
fn what_other_markdown_knows_is_text() {
    for text in
        ["a\n===", "---", "***", "|a|b|\n|-|-|", "[a]: https", "    a", "+ a", "1) a", "#### a", "#a", ">a", "a  \nb"]
    {
        assert!(!body(text).contains('<'), "{text}: {}", body(text));
    }
    assert!(body("![a](https://b.c)").starts_with("!<a "));
}

#[test]
fn line_breaks_are_kept_but_for_the_one_after_a_block() {
    assert_eq!(body("a\n\n\nb"), "a\n\n\nb");
    assert_eq!(body("# a\nb"), "<div class=\"h1\" role=\"heading\" aria-level=\"4\">a</div>b");
    assert_eq!(body("-# a\n\nb"), "<div class=\"subtext\">a</div>\nb");
    assert_eq!(body("> a\nb"), "<blockquote>a</blockquote>b");
    assert_eq!(body("- a\nb"), "<ul><li>a</li></ul>b");
    assert_eq!(body("```\na\n```\nb"), "<pre class=\"code\"><code>a</code></pre>b");
}

#[test]
fn headings_follow_each_other() {
    assert_eq!(
        body("## a\n### b"),
        "<div class=\"h2\" role=\"heading\" aria-level=\"4\">a</div>\
         <div class=\"h3\" role=\"heading\" aria-level=\"4\">b</div>"
    );
}

#[test]
fn quotes_do_not_nest_or_continue_by_themselves() {
    assert_eq!(body("> > a\nb"), "<blockquote>&gt; a</blockquote>b");
    assert_eq!(body(">>> a\nb\n> c"), "<blockquote>a\nb\n&gt; c</blockquote>");
}

#[test]
fn lists_nest_and_count_from_their_first_number() {
    assert_eq!(body("3. a\n7. b"), "<ol start=\"3\"><li>a</li><li>b</li></ol>");
    assert_eq!(body("- a\n  - b\n- c"), "<ul><li>a\n<ul><li>b</li></ul></li><li>c</li></ul>");
}

#[test]
fn a_blank_line_ends_a_list_and_stays() {
    assert_eq!(body("- a\n\n- b"), "<ul><li>a</li></ul>\n<ul><li>b</li></ul>");
}

#[test]
fn a_code_block_is_verbatim_even_within_a_line() {
    assert_eq!(body("a ```**b** \\*``` c"), "a <pre class=\"code\"><code>**b** \\*</code></pre> c");
}

#[test]
fn a_code_block_has_its_language_and_colours() {
    assert_eq!(
        body("```rust\nlet a\n```"),
        "<pre class=\"code\"><code data-language=\"rust\">\
         <span class=\"hl-keyword\">let</span> a</code></pre>"
    );
}

#[test]
fn an_ansi_block_has_the_colours_it_asks_for() {
    assert_eq!(
        body("```ansi\n\u{1b}[1;31ma\u{1b}[0m b\n```"),
        "<pre class=\"code ansi\"><code data-language=\"ansi\">\
         <span class=\"ansi-bold ansi-fg-31\">a</span> b</code></pre>"
    );
}

#[test]
fn a_spoiler_may_hide_blocks() {
    let html = body("||```a```||");
    assert!(html.contains("<span><pre class=\"code\""), "{html}");
}

#[test]
fn links_open_elsewhere_and_tell_nobody_where_from() {
    assert_eq!(body("see https://a.b/c."), format!("see <a href=\"https://a.b/c\" {LINK}>https://a.b/c</a>."));
    assert_eq!(body("<https://a.b>"), format!("<a href=\"https://a.b\" {LINK}>https://a.b</a>"));
    assert_eq!(
        body("[**a**](https://b.c)"),
        format!("<a href=\"https://b.c\" {LINK} title=\"https://b.c\"><strong>a</strong></a>")
    );
    assert_eq!(
        body("[a](<https://b.c> \"d\")"),
        format!("<a href=\"https://b.c\" {LINK} title=\"d\n\n(https://b.c)\">a</a>")
    );
}

#[test]
fn other_schemes_are_text() {
    assert_eq!(body("[a](javascript:alert(1))"), "[a](javascript:alert(1))");
    assert_eq!(body("<javascript:/a>"), "javascript:/a");
    assert_eq!(body("data://ab"), "data://ab");
}

#[test]
fn an_address_cannot_leave_its_attribute() {
    let html = body("https://a.b/\"onload='c'>d [e](https://f/\"><img/src=x>)");
    assert!(!html.contains("\"onload") && !html.contains("<img"), "{html}");
}

#[test]
fn mentions_are_named_and_lit_when_they_ping() {
    let pings = Pings { everyone: true, users: vec!["1".to_owned()], roles: vec!["2".to_owned()] };
    assert_eq!(
        pinging("<@1> <@3> <@&2> @here", Some(&pings)),
        "<span class=\"mention pings\">@user-1</span> <span class=\"mention\">@user-3</span> \
         <span class=\"mention pings\">@role-2</span> <span class=\"mention pings\">@here</span>"
    );
    assert_eq!(pinging("<@1>", None), "<span class=\"mention\">@user-1</span>");
    assert_eq!(body("@everyone @here"), "@everyone @here");
}

#[test]
fn channels_have_their_names() {
    assert_eq!(
        body("<#7> <#8>"),
        "<span class=\"mention\">#log&lt;s&gt;</span> <span class=\"mention\">#unknown</span>"
    );
}

#[test]
fn commands_pages_and_emoji_are_named() {
    assert_eq!(body("</a b:1>"), "<span class=\"mention\">/a b</span>");
    assert_eq!(body("<id:customize>"), "<span class=\"mention\">Channels &amp; Roles</span>");
    assert_eq!(body("<a:ok:1>"), "<span class=\"emoji\" title=\":ok:\">:ok:</span>");
}

#[test]
fn a_moment_says_when_and_how() {
    assert_eq!(
        body("<t:1795428245:R>"),
        "<time class=\"stamp\" datetime=\"2026-11-23T10:04:05Z\" data-style=\"R\">23 November 2026 at 10:04 UTC</time>"
    );
    assert_eq!(body("<t:8640000000001>"), "&lt;t:8640000000001&gt;");
}

#[test]
fn a_line_has_no_blocks_links_or_mentions() {
    assert_eq!(line("# **a** <@1> https://a.b"), "# <strong>a</strong> &lt;@1&gt; https://a.b");
}

#[test]
fn controls_are_dropped() {
    assert_eq!(body("a\u{0}\u{7}\u{1b}[31m\r\nb\tc"), "a[31m\nb\tc");
}

#[test]
fn an_error_as_it_is_logged() {
    let text = "**Invoice failed** `billing::charge`\n> card declined: insufficient_funds\n\
                -# <t:1795428245:R> · `req_8f2a`\n```json\n{\"attempt\": 3}\n```\n\\*not bold\\* Vec\\<String>";
    assert_eq!(
        body(text),
        "<strong>Invoice failed</strong> <code class=\"inline\">billing::charge</code>\n\
         <blockquote>card declined: insufficient_funds</blockquote>\
         <div class=\"subtext\"><time class=\"stamp\" datetime=\"2026-11-23T10:04:05Z\" data-style=\"R\">\
         23 November 2026 at 10:04 UTC</time> · <code class=\"inline\">req_8f2a</code></div>\
         <pre class=\"code\"><code data-language=\"json\">{<span class=\"hl-attribute\">&quot;attempt&quot;\
         </span>: <span class=\"hl-number\">3</span>}</code></pre>*not bold* Vec&lt;String&gt;"
    );
}

#[test]
fn a_report_with_a_list_and_links() {
    let text = "### Deploy 1.4.2\n1. [build](https://ci.example/1?a=1&b=2)\n2. migrated `users_v2`\n   - 3 rows ~~lost~~\nDone in 4 s";
    assert_eq!(
        body(text),
        format!(
            "<div class=\"h3\" role=\"heading\" aria-level=\"4\">Deploy 1.4.2</div><ol start=\"1\">\
             <li><a href=\"https://ci.example/1?a=1&amp;b=2\" {LINK} title=\"https://ci.example/1?a=1&amp;b=2\">build</a></li>\
             <li>migrated <code class=\"inline\">users_v2</code>\n<ul><li>3 rows <s>lost</s></li></ul></li></ol>Done in 4 s"
        )
    );
}
