//! One body's way over all marks of a chart.

use std::collections::VecDeque;
use std::iter::Peekable;

use orrery_format::Body;

use super::stations::{Turn, Turns};
use super::{Contact, Motion};
use crate::bodies::WireBody;
use crate::crossings::{Crossing, Crossings, Levels, Way};
use crate::curve::{Curve, Quantity};
use crate::events::Finder;
use crate::frames::turn_deg;
use crate::motion::Ephemeris;
use crate::speeds;

/// A value of an angle that a course is watched at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub(crate) value_deg: f64,
    pub(crate) orb_deg: Option<f64>,
}

/// A mark that is met.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Met {
    pub(crate) jd_tt: f64,
    /// Which, by its place among those that were given.
    pub(crate) mark: usize,
    pub(crate) value_deg: f64,
    pub(crate) contact: Contact,
    pub(crate) within: Option<[Option<f64>; 2]>,
}

/// What meets marks in the range of a finder, in the order of time.
pub(crate) struct Course<'e, E: Ephemeris> {
    plan: Plan<'e, E>,
    walk: Option<Walk<'e, E>>,
    is_over: bool,
}

/// Days that are walked before the range at first, of what turns: in as much most planets turn twice. Then twice as many.
const BEFORE_DAYS: f64 = 512.0;

/// Days of the sky in which whatever turns at all has turned twice: of two slow planets, the way from the one to the other turns with the
/// Earth's year. What has not done so is not looked at any further back.
const STEADY_DAYS: f64 = 8_192.0;

/// Turns after which what has not come back does not belong to what was before.
const TURNS: u8 = 2;

impl<'e, E: Ephemeris> Course<'e, E> {
    pub(crate) fn new(finder: Finder<'e, E>, quantity: Quantity, marks: &[Mark]) -> Course<'e, E> {
        let is_over = finder.range.0 >= finder.range.1;
        Course { plan: Plan::new(finder, quantity, marks), walk: None, is_over }
    }
}

impl<E: Ephemeris> Iterator for Course<'_, E> {
    type Item = Result<Met, E::Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let told = match &mut self.walk {
            Some(walk) => self.plan.advance(walk),
            None => self.plan.begin().and_then(|walk| self.plan.advance(self.walk.insert(walk))),
        };
        self.is_over = !matches!(told, Ok(Some(_)));
        told.transpose()
    }
}

/// What is looked for.
struct Plan<'e, E: Ephemeris> {
    finder: Finder<'e, E>,
    quantity: Quantity,
    marks: Vec<Mark>,
    levels: Levels,
    /// What each level is.
    edges: Vec<(usize, Edge)>,
    turns: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edge {
    Exact,
    /// The lower end of the orb.
    Lower,
    Upper,
}

/// How far it has got.
struct Walk<'e, E: Ephemeris> {
    crossings: Peekable<Crossings<'e, E>>,
    turns: Option<Peekable<Turns<'e, E>>>,
    /// Turns so far.
    turned: u8,
    watches: Vec<Watch>,
    /// What was met and is not told yet, in the order of time.
    pending: VecDeque<Pending>,
    /// The number of the first of them.
    first: usize,
    /// How many of them are in the range.
    wanted: usize,
}

struct Pending {
    met: Met,
    /// Whether it is in the range.
    is_wanted: bool,
    /// What is not known of it yet: when its period ends, and how many passes there are.
    awaits: u8,
}

/// How a mark stands.
#[derive(Default)]
struct Watch {
    period: Option<Period>,
    passes: Passes,
}

/// A time within the orb.
#[derive(Default)]
struct Period {
    since_jd_tt: Option<f64>,
    /// The numbers of what was met in it.
    met: Vec<usize>,
    was_exact: bool,
    /// The nearest turn: how far, and its number.
    nearest: Option<(f64, usize)>,
}

/// Passes that belong together so far.
#[derive(Default)]
struct Passes {
    met: Vec<usize>,
    /// On which side of the mark the last one left it.
    is_above: bool,
    /// Turns since.
    turned: u8,
    /// Whether none can have been before the first.
    is_whole: bool,
}

/// What happens next.
enum Step {
    Crossing(Crossing),
    Turn(Turn),
}

