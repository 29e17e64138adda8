//! The library's houses: what Orrery's own are tested against, and where a body with latitude stands among them.
//!
//! Its functions on a [`LiveSky`] depend on their arguments alone: they need no session and no files, and may be called on any
//! thread. One number the library keeps from call to call, and for all threads, the Sun's declination of the last Sunshine
//! houses, which `swe_house_pos` takes for want of an argument: it is set anew, and nobody else let in between.

use libswisseph_sys as sys;

use crate::body::LiveBody;
use crate::error::LiveError;
use crate::library::{HousesCall, Sectors, house_position, houses};
use crate::oracle::{LiveAyanamsa, in_range};
use crate::session::{FIRST_JD, LAST_JD, Session, check, check_span, refused};
use crate::view::{LiveCenter, LiveSite};

/// Most cusps that a system has: Gauquelin's.
pub(crate) const MOST_CUSPS: usize = 36;

/// The letters that the library knows. Any other, it takes for `P`.
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYi";

/// The greatest declination, degrees, that the library lets the Sun have.
const MOST_DECLINATION_DEG: f64 = 24.0;

/// How a place lies under the sky.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveSky {
    /// Right ascension of the midheaven, degrees, −360 to 720.
    pub armc_deg: f64,
    /// Geographic latitude, degrees, −90 to 90.
    pub latitude_deg: f64,
    /// True obliquity of the ecliptic, degrees, 0 to 45.
    pub obliquity_deg: f64,
    /// The Sun's declination, degrees, −24 to 24; for the systems `I` and `i` alone.
    pub sun_declination_deg: Option<f64>,
}

/// Houses as the library answers them. Its speeds are not derivatives of its cusps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveHouses {
    /// Longitudes of the cusps, degrees: twelve, or thirty-six for `G`.
    pub cusps_deg: [f64; MOST_CUSPS],
    /// What it says of their change, degrees a day.
    pub cusp_speeds: [f64; MOST_CUSPS],
    /// Ascendant, midheaven, sidereal time, vertex, equatorial ascendant, the co-ascendants of Koch and of Munkasey, and the polar
    /// ascendant, degrees.
    pub angles_deg: [f64; 8],
    /// What it says of their change, degrees a day.
    pub angle_speeds: [f64; 8],
}

/// How a Gauquelin sector is found (`imeth` of `swe_gauquelin_sector`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LiveSectorMethod {
    /// From longitude and latitude.
    WithLatitude = 0,
    /// From longitude alone.
    WithoutLatitude = 1,
    /// From rising and setting of the disc's centre, without refraction.
    Center = 2,
    /// The same with refraction.
    RefractedCenter = 3,
    /// From rising and setting of the disc's upper limb, without refraction.
    Limb = 4,
    /// The same with refraction.
    RefractedLimb = 5,
}

impl LiveSky {
    /// Cusps and angles by a letter of the library's (`swe_houses_armc_ex2`).
    ///
    /// # Errors
    /// The letter is none, a number is outside its range or missing, or the system fails at the latitude, for which the library
    /// would answer Porphyry's houses.
    pub fn houses(&self, letter: char) -> Result<LiveHouses, LiveError> {
        let call = self.call(letter)?;
        numbered(letter, self.latitude_deg, houses(call))
    }

