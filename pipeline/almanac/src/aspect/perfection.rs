//! What becomes of an aspect: when it is exact, and whether it is so before one of the two changes its sign or turns.
//!
//! Exactness is looked for on the side that the aspect goes to: what applies will be exact, what separates was. A pass may fail: a
//! body turns back before the aspect is exact (refranation), or one enters the next sign, where the tradition says that the
//! aspect does not perfect (Lilly, Christian Astrology, pages 111 and 112). Then the aspect does not perfect, though it may be
//! exact later on, which is told too.
//!
//! A station counts only where the pass fails by it: where the two, having come nearer, draw apart again before the aspect is
//! exact. That of the slower one, which is overtaken all the same, hinders nothing, nor does that of Mercury, which the Sun catches up
//! with. Of two stations that is told which is nearer in time to where they begin to draw apart.
//!
//! Nodes and apsides sway to and fro by the week, which is no station; whether somebody draws apart from them goes by their mean
//! motion. The Sun and the Moon never turn.
//!
//! | the faster of the two | looked ahead or back, days |
//! | --- | --- |
//! | Moon | 30 |
//! | Sun, Mercury, Venus, Mars | 400 |
//! | Jupiter, Ceres to Vesta, nodes and apsides | 800 |
//! | Saturn, Chiron, Pholus, minor planets by number | 1,500 |
//! | Uranus, Neptune, Pluto, the Uranians | 4,000 |
//!
//! That is the time in which the faster one has mostly gone through an orb, with a retrograde motion and back.
//!
//! Polynomials are walked along stretch by stretch (`walk`): bounds of their derivatives say where nothing can be. What these cannot
//! settle, which is next to joints and where something is touched, is searched as all events are, by a [`Finder`].

use orrery_format::Body;

use crate::bodies::WireBody;
use crate::curve::{Curve, Quantity};
use crate::events::{Finder, Partner};
use crate::frames::turn_deg;
use crate::motion::Ephemeris;

mod walk;

use walk::{Exit, Order, Pieces, Start, Sum};

/// What becomes of an aspect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Perfection {
    /// Whether it comes nearer to exact, by however little.
    pub applies: bool,
    /// The nearest exactness: ahead where it applies, and else behind.
    pub exact: Exact,
    /// Whether what applies becomes exact in this pass.
    pub perfects: Option<Perfects>,
}

/// When an aspect is exact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Exact {
    /// At an instant, a Julian day of TT.
    At(f64),
    /// Not in the time that is looked at.
    NotWithin {
        /// How long that is.
        days: f64,
    },
    /// Not before the ephemeris ends, or begins, which is at this Julian day of TT: nobody knows.
    Unknown {
        /// When.
        end_jd_tt: f64,
    },
}

/// Whether an aspect becomes exact before something comes between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Perfects {
    /// It does.
    Yes {
        /// When, a Julian day of TT.
        jd_tt: f64,
    },
    /// It does not.
    No {
        /// Why.
        because: Obstacle,
    },
    /// Nothing comes between in the time that is looked at, nor is it exact in that: who looked further would know.
    NotWithin {
        /// How long that is.
        days: f64,
    },
    /// Nothing has come between when the ephemeris ends, and it is not exact yet.
    Unknown {
        /// When that is, a Julian day of TT.
        end_jd_tt: f64,
    },
}

/// What comes between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Obstacle {
    /// A body stands still and turns, and the two draw apart.
    Station {
        /// Which.
        body: WireBody,
        /// When, a Julian day of TT.
        jd_tt: f64,
    },
    /// A body leaves its sign.
    SignChange {
        /// Which.
        body: WireBody,
        /// When, a Julian day of TT.
        jd_tt: f64,
    },
}

impl Obstacle {
    /// When, a Julian day of TT.
    #[must_use]
    pub const fn jd_tt(&self) -> f64 {
        match *self {
            Obstacle::Station { jd_tt, .. } | Obstacle::SignChange { jd_tt, .. } => jd_tt,
        }
    }

    /// Whose.
    #[must_use]
    pub const fn body(&self) -> WireBody {
        match *self {
            Obstacle::Station { body, .. } | Obstacle::SignChange { body, .. } => body,
        }
    }

