//! When progressed and directed points are at aspects to the points of a chart.

use std::ops::Range;

use orrery_almanac::WireBody;
use orrery_almanac::aspect::{Aspect, Point};
use orrery_almanac::events::{Finder, Happening, Listing, merged};
use orrery_almanac::frames::wrap_deg;
use orrery_almanac::motion::Ephemeris;
use orrery_almanac::progressions::{Direction, Kind, Progression, directions, met_evenly};
use orrery_almanac::transits::{Contact, Motion, Target, Transit, transits};
use orrery_format::TtDay;

use super::found::{Cut, Moments};
use super::natal;
use super::transits::{range, write_contact};
use crate::answer::ground::{Beyond, Ground, Search};
use crate::answer::render::{along, decimals, number};
use crate::query::{Asked, InTime, ProgressionsQuery, Unit};
use crate::text::json::Json;
use crate::wire::problem::Problem;

/// What is looked for.
struct Moving<'a> {
    /// Whose sky the bodies are of.
    progression: Progression,
    bodies: &'a [WireBody],
    targets: &'a [Target],
    directed: Directed<'a>,
    /// Of life, Julian days of TT.
    range: Range<f64>,
    most: usize,
}

/// How directed points move on.
enum Directed<'a> {
    /// With the Sun of a secondary progression, which is at these targets when they are.
    WithTheSun(Progression, &'a [Target]),
    /// Evenly: all that is met.
    Evenly(&'a [Met]),
}

/// What is met.
#[derive(Clone, Copy, Debug)]
struct Met {
    jd_tt: f64,
    moving: Mover,
    /// Which target, or which direction.
    target: usize,
    contact: Contact,
    within: Option<[Option<f64>; 2]>,
    /// Where what moves is; of a directed point, where the Sun is that it moves on with, or how large the arc is.
    longitude_deg: f64,
}

#[derive(Clone, Copy, Debug)]
enum Mover {
    Progressed(WireBody),
    Directed,
}

impl Met {
    const fn of(transit: &Transit, moving: Mover) -> Met {
        let Transit { jd_tt, target, longitude_deg, contact, within, .. } = *transit;
        Met { jd_tt, moving, target, contact, within, longitude_deg }
    }
}

impl Happening for Met {
    fn jd_tt(&self) -> f64 {
        self.jd_tt
    }
}

impl Moving<'_> {
    /// The days of the skies that life is led to, Julian days of TT.
    fn skies(&self) -> Range<f64> {
        let sun = match self.directed {
            Directed::WithTheSun(sun, _) => sun,
            Directed::Evenly(_) => self.progression,
        };
        let ends = [self.range.start, self.range.end].map(TtDay);
        let led = [self.progression, sun].map(|way| ends.map(|end| way.progressed(end).jd()));
        let all = led.as_flattened().iter();
        all.clone().copied().fold(f64::INFINITY, f64::min)..all.copied().fold(f64::NEG_INFINITY, f64::max)
    }

    fn is_live_short(&self) -> bool {
        let skies = self.skies();
        skies.end - skies.start <= natal::LIVE_DAYS
    }
}

impl Search for Moving<'_> {
    type Found = Cut<Met>;

    fn search<E: Ephemeris>(&self, finder: &Finder<'_, E>, _: bool) -> Result<Cut<Met>, E::Error> {
        let nothing = Cut { told: Vec::new(), next_jd_tt: None };
        let sky = |way: &Progression| way.sky(finder.ephemeris(), finder.known());
        let Some((sky_of_bodies, known)) = sky(&self.progression) else { return Ok(nothing) };
        let within = (self.range.start, self.range.end);
        let life = Finder::new(&sky_of_bodies, known, within, finder.ayanamsa());
        let progressed = transits(&life, self.bodies, self.targets)
            .map(|met| met.map(|transit| Met::of(&transit, Mover::Progressed(transit.body))));
        let sky_of_sun;
        let directed: Listing<'_, Met, E::Error> = match &self.directed {
            Directed::Evenly(met) => Box::new(met.iter().copied().map(Ok)),
            Directed::WithTheSun(way, targets) => {
                let Some((sky, known)) = sky(way) else { return Ok(nothing) };
                sky_of_sun = sky;
                let life = Finder::new(&sky_of_sun, known, within, finder.ayanamsa());
                let with_the_sun = transits(&life, &[WireBody::SUN], targets);
                Box::new(with_the_sun.map(|met| met.map(|transit| Met::of(&transit, Mover::Directed))))
            }
        };
        Cut::of(merged(vec![Box::new(progressed), directed]), self.most)
    }

    fn is_whole(&self, found: &Cut<Met>) -> bool {
        let is_open = |met: &Met| met.within.is_some_and(|ends| ends.contains(&None));
        // Of a time that is too long to be searched live, the ends beyond the tables are left open.
        !self.is_live_short() || !found.told.iter().any(is_open)
    }

    fn ends(&self) -> Vec<(&'static str, f64)> {
        let Range { start, end } = self.skies();
        let ends = [("start", start), ("stop", end)];
        // Where the progressed sky goes back, it is the other way about.
        let led = self.progression.progressed(TtDay(self.range.start)).jd();
        if led <= start { ends.into() } else { vec![("stop", start), ("start", end)] }
    }

    fn check_live(&self) -> Result<(), Problem> {
        if self.is_live_short() {
            return Ok(());
        }
        Err(natal::too_long_for_live("aspects of progressed days", "bodies and times"))
    }

    fn span(&self, _: &Cut<Met>) -> Range<f64> {
        self.skies()
    }
}

