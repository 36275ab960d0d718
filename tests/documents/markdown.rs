//! As much of markdown as the documents use: blocks of code, spans of code, headings, links, rows of tables.

/// A block of code.
#[derive(Debug)]
pub(crate) struct Block<'a> {
    /// The number of its first fence, from 1.
    pub(crate) line: usize,
    /// What stands behind the first fence.
    pub(crate) info: &'a str,
    pub(crate) lines: Vec<&'a str>,
    /// The last line before it that says something.
    pub(crate) before: &'a str,
}

/// Gives the blocks of code of a text, and the text without them.
pub(crate) fn blocks(text: &str) -> (Vec<Block<'_>>, String) {
    let (mut blocks, mut prose): (Vec<Block<'_>>, _) = (Vec::new(), String::new());
    let (mut open, mut before) = (None::<Block<'_>>, "");
    for (number, line) in text.lines().enumerate() {
        match (&mut open, line.trim_start().strip_prefix("```")) {
            (None, Some(info)) => open = Some(Block { line: number + 1, info, lines: Vec::new(), before }),
            (None, None) => {
                prose.push_str(line);
                prose.push('\n');
                before = if line.trim().is_empty() { before } else { line };
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => block.lines.push(line),
        }
    }
    assert!(open.is_none(), "a block is not closed: {open:?}");
    (blocks, prose)
}

/// Gives the spans of code of a text without blocks; what wraps in the source is one line.
pub(crate) fn code_spans(prose: &str) -> Vec<String> {
    let (mut spans, mut rest) = (Vec::new(), prose);
    while let Some(start) = rest.find('`') {
        let from_fence = &rest[start..];
        let fence = &from_fence[..from_fence.len() - from_fence.trim_start_matches('`').len()];
        let inside = &from_fence[fence.len()..];
        let Some(length) = closing(inside, fence) else {
            rest = inside;
            continue;
        };
        let words: Vec<_> = inside[..length].split_whitespace().collect();
        spans.push(words.join(" "));
        rest = &inside[length + fence.len()..];
    }
    spans
}

/// Finds the run of signs that is as long as the one that began.
fn closing(inside: &str, fence: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = inside[from..].find('`') {
        let start = from + found;
        let run = inside[start..].len() - inside[start..].trim_start_matches('`').len();
        if run == fence.len() {
            return Some(start);
        }
        from = start + run;
    }
    None
}

/// Gives the part of a text under a heading of the second level.
pub(crate) fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let start = text.find(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no section `{heading}`"));
    let inside = &text[start + 1..];
    let end = inside.find("\n## ").unwrap_or(inside.len());
    &inside[..end]
}

/// Gives the cells of each row of the tables in a text.
pub(crate) fn rows(prose: &str) -> impl Iterator<Item = Vec<&str>> {
    prose.lines().filter_map(|line| {
        let row = line.trim().strip_prefix('|')?.strip_suffix('|')?;
        Some(row.split('|').map(str::trim).collect())
    })
}

/// Gives the anchors of the headings, as the web pages of repositories make them.
pub(crate) fn anchors(prose: &str) -> Vec<String> {
    let mut anchors: Vec<String> = Vec::new();
    for heading in prose.lines().filter(|line| line.starts_with('#')) {
        let text = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = text.chars().filter(|sign| sign.is_alphanumeric() || matches!(sign, ' ' | '-' | '_'));
        let anchor: String = kept.map(|sign| if sign == ' ' { '-' } else { sign }).collect();
        let same = anchors.iter().filter(|known| **known == anchor).count();
        anchors.push(if same == 0 { anchor } else { format!("{anchor}-{same}") });
    }
    anchors
}

/// Gives where the links and pictures of a text lead.
pub(crate) fn links(prose: &str) -> impl Iterator<Item = &str> {
    prose.split("](").skip(1).filter_map(|after| after.split([')', ' ']).next())
}
