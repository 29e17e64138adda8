//! The Earth at an instant, as `swe_calc` of the Swiss Ephemeris 2.10.03 printed it (`SEFLG_SWIEPH |
//! SEFLG_NONUT`, files of DE431); speeds are difference quotients over 0.02 days.

use orrery_almanac::stars::Observer;
use orrery_almanac::{Earth, Precession, Site, Topocentre, Varying};
use orrery_format::{Nutation, State, TtDay};

/// The instant: 25 February 2023, 0h TT.
pub(crate) const DATE: TtDay = TtDay(2_460_000.5);

/// The mean obliquity, degrees and degrees a day.
pub(crate) const OBLIQUITY: Varying = Varying::new(23.436_267_597_478_903, -3.561_983_8e-7);

fn state(place: [f64; 3], speed: [f64; 3]) -> State {
    State {
        longitude_deg: place[0],
        latitude_deg: place[1],
        distance_au: place[2],
        longitude_speed: speed[0],
        latitude_speed: speed[1],
        distance_speed: speed[2],
    }
}

pub(crate) fn earth() -> Earth {
    let bary_earth = state(
        [156.340_946_745_549_42, 0.012_243_772_427_103_412, 0.997_751_917_351_928_6],
        [0.998_591_175_851_970_5, -3.853_618_942_258_399e-5, 0.000_287_653_794_156_517],
    );
    let geo_sun = state(
        [336.108_713_614_097_9, -4.930_637_340_623_625e-5, 0.989_713_975_514_344_1],
        [1.006_334_892_511_518, 3.719_219_147_054_31e-5, 0.000_222_273_528_022_177],
    );
    Earth::new(&bary_earth, &geo_sun)
}

/// At the Earth's centre.
pub(crate) fn observer() -> Observer {
    let geo_moon = state(
        [38.639_806_457_339_97, 0.247_665_254_798_073_22, 0.002_553_291_158_789_685],
        [13.226_699_053_007_35, 1.177_142_476_682_365, 4.207_447_083_953e-5],
    );
    Observer::new(DATE, &Precession::to(DATE), OBLIQUITY, &earth(), &geo_moon)
}

/// At 8.55° east, 47.37° north, 500 m.
#[allow(dead_code, reason = "not every test program looks from there")]
pub(crate) fn at_site() -> Observer {
    let site = Site { latitude_deg: 47.37, longitude_deg: 8.55, altitude_m: 500.0 };
    let sidereal_time = Varying::new(154.312_935_373_344_5, 360.985_647_4);
    let nutation = Nutation {
        mean_obliquity_deg: OBLIQUITY.value,
        mean_obliquity_speed: OBLIQUITY.rate,
        ..Nutation::default()
    };
    observer().at_site(&Topocentre::new(&site, sidereal_time, &nutation, earth()))
}
