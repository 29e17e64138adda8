//! Hazard: times of rise and set that are wrong by what refraction, discs and parallax do, or missing, or one too many, on
//! the days and in the latitudes where nobody looks. They are compared with those of the U.S. Naval Observatory, which
//! nobody here computed, and with `swe_rise_trans` at random places, also where the tables end and where the source's
//! ΔT and sidereal time jump; azimuth, altitude and refraction with `swe_azalt` and `swe_refrac_extended`.

use orrery_almanac::rise_set::{Findings, Span, TabulatedSky, Threshold, Wanted, search};
use orrery_almanac::{Site, WireBody};
use orrery_format::{Body, Dataset, UtDay};

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
    orrery_tests::published::instant(dataset, text).ut.jd()
}

fn found(sky: TabulatedSky, start: f64, days: f64, thresholds: &[Threshold]) -> Findings {
    let span = Span { start: UtDay(start), end: UtDay(start + days) };
    let wanted = Wanted { thresholds, transits: true };
    search(&mut { sky }, sky.site.latitude_deg, span, &wanted)
        .unwrap_or_else(|miss| panic!("{sky:?} at {start}: {miss}"))
}
