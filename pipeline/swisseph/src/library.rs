//! The C library behind a claim that holds for one thread. All `unsafe` of this crate is here.
//!
//! The wrapper crate `swisseph` is used where it is sound. Not for `swe_calc`: on an error it unwraps
//! `String::from_utf8` over the whole 256-byte buffer, which panics on any path that is not UTF-8 and keeps the NULs. Nor for
//! `swe_deltat_ex`: it takes every negative ΔT (1871 to 1902) for an error. It has no `swe_jdet_to_utc`.
#![allow(unsafe_code, reason = "calls into C; every block states why it is sound")]

use std::cell::Cell;
use std::ffi::{c_char, c_int};
use std::marker::PhantomData;
use std::ptr;
#[cfg(not(target_os = "linux"))]
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use libswisseph_sys as sys;
use swisseph::swe;

use crate::civil::{CivilTime, LiveCalendar};
use crate::crossings::CrossingCall;
use crate::directory::EphemerisDir;
use crate::eclipses::{EclipseCall, Eclipsed};
use crate::error::LiveError;
use crate::houses::{LiveHouses, MOST_CUSPS};
use crate::keepsakes::keep_to_one_set_of_time_tables;
use crate::searches::LiveSearch;
use crate::text::{EMPTY, TEXT_BYTES, c_text, trimmed};
use crate::view::LiveSite;

thread_local! {
    /// Whether a [`Library`] lives on this thread.
    static CLAIMED: Cell<bool> = const { Cell::new(false) };
}

/// Elsewhere than on Linux the C library may be built with process-wide state, so that one claim is all there is.
#[cfg(not(target_os = "linux"))]
static PROCESS_CLAIMED: AtomicBool = AtomicBool::new(false);

/// What one call of `swe_calc` returned.
pub(crate) struct Calculated {
    /// The first three numbers are the position (for nutation: four numbers of which the last two are used).
    pub(crate) values: [f64; 6],
    /// The flags of what was really done.
    pub(crate) flags: u32,
}

/// Has the system's allocator, which the C library and the rest of the program share, give back what nobody uses. Left alone
/// it keeps what lies below anything that is still used. Where the system's is not glibc nothing is done.
pub fn give_back_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        unsafe extern "C" {
            fn malloc_trim(pad: usize) -> c_int;
        }
        // SAFETY: declared as in glibc's malloc.h. It may be called by any thread at any time, and touches free memory alone.
        let _ = unsafe { malloc_trim(0) };
    }
}

/// Air of the standard atmosphere at the sea: its pressure in hPa.
const STANDARD_HPA: f64 = 1013.25;
/// And its temperature in degrees Celsius.
const STANDARD_C: f64 = 15.0;

/// `swe_houses_armc_ex2` keeps the Sun's declination of the last Sunshine houses (`saved_sundec`), and `swe_house_pos` takes it
/// from there: one variable for all threads. Whoever may touch it holds this.
static SUNSHINE: Mutex<()> = Mutex::new(());

fn lock_sunshine() -> std::sync::MutexGuard<'static, ()> {
    // Nothing is left half done by a panic: C sets one number.
    SUNSHINE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The arguments of a house function. The caller has bounded them: all are finite, the system is one, and has a declination if it
/// is made from that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HousesCall {
    pub(crate) armc_deg: f64,
    pub(crate) latitude_deg: f64,
    pub(crate) obliquity_deg: f64,
    pub(crate) system: c_int,
    pub(crate) sun_declination_deg: Option<f64>,
}

/// Room for what house functions write.
struct HousesAnswer {
    /// The first of both counts nothing.
    cusps: [f64; MOST_CUSPS + 1],
    cusp_speeds: [f64; MOST_CUSPS + 1],
    angles: [f64; 10],
    angle_speeds: [f64; 10],
    text: [c_char; TEXT_BYTES],
}

impl HousesAnswer {
    /// With the Sun's declination where C looks for it.
    fn new(sun_declination_deg: Option<f64>) -> HousesAnswer {
        let mut angles = [0.0; 10];
        angles[9] = sun_declination_deg.unwrap_or_default();
        HousesAnswer {
            cusps: [0.0; MOST_CUSPS + 1],
            cusp_speeds: [0.0; MOST_CUSPS + 1],
            angles,
            angle_speeds: [0.0; 10],
            text: EMPTY,
        }
    }

