//! Orbs: how far from exact an aspect may be and still be one.
//!
//! | rule | the orb of an aspect of two points |
//! | --- | --- |
//! | [`OrbRule::Aspect`] | that of the aspect; where orbs were given for one of the points or both, the wider of these |
//! | [`OrbRule::Body`] | the wider of the two points' orbs |
//! | [`OrbRule::Moiety`] | half the sum of the two points' orbs |
//!
//! A point's orb is one of the aspects of Ptolemy: a lesser aspect is never wider than its own orb, whatever its points have. By
//! the last two rules an orb that is given for an aspect is likewise the most that it may have.
//!
//! Orbs of aspects are by default those of Astrolog 7 (W. D. Pullen; `rAspOrb` in its `data.cpp`). Orbs of the seven planets are by
//! default those that Lilly tells in their chapters (Christian Astrology, 1647, pages 57 to 83), which are al-Biruni's too (Book of
//! Instruction, 1029, § 437) but for Mars, whom he gives a degree more. Other bodies have 5°. What is no body, such as an angle, a
//! node, an apsis or a lot, sends no rays and has none: then the body's own is all, by moiety half of it.

use std::fmt;
use std::str::FromStr;

use orrery_format::Body;

use super::{Aspect, Placed, Point};
use crate::bodies::WireBody;
use crate::error::{Error, shown};
use crate::vector::Varying;

/// The widest orb that is taken, degrees: with more, all that is not one aspect is another.
pub const MOST_ORB_DEG: f64 = 30.0;

/// Whose orb it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OrbRule {
    /// The aspect's.
    #[default]
    Aspect,
    /// The bodies': the wider of the two.
    Body,
    /// The bodies': half of each.
    Moiety,
}

impl OrbRule {
    /// Every one.
    pub const ALL: [OrbRule; 3] = [OrbRule::Aspect, OrbRule::Body, OrbRule::Moiety];

    /// The name, as requests spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            OrbRule::Aspect => "aspect",
            OrbRule::Body => "body",
            OrbRule::Moiety => "moiety",
        }
    }
}

impl fmt::Display for OrbRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for OrbRule {
    type Err = Error;

    fn from_str(text: &str) -> Result<OrbRule, Error> {
        let name = text.trim();
        let known = OrbRule::ALL.into_iter().find(|rule| rule.name().eq_ignore_ascii_case(name));
        known.ok_or_else(|| Error::UnknownOrbRule { name: shown(name) })
    }
}

/// Orbs, as they were given and by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Orbs {
    rule: OrbRule,
    /// Those given for aspects, degrees, in the order of [`Aspect::ALL`].
    aspects: [Option<f64>; Aspect::ALL.len()],
    /// Those given for points, degrees, in order.
    points: Vec<(Point, f64)>,
}

impl Orbs {
    /// The defaults, by a rule.
    #[must_use]
    pub fn new(rule: OrbRule) -> Orbs {
        Orbs { rule, ..Orbs::default() }
    }

    /// The defaults with others instead of some, such as `conjunction:8,sun:10,ascendant:3`: names of aspects, bodies or angles,
    /// each with degrees.
    ///
    /// # Errors
    /// [`Error::Orb`] for what is no number of degrees from 0 to [`MOST_ORB_DEG`], [`Error::UnknownOrb`] with the nearest name,
    /// [`Error::RepeatedOrb`] where something is named twice.
    pub fn parse(rule: OrbRule, text: &str) -> Result<Orbs, Error> {
        let mut orbs = Orbs::new(rule);
        for entry in text.split(',') {
            let refused = || Error::Orb { text: shown(entry.trim()), most_deg: MOST_ORB_DEG };
            // The number stands behind the last colon, since asteroids have one in their names.
            let (name, number) = entry.rsplit_once(':').ok_or_else(refused)?;
            let (name, number) = (name.trim(), number.trim());
            let plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            let orb_deg = number.parse().ok().filter(|orb| plain && (0.0..=MOST_ORB_DEG).contains(orb));
            let repeated = if let Ok(aspect) = name.parse::<Aspect>() {
                orbs.aspects[aspect as usize].replace(orb_deg.ok_or_else(refused)?).is_some()
            } else if let Ok(point) = name.parse::<Point>() {
                let orb_deg = orb_deg.ok_or_else(refused)?;
                match orbs.points.binary_search_by_key(&point, |given| given.0) {
                    Ok(_) => true,
                    Err(at) => {
                        orbs.points.insert(at, (point, orb_deg));
                        false
                    }
                }
            } else {
                let aspects = Aspect::ALL.into_iter().map(Aspect::name);
                let suggestion = Point::suggestion(name, aspects);
                return Err(Error::UnknownOrb { name: shown(name), suggestion });
            };
            if repeated {
                return Err(Error::RepeatedOrb { name: shown(name) });
            }
        }
        Ok(orbs)
    }

