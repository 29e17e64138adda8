//! Decimal fractions, digit by digit: most of what a reply consists of.
//!
//! A quantity is rounded to so many decimals, halves away from zero, and written without exponent and without trailing
//! zeros but for one behind the point, so that readers that tell integers from floats see floats throughout; `-0` is
//! `0.0`. [`rounded`] does so for any number and any decimals; [`Decimal`] for those that a reply has sixty of, several
//! times faster and with the same result.

use std::io::Write;
use std::ops::Range;

/// The powers of ten that decimals are counted in.
const POWERS_OF_TEN: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Below this, scaled numbers are whole numbers that a double holds exactly.
const EXACT: f64 = 9.0e15;

/// Room for any number: the digits of the largest double, the point, and the decimals of the smallest.
pub(crate) const NUMBER_BYTES: usize = 352;

/// The number that [`rounded`] writes, as near as a double comes to it.
pub(crate) fn nearest(value: f64, decimals: u8) -> f64 {
    let scale = POWERS_OF_TEN[usize::from(decimals)];
    let scaled = value * scale;
    if scaled.abs() < EXACT { scaled.round() / scale } else { value }
}

/// Writes a number rounded to so many decimals (at most 15) at the beginning of `out`, which has [`NUMBER_BYTES`] or
/// more, and returns its length. What is no number is null.
pub(crate) fn rounded(value: f64, decimals: u8, out: &mut [u8]) -> usize {
    let scaled = value * POWERS_OF_TEN[usize::from(decimals)];
    if scaled.abs() >= EXACT || !value.is_finite() {
        return rounded_exactly(value, usize::from(decimals), out);
    }
    let units = scaled.round();
    let digits = sixteen_digits(units.abs() as u64);
    let point = digits.len() - usize::from(decimals);
    let (whole, fraction) = digits.split_at(point);
    let leading = whole[..point - 1].iter().take_while(|digit| **digit == b'0').count();
    let kept = fraction.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
    let sign: &[u8] = if units < 0.0 { b"-" } else { b"" };
    let fraction = if kept == 0 { b"0" } else { &fraction[..kept] };
    let mut length = 0;
    for part in [sign, &whole[leading..], b".", fraction] {
        out[length..length + part.len()].copy_from_slice(part);
        length += part.len();
    }
    length
}

/// The slow way, for numbers whose last decimal a double no longer counts in ones: those that need no more decimals to be
/// read back are complete without more.
#[cold]
fn rounded_exactly(value: f64, decimals: usize, out: &mut [u8]) -> usize {
    let shortest = value.to_string();
    let needed = shortest.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    if !value.is_finite() || needed <= decimals {
        return full(value, out);
    }
    let text = format!("{value:.decimals$}");
    let kept = text.trim_end_matches('0');
    // What ends in its point has lost nothing but zeros.
    let zero = if kept.ends_with('.') { "0" } else { "" };
    let mut rest = &mut out[..];
    let room = rest.len();
    // There is room for any number.
    let _ = write!(rest, "{kept}{zero}");
    room - rest.len()
}

/// Numbers that `zmij` writes without an exponent.
const PLAIN: Range<f64> = 1e-4..1e15;

/// Writes the shortest decimal that reads back as the same double at the beginning of `out`, which has [`NUMBER_BYTES`]
/// or more, and returns its length. What is no number is null.
pub(crate) fn full(value: f64, out: &mut [u8]) -> usize {
    if !value.is_finite() {
        out[..4].copy_from_slice(b"null");
        return 4;
    }
    if value == 0.0 || PLAIN.contains(&value.abs()) {
        let mut shortest = zmij::Buffer::new();
        // Adding zero takes the sign from -0.
        let text = shortest.format_finite(value + 0.0).as_bytes();
        out[..text.len()].copy_from_slice(text);
        return text.len();
    }
    let mut rest = &mut out[..];
    let room = rest.len();
    // There is room for any number.
    let _ = if value.fract() == 0.0 { write!(rest, "{value}.0") } else { write!(rest, "{value}") };
    room - rest.len()
}

/// Numbers from here on are not for [`Decimal`].
const TOO_LARGE: u64 = 1000;

