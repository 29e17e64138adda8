//! Many instants at once, in columns.
//!
//! Instants that follow each other usually share a segment: its coefficients are made doubles once, and the vector
//! lanes are instants. Instants in no order work as well, at the pace of single look-ups.

use crate::block::Index;
use crate::body::Product;
use crate::dataset::{Dataset, wrap_degrees};
use crate::kernel::{self, Shape, Work};
use crate::lanes::Quad;
use crate::layout::{ArchivedLine, COMPONENTS};
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
            let (index, block) = match self.block_at(product.index(), jd) {
                Ok(found) => found,
                Err(miss) => {
                    columns.blank(at..at + 1);
                    missed.push(Missed { index: at, miss });
                    at += 1;
                    continue;
                }
            };
            let record = block.index_at(jd);
            let segment = block.segment(record);
            let inside = |jd: f64| jd >= segment.start_jd && jd < segment.end_jd;
            let length = 1 + jds[at + 1..].iter().take_while(|&&jd| inside(jd)).count();
            let run = at..at + length;
            if segment.accepted {
                self.fill_run(product, index, record, &jds[run.clone()], columns, run.start);
            } else {
                let miss = Miss::NotGoodEnough { audited_arcsec: segment.error_arcsec };
                columns.blank(run.clone());
                missed.extend(run.clone().map(|index| Missed { index, miss }));
            }
            at = run.end;
        }
    }

    fn fill_run(
        &self,
        product: Product,
        block: u32,
        record: Index,
        jds: &[f64],
        columns: &mut Columns<'_>,
        at: usize,
    ) {
        let record = self.record(block, record);
        let run = at..at + jds.len();
        let [v0, v1, v2] = &mut columns.values;
        let [r0, r1, r2] = &mut columns.rates;
        self.kernel().run(Run {
            shape: *self.blocks()[block as usize].shape(),
            record,
            jds,
            values: [&mut v0[run.clone()], &mut v1[run.clone()], &mut v2[run.clone()]],
            rates: [&mut r0[run.clone()], &mut r1[run.clone()], &mut r2[run]],
            wraps: product.wraps(),
        });
    }
}

/// Instants that share a record: work for a kernel.
struct Run<'a> {
    shape: Shape,
    record: &'a [ArchivedLine],
    jds: &'a [f64],
    values: [&'a mut [f64]; COMPONENTS],
    rates: [&'a mut [f64]; COMPONENTS],
    wraps: bool,
}

impl Work for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn with<Q: Quad>(mut self, quad: Q) {
        kernel::evaluate_run(quad, &self.shape, self.record, self.jds, &mut self.values, &mut self.rates);
        if self.wraps {
            for longitude in self.values[0].iter_mut() {
                *longitude = wrap_degrees(*longitude);
            }
        }
    }
}

impl Columns<'_> {
    fn blank(&mut self, run: std::ops::Range<usize>) {
        for column in self.values.iter_mut().chain(&mut self.rates) {
            column[run.clone()].fill(f64::NAN);
        }
    }
}
