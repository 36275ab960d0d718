//! What makes one attribute another: its name, the arguments it takes, and the observer it asks the runtime for.

/// One of the three attributes.
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) observer: &'static str,
    /// The names of its arguments, in the order in which a mistake lists them.
    pub(crate) takes: &'static [&'static str],
    /// An argument as it should be written.
    pub(crate) example: &'static str,
    /// Whether only functions that return a `Result` make sense.
    pub(crate) needs_result: bool,
    /// Whether the function's name says what is done, where nobody said it better.
    pub(crate) reads_name: bool,
}

pub(crate) const LOG_ERRORS: Attribute = Attribute {
    name: "log_errors",
    observer: "Errors",
    takes: &["context", "severity", "channel", "fields", "crate"],
    example: "context = \"Invoice Processing\"",
    needs_result: true,
    reads_name: false,
};

pub(crate) const LOG_ACTIVITY: Attribute = Attribute {
    name: "log_activity",
    observer: "Activity",
    takes: &["action", "fields", "channel", "crate"],
    example: "action = \"Create Invoice\"",
    needs_result: false,
    reads_name: true,
};

pub(crate) const LOG_PERFORMANCE: Attribute = Attribute {
    name: "log_performance",
    observer: "Performance",
    takes: &["threshold", "threshold_seconds", "fields", "crate"],
    example: "threshold = 2.0",
    needs_result: false,
    reads_name: false,
};