    /// The house, and how much of it has passed, 1 to below 13 (37 for `G`), that a place on the ecliptic of date is in
    /// (`swe_house_pos`). Between the tropics, positions by azimuth (`H`) are not always in the houses of its cusps.
    ///
    /// # Errors
    /// As for [`LiveSky::houses`], and where the library has no position beyond a polar circle; and for `S` and `i`, of which its
    /// positions are wrong: half of Sripati's twelfth house it takes for the beginning of the first, and for Makransky's houses it
    /// has those of `I`.
    pub fn house_position(
        &self,
        letter: char,
        longitude_deg: f64,
        latitude_deg: f64,
    ) -> Result<f64, LiveError> {
        if matches!(letter, 'S' | 'i') {
            let reason = "its positions are not those of its cusps".to_owned();
            return Err(LiveError::NoHouses { letter, latitude_deg: self.latitude_deg, reason });
        }
        if letter == 'H' && self.latitude_deg < 0.0 {
            // South of the equator the library counts these the other way round than its cusps: take the sky in the mirror of
            // the equator, where north is south and the vernal point the autumnal.
            let mirrored = LiveSky {
                armc_deg: (self.armc_deg + 180.0).rem_euclid(360.0),
                latitude_deg: -self.latitude_deg,
                ..*self
            };
            let longitude_deg = (longitude_deg + 180.0).rem_euclid(360.0);
            return mirrored.house_position(letter, longitude_deg, -latitude_deg);
        }
        let call = self.call(letter)?;
        in_range("the longitude, degrees,", longitude_deg, -360.0, 720.0)?;
        in_range("the latitude, degrees,", latitude_deg, -90.0, 90.0)?;
        let position = house_position(call, [longitude_deg, latitude_deg]);
        if position.is_finite() && position >= 1.0 {
            Ok(position)
        } else {
            let reason = "it has no position for the place".to_owned();
            Err(LiveError::NoHouses { letter, latitude_deg: self.latitude_deg, reason })
        }
    }

    /// The arguments of a call.
    fn call(&self, letter: char) -> Result<HousesCall, LiveError> {
        let system = known(letter)?;
        in_range("the sidereal time, degrees,", self.armc_deg, -360.0, 720.0)?;
        in_range("the latitude, degrees,", self.latitude_deg, -90.0, 90.0)?;
        in_range("the obliquity, degrees,", self.obliquity_deg, 0.0, 45.0)?;
        let sun_declination_deg = if needs_sun(letter) {
            let declination_deg = self.sun_declination_deg.unwrap_or(f64::NAN);
            in_range(
                "the Sun's declination, degrees,",
                declination_deg,
                -MOST_DECLINATION_DEG,
                MOST_DECLINATION_DEG,
            )?;
            Some(declination_deg)
        } else {
            None
        };
        Ok(HousesCall {
            armc_deg: self.armc_deg,
            latitude_deg: self.latitude_deg,
            obliquity_deg: self.obliquity_deg,
            system,
            sun_declination_deg,
        })
    }
}

impl Session {
    /// Houses of a place at a UT1 date (`swe_houses_ex2`), tropical or in a sidereal zodiac.
    ///
    /// # Errors
    /// As for [`LiveSky::houses`], and where the date is outside the theory, or for an ayanamsa that follows a star, or for
    /// Sunshine houses, outside the files.
    pub fn houses(
        &mut self,
        jd_ut: f64,
        site: LiveSite,
        letter: char,
        ayanamsa: Option<LiveAyanamsa>,
    ) -> Result<LiveHouses, LiveError> {
        let system = known(letter)?;
        check_span("houses", jd_ut, FIRST_JD, LAST_JD)?;
        let site = site.check()?;
        let jd_tt = jd_ut + self.delta_t_s(jd_ut)? / 86_400.0;
        if needs_sun(letter) || ayanamsa.is_some_and(LiveAyanamsa::needs_files) {
            self.check_reach(LiveBody::Sun, jd_tt)?;
        }
        let mode = ayanamsa.map(LiveAyanamsa::arguments).transpose()?;
        let answer = self.isolated(|library| {
            let mut flags = sys::SEFLG_SWIEPH;
            if let Some((mode, t0, ayanamsa_t0)) = mode {
                library.set_ayanamsa(mode, t0, ayanamsa_t0);
                flags |= sys::SEFLG_SIDEREAL;
            }
            library.houses_at(jd_ut, flags, site, system)
        });
        numbered(letter, site.latitude_deg, answer)
    }

