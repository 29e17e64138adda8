//! Horizons, refraction, risings and transits: what Orrery's own are tested against.

use libswisseph_sys as sys;

use crate::body::LiveBody;
use crate::error::LiveError;
use crate::library::Library;
use crate::oracle::in_range;
use crate::session::{FIRST_JD, LAST_JD, Session, check, check_span, refused};
use crate::view::{LiveCenter, LiveSite};

/// Days around the start of a search in which the library asks for positions.
const SEARCH_DAYS: [f64; 2] = [-1.0, 3.0];

/// The air that refracts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveAtmosphere {
    /// Pressure at the site, hPa, above 0 to 1200. Without, the library's estimate from the altitude.
    pub pressure_hpa: Option<f64>,
    /// Temperature at the site, degrees Celsius, −90 to 60.
    pub temperature_c: f64,
}

impl LiveAtmosphere {
    /// Pressure and temperature as most of the library's functions take them: pressure 0 asks for the estimate.
    fn arguments(self) -> Result<(f64, f64), LiveError> {
        let pressure_hpa = match self.pressure_hpa {
            None => 0.0,
            Some(pressure_hpa) => {
                in_range("the pressure, hPa,", pressure_hpa, f64::MIN_POSITIVE, 1200.0)?;
                pressure_hpa
            }
        };
        in_range("the temperature, degrees Celsius,", self.temperature_c, -90.0, 60.0)?;
        Ok((pressure_hpa, self.temperature_c))
    }
}

/// Who looks at the sky, and through what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveObserver {
    /// Where.
    pub site: LiveSite,
    /// The air there.
    pub atmosphere: LiveAtmosphere,
}

/// A direction on the true equator or ecliptic and equinox of date.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LiveDirection {
    /// On the ecliptic.
    Ecliptic {
        /// Longitude, degrees, −360 to 720.
        longitude_deg: f64,
        /// Latitude, degrees, −90 to 90.
        latitude_deg: f64,
    },
    /// On the equator.
    Equator {
        /// Right ascension, degrees, −360 to 720.
        right_ascension_deg: f64,
        /// Declination, degrees, −90 to 90.
        declination_deg: f64,
    },
}

/// A direction at a site's horizon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveHorizontal {
    /// Azimuth from the north through the east, degrees in [0, 360). (The library counts from the south through the west.)
    pub azimuth_deg: f64,
    /// Altitude without refraction, degrees.
    pub true_altitude_deg: f64,
    /// Altitude with refraction, degrees; below the visible horizon that without.
    pub apparent_altitude_deg: f64,
}

/// An altitude to be freed from refraction, or to be raised by it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LiveAltitudes {
    /// True altitude in degrees, −90 to 90; the apparent is asked for.
    True(f64),
    /// Apparent altitude in degrees, −90 to 90; the true is asked for.
    Apparent(f64),
}

/// Refraction of one direction (`swe_refrac_extended`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveRefraction {
    /// Altitude without refraction, degrees.
    pub true_altitude_deg: f64,
    /// Altitude with refraction, degrees; below the visible horizon that without.
    pub apparent_altitude_deg: f64,
    /// What lies between the two, degrees.
    pub refraction_deg: f64,
    /// Altitude of the visible horizon of the sea, degrees, not above 0.
    pub dip_deg: f64,
}

/// Which point of a disc crosses the horizon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LiveLimb {
    /// The uppermost.
    Upper,
    /// The middle (`SE_BIT_DISC_CENTER`).
    Center,
    /// The lowest (`SE_BIT_DISC_BOTTOM`).
    Lower,
}

/// What is crossed at a rising or setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LiveCrossing {
    /// The horizon.
    Horizon {
        /// By what of the disc.
        limb: LiveLimb,
        /// Whether refraction lifts the body; else `SE_BIT_NO_REFRACTION`.
        refraction: bool,
        /// Altitude of the horizon, degrees, −10 to 80. Any but 0 is searched for thoroughly.
        altitude_deg: f64,
        /// `SE_BIT_FORCE_SLOW_METHOD`: search as the library does beyond 60° of latitude (65° for the Sun) also below, where
        /// it otherwise takes a faster and coarser way for the Sun, the Moon and the planets. The faster way knows no
        /// polar case, and its answers may lie a little before the start of the search.
        thorough: bool,
    },
    /// The Sun's centre, 6° below the horizon.
    CivilTwilight,
    /// The Sun's centre, 12° below the horizon.
    NauticalTwilight,
    /// The Sun's centre, 18° below the horizon.
    AstronomicalTwilight,
}

