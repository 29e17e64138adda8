//! Numbers and vectors that change: each carries its change a day beside its value.
//!
//! Whatever is computed from them carries its exact derivative along, by the rules of differentiation, so that a speed is
//! always the derivative of the position beside it and never a difference of two positions.

use std::ops::{Add, Div, Mul, Neg, Sub};

use orrery_format::State;

/// A number and its change a day.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Varying {
    /// The number.
    pub value: f64,
    /// Its change a day.
    pub rate: f64,
}

impl Varying {
    /// A number that changes.
    #[inline]
    #[must_use]
    pub const fn new(value: f64, rate: f64) -> Varying {
        Varying { value, rate }
    }

    /// A number that stays.
    #[inline]
    #[must_use]
    pub const fn constant(value: f64) -> Varying {
        Varying { value, rate: 0.0 }
    }

    /// The root. That of nothing changes by nothing.
    #[inline]
    #[must_use]
    pub fn sqrt(self) -> Varying {
        let root = self.value.sqrt();
        Varying { value: root, rate: if root > 0.0 { self.rate / (2.0 * root) } else { 0.0 } }
    }

    /// Sine and cosine of an angle in degrees.
    #[inline]
    #[must_use]
    pub fn sin_cos_deg(self) -> (Varying, Varying) {
        let (sin, cos) = self.value.to_radians().sin_cos();
        let rate = self.rate.to_radians();
        (Varying { value: sin, rate: cos * rate }, Varying { value: cos, rate: -sin * rate })
    }

    /// The angle in degrees, −90 to 90, that this is the sine of. What lies beyond ±1 counts as that, and there nothing changes.
    #[must_use]
    pub fn asin_deg(self) -> Varying {
        let sin = self.value.clamp(-1.0, 1.0);
        let cos = (1.0 - sin * sin).sqrt();
        let rate = if cos > 0.0 { (self.rate / cos).to_degrees() } else { 0.0 };
        Varying { value: sin.asin().to_degrees(), rate }
    }

    /// The angle in degrees, 0 to 180, that this is the cosine of; as [`Varying::asin_deg`] beyond ±1.
    #[must_use]
    pub fn acos_deg(self) -> Varying {
        Varying { value: self.value.clamp(-1.0, 1.0).acos().to_degrees(), rate: -self.asin_deg().rate }
    }

    /// The angle in degrees, −90 to 90, that this is the tangent of.
    #[must_use]
    pub fn atan_deg(self) -> Varying {
        let rate = self.rate / (1.0 + self.value * self.value);
        Varying { value: self.value.atan().to_degrees(), rate: rate.to_degrees() }
    }

    /// The direction in degrees, −180 to 180, of a point with this as its second coordinate and `x` as its first. Where both
    /// are nothing it is 0 and does not change.
    #[must_use]
    pub fn atan2_deg(self, x: Varying) -> Varying {
        let square = x.value * x.value + self.value * self.value;
        let rate = if square > 0.0 { (x.value * self.rate - self.value * x.rate) / square } else { 0.0 };
        Varying { value: self.value.atan2(x.value).to_degrees(), rate: rate.to_degrees() }
    }

    /// An angle in degrees brought to 0 ≤ x < 360.
    #[inline]
    #[must_use]
    pub fn wrapped_deg(self) -> Varying {
        Varying { value: crate::frames::wrap_deg(self.value), ..self }
    }
}

impl Neg for Varying {
    type Output = Varying;

    #[inline]
    fn neg(self) -> Varying {
        Varying { value: -self.value, rate: -self.rate }
    }
}

impl Add for Varying {
    type Output = Varying;

    #[inline]
    fn add(self, other: Varying) -> Varying {
        Varying { value: self.value + other.value, rate: self.rate + other.rate }
    }
}

impl Sub for Varying {
    type Output = Varying;

    #[inline]
    fn sub(self, other: Varying) -> Varying {
        Varying { value: self.value - other.value, rate: self.rate - other.rate }
    }
}

impl Mul for Varying {
    type Output = Varying;

    #[inline]
    fn mul(self, other: Varying) -> Varying {
        Varying { value: self.value * other.value, rate: self.rate * other.value + self.value * other.rate }
    }
}

impl Div for Varying {
    type Output = Varying;

