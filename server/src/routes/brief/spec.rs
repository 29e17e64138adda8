//! What `/v1/brief` takes and gives, for the parser and for the documentation.

use utoipa::openapi::Schema;

use super::FORMATS;
use crate::brief::composer::MOST_CHARS;
use crate::brief::fact::Matter;
use crate::brief::words::DIGNITIES;
use crate::query::{Parameter, SIGNS, Stretch, Takes, Word};
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{Member, count, count_from, list, named, object, text, truth, words};
use crate::routes::openapi::spec::{Example, OF_THE_SKY, Spec, Tag};
use crate::routes::{listing, parameters};

/// A language tag.
const LANG_FORM: &str = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$";

/// The day, the clock whose days are meant, and what is told of them.
pub(crate) const PARAMETERS: &[Parameter] = &[
    Parameter::new(
        "date",
        "A day: a date, or a date and time of which the day alone counts, by the clock of `tz`, or of the date's own offset, or \
         else of UTC. Without it, it is today.",
    )
    .taking(parameters::DAY.takes)
    .such_as(&["2026-08-12", "2026-03-20T15:46:00+01:00"]),
    parameters::CALENDAR,
    Parameter::new(
        "tz",
        "The time zone whose days are meant, and by whose clock the text tells the time: a name of the IANA database, or `lmt` \
         for the local mean time of `lon`.",
    )
    .taking(parameters::DAY_TZ.takes)
    .or_called(&["timezone"])
    .such_as(&["Europe/Oslo", "lmt"]),
    listing::parameters::LON,
    Parameter::new(
        "span",
        "How much is told of: the day; its week, from Monday to Sunday; or its month.",
    )
    .taking(Takes::Words(Stretch::WORDS))
    .by_default(Stretch::WORDS[0]),
    Parameter::new(
        "sign",
        "For whom it is told: what touches this sign matters more, its ruler and the planets in it are told of, and houses are \
         the signs counted from it.",
    )
    .taking(Takes::Words(&SIGNS)),
    Parameter::new(
        "lang",
        "The language of the text: `en`, `de`, or another that the operator has added words of. For a variety that there are no words \
         of, such as `de-AT`, the language serves.",
    )
    .taking(Takes::Text(LANG_FORM))
    .by_default("en")
    .such_as(&["de"]),
    parameters::ZODIAC,
    parameters::AYANAMSA,
    parameters::SOURCE,
    Parameter::new(
        "format",
        "The format of the reply; it goes before what `Accept` asks for. `json` has the facts that the text was made from as well.",
    )
    .taking(Takes::Words(&["text", "json"]))
    .by_default("text"),
];

/// The documentation.
pub(crate) const SPEC: Spec = Spec {
    id: "getBrief",
    tag: Tag::Charts,
    summary: "What a day, a week or a month brings, in a few sentences",
    about: "Plain text of 800 characters at most: phases of the Moon and eclipses, equinoxes and solstices, planets that change \
            sign or turn, that are retrograde, aspects that become exact, and on a single day where the Moon is, what she does and \
            when she is void of course. For a sign it tells as well which planets are in it, how its ruler is, and which house \
            each sign is, counted from it. All of it is computed, and told in the order of time; where there is not room for all, \
            what matters least is left out. Times are what the clock shows, without its seconds.",
    parameters: PARAMETERS,
    examples: &[
        Example {
            about: "The day of a total eclipse of the Sun, by the clock of Madrid",
            query: "date=2026-08-12&tz=Europe/Madrid",
        },
        Example {
            about: "A month for a sign, with its facts",
            query: "date=2026-08-12&span=month&sign=leo&format=json",
        },
        Example { about: "A week in German", query: "date=2026-03-20&span=week&lang=de&tz=Europe/Berlin" },
        Example {
            about: "A day in a sidereal zodiac, for the sign of the Moon's exaltation",
            query: "date=2026-03-03&sign=taurus&zodiac=sidereal&ayanamsa=lahiri&format=json",
        },
    ],
    body: None,
    formats: FORMATS,
    reply: "Brief",
    reply_about: "The text alone, or with the facts that it was made from.",
    fields: header::OF_WORDS,
    refusals: OF_THE_SKY,
    schemas,
};

fn schemas() -> Vec<(&'static str, Schema)> {
    vec![("Brief", brief()), ("BriefQuery", query()), ("BriefFact", fact())]
}

fn brief() -> Schema {
    object(
        "A brief with what it was made from.",
        [
            ("query", named("BriefQuery")),
            ("time", named("Time")),
            ("end", named("EventInstant")),
            (
                "text",
                text(
                    &format!("The text, {MOST_CHARS} characters of Unicode at most."),
                    "Wednesday 12 August 2026 (UTC). The Moon is in Leo all day.",
                ),
            ),
            ("mentions", list("The facts that it tells, in its order.", named("BriefFact"))),
            ("left_out", count("How many facts there was no room for.", 3)),
            ("provenance", named("Provenance")),
        ],
        [],
    )
}

/// What the reply repeats of a query.
fn query() -> Schema {
    let always = ["span", "lang", "zodiac", "source", "format"];
    let (required, optional): (Vec<Member>, Vec<Member>) = PARAMETERS
        .iter()
        .map(|parameter| (parameter.name, parameter.takes.schema(None, &[])))
        .partition(|(name, _)| always.contains(name));
    object("The query as it was understood, with every default and alias resolved.", required, optional)
}

fn fact() -> Schema {
    object(
        "A fact. Which members it has beside these depends on what it is.",
        [
            ("fact", words("What it is.", Matter::NAMES)),
            (
                "importance",
                count_from(
                    0,
                    100,
                    "How much it matters: of two facts the one that matters less is left out first.",
                ),
            ),
            ("sentence", text("How the text tells it.", "Venus enters Libra at 16:12.")),
        ],
        [
            ("at", named("EventInstant")),
            ("end", named("EventInstant")),
            (
                "bodies",
                list(
                    "Whose it is; of an aspect the quicker one first. Of bodies that are retrograde all but the sign's ruler, of which that \
                 is told for itself.",
                    named("Body"),
                ),
            ),
            ("sign", named("Sign")),
            (
                "house",
                count_from(1, 12, "Which house that sign is, counted from the sign that was asked for."),
            ),
            ("from_sign", named("Sign")),
            ("next_sign", named("Sign")),
            ("retrograde", truth("Whether a body goes backwards, or turns so.")),
            (
                "dignity",
                words("What the ruler has there.", DIGNITIES.map(orrery_almanac::dignities::Dignity::name)),
            ),
            ("eclipse", text("The eclipse's name, which `/v1/eclipses/{id}` takes.", "solar-2026-08-12")),
            ("phase", named("Phase")),
            ("season", listing::schemas::member("season")),
            ("aspect", named("Aspect")),
        ],
    )
}
