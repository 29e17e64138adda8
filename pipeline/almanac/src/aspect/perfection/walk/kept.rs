//! Stretches that were looked up, with bounds, kept from one walk and one instant to the next.

use crate::curve::{NUTATION_DEG, NUTATION_SPEED};
use crate::motion::{Ephemeris, Function, Stretch};

use super::Order;

/// How far values of a piece may differ for it to be sure which turn they are of, degrees.
const MOST_REACH_DEG: f64 = 30.0;

/// Pieces that are kept from one instant to the next, at most: some fifteen megabytes, with which all that ten bodies do in a century
/// and a half is at hand. Where more is asked for, all are looked up again and again.
const MOST_KEPT: usize = 49_152;

/// Stretches that were looked up, with bounds.
#[derive(Debug, Default)]
pub(in crate::aspect::perfection) struct Pieces {
    pub(super) kept: Vec<Kept>,
    /// Whether walks are refused.
    pub(super) refused: bool,
}

/// Those of one function.
#[derive(Debug)]
pub(super) struct Kept {
    function: Function,
    /// As they were asked for.
    pieces: Vec<Piece>,
    /// What is known of each throughout. Most steps of a walk read nothing else.
    briefs: Vec<Brief>,
    /// When each begins and which it is, in order of time: little, since what comes later moves when one is put in between.
    order: Vec<(f64, u32)>,
    /// Where in that order the one is that was asked for last: the next one mostly is beside it.
    last: usize,
}

impl Kept {
    /// The place in the order of the piece on which an instant lies, if it is kept.
    fn at(&mut self, jd_tt: f64) -> Option<usize> {
        let holds = |place: &usize| self.order.get(*place).is_some_and(|(_, nth)| self.holds(*nth, jd_tt));
        let beside = [self.last, self.last + 1, self.last.wrapping_sub(1)];
        let place = beside.into_iter().find(holds).or_else(|| {
            let before = self.behind(jd_tt).checked_sub(1)?;
            holds(&before).then_some(before)
        })?;
        self.last = place;
        Some(place)
    }

    /// How many begin no later than an instant.
    fn behind(&self, jd_tt: f64) -> usize {
        self.order.partition_point(|(start_jd_tt, _)| *start_jd_tt <= jd_tt)
    }

    fn holds(&self, nth: u32, jd_tt: f64) -> bool {
        let brief = &self.briefs[nth as usize];
        brief.start_jd_tt <= jd_tt && jd_tt < brief.end_jd_tt
    }

    fn piece(&self, place: usize) -> &Piece {
        &self.pieces[self.order[place].1 as usize]
    }

    /// What is known of the piece at a place in the order.
    pub(super) fn brief(&self, place: usize) -> Brief {
        self.briefs[self.order[place].1 as usize]
    }
}

/// What is known of a function throughout a stretch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Brief {
    pub(super) start_jd_tt: f64,
    pub(super) end_jd_tt: f64,
    /// Its value in the middle, and what others differ by from it at most.
    middle: f64,
    reach: f64,
    /// Its change a day in the middle, and what others differ by from it at most.
    slope: f64,
    slope_reach: f64,
}

impl Brief {
    /// What is known of nutation in longitude at any time.
    pub(super) const NUTATION: Brief = Brief {
        start_jd_tt: f64::NEG_INFINITY,
        end_jd_tt: f64::INFINITY,
        middle: 0.0,
        reach: NUTATION_DEG,
        slope: 0.0,
        slope_reach: NUTATION_SPEED,
    };

    /// As [`clear`] says, of a sum of two, the second one times a sign.
    pub(super) fn within(
        [first, second]: [Brief; 2],
        sign: f64,
        order: Order,
        shift: f64,
        between: (f64, f64),
        jump: f64,
    ) -> Option<f64> {
        match order {
            Order::Value => {
                let middle = first.middle + sign * second.middle + shift;
                clear(turned(middle, between), first.reach + second.reach + jump, between)
            }
            Order::Rate => {
                let slope = first.slope + sign * second.slope;
                clear(slope, first.slope_reach + second.slope_reach + jump, between)
            }
        }
    }
}

/// A stretch with bounds on its second to fourth derivative by days.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) stretch: Stretch,
    pub(super) bounds: [f64; 3],
}

