//! What a list of events reaches over: between two instants, or so many after or before one; and where to go on.

use std::time::SystemTime;

use orrery_almanac::{LeapSeconds, Moment, Site, Utc, UtcOffset, zone};
use orrery_format::TtDay;

use super::days::{self, Day};
use super::instants::End;
use super::params::Params;
use super::time::{Clock, When};
use crate::wire::problem::{Code, Problem, shown};

/// Most events that a document has unless more are asked for.
pub(crate) const USUAL_LIMIT: u32 = 1_000;

/// Events that are told after or before an instant unless a number is given.
const USUAL_COUNT: u32 = 10;

/// Most events of a document, and most to count.
pub(crate) const MOST: u32 = 100_000;

/// What a list reaches over.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Span {
    pub(crate) reach: Reach,
    /// How many a document has at most; `None` where none was given.
    pub(crate) limit: Option<u32>,
    /// Where to go on.
    pub(crate) cursor: Option<Cursor>,
    pub(crate) clock: Clock,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reach {
    /// From one instant to another, the second excluded.
    Between(End, End),
    /// So many from an instant on.
    After(End, u32),
    /// The last so many before an instant.
    Before(End, u32),
}

/// A place in a list: an instant, how many events at it are told already, and how many in all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cursor {
    pub(crate) at: TtDay,
    pub(crate) beside: u32,
    pub(crate) told: u32,
    /// What is common to queries that ask for the same list.
    pub(crate) mark: u32,
}

impl Span {
    /// Reads `start` and `stop`, or `after` or `before` with `count`; and `limit` and `cursor`.
    pub(crate) fn parse(params: &Params<'_>, now: impl Fn() -> SystemTime) -> Result<Span, Problem> {
        Span::parse_over(params, None, now)
    }

    /// The same where `lon` may be that of a place.
    pub(super) fn parse_over(
        params: &Params<'_>,
        site: Option<Site>,
        now: impl Fn() -> SystemTime,
    ) -> Result<Span, Problem> {
        let clock = Clock::parse(params, site)?;
        let month = year_and_month(params)?;
        let end = |name: &'static str| {
            let read = |text| End::parse(name, text, &clock, &now);
            params.get(name).map(read).transpose()
        };
        let count = params.count("count", 1, MOST)?;
        let named: Vec<_> = ["start", "stop", "after", "before"]
            .into_iter()
            .filter(|name| params.get(name).is_some())
            .collect();
        let reach = match (end("start")?, end("stop")?, end("after")?, end("before")?) {
            (None, None, None, None) if let Some((year, month)) = month => {
                if count.is_some() {
                    return Err(count_of_range("year"));
                }
                let ends = days::of_month(year, month, clock.calendar)?;
                Reach::over(&days::between(ends, clock.zone)?, &clock)?
            }
            _ if month.is_some() => {
                return Err(Problem::new(
                    Code::Contradiction,
                    format!("year and {} both say when", named.join(" and ")),
                )
                .parameter("year")
                .hint("give year, with month or without, or start and stop, or after or before with count"));
            }
            (Some(start), Some(stop), None, None) => {
                if count.is_some() {
                    return Err(count_of_range("start"));
                }
                Reach::Between(start, stop)
            }
            (None, None, Some(after), None) => Reach::After(after, count.unwrap_or(USUAL_COUNT)),
            (None, None, None, Some(before)) => Reach::Before(before, count.unwrap_or(USUAL_COUNT)),
            (None, None, None, None) => {
                Reach::After(End::Now(Utc::of_system_clock(now())), count.unwrap_or(USUAL_COUNT))
            }
            (Some(_), None, None, None) => return Err(missing("stop")),
            (None, Some(_), None, None) => return Err(missing("start")),
            _ => {
                return Err(Problem::new(
                    Code::Contradiction,
                    format!("{} exclude one another", named.join(" and ")),
                )
                .parameter(named.last().copied().unwrap_or("after"))
                .hint("give start and stop, or after with count, or before with count"));
            }
        };
        let cursor = params.get("cursor").map(Cursor::parse).transpose()?;
        if cursor.is_some() && matches!(reach, Reach::Before(..)) {
            return Err(Problem::new(
                Code::Contradiction,
                "there is no cursor of what comes before an instant",
            )
            .parameter("cursor")
            .hint("leave it out, or give after"));
        }
        let limit = params.count("limit", 1, MOST)?;
        if limit.is_some() && matches!(reach, Reach::Before(..)) {
            return Err(Problem::new(
                Code::Contradiction,
                "what comes before an instant is told in one reply, as many as count says",
            )
            .parameter("limit")
            .hint("leave it out, and give count"));
        }
        Ok(Span { reach, limit, cursor, clock })
    }

    /// The ends as far as they are given, for refusals and tags.
    pub(crate) fn whens(&self) -> impl Iterator<Item = (&'static str, When)> + '_ {
        let names: &[&'static str] = match self.reach {
            Reach::Between(..) => &["start", "stop"],
            Reach::After(..) => &["after"],
            Reach::Before(..) => &["before"],
        };
        names.iter().copied().zip(self.reach.ends().map(End::when))
    }

    /// Refuses an end that is no instant.
    pub(crate) fn check(&self, leaps: &LeapSeconds) -> Result<(), Problem> {
        for (name, when) in self.whens() {
            when.check(leaps).map_err(|error| Problem::from(error).parameter(name))?;
        }
        Ok(())
    }

    /// Whether the reply is true of the moment of asking alone.
    pub(crate) fn is_now(&self) -> bool {
        self.reach.ends().any(|end| matches!(end, End::Now(_)))
    }
}

