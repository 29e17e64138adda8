//! Hazard: times of rise and set that are wrong by what refraction, discs and parallax do, or missing, or one too many, on
//! the days and in the latitudes where nobody looks. They are compared with those of the U.S. Naval Observatory, which
//! nobody here computed, and with `swe_rise_trans` at random places, also where the tables end and where the source's
//! ΔT and sidereal time jump; azimuth, altitude and refraction with `swe_azalt` and `swe_refrac_extended`.

use orrery_almanac::rise_set::{Findings, Span, TabulatedSky, Threshold, Wanted, search};
use orrery_almanac::{Error, Instant, LeapSeconds, Site, WireBody, iso, zone};
use orrery_format::{Body, Dataset, Miss, UtDay};

mod horizontal;
mod live;
mod published;
mod question;
mod sides;

const SECOND: f64 = 1.0 / 86_400.0;

fn site(latitude_deg: f64, longitude_deg: f64) -> Site {
    Site { latitude_deg, longitude_deg, altitude_m: 0.0 }
}

fn sky_of(dataset: &Dataset, body: Body, site: Site) -> TabulatedSky<'_> {
    TabulatedSky { dataset, body: WireBody::Tabulated(body), site }
}

/// UT1 of a reading of UTC.
fn ut(dataset: &Dataset, text: &str) -> f64 {
    enum Refused {
        Text(Error),
        Table(Miss),
    }
    impl From<Error> for Refused {
        fn from(error: Error) -> Refused {
            Refused::Text(error)
        }
    }
    let moment = iso::parse(text).unwrap();
    let utc = zone::resolve(&moment, None, None).unwrap().utc;
    let delta_t = |ut| dataset.delta_t_s(ut).map_err(Refused::Table);
    match Instant::from_utc(utc, &LeapSeconds::built_in(), delta_t) {
        Ok(instant) => instant.ut.jd(),
        Err(Refused::Text(error)) => panic!("{text}: {error}"),
        Err(Refused::Table(miss)) => panic!("{text}: {miss}"),
    }
}

fn found(sky: TabulatedSky, start: f64, days: f64, thresholds: &[Threshold]) -> Findings {
    let span = Span { start: UtDay(start), end: UtDay(start + days) };
    let wanted = Wanted { thresholds, transits: true };
    search(&mut { sky }, sky.site.latitude_deg, span, &wanted)
        .unwrap_or_else(|miss| panic!("{sky:?} at {start}: {miss}"))
}
