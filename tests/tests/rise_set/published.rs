//! Times of the U.S. Naval Observatory and of almanacs.

use orrery_almanac::Site;
use orrery_almanac::rise_set::{Course, Event, Findings, Kind, Threshold};
use orrery_format::Body;
use orrery_tests::published::{number, rows};
use orrery_tests::tables;

use crate::{SECOND, found, site, sky_of, ut};

/// Seconds from a time to the nearest event of a kind.
fn seconds_from(findings: &Findings, kind: Kind, to: f64) -> Option<f64> {
    let apart = findings.events.iter().filter(|event| event.kind == kind).map(|event| event.ut.jd() - to);
    apart.map(|days| days / SECOND).min_by(|a, b| a.abs().total_cmp(&b.abs()))
}

/// Seconds by which a time found may differ from one rounded to the minute: half of it, and what ΔT, the ephemeris and the
/// observatory's own rounding come to. Measured: 34 s up to 62° of latitude, 56 s beyond, where bodies climb slowly.
fn allowed_s(latitude_deg: f64) -> f64 {
    if latitude_deg.abs() <= 62.0 { 36.0 } else { 60.0 }
}

#[test]
fn risings_and_settings_as_the_naval_observatory_has_them() {
    let Some(rows) = rows("ae_riseset_usno.csv") else { return };
    let dataset = tables::shared();
    let (mut compared, mut worst) = (0, [0.0_f64; 2]);
    for row in &rows {
        let year: i32 = row[3][..4].parse().unwrap();
        if !(1801..2399).contains(&year) {
            continue;
        }
        let body = Body::from_name(&row[0].to_ascii_lowercase()).unwrap();
        let (latitude, at) = (number(row, 2), ut(&dataset, &row[3]));
        let sky = sky_of(&dataset, body, site(latitude, number(row, 1)));
        let findings = found(sky, at - 0.2, 0.4, &[Threshold::default()]);
        let kind = if row[4] == "rise" { Kind::Rise(0) } else { Kind::Set(0) };
        let seconds = seconds_from(&findings, kind, at).unwrap_or_else(|| panic!("{row:?}: {findings:?}"));
        assert!(seconds.abs() < allowed_s(latitude), "{row:?}: {seconds} s");
        let band = usize::from(latitude.abs() > 62.0);
        worst[band] = worst[band].max(seconds.abs());
        compared += 1;
    }
    println!("{compared} compared; worst {:.1} s to 62°, {:.1} s beyond", worst[0], worst[1]);
    assert!(compared > 5_000, "{compared}");
}

#[test]
fn days_of_the_moon_as_the_naval_observatory_has_them() {
    let Some(rows) = rows("usno_moon_rise_transit_set.csv") else { return };
    let dataset = tables::shared();
    let (mut compared, mut blanks, mut worst) = (0, 0, 0.0_f64);
    for row in &rows {
        let (latitude, day) = (number(row, 1), ut(&dataset, &format!("{}T00:00:00Z", row[0])));
        let sky = sky_of(&dataset, Body::Moon, site(latitude, number(row, 2)));
        let findings = found(sky, day, 1.0, &[Threshold::default()]);
        for (column, kind) in [(3, Kind::Rise(0)), (4, Kind::UpperTransit), (5, Kind::Set(0))] {
            let of_kind: Vec<&Event> = findings.events.iter().filter(|event| event.kind == kind).collect();
            if row[column].is_empty() {
                // No transit is given of a Moon below the horizon.
                let seen = of_kind.iter().filter(|event| column != 4 || event.altitude_deg > -1.0);
                // Rounded to the minute, an event of the day's first or last half minute is another day's.
                let inner = seen.filter(|event| (event.ut.jd() - day - 0.5).abs() < 0.5 - 30.0 * SECOND);
                assert_eq!(inner.count(), 0, "{row:?}: {findings:?}");
                blanks += 1;
                continue;
            }
            let at = ut(&dataset, &format!("{}T{}:00Z", row[0], row[column]));
            // What is published as 00:00 may be of the last half minute of the day before.
            let around = found(sky, day - 0.01, 1.02, &[Threshold::default()]);
            let seconds = seconds_from(&around, kind, at).unwrap_or_else(|| panic!("{row:?}: {around:?}"));
            assert!(seconds.abs() < allowed_s(latitude), "{row:?}: {kind:?} {seconds} s");
            worst = worst.max(seconds.abs());
            compared += 1;
            let double =
                row[6].contains("double-RISE") && column == 3 || row[6].contains("double-SET") && column == 5;
            let edges = usize::from(["00:00", "23:59"].contains(&row[column].as_str()));
            let count = 1 + usize::from(double);
            assert!((count - edges..=count).contains(&of_kind.len()), "{row:?}: {findings:?}");
        }
    }
    println!("{compared} events within {worst:.1} s, {blanks} days without one");
    assert!(compared > 400 && blanks > 30, "{compared} {blanks}");
}

