//! Charts as JSON.

use bytes::Bytes;
use orrery_almanac::aspect::declination::{self, Declined};
use orrery_almanac::aspect::perfection::{Exact, Perfection, Perfects};
use orrery_almanac::aspect::{Found, Matrix, Movement, Placed, Point};
use orrery_almanac::frames::wrap_deg;
use orrery_almanac::zodiac::InSign;
use orrery_almanac::{Angle, Houses, Varying};

use super::perfection::Perfections;
use super::{Cast, lots, patterns, tradition};
use crate::answer::ground::{Beyond, Ground, Names, Seen};
use crate::answer::render::{along, decimals, number, position, write_instant, write_time};
use crate::query::{ASPECTED, Beside, CastQuery, ChartQuery, Field, Part, Parts, Precision, Unit};
use crate::text::json::Json;

/// Writes the whole reply.
pub(crate) fn write(
    ground: &mut Ground<'_>,
    query: &ChartQuery,
    format: &str,
    names: &Names,
) -> Result<Bytes, Beyond> {
    let mut json = Json::new();
    json.verbatim(b"{");
    write_told(&mut json, ground, query, Beside::ALL, format, names)?;
    json.close(b'}');
    Ok(json.into_bytes())
}

/// Writes all that is told of a chart into an object that is open. Where it fails, some of it may be written.
pub(crate) fn write_told(
    json: &mut Json,
    ground: &mut Ground<'_>,
    query: &ChartQuery,
    beside: Beside,
    format: &str,
    names: &Names,
) -> Result<(), Beyond> {
    let cast = Cast::new(ground, &query.cast)?;
    if beside.query {
        json.key("query").verbatim(query.written(format).as_bytes());
    }
    write_time(json, &query.cast.time, &cast.scene.instant, &ground.generation.leaps);
    write_parts(json, ground, query, &cast)?;
    if beside.provenance {
        ground.write_provenance(json, names);
    } else {
        json.key("source").string(ground.used().mix().name());
    }
    Ok(())
}

fn write_parts(
    json: &mut Json,
    ground: &mut Ground<'_>,
    query: &ChartQuery,
    cast: &Cast,
) -> Result<(), Beyond> {
    let precision = query.cast.sky.precision;
    let aspected = Aspected::of(query, cast);
    for part in query.parts.iter() {
        match part {
            Part::Positions => write_positions(json, &query.cast, cast),
            Part::Houses => {
                if let Some(houses) = cast.houses() {
                    write_houses(
                        json.key("houses"),
                        houses,
                        query.cast.division.map(|it| it.system),
                        precision,
                    );
                }
            }
            Part::Aspects => write_aspects(json, ground, query, cast, &aspected)?,
            Part::Matrix => write_matrix(json, precision, &aspected),
            Part::Patterns => patterns::write(json, &aspected)?,
            Part::Lots => {
                if let Some(lots) = &query.lots {
                    let is_alone = query.parts == Parts::of([Part::Lots]);
                    lots::write(json, ground, &query.cast, lots, cast, is_alone)?;
                }
            }
            Part::Moon => tradition::write_moon(json, &query.cast, cast),
            Part::Sect => tradition::write_sect(json, &query.cast, cast),
            Part::Balance => tradition::write_balance(json, &query.cast, cast),
            Part::Dignities => tradition::write_dignities(json, query, cast),
            Part::Receptions => tradition::write_receptions(json, query, cast),
            Part::Antiscia => tradition::write_antiscia(json, &query.cast, cast),
            Part::Parallels => write_parallels(json, &query.cast, cast),
        }
    }
    Ok(())
}

/// What takes part in aspects, and the aspects: several parts are made of them.
pub(super) struct Aspected {
    pub(super) points: Vec<Point>,
    pub(super) placed: Vec<Placed>,
    pub(super) found: Vec<Found>,
}

impl Aspected {
    /// Of a chart; nothing where no part is made of it.
    fn of(query: &ChartQuery, cast: &Cast) -> Aspected {
        let points =
            if query.parts.has_any(&ASPECTED) { cast.points(&query.cast, &query.rules) } else { Vec::new() };
        let (points, placed): (Vec<Point>, Vec<_>) = points.into_iter().unzip();
        let found = query.rules.ready.within(&placed);
        Aspected { points, placed, found }
    }
}

