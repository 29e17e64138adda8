//! Houses by themselves: every system, and where in one bodies are.

use bytes::Bytes;
use orrery_almanac::frames::wrap_deg;
use orrery_almanac::{HouseSystem, Houses, LocalSky, Varying};
use orrery_swisseph::LiveSky;

use super::Cast;
use super::written::write_houses;
use crate::answer::ground::{Beyond, Ground, Names};
use crate::answer::render::{along, decimals, number, write_time};
use crate::query::{HousesQuery, Unit};
use crate::text::decimal;
use crate::text::json::Json;

/// Writes the whole reply.
pub(crate) fn write(
    ground: &mut Ground<'_>,
    query: &HousesQuery,
    format: &str,
    names: &Names,
) -> Result<Bytes, Beyond> {
    let cast = Cast::new(ground, &query.cast)?;
    let mut json = Json::new();
    json.verbatim(b"{\"query\":").verbatim(query.written(format).as_bytes());
    write_time(&mut json, &query.cast.time, &cast.scene.instant, &ground.generation.leaps);
    if let Some((local, houses)) = &cast.local {
        let asked = query.cast.division.map(|division| division.system);
        write_houses(json.key("houses"), houses, asked, query.cast.sky.precision);
        write_bodies(&mut json, query, &cast, local, houses);
        write_systems(&mut json, query, local);
    }
    ground.write_provenance(&mut json, names);
    json.close(b'}');
    Ok(json.into_bytes())
}

/// Writes `bodies`: in which house each is by its longitude, as charts have it, and how far through a house by the division of the
/// sky itself, which takes its latitude for what it is. Where that is a division of the ecliptic, it is of the zodiac's: the
/// library would count from the tropical signs.
fn write_bodies(json: &mut Json, query: &HousesQuery, cast: &Cast, local: &LocalSky, houses: &Houses) {
    let decimals = decimals(query.cast.sky.precision, Unit::Degrees);
    let charted = &cast.scene.charted;
    let nutation = Varying::new(charted.nutation.dpsi_deg, charted.nutation.dpsi_speed);
    let (counting, begin) = match &charted.sidereal {
        None => (*local, Varying::default()),
        Some(zodiac) => local.counting(zodiac, nutation),
    };
    let sky = LiveSky {
        armc_deg: counting.armc.value,
        latitude_deg: counting.latitude_deg,
        obliquity_deg: counting.obliquity.value,
        sun_declination_deg: counting.sun_declination.map(|declination| declination.value),
    };
    let position_of = |[longitude_deg, latitude_deg]: [f64; 2]| {
        if houses.system.divides_ecliptic() {
            return Some(houses.position_of(longitude_deg));
        }
        let from_node_deg = wrap_deg(longitude_deg + begin.value);
        // The library has none for some systems and places.
        sky.house_position(houses.system.letter(), from_node_deg, latitude_deg).ok()
    };
    json.key("bodies").open(b'[');
    for (body, seen) in query.cast.bodies().iter().zip(&cast.scene.bodies) {
        let [longitude_deg, latitude_deg, _] = seen.place.at;
        json.open(b'{');
        json.key("body").string(&body.name());
        number(json.key("longitude"), along(longitude_deg, decimals).0, decimals);
        number(json.key("latitude"), latitude_deg, decimals);
        json.key("house").integer(houses.house_of(longitude_deg).into());
        match position_of([longitude_deg, latitude_deg]) {
            Some(position) => {
                let position = round(position, houses.system.count(), decimals);
                number(json.key("house_position"), position, decimals);
            }
            None => json.key("house_position").null(),
        }
        json.close(b'}');
    }
    json.close(b']');
}

/// How far round houses something is, counted from 1 and to be rounded to so many decimals: what rounds to the end of the last house
/// is at the beginning of the first.
fn round(position: f64, count: usize, decimals: Option<u8>) -> f64 {
    let shown = decimals.map_or(position, |decimals| decimal::nearest(position, decimals));
    if shown >= count as f64 + 1.0 { 1.0 } else { position }
}

/// Writes `systems`: all that there are, and where each divides the sky.
fn write_systems(json: &mut Json, query: &HousesQuery, local: &LocalSky) {
    let decimals = decimals(query.cast.sky.precision, Unit::Degrees);
    json.key("systems").open(b'[');
    for system in HouseSystem::ALL {
        json.open(b'{');
        json.key("system").string(system.name());
        json.key("letter").string(system.letter().encode_utf8(&mut [0; 4]));
        json.key("count").integer(system.count() as i64);
        match local.limit_deg(system) {
            Some(limit_deg) => number(json.key("limit_latitude"), limit_deg, decimals),
            None => json.key("limit_latitude").null(),
        }
        json.close(b'}');
    }
    json.close(b']');
}
