//! What events are looked for in: functions of one or two bodies' places, each a series on every stretch of time.
//!
//! Longitudes, latitudes and distances are what tables hold, and differences of longitudes are differences of polynomials.
//! Declinations and elongations are looked for by their sine and cosine, which are products of sines and cosines of these:
//! they turn where the angle turns, and no root or arc spoils the series.

use orrery_format::{Body, Center, State, TtDay};

use crate::ayanamsa::Ayanamsa;
use crate::bodies::WireBody;
use crate::light::SPEED_OF_LIGHT;
use crate::motion::{Ephemeris, Function, Stretch};
use crate::power_series::{PowerSeries, nodes};
use crate::precession::Precession;
use crate::stars::{Observer, Sight};
use crate::vector::Varying;

mod sum;

/// A function of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    /// What it is of.
    pub quantity: Quantity,
    /// Whether it is not the quantity itself but its change a day of TT.
    pub is_rate: bool,
}

/// What can be said of bodies at every instant. Places are apparent, from the Earth's centre unless a centre is named.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quantity {
    /// Ecliptic longitude on the true equinox of date, degrees.
    Longitude(WireBody),
    /// Longitude in a sidereal zodiac, degrees.
    Sidereal(WireBody, Ayanamsa),
    /// How far a body is ahead of another in ecliptic longitude, degrees.
    Ahead(WireBody, WireBody),
    /// Ecliptic latitude, degrees.
    Latitude(WireBody),
    /// Distance from a centre, au.
    Distance(Center, WireBody),
    /// Distance of the Moon from the Earth's centre, au, as it is and not as it is seen: while its light is on the way for
    /// 1.3 s, the Earth moves on by 38 km, which the apparent distance has in it and the perigees that are published have not.
    MoonDistance,
    /// Sine of the declination on the true equator of date.
    SineOfDeclination(WireBody),
    /// By how much the sine of a body's declination exceeds that of another.
    Parallel(WireBody, WireBody),
    /// The sum of the sines of two bodies' declinations.
    Contraparallel(WireBody, WireBody),
    /// By how much the sine of the declination exceeds that of the true obliquity, which is as far north as the Sun comes.
    BeyondNorth(WireBody),
    /// By how much the sine of the south declination exceeds it.
    BeyondSouth(WireBody),
    /// Cosine of the angle between two bodies.
    CosineOfSeparation(WireBody, WireBody),
}

/// What an angle may miss a value by and still be said to touch it, degrees: the last digit of replies.
const TOUCH_DEG: f64 = 1e-9;

/// Values that a sidereal longitude is laid through where the zodiac is a frame.
const FRAME_VALUES: usize = 24;

impl Curve {
    /// The quantity itself.
    #[must_use]
    pub const fn of(quantity: Quantity) -> Curve {
        Curve { quantity, is_rate: false }
    }

    /// Its change a day of TT.
    #[must_use]
    pub const fn rate(quantity: Quantity) -> Curve {
        Curve { quantity, is_rate: true }
    }

    /// After how much it is the same again; `None` where it never is.
    #[must_use]
    pub const fn period(&self) -> Option<f64> {
        match self.quantity {
            Quantity::Longitude(_) | Quantity::Sidereal(..) | Quantity::Ahead(..) if !self.is_rate => {
                Some(360.0)
            }
            _ => None,
        }
    }

    /// By how much it may miss a value that it turns back at and still be said to touch it.
    #[must_use]
    pub fn touch(&self) -> f64 {
        match self.quantity {
            _ if self.is_rate => 0.0,
            Quantity::Longitude(_) | Quantity::Sidereal(..) | Quantity::Ahead(..) | Quantity::Latitude(_) => {
                TOUCH_DEG
            }
            Quantity::Distance(..) | Quantity::MoonDistance => 0.0,
            _ => TOUCH_DEG.to_radians(),
        }
    }

