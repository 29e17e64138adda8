//! What is looked for alike, whether the Sun is eclipsed or the Moon.

use std::ops::Range;

use orrery_format::TtDay;
use orrery_format::eclipse::{LunarEclipse, SolarEclipse};

use super::lunar::{self, lunar_eclipse_of};
use super::lunation::{Lunation, Phase};
use super::sky::Luminaries;
use super::solar::{self, solar_eclipse_of};

/// A kind of eclipses: of the Sun, or of the Moon.
pub trait Eclipse: Sized {
    /// When in a lunation there may be one.
    const PHASE: Phase;

    /// The one of a lunation, if there is one; its place in the saros is 0 until [`super::saros::member`] tells it.
    ///
    /// # Errors
    /// What the source says. It is asked for instants up to six hours from the phase.
    fn of<L: Luminaries>(luminaries: &mut L, lunation: Lunation) -> Result<Option<Self>, L::Error>;

    /// Whether a lunation has one, which is told with fewer looks at the sky.
    ///
    /// # Errors
    /// As [`Eclipse::of`].
    fn occurs<L: Luminaries>(luminaries: &mut L, lunation: Lunation) -> Result<bool, L::Error>;

    /// When it is greatest.
    fn greatest(&self) -> TtDay;
}

impl Eclipse for SolarEclipse {
    const PHASE: Phase = Phase::New;

    fn of<L: Luminaries>(luminaries: &mut L, lunation: Lunation) -> Result<Option<SolarEclipse>, L::Error> {
        solar_eclipse_of(luminaries, lunation)
    }

    fn occurs<L: Luminaries>(luminaries: &mut L, lunation: Lunation) -> Result<bool, L::Error> {
        solar::occurs(luminaries, lunation)
    }

    fn greatest(&self) -> TtDay {
        TtDay(self.greatest_jd_tt)
    }
}

impl Eclipse for LunarEclipse {
    const PHASE: Phase = Phase::Full;

    fn of<L: Luminaries>(luminaries: &mut L, lunation: Lunation) -> Result<Option<LunarEclipse>, L::Error> {
        lunar_eclipse_of(luminaries, lunation)
    }

    fn occurs<L: Luminaries>(luminaries: &mut L, lunation: Lunation) -> Result<bool, L::Error> {
        lunar::occurs(luminaries, lunation)
    }

    fn greatest(&self) -> TtDay {
        TtDay(self.greatest_jd_tt)
    }
}

/// The eclipses of a kind that are greatest within a span, in the order of time, each with its lunation.
///
/// Every new or full moon of the span is looked at. The source must answer from 12 hours before the span to 12 hours after it;
/// what it says where it does not stands in the eclipse's place.
pub fn eclipses_within<T: Eclipse, L: Luminaries>(
    luminaries: &mut L,
    span: Range<TtDay>,
) -> impl Iterator<Item = Result<(Lunation, T), L::Error>> + use<'_, T, L> {
    Lunation::within(&span, T::PHASE).filter_map(move |lunation| match T::of(luminaries, lunation) {
        Ok(found) => {
            found.filter(|eclipse| span.contains(&eclipse.greatest())).map(|eclipse| Ok((lunation, eclipse)))
        }
        Err(error) => Some(Err(error)),
    })
}
