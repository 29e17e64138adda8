//! The parameters of lists of events.

use orrery_almanac::events::Measured;

use crate::query::{MOST_EVENTS, MOST_POINTS, ORBS_DEG, Parameter, SUN_ORBS_DEG, Takes, YEARS};
use crate::routes::openapi::schema::named;
use crate::routes::parameters::{AYANAMSA, END_FORM};

/// The values of `quantity`.
const QUANTITIES: &[&str] = &{
    let mut names = [""; Measured::ALL.len()];
    let mut nth = 0;
    while nth < names.len() {
        names[nth] = Measured::ALL[nth].name();
        nth += 1;
    }
    names
};

pub(crate) const START: Parameter = Parameter::new(
    "start",
    "From when on: a date as `GET /v1/positions` takes it, `now`, or a Julian day as `jd:2461120.5` (UT1) or \
     `jd_tt:2461120.5` (TT). It goes with `stop`.",
)
.taking(Takes::Text(END_FORM))
.such_as(&["2026-01-01", "jd_tt:2461041.5"]);

pub(crate) const STOP: Parameter =
    Parameter::new("stop", "Until when, that instant not included; given as `start` is.")
        .taking(Takes::Text(END_FORM))
        .such_as(&["2027-01-01"]);

pub(crate) const AFTER: Parameter = Parameter::new(
    "after",
    "From when on, in the place of `start` and `stop`, with `count`. Without any of them it is now.",
)
.taking(Takes::Text(END_FORM))
.such_as(&["2026-01-01", "now"]);

pub(crate) const BEFORE: Parameter = Parameter::new(
    "before",
    "The last `count` before an instant, in the order of time, in the place of `start` and `stop`.",
)
.taking(Takes::Text(END_FORM))
.such_as(&["2026-01-01"]);

pub(crate) const COUNT: Parameter = Parameter::new(
    "count",
    "With `after` and `before`: how many. A whole number, 100,000 at most; left out, it is 10.",
)
.taking(COUNTS)
.such_as(&["1", "25"]);

pub(crate) const LIMIT: Parameter = Parameter::new(
    "limit",
    "How many a reply has at most, 100,000 at most. Where it is left out, `json` has 1,000 and says in `next_cursor` where to \
     go on; `ndjson` and `csv` have all there are, and so has `ics`, unless these are more than 100,000.",
)
.taking(COUNTS)
.such_as(&["100"]);

const _: () = assert!(MOST_EVENTS == 100_000, "the texts above and the form below say so");

/// Whole numbers from 1 to [`MOST_EVENTS`].
const COUNTS: Takes = Takes::Text("^0*([1-9][0-9]{0,4}|100000)$");

pub(crate) const CURSOR: Parameter = Parameter::new(
    "cursor",
    "Where to go on: `next_cursor` of the reply before, with the other parameters as they were, but for `limit` and `format`.",
)
.taking(Takes::Text("^[0-9a-f]{16}-[0-9a-f]{1,8}-[0-9a-f]{1,8}-[0-9a-f]{8}$"));

pub(crate) const TZ: Parameter = Parameter::new(
    "tz",
    "The time zone of local dates: a name of the IANA database, or `lmt` for the local mean time of `lon`. With it each \
     instant is told in local time as well, in whatever way the range is given; `csv` and `ics` are in UTC all the same.",
)
.taking(crate::routes::parameters::TZ.takes)
.or_called(&["timezone"])
.such_as(&["Europe/Berlin"]);

pub(crate) const LON: Parameter = Parameter::new(
    "lon",
    "With `tz=lmt`: geographic longitude of the place whose local mean time it is; east is positive.",
)
.taking(Takes::Number { unit: "degrees", least: -180.0, most: 180.0 })
.or_called(&["lng", "longitude"])
.such_as(&["13.4"]);

pub(crate) const TYPES: Parameter = Parameter::new(
    "types",
    "What is looked for. `ingress` into signs, `nakshatra_ingress`, `station`, `aspect` between bodies or to `points`, \
     `lunation` (new and full Moon and the quarters), `void_of_course`, `apsis` (the Moon's, the Earth's under the name of the \
     Sun, the planets'), `node_crossing`, `greatest_latitude`, `greatest_declination`, `out_of_bounds`, `season` (equinoxes and \
     solstices), `solar_term` (all 24), `conjunction` and `opposition` of planets with the Sun, `greatest_elongation`, `cazimi` \
     and `combustion`, `transit` of Mercury and Venus before the Sun, `occultation` of planets by the Moon, `parallel` and \
     contraparallel declinations, `crossing` of a `value` by a `quantity`, and `eclipse`.",
)
.taking(Takes::Names(|| named("EventType")))
.by_default("ingress,station,aspect,lunation,season,eclipse")
.such_as(&["station", "lunation,eclipse"]);

