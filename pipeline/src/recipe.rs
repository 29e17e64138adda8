//! How each product is cut and fitted, and the identity of a block that follows from it.
//!
//! Segment lengths and terms were found by measurement (`benches/README.md`): the shortest file that keeps the promise
//! with few splits. A block's recipe names everything that its bytes depend on; its BLAKE3 finds a block to reuse.

use orrery_format::layout::{GROUP, LAYOUT_VERSION};
use orrery_format::{Body, Center, Product};
use serde::Serialize;

use crate::inputs::InputFile;

/// Version of the sampling, fitting and auditing in this crate: raised whenever the same recipe would give other bytes.
pub const METHOD_VERSION: u32 = 8;

/// The promise for every body, arcseconds of longitude and latitude.
pub const PROMISE_ARCSEC: f64 = 0.001;

/// The promise for distances, relative.
pub const PROMISE_DISTANCE: f64 = 1e-8;

/// How a product is cut and fitted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Cut {
    /// Longest cell of the grid, days; the next shorter length that fits the seams is taken.
    pub cell_days: f64,
    /// Shortest segment that splitting may make, days.
    pub shortest_days: f64,
    /// Groups of four tail coefficients by component.
    pub groups: [u8; 3],
    /// Samples that each fit goes through.
    pub nodes: usize,
    /// Error above which a segment is split, arcseconds.
    pub target_arcsec: f64,
    /// Error above which a segment is refused and left to the live source, arcseconds.
    pub promise_arcsec: f64,
    /// Relative error of the distance above which a segment is split.
    pub target_distance: f64,
    /// Relative error of the distance above which a segment is refused.
    pub promise_distance: f64,
}

impl Cut {
    /// The cut of a product.
    #[must_use]
    pub fn of(product: Product) -> Cut {
        let (cell_days, groups) = match product {
            Product::Nutation => (27.0, [4, 4, 0]),
            Product::EarthRotation => (800.0, [3, 3, 0]),
            // Perihelion is where the distance stops falling by 5e-6 au a day a day: what is off by 5e-9 for the length of a
            // cell moves it by ten minutes. Thirteen cells to a seam in place of ten leave 3e-11, and seconds.
            Product::Place(Center::Geo, Body::Sun) => (28.2, [4, 4, 4]),
            Product::Place(_, body) => match body {
                Body::Moon => (13.8, [4, 4, 4]),
                Body::TrueNode => (13.8, [6, 0, 6]),
                Body::OsculatingApogee => (9.2, [4, 4, 4]),
                Body::InterpolatedApogee | Body::InterpolatedPerigee => (30.0, [4, 4, 4]),
                Body::MeanNode | Body::MeanApogee => (256.0, [2, 2, 0]),
                Body::Mercury => (22.1, [4, 4, 4]),
                Body::Venus => (32.2, [4, 4, 4]),
                Body::Pluto => (61.0, [4, 4, 4]),
                Body::Saturn | Body::Uranus | Body::Neptune => (46.0, [4, 4, 4]),
                _ => (36.6, [4, 4, 4]),
            },
        };
        let (target_arcsec, promise_arcsec) = match product {
            // Its source is noisy to 0.002″, from one double to the next.
            Product::Place(_, Body::InterpolatedPerigee) => (0.0025, 0.005),
            // Both enter every answer, beside the body's own error.
            Product::Nutation | Product::EarthRotation => (1e-4, 2e-4),
            // Its source is noisy to 0.0005″, because it rounds t − light time to a double while the Moon, with the
            // Earth, moves by 30 km/s.
            Product::Place(_, Body::Moon) => (0.0008, PROMISE_ARCSEC),
            Product::Place(..) => (0.0005, PROMISE_ARCSEC),
        };
        let terms = groups.into_iter().map(|groups| 2 + GROUP * usize::from(groups)).max().unwrap_or(2);
        let noisy = matches!(product, Product::Place(Center::Geo, Body::Moon | Body::InterpolatedPerigee));
        Cut {
            cell_days,
            // Seventeen seconds, for the kinks of light deflection behind the Sun. Where the source is nothing but noisy,
            // shorter segments are no better.
            shortest_days: if product == Product::Place(Center::Geo, Body::InterpolatedPerigee) {
                1.0
            } else {
                0.0002
            },
            groups,
            nodes: if noisy { 2 * terms } else { terms + 3 },
            target_arcsec,
            promise_arcsec,
            target_distance: PROMISE_DISTANCE / 2.0,
            promise_distance: PROMISE_DISTANCE,
        }
    }

    /// Terms by component.
    #[must_use]
    pub fn terms(&self) -> [usize; 3] {
        self.groups.map(|groups| 2 + GROUP * usize::from(groups))
    }
}

/// Everything that a block's bytes depend on.
#[derive(Debug, Serialize)]
pub struct Recipe<'a> {
    layout_version: u32,
    method_version: u32,
    product: String,
    time_scale: &'static str,
    start_jd: f64,
    end_jd: f64,
    swiss_ephemeris: &'a str,
    files: Vec<&'a InputFile>,
    cut: Cut,
}

impl<'a> Recipe<'a> {
    /// The recipe of a product over a span, from these files.
    #[must_use]
    pub fn new(
        product: Product,
        span: (f64, f64),
        swiss_ephemeris: &'a str,
        files: Vec<&'a InputFile>,
        cut: Cut,
    ) -> Self {
        Recipe {
            layout_version: LAYOUT_VERSION,
            method_version: METHOD_VERSION,
            product: product.to_string(),
            time_scale: product.time_scale(),
            start_jd: span.0,
            end_jd: span.1,
            swiss_ephemeris,
            files,
            cut,
        }
    }

    /// The recipe as JSON, which the block carries.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Numbers, strings and lists always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }
}