impl<'e, E: Ephemeris> Plan<'e, E> {
    fn new(finder: Finder<'e, E>, quantity: Quantity, marks: &[Mark]) -> Plan<'e, E> {
        let mut marks = marks.to_vec();
        let (mut values, mut edges) = (Vec::new(), Vec::new());
        for (nth, mark) in marks.iter_mut().enumerate() {
            mark.orb_deg = mark.orb_deg.filter(|orb| 0.0 < *orb && *orb < 180.0);
            values.push(mark.value_deg);
            edges.push((nth, Edge::Exact));
            if let Some(orb) = mark.orb_deg {
                values.extend([mark.value_deg - orb, mark.value_deg + orb]);
                edges.extend([(nth, Edge::Lower), (nth, Edge::Upper)]);
            }
        }
        let levels = Levels::of(&Curve::of(quantity), values);
        Plan { finder, quantity, marks, levels, edges, turns: turns(quantity) }
    }

    /// A walk to the beginning of the range, from far enough before it that all is known of what is met from there on, as far
    /// as it can be.
    fn begin(&self) -> Result<Walk<'e, E>, E::Error> {
        let (start, known) = (self.finder.range.0, self.finder.known.0);
        let mut days = if self.turns { BEFORE_DAYS } else { 0.0 };
        loop {
            let from = (start - days).max(known);
            let mut walk = self.walk_from(from)?;
            while walk.next_jd_tt().is_some_and(|jd_tt| jd_tt < start) {
                self.step(&mut walk)?;
            }
            let [date, since] = [start, from].map(|jd_tt| self.finder.ephemeris.date_jd_tt(jd_tt));
            let is_steady = !self.turns || (date - since).abs() >= STEADY_DAYS && walk.turned < TURNS;
            if walk.is_settled(is_steady) || from <= known {
                return Ok(walk);
            }
            days = (2.0 * days).max(1.0);
        }
    }

