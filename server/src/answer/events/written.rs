//! Events in writing: as JSON, as lines of CSV, as entries of a calendar.

use std::borrow::Cow;

use icalendar::{Component, EventLike};
use orrery_almanac::events::{EventType, Measured};
use orrery_almanac::{Calendar, CivilDate, Instant, LeapSeconds, Subsecond, Utc, UtcOffset, Zone};

use super::Told;
use super::fields::{Column, Field, Value};
use crate::answer::render::{along, decimals, number, write_instant};
use crate::query::{Precision, Shape, Unit};
use crate::text::heading;
use crate::text::json::Json;

/// How numbers and instants are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pen<'a> {
    pub(crate) shape: Shape,
    pub(crate) precision: Precision,
    pub(crate) calendar: Option<Calendar>,
    pub(crate) zone: Option<Zone>,
    pub(crate) leaps: &'a LeapSeconds,
}

impl Pen<'_> {
    /// Writes an event as an object.
    pub(crate) fn json(&self, json: &mut Json, told: &Told) {
        json.open(b'{');
        if self.shape == Shape::Events {
            json.key("type").string(told.kind.name());
        }
        self.instant(json.key(self.shape.at()), &told.at);
        let mut fields = told.fields.iter();
        while let Some(Field { name, value }) = fields.next() {
            // The body and the aspect of a void Moon's last aspect are one thing.
            if *name == "last_body" {
                let aspect = fields.next().map_or(&Value::Nothing, |field| &field.value);
                let json = json.key("last_aspect");
                match value {
                    Value::Nothing => json.null(),
                    body => {
                        json.open(b'{');
                        self.value(json.key("body"), body);
                        self.value(json.key("aspect"), aspect);
                        json.close(b'}');
                    }
                }
                continue;
            }
            self.value(json.key(name), value);
        }
        json.key("source").string(source(told));
        json.close(b'}');
    }

    /// Writes members into an object.
    pub(crate) fn members(&self, json: &mut Json, members: &[Field]) {
        for Field { name, value } in members {
            self.value(json.key(name), value);
        }
    }

    fn value(&self, json: &mut Json, value: &Value) {
        match value {
            Value::Word(word) => json.string(word),
            Value::Body(body) => json.string(&body.name()),
            Value::Text(text) => json.string(text),
            Value::Circle(angle) => {
                let decimals = decimals(self.precision, Unit::Degrees);
                number(json, along(*angle, decimals).0, decimals);
            }
            Value::Number(value, unit) => number(json, *value, decimals(self.precision, *unit)),
            Value::Whole(number) => json.integer((*number).into()),
            Value::Truth(truth) => json.truth(*truth),
            Value::Instant(instant) => self.instant(json, instant),
            Value::Coefficients(coefficients) => {
                json.open(b'[');
                for coefficient in coefficients {
                    json.full(*coefficient);
                }
                json.close(b']');
            }
            Value::Members(members) => {
                json.open(b'{');
                self.members(json, members);
                json.close(b'}');
            }
            Value::List(values) => {
                json.open(b'[');
                for value in values {
                    self.value(json, value);
                }
                json.close(b']');
            }
            Value::Nothing => json.null(),
        }
    }

    /// Writes an instant.
    pub(crate) fn instant(&self, json: &mut Json, at: &Instant) {
        write_instant(json, at, self.calendar, self.leaps, || self.local(at));
    }

    /// What the clock shows that is asked for.
    fn local(&self, at: &Instant) -> Option<String> {
        let zone = self.zone?;
        let utc = self.rounded(at);
        let offset = zone.offset_at(utc);
        let (day, time) = utc.to_local(offset);
        let (date, ms) = (day.civil(self.calendar), time.nanosecond() / 1_000_000);
        let [hour, minute, second] = [time.hour(), time.minute(), time.second()];
        Some(format!("{date}T{hour:02}:{minute:02}:{second:02}.{ms:03}{offset}"))
    }

    /// What the clock shows that is asked for, or else in UTC.
    pub(crate) fn time(&self, at: &Instant) -> String {
        self.local(at).unwrap_or_else(|| self.utc(at))
    }

    /// The same for the title of a picture: `17:46:06 UTC`.
    pub(crate) fn clock(&self, at: &Instant) -> String {
        let time = self.time(at);
        let (_, clock) = time.split_once('T').unwrap_or_default();
        let offset = self.zone.map_or(UtcOffset::UTC, |zone| zone.offset_at(self.rounded(at)));
        format!("{} {}", clock.get(..8).unwrap_or(clock), heading::offset(offset))
    }

    /// The date of what [`Pen::time`] tells, likewise: `12 August 2026`.
    pub(crate) fn day(&self, at: &Instant) -> String {
        heading::day(self.date(at))
    }

    /// The date of what [`Pen::time`] tells.
    pub(crate) fn date(&self, at: &Instant) -> CivilDate {
        let utc = self.rounded(at);
        match self.zone {
            Some(zone) => utc.to_local(zone.offset_at(utc)).0.civil(self.calendar),
            None => utc.date(self.calendar),
        }
    }

    fn utc(&self, at: &Instant) -> String {
        self.rounded(at).to_iso(Subsecond::Millisecond, self.calendar, self.leaps)
    }

    /// To the millisecond, as instants are told.
    fn rounded(&self, at: &Instant) -> Utc {
        at.utc(self.leaps).rounded(Subsecond::Millisecond, self.leaps)
    }

    /// The heading of a table.
    pub(crate) fn heading(&self, columns: &[Column]) -> String {
        let first = match self.shape {
            Shape::Events => "type,utc,jd_ut,jd_tt",
            Shape::Phases | Shape::Periods | Shape::Eclipses => "utc,jd_ut,jd_tt",
        };
        let names = columns.iter().map(|column| column.0);
        let mut line = [first].into_iter().chain(names).chain(["source"]).collect::<Vec<_>>().join(",");
        line.push('\n');
        line
    }

    /// A line of a table. What an event has not is empty; instants are in UTC.
    pub(crate) fn line(&self, columns: &[Column], told: &Told) -> String {
        let mut cells = Vec::with_capacity(columns.len() + 5);
        if self.shape == Shape::Events {
            cells.push(told.kind.name().to_owned());
        }
        cells.push(self.utc(&told.at));
        cells.push(told.at.ut.jd().to_string());
        cells.push(told.at.tt.jd().to_string());
        for column in columns {
            cells.push(told.field(column.0).map_or_else(String::new, |value| self.cell(value)));
        }
        cells.push(source(told).to_owned());
        let mut line = cells.join(",");
        line.push('\n');
        line
    }

    fn cell(&self, value: &Value) -> String {
        match value {
            Value::Instant(at) => self.utc(at),
            Value::Nothing => String::new(),
            value => {
                let mut json = Json::new();
                self.value(&mut json, value);
                String::from_utf8_lossy(&json.into_bytes()).trim_matches('"').to_owned()
            }
        }
    }

    /// An entry of a calendar. Its name follows from what it is, so that a calendar that is fetched again has it once.
    pub(crate) fn entry(&self, told: &Told) -> icalendar::Event {
        let instant = |name: &str| match told.field(name) {
            Some(Value::Instant(instant)) => Some(instant),
            _ => None,
        };
        // An aspect lasts while it is within its orb, an eclipse from its first contact to its last.
        let [begin, end] = [instant("begin").or(instant("p1")), instant("end").or(instant("p4"))];
        let at = self.stamp(&told.at);
        let mut entry = icalendar::Event::new();
        entry.uid(&uid(told, at)).timestamp(at).summary(&summary(told));
        entry.starts(begin.map_or(at, |begin| self.stamp(begin)));
        if let Some(end) = end {
            entry.ends(self.stamp(end));
        }
        let mut lines = Vec::new();
        if begin.is_some() {
            // The entry begins before it is exact, or greatest.
            lines.push(format!("{}: {}", self.shape.at(), self.utc(&told.at)));
        }
        self.describe(&told.fields, &mut lines);
        entry.description(&lines.join("\n"));
        entry.done()
    }

    fn describe(&self, fields: &[Field], lines: &mut Vec<String>) {
        for Field { name, value } in fields {
            match value {
                Value::Nothing => {}
                Value::Members(members) => self.describe(members, lines),
                value => lines.push(format!("{name}: {}", self.cell(value))),
            }
        }
    }

    /// To the second, as calendars have it.
    fn stamp(&self, at: &Instant) -> chrono::DateTime<chrono::Utc> {
        let utc = at.utc(self.leaps).rounded(Subsecond::Second, self.leaps);
        let (date, time) = (utc.date(Some(Calendar::Gregorian)), utc.time());
        // A leap second is the last second of the minute: calendars have none.
        let second = u32::from(time.second().min(59));
        let date = chrono::NaiveDate::from_ymd_opt(date.year, date.month.into(), date.day.into());
        let at = date.and_then(|date| date.and_hms_opt(time.hour().into(), time.minute().into(), second));
        at.unwrap_or_default().and_utc()
    }
}

