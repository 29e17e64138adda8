//! The columns of a query's table.

use orrery_almanac::zodiac::Nakshatra;

use super::SOURCES;
use crate::answer::render::decimals;
use crate::query::{Coordinates, Field, SIGNS, TableQuery};
use crate::table::{Column, Holds, Layout, TimeColumns};
use crate::wire::media::Format;

/// What the rows of a query hold. Text has its numbers with the decimals that the query says; what holds doubles has all.
pub(crate) fn layout(query: &TableQuery, format: Format) -> Layout {
    let sky = &query.sky;
    let view = &sky.view;
    let column = |field: Field| {
        let name = field.name(view)?;
        let holds = match (field, field.unit(view.coordinates)) {
            (_, Some(unit)) => Holds::Number {
                unit: unit.symbol(),
                decimals: decimals(sky.precision, unit).filter(|_| format != Format::Arrow),
                wraps: matches!(
                    (field, view.coordinates),
                    (Field::First, Coordinates::Spherical) | (Field::Azimuth, _)
                ),
            },
            (Field::Sign, _) => Holds::Word(&SIGNS),
            (Field::Nakshatra, _) => Holds::Word(&NAKSHATRAS),
            (Field::Source, _) => Holds::Word(&SOURCES),
            (Field::Decan | Field::Pada, _) => Holds::Count,
            _ => Holds::Truth,
        };
        let about = field.about(view.frame, view.coordinates);
        Some(Column { name, holds, optional: field.is_optional(), about })
    };
    Layout {
        time: TimeColumns { utc: query.time.utc, jd_ut: query.time.jd_ut, calendar: query.clock.calendar },
        bodies: sky.bodies.iter().map(|body| body.name().into_owned()).collect(),
        columns: sky.fields.iter().filter_map(column).collect(),
    }
}

/// The names of the lunar mansions.
static NAKSHATRAS: [&str; Nakshatra::ALL.len()] = {
    let mut names = [""; Nakshatra::ALL.len()];
    let mut nth = 0;
    while nth < names.len() {
        names[nth] = Nakshatra::ALL[nth].name();
        nth += 1;
    }
    names
};
