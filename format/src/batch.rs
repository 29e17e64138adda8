//! Many instants at once, in columns.
//!
//! Instants that follow each other usually share a segment: its coefficients are made doubles once, and the vector
//! lanes are instants. Instants in no order work as well, at the pace of single look-ups.

use crate::block::Segment;
use crate::body::Product;
use crate::dataset::{Dataset, wrap_degrees};
use crate::kernel;
use crate::layout::COMPONENTS;
use crate::state::Miss;

/// Columns to be filled for one product: three components and their rates per day, each as long as the instants.
#[derive(Debug)]
pub struct Columns<'a> {
    /// Values: longitude, latitude, distance (or what [`Product`] says).
    pub values: [&'a mut [f64]; COMPONENTS],
    /// Their derivatives per day.
    pub rates: [&'a mut [f64]; COMPONENTS],
}

/// An instant that the tables could not answer; its columns hold NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Missed {
    /// Index of the instant.
    pub index: usize,
    /// Why.
    pub miss: Miss,
}

impl Dataset {
    /// Evaluates a product at many instants. Results are bit-equal to those of single calls.
    ///
    /// # Panics
    /// When a column is shorter or longer than the instants.
    pub fn fill(&self, product: Product, jds: &[f64], columns: &mut Columns<'_>, missed: &mut Vec<Missed>) {
        for column in columns.values.iter().chain(&columns.rates) {
            assert_eq!(column.len(), jds.len(), "a column must be as long as the instants");
        }
        let mut at = 0;
        while at < jds.len() {
            let jd = jds[at];
            let (index, block) = match self.block_at(product, jd) {
                Ok(found) => found,
                Err(miss) => {
                    columns.blank(at..at + 1);
                    missed.push(Missed { index: at, miss });
                    at += 1;
                    continue;
                }
            };
            let segment = block.segment_at(jd);
            let (start, end) = block.segment_bounds(segment.0).unwrap_or((jd, jd));
            let length = 1 + jds[at + 1..].iter().take_while(|&&jd| jd >= start && jd < end).count();
            let run = at..at + length;
            if block.segment_accepted(segment.0) {
                self.fill_run(product, index, segment, &jds[run.clone()], columns, run.start);
            } else {
                let miss = Miss::NotGoodEnough { audited_arcsec: block.error_arcsec(segment) };
                columns.blank(run.clone());
                missed.extend(run.clone().map(|index| Missed { index, miss }));
            }
            at = run.end;
        }
    }

    fn fill_run(&self, product: Product, block: u32, segment: Segment, jds: &[f64], columns: &mut Columns<'_>, at: usize) {
        let record = self.segment_record(block, segment);
        let shape = *self.blocks()[block as usize].shape();
        let run = at..at + jds.len();
        let [v0, v1, v2] = &mut columns.values;
        let [r0, r1, r2] = &mut columns.rates;
        let mut values = [&mut v0[run.clone()], &mut v1[run.clone()], &mut v2[run.clone()]];
        let mut rates = [&mut r0[run.clone()], &mut r1[run.clone()], &mut r2[run]];
        self.kernel().run(
            #[inline(always)]
            || {
                kernel::evaluate_run(&shape, record, jds, &mut values, &mut rates);
                if product.wraps() {
                    for longitude in values[0].iter_mut() {
                        *longitude = wrap_degrees(*longitude);
                    }
                }
            },
        );
    }
}

impl Columns<'_> {
    fn blank(&mut self, run: std::ops::Range<usize>) {
        for column in self.values.iter_mut().chain(&mut self.rates) {
            column[run.clone()].fill(f64::NAN);
        }
    }
}
