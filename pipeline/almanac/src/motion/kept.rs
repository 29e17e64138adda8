//! Stretches that were laid out once and are kept at hand.

use std::collections::HashMap;
use std::hash::Hash;

use super::Stretch;
use crate::ayanamsa::Ayanamsa;

/// Cells of something that were asked for last.
#[derive(Debug)]
pub(super) struct Recent<K, const N: usize> {
    /// Most cells in either half.
    most: usize,
    newer: HashMap<K, Vec<[Stretch; N]>>,
    /// What was the newer half when it was full, less what has been asked for since.
    older: HashMap<K, Vec<[Stretch; N]>>,
}

impl<K: Copy + Eq + Hash, const N: usize> Recent<K, N> {
    /// None yet, and never more than so many.
    pub(super) fn new(most: usize) -> Recent<K, N> {
        Recent { most: most / 2, newer: HashMap::new(), older: HashMap::new() }
    }

    /// The stretches of a cell on which an instant lies.
    pub(super) fn at(&mut self, cell: K, jd_tt: f64) -> Option<[Stretch; N]> {
        if let Some(again) = self.older.remove(&cell) {
            self.put(cell, again);
        }
        self.newer.get(&cell)?.iter().find(|stretches| stretches.iter().all(|it| it.holds(jd_tt))).copied()
    }

    /// Keeps stretches of a cell, which are none of those that are kept of it.
    pub(super) fn keep(&mut self, cell: K, stretches: [Stretch; N]) {
        match self.newer.get_mut(&cell) {
            Some(kept) => kept.push(stretches),
            None => self.put(cell, vec![stretches]),
        }
    }

    fn put(&mut self, cell: K, stretches: Vec<[Stretch; N]>) {
        if self.newer.len() >= self.most {
            self.older = std::mem::take(&mut self.newer);
        }
        self.newer.insert(cell, stretches);
    }
}

/// Cells of ayanamsas, each where its time puts it: another one that belongs there takes its place.
#[derive(Debug, Default)]
pub(super) struct Ayanamsas(Vec<Cell>);

/// How many are kept: cells of two decades and more, since many bodies are looked for in one zodiac.
const AYANAMSAS: usize = 256;

#[derive(Debug, Default)]
struct Cell {
    /// Of what, and which cell.
    of: Option<(Ayanamsa, f64)>,
    stretches: Vec<Stretch>,
}

impl Ayanamsas {
    pub(super) const fn new() -> Ayanamsas {
        Ayanamsas(Vec::new())
    }

    fn place(cell: f64) -> usize {
        cell.rem_euclid(AYANAMSAS as f64) as usize
    }

    /// The stretch of a cell, by its number, on which an instant lies.
    pub(super) fn at(&self, ayanamsa: Ayanamsa, cell: f64, jd_tt: f64) -> Option<Stretch> {
        let kept = self.0.get(Self::place(cell)).filter(|kept| kept.of == Some((ayanamsa, cell)))?;
        kept.stretches.iter().find(|stretch| stretch.holds(jd_tt)).copied()
    }

    /// Keeps a stretch of a cell, which is none of those that are kept of it.
    pub(super) fn keep(&mut self, ayanamsa: Ayanamsa, cell: f64, stretch: &Stretch) {
        self.0.resize_with(AYANAMSAS, Cell::default);
        let Some(kept) = self.0.get_mut(Self::place(cell)) else { return };
        if kept.of != Some((ayanamsa, cell)) {
            *kept = Cell { of: Some((ayanamsa, cell)), stretches: Vec::new() };
        }
        kept.stretches.push(*stretch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::power_series::PowerSeries;

    fn stretch(start_jd_tt: f64) -> Stretch {
        Stretch { start_jd_tt, end_jd_tt: start_jd_tt + 1.0, series: PowerSeries::constant(start_jd_tt) }
    }

    #[test]
    fn what_is_asked_for_stays() {
        let mut recent: Recent<u32, 1> = Recent::new(8);
        recent.keep(0, [stretch(0.0)]);
        recent.keep(0, [stretch(1.0)]);
        for cell in 1..100 {
            assert_eq!(recent.at(0, 1.5), Some([stretch(1.0)]), "{cell}");
            assert_eq!(recent.at(cell, 0.5), None);
            recent.keep(cell, [stretch(0.0)]);
            assert!(recent.newer.len() + recent.older.len() <= 8);
        }
        assert_eq!(recent.at(0, 0.5), Some([stretch(0.0)]));
        assert_eq!(recent.at(0, 2.5), None, "the cell has no stretch there");
        assert_eq!(recent.at(99, 0.5), Some([stretch(0.0)]));
        assert_eq!(recent.at(10, 0.5), None, "it was not asked for again");
    }

    #[test]
    fn ayanamsas_give_way_to_others() {
        let [first, second] = [Ayanamsa::ALL[0], Ayanamsa::ALL[1]];
        let mut kept = Ayanamsas::new();
        kept.keep(first, -3.0, &stretch(0.0));
        kept.keep(first, -2.0, &stretch(2.0));
        kept.keep(first, -3.0, &stretch(1.0));
        assert_eq!(kept.at(first, -3.0, 1.5), Some(stretch(1.0)));
        assert_eq!(kept.at(first, -3.0, 0.5), Some(stretch(0.0)));
        assert_eq!(kept.at(second, -3.0, 0.5), None);
        kept.keep(second, -3.0, &stretch(0.0));
        assert_eq!(kept.at(first, -3.0, 0.5), None);
        assert_eq!(kept.at(first, -2.0, 2.5), Some(stretch(2.0)));
    }
}
