//! What `/v1/stars` is asked: which stars, at which instant, in which view.

use std::borrow::Cow;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::SystemTime;

use super::fields::{Fields, STAR_NAMES};
use super::params::Params;
use super::{Air, Charted, Field, Moshier, SkyQuery, TimeQuery, View, precision};
use crate::stars::Stars;
use crate::wire::problem::{Code, Problem, shown};

/// Magnitudes that a limit may be: no star is brighter, and no catalogue fainter.
pub(crate) const MAGNITUDES: RangeInclusive<f64> = -2.0..=30.0;

/// The limit where none is given: stars of the first magnitude. The documentation repeats it.
pub(crate) const USUAL_MAGNITUDE: f64 = 1.5;

/// Everything that `/v1/stars` was asked.
#[derive(Clone, Debug)]
pub(crate) struct StarsQuery {
    pub(crate) time: TimeQuery,
    /// What is asked of the sky, without bodies.
    pub(crate) sky: SkyQuery,
    pub(crate) choice: Choice,
    pub(crate) columns: Columns,
    pub(crate) catalogue: Arc<Stars>,
}

/// Which stars.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Choice {
    /// By their places in the catalogue, in the order asked for.
    Named(Vec<usize>),
    /// Those up to a magnitude, the brightest first.
    UpTo(f64),
}

/// What is told of a star beside its place; its name always is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) designation: bool,
    pub(crate) names: bool,
    pub(crate) magnitude: bool,
}

impl Columns {
    /// The names of what is told.
    pub(crate) fn iter(self) -> impl Iterator<Item = &'static str> {
        let Columns { designation, names, magnitude } = self;
        STAR_NAMES
            .into_iter()
            .zip([true, designation, names, magnitude])
            .filter_map(|(name, is_told)| is_told.then_some(name))
    }
}

impl StarsQuery {
    /// Reads the parameters; `now` is what they mean without a date.
    pub(crate) fn new(
        params: &Params<'_>,
        catalogue: &Arc<Stars>,
        now: impl FnOnce() -> SystemTime,
    ) -> Result<StarsQuery, Problem> {
        let view = View::parse(params)?;
        let (fields, columns) = columns(params.get("fields"), &view)?;
        let sky = SkyQuery {
            bodies: Cow::Borrowed(&[]),
            view,
            source: params.word()?,
            moshier: Moshier::Absent,
            precision: precision(params.get("precision"))?,
            fields,
            air: Air::parse(params, fields.has(Field::ApparentAltitude))?,
            charted: Charted::No,
        };
        Ok(StarsQuery {
            choice: choice(params, catalogue)?,
            time: TimeQuery::parse(params, view.observer.site(), now)?,
            sky,
            columns,
            catalogue: Arc::clone(catalogue),
        })
    }

    /// The stars' places in the catalogue, in the order of the reply.
    pub(crate) fn stars(&self) -> &[usize] {
        match &self.choice {
            Choice::Named(stars) => stars,
            Choice::UpTo(magnitude) => self.catalogue.up_to(*magnitude),
        }
    }
}

fn columns(list: Option<&str>, view: &View) -> Result<(Fields, Columns), Problem> {
    let all = list.is_none();
    let mut columns = Columns { designation: all, names: all, magnitude: all };
    let fields = Fields::parse_stars(list, view, |name| {
        let many = matches!(name, "default" | "all");
        columns.designation |= many || name == "designation";
        columns.names |= many || name == "names";
        columns.magnitude |= many || name == "magnitude";
    })?;
    Ok((fields, columns))
}

/// Reads `stars` and `magnitude`.
pub(super) fn choice(params: &Params<'_>, catalogue: &Stars) -> Result<Choice, Problem> {
    match (params.get("stars"), params.number("magnitude")?) {
        (Some(_), Some(_)) => Err(Problem::new(
            Code::Contradiction,
            "stars names what is wanted, and magnitude asks for whatever is bright enough",
        )
        .parameter("magnitude")
        .hint("leave one of them out")),
        (Some(names), None) => named(names, catalogue).map(Choice::Named),
        (None, Some(limit)) if !MAGNITUDES.contains(&limit) => {
            let (least, most) = (MAGNITUDES.start(), MAGNITUDES.end());
            Err(Problem::new(Code::OutOfRange, format!("magnitude is {limit}"))
                .parameter("magnitude")
                .hint(format!("give magnitude from {least} to {most}")))
        }
        (None, limit) => Ok(Choice::UpTo(limit.unwrap_or(USUAL_MAGNITUDE))),
    }
}

