//! How two charts go together, and how signs do.

use bytes::Bytes;
use orrery_almanac::compatibility::signs::SignMatch;
use orrery_almanac::compatibility::{Places, Score};
use orrery_almanac::zodiac::{InSign, Sign};
use orrery_almanac::{Angle, WireBody};
use orrery_format::Body;

use super::Cast;
use super::pair::{self, write_chart};
use crate::answer::evaluate::no_number;
use crate::answer::ground::{Beyond, Ground, Names};
use crate::answer::render::{decimals, number};
use crate::query::{CHARTS, CastQuery, CompatibilityQuery, Unit};
use crate::text::json::Json;

/// Writes the whole reply.
pub(crate) fn write(
    ground: &mut Ground<'_>,
    query: &CompatibilityQuery,
    format: &str,
    names: &Names,
) -> Result<Bytes, Beyond> {
    let [first, second] = &query.pair.casts;
    let casts = pair::cast(ground, &query.pair.casts)?;
    let places = [places(&casts[0], first)?, places(&casts[1], second)?];
    let mut json = Json::new();
    json.verbatim(b"{\"query\":").verbatim(query.written(format).as_bytes());
    for ((name, query), cast) in CHARTS.into_iter().zip(&query.pair.casts).zip(&casts) {
        write_chart(json.key(name), ground, query, cast);
    }
    write_score(&mut json, query, &Score::of(&places[0], &places[1]));
    let [one, other] = places.map(|places| InSign::of(places.sun_deg).sign);
    write_match(json.key("signs"), one, other);
    ground.write_provenance(&mut json, names);
    json.close(b'}');
    Ok(json.into_bytes())
}

/// Where in a chart what counts is.
fn places(cast: &Cast, query: &CastQuery) -> Result<Places, Beyond> {
    let place = |body| {
        let seen = cast.body(query, body).ok_or_else(|| no_number(cast.scene.instant.tt))?;
        Ok::<_, Beyond>(seen.place.at[0])
    };
    Ok(Places {
        sun_deg: place(WireBody::SUN)?,
        moon_deg: place(WireBody::MOON)?,
        venus_deg: place(WireBody::Tabulated(Body::Venus))?,
        mars_deg: place(WireBody::Tabulated(Body::Mars))?,
        ascendant_deg: cast.angle(Angle::Ascendant).map(|ascendant| ascendant.value),
    })
}

/// Writes the score with its parts.
fn write_score(json: &mut Json, query: &CompatibilityQuery, score: &Score) {
    let decimals = decimals(query.pair.precision, Unit::Degrees);
    json.key("score").integer(score.total().into());
    json.key("description").string(score.description());
    if let Some(mode) = score.shared_mode {
        json.key("shared_mode").string(mode.name());
    }
    json.key("parts").open(b'[');
    for part in &score.parts {
        json.open(b'{');
        json.key("rule").string(part.rule);
        json.key("points").integer(part.points.into());
        if let Some(bond) = part.bond {
            json.key("first").string(bond.first.name());
            json.key("second").string(bond.second.name());
            json.key("aspect").string(bond.aspect.name());
            number(json.key("orb"), bond.orb_deg, decimals);
        }
        json.close(b'}');
    }
    json.close(b']');
}

/// Writes how two signs go together.
pub(crate) fn write_match(json: &mut Json, first: Sign, second: Sign) {
    let found = SignMatch::of(first, second);
    json.open(b'{');
    json.key("first").string(first.name());
    json.key("second").string(second.name());
    json.key("score").integer(found.total().into());
    for (name, points) in
        [("element", found.element), ("mode", found.mode), ("angle", found.angle), ("rulers", found.rulers)]
    {
        json.key(name).integer(points.into());
    }
    json.close(b'}');
}
