//! One thread's conversation with the C library.
//!
//! # Why answers do not depend on what was asked before
//! The library keeps each ephemeris file open as long as it covers the dates asked, and each body's polynomial segment
//! likewise. Files of neighbouring 600-year blocks overlap (the planets' segments of `sepl_12.se1` reach to 1802, though
//! `sepl_18.se1` begins in 1800), so a plain call near a change of files may be answered from either, whichever is open. A
//! session closes all files before a call that follows one in another block, before and after calls in the first days of a
//! block (light received then set out in the block before), and wherever an instant that the library evaluates falls on a
//! joint of two segments. Then every call opens the files that the date's block names, as the first call of a new session
//! does. Elsewhere nothing can differ, and the files stay open: neighbouring calls are cheap.
//!
//! # Positions
//! `SEFLG_SWIEPH | SEFLG_NONUT` and the view's flags, without `SEFLG_SPEED`. Measured over all bodies and centres, 1800 to 2400: asked with
//! that flag, positions differ in their last bits (2e-10″), those of the Uranians by up to 3e-5″, the interpolated apogee by
//! 0.013″ and the interpolated perigee by 0.11″. For with it the library takes light time (1.3 s) off two of the three
//! coordinates of the last two (`intp_apsides` in `sweph.c`); without it there is no such half correction, and that is what
//! is answered here.
//!
//! # Speeds
//! The library's own speeds are not the derivatives of its positions: measured, they miss them by 0.13″ a day (Moon, rms),
//! 0.01″ (Mercury from the Earth), 0.36″ (Mercury from the Sun). Those of [`Session::state`] are derivatives: difference
//! quotients over five to seven positions, none of them beyond a seam of the source files. The noise of the positions
//! leaves an error of at most 2e-3″ a day in longitude for the Moon, 6e-4″ for the osculating apogee, 3e-3″ for the
//! interpolated perigee, 4e-4″ for all others; beside a seam, where the quotient is one-sided, its weights allow some ten times that. From a site
//! the step is shorter, and the Moon's error at most 0.016″ a day (0.14″ beside a seam). While a body passes
//! beside or behind the Sun, the library's own light deflection has kinks, and a speed is an average over the hour.

use std::collections::HashMap;
use std::marker::PhantomData;

use libswisseph_sys as sys;
use swisseph::Seflg;

use crate::body::{LiveBody, Source};
use crate::civil::{self, CivilTime, LiveCalendar};
use crate::cover::{self, Cover};
use crate::derivative::{Stencil, longitude_difference_deg};
use crate::directory::EphemerisDir;
use crate::error::LiveError;
use crate::library::{Calculated, Library};
use crate::seams::EphemerisFile;
use crate::view::{LiveCenter, LiveView};

/// First and last date of the mean node, of precession and of ΔT (`MOSHNDEPH_START` and `_END` in `sweph.h`), Julian days.
pub(crate) const FIRST_JD: f64 = -3_100_015.0;
pub(crate) const LAST_JD: f64 = 8_000_016.0;
/// First and last date of the Moshier model and of the interpolated apsides (`MOSHLUEPH_START` and `_END`), Julian days.
const MOSHIER_FIRST_JD: f64 = 625_000.5;
const MOSHIER_LAST_JD: f64 = 2_818_000.5;

/// Light needs this many days for an astronomical unit: 149,597,870,700 m at 299,792,458 m/s.
const LIGHT_DAYS_PER_AU: f64 = 149_597_870_700.0 / 299_792_458.0 / 86_400.0;

/// `SE_ECL_NUT`: nutation and obliquity.
const NUTATION: i32 = sys::SE_ECL_NUT;
pub(crate) const EPHEMERIS_FLAGS: u32 = Seflg::JPLEPH.bits() | Seflg::SWIEPH.bits() | Seflg::MOSEPH.bits();
const PLACE_FLAGS: u32 = Seflg::NONUT.bits();

