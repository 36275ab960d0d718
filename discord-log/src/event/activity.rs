//! Events of the activity channel.

use std::time::Duration;

use super::{Event, Kind, Severity};

impl Event {
    /// A person did something.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::user_action("Invoice generated").actor("u-42"));
    /// ```
    #[must_use]
    pub fn user_action(action: impl AsRef<str>) -> Self {
        Self::of(Kind::UserAction).titled(action.as_ref())
    }

    /// A file came in: its name and its size in bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::file_upload("receipt.pdf", 48_213));
    /// ```
    #[must_use]
    pub fn file_upload(name: impl AsRef<str>, bytes: u64) -> Self {
        Self::of(Kind::FileUpload).field("file", name.as_ref()).field("bytes", bytes)
    }

    /// A file went out: its name and its size in bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::file_download("invoice-2041.pdf", 20_480));
    /// ```
    #[must_use]
    pub fn file_download(name: impl AsRef<str>, bytes: u64) -> Self {
        Self::of(Kind::FileDownload).field("file", name.as_ref()).field("bytes", bytes)
    }

    /// A form was sent.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::form_submission("Contact"));
    /// ```
    #[must_use]
    pub fn form_submission(form: impl AsRef<str>) -> Self {
        Self::of(Kind::FormSubmission).field("form", form.as_ref())
    }

    /// An annotated function ended: what it does, how it ended (`ok`, `error`, `panicked`, `cancelled`) and how long
    /// it took. Anything but `ok` makes it a warning.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::activity("Import", "ok", std::time::Duration::from_millis(812)));
    /// ```
    #[must_use]
    pub fn activity(action: impl AsRef<str>, outcome: impl AsRef<str>, took: Duration) -> Self {
        let outcome = outcome.as_ref();
        let event = Self::of(Kind::Activity).titled(action.as_ref()).field("outcome", outcome).field("took", took);
        if outcome == "ok" { event } else { event.with_severity(Severity::Warning) }
    }
}
