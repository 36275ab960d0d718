//! How much room a text takes by both of Discord's measures, and how parts share it: a short part is never cut for the
//! sake of a long one.

use std::iter::Sum;
use std::ops::Add;

/// An amount of text, or the room for one.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Size {
    /// Unicode code points.
    pub(super) characters: usize,
    /// Bytes of UTF-8.
    pub(super) bytes: usize,
}

impl Size {
    pub(super) const fn new(characters: usize, bytes: usize) -> Self {
        Self { characters, bytes }
    }

    /// Room that only code points bound.
    pub(super) const fn characters(characters: usize) -> Self {
        Self { characters, bytes: usize::MAX }
    }

    pub(super) fn of(text: &str) -> Self {
        Self { characters: text.chars().count(), bytes: text.len() }
    }

    pub(super) const fn fits(self, room: Self) -> bool {
        self.characters <= room.characters && self.bytes <= room.bytes
    }

    /// The smaller of both by each measure.
    pub(super) fn min(self, other: Self) -> Self {
        Self { characters: self.characters.min(other.characters), bytes: self.bytes.min(other.bytes) }
    }

    /// What is left of this room when something was taken.
    pub(super) const fn without(self, taken: Self) -> Self {
        Self {
            characters: self.characters.saturating_sub(taken.characters),
            bytes: self.bytes.saturating_sub(taken.bytes),
        }
    }

    /// One of so many equal parts of this room.
    pub(super) fn part(self, of: usize) -> Self {
        Self { characters: self.characters / of.max(1), bytes: self.bytes / of.max(1) }
    }
}

impl Add for Size {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            characters: self.characters.saturating_add(other.characters),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }
}

impl Sum for Size {
    fn sum<I: Iterator<Item = Self>>(sizes: I) -> Self {
        sizes.fold(Self::default(), Add::add)
    }
}

/// Says how many parts, in their order, find room when each is content with what it wants or a modest size.
pub(super) fn pack(wanted: &[Size], modest: Size, room: Size) -> usize {
    let mut taken = Size::default();
    wanted
        .iter()
        .take_while(|wanted| {
            taken = taken + wanted.min(modest);
            taken.fits(room)
        })
        .count()
}

/// Gives the room that no part may exceed so that all fit: what the small ones leave is shared by the large ones.
pub(super) fn share(wanted: &[Size], room: Size) -> Size {
    let mut share = room.part(wanted.len());
    for _ in wanted {
        let (small, large): (Vec<_>, Vec<_>) = wanted.iter().copied().partition(|wanted| wanted.fits(share));
        if large.is_empty() {
            break;
        }
        share = room.without(small.into_iter().sum()).part(large.len());
    }
    share
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sizes() -> impl Strategy<Value = Vec<Size>> {
        let size = (0_usize..3_000, 1_usize..5)
            .prop_map(|(characters, width)| Size { characters, bytes: characters.saturating_mul(width) });
        prop::collection::vec(size, 1..30)
    }

    #[test]
    fn short_parts_stay_whole_beside_a_long_one() {
        let wanted = [Size::new(10, 10), Size::new(5_000, 5_000), Size::new(20, 20)];
        assert_eq!(share(&wanted, Size::new(1_000, 1_000)), Size::new(970, 970));
    }

    #[test]
    fn parts_are_packed_until_one_finds_less_than_a_modest_room() {
        let wanted = [Size::new(10, 10), Size::new(5_000, 5_000), Size::new(60, 60), Size::new(1, 1)];
        assert_eq!(pack(&wanted, Size::new(50, 50), Size::new(100, 100)), 2);
        assert_eq!(pack(&wanted, Size::new(50, 50), Size::new(111, 111)), 4);
    }

    proptest! {
        #[test]
        fn what_is_shared_fits_and_the_small_stay_whole(wanted in sizes(), room in (100_usize..9_000, 100_usize..9_000)) {
            let room = Size::new(room.0, room.1);
            let share = share(&wanted, room);
            prop_assert!(wanted.iter().map(|wanted| wanted.min(share)).sum::<Size>().fits(room));
            let equal = room.part(wanted.len());
            prop_assert!(equal.fits(share), "{equal:?} > {share:?}");
        }
    }
}
