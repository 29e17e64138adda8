//! Transits over a chart.

use std::ops::Range;

use bytes::Bytes;
use orrery_almanac::aspect::{Aspect, Point};
use orrery_almanac::events::{Finder, Happening, Listing, merged};
use orrery_almanac::motion::Ephemeris;
use orrery_almanac::transits::{Contact, HouseEntry, Motion, Target, Transit, house_entries, transits};
use orrery_almanac::{Houses, WireBody};

use super::found::{Cut, Moments};
use super::natal;
use super::pair::write_chart;
use crate::answer::ground::{Beyond, Ground, Names, Search};
use crate::answer::render::{along, decimals, number};
use crate::query::{Asked, CastQuery, End, MOST_YEARS, TransitsQuery, Unit};
use crate::text::json::Json;
use crate::wire::problem::{Code, Problem};

/// What is looked for.
struct Passing<'a> {
    bodies: &'a [WireBody],
    targets: &'a [Target],
    /// The houses that bodies enter, where that is told.
    houses: Option<&'a Houses>,
    range: Range<f64>,
    most: usize,
}

/// What is found.
enum Met {
    Transit(Transit),
    Entry(HouseEntry),
}

impl Happening for Met {
    fn jd_tt(&self) -> f64 {
        match self {
            Met::Transit(Transit { jd_tt, .. }) | Met::Entry(HouseEntry { jd_tt, .. }) => *jd_tt,
        }
    }
}

impl Passing<'_> {
    fn is_live_short(&self) -> bool {
        self.range.end - self.range.start <= natal::LIVE_DAYS
    }
}

impl Search for Passing<'_> {
    type Found = Cut<Met>;

    fn search<E: Ephemeris>(&self, finder: &Finder<'_, E>, _: bool) -> Result<Cut<Met>, E::Error> {
        let finder = finder.between(self.range.start, self.range.end);
        let over_points = transits(&finder, self.bodies, self.targets).map(|met| met.map(Met::Transit));
        let mut kinds: Vec<Listing<'_, Met, E::Error>> = vec![Box::new(over_points)];
        if let Some(houses) = self.houses {
            for body in self.bodies {
                kinds.push(Box::new(house_entries(&finder, *body, houses).map(|met| met.map(Met::Entry))));
            }
        }
        Cut::of(merged(kinds), self.most)
    }

    fn is_whole(&self, found: &Cut<Met>) -> bool {
        let is_open = |met: &Met| match met {
            Met::Transit(Transit { within: Some(ends), .. }) => ends.contains(&None),
            _ => false,
        };
        // Of a time that is too long to be searched live, the ends beyond the tables are left open.
        !self.is_live_short() || !found.told.iter().any(is_open)
    }

    fn ends(&self) -> Vec<(&'static str, f64)> {
        vec![("start", self.range.start), ("stop", self.range.end)]
    }

    fn check_live(&self) -> Result<(), Problem> {
        if self.is_live_short() {
            return Ok(());
        }
        Err(natal::too_long_for_live("transits", "bodies and times"))
    }

    fn span(&self, found: &Cut<Met>) -> Range<f64> {
        self.range.start..found.next_jd_tt.unwrap_or(self.range.end)
    }
}

