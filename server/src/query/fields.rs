//! What `fields=` chooses of each position.

use super::field::{ALL, Concern, Field};
use super::view::{Coordinates, Frame, Observer, View, Zodiac};
use crate::wire::problem::{Code, Problem, nearest, shown};

/// What bodies have and stars have not. A star's magnitude is its catalogue's, wherever it is seen from.
const LACKED_BY_STARS: [Field; 7] = [
    Field::Retrograde,
    Field::OutOfBounds,
    Field::PhaseAngle,
    Field::IlluminatedFraction,
    Field::ApparentDiameter,
    Field::Magnitude,
    Field::LightTime,
];

/// What stands beside the fields of a star; `name` always does.
pub(crate) const STAR_NAMES: [&str; 4] = ["name", "designation", "names", "magnitude"];

/// The fields that a star may have, in the order of a reply.
pub(crate) fn of_stars() -> impl Iterator<Item = Field> {
    ALL.into_iter().filter(|field| !LACKED_BY_STARS.contains(field))
}

/// What stands beside the fields in a table, each once a row; Julian days of TT and bodies always do.
pub(crate) const TABLE_NAMES: [&str; 4] = ["utc", "jd_tt", "jd_ut", "body"];

/// Which of the ways of telling an instant a table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimeFields {
    pub(crate) utc: bool,
    pub(crate) jd_ut: bool,
}

/// A choice of fields. `body` is always there: without it a position would be nobody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fields(u32);

impl Fields {
    /// What [`View::default`] has unasked.
    pub(crate) const USUAL: Fields = Fields::usual(&View {
        observer: Observer::Geo,
        light: super::view::Light::Apparent,
        frame: Frame::Ecliptic,
        equinox: super::view::Equinox::Date,
        zodiac: Zodiac::Tropical,
        coordinates: Coordinates::Spherical,
    });

    /// What is given unasked in a view.
    pub(crate) const fn usual(view: &View) -> Fields {
        let mut bits = 0;
        let mut nth = 0;
        while nth < ALL.len() {
            if ALL[nth].is_usual() && ALL[nth].is_in(view) {
                bits |= 1 << ALL[nth] as u32;
            }
            nth += 1;
        }
        Fields(bits)
    }

    /// None: what is told is no field.
    pub(crate) const NONE: Fields = Fields(0);

    /// All of these that a view has.
    fn every(view: &View, fields: impl Iterator<Item = Field>) -> Fields {
        let bits = fields.filter(|field| field.is_in(view)).map(|field| 1 << field as u32);
        Fields(bits.fold(0, |all, bit| all | bit))
    }

    /// What is given unasked in a table: the coordinates, and who answered. What follows from them at a glance is left out of
    /// what may be millions of rows.
    const fn usual_of_table(view: &View) -> Fields {
        let coordinates = 0b11_1111;
        Fields(Fields::usual(view).0 & (coordinates | 1 << Field::Source as u32))
    }

    /// Reads a list of names separated by commas; `default` and `all` stand for many.
    pub(crate) fn parse(list: Option<&str>, view: &View) -> Result<Fields, Problem> {
        Fields::read(list, view, Fields::usual(view), &BESIDE_BODIES, |_| {})
    }

    /// Reads the list for stars; each name is told of, for what stands beside the fields.
    pub(crate) fn parse_stars(
        list: Option<&str>,
        view: &View,
        told: impl FnMut(&str),
    ) -> Result<Fields, Problem> {
        let usual = Fields::usual(view).0 & Fields::every(view, of_stars()).0;
        Fields::read(list, view, Fields(usual), &BESIDE_STARS, told)
    }

    /// Reads the list of a table's columns.
    pub(crate) fn parse_table(list: Option<&str>, view: &View) -> Result<(Fields, TimeFields), Problem> {
        let mut time = TimeFields { utc: list.is_none(), jd_ut: false };
        let fields = Fields::read(list, view, Fields::usual_of_table(view), &BESIDE_ROWS, |name| {
            time.utc |= matches!(name, "utc" | "default" | "all");
            time.jd_ut |= matches!(name, "jd_ut" | "all");
        })?;
        Ok((fields, time))
    }

