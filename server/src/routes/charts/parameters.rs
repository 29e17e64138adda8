//! The parameters that charts have and positions have not: stated once, for every route that takes them.

use std::time::SystemTime;

use orrery_almanac::aspect::OrbRule;
use orrery_almanac::dignities::{Rulers, Terms, Triplicities};
use utoipa::openapi::{RefOr, Schema};

use crate::picture::Layout;
use crate::query::{
    MOST_CHART_BODIES, MOST_TITLE, Parameter, Params, Part, Picture, Posted, Seen, Takes, Word, with_pluses,
};
use crate::routes::openapi::schema::{named, text_like};
use crate::routes::parameters;
use crate::svg::Theme;

/// An entry of `orbs`.
const ORB_FORM: &str = "^[A-Za-z_:0-9]+: ?[0-9]+([.][0-9]*)?$";

/// A house system: a letter or a name.
const SYSTEM_FORM: &str = "^[A-Za-z][A-Za-z_ /-]*$";

/// What a chart is cast of where it is one of several, or a part of what is posted.
pub(crate) const CAST: &[Parameter] = &[
    parameters::DATE,
    parameters::JD,
    parameters::JD_TT,
    parameters::CALENDAR,
    parameters::TZ,
    TIME_KNOWN,
    LAT,
    LON,
    ALT,
    parameters::BODIES,
    CENTER,
    parameters::ZODIAC,
    parameters::AYANAMSA,
    parameters::PLACE,
    HOUSE_SYSTEM,
    FALLBACK,
    parameters::SOURCE,
    parameters::ALLOW_MOSHIER,
    parameters::PRECISION,
    parameters::FIELDS,
    parameters::PRESSURE,
    parameters::TEMPERATURE,
];

/// What is posted of charts that are cast of [`CAST`], with what is asked of them beside.
pub(super) fn posted<'a, 'p>(
    document: &'a [u8],
    own: &'static [Parameter],
    params: &'a mut Params<'p>,
) -> Posted<'a, 'p> {
    Posted { document, chart: CAST, own, params, now: SystemTime::now() }
}

pub(crate) const LAT: Parameter = Parameter::new(
    "lat",
    "Geographic latitude of the place; north is positive. It is needed for houses, and not with `time_known=false`.",
)
.taking(Takes::Number { unit: "degrees", least: -90.0, most: 90.0 })
.or_called(&["latitude"])
.such_as(&["52.52"]);

pub(crate) const LON: Parameter = Parameter::new(
    "lon",
    "Geographic longitude of the place; east is positive. `tz=lmt` is its local mean time: a chart that is relocated is to be given its \
     instant otherwise, as `jd` or with `Z`.",
)
.taking(Takes::Number { unit: "degrees", least: -180.0, most: 180.0 })
.or_called(&["lng", "longitude"])
.such_as(&["13.4"]);

pub(crate) const ALT: Parameter = Parameter::new(
    "alt",
    "Height of the place above the ellipsoid, which matters with `center=topo`; left out, it is 0.",
)
.taking(parameters::ALT.takes)
.such_as(&["34"]);

pub(crate) const TIME_KNOWN: Parameter = Parameter::new(
    "time_known",
    "Whether the time of day is known. With `false`, bodies stand where they are at the middle of the day that `date` names, by \
     the clock of `tz`; there are no houses, angles and lots; `moon` tells from where to where it goes that day; and of its aspects \
     it is not told whether they apply, nor when they are exact.",
)
.taking(Takes::Truth)
.by_default("true");

pub(crate) const CENTER: Parameter = Parameter::new(
    "center",
    "Seen from where: the centre of the Earth, as charts are nearly always cast (`geo`), or the place (`topo`).",
)
.taking(Takes::Words(Seen::WORDS))
.by_default(Seen::WORDS[0]);

pub(crate) const HOUSE_SYSTEM: Parameter = Parameter::new(
    "house_system",
    "How the sky is divided into houses: any system of the Swiss Ephemeris, by its name or its letter. `/v1/houses` tells of all. \
     Some fail beyond the polar circles: that is refused, unless `fallback` names another.",
)
.taking(Takes::Text(SYSTEM_FORM))
.or_called(&["system", "houses_system_identifier"])
.by_default("placidus")
.such_as(&["placidus", "W", "regiomontanus"]);

