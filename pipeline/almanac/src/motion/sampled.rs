//! A source that can only be asked where things are: polynomials are laid through its answers.

use std::cell::RefCell;

use orrery_format::Center;

use super::kept::{Ayanamsas, Recent};
use super::refined::Layout;
use super::{Ephemeris, Function, Stretch};
use crate::ayanamsa::Ayanamsa;
use crate::bodies::WireBody;

/// Where things are, on the mean ecliptic and equinox of date.
pub trait Places {
    /// Why it does not know.
    type Error;

    /// First instant that is known of a body, and first instant after, Julian days of TT.
    fn known(&self, center: Center, body: WireBody) -> (f64, f64);

    /// Longitude and latitude, degrees, and distance, au.
    ///
    /// # Errors
    /// Where the source refuses.
    fn place(&mut self, center: Center, body: WireBody, jd_tt: f64) -> Result<[f64; 3], Self::Error>;

    /// Nutation in longitude and in obliquity, and the mean obliquity, degrees.
    ///
    /// # Errors
    /// Where the source refuses.
    fn nutation(&mut self, jd_tt: f64) -> Result<[f64; 3], Self::Error>;

    /// By how much a zodiac begins behind the mean equinox, degrees.
    ///
    /// # Errors
    /// Where the source refuses.
    fn ayanamsa_deg(&mut self, ayanamsa: Ayanamsa, jd_tt: f64) -> Result<f64, Self::Error>;
}

/// Places: cells of sixteen days, in which the Moon makes half a turn. Where the source jumps, between two of its own
/// polynomials, stretches end within two seconds of it. It is noisy to some ten-thousandths of an arcsecond, so that asking
/// for less would find jumps everywhere.
const PLACES: Layout = Layout {
    cell_days: 16.0,
    least_days: 2.0 / 86_400.0,
    values: 20,
    tolerance_deg: 0.002 / 3600.0,
    tolerance: 1e-8,
};

/// An ayanamsa that goes by precession alone, which is smooth for years.
const PRECESSING: Layout =
    Layout { cell_days: 512.0, least_days: 1.0 / 64.0, values: 8, tolerance_deg: 1e-9, tolerance: 1e-9 };

/// An ayanamsa that something in the sky holds fast: smooth but where the Sun bends its light. The Earth's motion aberrates
/// it, and there is a month in that, of which a cell has all with so many values; with fewer, every cell would be halved
/// again and again.
const ANCHORED: Layout = Layout { cell_days: 32.0, values: 20, ..PRECESSING };

/// How an ayanamsa is laid out.
pub(super) const fn layout_of(ayanamsa: Ayanamsa) -> Layout {
    if ayanamsa.is_anchored() { ANCHORED } else { PRECESSING }
}

/// Cells that are kept at hand, at most: of a year and more, of ten bodies in one zodiac.
const KEPT: usize = 512;

/// A body, or none for nutation, and the number of a cell of it.
type Cell = (Option<(Center, WireBody)>, i64);

/// A source of places, as something that knows how things move.
#[derive(Debug)]
pub struct Sampled<P> {
    places: RefCell<P>,
    three: RefCell<Recent<Cell, 3>>,
    ayanamsas: RefCell<Ayanamsas>,
}

impl<P: Places> Sampled<P> {
    /// Of a source.
    #[must_use]
    pub fn new(places: P) -> Sampled<P> {
        Sampled {
            places: RefCell::new(places),
            three: RefCell::new(Recent::new(KEPT)),
            ayanamsas: RefCell::new(Ayanamsas::new()),
        }
    }

    /// The source again.
    #[must_use]
    pub fn into_places(self) -> P {
        self.places.into_inner()
    }

    /// The stretches of all three components at an instant, of a body's place or of nutation.
    fn three(&self, of: Option<(Center, WireBody)>, jd_tt: f64) -> Result<Option<[Stretch; 3]>, P::Error> {
        // Nutation and obliquity are formulas, and are known wherever places are.
        let known = match of {
            Some((center, body)) => self.places.borrow().known(center, body),
            None => (f64::MIN, f64::MAX),
        };
        if !(known.0..known.1).contains(&jd_tt) {
            return Ok(None);
        }
        let cell = (of, (jd_tt / PLACES.cell_days).floor() as i64);
        if let Some(three) = self.three.borrow_mut().at(cell, jd_tt) {
            return Ok(Some(three));
        }
        let three = PLACES.stretches(jd_tt, known, of.is_some(), |jd| {
            let mut places = self.places.borrow_mut();
            match of {
                Some((center, body)) => places.place(center, body, jd),
                None => places.nutation(jd),
            }
        })?;
        self.three.borrow_mut().keep(cell, three);
        Ok(Some(three))
    }

    /// A stretch of an ayanamsa.
    fn ayanamsa(&self, ayanamsa: Ayanamsa, jd_tt: f64) -> Result<Stretch, P::Error> {
        let layout = layout_of(ayanamsa);
        let cell = (jd_tt / layout.cell_days).floor();
        if let Some(stretch) = self.ayanamsas.borrow().at(ayanamsa, cell, jd_tt) {
            return Ok(stretch);
        }
        let ask = |jd| Ok([self.places.borrow_mut().ayanamsa_deg(ayanamsa, jd)?]);
        let [stretch] = layout.stretches(jd_tt, (f64::MIN, f64::MAX), true, ask)?;
        self.ayanamsas.borrow_mut().keep(ayanamsa, cell, &stretch);
        Ok(stretch)
    }
}

impl<P: Places> Ephemeris for Sampled<P> {
    type Error = P::Error;

    fn stretch(&self, function: Function, jd_tt: f64) -> Result<Option<Stretch>, P::Error> {
        let (of, component) = match function {
            Function::Longitude(center, body) => (Some((center, body)), 0),
            Function::Latitude(center, body) => (Some((center, body)), 1),
            Function::Distance(center, body) => (Some((center, body)), 2),
            Function::NutationInLongitude => (None, 0),
            Function::NutationInObliquity => (None, 1),
            Function::MeanObliquity => (None, 2),
            Function::Ayanamsa(ayanamsa) => return Ok(Some(self.ayanamsa(ayanamsa, jd_tt)?)),
        };
        Ok(self.three(of, jd_tt)?.map(|three| three[component]))
    }
}
