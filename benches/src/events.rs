//! How fast it is found when something happens next, and all that happens in a century, beside live Swiss Ephemeris in the
//! same run.
//!
//! The live source is asked as its users ask it: by its own searches where it has them, which is for the Sun, the Moon and
//! eclipses, and else by the steps of [`stepping`]. Before the clock starts, both must have found the same.

mod century;
mod stepping;
mod transits;

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use orrery_almanac::WireBody;
use orrery_almanac::events::{Event, Finder};
use orrery_almanac::motion::{Tables, Unknown};
use orrery_format::eclipse::{LunarEclipse, SolarEclipse};
use orrery_format::list::Entry;
use orrery_format::{Body, Center, Dataset, Product, UtDay};
use orrery_swisseph::{EphemerisDir, LiveLunarKind, LiveSearch, LiveSolarKind, Session};
use orrery_tests::random::Random;
use orrery_tests::tables::TEN_BODIES;

use crate::figure::figure;

/// Instants that the tables are asked from, for each kind of event.
const INSTANTS: usize = 2_000;

/// Of these the live source is asked from so many.
const LIVE_INSTANTS: usize = 100;

/// Rounds of both, in turns.
const ROUNDS: usize = 5;

/// Days that the live source's searches need of files on either side.
const MARGIN_DAYS: f64 = 200.0;

/// Days of the window that a station is looked for in.
const WINDOW_DAYS: f64 = 40.0;

/// What both may differ by in where the bodies stand, arcseconds: the promise of two tables, and the hundredth of a second that
/// the steps leave of the Moon.
const SAME_ARCSEC: f64 = 0.01;

/// Seconds by which two instants of greatest eclipse are the same.
const SAME_ECLIPSE_S: f64 = 60.0;

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Station,
    Ingress,
    Lunation,
    Eclipse,
    /// A station within a window of which it is known that there is one.
    StationNear,
}

/// A body, and from when to when.
#[derive(Clone, Copy, Debug)]
struct Search {
    kind: Kind,
    body: Body,
    start: f64,
    end: f64,
}

/// The tables, as one who looks for events has them.
#[derive(Clone, Copy)]
struct Sky<'a> {
    dataset: &'a Dataset,
    /// From when to when they know, Julian days of TT.
    known: (f64, f64),
}

/// Runs all measurements.
pub(crate) fn run(dataset: &Dataset, dir: &EphemerisDir) -> Result<()> {
    let Some(known) = dataset.span_jd(Product::Place(Center::Geo, Body::Sun)) else { return Ok(()) };
    let sky = Sky { dataset, known };
    let mut session = Session::open(dir)?;
    for (kind, name) in [
        (Kind::Station, "next_station"),
        (Kind::Ingress, "next_ingress"),
        (Kind::Lunation, "next_lunation"),
        (Kind::Eclipse, "next_eclipse"),
        (Kind::StationNear, "station_search_40d"),
    ] {
        measure(sky, &mut session, kind, name)?;
    }
    transits::run(sky)?;
    century::run(sky, &mut session)
}

/// One kind of event.
fn measure(sky: Sky<'_>, session: &mut Session, kind: Kind, name: &str) -> Result<()> {
    let searches = searches(sky, kind, name)?;
    let few = &searches[..LIVE_INSTANTS];
    let mut worst_s: f64 = 0.0;
    for search in few {
        worst_s = worst_s.max(difference_s(sky, session, search)?.abs());
    }
    let times = in_turns(
        ROUNDS,
        || {
            for search in &searches {
                black_box(sky.first(search)?);
            }
            Ok(searches.len())
        },
        || {
            for search in few {
                black_box(live(sky, session, search)?);
            }
            Ok(few.len())
        },
    )?;
    println!(
        "{name:<20} table {:8.3} us  live {:11.1} us  {:8.0} times  at most {worst_s:.3} s apart",
        times.ours_us, times.live_us, times.ratio
    );
    figure(&format!("{name}_us"), times.ours_us, "us");
    figure(&format!("{name}_live_us"), times.live_us, "us");
    figure(&format!("{name}_speedup"), times.ratio, "times");
    Ok(())
}

/// Searches from instants drawn by lot, after each of which there is something to find before the tables end.
fn searches(sky: Sky<'_>, kind: Kind, name: &str) -> Result<Vec<Search>> {
    let bodies = match kind {
        Kind::Ingress => &TEN_BODIES[..],
        _ => &TEN_BODIES[2..],
    };
    let (first, last) = (sky.known.0 + MARGIN_DAYS, sky.known.1 - MARGIN_DAYS);
    let mut random = Random::of(name);
    let mut searches = Vec::with_capacity(INSTANTS);
    while searches.len() < INSTANTS {
        let (body, start) = (*random.pick(bodies), random.between(first, last));
        let mut search = Search { kind, body, start, end: last };
        let Some(found) = sky.first(&search)? else { continue };
        if kind == Kind::StationNear {
            let start = found.jd_tt - random.between(0.0, WINDOW_DAYS);
            search = Search { start, end: start + WINDOW_DAYS, ..search };
        }
        searches.push(search);
    }
    Ok(searches)
}

/// What is found: when, and whether it is an eclipse of the Sun.
#[derive(Clone, Copy, Debug)]
struct Found {
    jd_tt: f64,
    of_the_sun: bool,
}

