//! The saros: series of eclipses 223 lunations apart, by the numbers that van den Bergh gave them.
//!
//! Series follow each other at an inex, 358 lunations, so that the number of a series grows by 38 (mod 223) from one
//! lunation to the next: 38 × 358 = 61 × 223 + 1. Which of the numbers that this leaves open is meant, the epoch decides:
//! at any time some forty series run, and the middle one's number grows by one in 31.7 years.

use super::kind::Eclipse;
use super::lunation::Lunation;
use super::sky::Luminaries;

/// Lunations of a saros.
pub const SAROS: i32 = 223;

/// By how much the number of the series grows from one lunation to the next.
const STEP: i32 = 38;

/// A series' number at lunation 0, less those of whole turns.
const SOLAR_AT_ZERO: i32 = 112;
const LUNAR_AT_ZERO: i32 = 124;

/// The middle one of the series that run in 2000.
const SOLAR_MIDDLE: f64 = 136.5;
const LUNAR_MIDDLE: f64 = 129.5;

/// Lunations in which the number of the middle series grows by one: from the middle of solar series 0, in −2315, to that of
/// 136, in 1991 (Espenak, *Catalog of Solar Eclipse Saros Series*).
const LUNATIONS_A_SERIES: f64 = 391.6;

/// More members than any series has; so long a row of eclipses would be a fault.
const MOST_MEMBERS: u16 = 200;

/// The number of the saros series that an eclipse of the Sun belongs to by its lunation; negative for those that began before
/// series 0. Right for at least −2000 to 3000.
#[must_use]
pub fn solar_series(lunation: Lunation) -> i16 {
    series(lunation, SOLAR_AT_ZERO, SOLAR_MIDDLE)
}

/// The same of an eclipse of the Moon.
#[must_use]
pub fn lunar_series(lunation: Lunation) -> i16 {
    series(lunation, LUNAR_AT_ZERO, LUNAR_MIDDLE)
}

/// The place of an eclipse in its series, which begins with 1: one more than there are eclipses of its kind before it, 223
/// lunations apart.
///
/// Thirty predecessors take some 250 looks at the sky. Where the place of the eclipse one saros earlier is known, this one's
/// is the next, without any.
///
/// # Errors
/// What the source says. It must reach back as far as the series, at most fifteen centuries.
pub fn member<T: Eclipse, L: Luminaries>(luminaries: &mut L, lunation: Lunation) -> Result<u16, L::Error> {
    counted(lunation, |earlier| T::occurs(luminaries, earlier))
}

fn series(Lunation(number): Lunation, at_zero: i32, middle: f64) -> i16 {
    // The number's remainder first, so that no product leaves its type.
    let open = (number.rem_euclid(SAROS) * STEP + at_zero).rem_euclid(SAROS);
    let expected = middle + f64::from(number) / LUNATIONS_A_SERIES;
    let turns = ((expected - f64::from(open)) / f64::from(SAROS)).round();
    (f64::from(open) + turns * f64::from(SAROS)) as i16
}

fn counted<E>(
    Lunation(number): Lunation,
    mut occurs: impl FnMut(Lunation) -> Result<bool, E>,
) -> Result<u16, E> {
    let mut place = 1;
    let mut earlier = number.saturating_sub(SAROS);
    while place < MOST_MEMBERS && occurs(Lunation(earlier))? {
        place += 1;
        earlier = earlier.saturating_sub(SAROS);
    }
    Ok(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First and last eclipses of series from Espenak's catalogues, by the lunations nearest to their dates.
    #[test]
    fn numbers_are_right_for_five_millennia() {
        for (solar, first_year, last_year) in [
            (0, -2954.6, -1674.5),
            (1, -2871.6, -1591.5),
            (2, -2860.7, -1562.5),
            (117, 792.5, 2054.6),
            (136, 1360.5, 2622.6),
            (145, 1639.0, 3009.3),
        ] {
            for year in [first_year, last_year] {
                let near = ((year - 2000.0) * 12.368_27_f64).round() as i32;
                let close = (near - 3..=near + 3).filter(|&number| solar_series(Lunation(number)) == solar);
                assert_eq!(close.count(), 1, "series {solar} in {year}");
            }
        }
    }

    #[test]
    fn series_follow_at_an_inex_and_go_on_at_a_saros() {
        for number in -50_000..15_000 {
            for series in [solar_series, lunar_series] {
                let here = series(Lunation(number));
                let later = series(Lunation(number + 358)) - here;
                assert!((later - 1) % 223 == 0, "{number}");
                assert!((series(Lunation(number + SAROS)) - here) % 223 == 0, "{number}");
            }
        }
    }

    #[test]
    fn members_are_counted_from_the_first() {
        let first = -7_000;
        let occurs = |Lunation(number): Lunation| Ok::<_, std::convert::Infallible>(number >= first);
        for nth in 0..70 {
            assert_eq!(counted(Lunation(first + SAROS * nth), occurs), Ok(nth as u16 + 1));
        }
        assert_eq!(counted(Lunation(i32::MIN), |_| Ok::<_, std::convert::Infallible>(false)), Ok(1));
    }
}
