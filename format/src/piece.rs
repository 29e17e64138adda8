//! The polynomials themselves, for those who look for when and not for where.

use crate::block::Index;
use crate::body::Product;
use crate::dataset::Dataset;
use crate::kernel;
use crate::layout::{COMPONENTS, GROUP, MAX_GROUPS};
use crate::state::Miss;

/// Most terms that a polynomial has.
pub const MAX_TERMS: usize = 2 + GROUP * MAX_GROUPS;

/// A stretch of time with one polynomial of each component.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    dataset: &'a Dataset,
    block: u32,
    record: Index,
    /// First instant, a Julian day in the product's time scale.
    pub start_jd: f64,
    /// First instant after it.
    pub end_jd: f64,
}

impl Dataset {
    /// The polynomials that hold at an instant, in the product's time scale, and from when to when they do.
    ///
    /// # Errors
    /// A [`Miss`] says why no table answers.
    pub fn piece(&self, product: Product, jd: f64) -> Result<Piece<'_>, Miss> {
        let (number, block) = self.block_at(product.index(), jd)?;
        let Some((record, _)) = block.spot_at(jd) else { return Err(block.refusal(jd)) };
        let segment = block.segment(record);
        Ok(Piece { dataset: self, block: number, record, start_jd: segment.start_jd, end_jd: segment.end_jd })
    }
}

impl Piece<'_> {
    /// Index of its block into [`Dataset::blocks`].
    #[must_use]
    pub fn block(&self) -> u32 {
        self.block
    }

    /// Coefficients of a component's polynomial in x, constant term first, where x runs from −1 at the start to 1 at the
    /// end; zero beyond the number of terms, which is handed back with them. A component that is not there has no terms.
    ///
    /// Longitudes are unwrapped within a piece: they may reach a turn beyond 0 to 360.
    #[must_use]
    pub fn terms(&self, component: usize) -> ([f64; MAX_TERMS], usize) {
        let mut terms = [0.0; MAX_TERMS];
        let Some(block) = self.dataset.blocks().get(self.block as usize) else { return (terms, 0) };
        let Some((first, rest)) = self.dataset.record(self.block, self.record).split_first() else {
            return (terms, 0);
        };
        if component >= COMPONENTS {
            return (terms, 0);
        }
        let shape = block.shape();
        [terms[0], terms[1]] = kernel::head(first).terms[component];
        let before: usize = shape.groups[..component].iter().map(|&groups| usize::from(groups)).sum();
        let own = kernel::tail(rest).iter().skip(before).take(shape.groups[component].into());
        let mut count = 2;
        for (term, &coefficient) in terms[2..].iter_mut().zip(own.flatten()) {
            *term = f64::from(coefficient) * shape.quanta[component];
            count += 1;
        }
        while count > 1 && terms[count - 1] == 0.0 {
            count -= 1;
        }
        (terms, count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_every_term() {
        assert_eq!(MAX_TERMS, 34);
    }
}
