//! The balance of a chart: how what is in it is shared out among elements, modes and polarities.

use crate::zodiac::{Element, InSign, Mode, Polarity};

/// How places are shared out: of each share which of the places that were given are in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Balance {
    elements: [Vec<usize>; Element::ALL.len()],
    modes: [Vec<usize>; Mode::ALL.len()],
    polarities: [Vec<usize>; Polarity::ALL.len()],
}

impl Balance {
    /// Of longitudes in degrees.
    #[must_use]
    pub fn of(longitudes_deg: impl IntoIterator<Item = f64>) -> Balance {
        let mut balance = Balance::default();
        for (nth, longitude_deg) in longitudes_deg.into_iter().enumerate() {
            let sign = InSign::of(longitude_deg).sign;
            balance.elements[sign.element() as usize].push(nth);
            balance.modes[sign.mode() as usize].push(nth);
            balance.polarities[sign.polarity() as usize].push(nth);
        }
        balance
    }

    /// What an element has.
    #[must_use]
    pub fn element(&self, element: Element) -> &[usize] {
        &self.elements[element as usize]
    }

    /// What a mode has.
    #[must_use]
    pub fn mode(&self, mode: Mode) -> &[usize] {
        &self.modes[mode as usize]
    }

    /// What a polarity has.
    #[must_use]
    pub fn polarity(&self, polarity: Polarity) -> &[usize] {
        &self.polarities[polarity as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_counts_once_in_each_kind() {
        let balance = Balance::of([15.0, 45.0, 359.9, -1.0, 130.0]);
        assert_eq!(balance.element(Element::Fire), [0, 4]);
        assert_eq!(balance.element(Element::Water), [2, 3]);
        assert!(balance.element(Element::Air).is_empty());
        assert_eq!(balance.mode(Mode::Fixed), [1, 4]);
        assert_eq!(balance.polarity(Polarity::Positive), [0, 4]);
        let count = |shares: &[Vec<usize>]| shares.iter().map(Vec::len).sum::<usize>();
        assert_eq!(count(&balance.elements), 5);
        assert_eq!(count(&balance.modes), 5);
        assert_eq!(count(&balance.polarities), 5);
    }
}
