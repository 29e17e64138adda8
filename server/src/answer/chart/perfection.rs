//! When the aspects of a chart are exact, and whether they come to it.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use orrery_almanac::WireBody;
use orrery_almanac::aspect::perfection::{Exact, LookedUp, Perfection, Perfects, Prospect};
use orrery_almanac::aspect::{Found, Point};
use orrery_almanac::events::{Finder, Partner};
use orrery_almanac::motion::Ephemeris;

use super::Cast;
use crate::answer::ground::Search;

/// Days that are looked ahead and back where polynomials have to be laid through live places first.
const LIVE_DAYS: f64 = 64.0;

/// The perfections of a chart's aspects.
pub(super) struct Perfections<'a> {
    cast: &'a Cast,
    points: &'a [Point],
    aspects: &'a [Found],
    /// What was looked up in the tables for other charts, and is for this one.
    pub(super) looked_up: Cell<LookedUp>,
    /// What the tables have told for good, aspect by aspect: the live source is asked for the others alone.
    told: RefCell<Vec<Option<Perfection>>>,
}

impl<'a> Perfections<'a> {
    pub(super) fn new(cast: &'a Cast, points: &'a [Point], aspects: &'a [Found]) -> Perfections<'a> {
        Perfections { cast, points, aspects, looked_up: Cell::default(), told: RefCell::default() }
    }

    /// The bodies whose aspects are looked for.
    pub(super) fn bodies(&self) -> Vec<WireBody> {
        if !self.aspects.iter().any(|found| self.pair(found).is_some()) {
            return Vec::new();
        }
        self.points.iter().filter_map(|point| self.body(*point)).collect()
    }

    /// The two whose aspect it is; `None` where nothing is looked for.
    fn pair(&self, found: &Found) -> Option<[WireBody; 2]> {
        Some([self.body(self.points[found.a])?, self.body(self.points[found.b])?])
    }

    /// The body that a point is. Angles the Earth carries round within a day, and when a body that is somewhere in a range comes to
    /// something does not follow from where it is at midday.
    fn body(&self, point: Point) -> Option<WireBody> {
        point.body().filter(|_| self.cast.knows(point))
    }

    fn at_jd_tt(&self) -> f64 {
        self.cast.scene.instant.tt.jd()
    }

    /// Whether more may be known of it than the tables know, which end before the live source would be done.
    fn is_open(&self, perfection: &Perfection) -> bool {
        match perfection.exact {
            Exact::Unknown { end_jd_tt } => (end_jd_tt - self.at_jd_tt()).abs() < LIVE_DAYS,
            Exact::At(_) | Exact::NotWithin { .. } => false,
        }
    }
}

impl Search for Perfections<'_> {
    /// One for each aspect; `None` for those of which nothing is looked for.
    type Found = Vec<Option<Perfection>>;

    const KEEPS: bool = true;

    fn search<E: Ephemeris>(&self, finder: &Finder<'_, E>, is_live: bool) -> Result<Self::Found, E::Error> {
        let mut prospect = Prospect::new(finder, self.at_jd_tt());
        // What comes of the live source is of another ephemeris.
        prospect =
            if is_live { prospect.limited(LIVE_DAYS) } else { prospect.knowing(self.looked_up.take()) };
        let told = if is_live { self.told.take() } else { Vec::new() };
        let of = |(nth, found): (usize, &Found)| match (told.get(nth), self.pair(found)) {
            (Some(Some(perfection)), _) => Ok(Some(*perfection)),
            (_, Some([a, b])) => prospect.perfection(a, Partner::Body(b), found.ahead_deg).map(Some),
            (_, None) => Ok(None),
        };
        let perfections: Result<Self::Found, _> = self.aspects.iter().enumerate().map(of).collect();
        if !is_live {
            self.looked_up.set(prospect.into_looked_up());
            let whole = perfections.iter().flatten().map(|found| found.filter(|found| !self.is_open(found)));
            self.told.replace(whole.collect());
        }
        perfections
    }

    fn is_whole(&self, found: &Self::Found) -> bool {
        !found.iter().flatten().any(|perfection| self.is_open(perfection))
    }

    fn span(&self, found: &Self::Found) -> Range<f64> {
        let at = self.at_jd_tt();
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
