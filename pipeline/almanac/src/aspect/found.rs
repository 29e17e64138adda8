//! Which points make which aspects.

use super::Aspect;
use super::orbs::{OrbRule, Orbs};
use crate::frames::wrap_deg;
use crate::vector::Varying;

/// A point in its place. [`Orbs::place`] makes it, since it has its orb with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// Ecliptic longitude, degrees, with its change a day: none where it is thought to stand still, as places in a nativity that
    /// something passes over.
    pub longitude: Varying,
    /// Two points of one group make no aspect in one chart.
    pub group: Option<u8>,
    /// Whether it is an angle: those are carried round by the Earth, and make no aspects come or go among each other.
    pub is_angle: bool,
    /// Its own orb, degrees, if it has one.
    pub(super) orb_deg: Option<f64>,
}

#[cfg(test)]
impl Placed {
    /// Something without a name or an orb of its own.
    pub(super) const fn nameless(longitude_deg: f64) -> Placed {
        Placed { longitude: Varying::constant(longitude_deg), group: None, is_angle: false, orb_deg: None }
    }
}

/// Which way an aspect goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Movement {
    /// It comes nearer to exact.
    Applying,
    /// It is exact, or comes away from it.
    Separating,
    /// Neither: the two move alike, within [`STATIC_DEG_PER_DAY`], or are angles both.
    Static,
}

/// What the distance of two points may change by a day in an aspect that goes neither way, degrees. It is the ground of
/// kerykeion's `calculate_aspect_movement`, which looks whether an orb changes by a millionth of a degree in a thousandth of a day.
pub const STATIC_DEG_PER_DAY: f64 = 1e-3;

impl Movement {
    /// The word, as replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Movement::Applying => "applying",
            Movement::Separating => "separating",
            Movement::Static => "static",
        }
    }

    /// Whether it applies; `None` where it goes neither way.
    #[must_use]
    pub const fn applies(self) -> Option<bool> {
        match self {
            Movement::Applying => Some(true),
            Movement::Separating => Some(false),
            Movement::Static => None,
        }
    }

    /// Of a deviation from exact, with its change a day.
    pub(super) fn of(deviation: Varying) -> Movement {
        if deviation.rate.abs() < STATIC_DEG_PER_DAY {
            Movement::Static
        } else if deviation.value * deviation.rate < 0.0 {
            Movement::Applying
        } else {
            Movement::Separating
        }
    }
}

/// An aspect that two points make.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// The one, by its place among the points, or among those of the first chart.
    pub a: usize,
    /// The other, which comes later among the points, or is of the second chart.
    pub b: usize,
    /// Which.
    pub aspect: Aspect,
    /// How far the first is ahead of the other where it is exact, degrees, 0 to 360: the aspect's angle on one side or the other.
    pub ahead_deg: f64,
    /// How far they are apart, degrees, 0 to 180.
    pub separation_deg: f64,
    /// How far from exact, degrees.
    pub orb_deg: f64,
    /// By how much that changes a day: less than nothing where it comes nearer.
    pub orb_speed: f64,
    /// How far from exact it might be, degrees.
    pub allowed_deg: f64,
    /// Which way it goes, by the motion of both at the instant.
    pub movement: Movement,
}

/// The aspects that are looked for, each with its orb. It is made once for many charts.
#[derive(Clone, Debug)]
pub struct Aspects {
    rule: OrbRule,
    /// In the order of [`Aspect::ALL`].
    wanted: Vec<Wanted>,
    /// For each degree of separation the first of `candidates`, and behind the last degree how many there are.
    first: [u16; DEGREES + 1],
    /// Which of those wanted two points may make that are so many degrees apart.
    candidates: Vec<u8>,
}

/// Aspects that there is room for before any is found, at most.
const MOST_AT_FIRST: usize = 256;

/// Whole degrees that two points may be apart.
const DEGREES: usize = 181;

#[derive(Clone, Copy, Debug)]
struct Wanted {
    aspect: Aspect,
    angle_deg: f64,
    /// The orb where points have none of their own.
    orb_deg: f64,
    /// The most where they have.
    most_deg: f64,
}

