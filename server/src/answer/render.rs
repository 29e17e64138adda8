//! The reply: places with their proof, as JSON.

use crate::answer::evaluate::{Place, Sky, Work};
use crate::answer::json::{self, Json};
use crate::answer::plan::{Origin, Origins};
use crate::query::{Field, Frame, PositionsQuery, Precision};
use orrery_almanac::Subsecond;
use orrery_swisseph::EphemerisModel;

/// The signs, from 0 degrees of longitude on, 30 degrees each.
pub(crate) const SIGNS: [&str; 12] = [
    "aries",
    "taurus",
    "gemini",
    "cancer",
    "leo",
    "virgo",
    "libra",
    "scorpio",
    "sagittarius",
    "capricorn",
    "aquarius",
    "pisces",
];

/// Decimals of degrees and of astronomical units unless `precision=` says otherwise.
const DEGREE_DECIMALS: u8 = 9;
const AU_DECIMALS: u8 = 12;

/// Decimals of an audited error in arcseconds.
const ERROR_DECIMALS: u8 = 9;

/// Decimals of ΔT in seconds.
const DELTA_T_DECIMALS: u8 = 9;

/// Room for the members around the positions, and for one position.
const ENVELOPE_BYTES: usize = 1536;
const POSITION_BYTES: usize = 352;

/// Where the positions of a reply come from, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mix {
    Table,
    Live,
    Mixed,
}

impl Mix {
    /// Of the bodies; nutation from elsewhere makes a mixture too.
    pub(crate) fn of(origins: &Origins) -> Mix {
        let mut origins = origins.bodies.iter().chain(&origins.nutation);
        let first_is_live = origins.next().is_some_and(|origin| *origin == Origin::Live);
        if origins.any(|origin| (*origin == Origin::Live) != first_is_live) {
            Mix::Mixed
        } else if first_is_live {
            Mix::Live
        } else {
            Mix::Table
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Mix::Table => "table",
            Mix::Live => "live",
            Mix::Mixed => "mixed",
        }
    }

    /// `X-Cache-Status`: tables are the cache.
    pub(crate) const fn cache_status(self) -> &'static str {
        match self {
            Mix::Table => "HIT",
            Mix::Live => "MISS",
            Mix::Mixed => "PARTIAL",
        }
    }
}

/// The ephemerides that live computing answers from, by their names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LiveNames<'a> {
    pub(crate) files: &'a str,
    pub(crate) moshier: &'a str,
}

/// The whole reply of `/v1/positions`.
pub(crate) fn positions(work: &Work, sky: &Sky, live: Option<LiveNames<'_>>) -> Vec<u8> {
    let query = &work.query;
    let mut json = Json::with_capacity(ENVELOPE_BYTES + POSITION_BYTES * query.bodies.len());
    json.open(b'{');
    json.key("query").raw(&work.plan.echo);
    time(&mut json, work, sky);
    json.key("positions").open(b'[');
    let dataset = work.plan.generation.dataset.manifest().source.ephemeris.as_str();
    for ((body, place), model) in query.bodies.iter().zip(&sky.places).zip(&sky.models) {
        json.open(b'{');
        json.key("body").string(&body.name());
        position(&mut json, query, place);
        if query.fields.has(Field::Source) {
            json.key("source").string(if model.is_some() { "live" } else { "table" });
            if let Some(name) = ephemeris(*model, live).filter(|name| *name != dataset) {
                json.key("ephemeris").string(name);
            }
        }
        json.close(b'}');
    }
    json.close(b']');
    provenance(&mut json, work, sky, live);
    json.close(b'}');
    json.into_bytes()
}

fn time(json: &mut Json, work: &Work, sky: &Sky) {
    let (time, leaps) = (&work.query.time, &work.plan.generation.leaps);
    let utc = sky.instant.utc(leaps);
    json.key("time").open(b'{');
    json.key("utc").string(&utc.to_iso(Subsecond::Millisecond, time.calendar, leaps));
    json.key("jd_ut").full(sky.instant.ut.jd());
    json.key("jd_tt").full(sky.instant.tt.jd());
    json.key("delta_t").rounded(sky.instant.delta_t_s, DELTA_T_DECIMALS);
    if let (Some(zone), Some(offset)) = (&time.zone, time.offset()) {
        json.key("tz").string(zone.name());
        json.key("utc_offset_s").full(offset.seconds_east());
    }
    json.close(b'}');
}

/// The name of what answered live; `None` for a table.
fn ephemeris(model: Option<EphemerisModel>, live: Option<LiveNames<'_>>) -> Option<&str> {
    live.zip(model).map(|(names, model)| match model {
        EphemerisModel::Swiss => names.files,
        EphemerisModel::Moshier => names.moshier,
    })
}

