//! Quantities that are one function or the sum or the difference of two: those that are asked for most.

use orrery_format::Center;

use super::Quantity;
use crate::motion::{Ephemeris, Function, Stretch};

/// A function, and what is added to it or taken away from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sum {
    first: Function,
    second: Option<(Sign, Function)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Plus,
    Minus,
}

impl Quantity {
    /// The quantity as a sum, if it is one.
    pub(super) fn sum(self) -> Option<Sum> {
        use Function::{Distance, Latitude, Longitude, NutationInLongitude};
        let geo = Center::Geo;
        let (first, second) = match self {
            Quantity::Longitude(body) => (Longitude(geo, body), Some((Sign::Plus, NutationInLongitude))),
            Quantity::Sidereal(body, ayanamsa) if !ayanamsa.is_frame() => {
                (Longitude(geo, body), Some((Sign::Minus, Function::Ayanamsa(ayanamsa))))
            }
            Quantity::Ahead(a, b) => (Longitude(geo, a), Some((Sign::Minus, Longitude(geo, b)))),
            Quantity::Latitude(body) => (Latitude(geo, body), None),
            Quantity::Distance(center, body) => (Distance(center, body), None),
            _ => return None,
        };
        Some(Sum { first, second })
    }
}

impl Sum {
    /// On the stretch that both share; `None` where one of them begins or ends.
    pub(super) fn stretch<E: Ephemeris>(
        &self,
        ephemeris: &E,
        jd_tt: f64,
    ) -> Result<Option<Stretch>, E::Error> {
        let mut found = ephemeris.stretch(self.first, jd_tt)?;
        let Some((sign, function)) = self.second else { return Ok(found) };
        let Some(sum) = &mut found else { return Ok(None) };
        let Some(mut other) = ephemeris.stretch(function, jd_tt)? else { return Ok(None) };
        let start = sum.start_jd_tt.max(other.start_jd_tt);
        let end = sum.end_jd_tt.min(other.end_jd_tt);
        sum.narrow(start, end);
        other.narrow(start, end);
        match sign {
            Sign::Plus => sum.series += &other.series,
            Sign::Minus => sum.series -= &other.series,
        }
        Ok(found)
    }

    /// From when to when that stretch lasts.
    pub(super) fn lasts<E: Ephemeris>(
        &self,
        ephemeris: &E,
        jd_tt: f64,
    ) -> Result<Option<(f64, f64)>, E::Error> {
        let first = ephemeris.lasts(self.first, jd_tt)?;
        let (Some(own), Some((_, function))) = (first, self.second) else { return Ok(first) };
        let other = ephemeris.lasts(function, jd_tt)?;
        Ok(other.map(|other| (own.0.max(other.0), own.1.min(other.1))))
    }

    /// At an instant; `None` where one of them is not known.
    pub(super) fn value<E: Ephemeris>(&self, ephemeris: &E, jd_tt: f64) -> Result<Option<f64>, E::Error> {
        let Some(first) = ephemeris.value(self.first, jd_tt)? else { return Ok(None) };
        let Some((sign, function)) = self.second else { return Ok(Some(first)) };
        let second = ephemeris.value(function, jd_tt)?;
        Ok(second.map(|second| match sign {
            Sign::Plus => first + second,
            Sign::Minus => first - second,
        }))
    }
}
