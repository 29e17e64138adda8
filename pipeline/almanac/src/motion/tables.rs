//! What tables hold, as functions of time.

use std::cell::RefCell;

use orrery_format::{Body, Center, Dataset, Miss, Product, State, TtDay};

use super::sampled::AYANAMSA;
use super::{Ephemeris, Function, Outline, Stretch};
use crate::ayanamsa::Ayanamsa;
use crate::bodies::Derivation;
use crate::earth::Earth;
use crate::power_series::PowerSeries;
use crate::precession::Precession;
use crate::stars::{Observer, Sight};
use crate::vector::Varying;

/// Stretches of an ayanamsa that are kept at hand: of two centuries and more, since many bodies are looked for in one zodiac.
const KEPT: usize = 64;

/// A dataset, as something that knows how things move.
#[derive(Debug)]
pub struct Tables<'a> {
    dataset: &'a Dataset,
    /// Of ayanamsas, which no table holds, each where its time puts it.
    kept: RefCell<Vec<Option<(Ayanamsa, Stretch)>>>,
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
        let (product, component, derivation) = match function {
            Function::Longitude(center, body) => place(center, body.tabulated(), 0)?,
            Function::Latitude(center, body) => place(center, body.tabulated(), 1)?,
            Function::Distance(center, body) => place(center, body.tabulated(), 2)?,
            Function::NutationInLongitude => (Product::Nutation, 0, Derivation::Itself),
            Function::NutationInObliquity => (Product::Nutation, 1, Derivation::Itself),
            Function::MeanObliquity => (Product::Nutation, 2, Derivation::Itself),
            Function::Ayanamsa(ayanamsa) => return self.ayanamsa(ayanamsa, jd_tt),
        };
        let piece = match self.dataset.piece(product, jd_tt) {
            Ok(piece) => piece,
            Err(Miss::OutsideSpan { .. }) => return Ok(None),
            Err(miss) => return Err(miss.into()),
        };
        let (terms, count) = piece.terms(component);
        let series = PowerSeries::new(&terms[..count]);
        let series = match (derivation, component) {
            (Derivation::Antipode, 0) => series + 180.0,
            (Derivation::Antipode, 1) => -series,
            _ => series,
        };
        Ok(Some(Stretch { start_jd_tt: piece.start_jd, end_jd_tt: piece.end_jd, series }))
    }

    fn outline(&self, function: Function, jd_tt: f64) -> Option<Outline> {
        match function {
            Function::Longitude(..) | Function::Latitude(..) | Function::Distance(..) => {
                Some(Outline::of(&self.stretch(function, jd_tt).ok()??))
            }
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
        Tables { dataset, kept: RefCell::new(Vec::new()) }
    }

    /// A stretch of an ayanamsa, between the ends of the tables that it needs.
    fn ayanamsa(&self, ayanamsa: Ayanamsa, jd_tt: f64) -> Result<Option<Stretch>, Unknown> {
        let place = (jd_tt / AYANAMSA.cell_days).floor().rem_euclid(KEPT as f64) as usize;
        if let Some(Some((of, stretch))) = self.kept.borrow().get(place)
            && *of == ayanamsa
            && (stretch.start_jd_tt..stretch.end_jd_tt).contains(&jd_tt)
        {
            return Ok(Some(*stretch));
        }
        let Some(known) = self.span(jd_tt) else { return Ok(None) };
        let zodiac = ayanamsa.zodiac();
        let [stretch] = AYANAMSA.stretches(jd_tt, known, true, |jd| {
            let tt = TtDay(jd);
            let nutation = self.dataset.nutation(tt)?.value;
            let obliquity = Varying::new(nutation.mean_obliquity_deg, nutation.mean_obliquity_speed);
            let precession = Precession::to(tt);
            let observer = || self.observer(tt, &precession, obliquity);
            let date = zodiac.at(&precession, obliquity, Sight::Apparent, observer)?;
            Ok::<_, Unknown>([date.ok_or(Unknown::AnchorHidden)?.ayanamsa_deg().value])
        })?;
        let mut kept = self.kept.borrow_mut();
        kept.resize(KEPT, None);
        kept[place] = Some((ayanamsa, stretch));
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
