//! Charts: the sky over a place at an instant, and what follows from it.

use std::borrow::Cow;

use orrery_almanac::aspect::{Placed, Point};
use orrery_almanac::{Angle, Houses, Instant, LocalSky, Varying, WireBody};
use orrery_format::TtDay;

use crate::answer::ground::{Beyond, Ground, Scene, Seen};
use crate::query::{Asked, AspectRules, CastQuery, SkyQuery, When};

mod compatibility;
mod composite;
mod divided;
mod drawn;
mod found;
mod houses;
mod lots;
mod moved_on;
mod natal;
mod pair;
mod patterns;
mod perfection;
mod progressions;
mod returns;
mod tradition;
mod transits;
mod written;

pub(crate) use compatibility::{write as write_compatibility, write_match};
pub(crate) use composite::write as write_composite;
pub(crate) use divided::write as write_divided;
pub(crate) use drawn::{draw, draw_synastry};
pub(crate) use pair::write as write_synastry;
pub(crate) use progressions::write as write_progressions;
pub(crate) use returns::write as write_returns;
pub(crate) use transits::write as write_transits;
pub(crate) use written::{write, write_told};

/// A chart that is cast: what all that is told of it follows from.
pub(crate) struct Cast {
    pub(crate) scene: Scene,
    /// The sky over the place, and how it is divided; `None` without a place, and where the time of day is not known.
    pub(crate) local: Option<(LocalSky, Houses)>,
    /// The Moon's longitudes at the day's first moment and at its end, where the time of day is not known and the Moon is asked for.
    pub(crate) moon_range_deg: Option<[f64; 2]>,
}

impl Cast {
    /// Casts a chart.
    pub(crate) fn new(ground: &mut Ground<'_>, query: &CastQuery) -> Result<Cast, Beyond> {
        let asked = query.asked();
        let Some(day) = &query.day else {
            let scene = ground.scene(asked, query.time.when)?;
            let local = match (query.site, query.division) {
                (Some(site), Some(division)) => Some(houses::divided(&scene, query, &site, division)?),
                _ => None,
            };
            return Ok(Cast { scene, local, moon_range_deg: None });
        };
        let [start, end] = [ground.instant(asked, day.start)?, ground.instant(asked, day.end)?];
        // Noon, from which no moment of the day is farther than half of it.
        let noon = TtDay(f64::midpoint(start.tt.jd(), end.tt.jd()));
        let scene = ground.scene(asked, When::Tt(noon))?;
        // Of whom nothing is asked nothing is read: the tag of a reply is that of the bodies that are asked for.
        if !query.sky.bodies.contains(&WireBody::MOON) {
            return Ok(Cast { scene, local: None, moon_range_deg: None });
        }
        let moon = SkyQuery { bodies: Cow::Borrowed(&[WireBody::MOON]), ..(*query.sky).clone() };
        let moon = Asked { sky: &moon, ..asked };
        let mut at = |instant: Instant| -> Result<f64, Beyond> {
            let scene = ground.scene(moon, When::Tt(instant.tt))?;
            Ok(scene.bodies.first().map_or(f64::NAN, |moon| moon.place.at[0]))
        };
        Ok(Cast { moon_range_deg: Some([at(start)?, at(end)?]), scene, local: None })
    }

    /// The houses, if there are any.
    pub(crate) fn houses(&self) -> Option<&Houses> {
        self.local.as_ref().map(|(_, houses)| houses)
    }

    /// An angle's longitude with its change a day, where there are angles.
    pub(crate) fn angle(&self, angle: Angle) -> Option<Varying> {
        self.houses().map(|houses| houses.angle(angle))
    }

    /// A body with where it is seen.
    pub(crate) fn body(&self, query: &CastQuery, body: WireBody) -> Option<&Seen> {
        let nth = query.sky.bodies.iter().position(|other| *other == body)?;
        self.scene.bodies.get(nth)
    }

    /// Whether it is known where a point is: of the Moon no more is than a range, where the time of day is not known.
    pub(crate) fn knows(&self, point: Point) -> bool {
        self.moon_range_deg.is_none() || point != Point::Body(WireBody::MOON)
    }

    /// What takes part in aspects: bodies in the order of the query, then angles.
    pub(crate) fn points(&self, query: &CastQuery, rules: &AspectRules) -> Vec<(Point, Placed)> {
        let bodies = query.bodies().iter().zip(&self.scene.bodies);
        let bodies = bodies.map(|(body, seen)| (Point::Body(*body), seen.longitude()));
        let angles =
            rules.angles.iter().filter_map(|angle| Some((Point::Angle(*angle), self.angle(*angle)?)));
        let placed = |(point, longitude)| (point, rules.orbs.place(point, longitude));
        bodies.chain(angles).map(placed).collect()
    }
}

impl Seen {
    /// Its longitude in the zodiac, degrees, with its change a day.
    pub(crate) fn longitude(&self) -> Varying {
        Varying::new(self.place.at[0], self.place.speed[0])
    }
}
