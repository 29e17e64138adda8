//! What `fields=` chooses of each position.

use super::Frame;
use crate::wire::problem::{Code, Problem, nearest, shown};

/// A member of a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Field {
    /// Longitude or right ascension.
    Along,
    /// Latitude or declination.
    Across,
    Distance,
    AlongSpeed,
    AcrossSpeed,
    DistanceSpeed,
    Sign,
    SignLongitude,
    Retrograde,
    Source,
}

/// Every field, in the order of a reply.
pub(crate) const ALL: [Field; 10] = [
    Field::Along,
    Field::Across,
    Field::Distance,
    Field::AlongSpeed,
    Field::AcrossSpeed,
    Field::DistanceSpeed,
    Field::Sign,
    Field::SignLongitude,
    Field::Retrograde,
    Field::Source,
];

impl Field {
    /// The name in a frame; `None` where the frame has no such thing.
    pub(crate) const fn name(self, frame: Frame) -> Option<&'static str> {
        let equatorial = matches!(frame, Frame::Equatorial);
        Some(match self {
            Field::Along if equatorial => "right_ascension",
            Field::Along => "longitude",
            Field::Across if equatorial => "declination",
            Field::Across => "latitude",
            Field::Distance => "distance",
            Field::AlongSpeed if equatorial => "right_ascension_speed",
            Field::AlongSpeed => "longitude_speed",
            Field::AcrossSpeed if equatorial => "declination_speed",
            Field::AcrossSpeed => "latitude_speed",
            Field::DistanceSpeed => "distance_speed",
            // Signs and their retrograde motion are of the ecliptic.
            Field::Sign | Field::SignLongitude | Field::Retrograde if equatorial => return None,
            Field::Sign => "sign",
            Field::SignLongitude => "sign_longitude",
            Field::Retrograde => "retrograde",
            Field::Source => "source",
        })
    }
}

/// A choice of fields. `body` is always there: without it a position would be nobody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fields(u16);

impl Fields {
    /// Every field that a frame has.
    pub(crate) const fn all(frame: Frame) -> Fields {
        let mut bits = 0;
        let mut nth = 0;
        while nth < ALL.len() {
            if ALL[nth].name(frame).is_some() {
                bits |= 1 << ALL[nth] as u16;
            }
            nth += 1;
        }
        Fields(bits)
    }

    /// Reads a list of names separated by commas.
    pub(crate) fn parse(list: Option<&str>, frame: Frame) -> Result<Fields, Problem> {
        let Some(list) = list else { return Ok(Fields::all(frame)) };
        let mut chosen = Fields(0);
        let mut body = false;
        for name in list.split(',').map(str::trim) {
            if name == "body" {
                if std::mem::replace(&mut body, true) {
                    return Err(repeated(name));
                }
                continue;
            }
            let Some(field) = ALL.into_iter().find(|field| field.name(frame) == Some(name)) else {
                return Err(unknown(name, frame));
            };
            if chosen.has(field) {
                return Err(repeated(name));
            }
            chosen.0 |= 1 << field as u16;
        }
        Ok(chosen)
    }

    /// One bit for each field that was chosen.
    pub(crate) const fn bits(self) -> u16 {
        self.0
    }

    pub(crate) const fn has(self, field: Field) -> bool {
        self.0 & (1 << field as u16) != 0
    }
}

fn repeated(name: &str) -> Problem {
    Problem::new(Code::RepeatedField, format!("{name} is named twice"))
        .parameter("fields")
        .hint("name each field once")
}

fn unknown(name: &str, frame: Frame) -> Problem {
    if name.is_empty() {
        return Problem::new(Code::EmptyParameter, "the list of fields has an empty entry")
            .parameter("fields")
            .hint("separate names by single commas, or leave fields out for all");
    }
    let other = if frame == Frame::Ecliptic { Frame::Equatorial } else { Frame::Ecliptic };
    if ALL.iter().any(|field| field.name(other) == Some(name)) {
        return Problem::new(Code::Contradiction, format!("frame={} has no {name}", frame.name()))
            .parameter("fields")
            .hint(format!("ask with frame={} for it", other.name()));
    }
    let names = || std::iter::once("body").chain(ALL.into_iter().filter_map(move |field| field.name(frame)));
    let problem = Problem::new(Code::UnknownValue, format!("{} is no field of a position", shown(name)))
        .parameter("fields");
    match nearest(name, names()) {
        Some(meant) => problem.hint(format!("did you mean {meant}?")),
        None => problem.hint(format!("known are {}", names().collect::<Vec<_>>().join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_chosen_by_the_names_of_the_frame() {
        let fields = Fields::parse(Some("body,longitude, sign"), Frame::Ecliptic).unwrap();
        assert!(fields.has(Field::Along) && fields.has(Field::Sign) && !fields.has(Field::Across));
        assert!(Fields::all(Frame::Ecliptic).has(Field::Retrograde));
        assert!(!Fields::all(Frame::Equatorial).has(Field::Retrograde));
        assert!(Fields::parse(Some("right_ascension"), Frame::Equatorial).unwrap().has(Field::Along));
    }

    #[test]
    fn strangers_are_refused() {
        for (list, code) in [
            ("longitud", Code::UnknownValue),
            ("colour", Code::UnknownValue),
            ("right_ascension", Code::Contradiction),
            ("longitude,", Code::EmptyParameter),
            ("longitude,sign,longitude", Code::RepeatedField),
            ("body,body", Code::RepeatedField),
        ] {
            assert_eq!(Fields::parse(Some(list), Frame::Ecliptic).unwrap_err().code, code, "{list}");
        }
        assert_eq!(Fields::parse(Some("sign"), Frame::Equatorial).unwrap_err().code, Code::Contradiction);
    }
}
