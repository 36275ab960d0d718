//! The attributes in any order tell the same.

use crate::outcome::Outcome;
use crate::shapes::{Shapes, check, check_cancelled, shapes};

shapes!(mod eap:
    #[discord_log::log_errors(context = "Trying")]
    #[discord_log::log_activity(action = "Try")]
    #[discord_log::log_performance(threshold = 1e-9)]
);
shapes!(mod epa:
    #[discord_log::log_errors(context = "Trying")]
    #[discord_log::log_performance(threshold = 1e-9)]
    #[discord_log::log_activity(action = "Try")]
);
shapes!(mod aep:
    #[discord_log::log_activity(action = "Try")]
    #[discord_log::log_errors(context = "Trying")]
    #[discord_log::log_performance(threshold = 1e-9)]
);
shapes!(mod ape:
    #[discord_log::log_activity(action = "Try")]
    #[discord_log::log_performance(threshold = 1e-9)]
    #[discord_log::log_errors(context = "Trying")]
);
shapes!(mod pea:
    #[discord_log::log_performance(threshold = 1e-9)]
    #[discord_log::log_errors(context = "Trying")]
    #[discord_log::log_activity(action = "Try")]
);
shapes!(mod pae:
    #[discord_log::log_performance(threshold = 1e-9)]
    #[discord_log::log_activity(action = "Try")]
    #[discord_log::log_errors(context = "Trying")]
);

fn orders() -> [Shapes; 6] {
    [eap::shapes(), epa::shapes(), aep::shapes(), ape::shapes(), pea::shapes(), pae::shapes()]
}

#[test]
fn each_attribute_tells_its_own_once_in_every_order() {
    discord_log::__private::remember();
    for shapes in orders() {
        check(&shapes, Outcome::Ok, |name| vec![format!("{name}: Activity Try ok"), format!("{name}: SlowCall")]);
        check(&shapes, Outcome::Error, |name| {
            vec![
                format!("{name}: Activity Try error"),
                format!("{name}: Error \"refused 13\" while [\"Trying\"]"),
                format!("{name}: SlowCall"),
            ]
        });
        check(&shapes, Outcome::Panic, |name| {
            vec![
                format!("{name}: Activity Try panicked"),
                format!("{name}: Panic \"broken\" while [\"Trying\"]"),
                format!("{name}: SlowCall"),
            ]
        });
        check_cancelled(&shapes, |name| vec![format!("{name}: Activity Try cancelled")]);
    }
}