/// Writes `positions`, each with its house.
pub(super) fn write_positions(json: &mut Json, query: &CastQuery, cast: &Cast) {
    json.key("positions").open(b'[');
    let seen = query.bodies().iter().zip(&cast.scene.bodies).zip(&cast.scene.charted.equatorial);
    for ((body, seen), equatorial) in seen {
        let Seen { place, values, model } = seen;
        json.open(b'{');
        json.key("body").string(&body.name());
        position(json, &query.sky, place, values);
        let decimals = decimals(query.sky.precision, Unit::Degrees);
        number(json.key("declination"), equatorial.declination_deg, decimals);
        if let Some(houses) = cast.houses() {
            json.key("house").integer(houses.house_of(place.at[0]).into());
        }
        if query.sky.fields.has(Field::Source) {
            json.key("source").string(if model.is_some() { "live" } else { "table" });
        }
        json.close(b'}');
    }
    json.close(b']');
}

/// Writes the members of a longitude with its change a day, and of the sign that it is in.
pub(super) fn write_along(json: &mut Json, longitude: Varying, precision: Precision) {
    let decimals = decimals(precision, Unit::Degrees);
    let (value, shown_deg) = along(longitude.value, decimals);
    let place = InSign::of(shown_deg);
    number(json.key("longitude"), value, decimals);
    number(json.key("longitude_speed"), longitude.rate, decimals);
    json.key("sign").string(place.sign.name());
    number(json.key("sign_longitude"), place.degrees, decimals);
}

/// Writes houses as an object. `asked` is the system that was asked for.
pub(crate) fn write_houses(
    json: &mut Json,
    houses: &Houses,
    asked: Option<orrery_almanac::HouseSystem>,
    precision: Precision,
) {
    let decimals = decimals(precision, Unit::Degrees);
    let longitude = |json: &mut Json, of: Varying| number(json, along(of.value, decimals).0, decimals);
    json.open(b'{');
    json.key("system").string(houses.system.name());
    if let Some(asked) = asked.filter(|asked| *asked != houses.system) {
        json.key("falls_back_from").string(asked.name());
    }
    json.key("cusps").open(b'[');
    for cusp in houses.cusps() {
        longitude(json, *cusp);
    }
    json.close(b']');
    for angle in Angle::ALL {
        longitude(json.key(angle.name()), houses.angle(angle));
    }
    longitude(json.key("armc"), houses.armc);
    json.key("cusp_speeds").open(b'[');
    for cusp in houses.cusps() {
        number(json, cusp.rate, decimals);
    }
    json.close(b']');
    json.key("angle_speeds").open(b'{');
    for angle in Angle::ALL {
        number(json.key(angle.name()), houses.angle(angle).rate, decimals);
    }
    number(json.key("armc"), houses.armc.rate, decimals);
    json.close(b'}');
    json.close(b'}');
}

/// Writes `aspects`, with when they are exact.
fn write_aspects(
    json: &mut Json,
    ground: &mut Ground<'_>,
    query: &ChartQuery,
    cast: &Cast,
    Aspected { points, found: aspects, .. }: &Aspected,
) -> Result<(), Beyond> {
    let asked = query.cast.asked();
    let search = Perfections::new(cast, points, aspects);
    let bodies = search.bodies();
    let perfections = if query.perfection && !bodies.is_empty() {
        search.looked_up.set(std::mem::take(&mut ground.looked_up));
        let found = ground.search(asked, &bodies, &search);
        ground.looked_up = search.looked_up.take();
        found?
    } else {
        Vec::new()
    };
    json.key("aspects").open(b'[');
    for (nth, found) in aspects.iter().enumerate() {
        let names = [points[found.a].name(), points[found.b].name()];
        json.open(b'{');
        let is_known = cast.knows(points[found.a]) && cast.knows(points[found.b]);
        write_aspect(json, found, [&names[0], &names[1]], is_known, query.cast.sky.precision);
        if query.perfection {
            write_perfection(json, ground, &query.cast, perfections.get(nth).and_then(Option::as_ref))?;
        }
        json.close(b'}');
    }
    json.close(b']');
    Ok(())
}

