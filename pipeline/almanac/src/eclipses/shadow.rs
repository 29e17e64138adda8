//! The Moon's shadow while it passes, from the elements of an eclipse.

use orrery_format::TtDay;
use orrery_format::eclipse::Elements;

use super::axis::Axis;
use super::ellipsoid::{Aspect, Place};
use super::polynomial::{self, NODES};
use super::sky::Luminaries;
use crate::horizon::SIDEREAL_DEG_PER_DAY;

/// Hours of a day.
pub(crate) const DAY_H: f64 = 24.0;

/// The elements about an origin, over so many hours on both sides.
///
/// The Swiss Ephemeris tears the Moon's way once a year, by up to 0.6″ for a second. An eclipse in a thousand has such a
/// second, and a fit's few instants have yet to meet one.
pub(crate) fn elements<L: Luminaries>(
    luminaries: &mut L,
    t0: TtDay,
    reach_h: f64,
) -> Result<Elements, L::Error> {
    let mut seen = [[0.0; 8]; NODES];
    let mut first_deg = None;
    for (row, hours) in seen.iter_mut().zip(polynomial::nodes_h(reach_h)) {
        let axis = Axis::new(&luminaries.at(TtDay(t0.jd() + hours / DAY_H))?);
        // How far the hour angle is from where a mean sidereal day takes it; it is half a degree at most.
        let turned = SIDEREAL_DEG_PER_DAY / DAY_H * hours;
        let origin = *first_deg.get_or_insert((axis.mu_deg - turned).rem_euclid(360.0));
        let mu_deg = origin + turned + super::ellipsoid::turn_deg(axis.mu_deg - turned - origin);
        *row = [axis.x, axis.y, axis.d_deg, mu_deg, axis.l1, axis.l2, axis.tan_f1, axis.tan_f2];
    }
    let column = |nth: usize| seen.map(|row| row[nth]);
    let mut mu_deg: [f64; 4] = polynomial::fit(&column(3), reach_h);
    mu_deg[0] = mu_deg[0].rem_euclid(360.0);
    Ok(Elements {
        t0_jd_tt: t0.jd(),
        reach_h,
        x: polynomial::fit(&column(0), reach_h),
        y: polynomial::fit(&column(1), reach_h),
        d_deg: polynomial::fit(&column(2), reach_h),
        mu_deg,
        l1: polynomial::fit(&column(4), reach_h),
        l2: polynomial::fit(&column(5), reach_h),
        tan_f1: polynomial::fit(&column(6), reach_h),
        tan_f2: polynomial::fit(&column(7), reach_h),
    })
}

/// One of the shadow's two cones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cone {
    /// Within which part of the Sun is covered.
    Penumbra,
    /// Within which the Moon's disc lies before the Sun's or the Sun's behind the Moon's, whichever is larger.
    Umbra,
}

/// The shadow at an instant. Lengths are in equatorial radii of the Earth.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shadow {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) aspect: Aspect,
    pub(crate) mu_deg: f64,
    l1: f64,
    l2: f64,
    tan_f1: f64,
    tan_f2: f64,
}

impl Shadow {
    /// So many hours after the elements' origin.
    pub(crate) fn at(elements: &Elements, hours: f64) -> Shadow {
        Shadow {
            x: polynomial::value(&elements.x, hours),
            y: polynomial::value(&elements.y, hours),
            aspect: Aspect::new(polynomial::value(&elements.d_deg, hours)),
            mu_deg: polynomial::value(&elements.mu_deg, hours),
            l1: polynomial::value(&elements.l1, hours),
            l2: polynomial::value(&elements.l2, hours),
            tan_f1: polynomial::value(&elements.tan_f1, hours),
            tan_f2: polynomial::value(&elements.tan_f2, hours),
        }
    }

    /// The radius of the penumbra at a height over the fundamental plane.
    pub(crate) fn penumbra(&self, zeta: f64) -> f64 {
        self.l1 - zeta * self.tan_f1
    }

    /// The radius of the umbra there; negative where the Moon covers the Sun.
    pub(crate) fn umbra(&self, zeta: f64) -> f64 {
        self.l2 - zeta * self.tan_f2
    }

    /// Where the axis meets the Earth: its point, if it does.
    pub(crate) fn pierced(&self) -> Option<[f64; 3]> {
        Some([self.x, self.y, self.aspect.pierced(self.x, self.y)?])
    }

    /// How far the axis passes beside the Earth; negative where it meets it.
    pub(crate) fn axis_clearance(&self) -> f64 {
        self.aspect.clearance(self.x, self.y, 0.0)
    }

    /// How far a cone is from the Earth; negative where it reaches it.
    pub(crate) fn outside(&self, cone: Cone) -> f64 {
        let (radius, sin_f) = self.cone(cone);
        self.aspect.clearance(self.x, self.y, -sin_f) - radius
    }

    /// How far a cone reaches out beside the Earth; negative where all of it falls on it.
    pub(crate) fn beyond(&self, cone: Cone) -> f64 {
        let (radius, sin_f) = self.cone(cone);
        self.aspect.clearance(self.x, self.y, sin_f) + radius
    }

    /// The radius of a cone in the fundamental plane, and the sine of the angle by which its surface's normal, away from
    /// the axis, leans towards the Moon: negative for an umbra proper, which widens towards it.
    fn cone(&self, cone: Cone) -> (f64, f64) {
        let (radius, tangent) = match cone {
            Cone::Penumbra => (self.l1, self.tan_f1),
            Cone::Umbra => (self.l2, self.tan_f2),
        };
        (radius.abs(), (tangent / (1.0 + tangent * tangent).sqrt()).copysign(radius))
    }

    /// How far a place is from the axis, and the radii of penumbra and umbra there.
    pub(crate) fn over(&self, place: &Place) -> (f64, f64, f64) {
        let [xi, eta, zeta] = place.fundamental(&self.aspect, self.mu_deg);
        ((self.x - xi).hypot(self.y - eta), self.penumbra(zeta), self.umbra(zeta))
    }
}
