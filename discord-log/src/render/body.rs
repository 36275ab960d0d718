//! What is sent for one message: the JSON of its body and the files that go with it.

use crate::reduce::Form;

/// The body of a message or an edit.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    pub(crate) json: Vec<u8>,
    /// In the order in which the JSON names them, at most ten.
    pub(crate) files: Vec<File>,
}

/// A file that goes with a message.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) name: String,
    /// As HTTP names it: `text/plain; charset=utf-8`.
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// What the posting of a message needs beside what it tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Post<'a> {
    pub(crate) form: Form,
    pub(crate) repeat: super::Repeat,
    /// The title of the forum post that it opens, if it opens one.
    pub(crate) thread: Option<&'a str>,
}
