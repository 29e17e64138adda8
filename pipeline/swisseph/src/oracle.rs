//! Places in the library's own frames and zodiacs: what Orrery's rotations are tested against.

use libswisseph_sys as sys;

use crate::body::LiveBody;
use crate::error::LiveError;
use crate::library::{Calculated, Library};
use crate::session::{EPHEMERIS_FLAGS, FIRST_JD, LAST_JD, Session, check, check_span, refused};
use crate::view::{LiveCenter, LiveView};

/// Which equinox and equator directions are referred to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum LiveReference {
    /// True equinox and equator (ecliptic) of date: the library's default.
    #[default]
    TrueOfDate,
    /// Mean equinox and equator (ecliptic) of date (`SEFLG_NONUT`).
    MeanOfDate,
    /// Mean equinox and equator (ecliptic) of J2000 (`SEFLG_J2000`).
    J2000,
    /// The axes of the ICRS; on the ecliptic, turned by the mean obliquity of J2000 (`SEFLG_ICRS | SEFLG_J2000`).
    Icrs,
}

/// The plane from which latitudes are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum LivePlane {
    /// The ecliptic.
    #[default]
    Ecliptic,
    /// The equator (`SEFLG_EQUATORIAL`).
    Equator,
}

/// How the library is to express a place. The default is its own: longitude, latitude and distance on the true ecliptic and
/// equinox of date, without speeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct LiveFrame {
    /// Equinox and equator.
    pub reference: LiveReference,
    /// Plane.
    pub plane: LivePlane,
    /// x, y, z in astronomical units instead of two angles in degrees and a distance (`SEFLG_XYZ`).
    pub rectangular: bool,
    /// Whether the last three numbers are the library's own speeds a day (`SEFLG_SPEED`), which are not derivatives of its
    /// places, and whose computation moves some places ([`crate::session`] says how far); else they are zeros.
    pub speeds: bool,
}

impl LiveFrame {
    pub(crate) fn flags(self) -> u32 {
        let reference = match self.reference {
            LiveReference::TrueOfDate => 0,
            LiveReference::MeanOfDate => sys::SEFLG_NONUT,
            LiveReference::J2000 => sys::SEFLG_J2000,
            LiveReference::Icrs => sys::SEFLG_ICRS | sys::SEFLG_J2000,
        };
        let plane = match self.plane {
            LivePlane::Ecliptic => 0,
            LivePlane::Equator => sys::SEFLG_EQUATORIAL,
        };
        let shape = if self.rectangular { sys::SEFLG_XYZ } else { 0 };
        let speeds = if self.speeds { sys::SEFLG_SPEED } else { 0 };
        reference | plane | shape | speeds
    }
}

/// A zero of a sidereal zodiac.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LiveAyanamsa {
    /// One of the library's own, by its number (`SE_SIDM_FAGAN_BRADLEY` is 0), 0 to 46.
    Mode(u8),
    /// `SE_SIDM_USER`: an ayanamsa at an instant, from where it grows by precession.
    User {
        /// The instant, Julian day TT.
        t0_jd_tt: f64,
        /// The ayanamsa then, degrees, −360 to 360.
        ayanamsa_t0_deg: f64,
    },
}

/// Modes whose zero follows a star or the galaxy, seen from where the Earth is: they need ephemeris files.
const STAR_MODES: [u32; 12] = [
    sys::SE_SIDM_GALCENT_0SAG,
    sys::SE_SIDM_TRUE_CITRA,
    sys::SE_SIDM_TRUE_REVATI,
    sys::SE_SIDM_TRUE_PUSHYA,
    sys::SE_SIDM_GALCENT_RGILBRAND,
    sys::SE_SIDM_GALEQU_IAU1958,
    sys::SE_SIDM_GALEQU_TRUE,
    sys::SE_SIDM_GALEQU_MULA,
    sys::SE_SIDM_TRUE_MULA,
    sys::SE_SIDM_GALCENT_MULA_WILHELM,
    sys::SE_SIDM_TRUE_SHEORAN,
    sys::SE_SIDM_GALCENT_COCHRANE,
];

