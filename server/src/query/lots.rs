//! Which lots are asked for: by name from the server's book, and by formulas that the query brings along.

use std::sync::Arc;

use orrery_almanac::WireBody;
use orrery_almanac::lots::{self, Book, Point, Selection};

use super::cast::CastQuery;
use super::params::Params;
use crate::wire::problem::{Code, Problem};

/// The parameters that say which lots.
pub(super) const LOTS: [&str; 2] = ["lots", "formula"];

/// The lots of a chart that are told unasked.
pub(crate) const USUAL_LOTS: &str = "fortune,spirit";

/// Those of which `/v1/lots` tells unasked: the sixteen of the tradition.
pub(crate) const TRADITIONAL_LOTS: &str = "traditional";

/// Most lots that a query may bring along.
pub(crate) const MOST_FORMULAS: usize = 16;

const FORMULA: &str = "give a name and a formula, such as formula=mine:ascendant%2Bmoon-sun; several are separated by semicolons";

/// The lots that are asked for.
#[derive(Clone, Debug)]
pub(crate) struct Lots {
    pub(crate) selection: Arc<Selection>,
    /// Those that the query brings along, as they were understood.
    pub(crate) formula: Option<String>,
}

impl Lots {
    /// Reads `lots` and `formula`, and asks the cast for the bodies that these are reckoned from; `None` where the chart has no
    /// houses, on which all lots depend. `usual` are those that leaving both out means; formulas by themselves come behind these.
    pub(crate) fn parse(
        params: &Params<'_>,
        book: &Arc<Book>,
        usual: &str,
        cast: &mut CastQuery,
    ) -> Result<Option<Lots>, Problem> {
        if cast.division.is_none() {
            let given = LOTS.into_iter().find(|name| params.get(name).is_some());
            return given.map_or(Ok(None), |name| Err(no_houses(name)));
        }
        let own = params.get("formula").map(formulas).transpose()?;
        let mut list = params.get("lots").unwrap_or(usual).to_owned();
        let book = match &own {
            None => Arc::clone(book),
            Some(own) => {
                for (name, _) in own {
                    list.extend([",", name]);
                }
                let own: Vec<_> = own.iter().map(|(name, text)| (&**name, &**text)).collect();
                Arc::new(book.with(&own)?)
            }
        };
        let selection = book.select(&list)?;
        for point in selection.points() {
            let Point::Body(body) = point else { continue };
            let observer = cast.sky.view.observer;
            if !body.exists_from(observer.center()) {
                let detail = format!("a lot is reckoned from {body}, which has no place from there");
                let name = if own.is_some() { "formula" } else { "lots" };
                return Err(Problem::new(Code::Meaningless, detail)
                    .parameter(name)
                    .hint("reckon it from something else, or leave it out"));
            }
        }
        let written = |(name, text): (String, String)| format!("{name}:{text}");
        let formula = own.map(|own| own.into_iter().map(written).collect::<Vec<_>>().join(";"));
        let lots = Lots { selection: Arc::new(selection), formula };
        lots.ask(cast);
        Ok(Some(lots))
    }

    /// Asks a cast for the bodies that they are reckoned from.
    pub(super) fn ask(&self, cast: &mut CastQuery) {
        let bodies = self.selection.points().iter().filter_map(|point| match point {
            Point::Body(body) => Some(*body),
            // The last new or full Moon is where she was beside the Sun, or across from him.
            Point::Syzygy => Some(WireBody::MOON),
            Point::Angle(_) | Point::Cusp(_) => None,
        });
        // By the Sun it is day or night, and the Moon new or full.
        let needed: Vec<_> = [WireBody::SUN].into_iter().chain(bodies).collect();
        cast.also(&needed);
    }

    /// Every formula that they are reckoned by: an operator may change those.
    pub(crate) fn formulas(&self) -> Vec<u8> {
        let lots = self.selection.needed();
        lots.flat_map(|lot| [&lot.name, ":", &lot.day, ":", &lot.night, ";"].concat().into_bytes()).collect()
    }
}

fn no_houses(name: &'static str) -> Problem {
    let detail = format!("{name} asks for lots, and at an unknown time of day nobody knows them");
    Problem::new(Code::Contradiction, detail).parameter(name).hint("leave it out, or time_known")
}

