//! How much work a text may cause. Every search for the end of a mark spends what it visits, so a text made to be slow
//! runs dry instead, and what is left of it is shown as it was typed.

use std::cell::Cell;

/// The work left for one text.
#[derive(Debug)]
pub(super) struct Fuel {
    left: Cell<usize>,
}

impl Default for Fuel {
    fn default() -> Self {
        Self { left: Cell::new(FULL) }
    }
}

impl Fuel {
    /// Takes as many steps off; false once nothing is left.
    pub(super) fn spend(&self, steps: usize) -> bool {
        self.left.set(self.left.get().saturating_sub(steps));
        self.left.get() > 0
    }

    #[cfg(test)]
    pub(super) fn spent(&self) -> usize {
        FULL - self.left.get()
    }
}

/// The steps of one text, in bytes visited. 6,000 characters of stars, the deepest nest there is, need a tenth of them;
/// what runs dry is thousands of open brackets before thousands of pairs.
pub(super) const FULL: usize = 1_500_000;

/// The first place at or after a position, remembered: a later question between the two has the same answer.
///
/// This is what keeps a row of unclosed marks from being searched through once for each of them.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    known: Option<(usize, Option<usize>)>,
}

impl Ahead {
    /// Gives the first place at or after `from`, by `find` if it is not known.
    pub(super) fn first(
        &mut self,
        from: usize,
        until: usize,
        fuel: &Fuel,
        find: impl FnOnce() -> Option<usize>,
    ) -> Option<usize> {
        if let Some((asked, found)) = self.known
            && asked <= from
            && found.is_none_or(|found| from <= found)
        {
            return found;
        }
        let found = find();
        fuel.spend(found.unwrap_or(until).saturating_sub(from) + 1);
        self.known = Some((from, found));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_not_searched_again() {
        let (fuel, mut ahead) = (Fuel::default(), Ahead::default());
        assert_eq!(ahead.first(2, 100, &fuel, || Some(90)), Some(90));
        assert_eq!(ahead.first(50, 100, &fuel, || panic!("searched again")), Some(90));
        assert_eq!(ahead.first(91, 100, &fuel, || None), None);
        assert_eq!(ahead.first(95, 100, &fuel, || panic!("searched again")), None);
        assert_eq!(fuel.spent(), 89 + 10);
    }

    #[test]
    fn an_earlier_question_is_searched() {
        let (fuel, mut ahead) = (Fuel::default(), Ahead::default());
        ahead.first(50, 100, &fuel, || Some(90));
        assert_eq!(ahead.first(10, 100, &fuel, || Some(20)), Some(20));
    }

    #[test]
    fn fuel_runs_dry() {
        let fuel = Fuel::default();
        assert!(fuel.spend(FULL - 1));
        assert!(!fuel.spend(1));
        assert!(!fuel.spend(1));
    }
}
