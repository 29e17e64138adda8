//! Random questions that both the almanac and the library can be asked.

use orrery_almanac::Site;
use orrery_almanac::horizon::Atmosphere;
use orrery_almanac::rise_set::{Limb, Refraction, Threshold};
use orrery_swisseph::{LiveAtmosphere, LiveCrossing, LiveLimb, LiveObserver, LiveSite};
use orrery_tests::random::Random;

/// What may be asked of both: air, limb, skyline.
pub(crate) struct Question {
    pub(crate) observer: LiveObserver,
    pub(crate) threshold: Threshold,
    limb: LiveLimb,
}

impl Question {
    pub(crate) fn random(random: &mut Random, latitude_deg: f64) -> Question {
        let (limb, live_limb) = *random.pick(&[
            (Limb::Upper, LiveLimb::Upper),
            (Limb::Upper, LiveLimb::Upper),
            (Limb::Centre, LiveLimb::Center),
            (Limb::Lower, LiveLimb::Lower),
        ]);
        let (pressure, temperature_c) = *random.pick(&[(1013.25, 10.0), (950.0, -15.0)]);
        let air = Atmosphere::new(pressure, temperature_c).unwrap();
        let refraction = *random.pick(&[Refraction::None, Refraction::Air(air), Refraction::Air(air)]);
        let horizon_deg = *random.pick(&[0.0, 0.0, 2.5]);
        let site = LiveSite {
            latitude_deg,
            longitude_deg: random.between(-180.0, 180.0),
            altitude_m: *random.pick(&[0.0, 0.0, 1_500.0]),
        };
        let atmosphere = LiveAtmosphere { pressure_hpa: Some(pressure), temperature_c };
        Question {
            observer: LiveObserver { site, atmosphere },
            threshold: Threshold { limb, refraction, horizon_deg },
            limb: live_limb,
        }
    }

    pub(crate) fn site(&self) -> Site {
        let LiveSite { latitude_deg, longitude_deg, altitude_m } = self.observer.site;
        Site { latitude_deg, longitude_deg, altitude_m }
    }

    pub(crate) fn crossing(&self, thorough: bool) -> LiveCrossing {
        let refraction = self.threshold.refraction != Refraction::None;
        LiveCrossing::Horizon {
            limb: self.limb,
            refraction,
            altitude_deg: self.threshold.horizon_deg,
            thorough,
        }
    }
}
