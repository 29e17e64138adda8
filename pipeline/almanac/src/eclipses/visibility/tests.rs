//! Hazard: a circle about the wrong place, of the wrong size, round the wrong pole or the wrong way round. Places just inside and
//! just outside of borders are asked what they see, by the way that knows nothing of circles.

use std::convert::Infallible;

use super::*;
use crate::eclipses::ellipsoid::{EARTH_RADIUS_KM, Ground, Turning};
use crate::eclipses::lunar_local::{LunarLocal, LunarObserver, LunarPhase};
use crate::rise_set::{Sight, Sky, Threshold};
use crate::space::dot;
use crate::vector::{Varying, Vector};
use orrery_format::UtDay;
use orrery_format::eclipse::ROTATION_DEG_PER_S;

const T0: TtDay = TtDay(2_460_000.5);
const DELTA_T_S: f64 = 70.0;
/// How far from a border a place is asked, degrees.
const ASIDE_DEG: f64 = 0.01;

/// A Moon that goes on evenly, and a Sun opposite to where it is at T0.
#[derive(Clone, Copy, Debug)]
struct Moon {
    right_ascension_deg: f64,
    declination_deg: f64,
    distance_km: f64,
}

impl Luminaries for Moon {
    type Error = Infallible;

    fn at(&mut self, tt: TtDay) -> Result<SunAndMoon, Infallible> {
        let days = tt.jd() - T0.jd();
        let at = |right_ascension_deg: f64, declination_deg: f64, distance: f64| {
            let (sin, cos) = right_ascension_deg.to_radians().sin_cos();
            let (sin_d, cos_d) = declination_deg.to_radians().sin_cos();
            [cos_d * cos, cos_d * sin, sin_d].map(|part| part * distance)
        };
        let distance_au = self.distance_km / (EARTH_RADIUS_KM * RADII_IN_AU);
        Ok(SunAndMoon {
            sun_au: at(self.right_ascension_deg + 180.0, -self.declination_deg, 1.0),
            moon_au: at(
                self.right_ascension_deg + 13.0 * days,
                self.declination_deg + 2.0 * days,
                distance_au,
            ),
            sidereal_time_deg: (200.0 + 86_400.0 * ROTATION_DEG_PER_S * days).rem_euclid(360.0),
        })
    }
}

/// The Moon over a place of the ellipsoid.
struct Over {
    moon: Moon,
    ground: Ground,
}

impl Over {
    /// Northward, eastward and upward, in radii of the Earth.
    fn topocentric(&mut self, ut: UtDay) -> Turning {
        let Ok(sky) = self.moon.at(TtDay(ut.jd() + DELTA_T_S / 86_400.0));
        let (sin, cos) = sky.sidereal_time_deg.to_radians().sin_cos();
        let [x, y, z] = sky.moon_au.map(|part| part * RADII_IN_AU);
        let turning = [x * cos + y * sin, y * cos - x * sin, z];
        let here: Turning = std::array::from_fn(|c| turning[c] - self.ground.place[c]);
        [&self.ground.northward, &self.ground.eastward, &self.ground.zenith].map(|way| dot(way, &here))
    }
}

impl Sky for Over {
    type Error = Infallible;

    fn sight(&mut self, ut: UtDay) -> Result<Sight, Infallible> {
        let unit = |from_here: Turning| from_here.map(|part| part / dot(&from_here, &from_here).sqrt());
        let [before, here, after] = [-1e-4, 0.0, 1e-4].map(|days| self.topocentric(UtDay(ut.jd() + days)));
        let rate = std::array::from_fn(|c| (unit(after)[c] - unit(before)[c]) / 2e-4);
        let distance = dot(&here, &here).sqrt();
        let semidiameter_deg = Varying::constant((0.2725 / distance).asin().to_degrees());
        Ok(Sight { direction: Vector::new(unit(here), rate), semidiameter_deg })
    }
}

fn eclipse(moon: Moon) -> (LunarEclipse, Vec<Visibility>) {
    let eclipse = LunarEclipse {
        greatest_jd_tt: T0.jd(),
        gamma: 0.0,
        umbral_magnitude: 0.5,
        penumbral_magnitude: 1.5,
        latitude_deg: 0.0,
        ephemeris_longitude_deg: 0.0,
        penumbra_jd_tt: [T0.jd() - 0.12, T0.jd() + 0.12],
        umbra_jd_tt: [T0.jd() - 0.06, f64::NAN, f64::NAN, T0.jd() + 0.06],
        saros: 1,
        saros_member: 1,
        kind: 1,
    };
    let mut luminaries = moon;
    let Ok(seen) = lunar_visibility(&mut luminaries, &eclipse);
    (eclipse, seen)
}

fn moons() -> impl Iterator<Item = Moon> {
    let declinations = [-28.6, -12.0, -0.3, -0.05, 0.0, 0.001, 0.4, 5.0, 28.6];
    declinations.into_iter().enumerate().flat_map(|(nth, declination_deg)| {
        [356_500.0, 406_700.0].map(|distance_km| Moon {
            right_ascension_deg: 77.0 * nth as f64,
            declination_deg,
            distance_km,
        })
    })
}

