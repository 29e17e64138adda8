//! How fast risings, settings and transits are found, beside live Swiss Ephemeris in the same run.
//!
//! One piece of work is a body's day at a place: its rise, its set and both transits. The live source is asked for them as a
//! user of the C library asks: by four calls of `swe_rise_trans` from the beginning of the day, for the same horizon.

use std::hint::black_box;

use anyhow::{Result, ensure};
use orrery_almanac::horizon::Atmosphere;
use orrery_almanac::rise_set::{Refraction, Span, TabulatedSky, Threshold, Wanted, search};
use orrery_almanac::{Site, WireBody};
use orrery_format::{Body, Center, Dataset, Product, UtDay};
use orrery_pipeline::sample::live_body;
use orrery_swisseph::{
    EphemerisDir, LiveAtmosphere, LiveCrossing, LiveEvent, LiveLimb, LiveObserver, LiveSite, Session,
};
use orrery_tests::random::Random;
use orrery_tests::tables::TEN_BODIES;

use crate::evaluation::nanoseconds;
use crate::figure::figure;

/// Days of each body.
const DAYS: usize = 2_000;

/// Of these the live source is asked for so many.
const LIVE_DAYS: usize = 200;

/// Where most people live, degrees from the equator.
const MID_LATITUDES_DEG: f64 = 60.0;

/// A day at a place.
struct Day {
    site: Site,
    start: f64,
}

/// Runs all measurements.
pub(crate) fn run(dataset: &Dataset, dir: &EphemerisDir) -> Result<()> {
    let Some((start, end)) = dataset.span_jd(Product::Place(Center::Geo, Body::Sun)) else { return Ok(()) };
    let mut session = Session::open(dir)?;
    let mut random = Random::of("days at places");
    let days: Vec<Day> = (0..DAYS)
        .map(|_| Day {
            site: Site {
                latitude_deg: random.between(-MID_LATITUDES_DEG, MID_LATITUDES_DEG),
                longitude_deg: random.between(-180.0, 180.0),
                altitude_m: 0.0,
            },
            start: random.between(start + 2.0, end - 4.0),
        })
        .collect();
    let (mut table, mut live) = (0.0, 0.0);
    for body in TEN_BODIES {
        // Both find as much, or one of them would be quick for finding nothing.
        let few = &days[..LIVE_DAYS];
        let ours: usize = few.iter().map(|day| found(dataset, body, day)).sum();
        let theirs: usize = few.iter().map(|day| asked(&mut session, body, day)).sum();
        ensure!(
            ours > 3 * LIVE_DAYS && ours.abs_diff(theirs) < LIVE_DAYS / 10,
            "{body}: {ours} events and {theirs}"
        );
        let by_tables = nanoseconds(days.len(), || {
            black_box(days.iter().map(|day| found(dataset, body, day)).sum::<usize>());
        });
        let by_library = nanoseconds(few.len(), || {
            black_box(few.iter().map(|day| asked(&mut session, body, day)).sum::<usize>());
        });
        let (us, live_us) = (by_tables / 1e3, by_library / 1e3);
        println!("{:<10} table {us:7.2} us  live {live_us:9.1} us  {:6.0} times", body.name(), live_us / us);
        table += us / TEN_BODIES.len() as f64;
        live += live_us / TEN_BODIES.len() as f64;
    }
    figure("rise_set_us", table, "us");
    figure("rise_set_live_us", live, "us");
    figure("rise_set_speedup", live / table, "times");
    Ok(())
}

/// How much happens, by the tables.
fn found(dataset: &Dataset, body: Body, day: &Day) -> usize {
    let mut sky = TabulatedSky { dataset, body: WireBody::Tabulated(body), site: day.site };
    let threshold =
        Threshold { refraction: Refraction::Air(Atmosphere::usual_at(0.0)), ..Threshold::default() };
    let wanted = Wanted { thresholds: &[threshold], transits: true };
    let span = Span { start: UtDay(day.start), end: UtDay(day.start + 1.0) };
    // What stands beside the Sun's disc is for the live source.
    search(&mut sky, day.site.latitude_deg, span, &wanted).map_or(0, |findings| findings.events.len())
}

/// How much happens, by the library.
fn asked(session: &mut Session, body: Body, day: &Day) -> usize {
    let Site { latitude_deg, longitude_deg, altitude_m } = day.site;
    let observer = LiveObserver {
        site: LiveSite { latitude_deg, longitude_deg, altitude_m },
        atmosphere: LiveAtmosphere { pressure_hpa: Some(1013.25), temperature_c: 10.0 },
    };
    let crossing =
        LiveCrossing::Horizon { limb: LiveLimb::Upper, refraction: true, altitude_deg: 0.0, thorough: false };
    let events = [
        LiveEvent::Rise(crossing),
        LiveEvent::Set(crossing),
        LiveEvent::UpperTransit,
        LiveEvent::LowerTransit,
    ];
    let at = |event| session.plain_rise_transit(observer, live_body(body), event, day.start);
    // What it finds is the next of its kind, which may be of another day.
    events.into_iter().map(at).filter(|found| matches!(found, Ok(Some(at)) if *at < day.start + 1.0)).count()
}