impl Piece {
    /// A stretch as it is kept.
    fn of(stretch: &Stretch) -> (Piece, Brief) {
        let per_day = 1.0 / stretch.half_days();
        let terms = stretch.series.terms();
        let (mut reach, mut slope_reach, mut bounds) = (0.0, 0.0, [0.0; 3]);
        for (k, term) in terms.iter().enumerate().skip(2) {
            let k = k as f64;
            let first = term.abs() * k;
            let second = first * (k - 1.0);
            let third = second * (k - 2.0);
            reach += term.abs();
            slope_reach += first;
            bounds[0] += second;
            bounds[1] += third;
            bounds[2] += third * (k - 3.0);
        }
        let slope = terms.get(1).copied().unwrap_or_default();
        let mut scale = per_day;
        for bound in &mut bounds {
            scale *= per_day;
            *bound *= scale;
        }
        let brief = Brief {
            start_jd_tt: stretch.start_jd_tt,
            end_jd_tt: stretch.end_jd_tt,
            middle: stretch.series.constant_term(),
            reach: reach + slope.abs(),
            slope: slope * per_day,
            slope_reach: slope_reach * per_day,
        };
        (Piece { stretch: *stretch, bounds }, brief)
    }

    /// The value, and its first and second change by days.
    pub(super) fn at(&self, jd_tt: f64) -> [f64; 3] {
        let x = self.stretch.x(jd_tt);
        let (mut value, mut slope, mut half_bend) = (0.0, 0.0, 0.0);
        for term in self.stretch.series.terms().iter().rev() {
            half_bend = half_bend * x + slope;
            slope = slope * x + value;
            value = value * x + term;
        }
        let per_day = 1.0 / self.stretch.half_days();
        [value, slope * per_day, 2.0 * half_bend * per_day * per_day]
    }
}

/// A value if it is in an interval, and all that are no further from it than `reach` are; none where they may be of another turn.
fn clear(middle: f64, reach: f64, (low, high): (f64, f64)) -> Option<f64> {
    (middle - reach > low && middle + reach < high && reach < MOST_REACH_DEG).then_some(middle)
}

/// An angle with the number of turns that brings it nearest to an interval of less than one.
fn turned(angle_deg: f64, (low, high): (f64, f64)) -> f64 {
    angle_deg - 360.0 * ((angle_deg - f64::midpoint(low, high)) / 360.0).round()
}

impl Pieces {
    /// Settles nothing from now on.
    pub(in crate::aspect::perfection) const fn refuse(&mut self) {
        self.refused = true;
    }

    /// Forgets what was looked up if that is much.
    pub(in crate::aspect::perfection) fn keep_few(&mut self) {
        if self.kept.iter().map(|kept| kept.pieces.len()).sum::<usize>() > MOST_KEPT {
            self.kept.clear();
        }
    }

    /// Where pieces of a function are kept.
    pub(super) fn slot(&mut self, function: Function) -> usize {
        self.kept.iter().position(|kept| kept.function == function).unwrap_or_else(|| {
            self.kept.push(Kept {
                function,
                pieces: Vec::new(),
                briefs: Vec::new(),
                order: Vec::new(),
                last: 0,
            });
            self.kept.len() - 1
        })
    }

    /// The place of the piece on which an instant lies among those in a slot; `None` where the ephemeris begins or ends.
    pub(super) fn look_up<E: Ephemeris>(
        &mut self,
        ephemeris: &E,
        slot: usize,
        jd_tt: f64,
    ) -> Result<Option<usize>, E::Error> {
        let kept = &mut self.kept[slot];
        if let Some(place) = kept.at(jd_tt) {
            return Ok(Some(place));
        }
        let Some(stretch) = ephemeris.stretch(kept.function, jd_tt)? else { return Ok(None) };
        let place = kept.behind(jd_tt);
        let (piece, brief) = Piece::of(&stretch);
        kept.order.insert(place, (stretch.start_jd_tt, kept.pieces.len() as u32));
        kept.briefs.push(brief);
        kept.pieces.push(piece);
        kept.last = place;
        Ok(Some(place))
    }

    /// The places of both pieces of a sum on which an instant lies.
    pub(super) fn places<E: Ephemeris>(
        &mut self,
        ephemeris: &E,
        [first, second]: [usize; 2],
        jd_tt: f64,
    ) -> Result<Option<[usize; 2]>, E::Error> {
        let Some(at_first) = self.look_up(ephemeris, first, jd_tt)? else { return Ok(None) };
        let Some(at_second) = self.look_up(ephemeris, second, jd_tt)? else { return Ok(None) };
        Ok(Some([at_first, at_second]))
    }

    /// The pieces in two slots at two places.
    pub(super) fn pieces(&self, slots: [usize; 2], places: [usize; 2]) -> [&Piece; 2] {
        [0, 1].map(|nth| self.kept[slots[nth]].piece(places[nth]))
    }
}
