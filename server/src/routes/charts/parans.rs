//! `/v1/parans`: bodies and stars that are on the angles at once.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use orrery_almanac::parans::ORB_DEG;
use orrery_almanac::{Angularity, LeapSeconds};
use utoipa::openapi::Schema;

use crate::answer::ground::{Beyond, Ground, Names};
use crate::answer::parans;
use crate::answer::tables::Extent;
use crate::app::{App, Generation};
use crate::query::{MOST_ORB_DEG, MOST_PAIRS, Parameter, ParansQuery, SourceChoice, Takes, When};
use crate::routes::openapi::header;
use crate::routes::openapi::schema::{Member, list, named, number_from, object, text, words};
use crate::routes::openapi::spec::{Example, OF_THE_SKY, Spec, Tag};
use crate::routes::stars::no_catalogue;
use crate::routes::telling::{self, Kept, Telling};
use crate::routes::{Asked, Resource, parameters as general};
use crate::wire::media::Format;
use crate::wire::problem::Problem;
use crate::wire::request::Request;

use super::schemas::echoed;

const FORMATS: &[Format] = &[Format::Json];

const DATE: Parameter = Parameter {
    about: "The day: a date, or a date and time of which the day alone counts, by the clock of `tz`, or of the date's own offset, or \
            else of UTC. One of `date`, `jd` and `jd_tt` gives the day; without any it is today.",
    ..general::DAY
};

const JD: Parameter = Parameter {
    about: "A Julian day in UT1, whole or not, with which a day of 24 hours begins.",
    ..general::DAY_JD
};

const LAT: Parameter = Parameter::new(
    "lat",
    "Geographic latitude at which parans are looked for, north is positive. It is needed, but with `global=true`.",
)
.taking(general::LAT.takes)
.or_called(&["latitude"])
.such_as(&["52.52"]);

const LON: Parameter = Parameter::new(
    "lon",
    "Geographic longitude of the meridian whose passages are told, east is positive; left out, it is that of Greenwich. Which \
     parans there are hardly depends on it, but when does.",
)
.taking(general::LON.takes)
.or_called(&["lng", "longitude"])
.such_as(&["13.4"]);

const GLOBAL: Parameter = Parameter::new(
    "global",
    "Whether all latitudes are looked for at which two are on angles at the same moment, in the place of parans at one latitude.",
)
.taking(Takes::Truth)
.by_default("false");

const ORB: Parameter = Parameter::new(
    "orb",
    "How far two passages may be apart: degrees that the sky turns by in between, of which one is four minutes of time.",
)
.taking(Takes::Number { unit: "degrees", least: 0.0, most: MOST_ORB_DEG })
.by_default("1");

const _: () = assert!(ORB_DEG == 1.0, "the default above says so");

const BODIES: Parameter = general::BODIES.explained_by(|| {
    let sets = general::BODIES.more.map(|more| more()).unwrap_or_default();
    format!("{sets} With the stars they make {MOST_PAIRS} pairs at most.")
});

const STARS: Parameter = Parameter {
    about: "Fixed stars that are paired with the bodies, named as for `/v1/stars`. Left out, they are those up to \
            `magnitude`, and without that there are none.",
    ..general::STARS
};

const MAGNITUDE: Parameter = Parameter {
    about: "Without `stars`: all of the catalogue up to this magnitude are paired with the bodies.",
    default: None,
    ..general::MAGNITUDE
};

/// The parameters.
pub(crate) const PARAMETERS: &[Parameter] = &[
    DATE,
    JD,
    general::DAY_JD_TT,
    general::CALENDAR,
    general::DAY_TZ,
    LAT,
    LON,
    GLOBAL,
    ORB,
    BODIES,
    STARS,
    MAGNITUDE,
    general::SOURCE,
    general::ALLOW_MOSHIER,
    general::PRECISION,
    general::FORMAT,
];

pub(crate) fn get(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    telling::get(app, request, Resource::Parans, PARAMETERS, FORMATS, |app, params, _| {
        let catalogue = || app.stars().ok_or_else(no_catalogue);
        ParansQuery::new(params, catalogue, SystemTime::now)
    })
}

impl Telling for ParansQuery {
    const LESS: &'static str = "ask for fewer bodies or stars, or try again";

    fn source(&self) -> SourceChoice {
        self.sky.source
    }

    fn is_now(&self) -> bool {
        self.time.is_now()
    }

    /// Each pair is looked at all through the day.
    fn is_long(&self) -> bool {
        true
    }

    fn check(&self, leaps: &LeapSeconds) -> Result<(), Problem> {
        self.ends().into_iter().try_for_each(|when| Ok(when.check(leaps)?))
    }

    fn bodies(&self) -> usize {
        self.sky.bodies.len() + self.stars.as_ref().map_or(0, |stars| stars.stars().len())
    }

    fn tell(&self, ground: &mut Ground<'_>, format: Format, names: &Names) -> Result<Bytes, Beyond> {
        parans::write(ground, self, format.name(), names)
    }
}

