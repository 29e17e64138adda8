//! The air that an altitude is seen through.

use std::ops::RangeInclusive;

use orrery_almanac::Site;
use orrery_almanac::horizon::{Atmosphere, PRESSURES_HPA, TEMPERATURES_C, standard_pressure_hpa};

use super::params::Params;
use crate::wire::problem::{Code, Problem};

/// What a query says of the air; the rest is as usual at the place.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Air {
    pub(crate) pressure_hpa: Option<f64>,
    pub(crate) temperature_c: Option<f64>,
}

impl Air {
    /// Reads `pressure` and `temperature`, which must be of use for something.
    pub(crate) fn parse(params: &Params<'_>, is_of_use: bool) -> Result<Air, Problem> {
        let air = Air::read(params)?;
        match air.first_named() {
            Some(name) if !is_of_use => Err(Problem::new(
                Code::Contradiction,
                format!("{name} bends light near the horizon, and nothing that depends on it is asked for"),
            )
            .parameter(name)
            .hint("for altitudes with center=topo, lat and lon, add apparent_altitude to fields; or leave it out")),
            _ => Ok(air),
        }
    }

    /// The same for whoever knows whether they are of use.
    pub(crate) fn read(params: &Params<'_>) -> Result<Air, Problem> {
        let number = |name: &'static str, range: &RangeInclusive<f64>, unit: &str| {
            let given = params.number(name)?;
            match given.filter(|value| !range.contains(value)) {
                None => Ok(given),
                Some(value) => Err(Problem::new(Code::OutOfRange, format!("{name} is {value}"))
                    .parameter(name)
                    .hint(format!("give {name} from {} to {} {unit}", range.start(), range.end()))),
            }
        };
        Ok(Air {
            pressure_hpa: number("pressure", &PRESSURES_HPA, "hPa")?,
            temperature_c: number("temperature", &TEMPERATURES_C, "degrees Celsius")?,
        })
    }

    /// What the query says of it, by the name of its parameter.
    pub(crate) fn first_named(&self) -> Option<&'static str> {
        match (self.pressure_hpa, self.temperature_c) {
            (Some(_), _) => Some("pressure"),
            (None, Some(_)) => Some("temperature"),
            (None, None) => None,
        }
    }

    /// The air at a place.
    pub(crate) fn at(&self, site: &Site) -> Atmosphere {
        let pressure_hpa = self.pressure_hpa.unwrap_or_else(|| standard_pressure_hpa(site.altitude_m));
        let temperature_c = self.temperature_c.unwrap_or(Atmosphere::USUAL_TEMPERATURE_C);
        // What is within the ranges makes an atmosphere, and so does the usual.
        Atmosphere::new(pressure_hpa, temperature_c).unwrap_or_else(|| Atmosphere::usual_at(site.altitude_m))
    }
}
