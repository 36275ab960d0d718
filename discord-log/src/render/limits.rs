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

/// Files of one message ("Execute Webhook"; error 30015 beyond).
pub(super) const FILES: usize = 10;

/// Bytes of one file. Discord takes 10 MiB each and 25 MiB in all (reference, "Uploading Files").
pub(super) const FILE_BYTES: usize = 8 * 1024 * 1024;

/// Bytes of the file of one event, so that those of ten stay below 24 MiB with their occurrences.
pub(super) const EVENT_FILE_BYTES: usize = 2 * 1024 * 1024;

/// Bytes of a backtrace in that file.
pub(super) const BACKTRACE_BYTES: usize = 512 * 1024;

/// Bytes of a list of events up to which it is attached as plain text.
pub(super) const PLAIN_FILE_BYTES: usize = 1024 * 1024;

/// Characters in the title of a post in a forum ("Execute Webhook").
pub(super) const THREAD_NAME_CHARACTERS: usize = 100;

/// Roles, and users, that one message may notify ("Allowed Mentions Object").
pub(super) const MENTIONED: usize = 100;

/// Characters of what notifies them, which leaves the rest of Discord's 2,000 to the line behind it.
pub(super) const MENTIONS_CHARACTERS: usize = 1_700;

/// Bytes of the address of another message.
pub(super) const ADDRESS_BYTES: usize = 200;

/// Characters of an event that is told in one line.
pub(super) const LINE_CHARACTERS: usize = 100;

/// Characters of a headline in a table.
pub(super) const ROW_CHARACTERS: usize = 80;

/// Rows of a table of counts.
pub(super) const ROWS: usize = 15;

/// Bytes after which no more is gathered for a line: what is shown of it has four at the most for each character.
pub(super) const LINE_BYTES: usize = 1_024;

/// Characters of a table of counts.
pub(super) const TABLE_CHARACTERS: usize = 3_000;

/// Bytes of lines that are compressed at once.
pub(super) const FED_BYTES: usize = 256 * 1024;

/// Bytes that a compressor may keep to itself before it gives a block: what it looks back at, and one block.
pub(super) const DEFLATE_HELD_BYTES: usize = 512 * 1024;

/// One byte in this many is added to what cannot be compressed: five for a block of some 30,000, and room to spare.
pub(super) const DEFLATE_SHARE: usize = 1_000;

/// Bytes around what is compressed.
pub(super) const GZIP_BYTES: usize = 64;

/// How hard the compressor tries: least, since lines of events shrink to a tenth even so.
pub(super) const GZIP_LEVEL: u32 = 1;

/// The first moment that the four-digit years of RFC 3339 can say: the year 1.
pub(super) const EARLIEST: Timestamp = Timestamp::constant(-62_135_596_800, 0);