/// 2⁵²: added to a smaller number it leaves no room for a fraction, and the whole number stands in the low bits.
const NO_FRACTION: f64 = 4_503_599_627_370_496.0;

/// The numbers below 1000 in three digits, and in the fourth byte how many zeros they end in. The entries from 1000 on are
/// for an index that needs no check.
static TRIPLES: [u32; 1024] = {
    let mut all = [0; 1024];
    let mut n = 0;
    while n < 1000 {
        let zeros = if n == 0 {
            3
        } else if n % 100 == 0 {
            2
        } else {
            (n % 10 == 0) as u8
        };
        all[n] = u32::from_le_bytes([digit(n, 100), digit(n, 10), digit(n, 1), zeros]);
        n += 1;
    }
    all
};

/// The numbers below 1000 without zeros before them and with the point behind them, and in the last byte how long that is.
static WHOLES: [u64; 1024] = {
    let mut all = [0; 1024];
    let mut n = 0;
    while n < 1000 {
        all[n] = u64::from_le_bytes(match n {
            0..10 => [digit(n, 1), b'.', 0, 0, 0, 0, 0, 2],
            10..100 => [digit(n, 10), digit(n, 1), b'.', 0, 0, 0, 0, 3],
            _ => [digit(n, 100), digit(n, 10), digit(n, 1), b'.', 0, 0, 0, 4],
        });
        n += 1;
    }
    all
};

const fn digit(number: usize, power: usize) -> u8 {
    b'0' + (number / power % 10) as u8
}

/// The entry of a number that is below 1000.
#[inline(always)]
fn triple(number: u64) -> u32 {
    TRIPLES[number as usize % TRIPLES.len()]
}

/// Room that a [`Decimal`] is written into. More than it takes: the length of its whole part is read from a table as
/// what a byte holds.
pub(crate) const DECIMAL_BYTES: usize = 1 + 255 + 12 + 1;

/// A number below 1000, rounded to `D` decimals, which are 9 or 12, as text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decimal<const D: usize> {
    negative: bool,
    /// What stands before the point.
    pub(crate) whole: u64,
    /// The digits behind it by threes, as [`TRIPLES`] has them.
    triples: [u32; 4],
    /// How many of them there are without trailing zeros; at least one.
    length: usize,
}

impl<const D: usize> Decimal<D> {
    const SCALE: u64 = {
        assert!(D == 9 || D == 12, "digits are written by threes");
        10_u64.pow(D as u32)
    };

    /// A number rounded; nothing for one that is too large, or none.
    #[inline(always)]
    pub(crate) fn rounded(value: f64) -> Option<Decimal<D>> {
        let scaled = (value * Self::SCALE as f64).abs();
        // NaN is below nothing. A unit is left for rounding.
        let small = scaled < (TOO_LARGE * Self::SCALE - 1) as f64;
        if !small {
            return None;
        }
        Some(Decimal::of(value.is_sign_negative(), nearest_whole(scaled)))
    }

    /// A number rounded to so many decimals, which are at most `D`; nothing for one that is too large, or none.
    #[inline(always)]
    pub(crate) fn rounded_to(value: f64, decimals: u8) -> Option<Decimal<D>> {
        let scale = POWERS_OF_TEN[usize::from(decimals)];
        let scaled = (value * scale).abs();
        let small = scaled < TOO_LARGE as f64 * scale - 1.0;
        if !small {
            return None;
        }
        // Zeros behind the last decimal are not written.
        let unit = Self::SCALE / scale as u64;
        Some(Decimal::of(value.is_sign_negative(), nearest_whole(scaled) * unit))
    }

    /// So many units of the last decimal, fewer than make [`TOO_LARGE`].
    #[inline(always)]
    fn of(mut negative: bool, units: u64) -> Decimal<D> {
        let (whole, fraction) = (units / Self::SCALE, units % Self::SCALE);
        let triples = if D == 9 {
            let (upper, last) = (fraction / 1000, fraction % 1000);
            [triple(upper / 1000), triple(upper % 1000), triple(last), 0]
        } else {
            let (upper, lower) = (fraction / 1_000_000, fraction % 1_000_000);
            [triple(upper / 1000), triple(upper % 1000), triple(lower / 1000), triple(lower % 1000)]
        };
        let zeros = |triple: u32| (triple >> 24) as usize;
        let last = triples[D / 3 - 1];
        let mut length = D - zeros(last);
        if zeros(last) == 3 {
            length = trimmed(&triples[..D / 3 - 1]);
            negative &= units != 0;
        }
        Decimal { negative, whole, triples, length }
    }

