//! Cells that follow the source's seams, so that most seams fall between cells and not into one.

use orrery_format::grid::Grid;
use orrery_format::{Body, Center, Product};
use orrery_swisseph::seams::SourceBody;
use orrery_swisseph::{BodySegments, EphemerisDir};

use crate::breaks::{LIGHT_DAY_PER_AU, MOON_AU};

/// A grid point this near to a seam, or to an end of the span, gives way to it, days: the seams of Mercury and Venus
/// wander by so much with their light time.
pub const SNAP_DAYS: f64 = 0.02;

/// The grid of a product over a span: cells of `longest_days` at most, a whole number of them between two seams of the
/// source that the product feels most often.
#[must_use]
pub fn along_seams(product: Product, dir: &EphemerisDir, span: (f64, f64), longest_days: f64) -> Grid {
    let Some((seams, light_days)) = rhythm(product, dir, span) else {
        return Grid { origin_jd: span.0, cells_per_day: 1.0 / longest_days };
    };
    let cell_days = seams.segment_days / (seams.segment_days / longest_days).ceil();
    let first_seam = seams.start_jd + light_days;
    let cells_before = ((span.0 - first_seam) / cell_days).floor();
    let origin = first_seam + cells_before * cell_days;
    // A first cell too short to be one is left out; instants before the origin belong to the first cell.
    let origin_jd = if origin + cell_days < span.0 + SNAP_DAYS { origin + cell_days } else { origin };
    Grid { origin_jd, cells_per_day: 1.0 / cell_days }
}

/// Seams in the file that is valid in the middle of the span, and how much later they are seen.
fn rhythm(product: Product, dir: &EphemerisDir, span: (f64, f64)) -> Option<(&BodySegments, f64)> {
    let Product::Place(center, body) = product else { return None };
    let (source, distance_au) = match body {
        Body::Moon if center != Center::Geo => (SourceBody::EarthMoonBarycenter, 0.0),
        Body::Moon | Body::TrueNode | Body::OsculatingApogee => (SourceBody::Moon, MOON_AU),
        Body::Mercury => (SourceBody::Mercury, if center == Center::Geo { 1.0 } else { 0.39 }),
        Body::Venus => (SourceBody::Venus, if center == Center::Geo { 1.0 } else { 0.72 }),
        // Formulas, without seams.
        Body::MeanNode | Body::MeanApogee | Body::InterpolatedApogee | Body::InterpolatedPerigee => {
            return None;
        }
        // Others have seams of their own years apart, and feel the Earth's each year.
        _ => (SourceBody::EarthMoonBarycenter, 0.0),
    };
    let file = dir.file_at(source.file_kind(), f64::midpoint(span.0, span.1))?;
    Some((file.segments(source)?, distance_au * LIGHT_DAY_PER_AU))
}
