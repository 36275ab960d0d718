//! A file of a message: a picture, a text that unfolds, or a card with its name and size.

use askama::Template;

use super::picture::{self, Picture};
use crate::attachment_name;
use crate::markdown;
use crate::message::Attachment;

/// Lines of a text file that are shown before it is unfolded, as in Discord.
const HEAD: usize = 6;
/// Most bytes of a text file that are shown at all.
const TEXT_BYTES: usize = 64 * 1024;
/// Most bytes of what is folded away that are highlighted.
const HIGHLIGHTED_BYTES: usize = 4 * 1024;

/// A file ready to be written.
#[derive(Debug, Template)]
#[template(path = "attached.html")]
pub(super) struct Shown {
    name: String,
    href: Option<String>,
    size: String,
    spoiler: bool,
    description: Option<String>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Other,
    Picture(Picture),
    Text { head: String, rest: Option<Rest> },
}

#[derive(Debug)]
struct Rest {
    html: String,
    lines: usize,
    cut: bool,
}

impl Shown {
    pub(super) fn read(file: &Attachment) -> Self {
        Self {
            name: file.title.clone().unwrap_or_else(|| file.filename.clone()),
            href: file.bytes.is_some().then(|| picture::path(file)),
            size: size(file.size),
            spoiler: file.spoiler,
            description: file.description.clone(),
            kind: kind_of(file),
        }
    }

    fn is_picture(&self) -> bool {
        matches!(self.kind, Kind::Picture(_))
    }
}

fn kind_of(file: &Attachment) -> Kind {
    if picture::is_picture(file) {
        return Kind::Picture(Picture::of(file));
    }
    let media = attachment_name::media_type(&file.filename, file.content_type.as_deref());
    let bytes = file.bytes.as_deref().filter(|_| attachment_name::is_text(&media));
    match bytes.and_then(start_of_text) {
        Some((text, cut)) => text_shown(text, cut, attachment_name::extension(&file.filename)),
        None => Kind::Other,
    }
}

/// The start of a file that is text, and whether there is more.
fn start_of_text(bytes: &[u8]) -> Option<(&str, bool)> {
    let cut = bytes.len() > TEXT_BYTES;
    let start = bytes.get(..TEXT_BYTES).unwrap_or(bytes);
    let text = match std::str::from_utf8(start) {
        Ok(text) => text,
        // Cut in the middle of a character; anything else is no text.
        Err(error) if cut && error.error_len().is_none() => {
            std::str::from_utf8(start.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    (!text.contains('\0')).then_some((text, cut))
}

fn text_shown(text: &str, cut: bool, extension: &str) -> Kind {
    let language = extension.trim_start_matches('.');
    let head_ends = text.match_indices('\n').nth(HEAD - 1).map_or(text.len(), |(at, _)| at);
    let (head, rest) = text.split_at(head_ends);
    let rest = rest.strip_prefix('\n').unwrap_or(rest);
    Kind::Text {
        head: markdown::highlighted(head, language),
        rest: (!rest.is_empty() || cut).then(|| Rest {
            // What is folded away may be much, and is laid out with every page.
            html: markdown::highlighted(rest, if rest.len() > HIGHLIGHTED_BYTES { "" } else { language }),
            lines: rest.lines().count(),
            cut,
        }),
    }
}

/// Bytes as Discord tells them.
fn size(bytes: usize) -> String {
    const UNITS: [&str; 3] = ["KB", "MB", "GB"];
    if bytes < 1_024 {
        return format!("{bytes} bytes");
    }
    let mut size = bytes as f64 / 1_024.0;
    let mut units = UNITS.iter();
    let mut unit = units.next();
    while size >= 1_024.0
        && let Some(next) = units.next()
    {
        size /= 1_024.0;
        unit = Some(next);
    }
    format!("{size:.2} {}", unit.unwrap_or(&"KB"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_in_the_largest_unit_that_fits() {
        for (bytes, told) in
            [(0, "0 bytes"), (1_023, "1023 bytes"), (1_024, "1.00 KB"), (1_600_000, "1.53 MB"), (3 << 30, "3.00 GB")]
        {
            assert_eq!(size(bytes), told);
        }
    }

    #[test]
    fn a_text_is_cut_between_characters_and_other_bytes_are_no_text() {
        let long = "é".repeat(TEXT_BYTES);
        let odd = format!("x{long}");
        let (text, cut) = start_of_text(odd.as_bytes()).unwrap();
        assert!(cut);
        assert_eq!(text.len(), TEXT_BYTES - 1);
        assert!(start_of_text(b"\xff\xfe").is_none());
        assert!(start_of_text(b"a\0b").is_none());
        assert_eq!(start_of_text(b""), Some(("", false)));
    }

    #[test]
    fn the_first_lines_stand_and_the_rest_unfolds() {
        let lines = |n: usize| (0..n).map(|n| n.to_string()).collect::<Vec<_>>().join("\n");
        let Kind::Text { rest, .. } = text_shown(&lines(6), false, ".txt") else { panic!() };
        assert!(rest.is_none());
        let Kind::Text { head, rest } = text_shown(&lines(9), false, ".txt") else { panic!() };
        assert_eq!(head, lines(6));
        let rest = rest.unwrap();
        assert_eq!((rest.html.as_str(), rest.lines), ("6\n7\n8", 3));
    }
}
