//! Quantities of a table's column, all rounded alike.

use crate::text::decimal::{self, DECIMAL_BYTES, Decimal, NUMBER_BYTES};

/// The most decimals that [`Decimal`] counts in.
const QUICK_DECIMALS: u8 = 12;

/// How the numbers of a column are written: as [`decimal`] writes them. What is no number is left to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quantity {
    /// At most 15; `None` for as many as read back as the same double.
    pub(crate) decimals: Option<u8>,
    /// Whether it is an angle of 0 to 360 degrees: what is rounded to a whole turn is 0.
    pub(crate) wraps: bool,
}

impl Quantity {
    /// Writes a number at the beginning of `out`, and returns its length; nothing for what is no number.
    #[inline(always)]
    pub(crate) fn write(self, value: f64, out: &mut [u8; NUMBER_BYTES]) -> Option<usize> {
        match self.decimals {
            Some(9) => self.nine(value, out),
            Some(12) => self.twelve(value, out),
            _ => self.otherwise(value, out),
        }
    }

    /// [`Quantity::write`] with nine decimals, whatever it says itself.
    #[inline(always)]
    pub(crate) fn nine(self, value: f64, out: &mut [u8; NUMBER_BYTES]) -> Option<usize> {
        match Decimal::<9>::rounded(value) {
            Some(decimal) => Some(self.quick(decimal, out)),
            None => Quantity { decimals: Some(9), ..self }.otherwise(value, out),
        }
    }

    /// [`Quantity::write`] with twelve decimals, whatever it says itself.
    #[inline(always)]
    pub(crate) fn twelve(self, value: f64, out: &mut [u8; NUMBER_BYTES]) -> Option<usize> {
        match Decimal::<12>::rounded(value) {
            Some(decimal) => Some(self.quick(decimal, out)),
            None => Quantity { decimals: Some(12), ..self }.otherwise(value, out),
        }
    }

    #[inline(always)]
    fn quick<const D: usize>(self, mut decimal: Decimal<D>, out: &mut [u8; NUMBER_BYTES]) -> usize {
        if self.wraps && decimal.whole == 360 {
            decimal.whole = 0;
        }
        // The room of any number is more than that of one below 1000.
        decimal.write(out.first_chunk_mut::<DECIMAL_BYTES>().unwrap())
    }

    /// Every number in every way.
    pub(crate) fn otherwise(self, value: f64, out: &mut [u8; NUMBER_BYTES]) -> Option<usize> {
        if !value.is_finite() {
            return None;
        }
        if let Some(decimals @ ..=QUICK_DECIMALS) = self.decimals
            && let Some(decimal) = Decimal::<{ QUICK_DECIMALS as usize }>::rounded_to(value, decimals)
        {
            return Some(self.quick(decimal, out));
        }
        let shown = self.decimals.map_or(value, |decimals| decimal::nearest(value, decimals));
        let value = if self.wraps && shown >= 360.0 { 0.0 } else { value };
        Some(match self.decimals {
            Some(decimals) => decimal::rounded(value, decimals, out),
            None => decimal::full(value, out),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(quantity: Quantity, value: f64) -> Option<String> {
        let mut out = [b'?'; NUMBER_BYTES];
        let length = quantity.write(value, &mut out)?;
        Some(String::from_utf8(out[..length].to_vec()).unwrap())
    }

    fn in_general(value: f64, decimals: Option<u8>) -> String {
        let mut out = [b'?'; NUMBER_BYTES];
        let length = match decimals {
            Some(decimals) => decimal::rounded(value, decimals, &mut out),
            None => decimal::full(value, &mut out),
        };
        String::from_utf8(out[..length].to_vec()).unwrap()
    }

    fn decimals() -> impl Strategy<Value = Option<u8>> {
        prop_oneof![Just(None), Just(Some(9)), Just(Some(12)), (0_u8..=15).prop_map(Some)]
    }

    /// Doubles of every kind: as replies have them, with few digits, halves of some decimal, and any bits at all.
    fn values() -> impl Strategy<Value = f64> {
        prop_oneof![
            -360.0..360.0,
            -50.0..50.0,
            (-999_999_i64..999_999, 0..9).prop_map(|(units, power)| units as f64 / 10_f64.powi(power)),
            (-1_000_000_000_i64..1_000_000_000, 0..13)
                .prop_map(|(units, power)| (units as f64 + 0.5) / 10_f64.powi(power)),
            any::<u64>().prop_map(f64::from_bits),
            -2e7..2e7,
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(20_000) })]

        #[test]
        fn a_quantity_is_written_as_any_number_is(value in values(), decimals in decimals()) {
            let quantity = Quantity { decimals, wraps: false };
            let expected = value.is_finite().then(|| in_general(value, decimals));
            prop_assert_eq!(written(quantity, value), expected);
        }
    }

    #[test]
    fn what_rounds_to_a_whole_turn_is_none() {
        for decimals in 0..=15 {
            let wraps = |value| written(Quantity { decimals: Some(decimals), wraps: true }, value).unwrap();
            let straight =
                |value| written(Quantity { decimals: Some(decimals), wraps: false }, value).unwrap();
            // Nearer to the turn than half of the last decimal, as far as there are such doubles.
            let near = 360.0 - 0.4 * 10_f64.powi(-i32::from(decimals));
            assert_eq!((wraps(near).as_str(), straight(near).as_str()), ("0.0", "360.0"), "{decimals}");
            assert_eq!(wraps(359.0), "359.0");
            assert_eq!(wraps(0.0), "0.0");
        }
        let full = Quantity { decimals: None, wraps: true };
        assert_eq!(written(full, 360.0_f64.next_down()).unwrap(), "359.99999999999994");
        assert_eq!(written(full, 360.0).unwrap(), "0.0");
    }

    #[test]
    fn what_is_no_number_is_nothing() {
        for decimals in [None, Some(0), Some(9), Some(12), Some(15)] {
            for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                assert_eq!(written(Quantity { decimals, wraps: true }, value), None);
            }
        }
    }
}
