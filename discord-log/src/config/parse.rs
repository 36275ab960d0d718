//! Reads what several settings have in common.

use std::time::Duration;

/// Reads a switch in any of its spellings.
pub(super) fn switch(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// Reads `50m`, `90s`, `0.5h`, or a number of seconds.
pub(super) fn duration(value: &str) -> Option<Duration> {
    let value = value.trim();
    let (number, seconds) = match value.char_indices().next_back()? {
        (end, 's') => (value.get(..end)?, 1.0),
        (end, 'm') => (value.get(..end)?, 60.0),
        (end, 'h') => (value.get(..end)?, 3_600.0),
        _ => (value, 1.0),
    };
    Duration::try_from_secs_f64(number.trim().parse::<f64>().ok()? * seconds).ok()
}

/// Names the program that runs.
pub(super) fn executable_name() -> String {
    std::env::current_exe()
        .ok()
        .and_then(|path| path.file_stem().map(|name| name.to_string_lossy().into_owned()))
        .unwrap_or_else(|| "service".to_owned())
}

/// What a switch takes.
pub(super) const SWITCH: &str = "`True` or `False`, `1` or `0`, `yes` or `no`, `on` or `off`";
