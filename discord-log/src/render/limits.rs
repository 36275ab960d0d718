//! What Discord takes, and how much of it this step uses: the only file here that knows numbers.
//!
//! All limits are inclusive. Characters are Unicode code points, counted after Discord has trimmed the text. "Execute
//! Webhook" and "Embed Limits" are pages of Discord's API reference.

use jiff::Timestamp;

/// Embeds in one message ("Execute Webhook").
pub(super) const EMBEDS: usize = 10;

/// Characters in the titles, descriptions, fields and footers of all embeds of one message together ("Embed Limits").
pub(super) const MESSAGE_CHARACTERS: usize = 6_000;

/// UTF-8 bytes of all text of one message. Discord answers 500 for ever from about 10,000 on, which no page says;
/// measured by its users (discord-api-docs issues 8554 and 7628).
pub(super) const MESSAGE_BYTES: usize = 9_500;

/// Characters in the title of an embed ("Embed Limits").
pub(super) const TITLE_CHARACTERS: usize = 256;

/// Characters in the description of an embed ("Embed Limits").
pub(super) const DESCRIPTION_CHARACTERS: usize = 4_096;

/// Fields of one embed ("Embed Limits").
pub(super) const FIELDS: usize = 25;

/// Characters in the name of a field ("Embed Limits").
pub(super) const FIELD_NAME_CHARACTERS: usize = 256;

/// Characters in the value of a field ("Embed Limits").
pub(super) const FIELD_VALUE_CHARACTERS: usize = 1_024;

/// Characters in the footer of an embed ("Embed Limits").
pub(super) const FOOTER_CHARACTERS: usize = 2_048;

/// Characters in the name under which a message is posted ("Execute Webhook").
pub(super) const USERNAME_CHARACTERS: usize = 80;

/// Characters of the line above the embeds. Discord takes 2,000; a phone shows about this many.
pub(super) const CONTENT_CHARACTERS: usize = 180;

/// Bytes of the line above the embeds, so that it takes little from them.
pub(super) const CONTENT_BYTES: usize = 400;

/// Events get at least this much each before fewer of them share a message: characters.
pub(super) const MODEST_EMBED_CHARACTERS: usize = 1_000;

/// Events get at least this much each before fewer of them share a message: bytes.
pub(super) const MODEST_EMBED_BYTES: usize = 1_500;

/// Fields get at least this much each before the last ones are only counted: characters.
pub(super) const MODEST_FIELD_CHARACTERS: usize = 100;

/// Fields get at least this much each before the last ones are only counted: bytes.
pub(super) const MODEST_FIELD_BYTES: usize = 200;

/// Causes of an error get at least this much each before the last ones are only counted: characters.
pub(super) const MODEST_CAUSE_CHARACTERS: usize = 120;

/// Causes of an error get at least this much each before the last ones are only counted: bytes.
pub(super) const MODEST_CAUSE_BYTES: usize = 240;

/// The title and the footer may each take one part in this many of an embed's room.
pub(super) const PARTS_OF_AN_EMBED: usize = 4;

/// Characters that are kept free to say which fields did not fit.
pub(super) const OMITTED_CHARACTERS: usize = 150;

/// Bytes that are kept free to say which fields did not fit.
pub(super) const OMITTED_BYTES: usize = 240;

/// Characters up to which a value stands beside others in one row: three such fit on a desktop.
pub(super) const INLINE_CHARACTERS: usize = 32;

/// Characters up to which a value of the event stands in its title instead of in a field.
pub(super) const HEADLINE_CHARACTERS: usize = 100;

/// Bytes of a function's name in a backtrace.
pub(super) const FUNCTION_BYTES: usize = 120;

/// Frames of a backtrace that are shown.
pub(super) const FRAMES: usize = 12;

/// Characters from which the text of an error is shown as a block of code.
pub(super) const BLOCK_CHARACTERS: usize = 300;

/// Code points of one visible character. Emoji with four people and four skin tones have 11; what has more is one
/// letter under a tower of accents, which would cover its neighbours.
pub(super) const GRAPHEME_CHARACTERS: usize = 12;

/// The first moment that the four-digit years of RFC 3339 can say: the year 1.
pub(super) const EARLIEST: Timestamp = Timestamp::constant(-62_135_596_800, 0);