/// What to search for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LiveEvent {
    /// Rising; for twilights their beginning in the morning.
    Rise(LiveCrossing),
    /// Setting; for twilights their end in the evening.
    Set(LiveCrossing),
    /// Transit of the upper meridian.
    UpperTransit,
    /// Transit of the lower meridian.
    LowerTransit,
}

impl LiveEvent {
    /// Bits of `rsmi`, and the altitude of a horizon for the function that takes one.
    fn arguments(self, body: LiveBody) -> Result<(u32, Option<f64>), LiveError> {
        let (bits, crossing) = match self {
            LiveEvent::Rise(crossing) => (sys::SE_CALC_RISE, crossing),
            LiveEvent::Set(crossing) => (sys::SE_CALC_SET, crossing),
            LiveEvent::UpperTransit => return Ok((sys::SE_CALC_MTRANSIT, None)),
            LiveEvent::LowerTransit => return Ok((sys::SE_CALC_ITRANSIT, None)),
        };
        let twilight = match crossing {
            LiveCrossing::Horizon { limb, refraction, altitude_deg, thorough } => {
                in_range("the altitude of the horizon, degrees,", altitude_deg, -10.0, 80.0)?;
                let limb = match limb {
                    LiveLimb::Upper => 0,
                    LiveLimb::Center => sys::SE_BIT_DISC_CENTER,
                    LiveLimb::Lower => sys::SE_BIT_DISC_BOTTOM,
                };
                let refraction = if refraction { 0 } else { sys::SE_BIT_NO_REFRACTION };
                let method = if thorough { sys::SE_BIT_FORCE_SLOW_METHOD } else { 0 };
                let horizon = (altitude_deg != 0.0).then_some(altitude_deg);
                return Ok((bits | limb | refraction | method, horizon));
            }
            LiveCrossing::CivilTwilight => sys::SE_BIT_CIVIL_TWILIGHT,
            LiveCrossing::NauticalTwilight => sys::SE_BIT_NAUTIC_TWILIGHT,
            LiveCrossing::AstronomicalTwilight => sys::SE_BIT_ASTRO_TWILIGHT,
        };
        // For other bodies the library ignores the bit, and answers when they cross the horizon.
        if body == LiveBody::Sun {
            Ok((bits | twilight, None))
        } else {
            Err(LiveError::NotForBody { body, what: "twilight" })
        }
    }
}

impl Session {
    /// Where a direction stands above the horizon at a UT1 date (`swe_azalt`). The direction is taken as seen from the site:
    /// parallax is the caller's.
    ///
    /// # Errors
    /// A number is outside its range.
    pub fn horizontal(
        &mut self,
        observer: LiveObserver,
        direction: LiveDirection,
        jd_ut: f64,
    ) -> Result<LiveHorizontal, LiveError> {
        check_span("the horizon", jd_ut, FIRST_JD, LAST_JD)?;
        let site = observer.site.check()?;
        let air = observer.atmosphere.arguments()?;
        let (from, along_deg, across_deg) = match direction {
            LiveDirection::Ecliptic { longitude_deg, latitude_deg } => {
                (sys::SE_ECL2HOR, longitude_deg, latitude_deg)
            }
            LiveDirection::Equator { right_ascension_deg, declination_deg } => {
                (sys::SE_EQU2HOR, right_ascension_deg, declination_deg)
            }
        };
        in_range("the longitude or right ascension, degrees,", along_deg, -360.0, 720.0)?;
        in_range("the latitude or declination, degrees,", across_deg, -90.0, 90.0)?;
        let answer =
            self.isolated(|library| library.horizontal(jd_ut, from, [along_deg, across_deg], site, air));
        if !answer.iter().all(|number| number.is_finite()) {
            return Err(refused("the horizon", jd_ut, "it answered no numbers".to_owned()));
        }
        let [azimuth_from_south, true_altitude_deg, apparent_altitude_deg] = answer;
        Ok(LiveHorizontal {
            azimuth_deg: (azimuth_from_south + 180.0).rem_euclid(360.0),
            true_altitude_deg,
            apparent_altitude_deg,
        })
    }

