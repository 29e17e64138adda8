//! JSON, written straight into the reply: what a tree of values would cost is saved.
//!
//! Numbers are decimal fractions without exponents, `-0` is `0.0`, and a quantity keeps its point, so that readers that
//! tell integers from floats see floats throughout.

use std::io::Write;

const POWERS_OF_TEN: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Below this, scaled numbers are whole numbers that a double holds exactly.
const EXACT: f64 = 9.0e15;

/// The number that [`Json::rounded`] writes, as near as a double comes to it.
pub(crate) fn nearest_decimal(value: f64, decimals: u8) -> f64 {
    let scale = POWERS_OF_TEN[usize::from(decimals)];
    let scaled = value * scale;
    if scaled.abs() < EXACT { scaled.round() / scale } else { value }
}

/// A document being written. Commas are its business, braces and keys the caller's.
#[derive(Debug)]
pub(crate) struct Json(Vec<u8>);

impl Json {
    pub(crate) fn with_capacity(bytes: usize) -> Json {
        Json(Vec::with_capacity(bytes))
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Begins a value: a comma, unless it is the first of its kind or follows a key.
    fn begin(&mut self) {
        if !matches!(self.0.last(), None | Some(b'{' | b'[' | b':')) {
            self.0.push(b',');
        }
    }

    pub(crate) fn open(&mut self, bracket: u8) {
        self.begin();
        self.0.push(bracket);
    }

    pub(crate) fn close(&mut self, bracket: u8) {
        self.0.push(bracket);
    }

    /// A key of an object; one of our own, which need no escapes.
    pub(crate) fn key(&mut self, key: &'static str) -> &mut Json {
        self.begin();
        self.0.push(b'"');
        self.0.extend_from_slice(key.as_bytes());
        self.0.extend_from_slice(b"\":");
        self
    }

    pub(crate) fn string(&mut self, text: &str) {
        self.begin();
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\') {
            self.0.push(b'"');
            self.0.extend_from_slice(text.as_bytes());
            self.0.push(b'"');
        } else {
            // Writing a string into memory does not fail.
            let _ = serde_json::to_writer(&mut self.0, text);
        }
    }

    pub(crate) fn truth(&mut self, value: bool) {
        self.begin();
        self.0.extend_from_slice(if value { b"true" } else { b"false" });
    }

    pub(crate) fn null(&mut self) {
        self.begin();
        self.0.extend_from_slice(b"null");
    }

    pub(crate) fn integer(&mut self, value: u64) {
        self.begin();
        let _ = write!(self.0, "{value}");
    }

    /// A document that is JSON already.
    pub(crate) fn raw(&mut self, json: &[u8]) {
        self.begin();
        self.0.extend_from_slice(json);
    }

    /// The shortest decimal that reads back as the same double.
    pub(crate) fn full(&mut self, value: f64) {
        if !value.is_finite() {
            return self.null();
        }
        self.begin();
        let start = self.0.len();
        // Writing into memory does not fail. Adding zero takes the sign from -0.
        let _ = write!(self.0, "{}", value + 0.0);
        self.point(start);
    }

    /// Rounded to so many decimals (at most 15), halves away from zero, without trailing zeros.
    pub(crate) fn rounded(&mut self, value: f64, decimals: u8) {
        let scaled = value * POWERS_OF_TEN[usize::from(decimals)];
        if scaled.abs() < EXACT {
            self.begin();
            self.units(scaled.round() as i64, decimals);
        } else {
            self.rounded_exactly(value, decimals);
        }
    }

    /// As [`Json::rounded`], for an angle of 0 to 360 degrees: what rounds to a whole turn is 0.
    pub(crate) fn rounded_turn(&mut self, value_deg: f64, decimals: u8) {
        let turn = 360.0 * POWERS_OF_TEN[usize::from(decimals)];
        let rounds_up = (value_deg * POWERS_OF_TEN[usize::from(decimals)]).round() >= turn;
        self.rounded(if rounds_up { 0.0 } else { value_deg }, decimals);
    }

    /// A whole number of units of the last decimal.
    fn units(&mut self, units: i64, decimals: u8) {
        if units < 0 {
            self.0.push(b'-');
        }
        let units = units.unsigned_abs();
        let scale = 10_u64.pow(u32::from(decimals));
        let mut digits = [b'0'; 20];
        let whole = write_digits(&mut digits, units / scale, 1);
        self.0.extend_from_slice(whole);
        let mut digits = [b'0'; 20];
        let fraction = write_digits(&mut digits, units % scale, usize::from(decimals));
        let kept = fraction.iter().rposition(|digit| *digit != b'0').map_or(1, |last| last + 1);
        self.0.push(b'.');
        self.0.extend_from_slice(fraction.get(..kept).unwrap_or(b"0"));
    }

