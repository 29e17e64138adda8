//! Besselian elements as they are told.

use orrery_almanac::Instant;
use orrery_format::eclipse::Elements;

use crate::answer::events::eclipses::field;
use crate::answer::events::fields::Value;

/// The names of the polynomials, in the order in which they are told.
pub(crate) const POLYNOMIALS: [&str; 8] = ["x", "y", "d", "mu", "l1", "l2", "tan_f1", "tan_f2"];

/// Elements, whose origin is this instant.
pub(super) fn fields(elements: &Elements, t0: Instant) -> Value {
    let Elements { reach_h, x, y, d_deg, mu_deg, l1, l2, tan_f1, tan_f2, .. } = elements;
    let polynomials: [&[f64]; POLYNOMIALS.len()] = [x, y, d_deg, mu_deg, l1, l2, tan_f1, tan_f2];
    let told = POLYNOMIALS.into_iter().zip(polynomials);
    let told = told.map(|(name, polynomial)| field(name, Value::Coefficients(polynomial.to_vec())));
    let origin = [field("t0", Value::Instant(t0)), field("reach_h", Value::Whole(*reach_h as i16))];
    Value::Members(origin.into_iter().chain(told).collect())
}
