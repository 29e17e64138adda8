//! Hazard: speeds that are not those of the positions beside them. Swiss Ephemeris' own are not; ours must be the exact
//! derivative of the answered position, at the ends of segments too, where a fit's derivative is at its worst.

use orrery_format::{Body, Center, Dataset, Product, TtDay};
use orrery_pipeline::sample::{live_body, live_center};
use orrery_swisseph::Session;
use orrery_tests::measure::angle_between;
use orrery_tests::random::Random;
use orrery_tests::{hostile, tables, workspace};

/// Points of the difference quotients below.
const POINTS: usize = 7;

/// Weights of the derivative at `t` of the polynomial through these nodes.
fn weights(t: f64, nodes: &[f64; POINTS]) -> [f64; POINTS] {
    std::array::from_fn(|i| {
        (0..POINTS)
            .filter(|&j| j != i)
            .map(|j| {
                let others = (0..POINTS).filter(|&k| k != i && k != j);
                others.fold(1.0 / (nodes[i] - nodes[j]), |product, k| {
                    product * (t - nodes[k]) / (nodes[i] - nodes[k])
                })
            })
            .sum()
    })
}

/// Instants of one segment around `jd`, or beside it at an end.
fn nodes(jd: f64, segment: (f64, f64), step: f64) -> [f64; POINTS] {
    let half = step * (POINTS / 2) as f64;
    let last = segment.1.next_down();
    let middle = jd.clamp(segment.0 + half, last - half);
    std::array::from_fn(|i| (middle - half + step * i as f64).clamp(segment.0, last))
}

/// The derivative of what a table answers, from its answers at instants of one segment.
fn difference_quotient(
    dataset: &Dataset,
    product: Product,
    jd: f64,
    segment: (f64, f64),
    step: f64,
) -> [f64; 3] {
    let jds = nodes(jd, segment, step);
    // By the instants that were really asked for, counted from `jd`.
    let weights = weights(0.0, &jds.map(|at| at - jd));
    let here = dataset.components_at(product, jd).unwrap().value;
    let values = jds.map(|at| dataset.components_at(product, at).unwrap().value);
    std::array::from_fn(|c| {
        let change = |i: usize| {
            let change = values[i][c] - here[c];
            if c == 0 && product.wraps() { angle_between(change, 0.0) } else { change }
        };
        (0..POINTS).map(|i| weights[i] * change(i)).sum()
    })
}

#[test]
fn speeds_are_derivatives_of_the_tables() {
    let dataset = tables::shared();
    let (mut compared, mut worst) = (0_u32, 0.0_f64);
    for product in tables::products(&dataset) {
        let mut random = Random::of(&format!("speeds of {product}"));
        let blocks: Vec<_> = dataset.blocks().iter().filter(|block| block.product() == product).collect();
        for _ in 0..400 {
            let block = random.pick(&blocks);
            let jd = random.between(block.start_jd(), block.end_jd());
            let (_, segment) = dataset.locate(product, jd).unwrap();
            let (start, end) = (segment.start_jd, segment.end_jd);
            if !segment.accepted {
                continue;
            }
            let step = (end - start) / 400.0;
            let last = end.next_down();
            for jd in [start, start.next_up(), start + step, jd, last - step, last.next_down(), last] {
                let rate = dataset.components_at(product, jd).unwrap().rate;
                let quotient = difference_quotient(&dataset, product, jd, (start, end), step);
                // Values are rounded to 6e-14 degrees; one-sided quotients multiply that by some hundreds over the step.
                let tolerance = 2e-9 + 2.4e-11 / step;
                for c in 0..3 {
                    let difference = (rate[c] - quotient[c]).abs();
                    assert!(
                        difference <= tolerance,
                        "{product} at {jd:?} in {start} to {end}, component {c}: speed {}, quotient {}",
                        rate[c],
                        quotient[c]
                    );
                    worst = worst.max(difference / tolerance);
                }
                compared += 1;
            }
        }
    }
    println!("{compared} instants, worst {worst:.2} of the tolerance");
}

/// How far speeds may be from difference quotients of live positions, arcseconds a day in longitude and latitude: at
/// most twice what was measured. The quotients have the noise of live positions in them (see `orrery_swisseph::session`),
/// the tables' derivatives that of their fit, which is largest at the ends of a segment.
fn tolerance_arcsec(body: Body, at_an_end: bool) -> f64 {
    match (body, at_an_end) {
        (Body::InterpolatedPerigee, true) => 0.12,
        (_, true) => 0.07,
        (_, false) => 0.01,
    }
}

/// The same for distances: relative, a day.
const DISTANCE_TOLERANCE: f64 = 4e-7;

/// Segments shorter than this lie between seams or kinks of the source that are close together; a difference quotient of
/// live positions says nothing of a speed there.
const SHORTEST_DAYS: f64 = 1.0;

/// How far from a seam live speeds are looked at, seconds.
const BESIDE_S: f64 = 60.0;

