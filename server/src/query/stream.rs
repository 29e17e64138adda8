//! `/v1/stream/sky`: what is followed, how often, and for how long.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use orrery_almanac::Utc;

use super::params::Params;
use super::{PositionsQuery, SkyQuery, TimeQuery};
use crate::wire::problem::{Code, Problem};

/// Shortest and longest time between two ticks, seconds.
pub(crate) const INTERVALS_S: (f64, f64) = (0.1, 3600.0);

/// What leaving `interval` out means, seconds.
const USUAL_INTERVAL_S: f64 = 1.0;

/// Most ticks that `count` may ask for.
pub(crate) const MOST_TICKS: u16 = 10_000;

const NANOSECONDS: f64 = 1e9;

/// Everything that a stream was asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StreamQuery {
    pub(crate) sky: SkyQuery,
    pub(crate) interval: Interval,
    /// After how many ticks it ends; `None` for one that its client ends.
    pub(crate) count: Option<u32>,
}

/// The time between two ticks. These are at its whole multiples, counted from 1970 as the system's clock counts, so that all
/// who choose the same interval have the same ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Interval {
    nanoseconds: u64,
}

impl StreamQuery {
    /// Reads the parameters.
    pub(crate) fn new(params: &Params<'_>) -> Result<StreamQuery, Problem> {
        let sky = SkyQuery::parse(params)?;
        if params.get("lon").is_some() && sky.view.observer.site().is_none() {
            return Err(Problem::new(Code::Contradiction, "lon places an observer, and there is none")
                .parameter("lon")
                .hint("add center=topo and lat for places seen from there, or leave lon out"));
        }
        let interval = Interval::parse(params)?;
        let count = params.count("count", 1, MOST_TICKS.into())?;
        Ok(StreamQuery { sky, interval, count })
    }

    /// What is asked at a tick.
    pub(crate) fn at(&self, tick: u64) -> PositionsQuery {
        PositionsQuery { time: TimeQuery::at(self.interval.utc_of(tick)), sky: self.sky.clone() }
    }
}

impl Interval {
    fn parse(params: &Params<'_>) -> Result<Interval, Problem> {
        let (least, most) = INTERVALS_S;
        let seconds = params.number("interval")?.unwrap_or(USUAL_INTERVAL_S);
        if !(least..=most).contains(&seconds) {
            return Err(Problem::new(Code::OutOfRange, format!("interval is {seconds}"))
                .parameter("interval")
                .hint(format!("give interval from {least} to {most} seconds")));
        }
        Ok(Interval { nanoseconds: (seconds * NANOSECONDS).round() as u64 })
    }

    /// The number of the tick that was last at a moment.
    pub(crate) fn tick_at(self, moment: SystemTime) -> u64 {
        let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
        (since.as_nanos() / u128::from(self.nanoseconds)) as u64
    }

    /// When a tick is.
    pub(crate) fn start_of(self, tick: u64) -> SystemTime {
        // Nanoseconds since 1970 will do until 2554.
        UNIX_EPOCH + Duration::from_nanos(tick.saturating_mul(self.nanoseconds))
    }

    fn utc_of(self, tick: u64) -> Utc {
        Utc::of_system_clock(self.start_of(tick))
    }

    /// What a tick is called: its instant, as ISO 8601.
    pub(crate) fn name_of(self, tick: u64) -> String {
        self.utc_of(tick).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::stream::PARAMETERS;
    use crate::text::json::written;

    fn parse(query: &str) -> Result<StreamQuery, Problem> {
        StreamQuery::new(&Params::parse(query, PARAMETERS)?)
    }

    fn at(nanoseconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_nanos(nanoseconds)
    }

    #[test]
    fn ticks_are_the_whole_multiples_of_the_interval() {
        let half = parse("interval=0.5").unwrap().interval;
        for (moment, tick) in
            [(0, 0), (499_999_999, 0), (500_000_000, 1), (1_774_017_180_700_000_000, 3_548_034_361)]
        {
            assert_eq!(half.tick_at(at(moment)), tick);
            assert!(half.start_of(tick) <= at(moment) && at(moment) < half.start_of(tick + 1));
        }
        // A clock that was never set is at its beginning.
        assert_eq!(half.tick_at(UNIX_EPOCH - Duration::from_secs(9)), 0);
        // What has no end in binary is a whole number of nanoseconds.
        let tenth = parse("interval=0.1").unwrap().interval;
        assert_eq!(tenth.start_of(17_740_171_803), at(1_774_017_180_300_000_000));
        assert_eq!(parse("").unwrap().interval, parse("interval=1").unwrap().interval);
    }

    #[test]
    fn a_tick_is_asked_for_as_a_date_is() {
        let stream = parse("interval=0.5&bodies=sun").unwrap();
        let query = stream.at(3_548_034_361);
        let asked = PositionsQuery::parse("date=2026-03-20T14:33:00.5Z&bodies=sun", UNIX_EPOCH).unwrap();
        assert_eq!(query, asked);
        let echo = written(|json| query.echo(json));
        assert!(echo.starts_with(r#"{"date":"2026-03-20T14:33:00.5Z","#), "{echo}");
        assert_eq!(stream.interval.name_of(3_548_034_361), "2026-03-20T14:33:00.5Z");
    }

    #[test]
    fn what_cannot_be_is_refused_by_name() {
        for (query, code, parameter) in [
            ("interval=0.09999", Code::OutOfRange, "interval"),
            ("interval=3600.0001", Code::OutOfRange, "interval"),
            ("interval=-1", Code::OutOfRange, "interval"),
            ("interval=nan", Code::InvalidValue, "interval"),
            ("interval=1s", Code::InvalidValue, "interval"),
            ("count=0", Code::OutOfRange, "count"),
            ("count=10001", Code::OutOfRange, "count"),
            ("count=1.5", Code::InvalidValue, "count"),
            ("lon=13", Code::Contradiction, "lon"),
            ("lat=52", Code::Contradiction, "lat"),
            ("bodies=plutto", Code::UnknownBody, "bodies"),
        ] {
            let problem = parse(query).unwrap_err();
            assert_eq!((problem.code, problem.parameter.as_deref()), (code, Some(parameter)), "{query}");
            assert!(problem.hint.is_some(), "{query}");
        }
        let ends = parse("interval=3600&count=10000").unwrap();
        assert_eq!(ends.count, Some(10_000));
    }
}
