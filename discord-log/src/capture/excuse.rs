//! `skip_if = path`: lets the user's own function say which errors are no news.

use crate::capture::probe::{Failure, Look};
use crate::event::user_code;

/// Asks a function of the user's about an error; one that panics excuses nothing.
#[inline]
pub fn excuse<'r, T, E>(look: Look<'r>, returned: &'r Result<T, E>, is_excused: impl FnOnce(&E) -> bool) -> Look<'r> {
    match (look, returned) {
        (Look::Failed(failure), Err(error)) => {
            let is_excused = user_code::run(|| is_excused(error)).unwrap_or(false);
            Look::Failed(Failure { is_excused, ..failure })
        }
        _ => look,
    }
}
