//! The parameters that say when, from where and what: stated once, for every route that takes them.

use orrery_almanac::Calendar;
use orrery_almanac::horizon::{PRESSURES_HPA, TEMPERATURES_C};
use orrery_almanac::instant::{MAX_JD, MIN_JD};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

use crate::query::{
    ALTITUDE_M, Coordinates, Disc, Equinox, Frame, Light, MAGNITUDES, MOST_DAYS, MOST_DECIMALS, Origin,
    Parameter, Refraction, SKYLINES_DEG, SourceChoice, Takes, Word, ZodiacKind,
};
use crate::routes::openapi::schema::named;
use crate::routes::positions::sets;

/// `date`, as the grammar of `orrery_almanac::iso` has it, with a space where a plus has lost its percent-encoding.
const DATE_FORM: &str = "^([Nn][Oo][Ww]|([0-9]{4}|[+ -][0-9]{4,6})-[0-9]{2}-[0-9]{2}\
    ([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?([Zz]|[+ -][0-9]{2}(:?[0-9]{2})?)?)?)$";

/// The same without `now`.
const LISTED_DATE_FORM: &str = "^([0-9]{4}|[+ -][0-9]{4,6})-[0-9]{2}-[0-9]{2}\
    ([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?([Zz]|[+ -][0-9]{2}(:?[0-9]{2})?)?)?$";

/// `tz`, the characters that names of zones are made of.
const ZONE_FORM: &str = "^[A-Za-z][A-Za-z0-9_+/-]*$";

/// One end of a range: a date, or a Julian day with its scale.
pub(crate) const END_FORM: &str = "^(jd(_tt)?: ?-?[0-9]+([.][0-9]*)?|[Nn][Oo][Ww]|([0-9]{4}|[+ -][0-9]{4,6})-[0-9]{2}-[0-9]{2}\
    ([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?([Zz]|[+ -][0-9]{2}(:?[0-9]{2})?)?)?)$";

/// `ayanamsa`: a name, a number, or one of the user's own.
const AYANAMSA_FORM: &str = "^[A-Za-z0-9_ +.,:/-]+$";

/// A name among those in `stars`: none of them is empty.
const STAR_FORM: &str = "^[^,]*[^, ][^,]*$";

const JULIAN_DAY: Takes = Takes::Number { unit: "days", least: MIN_JD, most: MAX_JD };

pub(crate) const DATE: Parameter = Parameter::new(
    "date",
    "The instant in ISO 8601: in UTC with `Z`, with an offset such as `+02:00`, or local together with `tz`. A bare \
     date is midnight, of `tz` or else of UTC. Years before 1 CE are astronomical, and a year of more than four \
     digits has a sign. The second 60 of a leap second is understood. One of `date`, `jd` and `jd_tt` gives the \
     instant; without any it is `now`.",
)
.taking(Takes::Text(DATE_FORM))
.such_as(&["2026-03-20T14:46:00Z", "2026-03-20T15:46:00+01:00", "2026-03-20", "-0043-03-15T12:00Z"]);

pub(crate) const JD: Parameter = Parameter::new("jd", "The instant as a Julian day in UT1.")
    .taking(JULIAN_DAY)
    .or_called(&["jd_ut"])
    .such_as(&["2461120.115277778"]);

pub(crate) const JD_TT: Parameter =
    Parameter::new("jd_tt", "The instant as a Julian day in Terrestrial Time.")
        .taking(JULIAN_DAY)
        .such_as(&["2451545.0"]);

pub(crate) const CALENDAR: Parameter = Parameter::new(
    "calendar",
    "The calendar of `date`, and of the dates in the reply. Left out, it is the Gregorian from 1582-10-15 on and \
     the Julian before; the ten days between belong to neither.",
)
.taking(Takes::Words(&[Calendar::Gregorian.name(), Calendar::Julian.name()]));

