//! The schemas of what tradition makes of a chart: what `answer::chart::tradition` writes.

use orrery_almanac::dignities::{Dignity, PLANETS};
use orrery_almanac::lunar_phase::Eighth;
use orrery_almanac::zodiac::{Element, Mode, Polarity, Sign};
use orrery_format::Body;
use utoipa::openapi::{RefOr, Schema};

use super::schemas::applying;
use crate::routes::openapi::schema::{
    Member, count_from, list, named, nullable, number_from, object, truth, turn, whole, words,
};

/// The members of a chart.
pub(super) fn members() -> [Member; 7] {
    [
        ("moon", named("ChartMoon")),
        ("sect", named("ChartSect")),
        ("balance", named("Balance")),
        ("dignities", list("Of the bodies that may have some.", named("Dignities"))),
        ("receptions", list("In the order of the bodies.", named("Reception"))),
        ("antiscia", list("Of each body.", named("Antiscia"))),
        (
            "parallels",
            list("Bodies within a degree of one declination, or of its contrary.", named("ChartParallel")),
        ),
    ]
}

pub(super) fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("ChartMoon", moon()),
        ("MoonRange", moon_range()),
        ("MoonRangeEnd", moon_range_end()),
        ("ChartSect", sect()),
        ("SectStanding", standing()),
        ("Balance", balance()),
        ("Dignity", words("A dignity, or the want of it.", Dignity::ALL.map(Dignity::name)).into()),
        ("Planet", words("One of the seven planets of tradition.", PLANETS.map(Body::name)).into()),
        ("Dignities", dignities()),
        ("PlaceRulers", place_rulers()),
        ("TriplicityRulers", triplicity_rulers()),
        ("Reception", reception()),
        ("Antiscia", antiscia()),
        ("AntisciaContact", antiscia_contact()),
        ("ChartParallel", parallel()),
    ]
}

fn moon() -> Schema {
    object(
        "How far the Moon has gone since it was new.",
        [
            ("phase_angle", turn("How far it is ahead of the Sun in longitude, degrees.", 134.2)),
            ("phase", words("The eighth of its way that it is in.", Eighth::ALL.map(Eighth::name))),
            ("waxing", truth("Whether it grows.")),
            ("lunar_day", count_from(1, 28, "The twenty-eighth of its way that it is in.")),
        ],
        [("range", named("MoonRange"))],
    )
}

fn moon_range() -> Schema {
    object(
        "With `time_known=false`: where it is at the day's first moment, and at its end.",
        [("from", named("MoonRangeEnd")), ("to", named("MoonRangeEnd"))],
        [],
    )
}

fn moon_range_end() -> Schema {
    object(
        "A place of the Moon.",
        [
            ("longitude", turn("Its longitude, degrees.", 301.2)),
            ("sign", words("Its sign.", Sign::ALL.map(Sign::name))),
        ],
        [],
    )
}

fn side(about: &str) -> RefOr<Schema> {
    words(about, ["day", "night"])
}

fn sect() -> Schema {
    object(
        "Whether it is a chart of the day or of the night, and who belongs to it.",
        [
            ("sect", side("Whether the Sun is above the horizon.")),
            ("planets", list("The planets of tradition among the bodies.", named("SectStanding"))),
        ],
        [],
    )
}

fn standing() -> Schema {
    object(
        "How a planet stands by sect.",
        [
            ("body", named("Planet")),
            ("belongs_to", side("The sect that it belongs to.")),
            ("in_sect", truth("Whether that is the chart's.")),
            ("halb", truth("Whether it is on the side of the horizon that is its own.")),
            ("hayz", truth("Whether it is in a sign of its own kind as well.")),
        ],
        [],
    )
}

fn balance() -> Schema {
    let bodies = || list("The bodies in it.", named("Body"));
    let shares = |about: &str, names: Vec<&'static str>| -> RefOr<Schema> {
        object(about, names.into_iter().map(|name| (name, bodies())), []).into()
    };
    object(
        "How the bodies are shared out.",
        [
            ("elements", shares("Among the elements.", Element::ALL.map(Element::name).to_vec())),
            ("modes", shares("Among the modes.", Mode::ALL.map(Mode::name).to_vec())),
            ("polarities", shares("Among the polarities.", Polarity::ALL.map(Polarity::name).to_vec())),
        ],
        [],
    )
}

fn dignities() -> Schema {
    object(
        "What a body has at its place.",
        [
            ("body", named("Body")),
            ("dignities", list("The weightiest first.", named("Dignity"))),
            (
                "score",
                nullable(
                    whole(
                        "Lilly's points: domicile 5, exaltation 4, triplicity 3, term 2, face 1; detriment −5, fall −4, peregrine −5.",
                        4,
                    ),
                    "Null where it depends on whether it is day or night, and that is not known.",
                ),
            ),
            ("rulers", named("PlaceRulers")),
        ],
        [(
            "undecided",
            list("What it has by day or by night alone, where that is not known.", named("Dignity")),
        )],
    )
}

fn place_rulers() -> Schema {
    object(
        "Who has dignities at its place, be it itself or another, by the tables of the query.",
        [
            ("domicile", named("Body")),
            ("exaltation", nullable(named("Planet"), "Who is exalted in the sign, if anybody is.")),
            ("triplicity", named("TriplicityRulers")),
            (
                "term",
                nullable(
                    named("Planet"),
                    "Whose term it is. Null where it depends on whether it is day or night, and that is not known.",
                ),
            ),
            ("face", named("Planet")),
        ],
        [],
    )
}

fn triplicity_rulers() -> Schema {
    object(
        "Who rules the triplicity of the sign.",
        [
            ("day", named("Planet")),
            ("night", named("Planet")),
            (
                "participating",
                nullable(
                    named("Planet"),
                    "Who takes part, which counts for nothing. Null where nobody does, and where it depends on whether it is day or \
                     night, and that is not known.",
                ),
            ),
        ],
        [],
    )
}

fn reception() -> Schema {
    object(
        "That one is where the other has dignities.",
        [
            ("a", named("Body")),
            ("b", named("Body")),
            ("mutual", truth("Whether each receives the other.")),
            ("a_in_b", list("What `b` has where `a` is: it receives it by these.", named("Dignity"))),
            ("b_in_a", list("What `a` has where `b` is.", named("Dignity"))),
        ],
        [],
    )
}

fn antiscia() -> Schema {
    object(
        "A body mirrored.",
        [
            ("body", named("Body")),
            ("antiscion", turn("In the axis of the solstices, degrees.", 45.0)),
            ("contra_antiscion", turn("In the axis of the equinoxes, degrees.", 225.0)),
            (
                "contacts",
                list(
                    "The bodies that stand within a degree of either, in their order.",
                    named("AntisciaContact"),
                ),
            ),
        ],
        [],
    )
}

fn antiscia_contact() -> Schema {
    object(
        "A body in another's mirror image, and so the other one in its own.",
        [
            ("body", named("Body")),
            ("contra", truth("Whether in the contra-antiscion.")),
            ("orb", number_from(0.0, 1.0, "How far from it, degrees.", 0.4)),
            ("applying", applying()),
        ],
        [],
    )
}

fn parallel() -> Schema {
    object(
        "Two bodies that are as far from the equator.",
        [
            ("a", named("Body")),
            ("b", named("Body")),
            ("contra", truth("Whether on either side of it.")),
            ("orb", number_from(0.0, 1.0, "How far from exact, degrees.", 0.4)),
            ("applying", applying()),
        ],
        [],
    )
}
