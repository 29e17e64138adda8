//! Returns: when something comes back to where it was in a chart, and the charts of these instants.

use std::ops::Range;

use bytes::Bytes;
use orrery_almanac::WireBody;
use orrery_almanac::events::Finder;
use orrery_almanac::motion::Ephemeris;
use orrery_almanac::returns::{Return, Returning, Returns};
use orrery_format::TtDay;

use super::Cast;
use super::composite::write_aspects;
use super::found::{Cut, Moments, write_from};
use super::natal;
use super::pair::write_chart;
use super::written::{write_houses, write_positions};
use crate::answer::ground::{Beyond, Ground, Names, Search};
use crate::answer::render::{along, decimals, number};
use crate::query::{Asked, CastQuery, End, MOST_RETURNS, Reach, ReturnsQuery, TimeQuery, Unit, When};
use crate::text::json::Json;
use crate::wire::problem::Problem;

/// What is looked for.
struct Coming {
    returning: Returning,
    natal_jd_tt: f64,
    parts: u16,
    reach: Looked,
}

/// Where it is looked for, Julian days of TT.
enum Looked {
    Between(Range<f64>),
    After(f64, usize),
    Before(f64, usize),
}

/// What is found.
struct Found {
    value_deg: f64,
    list: Cut<Return>,
}

impl Coming {
    fn since<'e, E: Ephemeris>(&self, finder: &Finder<'e, E>) -> Result<Returns<'e, E>, E::Error> {
        Ok(Returns::since(finder, self.returning, self.natal_jd_tt)?.parts(self.parts))
    }
}

impl Search for Coming {
    type Found = Found;

    fn search<E: Ephemeris>(&self, finder: &Finder<'_, E>, is_live: bool) -> Result<Found, E::Error> {
        let (first, last) = finder.known();
        let within = if is_live { natal::LIVE_DAYS } else { f64::INFINITY };
        let range = match self.reach {
            Looked::Between(ref range) => range.clone(),
            Looked::After(jd_tt, _) => jd_tt..last.min(jd_tt + within),
            Looked::Before(jd_tt, _) => first.max(jd_tt - within)..jd_tt,
        };
        let returns = self.since(&finder.between(range.start, range.end))?;
        // Of fewer than are wanted it is told how far was looked.
        let cut = |told: Vec<Return>, count: usize, end_jd_tt: f64| {
            let next_jd_tt = (told.len() < count).then_some(end_jd_tt);
            Cut { told, next_jd_tt }
        };
        let list = match self.reach {
            Looked::Between(_) => Cut::of(returns.all(), MOST_RETURNS.into())?,
            Looked::After(jd_tt, count) => {
                let told = returns.all_after(jd_tt).take(count).collect::<Result<_, _>>()?;
                cut(told, count, range.end)
            }
            Looked::Before(jd_tt, count) => cut(returns.lasts_before(jd_tt, count)?, count, range.start),
        };
        Ok(Found { value_deg: returns.value_deg(), list })
    }

    fn is_whole(&self, found: &Found) -> bool {
        match self.reach {
            Looked::Between(_) => true,
            // The live source would not be searched any farther.
            Looked::After(jd_tt, _) | Looked::Before(jd_tt, _) => {
                found.list.next_jd_tt.is_none_or(|end_jd_tt| (end_jd_tt - jd_tt).abs() >= natal::LIVE_DAYS)
            }
        }
    }

    fn ends(&self) -> Vec<(&'static str, f64)> {
        let mut ends = vec![("natal.date", self.natal_jd_tt)];
        match &self.reach {
            Looked::Between(range) => ends.extend([("start", range.start), ("stop", range.end)]),
            Looked::After(jd_tt, _) => ends.push(("after", *jd_tt)),
            Looked::Before(jd_tt, _) => ends.push(("before", *jd_tt)),
        }
        ends
    }

    fn check_live(&self) -> Result<(), Problem> {
        match &self.reach {
            Looked::Between(range) if range.end - range.start > natal::LIVE_DAYS => {
                Err(natal::too_long_for_live("returns", "a body and times"))
            }
            _ => Ok(()),
        }
    }

    fn span(&self, found: &Found) -> Range<f64> {
        let Cut { told, next_jd_tt } = &found.list;
        let at = |found: Option<&Return>| next_jd_tt.or(found.map(|found| found.jd_tt));
        let reach = match &self.reach {
            Looked::Between(range) => range.start..next_jd_tt.unwrap_or(range.end),
            Looked::After(jd_tt, _) => *jd_tt..at(told.last()).unwrap_or(*jd_tt),
            Looked::Before(jd_tt, _) => at(told.first()).unwrap_or(*jd_tt)..*jd_tt,
        };
        reach.start.min(self.natal_jd_tt)..reach.end
    }
}

