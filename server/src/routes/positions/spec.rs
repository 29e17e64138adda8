//! What `/v1/positions` takes and gives, for the parser and for the documentation.

use http::StatusCode;
use orrery_almanac::bodies::{self, SETS};
use orrery_almanac::instant::{MAX_JD, MIN_JD};
use orrery_almanac::{Calendar, Uranian, WireBody};
use utoipa::openapi::Schema;
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, SchemaType, Type};

use super::reply;
use crate::query::{ALL_FIELDS, Equinox, Frame, MOST_DECIMALS, Parameter, SourceChoice, Takes};
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{named, words};
use crate::routes::openapi::spec::{Example, Spec, Tag};

/// `date`, as the grammar of `orrery_almanac::iso` has it, with a space where a plus has lost its percent-encoding.
const DATE: &str = "^([Nn][Oo][Ww]|([0-9]{4}|[+ -][0-9]{4,6})-[0-9]{2}-[0-9]{2}\
    ([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?([Zz]|[+ -][0-9]{2}(:?[0-9]{2})?)?)?)$";

/// `tz`, the characters that names of zones are made of.
const ZONE: &str = "^[A-Za-z][A-Za-z0-9_+/-]*$";

/// A minor planet by its number, of seven digits at most.
const MINOR_PLANET: &str = "^asteroid:[1-9][0-9]{0,6}$";

const JULIAN_DAY: Takes = Takes::Number { unit: "days", least: MIN_JD, most: MAX_JD };