    fn walk_from(&self, jd_tt: f64) -> Result<Walk<'e, E>, E::Error> {
        let finder = self.finder.between(jd_tt, f64::INFINITY);
        let at_deg = self.finder.value(self.quantity, jd_tt)?;
        let watch = |mark: &Mark| {
            let is_within = mark.orb_deg.is_some_and(|orb| turn_deg(at_deg - mark.value_deg).abs() <= orb);
            Watch { period: is_within.then(Period::default), passes: Passes::default() }
        };
        Ok(Walk {
            crossings: finder.crossings(Curve::of(self.quantity), self.levels.clone()).peekable(),
            turns: self.turns.then(|| Turns::new(finder, self.quantity).peekable()),
            turned: 0,
            watches: self.marks.iter().map(watch).collect(),
            pending: VecDeque::new(),
            first: 0,
            wanted: 0,
        })
    }

    /// Goes on until the next that is met in the range is known.
    fn advance(&self, walk: &mut Walk<'e, E>) -> Result<Option<Met>, E::Error> {
        loop {
            while let Some(told) = walk.pending.pop_front_if(|pending| pending.awaits == 0) {
                walk.first += 1;
                if told.is_wanted {
                    walk.wanted -= 1;
                    return Ok(Some(told.met));
                }
            }
            match walk.next_jd_tt() {
                Some(jd_tt) if jd_tt < self.finder.range.1 || walk.wanted > 0 => self.step(walk)?,
                None if !walk.pending.is_empty() => walk.end(),
                _ => return Ok(None),
            }
        }
    }

    fn step(&self, walk: &mut Walk<'e, E>) -> Result<(), E::Error> {
        match walk.next_step().transpose()? {
            Some(Step::Crossing(crossing)) => self.pass(walk, &crossing)?,
            Some(Step::Turn(turn)) => self.turn(walk, &turn),
            None => {}
        }
        Ok(())
    }

    /// A level is passed.
    fn pass(&self, walk: &mut Walk<'e, E>, crossing: &Crossing) -> Result<(), E::Error> {
        let (nth, edge) = self.edges[crossing.level];
        let jd_tt = crossing.jd_tt;
        match (edge, crossing.way) {
            (Edge::Exact, way) => {
                let goes_up = match way {
                    Way::Up => [true, true],
                    Way::Down => [false, false],
                    // It comes from below to where it turns back, or from above to where it turns forward.
                    Way::Touch if self.is_greatest(jd_tt)? => [true, false],
                    Way::Touch => [false, true],
                };
                self.exact(walk, nth, jd_tt, way.into(), goes_up);
            }
            (Edge::Lower, Way::Up) | (Edge::Upper, Way::Down) => {
                let period = walk.watches[nth].period.get_or_insert_default();
                if period.met.is_empty() && period.since_jd_tt.is_none() {
                    period.since_jd_tt = Some(jd_tt);
                }
            }
            (Edge::Lower, Way::Down) | (Edge::Upper, Way::Up) => walk.leave(nth, Some(jd_tt)),
            // What only touches the orb has not been within it, or has not left it.
            (_, Way::Touch) => {}
        }
        Ok(())
    }

    /// The mark itself is passed: upwards before and after, if so.
    fn exact(
        &self,
        walk: &mut Walk<'e, E>,
        nth: usize,
        jd_tt: f64,
        motion: Motion,
        [comes_up, goes_up]: [bool; 2],
    ) {
        let passes = &walk.watches[nth].passes;
        let belongs = !passes.met.is_empty() && passes.is_above != comes_up && passes.turned < TURNS;
        if !belongs {
            walk.conclude(nth);
            walk.watches[nth].passes.is_whole = walk.turned >= TURNS;
        }
        let pass = walk.watches[nth].passes.met.len() as u16 + 1;
        let contact = Contact::Exact { motion, pass, passes: pass };
        // Where none belong together, each pass is the only one.
        let awaits = u8::from(self.turns);
        let number = self.meet(walk, nth, jd_tt, self.marks[nth].value_deg, contact, awaits);
        let watch = &mut walk.watches[nth];
        if self.turns {
            watch.passes.met.push(number);
            (watch.passes.is_above, watch.passes.turned) = (goes_up, 0);
        }
        if let Some(period) = &mut watch.period {
            period.was_exact = true;
        }
    }

    /// It turns.
    fn turn(&self, walk: &mut Walk<'e, E>, turn: &Turn) {
        walk.turned = walk.turned.saturating_add(1);
        let touch_deg = Curve::of(self.quantity).touch();
        for (nth, mark) in self.marks.iter().enumerate() {
            let ahead_deg = turn_deg(turn.value_deg - mark.value_deg);
            // What turns at the mark itself has passed it there.
            if ahead_deg.abs() <= touch_deg {
                continue;
            }
            let passes = &mut walk.watches[nth].passes;
            passes.turned = passes.turned.saturating_add(1);
            if passes.turned >= TURNS {
                walk.conclude(nth);
            }
            if walk.watches[nth].period.is_some() {
                let contact = Contact::Station { ahead_deg, retrograde: turn.retrograde };
                let number = self.meet(walk, nth, turn.jd_tt, turn.value_deg, contact, 0);
                if let Some(period) = &mut walk.watches[nth].period
                    && period.nearest.is_none_or(|(nearest, _)| ahead_deg.abs() < nearest)
                {
                    period.nearest = Some((ahead_deg.abs(), number));
                }
            }
        }
    }

    /// Puts down what is met, which is not to be told before so many things are known of it, and the end of its period.
    fn meet(
        &self,
        walk: &mut Walk<'e, E>,
        nth: usize,
        jd_tt: f64,
        value_deg: f64,
        contact: Contact,
        awaits: u8,
    ) -> usize {
        let number = walk.first + walk.pending.len();
        let is_wanted = self.finder.range.0 <= jd_tt && jd_tt < self.finder.range.1;
        walk.wanted += usize::from(is_wanted);
        let mut within = None;
        let mut awaits = awaits;
        if let Some(period) = &mut walk.watches[nth].period {
            period.met.push(number);
            within = Some([period.since_jd_tt, None]);
            awaits += 1;
        }
        let value_deg = value_deg.rem_euclid(360.0);
        let met = Met { jd_tt, mark: nth, value_deg, contact, within };
        walk.pending.push_back(Pending { met, is_wanted, awaits });
        number
    }

    /// Whether the angle turns back where it turns, and does not turn forward.
    fn is_greatest(&self, jd_tt: f64) -> Result<bool, E::Error> {
        let stretch = Curve::rate(self.quantity).stretch(self.finder.ephemeris, jd_tt)?;
        Ok(stretch.is_some_and(|stretch| stretch.series.value_and_slope(stretch.x(jd_tt)).1 < 0.0))
    }
}