    fn read(&self, returned: c_int) -> Result<LiveHouses, String> {
        if returned < 0 {
            return Err(trimmed(&self.text));
        }
        Ok(LiveHouses {
            cusps_deg: std::array::from_fn(|nth| self.cusps[nth + 1]),
            cusp_speeds: std::array::from_fn(|nth| self.cusp_speeds[nth + 1]),
            angles_deg: std::array::from_fn(|nth| self.angles[nth]),
            angle_speeds: std::array::from_fn(|nth| self.angle_speeds[nth]),
        })
    }
}

/// `swe_houses_armc_ex2`, which any thread may call at any time.
pub(crate) fn houses(call: HousesCall) -> Result<LiveHouses, String> {
    let _sunshine = call.sun_declination_deg.is_some().then(lock_sunshine);
    divided(call)
}

/// The same, with the lock held if there is a declination.
fn divided(call: HousesCall) -> Result<LiveHouses, String> {
    let mut answer = HousesAnswer::new(call.sun_declination_deg);
    let HousesAnswer { cusps, cusp_speeds, angles, angle_speeds, text } = &mut answer;
    // SAFETY: 37 doubles are written at most to cusps and their speeds, 10 to angles and theirs, one read from there, and at most
    // 256 bytes of text written, for which there is room. Nothing else is touched but `saved_sundec`, only for a system with a
    // declination, for which the lock is held; the rest is arithmetic on arguments that are finite. Where that makes a number
    // that is none, at worst it is cut to an integer which chooses one of four branches.
    let returned = unsafe {
        sys::swe_houses_armc_ex2(
            call.armc_deg,
            call.latitude_deg,
            call.obliquity_deg,
            call.system,
            cusps.as_mut_ptr(),
            angles.as_mut_ptr(),
            cusp_speeds.as_mut_ptr(),
            angle_speeds.as_mut_ptr(),
            text.as_mut_ptr(),
        )
    };
    answer.read(returned)
}

/// `swe_house_pos` of an ecliptic longitude and latitude, which any thread may call at any time; 0 where it has none.
pub(crate) fn house_position(call: HousesCall, place: [f64; 2]) -> f64 {
    let _sunshine = call.sun_declination_deg.is_some().then(lock_sunshine);
    if call.sun_declination_deg.is_some() {
        // For the declination that it leaves behind; whether the system fails there, `swe_house_pos` finds out too.
        let _ = divided(call);
    }
    let mut place = [place[0], place[1], 1.0, 0.0, 0.0, 0.0];
    let mut text = EMPTY;
    // SAFETY: two doubles are read from `place`, at most 256 bytes written to `text`. It calls what `divided` does, to room of its
    // own, and the proof there holds here. Its look-ups among the cusps end with the twelfth, or with the one after that in a list
    // of 37.
    unsafe {
        sys::swe_house_pos(
            call.armc_deg,
            call.latitude_deg,
            call.obliquity_deg,
            call.system,
            place.as_mut_ptr(),
            text.as_mut_ptr(),
        )
    }
}

/// What `swe_gauquelin_sector` found.
pub(crate) enum Sectors {
    /// The sector, and how much of it has passed.
    In(f64),
    /// The body does not rise or set.
    None,
    /// Why there is none.
    Refused(String),
}

/// The right to call the C library on this thread. It configures the library on claiming and closes it on dropping.
pub(crate) struct Library {
    /// The state is this thread's: neither `Send` nor `Sync`.
    _this_thread: PhantomData<*mut ()>,
}

#[allow(clippy::unused_self, reason = "the receiver is the proof that this thread may call C")]
impl Library {
    /// Claims the library for this thread and points it at the files.
    pub(crate) fn claim(files: &EphemerisDir) -> Result<Library, LiveError> {
        // The C library prefers this variable to the path it is given (`swe_set_ephe_path`).
        if let Some(value) = std::env::var_os("SE_EPHE_PATH")
            && !value.is_empty()
            && value.as_os_str() != files.path().as_os_str()
        {
            return Err(LiveError::EnvironmentOverride { value: value.to_string_lossy().into_owned() });
        }
        if CLAIMED.get() {
            return Err(LiveError::SecondSession);
        }
        keep_to_one_set_of_time_tables(files)?;
        CLAIMED.set(true);
        #[cfg(not(target_os = "linux"))]
        if PROCESS_CLAIMED.swap(true, Ordering::AcqRel) {
            CLAIMED.set(false);
            return Err(LiveError::SecondSession);
        }
        let mut library = Library { _this_thread: PhantomData };
        // Sound: the wrapper unwraps `CString::new`, and `EphemerisDir` has refused paths with a NUL.
        swe::set_ephe_path(files.c_path());
        library.close_files();
        Ok(library)
    }