#[test]
fn days_of_the_sun_as_the_naval_observatory_has_them() {
    let Some(rows) = rows("usno_sun_rise_set_twilight_2026.csv") else { return };
    let dataset = tables::shared();
    let (mut compared, mut worst) = (0, 0.0_f64);
    for row in &rows {
        let hours: i32 = row[3].parse().unwrap();
        let offset = format!("{}{:02}:00", if hours < 0 { '-' } else { '+' }, hours.abs());
        let local = |time: &str| ut(&dataset, &format!("2026-{}T{time}:00{offset}", row[0]));
        let latitude = number(row, 1);
        let sky = sky_of(&dataset, Body::Sun, site(latitude, number(row, 2)));
        let findings = found(sky, local("00:00"), 1.0, &[Threshold::default(), Threshold::CIVIL]);
        let course = match (row[9].as_str(), row[10].as_str()) {
            ("true", _) => Course::AlwaysUp,
            (_, "true") => Course::AlwaysDown,
            _ => Course::Crosses,
        };
        assert_eq!(findings.courses[0], course, "{row:?}");
        for (column, kind) in [
            (4, Kind::Rise(1)),
            (5, Kind::Rise(0)),
            (6, Kind::UpperTransit),
            (7, Kind::Set(0)),
            (8, Kind::Set(1)),
        ] {
            if row[column].is_empty() {
                continue;
            }
            let seconds = seconds_from(&findings, kind, local(&row[column]))
                .unwrap_or_else(|| panic!("{row:?}: {findings:?}"));
            assert!(seconds.abs() < allowed_s(latitude), "{row:?}: {kind:?} {seconds} s");
            worst = worst.max(seconds.abs());
            compared += 1;
        }
    }
    println!("{compared} events within {worst:.1} s");
    assert!(compared > 120, "{compared}");
}

#[test]
fn twilights_are_where_they_are_published() {
    let Some(rows) = rows("ae_twilight.csv") else { return };
    let dataset = tables::shared();
    let levels = [Threshold::ASTRONOMICAL, Threshold::NAUTICAL, Threshold::CIVIL];
    let mut worst = 0.0_f64;
    for row in &rows {
        let sky = sky_of(&dataset, Body::Sun, site(number(row, 0), number(row, 1)));
        let findings = found(sky, ut(&dataset, &row[2]), 1.0, &levels);
        let kinds = [Kind::Rise(0), Kind::Rise(1), Kind::Rise(2), Kind::Set(2), Kind::Set(1), Kind::Set(0)];
        let events: Vec<Kind> = findings.events.iter().map(|event| event.kind).collect();
        assert_eq!(events[..3], kinds[..3], "{row:?}");
        for (column, kind) in (3..).zip(kinds) {
            let seconds = seconds_from(&findings, kind, ut(&dataset, &row[column])).unwrap();
            // Published in whole minutes; how they were rounded is not said.
            assert!(seconds.abs() < 60.0, "{row:?}: {kind:?} {seconds} s");
            worst = worst.max(seconds.abs());
        }
    }
    println!("{} days, worst {worst:.1} s", rows.len());
}

#[test]
fn from_a_height_the_sun_rises_earlier() {
    let Some(rows) = rows("ae_riseset_elevation.csv") else { return };
    let dataset = tables::shared();
    let mut worst = 0.0_f64;
    for row in &rows {
        let (altitude_m, height_m) = (number(row, 3), number(row, 4));
        // The file's source lets 34′ shrink with the density of the air on the ground that is looked out to.
        let density = (1.0 - 0.0065 * (altitude_m - height_m) / 288.15).powf(4.2559);
        let horizon_deg = number(row, 9) + 34.0 / 60.0 * (1.0 - density);
        let threshold = Threshold { horizon_deg, ..Threshold::default() };
        let place = Site { altitude_m, ..site(number(row, 1), number(row, 2)) };
        let day = ut(&dataset, &format!("{}T00:00:00Z", row[0]));
        for (body, columns) in [(Body::Sun, [5, 6]), (Body::Moon, [7, 8])] {
            let findings = found(sky_of(&dataset, body, place), day - 1.0, 3.0, &[threshold]);
            for (column, kind) in columns.into_iter().zip([Kind::Rise(0), Kind::Set(0)]) {
                let at = ut(&dataset, &format!("{}T{}:00Z", row[0], row[column]));
                let seconds = seconds_from(&findings, kind, at).unwrap();
                assert!(seconds.abs() < 60.0, "{row:?}: {body} {kind:?} {seconds} s");
                worst = worst.max(seconds.abs());
            }
        }
    }
    println!("{} days from heights, worst {worst:.1} s", rows.len());
}
