//! The lots of a chart.

use std::borrow::Cow;
use std::ops::Range;

use orrery_almanac::events::{Finder, Phase, What};
use orrery_almanac::lots::{Point, Selection};
use orrery_almanac::motion::Ephemeris;
use orrery_almanac::{Error, Houses, Sect, Varying, WireBody};
use orrery_format::TtDay;

use super::Cast;
use super::written::write_along;
use crate::answer::events::words;
use crate::answer::ground::{Beyond, Ground, Search, Seen};
use crate::picture::{self, Glyph};
use crate::query::{Asked, CastQuery, Lots, SkyQuery, When};
use crate::text::json::Json;
use crate::wire::problem::Problem;

/// The lot that has a glyph of its own.
const FORTUNE: &str = "fortune";

/// Houses that formulas can name.
const HOUSES: usize = 12;

/// Days to look back for a new or a full Moon: half a lunation has at most 15.6 (J. Meeus, *More Mathematical Astronomy Morsels*,
/// chapter 4).
const LOOK_BACK_DAYS: f64 = 16.0;

/// Writes `lots`, with the refusals of those that cannot be reckoned in their places. Where there is none that can, and nothing
/// else is told (`is_alone`), the first refusal is all.
pub(super) fn write(
    json: &mut Json,
    ground: &mut Ground<'_>,
    query: &CastQuery,
    lots: &Lots,
    cast: &Cast,
    is_alone: bool,
) -> Result<(), Beyond> {
    let Some(houses) = cast.houses() else { return Ok(()) };
    let sect = cast.sect(query);
    let places = places(ground, query, &lots.selection, cast, houses, sect)?;
    if is_alone
        && places.iter().all(Result::is_err)
        && let Some(Err(error)) = places.first()
    {
        return Err(error.clone().into());
    }
    json.key("lots").open(b'[');
    for (lot, place) in lots.selection.lots().zip(places) {
        let formula = if sect == Some(Sect::Night) { &lot.night } else { &lot.day };
        json.open(b'{');
        json.key("lot").string(&lot.name);
        match place {
            Ok(place) => {
                write_along(json, place, query.sky.precision);
                json.key("house").integer(houses.house_of(place.value).into());
            }
            Err(error) => {
                json.key("problem").verbatim(&Problem::from(error).body());
            }
        }
        json.key("formula").string(formula);
        json.close(b'}');
    }
    json.close(b']');
    Ok(())
}

/// The lots as they are drawn, where there are any, and what to say of those that cannot be reckoned.
pub(super) fn drawn(
    ground: &mut Ground<'_>,
    query: &CastQuery,
    lots: &Lots,
    cast: &Cast,
) -> Result<(Vec<picture::Point>, Option<String>), Beyond> {
    let Some(houses) = cast.houses() else { return Ok((Vec::new(), None)) };
    let places = places(ground, query, &lots.selection, cast, houses, cast.sect(query))?;
    let (mut points, mut missing) = (Vec::new(), Vec::new());
    for (lot, place) in lots.selection.lots().zip(places) {
        let name = words(&lot.name).to_lowercase();
        let Ok(place) = place else {
            missing.push(name);
            continue;
        };
        points.push(picture::Point {
            glyph: if lot.name == FORTUNE { Glyph::Fortune } else { Glyph::lettered(&lot.name) },
            name: format!("Lot of {name}"),
            longitude_deg: place.value,
            range_deg: None,
            // It goes round with the ascendant.
            longitude_speed: None,
            house: Some(houses.house_of(place.value)),
        });
    }
    let told = (!missing.is_empty()).then(|| format!("Lots that cannot be reckoned: {}", missing.join(", ")));
    Ok((points, told))
}

/// Where the lots are.
fn places(
    ground: &mut Ground<'_>,
    query: &CastQuery,
    selection: &Selection,
    cast: &Cast,
    houses: &Houses,
    sect: Option<Sect>,
) -> Result<Vec<Result<Varying, Error>>, Beyond> {
    let syzygy =
        if selection.points().contains(&Point::Syzygy) { syzygy(ground, query, cast)? } else { None };
    Ok(selection.evaluate(sect, |point| match point {
        Point::Body(body) => cast.body(query, body).map(Seen::longitude),
        Point::Angle(angle) => Some(houses.angle(angle)),
        // Sectors are no houses.
        Point::Cusp(house) if houses.cusps().len() == HOUSES => {
            houses.cusps().get(usize::from(house).wrapping_sub(1)).copied()
        }
        Point::Cusp(_) => None,
        Point::Syzygy => syzygy,
    }))
}

/// Where the Moon was at the last new or full Moon, in the zodiac of the query; `None` where nobody knows. It stays where it is.
fn syzygy(ground: &mut Ground<'_>, query: &CastQuery, cast: &Cast) -> Result<Option<Varying>, Beyond> {
    let search = LastLunation { at: cast.scene.instant.tt };
    let Some(jd_tt) = ground.search(query.asked(), &[WireBody::MOON, WireBody::SUN], &search)? else {
        return Ok(None);
    };
    let moon = SkyQuery { bodies: Cow::Borrowed(&[WireBody::MOON]), ..(*query.sky).clone() };
    let scene = ground.scene(Asked { sky: &moon, ..query.asked() }, When::Tt(TtDay(jd_tt)))?;
    Ok(scene.bodies.first().map(|moon| Varying::constant(moon.place.at[0])))
}

/// The last new or full Moon before an instant, a Julian day of TT.
struct LastLunation {
    at: TtDay,
}

impl Search for LastLunation {
    type Found = Option<f64>;

    fn search<E: Ephemeris>(&self, finder: &Finder<'_, E>, _: bool) -> Result<Option<f64>, E::Error> {
        let at = self.at.jd();
        let mut last = None;
        for event in finder.between(at - LOOK_BACK_DAYS, at).lunations() {
            let event = event?;
            if matches!(event.what, What::Lunation { phase: Phase::NewMoon | Phase::FullMoon, .. }) {
                last = Some(event.jd_tt);
            }
        }
        Ok(last)
    }

    fn is_whole(&self, found: &Option<f64>) -> bool {
        found.is_some()
    }

    fn span(&self, found: &Option<f64>) -> Range<f64> {
        found.unwrap_or(self.at.jd())..self.at.jd()
    }
}