    /// `swe_close`: closes all files and forgets all positions; the path stays set. The next call opens the files that the
    /// date's 600-year block names. (`swe_set_ephe_path` would open those of the year 2000, and keep them as far as they
    /// reach.)
    pub(crate) fn close_files(&mut self) {
        swe::close();
    }

    /// `swe_calc`, at a date that the caller has bounded.
    pub(crate) fn calc(&mut self, jd_tt: f64, number: i32, flags: u32) -> Result<Calculated, String> {
        let mut values = [0.0; 6];
        let mut text = EMPTY;
        // SAFETY: `values` has the six doubles and `text` more than the 256 bytes that `swe_calc` may write. Its state is
        // this thread's, which `self` has claimed. `jd_tt` is within the range of the files or the theory, and the files'
        // headers were checked by `EphemerisDir` for everything that its reader takes on trust.
        let returned =
            unsafe { sys::swe_calc(jd_tt, number, flags as i32, values.as_mut_ptr(), text.as_mut_ptr()) };
        if returned < 0 {
            return Err(trimmed(&text));
        }
        Ok(Calculated { values, flags: returned as u32 })
    }

    /// `swe_set_topo`: the site of topocentric calls until [`Library::close_files`]. The library compares, and forgets what
    /// it has saved for another site (not the files that it has open), so that this is cheap when nothing changes.
    pub(crate) fn set_site(&mut self, site: LiveSite) {
        // SAFETY: three numbers are compared with and copied into this thread's state, which `self` has claimed.
        unsafe { sys::swe_set_topo(site.longitude_deg, site.latitude_deg, site.altitude_m) }
    }

    /// `swe_set_tid_acc`: ΔT with the tidal acceleration of DE431 whatever ephemeris is asked, until
    /// [`Library::close_files`].
    pub(crate) fn keep_delta_t(&mut self) {
        swe::set_tid_acc(sys::SE_TIDAL_DE431);
    }

    /// `swe_deltat_ex` in days, at a date that the caller has bounded.
    pub(crate) fn delta_t_days(&mut self, jd_ut: f64) -> f64 {
        // A warning that may be written here ("please call swe_set_ephe_path") does not apply: the path is set.
        let mut text = EMPTY;
        // SAFETY: `text` is longer than the 256 bytes that may be written, and the state is this thread's, which `self`
        // has claimed.
        unsafe { sys::swe_deltat_ex(jd_ut, sys::SEFLG_SWIEPH as i32, text.as_mut_ptr()) }
    }

    /// `swe_set_sid_mode`: the ayanamsa of sidereal calls until [`Library::close_files`]. The caller has checked the number,
    /// for which the library would silently take Fagan and Bradley's.
    pub(crate) fn set_ayanamsa(&mut self, mode: i32, t0_jd_tt: f64, ayanamsa_t0_deg: f64) {
        // SAFETY: numbers are copied into this thread's state, which `self` has claimed; a mode indexes a table of 47 only
        // after C itself has compared it with that length.
        unsafe { sys::swe_set_sid_mode(mode, t0_jd_tt, ayanamsa_t0_deg) }
    }

    /// `swe_get_ayanamsa_ex` in degrees, with the flags of what was really done, at a date that the caller has bounded.
    pub(crate) fn ayanamsa_deg(&mut self, jd_tt: f64, flags: u32) -> Result<(f64, u32), String> {
        let mut ayanamsa_deg = 0.0;
        let mut text = EMPTY;
        // SAFETY: one double and at most 256 bytes are written, for which there is room; the state is this thread's, which
        // `self` has claimed. The stars that it looks up are built in.
        let returned = unsafe {
            sys::swe_get_ayanamsa_ex(jd_tt, flags as i32, &raw mut ayanamsa_deg, text.as_mut_ptr())
        };
        if returned < 0 { Err(trimmed(&text)) } else { Ok((ayanamsa_deg, returned as u32)) }
    }