impl LiveAyanamsa {
    /// Arguments of `swe_set_sid_mode`. A number that the library does not know it takes for Fagan and Bradley's.
    pub(crate) fn arguments(self) -> Result<(i32, f64, f64), LiveError> {
        match self {
            LiveAyanamsa::Mode(mode) if u32::from(mode) < sys::SE_NSIDM_PREDEF => {
                Ok((i32::from(mode), 0.0, 0.0))
            }
            LiveAyanamsa::Mode(mode) => Err(LiveError::OutOfRange {
                what: "the number of an ayanamsa",
                value: f64::from(mode),
                low: 0.0,
                high: f64::from(sys::SE_NSIDM_PREDEF - 1),
            }),
            LiveAyanamsa::User { t0_jd_tt, ayanamsa_t0_deg } => {
                check_span("the instant of an ayanamsa", t0_jd_tt, FIRST_JD, LAST_JD)?;
                in_range("the ayanamsa at its instant, degrees,", ayanamsa_t0_deg, -360.0, 360.0)?;
                Ok((sys::SE_SIDM_USER as i32, t0_jd_tt, ayanamsa_t0_deg))
            }
        }
    }

    pub(crate) fn needs_files(self) -> bool {
        matches!(self, LiveAyanamsa::Mode(mode) if STAR_MODES.contains(&u32::from(mode)))
    }
}

impl Session {
    /// `swe_calc` with `SEFLG_SWIEPH` and the flags of a view and a frame: six numbers as the frame says, the last three of
    /// them zeros without speeds.
    ///
    /// # Errors
    /// As for [`Session::position`].
    pub fn framed(
        &mut self,
        body: LiveBody,
        view: impl Into<LiveView>,
        frame: LiveFrame,
        jd_tt: f64,
    ) -> Result<[f64; 6], LiveError> {
        let (body, view) = check(body, view, jd_tt)?;
        self.check_reach(body, jd_tt)?;
        let calculated = self.isolated(|library| viewed(library, body, view, frame.flags(), jd_tt));
        swiss(body, jd_tt, calculated)
    }

    /// `swe_get_ayanamsa_ex` with `SEFLG_SWIEPH | SEFLG_NONUT`: degrees in [0, 360) by which the zero of a sidereal zodiac
    /// is ahead of the mean equinox of date.
    ///
    /// # Errors
    /// The ayanamsa is none, or the date is not finite, outside the theory of precession, or, for one that follows a star,
    /// outside the files.
    pub fn ayanamsa_deg(&mut self, ayanamsa: LiveAyanamsa, jd_tt: f64) -> Result<f64, LiveError> {
        let (mode, t0, ayanamsa_t0) = ayanamsa.arguments()?;
        check_span("the ayanamsa", jd_tt, FIRST_JD, LAST_JD)?;
        self.check_stars_reach(ayanamsa, jd_tt)?;
        let answer = self.isolated(|library| {
            check_earth(library, ayanamsa, jd_tt)?;
            library.set_ayanamsa(mode, t0, ayanamsa_t0);
            Ok(library.ayanamsa_deg(jd_tt, sys::SEFLG_SWIEPH | sys::SEFLG_NONUT))
        });
        match answer? {
            Ok((degrees, _)) if degrees.is_finite() => Ok(degrees.rem_euclid(360.0)),
            Ok(_) => Err(refused("the ayanamsa", jd_tt, "it answered no number".to_owned())),
            Err(reason) => Err(refused("the ayanamsa", jd_tt, reason)),
        }
    }

