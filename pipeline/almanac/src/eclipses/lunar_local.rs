//! What a place sees of an eclipse of the Moon, and when.
//!
//! The eclipse is the same for everybody who has the Moon over the horizon: what differs is where the Moon stands, and which part of
//! the eclipse it is up for. So instants are those of the eclipse; altitudes, risings and settings come from a [`Sky`] over the
//! place, which knows parallax and air ([`crate::rise_set`]), and how deep the Moon is then from [`Luminaries`]. Tables are both,
//! and so is the live source.

use orrery_format::eclipse::{LunarEclipse, LunarKind};
use orrery_format::{TtDay, UtDay};

use super::elements::{DAY_H, HOUR_S};
use super::lunar::Immersion;
use super::sky::Luminaries;
use super::up::{MOST_CROSSINGS, Up, overlap};
use crate::frames::wrap_deg;
use crate::horizon::Horizontal;
use crate::rise_set::{Kind, Sight, Sky, Span, Threshold, Wanted, search};

/// The eclipse at one instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LunarPhase {
    /// When.
    pub tt: TtDay,
    /// How deep the Moon is in the shadow. At a contact, what begins there or has just ended.
    pub kind: LunarKind,
    /// The part of the Moon's diameter within the umbra; negative outside.
    pub umbral_magnitude: f64,
    /// The part of the Moon's diameter within the penumbra.
    pub penumbral_magnitude: f64,
    /// Altitude of the Moon's centre as seen from the place, degrees, without refraction.
    pub altitude_deg: f64,
    /// Azimuth of the Moon, degrees from north over east, 0 to 360.
    pub azimuth_deg: f64,
    /// Whether the Moon is up.
    pub is_up: bool,
    /// Where on the Moon's limb the border of the shadow touches it, or for the greatest eclipse and for risings and settings, in
    /// which direction the shadow's centre is from the Moon's: degrees from celestial north through east, 0 to 360. As seen from
    /// the Earth's centre; a place sees it turned by less than a degree.
    pub position_angle_deg: f64,
    /// The same from the direction to the zenith, through the left as one faces the Moon.
    pub zenith_angle_deg: f64,
}

/// The Moon rises or sets while the eclipse lasts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LunarCrossing {
    /// Whether it rises.
    pub is_rising: bool,
    /// The eclipse then.
    pub phase: LunarPhase,
}

/// What of an eclipse is seen: what happens while the Moon is up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LunarVisible {
    /// The most that is seen.
    pub kind: LunarKind,
    /// When the Moon is first seen in the shadow: the first contact or a rising.
    pub begins: TtDay,
    /// When it is last seen in it: the last contact or a setting.
    pub ends: TtDay,
    /// The eclipse when the most is seen: its greatest, or a rising or a setting.
    pub greatest: LunarPhase,
    /// Seconds for which the Moon is seen in the umbra, if only with a part of it.
    pub umbral_s: f64,
    /// Seconds for which it is seen wholly in the umbra.
    pub total_s: f64,
}

/// The local circumstances of an eclipse of the Moon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LunarLocal {
    /// P1: the Moon begins to enter the penumbra.
    pub penumbra_begins: LunarPhase,
    /// U1: it begins to enter the umbra.
    pub partial_begins: Option<LunarPhase>,
    /// U2: all of it is within the umbra.
    pub total_begins: Option<LunarPhase>,
    /// The greatest eclipse.
    pub greatest: LunarPhase,
    /// U3: it begins to leave the umbra.
    pub total_ends: Option<LunarPhase>,
    /// U4: all of it is outside the umbra.
    pub partial_ends: Option<LunarPhase>,
    /// P4: all of it is outside the penumbra.
    pub penumbra_ends: LunarPhase,
    crossings: [Option<LunarCrossing>; MOST_CROSSINGS],
    /// What is seen. `None` where the Moon is down all the time.
    pub visible: Option<LunarVisible>,
}

impl LunarLocal {
    /// Risings and settings from P1 to P4, in the order of time.
    pub fn crossings(&self) -> impl Iterator<Item = &LunarCrossing> {
        self.crossings.iter().flatten()
    }
}

/// Who sees eclipses of the Moon from a place.
#[derive(Debug)]
pub struct LunarObserver<'a, L, S> {
    /// Where Sun and Moon stand.
    pub luminaries: &'a mut L,
    /// The Moon over the place.
    pub sky: &'a mut S,
    /// Geographic latitude of the place, degrees.
    pub latitude_deg: f64,
    /// When the Moon counts as up; [`Threshold::default`] is while its upper limb is above a level horizon in usual air.
    pub threshold: Threshold,
}

/// What an instant is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// P1 and P4.
    PenumbraTouched,
    /// U1 and U4.
    UmbraTouched,
    /// U2 and U3.
    WithinUmbra,
    /// The greatest eclipse.
    Greatest,
    /// The Moon rises or sets.
    Horizon,
}

