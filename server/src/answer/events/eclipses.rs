//! Eclipses: among other events, and with all that there is to say of them without a place.

use std::ops::Range;

use orrery_almanac::eclipses::{Luminaries, TabulatedLuminaries, lunar_eclipses, solar_eclipses};
use orrery_almanac::{DayNumber, Instant};
use orrery_format::eclipse::{LunarEclipse, LunarKind, ROTATION_DEG_PER_S, SolarEclipse, SolarKind};
use orrery_format::list::Entry;
use orrery_format::{Dataset, Miss, TtDay};

use super::fields::{Dated, Field, Value};
use crate::query::{EclipseId, Eclipsed, Unit};

/// Seconds of a day.
const DAY_S: f64 = 86_400.0;

/// An eclipse of either kind.
#[derive(Clone, Debug)]
pub(crate) enum Eclipse {
    Solar(Box<SolarEclipse>),
    Lunar(Box<LunarEclipse>),
}

/// The eclipses of a range in order of time: from the tables' lists, and by their Sun and Moon where these do not reach.
pub(in crate::answer) fn by_tables(
    dataset: &Dataset,
    range: &Range<f64>,
    eclipsed: Option<Eclipsed>,
) -> Result<Vec<Eclipse>, Miss> {
    let (Some(solar), Some(lunar)) = (dataset.solar_eclipses(), dataset.lunar_eclipses()) else {
        return live(&mut TabulatedLuminaries(dataset), range, eclipsed);
    };
    let listed = solar.about().start_jd_tt().max(lunar.about().start_jd_tt())
        ..solar.about().end_jd_tt().min(lunar.about().end_jd_tt());
    let within = |edge: f64| edge.clamp(range.start, range.end);
    let listed = within(listed.start)..within(listed.end);
    if listed.is_empty() {
        return live(&mut TabulatedLuminaries(dataset), range, eclipsed);
    }
    let mut all = live(&mut TabulatedLuminaries(dataset), &(range.start..listed.start), eclipsed)?;
    let first = all.len();
    if eclipsed != Some(Eclipsed::Lunar) {
        let entries = solar.range(listed.clone()).iter().map(SolarEclipse::native);
        all.extend(entries.map(|it| Eclipse::Solar(Box::new(it))));
    }
    if eclipsed != Some(Eclipsed::Solar) {
        let entries = lunar.range(listed.clone()).iter().map(LunarEclipse::native);
        all.extend(entries.map(|it| Eclipse::Lunar(Box::new(it))));
    }
    all[first..].sort_by(|a, b| a.greatest_jd_tt().total_cmp(&b.greatest_jd_tt()));
    all.extend(live(&mut TabulatedLuminaries(dataset), &(listed.end..range.end), eclipsed)?);
    Ok(all)
}

/// The same by any Sun and Moon.
pub(in crate::answer) fn live<L: Luminaries>(
    sky: &mut L,
    range: &Range<f64>,
    eclipsed: Option<Eclipsed>,
) -> Result<Vec<Eclipse>, L::Error> {
    let mut all: Vec<Eclipse> = Vec::new();
    if range.is_empty() {
        return Ok(all);
    }
    let range = TtDay(range.start)..TtDay(range.end);
    if eclipsed != Some(Eclipsed::Lunar) {
        all.extend(solar_eclipses(sky, range.clone())?.into_iter().map(|it| Eclipse::Solar(Box::new(it))));
    }
    if eclipsed != Some(Eclipsed::Solar) {
        all.extend(lunar_eclipses(sky, range)?.into_iter().map(|it| Eclipse::Lunar(Box::new(it))));
    }
    all.sort_by(|a, b| a.greatest_jd_tt().total_cmp(&b.greatest_jd_tt()));
    Ok(all)
}

/// The contacts of an eclipse of the Sun, with their names.
const SOLAR_CONTACTS: [&str; 10] =
    ["p1", "p2", "u1", "u2", "central_begin", "central_end", "u3", "u4", "p3", "p4"];

/// Those of the Moon.
const LUNAR_CONTACTS: [&str; 6] = ["p1", "u1", "u2", "u3", "u4", "p4"];

/// The members of eclipses of both kinds as columns of a table.
pub(crate) const COLUMNS: [&str; 27] = [
    "id",
    "kind",
    "type",
    "gamma",
    "magnitude",
    "umbral_magnitude",
    "penumbral_magnitude",
    "obscuration",
    "saros",
    "saros_member",
    "duration_s",
    "lat",
    "lon",
    "sun_altitude",
    "sun_azimuth",
    "path_width_km",
    "p1",
    "p2",
    "u1",
    "u2",
    "central_begin",
    "central_end",
    "u3",
    "u4",
    "p3",
    "p4",
    "delta_t",
];

impl Eclipse {
    pub(crate) fn greatest_jd_tt(&self) -> f64 {
        match self {
            Eclipse::Solar(eclipse) => eclipse.greatest_jd_tt,
            Eclipse::Lunar(eclipse) => eclipse.greatest_jd_tt,
        }
    }

    pub(crate) const fn kind(&self) -> Eclipsed {
        match self {
            Eclipse::Solar(_) => Eclipsed::Solar,
            Eclipse::Lunar(_) => Eclipsed::Lunar,
        }
    }

