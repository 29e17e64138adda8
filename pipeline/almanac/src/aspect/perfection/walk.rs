//! A walk along polynomials until a value leaves an interval.
//!
//! Between two instants h apart a function is no further from the straight line through its values there than h²/8 times the
//! greatest magnitude of its second derivative, and its slope no further from the line through its slopes than h²/8 times that of
//! the third. So two evaluations tell of any length of time that nothing happens in it, or one thing; where they do not, halves
//! do. What bounds do not settle is handed back as unsettled.

use orrery_format::Center;

use crate::curve::Quantity;
use crate::events::turns::{LEAST_DEG, PLAIN_DAYS};
use crate::motion::{Ephemeris, Function};

mod kept;

pub(super) use kept::Pieces;
use kept::{Brief, Piece};

/// One function, or the sum of two, the second one times a sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sum {
    first: Function,
    second: Function,
    sign: f64,
}

/// Whether a function is looked at or its change a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Value,
    Rate,
}

/// Where a walk begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub(super) jd_tt: f64,
    /// The value there, with the shift.
    pub(super) value: f64,
    /// What is added to values.
    pub(super) shift: f64,
    pub(super) order: Order,
}

/// How a walk ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Exit {
    /// It is over, and the value has never left the interval.
    None,
    /// It leaves it.
    At {
        jd_tt: f64,
        /// Whether by the end that is farther from nothing.
        beyond: bool,
    },
    /// The ephemeris ends there.
    Ends(f64),
    /// Bounds do not say.
    Unsettled,
}

/// How near to a border a value at a joint may be before the jump there matters: many times what jumps are, the source's glitches
/// of half an arcsecond too.
const JUMP_DEG: f64 = 1e-3;
const JUMP_DEG_PER_DAY: f64 = 1e-4;

/// How often an interval is halved.
const MOST_HALVINGS: u8 = 20;

impl Sum {
    /// A quantity as such a sum, if it is one.
    pub(super) fn of(quantity: Quantity) -> Option<Sum> {
        use Function::{Longitude, NutationInLongitude};
        let geo = Center::Geo;
        match quantity {
            Quantity::Longitude(body) => {
                Some(Sum { first: Longitude(geo, body), second: NutationInLongitude, sign: 1.0 })
            }
            Quantity::Sidereal(body, ayanamsa) if !ayanamsa.is_frame() => {
                Some(Sum { first: Longitude(geo, body), second: Function::Ayanamsa(ayanamsa), sign: -1.0 })
            }
            Quantity::Ahead(a, b) => {
                Some(Sum { first: Longitude(geo, a), second: Longitude(geo, b), sign: -1.0 })
            }
            _ => None,
        }
    }
}

/// Two pieces at once.
struct Both<'p> {
    pieces: [&'p Piece; 2],
    sign: f64,
    order: Order,
    /// Added to values, so that they go on from what came before.
    shift: f64,
}

/// An instant with the value there and its change a day.
#[derive(Clone, Copy)]
struct Mark {
    jd_tt: f64,
    value: f64,
    slope: f64,
}