    #[inline]
    fn div(self, other: Varying) -> Varying {
        let value = self.value / other.value;
        Varying { value, rate: (self.rate - value * other.rate) / other.value }
    }
}

impl Add<f64> for Varying {
    type Output = Varying;

    #[inline]
    fn add(self, other: f64) -> Varying {
        Varying { value: self.value + other, ..self }
    }
}

impl Mul<f64> for Varying {
    type Output = Varying;

    #[inline]
    fn mul(self, other: f64) -> Varying {
        Varying { value: self.value * other, rate: self.rate * other }
    }
}

/// A vector in space that changes, by its rectangular components.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Vector(pub [Varying; 3]);

impl Vector {
    /// From a place and its change a day.
    #[inline]
    #[must_use]
    pub fn new(at: [f64; 3], rate: [f64; 3]) -> Vector {
        Vector(std::array::from_fn(|c| Varying::new(at[c], rate[c])))
    }

    /// From spherical coordinates: the angle along the circle of reference and across it, degrees, and the distance.
    #[must_use]
    pub fn spherical(along_deg: Varying, across_deg: Varying, distance: Varying) -> Vector {
        let ((sin_l, cos_l), (sin_b, cos_b)) = (along_deg.sin_cos_deg(), across_deg.sin_cos_deg());
        let beside = distance * cos_b;
        Vector([beside * cos_l, beside * sin_l, distance * sin_b])
    }

    /// The place.
    #[inline]
    #[must_use]
    pub fn at(&self) -> [f64; 3] {
        self.0.map(|component| component.value)
    }

    /// Its change a day.
    #[inline]
    #[must_use]
    pub fn rate(&self) -> [f64; 3] {
        self.0.map(|component| component.rate)
    }

    /// The change a day as a vector that itself stays.
    #[inline]
    #[must_use]
    pub fn velocity(&self) -> Vector {
        Vector(self.0.map(|component| Varying::constant(component.rate)))
    }

    /// The inner product.
    #[inline]
    #[must_use]
    pub fn dot(&self, other: &Vector) -> Varying {
        let [a, b, c] = self.0;
        let [x, y, z] = other.0;
        a * x + b * y + c * z
    }

    /// The length.
    #[inline]
    #[must_use]
    pub fn length(&self) -> Varying {
        self.dot(self).sqrt()
    }

    /// Turned about the first axis, against the clock as seen from its end, by an angle given by its sine and cosine.
    #[inline]
    #[must_use]
    pub fn about_first(&self, sin: Varying, cos: Varying) -> Vector {
        let [x, y, z] = self.0;
        Vector([x, y * cos - z * sin, y * sin + z * cos])
    }

    /// Spherical coordinates: the angle along, 0 ≤ l < 360, the angle across, degrees, and the distance. At a pole no
    /// meridian is singled out: the angle along is 0 there and neither angle changes.
    #[must_use]
    pub fn to_spherical(&self) -> [Varying; 3] {
        let [x, y, z] = self.0;
        let distance = self.length();
        let beside = x.value.hypot(y.value);
        let (along_rate, across_rate) = if beside > 0.0 {
            let outward = (x.value * x.rate + y.value * y.rate) / beside;
            // Two divisions, since the square of a tiny distance from the axis would lose its digits.
            let along = (x.value / beside * y.rate - y.value / beside * x.rate) / beside;
            (along, (z.rate * beside - z.value * outward) / (distance.value * distance.value))
        } else {
            (0.0, 0.0)
        };
        [
            Varying::new(
                crate::frames::wrap_deg(y.value.atan2(x.value).to_degrees()),
                along_rate.to_degrees(),
            ),
            Varying::new(z.value.atan2(beside).to_degrees(), across_rate.to_degrees()),
            distance,
        ]
    }
}

/// The vector to a place, in the axes that its longitude and latitude are counted by.
impl From<&State> for Vector {
    fn from(state: &State) -> Vector {
        Vector::spherical(
            Varying::new(state.longitude_deg, state.longitude_speed),
            Varying::new(state.latitude_deg, state.latitude_speed),
            Varying::new(state.distance_au, state.distance_speed),
        )
    }
}

/// The place that a vector leads to.
impl From<&Vector> for State {
    fn from(vector: &Vector) -> State {
        let [longitude, latitude, distance] = vector.to_spherical();
        State {
            longitude_deg: longitude.value,
            latitude_deg: latitude.value,
            distance_au: distance.value,
            longitude_speed: longitude.rate,
            latitude_speed: latitude.rate,
            distance_speed: distance.rate,
        }
    }
}

