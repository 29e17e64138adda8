//! Time zones: from what clocks showed to UTC, and back.
//!
//! Zones are those of the IANA database, compiled in through `chrono-tz` ([`DATABASE_VERSION`]), and `lmt`, the local
//! mean time of a longitude. Names are taken without regard to ASCII case, as web browsers take them.
//!
//! - Before the first change that the database records for a zone (in the 19th century mostly), its offset is the local
//!   mean time of the zone's eponymous city, the database's own `LMT` entry: one offset for the whole zone. For a birth
//!   in another town `tz=lmt` with its longitude is closer.
//! - The database merges zones that agree since 1970 (its `backward` file), so that for instance `Europe/Amsterdam` is
//!   today the history of Brussels, also before 1970.
//! - The compiled tables end with 2099. For a zone that still changes its clocks then, later years follow the year
//!   between 2072 and 2099 that has the same calendar, so that "last Sunday of March" stays so; other zones keep their
//!   last offset.
//! - The database knows Gregorian dates. A date in the Julian calendar is the same day under another name, and is
//!   looked up as that day.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone};
use chrono::{LocalResult, offset::FixedOffset};
use chrono_tz::{GapInfo, Tz};

use crate::calendar::{Calendar, CivilDate, DayNumber, SECOND_NS, TimeOfDay};
use crate::error::{Error, shown};
use crate::iso::Moment;
use crate::suggest;
use crate::utc::{Utc, UtcOffset};

/// The release of the IANA database that is compiled in, such as `2025b`.
pub const DATABASE_VERSION: &str = chrono_tz::IANA_TZDB_VERSION;

/// Day number of the day before 0001-01-01 in the Gregorian calendar, from which `chrono` counts.
const CHRONO_EPOCH: i64 = 1_721_425;
/// No zone of the database has a transition before this year.
const BEFORE_ALL_TRANSITIONS: i32 = 1800;
/// The last year that the compiled tables cover.
const LAST_TABLE_YEAR: i32 = 2099;

/// Where clocks are read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Zone {
    /// A zone of the IANA database.
    Iana(Tz),
    /// Local mean time, at its offset.
    LocalMean(UtcOffset),
}

/// One way to read a local time that the clocks did not show exactly once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The instant.
    pub utc: Utc,
    /// The offset that makes it of the local time.
    pub offset: UtcOffset,
}

/// An instant found from what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The instant.
    pub utc: Utc,
    /// The offset of the zone at that instant; without a zone, the one that was written.
    pub offset: UtcOffset,
}

/// The offsets under which a local time can be read.
enum Readings {
    Once(UtcOffset),
    /// The clocks were put back: the offset before, and after.
    Twice(UtcOffset, UtcOffset),
    /// The clocks were put forward over it: the offset before, and after.
    Never(UtcOffset, UtcOffset),
}

/// The instant of a moment as [`crate::iso`] reads it. `zone` is what `tz=` names; an offset in the text goes before it.
/// A bare date is midnight, of the zone or else of UTC. `calendar` is what `calendar=` names, and applies to the date as
/// written, at its place.
///
/// # Errors
/// [`Error::ZoneMissing`] for a time of day with neither offset nor zone, [`Error::Gap`] and [`Error::Fold`] where the
/// clocks did not show it exactly once, and the errors of [`CivilDate::day_number`] and [`Utc::from_local`].
pub fn resolve(moment: &Moment, zone: Option<&Zone>, calendar: Option<Calendar>) -> Result<Resolved, Error> {
    let (date, time) = match *moment {
        Moment::Zoned { date, time, offset } => {
            let utc = Utc::from_local(date.day_number(calendar)?, time, offset)?;
            return Ok(Resolved { utc, offset: zone.map_or(offset, |zone| zone.offset_at(utc)) });
        }
        Moment::Local { date, time } => (date, time),
        Moment::Day(date) => (date, TimeOfDay::MIDNIGHT),
    };
    let day = date.day_number(calendar)?;
    match (zone, moment) {
        (Some(zone), _) => zone.to_utc(day, time).map_err(|error| as_written(error, date, time)),
        (None, Moment::Day(_)) => Ok(Resolved { utc: Utc::new(day, time)?, offset: UtcOffset::UTC }),
        (None, _) => Err(Error::ZoneMissing),
    }
}

/// Puts the date as the client wrote it, whose calendar may be another, into a message.
fn as_written(error: Error, date: CivilDate, time: TimeOfDay) -> Error {
    let written = format!("{date}T{time}");
    match error {
        Error::Gap { zone, candidates, .. } => Error::Gap { local: written, zone, candidates },
        Error::Fold { zone, candidates, .. } => Error::Fold { local: written, zone, candidates },
        other => other,
    }
}