/// The parameters.
pub(crate) const PARAMETERS: &[Parameter] = &[
    Parameter::new(
        "date",
        "The instant in ISO 8601: in UTC with `Z`, with an offset such as `+02:00`, or local together with `tz`. A bare \
         date is midnight, of `tz` or else of UTC. Years before 1 CE are astronomical, and a year of more than four \
         digits has a sign. The second 60 of a leap second is understood. One of `date`, `jd` and `jd_tt` gives the \
         instant; without any it is `now`.",
    )
    .taking(Takes::Text(DATE))
    .such_as(&["2026-03-20T14:46:00Z", "2026-03-20T15:46:00+01:00", "2026-03-20", "-0043-03-15T12:00Z"]),
    Parameter::new("jd", "The instant as a Julian day in UT1.")
        .taking(JULIAN_DAY)
        .or_called(&["jd_ut"])
        .such_as(&["2461120.115277778"]),
    Parameter::new("jd_tt", "The instant as a Julian day in Terrestrial Time.")
        .taking(JULIAN_DAY)
        .such_as(&["2451545.0"]),
    Parameter::new(
        "calendar",
        "The calendar of `date`, and of the dates in the reply. Left out, it is the Gregorian from 1582-10-15 on and \
         the Julian before; the ten days between belong to neither.",
    )
    .taking(Takes::Words(&[Calendar::Gregorian.name(), Calendar::Julian.name()])),
    Parameter::new(
        "tz",
        "The time zone of a local `date`: a name of the IANA database, or `lmt` for the local mean time of `lon`. A \
         local time that the clocks skipped or showed twice is refused, with both instants as `candidates`.",
    )
    .taking(Takes::Text(ZONE))
    .or_called(&["timezone"])
    .such_as(&["Europe/Berlin", "lmt"]),
    Parameter::new("lat", "Geographic latitude of a place.").or_called(&["latitude"]).refused(),
    Parameter::new("lon", "Geographic longitude of the place whose local mean time `tz=lmt` is; east is positive.")
        .taking(Takes::Number { unit: "degrees", least: -180.0, most: 180.0 })
        .or_called(&["lng", "longitude"])
        .such_as(&["13.4"]),
    Parameter::new("alt", "Height of a place above the ellipsoid.").refused(),
    Parameter::new(
        "bodies",
        "Which bodies, each where it is first mentioned. `sun`, `moon`, `mercury`, `venus`, `mars`, `jupiter`, `saturn`, \
         `uranus`, `neptune`, `pluto`; the lunar nodes `mean_node`, `true_node`, `mean_south_node`, `true_south_node`; \
         the Moon's apsides `mean_apogee`, `osculating_apogee`, `interpolated_apogee`, `interpolated_perigee`; \
         `chiron`, `pholus`, `ceres`, `pallas`, `juno`, `vesta`; the Uranians `cupido`, `hades`, `zeus`, `kronos`, \
         `apollon`, `admetos`, `vulkanus`, `poseidon`; a minor planet by its number, such as `asteroid:433`, where the \
         server has its file; and sets of bodies. Other names are understood, such as `north_node` for `true_node` and \
         `lilith` for `mean_apogee`.",
    )
    .explained_by(sets)
    .taking(Takes::Names(|| named("BodyOrSet")))
    .by_default("sun,moon,mercury,venus,mars,jupiter,saturn,uranus,neptune,pluto")
    .such_as(&["sun,moon", "planets,true_node,chiron"]),
    Parameter::new("center", "Seen from where: the centre of the Earth.")
        .taking(Takes::Words(&["geo"]))
        .by_default("geo"),
    Parameter::new(
        "frame",
        "What angles are measured along: the ecliptic (`longitude`, `latitude`) or the equator (`right_ascension`, \
         `declination`).",
    )
    .taking(Takes::Words(&[Frame::Ecliptic.name(), Frame::Equatorial.name()]))
    .by_default(Frame::Ecliptic.name()),
    Parameter::new(
        "equinox",
        "Where angles are counted from: the true equinox of date, or the mean one, which leaves nutation out.",
    )
    .taking(Takes::Words(&[Equinox::Date.name(), Equinox::Mean.name()]))
    .by_default(Equinox::Date.name()),
    Parameter::new("zodiac", "Which zodiac: the tropical one, which begins at the equinox.")
        .taking(Takes::Words(&["tropical"]))
        .by_default("tropical"),
    Parameter::new("ayanamsa", "The zero point of a sidereal zodiac.").refused(),
    Parameter::new("place", "Which place: the apparent one, with light time, aberration and deflection.")
        .taking(Takes::Words(&["apparent"]))
        .by_default("apparent"),
    Parameter::new("coordinates", "Angles and a distance.")
        .taking(Takes::Words(&["spherical"]))
        .by_default("spherical"),
    Parameter::new(
        "source",
        "What may answer: tables where they can and the live Swiss Ephemeris where they cannot, tables alone, or live \
         alone. What tables cannot answer is refused with 409 by `table`.",
    )
    .taking(Takes::Words(&[SourceChoice::Auto.name(), SourceChoice::Table.name(), SourceChoice::Live.name()]))
    .by_default(SourceChoice::Auto.name()),
    Parameter::new(
        "allow_moshier",
        "Whether the analytical model of Moshier may answer where no ephemeris file reaches. It is less exact, and \
         never answers unasked.",
    )
    .taking(Takes::Truth)
    .by_default("false"),
    Parameter::new(
        "precision",
        "Decimals of every quantity, or `full` for all digits of a double. Left out, angles have 9 and distances 12.",
    )
    .taking(Takes::CountOr { most: MOST_DECIMALS, word: "full" })
    .such_as(&["6", "full"]),
    Parameter::new(
        "fields",
        "Which members of each position to give; `body` is always there. Left out, all that the frame has.",
    )
    .taking(Takes::Names(|| named("Field")))
    .such_as(&["longitude,sign,retrograde"]),
    Parameter::new("format", "The format of the reply.").taking(Takes::Words(&["json"])).by_default("json"),
];

/// The documentation.
pub(crate) const SPEC: Spec = Spec {
    id: "getPositions",
    tag: Tag::Sky,
    summary: "Where bodies stand at an instant",
    about: "The positions of bodies at one instant, with their speeds, seen from the centre of the Earth. Places are \
            apparent, on the ecliptic and true equinox of date unless the query says otherwise; `query` in the reply \
            repeats how it was understood, and sent again asks the same. What tables hold takes microseconds. The rest \
            is computed live, and each position says which it was in `source`.",
    parameters: PARAMETERS,
    examples: &[
        Example { about: "Sun to Pluto, now", query: "" },
        Example {
            about: "The Sun and the Moon at an equinox",
            query: "date=2026-03-20T14:46:00Z&bodies=sun,moon",
        },
        Example {
            about: "What clocks in Berlin showed, signs alone",
            query: "date=2026-03-20T15:46:00&tz=Europe/Berlin&fields=sign,sign_longitude",
        },
        Example {
            about: "Local mean time of a place, before there were time zones",
            query: "date=1810-03-01T06:00:00&tz=lmt&lon=20.47&bodies=luminaries",
        },
        Example {
            about: "Right ascension and declination, with all digits",
            query: "jd_tt=2451545&bodies=mars,jupiter&frame=equatorial&precision=full",
        },
        Example { about: "The nodes and the mean apogee", query: "date=2026-03-20&bodies=nodes,lilith" },
        Example {
            about: "An instant before the tables",
            query: "date=-0043-03-15T12:00Z&bodies=sun&allow_moshier=true",
        },
        Example {
            about: "The same from the Swiss Ephemeris alone",
            query: "jd=2461120.5&bodies=sun&source=live",
        },
    ],
    reply: "Positions",
    reply_about: "The positions, with how the query was understood and where the answer comes from.",
    fields: &[
        header::CACHE_CONTROL,
        header::ETAG,
        header::VARY,
        header::X_CACHE_STATUS,
        header::X_DATASET,
        header::X_EPHEMERIS_SOURCE,
    ],
    refusals: &[
        StatusCode::NOT_ACCEPTABLE,
        StatusCode::CONFLICT,
        StatusCode::UNPROCESSABLE_ENTITY,
        StatusCode::SERVICE_UNAVAILABLE,
    ],
    schemas,
};