impl Neg for Vector {
    type Output = Vector;

    #[inline]
    fn neg(self) -> Vector {
        Vector(self.0.map(Neg::neg))
    }
}

impl Add for Vector {
    type Output = Vector;

    #[inline]
    fn add(self, other: Vector) -> Vector {
        Vector(std::array::from_fn(|c| self.0[c] + other.0[c]))
    }
}

impl Sub for Vector {
    type Output = Vector;

    #[inline]
    fn sub(self, other: Vector) -> Vector {
        Vector(std::array::from_fn(|c| self.0[c] - other.0[c]))
    }
}

impl Mul<Varying> for Vector {
    type Output = Vector;

    #[inline]
    fn mul(self, by: Varying) -> Vector {
        Vector(self.0.map(|component| component * by))
    }
}

impl Div<Varying> for Vector {
    type Output = Vector;

    #[inline]
    fn div(self, by: Varying) -> Vector {
        Vector(self.0.map(|component| component / by))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The derivative of a function of time against a difference quotient of its values.
    fn assert_derivative(f: impl Fn(f64) -> Varying) {
        let (at, step) = (0.4, 1e-5);
        let quotient = (f(at + step).value - f(at - step).value) / (2.0 * step);
        assert!((f(at).rate - quotient).abs() < 1e-7, "{} is not {quotient}", f(at).rate);
    }

    fn moving(t: f64) -> Vector {
        let along = Varying::new(40.0 + 30.0 * t, 30.0);
        let across = Varying::new(-20.0 + 11.0 * t, 11.0);
        Vector::spherical(along, across, Varying::new(2.0 - 0.5 * t, -0.5))
    }

    #[test]
    fn rates_are_derivatives() {
        let number = |t: f64| Varying::new(3.0 + t * t, 2.0 * t);
        let other = |t: f64| Varying::new(1.0 - 2.0 * t, -2.0);
        assert_derivative(|t| number(t) * other(t));
        assert_derivative(|t| number(t) / (other(t) + 4.0));
        assert_derivative(|t| (number(t) - other(t)).sqrt());
        assert_derivative(|t| number(t).sin_cos_deg().0);
        assert_derivative(|t| -number(t).sin_cos_deg().1 * 3.0);
        assert_derivative(|t| (other(t) * 0.3).asin_deg());
        assert_derivative(|t| (other(t) * 0.3).acos_deg());
        assert_derivative(|t| number(t).atan_deg());
        assert_derivative(|t| (-number(t)).atan2_deg(other(t)).wrapped_deg());
        for component in 0..3 {
            assert_derivative(|t| moving(t).0[component]);
            assert_derivative(|t| moving(t).to_spherical()[component]);
            let (sin, cos) = Varying::constant(23.4).sin_cos_deg();
            assert_derivative(|t| moving(t).about_first(sin, cos).to_spherical()[component]);
        }
        assert_derivative(|t| moving(t).length());
    }

    #[test]
    fn angles_have_ends() {
        let beyond = Varying::new(1.1, 1.0);
        assert_eq!((beyond.asin_deg(), beyond.acos_deg()), (Varying::constant(90.0), Varying::constant(0.0)));
        assert_eq!(Varying::new(0.0, 1.0).atan2_deg(Varying::constant(0.0)), Varying::default());
        assert_eq!(Varying::new(-1e-300, 1.0).wrapped_deg(), Varying::new(0.0, 1.0));
    }

    #[test]
    fn spherical_coordinates_come_back() {
        let [along, across, distance] = moving(0.0).to_spherical();
        for (found, given) in [(along, (40.0, 30.0)), (across, (-20.0, 11.0)), (distance, (2.0, -0.5))] {
            assert!(
                (found.value - given.0).abs() < 1e-13 && (found.rate - given.1).abs() < 1e-12,
                "{found:?}"
            );
        }
    }

    #[test]
    fn a_pole_has_no_meridian() {
        let [along, across, distance] = Vector::new([0.0, 0.0, 2.0], [1.0, 0.0, 0.5]).to_spherical();
        assert_eq!((along, across), (Varying::default(), Varying::constant(90.0)));
        assert_eq!(distance, Varying::new(2.0, 0.5));
    }
}
