//! Discord's limits on what one message may hold: the only file that knows these numbers.
//!
//! Lengths are Unicode code points, counted after trimming, unless a name says bytes.

/// Most code points of a message's `content`.
pub(crate) const CONTENT: usize = 2_000;
/// Most embeds of one message.
pub(crate) const EMBEDS: usize = 10;
/// Most code points over the text of all embeds of one message.
pub(crate) const EMBED_TEXT: usize = 6_000;
/// Most code points of an embed's title, its author's name and a field's name.
pub(crate) const EMBED_TITLE: usize = 256;
/// Most code points of an embed's description, and of an image's.
pub(crate) const EMBED_DESCRIPTION: usize = 4_096;
/// Most fields of one embed.
pub(crate) const EMBED_FIELDS: usize = 25;
/// Most code points of a field's value.
pub(crate) const FIELD_VALUE: usize = 1_024;
/// Most code points of an embed's footer.
pub(crate) const FOOTER: usize = 2_048;
/// The largest colour: 24 bits of red, green and blue.
pub(crate) const COLOR: i64 = 0xFF_FFFF;
/// Most code points of a URL.
pub(crate) const URL: usize = 2_048;
/// Most code points of a link button's URL.
pub(crate) const BUTTON_URL: usize = 512;
/// Most code points of a button's label.
pub(crate) const BUTTON_LABEL: usize = 80;
/// Most code points of a webhook's name, and of a `username`.
pub(crate) const USERNAME: usize = 80;
/// Most code points of a thread's name.
pub(crate) const THREAD_NAME: usize = 100;
/// Most threads of the server that are not archived.
pub(crate) const ACTIVE_THREADS: usize = 1_000;
/// Most tags of a forum post.
pub(crate) const APPLIED_TAGS: usize = 5;
/// Most files of one message.
pub(crate) const ATTACHMENTS: usize = 10;
/// Most code points of a file's name, title and description.
pub(crate) const ATTACHMENT_TEXT: usize = 1_024;
/// Most ids of one list in `allowed_mentions`.
pub(crate) const MENTIONS: usize = 100;
/// Most components of a message, nested ones included.
pub(crate) const COMPONENTS: usize = 40;
/// Most action rows of a message without the components flag.
pub(crate) const LEGACY_ROWS: usize = 5;
/// Most components of an action row.
pub(crate) const ROW: usize = 5;
/// Most texts of a section.
pub(crate) const SECTION_TEXTS: usize = 3;
/// Most items of a media gallery.
pub(crate) const GALLERY: usize = 10;
/// Most gallery items and thumbnails of a message; above it Discord answers 500.
pub(crate) const MEDIA: usize = 64;
/// Most code points of one text display, and of all of a message together.
pub(crate) const TEXT_DISPLAY: usize = 4_000;
/// Bytes that each text display costs beside its text under the hidden byte ceiling.
pub(crate) const TEXT_DISPLAY_COST: usize = 12;
/// Most code points of a poll's question.
pub(crate) const POLL_QUESTION: usize = 300;
/// Most code points of a poll's answer.
pub(crate) const POLL_ANSWER: usize = 55;
/// Most answers of a poll.
pub(crate) const POLL_ANSWERS: usize = 10;
/// Most hours that a poll may run.
pub(crate) const POLL_HOURS: i64 = 768;

/// `SUPPRESS_EMBEDS`.
pub(crate) const FLAG_SUPPRESS_EMBEDS: u64 = 1 << 2;
/// `SUPPRESS_NOTIFICATIONS`.
pub(crate) const FLAG_SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;
/// `IS_COMPONENTS_V2`.
pub(crate) const FLAG_COMPONENTS_V2: u64 = 1 << 15;
/// What a webhook may set when it posts.
pub(crate) const FLAGS_ON_SEND: u64 = FLAG_SUPPRESS_EMBEDS | FLAG_SUPPRESS_NOTIFICATIONS | FLAG_COMPONENTS_V2;

/// Discord's epoch, 2015-01-01, in Unix milliseconds: snowflakes count from there.
pub(crate) const EPOCH_MS: u64 = 1_420_070_400_000;
