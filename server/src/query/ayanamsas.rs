//! What `/v1/ayanamsas` is asked: all of the list or a single one, at which instant.

use std::borrow::Cow;
use std::time::SystemTime;

use orrery_almanac::Ayanamsa;

use super::params::Params;
use super::{Fields, Moshier, SkyQuery, TimeQuery, View, precision};
use crate::wire::problem::Problem;

/// Everything that `/v1/ayanamsas` was asked.
#[derive(Clone, Debug)]
pub(crate) struct AyanamsasQuery {
    pub(crate) time: TimeQuery,
    /// Who may answer and how numbers are rounded; the rest of it is left to the defaults.
    pub(crate) sky: SkyQuery,
    /// The only one that is wanted.
    pub(crate) chosen: Option<Ayanamsa>,
}

impl AyanamsasQuery {
    /// Reads the parameters; `now` is what they mean without a date.
    pub(crate) fn new(
        params: &Params<'_>,
        now: impl FnOnce() -> SystemTime,
    ) -> Result<AyanamsasQuery, Problem> {
        let view = View::default();
        let sky = SkyQuery {
            bodies: Cow::Borrowed(&[]),
            view,
            source: params.word()?,
            precision: precision(params.get("precision"))?,
            fields: Fields::usual(&view),
            moshier: Moshier::Absent,
            ..SkyQuery::default()
        };
        let chosen = params.get("ayanamsa").map(str::parse::<Ayanamsa>).transpose()?;
        Ok(AyanamsasQuery { time: TimeQuery::parse(params, None, now)?, sky, chosen })
    }

    /// The ayanamsas, in the order of the reply.
    pub(crate) fn ayanamsas(&self) -> &[Ayanamsa] {
        self.chosen.as_ref().map_or(&Ayanamsa::ALL, std::slice::from_ref)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::echo::tests::sent_again;
    use crate::text::json::written;
    use crate::wire::problem::Code;

    fn parse(query: &str) -> Result<AyanamsasQuery, Problem> {
        let params = Params::parse(query, crate::routes::ayanamsas::PARAMETERS)?;
        AyanamsasQuery::new(&params, || SystemTime::UNIX_EPOCH)
    }

    #[test]
    fn all_or_one_are_asked_for() {
        assert_eq!(parse("").unwrap().ayanamsas().len(), 47);
        for (text, id) in [
            ("lahiri", "lahiri"),
            ("1", "lahiri"),
            ("Fagan/Bradley", "fagan_bradley"),
            ("user:2451545,23.5", "user:2451545,23.5"),
        ] {
            let query = parse(&format!("ayanamsa={text}")).unwrap();
            assert_eq!(query.ayanamsas().iter().map(|one| one.id()).collect::<Vec<_>>(), [id]);
        }
    }

    #[test]
    fn refusals_say_what_kind() {
        for (query, code, parameter) in [
            ("ayanamsa=lahiry", Code::UnknownValue, "ayanamsa"),
            ("ayanamsa=47", Code::UnknownValue, "ayanamsa"),
            ("ayanamsa=user:1", Code::InvalidValue, "ayanamsa"),
            ("zodiac=sidereal", Code::UnknownParameter, "zodiac"),
            ("center=helio", Code::UnknownParameter, "center"),
            ("jd=1e300&jd_tt=1", Code::Contradiction, "jd_tt"),
            ("lon=13", Code::Contradiction, "lon"),
        ] {
            let problem = parse(query).unwrap_err();
            assert_eq!((problem.code, problem.parameter.as_deref()), (code, Some(parameter)), "{query}");
            assert!(problem.hint.is_some(), "{query}");
        }
    }

    #[test]
    fn an_echo_sent_again_echoes_the_same() {
        let echo = |query: &AyanamsasQuery| written(|json| query.echo(json));
        for text in [
            "",
            "jd=2451545&ayanamsa=27&precision=full",
            "date=1850-01-01&tz=lmt&lon=15.25&source=live&ayanamsa=user:2415020,22.5",
        ] {
            let query = parse(text).unwrap();
            let again = parse(&sent_again(&echo(&query))).unwrap();
            assert_eq!(echo(&again), echo(&query), "{text}");
        }
    }
}