fn schemas() -> Vec<(&'static str, Schema)> {
    let mut schemas = vec![
        ("Body", body("A body by its canonical name, or a minor planet by its number.", &[])),
        (
            "BodyOrSet",
            body(
                &format!(
                    "A body by its canonical name, a minor planet by its number, or a set of bodies. {}",
                    sets()
                ),
                &SETS.map(|(set, _)| set),
            ),
        ),
        ("Field", words("A member of a position.", field_names()).into()),
    ];
    schemas.extend(reply::schemas());
    schemas
}

/// What each set of bodies stands for, for the documentation.
fn sets() -> String {
    let members = |set: &[WireBody]| {
        let names: Vec<_> = set.iter().map(|body| format!("`{body}`")).collect();
        names.join(", ")
    };
    let sets = SETS.map(|(set, bodies)| format!("`{set}` stands for {}", members(bodies)));
    format!("Of the sets, {}.", sets.join("; "))
}

/// The names of what can be seen from the Earth, these sets, and minor planets by number.
fn body(about: &str, sets: &[&'static str]) -> Schema {
    // Of the named bodies and the Uranians none is made up at need.
    let named = bodies::ALL.into_iter().map(|body| body.name().into_owned());
    let named = named.chain(Uranian::ALL.into_iter().map(|body| body.name().to_owned()));
    let names = named.chain(sets.iter().map(|set| (*set).to_owned()));
    let text = || ObjectBuilder::new().schema_type(Type::String);
    AnyOfBuilder::new()
        .schema_type(SchemaType::AnyValue)
        .description(Some(about))
        .item(text().enum_values(Some(names)))
        .item(text().pattern(Some(MINOR_PLANET)).examples(["asteroid:433"]))
        .into()
}

/// The names of members in both frames, those that they share once.
fn field_names() -> Vec<&'static str> {
    let mut names = vec!["body"];
    for name in [Frame::Ecliptic, Frame::Equatorial].into_iter().flat_map(field_names_of) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn field_names_of(frame: Frame) -> impl Iterator<Item = &'static str> {
    ALL_FIELDS.into_iter().filter_map(move |field| field.name(frame))
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use orrery_almanac::LeapSeconds;
    use orrery_almanac::bodies::{ALIASES, MAX_ASTEROID};

    use super::*;
    use crate::query::PositionsQuery;
    use crate::wire::problem::{Code, Problem};

    fn parse(query: &str) -> Result<PositionsQuery, Problem> {
        let query = PositionsQuery::parse(query, SystemTime::UNIX_EPOCH)?;
        query.time.check(&LeapSeconds::built_in())?;
        Ok(query)
    }

    /// What else a query needs, so that a parameter makes sense.
    fn company(name: &str) -> &'static str {
        match name {
            "lon" => "date=2000-01-01&tz=lmt&",
            "tz" => "date=2000-01-01&lon=0&",
            _ => "",
        }
    }

    #[test]
    fn the_words_of_the_documentation_are_those_of_the_parser() {
        for parameter in PARAMETERS {
            let name = parameter.name;
            let words = match parameter.takes {
                Some(Takes::Words(words)) => words,
                Some(Takes::Truth) => &["true", "false"],
                _ => continue,
            };
            for word in words {
                parse(&format!("{name}={word}"))
                    .unwrap_or_else(|problem| panic!("{name}={word}: {problem:?}"));
            }
            // The refusal of a stranger lists what the parser takes.
            let stranger = parse(&format!("{name}=qqqqqqqqqqqq")).unwrap_err();
            assert_eq!(
                stranger.hint.as_deref(),
                Some(format!("give {name}={}", words.join(" or ")).as_str())
            );
        }
    }

    #[test]
    fn the_ranges_of_the_documentation_are_those_of_the_parser() {
        for parameter in PARAMETERS {
            let (name, company) = (parameter.name, company(parameter.name));
            let refused = |value: String| parse(&format!("{company}{name}={value}")).unwrap_err().code;
            match parameter.takes {
                Some(Takes::Number { least, most, .. }) => {
                    for value in [least, most] {
                        parse(&format!("{company}{name}={value}")).unwrap();
                    }
                    for value in [least.next_down(), most.next_up()] {
                        assert_eq!(refused(value.to_string()), Code::OutOfRange, "{name}={value}");
                    }
                }
                Some(Takes::CountOr { most, word }) => {
                    parse(&format!("{name}={word}")).unwrap();
                    parse(&format!("{name}={most}")).unwrap();
                    assert_eq!(refused((most + 1).to_string()), Code::InvalidValue, "{name}");
                }
                _ => {}
            }
        }
    }

    #[test]
    fn examples_and_defaults_are_understood() {
        for parameter in PARAMETERS {
            for value in parameter.examples.iter().chain(&parameter.default) {
                let company = if value.contains("lmt") || parameter.name == "lon" {
                    company(parameter.name)
                } else if parameter.name == "tz" {
                    "date=2000-01-01&"
                } else {
                    ""
                };
                let query = format!("{company}{}={}", parameter.name, value.replace('+', "%2B"));
                parse(&query).unwrap_or_else(|problem| panic!("{query}: {problem:?}"));
            }
            let Some(default) = parameter.default else { continue };
            assert_eq!(parse(&format!("{}={default}", parameter.name)).unwrap(), parse("").unwrap());
        }
    }

    #[test]
    fn what_is_left_out_is_refused_whatever_it_says() {
        let left_out: Vec<_> =
            PARAMETERS.iter().filter(|parameter| parameter.document().is_none()).map(|it| it.name).collect();
        assert_eq!(left_out, ["lat", "alt", "ayanamsa"]);
        for name in left_out {
            for value in ["0", "1", "lahiri", "true"] {
                let code = parse(&format!("{name}={value}")).unwrap_err().code;
                assert!(matches!(code, Code::Contradiction | Code::Unsupported), "{name}={value}: {code:?}");
            }
        }
    }

    #[test]
    fn documented_bodies_are_all_that_can_be_seen() {
        let schema = serde_json::to_value(body("", &SETS.map(|(set, _)| set))).unwrap();
        let parameter = PARAMETERS.iter().find(|parameter| parameter.name == "bodies").unwrap();
        let about = serde_json::to_value(parameter.document().unwrap()).unwrap()["description"].to_string();
        // A set and the list that the documentation gives for it are the same query.
        let defined: Vec<_> = about.split("` stands for ").collect();
        assert_eq!(defined.len(), SETS.len() + 1, "{about}");
        for ((set, _), definition) in SETS.into_iter().zip(&defined[1..]) {
            let members = definition.split([';', '.']).next().unwrap().replace(['`', ' '], "");
            assert_eq!(
                parse(&format!("bodies={set}")).unwrap().bodies,
                parse(&format!("bodies={members}")).unwrap().bodies,
                "{set}"
            );
        }
        for name in schema["anyOf"][0]["enum"].as_array().unwrap() {
            let name = name.as_str().unwrap();
            parse(&format!("bodies={name}")).unwrap();
            assert!(about.contains(&format!("`{name}`")), "{name}");
        }
        let names = schema["anyOf"][0]["enum"].to_string();
        for (alias, body) in ALIASES {
            assert!(names.contains(&format!("\"{body}\"")), "{alias}");
        }
        assert_eq!(MAX_ASTEROID, 9_999_999, "the pattern has seven digits");
        assert!(WireBody::minor_planet(MAX_ASTEROID).is_some());
    }

    #[test]
    fn documented_fields_are_those_of_a_frame() {
        for name in field_names() {
            let known = [Frame::Ecliptic, Frame::Equatorial]
                .map(|frame| parse(&format!("fields={name}&frame={}", frame.name())).is_ok());
            assert!(known.contains(&true), "{name}");
        }
        assert!(field_names().contains(&"sign") && field_names().contains(&"declination_speed"));
    }
}