/// A point on the circle.
#[derive(Clone, Copy)]
struct Ready {
    longitude_deg: f64,
    /// Less than nothing where there is none.
    orb_deg: f64,
}

impl Ready {
    fn all(points: &[Placed]) -> Vec<Ready> {
        let ready = |point: &Placed| Ready {
            longitude_deg: on_circle(point.longitude.value),
            orb_deg: point.orb_deg.unwrap_or(-1.0),
        };
        points.iter().map(ready).collect()
    }
}

/// A longitude from 0 to 360 degrees; what is not finite is nowhere.
fn on_circle(longitude_deg: f64) -> f64 {
    if longitude_deg.is_finite() { wrap_deg(longitude_deg) } else { f64::NAN }
}

impl Aspects {
    /// These, by these orbs.
    #[must_use]
    pub fn new(aspects: &[Aspect], orbs: &Orbs) -> Aspects {
        let wanted = Aspect::ALL.into_iter().filter(|aspect| aspects.contains(aspect));
        let widest: Vec<_> = wanted.clone().map(|aspect| orbs.widest(aspect)).collect();
        let rule = orbs.rule();
        let wanted: Vec<_> = wanted
            .map(|aspect| {
                let orb_deg = orbs.of_aspect(aspect);
                let by_aspect = rule == OrbRule::Aspect && aspect.is_ptolemaic();
                let most_deg = if by_aspect { f64::INFINITY } else { orb_deg };
                Wanted { aspect, angle_deg: aspect.angle_deg(), orb_deg, most_deg }
            })
            .collect();
        let (mut first, mut candidates) = ([0; DEGREES + 1], Vec::new());
        for degree in 0..DEGREES {
            let (low, high) = (degree as f64, degree as f64 + 1.0);
            for (nth, (wanted, widest)) in wanted.iter().zip(&widest).enumerate() {
                if wanted.angle_deg - widest <= high && low <= wanted.angle_deg + widest {
                    candidates.push(nth as u8);
                }
            }
            first[degree + 1] = candidates.len() as u16;
        }
        Aspects { rule, wanted, first, candidates }
    }

    /// Those that the points of one chart make, each pair one at most: that which is nearest to exact of those within their orbs,
    /// and of two as near the one that comes first in [`Aspect::ALL`]. In the order of the first points, then of the second.
    #[must_use]
    pub fn within(&self, points: &[Placed]) -> Vec<Found> {
        let ready = Ready::all(points);
        let mut found = Vec::with_capacity((points.len() * points.len() / 6).min(MOST_AT_FIRST));
        for (a, first) in ready.iter().enumerate() {
            for (b, second) in ready.iter().enumerate().skip(a + 1) {
                let is_trivial = || points[a].group.is_some() && points[a].group == points[b].group;
                if let Some(near) = self.nearest(first, second)
                    && !is_trivial()
                {
                    found.push(near.found((a, &points[a]), (b, &points[b])));
                }
            }
        }
        found
    }

    /// Those that points of one chart make to points of another, likewise.
    #[must_use]
    pub fn across(&self, first: &[Placed], second: &[Placed]) -> Vec<Found> {
        let others = Ready::all(second);
        let mut found = Vec::with_capacity((first.len() * second.len() / 3).min(MOST_AT_FIRST));
        for (a, one) in Ready::all(first).iter().enumerate() {
            for (b, other) in others.iter().enumerate() {
                if let Some(near) = self.nearest(one, other) {
                    found.push(near.found((a, &first[a]), (b, &second[b])));
                }
            }
        }
        found
    }