    /// The stretch on which an instant lies, and the curve there; `None` where the ephemeris begins or ends.
    ///
    /// # Errors
    /// Where the ephemeris does not know.
    pub fn stretch<E: Ephemeris>(&self, ephemeris: &E, jd_tt: f64) -> Result<Option<Stretch>, E::Error> {
        if let Some(sum) = self.quantity.sum() {
            let mut stretch = sum.stretch(ephemeris, jd_tt)?;
            if self.is_rate
                && let Some(stretch) = &mut stretch
            {
                stretch.series = stretch.series.derivative() * (1.0 / stretch.half_days());
            }
            return Ok(stretch);
        }
        let mut within = (f64::MIN, f64::MAX);
        loop {
            let mut parts = Parts { ephemeris, jd_tt, within };
            let Some(series) = parts.quantity(self.quantity)? else { return Ok(None) };
            let (start_jd_tt, end_jd_tt) = parts.within;
            // Of what turns too far on it, half of it is told.
            if !series.is_whole() && end_jd_tt - start_jd_tt > f64::EPSILON * jd_tt.abs() {
                let middle = f64::midpoint(start_jd_tt, end_jd_tt);
                within = if jd_tt < middle { (start_jd_tt, middle) } else { (middle, end_jd_tt) };
                continue;
            }
            let series =
                if self.is_rate { series.derivative() * (2.0 / (end_jd_tt - start_jd_tt)) } else { series };
            return Ok(Some(Stretch { start_jd_tt, end_jd_tt, series }));
        }
    }
}

impl Curve {
    /// From when to when the stretch lasts on which an instant lies; `None` where the ephemeris begins or ends.
    ///
    /// # Errors
    /// Where the ephemeris does not know.
    pub(crate) fn lasts<E: Ephemeris>(
        &self,
        ephemeris: &E,
        jd_tt: f64,
    ) -> Result<Option<(f64, f64)>, E::Error> {
        if let Some(sum) = self.quantity.sum() {
            return sum.lasts(ephemeris, jd_tt);
        }
        let stretch = self.stretch(ephemeris, jd_tt)?;
        Ok(stretch.map(|stretch| (stretch.start_jd_tt, stretch.end_jd_tt)))
    }
}

/// What nutation in longitude does not exceed, degrees: 17.2″ of the node, 1.3″ of the Sun, 0.23″ of the Moon and little more
/// (Meeus 22).
pub(crate) const NUTATION_DEG: f64 = 0.006;

/// What its change a day does not exceed, degrees: 0.11″ of the Moon's half month, 0.05″ of the Sun's half year and little more.
pub(crate) const NUTATION_SPEED: f64 = 1e-4;

impl Curve {
    /// How far the curve goes from an instant on, if that can be told without looking closely: values, or rates where it is
    /// one. Jumps at joints, which are smaller by far, are within what it is widened by.
    pub(crate) fn outline<E: Ephemeris>(&self, ephemeris: &E, jd_tt: f64) -> Option<(f64, (f64, f64))> {
        let of = |function| ephemeris.outline(function, jd_tt);
        let outline = match self.quantity {
            Quantity::Longitude(body) => {
                of(Function::Longitude(Center::Geo, body))?.widened(2.0 * NUTATION_DEG, 2.0 * NUTATION_SPEED)
            }
            Quantity::Latitude(body) => {
                of(Function::Latitude(Center::Geo, body))?.widened(NUTATION_DEG, NUTATION_SPEED)
            }
            Quantity::Sidereal(body, ayanamsa) if !ayanamsa.is_frame() => {
                let body = of(Function::Longitude(Center::Geo, body))?;
                body.minus(&of(Function::Ayanamsa(ayanamsa))?).widened(NUTATION_DEG, NUTATION_SPEED)
            }
            Quantity::Ahead(a, b) => {
                let [a, b] = [a, b].map(|body| of(Function::Longitude(Center::Geo, body)));
                a?.minus(&b?).widened(NUTATION_DEG, NUTATION_SPEED)
            }
            _ => return None,
        };
        Some((outline.end_jd_tt, if self.is_rate { outline.rates } else { outline.values }))
    }
}