/// A place on the mean ecliptic and equinox of date, and its motion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveState {
    /// Longitude, degrees in [0, 360).
    pub longitude_deg: f64,
    /// Latitude, degrees.
    pub latitude_deg: f64,
    /// Distance, astronomical units.
    pub distance_au: f64,
    /// Derivative of the longitude, degrees a day of TT.
    pub longitude_speed: f64,
    /// Derivative of the latitude, degrees a day of TT.
    pub latitude_speed: f64,
    /// Derivative of the distance, astronomical units a day of TT.
    pub distance_speed: f64,
}

/// Which ephemeris answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EphemerisModel {
    /// The Swiss Ephemeris' files, or its closed theories for what needs none (mean node and apogee, interpolated apsides).
    Swiss,
    /// The Moshier model, where no file reaches and it was allowed.
    Moshier,
}

/// A place and the model it is from.
type Place = ([f64; 3], EphemerisModel);

/// A live session: the C library, configured and owned by this thread.
///
/// Not `Send`: the library's state is the thread's. There is one session a thread at a time (elsewhere than on Linux: a
/// process); dropping it closes the files.
pub struct Session {
    library: Library,
    files: EphemerisDir,
    /// The block whose files, and no others, the library has open, if any.
    open_era: Option<usize>,
    /// Headers of single asteroids' files met so far.
    asteroids: HashMap<u32, EphemerisFile>,
    _this_thread: PhantomData<*mut ()>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("files", &self.files.path()).finish_non_exhaustive()
    }
}

impl Session {
    /// Opens a session on this thread.
    ///
    /// # Errors
    /// There is a session on this thread already; `SE_EPHE_PATH` points elsewhere; or an earlier session here read other ΔT or
    /// leap-second tables, which the library cannot forget.
    pub fn open(files: &EphemerisDir) -> Result<Session, LiveError> {
        Ok(Session {
            library: Library::claim(files)?,
            files: files.clone(),
            open_era: None,
            asteroids: HashMap::new(),
            _this_thread: PhantomData,
        })
    }

    /// The files that this session reads.
    #[must_use]
    pub fn files(&self) -> &EphemerisDir {
        &self.files
    }

    /// Place on the mean ecliptic and equinox of date from the Swiss Ephemeris: longitude in [0, 360) degrees, latitude in
    /// degrees, distance in astronomical units. The view is a [`LiveView`], or a [`LiveCenter`] for the apparent place from
    /// there. One call of the library.
    ///
    /// # Errors
    /// The date is not finite or outside the files, the site is none, the body has no place from there, its file is
    /// missing, or the library would have answered from the Moshier model.
    pub fn position(
        &mut self,
        body: LiveBody,
        view: impl Into<LiveView>,
        jd_tt: f64,
    ) -> Result<[f64; 3], LiveError> {
        let (body, view) = check(body, view, jd_tt)?;
        self.swiss_place(body, view, jd_tt).map(|(place, _)| place)
    }

