//! How far tables are from the live source, product by product.

use orrery_format::{Body, Center, Dataset, Miss, Product, TtDay, UtDay};
use orrery_pipeline::sample::{live_body, live_center};
use orrery_swisseph::Session;

/// Arcseconds in a degree.
pub const ARCSEC: f64 = 3600.0;

/// Arcseconds that the Earth turns in a second: what a second of ΔT counts for.
const ARCSEC_PER_S: f64 = 15.0;

/// Largest relative deviation of a distance that is allowed.
pub const DISTANCE_PROMISE: f64 = 1e-8;

/// The difference of two angles in degrees, −180 ≤ δ < 180.
#[must_use]
pub fn angle_between(a: f64, b: f64) -> f64 {
    (a - b + 540.0).rem_euclid(360.0) - 180.0
}

/// Three deviations of a table from its source: two in arcseconds, the third relative.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gap {
    /// Of the longitude, of Δψ, or of ΔT (15″ a second).
    pub first_arcsec: f64,
    /// Of the latitude, of Δε, or of sidereal time.
    pub second_arcsec: f64,
    /// Relative, of the distance or the mean obliquity.
    pub third: f64,
}

impl Gap {
    /// Whether it keeps a promise in arcseconds; NaN keeps none.
    #[must_use]
    pub fn keeps(&self, promise_arcsec: f64) -> bool {
        self.first_arcsec <= promise_arcsec
            && self.second_arcsec <= promise_arcsec
            && self.third <= DISTANCE_PROMISE
    }
}

/// What a comparison at one instant came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Compared {
    /// The table answered.
    Gap(Gap),
    /// The table leaves the instant to the live source.
    Live,
}

/// Compares the public answers of a dataset with the live source at one instant (TT, or UT1 for the Earth's rotation).
///
/// # Errors
/// What went wrong, when either has no answer that it should have.
pub fn compare(
    dataset: &Dataset,
    session: &mut Session,
    product: Product,
    jd: f64,
) -> Result<Compared, String> {
    let missed = |miss: Miss| match miss {
        Miss::NotGoodEnough { .. } => Ok(Compared::Live),
        other => Err(format!("{product} at {jd}: {other}")),
    };
    let live = |error: orrery_swisseph::LiveError| format!("{product} at {jd}, live: {error}");
    let gap = match product {
        Product::Place(center, body) => {
            let answer = match dataset.state(body, center, TtDay(jd)) {
                Ok(answer) => answer.value,
                Err(miss) => return missed(miss),
            };
            let [longitude, latitude, distance] =
                session.position(live_body(body), live_center(center), jd).map_err(live)?;
            if !(0.0..360.0).contains(&answer.longitude_deg) {
                return Err(format!("{product} at {jd}: longitude {}", answer.longitude_deg));
            }
            Gap {
                first_arcsec: angle_between(answer.longitude_deg, longitude).abs() * ARCSEC,
                second_arcsec: (answer.latitude_deg - latitude).abs() * ARCSEC,
                third: (answer.distance_au / distance - 1.0).abs(),
            }
        }
        Product::Nutation => {
            let answer = match dataset.nutation(TtDay(jd)) {
                Ok(answer) => answer.value,
                Err(miss) => return missed(miss),
            };
            let [dpsi, deps, obliquity] = session.nutation(jd).map_err(live)?;
            Gap {
                first_arcsec: (answer.dpsi_deg - dpsi).abs() * ARCSEC,
                second_arcsec: (answer.deps_deg - deps).abs() * ARCSEC,
                third: (answer.mean_obliquity_deg / obliquity - 1.0).abs(),
            }
        }
        Product::EarthRotation => {
            let (delta_t, sidereal) =
                match (dataset.delta_t_s(UtDay(jd)), dataset.mean_sidereal_time_deg(UtDay(jd))) {
                    (Ok(delta_t), Ok(sidereal)) => (delta_t, sidereal),
                    (Err(miss), _) | (_, Err(miss)) => return missed(miss),
                };
            if !(0.0..360.0).contains(&sidereal) {
                return Err(format!("sidereal time {sidereal} at {jd}"));
            }
            let live_delta_t = session.delta_t_s(jd).map_err(live)?;
            let live_sidereal = session.mean_sidereal_time_deg(jd).map_err(live)?;
            Gap {
                first_arcsec: (delta_t - live_delta_t).abs() * ARCSEC_PER_S,
                second_arcsec: angle_between(sidereal, live_sidereal).abs() * ARCSEC,
                third: 0.0,
            }
        }
    };
    Ok(Compared::Gap(gap))
}

