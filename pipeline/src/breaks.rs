//! Where the source itself jumps, to the last bit of its argument.
//!
//! The ephemeris files are piecewise polynomials. A planet seen from the Earth feels the seams of its own pieces when
//! its light left it, and the Earth's and the Sun's when the light arrives. A segment that straddles a seam keeps an
//! error that no degree removes, so blocks are cut there. The headers say where a seam must be; where exactly the
//! double lies at which the source changes over depends on how it rounds t − light time, so it is found by asking.

use orrery_format::{Body, Center, Product};
use orrery_swisseph::seams::SourceBody;
use orrery_swisseph::{EphemerisDir, Era, LiveError};

use crate::audit::Deviation;
use crate::sample::{Sample, Sampler};

/// Light time in days for one au (IAU 2012 au and the speed of light).
pub const LIGHT_DAY_PER_AU: f64 = 499.004_783_836 / 86_400.0;

/// Distance of the Moon in au, to within what its light time needs: the osculating points take it too.
pub(crate) const MOON_AU: f64 = 0.0026;

/// Days on either side of where the headers put a seam, within which it is looked for: eight seconds. Swiss Ephemeris
/// takes the light time of a heliocentric place from the barycentre in its second round (`app_pos_etc_plan`), which
/// is up to five seconds off the distance that it answers.
const WINDOW_DAYS: f64 = 8.0 / 86_400.0;

/// The same for the Moon at seams of the Earth's file and at the change from one file to the next, where it jumps twice
/// within its light time of 1.3 seconds: Swiss Ephemeris then takes the Earth from one piece and the Moon, with the
/// Earth as it was, from another, and is half an arcsecond off until they agree again.
const TWICE_WINDOW_DAYS: f64 = 0.4 / 86_400.0;

/// Jumps below this are left in the fit, which they burden with half of it.
const SMALLEST_JUMP_ARCSEC: f64 = 2e-4;

/// The same for distances, relative.
const SMALLEST_JUMP_DISTANCE: f64 = 1e-9;

/// Instants inside a span at which a product jumps, ascending: the first double of the new branch each.
///
/// # Errors
/// When the source does not answer near a seam.
pub fn find(sampler: &mut Sampler<'_>, dir: &EphemerisDir, span: (f64, f64)) -> Result<Vec<f64>, LiveError> {
    if sampler.product() == Product::EarthRotation {
        return Ok(crate::delta_t::knots(span));
    }
    let mut breaks = Vec::new();
    for expected in expected(sampler, dir, span)? {
        breaks.extend(locate(sampler, expected)?);
    }
    breaks.retain(|&jd| jd > span.0 && jd < span.1);
    breaks.sort_by(f64::total_cmp);
    breaks.dedup();
    Ok(breaks)
}

/// A seam as the headers have it.
#[derive(Clone, Copy)]
struct Expected {
    jd: f64,
    /// Days on either side within which it is looked for.
    window: f64,
}

/// Where the headers put seams.
fn expected(
    sampler: &mut Sampler<'_>,
    dir: &EphemerisDir,
    span: (f64, f64),
) -> Result<Vec<Expected>, LiveError> {
    let product = sampler.product();
    let Product::Place(_, body) = product else { return Ok(Vec::new()) };
    // Light from the farthest body takes a quarter of a day.
    let wide = (span.0 - 1.0, span.1 + 1.0);
    let inside = |jd: f64| jd > span.0 + WINDOW_DAYS && jd < span.1 - WINDOW_DAYS;
    // A place is made from the Earth's and the Sun's files as well; which seams it feels at once and which one light time
    // late depends on the product. A seam that it does not feel shows no jump.
    let own = source_body(body);
    let shared = [SourceBody::EarthMoonBarycenter, SourceBody::SunBarycentric];
    let sources = own.into_iter().chain(shared.into_iter().filter(|_| !is_osculating(body)));
    let mut all = Vec::new();
    for source in sources {
        for seam in dir.seams(source, wide.0, wide.1) {
            let changes_file = Era::containing(seam).is_some_and(|era| era.start_jd() == seam);
            let twice = is_near(product) && (changes_file || own != Some(source));
            let window = if twice { TWICE_WINDOW_DAYS } else { WINDOW_DAYS };
            if twice || !is_near(product) {
                all.push(Expected { jd: seam, window });
            }
            // Light time changes by parts in ten thousand a day: three rounds are exact. A seam before the span may be seen
            // in it.
            let mut seen = seam.max(span.0);
            for _ in 0..3 {
                if seen < span.1 {
                    let distance_au =
                        if is_osculating(body) { MOON_AU } else { sampler.at(seen)?.components[2] };
                    seen = (seam + distance_au * LIGHT_DAY_PER_AU).max(span.0);
                }
            }
            all.push(Expected { jd: seen, window });
        }
    }
    all.retain(|expected| inside(expected.jd));
    all.sort_by(|a, b| a.jd.total_cmp(&b.jd));
    all.dedup_by(|a, b| (a.jd - b.jd).abs() < a.window.min(b.window));
    Ok(all)
}