/// The points of a chart, and where they are.
pub(super) struct Stayed<'a> {
    pub(super) points: &'a [Point],
    pub(super) longitudes_deg: &'a [f64],
    pub(super) sun_deg: f64,
    pub(super) birth: TtDay,
}

/// Writes `aspects_in_time` of what is asked for between two instants.
pub(super) fn write(
    json: &mut Json,
    ground: &mut Ground<'_>,
    query: &ProgressionsQuery,
    in_time: &InTime,
    natal: &Stayed<'_>,
) -> Result<(), Beyond> {
    let way = |kind| Progression::new(natal.birth, kind, query.year, query.is_converse);
    let progression = way(query.kind);
    let range = range(ground, &query.natal, [&in_time.start, &in_time.stop])?;
    let orb = |aspect: Aspect| Some(query.rules.orbs.of_aspect(aspect));
    let targets = Target::all(natal.longitudes_deg, &query.rules.aspects, |_, aspect| orb(aspect));
    let yearly_deg = query.arc.yearly_deg();
    // Of an even arc, the Sun is where the arc is.
    let sun_deg = if yearly_deg.is_some() { 0.0 } else { natal.sun_deg };
    let go_together = |a: usize, b: usize| natal.points[a].goes_with(natal.points[b]);
    let aspects = &query.rules.aspects;
    let directions =
        directions(natal.longitudes_deg, sun_deg, aspects, go_together, |_, _, aspect| orb(aspect));
    let of_sun: Vec<Target> = directions.iter().map(|direction| direction.target).collect();
    let evenly = yearly_deg.map(|yearly_deg| {
        let yearly_deg = if query.is_converse { -yearly_deg } else { yearly_deg };
        met_by(&directions, &progression, yearly_deg, &range)
    });
    let directed = match &evenly {
        Some(met) => Directed::Evenly(met),
        None => Directed::WithTheSun(way(Kind::Secondary), &of_sun),
    };
    let bodies = query.natal.bodies();
    let search = Moving { progression, bodies, targets: &targets, directed, range, most: in_time.limit };
    let read: Vec<WireBody> = bodies.iter().copied().chain([WireBody::SUN]).collect();
    let sky = &query.natal.sky;
    let found = ground.search(Asked { sky, instant: "start" }, &read, &search).map_err(natal::sourced)?;

    let decimals = decimals(query.precision, Unit::Degrees);
    let moments = Moments { sky, named: "start", clock: &in_time.clock, precision: query.precision };
    json.key("aspects_in_time").open(b'[');
    for met in &found.told {
        let (by, moving, target, longitude_deg) = match met.moving {
            Mover::Progressed(body) => ("progressed", body.name(), &targets[met.target], met.longitude_deg),
            Mover::Directed => {
                let Direction { directed, target } = &directions[met.target];
                let longitude_deg = natal.longitudes_deg[*directed] + met.longitude_deg - sun_deg;
                ("directed", natal.points[*directed].name(), target, longitude_deg)
            }
        };
        json.open(b'{');
        moments.write(json.key("at"), ground, met.jd_tt)?;
        json.key("by").string(by);
        json.key("a").string(&moving);
        json.key("aspect").string(target.aspect.name());
        json.key("b").string(&natal.points[target.point].name());
        number(json.key("longitude"), along(wrap_deg(longitude_deg), decimals).0, decimals);
        write_contact(json, &met.contact, decimals);
        moments.write_ends(json, ground, met.within)?;
        json.close(b'}');
    }
    json.close(b']');
    found.write_next(json);
    Ok(())
}

/// All that an even arc meets in a range of life, in the order of time.
fn met_by(
    directions: &[Direction],
    progression: &Progression,
    yearly_deg: f64,
    range: &Range<f64>,
) -> Vec<Met> {
    let motion = if yearly_deg < 0.0 { Motion::Retrograde } else { Motion::Direct };
    let years = (progression.years(TtDay(range.start)), progression.years(TtDay(range.end)));
    let at = |years: f64| progression.after_years(years).jd();
    let mut all: Vec<Met> = Vec::new();
    for (target, direction) in directions.iter().enumerate() {
        for (met_years, within) in met_evenly(direction, yearly_deg, years) {
            all.push(Met {
                jd_tt: at(met_years),
                moving: Mover::Directed,
                target,
                contact: Contact::Exact { motion, pass: 1, passes: 1 },
                within: within.map(|ends| ends.map(|end| Some(at(end)))),
                longitude_deg: direction.target.longitude_deg,
            });
        }
    }
    all.sort_by(|a, b| a.jd_tt.total_cmp(&b.jd_tt));
    all
}