impl Reach {
    /// From the beginning of the first of these days of a clock to the end of the last.
    pub(super) fn over(days: &[Day], clock: &Clock) -> Result<Reach, Problem> {
        match (days.first().map(|day| day.start), days.last().map(|day| day.end)) {
            (Some(When::Utc(start)), Some(When::Utc(end))) => {
                Ok(Reach::Between(begin(start, clock), begin(end, clock)))
            }
            (None, _) | (_, None) => {
                Err(Problem::new(Code::NoSuchDate, "the clock skipped all of these days")
                    .parameter("start")
                    .hint("give the days before or after"))
            }
            // Days of a clock begin in UTC.
            _ => Err(Problem::new(
                Code::Internal,
                "a day began at no time of a clock; the failure has been logged",
            )),
        }
    }

    pub(crate) fn ends(&self) -> impl Iterator<Item = &End> {
        let (first, second) = match self {
            Reach::Between(start, stop) => (start, Some(stop)),
            Reach::After(end, _) | Reach::Before(end, _) => (end, None),
        };
        [first].into_iter().chain(second)
    }
}

impl Cursor {
    /// As a client gets it and gives it back.
    pub(crate) fn text(&self) -> String {
        let Cursor { at: TtDay(jd), beside, told, mark } = self;
        format!("{:016x}-{beside:x}-{told:x}-{mark:08x}", jd.to_bits())
    }

    fn parse(text: &str) -> Result<Cursor, Problem> {
        let mut parts = text.split('-');
        let mut part = |digits: usize| {
            let part = parts.next()?;
            let is_hex = part.len() <= digits && part.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_hex.then(|| u64::from_str_radix(part, 16).ok())?
        };
        let read = (|| {
            let at = f64::from_bits(part(16)?);
            let [beside, told, mark] = [part(8)?, part(8)?, part(8)?].map(|number| number as u32);
            at.is_finite().then_some(Cursor { at: TtDay(at), beside, told, mark })
        })();
        read.filter(|_| parts.next().is_none()).ok_or_else(|| {
            Problem::new(Code::InvalidValue, format!("{} is no cursor", shown(text)))
                .parameter("cursor")
                .hint("give next_cursor of a reply as it came, or leave cursor out to begin")
        })
    }
}

fn count_of_range(name: &str) -> Problem {
    Problem::new(Code::Contradiction, format!("count goes with after or before, and there is {name}"))
        .parameter("count")
        .hint("give limit for the most that a document has, or after and count")
}

/// Years that `year` may name: those that a calendar of four digits has, and as many before.
pub(crate) const YEARS: (i32, i32) = (-9_999, 9_999);

/// The beginning of a clock's day as an end: the date alone where that says it, and an instant in UTC where the day has no
/// midnight, or two.
fn begin(utc: Utc, clock: &Clock) -> End {
    let Clock { calendar, zone, .. } = clock;
    let offset = zone.map_or(UtcOffset::UTC, |zone| zone.offset_at(utc));
    let midnight = Moment::Day(utc.to_local(offset).0.civil(*calendar));
    match zone::resolve(&midnight, zone.as_ref(), *calendar) {
        Ok(resolved) if resolved.utc == utc => End::Date(midnight, utc),
        _ => {
            let moment =
                Moment::Zoned { date: utc.date(*calendar), time: utc.time(), offset: UtcOffset::UTC };
            End::Date(moment, utc)
        }
    }
}

