//! Events of two bodies' longitudes or declinations: aspects, phases of the Moon, conjunctions and oppositions with the Sun.

use std::cell::Cell;

use orrery_format::{Body, Center};

use super::what::Partner;
use super::{ConjunctionKind, Events, Finder, Phase, What};
use crate::aspect::Aspect;
use crate::bodies::WireBody;
use crate::crossings::{Crossing, Levels};
use crate::curve::{Curve, Quantity};
use crate::motion::Ephemeris;

/// Every way in which one body can be ahead of another for an aspect, degrees, with the aspect.
pub(super) fn ways(aspects: &[Aspect]) -> Vec<(f64, Aspect)> {
    aspects.iter().flat_map(|&aspect| aspect.ahead_deg().map(move |ahead| (ahead, aspect))).collect()
}

/// Since when and until when an angle is within its orb; `None` beyond what is known.
type Within = [Option<f64>; 2];

/// The last such period that was found for each level: slow bodies are exact several times in one.
struct Last(Vec<Cell<Option<Within>>>);

impl Last {
    fn of(levels: usize) -> Last {
        Last(vec![Cell::new(None); levels])
    }

    /// The period that a crossing lies in: the last of its level, or one that is to be found.
    fn or<E>(&self, crossing: &Crossing, find: impl FnOnce() -> Result<Within, E>) -> Result<Within, E> {
        let last = &self.0[crossing.level];
        if let Some(within @ [since, until]) = last.get()
            && since.is_none_or(|since| since < crossing.jd_tt)
            && until.is_none_or(|until| crossing.jd_tt < until)
        {
            return Ok(within);
        }
        let within = find()?;
        last.set(Some(within));
        Ok(within)
    }
}

impl<'e, E: Ephemeris> Finder<'e, E> {
    /// Aspects of two bodies; with an orb in degrees, also since when and until when they are within it.
    #[must_use]
    pub fn aspects(
        &self,
        a: WireBody,
        b: WireBody,
        aspects: &[Aspect],
        orb_deg: Option<f64>,
    ) -> Events<'e, E::Error> {
        let curve = Curve::of(Quantity::Ahead(a, b));
        let ways = ways(aspects);
        let found = self.when(curve, ways.iter().map(|way| way.0).collect());
        let last = Last::of(ways.len());
        self.tell(found, move |finder, crossing| {
            let (ahead_deg, aspect) = ways[crossing.level];
            Ok(Some(What::Aspect {
                a,
                b: Partner::Body(b),
                aspect,
                longitude_deg: finder.longitude_deg(a, crossing.jd_tt)?,
                partner_longitude_deg: finder.longitude_deg(b, crossing.jd_tt)?,
                within: orb_deg
                    .map(|orb| last.or(&crossing, || finder.within(curve, ahead_deg, orb, crossing.jd_tt)))
                    .transpose()?,
            }))
        })
    }

    /// Aspects of a body to a longitude, degrees, in the zodiac.
    #[must_use]
    pub fn aspects_to_point(
        &self,
        body: WireBody,
        point_deg: f64,
        aspects: &[Aspect],
        orb_deg: Option<f64>,
    ) -> Events<'e, E::Error> {
        let curve = Curve::of(self.longitude(body));
        let ways: Vec<_> = ways(aspects)
            .into_iter()
            .map(|(ahead, aspect)| ((point_deg + ahead).rem_euclid(360.0), aspect))
            .collect();
        let found = self.when(curve, ways.iter().map(|way| way.0).collect());
        let last = Last::of(ways.len());
        self.tell(found, move |finder, crossing| {
            let (at_deg, aspect) = ways[crossing.level];
            Ok(Some(What::Aspect {
                a: body,
                b: Partner::Point(point_deg),
                aspect,
                longitude_deg: at_deg,
                partner_longitude_deg: point_deg,
                within: orb_deg
                    .map(|orb| last.or(&crossing, || finder.within(curve, at_deg, orb, crossing.jd_tt)))
                    .transpose()?,
            }))
        })
    }

    /// Since when and until when an angle is within an orb of a value that it has at an instant.
    fn within(&self, curve: Curve, value_deg: f64, orb_deg: f64, jd_tt: f64) -> Result<Within, E::Error> {
        if orb_deg <= 0.0 {
            return Ok([Some(jd_tt); 2]);
        }
        let edges = [value_deg - orb_deg, value_deg + orb_deg].map(|edge| edge.rem_euclid(360.0));
        let since = self.last_before(curve, &edges, jd_tt)?;
        let until = self.first_after(curve, &edges, jd_tt)?;
        Ok([since, until].map(|edge| edge.map(|crossing| crossing.jd_tt)))
    }

    /// New Moons, full Moons and quarters.
    #[must_use]
    pub fn lunations(&self) -> Events<'e, E::Error> {
        let curve = Curve::of(Quantity::Ahead(WireBody::MOON, WireBody::SUN));
        let found = self.crossings(curve, Levels::every(&curve, Phase::ALL.len() as u16));
        self.tell(found, |finder, crossing| {
            let longitude_deg = finder.longitude_deg(WireBody::MOON, crossing.jd_tt)?;
            Ok(Some(What::Lunation { phase: Phase::ALL[crossing.level], longitude_deg }))
        })
    }

    /// When a body passes the Sun in longitude.
    #[must_use]
    pub fn conjunctions(&self, body: WireBody) -> Events<'e, E::Error> {
        let found = self.when(Curve::of(Quantity::Ahead(body, WireBody::SUN)), vec![0.0]);
        self.tell(found, move |finder, crossing| {
            let kind = finder.kind_of_conjunction(body, crossing.jd_tt)?;
            let longitude_deg = finder.longitude_deg(body, crossing.jd_tt)?;
            Ok(Some(What::Conjunction { body, kind, longitude_deg }))
        })
    }

    /// Whether Mercury or Venus, at a conjunction, is before the Sun or behind it.
    pub(super) fn kind_of_conjunction(
        &self,
        body: WireBody,
        jd_tt: f64,
    ) -> Result<Option<ConjunctionKind>, E::Error> {
        if !matches!(body, WireBody::Tabulated(Body::Mercury | Body::Venus)) {
            return Ok(None);
        }
        let distance = |body| self.value(Quantity::Distance(Center::Geo, body), jd_tt);
        let is_before = distance(body)? < distance(WireBody::SUN)?;
        Ok(Some(if is_before { ConjunctionKind::Inferior } else { ConjunctionKind::Superior }))
    }

    /// When a body is opposite to the Sun in longitude.
    #[must_use]
    pub fn oppositions(&self, body: WireBody) -> Events<'e, E::Error> {
        let found = self.when(Curve::of(Quantity::Ahead(body, WireBody::SUN)), vec![180.0]);
        self.tell(found, move |finder, crossing| {
            Ok(Some(What::Opposition { body, longitude_deg: finder.longitude_deg(body, crossing.jd_tt)? }))
        })
    }

    /// When two bodies are as far from the equator, on one side of it or on either.
    #[must_use]
    pub fn parallels(&self, a: WireBody, b: WireBody, contra: bool) -> Events<'e, E::Error> {
        let quantity = if contra { Quantity::Contraparallel(a, b) } else { Quantity::Parallel(a, b) };
        let found = self.when(Curve::of(quantity), vec![0.0]);
        self.tell(found, move |finder, crossing| {
            let sine = finder.value(Quantity::SineOfDeclination(a), crossing.jd_tt)?;
            Ok(Some(What::Parallel { a, b, contra, declination_deg: sine.asin().to_degrees() }))
        })
    }
}
