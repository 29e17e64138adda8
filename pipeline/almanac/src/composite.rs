//! The composite chart of two charts: each of its places is half way between theirs, by the shorter way.
//!
//! Half way between two places on a circle there are two points, opposite to each other. Bodies and cusps take the one on the shorter
//! way, each by itself, and cusps are then brought into the order of the zodiac, from the first on. So a midheaven may come to lie
//! below the composite horizon, and begins the fourth house there; whether it stays is [`Meridian`]'s.
//!
//! The other way to houses (J. Townley, R. Hand) takes nothing but the midheaven: of the sidereal time at which that culminates, for
//! the latitude of a place of reference, houses are divided as ever. [`sidereal_time`] is that time.

use crate::error::Error;
use crate::frames::{Equator, wrap_deg};
use crate::houses::{Angle, Houses};
use crate::vector::Varying;

/// Which of two opposite points is the midheaven of a composite chart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Meridian {
    /// That on the shorter way between the two, wherever it comes to lie.
    #[default]
    Midpoint,
    /// That above the composite horizon.
    Above,
}

impl Meridian {
    /// Every one.
    pub const ALL: [Meridian; 2] = [Meridian::Midpoint, Meridian::Above];

    /// The name, as requests and replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Meridian::Midpoint => "midpoint",
            Meridian::Above => "above",
        }
    }
}

/// Half way between two longitudes in degrees by the shorter way, with its change a day. Of opposite ones it is the point 90° ahead of the
/// lesser, counted 0 to 360, so that it does not depend on which is first.
#[must_use]
pub fn midpoint(a: Varying, b: Varying) -> Varying {
    let (first, second) = (wrap_deg(a.value), wrap_deg(b.value));
    let half = f64::midpoint(first, second);
    let value = if (first - second).abs() > 180.0 { wrap_deg(half + 180.0) } else { half };
    Varying::new(value, f64::midpoint(a.rate, b.rate))
}

/// The houses of a composite chart from the midpoints of cusps and angles.
///
/// # Errors
/// [`Error::HouseSystemsDiffer`] where the charts' houses are of two systems.
pub fn houses(first: &Houses, second: &Houses, meridian: Meridian) -> Result<Houses, Error> {
    if first.system != second.system {
        return Err(Error::HouseSystemsDiffer { first: first.system, second: second.system });
    }
    // Within a polar circle they may run the other way in both; where they do so in one alone, there is no way but the system's.
    let [one, other] = [first, second].map(Houses::runs_forward);
    let forward = if one == other { one } else { first.system.runs_forward() };
    let mut cusps: Vec<_> = first.cusps().iter().zip(second.cusps()).map(|(a, b)| midpoint(*a, *b)).collect();
    if let Some((begin, others)) = cusps.split_first_mut() {
        let way = |cusp: &Varying| {
            let ahead = cusp.value - begin.value;
            wrap_deg(if forward { ahead } else { -ahead })
        };
        others.sort_by(|a, b| way(a).total_cmp(&way(b)));
    }
    let mut angles = Angle::ALL.map(|angle| midpoint(first.angle(angle), second.angle(angle)));
    let mut armc = midpoint(first.armc, second.armc);
    let [ascendant, mc] = [angles[Angle::Ascendant as usize], angles[Angle::Mc as usize]];
    if meridian == Meridian::Above && wrap_deg(ascendant.value - mc.value) > 180.0 {
        angles.swap(Angle::Mc as usize, Angle::Ic as usize);
        armc.value = wrap_deg(armc.value + 180.0);
    }
    Ok(Houses::new(first.system, cusps, angles, armc))
}