/// What the source may be from a table at an instant, arcseconds: the promise of the block, and where the source scatters by
/// more than that, its noise.
#[must_use]
pub fn promise(dataset: &Dataset, product: Product, jd: f64) -> f64 {
    let (block, _) = dataset.locate(product, jd).unwrap_or_else(|miss| panic!("{product} at {jd}: {miss}"));
    dataset.blocks()[block as usize].promise_arcsec() + noise_arcsec(dataset, product, jd)
}

/// The noise of the Moon's osculating apogee while the Moon passes through it, arcseconds.
///
/// The library has the true anomaly from its cosine (`lunar_osc_elem`), which at 180° tells nothing of it: its apogee scatters
/// from one double to the next, by 0.01″ two seconds before and after, by 0.6″ within 0.02 s, and by minutes of arc at the instant
/// itself. Tables go smoothly through the midst of it.
fn noise_arcsec(dataset: &Dataset, product: Product, jd: f64) -> f64 {
    /// Square arcseconds by which the scatter falls off: of thousands of instants none had more than 0.012.
    const SCATTER: f64 = 0.02;
    /// How far tables know how far the Moon is from it, arcseconds.
    const KNOWN: f64 = 0.0005;
    /// Where it is less than the tables' own errors, arcseconds: 50 s.
    const WITHIN: f64 = 20.0;

    if product != Product::Place(Center::Geo, Body::OsculatingApogee) {
        return 0.0;
    }
    let longitude = |body| dataset.state(body, Center::Geo, TtDay(jd)).map(|it| it.value.longitude_deg);
    let (Ok(moon), Ok(apogee)) = (longitude(Body::Moon), longitude(Body::OsculatingApogee)) else {
        return 0.0;
    };
    let apart = angle_between(moon, apogee).abs() * ARCSEC;
    if apart > WITHIN { 0.0 } else { SCATTER / (apart - KNOWN).max(0.0) }
}

/// A tally of comparisons of one product.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Instants compared.
    pub compared: usize,
    /// Instants left to the live source.
    pub live: usize,
    /// Largest deviation met.
    pub worst: Gap,
    /// Every instant that broke the promise, with what it was.
    pub broken: Vec<String>,
}

impl Tally {
    /// Compares one instant and counts it.
    pub fn add(&mut self, dataset: &Dataset, session: &mut Session, product: Product, jd: f64) {
        match compare(dataset, session, product, jd) {
            Ok(Compared::Live) => self.live += 1,
            Ok(Compared::Gap(gap)) => {
                self.compared += 1;
                self.worst.first_arcsec = self.worst.first_arcsec.max(gap.first_arcsec);
                self.worst.second_arcsec = self.worst.second_arcsec.max(gap.second_arcsec);
                self.worst.third = self.worst.third.max(gap.third);
                let promise = promise(dataset, product, jd);
                if !gap.keeps(promise) {
                    self.broken.push(format!("{product} at JD {jd:?}: {gap:?}, {promise}″ promised"));
                }
            }
            Err(fault) => self.broken.push(fault),
        }
    }

    /// One line for the log.
    #[must_use]
    pub fn line(&self, what: &str) -> String {
        let Gap { first_arcsec, second_arcsec, third } = self.worst;
        format!(
            "{what:<30} {:6} compared {:4} live   worst {first_arcsec:.6}″ {second_arcsec:.6}″ {third:.1e}",
            self.compared, self.live
        )
    }
}
