//! The one chart that two are made into.

use bytes::Bytes;
use orrery_almanac::aspect::{Placed, Point};
use orrery_almanac::composite::{self, Meridian, midpoint};
use orrery_almanac::davison::{self, Event, HalfWay};
use orrery_almanac::{Angle, Error, HouseSystem, Houses, LocalSky, Site, Varying, WireBody};

use super::Cast;
use super::houses::divided_at;
use super::pair::{self, write_chart};
use super::written::{write_along, write_aspect, write_houses, write_positions};
use crate::answer::evaluate::no_number;
use crate::answer::ground::{Beyond, Ground, Names, Seen};
use crate::answer::render::{number, write_time};
use crate::query::{AspectRules, CHARTS, CompositeQuery, Division, Made, Precision, TimeQuery, When};
use crate::text::json::Json;
use crate::wire::problem::Problem;

/// Writes the whole reply.
pub(crate) fn write(
    ground: &mut Ground<'_>,
    query: &CompositeQuery,
    format: &str,
    names: &Names,
) -> Result<Bytes, Beyond> {
    let casts = pair::cast(ground, &query.pair.casts)?;
    let mut json = Json::new();
    json.verbatim(b"{\"query\":").verbatim(query.written(format).as_bytes());
    for ((name, query), cast) in CHARTS.into_iter().zip(&query.pair.casts).zip(&casts) {
        write_chart(json.key(name), ground, query, cast);
    }
    match query.made {
        Made::Midpoint { meridian, reference_lat_deg } => {
            write_midpoints(&mut json, query, &casts, meridian, reference_lat_deg)?;
        }
        Made::Davison { half_way } => write_davison(&mut json, ground, query, &casts, half_way)?,
    }
    ground.write_provenance(&mut json, names);
    json.close(b'}');
    Ok(json.into_bytes())
}

/// Writes the chart whose places are half way between those of two.
fn write_midpoints(
    json: &mut Json,
    query: &CompositeQuery,
    casts: &[Cast; 2],
    meridian: Meridian,
    reference_lat_deg: Option<f64>,
) -> Result<(), Beyond> {
    let pair = &query.pair;
    let houses = match (&casts[0].local, &casts[1].local) {
        (Some((first, of_first)), Some((second, of_second))) => Some(match reference_lat_deg {
            None => {
                let [of_first, of_second] = in_one_system(query, casts, [of_first, of_second])?;
                composite::houses(&of_first, &of_second, meridian).map_err(|error| {
                    // One system was asked for, and it fails for both: these are their fallbacks.
                    Problem::from(error).parameter("second.fallback").hint("give both the same fallback")
                })?
            }
            Some(latitude_deg) => divided([first, second], query, latitude_deg)?,
        }),
        _ => None,
    };
    let place = |body: WireBody| {
        let [a, b] = [0, 1].map(|nth| casts[nth].body(&pair.casts[nth], body).map(Seen::longitude));
        Some(midpoint(a?, b?))
    };
    let places: Vec<_> = query.bodies.iter().filter_map(|body| Some((*body, place(*body)?))).collect();
    json.key("positions").open(b'[');
    for (body, place) in &places {
        json.open(b'{');
        json.key("body").string(&body.name());
        write_along(json, *place, pair.precision);
        json.key("retrograde").truth(place.rate < 0.0);
        if let Some(houses) = &houses {
            json.key("house").integer(houses.house_of(place.value).into());
        }
        json.close(b'}');
    }
    json.close(b']');
    if let Some(houses) = &houses {
        write_houses(json.key("houses"), houses, None, pair.precision);
    }
    let bodies = places.into_iter().map(|(body, place)| (Point::Body(body), place));
    let angles = houses.iter().flat_map(|houses| {
        pair.rules.angles.iter().map(|angle| (Point::Angle(*angle), houses.angle(*angle)))
    });
    let placed = |(point, place): (Point, Varying)| (point, pair.rules.orbs.place(point, place));
    let is_known = |point: Point| casts.iter().all(|cast| cast.knows(point));
    write_aspects(json, &pair.rules, bodies.chain(angles).map(placed).collect(), is_known, pair.precision);
    Ok(())
}

