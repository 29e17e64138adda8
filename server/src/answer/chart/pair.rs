//! Two charts beside each other: whose bodies are where in the other's houses, and which aspects they make.

use bytes::Bytes;
use orrery_almanac::aspect::Point;

use super::Cast;
use super::written::{write_aspect, write_houses, write_positions};
use crate::answer::ground::{Beyond, Ground, Names};
use crate::answer::render::write_time;
use crate::query::{CHARTS, CastQuery, PairQuery};
use crate::text::json::Json;

/// Writes the whole reply.
pub(crate) fn write(
    ground: &mut Ground<'_>,
    query: &PairQuery,
    format: &str,
    names: &Names,
) -> Result<Bytes, Beyond> {
    let casts = cast(ground, &query.casts)?;
    let mut json = Json::new();
    json.verbatim(b"{\"query\":").verbatim(query.written(format).as_bytes());
    for ((name, query), cast) in CHARTS.into_iter().zip(&query.casts).zip(&casts) {
        write_chart(json.key(name), ground, query, cast);
    }
    write_aspects(&mut json, query, &casts);
    write_overlays(&mut json, query, &casts);
    ground.write_provenance(&mut json, names);
    json.close(b'}');
    Ok(json.into_bytes())
}

/// Casts both charts.
pub(super) fn cast(ground: &mut Ground<'_>, casts: &[CastQuery; 2]) -> Result<[Cast; 2], Beyond> {
    let mut one = |nth: usize| Cast::new(ground, &casts[nth]).map_err(|beyond| beyond.within(CHARTS[nth]));
    Ok([one(0)?, one(1)?])
}

/// Writes one of several charts as an object: what it was asked for, its instant, its bodies, its houses.
pub(super) fn write_chart(json: &mut Json, ground: &Ground<'_>, query: &CastQuery, cast: &Cast) {
    json.open(b'{');
    json.verbatim(b"\"query\":").verbatim(query.written().as_bytes());
    write_time(json, &query.time, &cast.scene.instant, &ground.generation.leaps);
    write_positions(json, query, cast);
    if let Some(houses) = cast.houses() {
        let asked = query.division.map(|division| division.system);
        write_houses(json.key("houses"), houses, asked, query.sky.precision);
    }
    json.close(b'}');
}

/// Writes `aspects` that points of the first make to points of the second.
fn write_aspects(json: &mut Json, query: &PairQuery, casts: &[Cast; 2]) {
    let points = |nth: usize| casts[nth].points(&query.casts[nth], &query.rules);
    let (first, first_placed): (Vec<Point>, Vec<_>) = points(0).into_iter().unzip();
    let (second, second_placed): (Vec<Point>, Vec<_>) = points(1).into_iter().unzip();
    json.key("aspects").open(b'[');
    for found in query.rules.ready.across(&first_placed, &second_placed) {
        json.open(b'{');
        let (a, b) = (first[found.a], second[found.b]);
        let is_known = casts[0].knows(a) && casts[1].knows(b);
        write_aspect(json, &found, [&a.name(), &b.name()], is_known, query.precision);
        json.close(b'}');
    }
    json.close(b']');
}

/// Writes `overlays`: in which of the other's houses the bodies of each are, where there are houses.
fn write_overlays(json: &mut Json, query: &PairQuery, casts: &[Cast; 2]) {
    json.key("overlays").open(b'{');
    for (name, guest, host) in [("first_in_second", 0, 1), ("second_in_first", 1, 0)] {
        let Some(houses) = casts[host].houses() else { continue };
        json.key(name).open(b'[');
        for (body, seen) in query.casts[guest].bodies().iter().zip(&casts[guest].scene.bodies) {
            json.open(b'{');
            json.key("body").string(&body.name());
            json.key("house").integer(houses.house_of(seen.place.at[0]).into());
            json.close(b'}');
        }
        json.close(b']');
    }
    json.close(b'}');
}
