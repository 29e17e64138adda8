//! How a body looks: its phase, elongation, disc and brightness, and how long its light was on the way.
//!
//! What `swe_pheno` of the Swiss Ephemeris gives, from states that tables hold. Each quantity is computed when it is asked
//! for; what several share, the body's rectangular place and how the Sun lights it, is held in [`Sight`] and [`Sunlit`].
//! All are as seen from where the state was: from the Earth's centre or from a place on it.
//!
//! | quantity | how far from `swe_pheno` | why |
//! | --- | --- | --- |
//! | elongation | 3e-7° | the tables' promise |
//! | phase angle | 2e-5° | it has the body from the Sun on the ecliptic of an earlier hour than the body from the Earth |
//! | the same, behind the Sun's disc | 7e-3° | the deflection there is left as it is |
//! | apparent diameter | 1e-8 of it | the tables' promise of distances |
//! | magnitude | 4e-6 | |
//! | of the Moon | 4e-5 | steep near the new Moon |
//! | of Saturn | 8e-5 | it counts the tilt of the rings from the true equinox; its source, and this, from the mean one |
//!
//! Where a quantity has no meaning there is none: a node has no disc, the Sun no phase. `swe_pheno` answers 0 or NaN there.

mod magnitude;
mod sunlit;

use orrery_format::{Body, State, TtDay};

use crate::bodies::WireBody;
use crate::earth::Earth;
use crate::light::SPEED_OF_LIGHT;
use crate::space::{length, separation_deg};
use crate::topocentric::{AU_M, EARTH_RADIUS_M};
use crate::vector::Vector;

pub use sunlit::{Phase, Sunlit};

const DAY_S: f64 = 86_400.0;

/// A body as an observer sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sight {
    body: WireBody,
    /// From the observer, au.
    place: [f64; 3],
    distance_au: f64,
}

impl Sight {
    /// A body at its apparent place. All sights of one instant must be in the same axes; for [`Sight::sunlit`] those are
    /// the mean ecliptic and equinox of date.
    #[must_use]
    pub fn new(body: WireBody, seen: &State) -> Sight {
        let (sin_l, cos_l) = seen.longitude_deg.to_radians().sin_cos();
        let (sin_b, cos_b) = seen.latitude_deg.to_radians().sin_cos();
        let beside = seen.distance_au * cos_b;
        Sight {
            body,
            place: [beside * cos_l, beside * sin_l, seen.distance_au * sin_b],
            distance_au: seen.distance_au,
        }
    }

    /// The angle between the body and the Sun as both are seen, degrees, 0 to 180.
    #[inline]
    #[must_use]
    pub fn elongation_deg(&self, sun: &Sight) -> f64 {
        separation_deg(&self.place, &sun.place)
    }

    /// The same of a star as it is seen from there, in the same axes: for the Sun's sight.
    #[must_use]
    pub fn elongation_of_star_deg(&self, star: &State) -> f64 {
        separation_deg(&self.place, &Vector::from(star).at())
    }

    /// How long the light was on its way, seconds. `None` for points of the Moon's orbit, which send none.
    #[inline]
    #[must_use]
    pub fn light_time_s(&self) -> Option<f64> {
        (!is_lunar_point(self.body)).then(|| self.distance_au / SPEED_OF_LIGHT * DAY_S)
    }

    /// The angle that the body's disc fills, degrees: 180 from its surface or below. `None` for what has no disc or none
    /// that is known here: nodes, apsides, the Uranians, minor planets by number.
    #[inline]
    #[must_use]
    pub fn apparent_diameter_deg(&self) -> Option<f64> {
        diameter_m(self.body).map(|metres| {
            let sine = metres / 2.0 / AU_M / self.distance_au;
            2.0 * sine.min(1.0).asin().to_degrees()
        })
    }

    /// How the Sun lights the body. `geocentric` is its apparent place from the Earth's centre on the mean ecliptic and
    /// equinox of date, also where this sight is from elsewhere. `None` for the Sun and for points of the Moon's orbit.
    #[must_use]
    pub fn sunlit(&self, geocentric: &State, earth: &Earth) -> Option<Sunlit> {
        match self.body {
            WireBody::Tabulated(Body::Sun | Body::Earth) => None,
            body if is_lunar_point(body) => None,
            body => Some(Sunlit::new(self.place, sunlit::from_sun(body, geocentric, earth))),
        }
    }

    /// How the Sun lights a body as if light took no time: both sights are true places, which light has done nothing to, of
    /// one observer. `None` for the Sun and for points of the Moon's orbit.
    #[must_use]
    pub fn sunlit_at_once(&self, sun: &Sight) -> Option<Sunlit> {
        match self.body {
            WireBody::Tabulated(Body::Sun | Body::Earth) => None,
            body if is_lunar_point(body) => None,
            _ => Some(Sunlit::new(self.place, std::array::from_fn(|c| self.place[c] - sun.place[c]))),
        }
    }

