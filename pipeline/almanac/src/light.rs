//! What happens to light on its way: it is aberrated by the observer's motion and deflected by the Sun.
//!
//! The formulas are those of the Swiss Ephemeris (`swi_aberr_light`, `swi_deflect_light`; Explanatory Supplement to the
//! Astronomical Almanac, 3.26), so that what is undone and done again here agrees with what it has done.

use crate::vector::{Varying, Vector};

/// The speed of light, astronomical units a day (IAU 2012 au, CODATA c).
pub const SPEED_OF_LIGHT: f64 = 299_792_458.0 * 86_400.0 / 149_597_870_700.0;

/// The radius of the Sun in astronomical units: 959.63″ at one (`SUN_RADIUS` of the Swiss Ephemeris).
pub const SUN_RADIUS_AU: f64 = 959.63 / 3600.0 * std::f64::consts::PI / 180.0;

/// Twice the Sun's gravitational radius, 2GM/c², in astronomical units (`HELGRAVCONST`, 1.32712440017987e20 m³/s²).
const DEFLECTION_AU: f64 =
    2.0 * 1.327_124_400_179_87e20 / (299_792_458.0 * 299_792_458.0) / 149_597_870_700.0;

/// How often the inverse of the deflection is improved. Each time leaves less than two thousandths of the error, which is
/// below 2″ to begin with.
const UNDEFLECT_ROUNDS: usize = 4;

/// A direction as it is seen by who moves with a velocity (au a day): `from` is where the light comes from, as seen by who
/// rests, and keeps its length.
#[must_use]
pub fn aberrated(from: &Vector, velocity: &Vector) -> Vector {
    let v = *velocity * Varying::constant(1.0 / SPEED_OF_LIGHT);
    let length = from.length();
    let slowing = (-v.dot(&v) + 1.0).sqrt();
    let towards = from.dot(&v) / length;
    let ahead = towards / (slowing + 1.0) + 1.0;
    (*from * slowing + v * (ahead * length)) / (towards + 1.0)
}

/// The inverse of [`aberrated`]: who rests sees what is seen moving as who moves the other way would.
#[must_use]
pub fn unaberrated(seen: &Vector, velocity: &Vector) -> Vector {
    aberrated(seen, &-*velocity)
}

/// A place as it is seen past the Sun. `from` leads from the observer to the body, `observer` from the Sun to the observer,
/// au. `None` where the body stands before or behind the Sun's disc: there the deflection depends on how the Sun's mass
/// lies in it.
#[must_use]
pub fn deflected(from: &Vector, observer: &Vector) -> Option<Vector> {
    let to_body = *from + *observer;
    let (body_length, observer_length) = (from.length(), observer.length());
    let (u, e, q) = (*from / body_length, *observer / observer_length, to_body / to_body.length());
    let (uq, ue, qe) = (u.dot(&q), u.dot(&e), q.dot(&e));
    let sine = (1.0 - ue.value * ue.value).max(0.0).sqrt();
    // Where the light passed the Sun nearest: at the observer, if it came from the other side.
    let nearest_au = if ue.value < 0.0 { sine } else { 1.0 } * observer_length.value;
    if nearest_au < SUN_RADIUS_AU {
        return None;
    }
    let strength = Varying::constant(DEFLECTION_AU) / observer_length / (qe + 1.0);
    Some((u + (e * uq - q * ue) * strength) * body_length)
}

/// The inverse of [`deflected`].
#[must_use]
pub fn undeflected(seen: &Vector, observer: &Vector) -> Option<Vector> {
    let mut from = *seen;
    for _ in 0..UNDEFLECT_ROUNDS {
        from = from + (*seen - deflected(&from, observer)?);
    }
    Some(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart_arcsec(a: &Vector, b: &Vector) -> f64 {
        let difference = *a / a.length() - *b / b.length();
        difference.length().value.to_degrees() * 3600.0
    }

    fn at(x: f64, y: f64, z: f64) -> Vector {
        Vector::new([x, y, z], [0.01, -0.02, 0.003])
    }

    #[test]
    fn aberration_is_twenty_arcseconds_across_the_way() {
        let velocity = Vector::new([0.0, 0.017_202, 0.0], [-0.000_3, 0.0, 0.0]);
        let seen = aberrated(&at(2.0, 0.0, 0.0), &velocity);
        assert!((apart_arcsec(&seen, &at(2.0, 0.0, 0.0)) - 20.49).abs() < 0.01);
        assert!((seen.length().value - 2.0).abs() < 1e-15);
        let back = unaberrated(&seen, &velocity);
        for (was, is) in at(2.0, 0.0, 0.0).0.iter().zip(&back.0) {
            assert!(
                (was.value - is.value).abs() < 1e-15 && (was.rate - is.rate).abs() < 1e-15,
                "{was:?} {is:?}"
            );
        }
    }

    #[test]
    fn deflection_is_a_second_and_three_quarters_at_the_limb() {
        // From the Earth, one au from the Sun, a body five au behind it, a tenth of the Sun's radius off the limb.
        let observer = Vector::new([-1.0, 0.0, 0.0], [0.0, 0.017, 0.0]);
        let body = at(6.0, 6.0 * 1.1 * SUN_RADIUS_AU, 0.0);
        let seen = deflected(&body, &observer).unwrap();
        // 1.75″ at the limb for a star; the body is not infinitely far.
        assert!(
            (apart_arcsec(&seen, &body) - 1.75 / 1.1 * 5.0 / 6.0).abs() < 0.01,
            "{}",
            apart_arcsec(&seen, &body)
        );
        let back = undeflected(&seen, &observer).unwrap();
        assert!(apart_arcsec(&back, &body) < 1e-9, "{}", apart_arcsec(&back, &body));
        let behind = at(6.0, 3.0 * SUN_RADIUS_AU, 0.0);
        assert_eq!(deflected(&behind, &observer), None);
        assert_eq!(undeflected(&behind, &observer), None);
        let opposite = at(-6.0, 3.0 * SUN_RADIUS_AU, 0.0);
        let seen = deflected(&opposite, &observer).unwrap();
        assert!(apart_arcsec(&seen, &opposite) < 1e-4);
    }
}
