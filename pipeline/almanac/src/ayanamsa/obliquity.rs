//! The obliquity of the ecliptic at an epoch, far into the past and the future.

use std::f64::consts::TAU;

use orrery_format::TtDay;
use orrery_format::time::J2000_JD;

const JULIAN_CENTURY_DAYS: f64 = 36_525.0;

/// The polynomial's terms, arcseconds, by powers of Julian centuries.
const POLYNOMIAL: [f64; 4] = [84_028.206_305, 0.362_444_5, -0.000_040_39, -0.000_000_110];

/// The periodic terms: the period in Julian centuries, and the factors of cosine and sine in arcseconds.
const PERIODIC: [(f64, f64, f64); 10] = [
    (409.90, 753.872_780, -1_704.720_302),
    (396.15, -247.805_823, -862.308_358),
    (537.22, 379.471_484, 447.832_178),
    (402.90, -53.880_558, -889.571_909),
    (417.15, -90.109_153, 190.402_846),
    (288.92, -353.600_190, -56.564_991),
    (4_043.00, -63.115_353, -296.222_622),
    (306.00, -28.248_187, -75.859_952),
    (277.00, 17.703_387, 67.473_503),
    (203.00, 38.911_307, 3.014_055),
];

/// The mean obliquity, degrees: Vondrák, Capitaine and Wallace (*Astronomy & Astrophysics* 534, A22, 2011,
/// equation 9 and table 3), as the Swiss Ephemeris has it (`swi_ldp_peps`). The angle between the poles of the
/// same paper, which precession goes by, differs from it by up to 0.005″.
pub(crate) fn mean_obliquity_deg(date: TtDay) -> f64 {
    let centuries = (date.jd() - J2000_JD) / JULIAN_CENTURY_DAYS;
    let periodic: f64 = PERIODIC
        .iter()
        .map(|(period, cosine, sine)| {
            let (sin, cos) = (TAU * centuries / period).sin_cos();
            cosine * cos + sine * sin
        })
        .sum();
    let polynomial = POLYNOMIAL.iter().rev().fold(0.0, |sum, factor| sum * centuries + factor);
    (periodic + polynomial) / 3600.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Printed by `swe_calc(SE_ECL_NUT)` of 2.10.03.
    #[test]
    fn it_is_that_of_the_swiss_ephemeris() {
        for (jd, degrees) in [
            (990_557.5, 23.924_346_951_689_717),
            (2_415_020.0, 23.452_289_058_414_788),
            (2_451_545.0, 23.439_279_444_166_665),
            (3_500_000.5, 23.078_588_286_296_91),
        ] {
            let found = mean_obliquity_deg(TtDay(jd));
            assert!((found - degrees).abs() < 1e-11, "{jd}: {found}");
        }
    }
}