pub(crate) const TZ: Parameter = Parameter::new(
    "tz",
    "The time zone of a local `date`: a name of the IANA database, or `lmt` for the local mean time of `lon`. A \
     local time that the clocks skipped or showed twice is refused, with both instants as `candidates`.",
)
.taking(Takes::Text(ZONE_FORM))
.or_called(&["timezone"])
.such_as(&["Europe/Berlin", "lmt"]);

pub(crate) const LAT: Parameter =
    Parameter::new("lat", "With `center=topo`: geographic latitude of the observer; north is positive.")
        .taking(Takes::Number { unit: "degrees", least: -90.0, most: 90.0 })
        .or_called(&["latitude"])
        .such_as(&["52.52"]);

pub(crate) const LON: Parameter = Parameter::new(
    "lon",
    "Geographic longitude, east is positive: of the observer with `center=topo`, and of the place whose local mean \
     time `tz=lmt` is.",
)
.taking(Takes::Number { unit: "degrees", least: -180.0, most: 180.0 })
.or_called(&["lng", "longitude"])
.such_as(&["13.4"]);

pub(crate) const ALT: Parameter = Parameter::new(
    "alt",
    "With `center=topo`: height of the observer above the ellipsoid; left out, it is 0.",
)
.taking(Takes::Number { unit: "metres", least: ALTITUDE_M.0, most: ALTITUDE_M.1 })
.such_as(&["34"]);

pub(crate) const BODIES: Parameter = Parameter::new(
    "bodies",
    "Which bodies, each where it is first mentioned. `sun`, `moon`, `mercury`, `venus`, `mars`, `jupiter`, `saturn`, \
     `uranus`, `neptune`, `pluto`; the lunar nodes `mean_node`, `true_node`, `mean_south_node`, `true_south_node`; \
     the Moon's apsides `mean_apogee`, `osculating_apogee`, `interpolated_apogee`, `interpolated_perigee`; \
     `chiron`, `pholus`, `ceres`, `pallas`, `juno`, `vesta`; the Uranians `cupido`, `hades`, `zeus`, `kronos`, \
     `apollon`, `admetos`, `vulkanus`, `poseidon`; a minor planet by its number, such as `asteroid:433`, where the \
     server has its file; `earth` where `center` is another; and sets of bodies. Other names are understood, such as `north_node` for `true_node` and \
     `lilith` for `mean_apogee`.",
)
.explained_by(sets)
.taking(Takes::Names(|| named("BodyOrSet")))
.by_default("sun,moon,mercury,venus,mars,jupiter,saturn,uranus,neptune,pluto")
.such_as(&["sun,moon", "planets,true_node,chiron"]);

pub(crate) const CENTER: Parameter = Parameter::new(
    "center",
    "Seen from where: the centre of the Earth (`geo`), a place on it (`topo`, with `lat` and `lon`), the Sun \
     (`helio`) or the barycentre of the solar system (`bary`). What has no place from there is refused: the Moon's \
     nodes and apsides have one from the Earth alone.",
)
.taking(Takes::Words(Origin::WORDS))
.by_default(Origin::WORDS[0]);

pub(crate) const FRAME: Parameter = Parameter::new(
    "frame",
    "What angles are measured along: the ecliptic (`longitude`, `latitude`) or the equator (`right_ascension`, \
     `declination`).",
)
.taking(Takes::Words(Frame::WORDS))
.by_default(Frame::WORDS[0]);

pub(crate) const EQUINOX: Parameter = Parameter::new(
    "equinox",
    "Where angles are counted from, and whose ecliptic and equator they are measured along: the true equinox of \
     date (`date`), the mean one, which leaves nutation out (`mean`), the mean one of J2000.0 (`j2000`), or the axes \
     of the International Celestial Reference System (`icrs`), to which the ecliptic is inclined as that of J2000.0 \
     is to its equator.",
)
.taking(Takes::Words(Equinox::WORDS))
.by_default(Equinox::WORDS[0]);

