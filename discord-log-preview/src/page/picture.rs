//! Pictures: those of the message's own files are shown; those of other hosts are named and never loaded, since a page
//! that fetches what a log line names would tell its reader's address to whoever wrote the line.

use askama::Template;

use crate::attachment_name;
use crate::message::Attachment;

/// A picture to show.
#[derive(Debug, Template)]
#[template(path = "picture.html")]
pub(super) struct Picture {
    src: Option<String>,
    alt: String,
    elsewhere: Option<String>,
}

impl Picture {
    /// The picture that a URL of an embed or component names.
    pub(super) fn named(url: &str, alt: Option<&str>, files: &[Attachment]) -> Self {
        let file = attachment_name::referenced(url);
        match file {
            Some(name) => match files.iter().find(|file| file.filename == name) {
                Some(file) => Self::of(file),
                None => Self { src: None, alt: name, elsewhere: None },
            },
            None => Self { src: None, alt: alt.unwrap_or_default().to_owned(), elsewhere: Some(url.to_owned()) },
        }
    }

    /// A file that is a picture.
    pub(super) fn of(file: &Attachment) -> Self {
        Self {
            src: (file.bytes.is_some() && is_picture(file)).then(|| path(file)),
            alt: file.description.clone().unwrap_or_else(|| file.filename.clone()),
            elsewhere: None,
        }
    }
}

/// Whether a browser shows this file as a picture.
pub(super) fn is_picture(file: &Attachment) -> bool {
    attachment_name::is_picture(&attachment_name::media_type(&file.filename, file.content_type.as_deref()))
}

/// Where a file is on this server, under whichever of its names the page was opened.
pub(super) fn path(file: &Attachment) -> String {
    let start = file.url.find("/_preview/").unwrap_or_default();
    file.url.get(start..).unwrap_or_default().to_owned()
}
