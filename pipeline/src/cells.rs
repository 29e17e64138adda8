//! One block from the source: cells of the grid, cut at the seams, split until the error meets the target, audited as
//! they will be read.

use orrery_format::Product;
use orrery_format::grid::Grid;
use orrery_format::kernel::Shape;
use orrery_format::write::{Content, Polynomial, Record, Segment};
use orrery_swisseph::LiveError;

use crate::audit::Deviation;
use crate::fit::Fitter;
use crate::grid::SNAP_DAYS;
use crate::recipe::Cut;
use crate::sample::{Sample, Sampler};

/// A segment that is fitted but not yet rounded to the file's shape.
#[derive(Debug)]
struct Fitted {
    polynomial: Polynomial,
    /// Every sample taken of the segment, nodes and audit points.
    samples: Vec<Sample>,
}

/// Builds the block of a product over a span, by cells of a grid and cut at `breaks` (ascending, inside the span).
///
/// # Errors
/// When the source does not answer.
pub fn build(
    sampler: &mut Sampler<'_>,
    cut: &Cut,
    grid: Grid,
    span: (f64, f64),
    breaks: &[f64],
    recipe: String,
) -> Result<Content, LiveError> {
    let product = sampler.product();
    let mut cutter = Cutter {
        product,
        sampler,
        cut,
        fitter: Fitter::new(cut.nodes, cut.terms()),
        fitted: Vec::new(),
        last_rates: None,
    };
    let edges = edges(grid, span, breaks);
    let mut cells = Vec::with_capacity(edges.len());
    for cell in edges.windows(2) {
        let mut pieces = vec![cell[0]];
        pieces.extend(breaks.iter().copied().filter(|&jd| jd > cell[0] && jd < cell[1]));
        pieces.push(cell[1]);
        for piece in pieces.windows(2) {
            cutter.segment(piece[0], piece[1])?;
        }
        cells.push(std::mem::take(&mut cutter.fitted));
    }
    Ok(finish(product, cut, grid, &cells, recipe))
}

/// Bounds of the cells: the ends of the span, and the points of the grid between them, moved to a seam beside them.
fn edges(grid: Grid, span: (f64, f64), breaks: &[f64]) -> Vec<f64> {
    let mut edges = vec![span.0];
    let mut nth = 1.0;
    loop {
        let point = grid.origin_jd + nth / grid.cells_per_day;
        if point >= span.1 - SNAP_DAYS {
            break;
        }
        if point > span.0 + SNAP_DAYS {
            let beside = breaks.iter().copied().filter(|jd| (jd - point).abs() <= SNAP_DAYS);
            let nearest = beside.min_by(|a, b| (a - point).abs().total_cmp(&(b - point).abs()));
            edges.push(nearest.unwrap_or(point));
        }
        nth += 1.0;
    }
    edges.push(span.1);
    edges
}

struct Cutter<'a, 's> {
    sampler: &'a mut Sampler<'s>,
    product: Product,
    cut: &'a Cut,
    fitter: Fitter,
    fitted: Vec<Fitted>,
    /// Derivatives at the end of the last segment fitted, per day.
    last_rates: Option<[f64; 3]>,
}

impl Cutter<'_, '_> {
    /// Fits a segment, in halves where it misses the target and is long enough to split.
    fn segment(&mut self, start_jd: f64, end_jd: f64) -> Result<(), LiveError> {
        // What had to be cut shorter has a seam or a kink of light deflection near: it is looked at more closely.
        let short = (end_jd - start_jd) < self.cut.cell_days / 4.0;
        let mut samples: Vec<Sample> =
            self.fitter.node_jds(start_jd, end_jd).map(|jd| self.sampler.at(jd)).collect::<Result<_, _>>()?;
        let polynomial = self.fit(start_jd, end_jd, &samples, short);
        let splittable = (end_jd - start_jd) / 2.0 >= self.cut.shortest_days;
        let mut audit: Vec<f64> = self.fitter.audit_jds(start_jd, end_jd).collect();
        if short {
            audit.extend(self.fitter.closer_jds(start_jd, end_jd));
        }
        let mut good =
            samples.iter().all(|sample| self.deviation(&polynomial, sample).meets_target(self.cut));
        for jd in audit {
            // One sample that shows the fit bad is enough to split; the others need not be asked for.
            if splittable && !good {
                break;
            }
            let sample = self.sampler.at(jd)?;
            good = good && self.deviation(&polynomial, &sample).meets_target(self.cut);
            samples.push(sample);
        }
        if splittable && !good {
            let mid = f64::midpoint(start_jd, end_jd);
            self.segment(start_jd, mid)?;
            return self.segment(mid, end_jd);
        }
        self.last_rates = Some(polynomial.rate(end_jd));
        self.fitted.push(Fitted { polynomial, samples });
        Ok(())
    }

