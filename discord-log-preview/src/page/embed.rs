//! An embed as Discord lays it out: colour bar, author, title, description, fields in rows, pictures, footer.

use askama::Template;
use serde::Deserialize;
use serde_json::Value;

use super::message::Place;
use super::picture::Picture;
use super::time::At;
use crate::markdown;

/// What a webhook may say in an embed; whatever else stands in it is not shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Embed {
    title: Option<String>,
    url: Option<String>,
    description: Option<String>,
    color: Option<u32>,
    timestamp: Option<String>,
    author: Option<Author>,
    footer: Option<Footer>,
    image: Option<Media>,
    thumbnail: Option<Media>,
    fields: Vec<Field>,
}

#[derive(Debug, Deserialize)]
struct Author {
    name: String,
    url: Option<String>,
    icon_url: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Footer {
    text: String,
    icon_url: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Media {
    url: String,
}

#[derive(Debug, Deserialize)]
struct Field {
    name: String,
    value: String,
    #[serde(default)]
    inline: bool,
}

/// An embed ready to be written.
#[derive(Debug, Template)]
#[template(path = "embed.html")]
pub(super) struct Shown {
    color: Option<String>,
    author: Option<(String, Option<String>, Option<Picture>)>,
    title: Option<(String, Option<String>)>,
    description: Option<String>,
    fields: Vec<ShownField>,
    image: Option<Picture>,
    thumbnail: Option<Picture>,
    footer: Option<(String, Option<Picture>)>,
    at: Option<At>,
}

#[derive(Debug)]
struct ShownField {
    name: String,
    value: String,
    /// How many of twelve columns it is wide.
    width: usize,
}

impl Shown {
    pub(super) fn read(embed: &Value, place: &Place<'_>) -> Self {
        let embed: Embed = Embed::deserialize(embed).unwrap_or_default();
        let files = &place.message.attachments;
        let icon = |url: &String| Picture::named(url, None, files);
        let media = |media: Media| Picture::named(&media.url, None, files);
        let most = if embed.thumbnail.is_some() { 2 } else { 3 };
        Self {
            color: embed.color.map(|color| format!("#{color:06x}")),
            author: embed.author.map(|author| (author.name, author.url, author.icon_url.as_ref().map(icon))),
            title: embed.title.map(|title| (place.markdown(&title, markdown::Place::Line), embed.url)),
            description: embed.description.map(|text| place.markdown(&text, markdown::Place::Body)),
            fields: laid_out(embed.fields, most, place),
            image: embed.image.map(media),
            thumbnail: embed.thumbnail.map(media),
            footer: embed.footer.map(|footer| (footer.text, footer.icon_url.as_ref().map(icon))),
            at: embed.timestamp.map(|timestamp| At::read(&timestamp)),
        }
    }
}

/// Inline fields that stand beside each other share a row, up to three, or two beside a thumbnail.
fn laid_out(fields: Vec<Field>, most: usize, place: &Place<'_>) -> Vec<ShownField> {
    let inline: Vec<bool> = fields.iter().map(|field| field.inline).collect();
    let widths = widths(&inline, most);
    let shown = |(field, width): (Field, usize)| ShownField {
        name: place.markdown(&field.name, markdown::Place::Line),
        value: place.markdown(&field.value, markdown::Place::Body),
        width,
    };
    fields.into_iter().zip(widths).map(shown).collect()
}

fn widths(inline: &[bool], most: usize) -> Vec<usize> {
    let mut widths = Vec::with_capacity(inline.len());
    for run in inline.chunk_by(|one, next| *one && *next) {
        match run {
            [true, ..] => {
                for row in run.chunks(most) {
                    widths.extend(row.iter().map(|_| 12 / row.len()));
                }
            }
            _ => widths.extend(run.iter().map(|_| 12)),
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_fields_share_rows_and_full_fields_break_them() {
        let cases: [(&[bool], usize, &[usize]); 5] = [
            (&[true, true, true], 3, &[4, 4, 4]),
            (&[true, true, true, true], 3, &[4, 4, 4, 12]),
            (&[true, true, false, true], 3, &[6, 6, 12, 12]),
            (&[false, false], 3, &[12, 12]),
            (&[true, true, true], 2, &[6, 6, 12]),
        ];
        for (inline, most, expected) in cases {
            assert_eq!(widths(inline, most), expected, "{inline:?}");
        }
    }
}