    /// Place with speeds, the derivatives of the place, and the model that answered. Where no file reaches, the Moshier
    /// model answers if `allow_moshier`; barycentric places and asteroids are not in it. From a site, it is asked with the
    /// ΔT of [`Session::delta_t_s`] and not with that of its own lunar theory (two degrees of the Earth's rotation less
    /// in −3000), so that a place at an instant given in UT is that of the site at this instant.
    ///
    /// # Errors
    /// As for [`Session::position`]; and the date is outside the Moshier model too.
    pub fn state(
        &mut self,
        body: LiveBody,
        view: impl Into<LiveView>,
        jd_tt: f64,
        allow_moshier: bool,
    ) -> Result<(LiveState, EphemerisModel), LiveError> {
        let (body, view) = check(body, view, jd_tt)?;
        let swiss = self.swiss_place(body, view, jd_tt);
        let (here, model, (low, high)) = match swiss {
            Ok((here, stretch)) => (here, EphemerisModel::Swiss, stretch),
            Err(outside @ LiveError::OutsideFiles { .. }) if allow_moshier => {
                let Ok((here, model)) = self.moshier_place(body, view, jd_tt) else { return Err(outside) };
                (here, model, (MOSHIER_FIRST_JD + 1.0, MOSHIER_LAST_JD - 1.0))
            }
            Err(error) => return Err(error),
        };
        let mut speeds = [0.0; 3];
        for (offset, weight) in
            Stencil::of(body, view).place(jd_tt, low, high).iter().filter(|node| node.0 != 0.0)
        {
            let there = match model {
                EphemerisModel::Swiss => self.swiss_place(body, view, jd_tt + offset)?.0,
                EphemerisModel::Moshier => self.moshier_place(body, view, jd_tt + offset)?.0,
            };
            // The weights add up to nothing, so that differences from the place itself may stand for places.
            speeds[0] += weight * longitude_difference_deg(there[0], here[0]);
            speeds[1] += weight * (there[1] - here[1]);
            speeds[2] += weight * (there[2] - here[2]);
        }
        let [longitude_deg, latitude_deg, distance_au] = here;
        let [longitude_speed, latitude_speed, distance_speed] = speeds;
        let state = LiveState {
            longitude_deg,
            latitude_deg,
            distance_au,
            longitude_speed,
            latitude_speed,
            distance_speed,
        };
        Ok((state, model))
    }

    /// Nutation in longitude, nutation in obliquity and the mean obliquity of the ecliptic, degrees.
    ///
    /// # Errors
    /// The date is not finite or outside the theory.
    pub fn nutation(&mut self, jd_tt: f64) -> Result<[f64; 3], LiveError> {
        check_span("nutation", jd_tt, FIRST_JD, LAST_JD)?;
        let calculated = self.library.calc(jd_tt, NUTATION, Seflg::SWIEPH.bits());
        let [_, mean_obliquity, dpsi, deps, ..] =
            calculated.map_err(|reason| refused("nutation", jd_tt, reason))?.values;
        Ok([dpsi, deps, mean_obliquity])
    }

    /// ΔT = TT − UT1 at a UT1 date, seconds, as the library takes it for positions from these files: the tidal acceleration
    /// is that of their JPL ephemeris (DE431 for all that are published for this version).
    ///
    /// # Errors
    /// The date is not finite or outside the theory.
    pub fn delta_t_s(&mut self, jd_ut: f64) -> Result<f64, LiveError> {
        check_span("ΔT", jd_ut, FIRST_JD, LAST_JD)?;
        // The tidal acceleration is that of the Moon's file if one was opened since the last close, else that of DE431.
        // For other files the answer would depend on it: there, always the latter.
        if self.files.ephemeris_files().any(|file| file.de_number != sys::SE_DE_NUMBER as i32) {
            self.start_afresh();
        }
        Ok(self.library.delta_t_days(jd_ut) * 86_400.0)
    }

    /// Greenwich mean sidereal time at a UT1 date, degrees in [0, 360).
    ///
    /// # Errors
    /// The date is not finite or outside the theory.
    pub fn mean_sidereal_time_deg(&mut self, jd_ut: f64) -> Result<f64, LiveError> {
        check_span("sidereal time", jd_ut, FIRST_JD, LAST_JD)?;
        // Without nutation the obliquity does not matter (a test holds that), but zero would: for it the library puts in
        // nutation of its own.
        let [_, _, mean_obliquity_deg] = self.nutation(jd_ut)?;
        let hours = self.library.sidereal_time_hours(jd_ut, mean_obliquity_deg, 0.0);
        Ok((hours * 15.0).rem_euclid(360.0))
    }

