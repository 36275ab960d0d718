//! Attributes that do not see each other give the same events as those that do: behind `cfg_attr`, or under another name.

use discord_log::{log_activity as activity, log_errors as errors, log_performance as performance};

use crate::outcome::Outcome;
use crate::shapes::{check, check_cancelled, shapes};

shapes!(mod renamed:
    #[super::errors(context = "Trying")]
    #[super::activity(action = "Try")]
    #[super::performance(threshold = 1e-9)]
);
shapes!(mod renamed_in_part:
    #[super::performance(threshold = 1e-9)]
    #[discord_log::log_errors(context = "Trying")]
    #[super::activity(action = "Try")]
);
shapes!(mod conditional:
    #[discord_log::log_activity(action = "Try")]
    #[cfg_attr(all(), discord_log::log_performance(threshold = 1e-9))]
    #[cfg_attr(all(), discord_log::log_errors(context = "Trying"))]
);

#[test]
fn what_cannot_merge_gives_the_same_events() {
    discord_log::__private::remember();
    for shapes in [renamed::shapes(), renamed_in_part::shapes(), conditional::shapes()] {
        check(&shapes, Outcome::Ok, |name| vec![format!("{name}: Activity Try ok"), format!("{name}: SlowCall")]);
        for (outcome, ends, report) in
            [(Outcome::Error, "error", "Error \"refused 13\""), (Outcome::Panic, "panicked", "Panic \"broken\"")]
        {
            check(&shapes, outcome, |name| {
                vec![
                    format!("{name}: Activity Try {ends}"),
                    format!("{name}: {report} while [\"Trying\"]"),
                    format!("{name}: SlowCall"),
                ]
            });
        }
        check_cancelled(&shapes, |name| vec![format!("{name}: Activity Try cancelled")]);
    }
}