impl Sky<'_> {
    /// The first that a search finds in the tables. Nothing is at hand from a search before.
    fn first(&self, search: &Search) -> Result<Option<Found>> {
        if search.kind == Kind::Eclipse {
            return self.next_eclipse(search.start);
        }
        let tables = Tables::new(self.dataset);
        let finder = Finder::new(&tables, self.known, (search.start, search.end), None);
        let body = WireBody::Tabulated(search.body);
        let mut events = match search.kind {
            Kind::Station | Kind::StationNear => finder.stations(body),
            Kind::Ingress => finder.ingresses(body),
            Kind::Lunation | Kind::Eclipse => finder.lunations(),
        };
        let first: Option<Result<Event, Unknown>> = events.next();
        Ok(first.transpose()?.map(|event| Found { jd_tt: black_box(event).jd_tt, of_the_sun: false }))
    }

    /// The next eclipse of either kind, from the lists.
    fn next_eclipse(&self, start: f64) -> Result<Option<Found>> {
        let missing = "the dataset has no lists of eclipses";
        let solar = self.dataset.solar_eclipses().context(missing)?;
        let lunar = self.dataset.lunar_eclipses().context(missing)?;
        let solar = solar.entries().get(solar.first_at_or_after(start)).map(|entry| Found {
            jd_tt: black_box(SolarEclipse::native(entry)).greatest_jd_tt,
            of_the_sun: true,
        });
        let lunar = lunar.entries().get(lunar.first_at_or_after(start)).map(|entry| Found {
            jd_tt: black_box(LunarEclipse::native(entry)).greatest_jd_tt,
            of_the_sun: false,
        });
        Ok([solar, lunar].into_iter().flatten().min_by(|a, b| a.jd_tt.total_cmp(&b.jd_tt)))
    }

    /// ΔT about an instant, days.
    fn delta_t_days(&self, jd: f64) -> Result<f64> {
        Ok(self.dataset.delta_t_s(UtDay(jd))? / 86_400.0)
    }
}

/// The same from the live source.
fn live(sky: Sky<'_>, session: &mut Session, search: &Search) -> Result<Option<Found>> {
    let &Search { kind, body, start, end } = search;
    let jd_tt = match kind {
        Kind::Station | Kind::StationNear => stepping::next_station(session, body, start, end)?,
        Kind::Ingress => Some(stepping::next_ingress(session, body, start)?),
        Kind::Lunation => Some(stepping::next_lunation(session, start)?),
        Kind::Eclipse => {
            let delta_t = sky.delta_t_days(start)?;
            let start = start - delta_t;
            let solar = session.plain_solar_eclipse(&LiveSolarKind::ALL, LiveSearch::Forward, start)?;
            let lunar = session.plain_lunar_eclipse(&LiveLunarKind::ALL, LiveSearch::Forward, start)?;
            let (solar, lunar) = (solar.shadow.maximum_jd_ut, lunar.maximum_jd_ut);
            return Ok(Some(Found { jd_tt: solar.min(lunar) + delta_t, of_the_sun: solar < lunar }));
        }
    };
    Ok(jd_tt.map(|jd_tt| Found { jd_tt, of_the_sun: false }))
}

/// By how many seconds both differ, if they have found the same.
fn difference_s(sky: Sky<'_>, session: &mut Session, search: &Search) -> Result<f64> {
    let missed = || format!("one of the two finds nothing: {search:?}");
    let ours = sky.first(search)?.with_context(missed)?;
    let live = live(sky, session, search)?.with_context(missed)?;
    let apart_s = (live.jd_tt - ours.jd_tt) * 86_400.0;
    let is_same = match search.kind {
        Kind::Eclipse => apart_s.abs() < SAME_ECLIPSE_S && live.of_the_sun == ours.of_the_sun,
        kind => {
            let mut off = |body| off_arcsec(session, body, ours.jd_tt, live.jd_tt);
            // A station at which the body stands at the same place is the same, however long it stands there.
            let apart = match kind {
                Kind::Lunation => off(Body::Moon)? - off(Body::Sun)?,
                _ => off(search.body)?,
            };
            apart.abs() < SAME_ARCSEC
        }
    };
    ensure!(is_same, "the live source finds it {apart_s} s later: {search:?}");
    Ok(apart_s)
}

/// How far a body moves from one instant to another, by the live source, arcseconds.
fn off_arcsec(session: &mut Session, body: Body, from: f64, to: f64) -> Result<f64> {
    let (before, after) =
        (stepping::longitude(session, body, from)?.0, stepping::longitude(session, body, to)?.0);
    Ok(orrery_pipeline::sample::signed_degrees(after - before) * 3600.0)
}

/// Times of one piece of work, microseconds, and how often the one goes into the other: medians of rounds.
struct Times {
    ours_us: f64,
    live_us: f64,
    ratio: f64,
}

/// Both in turns, each of which says how many pieces of work it has done.
fn in_turns(
    rounds: usize,
    mut ours: impl FnMut() -> Result<usize>,
    mut live: impl FnMut() -> Result<usize>,
) -> Result<Times> {
    let mut all = [const { Vec::new() }; 3];
    for _ in 0..rounds {
        let (ours_us, live_us) = (timed_us(&mut ours)?, timed_us(&mut live)?);
        for (times, time) in all.iter_mut().zip([ours_us, live_us, live_us / ours_us]) {
            times.push(time);
        }
    }
    let [ours_us, live_us, ratio] = all.map(median);
    Ok(Times { ours_us, live_us, ratio })
}

fn timed_us(run: &mut impl FnMut() -> Result<usize>) -> Result<f64> {
    let begun = Instant::now();
    let pieces = run()?;
    Ok(begun.elapsed().as_secs_f64() * 1e6 / pieces as f64)
}

/// The middle one of some numbers.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}
