//! Instants at which tables go wrong if they go wrong anywhere.

use orrery_format::{Body, Center, Dataset, Product, TtDay};
use orrery_pipeline::breaks::LIGHT_DAY_PER_AU;
use orrery_swisseph::EphemerisDir;
use orrery_swisseph::seams::SourceBody;

use crate::measure::angle_between;
use crate::random::Random;

/// A second in days.
pub const SECOND: f64 = 1.0 / 86_400.0;

/// An instant, its neighbours one unit in the last place away, and those a second away.
#[must_use]
pub fn around(jd: f64) -> [f64; 5] {
    [jd - SECOND, jd.next_down(), jd, jd.next_up(), jd + SECOND]
}

/// Edges of segments of a product, at most `count` of them, the blocks' own edges always among them.
#[must_use]
pub fn segment_edges(dataset: &Dataset, product: Product, count: usize) -> Vec<f64> {
    let blocks: Vec<_> = dataset.blocks().iter().filter(|block| block.product() == product).collect();
    let mut edges: Vec<f64> = blocks.iter().flat_map(|block| [block.start_jd(), block.end_jd()]).collect();
    let starts: Vec<f64> =
        blocks.iter().flat_map(|block| block.segments()).map(|segment| segment.start_jd).collect();
    let mut random = Random::of(&format!("edges of {product}"));
    edges.extend((edges.len()..count).map(|_| *random.pick(&starts)));
    edges.sort_by(f64::total_cmp);
    edges.dedup();
    edges
}

/// The bodies of the ephemeris files that a place may be made from: its own, and those that any place may feel.
#[must_use]
pub fn sources(body: Body) -> Vec<SourceBody> {
    let own = match body {
        Body::MeanNode | Body::MeanApogee | Body::InterpolatedApogee | Body::InterpolatedPerigee => {
            return Vec::new();
        }
        Body::Moon | Body::TrueNode | Body::OsculatingApogee | Body::Sun | Body::Earth => None,
        Body::Mercury => Some(SourceBody::Mercury),
        Body::Venus => Some(SourceBody::Venus),
        Body::Mars => Some(SourceBody::Mars),
        Body::Jupiter => Some(SourceBody::Jupiter),
        Body::Saturn => Some(SourceBody::Saturn),
        Body::Uranus => Some(SourceBody::Uranus),
        Body::Neptune => Some(SourceBody::Neptune),
        Body::Pluto => Some(SourceBody::Pluto),
        Body::Chiron => Some(SourceBody::Chiron),
        Body::Pholus => Some(SourceBody::Pholus),
        Body::Ceres => Some(SourceBody::Ceres),
        Body::Pallas => Some(SourceBody::Pallas),
        Body::Juno => Some(SourceBody::Juno),
        Body::Vesta => Some(SourceBody::Vesta),
    };
    let shared = [SourceBody::EarthMoonBarycenter, SourceBody::SunBarycentric, SourceBody::Moon];
    own.into_iter().chain(shared).collect()
}

/// Seams of the source files that a place may feel, at most `count` for each body of the files: each at the date itself
/// and one light time later.
#[must_use]
pub fn seams(dataset: &Dataset, files: &EphemerisDir, center: Center, body: Body, count: usize) -> Vec<f64> {
    let Some((start, end)) = dataset.span_jd(Product::Place(center, body)) else { return Vec::new() };
    let inside = |jd: &f64| *jd > start + 2.0 * SECOND && *jd < end - 2.0 * SECOND;
    let mut random = Random::of(&format!("seams of {center}/{body}"));
    let mut found = Vec::new();
    for source in sources(body) {
        let all: Vec<f64> = files.seams(source, start, end).filter(inside).collect();
        for _ in 0..count.min(all.len()) {
            let seam = *random.pick(&all);
            found.push(seam);
            let mut seen = seam;
            for _ in 0..3 {
                if let Ok(answer) = dataset.state(body, center, TtDay(seen)) {
                    seen = seam + answer.value.distance_au * LIGHT_DAY_PER_AU;
                }
            }
            found.extend(Some(seen).filter(inside));
        }
    }
    found.sort_by(f64::total_cmp);
    found.dedup();
    found
}

/// When a function of time that the tables give changes its sign: looked for in steps of days, then bisected. A jump by
/// half a turn is no change of sign.
#[must_use]
pub fn roots(span: (f64, f64), step_days: f64, f: impl Fn(f64) -> Option<f64>) -> Vec<f64> {
    let mut found = Vec::new();
    let (mut before, mut last) = (span.0, f(span.0));
    while before + step_days < span.1 {
        let after = before + step_days;
        let value = f(after);
        if let (Some(a), Some(b)) = (last, value)
            && (a < 0.0) != (b < 0.0)
            && (a - b).abs() < 90.0
        {
            let (mut low, mut high) = (before, after);
            for _ in 0..40 {
                let middle = low + (high - low) / 2.0;
                let Some(at) = f(middle) else { break };
                if (at < 0.0) == (a < 0.0) { low = middle } else { high = middle }
            }
            found.push(high);
        }
        (before, last) = (after, value);
    }
    found
}

/// Conjunctions in longitude of a body with the Sun, seen from the Earth, with the distance in latitude, degrees.
#[must_use]
pub fn conjunctions(dataset: &Dataset, body: Body) -> Vec<(f64, f64)> {
    let place = |body, jd| dataset.state(body, Center::Geo, TtDay(jd)).ok().map(|answer| answer.value);
    let difference =
        |jd| Some(angle_between(place(body, jd)?.longitude_deg, place(Body::Sun, jd)?.longitude_deg));
    let Some(span) = dataset.span_jd(Product::Place(Center::Geo, body)) else { return Vec::new() };
    let apart = |jd: f64| {
        let both = place(body, jd).zip(place(Body::Sun, jd));
        both.map_or(0.0, |(body, sun)| (body.latitude_deg - sun.latitude_deg).abs())
    };
    roots(span, 2.0, difference).into_iter().map(|jd| (jd, apart(jd))).collect()
}

/// When a body stands still in longitude, seen from the Earth.
#[must_use]
pub fn stations(dataset: &Dataset, body: Body) -> Vec<f64> {
    let speed =
        |jd| dataset.state(body, Center::Geo, TtDay(jd)).ok().map(|answer| answer.value.longitude_speed);
    let Some(span) = dataset.span_jd(Product::Place(Center::Geo, body)) else { return Vec::new() };
    roots(span, 3.0, speed)
}
