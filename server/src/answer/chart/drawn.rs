//! Charts as pictures.

use bytes::Bytes;
use orrery_almanac::aspect::{Found, Placed, Point};
use orrery_almanac::{
    Angle, Calendar, HouseSystem, Houses, Moment, Subsecond, TimeOfDay, UtcOffset, WireBody, Zone,
};

use super::{Cast, lots, pair};
use crate::answer::events::words;
use crate::answer::ground::{Beyond, Ground};
use crate::picture::{self, Connection, Figure, Glyph};
use crate::query::{CastQuery, ChartQuery, Drawing, Given, PairQuery, Picture, When};
use crate::text::coordinates::coordinates;
use crate::text::heading;

/// Draws a chart.
pub(crate) fn draw(ground: &mut Ground<'_>, query: &ChartQuery, drawing: &Drawing) -> Result<Bytes, Beyond> {
    let cast = Cast::new(ground, &query.cast)?;
    let (points, placed): (Vec<Point>, Vec<Placed>) =
        cast.points(&query.cast, &query.rules).into_iter().unzip();
    let mut lines = vec![date(ground, &query.cast, &cast)];
    lines.extend(place(&query.cast));
    lines.push(sky(&query.cast, cast.houses()));
    // The date stands for a title that there is none of.
    let title = drawing.title.clone().unwrap_or_else(|| lines.remove(0));
    let points = drawn(&points, &placed, cast.houses(), cast.moon_range_deg);
    let mut lots = Vec::new();
    if let Some(told) = &query.lots {
        let missing;
        (lots, missing) = lots::drawn(ground, &query.cast, told, &cast)?;
        lines.extend(missing);
    }
    let connections = connections(&query.rules.ready.within(&placed), [&points, &points]);
    let division = cast.houses().map(division);
    let figure = Figure { title, lines, points, lots, division, outer: None, connections };
    Ok(document(&figure, drawing))
}

/// Draws two charts, the second about the first. Its points are told in the houses that they are drawn in.
pub(crate) fn draw_synastry(
    ground: &mut Ground<'_>,
    query: &PairQuery,
    drawing: &Drawing,
) -> Result<Bytes, Beyond> {
    let casts = pair::cast(ground, &query.casts)?;
    let points = |nth: usize| -> (Vec<Point>, Vec<Placed>) {
        casts[nth].points(&query.casts[nth], &query.rules).into_iter().unzip()
    };
    let ((inner, inner_placed), (outer, outer_placed)) = (points(0), points(1));
    let houses = casts[0].houses();
    let mut lines = Vec::new();
    for ((name, query), cast) in ["Inside", "Outside"].into_iter().zip(&query.casts).zip(&casts) {
        let told = [Some(date(ground, query, cast)), place(query)].into_iter().flatten();
        lines.push(format!("{name}: {}", told.collect::<Vec<_>>().join(" · ")));
    }
    lines.push(sky(&query.casts[0], houses));
    let points = drawn(&inner, &inner_placed, houses, casts[0].moon_range_deg);
    let outer = drawn(&outer, &outer_placed, houses, casts[1].moon_range_deg);
    let found = query.rules.ready.across(&inner_placed, &outer_placed);
    let figure = Figure {
        title: drawing.title.clone().unwrap_or_else(|| "Two charts".to_owned()),
        lines,
        connections: connections(&found, [&points, &outer]),
        points,
        lots: Vec::new(),
        division: houses.map(division),
        outer: Some(outer),
    };
    Ok(document(&figure, drawing))
}

fn document(figure: &Figure, drawing: &Drawing) -> Bytes {
    let Drawing { picture, theme, layout, title: _ } = drawing;
    match picture {
        Picture::Sheet => figure.sheet(*theme, *layout),
        Picture::Wheel => figure.wheel(*theme, *layout),
        Picture::Grid => figure.grid(*theme),
    }
    .into()
}

/// Points as they are drawn, in houses if there are any. Where the time of day is unknown, the Moon is told to be between where she
/// is at the day's beginning and at its end, degrees.
fn drawn(
    points: &[Point],
    placed: &[Placed],
    houses: Option<&Houses>,
    moon_range_deg: Option<[f64; 2]>,
) -> Vec<picture::Point> {
    let one = |(point, placed): (&Point, &Placed)| {
        let longitude_deg = placed.longitude.value;
        match *point {
            Point::Body(body) => {
                let range_deg = moon_range_deg.filter(|_| body == WireBody::MOON);
                picture::Point {
                    glyph: Glyph::Body(body),
                    name: words(&body.name()),
                    longitude_deg,
                    range_deg,
                    longitude_speed: range_deg.is_none().then_some(placed.longitude.rate),
                    house: houses
                        .filter(|_| range_deg.is_none())
                        .map(|houses| houses.house_of(longitude_deg)),
                }
            }
            // Of an angle the house goes without saying, and the Earth carries all of them round in a day.
            Point::Angle(angle) => picture::Point {
                glyph: Glyph::Angle(angle),
                name: called(angle),
                longitude_deg,
                range_deg: None,
                longitude_speed: None,
                house: None,
            },
        }
    };
    points.iter().zip(placed).map(one).collect()
}