fn named(names: &str, catalogue: &Stars) -> Result<Vec<usize>, Problem> {
    let mut stars: Vec<usize> = Vec::new();
    for name in names.split(',') {
        if name.trim().is_empty() {
            return Err(Problem::new(Code::EmptyParameter, "the list of stars has an empty entry")
                .parameter("stars")
                .hint("separate names by single commas, or leave stars out for the brightest"));
        }
        let star = catalogue.find(name)?;
        if stars.contains(&star) {
            let named = catalogue.star(star).name();
            let detail = format!("{} is {named}, which is named already", shown(name.trim()));
            return Err(Problem::new(Code::RepeatedStar, detail)
                .parameter("stars")
                .hint("name each star once, by one of its names"));
        }
        stars.push(star);
    }
    Ok(stars)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::echo::tests::sent_again;
    use crate::stars::tests::LINES;
    use crate::text::json::written;

    fn parse(query: &str) -> Result<StarsQuery, Problem> {
        let catalogue = Arc::new(Stars::of(LINES).unwrap());
        let params = Params::parse(query, crate::routes::stars::PARAMETERS)?;
        StarsQuery::new(&params, &catalogue, || SystemTime::UNIX_EPOCH)
    }

    fn echo(query: &StarsQuery) -> String {
        written(|json| query.echo(json))
    }

    #[test]
    fn stars_are_chosen_by_name_or_by_brightness() {
        let names = |query| {
            let query = parse(query).unwrap();
            query.stars().iter().map(|at| query.catalogue.handle(*at).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names(""), ["Sirius", "Spica"]);
        assert_eq!(names("magnitude=-2"), Vec::<String>::new());
        assert_eq!(names("magnitude=2.27"), ["Sirius", "Spica", "Mizar"]);
        assert_eq!(names("stars=61%20Cygni,alpha+Virginis,Miz0"), ["61Cyg", "Spica", "Miz0"]);
    }

    #[test]
    fn fields_are_a_stars() {
        let names = |query: &str| {
            let echoed: serde_json::Value = serde_json::from_str(&echo(&parse(query).unwrap())).unwrap();
            echoed["fields"]
                .as_array()
                .unwrap()
                .iter()
                .map(|name| name.as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let usual = names("");
        assert!(
            usual.starts_with(&["name", "designation", "names", "magnitude", "longitude"].map(str::to_owned))
        );
        assert!(!usual.contains(&"retrograde".to_owned()) && usual.contains(&"source".to_owned()));
        assert_eq!(names("fields=default"), usual);
        assert_eq!(names("fields=magnitude,latitude"), ["name", "magnitude", "latitude"]);
        assert_eq!(names("fields=name"), ["name"]);
        let of_site = names("fields=all&center=topo&lat=50&lon=13");
        assert!(
            of_site.contains(&"apparent_altitude".to_owned()) && of_site.contains(&"elongation".to_owned())
        );
        assert!(!of_site.contains(&"phase_angle".to_owned()));
        assert!(names("center=helio&fields=magnitude").contains(&"magnitude".to_owned()));
    }

    #[test]
    fn refusals_say_what_kind() {
        for (query, code, parameter) in [
            ("stars=Sipca", Code::UnknownStar, "stars"),
            ("stars=Betelgeuse", Code::UnknownStar, "stars"),
            ("stars=Spica,azimech", Code::RepeatedStar, "stars"),
            ("stars=Spica,,Sirius", Code::EmptyParameter, "stars"),
            ("stars=Spica,", Code::EmptyParameter, "stars"),
            ("stars=Spica&magnitude=1", Code::Contradiction, "magnitude"),
            ("magnitude=31", Code::OutOfRange, "magnitude"),
            ("magnitude=-2.1", Code::OutOfRange, "magnitude"),
            ("magnitude=bright", Code::InvalidValue, "magnitude"),
            ("bodies=sun", Code::UnknownParameter, "bodies"),
            ("allow_moshier=true", Code::UnknownParameter, "allow_moshier"),
            ("fields=retrograde", Code::Meaningless, "fields"),
            ("fields=phase_angle", Code::Meaningless, "fields"),
            ("fields=body", Code::UnknownValue, "fields"),
            ("fields=names,names", Code::RepeatedField, "fields"),
            ("fields=azimuth", Code::Contradiction, "fields"),
            ("center=helio&fields=elongation", Code::Contradiction, "fields"),
            ("zodiac=sidereal", Code::Contradiction, "ayanamsa"),
            ("lat=50", Code::Contradiction, "lat"),
        ] {
            let problem = parse(query).unwrap_err();
            assert_eq!((problem.code, problem.parameter.as_deref()), (code, Some(parameter)), "{query}");
            assert!(problem.hint.is_some(), "{query}");
        }
        assert_eq!(parse("stars=Sipca").unwrap_err().hint.as_deref(), Some("did you mean Spica?"));
    }

    #[test]
    fn an_echo_sent_again_echoes_the_same() {
        for text in [
            "",
            "jd=2451545&magnitude=3",
            "jd=2451545&stars=Azimech,al-1Cap,Algedi,Miz0&fields=name,longitude,sign&precision=4",
            "date=2026-03-20&center=topo&lat=50&lon=13&fields=all&pressure=1000&temperature=-3",
            "jd_tt=2451545&center=bary&frame=equatorial&equinox=icrs&coordinates=rectangular&place=true&source=table",
            "jd=2451545&zodiac=sidereal&ayanamsa=27&fields=default,nakshatra,pada",
        ] {
            let query = parse(text).unwrap();
            let again = parse(&sent_again(&echo(&query))).unwrap();
            assert_eq!(echo(&again), echo(&query), "{text}");
        }
    }
}
