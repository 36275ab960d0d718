//! What stands beside a chart: round numbers from the least to the most that is shown.

/// Round numbers, the least first; they reach as far as what is shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    pub(super) ticks: Vec<f64>,
}

impl Axis {
    /// Chooses ticks for numbers of a range that always takes in zero.
    pub(super) fn of(least: f64, most: f64) -> Self {
        let clean = |number: f64| if number.is_finite() { number.clamp(-LARGEST, LARGEST) } else { 0.0 };
        let (least, most) = (clean(least).min(0.0), clean(most).max(0.0));
        let range = if most > least { most - least } else { 1.0 };
        let step = round_up(range / WANTED);
        let (first, last) = ((least / step).floor() as i64, (least.max(most) / step).ceil() as i64);
        let last = if last == first { first + 1 } else { last };
        Self { ticks: (first..=last).map(|tick| tick as f64 * step).collect() }
    }

    /// Chooses ticks for counts: no halves of what cannot be halved.
    pub(super) fn of_counts(most: u64) -> Self {
        Self::of(0.0, (most as f64).max(WANTED))
    }

    pub(super) fn least(&self) -> f64 {
        self.ticks.first().copied().unwrap_or(0.0)
    }

    pub(super) fn most(&self) -> f64 {
        self.ticks.last().copied().unwrap_or(1.0)
    }

    /// Says how far up a number is, from 0 to 1.
    pub(super) fn height_of(&self, number: f64) -> f32 {
        let share = (number - self.least()) / (self.most() - self.least());
        if share.is_finite() { share.clamp(0.0, 1.0) as f32 } else { 0.0 }
    }
}

/// The next number of the form 1, 2 or 5 with zeros.
fn round_up(number: f64) -> f64 {
    let power = 10_f64.powf(number.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| step * power >= number * 0.999_999).unwrap_or(10.0);
    step * power
}

/// Writes a number in few characters: `1.2k`, `-3M`.
pub(super) fn short(number: f64) -> String {
    let magnitude = number.abs();
    let (scale, unit) = SCALES.into_iter().find(|(scale, _)| magnitude >= *scale).unwrap_or((1.0, ""));
    let text = format!("{:.2}", number / scale);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let text = if text == "-0" { "0" } else { text };
    if magnitude >= BEYOND { format!("{number:.0e}") } else { format!("{text}{unit}") }
}

/// Ticks above zero, more or less.
const WANTED: f64 = 4.0;
const LARGEST: f64 = 1e30;
/// From here on numbers are written with their exponent.
const BEYOND: f64 = 1e15;
const SCALES: [(f64, &str); 4] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_reach_as_far_as_what_is_shown() {
        assert_eq!(Axis::of_counts(0).ticks, [0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(Axis::of_counts(17).ticks, [0.0, 5.0, 10.0, 15.0, 20.0]);
        assert_eq!(Axis::of(-30.0, 90.0).ticks, [-50.0, 0.0, 50.0, 100.0]);
        for (least, most) in [
            (0.0, 0.0),
            (-1e-9, 0.0),
            (0.0, f64::MAX),
            (f64::NEG_INFINITY, f64::INFINITY),
            (f64::NAN, f64::NAN),
            (-7.9e28, 7.9e28),
        ] {
            let axis = Axis::of(least, most);
            assert!((2..12).contains(&axis.ticks.len()) && axis.ticks.contains(&0.0), "{least} to {most}: {axis:?}");
        }
    }

    #[test]
    fn numbers_are_short() {
        for (number, text) in [
            (0.0, "0"),
            (999.0, "999"),
            (1_200.0, "1.2k"),
            (-3e6, "-3M"),
            (2.5e9, "2.5G"),
            (0.5, "0.5"),
            (1e18, "1e18"),
        ] {
            assert_eq!(short(number), text);
        }
    }
}
