//! What an event of an almanac claims of the source, how far it is from being so, and how far it may be.

use orrery_almanac::WireBody;
use orrery_almanac::aspect::Aspect;
use orrery_almanac::curve::{Curve, Quantity};
use orrery_almanac::events::listed::AYANAMSA;
use orrery_almanac::events::{Apsis, Event, What};
use orrery_almanac::light::SPEED_OF_LIGHT;
use orrery_almanac::zodiac::{Nakshatra, Sign};
use orrery_format::{Center, Product};

use super::unanswered;
use crate::error::PipelineError;
use crate::live::{AtInstants, Unknown};
use crate::recipe::{Cut, PROMISE_DISTANCE};
use crate::sample::signed_degrees;

/// Seconds of arc in a radian: what a relative error of a distance counts.
const RADIAN_ARCSEC: f64 = 206_264.806;

/// What instants are rounded to, and what the almanac's own precession differs by from the source's, arcseconds.
const ROUNDING_ARCSEC: f64 = 0.0002;

/// How far an event is from what the source says, and how far it may be, arcseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Residual {
    pub(super) arcsec: f64,
    pub(super) allowed_arcsec: f64,
}

/// What an event claims of the source.
pub(super) enum Claim {
    /// A curve has one of some values, degrees.
    Has(Quantity, f64, Vec<f64>),
    /// A curve turns, at its greatest or its least, where it has a value.
    Turns(Quantity, f64, Turn),
}

/// A turn of a curve.
pub(super) struct Turn {
    is_maximum: bool,
    value: f64,
    unit: Unit,
}

/// What the values of a curve that turns are.
#[derive(Clone, Copy)]
pub(super) enum Unit {
    Degrees,
    Sine,
    Distance,
}

impl Residual {
    /// Written so that what is no number, on either side, is not allowed.
    pub(super) fn is_allowed(self) -> bool {
        self.arcsec <= self.allowed_arcsec
    }

    /// The one of two that comes nearer to what is not allowed, or goes farther beyond.
    fn worse(self, other: Residual) -> Residual {
        let share = |it: Residual| {
            let share = it.arcsec / it.allowed_arcsec;
            if share.is_nan() { f64::INFINITY } else { share }
        };
        if share(other) > share(self) { other } else { self }
    }
}

/// The residual of the claim of an event that stands for all.
pub(super) fn residual(claims: &[Claim], source: &AtInstants) -> Result<Residual, PipelineError> {
    let mut worst = Residual { arcsec: 0.0, allowed_arcsec: f64::INFINITY };
    for claim in claims {
        let jd_tt = claim.jd_tt();
        let failed =
            |unknown: Unknown| unanswered(&format!("{:?} at JD {jd_tt}", claim.quantity()), &unknown);
        let arcsec = claim.residual_arcsec(source).map_err(failed)?;
        worst = worst.worse(Residual { arcsec, allowed_arcsec: allowed_arcsec(claim.quantity()) });
    }
    Ok(worst)
}