    /// Its type: the word for it.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Eclipse::Solar(it) => SolarKind::ALL.get(usize::from(it.kind)).map_or("", |kind| kind.name()),
            Eclipse::Lunar(it) => LunarKind::ALL.get(usize::from(it.kind)).map_or("", |kind| kind.name()),
        }
    }

    /// Its name.
    pub(crate) fn id(&self) -> EclipseId {
        let day = DayNumber((self.greatest_jd_tt() + 0.5).floor() as i64);
        EclipseId { eclipsed: self.kind(), day }
    }

    /// Latitude of the place of greatest eclipse, or of where the Moon is in the zenith, and its longitude with ΔT in seconds:
    /// degrees.
    pub(crate) fn place_deg(&self, delta_t_s: f64) -> [f64; 2] {
        let [lat, ephemeris_lon] = match self {
            Eclipse::Solar(it) => [it.latitude_deg, it.ephemeris_longitude_deg],
            Eclipse::Lunar(it) => [it.latitude_deg, it.ephemeris_longitude_deg],
        };
        [lat, (ephemeris_lon + ROTATION_DEG_PER_S * delta_t_s + 180.0).rem_euclid(360.0) - 180.0]
    }

    /// Its members among other events; `at` is its instant.
    pub(in crate::answer) fn fields(&self, at: &Instant) -> Vec<Field> {
        let [lat, lon] = self.place_deg(at.delta_t_s);
        let (gamma, magnitude, saros) = match self {
            Eclipse::Solar(it) => (it.gamma, it.magnitude, it.saros),
            Eclipse::Lunar(it) if it.kind == LunarKind::Penumbral as u8 => {
                (it.gamma, it.penumbral_magnitude, it.saros)
            }
            Eclipse::Lunar(it) => (it.gamma, it.umbral_magnitude, it.saros),
        };
        vec![
            field("id", Value::Text(self.id().to_string())),
            field("kind", Value::Word(self.kind().name())),
            field("eclipse", Value::Word(self.type_name())),
            one("gamma", gamma),
            one("magnitude", magnitude),
            field("saros", Value::Whole(saros)),
            one("lat", lat),
            one("lon", lon),
        ]
    }

    /// All that there is to say of it without a place; `at` is its instant.
    pub(in crate::answer) fn all_fields<E>(
        &self,
        at: &Instant,
        dated: &mut Dated<'_, E>,
    ) -> Result<Vec<Field>, E> {
        let [lat, lon] = self.place_deg(at.delta_t_s);
        let mut fields = vec![
            field("id", Value::Text(self.id().to_string())),
            field("kind", Value::Word(self.kind().name())),
            field("type", Value::Word(self.type_name())),
        ];
        match self {
            Eclipse::Solar(it) => {
                fields.extend([
                    one("gamma", it.gamma),
                    one("magnitude", it.magnitude),
                    one("obscuration", it.obscuration),
                    field("saros", Value::Whole(it.saros)),
                    member(it.saros_member),
                    one("duration_s", it.central_duration_s),
                    one("lat", lat),
                    one("lon", lon),
                    one("sun_altitude", it.sun_altitude_deg),
                    one("sun_azimuth", it.sun_azimuth_deg),
                    one("path_width_km", it.path_width_km),
                ]);
                let ([p1, p2, p3, p4], [u1, u2, u3, u4], [begin, end]) =
                    (it.penumbra_jd_tt, it.umbra_jd_tt, it.axis_jd_tt);
                let contacts = [p1, p2, u1, u2, begin, end, u3, u4, p3, p4];
                fields.push(field("contacts", contacts_of(&SOLAR_CONTACTS, &contacts, dated)?));
            }
            Eclipse::Lunar(it) => {
                let ([p1, p4], [u1, u2, u3, u4]) = (it.penumbra_jd_tt, it.umbra_jd_tt);
                // Of the phase that gives it its name.
                let (begin, end) = match LunarKind::ALL.get(usize::from(it.kind)) {
                    Some(LunarKind::Total) => (u2, u3),
                    Some(LunarKind::Partial) => (u1, u4),
                    _ => (p1, p4),
                };
                fields.extend([
                    one("gamma", it.gamma),
                    one("umbral_magnitude", it.umbral_magnitude),
                    one("penumbral_magnitude", it.penumbral_magnitude),
                    field("saros", Value::Whole(it.saros)),
                    member(it.saros_member),
                    one("duration_s", (end - begin) * DAY_S),
                    one("lat", lat),
                    one("lon", lon),
                ]);
                let contacts = [p1, u1, u2, u3, u4, p4];
                fields.push(field("contacts", contacts_of(&LUNAR_CONTACTS, &contacts, dated)?));
            }
        }
        fields.push(one("delta_t", at.delta_t_s));
        Ok(fields)
    }
}

pub(in crate::answer) const fn field(name: &'static str, value: Value) -> Field {
    Field { name, value }
}

/// A number, or nothing where there is none.
pub(in crate::answer) fn one(name: &'static str, number: f64) -> Field {
    field(name, if number.is_nan() { Value::Nothing } else { Value::Number(number, Unit::Degrees) })
}

/// The place in the saros, which only the tables' list knows.
fn member(member: u16) -> Field {
    let value = i16::try_from(member).ok().filter(|member| *member > 0);
    field("saros_member", value.map_or(Value::Nothing, Value::Whole))
}

/// Contacts by their names.
fn contacts_of<E>(names: &[&'static str], contacts: &[f64], dated: &mut Dated<'_, E>) -> Result<Value, E> {
    let told = names.iter().zip(contacts).map(|(name, jd_tt)| {
        Ok(field(name, if jd_tt.is_nan() { Value::Nothing } else { Value::Instant(dated(*jd_tt)?) }))
    });
    told.collect::<Result<_, _>>().map(Value::Members)
}