    /// Refraction from one altitude to the other, and how far the horizon of the sea lies below the true one for an eye at
    /// the site's altitude, with the library's lapse rate of 0.0065 K/m (`swe_refrac_extended`).
    ///
    /// # Errors
    /// A number is outside its range; the altitude of the site must not be negative.
    pub fn refraction(
        &mut self,
        observer: LiveObserver,
        altitude: LiveAltitudes,
    ) -> Result<LiveRefraction, LiveError> {
        let site = observer.site.check()?;
        // Below the sea there is no dip: the library would answer no number.
        in_range("the altitude of the site, metres,", site.altitude_m, 0.0, 25_000.0)?;
        let (mut pressure_hpa, temperature_c) = observer.atmosphere.arguments()?;
        if observer.atmosphere.pressure_hpa.is_none() {
            // This function takes zero for no air. The estimate is that of `swe_azalt`.
            pressure_hpa = 1013.25 * (1.0 - 0.0065 * site.altitude_m / 288.0).powf(5.255);
        }
        let (altitude_deg, direction) = match altitude {
            LiveAltitudes::True(altitude_deg) => (altitude_deg, sys::SE_TRUE_TO_APP),
            LiveAltitudes::Apparent(altitude_deg) => (altitude_deg, sys::SE_APP_TO_TRUE),
        };
        in_range("the altitude, degrees,", altitude_deg, -90.0, 90.0)?;
        let air = (pressure_hpa, temperature_c);
        let answer =
            self.isolated(|library| library.refraction(altitude_deg, direction, site.altitude_m, air));
        let [true_altitude_deg, apparent_altitude_deg, refraction_deg, dip_deg] = answer;
        if answer.iter().all(|number| number.is_finite()) {
            Ok(LiveRefraction { true_altitude_deg, apparent_altitude_deg, refraction_deg, dip_deg })
        } else {
            Err(LiveError::Refused {
                call: "refraction".to_owned(),
                reason: "it answered no number".to_owned(),
            })
        }
    }

    /// Julian day UT1 of the next event after a UT1 date, within the next day or so; nothing if there is none
    /// (`swe_rise_trans`, or `swe_rise_trans_true_hor` for a horizon that is not at 0°).
    ///
    /// # Errors
    /// A number is outside its range, the body is a direction without a body or has no such event, or the files do not
    /// reach from a day before to three days after.
    pub fn rise_transit(
        &mut self,
        observer: LiveObserver,
        body: LiveBody,
        event: LiveEvent,
        jd_ut: f64,
    ) -> Result<Option<f64>, LiveError> {
        self.search(observer, body, event, jd_ut, true)
    }

    /// The same as a user of the C library gets it by one plain call, with whatever it has open and saved. The yardstick of
    /// the benchmarks; answers come from [`Session::rise_transit`].
    ///
    /// # Errors
    /// As for that.
    pub fn plain_rise_transit(
        &mut self,
        observer: LiveObserver,
        body: LiveBody,
        event: LiveEvent,
        jd_ut: f64,
    ) -> Result<Option<f64>, LiveError> {
        self.search(observer, body, event, jd_ut, false)
    }

    fn search(
        &mut self,
        observer: LiveObserver,
        body: LiveBody,
        event: LiveEvent,
        jd_ut: f64,
        is_isolated: bool,
    ) -> Result<Option<f64>, LiveError> {
        check_span("a search", jd_ut, FIRST_JD, LAST_JD)?;
        let site = observer.site.check()?;
        let air = observer.atmosphere.arguments()?;
        let (body, _) = check(body, LiveCenter::Topo(site), jd_ut)?;
        if body.is_lunar_point() {
            // Their noise could make more culminations than the library has room for.
            return Err(LiveError::NotForBody { body, what: "rising, setting or transit in the library" });
        }
        let (bits, horizon_deg) = event.arguments(body)?;
        let jd_tt = jd_ut + self.delta_t_s(jd_ut)? / 86_400.0;
        for days in SEARCH_DAYS {
            self.check_reach(body, jd_tt + days)?;
        }
        let query = (jd_ut, body.number(), bits);
        let call = |library: &mut Library| library.rise_transit(query, site, air, horizon_deg);
        match if is_isolated { self.isolated(call) } else { self.plainly(call) } {
            Ok(Some(found)) if !found.is_finite() => {
                Err(refused(&body.name(), jd_ut, "it answered no date".to_owned()))
            }
            Ok(found) => Ok(found),
            Err(reason) => Err(refused(&body.name(), jd_ut, reason)),
        }
    }
}