    /// `swe_pheno`: its first five numbers, with the flags of what was really done, at a date that the caller has bounded.
    pub(crate) fn phenomena(
        &mut self,
        jd_tt: f64,
        number: i32,
        flags: u32,
    ) -> Result<([f64; 5], u32), String> {
        let mut numbers = [0.0; 20];
        let mut text = EMPTY;
        // SAFETY: `numbers` has the twenty doubles and `text` more than the 256 bytes that may be written, and the state is
        // this thread's, which `self` has claimed. Tables of bodies are indexed by numbers that C compares with their
        // lengths, and which are not negative.
        let returned =
            unsafe { sys::swe_pheno(jd_tt, number, flags as i32, numbers.as_mut_ptr(), text.as_mut_ptr()) };
        if returned < 0 {
            return Err(trimmed(&text));
        }
        let [phase_angle, illuminated, elongation, diameter, magnitude, ..] = numbers;
        Ok(([phase_angle, illuminated, elongation, diameter, magnitude], returned as u32))
    }

    /// `swe_azalt`: azimuth from the south westward, true and apparent altitude, degrees, of a direction in degrees
    /// (`SE_ECL2HOR` or `SE_EQU2HOR`). Pressure 0 stands for the library's estimate.
    pub(crate) fn horizontal(
        &mut self,
        jd_ut: f64,
        from: u32,
        direction: [f64; 2],
        site: LiveSite,
        (pressure_hpa, temperature_c): (f64, f64),
    ) -> [f64; 3] {
        let mut place = in_order(site);
        let mut direction = [direction[0], direction[1], 1.0];
        let mut answer = [0.0; 3];
        // SAFETY: three doubles are read from each of `place` and `direction`, and three written to `answer`; the state is
        // this thread's, which `self` has claimed.
        unsafe {
            sys::swe_azalt(
                jd_ut,
                from as i32,
                place.as_mut_ptr(),
                pressure_hpa,
                temperature_c,
                direction.as_mut_ptr(),
                answer.as_mut_ptr(),
            );
        }
        answer
    }

    /// `swe_refrac_extended`: true altitude, apparent altitude, refraction and dip of the horizon, degrees (`SE_TRUE_TO_APP`
    /// or `SE_APP_TO_TRUE`).
    pub(crate) fn refraction(
        &mut self,
        altitude_deg: f64,
        direction: u32,
        eye_m: f64,
        (pressure_hpa, temperature_c): (f64, f64),
    ) -> [f64; 4] {
        let mut answer = [0.0; 4];
        // SAFETY: four doubles are written, for which there is room; nothing else is touched.
        unsafe {
            sys::swe_refrac_extended(
                altitude_deg,
                eye_m,
                pressure_hpa,
                temperature_c,
                sys::SE_LAPSE_RATE,
                direction as i32,
                answer.as_mut_ptr(),
            );
        }
        answer
    }

    /// `swe_rise_trans`, or with the altitude of a horizon in degrees `swe_rise_trans_true_hor`: the Julian day UT1 of an
    /// event within the next day or so, if there is one. The caller has bounded the date and the site, and asks for bodies
    /// with a smooth path only, beside the bits of `SE_CALC_RISE` and so on.
    pub(crate) fn rise_transit(
        &mut self,
        (jd_ut, number, bits): (f64, i32, u32),
        site: LiveSite,
        (pressure_hpa, temperature_c): (f64, f64),
        horizon_deg: Option<f64>,
    ) -> Result<Option<f64>, String> {
        let mut place = in_order(site);
        let mut found = 0.0;
        let mut text = EMPTY;
        let star = ptr::null_mut();
        let ephemeris = sys::SEFLG_SWIEPH as i32;
        // SAFETY: three doubles are read from `place`, one is written to `found`, and at most 256 bytes to `text`; both
        // functions compare the star's name with null. The lists inside have room for four culminations in 28 hours, and a
        // path whose declination changes evenly has no more: its altitude is a line and a sine of less than one and a
        // quarter turns. The state is this thread's, which `self` has claimed.
        let returned = unsafe {
            match horizon_deg {
                None => sys::swe_rise_trans(
                    jd_ut,
                    number,
                    star,
                    ephemeris,
                    bits as i32,
                    place.as_mut_ptr(),
                    pressure_hpa,
                    temperature_c,
                    &raw mut found,
                    text.as_mut_ptr(),
                ),
                Some(horizon_deg) => sys::swe_rise_trans_true_hor(
                    jd_ut,
                    number,
                    star,
                    ephemeris,
                    bits as i32,
                    place.as_mut_ptr(),
                    pressure_hpa,
                    temperature_c,
                    horizon_deg,
                    &raw mut found,
                    text.as_mut_ptr(),
                ),
            }
        };
        match returned {
            // What it returns for an event that does not take place.
            -2 => Ok(None),
            0.. => Ok(Some(found)),
            _ => Err(trimmed(&text)),
        }
    }

