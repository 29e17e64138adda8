//! How a body looks: what Orrery's phases and magnitudes are tested against.

use libswisseph_sys as sys;

use crate::body::LiveBody;
use crate::error::LiveError;
use crate::oracle::set_center;
use crate::session::{EPHEMERIS_FLAGS, Session, check, refused};
use crate::view::{LiveCenter, LiveView};

/// Light may take this many days from the Sun to a body and on to the Earth, for the library to ask for it in its files.
const LIGHT_MARGIN_DAYS: f64 = 2.0;

/// How a body looks from the Earth (`swe_pheno`). Where the library answers a zero that is no answer, there is nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LivePhenomena {
    /// Angle at the body between the Earth and the Sun, degrees, 0 to 180. Not of the Sun.
    pub phase_angle_deg: Option<f64>,
    /// Illuminated part of the disc, 0 to 1. Not of the Sun.
    pub illuminated_fraction: Option<f64>,
    /// Angle between the body and the Sun, degrees, 0 to 180. Not of the Sun.
    pub elongation_deg: Option<f64>,
    /// Apparent diameter of the disc, degrees. Not of bodies whose size the library does not know.
    pub apparent_diameter_deg: Option<f64>,
    /// Visual magnitude. Not of hypothetical bodies.
    pub magnitude: Option<f64>,
}

impl Session {
    /// How a body looks from the Earth's centre or a site. From the true ecliptic of date, as the library does by default;
    /// on which only the tilt of Saturn's rings depends.
    ///
    /// # Errors
    /// As for [`Session::position`]; and the body is a direction without a body, or the centre is not the Earth.
    pub fn phenomena(
        &mut self,
        body: LiveBody,
        view: impl Into<LiveView>,
        jd_tt: f64,
    ) -> Result<LivePhenomena, LiveError> {
        let (body, view) = check(body, view, jd_tt)?;
        if body.is_lunar_point() {
            return Err(LiveError::NotForBody { body, what: "phase or magnitude" });
        }
        if matches!(view.center, LiveCenter::Helio | LiveCenter::Bary) {
            // The library drops these flags and answers for the Earth.
            return Err(LiveError::NoMeaning { body, center: view.center });
        }
        self.check_reach(body, jd_tt)?;
        self.check_reach(body, jd_tt - LIGHT_MARGIN_DAYS)?;
        let answer = self.isolated(|library| {
            set_center(library, view.center);
            library.phenomena(jd_tt, body.number(), sys::SEFLG_SWIEPH | view.flags())
        });
        let name = body.name();
        let (numbers, flags) = answer.map_err(|reason| refused(&name, jd_tt, reason))?;
        if flags & EPHEMERIS_FLAGS != sys::SEFLG_SWIEPH {
            return Err(LiveError::FellToMoshier { body, jd_tt });
        }
        if !numbers.iter().all(|number| number.is_finite()) {
            return Err(refused(&name, jd_tt, "it answered no numbers".to_owned()));
        }
        let [phase_angle, illuminated, elongation, diameter, magnitude] = numbers;
        let is_sun = body == LiveBody::Sun;
        Ok(LivePhenomena {
            phase_angle_deg: (!is_sun).then_some(phase_angle),
            illuminated_fraction: (!is_sun).then_some(illuminated),
            elongation_deg: (!is_sun).then_some(elongation),
            apparent_diameter_deg: (diameter > 0.0).then_some(diameter),
            magnitude: (!is_hypothetical(body)).then_some(magnitude),
        })
    }
}

fn is_hypothetical(body: LiveBody) -> bool {
    (sys::SE_FICT_OFFSET as i32..sys::SE_AST_OFFSET as i32).contains(&body.number())
}