    /// The aspect that two points make.
    #[inline]
    fn nearest(&self, a: &Ready, b: &Ready) -> Option<Near> {
        // Without branches: on which side of another a point is cannot be foreseen.
        let turned = a.longitude_deg - b.longitude_deg;
        let ahead_deg = turned - 360.0 * f64::from(u8::from(turned > 180.0))
            + 360.0 * f64::from(u8::from(turned <= -180.0));
        let separation_deg = ahead_deg.abs();
        // What is no number comes to 0°, where it is in no orb.
        let degree = (separation_deg as usize).min(DEGREES - 1);
        let candidates = usize::from(self.first[degree])..usize::from(self.first[degree + 1]);
        if candidates.is_empty() {
            return None;
        }
        let own_deg = match self.rule {
            OrbRule::Moiety => f64::midpoint(a.orb_deg, b.orb_deg),
            OrbRule::Aspect | OrbRule::Body => a.orb_deg.max(b.orb_deg),
        };
        let mut nearest: Option<Near> = None;
        for &nth in &self.candidates[candidates] {
            let wanted = &self.wanted[usize::from(nth)];
            let allowed_deg = if own_deg < 0.0 { wanted.orb_deg } else { own_deg.min(wanted.most_deg) };
            let deviation_deg = separation_deg - wanted.angle_deg;
            let best_deg = nearest.map_or(f64::INFINITY, |best| best.deviation_deg.abs());
            if deviation_deg.abs() <= allowed_deg && deviation_deg.abs() < best_deg {
                nearest = Some(Near { aspect: wanted.aspect, ahead_deg, deviation_deg, allowed_deg });
            }
        }
        nearest
    }
}

/// An aspect as it is found.
#[derive(Clone, Copy)]
struct Near {
    aspect: Aspect,
    /// How far the first is ahead, degrees, −180 to 180.
    ahead_deg: f64,
    /// By how much they are farther apart than the aspect says.
    deviation_deg: f64,
    allowed_deg: f64,
}