    /// `swe_calc` with `SEFLG_SWIEPH | SEFLG_SIDEREAL` and the flags of a view: sidereal longitude in degrees, latitude in
    /// degrees, distance in astronomical units. On the mean ecliptic of date; for the ayanamsas 18 (J2000), 19 (J1900),
    /// 20 (B1950) and 34 (Mardyks) on the mean ecliptic of their own date, as the library has it.
    ///
    /// # Errors
    /// As for [`Session::position`] and [`Session::ayanamsa_deg`].
    pub fn sidereal_position(
        &mut self,
        body: LiveBody,
        view: impl Into<LiveView>,
        ayanamsa: LiveAyanamsa,
        jd_tt: f64,
    ) -> Result<[f64; 3], LiveError> {
        let (mode, t0, ayanamsa_t0) = ayanamsa.arguments()?;
        let (body, view) = check(body, view, jd_tt)?;
        self.check_reach(body, jd_tt)?;
        self.check_stars_reach(ayanamsa, jd_tt)?;
        let calculated = self.isolated(|library| {
            check_earth(library, ayanamsa, jd_tt)?;
            library.set_ayanamsa(mode, t0, ayanamsa_t0);
            Ok(viewed(library, body, view, sys::SEFLG_SIDEREAL, jd_tt))
        });
        let [longitude, latitude, distance, ..] = swiss(body, jd_tt, calculated?)?;
        Ok([longitude, latitude, distance])
    }

    /// Greenwich apparent sidereal time at a UT1 date, degrees in [0, 360) (`swe_sidtime`).
    ///
    /// # Errors
    /// The date is not finite or outside the theory.
    pub fn apparent_sidereal_time_deg(&mut self, jd_ut: f64) -> Result<f64, LiveError> {
        check_span("sidereal time", jd_ut, FIRST_JD, LAST_JD)?;
        let hours = self.isolated(|library| library.apparent_sidereal_time_hours(jd_ut));
        Ok((hours * 15.0).rem_euclid(360.0))
    }

    fn check_stars_reach(&mut self, ayanamsa: LiveAyanamsa, jd_tt: f64) -> Result<(), LiveError> {
        if ayanamsa.needs_files() { self.check_reach(LiveBody::Sun, jd_tt) } else { Ok(()) }
    }
}

/// Whether the Earth is the Swiss Ephemeris' where an ayanamsa depends on it: the library does not tell from which ephemeris
/// it took it.
fn check_earth(library: &mut Library, ayanamsa: LiveAyanamsa, jd_tt: f64) -> Result<(), LiveError> {
    if ayanamsa.needs_files() {
        let sun = library.calc(jd_tt, LiveBody::Sun.number(), sys::SEFLG_SWIEPH);
        swiss(LiveBody::Sun, jd_tt, sun)?;
    }
    Ok(())
}

/// One call in a view, with further flags.
fn viewed(
    library: &mut Library,
    body: LiveBody,
    view: LiveView,
    flags: u32,
    jd_tt: f64,
) -> Result<Calculated, String> {
    set_center(library, view.center);
    library.calc(jd_tt, body.number(), sys::SEFLG_SWIEPH | view.flags() | flags)
}

/// Tells the library the site, if the centre is one.
pub(crate) fn set_center(library: &mut Library, center: LiveCenter) {
    if let Some(site) = center.site() {
        library.set_site(site);
    }
}

/// The numbers of a call, if they are numbers and from the Swiss Ephemeris.
pub(crate) fn swiss(
    body: LiveBody,
    jd_tt: f64,
    calculated: Result<Calculated, String>,
) -> Result<[f64; 6], LiveError> {
    let Calculated { values, flags } = calculated.map_err(|reason| refused(&body.name(), jd_tt, reason))?;
    if flags & EPHEMERIS_FLAGS != sys::SEFLG_SWIEPH {
        return Err(LiveError::FellToMoshier { body, jd_tt });
    }
    // No body is where the observer is, whatever the three numbers are.
    if !values.iter().all(|value| value.is_finite()) || values[..3].iter().all(|value| *value == 0.0) {
        return Err(refused(&body.name(), jd_tt, "it answered no place".to_owned()));
    }
    Ok(values)
}

/// Whether a number is within its range.
pub(crate) fn in_range(what: &'static str, value: f64, low: f64, high: f64) -> Result<(), LiveError> {
    if (low..=high).contains(&value) { Ok(()) } else { Err(LiveError::OutOfRange { what, value, low, high }) }
}
