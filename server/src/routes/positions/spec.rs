//! What `/v1/positions` takes and gives, for the parser and for the documentation.

use orrery_almanac::bodies::{self, SETS};
use orrery_almanac::{Uranian, WireBody};
use orrery_format::Body;
use utoipa::openapi::Schema;
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, SchemaType, Type};

use super::reply;
use crate::query::{ALL_FIELDS, Field, Parameter};
use crate::routes::openapi::header;
use crate::routes::openapi::schema::words;
use crate::routes::openapi::spec::{Example, OF_THE_SKY, Spec, Tag};
use crate::routes::parameters;
use crate::wire::media::Format;

/// A minor planet by its number, of seven digits at most.
const MINOR_PLANET: &str = "^asteroid:[1-9][0-9]{0,6}$";

/// The parameters.
pub(crate) const PARAMETERS: &[Parameter] = &parameters::of_bodies(
    [parameters::DATE, parameters::JD, parameters::JD_TT],
    parameters::FIELDS,
    parameters::FORMAT,
);

/// The documentation.
pub(crate) const SPEC: Spec = Spec {
    id: "getPositions",
    tag: Tag::Sky,
    summary: "Where bodies stand at an instant",
    about: "The positions of bodies at one instant, with their speeds. Places are apparent, from the centre of the Earth, \
            on the ecliptic and true equinox of date unless the query says otherwise; `query` in the reply \
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
        Example {
            about: "The Moon over Berlin: where it stands above the horizon, and how it is lit",
            query: "date=2026-03-20T20:00:00Z&bodies=moon&center=topo&lat=52.52&lon=13.4&\
                    fields=azimuth,altitude,apparent_altitude,illuminated_fraction,magnitude",
        },
        Example {
            about: "Sidereal longitudes with nakshatras",
            query: "date=2026-03-20T14:46:00Z&zodiac=sidereal&ayanamsa=lahiri&fields=longitude,nakshatra,pada",
        },
        Example {
            about: "The planets from the Sun, as vectors on the axes of the ICRS",
            query: "jd_tt=2451545&bodies=planets,earth&center=helio&frame=equatorial&equinox=icrs&coordinates=rectangular",
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
    body: None,
    formats: &[Format::Json],
    reply: "Positions",
    reply_about: "The positions, with how the query was understood and where the answer comes from.",
    fields: header::OF_PLANNED,
    refusals: OF_THE_SKY,
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
        ("Field", words("A member of a position, or what stands for several.", field_names()).into()),
    ];
    schemas.extend(reply::schemas());
    schemas
}

/// What each set of bodies stands for, for the documentation.
pub(crate) fn sets() -> String {
    let members = |set: &[WireBody]| {
        let names: Vec<_> = set.iter().map(|body| format!("`{body}`")).collect();
        names.join(", ")
    };
    let sets = SETS.map(|(set, bodies)| format!("`{set}` stands for {}", members(bodies)));
    format!("Of the sets, {}.", sets.join("; "))
}

/// The names of what can be seen from somewhere, these sets, and minor planets by number.
fn body(about: &str, sets: &[&'static str]) -> Schema {
    // Of the named bodies and the Uranians none is made up at need.
    let named = bodies::ALL.into_iter().chain([WireBody::Tabulated(Body::Earth)]);
    let named = named.map(|body| body.name().into_owned());
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

/// What `fields` takes: the names of members in every view, each once, and what stands for many of them.
fn field_names() -> Vec<&'static str> {
    let mut names = vec!["body"];
    for (name, ..) in ALL_FIELDS.into_iter().flat_map(Field::names) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.extend(["default", "all"]);
    names
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use orrery_almanac::LeapSeconds;
    use orrery_almanac::bodies::{ALIASES, MAX_ASTEROID};

    use super::*;
    use crate::query::{Params, PositionsQuery, Takes};
    use crate::routes::parameters::company;
    use crate::wire::problem::{Code, Problem};
    use crate::wire::request::Request;

    fn parse(query: &str) -> Result<PositionsQuery, Problem> {
        let params = Params::parse(query, PARAMETERS)?;
        Request::to("/v1/positions", &[]).format(params.get("format"), &[Format::Json])?;
        let query = PositionsQuery::new(&params, || SystemTime::UNIX_EPOCH)?;
        query.time.when.check(&LeapSeconds::built_in())?;
        Ok(query)
    }

    #[test]
    fn the_words_of_the_documentation_are_those_of_the_parser() {
        for parameter in PARAMETERS {
            let name = parameter.name;
            let words = match parameter.takes {
                Takes::Words(words) => words,
                Takes::Truth => &["true", "false"],
                _ => continue,
            };
            for word in words {
                parse(&format!("{}{name}={word}", company(name, word)))
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
            let (name, company) = (parameter.name, company(parameter.name, ""));
            let refused = |value: String| parse(&format!("{company}{name}={value}")).unwrap_err().code;
            match parameter.takes {
                Takes::Number { least, most, .. } => {
                    for value in [least, most] {
                        parse(&format!("{company}{name}={value}")).unwrap();
                    }
                    for value in [least.next_down(), most.next_up()] {
                        assert_eq!(refused(value.to_string()), Code::OutOfRange, "{name}={value}");
                    }
                }
                Takes::CountOr { most, word } => {
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
                let company = company(parameter.name, value);
                let query = format!("{company}{}={}", parameter.name, value.replace('+', "%2B"));
                parse(&query).unwrap_or_else(|problem| panic!("{query}: {problem:?}"));
            }
            let Some(default) = parameter.default else { continue };
            assert_eq!(parse(&format!("{}={default}", parameter.name)).unwrap(), parse("").unwrap());
        }
    }

    #[test]
    fn documented_bodies_are_all_that_can_be_seen() {
        let schema = serde_json::to_value(body("", &SETS.map(|(set, _)| set))).unwrap();
        let parameter = PARAMETERS.iter().find(|parameter| parameter.name == "bodies").unwrap();
        let about = serde_json::to_value(parameter.document()).unwrap()["description"].to_string();
        // A set and the list that the documentation gives for it are the same query.
        let defined: Vec<_> = about.split("` stands for ").collect();
        assert_eq!(defined.len(), SETS.len() + 1, "{about}");
        for ((set, _), definition) in SETS.into_iter().zip(&defined[1..]) {
            let members = definition.split([';', '.']).next().unwrap().replace(['`', ' '], "");
            assert_eq!(
                parse(&format!("bodies={set}")).unwrap().sky.bodies,
                parse(&format!("bodies={members}")).unwrap().sky.bodies,
                "{set}"
            );
        }
        for name in schema["anyOf"][0]["enum"].as_array().unwrap() {
            let name = name.as_str().unwrap();
            let center = if name == "earth" { "helio" } else { "geo" };
            parse(&format!("bodies={name}&center={center}")).unwrap();
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
    fn documented_fields_are_those_of_some_view() {
        let views = [
            "",
            "frame=equatorial&",
            "coordinates=rectangular&",
            "center=topo&lat=0&lon=0&zodiac=sidereal&ayanamsa=lahiri&",
        ];
        for name in field_names() {
            assert!(views.iter().any(|view| parse(&format!("{view}fields={name}")).is_ok()), "{name}");
        }
        assert!(field_names().contains(&"sign") && field_names().contains(&"declination_speed"));
    }
}