    /// The word, as replies spell it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Obstacle::Station { .. } => "station",
            Obstacle::SignChange { .. } => "sign_change",
        }
    }
}

/// How long is looked ahead or back for an aspect that a body makes, days.
#[must_use]
pub const fn days_of(body: WireBody) -> f64 {
    match body {
        WireBody::MeanSouthNode | WireBody::TrueSouthNode => 800.0,
        WireBody::Uranian(_) => 4_000.0,
        WireBody::Asteroid(_) => 1_500.0,
        WireBody::Tabulated(body) => match body {
            Body::Moon => 30.0,
            Body::Sun | Body::Earth | Body::Mercury | Body::Venus | Body::Mars => 400.0,
            Body::Saturn | Body::Chiron | Body::Pholus => 1_500.0,
            Body::Uranus | Body::Neptune | Body::Pluto => 4_000.0,
            _ => 800.0,
        },
    }
}

/// The mean motion of a body that sways to and fro about it, degrees a day of TT: the linear terms of the Moon's mean node and mean
/// perigee (J. Meeus, *Astronomical Algorithms*, chapter 47) by days.
const fn swaying_deg_per_day(body: WireBody) -> Option<f64> {
    match body {
        WireBody::MeanSouthNode
        | WireBody::TrueSouthNode
        | WireBody::Tabulated(Body::MeanNode | Body::TrueNode) => Some(-1_934.136_289_1 / 36_525.0),
        WireBody::Tabulated(
            Body::MeanApogee | Body::OsculatingApogee | Body::InterpolatedApogee | Body::InterpolatedPerigee,
        ) => Some(4_069.013_728_7 / 36_525.0),
        _ => None,
    }
}

/// Whether a body has stations.
const fn has_stations(body: WireBody) -> bool {
    let never_turns = matches!(body, WireBody::Tabulated(Body::Sun | Body::Moon));
    !never_turns && swaying_deg_per_day(body).is_none()
}

/// What an angle may be off and still be exact, degrees: the last digit of replies.
const EXACT_DEG: f64 = 1e-9;

/// What is ahead of one instant and behind it. It keeps what it has looked up, so that all aspects of a chart should be asked of
/// one.
#[derive(Debug)]
pub struct Prospect<'e, E> {
    finder: Finder<'e, E>,
    jd_tt: f64,
    pieces: Pieces,
    /// What has been found to come next of bodies' signs and stations.
    next: Vec<((WireBody, Event), Next)>,
    most_days: f64,
}

/// What was looked up of an ephemeris: of use for every instant, but for that ephemeris alone.
#[derive(Debug, Default)]
pub struct LookedUp(Pieces);

/// What may come between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    SignChange,
    Station,
}

/// What is known of when something happens next.
#[derive(Clone, Copy, Debug)]
enum Next {
    At(f64),
    /// Not before.
    After(f64),
}

impl<'e, E: Ephemeris> Prospect<'e, E> {
    /// Of an instant, a Julian day of TT, with the longitudes and signs of the finder's zodiac, as far as its ephemeris knows.
    #[must_use]
    pub fn new(finder: &Finder<'e, E>, jd_tt: f64) -> Prospect<'e, E> {
        let finder = finder.between(finder.known.0, finder.known.1);
        Prospect { finder, jd_tt, pieces: Pieces::default(), next: Vec::new(), most_days: f64::INFINITY }
    }

    /// The same, but never looking further than so many days: for a source that is slow to ask.
    #[must_use]
    pub const fn limited(mut self, most_days: f64) -> Prospect<'e, E> {
        self.most_days = most_days;
        self
    }