impl<L, S> LunarObserver<'_, L, S>
where
    L: Luminaries,
    S: Sky<Error: From<L::Error>>,
{
    /// The local circumstances of an eclipse, with ΔT in seconds then.
    ///
    /// # Errors
    /// What the sky and the luminaries say. They are asked from the first to the last contact.
    pub fn see(&mut self, eclipse: &LunarEclipse, delta_t_s: f64) -> Result<LunarLocal, S::Error> {
        let mut view = EclipseView { observer: self, eclipse, delta_t_s };
        let [first, last] = eclipse.penumbra_jd_tt;
        let penumbra_begins = view.phase(first, Moment::PenumbraTouched)?;
        let up = view.up(penumbra_begins.is_up)?;
        let mut crossings = [None; MOST_CROSSINGS];
        for (slot, &(at, is_rising)) in crossings.iter_mut().zip(up.changes()) {
            *slot = Some(LunarCrossing { is_rising, phase: view.phase(at, Moment::Horizon)? });
        }
        let [u1, u2, u3, u4] = eclipse.umbra_jd_tt;
        let greatest = view.phase(eclipse.greatest_jd_tt, Moment::Greatest)?;
        let mut contact =
            |jd_tt: f64, moment: Moment| (!jd_tt.is_nan()).then(|| view.phase(jd_tt, moment)).transpose();
        Ok(LunarLocal {
            penumbra_begins,
            partial_begins: contact(u1, Moment::UmbraTouched)?,
            total_begins: contact(u2, Moment::WithinUmbra)?,
            greatest,
            total_ends: contact(u3, Moment::WithinUmbra)?,
            partial_ends: contact(u4, Moment::UmbraTouched)?,
            penumbra_ends: view.phase(last, Moment::PenumbraTouched)?,
            crossings,
            visible: visible(eclipse, &up, &greatest, &crossings),
        })
    }
}

/// An eclipse as an observer sees it.
struct EclipseView<'o, 'a, L, S> {
    observer: &'o mut LunarObserver<'a, L, S>,
    eclipse: &'o LunarEclipse,
    delta_t_s: f64,
}

impl<L, S> EclipseView<'_, '_, L, S>
where
    L: Luminaries,
    S: Sky<Error: From<L::Error>>,
{
    fn ut(&self, jd_tt: f64) -> UtDay {
        UtDay(jd_tt - self.delta_t_s / (DAY_H * HOUR_S))
    }

    /// When the Moon is up, given whether it is at the first contact. Instants are Julian days of TT.
    fn up(&mut self, is_from_start: bool) -> Result<Up, S::Error> {
        let [start, end] = self.eclipse.penumbra_jd_tt.map(|jd_tt| self.ut(jd_tt));
        let LunarObserver { sky, latitude_deg, threshold, .. } = &mut *self.observer;
        let wanted = Wanted { thresholds: std::slice::from_ref(threshold), transits: false };
        let findings = search(*sky, *latitude_deg, Span { start, end }, &wanted)?;
        let mut up = Up::new(is_from_start);
        for event in findings.events {
            // Counted from the first contact, so that ΔT leaves no rounding of a day.
            let jd_tt = self.eclipse.penumbra_jd_tt[0] + (event.ut.jd() - start.jd());
            match event.kind {
                Kind::Rise(_) => up.note(jd_tt, true),
                Kind::Set(_) => up.note(jd_tt, false),
                Kind::UpperTransit | Kind::LowerTransit => {}
            }
        }
        Ok(up)
    }

    fn phase(&mut self, jd_tt: f64, moment: Moment) -> Result<LunarPhase, S::Error> {
        let sight = self.observer.sky.sight(self.ut(jd_tt))?;
        let sun_and_moon = self.observer.luminaries.at(TtDay(jd_tt))?;
        let Immersion { mut umbral_magnitude, mut penumbral_magnitude, mut position_angle_deg } =
            Immersion::new(&sun_and_moon);
        // What is so by definition is not left to rounding.
        match moment {
            Moment::PenumbraTouched => penumbral_magnitude = 0.0,
            Moment::UmbraTouched => umbral_magnitude = 0.0,
            Moment::WithinUmbra => {
                umbral_magnitude = 1.0;
                // The limb that is last to go in and first to come out is on the far side.
                position_angle_deg = wrap_deg(position_angle_deg + 180.0);
            }
            Moment::Greatest => {
                umbral_magnitude = self.eclipse.umbral_magnitude;
                penumbral_magnitude = self.eclipse.penumbral_magnitude;
            }
            Moment::Horizon => {}
        }
        let horizontal = Horizontal::from(&sight.direction);
        let altitude_deg = horizontal.altitude_deg.value;
        let level_deg = self.observer.threshold.centre_airless_deg(sight.semidiameter_deg).value;
        let zenith_deg = parallactic_angle_deg(&sight, self.observer.latitude_deg);
        Ok(LunarPhase {
            tt: TtDay(jd_tt),
            kind: kind_at(self.eclipse, jd_tt),
            umbral_magnitude,
            penumbral_magnitude,
            altitude_deg,
            azimuth_deg: horizontal.azimuth_deg.value,
            is_up: altitude_deg > level_deg || moment == Moment::Horizon,
            position_angle_deg,
            zenith_angle_deg: wrap_deg(position_angle_deg - zenith_deg),
        })
    }
}