/// Names with their formulas.
fn formulas(text: &str) -> Result<Vec<(String, String)>, Problem> {
    let refused =
        |code, detail: &str| Problem::new(code, detail.to_owned()).parameter("formula").hint(FORMULA);
    let mut all = Vec::new();
    for entry in text.split(';') {
        let Some((name, formula)) = entry.split_once(':') else {
            return Err(refused(Code::InvalidValue, "formula has a part that is no name with a formula"));
        };
        if all.len() == MOST_FORMULAS {
            let detail = format!("formula has more than {MOST_FORMULAS} lots");
            return Err(Problem::new(Code::OutOfRange, detail)
                .parameter("formula")
                .hint("bring fewer along, or have them put into the server's book, charts.lots"));
        }
        all.push((name.trim_matches(' ').to_ascii_lowercase(), formula.trim().to_owned()));
    }
    Ok(all)
}

/// Lots of a query string, in whose formulas pluses that were not percent-encoded arrive as spaces: nothing else stands between two
/// operands. A document has its pluses as they are.
pub(crate) fn with_pluses(lots: &str) -> String {
    let formula = |lot: &str| match lot.split_once(':') {
        Some((name, formula)) => format!("{name}:{}", summed(formula)),
        None => lot.to_owned(),
    };
    lots.split(';').map(formula).collect::<Vec<_>>().join(";")
}

/// A formula without spaces, and with pluses for those that stand between operands.
fn summed(formula: &str) -> String {
    let is_operand = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.');
    let mut whole = String::with_capacity(formula.len());
    for word in formula.split_whitespace() {
        // What stands before a parenthesis may be the name of a function.
        let begins = word.starts_with(is_operand) || (word.starts_with('(') && !ends_with_arc(&whole));
        if begins && whole.ends_with(|last| is_operand(last) || last == ')') {
            whole.push('+');
        }
        whole.push_str(word);
    }
    whole
}

/// Whether the last name of a part of a formula is that of the function.
fn ends_with_arc(part: &str) -> bool {
    let is_named = |letter: char| letter.is_alphanumeric() || letter == '_';
    let rest = part.trim_end_matches(is_named);
    part[rest.len()..].eq_ignore_ascii_case(lots::ARC)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::query::ChartQuery;

    #[test]
    fn spaces_between_operands_are_pluses() {
        for (given, whole) in [
            ("ascendant moon-sun", "ascendant+moon-sun"),
            ("ascendant + moon - sun", "ascendant+moon-sun"),
            ("(ascendant  sun) (moon 0.5)", "(ascendant+sun)+(moon+0.5)"),
            ("arc(sun, moon) * 2", "arc(sun,moon)*2"),
            ("arc (sun, moon)", "arc(sun,moon)"),
            ("sun Arc (sun  5, moon) (moon)", "sun+Arc(sun+5,moon)+(moon)"),
            ("marc (sun)", "marc+(sun)"),
            ("asteroid:433 sun", "asteroid:433+sun"),
            ("", ""),
        ] {
            assert_eq!(summed(given), whole);
        }
        let lots = " Mine : sun 30;other:arc (sun, moon)";
        assert_eq!(with_pluses(lots), " Mine :sun+30;other:arc(sun,moon)");
        assert_eq!(with_pluses("sun 30;;x"), "sun 30;;x");
    }

    #[test]
    fn the_last_new_or_full_moon_needs_the_moon() {
        let bodies = |formula: &str| {
            let query =
                format!("jd=2451545&lat=50&lon=10&include=lots&bodies=mars&lots=mine&formula=mine:{formula}");
            let params = Params::parse(&query, crate::routes::charts::chart::PARAMETERS).unwrap();
            let book = crate::config::Charts::default().book().unwrap();
            let chart = ChartQuery::new(&params, None, &book, SystemTime::now).unwrap();
            assert_eq!(chart.cast.bodies(), ["mars".parse().unwrap()]);
            chart.cast.sky.bodies.iter().skip(1).copied().collect::<Vec<_>>()
        };
        assert_eq!(bodies("ascendant%2Bsyzygy-ascendant"), [WireBody::SUN, WireBody::MOON]);
        assert_eq!(bodies("ascendant%2B30"), [WireBody::SUN]);
    }

    #[test]
    fn formulas_have_names() {
        let read = formulas(" Mine : sun + 30 ;other:arc(sun, moon)").unwrap();
        let expected = [("mine", "sun + 30"), ("other", "arc(sun, moon)")];
        assert_eq!(read, expected.map(|(name, text)| (name.to_owned(), text.to_owned())));
        for (text, code) in [
            ("sun", Code::InvalidValue),
            ("mine:sun;", Code::InvalidValue),
            (&"a:sun;".repeat(17), Code::OutOfRange),
        ] {
            let problem = formulas(text).unwrap_err();
            assert_eq!((problem.code, problem.parameter.as_deref()), (code, Some("formula")), "{text}");
        }
    }
}
