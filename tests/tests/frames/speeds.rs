//! Speeds: the derivatives of the answered positions, by differences of answers.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;

use orrery_almanac::ayanamsa::Ayanamsa;
use orrery_format::{Body, Center, Dataset, Product};
use orrery_swisseph::{EphemerisDir, LiveAyanamsa, LiveCenter, LivePlace, LivePlane};
use orrery_tests::hostile;
use orrery_tests::measure::{ARCSEC, angle_between};
use orrery_tests::views::View;
use orrery_tests::{tables, workspace};
use serde_json::Value;

use crate::instants::view;
use crate::sky::Sky;

/// Steps of the differences, days: powers of two, so that every instant is the double that is meant. Tables have no noise;
/// the live source has some, and a site turns with the Earth, of which five points tell less the longer they reach.
const TABLE_STEP_DAYS: f64 = 1.0 / 1024.0;
const LIVE_STEP_DAYS: f64 = 1.0 / 32.0;
const LIVE_TOPOCENTRIC_STEP_DAYS: f64 = 1.0 / 128.0;

/// What a speed from tables may be off its difference, degrees a day: the rounding of the numbers that are subtracted, over
/// the step.
const ROUNDING: f64 = 2e-9;

/// The same by a zodiac that a star holds fast, whose light bends past the Sun and is aberrated, to the first order.
const ANCHORED_ROUNDING: f64 = 1e-7;

/// The same from a site: the Earth's rotation is told by the day of UT1, which is longer by parts in 1e7 by 2400, and
/// the second derivatives of parallax and light time are left out.
const TOPOCENTRIC_ROUNDING: f64 = 6e-6;

/// What a live speed may be off, arcseconds over the step: the library's noise, of which the Moon has some and the
/// interpolated perigee, by the Moon's theory, more, and for all the edge of two pieces of nutation, whose table turns live
/// places too. Measured over 3,000 views: 4.2e-4″, 1.4e-3″, 4.3e-5″. So a speed without precession, 0.138″ a day, is seen.
fn live_noise_arcsec(body: &str) -> f64 {
    match body {
        "moon" => 9e-4,
        "interpolated_perigee" => 3e-3,
        _ => 2e-4,
    }
}

/// The body whose table or file answers for a name; none for those that only the live source has.
fn tabulated(name: &str) -> Option<Body> {
    let name = match name {
        "mean_south_node" => "mean_node",
        "true_south_node" => "true_node",
        other => other,
    };
    Body::ALL.into_iter().find(|known| known.name() == name)
}

/// Whether every table that a view may need is one polynomial around an instant.
fn is_smooth(dataset: &Dataset, view: &View, name: &str, jd: f64) -> bool {
    let center = match view.seen.center {
        LiveCenter::Geo | LiveCenter::Topo(_) => Center::Geo,
        LiveCenter::Helio => Center::Helio,
        LiveCenter::Bary => Center::Bary,
    };
    let Some(body) = tabulated(name) else { return false };
    let products = [
        Product::Place(center, body),
        Product::Place(Center::Bary, Body::Earth),
        Product::Place(Center::Geo, Body::Sun),
        Product::Place(Center::Geo, Body::Moon),
        Product::Nutation,
        Product::EarthRotation,
    ];
    products.into_iter().all(|product| {
        // The Earth's rotation is by UT1, minutes or hours off.
        let reach = if product == Product::EarthRotation { 0.1 } else { 3.0 * TABLE_STEP_DAYS };
        let start = |jd| dataset.locate(product, jd).map(|(_, segment)| segment.start_jd).ok();
        start(jd - reach).is_some() && start(jd - reach) == start(jd + reach)
    })
}

/// Whether the files that a live place is made from have no seam near an instant, light time counted: across it the
/// library's places jump.
fn is_far_from_seams(files: &EphemerisDir, name: &str, jd: f64) -> bool {
    // The others are seen from the Earth as the Sun is.
    let all = hostile::sources(tabulated(name).unwrap_or(Body::Sun));
    all.into_iter().all(|source| files.seams(source, jd - 0.5, jd + 0.5).next().is_none())
}

/// Whether the live source alone answers a view.
fn is_live(view: &View) -> bool {
    match view.seen.place {
        LivePlace::Apparent => false,
        LivePlace::Astrometric => matches!(view.seen.center, LiveCenter::Geo | LiveCenter::Topo(_)),
        LivePlace::True => true,
    }
}

/// A body's numbers at an instant and at four around it, two steps before it to two after.
struct Five {
    view: View,
    step_days: f64,
    here: [f64; 6],
    around: [[f64; 6]; 4],
}

