//! Where Swiss Ephemeris' ΔT and sidereal time are pieced together.
//!
//! ΔT until 1955 is the spline of Stephenson, Morrison and Hohenkerk (2016, table S15) with a linear bridge over the
//! last thousand days; then yearly values joined by Bessel's interpolation until the table ends; then a cubic with a
//! transition of a hundred years (Swiss Ephemeris 2.10, `swephlib.c`, `calc_deltat` and `deltat_aa`). At the spline's
//! knots it steps by up to a millisecond. Mean sidereal time changes models in 1850 and 2050 (`swe_sidtime0`).

use orrery_almanac::calendar::CivilDate;

/// Years whose 1 January is a knot of the spline.
const KNOT_YEARS: [i32; 34] = [
    -720, 400, 1000, 1500, 1600, 1650, 1720, 1800, 1810, 1820, 1830, 1840, 1850, 1855, 1860, 1865, 1870,
    1875, 1880, 1885, 1890, 1895, 1900, 1905, 1910, 1915, 1920, 1925, 1930, 1935, 1940, 1945, 1950, 1953,
];

/// The thousand days before 1 January 1955 over which a linear bridge is added, and its end, Julian days.
const BRIDGE_JD: [f64; 2] = [2_434_108.5, 2_435_108.5];

/// Sidereal time uses its long-term model up to 1 January 1850, that instant included, and from 1 January 2050: the first
/// instants of the models after them, Julian days. (ΔT changes over one double earlier in 1850: that one double is a
/// segment of its own, which is left to the source.)
const SIDEREAL_MODEL_JD: [f64; 2] = [2_396_758.5_f64.next_up(), 2_469_807.5];

/// Yearly values are joined at 2000-01-01 plus multiples of 365.25 days; years after 2000 of the first joint and of
/// the last, the transition's end included.
const YEARLY: std::ops::RangeInclusive<i32> = -45..=140;

/// Where a model changes over, inside a span, ascending; Julian days UT1.
#[must_use]
pub fn knots(span: (f64, f64)) -> Vec<f64> {
    let first_of_january = |&year: &i32| {
        let day = CivilDate { year, month: 1, day: 1 }.day_number(None).ok()?;
        Some(day.midnight_jd())
    };
    let mut all: Vec<f64> = KNOT_YEARS.iter().filter_map(first_of_january).collect();
    all.extend(BRIDGE_JD);
    all.extend(SIDEREAL_MODEL_JD);
    all.extend(YEARLY.map(|year| 2_451_544.5 + 365.25 * f64::from(year)));
    all.retain(|&jd| jd > span.0 && jd < span.1);
    all.sort_by(f64::total_cmp);
    all.dedup();
    all
}
