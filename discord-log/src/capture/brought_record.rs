//! A record of `log` that the crate tracing-log brings to `tracing`: where it was told stands in fields of their own names.

use std::fmt::Display;

use tracing::Metadata;

use super::log_record::{LogRecord, Take};
use super::routes::Routes;
use crate::event::Value;
use crate::local_log;

/// A record and where it was told.
#[derive(Debug)]
pub(super) struct BroughtRecord {
    record: LogRecord,
    target: String,
    module: Option<String>,
    file: Option<String>,
    line: u32,
}

/// Says whether an event of `tracing` was one of `log`.
pub(super) fn is_brought(metadata: &Metadata<'_>) -> bool {
    metadata.target() == TARGET && metadata.name() == NAME
}

impl BroughtRecord {
    pub(super) fn new(record: LogRecord) -> Self {
        Self { record, target: String::new(), module: None, file: None, line: 0 }
    }

    pub(super) fn record(&mut self) -> &mut LogRecord {
        &mut self.record
    }

    pub(super) fn log(mut self, routes: &Routes) {
        if self.target == local_log::TARGET {
            return;
        }
        if let Some(file) = &self.file {
            self.record.event().set_place(self.module.as_deref(), file, self.line);
        }
        self.record.log(&self.target, self.module.as_deref(), routes);
    }
}

impl Take for BroughtRecord {
    fn value(&mut self, name: &str, value: Value<'_>) {
        match (name, value) {
            ("log.target", Value::Text(target)) => self.target = target.into_owned(),
            ("log.module_path", Value::Text(module)) => self.module = Some(module.into_owned()),
            ("log.file", Value::Text(file)) => self.file = Some(file.into_owned()),
            ("log.line", Value::Unsigned(line)) => self.line = u32::try_from(line).unwrap_or_default(),
            (_, value) => self.record.value(name, value),
        }
    }

    fn display(&mut self, name: &str, value: &dyn Display) {
        self.record.display(name, value);
    }
}

/// Source: the crate tracing-log.
const TARGET: &str = "log";
const NAME: &str = "log event";