    /// The fit through samples at the nodes. A short segment gets as few terms as will do: more would follow the source's
    /// rounding noise, which the derivative multiplies by the square of their number over its length.
    fn fit(&self, start_jd: f64, end_jd: f64, nodes: &[Sample], short: bool) -> Polynomial {
        if end_jd - start_jd < SLIVER_DAYS
            && let Some(rates) = self.last_rates
        {
            return Fitter::line(start_jd, end_jd, nodes, self.product.wraps(), rates);
        }
        let with = |terms| self.fitter.fit(start_jd, end_jd, nodes, self.product.wraps(), terms);
        let most = self.fitter.most_terms();
        let few = (2..most).step_by(2).filter(|_| short).map(with).find(|polynomial| {
            let mut deviations = nodes.iter().map(|sample| self.deviation(polynomial, sample));
            deviations.all(|deviation| deviation.meets_share_of_target(FEW_TERMS_SHARE, self.cut))
        });
        few.unwrap_or_else(|| with(most))
    }

    fn deviation(&self, polynomial: &Polynomial, sample: &Sample) -> Deviation {
        Deviation::between(self.product, polynomial.value(sample.jd), sample.components)
    }
}

/// Pieces between two seams that are shorter, days, take their slope from the segment before: the source's noise would give
/// them any. (The Moon's yearly second, see `breaks`.)
const SLIVER_DAYS: f64 = 1e-4;

/// Share of the target that few terms must meet at the nodes.
const FEW_TERMS_SHARE: f64 = 0.5;

/// Rounds the fits to the file's shape and audits them as a reader will see them.
fn finish(product: Product, cut: &Cut, grid: Grid, cells: &[Vec<Fitted>], recipe: String) -> Content {
    // What will be refused must not make the quanta coarse for all the others.
    let close = |fitted: &&Fitted| {
        let Fitted { polynomial, samples } = fitted;
        let deviation =
            |sample: &Sample| Deviation::between(product, polynomial.value(sample.jd), sample.components);
        samples.iter().all(|sample| deviation(sample).meets_promise(cut))
    };
    let polynomials = cells.iter().flatten().filter(close).map(|fitted| &fitted.polynomial);
    let shape = Shape::fitting(cut.groups, polynomials);
    let audited = |Fitted { polynomial, samples }: &Fitted| {
        let rounded = Record::round(&shape, polynomial);
        let deviation = rounded.as_ref().map_or(Deviation::unbounded(), |record| {
            samples.iter().fold(Deviation::default(), |worst, sample| {
                let table = record.evaluate(&shape, sample.jd).value;
                worst.max(Deviation::between(product, table, sample.components))
            })
        });
        Segment {
            start_jd: polynomial.start_jd,
            end_jd: polynomial.end_jd,
            record: rounded.filter(|_| deviation.meets_promise(cut)),
            error_arcsec: rounded_up(deviation.arcsec),
            error_distance: rounded_up(deviation.distance),
        }
    };
    Content {
        product,
        grid,
        cells: cells.iter().map(|cell| cell.iter().map(audited).collect()).collect(),
        shape,
        recipe,
        promise_arcsec: cut.promise_arcsec,
    }
}

/// An error as the file holds it: never less than it was.
fn rounded_up(error: f64) -> f32 {
    let rounded = error as f32;
    if f64::from(rounded) < error { rounded.next_up() } else { rounded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_cover_the_span_and_give_way_to_seams() {
        let grid = Grid { origin_jd: 90.0, cells_per_day: 0.1 };
        assert_eq!(edges(grid, (95.0, 130.0), &[]), [95.0, 100.0, 110.0, 120.0, 130.0]);
        // A seam beside a grid point moves it; one inside a cell is cut at elsewhere.
        assert_eq!(
            edges(grid, (95.0, 130.0), &[99.99, 105.0, 120.003]),
            [95.0, 99.99, 110.0, 120.003, 130.0]
        );
        // No sliver of a cell at either end.
        assert_eq!(edges(grid, (99.99, 120.01), &[]), [99.99, 110.0, 120.01]);
    }

    #[test]
    fn errors_are_rounded_up_to_what_the_file_holds() {
        for error in [0.0, 1e-9, 0.000_123_456_789, 0.3, f64::INFINITY] {
            assert!(f64::from(rounded_up(error)) >= error);
        }
        assert!(rounded_up(f64::NAN).is_nan());
    }
}
