//! What makes one attribute another: its name, the arguments it takes, and what it asks the runtime for.

/// One of the three attributes.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    /// The runtime's bit for it.
    pub(crate) bit: u8,
    /// The runtime's method that evaluates its fields.
    pub(crate) asks: &'static str,
    /// The names of its arguments, in the order in which a mistake lists them.
    pub(crate) takes: &'static [&'static str],
    /// An argument as it should be written.
    pub(crate) example: &'static str,
    /// Whether only functions that return a `Result` make sense.
    pub(crate) needs_result: bool,
}

pub(crate) static LOG_ERRORS: Attribute = Attribute {
    name: "log_errors",
    bit: 1,
    asks: "of_errors",
    takes: &["context", "severity", "channel", "fields", "skip_if", "crate"],
    example: "context = \"Invoice Processing\"",
    needs_result: true,
};

pub(crate) static LOG_ACTIVITY: Attribute = Attribute {
    name: "log_activity",
    bit: 2,
    asks: "of_activity",
    takes: &["action", "fields", "ret", "channel", "crate"],
    example: "action = \"Create Invoice\"",
    needs_result: false,
};

pub(crate) static LOG_PERFORMANCE: Attribute = Attribute {
    name: "log_performance",
    bit: 4,
    asks: "of_performance",
    takes: &["threshold", "threshold_seconds", "fields", "crate"],
    example: "threshold = 2.0",
    needs_result: false,
};

impl Attribute {
    /// Finds an attribute by its name.
    pub(crate) fn named(name: &impl AsRef<str>) -> Option<&'static Self> {
        [&LOG_ERRORS, &LOG_ACTIVITY, &LOG_PERFORMANCE].into_iter().find(|attribute| attribute.name == name.as_ref())
    }
}