/// The houses of both charts in one system: where one of them has those of its fallback, the other is divided by that too. Only where
/// both have fallbacks that differ are they of two.
fn in_one_system(
    query: &CompositeQuery,
    casts: &[Cast; 2],
    houses: [&Houses; 2],
) -> Result<[Houses; 2], Beyond> {
    let [first, second] = houses.map(|houses| houses.system);
    let asked = query.pair.casts[0].division.map(|division| division.system);
    let mut both = houses.map(|houses| *houses);
    // Which of them lies where its system does not fail.
    let other = match asked {
        Some(asked) if first != second && first == asked => 0,
        Some(asked) if first != second && second == asked => 1,
        _ => return Ok(both),
    };
    let (cast, query) = (&casts[other], &query.pair.casts[other]);
    let fallen = Division { system: both[1 - other].system, fallback: None };
    if let (Some((local, _)), Some(site)) = (&cast.local, query.site) {
        let divided = divided_at(&cast.scene, query, local.armc, site.latitude_deg, fallen);
        let (_, divided) = divided.map_err(|beyond| beyond.within(CHARTS[other]))?;
        both[other] = divided;
    }
    Ok(both)
}

/// Houses at a latitude, of the sidereal time at which the midpoint of two midheavens culminates. The obliquity is half way too. Where
/// the system of the charts fails there, the fallback of the first or else of the second divides it.
fn divided(local: [&LocalSky; 2], query: &CompositeQuery, latitude_deg: f64) -> Result<Houses, Beyond> {
    let [first, second] = local;
    let mc = |sky: &LocalSky| sky.houses(HouseSystem::Equal).map(|houses| houses.angle(Angle::Mc));
    let half = |a: f64, b: f64| f64::midpoint(a, b);
    let obliquity = Varying::new(
        half(first.obliquity.value, second.obliquity.value),
        half(first.obliquity.rate, second.obliquity.rate),
    );
    let armc = composite::sidereal_time(mc(first)?, mc(second)?, obliquity);
    let sky = LocalSky { armc, latitude_deg, obliquity, sun_declination: None };
    let divisions = query.pair.casts.each_ref().map(|cast| cast.division.unwrap_or_default());
    let fallback = divisions.iter().find_map(|division| division.fallback);
    let houses = match (sky.houses(divisions[0].system), fallback) {
        (Err(Error::NoHouses { .. }), Some(fallback)) => sky.houses(fallback),
        (houses, _) => houses,
    };
    Ok(houses.map_err(|error| {
        Problem::from(error).parameter("reference_lat").hint(
            "give a latitude nearer to the equator, another house_system for both charts, or one of them fallback=porphyry",
        )
    })?)
}

/// Writes the chart that is cast half way between two.
fn write_davison(
    json: &mut Json,
    ground: &mut Ground<'_>,
    query: &CompositeQuery,
    casts: &[Cast; 2],
    half_way: HalfWay,
) -> Result<(), Beyond> {
    let pair = &query.pair;
    let event = |nth: usize| {
        let instant = &casts[nth].scene.instant;
        // A chart without a place was refused when it was read.
        let site = pair.casts[nth].site.ok_or_else(|| no_number(instant.tt))?;
        Ok::<_, Beyond>(Event { ut: instant.ut, site })
    };
    let Event { ut, site } = davison::between(&event(0)?, &event(1)?, half_way)
        .map_err(|error| Problem::from(error).parameter("half_way"))?;
    let first = &pair.casts[0];
    let time = TimeQuery::of(When::Ut(ut), first.time.calendar);
    let query = first.moved(time, site, &query.bodies).rounded(pair.precision);
    // It is divided, and answered, as the first says.
    let cast = Cast::new(ground, &query).map_err(|beyond| beyond.within(CHARTS[0]))?;
    write_time(json, &query.time, &cast.scene.instant, &ground.generation.leaps);
    write_place(json, &site);
    write_positions(json, &query, &cast);
    if let Some(houses) = cast.houses() {
        let asked = query.division.map(|division| division.system);
        write_houses(json.key("houses"), houses, asked, query.sky.precision);
    }
    let points = cast.points(&query, &pair.rules);
    write_aspects(json, &pair.rules, points, |point| cast.knows(point), pair.precision);
    Ok(())
}

fn write_place(json: &mut Json, site: &Site) {
    json.key("place").open(b'{');
    number(json.key("lat"), site.latitude_deg, None);
    number(json.key("lon"), site.longitude_deg, None);
    number(json.key("alt"), site.altitude_m, None);
    json.close(b'}');
}

/// Writes `aspects` of the points of one chart, with whether it is known where each of them is.
pub(super) fn write_aspects(
    json: &mut Json,
    rules: &AspectRules,
    points: Vec<(Point, Placed)>,
    knows: impl Fn(Point) -> bool,
    precision: Precision,
) {
    let (points, placed): (Vec<Point>, Vec<_>) = points.into_iter().unzip();
    json.key("aspects").open(b'[');
    for found in rules.ready.within(&placed) {
        json.open(b'{');
        let [a, b] = [found.a, found.b].map(|nth| points[nth]);
        write_aspect(json, &found, [&a.name(), &b.name()], knows(a) && knows(b), precision);
        json.close(b'}');
    }
    json.close(b']');
}