impl Both<'_> {
    fn at(&self, jd_tt: f64) -> Mark {
        let [first, second] = self.pieces.map(|piece| piece.at(jd_tt));
        let of = |nth: usize| first[nth] + self.sign * second[nth];
        match self.order {
            Order::Value => Mark { jd_tt, value: of(0) + self.shift, slope: of(1) },
            Order::Rate => Mark { jd_tt, value: of(1), slope: of(2) },
        }
    }

    /// What bends do not exceed, and what they change by a day.
    fn bounds(&self) -> (f64, f64) {
        let of = |nth: usize| self.pieces[0].bounds[nth] + self.pieces[1].bounds[nth];
        match self.order {
            Order::Value => (of(0), of(1)),
            Order::Rate => (of(1), of(2)),
        }
    }

    /// Where the value first leaves an interval between two instants, in the order in which they are given.
    fn exit(&self, from: Mark, to: Mark, between: (f64, f64), halvings: u8) -> Exit {
        let (low, high) = between;
        // Where a jump has led out of it, nobody knows when.
        if !(from.value > low && from.value < high) {
            return Exit::Unsettled;
        }
        let (bend, change) = self.bounds();
        let eighth = (to.jd_tt - from.jd_tt).powi(2) / 8.0;
        let sag = bend * eighth;
        if from.value.min(to.value) - sag > low && from.value.max(to.value) + sag < high {
            return Exit::None;
        }
        let goes_one_way =
            from.slope * to.slope > 0.0 && from.slope.abs().min(to.slope.abs()) > change * eighth;
        if goes_one_way {
            if to.value > low && to.value < high {
                return Exit::None;
            }
            let level = if to.value <= low { low } else { high };
            let jd_tt = self.solve(level, from, to);
            return Exit::At { jd_tt, beyond: level != 0.0 };
        }
        if halvings == MOST_HALVINGS {
            return Exit::Unsettled;
        }
        let middle = self.at(f64::midpoint(from.jd_tt, to.jd_tt));
        match self.exit(from, middle, between, halvings + 1) {
            Exit::None => self.exit(middle, to, between, halvings + 1),
            exit => exit,
        }
    }

    /// Where the value is at a level between two instants, on either side of which it is and between which it goes one way:
    /// Newton's rule, and halving where that would leave what is left.
    fn solve(&self, level: f64, from: Mark, to: Mark) -> f64 {
        let (mut near, mut far) = (from.jd_tt, to.jd_tt);
        let begins_above = from.value > level;
        let step = (level - from.value) / (to.value - from.value) * (far - near);
        let mut jd_tt = if step.is_finite() { near + step } else { f64::midpoint(near, far) };
        for _ in 0..60 {
            let mark = self.at(jd_tt);
            let off = mark.value - level;
            if (off > 0.0) == begins_above {
                near = jd_tt;
            } else {
                far = jd_tt;
            }
            let next = jd_tt - off / mark.slope;
            let is_within = next >= near.min(far) && next <= near.max(far);
            let next = if is_within { next } else { f64::midpoint(near, far) };
            if (next - jd_tt).abs() <= f64::EPSILON * jd_tt.abs() {
                return next;
            }
            jd_tt = next;
        }
        jd_tt
    }
}

impl Pieces {
    /// Both pieces of a sum on which an instant lies.
    fn both<E: Ephemeris>(
        &mut self,
        ephemeris: &E,
        sum: &Sum,
        jd_tt: f64,
    ) -> Result<Option<[&Piece; 2]>, E::Error> {
        let slots = [self.slot(sum.first), self.slot(sum.second)];
        let Some(places) = self.places(ephemeris, slots, jd_tt)? else { return Ok(None) };
        Ok(Some(self.pieces(slots, places)))
    }

    /// The value of a sum at an instant, and its change a day.
    pub(super) fn at<E: Ephemeris>(
        &mut self,
        ephemeris: &E,
        sum: &Sum,
        jd_tt: f64,
    ) -> Result<Option<(f64, f64)>, E::Error> {
        let pieces = self.both(ephemeris, sum, jd_tt)?;
        Ok(pieces.map(|pieces| {
            let mark = Both { pieces, sign: sum.sign, order: Order::Value, shift: 0.0 }.at(jd_tt);
            (mark.value, mark.slope)
        }))
    }

