//! Progressions: a chart that is moved on by a symbolic time, and directed as a whole.

use bytes::Bytes;
use orrery_almanac::aspect::{Aspect, Found, Placed, Point};
use orrery_almanac::frames::wrap_deg;
use orrery_almanac::progressions::{Kind, Meridian, Progression, begins_with};
use orrery_almanac::{LocalSky, Varying, WireBody};
use orrery_format::TtDay;

use super::moved_on::{self, Stayed};
use super::pair::write_chart;
use super::written::{write_aspect, write_houses, write_positions};
use super::{Cast, houses, natal};
use crate::answer::evaluate::no_number;
use crate::answer::ground::{Beyond, Ground, Names, Scene};
use crate::answer::render::{along, decimals, number, write_time};
use crate::query::{Asked, CastQuery, ProgressionsQuery, TimeQuery, Unit, When};
use crate::text::json::Json;
use crate::wire::problem::Problem;

/// Writes the whole reply.
pub(crate) fn write(
    ground: &mut Ground<'_>,
    query: &ProgressionsQuery,
    format: &str,
    names: &Names,
) -> Result<Bytes, Beyond> {
    let natal = natal::cast(ground, &query.natal)?;
    let birth = natal.scene.instant.tt;
    let asked = Asked { sky: &query.natal.sky, instant: query.life.parameter() };
    let life = ground.instant(asked, query.life.when).map_err(natal::sourced)?;
    let progression = Progression::new(birth, query.kind, query.year, query.is_converse);
    let progressed = progression.progressed(life.tt);
    let scene = ground.scene(asked, When::Tt(progressed)).map_err(natal::sourced)?;
    // A progressed instant as it would be asked for.
    let time = TimeQuery::of(When::Tt(progressed), query.life.calendar);
    let moved = CastQuery { time, day: None, ..query.natal.clone() }.rounded(query.precision);
    let local = moved_on(query, &natal, &scene, progression.progressed_days(life.tt))?;
    let cast = Cast { scene, local, moon_range_deg: None };

    let decimals = decimals(query.precision, Unit::Degrees);
    let natal_points = natal.points(&query.natal, &query.rules);
    let mut json = Json::new();
    json.verbatim(b"{\"query\":").verbatim(query.written(format).as_bytes());
    write_time(&mut json, &query.life, &life, &ground.generation.leaps);
    write_chart(json.key("natal"), ground, &query.natal, &natal);

    json.key("progressed").open(b'{');
    let pen = natal::pen(
        ground.generation,
        query.precision,
        query.life.calendar,
        query.life.local.map(|local| local.zone),
    );
    pen.instant(json.key("at"), &cast.scene.instant);
    number(json.key("years"), progression.years(life.tt), decimals);
    write_positions(&mut json, &moved, &cast);
    if let Some(houses) = cast.houses() {
        let asked = moved.division.map(|division| division.system);
        write_houses(json.key("houses"), houses, asked, query.precision);
    }
    // In life they go back where the progression does.
    let way = if query.is_converse { -1.0 } else { 1.0 };
    let moving = cast.points(&moved, &query.rules).into_iter().map(|(point, placed)| {
        let longitude = Varying::new(placed.longitude.value, way * placed.longitude.rate);
        (point, put(placed, longitude))
    });
    write_aspects(&mut json, query, &natal, moving.collect(), &natal_points, |_, _, _| true);
    json.close(b'}');

    write_directed(&mut json, ground, query, (&natal, &cast), life.tt)?;
    if let Some(in_time) = &query.in_time {
        let (points, longitudes_deg): (Vec<Point>, Vec<f64>) =
            natal_points.iter().map(|(point, placed)| (*point, placed.longitude.value)).unzip();
        let sun_deg = sun_in_zodiac(&natal, query)?;
        let stayed = Stayed { points: &points, longitudes_deg: &longitudes_deg, sun_deg, birth };
        moved_on::write(&mut json, ground, query, in_time, &stayed)?;
    }
    ground.write_provenance(&mut json, names);
    json.close(b'}');
    Ok(json.into_bytes())
}

/// The houses of a progressed chart, where the chart has some: at its place, under a meridian that has moved on.
fn moved_on(
    query: &ProgressionsQuery,
    natal: &Cast,
    scene: &Scene,
    days: f64,
) -> Result<Option<(LocalSky, orrery_almanac::Houses)>, Beyond> {
    let CastQuery { site: Some(site), division: Some(division), .. } = &query.natal else { return Ok(None) };
    let then = meridian(&natal.scene, query, houses::armc(&natal.scene, site)?.value)?;
    let sky_armc = houses::armc(scene, site)?;
    let now = meridian(scene, query, sky_armc.value)?;
    let armc_deg = |at: &Meridian, days: f64| query.angle_method.armc_deg(&then, at, days);
    let value = armc_deg(&now, days);
    // By as much as it grows until a little later in the progressed sky.
    let nutation = &scene.charted.nutation;
    let sun_rate = sun(scene, query).map_or(0.0, |(_, rate)| rate);
    let later = Meridian {
        armc_deg: now.armc_deg + STEP_DAYS * sky_armc.rate,
        obliquity_deg: now.obliquity_deg + STEP_DAYS * nutation.true_obliquity_speed(),
        sun_deg: now.sun_deg + STEP_DAYS * sun_rate,
    };
    let grown = (armc_deg(&later, days + STEP_DAYS) - value + 180.0).rem_euclid(360.0) - 180.0;
    let armc = Varying::new(value, grown / STEP_DAYS);
    houses::divided_at(scene, &query.natal, armc, site.latitude_deg, *division)
        .map(Some)
        .map_err(natal::within)
}