    /// The visual magnitude, in Johnson's V for what shines by the light of the Sun. `sunlit` is what [`Sight::sunlit`]
    /// gave; the Sun needs none. `None` for what has no brightness or none that is known here, as for
    /// [`Sight::apparent_diameter_deg`], and at the very points where a formula has no end, such as the new Moon at a phase
    /// angle of 180°.
    ///
    /// The formulas and how far they reach:
    ///
    /// | body | phase angle | source |
    /// | --- | --- | --- |
    /// | Sun | | −26.86 at one au |
    /// | Moon | to 147.14° | Allen, *Astrophysical Quantities*, 1976 |
    /// | | beyond | Samaha, Asaad and Mikhail, *Bulletin of Helwan Observatory* 84, 1969, joined by Reijs |
    /// | Mercury | 2° to 170° | Mallama and Hilton, *Astronomy and Computing* 25, 2018 |
    /// | Venus | to 179° | the same |
    /// | Mars | any | the same, without the terms of its turning and its seasons: 0.1 |
    /// | Jupiter | to 12° | the same |
    /// | Saturn | to 6.5° | the same, with its rings by Meeus, *Astronomical Algorithms*, 45 |
    /// | Uranus, Neptune | to 3°, 2° | the same, Uranus without the term of its latitude: 0.03 |
    /// | Pluto | any | *Explanatory Supplement*, 1992: none but that of the distances |
    /// | Chiron to Vesta | to 120° | the H, G system of the IAU, 1985 (Bowell and others, *Asteroids II*) |
    #[must_use]
    pub fn magnitude(&self, sunlit: Option<&Sunlit>, tt: TtDay) -> Option<f64> {
        let magnitude = match (self.body, sunlit) {
            (WireBody::SUN, _) => Some(magnitude::sun(self.distance_au)),
            (WireBody::Tabulated(body), Some(sunlit)) => {
                magnitude::reflected(body, self.place, self.distance_au, sunlit, tt)
            }
            _ => None,
        };
        magnitude.filter(|magnitude| magnitude.is_finite())
    }
}

/// Half the diameter of a body, au; 0 for what has no disc or none that is known here, as for
/// [`Sight::apparent_diameter_deg`].
#[must_use]
pub fn radius_au(body: WireBody) -> f64 {
    diameter_m(body).unwrap_or_default() / 2.0 / AU_M
}

/// The angle that the Earth's equatorial radius fills, seen from the true place of a body at the instant, degrees: how far
/// apart the body may be seen from the Earth's centre and from its surface (*Explanatory Supplement*, 1984, p. 400).
/// `geocentric` is its apparent place on the mean ecliptic and equinox of date. `None` from within the Earth.
#[must_use]
pub fn horizontal_parallax_deg(geocentric: &State, earth: &Earth) -> Option<f64> {
    let distance_au = length(&sunlit::true_place(geocentric, earth));
    let sine = EARTH_RADIUS_M / AU_M / distance_au;
    (sine <= 1.0).then(|| sine.asin().to_degrees())
}

/// Whether a body stands further from the equator than the Sun ever does: |δ| > ε. Declination and obliquity in degrees,
/// both of the true equator of date or both of the mean one.
#[inline]
#[must_use]
pub fn out_of_bounds(declination_deg: f64, obliquity_deg: f64) -> bool {
    declination_deg.abs() > obliquity_deg
}

/// Whether a body is a point of the Moon's orbit, at which there is nothing.
const fn is_lunar_point(body: WireBody) -> bool {
    match body {
        WireBody::MeanSouthNode | WireBody::TrueSouthNode => true,
        WireBody::Tabulated(body) => matches!(
            body,
            Body::MeanNode
                | Body::TrueNode
                | Body::MeanApogee
                | Body::OsculatingApogee
                | Body::InterpolatedApogee
                | Body::InterpolatedPerigee
        ),
        WireBody::Uranian(_) | WireBody::Asteroid(_) => false,
    }
}

/// The Sun's diameter, metres.
const SUN_DIAMETER_M: f64 = 1_392_000_000.0;

/// Mean diameters, metres (`pla_diam` of the Swiss Ephemeris: for planets the mean radii of the IAU working group on
/// cartographic coordinates and rotational elements, for minor planets those of JPL's small-body database).
const fn diameter_m(body: WireBody) -> Option<f64> {
    let WireBody::Tabulated(body) = body else { return None };
    Some(match body {
        Body::Sun => SUN_DIAMETER_M,
        Body::Moon => 3_475_000.0,
        Body::Mercury => 4_878_800.0,
        Body::Venus => 12_103_600.0,
        Body::Earth => 12_742_016.8,
        Body::Mars => 6_779_000.0,
        Body::Jupiter => 139_822_000.0,
        Body::Saturn => 116_464_000.0,
        Body::Uranus => 50_724_000.0,
        Body::Neptune => 49_244_000.0,
        Body::Pluto => 2_376_600.0,
        Body::Chiron => 271_370.0,
        Body::Pholus => 290_000.0,
        Body::Ceres => 939_400.0,
        Body::Pallas => 545_000.0,
        Body::Juno => 246_596.0,
        Body::Vesta => 525_400.0,
        Body::MeanNode
        | Body::TrueNode
        | Body::MeanApogee
        | Body::OsculatingApogee
        | Body::InterpolatedApogee
        | Body::InterpolatedPerigee => return None,
    })
}