/// Which body of the files a place is computed from.
fn source_body(body: Body) -> Option<SourceBody> {
    Some(match body {
        Body::Moon | Body::TrueNode | Body::OsculatingApogee => SourceBody::Moon,
        Body::Mercury => SourceBody::Mercury,
        Body::Venus => SourceBody::Venus,
        Body::Mars => SourceBody::Mars,
        Body::Jupiter => SourceBody::Jupiter,
        Body::Saturn => SourceBody::Saturn,
        Body::Uranus => SourceBody::Uranus,
        Body::Neptune => SourceBody::Neptune,
        Body::Pluto => SourceBody::Pluto,
        Body::Chiron => SourceBody::Chiron,
        Body::Pholus => SourceBody::Pholus,
        Body::Ceres => SourceBody::Ceres,
        Body::Pallas => SourceBody::Pallas,
        Body::Juno => SourceBody::Juno,
        Body::Vesta => SourceBody::Vesta,
        Body::Sun | Body::Earth => SourceBody::EarthMoonBarycenter,
        // Formulas and interpolation of the lunar theory: no files, no seams.
        Body::MeanNode | Body::MeanApogee | Body::InterpolatedApogee | Body::InterpolatedPerigee => {
            return None;
        }
    })
}

/// Whether a body is computed from the Moon's file alone.
fn is_osculating(body: Body) -> bool {
    matches!(body, Body::TrueNode | Body::OsculatingApogee)
}

/// Whether light takes no more than seconds to come from there.
fn is_near(product: Product) -> bool {
    matches!(product, Product::Place(Center::Geo, body) if body == Body::Moon || is_osculating(body))
}

/// The two branches of the source beside a seam, each as a line in time.
struct Branch {
    at: f64,
    value: [f64; 3],
    rate: [f64; 3],
}

impl Branch {
    fn through(a: Sample, b: Sample) -> Branch {
        let days = b.jd - a.jd;
        let rate = std::array::from_fn(|c| {
            let change = b.components[c] - a.components[c];
            // Longitude may wrap between the two; nothing else changes by half a turn in seconds.
            (if c == 0 { crate::sample::signed_degrees(change) } else { change }) / days
        });
        Branch { at: a.jd, value: a.components, rate }
    }

    fn deviation(&self, product: Product, sample: Sample) -> Deviation {
        let value = std::array::from_fn(|c| self.value[c] + self.rate[c] * (sample.jd - self.at));
        Deviation::between(product, value, sample.components)
    }
}

/// The first double at which the source is on the branch after an expected seam; nothing where it does not jump.
fn locate(sampler: &mut Sampler<'_>, expected: Expected) -> Result<Option<f64>, LiveError> {
    let product = sampler.product();
    let size = |deviation: Deviation| {
        (deviation.arcsec / SMALLEST_JUMP_ARCSEC).max(deviation.distance / SMALLEST_JUMP_DISTANCE)
    };
    let Expected { jd, window } = expected;
    let (mut before, mut after) = (jd - window, jd + window);
    let old = Branch::through(sampler.at(before - window)?, sampler.at(before)?);
    let new = Branch::through(sampler.at(after)?, sampler.at(after + window)?);
    let middle = sampler.at(jd)?;
    if size(old.deviation(product, middle)).max(size(new.deviation(product, middle))) < 1.0 {
        return Ok(None);
    }
    loop {
        let mid = before + (after - before) / 2.0;
        if mid <= before || mid >= after {
            return Ok(Some(after));
        }
        let sample = sampler.at(mid)?;
        if size(old.deviation(product, sample)) <= size(new.deviation(product, sample)) {
            before = mid;
        } else {
            after = mid;
        }
    }
}