fn position(json: &mut Json, query: &PositionsQuery, place: &Place) {
    let quantities = [
        (Field::Along, place.along_deg),
        (Field::Across, place.across_deg),
        (Field::Distance, place.distance_au),
        (Field::AlongSpeed, place.along_speed),
        (Field::AcrossSpeed, place.across_speed),
        (Field::DistanceSpeed, place.distance_speed),
    ];
    for (field, value) in quantities {
        let Some(name) = field.name(query.frame).filter(|_| query.fields.has(field)) else { continue };
        let json = json.key(name);
        let decimals = match query.precision {
            Precision::Full => {
                json.full(value);
                continue;
            }
            Precision::Decimals(decimals) => decimals,
            Precision::Default if matches!(field, Field::Distance | Field::DistanceSpeed) => AU_DECIMALS,
            Precision::Default => DEGREE_DECIMALS,
        };
        if field == Field::Along {
            json.rounded_turn(value, decimals);
        } else {
            json.rounded(value, decimals);
        }
    }
    if query.frame == Frame::Ecliptic {
        let (sign, within_deg) = sign(place.along_deg, query.precision);
        if query.fields.has(Field::Sign) {
            json.key("sign").string(sign);
        }
        if query.fields.has(Field::SignLongitude) {
            let json = json.key("sign_longitude");
            match query.precision {
                Precision::Full => json.full(within_deg),
                Precision::Decimals(decimals) => json.rounded(within_deg, decimals),
                Precision::Default => json.rounded(within_deg, DEGREE_DECIMALS),
            }
        }
        if query.fields.has(Field::Retrograde) {
            json.key("retrograde").truth(place.along_speed < 0.0);
        }
    }
}

/// The sign of a longitude, and the degrees within it: both of the longitude as it is given, so that 29.6°, given as 30°
/// with `precision=0`, is at 0° of the next one.
fn sign(longitude_deg: f64, precision: Precision) -> (&'static str, f64) {
    let longitude_deg = match precision {
        Precision::Full => longitude_deg,
        Precision::Decimals(decimals) => json::nearest_decimal(longitude_deg, decimals),
        Precision::Default => json::nearest_decimal(longitude_deg, DEGREE_DECIMALS),
    };
    let longitude_deg = if longitude_deg >= 360.0 { 0.0 } else { longitude_deg };
    let index = ((longitude_deg / 30.0) as usize).min(SIGNS.len() - 1);
    (SIGNS[index], longitude_deg - 30.0 * index as f64)
}

fn provenance(json: &mut Json, work: &Work, sky: &Sky, live: Option<LiveNames<'_>>) {
    let generation = &work.plan.generation;
    let mix = Mix::of(&sky.origins);
    json.key("provenance").open(b'{');
    json.key("source").string(mix.name());
    let mut ephemerides: Vec<&str> = Vec::new();
    if mix != Mix::Live {
        ephemerides.push(&generation.dataset.manifest().source.ephemeris);
    }
    if mix != Mix::Table {
        // Every model that took part; nutation, which no model changes, counts where no body was computed.
        let models = [EphemerisModel::Swiss, EphemerisModel::Moshier].map(Some);
        ephemerides.extend(
            models
                .into_iter()
                .filter(|model| sky.models.contains(model))
                .filter_map(|model| ephemeris(model, live)),
        );
        if sky.models.iter().all(Option::is_none) {
            ephemerides.extend(ephemeris(Some(EphemerisModel::Swiss), live));
        }
    }
    ephemerides.dedup();
    json.key("ephemeris").string(&ephemerides.join("; "));
    let mut blocks: Vec<u32> = sky.origins.blocks().collect();
    blocks.sort_unstable();
    blocks.dedup();
    json.key("blocks").open(b'[');
    for block in blocks {
        json.string(&generation.block_ids[block as usize]);
    }
    json.close(b']');
    match max_error_arcsec(sky) {
        Some(error) => json.key("max_error_arcsec").rounded(error, ERROR_DECIMALS),
        None => json.key("max_error_arcsec").null(),
    }
    json.close(b'}');
}

/// The largest audited deviation of any position, that of nutation added; `None` with anything live.
fn max_error_arcsec(sky: &Sky) -> Option<f64> {
    let error = |origin: &Origin| match origin {
        Origin::Table { max_error_arcsec, .. } => Some(f64::from(*max_error_arcsec)),
        Origin::Live => None,
    };
    let bodies =
        sky.origins.bodies.iter().try_fold(0.0, |most: f64, origin| Some(most.max(error(origin)?)))?;
    let nutation = sky.origins.nutation.as_ref().map_or(Some(0.0), error)?;
    Some(bodies + nutation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_follow_the_longitude_as_given() {
        let at = |longitude, precision| sign(longitude, precision);
        assert_eq!(at(0.0, Precision::Default), ("aries", 0.0));
        assert_eq!(at(29.999_999_999_9, Precision::Default), ("taurus", 0.0));
        assert_eq!(at(29.999_999_999_9, Precision::Full).0, "aries");
        assert_eq!(at(359.999_999_999_9, Precision::Default), ("aries", 0.0));
        assert_eq!(at(359.999_999_999_9, Precision::Full).0, "pisces");
        assert_eq!(at(29.6, Precision::Decimals(0)), ("taurus", 0.0));
        assert_eq!(at(29.4, Precision::Decimals(0)), ("aries", 29.0));
        assert_eq!(at(359.96, Precision::Decimals(1)), ("aries", 0.0));
        assert_eq!(at(29.999_999_999_999, Precision::Decimals(15)).0, "aries");
        assert_eq!(at(330.0, Precision::Default), ("pisces", 0.0));
    }
}
