//! One block from the source: cut at the seams, split until the error meets the target, audited as it will be read.

use orrery_format::Product;
use orrery_format::kernel::Shape;
use orrery_format::write::{Content, Polynomial, Record, Segment};
use orrery_swisseph::LiveError;

use crate::audit::Deviation;
use crate::fit::Fitter;
use crate::recipe::Cut;
use crate::sample::{Sample, Sampler};

/// A segment that is fitted but not yet rounded to the file's shape.
#[derive(Debug)]
struct Fitted {
    polynomial: Polynomial,
    /// Every sample taken of the segment, nodes and audit points.
    samples: Vec<Sample>,
}

/// Builds the block of a product over a span that is cut at `breaks` (ascending, inside the span).
///
/// # Errors
/// When the source does not answer.
pub fn build(
    sampler: &mut Sampler<'_>,
    cut: &Cut,
    span: (f64, f64),
    breaks: &[f64],
    recipe: String,
) -> Result<Content, LiveError> {
    let mut cutter = Cutter {
        product: sampler.product(),
        sampler,
        cut,
        fitter: Fitter::new(cut.nodes, cut.terms()),
        fitted: Vec::new(),
    };
    let mut edges = vec![span.0];
    edges.extend(breaks.iter().copied().filter(|&jd| jd > span.0 && jd < span.1));
    edges.push(span.1);
    for piece in edges.windows(2) {
        let (start, end) = (piece[0], piece[1]);
        let count = ((end - start) / cut.segment_days).ceil().max(1.0);
        let edge = |i: f64| if i >= count { end } else { start + (end - start) * (i / count) };
        let mut i = 0.0;
        while i < count {
            cutter.segment(edge(i), edge(i + 1.0))?;
            i += 1.0;
        }
    }
    let fitted = cutter.fitted;
    Ok(finish(sampler.product(), cut, span.1, &fitted, recipe))
}

struct Cutter<'a, 's> {
    sampler: &'a mut Sampler<'s>,
    product: Product,
    cut: &'a Cut,
    fitter: Fitter,
    fitted: Vec<Fitted>,
}

impl Cutter<'_, '_> {
    /// Fits a segment, in halves where it misses the target and is long enough to split.
    fn segment(&mut self, start_jd: f64, end_jd: f64) -> Result<(), LiveError> {
        let nodes: Vec<Sample> =
            self.fitter.node_jds(start_jd, end_jd).map(|jd| self.sampler.at(jd)).collect::<Result<_, _>>()?;
        let polynomial = self.fitter.fit(start_jd, end_jd, &nodes, self.product.wraps());
        let mut samples = nodes;
        let splittable = (end_jd - start_jd) / 2.0 >= self.cut.shortest_days;
        let between: Vec<f64> = self.fitter.audit_jds(start_jd, end_jd).collect();
        for jd in between {
            let sample = self.sampler.at(jd)?;
            samples.push(sample);
            // One sample that shows the fit bad is enough to split; the others need not be asked for.
            if splittable && !Deviation::between(self.product, value(&polynomial, jd), sample.components).meets_target(self.cut) {
                let mid = Polynomial::mid_jd(start_jd, end_jd);
                self.segment(start_jd, mid)?;
                return self.segment(mid, end_jd);
            }
        }
        self.fitted.push(Fitted { polynomial, samples });
        Ok(())
    }
}

/// The polynomial in doubles, before it is rounded to a record.
fn value(polynomial: &Polynomial, jd: f64) -> [f64; 3] {
    let mid = Polynomial::mid_jd(polynomial.start_jd, polynomial.end_jd);
    let x = (jd - mid) * Polynomial::per_half(polynomial.start_jd, polynomial.end_jd);
    std::array::from_fn(|c| polynomial.coefficients[c].iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient))
}

/// Rounds the fits to the file's shape and audits them as a reader will see them.
fn finish(product: Product, cut: &Cut, end_jd: f64, fitted: &[Fitted], recipe: String) -> Content {
    let shape = Shape::fitting(cut.groups, fitted.iter().map(|fitted| &fitted.polynomial));
    let segments = fitted
        .iter()
        .map(|Fitted { polynomial, samples }| {
            let rounded = Record::round(&shape, polynomial);
            let deviation = rounded.as_ref().map_or(Deviation::unbounded(), |record| {
                samples.iter().fold(Deviation::default(), |worst, sample| {
                    let table = record.evaluate(&shape, sample.jd).value;
                    worst.max(Deviation::between(product, table, sample.components))
                })
            });
            let record = match rounded {
                Some(record) if deviation.meets_promise(cut) => record,
                _ => Record::refused(&shape, polynomial.start_jd, polynomial.end_jd),
            };
            Segment {
                start_jd: polynomial.start_jd,
                record,
                error_arcsec: rounded_up(deviation.arcsec),
                error_distance: rounded_up(deviation.distance),
            }
        })
        .collect();
    Content {
        product,
        end_jd,
        shape,
        segments,
        recipe,
        promise_arcsec: cut.promise_arcsec,
        bin_days: cut.bin_days(),
    }
}

/// An error as the file holds it: never less than it was.
fn rounded_up(error: f64) -> f32 {
    let rounded = error as f32;
    if f64::from(rounded) < error { rounded.next_up() } else { rounded }
}
