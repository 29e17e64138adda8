//! When the aspects of a chart are exact, and whether they come to it.

use std::cell::Cell;
use std::ops::Range;

use orrery_almanac::aspect::perfection::{Exact, LookedUp, Perfection, Perfects, Prospect};
use orrery_almanac::aspect::{Found, Point};
use orrery_almanac::events::{Finder, Partner};
use orrery_almanac::motion::Ephemeris;
use orrery_format::TtDay;

use crate::answer::ground::Search;

/// Days that are looked ahead and back where polynomials have to be laid through live places first.
const LIVE_DAYS: f64 = 64.0;

/// The perfections of a chart's aspects.
pub(super) struct Perfections<'a> {
    pub(super) at: TtDay,
    pub(super) points: &'a [Point],
    pub(super) aspects: &'a [Found],
    /// What was looked up in the tables for other charts, and is for this one.
    pub(super) looked_up: Cell<LookedUp>,
}

impl Search for Perfections<'_> {
    /// One for each aspect; `None` for those of angles, which the Earth carries round within a day.
    type Found = Vec<Option<Perfection>>;

    fn search<E: Ephemeris>(&self, finder: &Finder<'_, E>, is_live: bool) -> Result<Self::Found, E::Error> {
        let mut prospect = Prospect::new(finder, self.at.jd());
        // What comes of the live source is of another ephemeris.
        prospect =
            if is_live { prospect.limited(LIVE_DAYS) } else { prospect.knowing(self.looked_up.take()) };
        let of = |found: &Found| match [self.points[found.a], self.points[found.b]] {
            [Point::Body(a), Point::Body(b)] => {
                prospect.perfection(a, Partner::Body(b), found.ahead_deg).map(Some)
            }
            _ => Ok(None),
        };
        let perfections = self.aspects.iter().map(of).collect();
        if !is_live {
            self.looked_up.set(prospect.into_looked_up());
        }
        perfections
    }

    fn is_whole(&self, found: &Self::Found) -> bool {
        let is_open = |perfection: &Perfection| {
            matches!(perfection.exact, Exact::Unknown { .. })
                || matches!(perfection.perfects, Some(Perfects::Unknown { .. }))
        };
        !found.iter().flatten().any(is_open)
    }

    fn span(&self, found: &Self::Found) -> Range<f64> {
        let at = self.at.jd();
        let instants = found.iter().flatten().flat_map(|perfection| {
            let exact = match perfection.exact {
                Exact::At(jd_tt) => Some(jd_tt),
                Exact::NotWithin { .. } | Exact::Unknown { .. } => None,
            };
            let hindered = match perfection.perfects {
                Some(Perfects::No { because }) => Some(because.jd_tt()),
                _ => None,
            };
            exact.into_iter().chain(hindered)
        });
        instants.fold(at..at, |span, jd_tt| span.start.min(jd_tt)..span.end.max(jd_tt))
    }
}
