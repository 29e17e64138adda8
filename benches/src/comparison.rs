//! Tables against the live source, product by product: the largest deviations, and where they are.

use anyhow::{Context, Result};
use orrery_format::{Body, Dataset, Miss, Product, TtDay, UtDay};
use orrery_pipeline::recipe::{Cut, PROMISE_DISTANCE};
use orrery_pipeline::sample::{live_body, live_center, signed_degrees};
use orrery_swisseph::{EphemerisDir, Session};

use crate::hostile::{self, Instant, Kind};
use crate::instants::random;

/// Arcseconds in a degree.
pub(crate) const ARCSEC: f64 = 3600.0;

/// Arcseconds that the Earth turns in a second: what a second of ΔT counts for.
const ARCSEC_PER_S: f64 = 15.0;

/// Broken instants nearer than this to each other, days, are one stretch: two minutes.
const ONE_STRETCH_DAYS: f64 = 120.0 / 86_400.0;

/// Deviations of a table from its source, without sign.
///
/// Places: longitude (″), latitude (″), relative distance. Nutation: Δψ (″), Δε (″), relative mean obliquity. The
/// Earth's rotation: ΔT (s), sidereal time (″), nothing.
pub(crate) type Deviations = [f64; 3];

/// A deviation and where it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Worst {
    pub(crate) size: f64,
    pub(crate) at: Instant,
}

/// All that was found out of one product.
#[derive(Clone, Debug)]
pub(crate) struct Findings {
    pub(crate) product: Product,
    /// Instants drawn by lot, and hostile ones.
    pub(crate) random: usize,
    pub(crate) hostile: usize,
    /// How many of both the tables left to the live source.
    pub(crate) refused: usize,
    /// Percent of the span that they leave to it.
    pub(crate) live_share_percent: f64,
    /// The largest of each component.
    pub(crate) worst: [Worst; 3],
    /// What 99.9 % of the random instants keep below: the larger of the first two components.
    pub(crate) usual: f64,
    /// Where the promise is broken.
    pub(crate) broken: Vec<Stretch>,
}

/// A stretch of time in which a promise is broken at every instant or at many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    /// The first instant met.
    pub(crate) first: Instant,
    /// The last, a Julian day.
    pub(crate) last_jd: f64,
    /// How many were met.
    pub(crate) instants: usize,
    /// The largest of each deviation.
    pub(crate) worst: Deviations,
}

/// Compares a product at so many random instants and at all hostile ones.
///
/// # Errors
/// When the source does not answer, or the tables do not and give no reason that they may.
pub(crate) fn compare(
    dataset: &Dataset,
    dir: &EphemerisDir,
    product: Product,
    count: usize,
) -> Result<Findings> {
    let (start, end) = dataset.span_jd(product).with_context(|| format!("there is no table of {product}"))?;
    let mut session = Session::open(dir)?;
    let hostile = hostile::instants(dataset, dir, product);
    let lot = random(&product.to_string(), count, start, end).into_iter();
    let mut all: Vec<Instant> = lot.map(|jd| Instant { jd, kind: Kind::Random }).collect();
    all.extend(&hostile);
    // In order, the source reads each piece of its files once.
    all.sort_by(|a, b| a.jd.total_cmp(&b.jd));

    let nowhere = Worst { size: 0.0, at: Instant { jd: f64::NAN, kind: Kind::Random } };
    let mut findings = Findings {
        product,
        random: count,
        hostile: hostile.len(),
        refused: 0,
        live_share_percent: live_share_percent(dataset, product),
        worst: [nowhere; 3],
        usual: 0.0,
        broken: Vec::new(),
    };
    let promise = promise(product);
    let mut usual = Vec::with_capacity(count);
    for at in all {
        let Some(deviations) = deviations(dataset, &mut session, product, at.jd)? else {
            findings.refused += 1;
            continue;
        };
        for (worst, size) in findings.worst.iter_mut().zip(deviations) {
            // NaN is the worst of all.
            if size > worst.size || size.is_nan() {
                *worst = Worst { size, at };
            }
        }
        if at.kind == Kind::Random {
            usual.push(deviations[0].max(deviations[1]));
        }
        if !deviations.iter().zip(promise).all(|(size, promise)| *size <= promise) {
            findings.add_broken(at, deviations);
        }
    }
    usual.sort_by(f64::total_cmp);
    findings.usual = usual.get(usual.len() * 999 / 1000).copied().unwrap_or(0.0);
    Ok(findings)
}

impl Findings {
    /// Notes an instant that breaks the promise; they come in order.
    fn add_broken(&mut self, at: Instant, deviations: Deviations) {
        if let Some(stretch) = self.broken.last_mut()
            && at.jd - stretch.last_jd < ONE_STRETCH_DAYS
        {
            stretch.last_jd = at.jd;
            stretch.instants += 1;
            stretch.worst.iter_mut().zip(deviations).for_each(|(worst, size)| *worst = worst.max(size));
            return;
        }
        self.broken.push(Stretch { first: at, last_jd: at.jd, instants: 1, worst: deviations });
    }
}

/// What a product's deviations must not exceed.
fn promise(product: Product) -> Deviations {
    let arcsec = Cut::of(product).promise_arcsec;
    let first = if product == Product::EarthRotation { arcsec / ARCSEC_PER_S } else { arcsec };
    [first, arcsec, PROMISE_DISTANCE]
}

/// Percent of a product's span that its tables leave to the live source.
fn live_share_percent(dataset: &Dataset, product: Product) -> f64 {
    let (mut refused_days, mut days) = (0.0, 0.0);
    for block in dataset.blocks().iter().filter(|block| block.product() == product) {
        refused_days += block.refused_days();
        days += block.end_jd() - block.start_jd();
    }
    100.0 * refused_days / days
}

