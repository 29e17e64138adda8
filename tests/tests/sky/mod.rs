//! Where the Earth is at an instant, by the tables.

#![allow(dead_code, reason = "each test program needs a part of it")]

use orrery_almanac::stars::Observer;
use orrery_almanac::{Earth, Precession, Varying};
use orrery_format::{Body, Center, Dataset, Nutation, State, TtDay, UtDay};

/// What the tables know of an instant, and what follows for directions.
pub(crate) struct Sky {
    pub(crate) precession: Precession,
    pub(crate) obliquity: Varying,
    pub(crate) observer: Observer,
    /// The apparent Sun.
    pub(crate) sun: State,
    pub(crate) nutation: Nutation,
    pub(crate) earth: Earth,
}

impl Sky {
    pub(crate) fn at(dataset: &Dataset, jd_tt: f64) -> Sky {
        let date = TtDay(jd_tt);
        let place = |body, center| {
            let answer = dataset.state(body, center, date);
            answer.unwrap_or_else(|miss| panic!("{body} from {center} at {jd_tt}: {miss}")).value
        };
        let nutation = dataset.nutation(date).unwrap().value;
        let sun = place(Body::Sun, Center::Geo);
        let earth = Earth::new(&place(Body::Earth, Center::Bary), &sun);
        let precession = Precession::to(date);
        let obliquity = Varying::new(nutation.mean_obliquity_deg, nutation.mean_obliquity_speed);
        let observer = Observer::new(date, &precession, obliquity, &earth, &place(Body::Moon, Center::Geo));
        Sky { precession, obliquity, observer, sun, nutation, earth }
    }

    /// The mean sidereal time at Greenwich, degrees and degrees a day.
    pub(crate) fn sidereal_time(dataset: &Dataset, jd_tt: f64) -> Varying {
        let mut ut = UtDay(jd_tt);
        for _ in 0..3 {
            ut = UtDay(jd_tt - dataset.delta_t_s(ut).unwrap() / 86_400.0);
        }
        Varying::new(dataset.mean_sidereal_time_deg(ut).unwrap(), 360.985_647_4)
    }
}