pub(crate) const FALLBACK: Parameter = Parameter::new(
    "fallback",
    "The house system that divides the sky where `house_system` fails. `houses.system` says which did.",
)
.taking(Takes::Text(SYSTEM_FORM))
.such_as(&["porphyry"]);

const _: () = assert!(MOST_CHART_BODIES == 50, "the texts below say so");

/// The bodies of a chart.
pub(crate) const BODIES: Parameter = parameters::BODIES.explained_by(|| {
    let sets = parameters::BODIES.more.map(|more| more()).unwrap_or_default();
    format!("{sets} There are {MOST_CHART_BODIES} at most.")
});

/// The bodies whose houses are told.
pub(crate) const HOUSED_BODIES: Parameter = Parameter::new(
    "bodies",
    "Bodies, 50 at most, of which it is told in which house each is; without it, of none.",
)
.taking(parameters::BODIES.takes)
.such_as(&["sun,moon"]);

pub(crate) const ORBS: Parameter = Parameter::new(
    "orbs",
    "How far from exact an aspect may be, degrees up to 30: names of aspects, bodies or angles, each with its orb. A body's or \
     an angle's own goes before that of the aspect. In a body of JSON an object may say it: `{\"conjunction\": 8}`.",
)
.taking(Takes::Pairs(ORB_FORM))
.such_as(&["conjunction:8,sextile:4", "sun:10,moon:10"]);

pub(crate) const ORB_BY: Parameter = Parameter::new(
    "orb_by",
    "Whose orbs count: the aspect's; the bodies', of which the wider one counts; or half of each body's (`moiety`), as \
     tradition has it. Bodies have Lilly's orbs unless `orbs` says otherwise.",
)
.taking(Takes::Words(&[OrbRule::Aspect.name(), OrbRule::Body.name(), OrbRule::Moiety.name()]))
.by_default("aspect");

pub(crate) const ANGLES: Parameter = Parameter::new(
    "angles",
    "Which angles of the chart take part in aspects, beside the bodies; `none` for none. They are known by other names too, such as \
     `asc` and `midheaven`.",
)
.taking(Takes::Names(|| named("AngleOrNone")))
.by_default("ascendant,mc")
.such_as(&["ascendant,mc,vertex", "none"]);

pub(crate) const PERFECTION: Parameter = Parameter::new(
    "perfection",
    "Whether each aspect has `exact_at`, when it is exact, and `perfects`, whether it is so before one of the two leaves its sign, or \
     turns and they draw apart: as seen from the centre of the Earth.",
)
.taking(Takes::Truth)
.by_default("true");

pub(crate) const INCLUDE: Parameter = Parameter::new(
    "include",
    "Which parts of the chart to tell. `default` stands for those that are told where `include` is left out.",
)
.explained_by(|| {
    let usual: Vec<_> = Part::ALL.iter().filter(|part| part.is_usual()).map(|part| part.name()).collect();
    format!("These are {}; `all` stands for all.", usual.join(", "))
})
.taking(Takes::Names(|| named("ChartPartOrSet")))
.such_as(&["positions,houses", "default,dignities", "all"]);

pub(crate) const LOTS: Parameter = Parameter::new(
    "lots",
    "Which lots to tell, in the order of the reply: names, aliases, or sets such as `hermetic`, `traditional` and `all`. They are those of \
     the project's `data/lots.toml`, and of the file that the server's setting `charts.lots` names.",
)
.taking(Takes::Names(lot_name))
.such_as(&["fortune,spirit,eros", "traditional", "all"]);

