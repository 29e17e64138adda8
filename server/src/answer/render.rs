//! The reply: places with their proof, as JSON.

use orrery_almanac::zodiac::{InNakshatra, InSign, Sign};
use orrery_almanac::{Calendar, Instant, LeapSeconds, Subsecond};
use orrery_swisseph::EphemerisModel;
use xxhash_rust::const_xxh3::xxh3_64_with_seed;

use crate::answer::evaluate::Sky;
use crate::answer::mix::Mix;
use crate::answer::plan::{Origins, Resolved};
use crate::answer::reference::Place;
use crate::app::Generation;
use crate::query::{Coordinates, Field, Local, PositionsQuery, Precision, SkyQuery, TimeQuery, Unit};
use crate::text::json::Json;
use crate::text::{civil, decimal};

mod usual;

/// Raised whenever the same query over the same data is answered in other bytes, and [`GOLDEN`] does not show it.
const RENDERING_VERSION: u64 = 5;

/// Replies, one a line: numbers of every kind as they are written, and places as they are computed from what a table
/// holds. A test fails when they have other bytes; to put those here in their place changes [`RENDERING`].
const GOLDEN: &[u8] = include_bytes!("render/golden.jsonl");

/// How replies are computed and written, in one number: enters every entity tag.
pub(crate) const RENDERING: u64 = xxh3_64_with_seed(GOLDEN, RENDERING_VERSION);

/// Decimals of degrees and of astronomical units unless `precision=` says otherwise.
const DEGREE_DECIMALS: u8 = 9;
const AU_DECIMALS: u8 = 12;

/// Decimals of an audited error in arcseconds.
pub(super) const ERROR_DECIMALS: u8 = 9;

/// Decimals of ΔT in seconds.
const DELTA_T_DECIMALS: u8 = 9;

/// The ephemerides that live computing answers from, by their names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LiveNames<'a> {
    pub(crate) files: &'a str,
    pub(crate) moshier: &'a str,
}

/// What a reply of `/v1/positions` tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) query: &'a PositionsQuery,
    pub(crate) generation: &'a Generation,
    pub(crate) resolved: &'a Resolved,
    pub(crate) sky: &'a Sky,
    pub(crate) mix: Mix,
    /// `None` where nothing can be computed live.
    pub(crate) live: Option<LiveNames<'a>>,
}

/// Writes what a reply begins with: the query as it was understood, and the instant that it means.
pub(crate) fn opening(json: &mut Json, query: &PositionsQuery, instant: &Instant, leaps: &LeapSeconds) {
    json.verbatim(b"{\"query\":");
    query.echo(json);
    write_time(json, &query.time, instant, leaps);
}

/// Writes the `time` of a reply behind its `query`.
#[inline]
pub(crate) fn write_time(json: &mut Json, time: &TimeQuery, instant: &Instant, leaps: &LeapSeconds) {
    json.verbatim(b",\"time\":{\"utc\":");
    write_utc(json, instant, time.calendar, leaps);
    write_days(json, instant);
    json.verbatim(b",\"delta_t\":").rounded(instant.delta_t_s, DELTA_T_DECIMALS);
    if let Some(Local { zone, offset }) = &time.local {
        json.key("tz").string(zone.name());
        json.key("utc_offset_s").full(offset.seconds_east());
    }
    json.close(b'}');
}

/// Writes an instant of what a reply tells, with what the clock shows that the query is of.
pub(crate) fn write_by_clock(json: &mut Json, time: &TimeQuery, at: &Instant, leaps: &LeapSeconds) {
    let calendar = time.calendar;
    write_instant(json, at, calendar, leaps, || {
        let utc = at.utc(leaps).rounded(Subsecond::Millisecond, leaps);
        let offset = time.offset_at(utc)?;
        let (day, time) = utc.to_local(offset);
        let (date, ms) = (day.civil(calendar), time.nanosecond() / 1_000_000);
        let [hour, minute, second] = [time.hour(), time.minute(), time.second()];
        Some(format!("{date}T{hour:02}:{minute:02}:{second:02}.{ms:03}{offset}"))
    });
}

/// Writes an instant of what a reply tells. `local` is what a clock elsewhere shows.
pub(crate) fn write_instant(
    json: &mut Json,
    instant: &Instant,
    calendar: Option<Calendar>,
    leaps: &LeapSeconds,
    local: impl FnOnce() -> Option<String>,
) {
    json.verbatim(b"{\"utc\":");
    write_utc(json, instant, calendar, leaps);
    if let Some(local) = local() {
        json.key("local").string(&local);
    }
    write_days(json, instant);
    json.close(b'}');
}

