//! From events to the body of one message.

mod settings;

pub(crate) use self::settings::Settings;