pub(crate) const ZODIAC: Parameter = Parameter::new(
    "zodiac",
    "Which zodiac ecliptic longitudes are counted in: the tropical one, which begins at the equinox, or a sidereal \
     one, which begins where `ayanamsa` says, counted from the mean equinox of date. It does not touch the equator.",
)
.taking(Takes::Words(ZodiacKind::WORDS))
.by_default(ZodiacKind::WORDS[0]);

pub(crate) const AYANAMSA: Parameter = Parameter::new(
    "ayanamsa",
    "With `zodiac=sidereal`: where the zodiac begins. One of the Swiss Ephemeris by its name or number, which \
     `/v1/ayanamsas` lists, or `user:T0,AYAN_T0`: at the Julian day T0 (TT) it was so many degrees.",
)
.taking(Takes::Text(AYANAMSA_FORM))
.such_as(&["lahiri", "27", "user:2451545,23.85"]);

pub(crate) const PLACE: Parameter = Parameter::new(
    "place",
    "Which place: the apparent one, with light time, aberration and deflection; the astrometric one, with light time \
     alone; or the true one, where the body is at the instant. From the Sun and the barycentre, where nobody moves, \
     the apparent place is the astrometric one.",
)
.taking(Takes::Words(Light::WORDS))
.by_default(Light::WORDS[0]);

pub(crate) const COORDINATES: Parameter = Parameter::new(
    "coordinates",
    "Two angles and a distance, or three distances `x`, `y`, `z` along the axes: to the equinox, a quarter of the \
     circle further on, and to the pole.",
)
.taking(Takes::Words(Coordinates::WORDS))
.by_default(Coordinates::WORDS[0]);

pub(crate) const SOURCE: Parameter = Parameter::new(
    "source",
    "What may answer: tables where they can and the live Swiss Ephemeris where they cannot, tables alone, or live \
     alone. What tables cannot answer is refused with 409 by `table`.",
)
.taking(Takes::Words(SourceChoice::WORDS))
.by_default(SourceChoice::WORDS[0]);

pub(crate) const ALLOW_MOSHIER: Parameter = Parameter::new(
    "allow_moshier",
    "Whether the analytical model of Moshier may answer where no ephemeris file reaches. It is less exact, and \
     never answers unasked.",
)
.taking(Takes::Truth)
.by_default("false");

pub(crate) const PRECISION: Parameter = Parameter::new(
    "precision",
    "Decimals of every quantity, or `full` for all digits of a double. Left out, angles have 9 and distances 12.",
)
.taking(Takes::CountOr { most: MOST_DECIMALS, word: "full" })
.such_as(&["6", "full"]);

pub(crate) const FIELDS: Parameter = Parameter::new(
    "fields",
    "Which members of each position to give; `body` is always there. `default` stands for those that are given \
     where `fields` is left out, `all` for all that the query's view has.",
)
.taking(Takes::Names(|| named("Field")))
.such_as(&["longitude,sign,retrograde", "default,magnitude,elongation"]);

pub(crate) const PRESSURE: Parameter = Parameter::new(
    "pressure",
    "With `apparent_altitude` among the fields: air pressure at the observer. Left out, it is that of the standard \
     atmosphere at `alt`.",
)
.taking(Takes::Number { unit: "hPa", least: *PRESSURES_HPA.start(), most: *PRESSURES_HPA.end() })
.such_as(&["1013.25"]);

pub(crate) const TEMPERATURE: Parameter = Parameter::new(
    "temperature",
    "With `apparent_altitude` among the fields: air temperature at the observer. Left out, it is 10.",
)
.taking(Takes::Number {
    unit: "degrees Celsius",
    least: *TEMPERATURES_C.start(),
    most: *TEMPERATURES_C.end(),
})
.such_as(&["15"]);

pub(crate) const FORMAT: Parameter =
    Parameter::new("format", "The format of the reply.").taking(Takes::Words(&["json"])).by_default("json");