fn phase_at(local: &LunarLocal, contact: LunarContact) -> Option<LunarPhase> {
    match contact {
        LunarContact::P1 => Some(local.penumbra_begins),
        LunarContact::U1 => local.partial_begins,
        LunarContact::U2 => local.total_begins,
        LunarContact::Greatest => Some(local.greatest),
        LunarContact::U3 => local.total_ends,
        LunarContact::U4 => local.partial_ends,
        LunarContact::P4 => Some(local.penumbra_ends),
    }
}

/// A place so many degrees further from the middle of a circle than a point of its border.
fn further(seen: &Visibility, point: &Point, by_deg: f64) -> [f64; 2] {
    let unit = |latitude_deg: f64, longitude_deg: f64| Ground::at(latitude_deg, longitude_deg, 0.0).zenith;
    let middle = unit(seen.latitude_deg, seen.ephemeris_longitude_deg);
    let border = unit(point.latitude_deg, point.ephemeris_longitude_deg);
    let level = dot(&middle, &border);
    let outward: Turning = std::array::from_fn(|c| level * border[c] - middle[c]);
    let length = dot(&outward, &outward).sqrt();
    let (sin, cos) = by_deg.to_radians().sin_cos();
    let [x, y, z]: Turning = std::array::from_fn(|c| cos * border[c] + sin * outward[c] / length);
    [z.atan2(x.hypot(y)).to_degrees(), y.atan2(x).to_degrees()]
}

#[test]
fn inside_of_a_border_the_moon_is_up_and_outside_it_is_not() {
    let mut asked = 0;
    for moon in moons() {
        let (eclipse, all) = eclipse(moon);
        let contacts: Vec<&str> = all.iter().map(|seen| seen.contact.name()).collect();
        assert_eq!(contacts, ["p1", "u1", "maximum", "u4", "p4"]);
        for seen in &all {
            for point in seen.border().iter().step_by(7) {
                for (by_deg, is_up) in [(-ASIDE_DEG, true), (ASIDE_DEG, false)] {
                    let [latitude_deg, longitude_deg] = further(seen, point, by_deg);
                    let ground = Ground::at(latitude_deg, longitude_deg, 0.0);
                    let mut observer = LunarObserver {
                        luminaries: &mut { moon },
                        sky: &mut Over { moon, ground },
                        latitude_deg,
                        threshold: Threshold::default(),
                    };
                    let Ok(local) = observer.see(&eclipse, DELTA_T_S);
                    let phase = phase_at(&local, seen.contact).expect("a contact of the eclipse");
                    assert_eq!(phase.tt, seen.tt);
                    assert_eq!(phase.is_up, is_up, "{moon:?} {seen:?} {point:?} {phase:?}");
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 2000, "{asked}");
}

#[test]
fn the_moon_is_in_the_zenith_of_the_middle() {
    for moon in moons() {
        for seen in eclipse(moon).1 {
            let ground = Ground::at(seen.latitude_deg, seen.ephemeris_longitude_deg, 0.0);
            let [north, east, up] =
                Over { moon, ground }.topocentric(UtDay(seen.tt.jd() - DELTA_T_S / 86_400.0));
            assert!(north.hypot(east) / up < 1e-8, "{seen:?}");
        }
    }
}

/// A pole is within a border if the Moon is up there: all the way round then, and else there and back.
#[test]
fn borders_are_closed_and_go_round_the_pole_that_is_within() {
    let (mut north, mut south, mut none) = (0, 0, 0);
    for moon in moons() {
        for seen in eclipse(moon).1 {
            let border = seen.border();
            let [first, last] = [border.first(), border.last()].map(|point| point.expect("points"));
            assert_eq!(first.latitude_deg, last.latitude_deg);
            let turn_deg = last.ephemeris_longitude_deg - first.ephemeris_longitude_deg;
            let least = 90.0 - seen.radius_deg();
            let expected = if seen.latitude_deg > least {
                north += 1;
                360.0
            } else if seen.latitude_deg < -least {
                south += 1;
                -360.0
            } else {
                none += 1;
                0.0
            };
            assert!((turn_deg - expected).abs() < 1e-9, "{turn_deg} {seen:?}");
            for pair in border.windows(2) {
                let step = pair[1].ephemeris_longitude_deg - pair[0].ephemeris_longitude_deg;
                assert!(step.abs() < 180.0, "{seen:?} {pair:?}");
            }
        }
    }
    assert!(north > 5 && south > 5 && none > 5, "{north} {south} {none}");
}

/// Of an eclipse that is not total, two contacts are told of by NaN.
#[test]
fn contacts_that_there_are_not_are_none() {
    let moon = Moon { right_ascension_deg: 0.0, declination_deg: 10.0, distance_km: 384_400.0 };
    let (eclipse, _) = eclipse(moon);
    assert_eq!(LunarContact::U2.of(&eclipse), None);
    assert_eq!(LunarContact::U3.of(&eclipse), None);
    assert_eq!(LunarContact::U4.of(&eclipse), Some(TtDay(T0.jd() + 0.06)));
}