impl Curve {
    /// The value at an instant; NaN where the ephemeris does not reach. Angles with a period may have any number of turns.
    ///
    /// # Errors
    /// Where the ephemeris does not know.
    pub fn value<E: Ephemeris>(&self, ephemeris: &E, jd_tt: f64) -> Result<f64, E::Error> {
        let value = match self.quantity.sum() {
            Some(sum) if !self.is_rate => sum.value(ephemeris, jd_tt)?,
            _ => {
                let stretch = self.stretch(ephemeris, jd_tt)?;
                stretch.map(|stretch| stretch.series.value(stretch.x(jd_tt)))
            }
        };
        Ok(value.unwrap_or(f64::NAN))
    }
}

/// The functions that a quantity is made of, on the stretch that all of them share.
struct Parts<'e, E> {
    ephemeris: &'e E,
    jd_tt: f64,
    /// The stretch so far.
    within: (f64, f64),
}

impl<E: Ephemeris> Parts<'_, E> {
    /// Functions on their common stretch; `None` where one of them begins or ends.
    fn common<const N: usize>(
        &mut self,
        functions: [Function; N],
    ) -> Result<Option<[PowerSeries; N]>, E::Error> {
        let mut found = [Stretch { start_jd_tt: 0.0, end_jd_tt: 0.0, series: PowerSeries::constant(0.0) }; N];
        for (stretch, function) in found.iter_mut().zip(functions) {
            let Some(own) = self.ephemeris.stretch(function, self.jd_tt)? else { return Ok(None) };
            self.within = (self.within.0.max(own.start_jd_tt), self.within.1.min(own.end_jd_tt));
            *stretch = own;
        }
        let (start, end) = self.within;
        for stretch in &mut found {
            stretch.narrow(start, end);
        }
        Ok(Some(found.map(|stretch| stretch.series)))
    }

    /// The days that pass in the sky on the stretch, which is the common one of all that was asked for.
    fn days(&self) -> f64 {
        let (start, end) = self.within;
        self.ephemeris.date_jd_tt(end) - self.ephemeris.date_jd_tt(start)
    }

    /// A quantity that is no [`sum`].
    fn quantity(&mut self, quantity: Quantity) -> Result<Option<PowerSeries>, E::Error> {
        use Function::{Latitude, Longitude};
        let geo = Center::Geo;
        Ok(match quantity {
            Quantity::Sidereal(body, ayanamsa) if ayanamsa.is_frame() => self.framed(body, ayanamsa)?,
            // These are sums.
            Quantity::Longitude(_)
            | Quantity::Sidereal(..)
            | Quantity::Ahead(..)
            | Quantity::Latitude(_)
            | Quantity::Distance(..) => None,
            Quantity::MoonDistance => self.moon_distance()?,
            Quantity::SineOfDeclination(body) => self.declinations([body])?.map(|([sine], _)| sine),
            Quantity::Parallel(a, b) => self.declinations([a, b])?.map(|([a, b], _)| a - b),
            Quantity::Contraparallel(a, b) => self.declinations([a, b])?.map(|([a, b], _)| a + b),
            Quantity::BeyondNorth(body) => self.declinations([body])?.map(|([sine], tilt)| sine - tilt),
            Quantity::BeyondSouth(body) => self.declinations([body])?.map(|([sine], tilt)| -sine - tilt),
            Quantity::CosineOfSeparation(a, b) => self
                .common([Longitude(geo, a), Latitude(geo, a), Longitude(geo, b), Latitude(geo, b)])?
                .map(|[along_a, across_a, along_b, across_b]| {
                    let [(sin_a, cos_a), (sin_b, cos_b)] = [&across_a, &across_b].map(sin_cos_deg);
                    cos_a * cos_b * sin_cos_deg(&(along_a - along_b)).1 + sin_a * sin_b
                }),
        })
    }

    /// The distance of the Moon at the time that its light left, without what the Earth moved since. The Earth's motion is
    /// that of the Sun seen from it; what the Sun moves about the barycentre is 17 m in that time.
    fn moon_distance(&mut self) -> Result<Option<PowerSeries>, E::Error> {
        use Function::{Distance, Latitude, Longitude};
        let [sun, moon] = [Body::Sun, Body::Moon].map(WireBody::Tabulated);
        let geo = Center::Geo;
        let functions = [
            Longitude(geo, moon),
            Latitude(geo, moon),
            Distance(geo, moon),
            Longitude(geo, sun),
            Distance(geo, sun),
        ];
        let Some([along, across, seen, sun_along, sun_distance]) = self.common(functions)? else {
            return Ok(None);
        };
        let per_day = 2.0 / self.days();
        let receding = sun_distance.derivative() * per_day;
        let turning = sun_distance * (sun_along.derivative() * (per_day * 1.0_f64.to_radians()));
        let (sin, cos) = sin_cos_deg(&(along - sun_along));
        let away = sin_cos_deg(&across).1 * (receding * cos + turning * sin);
        Ok(Some(seen - seen * away * (1.0 / SPEED_OF_LIGHT)))
    }

    /// Sines of bodies' declinations, and that of the true obliquity.
    fn declinations<const N: usize>(
        &mut self,
        bodies: [WireBody; N],
    ) -> Result<Option<([PowerSeries; N], PowerSeries)>, E::Error> {
        use Function::{Latitude, Longitude, MeanObliquity, NutationInLongitude, NutationInObliquity};
        let nutation = [NutationInLongitude, NutationInObliquity, MeanObliquity];
        // The common stretch is known once all have been asked for.
        for body in bodies {
            if self.common([Longitude(Center::Geo, body), Latitude(Center::Geo, body)])?.is_none() {
                return Ok(None);
            }
        }
        let Some([dpsi, deps, mean]) = self.common(nutation)? else { return Ok(None) };
        let (sin_tilt, cos_tilt) = sin_cos_deg(&(mean + deps));
        let mut sines = [sin_tilt; N];
        for (sine, body) in sines.iter_mut().zip(bodies) {
            let place = [Longitude(Center::Geo, body), Latitude(Center::Geo, body)];
            let Some([along, across]) = self.common(place)? else { return Ok(None) };
            let ((sin_l, _), (sin_b, cos_b)) = (sin_cos_deg(&(along + dpsi)), sin_cos_deg(&across));
            *sine = sin_b * cos_tilt + cos_b * sin_l * sin_tilt;
        }
        Ok(Some((sines, sin_tilt)))
    }

    /// The longitude in a zodiac that turns places instead of shifting them.
    fn framed(&mut self, body: WireBody, ayanamsa: Ayanamsa) -> Result<Option<PowerSeries>, E::Error> {
        let functions = [
            Function::Longitude(Center::Geo, body),
            Function::Latitude(Center::Geo, body),
            Function::MeanObliquity,
        ];
        let Some([along, across, obliquity]) = self.common(functions)? else { return Ok(None) };
        let (start, half_days) = (self.ephemeris.date_jd_tt(self.within.0), self.days() / 2.0);
        let zodiac = ayanamsa.zodiac();
        // What turning adds is small and goes with the longitude: laid through values, it loses nothing.
        let mut shifts = [0.0; FRAME_VALUES];
        for (shift, x) in shifts.iter_mut().zip(nodes(FRAME_VALUES)) {
            let (deg, slope) = obliquity.value_and_slope(x);
            let precession = Precession::to(TtDay(start + (x + 1.0) * half_days));
            let unseen = || Err::<Observer, ()>(());
            let obliquity = Varying::new(deg, slope / half_days);
            let Ok(Some(date)) = zodiac.at(&precession, obliquity, Sight::Apparent, unseen) else {
                return Ok(None);
            };
            let longitude_deg = along.value(x);
            let mean =
                State { longitude_deg, latitude_deg: across.value(x), distance_au: 1.0, ..State::default() };
            let turned = date.refer(&mean).longitude_deg - longitude_deg;
            *shift = turned;
        }
        // All are nearly the same, but for whole turns.
        let first = shifts[0];
        let shifts = shifts.map(|shift| shift - 360.0 * ((shift - first) / 360.0).round());
        Ok(Some(along + PowerSeries::through(&shifts).series))
    }
}

/// Sine and cosine of an angle in degrees.
fn sin_cos_deg(angle_deg: &PowerSeries) -> (PowerSeries, PowerSeries) {
    (*angle_deg * 1.0_f64.to_radians()).sin_cos()
}
