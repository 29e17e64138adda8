//! What tables hold, as functions of time.

use std::cell::RefCell;

use orrery_format::piece::Piece;
use orrery_format::{Body, Center, Dataset, Miss, Product, State, TtDay};

use super::kept::Ayanamsas;
use super::sampled::layout_of;
use super::{Ephemeris, Function, Outline, Stretch};
use crate::ayanamsa::Ayanamsa;
use crate::bodies::Derivation;
use crate::earth::Earth;
use crate::power_series::{PowerSeries, value_at};
use crate::precession::Precession;
use crate::stars::{Observer, Sight};
use crate::vector::Varying;

/// A dataset, as something that knows how things move.
#[derive(Debug)]
pub struct Tables<'a> {
    dataset: &'a Dataset,
    /// Of ayanamsas, which no table holds.
    kept: RefCell<Ayanamsas>,
}

/// Why tables do not know.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Unknown {
    /// They do not answer.
    #[error("{0}")]
    Missing(#[from] Miss),
    /// The star that holds the zodiac fast stands behind the Sun's disc.
    #[error("the Sun hides what holds the zodiac fast")]
    AnchorHidden,
    /// No table has it.
    #[error("it is not tabulated")]
    Untabulated,
}

impl Ephemeris for Tables<'_> {
    type Error = Unknown;

    fn stretch(&self, function: Function, jd_tt: f64) -> Result<Option<Stretch>, Unknown> {
        if let Function::Ayanamsa(ayanamsa) = function {
            return self.ayanamsa(ayanamsa, jd_tt);
        }
        let of = |terms: &[f64], (start_jd_tt, end_jd_tt)| Stretch {
            start_jd_tt,
            end_jd_tt,
            series: PowerSeries::new(terms),
        };
        self.of_table(function, jd_tt, of)
    }

    fn lasts(&self, function: Function, jd_tt: f64) -> Result<Option<(f64, f64)>, Unknown> {
        if let Function::Ayanamsa(ayanamsa) = function {
            let stretch = self.ayanamsa(ayanamsa, jd_tt)?;
            return Ok(stretch.map(|stretch| (stretch.start_jd_tt, stretch.end_jd_tt)));
        }
        Ok(self.piece(function, jd_tt)?.map(|(piece, ..)| (piece.start_jd, piece.end_jd)))
    }

    fn value(&self, function: Function, jd_tt: f64) -> Result<Option<f64>, Unknown> {
        if let Function::Ayanamsa(ayanamsa) = function {
            let stretch = self.ayanamsa(ayanamsa, jd_tt)?;
            return Ok(stretch.map(|stretch| stretch.series.value(stretch.x(jd_tt))));
        }
        self.of_table(function, jd_tt, |terms, (start, end)| {
            value_at(terms, Stretch::place(jd_tt, start, end))
        })
    }

    fn outline(&self, function: Function, jd_tt: f64) -> Option<Outline> {
        match function {
            Function::Longitude(..) | Function::Latitude(..) | Function::Distance(..) => {
                self.of_table(function, jd_tt, Outline::of_terms).ok()?
            }
            Function::Ayanamsa(ayanamsa) => Some(Outline::of(&self.ayanamsa(ayanamsa, jd_tt).ok()??)),
            _ => None,
        }
    }
}

/// The table of a body's place, which component of it, and what to do to it.
fn place(
    center: Center,
    tabulated: Option<(Body, Derivation)>,
    component: usize,
) -> Result<(Product, usize, Derivation), Unknown> {
    let (body, derivation) = tabulated.ok_or(Unknown::Untabulated)?;
    Ok((Product::Place(center, body), component, derivation))
}

