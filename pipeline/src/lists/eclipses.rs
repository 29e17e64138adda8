//! Eclipses of the Sun and of the Moon, over all that the tables know.

use std::collections::HashMap;
use std::ops::Range;

use orrery_almanac::CivilDate;
use orrery_almanac::eclipses::{
    Lunation, Phase, TabulatedLuminaries, lunar_eclipse_of, saros, solar_eclipse_of,
};
use orrery_format::eclipse::{LunarEclipse, SolarEclipse};
use orrery_format::{Body, Center, Dataset, Miss, Product, TtDay};
use serde_json::json;

use super::Derivation;
use crate::error::PipelineError;
use crate::live::{Live, Unknown};

pub mod audit;

/// The list `solar_eclipses`.
#[derive(Clone, Copy, Debug)]
pub struct Solar;

/// The list `lunar_eclipses`.
#[derive(Clone, Copy, Debug)]
pub struct Lunar;

/// Lunations of a saros.
const SAROS: i32 = 223;

/// Days before and after an eclipse that the search looks at.
const REACH_DAYS: f64 = 1.0;

fn products() -> Vec<Product> {
    vec![Product::Nutation, Product::Place(Center::Geo, Body::Sun), Product::Place(Center::Geo, Body::Moon)]
}

fn parameters() -> serde_json::Value {
    json!({ "definitions": "Five Millennium Canons of Espenak and Meeus" })
}

/// Places in their series, of eclipses in the order of their lunations: one more than that of the eclipse a saros before.
struct Members(HashMap<i32, u16>);

impl Members {
    fn of(
        &mut self,
        Lunation(number): Lunation,
        first: impl FnOnce() -> Result<u16, Unknown>,
    ) -> Result<u16, PipelineError> {
        let place = match self.0.get(&(number - SAROS)) {
            Some(before) => before + 1,
            None => first().map_err(|unknown| PipelineError::Underivable {
                list: "eclipses",
                what: format!("how the saros began before the tables do: {unknown}"),
            })?,
        };
        self.0.insert(number, place);
        Ok(place)
    }
}

/// Every eclipse of a span, of which one of the finders finds that of a lunation, with its instant.
fn all<T>(
    list: &'static str,
    (start, end): (f64, f64),
    phase: Phase,
    mut of: impl FnMut(Lunation) -> Result<Option<(f64, T)>, Miss>,
    mut finish: impl FnMut(Lunation, T) -> Result<T, PipelineError>,
) -> Result<Vec<T>, PipelineError> {
    let span: Range<TtDay> = TtDay(start)..TtDay(end);
    let mut found = Vec::new();
    for lunation in Lunation::within(&span, phase) {
        let eclipse = of(lunation)
            .map_err(|miss| PipelineError::Underivable { list, what: format!("{lunation:?}: {miss}") })?;
        if let Some((greatest_jd_tt, eclipse)) = eclipse
            && (start..end).contains(&greatest_jd_tt)
        {
            found.push(finish(lunation, eclipse)?);
        }
    }
    Ok(found)
}

impl Derivation for Solar {
    type Entry = SolarEclipse;

    const METHOD_VERSION: u32 = 1;
    const REACH_DAYS: f64 = REACH_DAYS;
    const MARGIN_DAYS: f64 = REACH_DAYS;

    fn products() -> Vec<Product> {
        products()
    }

    fn window(_: CivilDate) -> Result<Option<(f64, f64)>, PipelineError> {
        Ok(None)
    }

    fn parameters() -> serde_json::Value {
        parameters()
    }

    fn entries(
        dataset: &Dataset,
        live: &mut Live,
        _: (f64, f64),
        span: (f64, f64),
    ) -> Result<Vec<SolarEclipse>, PipelineError> {
        let mut sky = TabulatedLuminaries(dataset);
        let mut members = Members(HashMap::new());
        let of = |lunation| {
            let eclipse = solar_eclipse_of(&mut sky, lunation)?;
            Ok(eclipse.map(|eclipse| (eclipse.greatest_jd_tt, eclipse)))
        };
        all("solar_eclipses", span, Phase::New, of, |lunation, eclipse| {
            let saros_member = members.of(lunation, || saros::solar_member(live, lunation))?;
            Ok(SolarEclipse { saros_member, ..eclipse })
        })
    }
}

impl Derivation for Lunar {
    type Entry = LunarEclipse;

    const METHOD_VERSION: u32 = 1;
    const REACH_DAYS: f64 = REACH_DAYS;
    const MARGIN_DAYS: f64 = REACH_DAYS;

    fn products() -> Vec<Product> {
        products()
    }

    fn window(_: CivilDate) -> Result<Option<(f64, f64)>, PipelineError> {
        Ok(None)
    }

    fn parameters() -> serde_json::Value {
        parameters()
    }

    fn entries(
        dataset: &Dataset,
        live: &mut Live,
        _: (f64, f64),
        span: (f64, f64),
    ) -> Result<Vec<LunarEclipse>, PipelineError> {
        let mut sky = TabulatedLuminaries(dataset);
        let mut members = Members(HashMap::new());
        let of = |lunation| {
            let eclipse = lunar_eclipse_of(&mut sky, lunation)?;
            Ok(eclipse.map(|eclipse| (eclipse.greatest_jd_tt, eclipse)))
        };
        all("lunar_eclipses", span, Phase::Full, of, |lunation, eclipse| {
            let saros_member = members.of(lunation, || saros::lunar_member(live, lunation))?;
            Ok(LunarEclipse { saros_member, ..eclipse })
        })
    }
}