impl Kept for ParansQuery {
    fn written(&self, format: Format) -> String {
        ParansQuery::written(self, format.name())
    }

    fn whens(&self) -> Vec<When> {
        self.ends().to_vec()
    }

    fn extent(&self, generation: &Generation) -> Extent {
        match self.stars {
            Some(_) => Extent::of_stars(&self.sky, self.ends(), generation),
            None => Extent::of(&self.sky, self.ends(), generation),
        }
    }

    fn beside(&self) -> Vec<u8> {
        self.stars.as_ref().map(|stars| stars.catalogue.hash().to_vec()).unwrap_or_default()
    }
}

/// The documentation.
pub(crate) const SPEC: Spec = Spec {
    id: "getParans",
    tag: Tag::Charts,
    summary: "Bodies and stars that are on the angles at once",
    about: "Parans of a day: pairs of bodies, or of a body and a fixed star, of which one rises, culminates, sets or anticulminates \
            while the other does so too, within `orb`. A paran is of the day that the first of the two is on an angle in; the second may be \
            after its end. Which do depends on the latitude. `global=true` turns that round: it tells \
            each latitude at which two are on two angles at the very same moment, one of them at least on the horizon, \
            from south to north. What counts is the centre of a body on the geometric horizon, without air and without \
            parallax, where it is at that moment. Stars are not paired with each other.",
    parameters: PARAMETERS,
    examples: &[
        Example {
            about: "The parans of a day in Berlin",
            query: "date=2026-03-20&tz=Europe/Berlin&lat=52.52&lon=13.4",
        },
        Example {
            about: "Of the Sun and the Moon with the brightest stars, half a degree apart at most",
            query: "date=2026-03-20&lat=-33.87&lon=151.21&bodies=sun,moon&magnitude=1.5&orb=0.5",
        },
        Example {
            about: "The latitudes at which the luminaries are on the angles with the royal stars",
            query: "date=2026-03-20&global=true&bodies=sun,moon&stars=Aldebaran,Regulus,Antares,Fomalhaut",
        },
    ],
    body: None,
    formats: FORMATS,
    reply: "Parans",
    reply_about: "The parans, with how the query was understood and where the answer comes from.",
    fields: header::OF_COMPUTED,
    refusals: OF_THE_SKY,
    schemas,
};

fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("Parans", reply()),
        ("ParansQuery", query()),
        ("ParansDay", day()),
        ("Paran", paran()),
        ("ExactParan", exact()),
        ("Passage", passage()),
        ("AngularPoint", object("A body or a star on an angle.", point(), [])),
        (
            "Angularity",
            words(
                "On the eastern horizon, on the upper meridian, on the western horizon, on the lower meridian.",
                Angularity::ALL.map(Angularity::name),
            )
            .into(),
        ),
    ]
}

fn reply() -> Schema {
    object(
        "What is on the angles at once on a day.",
        [
            ("query", named("ParansQuery")),
            ("time", named("Time")),
            ("day", named("ParansDay")),
            ("provenance", named("Provenance")),
        ],
        [
            ("parans", list("In the order of time, without `global`.", named("Paran"))),
            ("exact", list("With `global`: from south to north.", named("ExactParan"))),
        ],
    )
}

fn query() -> Schema {
    echoed(
        PARAMETERS,
        &["source", "allow_moshier", "format"],
        vec![("bodies", list("The bodies, sets resolved.", named("Body")))],
        vec![(
            "stars",
            list("The stars that were named, by a name that each is found by.", text("A star.", "Spica")),
        )],
    )
}

fn day() -> Schema {
    object(
        "The day.",
        [("start", named("EventInstant")), ("end", named("EventInstant"))],
        [(
            "date",
            text("What the clock calls it; not there where it begins with a Julian day.", "2026-03-20"),
        )],
    )
}

fn point() -> [Member; 3] {
    [
        ("kind", words("What it is.", ["body", "star"])),
        ("name", text("The body's name, or one by which the star is found.", "sun")),
        ("angularity", named("Angularity")),
    ]
}

fn passage() -> Schema {
    object("A body or a star on an angle.", point().into_iter().chain([("at", named("EventInstant"))]), [])
}

fn paran() -> Schema {
    object(
        "Two on angles at once.",
        [
            ("first", named("Passage")),
            ("second", named("Passage")),
            (
                "orb",
                number_from(
                    0.0,
                    MOST_ORB_DEG,
                    "How much the sky turns from the one to the other, degrees.",
                    0.4,
                ),
            ),
        ],
        [],
    )
}

fn exact() -> Schema {
    object(
        "Two on angles at the same moment.",
        [
            ("first", named("AngularPoint")),
            ("second", named("AngularPoint")),
            ("latitude", number_from(-90.0, 90.0, "Geographic latitude, degrees.", 41.2)),
            ("at", named("EventInstant")),
        ],
        [],
    )
}
