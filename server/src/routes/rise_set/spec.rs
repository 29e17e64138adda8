//! What `/v1/rise-set` takes and gives, for the parser and for the documentation.

use super::reply;
use crate::query::Parameter;
use crate::routes::openapi::header;
use crate::routes::openapi::spec::{Example, OF_THE_SKY, Spec, Tag};
use crate::routes::parameters;
use crate::wire::media::Format;

/// The parameters.
pub(crate) const PARAMETERS: &[Parameter] = &[
    parameters::SITE_LAT,
    parameters::SITE_LON,
    parameters::SITE_ALT,
    parameters::DAY,
    parameters::DAY_JD,
    parameters::DAY_JD_TT,
    parameters::CALENDAR,
    parameters::DAY_TZ,
    parameters::DAYS,
    parameters::BODIES,
    parameters::EVENTS,
    parameters::LIMB,
    parameters::REFRACTION,
    parameters::HORIZON,
    parameters::DIP,
    parameters::HORIZON_PRESSURE,
    parameters::HORIZON_TEMPERATURE,
    parameters::SOURCE,
    parameters::ALLOW_MOSHIER,
    parameters::PRECISION,
    parameters::FORMAT,
];

/// The documentation.
pub(crate) const SPEC: Spec = Spec {
    id: "getRiseSet",
    tag: Tag::Sky,
    summary: "When bodies rise, set and stand on the meridian, and the twilights",
    about: "What bodies do at a place, day by day of the caller's clock: every rise, set and transit between the day's first \
            moment and its end, none, one or several of each, and the Sun's twilights. Where a body does not cross the \
            horizon, `course` says whether it stays above or below it all day; so it does of the twilights. Unless asked \
            otherwise it is the upper limb that rises and sets, at a level horizon, through air that lifts it by 34′, as the \
            U.S. Naval Observatory has it.",
    parameters: PARAMETERS,
    examples: &[
        Example {
            about: "Midsummer's day of Sun and Moon in Oslo, by its clock",
            query: "lat=59.91&lon=10.75&date=2026-06-21&tz=Europe/Oslo&bodies=sun,moon",
        },
        Example {
            about: "Two weeks around the end of the polar night of Tromsø",
            query: "lat=69.65&lon=18.96&date=2026-01-08&days=14&tz=Europe/Oslo&bodies=sun&events=rise,set",
        },
        Example {
            about: "When the planets culminate over Greenwich",
            query: "lat=51.4779&lon=0&date=2026-03-20&bodies=planets&events=upper_transit",
        },
        Example {
            about: "The Sun from a ship's bridge, through the air that it has",
            query: "lat=-33.9&lon=18.4&alt=40&date=2026-03-20&tz=Africa/Johannesburg&bodies=sun&dip=true&\
                    refraction=air&pressure=1020&temperature=18",
        },
        Example {
            about: "What the Moon does next, over hills of three degrees",
            query: "lat=46.95&lon=7.44&jd=2461120.75&bodies=moon&horizon=3",
        },
    ],
    body: None,
    formats: &[Format::Json],
    reply: "RiseSet",
    reply_about: "The days, with how the query was understood and where the answer comes from.",
    fields: header::OF_COMPUTED,
    refusals: OF_THE_SKY,
    schemas: reply::schemas,
};