/// What an event claims; `None` for what the almanac does not have.
pub(super) fn claims(event: &Event) -> Option<Vec<Claim>> {
    let Event { jd_tt, what } = *event;
    let borders = |part: usize, parts: usize| vec![360.0 * part as f64 / parts as f64];
    let turn = |is_maximum, value, unit| Turn { is_maximum, value, unit };
    Some(match what {
        What::Ingress { body, sign, from, retrograde } => {
            let border = if retrograde { from } else { sign };
            vec![Claim::Has(Quantity::Longitude(body), jd_tt, borders(border as usize, Sign::ALL.len()))]
        }
        What::NakshatraIngress { body, nakshatra, from, retrograde } => {
            let border = if retrograde { from } else { nakshatra };
            let borders = borders(border as usize, Nakshatra::ALL.len());
            vec![Claim::Has(Quantity::Sidereal(body, AYANAMSA), jd_tt, borders)]
        }
        What::Station { body, retrograde, longitude_deg } => {
            let turn = turn(retrograde, longitude_deg, Unit::Degrees);
            vec![Claim::Turns(Quantity::Longitude(body), jd_tt, turn)]
        }
        What::Lunation { phase, longitude_deg } => vec![
            Claim::Has(
                Quantity::Ahead(WireBody::MOON, WireBody::SUN),
                jd_tt,
                vec![90.0 * f64::from(phase as u8)],
            ),
            Claim::Has(Quantity::Longitude(WireBody::MOON), jd_tt, vec![longitude_deg]),
        ],
        What::VoidOfCourse { end_jd_tt, last, sign, next } => {
            let entry = |sign: Sign| borders(sign as usize, Sign::ALL.len());
            let begins = match last {
                Some((body, aspect)) => {
                    Claim::Has(Quantity::Ahead(WireBody::MOON, body), jd_tt, sides(aspect))
                }
                None => Claim::Has(Quantity::Longitude(WireBody::MOON), jd_tt, entry(sign)),
            };
            vec![begins, Claim::Has(Quantity::Longitude(WireBody::MOON), end_jd_tt, entry(next))]
        }
        What::Apsis { body: WireBody::MOON, apsis, distance_au } => {
            // It is told when it was, and is seen when its light arrives.
            let seen = jd_tt + distance_au / SPEED_OF_LIGHT;
            vec![Claim::Turns(
                Quantity::MoonDistance,
                seen,
                turn(apsis == Apsis::Apogee, distance_au, Unit::Distance),
            )]
        }
        What::NodeCrossing { body, longitude_deg, .. } => vec![
            Claim::Has(Quantity::Latitude(body), jd_tt, vec![0.0]),
            Claim::Has(Quantity::Longitude(body), jd_tt, vec![longitude_deg]),
        ],
        What::GreatestLatitude { body, maximum, latitude_deg } => {
            let turn = turn(maximum, latitude_deg, Unit::Degrees);
            vec![Claim::Turns(Quantity::Latitude(body), jd_tt, turn)]
        }
        What::GreatestDeclination { body, maximum, declination_deg } => {
            let turn = turn(maximum, declination_deg, Unit::Sine);
            vec![Claim::Turns(Quantity::SineOfDeclination(body), jd_tt, turn)]
        }
        What::OutOfBounds { body, north, end_jd_tt } => {
            let quantity = if north { Quantity::BeyondNorth(body) } else { Quantity::BeyondSouth(body) };
            let edges = std::iter::once(jd_tt).chain(end_jd_tt);
            edges.map(|edge| Claim::Has(quantity, edge, vec![0.0])).collect()
        }
        _ => return None,
    })
}

/// By how much one body is ahead of the other for an aspect.
fn sides(aspect: Aspect) -> Vec<f64> {
    aspect.ahead_deg().collect()
}

impl Claim {
    fn quantity(&self) -> Quantity {
        let (Claim::Has(quantity, ..) | Claim::Turns(quantity, ..)) = *self;
        quantity
    }

    fn jd_tt(&self) -> f64 {
        let (Claim::Has(_, jd_tt, _) | Claim::Turns(_, jd_tt, _)) = *self;
        jd_tt
    }

    /// By how much it is not so, arcseconds.
    fn residual_arcsec(&self, source: &AtInstants) -> Result<f64, Unknown> {
        match self {
            Claim::Has(quantity, jd_tt, values) => {
                let curve = Curve::of(*quantity);
                let found = curve.value(source, *jd_tt)?;
                let apart = values.iter().map(|value| match curve.period() {
                    Some(_) => signed_degrees(found - value).abs(),
                    None if is_sine(*quantity) => (found - value).to_degrees().abs(),
                    None => (found - value).abs(),
                });
                Ok(3600.0 * apart.fold(f64::INFINITY, f64::min))
            }
            Claim::Turns(quantity, jd_tt, turn) => turn.residual_arcsec(*quantity, *jd_tt, source),
        }
    }
}

/// Whether what a quantity says is small and the sine of an angle, or a difference of sines.
fn is_sine(quantity: Quantity) -> bool {
    matches!(quantity, Quantity::BeyondNorth(_) | Quantity::BeyondSouth(_) | Quantity::SineOfDeclination(_))
}