/// Writes the Julian days of an instant.
#[inline]
fn write_days(json: &mut Json, instant: &Instant) {
    json.verbatim(b",\"jd_ut\":").full(instant.ut.jd());
    json.verbatim(b",\"jd_tt\":").full(instant.tt.jd());
}

impl Answer<'_> {
    /// Writes what a reply has behind its [`opening`].
    pub(crate) fn write(&self, json: &mut Json) {
        json.verbatim(b",\"positions\":");
        if usual::is_asked(&self.query.sky) {
            usual::positions(json, self);
        } else {
            self.positions(json);
        }
        let Answer { generation, mix, .. } = *self;
        let proof = Proof { generation, mix, origins: &self.resolved.origins, beside_arcsec: 0.0 };
        proof.write(json, || self.ephemerides().join("; "));
        json.close(b'}');
    }

    fn positions(&self, json: &mut Json) {
        let SkyQuery { bodies, fields, .. } = &self.query.sky;
        json.open(b'[');
        for (nth, (body, place)) in bodies.iter().zip(&self.sky.places).enumerate() {
            json.open(b'{');
            json.key("body").string(&body.name());
            let values = self.sky.values.get(nth).map_or(&[][..], |values| values);
            position(json, &self.query.sky, place, values);
            if fields.has(Field::Source) {
                self.source(json, self.sky.model(nth));
            }
            json.close(b'}');
        }
        json.close(b']');
    }

    /// Who answered a body.
    fn source(&self, json: &mut Json, model: Option<EphemerisModel>) {
        json.key("source").string(if model.is_some() { "live" } else { "table" });
        let tables = &self.generation.dataset.manifest().source.ephemeris;
        if let Some(name) = self.ephemeris(model).filter(|name| name != tables) {
            json.key("ephemeris").string(name);
        }
    }

    /// The name of what answered live; `None` for a table.
    fn ephemeris(&self, model: Option<EphemerisModel>) -> Option<&str> {
        self.live.zip(model).map(|(names, model)| match model {
            EphemerisModel::Swiss => names.files,
            EphemerisModel::Moshier => names.moshier,
        })
    }

    /// Everything that took part, where anything was live.
    fn ephemerides(&self) -> Vec<&str> {
        let mut ephemerides: Vec<&str> = Vec::new();
        if self.mix != Mix::Live {
            ephemerides.push(&self.generation.dataset.manifest().source.ephemeris);
        }
        // Every model that took part; nutation, which no model changes, counts where no body was computed.
        let models = [EphemerisModel::Swiss, EphemerisModel::Moshier].map(Some);
        let answered = models.into_iter().filter(|model| self.sky.models.contains(model));
        ephemerides.extend(answered.filter_map(|model| self.ephemeris(model)));
        if self.sky.models.iter().all(Option::is_none) {
            ephemerides.extend(self.ephemeris(Some(EphemerisModel::Swiss)));
        }
        ephemerides.dedup();
        ephemerides
    }
}

/// Where a reply comes from, and how far it may be off.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proof<'a> {
    pub(crate) generation: &'a Generation,
    pub(crate) origins: &'a Origins,
    pub(crate) mix: Mix,
    /// How far what was computed from tables may be off beside what their audits found, arcseconds.
    pub(crate) beside_arcsec: f64,
}

impl Proof<'_> {
    /// Writes the `provenance` of a reply. `ephemerides` names everything that took part where anything was live.
    #[inline]
    pub(crate) fn write(&self, json: &mut Json, ephemerides: impl FnOnce() -> String) {
        let prepared = &self.generation.prepared;
        if self.mix == Mix::Table {
            json.verbatim(b",\"provenance\":{\"source\":\"table\",\"ephemeris\":");
            json.verbatim(&prepared.ephemeris);
        } else {
            json.key("provenance").open(b'{');
            json.key("source").string(self.mix.name());
            json.key("ephemeris").string(&ephemerides());
        }
        json.verbatim(b",\"blocks\":");
        let list = json.len();
        self.origins.each_block(|block| json.piece(&prepared.names[block as usize]));
        json.end_list(list);
        json.verbatim(b",\"max_error_arcsec\":");
        match self.mix {
            Mix::Table => {
                let tables = self.origins.max_error_arcsec(&self.generation.dataset);
                json.rounded(tables + self.beside_arcsec, ERROR_DECIMALS);
            }
            _ => json.null(),
        }
        json.close(b'}');
    }
}

