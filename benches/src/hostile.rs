//! Instants at which tables are wrong if they are wrong anywhere.
//!
//! Random dates see neither the seams of the source files, which are instants, nor the minutes in which a planet passes
//! behind the Sun's limb. Here they are looked for: edges in the tables' own lists, seams in the headers of the source
//! files, conjunctions and stations by bisecting what the tables say.

use orrery_format::{Body, Center, Dataset, Product, State, TtDay};
use orrery_pipeline::breaks::LIGHT_DAY_PER_AU;
use orrery_pipeline::sample::signed_degrees;
use orrery_swisseph::EphemerisDir;
use orrery_tests::hostile::{SECOND, roots, sources};

use crate::instants::{random, shuffled};

/// The Sun's radius in au: the limb is where the source's light deflection bends.
const SUN_RADIUS_AU: f64 = 0.004_65;

/// Seconds around a seam: where in its neighbourhood the source changes over depends on how it takes light time.
const AROUND_SEAM_S: [f64; 10] = [-60.0, -8.0, -4.0, -2.0, -1.0, 1.0, 2.0, 4.0, 8.0, 60.0];

/// Seconds around an edge: the first two everywhere, all where there are fewer edges than [`FEW_EDGES`].
const AROUND_EDGE_S: [f64; 10] =
    [-1.0, 1.0, -60.0, 60.0, -600.0, 600.0, -3600.0, 3600.0, -36_000.0, 36_000.0];
const FEW_EDGES: usize = 2_000;

/// Conjunctions nearer than this, degrees, are looked at closely: within it, light deflection exceeds half an arcsecond
/// of a body behind the Sun.
const CLOSE_DEG: f64 = 0.75;

/// Most stations looked at for one body, and most seams of one source; more are drawn by lot.
const MOST_STATIONS: usize = 1_000;
const MOST_SEAMS: usize = 5_000;

/// Why an instant was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Drawn by lot from the whole span.
    Random,
    /// At or beside an edge of a segment or a block.
    Edge,
    /// At or beside a seam of the source files, as it happens or one light time later.
    Seam,
    /// Within two days of a conjunction with the Sun.
    Conjunction,
    /// Around a station.
    Station,
    /// In the first or the last day of the span.
    End,
}

/// An instant to compare at, a Julian day in the product's time scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Instant {
    pub(crate) jd: f64,
    pub(crate) kind: Kind,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Random => "random",
            Kind::Edge => "edge",
            Kind::Seam => "seam",
            Kind::Conjunction => "conjunction",
            Kind::Station => "station",
            Kind::End => "end of span",
        }
    }
}

/// Hostile instants of a product, all inside its span.
pub(crate) fn instants(dataset: &Dataset, dir: &EphemerisDir, product: Product) -> Vec<Instant> {
    let Some((start, end)) = dataset.span_jd(product) else { return Vec::new() };
    let mut all = Vec::new();
    let mut take = |kind, jds: Vec<f64>| {
        all.extend(jds.into_iter().filter(|jd| (start..end).contains(jd)).map(|jd| Instant { jd, kind }));
    };
    let edges: Vec<f64> = edges(dataset, product).collect();
    let reach = if edges.len() < FEW_EDGES { AROUND_EDGE_S.len() } else { 2 };
    take(Kind::Edge, edges.into_iter().flat_map(|edge| around(edge, &AROUND_EDGE_S[..reach])).collect());
    take(Kind::End, ends(product, start, end));
    if let Product::Place(center, body) = product {
        let seams = seams(dataset, dir, center, body);
        take(Kind::Seam, seams.into_iter().flat_map(|seam| around(seam, &AROUND_SEAM_S)).collect());
        if center == Center::Geo {
            take(Kind::Conjunction, conjunctions(dataset, body, (start, end)));
            take(Kind::Station, stations(dataset, body, (start, end)));
        }
    }
    all
}

/// An instant, its neighbours one unit in the last place away, and those so many seconds away.
fn around(jd: f64, seconds: &[f64]) -> impl Iterator<Item = f64> {
    let near = seconds.iter().map(move |seconds| jd + seconds * SECOND);
    near.chain([jd.next_down(), jd, jd.next_up()])
}

/// Every edge of a segment, those of blocks among them.
fn edges(dataset: &Dataset, product: Product) -> impl Iterator<Item = f64> + '_ {
    let blocks = dataset.blocks().iter().filter(move |block| block.product() == product);
    blocks.flat_map(|block| block.segments().map(|segment| segment.start_jd).chain([block.end_jd()]))
}