/// The formats of a table.
pub(crate) const TABLE_FORMAT: Parameter = Parameter::new(
    "format",
    "The format of the table; it goes before what `Accept` asks for. `json` has 100,000 rows at most, the others are streamed.",
)
.taking(Takes::Words(&["json", "ndjson", "csv", "arrow"]))
.by_default("json");

/// The columns of a table.
pub(crate) const TABLE_FIELDS: Parameter = Parameter::new(
    "fields",
    "Which columns the table has, beside `jd_tt` and `body`, which it always has. `utc` and `jd_ut` tell the instant \
     otherwise; `default` stands for what there is where `fields` is left out, which is `utc`, the coordinates with their \
     speeds and `source`; `all` for all that the query's view has.",
)
.taking(Takes::Names(|| named("TableField")))
.such_as(&["longitude,latitude", "default,sign,magnitude"]);

pub(crate) const START: Parameter = Parameter::new(
    "start",
    "The first instant: a date as `GET /v1/positions` takes it, `now`, or a Julian day as `jd:2461120.5` (UT1) or \
     `jd_tt:2461120.5` (TT).",
)
.taking(Takes::Text(END_FORM))
.needed()
.such_as(&["2026-01-01", "2026-01-01T06:00:00Z", "jd_tt:2451545"]);

pub(crate) const STOP: Parameter =
    Parameter::new("stop", "The last instant, if a step ends there; given as `start` is.")
        .taking(Takes::Text(END_FORM))
        .needed()
        .such_as(&["2026-12-31", "jd_tt:2451546"]);

pub(crate) const STEP: Parameter = Parameter::new(
    "step",
    "How far it is from one instant to the next: a number with `s`, `m`, `h`, `d`, `w`, `mo` or `y`, or a number of equal \
     intervals between `start` and `stop`. Steps are of the clock in Greenwich, which does not count leap seconds; with \
     `tz`, days and what is longer are of the zone's clock, so that each comes at the same local time. A local time that \
     is skipped comes as much later, and one that is shown twice the first time. Months that are shorter end on their \
     last day.",
)
.taking(Takes::Text("^[0-9]+([.][0-9]+)?(s|m|min|h|d|w)$|^[0-9]+(mo|y)?$"))
.needed()
.such_as(&["1d", "15m", "1mo", "100"]);

pub(crate) const LISTED_JD: Parameter =
    Parameter::new("jd", "Instants as Julian days in UT1.").taking(Takes::Numbers).or_called(&["jd_ut"]);

pub(crate) const LISTED_JD_TT: Parameter =
    Parameter::new("jd_tt", "Instants as Julian days in Terrestrial Time.").taking(Takes::Numbers);

pub(crate) const LISTED_DATES: Parameter =
    Parameter::new("dates", "Instants as dates, as `GET /v1/positions` takes them in `date`, but for `now`.")
        .taking(Takes::Dates(LISTED_DATE_FORM));

pub(crate) const STARS: Parameter = Parameter::new(
    "stars",
    "Which stars of the Swiss Ephemeris' catalogue, in the order of the reply: by traditional name (`Spica`), by Bayer's \
     letter or Flamsteed's number and the constellation (`alpha Virginis`, `α Vir`, `61 Cygni`), or by the catalogue's \
     designation (`alVir`). Case and spaces do not matter, but where case alone tells two designations apart. Left out, \
     they are those up to `magnitude`.",
)
.taking(Takes::Names(star_name))
.such_as(&["Spica,Regulus,Antares", "alpha Centauri,61 Cygni"]);

pub(crate) const MAGNITUDE: Parameter = Parameter::new(
    "magnitude",
    "Without `stars`: all of the catalogue up to this magnitude, the brightest first.",
)
.taking(Takes::Number { unit: "magnitudes", least: *MAGNITUDES.start(), most: *MAGNITUDES.end() })
.by_default("1.5")
.such_as(&["3"]);