    /// The same with what was looked up of its ephemeris before, for whatever instant: many charts cost a fraction of what each costs
    /// alone.
    #[must_use]
    pub fn knowing(mut self, LookedUp(pieces): LookedUp) -> Prospect<'e, E> {
        self.pieces = pieces;
        self.pieces.keep_few();
        self
    }

    /// What was looked up, for another one.
    #[must_use]
    pub fn into_looked_up(self) -> LookedUp {
        LookedUp(self.pieces)
    }

    /// The same, but searching everything whole, as a measure of what bounds settle.
    #[must_use]
    pub const fn thorough(mut self) -> Prospect<'e, E> {
        self.pieces.refuse();
        self
    }

    /// What becomes of an aspect of a body to another one, or to a longitude that stays in the zodiac, that is exact where the body
    /// is so many degrees ahead ([`Found::ahead_deg`](super::Found::ahead_deg)).
    ///
    /// # Errors
    /// Where the ephemeris does not know.
    pub fn perfection(
        &mut self,
        body: WireBody,
        partner: Partner,
        ahead_deg: f64,
    ) -> Result<Perfection, E::Error> {
        let (quantity, level_deg, days) = match partner {
            Partner::Body(other) => {
                (Quantity::Ahead(body, other), ahead_deg, days_of(body).min(days_of(other)))
            }
            Partner::Point(point_deg) => (self.finder.longitude(body), point_deg + ahead_deg, days_of(body)),
        };
        let aim = Aim { quantity, level_deg, days: days.min(self.most_days) };
        let Some((value, rate)) = self.at(quantity)? else {
            let exact = Exact::Unknown { end_jd_tt: self.jd_tt };
            return Ok(Perfection { applies: false, exact, perfects: None });
        };
        let deviation = turn_deg(value - level_deg);
        let is_exact = deviation.abs() <= EXACT_DEG;
        let applies = !is_exact && deviation * rate < 0.0;
        let exact = if is_exact {
            Exact::At(self.jd_tt)
        } else {
            let start =
                Start { jd_tt: self.jd_tt, value: deviation, shift: deviation - value, order: Order::Value };
            self.exact(&aim, &start, applies)?
        };
        let perfects = if applies { Some(self.perfects(body, partner, exact)?) } else { None };
        Ok(Perfection { applies, exact, perfects })
    }

    /// A quantity now, with its change a day; `None` where it is not known.
    fn at(&mut self, quantity: Quantity) -> Result<Option<(f64, f64)>, E::Error> {
        let (ephemeris, jd_tt) = (self.finder.ephemeris, self.jd_tt);
        if let Some(sum) = Sum::of(quantity) {
            return self.pieces.at(ephemeris, &sum, jd_tt);
        }
        let stretch = Curve::of(quantity).stretch(ephemeris, jd_tt)?;
        Ok(stretch.map(|stretch| {
            let (value, slope) = stretch.series.value_and_slope(stretch.x(jd_tt));
            (value, slope / stretch.half_days())
        }))
    }

    /// When it is exact, on one side.
    fn exact(&mut self, aim: &Aim, start: &Start, applies: bool) -> Result<Exact, E::Error> {
        let to_jd_tt = if applies { self.jd_tt + aim.days } else { self.jd_tt - aim.days };
        // Beyond a turn the same angle comes again; what goes so far is left to the whole search.
        let between = if start.value > 0.0 { (0.0, FAR_DEG) } else { (-FAR_DEG, 0.0) };
        let exit = match Sum::of(aim.quantity) {
            Some(sum) => self.pieces.exit(self.finder.ephemeris, &sum, start, to_jd_tt, between)?,
            None => Exit::Unsettled,
        };
        match exit {
            Exit::At { jd_tt, beyond: false } => Ok(Exact::At(jd_tt)),
            Exit::None => Ok(Exact::NotWithin { days: aim.days }),
            Exit::Ends(end_jd_tt) => Ok(Exact::Unknown { end_jd_tt }),
            Exit::At { .. } | Exit::Unsettled => self.searched(aim, to_jd_tt),
        }
    }

    /// The same by the whole search.
    fn searched(&self, aim: &Aim, to_jd_tt: f64) -> Result<Exact, E::Error> {
        let (curve, levels) = (Curve::of(aim.quantity), [aim.level_deg]);
        let Finder { ephemeris, ayanamsa, known, .. } = self.finder;
        let within = (known.0.max(to_jd_tt), known.1.min(to_jd_tt));
        let (found, end_jd_tt, is_known) = if to_jd_tt > self.jd_tt {
            let within = (known.0, within.1);
            let finder = Finder::new(ephemeris, within, within, ayanamsa);
            (finder.first_after(curve, &levels, self.jd_tt)?, known.1, to_jd_tt < known.1)
        } else {
            let within = (within.0, known.1);
            let finder = Finder::new(ephemeris, within, within, ayanamsa);
            (finder.last_before(curve, &levels, self.jd_tt)?, known.0, to_jd_tt >= known.0)
        };
        Ok(match found {
            Some(crossing) => Exact::At(crossing.jd_tt),
            None if is_known => Exact::NotWithin { days: aim.days },
            None => Exact::Unknown { end_jd_tt },
        })
    }

    /// Whether nothing comes between now and when it is exact.
    fn perfects(&mut self, body: WireBody, partner: Partner, exact: Exact) -> Result<Perfects, E::Error> {
        let until = match exact {
            Exact::At(jd_tt) | Exact::Unknown { end_jd_tt: jd_tt } => jd_tt,
            Exact::NotWithin { days } => self.jd_tt + days,
        };
        let other = match partner {
            Partner::Body(other) => Some(other),
            Partner::Point(_) => None,
        };
        // Stations first: slow bodies have one within months, and may keep their sign for years.
        let mut because = self.refranation(body, other, until)?;
        let mut first = because.map_or(until, |because| because.jd_tt());
        for body in std::iter::once(body).chain(other) {
            if let Some(jd_tt) = self.next(body, Event::SignChange, first)? {
                first = jd_tt;
                because = Some(Obstacle::SignChange { body, jd_tt });
            }
        }
        Ok(match (because, exact) {
            (Some(because), _) => Perfects::No { because },
            (None, Exact::At(jd_tt)) => Perfects::Yes { jd_tt },
            (None, Exact::NotWithin { days }) => Perfects::NotWithin { days },
            (None, Exact::Unknown { end_jd_tt }) => Perfects::Unknown { end_jd_tt },
        })
    }

    /// The station by which a body and another one, or a place that stands, draw apart before an instant, if there is one.
    fn refranation(
        &mut self,
        body: WireBody,
        other: Option<WireBody>,
        before: f64,
    ) -> Result<Option<Obstacle>, E::Error> {
        let mut stations = [None; 2];
        for (station, body) in stations.iter_mut().zip(std::iter::once(body).chain(other)) {
            if has_stations(body) {
                let found = self.next(body, Event::Station, before)?;
                *station = found.map(|jd_tt| Obstacle::Station { body, jd_tt });
            }
        }
        // Without one there is no looking for where they draw apart.
        if stations == [None; 2] {
            return Ok(None);
        }
        let Some(parting) = self.parting(body, other, before)? else { return Ok(None) };
        let apart = |station: &Obstacle| (station.jd_tt() - parting).abs();
        Ok(stations.into_iter().flatten().min_by(|a, b| apart(a).total_cmp(&apart(b))))
    }

    /// When the motion of a body against another one, or against a place that stands, first goes the other way, if that is before
    /// an instant.
    fn parting(
        &mut self,
        body: WireBody,
        other: Option<WireBody>,
        before: f64,
    ) -> Result<Option<f64>, E::Error> {
        let sways = other.and_then(swaying_deg_per_day);
        let (quantity, level) = match (other, swaying_deg_per_day(body), sways) {
            (None, ..) => (self.finder.longitude(body), 0.0),
            (Some(_), None, Some(mean)) => (self.finder.longitude(body), mean),
            (Some(other), Some(mean), _) => (self.finder.longitude(other), mean),
            (Some(other), None, None) => (Quantity::Ahead(body, other), 0.0),
        };
        let exit = match (Sum::of(quantity), self.at(quantity)?) {
            (_, None) => return Ok(None),
            (None, _) => Exit::Unsettled,
            (Some(sum), Some((_, rate))) => {
                let between = if rate > level { (level, f64::INFINITY) } else { (f64::NEG_INFINITY, level) };
                let start = Start { jd_tt: self.jd_tt, value: rate, shift: 0.0, order: Order::Rate };
                let exit = self.pieces.exit(self.finder.ephemeris, &sum, &start, before, between)?;
                match exit {
                    Exit::At { jd_tt, .. }
                        if !self.pieces.turns_plainly(self.finder.ephemeris, &sum, jd_tt)? =>
                    {
                        Exit::Unsettled
                    }
                    exit => exit,
                }
            }
        };
        Ok(match exit {
            Exit::At { jd_tt, .. } => Some(jd_tt),
            Exit::None | Exit::Ends(_) => None,
            Exit::Unsettled => {
                let finder = self.finder.between(self.jd_tt.next_up(), before);
                let first = if level == 0.0 {
                    finder.turns(quantity).next().transpose()?
                } else {
                    finder.when(Curve::rate(quantity), vec![level]).next().transpose()?
                };
                first.map(|crossing| crossing.jd_tt)
            }
        })
    }

    /// When something of a body happens next, if that is before an instant.
    fn next(&mut self, body: WireBody, event: Event, before: f64) -> Result<Option<f64>, E::Error> {
        let kept = self.next.iter().position(|(of, _)| *of == (body, event));
        match kept.map(|nth| self.next[nth].1) {
            Some(Next::At(jd_tt)) => return Ok((jd_tt < before).then_some(jd_tt)),
            Some(Next::After(jd_tt)) if before <= jd_tt => return Ok(None),
            _ => {}
        }
        let found = match self.walked(body, event, before)? {
            Exit::At { jd_tt, .. } => Some(jd_tt),
            Exit::None | Exit::Ends(_) => None,
            Exit::Unsettled => self.listed(body, event, before)?,
        };
        let found = found.filter(|jd_tt| *jd_tt < before);
        let next = found.map_or(Next::After(before), Next::At);
        match kept {
            Some(nth) => self.next[nth].1 = next,
            None => self.next.push(((body, event), next)),
        }
        Ok(found)
    }

    /// By bounds.
    fn walked(&mut self, body: WireBody, event: Event, before: f64) -> Result<Exit, E::Error> {
        let Some(sum) = Sum::of(self.finder.longitude(body)) else { return Ok(Exit::Unsettled) };
        let (ephemeris, jd_tt) = (self.finder.ephemeris, self.jd_tt);
        let Some((longitude, rate)) = self.pieces.at(ephemeris, &sum, jd_tt)? else {
            return Ok(Exit::Ends(jd_tt));
        };
        match event {
            Event::SignChange => {
                let value = longitude.rem_euclid(SIGN_DEG);
                let start = Start { jd_tt, value, shift: value - longitude, order: Order::Value };
                self.pieces.exit(ephemeris, &sum, &start, before, (0.0, SIGN_DEG))
            }
            Event::Station => {
                let between = if rate > 0.0 { (0.0, f64::INFINITY) } else { (f64::NEG_INFINITY, 0.0) };
                let start = Start { jd_tt, value: rate, shift: 0.0, order: Order::Rate };
                let exit = self.pieces.exit(ephemeris, &sum, &start, before, between)?;
                let Exit::At { jd_tt, .. } = exit else { return Ok(exit) };
                let is_plain = self.pieces.turns_plainly(ephemeris, &sum, jd_tt)?;
                Ok(if is_plain { exit } else { Exit::Unsettled })
            }
        }
    }

    /// By the whole search.
    fn listed(&self, body: WireBody, event: Event, before: f64) -> Result<Option<f64>, E::Error> {
        let finder = self.finder.between(self.jd_tt.next_up(), before);
        let mut events = match event {
            Event::SignChange => finder.ingresses(body),
            Event::Station => finder.stations(body),
        };
        let first = events.next().transpose()?;
        Ok(first.map(|event| event.jd_tt))
    }
}

/// Degrees of a sign.
const SIGN_DEG: f64 = 30.0;

/// How far from exact an aspect may come on the way, degrees, before its other turn is to be thought of.
const FAR_DEG: f64 = 300.0;

/// An angle that is to be exact.
struct Aim {
    quantity: Quantity,
    level_deg: f64,
    /// How long is looked.
    days: f64,
}