pub(crate) const WITH: Parameter = Parameter::new(
    "with",
    "Partners of aspects and parallels: each of `bodies` is paired with each of these. Left out, `bodies` are paired among \
     themselves.",
)
.taking(Takes::Names(|| named("BodyOrSet")))
.such_as(&["sun,moon"]);

pub(crate) const POINTS: Parameter = Parameter::new(
    "points",
    "Longitudes in the zodiac, degrees from 0 to below 360, separated by commas, 100 at most and each once: aspects of \
     `bodies` to these are looked for, in the place of those among themselves.",
)
.taking(Takes::Text("^[0-9]{1,3}([.][0-9]*)?( *, *[0-9]{1,3}([.][0-9]*)?){0,99}$"))
.such_as(&["15.5,210"]);

const _: () = assert!(MOST_POINTS == 100, "the text and the form above say so");

pub(crate) const NAKSHATRA_AYANAMSA: Parameter = Parameter::new(
    "nakshatra_ayanamsa",
    "With `nakshatra_ingress` among the types: the sidereal zodiac that nakshatras are counted in, as `ayanamsa` names it. \
     Left out, it is that of `ayanamsa`, or `lahiri` where the zodiac is tropical.",
)
.taking(AYANAMSA.takes)
.such_as(&["lahiri", "krishnamurti"]);

pub(crate) const ASPECTS: Parameter = Parameter::new(
    "aspects",
    "Which aspects: names, or `major` for the five of Ptolemy, `minor` for the others, `all`.",
)
.taking(Takes::Names(|| named("AspectOrSet")))
.by_default("major")
.such_as(&["conjunction,opposition", "major,quincunx"]);

pub(crate) const ORB: Parameter = Parameter::new(
    "orb",
    "With it, `begin` and `end` of each aspect say since when and until when the angle is within so much of being exact; \
     null where that is beyond what is known.",
)
.taking(Takes::Number { unit: "degrees", least: ORBS_DEG.0, most: ORBS_DEG.1 })
.such_as(&["1"]);

pub(crate) const CAZIMI_ORB: Parameter = Parameter::new(
    "cazimi_orb",
    "With `types=cazimi`: how near to the Sun in longitude is its heart. Left out, 17′.",
)
.taking(Takes::Number { unit: "degrees", least: SUN_ORBS_DEG.0, most: SUN_ORBS_DEG.1 })
.such_as(&["0.5"]);

pub(crate) const COMBUSTION_ORB: Parameter = Parameter::new(
    "combustion_orb",
    "With `types=combustion`: how near to the Sun in longitude it burns. Left out, 8° 30′.",
)
.taking(Takes::Number { unit: "degrees", least: SUN_ORBS_DEG.0, most: SUN_ORBS_DEG.1 })
.such_as(&["8"]);

pub(crate) const QUANTITY: Parameter =
    Parameter::new("quantity", "With `types=crossing`: what is to take the `value`.")
        .taking(Takes::Words(QUANTITIES))
        .such_as(&["declination"]);

pub(crate) const VALUE: Parameter =
    Parameter::new("value", "With `types=crossing`: the value, in degrees, au, or the same a day of TT.")
        .taking(Takes::Number { unit: "that of `quantity`", least: -1e9, most: 1e9 })
        .such_as(&["20"]);

pub(crate) const MINUS: Parameter = Parameter::new(
    "minus",
    "With `quantity=longitude` or `longitude_speed`: a body whose own is taken off, so that differences are looked for.",
)
.taking(Takes::Text("^[A-Za-z0-9_:]+$"))
.such_as(&["sun"]);

pub(crate) const YEAR: Parameter = Parameter::new(
    "year",
    "A year, or with `month` a month of it, by the clock of `tz`: in the place of `start` and `stop`. Astronomical: 0 is 1 BCE.",
)
.taking(Takes::Text("^-?[0-9]{1,4}$"))
.such_as(&["2026"]);

pub(crate) const MONTH: Parameter = Parameter::new("month", "With `year`: the month, 1 to 12.")
    .taking(Takes::Count { least: 1, most: 12 })
    .such_as(&["3"]);

const _: () = assert!(YEARS.0 == -9_999 && YEARS.1 == 9_999, "the form above says so");

/// The formats of lists.
pub(crate) const FORMAT: Parameter = Parameter::new(
    "format",
    "The format of the reply. It goes before the `Accept` header, by which one may be chosen too.",
)
.taking(Takes::Words(&["json", "ndjson", "csv", "ics"]))
.by_default("json");