    /// Julian days TT and UT1 of a civil time in UTC (`swe_utc_to_jd`).
    ///
    /// # Errors
    /// The date or time of day does not exist, or its year is outside −13000 to 17000.
    pub fn utc_to_jd(&mut self, time: CivilTime) -> Result<(f64, f64), LiveError> {
        civil::utc_to_jd(&mut self.library, time)
    }

    /// The civil time in UTC of a Julian day TT (`swe_jdet_to_utc`).
    ///
    /// # Errors
    /// The date is not finite or outside the theory of ΔT.
    pub fn jd_tt_to_utc(&mut self, jd_tt: f64, calendar: LiveCalendar) -> Result<CivilTime, LiveError> {
        civil::jd_tt_to_utc(&mut self.library, jd_tt, calendar)
    }

    /// The civil time in UTC of a Julian day UT1 (`swe_jdut1_to_utc`).
    ///
    /// # Errors
    /// The date is not finite or outside the theory of ΔT.
    pub fn jd_ut1_to_utc(&mut self, jd_ut: f64, calendar: LiveCalendar) -> Result<CivilTime, LiveError> {
        civil::jd_ut1_to_utc(&mut self.library, jd_ut, calendar)
    }

    /// What a user of the C library gets by one plain call: `swe_calc` with `SEFLG_SWIEPH | SEFLG_SPEED`, geocentric, on the
    /// true ecliptic and equinox of date, with the library's own speeds and whatever it has saved. The yardstick of the
    /// benchmarks; answers come from [`Session::state`].
    ///
    /// # Errors
    /// As for [`Session::position`].
    pub fn plain_call(&mut self, body: LiveBody, jd_tt: f64) -> Result<[f64; 6], LiveError> {
        let (body, _) = check(body, LiveCenter::Geo, jd_tt)?;
        self.check_reach(body, jd_tt)?;
        let wanted = Seflg::SWIEPH.bits();
        match self.plainly(|library| library.calc(jd_tt, body.number(), wanted | Seflg::SPEED.bits())) {
            Ok(calculated) if calculated.flags & EPHEMERIS_FLAGS == wanted => Ok(calculated.values),
            Ok(_) => Err(LiveError::FellToMoshier { body, jd_tt }),
            Err(reason) => Err(refused(&body.name(), jd_tt, reason)),
        }
    }

    /// A call of the library that sets what it keeps beyond a call, or that asks for many positions: from a library that
    /// has nothing open, saved or set, to one that has none of it again. So nothing of it depends on an earlier query, and
    /// no later one on it.
    pub(crate) fn isolated<T>(&mut self, call: impl FnOnce(&mut Library) -> T) -> T {
        self.start_afresh();
        let answer = call(&mut self.library);
        self.start_afresh();
        answer
    }

    /// A call of the library with whatever it has open and saved, which may leave open whatever it likes.
    pub(crate) fn plainly<T>(&mut self, call: impl FnOnce(&mut Library) -> T) -> T {
        self.open_era = None;
        call(&mut self.library)
    }

    /// Whether the Swiss Ephemeris has a body at a date, from its files or theories.
    pub(crate) fn check_reach(&mut self, body: LiveBody, jd_tt: f64) -> Result<(), LiveError> {
        if body.source() == Source::Theory {
            check_theory(body, jd_tt).map(|_| ())
        } else {
            self.cover(body, jd_tt).map(|_| ())
        }
    }

    /// Forgets everything that the library has open or saved.
    pub(crate) fn start_afresh(&mut self) {
        self.library.close_files();
        self.open_era = None;
    }