fn ends(product: Product, start: f64, end: f64) -> Vec<f64> {
    let mut jds = random(&format!("first day of {product}"), 500, start, start + 1.0);
    jds.extend(random(&format!("last day of {product}"), 500, end - 1.0, end));
    jds.extend([start, start.next_up(), start + SECOND, end - SECOND, end.next_down()]);
    jds
}

/// Seams of the source files that a place may feel: each at its date and one light time later.
fn seams(dataset: &Dataset, dir: &EphemerisDir, center: Center, body: Body) -> Vec<f64> {
    let Some((start, end)) = dataset.span_jd(Product::Place(center, body)) else { return Vec::new() };
    let mut found = Vec::new();
    for source in sources(body) {
        let all: Vec<f64> = dir.seams(source, start - 1.0, end).collect();
        for seam in some(&all, MOST_SEAMS, &format!("seams of {center}/{body} {source:?}")) {
            found.push(seam);
            let mut seen = seam;
            // Light time changes by parts in ten thousand a day: three rounds are exact.
            for _ in 0..3 {
                if let Ok(answer) = dataset.state(body, center, TtDay(seen.max(start))) {
                    seen = seam + answer.value.distance_au * LIGHT_DAY_PER_AU;
                }
            }
            found.push(seen);
        }
    }
    found
}

/// All of a list, or so many of it drawn by lot.
fn some(all: &[f64], most: usize, name: &str) -> Vec<f64> {
    if all.len() <= most {
        return all.to_vec();
    }
    shuffled(name, most).into_iter().map(|index| all[index % all.len()]).collect()
}

/// Instants around conjunctions with the Sun: a few at each, hundreds where the body passes close to the disc, most of
/// them at the limb.
fn conjunctions(dataset: &Dataset, body: Body, span: (f64, f64)) -> Vec<f64> {
    if body == Body::Sun || is_lunar_point(body) {
        return Vec::new();
    }
    let pair = |jd| Some((place(dataset, body, jd)?, place(dataset, Body::Sun, jd)?));
    let ahead = |jd| pair(jd).map(|(body, sun)| signed_degrees(body.longitude_deg - sun.longitude_deg));
    let mut jds = Vec::new();
    for middle in roots(span, 1.0, ahead) {
        let Some((_, sun)) = pair(middle) else { continue };
        let radius_deg = (SUN_RADIUS_AU / sun.distance_au).to_degrees();
        let outside = |jd| pair(jd).map(|(body, sun)| elongation_deg(&body, &sun) - radius_deg);
        let name = format!("conjunction of {body} at {middle}");
        let window = (middle - 2.0, middle + 2.0);
        // The source does not deflect the Moon's light.
        let close = pair(middle).is_some_and(|(body, sun)| elongation_deg(&body, &sun) < CLOSE_DEG);
        if !close || body == Body::Moon {
            jds.extend(random(&name, 8, window.0, window.1));
            continue;
        }
        jds.extend(random(&name, 200, window.0, window.1));
        for moment in roots(window, 0.02, outside).into_iter().chain([middle]) {
            // From a second to nine hours on either side.
            let distances = (0..16).map(|power| f64::from(1 << power) * SECOND);
            jds.extend(distances.flat_map(|days| [moment - days, moment + days]).chain([moment]));
        }
    }
    jds
}

/// Instants around stations in longitude.
fn stations(dataset: &Dataset, body: Body, span: (f64, f64)) -> Vec<f64> {
    let speed = |jd| place(dataset, body, jd).map(|state| state.longitude_speed);
    let step_days = if is_lunar_point(body) { 0.5 } else { 2.0 };
    let all = roots(span, step_days, speed);
    let chosen = some(&all, MOST_STATIONS, &format!("stations of {body}"));
    chosen
        .into_iter()
        .flat_map(|jd| [-1.0, -1.0 / 24.0, -SECOND, 0.0, SECOND, 1.0 / 24.0, 1.0].map(|d| jd + d))
        .collect()
}

fn place(dataset: &Dataset, body: Body, jd: f64) -> Option<State> {
    dataset.state(body, Center::Geo, TtDay(jd)).ok().map(|answer| answer.value)
}

/// Whether a body is a point of the Moon's orbit.
pub(crate) fn is_lunar_point(body: Body) -> bool {
    matches!(
        body,
        Body::MeanNode
            | Body::TrueNode
            | Body::MeanApogee
            | Body::OsculatingApogee
            | Body::InterpolatedApogee
            | Body::InterpolatedPerigee
    )
}

/// The angle between two places a few degrees apart.
fn elongation_deg(a: &State, b: &State) -> f64 {
    let across = signed_degrees(a.longitude_deg - b.longitude_deg) * a.latitude_deg.to_radians().cos();
    across.hypot(a.latitude_deg - b.latitude_deg)
}