    /// The slow way, for numbers whose last decimal a double no longer counts in ones: those that need no more decimals
    /// to be read back are complete without more.
    fn rounded_exactly(&mut self, value: f64, decimals: u8) {
        let shortest = value.to_string();
        let needed = shortest.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        if !value.is_finite() || needed <= usize::from(decimals) {
            return self.full(value);
        }
        self.begin();
        let start = self.0.len();
        // Writing into memory does not fail.
        let _ = write!(self.0, "{:.*}", usize::from(decimals), value);
        if self.0[start..].contains(&b'.') {
            while self.0.ends_with(b"0") && !self.0.ends_with(b".0") {
                self.0.pop();
            }
        }
        self.point(start);
    }

    /// Gives a number that was written from `start` on its point.
    fn point(&mut self, start: usize) {
        if !self.0[start..].contains(&b'.') {
            self.0.extend_from_slice(b".0");
        }
    }
}

/// The digits of a number at the end of the array, at least `width` of them.
fn write_digits(digits: &mut [u8; 20], mut value: u64, width: usize) -> &[u8] {
    let mut at = digits.len();
    while value > 0 {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
    }
    &digits[at.min(digits.len() - width)..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Json)) -> String {
        let mut json = Json::with_capacity(16);
        write(&mut json);
        String::from_utf8(json.into_bytes()).unwrap()
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
            (1.005, 15, "1.005"),
            (359.123_456_789_012_3, 15, "359.1234567890123"),
            (39.481_234_567_890_12, 12, "39.48123456789"),
            (12_345.678_9, 12, "12345.6789"),
        ] {
            assert_eq!(written(|json| json.rounded(value, decimals)), text, "{value}");
        }
        let huge = written(|json| json.rounded(1e300, 0));
        assert!(huge.ends_with(".0") && huge.parse() == Ok(1e300), "{huge}");
    }

    #[test]
    fn a_whole_turn_is_none() {
        assert_eq!(written(|json| json.rounded_turn(359.999_999_999_6, 9)), "0.0");
        assert_eq!(written(|json| json.rounded_turn(359.999_999_999_4, 9)), "359.999999999");
        assert_eq!(written(|json| json.rounded_turn(359.6, 0)), "0.0");
        assert_eq!(written(|json| json.rounded_turn(359.999_999_999_999_94, 13)), "0.0");
    }

    #[test]
    fn full_numbers_have_no_exponent_and_read_back() {
        for value in [0.0, -0.0, 1e-17, 2_461_120.106_25, 69.184, 1e22, -1.5e-9] {
            let text = written(|json| json.full(value));
            assert!(
                !text.contains(['e', 'E']) && !text.starts_with("-0.0\u{0}") && text.contains('.'),
                "{text}"
            );
            assert_eq!(text.parse::<f64>().unwrap(), value);
        }
        assert_eq!(written(|json| json.full(-0.0)), "0.0");
        assert_eq!(written(|json| json.full(f64::NAN)), "null");
        assert_eq!(written(|json| json.rounded(f64::INFINITY, 9)), "null");
    }

    #[test]
    fn commas_fall_into_place() {
        let text = written(|json| {
            json.open(b'{');
            json.key("a").open(b'[');
            json.rounded(1.5, 3);
            json.null();
            json.close(b']');
            json.key("b").string("x\"\n");
            json.key("c").truth(true);
            json.key("d").integer(7);
            json.key("e").raw(b"{}");
            json.close(b'}');
        });
        assert_eq!(text, "{\"a\":[1.5,null],\"b\":\"x\\\"\\n\",\"c\":true,\"d\":7,\"e\":{}}");
    }

    #[test]
    fn rounding_agrees_with_exact_arithmetic() {
        let mut value = 0.000_012_345_6;
        while value < 360.0 {
            let exact: f64 = format!("{value:.9}").parse().unwrap();
            let ours: f64 = written(|json| json.rounded(value, 9)).parse().unwrap();
            assert!((exact - ours).abs() < 1.1e-9, "{value}");
            value = value * 1.013 + 0.000_1;
        }
    }
}