impl Zone {
    /// The zone of a name: an IANA name such as `Europe/Berlin`, or `lmt`, which needs the longitude of the place.
    ///
    /// # Errors
    /// [`Error::UnknownZone`] with the nearest name, [`Error::OffsetAsZone`] for an offset,
    /// [`Error::LongitudeMissing`] and [`Error::Longitude`] for `lmt`.
    pub fn parse(name: &str, lon_deg: Option<f64>) -> Result<Zone, Error> {
        if name.eq_ignore_ascii_case("lmt") {
            return lon_deg.ok_or(Error::LongitudeMissing).and_then(Zone::local_mean_time);
        }
        // No zone's name has a space, so one is the plus of `Etc/GMT+1` that was not percent-encoded.
        let plain = name.replace(' ', "+");
        if let Ok(zone) = plain.parse() {
            return Ok(Zone::Iana(zone));
        }
        let mut zones = chrono_tz::TZ_VARIANTS.iter();
        if let Some(zone) = zones.find(|zone| zone.name().eq_ignore_ascii_case(&plain)) {
            return Ok(Zone::Iana(*zone));
        }
        // `UTC+2` and `GMT-05:00` are offsets too: names of zones have no sign after these letters alone.
        let plain = plain.to_ascii_uppercase();
        let after = ["UTC", "GMT", "UT"].iter().find_map(|scale| plain.strip_prefix(scale));
        let offset = after.filter(|rest| !rest.is_empty()).unwrap_or(&plain);
        if offset.starts_with(['+', '-', '0', '1']) {
            return Err(Error::OffsetAsZone { name: shown(name) });
        }
        Err(Error::UnknownZone { name: shown(name), suggestion: nearest_zone(name) })
    }

    /// The local mean time of a longitude in degrees, east positive.
    ///
    /// # Errors
    /// [`Error::Longitude`] outside −180 to 180 degrees.
    pub fn local_mean_time(lon_deg: f64) -> Result<Zone, Error> {
        UtcOffset::of_local_mean_time(lon_deg).map(Zone::LocalMean)
    }

    /// The name, as the database spells it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Zone::Iana(zone) => zone.name(),
            Zone::LocalMean(_) => "lmt",
        }
    }

    /// The instant at which clocks of the zone show a time of a day.
    ///
    /// # Errors
    /// [`Error::Gap`] and [`Error::Fold`] where they never show it, or twice; [`Error::NoLeapSecond`] for a second 60
    /// that is not 23:59:60 in Greenwich.
    pub fn to_utc(&self, day: DayNumber, time: TimeOfDay) -> Result<Resolved, Error> {
        let zone = match self {
            Zone::LocalMean(offset) => {
                return Ok(Resolved { utc: Utc::from_local(day, time, *offset)?, offset: *offset });
            }
            Zone::Iana(zone) => *zone,
        };
        let read = |offset| Utc::from_local(day, time, offset).map(|utc| Candidate { utc, offset });
        // What is ahead of UTC by more is earlier, so that the larger offset gives the earlier instant.
        let (local, name) = (|| format!("{}T{time}", day.civil(None)), self.name().to_owned());
        match readings(zone, naive(zone, day, time)) {
            Readings::Once(offset) => Ok(Resolved { utc: read(offset)?.utc, offset }),
            Readings::Twice(before, after) => {
                Err(Error::Fold { local: local(), zone: name, candidates: [read(before)?, read(after)?] })
            }
            Readings::Never(before, after) => {
                Err(Error::Gap { local: local(), zone: name, candidates: [read(after)?, read(before)?] })
            }
        }
    }

    /// The first instant at which clocks of the zone show a day; `None` for a day that they skipped, as those of Samoa did
    /// 2011-12-30.
    #[must_use]
    pub fn start_of(&self, day: DayNumber) -> Option<Utc> {
        let shown = |utc: Utc| utc.to_local(self.offset_at(utc)).0;
        let start = match self.to_utc(day, TimeOfDay::MIDNIGHT) {
            Ok(resolved) => resolved.utc,
            // Put back from before one to midnight, the day began before that; put back from a minute past midnight to the day
            // before, it begins again, and that minute is the day before's.
            Err(Error::Fold { candidates: [earlier, later], .. }) => {
                let before = Utc::from_day_0(later.utc.since_day_0() - i128::from(SECOND_NS));
                if shown(before) < day { later.utc } else { earlier.utc }
            }
            // The clocks were put forward over midnight: the day begins when that was done, a second found by halving.
            Err(Error::Gap { candidates: [before, after], .. }) => {
                let (before, after) = (before.utc.since_day_0(), after.utc.since_day_0());
                let at = |second: i64| Utc::from_day_0(before + i128::from(second * SECOND_NS));
                let (mut earlier, mut later) = (0, ((after - before) / i128::from(SECOND_NS)) as i64);
                while later - earlier > 1 {
                    let middle = i64::midpoint(earlier, later);
                    if shown(at(middle)) >= day { later = middle } else { earlier = middle }
                }
                at(later)
            }
            Err(_) => return None,
        };
        (shown(start) == day).then_some(start)
    }

    /// How far the zone's clocks are ahead of UTC at an instant.
    #[must_use]
    pub fn offset_at(&self, utc: Utc) -> UtcOffset {
        match self {
            Zone::LocalMean(offset) => *offset,
            Zone::Iana(zone) => {
                let naive = naive(*zone, utc.day(), utc.time());
                east(zone.offset_from_utc_datetime(&naive).fix())
            }
        }
    }
}