pub(crate) const FORMULA: Parameter = Parameter::new(
    "formula",
    "Lots that the query brings along: names, each with a formula behind a colon, separated by semicolons. They are told behind those of \
     `lots`. A formula has names of bodies, angles (`ascendant`), cusps (`cusp_8`), rulers of houses (`ruler_2`), the new or full Moon \
     before (`syzygy`) and other lots, degrees, `+ - * /`, parentheses and `arc(a, b)`, the shorter way between two places. Plus is \
     `%2B` in a target; a space between two operands is taken for one.",
)
.taking(Takes::Text(
    "^ *[A-Za-z][A-Za-z0-9_]{0,47} *:[^;]*(; *[A-Za-z][A-Za-z0-9_]{0,47} *:[^;]*)*$",
))
.undone_by(with_pluses)
.such_as(&["mine:ascendant+moon-sun", "mine:ascendant+arc(sun,moon);yours:mine+180"]);

/// The name of a lot, or of a set of them: which there are is the server's.
fn lot_name() -> RefOr<Schema> {
    text_like("^[A-Za-z][A-Za-z0-9_]*$", "The name of a lot or of a set of lots.", "fortune")
}

pub(crate) const RULERS: Parameter = Parameter::new(
    "rulers",
    "With dignities or receptions: who rules the signs. `modern` gives Aquarius, Pisces and Scorpio to Uranus, Neptune and Pluto as \
     well.",
)
.taking(Takes::Words(&[Rulers::Traditional.name(), Rulers::Modern.name()]))
.by_default("traditional");

pub(crate) const TRIPLICITIES: Parameter =
    Parameter::new("triplicities", "With dignities or receptions: who rules the triplicities.")
        .taking(Takes::Words(&[
            Triplicities::Dorothean.name(),
            Triplicities::Ptolemaic.name(),
            Triplicities::Lilly.name(),
        ]))
        .by_default("dorothean");

pub(crate) const TERMS: Parameter =
    Parameter::new("terms", "With dignities or receptions: who has which degrees of a sign.")
        .taking(Takes::Words(&[
            Terms::Egyptian.name(),
            Terms::Ptolemaic.name(),
            Terms::Lilly.name(),
            Terms::Chaldean.name(),
        ]))
        .by_default("egyptian");

/// A line of at most [`MOST_TITLE`] characters.
const TITLE_FORM: &str = "^[^\\x00-\\x1f\\x7f-\\x9f]{1,120}$";

const _: () = assert!(MOST_TITLE == 120, "the form above says so");

/// The format of what can be drawn.
pub(crate) const FORMAT: Parameter = Parameter::new(
    "format",
    "The format of the reply: JSON, or a picture. It goes before the `Accept` header, by which one may be chosen too.",
)
.taking(Takes::Words(&["json", "svg"]))
.by_default("json");

pub(crate) const PICTURE: Parameter = Parameter::new(
    "picture",
    "With `format=svg`: what is drawn. A `sheet` has the wheel, the positions and the grid of aspects; `wheel` and `grid` are \
     these alone. A grid has no lots.",
)
.taking(Takes::Words(Picture::WORDS))
.by_default(Picture::WORDS[0]);

/// The same where aspects are all that is asked for.
pub(crate) const PICTURE_OF_ASPECTS: Parameter = Parameter { default: Some(Picture::Grid.name()), ..PICTURE };

pub(crate) const THEME: Parameter = Parameter::new(
    "theme",
    "With `format=svg`: its colours. `auto` are those of a light or of a dark page, as whoever looks at it prefers; `print` is \
     black on white, with aspects told apart by dashes.",
)
.taking(Takes::Words(&[Theme::Auto.name(), Theme::Light.name(), Theme::Dark.name(), Theme::Print.name()]))
.by_default(Theme::Auto.name());

pub(crate) const LAYOUT: Parameter = Parameter::new(
    "layout",
    "With `format=svg`, of a sheet or a wheel: for a wide page or screen, or for a narrow one, where what is written is larger.",
)
.taking(Takes::Words(&[Layout::Landscape.name(), Layout::Portrait.name()]))
.by_default(Layout::Landscape.name());

pub(crate) const TITLE: Parameter = Parameter::new(
    "title",
    "With `format=svg`: what stands over it. Without one, or with blanks alone, the date does.",
)
.taking(Takes::Text(TITLE_FORM))
.such_as(&["Albert Einstein"]);