/// Writes the whole reply.
pub(crate) fn write(
    ground: &mut Ground<'_>,
    query: &ReturnsQuery,
    format: &str,
    names: &Names,
) -> Result<Bytes, Beyond> {
    let natal = natal::cast(ground, &query.natal)?;
    let birth = natal.scene.instant.tt;
    let returning = match (query.minus, query.is_corrected) {
        (Some(minus), _) => Returning::Ahead(query.body, minus),
        (None, true) => Returning::among_stars(query.body, birth)?,
        (None, false) => Returning::Longitude(query.body),
    };
    let search =
        Coming { returning, natal_jd_tt: birth.jd(), parts: query.parts, reach: looked(ground, query)? };
    let bodies: Vec<WireBody> = [query.body].into_iter().chain(query.minus).collect();
    let found = ground.search(asked(query, named(query)), &bodies, &search).map_err(natal::sourced)?;
    let decimals = decimals(query.precision, Unit::Degrees);
    let value = if query.minus.is_some() { "ahead" } else { "longitude" };
    let moments = Moments {
        sky: &query.natal.sky,
        named: named(query),
        clock: &query.span.clock,
        precision: query.precision,
    };
    let mut json = Json::new();
    json.verbatim(b"{\"query\":").verbatim(query.written(format).as_bytes());
    write_chart(json.key("natal"), ground, &query.natal, &natal);
    number(json.key("returns_to"), along(found.value_deg.rem_euclid(360.0), decimals).0, decimals);
    let template = query.cast.clone().map(|cast| cast.rounded(query.precision));
    json.key("returns").open(b'[');
    for back in &found.list.told {
        json.open(b'{');
        moments.write(json.key("at"), ground, back.jd_tt)?;
        number(json.key(value), along(back.value_deg.rem_euclid(360.0), decimals).0, decimals);
        number(json.key("beyond"), back.beyond_deg, decimals);
        json.key("motion").string(back.motion.name());
        json.key("pass").integer(back.pass.into());
        json.key("passes").integer(back.passes.into());
        if let Some(template) = &template {
            write_return_chart(json.key("chart"), ground, query, template, back.jd_tt)?;
        }
        json.close(b'}');
    }
    json.close(b']');
    // From where nothing was looked at nobody goes on.
    let next = |from_jd_tt: f64| found.list.next_jd_tt.filter(|next| (next - from_jd_tt).abs() > 0.0);
    match search.reach {
        Looked::Between(_) => found.list.write_next(&mut json),
        Looked::After(jd_tt, _) => write_from("next_start", next(jd_tt), &mut json),
        Looked::Before(jd_tt, _) => write_from("next_before", next(jd_tt), &mut json),
    }
    ground.write_provenance(&mut json, names);
    json.close(b'}');
    Ok(json.into_bytes())
}

/// What is asked of the sky at an instant that a parameter names.
fn asked<'q>(query: &'q ReturnsQuery, instant: &'static str) -> Asked<'q> {
    Asked { sky: &query.natal.sky, instant }
}

/// The parameter that says first where returns are looked for.
fn named(query: &ReturnsQuery) -> &'static str {
    query.span.whens().next().map_or("after", |(name, _)| name)
}

/// Where returns are looked for.
fn looked(ground: &mut Ground<'_>, query: &ReturnsQuery) -> Result<Looked, Beyond> {
    let mut at = |name: &'static str, end: &End| {
        let instant = ground.instant(asked(query, name), end.when()).map_err(natal::sourced)?;
        Ok::<_, Beyond>(instant.tt.jd())
    };
    Ok(match &query.span.reach {
        Reach::Between(start, stop) => {
            Looked::Between(natal::between(at("start", start)?, at("stop", stop)?)?)
        }
        Reach::After(end, count) => Looked::After(at("after", end)?, *count as usize),
        Reach::Before(end, count) => Looked::Before(at("before", end)?, *count as usize),
    })
}

/// Writes the chart of a return: its bodies, its houses where it has a place, its aspects.
fn write_return_chart(
    json: &mut Json,
    ground: &mut Ground<'_>,
    query: &ReturnsQuery,
    template: &CastQuery,
    jd_tt: f64,
) -> Result<(), Beyond> {
    let time = TimeQuery::of(When::Tt(TtDay(jd_tt)), query.span.clock.calendar);
    let query_then = CastQuery { time, ..template.clone() };
    let cast = Cast::new(ground, &query_then)?;
    json.open(b'{');
    write_positions(json, &query_then, &cast);
    if let Some(houses) = cast.houses() {
        let asked = query_then.division.map(|division| division.system);
        write_houses(json.key("houses"), houses, asked, query_then.sky.precision);
    }
    let points = cast.points(&query_then, &query.rules);
    write_aspects(json, &query.rules, points, |point| cast.knows(point), query.precision);
    json.close(b'}');
    Ok(())
}
