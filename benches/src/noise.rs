//! The source's own noise: what is left of its positions when a smooth curve is taken off.
//!
//! Over a fraction of a day a body's path is a polynomial of low degree to far below a microarcsecond. What a fit over
//! many neighbouring positions leaves is no motion, and no table can hold it.

use anyhow::{Context, Result};
use orrery_format::{Body, Center, Dataset, Product};
use orrery_pipeline::sample::{live_body, live_center, signed_degrees};
use orrery_swisseph::{EphemerisDir, Session};

use crate::comparison::ARCSEC;
use crate::instants::random;

/// Length of a stretch that is fitted, days.
const STRETCH_DAYS: f64 = 0.5;

/// Positions in a stretch, and terms of the polynomial through them.
const POSITIONS: usize = 61;
const TERMS: usize = 7;

/// Noise of longitudes and latitudes, arcseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noise {
    pub(crate) rms: f64,
    pub(crate) max: f64,
}

/// Measures a geocentric body over so many stretches drawn by lot.
///
/// # Errors
/// When the source does not answer.
pub(crate) fn measure(dataset: &Dataset, dir: &EphemerisDir, body: Body, stretches: usize) -> Result<Noise> {
    let product = Product::Place(Center::Geo, body);
    let (start, end) = dataset.span_jd(product).with_context(|| format!("there is no table of {product}"))?;
    let mut session = Session::open(dir)?;
    let basis = basis();
    let (mut squares, mut max) = (0.0, 0.0_f64);
    for from in random(&format!("noise of {body}"), stretches, start, end - STRETCH_DAYS) {
        let mut curves = [Vec::with_capacity(POSITIONS), Vec::with_capacity(POSITIONS)];
        let mut first = None;
        for nth in 0..POSITIONS {
            let jd = from + STRETCH_DAYS * nth as f64 / (POSITIONS - 1) as f64;
            let [longitude_deg, latitude_deg, _] =
                session.position(live_body(body), live_center(Center::Geo), jd)?;
            let beginning = *first.get_or_insert(longitude_deg);
            curves[0].push(signed_degrees(longitude_deg - beginning) * ARCSEC);
            curves[1].push(latitude_deg * ARCSEC);
        }
        for mut curve in curves {
            take_off(&basis, &mut curve);
            squares += curve.iter().map(|left| left * left).sum::<f64>();
            max = curve.iter().fold(max, |max, left| max.max(left.abs()));
        }
    }
    Ok(Noise { rms: (squares / (2 * stretches * POSITIONS) as f64).sqrt(), max })
}

/// Polynomials of ascending degree on the positions' places, orthogonal to each other and of length one.
fn basis() -> Vec<Vec<f64>> {
    let x = |nth: usize| 2.0 * nth as f64 / (POSITIONS - 1) as f64 - 1.0;
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(TERMS);
    for degree in 0..TERMS {
        let mut next: Vec<f64> = (0..POSITIONS).map(|nth| x(nth).powi(degree as i32)).collect();
        // Twice: the first round leaves rounding errors along what it took off.
        take_off(&basis, &mut next);
        take_off(&basis, &mut next);
        let length = next.iter().map(|v| v * v).sum::<f64>().sqrt();
        basis.push(next.into_iter().map(|v| v / length).collect());
    }
    basis
}

/// Takes the part along each polynomial off a curve.
fn take_off(basis: &[Vec<f64>], curve: &mut [f64]) {
    for polynomial in basis {
        let along: f64 = polynomial.iter().zip(&*curve).map(|(p, c)| p * c).sum();
        curve.iter_mut().zip(polynomial).for_each(|(c, p)| *c -= along * p);
    }
}
