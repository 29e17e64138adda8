//! What `/v1/ayanamsas` takes and gives, for the parser and for the documentation.

use orrery_almanac::ayanamsa::LAST;
use utoipa::openapi::Schema;

use crate::answer::mix::Mix;
use crate::query::Parameter;
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{Member, count_from, list, named, number, object, text, turn, words};
use crate::routes::openapi::spec::{Example, OF_THE_SKY, Spec, Tag};
use crate::routes::parameters;
use crate::wire::media::Format;

/// The parameters.
pub(crate) const PARAMETERS: &[Parameter] = &[
    parameters::DATE,
    parameters::JD,
    parameters::JD_TT,
    parameters::CALENDAR,
    parameters::TZ,
    parameters::LON,
    parameters::LISTED_AYANAMSA,
    parameters::SOURCE,
    parameters::PRECISION,
    parameters::FORMAT,
];

/// The documentation.
pub(crate) const SPEC: Spec = Spec {
    id: "getAyanamsas",
    tag: Tag::Sky,
    summary: "The sidereal zodiacs, and how far each is from the tropical one",
    about: "Every ayanamsa of the Swiss Ephemeris with its value at an instant: how far its zodiac begins behind the mean \
            equinox of date. Each `id` and each `number` is taken wherever there is an `ayanamsa` parameter. Those that a \
            star or the galaxy holds fast depend on where the Earth is: they are told from tables, and live where these do \
            not reach and while the Sun hides the star.",
    parameters: PARAMETERS,
    examples: &[
        Example { about: "All of them, now", query: "" },
        Example { about: "Lahiri's at an equinox", query: "date=2026-03-20T14:46:00Z&ayanamsa=lahiri" },
        Example {
            about: "One of one's own, a century later, with all digits",
            query: "date=2100-01-01&ayanamsa=user:2451545,23.85&precision=full",
        },
    ],
    body: None,
    formats: &[Format::Json],
    reply: "Ayanamsas",
    reply_about: "The ayanamsas, with how the query was understood and where the answer comes from.",
    fields: header::OF_PLANNED,
    refusals: OF_THE_SKY,
    schemas: || vec![("Ayanamsas", ayanamsas()), ("AyanamsasQuery", query()), ("Ayanamsa", ayanamsa())],
};

fn ayanamsas() -> Schema {
    object(
        "Ayanamsas at one instant.",
        [
            ("query", named("AyanamsasQuery")),
            ("time", named("Time")),
            ("ayanamsas", list("In the order of their numbers.", named("Ayanamsa"))),
            ("provenance", named("Provenance")),
        ],
        [],
    )
}

/// What the reply repeats of a query.
fn query() -> Schema {
    let (required, optional): (Vec<Member>, Vec<Member>) = PARAMETERS
        .iter()
        .map(|parameter| (parameter.name, parameter.takes.schema(None, &[])))
        .partition(|(name, _)| ["source", "format"].contains(name));
    object(
        "The query as it was understood, with every default and alias resolved. The instant is under the name that it \
         was given by.",
        required,
        optional,
    )
}

fn ayanamsa() -> Schema {
    object(
        "An ayanamsa.",
        [
            ("id", text("Its name in queries.", "lahiri")),
            ("name", text("Its name for people.", "Lahiri")),
            (
                "value",
                turn(
                    "How far the zodiac begins from the mean equinox of date, degrees: what is subtracted from longitudes \
                     that are counted from there.",
                    24.224_170_4,
                ),
            ),
            (
                "true_value",
                turn("The same from the true equinox of date: with nutation in longitude.", 24.225_734_1),
            ),
            ("rate", number("Change of `value`, degrees a day.", 0.000_038_245)),
            ("source", words("What gave it.", [Mix::Table.name(), Mix::Live.name()])),
        ],
        [("number", count_from(0, LAST, "Its number in the Swiss Ephemeris; one's own has none."))],
    )
}