    /// Writes the number at the beginning of `out`, and returns its length. Bytes behind it are not spared.
    #[inline(always)]
    pub(crate) fn write(self, out: &mut [u8; DECIMAL_BYTES]) -> usize {
        out[0] = b'-';
        let at = usize::from(self.negative);
        let whole = WHOLES[self.whole as usize % WHOLES.len()];
        out[at..at + 4].copy_from_slice(&(whole as u32).to_le_bytes());
        let at = at + (whole >> 56) as usize;
        for (nth, triple) in self.triples[..D / 3].iter().enumerate() {
            // The fourth byte is not meant, and is written over.
            out[at + 3 * nth..at + 3 * nth + 4].copy_from_slice(&triple.to_le_bytes());
        }
        at + self.length
    }
}

/// The nearest whole number to one that is below 2⁵² and not below 0; a half goes up.
#[inline(always)]
fn nearest_whole(scaled: f64) -> u64 {
    // To the nearest whole number, of two the even one; where that was the lower one, it is brought up.
    let shifted = scaled + NO_FRACTION;
    let went_down = scaled - (shifted - NO_FRACTION) >= 0.5;
    (shifted.to_bits() - NO_FRACTION.to_bits()) + u64::from(went_down)
}

/// How many digits these are without trailing zeros; at least one.
#[cold]
fn trimmed(triples: &[u32]) -> usize {
    let zeros = |triple: u32| (triple >> 24) as usize;
    let last = triples.iter().rposition(|triple| zeros(*triple) < 3);
    last.map_or(1, |last| 3 * (last + 1) - zeros(triples[last]))
}

/// The digits of a number below 10,000, one a byte, the first in the lowest.
#[inline(always)]
const fn four_digits(number: u32) -> u32 {
    // Two, then one: a part is divided by a multiplication with the inverse, and what is left over goes above it.
    let halves = (number * 10_486) >> 20;
    let pairs = halves | ((number - halves * 100) << 16);
    let tens = ((pairs * 103) >> 10) & 0x000F_000F;
    tens | ((pairs - tens * 10) << 8)
}

/// The four digits of a number below 10,000.
pub(crate) const fn four(number: u32) -> [u8; 4] {
    (four_digits(number) | 0x3030_3030).to_le_bytes()
}

/// The digits of a number below 100,000,000, one a byte, the first in the lowest.
#[inline(always)]
const fn eight_digits(number: u64) -> u64 {
    let upper = (number * 109_951_163) >> 40;
    let fours = upper | ((number - upper * 10_000) << 32);
    let halves = ((fours * 10_486) >> 20) & 0x0000_007F_0000_007F;
    let pairs = halves | ((fours - halves * 100) << 16);
    let tens = ((pairs * 103) >> 10) & 0x000F_000F_000F_000F;
    tens | ((pairs - tens * 10) << 8)
}

