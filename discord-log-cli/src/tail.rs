//! The end of a text: what people look at first when a build or a job failed.

/// How much of a text is shown.
#[derive(Clone, Copy)]
pub(crate) struct Lines {
    pub(crate) most: usize,
    pub(crate) characters: usize,
}

/// The last lines of a text.
pub(crate) struct Shown {
    pub(crate) text: String,
    /// Whether something before them is left out.
    pub(crate) is_cut: bool,
}

/// Gives the last lines of a text; of a line that a program overwrote what it showed last.
pub(crate) fn last_lines(text: &str, lines: Lines) -> Shown {
    let text = text.trim_end();
    let mut shown = Vec::new();
    let mut room = lines.characters;
    let mut is_cut = false;
    for line in text.rsplit('\n') {
        let line = line.trim_end_matches('\r');
        let line = line.rsplit('\r').next().unwrap_or(line);
        let length = line.chars().count() + 1;
        if shown.len() == lines.most || (length > room && !shown.is_empty()) {
            is_cut = true;
            break;
        }
        if length > room {
            // The end of one endless line.
            let start = line.char_indices().nth(length - 1 - room).map_or(0, |(start, _)| start);
            shown.push(line.get(start..).unwrap_or(line));
            is_cut = true;
            break;
        }
        room -= length;
        shown.push(line);
    }
    shown.reverse();
    Shown { text: shown.join("\n"), is_cut }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(text: &str, most: usize, characters: usize) -> (String, bool) {
        let shown = last_lines(text, Lines { most, characters });
        (shown.text, shown.is_cut)
    }

    #[test]
    fn the_end_of_a_text_is_shown() {
        assert_eq!(last("a\nb\nc\n\n", 2, 100), ("b\nc".to_owned(), true));
        assert_eq!(last("a\nb\nc", 3, 100), ("a\nb\nc".to_owned(), false));
        assert_eq!(last("long line\nend", 9, 5), ("end".to_owned(), true));
        assert_eq!(last("ä€🦀äöü", 9, 4), ("🦀äöü".to_owned(), true));
        assert_eq!(last("", 9, 4), (String::new(), false));
    }

    #[test]
    fn of_a_progress_bar_only_its_last_state_is_shown() {
        assert_eq!(last("10%\r50%\r100%\r\ndone", 9, 100), ("100%\ndone".to_owned(), false));
    }
}