/// The fields of a star.
pub(crate) const STAR_FIELDS: Parameter = Parameter::new(
    "fields",
    "Which members of each star to give; `name` is always there. `default` stands for those that are given where \
     `fields` is left out, `all` for all that the query's view has.",
)
.taking(Takes::Names(|| named("StarField")))
.such_as(&["longitude,sign,magnitude", "default,elongation"]);

/// The days of `/v1/rise-set`.
pub(crate) const DAY: Parameter = Parameter::new(
    "date",
    "The first day: a date, or a date and time of which the day alone counts, by the clock of `tz`, or of the date's own \
     offset, or else of UTC. A day begins when that clock first shows it, and has 23 or 25 hours where the clock is put \
     forward or back. One of `date`, `jd` and `jd_tt` gives the day; without any it is today.",
)
.taking(Takes::Text(DATE_FORM))
.such_as(&["2026-06-21", "2026-03-20T15:46:00+01:00"]);

pub(crate) const DAY_JD: Parameter = Parameter::new(
    "jd",
    "A Julian day in UT1, whole or not, from which days of 24 hours are counted: `days=1` finds what comes next.",
)
.taking(JULIAN_DAY)
.or_called(&["jd_ut"])
.such_as(&["2461120.5"]);

pub(crate) const DAY_JD_TT: Parameter =
    Parameter::new("jd_tt", "The same in Terrestrial Time.").taking(JULIAN_DAY).such_as(&["2461120.5"]);

pub(crate) const DAY_TZ: Parameter = Parameter::new(
    "tz",
    "The time zone whose days are meant: a name of the IANA database, or `lmt` for the local mean time of `lon`. With it \
     each instant is told in local time as well.",
)
.taking(Takes::Text(ZONE_FORM))
.or_called(&["timezone"])
.such_as(&["Europe/Oslo", "lmt"]);

pub(crate) const DAYS: Parameter = Parameter::new("days", "How many days.")
    .taking(Takes::Count { least: 1, most: MOST_DAYS })
    .by_default("1")
    .such_as(&["7"]);

pub(crate) const SITE_LAT: Parameter =
    Parameter::new("lat", "Geographic latitude of the observer, north is positive. It is needed.")
        .taking(Takes::Number { unit: "degrees", least: -90.0, most: 90.0 })
        .or_called(&["latitude"])
        .needed()
        .such_as(&["59.91"]);

pub(crate) const SITE_LON: Parameter =
    Parameter::new("lon", "Geographic longitude of the observer, east is positive. It is needed.")
        .taking(Takes::Number { unit: "degrees", least: -180.0, most: 180.0 })
        .or_called(&["lng", "longitude"])
        .needed()
        .such_as(&["10.75"]);

pub(crate) const SITE_ALT: Parameter = Parameter::new(
    "alt",
    "Height of the observer above the ellipsoid; left out, it is 0. It moves the place, thins the air, and with `dip` \
     lowers the horizon.",
)
.taking(Takes::Number { unit: "metres", least: ALTITUDE_M.0, most: ALTITUDE_M.1 })
.such_as(&["34"]);

pub(crate) const EVENTS: Parameter = Parameter::new(
    "events",
    "What is looked for: `rise`, `set`, `upper_transit`, `lower_transit`, and of the Sun the beginnings and ends of the \
     twilights, when its centre is 6°, 12° and 18° below the horizon: `civil_dawn`, `civil_dusk`, `nautical_dawn`, \
     `nautical_dusk`, `astronomical_dawn`, `astronomical_dusk`; or sets of them: `transits`, `twilights`, `all`.",
)
.taking(Takes::Names(|| named("RiseSetEventOrSet")))
.by_default("all")
.such_as(&["rise,set", "rise,set,twilights"]);

