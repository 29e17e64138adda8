//! Eclipses of the Sun and of the Moon, over all that the tables know.

use std::collections::HashMap;
use std::marker::PhantomData;

use orrery_almanac::CivilDate;
use orrery_almanac::eclipses::saros::{self, SAROS};
use orrery_almanac::eclipses::{Eclipse, Lunation, TabulatedLuminaries, eclipses_within};
use orrery_format::eclipse::{LunarEclipse, SolarEclipse};
use orrery_format::list::Entry;
use orrery_format::{Body, Center, Dataset, Product, TtDay};
use orrery_swisseph::seams::FileKind;
use serde_json::json;

use super::Derivation;
use crate::error::PipelineError;
use crate::live::{Live, Unknown};

pub mod audit;
pub mod parts;

use parts::Part;

/// The list of a kind of eclipses.
#[derive(Clone, Copy, Debug)]
pub struct Eclipses<T>(PhantomData<T>);

/// The list `solar_eclipses`.
pub type Solar = Eclipses<SolarEclipse>;

/// The list `lunar_eclipses`.
pub type Lunar = Eclipses<LunarEclipse>;

/// What a list of eclipses is of.
pub trait Listed: Eclipse + Entry {
    /// The eclipse with its place in the saros, which what finds it does not know; 0 where no one does.
    #[must_use]
    fn with_member(self, saros_member: u16) -> Self;

    /// All that an entry says, part by part.
    fn parts(&self) -> Vec<Part>;
}

/// Days before and after an eclipse that the search looks at.
const REACH_DAYS: f64 = 1.0;

impl<T: Listed> Derivation for Eclipses<T> {
    type Entry = T;

    const METHOD_VERSION: u32 = 1;
    const REACH_DAYS: f64 = REACH_DAYS;
    const MARGIN_DAYS: f64 = REACH_DAYS;

    /// Where a saros began before the tables do, its beginning is looked for in the Sun and the Moon of the source.
    const FILES_BEFORE: &'static [FileKind] = &[FileKind::Planets, FileKind::Moon];

    fn products() -> Vec<Product> {
        let places = [Body::Sun, Body::Moon].map(|body| Product::Place(Center::Geo, body));
        std::iter::once(Product::Nutation).chain(places).collect()
    }

    fn window(_: CivilDate) -> Result<Option<(f64, f64)>, PipelineError> {
        Ok(None)
    }

    fn parameters() -> serde_json::Value {
        json!({ "definitions": "Five Millennium Canons of Espenak and Meeus" })
    }

    fn entries(
        dataset: &Dataset,
        live: &mut Live,
        _: (f64, f64),
        (start, end): (f64, f64),
    ) -> Result<Vec<T>, PipelineError> {
        let underivable = |what: String| PipelineError::Underivable { list: T::LIST.name(), what };
        let mut members = Members::default();
        let mut sky = TabulatedLuminaries(dataset);
        eclipses_within::<T, _>(&mut sky, TtDay(start)..TtDay(end))
            .map(|found| {
                let (lunation, eclipse) = found.map_err(|miss| underivable(miss.to_string()))?;
                let member = members.of(lunation, || saros::member::<T, _>(live, lunation));
                let member = member.map_err(|unknown| {
                    underivable(format!("how the saros began before the tables do: {unknown}"))
                })?;
                Ok(eclipse.with_member(member))
            })
            .collect()
    }
}

/// Places in their series, of eclipses in the order of their lunations: one more than that of the eclipse a saros before.
///
/// 0 stands for an unknown one: of series that began before any source knows, and so of all that follow in them.
#[derive(Debug, Default)]
struct Members(HashMap<Lunation, u16>);

impl Members {
    fn of(
        &mut self,
        lunation: Lunation,
        counted: impl FnOnce() -> Result<u16, Unknown>,
    ) -> Result<u16, Unknown> {
        let place = match self.0.get(&Lunation(lunation.0 - SAROS)) {
            Some(0) => 0,
            Some(before) => before + 1,
            None => match counted() {
                Err(unknown) if unknown.is_beyond() => 0,
                counted => counted?,
            },
        };
        self.0.insert(lunation, place);
        Ok(place)
    }
}

#[cfg(test)]
mod tests {
    use orrery_swisseph::{LiveBody, LiveError};

    use super::*;

    #[test]
    fn places_are_counted_on_from_those_that_are_known() {
        let beyond = || {
            let (body, jd_tt) = (LiveBody::Moon, 600_000.5);
            Err(Unknown::Live(LiveError::OutsideFiles { body, jd_tt, start_jd: 625_000.5, end_jd: 3e6 }))
        };
        let is_known = || -> Result<u16, Unknown> { panic!("counted again") };
        let mut members = Members::default();
        assert_eq!(members.of(Lunation(-30_000), || Ok(7)), Ok(7));
        assert_eq!(members.of(Lunation(-29_953), beyond), Ok(0));
        for nth in 1..60 {
            assert_eq!(members.of(Lunation(-30_000 + SAROS * nth), is_known), Ok(7 + nth as u16));
            assert_eq!(members.of(Lunation(-29_953 + SAROS * nth), is_known), Ok(0), "an unknown one counts");
        }
        // Whatever else the source says is no knowledge.
        let not_finite = || Unknown::Live(LiveError::NotFinite { value: f64::INFINITY });
        assert_eq!(members.of(Lunation(-29_900), || Err(not_finite())), Err(not_finite()));
        assert_eq!(members.of(Lunation(-29_900), || Ok(1)), Ok(1));
    }
}