    /// The same with one orb, degrees, for every aspect that none was given for.
    #[must_use]
    pub fn otherwise(self, orb_deg: f64) -> Orbs {
        Orbs { aspects: self.aspects.map(|given| given.or(Some(orb_deg))), ..self }
    }

    /// Whether some were given for points.
    #[must_use]
    pub const fn has_points(&self) -> bool {
        !self.points.is_empty()
    }

    /// Whose orb it is.
    #[must_use]
    pub const fn rule(&self) -> OrbRule {
        self.rule
    }

    /// The orb of an aspect, degrees: by [`OrbRule::Aspect`] what it has, and else the most that it may have, which for those of
    /// Ptolemy is no less than any orb.
    #[must_use]
    pub fn of_aspect(&self, aspect: Aspect) -> f64 {
        match (self.aspects[aspect as usize], self.rule) {
            (Some(given), _) => given,
            (None, OrbRule::Body | OrbRule::Moiety) if aspect.is_ptolemaic() => MOST_ORB_DEG,
            (None, _) => aspect.orb_deg(),
        }
    }

    /// The orb of a point, degrees; `None` where it has none to say of and the aspect's is what counts.
    #[must_use]
    pub fn of_point(&self, point: Point) -> Option<f64> {
        let given = self.points.binary_search_by_key(&point, |given| given.0).ok();
        match (given, self.rule) {
            (Some(at), _) => Some(self.points[at].1),
            (None, OrbRule::Aspect) => None,
            (None, OrbRule::Body | OrbRule::Moiety) => Some(point.orb_deg()),
        }
    }

    /// The widest orb that a point has, degrees.
    fn widest_point(&self) -> f64 {
        let given = self.points.iter().map(|given| given.1);
        let classical = if self.rule == OrbRule::Aspect { 0.0 } else { LILLY[0].1 };
        given.fold(classical, f64::max)
    }

    /// The most that an aspect can have by these, degrees.
    pub(super) fn widest(&self, aspect: Aspect) -> f64 {
        let (own, points) = (self.of_aspect(aspect), self.widest_point());
        match self.rule {
            OrbRule::Aspect if aspect.is_ptolemaic() => own.max(points),
            OrbRule::Aspect => own,
            OrbRule::Body | OrbRule::Moiety => own.min(points),
        }
    }

    /// A point with its place, the change a day beside it, and its orb.
    #[must_use]
    pub fn place(&self, point: Point, longitude: Varying) -> Placed {
        Placed {
            longitude,
            group: point.group(),
            is_angle: matches!(point, Point::Angle(_)),
            orb_deg: self.of_point(point),
        }
    }
}

/// What was given, in a fixed order: aspects as in [`Aspect::ALL`], then bodies, then angles. Nothing if nothing was.
impl fmt::Display for Orbs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let aspects = Aspect::ALL.into_iter().zip(self.aspects);
        let aspects = aspects.filter_map(|(aspect, orb)| Some((aspect.name().into(), orb?)));
        let points = self.points.iter().map(|&(point, orb)| (point.name(), orb));
        for (nth, (name, orb_deg)) in aspects.chain(points).enumerate() {
            let comma = if nth > 0 { "," } else { "" };
            write!(f, "{comma}{name}:{orb_deg}")?;
        }
        Ok(())
    }
}

impl Aspect {
    /// Its orb by default, degrees.
    #[must_use]
    pub const fn orb_deg(self) -> f64 {
        match self {
            Aspect::Conjunction | Aspect::Opposition | Aspect::Square | Aspect::Trine => 7.0,
            Aspect::Sextile => 6.0,
            Aspect::Semisextile | Aspect::Semisquare | Aspect::Sesquisquare | Aspect::Quincunx => 3.0,
            Aspect::Quintile | Aspect::Biquintile => 2.0,
            Aspect::Decile | Aspect::Novile | Aspect::Septile | Aspect::Biseptile | Aspect::Triseptile => 1.0,
        }
    }

    /// Whether Ptolemy knew it.
    #[must_use]
    pub const fn is_ptolemaic(self) -> bool {
        (self as usize) < super::PTOLEMAIC.len()
    }
}

