//! Hazard: a longitude at a border that is counted to the wrong side, because the border or a step of the reckoning rounds.

use orrery_almanac::zodiac::{InNakshatra, InSign, Nakshatra, Sign};
use proptest::prelude::*;

/// A longitude as a fraction without rounding: numerator over 2^`SCALE`. The least that is tried beside 0 is 2^-40.
const SCALE: i32 = 92;

/// Degrees as an exact fraction: every double of at least 2^-40 that is below 360 is a multiple of 2^-92.
fn exact(longitude_deg: f64) -> u128 {
    let bits = longitude_deg.to_bits();
    let exponent = (bits >> 52) as i32;
    if exponent == 0 {
        assert_eq!(longitude_deg, 0.0);
        return 0;
    }
    let mantissa = u128::from(bits & ((1 << 52) - 1) | 1 << 52);
    // The value is mantissa × 2^(exponent − 1075).
    mantissa << u32::try_from(exponent - 1075 + SCALE).unwrap()
}

/// How many parts, each a `numerator`/`denominator` of a degree, lie wholly below a longitude.
fn parts_below(longitude_deg: f64, numerator: u128, denominator: u128) -> usize {
    (exact(longitude_deg) * denominator / (numerator << SCALE)) as usize
}

fn assert_right(longitude_deg: f64) {
    let place = InSign::of(longitude_deg);
    let decan = place.sign as usize * 3 + usize::from(place.decan) - 1;
    assert_eq!(decan, parts_below(longitude_deg, 10, 1), "{longitude_deg:?}: {place:?}");
    assert_eq!(place.degrees + f64::from(place.sign as u8) * 30.0, longitude_deg);
    assert!((0.0..30.0).contains(&place.degrees), "{longitude_deg:?}: {place:?}");

    let place = InNakshatra::of(longitude_deg);
    let pada = place.nakshatra as usize * 4 + usize::from(place.pada) - 1;
    assert_eq!(pada, parts_below(longitude_deg, 10, 3), "{longitude_deg:?}: {place:?}");
    let begins = f64::from(place.nakshatra as u8) * 40.0 / 3.0;
    assert!((place.degrees + begins - longitude_deg).abs() < 1e-13, "{longitude_deg:?}: {place:?}");
    assert!((0.0..=40.0 / 3.0).contains(&place.degrees), "{longitude_deg:?}: {place:?}");
}

/// Since rounding keeps order, the reckoning is right everywhere if it is right on both sides of every border.
#[test]
fn every_border_divides_neighbouring_numbers() {
    for border in
        (0..36).map(|decan| f64::from(decan) * 10.0).chain((0..108).map(|pada| f64::from(pada) * 10.0 / 3.0))
    {
        let mut beside = border;
        for _ in 0..3 {
            beside = beside.next_down().max(0.0);
        }
        for _ in 0..7 {
            if beside == 0.0 || beside > 1e-12 {
                assert_right(beside);
            }
            beside = beside.next_up();
        }
    }
    assert_right(360.0_f64.next_down());
}

#[test]
fn thirteen_and_a_third_is_below_its_border_and_the_next_number_above() {
    // Division rounds 40/3 up. Thrice the number below it rounds to 40 all the same.
    let below = (40.0_f64 / 3.0).next_down();
    assert_eq!(below * 3.0, 40.0);
    assert_eq!(InNakshatra::of(below).nakshatra, Nakshatra::Ashwini);
    assert_eq!(InNakshatra::of(below).pada, 4);
    let above = InNakshatra::of(below.next_up());
    assert_eq!((above.nakshatra, above.pada), (Nakshatra::Bharani, 1));
    assert!(above.degrees > 0.0 && above.degrees < 2e-15);
    assert_eq!(InNakshatra::of(40.0), InNakshatra { nakshatra: Nakshatra::Rohini, degrees: 0.0, pada: 1 });
}

#[test]
fn the_names_of_the_contract() {
    let signs = "aries taurus gemini cancer leo virgo libra scorpio sagittarius capricorn aquarius pisces";
    assert_eq!(Sign::ALL.map(Sign::name).join(" "), signs);
    let nakshatras = "ashwini bharani krittika rohini mrigashira ardra punarvasu pushya ashlesha magha \
                      purva_phalguni uttara_phalguni hasta chitra swati vishakha anuradha jyeshtha mula \
                      purva_ashadha uttara_ashadha shravana dhanishta shatabhisha purva_bhadrapada \
                      uttara_bhadrapada revati";
    assert_eq!(Nakshatra::ALL.map(Nakshatra::name).join(" "), nakshatras);
}

#[test]
fn stars_that_gave_their_names() {
    // Sidereal longitudes by Lahiri: Spica at 0° Libra less a trifle, Aldebaran, Regulus.
    assert_eq!(InNakshatra::of(179.99).nakshatra, Nakshatra::Chitra);
    assert_eq!(InNakshatra::of(45.92).nakshatra, Nakshatra::Rohini);
    assert_eq!(InNakshatra::of(125.97).nakshatra, Nakshatra::Magha);
    assert_eq!(InSign::of(125.97), InSign { sign: Sign::Leo, degrees: 125.97 - 120.0, decan: 1 });
}

#[test]
fn turns_are_taken_off_and_what_is_no_number_is_zero() {
    assert_eq!(InSign::of(-1.0).sign, Sign::Pisces);
    assert_eq!(InSign::of(-1e-300), InSign::of(0.0));
    assert_eq!(InSign::of(360.0), InSign::of(0.0));
    assert_eq!(InNakshatra::of(725.0), InNakshatra::of(5.0));
    for hostile in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(InSign::of(hostile), InSign::of(0.0));
        assert_eq!(InNakshatra::of(hostile), InNakshatra::of(0.0));
    }
}

proptest! {
    #[test]
    fn any_longitude_is_where_exact_arithmetic_has_it(longitude_deg in 1e-12..360.0_f64) {
        assert_right(longitude_deg);
    }

    #[test]
    fn any_longitude_near_a_border_too(pada in 1..108_u32, steps in -40..40_i32) {
        let mut longitude_deg = f64::from(pada) * 10.0 / 3.0;
        for _ in 0..steps.abs() {
            longitude_deg = if steps < 0 { longitude_deg.next_down() } else { longitude_deg.next_up() };
        }
        assert_right(longitude_deg);
    }
}
