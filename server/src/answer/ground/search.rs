//! Searches in time: in the tables, and where these do not know in the live source.

use std::ops::Range;

use orrery_almanac::events::Finder;
use orrery_almanac::motion::{Ephemeris, Sampled, Tables};
use orrery_almanac::{Instant, WireBody};
use orrery_format::{Center, Product, TtDay};

use super::limited::{Ended, Limited};
use super::{Beyond, Ground, too_long};
use crate::answer::events::eclipses::{self, Eclipse};
use crate::answer::events::places::FromFiles;
use crate::answer::events::reach::{beyond, tabulated};
use crate::answer::plan::only_live;
use crate::answer::tables::Extent;
use crate::query::{Asked, SourceChoice, When};
use crate::wire::problem::Problem;

/// Something that is looked for in time.
pub(crate) trait Search {
    /// What is found.
    type Found;

    /// Whether it keeps what the tables have told of it, and looks live for the rest alone.
    const KEEPS: bool = false;

    /// Looks for it. The finder knows how far its ephemeris reaches.
    ///
    /// # Errors
    /// Where the ephemeris does not know.
    fn search<E: Ephemeris>(&self, finder: &Finder<'_, E>, is_live: bool) -> Result<Self::Found, E::Error>;

    /// Whether all of it is there: something may be open at the end of what is known, which more would tell.
    fn is_whole(&self, found: &Self::Found) -> bool {
        let _ = found;
        true
    }

    /// Instants that must be known for anything to be told, Julian days of TT, with the parameters that name them.
    fn ends(&self) -> Vec<(&'static str, f64)> {
        Vec::new()
    }

    /// Refuses what is too much to be looked for live.
    ///
    /// # Errors
    /// The refusal.
    fn check_live(&self) -> Result<(), Problem> {
        Ok(())
    }

    /// The time that what was found depends on, Julian days of TT.
    fn span(&self, found: &Self::Found) -> Range<f64>;
}

impl Ground<'_> {
    /// Looks for something that bodies do, seen from the Earth's centre, in the zodiac of a query.
    pub(crate) fn search<S: Search>(
        &mut self,
        asked: Asked<'_>,
        bodies: &[WireBody],
        search: &S,
    ) -> Result<S::Found, Beyond> {
        let ends = search.ends();
        let outside = |known: (f64, f64)| {
            ends.iter().find(|(_, jd_tt)| !(known.0..=known.1).contains(jd_tt)).map(|(name, _)| *name)
        };
        let (source, ayanamsa) = (asked.sky.source, asked.sky.view.ayanamsa());
        if source != SourceChoice::Live {
            let dataset = &self.generation.dataset;
            let known = tabulated(dataset, products(bodies));
            let known = (known.start, known.end);
            let beyond_tables = outside(known).filter(|_| known.0 < known.1);
            if let Some(name) = beyond_tables.filter(|_| source == SourceChoice::Table) {
                return Err(beyond(asked.sky, None, name, &(known.0..known.1)).into());
            }
            let found = if beyond_tables.is_some() {
                Err("the tables do not reach so far".to_owned())
            } else if known.0 < known.1 {
                let tables = Limited::new(Tables::new(dataset), self.until);
                let finder = Finder::new(&tables, known, known, ayanamsa);
                match search.search(&finder, false) {
                    Ok(found) => Ok(found),
                    Err(Ended::Late) => return Err(too_long().into()),
                    Err(Ended::Unknown(unknown)) => Err(unknown.to_string()),
                }
            } else {
                Err("no table has all of the bodies that it is looked for in".to_owned())
            };
            match found {
                Ok(found) => {
                    // Without a live source there is nobody to ask for more.
                    let is_all = source == SourceChoice::Table || self.is_alone || search.is_whole(&found);
                    if is_all || S::KEEPS {
                        let products = products(bodies).unwrap_or_default();
                        let span = search.span(&found);
                        let extent = Extent::of_search(&products, &[], source, self.generation);
                        self.used.add_extent(&extent.within(&span, self.generation));
                    }
                    if is_all {
                        return Ok(found);
                    }
                }
                Err(unknown) if source == SourceChoice::Table => return Err(only_live(&unknown).into()),
                Err(_) => {}
            }
        }
        let (Some(live), Some(until)) = (&mut self.live, self.until) else { return Err(Beyond::Tables) };
        let known = live.known.clone();
        let reach = (known.start, known.end);
        if let Some(name) = outside(reach) {
            return Err(beyond(asked.sky, None, name, &known).into());
        }
        search.check_live()?;
        let sky = FromFiles { session: &mut *live.session, asked, known, until };
        let sampled = Sampled::new(sky);
        let found = search.search(&Finder::new(&sampled, reach, reach, ayanamsa), true)?;
        self.used.add_files();
        Ok(found)
    }

    /// The eclipses that are greatest in a range of Julian days of TT, in order of time: from the tables' lists, and by the Sun and
    /// the Moon where these do not reach.
    pub(crate) fn eclipses(&mut self, asked: Asked<'_>, range: &Range<f64>) -> Result<Vec<Eclipse>, Beyond> {
        let source = asked.sky.source;
        if source != SourceChoice::Live {
            match eclipses::by_tables(&self.generation.dataset, range, None) {
                Ok(found) => {
                    self.used.has_tables = true;
                    return Ok(found);
                }
                Err(miss) if source == SourceChoice::Table => return Err(only_live(&miss.to_string()).into()),
                Err(_) => {}
            }
        }
        let (Some(live), Some(until)) = (&mut self.live, self.until) else { return Err(Beyond::Tables) };
        let known = live.known.clone();
        let mut sky = FromFiles { session: &mut *live.session, asked, known, until };
        let found = eclipses::live(&mut sky, range, None)?;
        self.used.add_files();
        Ok(found)
    }

    /// The instant of a Julian day of TT that was found.
    pub(crate) fn dated(&mut self, asked: Asked<'_>, jd_tt: f64) -> Result<Instant, Beyond> {
        self.instant(asked, When::Tt(TtDay(jd_tt)))
    }
}

/// The tables that a search of bodies' longitudes reads; `None` where one of them has none.
fn products(bodies: &[WireBody]) -> Option<Vec<Product>> {
    let mut products = vec![Product::Nutation, Product::EarthRotation];
    for body in bodies {
        products.push(Product::Place(Center::Geo, body.tabulated()?.0));
    }
    Some(products)
}
