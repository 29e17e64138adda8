//! What `/v1/positions` takes and gives, for the parser and for the documentation.

use crate::query::Parameter;

/// The parameters.
pub(crate) const PARAMETERS: &[Parameter] = &[
    Parameter::new("date", "The instant as ISO 8601."),
    Parameter::new("jd", "The instant as a Julian day in UT1.").or_called(&["jd_ut"]),
    Parameter::new("jd_tt", "The instant as a Julian day in TT."),
    Parameter::new("calendar", "The calendar of `date`, and of dates in the reply."),
    Parameter::new("tz", "The zone of a local `date`.").or_called(&["timezone"]),
    Parameter::new("lat", "Geographic latitude of a place, degrees.").or_called(&["latitude"]),
    Parameter::new("lon", "Geographic longitude of a place, degrees, east positive.")
        .or_called(&["lng", "longitude"]),
    Parameter::new("alt", "Height of a place above the ellipsoid, metres."),
    Parameter::new("bodies", "Which bodies."),
    Parameter::new("center", "Seen from where."),
    Parameter::new("frame", "The plane that angles are measured along."),
    Parameter::new("equinox", "Where angles are counted from."),
    Parameter::new("zodiac", "Tropical or sidereal."),
    Parameter::new("ayanamsa", "The zero point of a sidereal zodiac."),
    Parameter::new("place", "Apparent, astrometric or true places."),
    Parameter::new("coordinates", "Spherical or rectangular."),
    Parameter::new("source", "Who may answer."),
    Parameter::new("allow_moshier", "Whether the analytical model may answer where no file reaches."),
    Parameter::new("precision", "Decimals of every quantity."),
    Parameter::new("fields", "Which members of a position to give."),
    Parameter::new("format", "The format of the reply."),
];