/// Writes the whole reply.
pub(crate) fn write(
    ground: &mut Ground<'_>,
    query: &TransitsQuery,
    format: &str,
    names: &Names,
) -> Result<Bytes, Beyond> {
    let natal = natal::cast(ground, &query.natal)?;
    let range = range(ground, &query.natal, [&query.start, &query.stop])?;
    let points = natal.points(&query.natal, &query.rules);
    let (points, points_deg): (Vec<Point>, Vec<f64>) =
        points.into_iter().map(|(point, placed)| (point, placed.longitude.value)).unzip();
    let targets =
        Target::all(&points_deg, &query.rules.aspects, |_, aspect| Some(query.rules.orbs.of_aspect(aspect)));
    let houses = natal.houses().filter(|_| query.has_houses);
    let search = Passing { bodies: &query.bodies, targets: &targets, houses, range, most: query.limit };
    let sky = &query.natal.sky;
    let found =
        ground.search(Asked { sky, instant: "start" }, &query.bodies, &search).map_err(natal::sourced)?;
    let moments = Moments { sky, named: "start", clock: &query.clock, precision: query.precision };
    let mut json = Json::new();
    json.verbatim(b"{\"query\":").verbatim(query.written(format).as_bytes());
    write_chart(json.key("natal"), ground, &query.natal, &natal);
    json.key("transits").open(b'[');
    for met in &found.told {
        let Met::Transit(transit) = met else { continue };
        let target = &targets[transit.target];
        let point = (&points[target.point], points_deg[target.point]);
        write_transit(&mut json, ground, &moments, transit, target.aspect, point)?;
    }
    json.close(b']');
    if query.has_houses {
        json.key("house_ingresses").open(b'[');
        for met in &found.told {
            let Met::Entry(entry) = met else { continue };
            json.open(b'{');
            moments.write(json.key("at"), ground, entry.jd_tt)?;
            json.key("body").string(&entry.body.name());
            json.key("house").integer(entry.house.into());
            json.key("from_house").integer(entry.from.into());
            json.key("retrograde").truth(entry.retrograde);
            json.close(b'}');
        }
        json.close(b']');
    }
    found.write_next(&mut json);
    ground.write_provenance(&mut json, names);
    json.close(b'}');
    Ok(json.into_bytes())
}

/// From when to when is looked, Julian days of TT.
pub(super) fn range(
    ground: &mut Ground<'_>,
    natal: &CastQuery,
    [start, stop]: [&End; 2],
) -> Result<Range<f64>, Beyond> {
    let mut at = |instant, end: &End| {
        let asked = Asked { sky: &natal.sky, instant };
        ground.instant(asked, end.when()).map_err(natal::sourced)
    };
    let (start, stop) = (at("start", start)?, at("stop", stop)?);
    let range = natal::between(start.tt.jd(), stop.tt.jd())?;
    let years = (range.end - range.start) / natal::YEAR_DAYS;
    if years > f64::from(MOST_YEARS) + 0.01 {
        return Err(Problem::new(Code::OutOfRange, format!("from start to stop it is {years:.1} years"))
            .parameter("stop")
            .hint(format!("give stop at most {MOST_YEARS} years after start, and go on from there"))
            .into());
    }
    Ok(range)
}

fn write_transit(
    json: &mut Json,
    ground: &mut Ground<'_>,
    moments: &Moments<'_>,
    transit: &Transit,
    aspect: Aspect,
    (point, point_deg): (&Point, f64),
) -> Result<(), Beyond> {
    let decimals = decimals(moments.precision, Unit::Degrees);
    json.open(b'{');
    moments.write(json.key("at"), ground, transit.jd_tt)?;
    json.key("body").string(&transit.body.name());
    json.key("aspect").string(aspect.name());
    json.key("point").string(&point.name());
    number(json.key("point_longitude"), along(point_deg, decimals).0, decimals);
    number(json.key("longitude"), along(transit.longitude_deg, decimals).0, decimals);
    write_contact(json, &transit.contact, decimals);
    moments.write_ends(json, ground, transit.within)?;
    json.close(b'}');
    Ok(())
}

/// Writes how a body meets what it meets: `contact` and what goes with it.
pub(super) fn write_contact(json: &mut Json, contact: &Contact, decimals: Option<u8>) {
    match *contact {
        Contact::Exact { motion, pass, passes } => {
            json.key("contact").string("exact");
            json.key("motion").string(motion.name());
            json.key("retrograde").truth(motion == Motion::Retrograde);
            json.key("orb").integer(0);
            json.key("pass").integer(pass.into());
            json.key("passes").integer(passes.into());
        }
        Contact::Closest { ahead_deg, retrograde } | Contact::Station { ahead_deg, retrograde } => {
            let is_closest = matches!(contact, Contact::Closest { .. });
            json.key("contact").string(if is_closest { "closest" } else { "station" });
            json.key("motion").string(Motion::Stationary.name());
            json.key("retrograde").truth(retrograde);
            number(json.key("orb"), ahead_deg.abs(), decimals);
        }
    }
}