/// Deviations at one instant; nothing where the tables leave it to the source.
fn deviations(
    dataset: &Dataset,
    session: &mut Session,
    product: Product,
    jd: f64,
) -> Result<Option<Deviations>> {
    let missed = |miss| match miss {
        Miss::NotGoodEnough { .. } => Ok(None),
        other => Err(other).with_context(|| format!("{product} at JD {jd}")),
    };
    Ok(Some(match product {
        Product::Place(center, body) => {
            let table = match dataset.state(body, center, TtDay(jd)) {
                Ok(answer) => answer.value,
                Err(miss) => return missed(miss),
            };
            let [longitude_deg, latitude_deg, distance_au] =
                session.position(live_body(body), live_center(center), jd)?;
            [
                signed_degrees(table.longitude_deg - longitude_deg).abs() * ARCSEC,
                (table.latitude_deg - latitude_deg).abs() * ARCSEC,
                relative(table.distance_au, distance_au),
            ]
        }
        Product::Nutation => {
            let table = match dataset.nutation(TtDay(jd)) {
                Ok(answer) => answer.value,
                Err(miss) => return missed(miss),
            };
            let [dpsi_deg, deps_deg, mean_obliquity_deg] = session.nutation(jd)?;
            [
                (table.dpsi_deg - dpsi_deg).abs() * ARCSEC,
                (table.deps_deg - deps_deg).abs() * ARCSEC,
                relative(table.mean_obliquity_deg, mean_obliquity_deg),
            ]
        }
        Product::EarthRotation => {
            let table = dataset
                .delta_t_s(UtDay(jd))
                .and_then(|s| Ok((s, dataset.mean_sidereal_time_deg(UtDay(jd))?)));
            let (delta_t_s, sidereal_deg) = match table {
                Ok(both) => both,
                Err(miss) => return missed(miss),
            };
            [
                (delta_t_s - session.delta_t_s(jd)?).abs(),
                signed_degrees(sidereal_deg - session.mean_sidereal_time_deg(jd)?).abs() * ARCSEC,
                0.0,
            ]
        }
    }))
}

/// A relative deviation; both may be zero, as the distance of a mean point is in no table.
fn relative(table: f64, source: f64) -> f64 {
    if table == source { 0.0 } else { (table / source - 1.0).abs() }
}

/// How far the tables' speeds are from Swiss Ephemeris' own, which are not the derivatives of its positions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpeedGap {
    pub(crate) body: Body,
    /// Of longitude and latitude, arcseconds a day, and of distance, au a day: root mean square.
    pub(crate) rms: [f64; 3],
    /// The same, largest.
    pub(crate) max: [f64; 3],
    /// Of the derivatives of live positions, by difference quotients, at random instants: largest. It holds the
    /// quotients' noise too.
    pub(crate) derivative_max: [f64; 3],
}

/// Compares geocentric speeds at so many random instants and at as many hostile ones at most.
///
/// # Errors
/// When the source does not answer.
pub(crate) fn compare_speeds(
    dataset: &Dataset,
    dir: &EphemerisDir,
    body: Body,
    count: usize,
) -> Result<SpeedGap> {
    use orrery_format::Center::Geo;
    let product = Product::Place(Geo, body);
    let (start, end) = dataset.span_jd(product).with_context(|| format!("there is no table of {product}"))?;
    let mut session = Session::open(dir)?;
    let hostile = hostile::instants(dataset, dir, product);
    // Where the source jumps, a speed means nothing.
    let smooth =
        hostile.into_iter().filter(|at| !matches!(at.kind, Kind::Seam | Kind::Edge)).collect::<Vec<_>>();
    let every = smooth.len().div_ceil(count).max(1);
    let lot = random(&format!("speeds of {body}"), count, start, end).into_iter();
    let mut all: Vec<Instant> = lot.map(|jd| Instant { jd, kind: Kind::Random }).collect();
    all.extend(smooth.into_iter().step_by(every));
    all.sort_by(|a, b| a.jd.total_cmp(&b.jd));

    let mut gap = SpeedGap { body, rms: [0.0; 3], max: [0.0; 3], derivative_max: [0.0; 3] };
    let mut compared = 0.0_f64;
    for Instant { jd, kind } in all {
        let (Ok(on_true), Ok(on_mean)) =
            (dataset.true_state(body, Geo, TtDay(jd)), dataset.state(body, Geo, TtDay(jd)))
        else {
            continue;
        };
        let (on_true, on_mean) = (on_true.value, on_mean.value);
        let own = session.plain_call(live_body(body), jd)?;
        let gaps = [
            (on_true.longitude_speed - own[3]) * ARCSEC,
            (on_true.latitude_speed - own[4]) * ARCSEC,
            on_true.distance_speed - own[5],
        ];
        compared += 1.0;
        for ((rms, max), size) in gap.rms.iter_mut().zip(&mut gap.max).zip(gaps) {
            *rms += size * size;
            *max = max.max(size.abs());
        }
        // Beside the Sun a quotient over an hour is an average over kinks.
        if kind != Kind::Random {
            continue;
        }
        let (derivative, _) = session.state(live_body(body), live_center(Geo), jd, false)?;
        let gaps = [
            (on_mean.longitude_speed - derivative.longitude_speed) * ARCSEC,
            (on_mean.latitude_speed - derivative.latitude_speed) * ARCSEC,
            on_mean.distance_speed - derivative.distance_speed,
        ];
        for (max, size) in gap.derivative_max.iter_mut().zip(gaps) {
            *max = max.max(size.abs());
        }
    }
    gap.rms = gap.rms.map(|sum| (sum / compared.max(1.0)).sqrt());
    Ok(gap)
}