fn east(offset: FixedOffset) -> UtcOffset {
    UtcOffset::from_seconds(i64::from(offset.local_minus_utc()))
}

fn readings(zone: Tz, local: NaiveDateTime) -> Readings {
    match zone.offset_from_local_datetime(&local) {
        LocalResult::Single(offset) => Readings::Once(east(offset.fix())),
        LocalResult::Ambiguous(before, after) => Readings::Twice(east(before.fix()), east(after.fix())),
        LocalResult::None => {
            let before =
                GapInfo::new(&local, &zone).and_then(|gap| gap.begin).map(|(_, offset)| offset.fix());
            // A gap always follows a stretch of some offset, so `before` is there; were it not, the offset of the
            // same reading taken as UTC lies within a day of it.
            let before = before.unwrap_or_else(|| zone.offset_from_utc_datetime(&local).fix());
            // Read with the offset before the gap, the time falls after the change of clocks.
            let beyond = local - TimeDelta::seconds(i64::from(before.local_minus_utc()));
            Readings::Never(east(before), east(zone.offset_from_utc_datetime(&beyond).fix()))
        }
    }
}

/// The day and time under which the compiled tables hold the zone's offset: itself where they reach, and otherwise one
/// with the same offset (see [the module](self)). A leap second counts as the second before it.
fn naive(zone: Tz, day: DayNumber, time: TimeOfDay) -> NaiveDateTime {
    let date = i32::try_from(day.0 - CHRONO_EPOCH).ok().and_then(NaiveDate::from_num_days_from_ce_opt);
    let date = match date {
        Some(date) if date.year() > LAST_TABLE_YEAR => like_year_in_table(zone, date),
        Some(date) if date.year() >= BEFORE_ALL_TRANSITIONS => Some(date),
        // Also for days that `chrono` cannot name, a quarter of a million years away: none of them is ever asked for.
        _ => NaiveDate::from_ymd_opt(BEFORE_ALL_TRANSITIONS, 1, 1),
    };
    let second = time.second().min(59);
    let time = NaiveTime::from_hms_opt(time.hour().into(), time.minute().into(), second.into());
    NaiveDateTime::new(date.unwrap_or_default(), time.unwrap_or_default())
}

/// The same date of a year that the tables cover and whose weekdays and February are those of the date's year. Any 28
/// years in a row without a common century have all fourteen kinds of year.
fn like_year_in_table(zone: Tz, date: NaiveDate) -> Option<NaiveDate> {
    let mut months = (1..=12).filter_map(|month| NaiveDate::from_ymd_opt(LAST_TABLE_YEAR, month, 15));
    let offset = |date: NaiveDate| zone.offset_from_utc_datetime(&date.and_time(NaiveTime::MIN)).fix();
    let first = months.next().map(offset);
    let last_day = NaiveDate::from_ymd_opt(LAST_TABLE_YEAR, 12, 31);
    if months.all(|month| Some(offset(month)) == first) {
        return last_day;
    }
    (LAST_TABLE_YEAR - 27..=LAST_TABLE_YEAR)
        .rev()
        .filter_map(|year| NaiveDate::from_yo_opt(year, date.ordinal()))
        .find(|like| like.leap_year() == date.leap_year() && like.weekday() == date.weekday())
}

/// The zone that a misspelt name, or the name of a city alone, was meant to be.
fn nearest_zone(name: &str) -> Option<String> {
    let zones = || chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    let wanted = name.replace(' ', "_");
    let city = |zone: &'static str| zone.rsplit('/').next().unwrap_or(zone);
    let by_city = zones().find(|zone| zone.contains('/') && city(zone).eq_ignore_ascii_case(&wanted));
    by_city
        .or_else(|| suggest::nearest(&wanted, zones()))
        .or_else(|| {
            let nearest_city = suggest::nearest(&wanted, zones().map(city))?;
            zones().find(|zone| city(zone) == nearest_city)
        })
        .map(str::to_owned)
}