pub(crate) const LIMB: Parameter = Parameter::new(
    "limb",
    "Which point of a disc rises and sets: the upper limb, first to appear and last to vanish; the centre; the lower limb.",
)
.taking(Takes::Words(Disc::WORDS))
.by_default(Disc::WORDS[0]);

pub(crate) const REFRACTION: Parameter = Parameter::new(
    "refraction",
    "What the air does at the horizon: it lifts by 34′, as almanacs have it (`standard`); what its pressure and temperature \
     make of it (`air`); nothing (`none`).",
)
.taking(Takes::Words(Refraction::WORDS))
.by_default(Refraction::WORDS[0]);

pub(crate) const HORIZON: Parameter =
    Parameter::new("horizon", "The altitude at which the skyline is seen: above 0 for hills.")
        .taking(Takes::Number { unit: "degrees", least: SKYLINES_DEG.0, most: SKYLINES_DEG.1 })
        .by_default("0")
        .such_as(&["2.5"]);

pub(crate) const DIP: Parameter = Parameter::new(
    "dip",
    "Whether the horizon is that of the open sea, which lies the lower the higher `alt` is; in the place of `horizon`.",
)
.taking(Takes::Truth)
.by_default("false");

pub(crate) const HORIZON_PRESSURE: Parameter = Parameter::new(
    "pressure",
    "With `refraction=air` or `dip=true`: air pressure at the observer. Left out, it is that of the standard atmosphere at \
     `alt`.",
)
.taking(PRESSURE.takes)
.such_as(&["1013.25"]);

pub(crate) const HORIZON_TEMPERATURE: Parameter = Parameter::new(
    "temperature",
    "With `refraction=air` or `dip=true`: air temperature at the observer. Left out, it is 10.",
)
.taking(TEMPERATURE.takes)
.such_as(&["15"]);

/// A single ayanamsa of the list.
pub(crate) const LISTED_AYANAMSA: Parameter = Parameter::new(
    "ayanamsa",
    "The only one that is wanted: one of the Swiss Ephemeris by its name or number, or `user:T0,AYAN_T0`: at the Julian \
     day T0 (TT) it was so many degrees. Left out, they are all of the list.",
)
.taking(Takes::Text(AYANAMSA_FORM))
.such_as(&["lahiri", "27", "user:2451545,23.85"]);

fn star_name() -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(STAR_FORM)).examples(["Spica"]).into()
}

/// All that places of bodies are asked by: what gives the instants, what every such resource takes, and what each has of its own
/// kind, its fields and its formats.
pub(crate) const fn of_bodies(
    [one, two, three]: [Parameter; 3],
    fields: Parameter,
    format: Parameter,
) -> [Parameter; 23] {
    [
        one,
        two,
        three,
        CALENDAR,
        TZ,
        LAT,
        LON,
        ALT,
        BODIES,
        CENTER,
        FRAME,
        EQUINOX,
        ZODIAC,
        AYANAMSA,
        PLACE,
        COORDINATES,
        SOURCE,
        ALLOW_MOSHIER,
        PRECISION,
        fields,
        PRESSURE,
        TEMPERATURE,
        format,
    ]
}

/// What else a query of tests needs, so that a parameter makes sense.
#[cfg(test)]
pub(crate) fn company(name: &str, value: &str) -> &'static str {
    match (name, value) {
        ("lon", _) => "date=2000-01-01&tz=lmt&",
        ("tz", "lmt") => "date=2000-01-01&lon=0&",
        ("tz", _) => "date=2000-01-01&",
        ("lat", _) => "center=topo&lon=0&",
        ("alt", _) => "center=topo&lat=0&lon=0&",
        ("pressure" | "temperature", _) => "center=topo&lat=0&lon=0&fields=apparent_altitude&",
        ("center", "topo") => "lat=0&lon=0&",
        ("ayanamsa", _) => "zodiac=sidereal&",
        ("zodiac", "sidereal") => "ayanamsa=1&",
        _ => "",
    }
}