/// Reads `year` and `month`.
pub(super) fn year_and_month(params: &Params<'_>) -> Result<Option<(i32, Option<u8>)>, Problem> {
    let whole = |name: &'static str, least: i32, most: i32| -> Result<Option<i32>, Problem> {
        let Some(text) = params.get(name) else { return Ok(None) };
        match text.parse::<i32>() {
            Ok(number) if (least..=most).contains(&number) && !text.starts_with('+') => Ok(Some(number)),
            Ok(number) => Err(Problem::new(Code::OutOfRange, format!("{name} is {number}"))
                .parameter(name)
                .hint(format!("give {name} from {least} to {most}"))),
            Err(_) => {
                let detail = format!("{name} is {}, which is no whole number", shown(text));
                Err(Problem::new(Code::InvalidValue, detail)
                    .parameter(name)
                    .hint(format!("give {name} from {least} to {most}")))
            }
        }
    };
    let (year, month) = (whole("year", YEARS.0, YEARS.1)?, whole("month", 1, 12)?);
    match (year, month) {
        (Some(year), month) => Ok(Some((year, month.map(|month| month as u8)))),
        (None, None) => Ok(None),
        (None, Some(_)) => Err(Problem::new(Code::MissingParameter, "year is missing, and there is month")
            .parameter("year")
            .hint("add year, such as year=2026")),
    }
}

/// The refusal of a cursor of another list.
pub(crate) fn foreign_cursor() -> Problem {
    Problem::new(Code::Contradiction, "the cursor is of another query")
        .parameter("cursor")
        .hint("send next_cursor with the same parameters as the reply that it came in, but for limit")
}

fn missing(name: &'static str) -> Problem {
    Problem::new(Code::MissingParameter, format!("{name} is missing"))
        .parameter(name)
        .hint("give start and stop, or after with count, or before with count")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Parameter;
    use crate::query::echo::tests::sent_again;
    use crate::routes::listing::parameters::{AFTER, BEFORE, COUNT, LON, MONTH, START, STOP, TZ, YEAR};
    use crate::routes::parameters::CALENDAR;
    use crate::text::json::written;

    const PARAMETERS: &[Parameter] = &[START, STOP, YEAR, MONTH, AFTER, BEFORE, COUNT, CALENDAR, TZ, LON];

    fn parse(query: &str) -> Result<Span, Problem> {
        Span::parse(&Params::parse(query, PARAMETERS)?, || SystemTime::UNIX_EPOCH)
    }

    fn ends(span: &Span) -> Vec<String> {
        let utc = |(_, when)| match when {
            When::Utc(utc) => utc.to_string(),
            other => panic!("{other:?}"),
        };
        span.whens().map(utc).collect()
    }

    #[test]
    fn a_month_begins_when_the_clock_first_shows_it() {
        for (query, start, stop) in [
            ("year=2026&month=12", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
            ("year=2026&month=3&tz=Europe/Berlin", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"),
            // Put forward over its first midnight, and put back to it.
            ("year=1985&month=4&tz=Asia/Amman", "1985-03-31T22:00:00Z", "1985-04-30T21:00:00Z"),
            ("year=1985&month=3&tz=Asia/Amman", "1985-02-28T22:00:00Z", "1985-03-31T22:00:00Z"),
            ("year=2015&month=11&tz=America/Havana", "2015-11-01T04:00:00Z", "2015-12-01T05:00:00Z"),
            ("year=1582", "1582-01-01T00:00:00Z", "1583-01-01T00:00:00Z"),
            ("year=9999", "9999-01-01T00:00:00Z", "+10000-01-01T00:00:00Z"),
            ("year=-9999&month=12", "-9999-12-01T00:00:00Z", "-9998-01-01T00:00:00Z"),
            ("year=1900&month=2&calendar=julian", "1900-02-13T00:00:00Z", "1900-03-14T00:00:00Z"),
        ] {
            assert_eq!(ends(&parse(query).unwrap()), [start, stop], "{query}");
        }
    }

    #[test]
    fn a_range_sent_again_is_the_same() {
        for query in [
            "year=1985&month=4&tz=Asia/Amman",
            "year=2015&month=11&tz=America/Havana",
            "year=2015&month=10&tz=America/Havana",
            "year=1912&month=1&tz=Europe/Lisbon",
            "year=1883&month=12&tz=lmt&lon=13.4",
            "year=9999&calendar=gregorian",
            "start=2026-03-01T00:00Z&stop=2026-04-01T00:00%2B02:00&tz=Asia/Kolkata",
            "after=jd:2461000.5&count=3&tz=Asia/Kolkata",
        ] {
            let span = parse(query).unwrap();
            let again = parse(&sent_again(&echo(&span))).unwrap();
            assert_eq!(echo(&again), echo(&span), "{query}");
            assert_eq!(whens(&again), whens(&span), "{query}");
        }
    }

    fn echo(span: &Span) -> String {
        written(|json| {
            json.open(b'{');
            span.echo(json);
            json.close(b'}');
        })
    }

    fn whens(span: &Span) -> Vec<When> {
        span.whens().map(|(_, when)| when).collect()
    }
}