/// Writes `matrix`: how far any two points are apart, and which aspect they make.
fn write_matrix(json: &mut Json, precision: Precision, Aspected { points, placed, found }: &Aspected) {
    let decimals = decimals(precision, Unit::Degrees);
    json.key("matrix").open(b'{');
    json.key("points").open(b'[');
    for point in points {
        json.string(&point.name());
    }
    json.close(b']');
    json.key("separations").open(b'[');
    for one in placed {
        json.open(b'[');
        for other in placed {
            let apart = wrap_deg(one.longitude.value - other.longitude.value);
            number(json, apart.min(360.0 - apart), decimals);
        }
        json.close(b']');
    }
    json.close(b']');
    json.key("aspects").open(b'[');
    for row in Matrix::of(points.len(), found).rows() {
        json.open(b'[');
        for cell in row {
            match cell {
                Some(aspect) => json.string(aspect.name()),
                None => json.null(),
            }
        }
        json.close(b']');
    }
    json.close(b']');
    json.close(b'}');
}

/// Writes the members of an aspect of two points, by their names. `is_known` is whether it is known where both are: of what is
/// somewhere in a range it is not told whether it comes nearer.
pub(super) fn write_aspect(
    json: &mut Json,
    found: &Found,
    [a, b]: [&str; 2],
    is_known: bool,
    precision: Precision,
) {
    let decimals = decimals(precision, Unit::Degrees);
    json.key("a").string(a);
    json.key("b").string(b);
    json.key("aspect").string(found.aspect.name());
    number(json.key("angle"), found.aspect.angle_deg(), decimals);
    number(json.key("separation"), found.separation_deg, decimals);
    number(json.key("orb"), found.orb_deg, decimals);
    write_movement(json, found.movement, is_known);
}

/// Writes whether two come nearer to something exact, where it is known where they are.
pub(super) fn write_movement(json: &mut Json, movement: Movement, is_known: bool) {
    match movement.applies().filter(|_| is_known) {
        Some(applies) => json.key("applying").truth(applies),
        None => json.key("applying").null(),
    }
}

/// Writes when an aspect is exact, and whether it comes to it; of what the Earth carries round within a day nothing is known, nor of what
/// is somewhere in a range.
fn write_perfection(
    json: &mut Json,
    ground: &mut Ground<'_>,
    query: &CastQuery,
    perfection: Option<&Perfection>,
) -> Result<(), Beyond> {
    let Some(Perfection { exact, perfects, .. }) = perfection else {
        json.key("exact_at").null();
        json.key("perfects").null();
        return Ok(());
    };
    let mut at = |json: &mut Json, jd_tt: f64| -> Result<(), Beyond> {
        let instant = ground.dated(query.asked(), jd_tt)?;
        write_instant(json, &instant, query.time.calendar, &ground.generation.leaps, || None);
        Ok(())
    };
    match exact {
        Exact::At(jd_tt) => at(json.key("exact_at"), *jd_tt)?,
        Exact::NotWithin { .. } | Exact::Unknown { .. } => json.key("exact_at").null(),
    }
    match perfects {
        Some(Perfects::Yes { .. }) => json.key("perfects").truth(true),
        Some(Perfects::No { because }) => {
            json.key("perfects").truth(false);
            json.key("prevented_by").open(b'{');
            json.key("type").string(because.name());
            json.key("body").string(&because.body().name());
            at(json.key("at"), because.jd_tt())?;
            json.close(b'}');
        }
        Some(Perfects::NotWithin { .. } | Perfects::Unknown { .. }) | None => json.key("perfects").null(),
    }
    Ok(())
}

/// Writes `parallels`: bodies that are as far from the equator.
fn write_parallels(json: &mut Json, query: &CastQuery, cast: &Cast) {
    let decimals = decimals(query.sky.precision, Unit::Degrees);
    let bodies = query.bodies().iter().zip(&cast.scene.charted.equatorial);
    let declined: Vec<_> = bodies
        .map(|(body, place)| Declined {
            declination: Varying::new(place.declination_deg, place.declination_speed),
            group: Point::Body(*body).group(),
        })
        .collect();
    json.key("parallels").open(b'[');
    for parallel in declination::within(&declined, declination::ORB_DEG) {
        json.open(b'{');
        json.key("a").string(&query.bodies()[parallel.a].name());
        json.key("b").string(&query.bodies()[parallel.b].name());
        json.key("contra").truth(parallel.contra);
        number(json.key("orb"), parallel.orb_deg, decimals);
        let is_known =
            [parallel.a, parallel.b].into_iter().all(|nth| cast.knows(Point::Body(query.bodies()[nth])));
        write_movement(json, parallel.movement, is_known);
        json.close(b'}');
    }
    json.close(b']');
}