/// The digits of a number below 10¹⁶, as text.
fn sixteen_digits(number: u64) -> [u8; 16] {
    let digits =
        u128::from(eight_digits(number / 100_000_000)) | u128::from(eight_digits(number % 100_000_000)) << 64;
    (digits | 0x3030_3030_3030_3030_3030_3030_3030_3030).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut [u8]) -> usize) -> String {
        let mut out = [b'?'; NUMBER_BYTES];
        let length = write(&mut out);
        String::from_utf8(out[..length].to_vec()).unwrap()
    }

    fn in_general(value: f64, decimals: u8) -> String {
        written(|out| rounded(value, decimals, out))
    }

    fn quickly<const D: usize>(value: f64) -> Option<String> {
        let decimal = Decimal::<D>::rounded(value)?;
        Some(written(|out| decimal.write(out.first_chunk_mut().unwrap())))
    }

    #[test]
    fn decimals_are_rounded_and_trimmed() {
        for (value, decimals, text) in [
            (0.0, 9, "0.0"),
            (-0.0, 9, "0.0"),
            (-1e-10, 9, "0.0"),
            (-6e-10, 9, "-0.000000001"),
            (123.456_789_012_345, 9, "123.456789012"),
            (0.1, 9, "0.1"),
            (-0.05, 2, "-0.05"),
            (30.0, 12, "30.0"),
            (2.5, 0, "3.0"),
            (-2.5, 0, "-3.0"),
            (1.005, 15, "1.005"),
            (359.123_456_789_012_3, 15, "359.1234567890123"),
            (39.481_234_567_890_12, 12, "39.48123456789"),
            (12_345.678_9, 12, "12345.6789"),
            (8_999_999.999_999_999, 9, "8999999.999999998"),
        ] {
            assert_eq!(in_general(value, decimals), text, "{value}");
        }
        let huge = in_general(1e300, 0);
        assert!(huge.ends_with(".0") && huge.parse() == Ok(1e300), "{huge}");
        // More decimals than a double counts in ones.
        assert_eq!(in_general(98_765_432.1, 9), "98765432.1");
        for nothing in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(in_general(nothing, 9), "null");
        }
    }

    #[test]
    fn full_numbers_have_no_exponent_and_read_back() {
        let full = |value| written(|out| full(value, out));
        let least = f64::from_bits(1);
        for value in [
            0.0,
            -0.0,
            1e-17,
            2_461_120.106_25,
            69.184,
            1e15,
            1e16,
            1e22,
            -1.5e-9,
            1e-4,
            9e-5,
            least,
            f64::MAX,
        ] {
            for value in [value, -value] {
                let text = full(value);
                assert!(!text.contains(['e', 'E']) && text.contains('.'), "{text}");
                assert_eq!(text.parse::<f64>().unwrap(), value);
            }
        }
        assert_eq!(
            [full(0.0), full(-0.0), full(2_451_545.0), full(1e16)],
            ["0.0", "0.0", "2451545.0", "10000000000000000.0"]
        );
        assert_eq!(full(f64::NAN), "null");
    }

    #[test]
    fn the_quick_way_writes_what_the_general_way_writes() {
        let agree = |value: f64| {
            assert_eq!(quickly::<9>(value).unwrap(), in_general(value, 9), "{value:?}");
            assert_eq!(quickly::<12>(value).unwrap(), in_general(value, 12), "{value:?}");
        };
        // Halves of the last decimal, and their neighbours; every number of trailing zeros; whole numbers; carries.
        for whole in [0, 1, 9, 10, 29, 99, 100, 359, 998] {
            for part in [
                0.0,
                5e-10,
                1.5e-9,
                2.5e-9,
                5e-13,
                0.5,
                0.25,
                0.1,
                0.12,
                0.123,
                0.999_999_999_5,
                0.999_999_999_999_5,
            ] {
                for value in [f64::from(whole) + part, f64::from(whole) - part] {
                    [value, -value, value.next_up(), value.next_down()].into_iter().for_each(agree);
                }
            }
        }
        for zeros in 0..12 {
            agree(7.0 / 10_f64.powi(zeros));
            agree(1.0 + 3.0 / 10_f64.powi(zeros));
        }
        let mut value = 1e-14;
        while value < 998.0 {
            agree(value);
            agree(-value);
            value = value * 1.000_7 + 1e-14;
        }
        agree(5e-10_f64.next_down());
    }

    #[test]
    fn large_numbers_are_not_for_the_quick_way() {
        for value in [999.999_999_999, 1000.0, -1000.0, 1e300, f64::NAN, f64::INFINITY] {
            assert!(quickly::<9>(value).is_none_or(|text| text == in_general(value, 9)), "{value}");
            assert!(value < 1000.0 || quickly::<12>(value).is_none(), "{value}");
        }
        assert!(quickly::<9>(1000.0).is_none() && quickly::<9>(f64::NAN).is_none());
    }

    #[test]
    fn rounding_agrees_with_exact_arithmetic() {
        let mut value = 0.000_012_345_6;
        while value < 360.0 {
            let exact: f64 = format!("{value:.9}").parse().unwrap();
            let ours: f64 = in_general(value, 9).parse().unwrap();
            assert!((exact - ours).abs() < 1.1e-9, "{value}");
            value = value * 1.013 + 0.000_1;
        }
    }
}
