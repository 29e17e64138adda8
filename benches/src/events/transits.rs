//! A century of transits of Jupiter to Pluto over the ten bodies of a nativity, with when each is within one degree.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use orrery_almanac::WireBody;
use orrery_almanac::aspect::PTOLEMAIC;
use orrery_almanac::events::Finder;
use orrery_almanac::motion::{Ephemeris, Function, Tables};
use orrery_almanac::transits::{Contact, Target, Transit, transits};
use orrery_format::Center;
use orrery_pipeline::sample::signed_degrees;
use orrery_tests::tables::TEN_BODIES;

use super::{Sky, median};
use crate::figure::figure;

/// 2000-01-01 to 2100-01-01, 0h TT.
const CENTURY: (f64, f64) = (2_451_544.5, 2_488_069.5);

/// 1940-10-09, 17:30 UT, nearly.
const BIRTH_JD_TT: f64 = 2_429_912.229;

const ORB_DEG: f64 = 1.0;

const ROUNDS: usize = 7;

/// Measures it, after making sure that bodies are where they are said to be.
pub(super) fn run(sky: Sky<'_>) -> Result<()> {
    let tables = Tables::new(sky.dataset);
    let mut points = Vec::new();
    for body in TEN_BODIES {
        let function = Function::Longitude(Center::Geo, WireBody::Tabulated(body));
        let place = tables.value(function, BIRTH_JD_TT)?;
        points.push(place.with_context(|| format!("no table has {body:?} at {BIRTH_JD_TT}"))?);
    }
    let targets = Target::all(&points, &PTOLEMAIC, |_, _| Some(ORB_DEG));
    let found = search(sky, &targets)?;
    ensure!(found.len() > 1_000, "only {} transits in a century", found.len());
    for transit in &found {
        let off = signed_degrees(transit.longitude_deg - targets[transit.target].longitude_deg).abs();
        let most = if matches!(transit.contact, Contact::Exact { .. }) { 1e-6 } else { ORB_DEG };
        ensure!(off <= most, "{transit:?} is {off} degrees off");
    }
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        black_box(search(sky, &targets)?);
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    let ms = median(times);
    println!("century of {} transits of Jupiter to Pluto over ten points  table {ms:.1} ms", found.len());
    figure("transit_search_century_ms", ms, "ms");
    figure("transit_search_century_count", found.len() as f64, "transits");
    Ok(())
}

fn search(sky: Sky<'_>, targets: &[Target]) -> Result<Vec<Transit>> {
    let tables = Tables::new(sky.dataset);
    let finder = Finder::new(&tables, sky.known, CENTURY, None);
    let outer: Vec<_> = TEN_BODIES[5..].iter().map(|body| WireBody::Tabulated(*body)).collect();
    Ok(transits(&finder, &outer, targets).collect::<Result<_, _>>()?)
}
