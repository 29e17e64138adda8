//! The lines on the Earth along which bodies are on the angles, as shapes and as a map.

use bytes::Bytes;
use geojson::JsonObject;
use orrery_almanac::Equator;
use orrery_almanac::astrocartography::{Place, Projection, by_distance, crossings, lines};

use crate::answer::evaluate::no_number;
use crate::answer::events::Pen;
use crate::answer::ground::{Beyond, Ground, Names};
use crate::answer::render::write_time;
use crate::map::{Heading, Map, Marked};
use crate::query::{AstrocartographyQuery, Looks, Shape};
use crate::text::coordinates::coordinates;
use crate::text::json::Json;
use crate::wire::media::Format;

/// Tells the lines in a format.
pub(crate) fn write(
    ground: &mut Ground<'_>,
    query: &AstrocartographyQuery,
    format: Format,
    names: &Names,
) -> Result<Bytes, Beyond> {
    let scene = ground.scene(query.asked(), query.time.when)?;
    let instant = &scene.instant;
    let Some(sidereal) = scene.charted.sidereal_time else { return Err(no_number(instant.tt).into()) };
    let equator = Equator::true_of_date(&scene.charted.nutation);
    let places: Vec<_> = scene
        .charted
        .equatorial
        .iter()
        .map(|equatorial| query.projection.place(&equator.ecliptic(equatorial), &equator))
        .collect();
    let lines = lines(&places, sidereal.value);
    let marked = query.site.map(|site| {
        let place = Place { longitude_deg: site.longitude_deg, latitude_deg: site.latitude_deg };
        let mut nearest = by_distance(&lines, place);
        nearest.retain(|near| query.most_km.is_none_or(|most_km| near.distance_km <= most_km));
        Marked { label: coordinates([site.latitude_deg, site.longitude_deg]), place, nearest }
    });
    let bodies = query.sky.bodies.iter().map(|body| body.name().into_owned());
    let map = Map::of_lines(bodies.collect(), &lines, &crossings(&lines), marked.into_iter().collect());
    // The lines are of one moment, which no shape tells again.
    let mut dated = |_| String::new();
    let text = if let Some(Looks { theme, title }) = &query.looks {
        let pen = Pen {
            shape: Shape::Events,
            precision: query.sky.precision,
            calendar: query.time.calendar,
            zone: query.time.local.map(|local| local.zone),
            leaps: &ground.generation.leaps,
        };
        let what = match query.projection {
            Projection::InMundo => "by the places of bodies in the sky",
            Projection::InZodiaco => "by the degrees of bodies on the ecliptic",
        };
        let mut lines = vec![
            format!("Lines of bodies on the angles, {}", pen.day(instant)),
            format!("At {}, {what}", pen.clock(instant)),
        ];
        // What it shows stands for a title that there is none of.
        let title = title.clone().unwrap_or_else(|| lines.remove(0));
        let heading = Heading { title, lines, theme: *theme };
        map.svg(&heading, &mut dated)
    } else {
        let mut json = Json::new();
        json.verbatim(b"{\"query\":").verbatim(query.written(format.name()).as_bytes());
        write_time(&mut json, &query.time, instant, &ground.generation.leaps);
        ground.write_provenance(&mut json, names);
        json.close(b'}');
        // What was written just now can be read.
        let about: JsonObject = serde_json::from_slice(&json.into_bytes()).unwrap_or_default();
        map.geojson(about, &mut dated)
    };
    Ok(text.into())
}