impl<'a> Tables<'a> {
    /// Of a dataset.
    #[must_use]
    pub const fn new(dataset: &'a Dataset) -> Tables<'a> {
        Tables { dataset, kept: RefCell::new(Ayanamsas::new()) }
    }

    /// The polynomials of a table that hold at an instant, which of them is the function, and what to do to it.
    fn piece(
        &self,
        function: Function,
        jd_tt: f64,
    ) -> Result<Option<(Piece<'a>, usize, Derivation)>, Unknown> {
        let (product, component, derivation) = match function {
            Function::Longitude(center, body) => place(center, body.tabulated(), 0)?,
            Function::Latitude(center, body) => place(center, body.tabulated(), 1)?,
            Function::Distance(center, body) => place(center, body.tabulated(), 2)?,
            Function::NutationInLongitude => (Product::Nutation, 0, Derivation::Itself),
            Function::NutationInObliquity => (Product::Nutation, 1, Derivation::Itself),
            Function::MeanObliquity => (Product::Nutation, 2, Derivation::Itself),
            Function::Ayanamsa(_) => return Err(Unknown::Untabulated),
        };
        match self.dataset.piece(product, jd_tt) {
            Ok(piece) => Ok(Some((piece, component, derivation))),
            Err(Miss::OutsideSpan { .. }) => Ok(None),
            Err(miss) => Err(miss.into()),
        }
    }

    /// What follows from the polynomial of a function: its coefficients, and from when to when it holds.
    fn of_table<T>(
        &self,
        function: Function,
        jd_tt: f64,
        follows: impl FnOnce(&[f64], (f64, f64)) -> T,
    ) -> Result<Option<T>, Unknown> {
        let Some((piece, component, derivation)) = self.piece(function, jd_tt)? else { return Ok(None) };
        let (mut terms, count) = piece.terms(component);
        let terms = &mut terms[..count];
        match (derivation, component) {
            (Derivation::Antipode, 0) => terms.iter_mut().take(1).for_each(|term| *term += 180.0),
            (Derivation::Antipode, 1) => terms.iter_mut().for_each(|term| *term = -*term),
            _ => {}
        }
        Ok(Some(follows(terms, (piece.start_jd, piece.end_jd))))
    }

    /// A stretch of an ayanamsa, between the ends of the tables that it needs.
    fn ayanamsa(&self, ayanamsa: Ayanamsa, jd_tt: f64) -> Result<Option<Stretch>, Unknown> {
        let layout = layout_of(ayanamsa);
        let cell = (jd_tt / layout.cell_days).floor();
        if let Some(stretch) = self.kept.borrow().at(ayanamsa, cell, jd_tt) {
            return Ok(Some(stretch));
        }
        let Some(known) = self.span(jd_tt) else { return Ok(None) };
        let zodiac = ayanamsa.zodiac();
        let [stretch] = layout.stretches(jd_tt, known, true, |jd| {
            let tt = TtDay(jd);
            let nutation = self.dataset.nutation(tt)?.value;
            let obliquity = Varying::new(nutation.mean_obliquity_deg, nutation.mean_obliquity_speed);
            let precession = Precession::to(tt);
            let observer = || self.observer(tt, &precession, obliquity);
            let date = zodiac.at(&precession, obliquity, Sight::Apparent, observer)?;
            Ok::<_, Unknown>([date.ok_or(Unknown::AnchorHidden)?.ayanamsa_deg().value])
        })?;
        self.kept.borrow_mut().keep(ayanamsa, cell, &stretch);
        Ok(Some(stretch))
    }

    /// From when to when tables know of what an ayanamsa needs, around an instant.
    fn span(&self, jd_tt: f64) -> Option<(f64, f64)> {
        let needed = [Product::Nutation, Product::Place(Center::Geo, Body::Sun)];
        let spans = needed.iter().filter_map(|product| self.dataset.span_jd(*product));
        let (start, end) = spans.reduce(|a, b| (a.0.max(b.0), a.1.min(b.1)))?;
        (start..end).contains(&jd_tt).then_some((start, end))
    }

    /// Who looks at what holds a zodiac fast.
    fn observer(&self, tt: TtDay, precession: &Precession, obliquity: Varying) -> Result<Observer, Unknown> {
        let state =
            |center, body| -> Result<State, Unknown> { Ok(self.dataset.state(body, center, tt)?.value) };
        let sun = state(Center::Geo, Body::Sun)?;
        let earth = Earth::new(&state(Center::Bary, Body::Earth)?, &sun);
        Ok(Observer::new(tt, precession, obliquity, &earth, &state(Center::Geo, Body::Moon)?))
    }
}