    /// Reads a list of names, of which some are beside the view's. Each name is told of.
    fn read(
        list: Option<&str>,
        view: &View,
        usual: Fields,
        beside: &Beside,
        mut told: impl FnMut(&str),
    ) -> Result<Fields, Problem> {
        let Some(list) = list else { return Ok(usual) };
        let mut chosen = Fields(0);
        let mut named: Vec<&str> = Vec::new();
        for name in list.split(',').map(str::trim) {
            if named.contains(&name) {
                return Err(Problem::new(Code::RepeatedField, format!("{} is named twice", shown(name)))
                    .parameter("fields")
                    .hint("name each field once"));
            }
            named.push(name);
            told(name);
            match name {
                "default" => chosen.0 |= usual.0,
                "all" => chosen.0 |= Fields::every(view, beside.fields()).0,
                _ if beside.names.contains(&name) => {}
                _ => {
                    let found = beside.fields().find(|field| field.name(view) == Some(name));
                    let field = found.ok_or_else(|| not_there(name, view, beside))?;
                    chosen.0 |= 1 << field as u32;
                }
            }
        }
        Ok(chosen)
    }

    /// One bit for each field that was chosen.
    pub(crate) const fn bits(self) -> u32 {
        self.0
    }

    pub(crate) const fn has(self, field: Field) -> bool {
        self.0 & (1 << field as u32) != 0
    }

    /// Whether any of these was chosen.
    pub(crate) fn has_any(self, fields: &[Field]) -> bool {
        fields.iter().any(|field| self.has(*field))
    }

    /// What was chosen, in the order of a reply.
    pub(crate) fn iter(self) -> impl Iterator<Item = Field> {
        ALL.into_iter().filter(move |field| self.has(*field))
    }
}

/// Of whom the fields are: what they have beside the fields, and which of these they lack.
struct Beside {
    names: &'static [&'static str],
    lacks: &'static [Field],
    /// What one of them is called.
    one: &'static str,
}

const BESIDE_BODIES: Beside = Beside { names: &["body"], lacks: &[], one: "a position" };
const BESIDE_ROWS: Beside = Beside { names: &TABLE_NAMES, lacks: &[], one: "a position" };
const BESIDE_STARS: Beside = Beside { names: &STAR_NAMES, lacks: &LACKED_BY_STARS, one: "a star" };

impl Beside {
    /// The fields that there are.
    fn fields(&self) -> impl Iterator<Item = Field> + use<> {
        let lacks = self.lacks;
        ALL.into_iter().filter(move |field| !lacks.contains(field))
    }
}

/// The refusal of a name that the view does not have.
fn not_there(name: &str, view: &View, beside: &Beside) -> Problem {
    if name.is_empty() {
        return Problem::new(Code::EmptyParameter, "the list of fields has an empty entry")
            .parameter("fields")
            .hint("separate names by single commas, or leave fields out for the usual ones");
    }
    let known = ALL.into_iter().find_map(|field| {
        let (_, frame, coordinates) = field.names().find(|(known, ..)| *known == name)?;
        Some((field, frame, coordinates))
    });
    if let Some((field, ..)) = known
        && beside.lacks.contains(&field)
    {
        return Problem::new(Code::Meaningless, format!("{} has no {name}", beside.one))
            .parameter("fields")
            .hint("leave it out of fields");
    }
    if let Some((field, frame, coordinates)) = known {
        let (why, hint) = why_not(field, frame, coordinates, view);
        return Problem::new(Code::Contradiction, format!("{why} {name}")).parameter("fields").hint(hint);
    }
    let names = || {
        let of_view = beside.fields().filter_map(|field| field.name(view));
        beside.names.iter().copied().chain(["default", "all"]).chain(of_view)
    };
    let problem = Problem::new(Code::UnknownValue, format!("{} is no field of {}", shown(name), beside.one))
        .parameter("fields");
    match nearest(name, names()) {
        Some(meant) => problem.hint(format!("did you mean {meant}?")),
        None => problem.hint(format!("known are {}", names().collect::<Vec<_>>().join(", "))),
    }
}

/// Why a view lacks a field that has this name in some frame and coordinates, and what would have it.
fn why_not(field: Field, frame: Frame, coordinates: Coordinates, view: &View) -> (String, String) {
    let of = |parameter: &str, word: &str| format!("{parameter}={word} has no");
    let with = |choices: &[String]| format!("ask with {} for it", choices.join(" and "));
    let observer = view.observer.origin().name();
    let is_sidereal = field.concern() == Concern::SiderealZodiac;
    match field.concern() {
        Concern::Earth => return (of("center", observer), with(&["center=geo or center=topo".to_owned()])),
        Concern::Horizon => return (of("center", observer), with(&["center=topo, lat and lon".to_owned()])),
        _ => {}
    }
    // All that differs, so that no remedy is refused next.
    let differing = [
        (coordinates != view.coordinates, "coordinates", view.coordinates.name(), coordinates.name()),
        (frame != view.frame, "frame", view.frame.name(), frame.name()),
        (is_sidereal && view.zodiac.ayanamsa().is_none(), "zodiac", "tropical", "sidereal and an ayanamsa"),
    ];
    let differing: Vec<_> = differing.into_iter().filter(|(differs, ..)| *differs).collect();
    let choices: Vec<_> =
        differing.iter().map(|(_, parameter, _, word)| format!("{parameter}={word}")).collect();
    let (parameter, word) =
        differing.first().map_or(("frame", view.frame.name()), |(_, name, word, _)| (*name, *word));
    (of(parameter, word), with(&choices))
}