/// Lilly's orbs, degrees; the widest first.
const LILLY: [(Body, f64); 7] = [
    (Body::Sun, 15.0),
    (Body::Moon, 12.0),
    (Body::Saturn, 9.0),
    (Body::Jupiter, 9.0),
    (Body::Mars, 7.0),
    (Body::Venus, 7.0),
    (Body::Mercury, 7.0),
];

/// The orb of bodies that Lilly did not know, degrees.
const LATER_DEG: f64 = 5.0;

impl Point {
    /// Its orb by default where bodies have orbs, degrees.
    #[must_use]
    pub fn orb_deg(self) -> f64 {
        match self {
            Point::Angle(_) | Point::Body(WireBody::MeanSouthNode | WireBody::TrueSouthNode) => 0.0,
            Point::Body(WireBody::Tabulated(body)) => match body {
                Body::MeanNode
                | Body::TrueNode
                | Body::MeanApogee
                | Body::OsculatingApogee
                | Body::InterpolatedApogee
                | Body::InterpolatedPerigee => 0.0,
                body => LILLY.iter().find(|(known, _)| *known == body).map_or(LATER_DEG, |known| known.1),
            },
            Point::Body(WireBody::Uranian(_) | WireBody::Asteroid(_)) => LATER_DEG,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::houses::Angle;

    const SUN: Point = Point::Body(WireBody::SUN);

    #[test]
    fn orbs_are_read_and_told_in_one_order() {
        let orbs =
            Orbs::parse(OrbRule::Aspect, "ASC:3, sun : 10,asteroid:433:2,conjunction:7.50,inconjunct:0")
                .unwrap();
        assert_eq!(orbs.to_string(), "conjunction:7.5,quincunx:0,sun:10,asteroid:433:2,ascendant:3");
        assert_eq!(Orbs::parse(OrbRule::Aspect, &orbs.to_string()), Ok(orbs.clone()));
        assert_eq!(orbs.of_aspect(Aspect::Conjunction), 7.5);
        assert_eq!(orbs.of_aspect(Aspect::Square), Aspect::Square.orb_deg());
        assert_eq!(orbs.of_point(SUN), Some(10.0));
        assert_eq!(orbs.of_point(Point::Angle(Angle::Mc)), None);
        assert_eq!(Orbs::default().to_string(), "");
    }

    #[test]
    fn what_is_no_orb_is_refused_by_name() {
        for text in [
            "", ",", "sun", "sun:", "sun:-1", "sun:30.1", "sun:nan", "sun:inf", "sun:1e1", "sun:+8",
            "sun:8,", "sun:.", "sun:8:", "sun:8°",
        ] {
            let error = Orbs::parse(OrbRule::Aspect, text).unwrap_err();
            assert!(matches!(error, Error::Orb { .. } | Error::UnknownOrb { .. }), "{text}: {error}");
            assert_eq!(error.parameter(), Some("orbs"), "{text}");
        }
        for (text, meant) in
            [("conjuction:8", "conjunction"), ("plutto:8", "pluto"), ("ascendent:1", "ascendant")]
        {
            let error = Orbs::parse(OrbRule::Aspect, text).unwrap_err();
            assert_eq!(error.suggestion(), Some(meant), "{text}");
        }
        for text in ["sun:1,Sun:2", "mc:1,midheaven:1", "quincunx:1,inconjunct:1"] {
            let error = Orbs::parse(OrbRule::Aspect, text).unwrap_err();
            assert!(matches!(error, Error::RepeatedOrb { .. }), "{text}: {error}");
        }
        let long = format!("sun:{}", "9".repeat(100_000));
        assert!(Orbs::parse(OrbRule::Aspect, &long).unwrap_err().to_string().len() < 300);
        assert!("moity".parse::<OrbRule>().unwrap_err().to_string().contains("moiety"));
    }

    #[test]
    fn classical_orbs_are_the_planets() {
        let orbs = Orbs::new(OrbRule::Moiety);
        assert_eq!(orbs.of_point(SUN), Some(15.0));
        assert_eq!(orbs.of_point(Point::Body(WireBody::Tabulated(Body::Pluto))), Some(5.0));
        assert_eq!(orbs.of_point(Point::Angle(Angle::Ascendant)), Some(0.0));
        assert!(LILLY.iter().all(|(_, orb)| *orb <= LILLY[0].1));
        assert_eq!(orbs.widest(Aspect::Square), 15.0);
        assert_eq!(orbs.widest(Aspect::Quincunx), 3.0);
        let given = Orbs::parse(OrbRule::Body, "moon:20,square:6").unwrap();
        assert_eq!(given.widest(Aspect::Trine), 20.0);
        assert_eq!(given.widest(Aspect::Square), 6.0);
    }
}