/// Days over which the change of a progressed meridian is taken: as little as leaves it nine digits.
const STEP_DAYS: f64 = 1e-3;

/// The meridian that a sidereal time makes, and the Sun.
fn meridian(scene: &Scene, query: &ProgressionsQuery, armc_deg: f64) -> Result<Meridian, Beyond> {
    let (sun_deg, _) = sun(scene, query).ok_or_else(|| no_number(scene.instant.tt))?;
    Ok(Meridian { armc_deg, obliquity_deg: scene.charted.nutation.true_obliquity_deg(), sun_deg })
}

/// The Sun's longitude on the true equinox of date, whatever the zodiac, and its change a day.
fn sun(scene: &Scene, query: &ProgressionsQuery) -> Option<(f64, f64)> {
    let nth = query.natal.sky.bodies.iter().position(|body| *body == WireBody::SUN)?;
    let (place, seen) = (scene.charted.equatorial.get(nth)?, scene.bodies.get(nth)?);
    let [right_ascension, declination, obliquity] =
        [place.right_ascension_deg, place.declination_deg, scene.charted.nutation.true_obliquity_deg()]
            .map(f64::to_radians);
    let north = right_ascension.sin() * obliquity.cos() + declination.tan() * obliquity.sin();
    Some((wrap_deg(north.atan2(right_ascension.cos()).to_degrees()), seen.longitude().rate))
}

/// The Sun's longitude in the zodiac of the chart, degrees.
fn sun_in_zodiac(cast: &Cast, query: &ProgressionsQuery) -> Result<f64, Problem> {
    let sun = cast.body(&query.natal, WireBody::SUN);
    sun.map(|sun| sun.place.at[0]).ok_or_else(|| no_number(cast.scene.instant.tt))
}

/// The same point elsewhere.
const fn put(mut placed: Placed, longitude: Varying) -> Placed {
    placed.longitude = longitude;
    placed
}

/// Writes `aspects` of points that move to those of the chart, which stay; `is_told` leaves out those that say nothing. What is somewhere
/// in a range in the chart is so when it has moved on.
fn write_aspects(
    json: &mut Json,
    query: &ProgressionsQuery,
    natal: &Cast,
    moving: Vec<(Point, Placed)>,
    stayed: &[(Point, Placed)],
    is_told: impl Fn(usize, usize, Aspect) -> bool,
) {
    let (points, moving): (Vec<Point>, Vec<Placed>) = moving.into_iter().unzip();
    let stays = |placed: &Placed| put(*placed, Varying::constant(placed.longitude.value));
    let staying: Vec<_> = stayed.iter().map(|(_, placed)| stays(placed)).collect();
    json.key("aspects").open(b'[');
    for found in query.rules.ready.across(&moving, &staying) {
        let Found { a, b, aspect, .. } = found;
        if is_told(a, b, aspect) {
            json.open(b'{');
            let (a, b) = (points[a], stayed[b].0);
            let is_known = natal.knows(a) && natal.knows(b);
            write_aspect(json, &found, [&a.name(), &b.name()], is_known, query.precision);
            json.close(b'}');
        }
    }
    json.close(b']');
}

/// Writes `directed`: all points of the chart, moved on by one arc.
fn write_directed(
    json: &mut Json,
    ground: &mut Ground<'_>,
    query: &ProgressionsQuery,
    (natal, progressed): (&Cast, &Cast),
    life: TtDay,
) -> Result<(), Beyond> {
    let secondary = Progression::new(natal.scene.instant.tt, Kind::Secondary, query.year, query.is_converse);
    let at_secondary;
    let directing = if query.kind == Kind::Secondary {
        progressed
    } else {
        let asked = Asked { sky: &query.natal.sky, instant: query.life.parameter() };
        let scene = ground.scene(asked, When::Tt(secondary.progressed(life))).map_err(natal::sourced)?;
        at_secondary = Cast { scene, local: None, moon_range_deg: None };
        &at_secondary
    };
    let way = if query.is_converse { -1.0 } else { 1.0 };
    let years = way * secondary.years(life);
    let arc_deg = query.arc.arc_deg(sun_in_zodiac(natal, query)?, sun_in_zodiac(directing, query)?, years);

    let decimals = decimals(query.precision, Unit::Degrees);
    json.key("directed").open(b'{');
    number(json.key("arc"), arc_deg, decimals);
    json.key("points").open(b'[');
    let points = natal.points(&query.natal, &query.rules);
    let mut directed = Vec::new();
    for (point, placed) in &points {
        let longitude_deg = wrap_deg(placed.longitude.value + arc_deg);
        json.open(b'{');
        json.key("point").string(&point.name());
        number(json.key("longitude"), along(longitude_deg, decimals).0, decimals);
        json.close(b'}');
        // About a degree a year, which says whether they come nearer.
        directed.push((*point, put(*placed, Varying::new(longitude_deg, way))));
    }
    json.close(b']');
    // What every chart begins with is there as long as the arc is within the orb.
    let is_told = |a: usize, b: usize, aspect: Aspect| {
        let [(one, from), (other, to)] = [&points[a], &points[b]];
        !(one.goes_with(*other) && begins_with(from.longitude.value, to.longitude.value, aspect))
    };
    write_aspects(json, query, natal, directed, &points, is_told);
    json.close(b'}');
    Ok(())
}
