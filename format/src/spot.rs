//! Answering in two steps: where an instant lies in a table, and what the table says there.
//!
//! A caller that names its sources before it computes (for an entity tag, say) looks each record up once. It may ask
//! memory for the records of many tables ahead, and do something else while they come, where it would have waited for one
//! after another.

use std::num::NonZeroU32;

use crate::block::Index;
use crate::body::Product;
use crate::dataset::{Dataset, place};
use crate::kernel::{self, Components, Work};
use crate::lanes::Quad;
use crate::rotation::mean_sidereal_time_deg;
use crate::state::{Miss, Nutation, State};
use crate::time::UtDay;

/// Where an instant lies in a table: a record that the audit accepted, and the place in its segment. It belongs to the
/// dataset that found it.
///
/// It takes no more room as an option, and that is two words: a query holds one for each body.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// Index of the block, and one more.
    block: NonZeroU32,
    record: u32,
    x: f64,
}

const _: () = assert!(size_of::<Option<Spot>>() == 16);

impl Spot {
    /// Index into [`Dataset::blocks`].
    #[inline]
    #[must_use]
    pub fn block(self) -> u32 {
        self.block.get() - 1
    }

    #[inline(always)]
    fn record(self) -> Index {
        Index(self.record as usize)
    }
}

impl Dataset {
    /// Asks memory for what a product's table is likely to hold of an instant, in the product's time scale.
    #[inline]
    pub fn prefetch(&self, product: Product, jd: f64) {
        if let Some(block) = self.block_named(product.index(), jd) {
            block.prefetch(jd);
        }
    }

    /// Where a product's table has an instant, in the product's time scale.
    ///
    /// # Errors
    /// A [`Miss`] says why no table answers.
    #[inline]
    pub fn spot(&self, product: Product, jd: f64) -> Result<Spot, Miss> {
        let (index, block) = self.block_at(product.index(), jd)?;
        let Some((Index(record), x)) = block.spot_at(jd) else { return Err(block.refusal(jd)) };
        // A block that comes after four thousand million others, or has as many records, is more than can be named here.
        match (NonZeroU32::new(index.wrapping_add(1)), u32::try_from(record)) {
            (Some(block), Ok(record)) => Ok(Spot { block, record, x }),
            _ => Err(Miss::NotTabulated),
        }
    }

    /// Audited error of the segment at a spot: arcseconds.
    #[inline]
    #[must_use]
    pub fn error_arcsec(&self, spot: Spot) -> f32 {
        let block = self.blocks().get(spot.block() as usize);
        block.map_or(f32::INFINITY, |block| block.error_arcsec(spot.record()))
    }

    /// States on the mean equinox at spots that places were found at: to the last bit what [`Dataset::state`] answers.
    /// Each is handed on with whatever came with its spot. A spot of another dataset may give any numbers, NaN among them.
    ///
    /// Where the spots come from and where the states go are the caller's, by an iterator and a closure: all states are one
    /// piece of work for the kernel, which chooses the instruction set once, and no list of them is made in between.
    pub fn states_at<T>(&self, spots: impl Iterator<Item = (Spot, T)>, each: impl FnMut(T, State)) {
        self.kernel().run(States { dataset: self, spots, each });
    }

    /// Nutation at a spot that it was found at: to the last bit what [`Dataset::nutation`] answers.
    #[inline]
    #[must_use]
    pub fn nutation_at(&self, spot: Spot) -> Nutation {
        Nutation::from(self.kernel().run(One { dataset: self, spot }))
    }

    /// The state on the mean equinox at a spot that it was found at: to the last bit what [`Dataset::state`] answers.
    #[inline]
    #[must_use]
    pub fn state_at(&self, spot: Spot) -> State {
        place(&self.kernel().run(One { dataset: self, spot }))
    }

    /// Greenwich mean sidereal time, degrees, 0 ≤ θ < 360, and its change in degrees a day, at an instant and the spot of
    /// [`Product::EarthRotation`] that it was found at.
    #[must_use]
    pub fn mean_sidereal_time_at(&self, spot: Spot, ut: UtDay) -> (f64, f64) {
        let Components { value, rate } = self.kernel().run(One { dataset: self, spot });
        mean_sidereal_time_deg(ut, value[1], rate[1])
    }

    #[inline(always)]
    fn components_at_spot<Q: Quad>(&self, quad: Q, spot: Spot) -> Components {
        if let Some(block) = self.blocks().get(spot.block() as usize)
            && let Some(record) = block.record(spot.record())
            && let Some((first, rest)) = record.split_first()
        {
            return kernel::evaluate(quad, block.shape(), kernel::head(first), rest, spot.x);
        }
        NOWHERE
    }
}

/// What stands at a spot that is not there.
const NOWHERE: Components = Components { value: [f64::NAN; 3], rate: [f64::NAN; 3] };

/// States at many spots: work for a kernel.
struct States<'a, I, F> {
    dataset: &'a Dataset,
    spots: I,
    each: F,
}

impl<T, I: Iterator<Item = (Spot, T)>, F: FnMut(T, State)> Work for States<'_, I, F> {
    type Output = ();

    #[inline(always)]
    fn with<Q: Quad>(mut self, quad: Q) {
        for (spot, with) in self.spots {
            (self.each)(with, place(&self.dataset.components_at_spot(quad, spot)));
        }
    }
}

/// The components at one spot: work for a kernel.
struct One<'a> {
    dataset: &'a Dataset,
    spot: Spot,
}

impl Work for One<'_> {
    type Output = Components;

    #[inline(always)]
    fn with<Q: Quad>(self, quad: Q) -> Components {
        self.dataset.components_at_spot(quad, self.spot)
    }
}
