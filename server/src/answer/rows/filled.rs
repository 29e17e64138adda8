//! What tables say of many instants.

use orrery_almanac::Varying;
use orrery_format::batch::{Columns, Missed};
use orrery_format::{Nutation, Product, State, UtDay, rotation};

use crate::app::Generation;

/// What a product's table says of many instants.
#[derive(Debug, Default)]
pub(super) struct Filled {
    values: [Vec<f64>; 3],
    rates: [Vec<f64>; 3],
}

impl Filled {
    /// Greenwich mean sidereal time of an instant, from the table of the Earth's rotation.
    pub(super) fn sidereal_time(&self, nth: usize, ut: UtDay) -> Varying {
        let (value, rate) = rotation::mean_sidereal_time_deg(ut, self.values[1][nth], self.rates[1][nth]);
        Varying::new(value, rate)
    }

    /// Fills the columns; the instants that were missed are added to the list.
    pub(super) fn fill(
        &mut self,
        generation: &Generation,
        product: Product,
        jds: &[f64],
        missed: &mut Vec<Missed>,
    ) {
        let length = jds.len();
        self.values.iter_mut().chain(&mut self.rates).for_each(|column| column.resize(length, 0.0));
        let mut columns = Columns {
            values: self.values.each_mut().map(Vec::as_mut_slice),
            rates: self.rates.each_mut().map(Vec::as_mut_slice),
        };
        generation.dataset.fill(product, jds, &mut columns, missed);
    }

    pub(super) fn state(&self, nth: usize) -> State {
        State {
            longitude_deg: self.values[0][nth],
            latitude_deg: self.values[1][nth],
            distance_au: self.values[2][nth],
            longitude_speed: self.rates[0][nth],
            latitude_speed: self.rates[1][nth],
            distance_speed: self.rates[2][nth],
        }
    }

    pub(super) fn nutation(&self, nth: usize) -> Nutation {
        Nutation {
            dpsi_deg: self.values[0][nth],
            deps_deg: self.values[1][nth],
            mean_obliquity_deg: self.values[2][nth],
            dpsi_speed: self.rates[0][nth],
            deps_speed: self.rates[1][nth],
            mean_obliquity_speed: self.rates[2][nth],
        }
    }
}