fn called(angle: Angle) -> String {
    match angle {
        Angle::Mc => "Midheaven".to_owned(),
        Angle::Ic => "Imum coeli".to_owned(),
        angle => words(angle.name()),
    }
}

fn division(houses: &Houses) -> picture::Division {
    picture::Division {
        cusps_deg: houses.cusps().iter().map(|cusp| cusp.value).collect(),
        runs_forward: houses.runs_forward(),
        ascendant_deg: houses.angle(Angle::Ascendant).value,
        mc_deg: houses.angle(Angle::Mc).value,
    }
}

/// Aspects from points to others. Whether one applies is not known of a point that is somewhere in a range.
fn connections(found: &[Found], [from, to]: [&[picture::Point]; 2]) -> Vec<Connection> {
    let is_known = |points: &[picture::Point], nth: usize| {
        points.get(nth).is_some_and(|point| point.range_deg.is_none())
    };
    let one = |found: &Found| Connection {
        from: found.a,
        to: found.b,
        aspect: found.aspect,
        orb_deg: found.orb_deg,
        applying: found.movement.applies().filter(|_| is_known(from, found.a) && is_known(to, found.b)),
    };
    found.iter().map(one).collect()
}

/// The instant by the clock that it was given by: `14 March 1879, 11:30 local mean time (UTC+00:40)`.
fn date(ground: &Ground<'_>, query: &CastQuery, cast: &Cast) -> String {
    let leaps = &ground.generation.leaps;
    let time = &query.time;
    let utc = match time.when {
        When::Utc(utc) => utc,
        When::Ut(_) | When::Tt(_) => cast.scene.instant.utc(leaps),
    };
    let offset = match (&time.local, &time.given) {
        (Some(local), _) => local.offset,
        (None, Given::Date(Moment::Zoned { offset, .. })) => *offset,
        (None, _) => UtcOffset::UTC,
    };
    let (day, of_day) = utc.rounded(Subsecond::Second, leaps).to_local(offset);
    let mut told = heading::day(day.civil(time.calendar));
    if time.calendar.unwrap_or_else(|| Calendar::of_day(day)) == Calendar::Julian {
        told.push_str(" (Julian)");
    }
    let zone = match time.local.as_ref().map(|local| local.zone) {
        Some(zone @ Zone::Iana(_)) => Some(zone.name().replace('_', " ")),
        Some(Zone::LocalMean(_)) => Some("local mean time".to_owned()),
        None => None,
    };
    if query.day.is_some() {
        // The places are those of the middle of the day, by the clock that it is a day of.
        let zone = zone.unwrap_or_else(|| heading::offset(offset));
        return format!("{told}, time unknown: places at midday, {zone}");
    }
    let clock = clock(of_day);
    let told_offset = heading::offset(offset);
    match zone {
        Some(zone) => format!("{told}, {clock} {zone} ({told_offset})"),
        None => format!("{told}, {clock} {told_offset}"),
    }
}

/// Hours and minutes, and seconds that are not full minutes.
fn clock(time: TimeOfDay) -> String {
    let minutes = format!("{:02}:{:02}", time.hour(), time.minute());
    if time.second() == 0 { minutes } else { format!("{minutes}:{:02}", time.second()) }
}

fn place(query: &CastQuery) -> Option<String> {
    let site = query.site?;
    let told = coordinates([site.latitude_deg, site.longitude_deg]);
    let is_seen_there = query.sky.view.observer.site().is_some();
    Some(if is_seen_there { format!("{told}, bodies as seen there") } else { told })
}

/// How the sky is divided, and where signs begin: `Porphyry houses, for Placidus fails here · tropical zodiac`.
fn sky(query: &CastQuery, houses: Option<&Houses>) -> String {
    let zodiac = match query.sky.view.zodiac.ayanamsa() {
        None => "tropical zodiac".to_owned(),
        Some(ayanamsa) if ayanamsa.at_epoch().is_some() => format!("sidereal zodiac, {ayanamsa}"),
        Some(ayanamsa) => format!("sidereal zodiac, {}", names(&ayanamsa.id())),
    };
    let Some(houses) = houses else { return heading::begun(&zodiac) };
    let asked = query.division.map(|division| division.system);
    let system = of_houses(houses.system);
    match asked.filter(|asked| *asked != houses.system) {
        Some(asked) => format!("{system} houses, for {} fails here · {zodiac}", of_houses(asked)),
        None => format!("{system} houses · {zodiac}"),
    }
}

/// Names of people and of what else has one: `fagan_bradley` is `Fagan Bradley`.
fn names(name: &str) -> String {
    name.split('_').map(words).collect::<Vec<_>>().join(" ")
}

fn of_houses(system: HouseSystem) -> String {
    match system {
        HouseSystem::EqualMc => "Equal (from the midheaven)".to_owned(),
        HouseSystem::WholeSign => "Whole sign".to_owned(),
        HouseSystem::WholeSignAries => "Whole sign (from Aries)".to_owned(),
        HouseSystem::PullenDelta => "Pullen SD".to_owned(),
        HouseSystem::PullenRatio => "Pullen SR".to_owned(),
        HouseSystem::Apc => "APC".to_owned(),
        system => names(system.name()),
    }
}