    /// A place from the Swiss Ephemeris, and the stretch around the date within which it is smooth.
    fn swiss_place(
        &mut self,
        body: LiveBody,
        view: LiveView,
        jd_tt: f64,
    ) -> Result<([f64; 3], (f64, f64)), LiveError> {
        if body.source() == Source::Theory {
            return self.theory_place(body, view, jd_tt);
        }
        let cover = self.cover(body, jd_tt)?;
        let beginning = cover.is_beginning(jd_tt);
        let fresh = self.open_era != Some(cover.era_index) || beginning || cover.near_seam(jd_tt);
        if fresh {
            self.start_afresh();
        }
        let mut calculated = self.calc(body, view, jd_tt, &cover)?;
        let light_days = calculated[2] * LIGHT_DAYS_PER_AU;
        if !fresh && cover.near_seam(jd_tt - light_days) {
            self.start_afresh();
            calculated = self.calc(body, view, jd_tt, &cover)?;
        }
        if cover.precedes(jd_tt - light_days) {
            // Some of what the place depends on was not in any file, whether or not the library has noticed.
            self.start_afresh();
            return Err(self.outside(body, jd_tt));
        }
        self.open_era = (!beginning).then_some(cover.era_index);
        Ok((calculated, cover.smooth_stretch(jd_tt, light_days)))
    }

    /// One call for a body of the files, with every check of the answer.
    fn calc(
        &mut self,
        body: LiveBody,
        view: LiveView,
        jd_tt: f64,
        cover: &Cover,
    ) -> Result<[f64; 3], LiveError> {
        // Until the call has succeeded, nothing is known of what the library has open.
        self.open_era = None;
        let wanted = Seflg::SWIEPH.bits();
        let calculated = self.viewed(view, jd_tt, body, wanted);
        // At the first date of all files, light may have set out before them: the library then falls back or fails.
        let light_may_be_outside = cover.light_may_precede(jd_tt);
        match calculated {
            Ok(calculated) if calculated.flags & EPHEMERIS_FLAGS == wanted => {
                place_of(body, jd_tt, &calculated)
            }
            _ if light_may_be_outside => Err(self.outside(body, jd_tt)),
            Ok(_) => Err(LiveError::FellToMoshier { body, jd_tt }),
            Err(reason) => Err(refused(&body.name(), jd_tt, reason)),
        }
    }

    /// One call of the library in a view.
    fn viewed(
        &mut self,
        view: LiveView,
        jd_tt: f64,
        body: LiveBody,
        ephemeris: u32,
    ) -> Result<Calculated, String> {
        // Each time: the library forgets the site when it is closed, and keeps that of the last query else.
        if let Some(site) = view.center.site() {
            self.library.set_site(site);
        }
        self.library.calc(jd_tt, body.number(), ephemeris | PLACE_FLAGS | view.flags())
    }

    fn theory_place(
        &mut self,
        body: LiveBody,
        view: LiveView,
        jd_tt: f64,
    ) -> Result<([f64; 3], (f64, f64)), LiveError> {
        let (first, last) = check_theory(body, jd_tt)?;
        let wanted = Seflg::SWIEPH.bits();
        let calculated = self.viewed(view, jd_tt, body, wanted);
        let calculated = calculated.map_err(|reason| refused(&body.name(), jd_tt, reason))?;
        // These need no file and echo the flag that was given; anything else is not the theory that was meant.
        if calculated.flags & EPHEMERIS_FLAGS != wanted {
            return Err(LiveError::FellToMoshier { body, jd_tt });
        }
        Ok((place_of(body, jd_tt, &calculated)?, (first, last)))
    }

    fn moshier_place(&mut self, body: LiveBody, view: LiveView, jd_tt: f64) -> Result<Place, LiveError> {
        if matches!(body.source(), Source::MainAsteroids | Source::OwnFile(_)) {
            return Err(self.outside(body, jd_tt));
        }
        check_span(&body.name(), jd_tt, MOSHIER_FIRST_JD + 1.0, MOSHIER_LAST_JD - 1.0)?;
        // The library forgets all it has saved when the ephemeris changes, but not what the same one saved before.
        self.start_afresh();
        let wanted = Seflg::MOSEPH.bits();
        if view.center.site().is_some() {
            self.library.keep_delta_t();
        }
        let calculated = self.viewed(view, jd_tt, body, wanted);
        let calculated = calculated.map_err(|reason| refused(&body.name(), jd_tt, reason))?;
        if calculated.flags & EPHEMERIS_FLAGS != wanted {
            return Err(refused(
                &body.name(),
                jd_tt,
                "it answered from an ephemeris that was not asked for".to_owned(),
            ));
        }
        Ok((place_of(body, jd_tt, &calculated)?, EphemerisModel::Moshier))
    }