#[cfg(test)]
mod tests {
    use orrery_almanac::Site;

    use super::*;

    fn views() -> [View; 5] {
        let site = Site { latitude_deg: 50.0, longitude_deg: 13.0, altitude_m: 0.0 };
        [
            View::default(),
            View { frame: Frame::Equatorial, ..View::default() },
            View { coordinates: Coordinates::Rectangular, ..View::default() },
            View { observer: Observer::Helio, ..View::default() },
            View {
                observer: Observer::Topo(site),
                zodiac: Zodiac::Sidereal("lahiri".parse().unwrap()),
                ..View::default()
            },
        ]
    }

    #[test]
    fn fields_are_chosen_by_the_names_of_the_view() {
        let fields = Fields::parse(Some("body,longitude, sign"), &View::default()).unwrap();
        assert!(fields.has(Field::First) && fields.has(Field::Sign) && !fields.has(Field::Second));
        let [_, equatorial, rectangular, ..] = views();
        assert!(Fields::parse(Some("right_ascension"), &equatorial).unwrap().has(Field::First));
        assert!(Fields::parse(Some("x"), &rectangular).unwrap().has(Field::First));
    }

    #[test]
    fn every_field_stands_where_its_number_says() {
        for (nth, field) in ALL.into_iter().enumerate() {
            assert_eq!(field as usize, nth);
        }
    }

    #[test]
    fn groups_stand_for_what_the_view_has() {
        for view in views() {
            let parse = |list| Fields::parse(Some(list), &view).unwrap();
            assert_eq!(Some(parse("default")), Some(Fields::usual(&view)));
            assert_eq!(Fields::parse(None, &view).unwrap(), Fields::usual(&view));
            let all: Vec<_> = parse("all").iter().collect();
            assert!(all.iter().all(|field| field.name(&view).is_some()));
            assert_eq!(all.len(), ALL.into_iter().filter(|field| field.name(&view).is_some()).count());
            // What is usual may be named again beside its group.
            assert!(parse("default,light_time").has(Field::LightTime));
            let names: Vec<_> = all.iter().filter_map(|field| field.name(&view)).collect();
            assert_eq!(parse(&names.join(",")), parse("all"));
        }
        assert_eq!(Fields::usual(&View::default()), Fields::USUAL);
    }

    #[test]
    fn strangers_are_refused() {
        for (list, code) in [
            ("longitud", Code::UnknownValue),
            ("colour", Code::UnknownValue),
            ("longitude,", Code::EmptyParameter),
            ("longitude,sign,longitude", Code::RepeatedField),
            ("body,body", Code::RepeatedField),
            ("default,default", Code::RepeatedField),
        ] {
            assert_eq!(Fields::parse(Some(list), &View::default()).unwrap_err().code, code, "{list}");
        }
    }

    #[test]
    fn what_a_view_lacks_is_refused_with_the_view_that_has_it() {
        let [usual, equatorial, rectangular, helio, _] = views();
        for (view, name, hint) in [
            (usual, "right_ascension", "frame=equatorial"),
            (usual, "x", "coordinates=rectangular"),
            (usual, "azimuth", "center=topo"),
            (usual, "nakshatra", "zodiac=sidereal"),
            (equatorial, "sign", "frame=ecliptic"),
            (equatorial, "latitude", "frame=ecliptic"),
            (rectangular, "longitude", "coordinates=spherical"),
            (rectangular, "sign", "coordinates=spherical"),
            (helio, "magnitude", "center=geo"),
            (helio, "altitude", "center=topo"),
        ] {
            let problem = Fields::parse(Some(name), &view).unwrap_err();
            assert_eq!(problem.code, Code::Contradiction, "{name}");
            assert!(problem.hint.as_deref().unwrap().contains(hint), "{name}: {problem:?}");
        }
    }
}