    /// A function for eclipses or occultations, at or from a UT1 date. The caller has bounded the date and the site, and
    /// asks for kinds that exist: the library would search for others as far as any ephemeris reaches.
    pub(crate) fn eclipse(&mut self, call: EclipseCall, jd_ut: f64) -> Result<Eclipsed, String> {
        let mut eclipsed = Eclipsed { flags: 0, times: [0.0; 10], place: [0.0; 10], attributes: [0.0; 20] };
        let mut site = call.site().map(in_order);
        let mut text = EMPTY;
        let (star, eph) = (ptr::null_mut(), sys::SEFLG_SWIEPH as i32);
        let (times, place) = (eclipsed.times.as_mut_ptr(), eclipsed.place.as_mut_ptr());
        let (attr, serr) = (eclipsed.attributes.as_mut_ptr(), text.as_mut_ptr());
        let site = site.as_mut().map_or(ptr::null_mut(), |site| site.as_mut_ptr());
        let way = |search: LiveSearch| i32::from(search.is_backward());
        // SAFETY: ten times, ten numbers of a place, twenty attributes and 256 bytes of text are written at most, for which
        // there is room, and three numbers of a site are read. A call has a site wherever the function needs one;
        // `swe_lun_eclipse_how` compares it with null, and so do all with the star's name, but for a text on annular
        // occultations, which nobody asks for. Sizes of bodies come from a table by numbers that C compares with its length,
        // and which are not negative. On its way from the date to the answer C asks itself for places near new and full
        // Moons; a step that went astray where an eclipse only grazes would end in a date that `swe_calc` refuses, or in
        // numbers that are none. For risings, `rise_transit` says why its lists suffice. The state is this thread's, which
        // `self` has claimed.
        let returned = unsafe {
            match call {
                EclipseCall::Solar { types, search } => {
                    sys::swe_sol_eclipse_when_glob(jd_ut, eph, types as i32, times, way(search), serr)
                }
                EclipseCall::SolarWhere => sys::swe_sol_eclipse_where(jd_ut, eph, place, attr, serr),
                EclipseCall::SolarHow(_) => sys::swe_sol_eclipse_how(jd_ut, eph, site, attr, serr),
                EclipseCall::SolarAt { search, .. } => {
                    sys::swe_sol_eclipse_when_loc(jd_ut, eph, site, times, attr, way(search), serr)
                }
                EclipseCall::Lunar { types, search } => {
                    sys::swe_lun_eclipse_when(jd_ut, eph, types as i32, times, way(search), serr)
                }
                EclipseCall::LunarHow(_) => sys::swe_lun_eclipse_how(jd_ut, eph, site, attr, serr),
                EclipseCall::LunarAt { search, .. } => {
                    sys::swe_lun_eclipse_when_loc(jd_ut, eph, site, times, attr, way(search), serr)
                }
                EclipseCall::Occultation { body, types, search } => {
                    let (body, types, way) = (body.number(), types as i32, way(search));
                    sys::swe_lun_occult_when_glob(jd_ut, body, star, eph, types, times, way, serr)
                }
                EclipseCall::OccultationWhere(body) => {
                    sys::swe_lun_occult_where(jd_ut, body.number(), star, eph, place, attr, serr)
                }
            }
        };
        eclipsed.flags = returned as u32;
        if returned < 0 { Err(trimmed(&text)) } else { Ok(eclipsed) }
    }