/// How far live speeds beside a seam may be from quotients over a wider stretch on the same side, arcseconds a day.
const LIVE_TOLERANCE_ARCSEC: f64 = 0.5;

/// How far a speed in a short segment may be from its surroundings', arcseconds a day.
const SHORT_TOLERANCE_ARCSEC: f64 = 10.0;

/// How near the Sun light deflection bends a planet's path within the hour, degrees.
const NEAR_SUN_DEG: f64 = 1.5;

/// The derivative of live positions at an instant, from instants of one segment.
fn live_quotient(session: &mut Session, product: Product, jd: f64, segment: (f64, f64)) -> [f64; 3] {
    let Product::Place(center, body) = product else { unreachable!("places alone are compared") };
    // Wide where live positions are noisy, narrow where paths bend.
    let step = match body {
        Body::Moon if center == Center::Geo => 0.25,
        Body::InterpolatedPerigee | Body::InterpolatedApogee => 0.5,
        _ => 1.0 / 16.0,
    };
    let step = f64::min(step, (segment.1 - segment.0) / POINTS as f64);
    let mut position = |jd| session.position(live_body(body), live_center(center), jd).unwrap();
    let jds = nodes(jd, segment, step);
    let weights = weights(0.0, &jds.map(|at| at - jd));
    let here = position(jd);
    let values = jds.map(&mut position);
    std::array::from_fn(|c| {
        let change = |i: usize| {
            let change = values[i][c] - here[c];
            if c == 0 { angle_between(change, 0.0) } else { change }
        };
        (0..POINTS).map(|i| weights[i] * change(i)).sum()
    })
}

/// Compares speeds with those of live positions, at instants chosen from each segment drawn.
fn compare_with_live(at_an_end: bool, instants: impl Fn(&mut Random, (f64, f64)) -> Vec<f64>) {
    let (dataset, mut session) = (tables::shared(), workspace::session());
    let mut broken = Vec::new();
    for product in tables::products(&dataset) {
        let Product::Place(center, body) = product else { continue };
        let mut random = Random::of(&format!("live speeds of {product} {at_an_end}"));
        let (start, end) = dataset.span_jd(product).unwrap();
        let (mut worst, mut compared) = ([0.0_f64; 3], 0);
        for _ in 0..500 {
            let (_, segment) = dataset.locate(product, random.between(start, end)).unwrap();
            let bounds = (segment.start_jd, segment.end_jd);
            if bounds.1 - bounds.0 < SHORTEST_DAYS {
                continue;
            }
            for jd in instants(&mut random, bounds) {
                let Ok(table) = dataset.state(body, center, TtDay(jd)) else { continue };
                let sun = dataset.state(Body::Sun, Center::Geo, TtDay(jd)).unwrap().value.longitude_deg;
                let bends = center == Center::Geo && hostile::sources(body).len() > 3;
                if bends && angle_between(table.value.longitude_deg, sun).abs() < NEAR_SUN_DEG {
                    continue;
                }
                let [longitude, latitude, distance] = live_quotient(&mut session, product, jd, bounds);
                let gaps = [
                    (table.value.longitude_speed - longitude).abs() * 3600.0,
                    (table.value.latitude_speed - latitude).abs() * 3600.0,
                    (table.value.distance_speed - distance).abs() / table.value.distance_au,
                ];
                for (worst, gap) in worst.iter_mut().zip(gaps) {
                    *worst = worst.max(gap);
                }
                compared += 1;
                let tolerance = tolerance_arcsec(body, at_an_end);
                if !(gaps[0] <= tolerance && gaps[1] <= tolerance && gaps[2] <= DISTANCE_TOLERANCE) {
                    broken.push(format!("{product} at JD {jd:?} in {bounds:?}: {gaps:?}"));
                }
            }
        }
        println!(
            "{:<28} {compared:5}: {:.5}″ {:.5}″ {:.1e} a day",
            product.to_string(),
            worst[0],
            worst[1],
            worst[2]
        );
    }
    let shown = broken.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
    assert!(broken.is_empty(), "{} speeds are off:\n{shown}", broken.len());
}

#[test]
fn speeds_are_those_of_live_positions() {
    compare_with_live(false, |random, (start, end)| {
        let margin = (end - start) / 10.0;
        (0..3).map(|_| random.between(start + margin, end - margin)).collect()
    });
}

#[test]
fn speeds_are_those_of_live_positions_at_segment_ends() {
    compare_with_live(true, |_, (start, end)| vec![start, start.next_up(), end.next_down()]);
}