impl<E: Ephemeris> Walk<'_, E> {
    /// When something happens next; an error is due at once.
    fn next_jd_tt(&mut self) -> Option<f64> {
        let [crossing, turn] = self.next_instants();
        crossing.into_iter().chain(turn).reduce(f64::min)
    }

    fn next_instants(&mut self) -> [Option<f64>; 2] {
        let crossing = self.crossings.peek();
        let turn = self.turns.as_mut().and_then(Peekable::peek);
        let due = f64::NEG_INFINITY;
        [
            crossing.map(|crossing| crossing.as_ref().map_or(due, |crossing| crossing.jd_tt)),
            turn.map(|turn| turn.as_ref().map_or(due, |turn| turn.jd_tt)),
        ]
    }

    fn next_step(&mut self) -> Option<Result<Step, E::Error>> {
        match self.next_instants() {
            [Some(crossing), Some(turn)] if crossing <= turn => {
                self.crossings.next().map(|next| next.map(Step::Crossing))
            }
            [Some(_), None] => self.crossings.next().map(|next| next.map(Step::Crossing)),
            _ => self.turns.as_mut()?.next().map(|next| next.map(Step::Turn)),
        }
    }

    /// Whether what is open by now has been seen from its beginning; of what is steady, no pass belongs to one before.
    fn is_settled(&self, is_steady: bool) -> bool {
        (is_steady || self.turned >= TURNS)
            && self.watches.iter().all(|watch| {
                let since = watch.period.as_ref().is_none_or(|period| period.since_jd_tt.is_some());
                since && (is_steady || watch.passes.met.is_empty() || watch.passes.is_whole)
            })
    }

    /// The orb of a mark is left, or nobody knows when.
    fn leave(&mut self, nth: usize, until_jd_tt: Option<f64>) {
        let Some(period) = self.watches[nth].period.take() else { return };
        for number in period.met {
            if let Some(pending) = self.pending.get_mut(number - self.first) {
                pending.met.within = Some([period.since_jd_tt, until_jd_tt]);
                pending.awaits -= 1;
            }
        }
        // Of what is not known from its beginning to its end nobody knows whether it came nearer.
        if let Some((_, number)) = period.nearest
            && !period.was_exact
            && period.since_jd_tt.is_some()
            && until_jd_tt.is_some()
            && let Some(pending) = self.pending.get_mut(number - self.first)
            && let Contact::Station { ahead_deg, retrograde } = pending.met.contact
        {
            pending.met.contact = Contact::Closest { ahead_deg, retrograde };
        }
    }

    /// No further pass belongs to those of a mark.
    fn conclude(&mut self, nth: usize) {
        let concluded = std::mem::take(&mut self.watches[nth].passes).met;
        let count = concluded.len() as u16;
        for number in concluded {
            if let Some(pending) = self.pending.get_mut(number - self.first) {
                if let Contact::Exact { passes, .. } = &mut pending.met.contact {
                    *passes = count;
                }
                pending.awaits -= 1;
            }
        }
    }

    /// Nothing more is known.
    fn end(&mut self) {
        for nth in 0..self.watches.len() {
            self.leave(nth, None);
            self.conclude(nth);
        }
    }
}

/// Whether passes of an angle may belong together, as seen from the Earth's centre: of what never turns each is by itself, and so it is
/// of what swings to and fro for ever, as one of Sun, Mercury and Venus does about another.
fn turns(quantity: Quantity) -> bool {
    match quantity {
        Quantity::Longitude(body) | Quantity::Sidereal(body, _) => speeds::turns(body),
        Quantity::Ahead(a, b) => speeds::turns_between(a, b) && ![a, b].into_iter().all(goes_with_the_sun),
        _ => true,
    }
}

/// Whether a body is never further from the Sun than its own orbit within the Earth's lets it be.
const fn goes_with_the_sun(body: WireBody) -> bool {
    matches!(body, WireBody::Tabulated(Body::Sun | Body::Mercury | Body::Venus))
}