/// How deep the Moon is at an instant between the first and the last contact.
fn kind_at(eclipse: &LunarEclipse, jd_tt: f64) -> LunarKind {
    let [u1, u2, u3, u4] = eclipse.umbra_jd_tt;
    // Contacts that there are not are NaN, between which nothing is.
    if (u2..=u3).contains(&jd_tt) {
        LunarKind::Total
    } else if (u1..=u4).contains(&jd_tt) {
        LunarKind::Partial
    } else {
        LunarKind::Penumbral
    }
}

/// The position angle of the zenith at a body: degrees from celestial north through east, negative east of the meridian in the
/// north (Meeus, *Astronomical Algorithms*, chapter 14).
fn parallactic_angle_deg(sight: &Sight, latitude_deg: f64) -> f64 {
    let (sin, cos) = latitude_deg.to_radians().sin_cos();
    let [north, east, up] = sight.direction.at();
    f64::atan2(-east * cos, sin - (cos * north + sin * up) * up).to_degrees()
}

/// What is seen while the Moon is up.
fn visible(
    eclipse: &LunarEclipse,
    up: &Up,
    greatest: &LunarPhase,
    crossings: &[Option<LunarCrossing>; MOST_CROSSINGS],
) -> Option<LunarVisible> {
    let [first, last] = eclipse.penumbra_jd_tt;
    let [u1, u2, u3, u4] = eclipse.umbra_jd_tt;
    let seconds = |stretch, [begins, ends]: [f64; 2]| {
        if begins.is_nan() { 0.0 } else { DAY_H * HOUR_S * overlap(stretch, [begins, ends]) }
    };
    let mut seen: Option<LunarVisible> = None;
    for [from, to] in up.stretches(first, last) {
        // Deeper and deeper until the greatest, and less and less from then on: the nearest to it is the most.
        let at = TtDay(greatest.tt.jd().max(from).min(to));
        let of_horizon = crossings.iter().flatten().map(|crossing| &crossing.phase);
        let most = *of_horizon.chain([greatest]).find(|phase| phase.tt == at).unwrap_or(greatest);
        let (umbral_s, total_s) = (seconds([from, to], [u1, u4]), seconds([from, to], [u2, u3]));
        let [begins, ends] = [from, to].map(TtDay);
        seen = Some(match seen {
            None => LunarVisible { kind: most.kind, begins, ends, greatest: most, umbral_s, total_s },
            Some(before) => {
                let is_more = most.penumbral_magnitude > before.greatest.penumbral_magnitude;
                let greatest = if is_more { most } else { before.greatest };
                LunarVisible {
                    kind: greatest.kind,
                    begins: before.begins,
                    ends,
                    greatest,
                    umbral_s: before.umbral_s + umbral_s,
                    total_s: before.total_s + total_s,
                }
            }
        });
    }
    seen
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frames::Equatorial;
    use crate::horizon::Horizon;
    use crate::vector::Varying;

    proptest! {
        #[test]
        fn the_zenith_is_where_the_textbook_has_it(
            latitude_deg in -89.0..89.0_f64,
            hour_angle_deg in -179.0..179.0_f64,
            declination_deg in -29.0..29.0_f64,
        ) {
            let horizon = Horizon::new(latitude_deg, 0.0, Varying::constant(hour_angle_deg));
            let place = Equatorial { declination_deg, distance_au: 0.0026, ..Equatorial::default() };
            let sight = Sight::new(&horizon, &place, 0.0);
            // In the zenith and the nadir it is nowhere.
            prop_assume!(sight.direction.at()[2].abs() < 0.9999);
            let [latitude, hour_angle, declination] =
                [latitude_deg, hour_angle_deg, declination_deg].map(f64::to_radians);
            // Meeus, Astronomical Algorithms, 14.1.
            let expected = f64::atan2(
                hour_angle.sin(),
                latitude.tan() * declination.cos() - declination.sin() * hour_angle.cos(),
            );
            let off = parallactic_angle_deg(&sight, latitude_deg) - expected.to_degrees();
            prop_assert!((off - 360.0 * (off / 360.0).round()).abs() < 1e-6, "{off}");
        }
    }
}