#[test]
fn live_speeds_beside_seams_are_those_of_live_positions() {
    // `source=live` answers these speeds. The quotients they are made from must not reach over a seam, nor be squeezed
    // between two of them until nothing but noise is left.
    let (dataset, mut session) = (tables::shared(), workspace::session());
    let mut broken = Vec::new();
    for product in tables::products(&dataset) {
        let Product::Place(center, body) = product else { continue };
        let mut random = Random::of(&format!("live seams of {product}"));
        let (start, end) = dataset.span_jd(product).unwrap();
        let (mut worst, mut compared, mut off) = ((0.0_f64, 0.0), 0, 0);
        for _ in 0..300 {
            let (_, segment) = dataset.locate(product, random.between(start + 40.0, end - 300.0)).unwrap();
            let bounds = (segment.start_jd, segment.end_jd);
            if bounds.1 - bounds.0 < SHORTEST_DAYS {
                continue;
            }
            for jd in [bounds.0 + BESIDE_S * hostile::SECOND, bounds.1 - BESIDE_S * hostile::SECOND] {
                let sun = dataset.state(Body::Sun, Center::Geo, TtDay(jd)).unwrap().value.longitude_deg;
                let quotient = live_quotient(&mut session, product, jd, bounds);
                let (live, _) = session.state(live_body(body), live_center(center), jd, false).unwrap();
                let planet = center == Center::Geo && hostile::sources(body).len() > 3;
                if planet && angle_between(live.longitude_deg, sun).abs() < NEAR_SUN_DEG {
                    continue;
                }
                compared += 1;
                let gap =
                    (live.longitude_speed - quotient[0]).abs().max((live.latitude_speed - quotient[1]).abs())
                        * 3600.0;
                off += usize::from(gap > LIVE_TOLERANCE_ARCSEC);
                if gap > worst.0 {
                    worst = (gap, jd);
                }
            }
        }
        println!("{product}: {compared} ends, {off} off, worst {:.4}″ a day at JD {:?}", worst.0, worst.1);
        if off > 0 {
            broken.push(format!(
                "{product}: {off} of {compared}, worst {:.3}″ a day at JD {:?}",
                worst.0, worst.1
            ));
        }
    }
    assert!(broken.is_empty(), "live speeds are off beside seams:\n{}", broken.join("\n"));
}

#[test]
fn speeds_do_not_jump_in_short_segments() {
    // Between seams that lie seconds apart, and where a noisy source was split and split again, a fit that is good to
    // 0.001″ may still have any slope. Planets seen from the Earth are left out: beside the Sun their paths do bend.
    let dataset = tables::shared();
    let mut broken = Vec::new();
    for product in tables::products(&dataset) {
        let Product::Place(center, body) = product else { continue };
        if center == Center::Geo && hostile::sources(body).len() > 3 {
            continue;
        }
        let (start, end) = dataset.span_jd(product).unwrap();
        let speed =
            |jd| dataset.state(body, center, TtDay(jd)).ok().map(|answer| answer.value.longitude_speed);
        let (mut segments, mut worst) = (0, (0.0_f64, 0.0));
        for block in dataset.blocks().iter().filter(|block| block.product() == product) {
            let short = block
                .segments()
                .filter(|segment| segment.accepted && segment.end_jd - segment.start_jd < 0.02);
            for segment in short {
                let beside = 0.05;
                let (before, after) = (segment.start_jd - beside, segment.end_jd + beside);
                if before < start || after >= end {
                    continue;
                }
                let (Some(a), Some(b)) = (speed(before), speed(after)) else { continue };
                segments += 1;
                for jd in [
                    segment.start_jd,
                    segment.start_jd + (segment.end_jd - segment.start_jd) / 2.0,
                    segment.end_jd.next_down(),
                ] {
                    let expected = a + (b - a) * (jd - before) / (after - before);
                    let off = speed(jd).map_or(0.0, |found| (found - expected).abs() * 3600.0);
                    if off > worst.0 {
                        worst = (off, jd);
                    }
                }
            }
        }
        if segments > 0 {
            println!(
                "{product}: {segments} short segments, speed off by {:.3}″ a day at most, at JD {:?}",
                worst.0, worst.1
            );
        }
        if worst.0 > SHORT_TOLERANCE_ARCSEC {
            broken.push(format!("{product}: {:.3}″ a day at JD {:?}", worst.0, worst.1));
        }
    }
    assert!(broken.is_empty(), "speeds jump in short segments:\n{}", broken.join("\n"));
}

#[test]
fn retrograde_motion_is_where_the_longitude_falls() {
    let dataset = tables::shared();
    for body in [Body::Mercury, Body::Venus, Body::Mars, Body::Pluto, Body::Chiron] {
        for jd in hostile::stations(&dataset, body).into_iter().take(500) {
            let state = |jd| dataset.state(body, Center::Geo, TtDay(jd)).unwrap().value;
            for (before, after) in [(jd - 2.0, jd - 1.9), (jd + 1.9, jd + 2.0)] {
                if dataset
                    .span_jd(Product::Place(Center::Geo, body))
                    .is_some_and(|(a, b)| before < a || after >= b)
                {
                    continue;
                }
                let moved = angle_between(state(after).longitude_deg, state(before).longitude_deg);
                assert_eq!(moved < 0.0, state(before).longitude_speed < 0.0, "{body} at {before}");
            }
        }
    }
}