    /// A function for crossings, from a date in TT: the date of the crossing, and of the Moon at its node its longitude and
    /// latitude in degrees. The caller has bounded the date and the longitude.
    pub(crate) fn crossing(
        &mut self,
        call: CrossingCall,
        flags: u32,
        jd_tt: f64,
    ) -> Result<[f64; 3], String> {
        let (mut longitude, mut latitude) = (0.0, 0.0);
        let mut text = EMPTY;
        let (flags, serr) = (flags as i32, text.as_mut_ptr());
        // SAFETY: one double is written to each of `longitude` and `latitude` at most, and at most 256 bytes to `text`; the
        // state is this thread's, which `self` has claimed. The steps of the Sun and the Moon come to the longitude; one that
        // left the files' dates would end in `swe_calc`'s refusal.
        let found = unsafe {
            match call {
                CrossingCall::Sun(longitude_deg) => sys::swe_solcross(longitude_deg, jd_tt, flags, serr),
                CrossingCall::Moon(longitude_deg) => sys::swe_mooncross(longitude_deg, jd_tt, flags, serr),
                CrossingCall::MoonNode => {
                    sys::swe_mooncross_node(jd_tt, flags, &raw mut longitude, &raw mut latitude, serr)
                }
            }
        };
        if is_failure(found, jd_tt) { Err(trimmed(&text)) } else { Ok([found, longitude, latitude]) }
    }

    /// `swe_fixstar2`: a star's name as the catalogue has it (`Spica,alVir`) and six numbers. The caller has checked the
    /// catalogue, and the name to be of printable ASCII and shorter than a name there.
    pub(crate) fn star(&mut self, name: &str, jd_tt: f64, flags: u32) -> Result<(String, [f64; 6]), String> {
        let mut name = c_text(name);
        let mut values = [0.0; 6];
        let mut text = EMPTY;
        // SAFETY: `name` ends with a NUL, and has room for the 82 bytes that are written back; `values` has the six doubles
        // and `text` more than 256 bytes. The lines of the catalogue were checked for what its reader takes on trust: their
        // length and the number of their fields. The state is this thread's, which `self` has claimed.
        let returned = unsafe {
            sys::swe_fixstar2(name.as_mut_ptr(), jd_tt, flags as i32, values.as_mut_ptr(), text.as_mut_ptr())
        };
        if returned < 0 { Err(trimmed(&text)) } else { Ok((trimmed(&name), values)) }
    }

    /// `swe_fixstar2_mag`: a star's visual magnitude, as for [`Library::star`].
    pub(crate) fn star_magnitude(&mut self, name: &str) -> Result<f64, String> {
        let mut name = c_text(name);
        let mut magnitude = 0.0;
        let mut text = EMPTY;
        // SAFETY: as for `swe_fixstar2` in `star`; one double is written.
        let returned =
            unsafe { sys::swe_fixstar2_mag(name.as_mut_ptr(), &raw mut magnitude, text.as_mut_ptr()) };
        if returned < 0 { Err(trimmed(&text)) } else { Ok(magnitude) }
    }

    /// `swe_houses_ex2` at a date that the caller has bounded, for a site within its limits and a system that exists.
    pub(crate) fn houses_at(
        &mut self,
        jd_ut: f64,
        flags: u32,
        site: LiveSite,
        system: c_int,
    ) -> Result<LiveHouses, String> {
        let _sunshine = lock_sunshine();
        let mut answer = HousesAnswer::new(None);
        let HousesAnswer { cusps, cusp_speeds, angles, angle_speeds, text } = &mut answer;
        // SAFETY: as for `houses`, whose function this calls. The state that nutation, an ayanamsa and the Sun's place are from
        // is this thread's, which `self` has claimed. Of the text for the Sun, null is passed on to functions that compare it
        // with null.
        let returned = unsafe {
            sys::swe_houses_ex2(
                jd_ut,
                flags as i32,
                site.latitude_deg,
                site.longitude_deg,
                system,
                cusps.as_mut_ptr(),
                angles.as_mut_ptr(),
                cusp_speeds.as_mut_ptr(),
                angle_speeds.as_mut_ptr(),
                text.as_mut_ptr(),
            )
        };
        answer.read(returned)
    }