    /// The Gauquelin sector of a body at a UT1 date, 1 to below 37, in air of 1013.25 hPa and 15 °C where that matters
    /// (`swe_gauquelin_sector`); nothing where the body neither rises nor sets and the method asks for that.
    ///
    /// # Errors
    /// As for [`Session::rise_transit`].
    pub fn gauquelin_sector(
        &mut self,
        body: LiveBody,
        method: LiveSectorMethod,
        jd_ut: f64,
        site: LiveSite,
    ) -> Result<Option<f64>, LiveError> {
        check_span("a sector", jd_ut, FIRST_JD, LAST_JD)?;
        let site = site.check()?;
        let (body, _) = check(body, LiveCenter::Topo(site), jd_ut)?;
        if body.is_lunar_point() {
            return Err(LiveError::NotForBody { body, what: "rising and setting in the library" });
        }
        let jd_tt = jd_ut + self.delta_t_s(jd_ut)? / 86_400.0;
        for days in [-2.0, 4.0] {
            self.check_reach(body, jd_tt + days)?;
        }
        match self.isolated(|library| library.gauquelin_sector(jd_ut, body.number(), method as i32, site)) {
            Sectors::In(sector) if sector.is_finite() => Ok(Some(sector)),
            Sectors::None => Ok(None),
            Sectors::In(_) => Err(refused(&body.name(), jd_ut, "it answered no sector".to_owned())),
            Sectors::Refused(reason) => Err(refused(&body.name(), jd_ut, reason)),
        }
    }
}

/// A letter as C takes it.
fn known(letter: char) -> Result<i32, LiveError> {
    if LETTERS.contains(letter) { Ok(letter as i32) } else { Err(LiveError::NoHouseSystem { letter }) }
}

fn needs_sun(letter: char) -> bool {
    matches!(letter, 'I' | 'i')
}

/// An answer, if it is one of numbers.
fn numbered(
    letter: char,
    latitude_deg: f64,
    answer: Result<LiveHouses, String>,
) -> Result<LiveHouses, LiveError> {
    let refused = |reason| LiveError::NoHouses { letter, latitude_deg, reason };
    let houses = answer.map_err(refused)?;
    let is_finite = |numbers: &[f64]| numbers.iter().all(|number| number.is_finite());
    if is_finite(&houses.cusps_deg) && is_finite(&houses.angles_deg) {
        Ok(houses)
    } else {
        Err(refused("it answered no numbers".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SKY: LiveSky = LiveSky {
        armc_deg: 100.0,
        latitude_deg: 52.0,
        obliquity_deg: 23.44,
        sun_declination_deg: Some(20.0),
    };

    #[test]
    fn answers_do_not_depend_on_what_was_asked_before() {
        let other = LiveSky { sun_declination_deg: Some(-15.0), ..SKY };
        for letter in ['I', 'i'] {
            let (houses, position) = (SKY.houses(letter).unwrap(), SKY.house_position('I', 33.0, 2.0));
            let others = (other.houses(letter).unwrap(), other.house_position('I', 33.0, 2.0));
            assert!(houses != others.0 && position != others.1);
            let threads: Vec<_> = (0..2)
                .map(|nth| {
                    let sky = if nth == 0 { SKY } else { other };
                    std::thread::spawn(move || {
                        (0..500)
                            .map(|_| (sky.houses(letter).unwrap(), sky.house_position('I', 33.0, 2.0)))
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            for (thread, expected) in threads.into_iter().zip([(houses, position), others]) {
                assert!(thread.join().unwrap().into_iter().all(|answer| answer == expected));
            }
        }
    }

    #[test]
    fn what_the_library_would_guess_at_is_refused() {
        for sky in [
            LiveSky { latitude_deg: 90.1, ..SKY },
            LiveSky { latitude_deg: f64::NAN, ..SKY },
            LiveSky { armc_deg: f64::INFINITY, ..SKY },
            LiveSky { obliquity_deg: -1.0, ..SKY },
            LiveSky { sun_declination_deg: Some(24.5), ..SKY },
            LiveSky { sun_declination_deg: None, ..SKY },
        ] {
            let refused = sky.houses('I');
            assert!(matches!(refused, Err(LiveError::OutOfRange { .. })), "{sky:?}: {refused:?}");
        }
        assert_eq!(SKY.houses('Z'), Err(LiveError::NoHouseSystem { letter: 'Z' }));
        assert_eq!(SKY.house_position('p', 0.0, 0.0), Err(LiveError::NoHouseSystem { letter: 'p' }));
        assert!(SKY.house_position('P', f64::NAN, 0.0).is_err());
        let north = LiveSky { latitude_deg: 70.0, ..SKY };
        for letter in ['P', 'K', 'G'] {
            assert!(matches!(north.houses(letter), Err(LiveError::NoHouses { .. })), "{letter}");
        }
        assert!(north.houses('O').is_ok());
    }
}