    /// Walks from where the value is in an interval towards an instant, ahead or back, until it leaves the interval.
    pub(super) fn exit<E: Ephemeris>(
        &mut self,
        ephemeris: &E,
        sum: &Sum,
        start: &Start,
        to_jd_tt: f64,
        between: (f64, f64),
    ) -> Result<Exit, E::Error> {
        if self.refused {
            return Ok(Exit::Unsettled);
        }
        let (mut from_jd_tt, mut value, mut shift) = (start.jd_tt, start.value, start.shift);
        let ahead = to_jd_tt > from_jd_tt;
        let jump = match start.order {
            Order::Value => JUMP_DEG,
            Order::Rate => JUMP_DEG_PER_DAY,
        };
        let is_clear = |value: f64| value - jump > between.0 && value + jump < between.1;
        let slots = [self.slot(sum.first), self.slot(sum.second)];
        loop {
            // What lies behind an instant is on the piece before it, if one begins there.
            let probe = if ahead { from_jd_tt } else { from_jd_tt.next_down() };
            if sum.second == Function::NutationInLongitude {
                let Some(place) = self.look_up(ephemeris, slots[0], probe)? else {
                    return Ok(Exit::Ends(from_jd_tt));
                };
                let brief = self.kept[slots[0]].brief(place);
                let nutated = [brief, Brief::NUTATION];
                if let Some(inside) = Brief::within(nutated, sum.sign, start.order, shift, between, jump) {
                    let joint = if ahead { brief.end_jd_tt } else { brief.start_jd_tt };
                    if if ahead { to_jd_tt <= joint } else { joint <= to_jd_tt } {
                        return Ok(Exit::None);
                    }
                    (from_jd_tt, value) = (joint, inside);
                    continue;
                }
            }
            let Some(places) = self.places(ephemeris, slots, probe)? else {
                return Ok(Exit::Ends(from_jd_tt));
            };
            let briefs = [0, 1].map(|nth| self.kept[slots[nth]].brief(places[nth]));
            let (first, last) = (
                briefs[0].start_jd_tt.max(briefs[1].start_jd_tt),
                briefs[0].end_jd_tt.min(briefs[1].end_jd_tt),
            );
            let (joint_behind, joint) = if ahead { (first, last) } else { (last, first) };
            let is_last = if ahead { to_jd_tt <= joint } else { joint <= to_jd_tt };
            let end_jd_tt = if is_last { to_jd_tt } else { joint };
            if let Some(inside) = Brief::within(briefs, sum.sign, start.order, shift, between, jump) {
                if is_last {
                    return Ok(Exit::None);
                }
                (from_jd_tt, value) = (end_jd_tt, inside);
                continue;
            }
            let pieces = self.pieces(slots, places);
            let mut both = Both { pieces, sign: sum.sign, order: start.order, shift };
            if start.order == Order::Value {
                // The value goes on, but for whole turns.
                shift += 360.0 * ((value - both.at(from_jd_tt).value) / 360.0).round();
                both.shift = shift;
            }
            let (from, to) = (both.at(from_jd_tt), both.at(end_jd_tt));
            match both.exit(from, to, between, 0) {
                Exit::None if is_last => return Ok(Exit::None),
                Exit::None if is_clear(to.value) => {}
                Exit::At { jd_tt, beyond } => {
                    // Near a joint the jump there decides what is passed and how often.
                    let level = both.at(jd_tt).value;
                    let near = |mark: Mark| (mark.value - level).abs() <= jump;
                    let is_near = (from_jd_tt == joint_behind && near(from)) || (!is_last && near(to));
                    return Ok(if is_near { Exit::Unsettled } else { Exit::At { jd_tt, beyond } });
                }
                _ => return Ok(Exit::Unsettled),
            }
            (from_jd_tt, value) = (end_jd_tt, to.value);
        }
    }

    /// Whether a longitude that stands still at an instant goes away from it on both sides without doubt.
    pub(super) fn turns_plainly<E: Ephemeris>(
        &mut self,
        ephemeris: &E,
        sum: &Sum,
        jd_tt: f64,
    ) -> Result<bool, E::Error> {
        let Some(pieces) = self.both(ephemeris, sum, jd_tt)? else { return Ok(false) };
        let holds = |piece: &&Piece, days: f64| piece.stretch.holds(jd_tt + days);
        if !pieces.iter().all(|piece| holds(piece, -PLAIN_DAYS) && holds(piece, PLAIN_DAYS)) {
            return Ok(false);
        }
        let both = Both { pieces, sign: sum.sign, order: Order::Rate, shift: 0.0 };
        let (change, _) = both.bounds();
        let bend = both.at(jd_tt).slope.abs() - change * PLAIN_DAYS;
        Ok(bend > 0.0 && bend * PLAIN_DAYS.powi(2) / 2.0 > LEAST_DEG)
    }
}