    /// `swe_gauquelin_sector` in air of 1013.25 hPa and 15 °C, at a date that the caller has bounded, for a body with a smooth path
    /// and a method from 0 to 5.
    pub(crate) fn gauquelin_sector(
        &mut self,
        jd_ut: f64,
        number: i32,
        method: c_int,
        site: LiveSite,
    ) -> Sectors {
        let mut place = in_order(site);
        let mut sector = 0.0;
        let mut text = EMPTY;
        // SAFETY: three doubles are read from `place`, one is written to `sector`, and at most 256 bytes to `text`; the star's
        // name is compared with null. It calls what `rise_transit` and, for `G`, `house_position` do, whose proofs hold here, but for
        // times that it leaves unset where a body does not rise or set: it compares them, and uses them only if both were found.
        let returned = unsafe {
            sys::swe_gauquelin_sector(
                jd_ut,
                number,
                ptr::null_mut(),
                sys::SEFLG_SWIEPH as i32,
                method,
                place.as_mut_ptr(),
                STANDARD_HPA,
                STANDARD_C,
                &raw mut sector,
                text.as_mut_ptr(),
            )
        };
        if returned >= 0 {
            return Sectors::In(sector);
        }
        let reason = trimmed(&text);
        if reason.starts_with("rise or set not found") { Sectors::None } else { Sectors::Refused(reason) }
    }

    /// `swe_sidtime` in hours, at a date that the caller has bounded.
    pub(crate) fn apparent_sidereal_time_hours(&mut self, jd_ut: f64) -> f64 {
        swe::sidtime(jd_ut)
    }

    /// `swe_sidtime0` in hours.
    pub(crate) fn sidereal_time_hours(&mut self, jd_ut: f64, obliquity_deg: f64, nutation_deg: f64) -> f64 {
        swe::sidtime0(jd_ut, obliquity_deg, nutation_deg)
    }

    /// `swe_utc_to_jd`: TT and UT1, of numbers that the caller has bounded.
    pub(crate) fn utc_to_jd(&mut self, time: CivilTime) -> Result<(f64, f64), String> {
        // Sound: its error texts are ASCII, so that the wrapper's unwrap holds; they come with the buffer's NULs.
        swe::utc_to_jd(
            time.year,
            time.month,
            time.day,
            time.hour,
            time.minute,
            time.second,
            time.calendar.flag(),
        )
        .map(|[jd_tt, jd_ut]| (jd_tt, jd_ut))
        .map_err(|text| text.trim_end_matches('\0').trim().to_owned())
    }

    /// `swe_jdet_to_utc`, at a date that the caller has bounded.
    pub(crate) fn jd_tt_to_utc(&mut self, jd_tt: f64, calendar: LiveCalendar) -> CivilTime {
        self.jd_to_utc(sys::swe_jdet_to_utc, jd_tt, calendar)
    }

    /// `swe_jdut1_to_utc`, at a date that the caller has bounded.
    pub(crate) fn jd_ut1_to_utc(&mut self, jd_ut: f64, calendar: LiveCalendar) -> CivilTime {
        self.jd_to_utc(sys::swe_jdut1_to_utc, jd_ut, calendar)
    }

    fn jd_to_utc(&mut self, convert: JdToUtc, jd: f64, calendar: LiveCalendar) -> CivilTime {
        let (mut year, mut month, mut day, mut hour, mut minute) = (0, 0, 0, 0, 0);
        let mut second = 0.0;
        // SAFETY: `convert` is one of the two functions of this type; both write once to each of the six valid, distinct
        // places, and their state is this thread's, which `self` has claimed.
        unsafe {
            convert(
                jd,
                calendar.flag(),
                &raw mut year,
                &raw mut month,
                &raw mut day,
                &raw mut hour,
                &raw mut minute,
                &raw mut second,
            );
        }
        CivilTime { year, month, day, hour, minute, second, calendar }
    }
}

/// The type of `swe_jdet_to_utc` and `swe_jdut1_to_utc`.
type JdToUtc =
    unsafe extern "C" fn(f64, c_int, *mut c_int, *mut c_int, *mut c_int, *mut c_int, *mut c_int, *mut f64);

/// A site's numbers in the order in which C takes them.
fn in_order(site: LiveSite) -> [f64; 3] {
    [site.longitude_deg, site.latitude_deg, site.altitude_m]
}

/// Whether C answers that it has failed to find a crossing after a date: by the date a day before.
fn is_failure(found_jd: f64, jd: f64) -> bool {
    found_jd < jd - 0.5
}

impl Drop for Library {
    fn drop(&mut self) {
        self.close_files();
        CLAIMED.set(false);
        #[cfg(not(target_os = "linux"))]
        PROCESS_CLAIMED.store(false, Ordering::Release);
    }
}

/// Version of the Swiss Ephemeris that is linked in, such as `2.10.03`.
#[must_use]
pub fn version() -> String {
    swe::version()
}