/// The members of a position behind its body and before its source. `values` are those that are told beside its place, in
/// the order of a reply.
pub(crate) fn position(json: &mut Json, query: &SkyQuery, place: &Place, values: &[f64]) {
    let SkyQuery { view, fields, precision, .. } = query;
    let degrees = decimals(*precision, Unit::Degrees);
    let [first, second, third] = place.at;
    let (first, shown_deg) = match view.coordinates {
        Coordinates::Spherical => along(first, degrees),
        Coordinates::Rectangular => (first, first),
    };
    let [first_speed, second_speed, third_speed] = place.speed;
    let mut values = values.iter();
    for field in fields.iter() {
        // What the view has no name for was not chosen.
        let Some(name) = field.name(view) else { continue };
        let value = match field {
            Field::First => first,
            Field::Second => second,
            Field::Third => third,
            Field::FirstSpeed => first_speed,
            Field::SecondSpeed => second_speed,
            Field::ThirdSpeed => third_speed,
            Field::SignLongitude => sign(shown_deg).1,
            Field::Sign => {
                json.key(name).string(sign(shown_deg).0.name());
                continue;
            }
            Field::Decan => {
                json.key(name).integer(InSign::of(shown_deg).decan.into());
                continue;
            }
            Field::Nakshatra => {
                json.key(name).string(InNakshatra::of(shown_deg).nakshatra.name());
                continue;
            }
            Field::Pada => {
                json.key(name).integer(InNakshatra::of(shown_deg).pada.into());
                continue;
            }
            Field::Retrograde => {
                json.key(name).truth(first_speed < 0.0);
                continue;
            }
            Field::Source => continue,
            _ => values.next().copied().unwrap_or(f64::NAN),
        };
        let json = json.key(name);
        match field.unit(view.coordinates) {
            _ if value.is_nan() => json.null(),
            None => json.truth(value != 0.0),
            Some(unit) => number(json, value, decimals(*precision, unit)),
        }
    }
}

/// How many decimals a number of some unit is given with; `None` for all that it has.
pub(crate) fn decimals(precision: Precision, unit: Unit) -> Option<u8> {
    match precision {
        Precision::Full => None,
        Precision::Decimals(decimals) => Some(decimals),
        Precision::Default => Some(match unit {
            Unit::Au | Unit::AuPerDay => AU_DECIMALS,
            _ => DEGREE_DECIMALS,
        }),
    }
}

/// Writes a number with so many decimals, or with all that it has.
pub(crate) fn number(json: &mut Json, value: f64, decimals: Option<u8>) {
    match decimals {
        Some(decimals) => json.rounded(value, decimals),
        None => json.full(value),
    }
}

/// An angle of 0 to 360 degrees, to be rounded to so many decimals, and as it is then: what rounds to a whole turn is 0.
pub(crate) fn along(value_deg: f64, decimals: Option<u8>) -> (f64, f64) {
    let shown_deg = decimals.map_or(value_deg, |decimals| decimal::nearest(value_deg, decimals));
    if shown_deg >= 360.0 { (0.0, 0.0) } else { (value_deg, shown_deg) }
}

/// The sign of a longitude, and the degrees within it: both of the longitude as it is given, so that 29.6°, given as 30°
/// with `precision=0`, is at 0° of the next one.
fn sign(shown_deg: f64) -> (Sign, f64) {
    let InSign { sign, degrees, .. } = InSign::of(shown_deg);
    (sign, degrees)
}

/// Writes the instant as a clock in Greenwich shows it.
fn write_utc(json: &mut Json, instant: &Instant, calendar: Option<Calendar>, leaps: &LeapSeconds) {
    let utc = instant.utc(leaps).rounded(Subsecond::Millisecond, leaps);
    let time = utc.time();
    let Some(text) = civil::date_and_time(utc.date(calendar), time) else {
        return json.string(&utc.to_iso(Subsecond::Millisecond, calendar, leaps));
    };
    let [_, d0, d1, d2] = decimal::four(time.nanosecond() / 1_000_000);
    json.verbatim(b"\"").verbatim(&text).verbatim(&[b'.', d0, d1, d2, b'Z', b'"']);
}

#[cfg(test)]
mod tests;
