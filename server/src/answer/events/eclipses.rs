//! Eclipses among other events.

use std::ops::Range;

use orrery_almanac::eclipses::{Luminaries, TabulatedLuminaries, lunar_eclipses, solar_eclipses};
use orrery_almanac::{DayNumber, Instant};
use orrery_format::eclipse::{LunarEclipse, LunarKind, ROTATION_DEG_PER_S, SolarEclipse, SolarKind};
use orrery_format::{Dataset, Miss, TtDay};

use super::fields::{Field, Value};
use crate::query::Unit;

/// An eclipse of either kind.
#[derive(Clone, Debug)]
pub(super) enum Eclipse {
    Solar(Box<SolarEclipse>),
    Lunar(Box<LunarEclipse>),
}

/// The eclipses of a range, by the tables' Sun and Moon, in order of time.
pub(super) fn by_tables(dataset: &Dataset, range: &Range<f64>) -> Result<Vec<Eclipse>, Miss> {
    live(&mut TabulatedLuminaries(dataset), range)
}

/// The same by any Sun and Moon.
pub(super) fn live<L: Luminaries>(sky: &mut L, range: &Range<f64>) -> Result<Vec<Eclipse>, L::Error> {
    let range = TtDay(range.start)..TtDay(range.end);
    let solar = solar_eclipses(sky, range.clone())?.into_iter().map(|it| Eclipse::Solar(Box::new(it)));
    let lunar = lunar_eclipses(sky, range)?.into_iter().map(|it| Eclipse::Lunar(Box::new(it)));
    let mut all: Vec<Eclipse> = solar.chain(lunar).collect();
    all.sort_by(|a, b| a.greatest_jd_tt().total_cmp(&b.greatest_jd_tt()));
    Ok(all)
}

impl Eclipse {
    pub(super) fn greatest_jd_tt(&self) -> f64 {
        match self {
            Eclipse::Solar(eclipse) => eclipse.greatest_jd_tt,
            Eclipse::Lunar(eclipse) => eclipse.greatest_jd_tt,
        }
    }

    /// Its members among other events; `at` is its instant.
    pub(super) fn fields(&self, at: &Instant) -> Vec<Field> {
        let (kind, name, gamma, magnitude, saros, [lat, ephemeris_lon]) = match self {
            Eclipse::Solar(it) => (
                "solar",
                SolarKind::ALL.get(usize::from(it.kind)).map_or("", |kind| kind.name()),
                it.gamma,
                it.magnitude,
                it.saros,
                [it.latitude_deg, it.ephemeris_longitude_deg],
            ),
            Eclipse::Lunar(it) => {
                let is_umbral = it.kind != LunarKind::Penumbral as u8;
                (
                    "lunar",
                    LunarKind::ALL.get(usize::from(it.kind)).map_or("", |kind| kind.name()),
                    it.gamma,
                    if is_umbral { it.umbral_magnitude } else { it.penumbral_magnitude },
                    it.saros,
                    [it.latitude_deg, it.ephemeris_longitude_deg],
                )
            }
        };
        let lon = (ephemeris_lon + ROTATION_DEG_PER_S * at.delta_t_s + 180.0).rem_euclid(360.0) - 180.0;
        vec![
            Field { name: "id", value: Value::Text(id(kind, at.tt)) },
            Field { name: "kind", value: Value::Word(kind) },
            Field { name: "eclipse", value: Value::Word(name) },
            Field { name: "gamma", value: Value::Number(gamma, Unit::Degrees) },
            Field { name: "magnitude", value: Value::Number(magnitude, Unit::Degrees) },
            Field { name: "saros", value: Value::Whole(saros) },
            Field { name: "lat", value: Value::Number(lat, Unit::Degrees) },
            Field { name: "lon", value: Value::Number(lon, Unit::Degrees) },
        ]
    }
}

/// The name of an eclipse: its kind, and the date of its greatest phase in TT.
fn id(kind: &str, TtDay(greatest): TtDay) -> String {
    format!("{kind}-{}", DayNumber((greatest + 0.5).floor() as i64).civil(None))
}