/// The right ascension of a composite midheaven: the local sidereal time, degrees, for which houses are divided at the latitude
/// of reference. Midheavens are tropical longitudes in degrees, the obliquity is in degrees, all with their changes a day.
#[must_use]
pub fn sidereal_time(first_mc: Varying, second_mc: Varying, obliquity: Varying) -> Varying {
    let mc = midpoint(first_mc, second_mc);
    Equator::new(obliquity.value, obliquity.rate).right_ascension(mc)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frames::turn_deg;
    use crate::houses::{HouseSystem, LocalSky};

    fn equal(ascendant: f64, mc: f64) -> Houses {
        let place = |degrees: f64| Varying::new(wrap_deg(degrees), 360.0);
        let angles = Angle::ALL.map(|angle| match angle {
            Angle::Mc => place(mc),
            Angle::Ic => place(mc + 180.0),
            Angle::Descendant => place(ascendant + 180.0),
            _ => place(ascendant),
        });
        let cusps = (0..12).map(|house| place(ascendant + f64::from(house) * 30.0));
        Houses::new(HouseSystem::Equal, cusps, angles, place(mc + 1.0))
    }

    #[test]
    fn midpoints_are_on_the_shorter_way_and_know_no_order() {
        let mid = |a: f64, b: f64| midpoint(Varying::new(a, 1.0), Varying::new(b, 2.0));
        assert_eq!(mid(350.0, 20.0), Varying::new(5.0, 1.5));
        assert_eq!(mid(10.0, 20.0).value, 15.0);
        assert_eq!(mid(190.0, 10.0).value, 100.0);
        for step in 0..360 {
            let (a, b) = (f64::from(step), f64::from(step * 7 % 360));
            let half = mid(a, b).value;
            assert_eq!(half, mid(b, a).value);
            assert!((0.0..360.0).contains(&half));
            let way = |to: f64| wrap_deg(to - half).min(wrap_deg(half - to));
            assert!((way(a) - way(b)).abs() < 1e-9 && way(a) <= 90.0, "{a} {b}: {half}");
        }
    }

    #[test]
    fn cusps_follow_the_zodiac_and_the_midheaven_may_be_raised() {
        // Ascendants on either side of 0°, midheavens that meet below the horizon.
        let (first, second) = (equal(350.0, 265.0), equal(20.0, 10.0));
        let as_it_comes = houses(&first, &second, Meridian::Midpoint).unwrap();
        let raised = houses(&first, &second, Meridian::Above).unwrap();
        assert_eq!(as_it_comes.angle(Angle::Ascendant).value, 5.0);
        assert_eq!(as_it_comes.angle(Angle::Mc).value, 317.5);
        assert_eq!(raised, as_it_comes);
        let (first, second) = (equal(350.0, 265.0), equal(180.0, 80.0));
        let as_it_comes = houses(&first, &second, Meridian::Midpoint).unwrap();
        let raised = houses(&first, &second, Meridian::Above).unwrap();
        let [mc, above] = [as_it_comes, raised].map(|houses| houses.angle(Angle::Mc).value);
        assert_eq!((as_it_comes.angle(Angle::Ascendant).value, mc, above), (265.0, 352.5, 172.5));
        assert_eq!(raised.angle(Angle::Ic).value, 352.5);
        assert_eq!(wrap_deg(raised.armc.value - as_it_comes.armc.value), 180.0);
        let begin = as_it_comes.cusps()[0].value;
        assert!(as_it_comes.cusps().is_sorted_by_key(|cusp| wrap_deg(cusp.value - begin)));
    }

    #[test]
    fn cusps_that_run_backwards_in_both_charts_do_so_in_the_composite() {
        let sky = |armc_deg| LocalSky {
            armc: Varying::new(armc_deg, 361.0),
            latitude_deg: 75.0,
            obliquity: Varying::constant(23.44),
            sun_declination: None,
        };
        let mut backward = 0;
        for step in 0..72 {
            let armc_deg = f64::from(step) * 5.0;
            let [first, second] = [armc_deg, armc_deg + 1.0]
                .map(|armc_deg| sky(armc_deg).houses(HouseSystem::Regiomontanus).unwrap());
            let alone = houses(&first, &first, Meridian::Midpoint).unwrap();
            assert_eq!(alone.cusps(), first.cusps(), "{armc_deg}");
            if !first.runs_forward() && !second.runs_forward() {
                let both = houses(&first, &second, Meridian::Midpoint).unwrap();
                assert!(!both.runs_forward(), "{armc_deg}");
                backward += 1;
            }
        }
        assert!(backward > 0);
    }

    #[test]
    fn charts_of_two_systems_have_no_composite_houses() {
        let mut other = equal(0.0, 270.0);
        other.system = HouseSystem::Vehlow;
        let error = houses(&equal(0.0, 270.0), &other, Meridian::Midpoint).unwrap_err();
        assert!(error.to_string().contains("equal") && error.to_string().contains("vehlow"), "{error}");
    }

    #[test]
    fn sidereal_time_is_where_the_midheaven_culminates() {
        let (still, obliquity) = (Varying::constant, Varying::constant(23.44));
        for quarter in [0.0, 90.0, 180.0, 270.0] {
            let armc = sidereal_time(still(quarter - 10.0), still(quarter + 10.0), obliquity);
            assert!(turn_deg(armc.value - quarter).abs() < 1e-9, "{quarter}: {armc:?}");
        }
        // The midheaven of a sidereal time: tan λ = tan θ / cos ε.
        let armc = sidereal_time(Varying::new(30.0, 361.0), Varying::new(50.0, 361.0), obliquity);
        let back = (armc.value.to_radians().tan() / 23.44_f64.to_radians().cos()).atan().to_degrees();
        assert!((back - 40.0).abs() < 1e-9);
        let step = 1e-6;
        let later = sidereal_time(still(30.0 + 361.0 * step), still(50.0 + 361.0 * step), obliquity);
        assert!(((later.value - armc.value) / step - armc.rate).abs() < 0.01);
    }
}
