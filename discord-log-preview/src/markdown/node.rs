//! The tree between reading a text and writing it: what a reader sees, with everything that was typed still as it was.

use super::timestamp::Stamp;

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// A channel, by id.
    Channel(String),
    Code(String),
    /// A slash command, by its name and what follows it.
    Command(String),
    /// A custom emoji, by name.
    Emoji(String),
    /// `@everyone` or `@here`.
    Everyone(&'static str),
    Fence {
        language: Option<String>,
        code: String,
    },
    /// A page of the server, under the name Discord gives it.
    Guide(&'static str),
    Heading(u8, Vec<Self>),
    Link {
        url: String,
        /// The text it hides behind; a bare address has none.
        text: Option<Vec<Self>>,
        title: Option<String>,
    },
    List {
        /// The first number; bullets have none.
        start: Option<u32>,
        items: Vec<Vec<Self>>,
    },
    Quote(Vec<Self>),
    /// A role, by id.
    Role(String),
    Stamp(Stamp),
    Styled(Style, Vec<Self>),
    Subtext(Vec<Self>),
    Text(String),
    /// A user, by id.
    User(String),
}

impl Node {
    /// Tells whether a reader sees more than white space.
    pub(super) fn is_visible(&self) -> bool {
        match self {
            Self::Code(text) | Self::Text(text) => !text.trim().is_empty(),
            Self::Styled(_, inner) => inner.iter().any(Self::is_visible),
            _ => true,
        }
    }

    /// Tells whether a reader sees emoji outside of code.
    pub(super) fn has_emoji(&self) -> bool {
        match self {
            Self::Emoji(_) => true,
            Self::Styled(_, inner) => inner.iter().any(Self::has_emoji),
            Self::Text(text) => text.contains(is_emoji),
            _ => false,
        }
    }

    /// Tells whether it leads to someone or somewhere on Discord.
    pub(super) fn is_mention(&self) -> bool {
        matches!(self, Self::Channel(_) | Self::Command(_) | Self::Guide(_) | Self::Role(_) | Self::User(_))
    }

    /// Tells whether it begins and ends a line by itself.
    pub(super) fn is_block(&self) -> bool {
        matches!(self, Self::Fence { .. } | Self::Heading(..) | Self::List { .. } | Self::Quote(_) | Self::Subtext(_))
    }
}

/// What a mark does to the text in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Bold,
    Italic,
    Spoiler,
    Strike,
    Underline,
}

/// The blocks of Unicode that hold what is shown as emoji, and the mark that makes one of another character.
fn is_emoji(c: char) -> bool {
    matches!(c, '\u{231a}' | '\u{231b}' | '\u{23e9}'..='\u{23ff}' | '\u{2600}'..='\u{27bf}' | '\u{2b1b}' | '\u{2b1c}')
        || matches!(c, '\u{2b50}' | '\u{2b55}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}