impl Turn {
    /// The larger of two: what the value is off at the instant, and what the parabola through it and the values on either side
    /// goes beyond it.
    fn residual_arcsec(&self, quantity: Quantity, jd_tt: f64, source: &AtInstants) -> Result<f64, Unknown> {
        let curve = Curve::of(quantity);
        let days = if is_the_moons(quantity) { QUICK_DAYS } else { SLOW_DAYS };
        let mut values = [0.0; 3];
        for (value, jd_tt) in values.iter_mut().zip([jd_tt - days, jd_tt, jd_tt + days]) {
            *value = self.unit.of(curve.value(source, jd_tt)?);
        }
        let at = values[1];
        let [before, after] = [values[0], values[2]].map(|value| self.unit.difference(value, at));
        let bend = before + after;
        let turns_so = if self.is_maximum { bend < 0.0 } else { bend > 0.0 };
        if !turns_so {
            return Ok(f64::INFINITY);
        }
        let beyond = (after - before).powi(2) / (8.0 * bend.abs());
        let off = self.unit.difference(self.value, at).abs();
        let arcsec = match self.unit {
            Unit::Degrees | Unit::Sine => 3600.0,
            Unit::Distance => RADIAN_ARCSEC / at.abs(),
        };
        Ok(arcsec * if beyond > off { beyond } else { off })
    }
}

impl Unit {
    fn of(self, value: f64) -> f64 {
        if matches!(self, Unit::Sine) { value.asin().to_degrees() } else { value }
    }

    fn difference(self, value: f64, from: f64) -> f64 {
        if matches!(self, Unit::Distance) { value - from } else { signed_degrees(value - from) }
    }
}

/// Days on either side of a turn at which it is looked at, of the Moon and of planets: there the curve has gone back by far more
/// than the source's noise, and is still close to a parabola.
const QUICK_DAYS: f64 = 0.05;
const SLOW_DAYS: f64 = 0.25;

fn is_the_moons(quantity: Quantity) -> bool {
    matches!(
        quantity,
        Quantity::MoonDistance
            | Quantity::Latitude(WireBody::MOON)
            | Quantity::SineOfDeclination(WireBody::MOON)
    )
}

/// What the tables that a quantity is made of promise together, arcseconds.
fn allowed_arcsec(quantity: Quantity) -> f64 {
    let promise = |body: WireBody| {
        let product = body.tabulated().map(|(body, _)| Product::Place(Center::Geo, body));
        product.map_or(f64::NAN, |product| Cut::of(product).promise_arcsec)
    };
    let nutation = Cut::of(Product::Nutation).promise_arcsec;
    ROUNDING_ARCSEC
        + match quantity {
            Quantity::Ahead(a, b) => promise(a) + promise(b),
            Quantity::Sidereal(body, _) | Quantity::Latitude(body) => promise(body),
            Quantity::MoonDistance => PROMISE_DISTANCE * RADIAN_ARCSEC,
            // Of the obliquity, too, where it enters.
            Quantity::Longitude(body)
            | Quantity::SineOfDeclination(body)
            | Quantity::BeyondNorth(body)
            | Quantity::BeyondSouth(body) => promise(body) + 2.0 * nutation,
            _ => f64::NAN,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_not_allowed() {
        let of = |arcsec, allowed_arcsec| Residual { arcsec, allowed_arcsec };
        assert!(of(0.0, 0.1).is_allowed() && of(0.1, 0.1).is_allowed());
        for broken in [of(0.2, 0.1), of(f64::NAN, 0.1), of(0.0, f64::NAN), of(f64::INFINITY, 1.0)] {
            assert!(!broken.is_allowed(), "{broken:?}");
            for other in [of(0.0, 0.1), of(0.09, 0.1), of(0.0, f64::INFINITY)] {
                assert!(!broken.worse(other).is_allowed() && !other.worse(broken).is_allowed(), "{broken:?}");
            }
        }
        assert_eq!(of(0.01, 1.0).worse(of(0.005, 0.01)), of(0.005, 0.01));
        // A quantity of which no table promises anything.
        assert!(allowed_arcsec(Quantity::Distance(Center::Geo, WireBody::MOON)).is_nan());
    }
}