    /// The files that answer a body at a date, or why there are none.
    fn cover(&mut self, body: LiveBody, jd_tt: f64) -> Result<Cover, LiveError> {
        if let Source::OwnFile(number) = body.source()
            && !self.asteroids.contains_key(&number)
        {
            let file = self.files.asteroid_file(number)?;
            self.asteroids.insert(number, file);
        }
        Cover::find(&self.files, body, self.own_file(body), jd_tt).ok_or_else(|| self.outside(body, jd_tt))
    }

    fn own_file(&self, body: LiveBody) -> Option<&EphemerisFile> {
        match body.source() {
            Source::OwnFile(number) => self.asteroids.get(&number),
            _ => None,
        }
    }

    fn outside(&self, body: LiveBody, jd_tt: f64) -> LiveError {
        let (start_jd, end_jd) = cover::reach(&self.files, body, self.own_file(body));
        LiveError::OutsideFiles { body, jd_tt, start_jd, end_jd }
    }
}

/// The body by its catalogue name and the view as the library is to be asked, if the query has a meaning.
pub(crate) fn check(
    body: LiveBody,
    view: impl Into<LiveView>,
    jd_tt: f64,
) -> Result<(LiveBody, LiveView), LiveError> {
    if !jd_tt.is_finite() {
        return Err(LiveError::NotFinite { value: jd_tt });
    }
    let body = body.canonical();
    let LiveView { mut center, place } = view.into();
    if !body.has_place_from(center) {
        return Err(LiveError::NoMeaning { body, center });
    }
    if let Some(site) = center.site() {
        site.check()?;
        if body.is_lunar_point() {
            // The library ignores the site for these, but would compute them anew for each.
            center = LiveCenter::Geo;
        }
    }
    Ok((body, LiveView { center, place }))
}

/// The first and last date of a body that needs no file, once a date is found to be between them.
fn check_theory(body: LiveBody, jd_tt: f64) -> Result<(f64, f64), LiveError> {
    let (first, last) = match body {
        LiveBody::MeanNode | LiveBody::MeanApogee => (FIRST_JD, LAST_JD),
        _ => (MOSHIER_FIRST_JD, MOSHIER_LAST_JD),
    };
    check_span(&body.name(), jd_tt, first, last)?;
    Ok((first, last))
}

pub(crate) fn check_span(what: &str, jd: f64, start_jd: f64, end_jd: f64) -> Result<(), LiveError> {
    if !jd.is_finite() {
        Err(LiveError::NotFinite { value: jd })
    } else if (start_jd..=end_jd).contains(&jd) {
        Ok(())
    } else {
        Err(LiveError::OutsideTheory { what: what.to_owned(), jd, start_jd, end_jd })
    }
}

fn place_of(body: LiveBody, jd_tt: f64, calculated: &Calculated) -> Result<[f64; 3], LiveError> {
    let [mut longitude, latitude, distance, ..] = calculated.values;
    if !(longitude.is_finite() && latitude.is_finite() && distance > 0.0 && distance.is_finite()) {
        return Err(refused(&body.name(), jd_tt, "it answered no place".to_owned()));
    }
    // An angle just below a full turn may be rounded up to it.
    if longitude >= 360.0 {
        longitude -= 360.0;
    }
    Ok([longitude, latitude, distance])
}

pub(crate) fn refused(what: &str, jd: f64, reason: String) -> LiveError {
    LiveError::Refused { call: format!("{what} at JD {jd}"), reason }
}