impl Five {
    /// `None` where not all five come from the same source.
    fn of(view: View, step_days: f64, replies: &[Value; 5], nth: usize) -> Result<Option<Five>, String> {
        let [here, around @ ..] = replies;
        let position = |reply: &Value| reply["positions"][nth].clone();
        let expected = if is_live(&view) { "live" } else { "table" };
        if replies.iter().any(|reply| position(reply)["source"] != expected) {
            return Ok(None);
        }
        let here = view.numbers(&position(here))?;
        let mut four = [[0.0; 6]; 4];
        for (numbers, reply) in four.iter_mut().zip(around) {
            *numbers = view.numbers(&position(reply))?;
        }
        Ok(Some(Five { view, step_days, here, around: four }))
    }

    /// How far the speed along a coordinate is from the difference quotient, degrees a day of angle on the sphere, and the
    /// quotient.
    fn gap(&self, along: usize) -> (f64, f64) {
        let Five { view, step_days, here, around } = self;
        let is_angle = !view.rectangular && along < 2;
        let [before2, before, after, after2] = around.map(|numbers| {
            if is_angle { angle_between(numbers[along], here[along]) } else { numbers[along] - here[along] }
        });
        let quotient = (8.0 * (after - before) - (after2 - before2)) / (12.0 * step_days);
        let distance = if view.rectangular {
            here[..3].iter().map(|along| along * along).sum::<f64>().sqrt()
        } else {
            here[2]
        };
        // Along a parallel as large an error is a smaller angle; across the line of sight it is one by the distance.
        let weight = match (is_angle, along) {
            (true, 0) => here[1].to_radians().cos(),
            (true, _) => 1.0,
            (false, _) => 1.0_f64.to_degrees() / distance,
        };
        ((quotient - here[along + 3]).abs() * weight, quotient)
    }
}

/// How far the instants of a difference are apart.
fn step_days(view: &View) -> f64 {
    match (is_live(view), view.seen.center) {
        (false, _) => TABLE_STEP_DAYS,
        (true, LiveCenter::Topo(_)) => LIVE_TOPOCENTRIC_STEP_DAYS,
        (true, _) => LIVE_STEP_DAYS,
    }
}

/// Whether a star or the galaxy holds the zodiac of a view fast.
fn is_anchored(view: &View) -> bool {
    let Some(LiveAyanamsa::Mode(number)) = view.ayanamsa else { return false };
    view.plane == LivePlane::Ecliptic && Ayanamsa::numbered(number).is_some_and(Ayanamsa::is_anchored)
}

/// What a speed of a body may be off, degrees a day.
fn allowed(view: &View, body: &str) -> f64 {
    match (is_live(view), matches!(view.seen.center, LiveCenter::Topo(_))) {
        (false, false) if is_anchored(view) => ANCHORED_ROUNDING,
        (false, false) => ROUNDING,
        (false, true) => TOPOCENTRIC_ROUNDING,
        (true, _) => live_noise_arcsec(body) / ARCSEC / step_days(view),
    }
}

#[test]
fn speeds_are_derivatives_of_what_is_answered() {
    let (sky, dataset) = (Sky::open(), tables::shared());
    let files = workspace::ephemeris();
    let worst = RefCell::new(BTreeMap::<String, (f64, String)>::new());
    let compared = Cell::new(0);
    let Range { start, end } = tables::span_tt();
    let instants = (view(), start + 1.0..end - 1.0);
    sky.hold("speeds", 300, &instants, |(view, jd)| {
        let step_days = step_days(&view);
        let jd = (jd / LIVE_STEP_DAYS).floor() * LIVE_STEP_DAYS;
        let query = format!("precision=full&{}&bodies={}", view.query(), view.bodies().join(","));
        let at = |steps: f64| sky.ask(&format!("jd_tt={:?}&{query}", jd + steps * step_days));
        let replies = [at(0.0)?, at(-2.0)?, at(-1.0)?, at(1.0)?, at(2.0)?];
        for (nth, body) in view.bodies().into_iter().enumerate() {
            let is_smooth = if is_live(&view) {
                is_far_from_seams(&files, body, jd)
            } else {
                is_smooth(&dataset, &view, body, jd)
            };
            if !is_smooth {
                continue;
            }
            let Some(five) = Five::of(view, step_days, &replies, nth)? else { continue };
            for along in 0..3 {
                let (gap, quotient) = five.gap(along);
                compared.set(compared.get() + 1);
                let (name, speed) = (view.members()[along + 3], five.here[along + 3]);
                let told = || format!("{name} of {body}: jd_tt={jd:?}&{query}");
                let mut worst = worst.borrow_mut();
                let entry = worst.entry(view.kind()).or_default();
                if gap > entry.0 {
                    *entry = (gap, told());
                }
                let allowed = allowed(&view, body);
                if gap.is_nan() || gap > allowed {
                    let told = told();
                    return Err(format!(
                        "{told}: {speed} where differences make it {quotient}: {gap:e}° off"
                    ));
                }
            }
        }
        Ok(())
    });
    for (kind, (gap, query)) in worst.into_inner() {
        println!("  {kind:<40} {gap:.1e}° a day at most, {query}");
    }
    assert!(compared.get() > 5_000, "only {} speeds were compared", compared.get());
}
