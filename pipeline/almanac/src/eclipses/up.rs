//! When a body is up while an eclipse lasts.

/// More risings and settings than fit between the first and the last contact.
pub(super) const MOST_CROSSINGS: usize = 4;

/// The risings and settings of a body between two instants, and with them when it is up. Instants are numbers of whatever unit
/// and origin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Up {
    /// Whether it is at the start.
    is_from_start: bool,
    /// When it rises (`true`) and sets, in the order of time.
    changes: [(f64, bool); MOST_CROSSINGS],
    count: usize,
}

impl Up {
    pub(super) const fn new(is_from_start: bool) -> Up {
        Up { is_from_start, changes: [(0.0, false); MOST_CROSSINGS], count: 0 }
    }

    /// Adds a rising or a setting, later than those before.
    pub(super) fn note(&mut self, at: f64, is_rising: bool) {
        if let Some(slot) = self.changes.get_mut(self.count) {
            *slot = (at, is_rising);
            self.count += 1;
        }
    }

    /// Risings and settings.
    pub(super) fn changes(&self) -> &[(f64, bool)] {
        self.changes.get(..self.count).unwrap_or_default()
    }

    /// The parts of a stretch in which the body is up: that between which the changes were searched.
    pub(super) fn stretches(&self, from: f64, to: f64) -> impl Iterator<Item = [f64; 2]> + '_ {
        let mut start = self.is_from_start.then_some(from);
        let ends = self.changes().iter().copied().chain([(to, false)]);
        ends.filter_map(move |(at, is_rising)| {
            if is_rising {
                start = Some(at);
                return None;
            }
            start.take().map(|from| [from, at])
        })
    }
}

/// How much of a phase is within a stretch: 0 where they do not meet.
pub(super) fn overlap([from, to]: [f64; 2], [begins, ends]: [f64; 2]) -> f64 {
    (to.min(ends) - from.max(begins)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretches(is_from_start: bool, changes: &[(f64, bool)]) -> Vec<[f64; 2]> {
        let mut up = Up::new(is_from_start);
        for &(at, is_rising) in changes {
            up.note(at, is_rising);
        }
        assert_eq!(up.changes(), changes);
        up.stretches(0.0, 10.0).collect()
    }

    #[test]
    fn what_rises_is_up_until_it_sets() {
        assert_eq!(stretches(true, &[]), [[0.0, 10.0]]);
        assert!(stretches(false, &[]).is_empty());
        assert_eq!(stretches(false, &[(4.0, true)]), [[4.0, 10.0]]);
        assert_eq!(stretches(true, &[(3.0, false)]), [[0.0, 3.0]]);
        assert_eq!(stretches(true, &[(3.0, false), (7.0, true)]), [[0.0, 3.0], [7.0, 10.0]]);
        assert_eq!(stretches(false, &[(3.0, true), (7.0, false)]), [[3.0, 7.0]]);
    }

    #[test]
    fn stretches_overlap_by_what_they_share() {
        assert_eq!(overlap([0.0, 3.0], [2.0, 5.0]), 1.0);
        assert_eq!(overlap([2.0, 5.0], [0.0, 3.0]), 1.0);
        assert_eq!(overlap([0.0, 9.0], [2.0, 5.0]), 3.0);
        assert_eq!(overlap([0.0, 1.0], [2.0, 5.0]), 0.0);
    }
}