impl Near {
    /// With what the points say of its motion.
    fn found(self, (a, first): (usize, &Placed), (b, second): (usize, &Placed)) -> Found {
        let relative = first.longitude.rate - second.longitude.rate;
        let angle_deg = self.aspect.angle_deg();
        let (ahead_deg, deviation_deg) = (self.ahead_deg, self.deviation_deg);
        // Where they are at one place, they part whichever way they go.
        let parting = if ahead_deg == 0.0 { relative.abs() } else { relative * ahead_deg.signum() };
        let orb_speed = if deviation_deg == 0.0 { parting.abs() } else { parting * deviation_deg.signum() };
        let movement = if first.is_angle && second.is_angle {
            Movement::Static
        } else {
            Movement::of(Varying::new(deviation_deg, parting))
        };
        Found {
            a,
            b,
            aspect: self.aspect,
            ahead_deg: if ahead_deg < 0.0 && angle_deg > 0.0 { 360.0 - angle_deg } else { angle_deg },
            separation_deg: ahead_deg.abs(),
            orb_deg: deviation_deg.abs(),
            orb_speed,
            allowed_deg: self.allowed_deg,
            movement,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::aspect::{PTOLEMAIC, Point};
    use crate::bodies::{ALL, WireBody};
    use crate::houses::Angle;

    fn point(name: &str, value: f64, rate: f64, orbs: &Orbs) -> Placed {
        orbs.place(name.parse().unwrap(), Varying::new(value, rate))
    }

    /// The aspect of two points, if they make one.
    fn one(orbs: &Orbs, a: (&str, f64, f64), b: (&str, f64, f64)) -> Option<Found> {
        let points = [a, b].map(|(name, value, rate)| point(name, value, rate, orbs));
        let found = Aspects::new(&Aspect::ALL, orbs).within(&points);
        assert!(found.len() <= 1);
        found.first().copied()
    }

    #[test]
    fn aspects_are_counted_round_the_circle() {
        let orbs = Orbs::default();
        let found = one(&orbs, ("sun", 358.0, 1.0), ("moon", 1.0, 13.0)).unwrap();
        assert_eq!((found.aspect, found.separation_deg, found.orb_deg), (Aspect::Conjunction, 3.0, 3.0));
        assert_eq!((found.movement, found.orb_speed), (Movement::Separating, 12.0));
        assert_eq!(found.ahead_deg, 0.0);
        // Turns do not matter, nor on which side the aspect is.
        let found = one(&orbs, ("sun", -35.0 - 720.0, 1.0), ("moon", 52.0, 13.0)).unwrap();
        assert_eq!(
            (found.aspect, found.ahead_deg, found.movement),
            (Aspect::Square, 270.0, Movement::Applying)
        );
        assert!((found.orb_deg - 3.0).abs() < 1e-9 && found.orb_speed == -12.0);
        let found = one(&orbs, ("moon", 177.0, 13.0), ("sun", 0.0, 1.0)).unwrap();
        assert_eq!((found.aspect, found.movement), (Aspect::Opposition, Movement::Applying));
        let found = one(&orbs, ("moon", 183.0, 13.0), ("sun", 0.0, 1.0)).unwrap();
        assert_eq!(
            (found.aspect, found.ahead_deg, found.movement),
            (Aspect::Opposition, 180.0, Movement::Separating)
        );
    }

    #[test]
    fn motion_is_that_of_both() {
        let orbs = Orbs::default();
        // Mercury goes back to the Sun, which comes to meet it.
        let found = one(&orbs, ("sun", 10.0, 1.0), ("mercury", 14.0, -0.5)).unwrap();
        assert_eq!((found.movement, found.orb_speed), (Movement::Applying, -1.5));
        // Mars is slower than the Sun that follows it.
        let found = one(&orbs, ("sun", 10.0, 1.0), ("mars", 14.0, 0.7)).unwrap();
        assert_eq!(found.movement, Movement::Applying);
        let found = one(&orbs, ("pluto", 10.0, 0.01), ("neptune", 69.0, 0.0105)).unwrap();
        assert_eq!(found.movement, Movement::Static);
        let found = one(&orbs, ("ascendant", 10.0, 400.0), ("mc", 282.0, 350.0)).unwrap();
        assert_eq!(found.movement, Movement::Static);
        let found = one(&orbs, ("ascendant", 10.0, 400.0), ("sun", 72.0, 1.0)).unwrap();
        assert_eq!((found.aspect, found.movement), (Aspect::Sextile, Movement::Applying));
        for exact in [("sun", 20.0, 1.0), ("sun", 110.0, 1.0), ("sun", 200.0, 1.0)] {
            let found = one(&orbs, exact, ("moon", 20.0, 13.0)).unwrap();
            assert_eq!((found.orb_deg, found.movement, found.orb_speed), (0.0, Movement::Separating, 12.0));
        }
    }

    #[test]
    fn rules_say_whose_orb_it_is() {
        let (sun, mars) = (|at| ("sun", at, 1.0), ("mars", 0.0, 0.5));
        let allowed = |rule, text: &str, at| {
            let orbs = if text.is_empty() { Orbs::new(rule) } else { Orbs::parse(rule, text).unwrap() };
            one(&orbs, sun(at), mars).map(|found| found.allowed_deg)
        };
        assert_eq!(allowed(OrbRule::Aspect, "", 90.0), Some(7.0));
        assert_eq!(allowed(OrbRule::Aspect, "square:5", 90.0), Some(5.0));
        assert_eq!(allowed(OrbRule::Aspect, "square:5,sun:10", 90.0), Some(10.0));
        assert_eq!(allowed(OrbRule::Aspect, "square:5,sun:3,mars:2", 90.0), Some(3.0));
        assert_eq!(allowed(OrbRule::Aspect, "sun:10", 150.0), Some(3.0));
        assert_eq!(allowed(OrbRule::Aspect, "sun:2", 150.0), Some(2.0));
        assert_eq!(allowed(OrbRule::Body, "", 90.0), Some(15.0));
        assert_eq!(allowed(OrbRule::Body, "square:6", 90.0), Some(6.0));
        assert_eq!(allowed(OrbRule::Moiety, "", 90.0), Some(11.0));
        assert_eq!(allowed(OrbRule::Moiety, "", 150.0), Some(3.0));
        assert_eq!(allowed(OrbRule::Moiety, "mars:30,sun:20", 115.0), Some(25.0));
        assert_eq!(allowed(OrbRule::Aspect, "square:0", 90.0), Some(0.0));
        assert_eq!(allowed(OrbRule::Aspect, "square:0", 90.000_001), None);
    }

    #[test]
    fn what_moves_together_makes_no_aspect_in_one_chart() {
        let orbs = Orbs::default();
        assert_eq!(one(&orbs, ("ascendant", 10.0, 400.0), ("descendant", 190.0, 400.0)), None);
        assert_eq!(one(&orbs, ("true_node", 10.0, 0.1), ("true_south_node", 190.0, 0.1)), None);
        let points = [point("ascendant", 10.0, 400.0, &orbs), point("descendant", 190.0, 400.0, &orbs)];
        let found = Aspects::new(&PTOLEMAIC, &orbs).across(&points, &points);
        assert_eq!(found.len(), 4, "another chart's is another thing");
    }

    #[test]
    fn what_is_no_number_makes_no_aspect() {
        let orbs = Orbs::default();
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(one(&orbs, ("sun", bad, 1.0), ("moon", 0.0, 13.0)), None);
            let points = [point("sun", bad, 1.0, &orbs), point("moon", 90.0, bad, &orbs)];
            assert!(Aspects::new(&Aspect::ALL, &orbs).across(&points, &points[..1]).is_empty());
        }
        assert!(Aspects::new(&[], &orbs).within(&[point("sun", 0.0, 1.0, &orbs); 5]).is_empty());
        assert!(Aspects::new(&Aspect::ALL, &orbs).within(&[]).is_empty());
    }

    /// What the documentation says, without tables.
    fn plainly(aspects: &[Aspect], orbs: &Orbs, a: &Placed, b: &Placed) -> Option<(Aspect, f64)> {
        let apart = (a.longitude.value - b.longitude.value).rem_euclid(360.0);
        let separation = apart.min(360.0 - apart);
        let own = [a, b].map(|point| point.orb_deg);
        let mut best: Option<(Aspect, f64)> = None;
        for &aspect in aspects {
            let deviation = (separation - aspect.angle_deg()).abs();
            let given = own.into_iter().flatten().reduce(f64::max);
            let allowed = match (orbs.rule(), given) {
                (OrbRule::Aspect, Some(given)) if aspect.is_ptolemaic() => given,
                (OrbRule::Aspect | OrbRule::Body, Some(given)) => given.min(orbs.of_aspect(aspect)),
                (OrbRule::Moiety, _) => {
                    f64::midpoint(own[0].unwrap(), own[1].unwrap()).min(orbs.of_aspect(aspect))
                }
                (_, None) => orbs.of_aspect(aspect),
            };
            if deviation <= allowed && best.is_none_or(|best| deviation < best.1) {
                best = Some((aspect, deviation));
            }
        }
        best
    }

    proptest! {
        #[test]
        fn tables_of_candidates_leave_nothing_out(
            at in proptest::collection::vec((0.0..360.0, -2.0..14.0), 34),
            rule in 0..3_usize,
            text in proptest::sample::select(vec![
                "sun:30", "conjunction:30,moon:0", "opposition:30,square:30,trine:30,sextile:30,conjunction:30",
                "quincunx:20,septile:30,mc:25", "novile:7,pluto:12.5,ascendant:3", "square:0,trine:0",
            ]),
        ) {
            let orbs = Orbs::parse(OrbRule::ALL[rule], text).unwrap();
            let names = ALL.map(Point::Body).into_iter().chain(Angle::ALL.map(Point::Angle));
            let points: Vec<_> =
                names.zip(at).map(|(name, (value, rate))| orbs.place(name, Varying::new(value, rate))).collect();
            let found = Aspects::new(&Aspect::ALL, &orbs).across(&points, &points);
            let mut count = 0;
            for (a, first) in points.iter().enumerate() {
                for (b, second) in points.iter().enumerate() {
                    let Some((aspect, deviation)) = plainly(&Aspect::ALL, &orbs, first, second) else { continue };
                    let near = |found: &&Found| (found.a, found.b) == (a, b) && (found.orb_deg - deviation).abs() < 1e-9;
                    let same = found.iter().find(near);
                    prop_assert!(same.is_some(), "{a} {b} {aspect}");
                    count += 1;
                }
            }
            prop_assert_eq!(count, found.len());
        }
    }

    #[test]
    fn a_body_is_placed_with_its_group() {
        let orbs = Orbs::new(OrbRule::Moiety);
        let node = orbs.place(Point::Body(WireBody::MeanSouthNode), Varying::constant(5.0));
        assert_eq!((node.group, node.is_angle, node.orb_deg), (Some(4), false, Some(0.0)));
    }
}