fn source(told: &Told) -> &'static str {
    if told.is_live { "live" } else { "table" }
}

/// What an entry is known by: an eclipse by its name, all else by what it is and the minute in which it happens, whatever the
/// digits and the clock that were asked for. What was computed does not enter: other tables have it a little different.
fn uid(told: &Told, at: chrono::DateTime<chrono::Utc>) -> String {
    if let Some(Value::Text(id)) = told.field("id") {
        return format!("{id}@orrery");
    }
    let mut what = String::new();
    for Field { name, value } in &told.fields {
        let word = match value {
            Value::Word(word) => Cow::Borrowed(*word),
            Value::Body(body) => body.name(),
            Value::Truth(truth) => Cow::Borrowed(if *truth { "true" } else { "false" }),
            // These were given.
            Value::Circle(given) | Value::Number(given, _) if ["point", "value"].contains(name) => {
                Cow::Owned(given.to_string())
            }
            _ => continue,
        };
        what.extend([name, "=", &word, ";"]);
    }
    let mark = xxhash_rust::xxh3::xxh3_64(what.as_bytes()) as u32;
    format!("{}-{}-{mark:08x}@orrery", told.kind.name(), at.format("%Y%m%dT%H%M"))
}

/// An event in a few words.
fn summary(told: &Told) -> String {
    let of = |name: &str| {
        Some(match told.field(name)? {
            Value::Word(word) => words(word),
            Value::Body(body) => words(&body.name()),
            Value::Text(text) => text.clone(),
            // A point, as it was given.
            Value::Circle(angle) => format!("{angle}°"),
            _ => return None,
        })
    };
    let text = |name: &str| of(name).unwrap_or_default();
    let truth = |name: &str| matches!(told.field(name), Some(Value::Truth(true)));
    match told.kind {
        EventType::Ingress if truth("retrograde") => format!("{} back into {}", text("body"), text("sign")),
        EventType::Ingress => format!("{} enters {}", text("body"), text("sign")),
        EventType::NakshatraIngress => format!("{} enters {}", text("body"), text("nakshatra")),
        EventType::Station if truth("retrograde") => format!("{} turns retrograde", text("body")),
        EventType::Station => format!("{} turns direct", text("body")),
        EventType::Aspect => {
            let partner = of("partner").or_else(|| of("point")).unwrap_or_default();
            format!("{} {} {partner}", text("body"), text("aspect").to_lowercase())
        }
        EventType::Lunation => text("phase"),
        EventType::VoidOfCourse => format!("Moon void of course until {}", text("next_sign")),
        EventType::Apsis => format!("{} at {}", text("body"), text("apsis").to_lowercase()),
        EventType::NodeCrossing => format!("{} at its {} node", text("body"), text("node").to_lowercase()),
        EventType::GreatestLatitude => {
            format!("{}: {} latitude", text("body"), text("extreme").to_lowercase())
        }
        EventType::GreatestDeclination => {
            format!("{}: {} declination", text("body"), text("extreme").to_lowercase())
        }
        EventType::OutOfBounds => {
            format!("{} out of bounds in the {}", text("body"), text("side").to_lowercase())
        }
        EventType::Season => text("season"),
        EventType::SolarTerm => text("term"),
        EventType::Conjunction => format!("{} conjunct the Sun", text("body")),
        EventType::Opposition => format!("{} opposite to the Sun", text("body")),
        EventType::GreatestElongation => {
            format!("{} farthest {} of the Sun", text("body"), text("side").to_lowercase())
        }
        EventType::Cazimi => format!("{} in the heart of the Sun", text("body")),
        EventType::Combustion => format!("{} combust", text("body")),
        EventType::Transit => format!("Transit of {}", text("body")),
        EventType::Occultation => format!("Moon occults {}", text("body")),
        EventType::Parallel => {
            format!("{} {} to {}", text("body"), text("parallel").to_lowercase(), text("partner"))
        }
        EventType::Crossing => {
            let minus = of("minus").map(|minus| format!(" minus {minus}")).unwrap_or_default();
            format!("{}{minus}: {} {}", text("body"), text("quantity").to_lowercase(), crossed(told))
        }
        EventType::Eclipse => {
            let name = of("eclipse").or_else(|| of("type")).unwrap_or_default();
            format!("{name} {} eclipse", text("kind").to_lowercase())
        }
    }
}

/// The value that is crossed, as it was given, in the unit of its quantity.
fn crossed(told: &Told) -> String {
    let Some(Value::Number(value, _)) = told.field("value") else { return String::new() };
    let quantity = match told.field("quantity") {
        Some(Value::Word(name)) => Measured::ALL.into_iter().find(|measured| measured.name() == *name),
        _ => None,
    };
    let unit = match quantity {
        Some(Measured::Longitude | Measured::Latitude | Measured::Declination) => "°",
        Some(Measured::LongitudeSpeed | Measured::LatitudeSpeed) => "° a day",
        Some(Measured::Distance) => " au",
        Some(Measured::DistanceSpeed) => " au a day",
        None => "",
    };
    format!("{value}{unit}")
}

/// A name as people write it: `new_moon` is `New moon`, and `asteroid:433` is `Asteroid 433`.
pub(crate) fn words(name: &str) -> String {
    heading::begun(&name.replace(['_', ':'], " "))
}
