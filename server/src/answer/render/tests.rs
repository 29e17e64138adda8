//! What is written, whichever way writes it.

use std::time::SystemTime;

use super::*;
use crate::answer::json::written;
use crate::query::Params;

#[test]
fn signs_follow_the_longitude_as_given() {
    let at = |longitude, decimals| sign(along(longitude, decimals).1);
    assert_eq!(at(0.0, Some(9)), ("aries", 0.0));
    assert_eq!(at(29.999_999_999_9, Some(9)), ("taurus", 0.0));
    assert_eq!(at(29.999_999_999_9, None).0, "aries");
    assert_eq!(at(359.999_999_999_9, Some(9)), ("aries", 0.0));
    assert_eq!(at(359.999_999_999_9, None).0, "pisces");
    assert_eq!(at(29.6, Some(0)), ("taurus", 0.0));
    assert_eq!(at(29.4, Some(0)), ("aries", 29.0));
    assert_eq!(at(359.96, Some(1)), ("aries", 0.0));
    assert_eq!(at(29.999_999_999_999, Some(15)).0, "aries");
    assert_eq!(at(330.0, Some(9)), ("pisces", 0.0));
}

#[test]
fn a_whole_turn_is_none() {
    let shown = |value, decimals| {
        let (along_deg, _) = along(value, Some(decimals));
        written(|json| json.rounded(along_deg, decimals))
    };
    assert_eq!(shown(359.999_999_999_6, 9), "0.0");
    assert_eq!(shown(359.999_999_999_4, 9), "359.999999999");
    assert_eq!(shown(359.6, 0), "0.0");
    assert_eq!(shown(359.999_999_999_999_94, 13), "0.0");
}

#[test]
fn the_usual_way_writes_what_the_general_way_writes() {
    let (precision, frame) = (Precision::Default, Frame::Ecliptic);
    let mut random = 1_u64;
    let mut uniform = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 11) as f64 / (1_u64 << 53) as f64
    };
    let edges =
        [0.0, -0.0, 1e-13, -4e-10, 5e-10, -5e-10, 0.1, -1.0, 29.999_999_999_6, 30.0, 89.999_999_999_5, 999.9];
    let whole = [0.0, 29.999_999_999_6, 30.0, 359.999_999_999_4, 359.999_999_999_6, 120.5, 330.25, 1e-10];
    for round in 0..20_000 {
        let mut value = |scale: f64| match round % 4 {
            0 => edges[(uniform() * edges.len() as f64) as usize],
            // Few decimals, so that there are zeros to be left out.
            1 => ((uniform() - 0.5) * scale * 100.0).round() / 100.0,
            _ => (uniform() - 0.5) * scale,
        };
        let place = Place {
            across_deg: value(180.0),
            distance_au: value(100.0).abs(),
            along_speed: value(30.0),
            across_speed: value(2.0),
            distance_speed: value(0.02),
            along_deg: match round % 4 {
                0 => whole[(uniform() * whole.len() as f64) as usize],
                _ => uniform() * 360.0,
            },
        };
        let usual = written(|json| {
            let mut cursor = json.cursor();
            usual::position(&mut cursor, &place).unwrap();
            let length = cursor.written();
            json.advance(length);
        });
        let general = written(|json| {
            json.null();
            position(json, precision, frame, Fields::all(frame), &place);
        });
        assert_eq!(usual, general["null".len()..], "{place:?}");
    }
}

#[test]
fn what_is_too_large_for_the_usual_way_is_left_to_the_general_one() {
    for far in [1000.0, -1e6, f64::NAN, f64::INFINITY] {
        let mut json = Json::new();
        assert!(
            usual::position(&mut json.cursor(), &Place { distance_au: far, ..Place::default() }).is_none()
        );
    }
}

#[test]
fn the_usual_way_is_taken_by_what_it_is_for() {
    let query = |text: &str| {
        let params = Params::parse(text, crate::routes::positions::PARAMETERS).unwrap();
        PositionsQuery::new(&params, || SystemTime::UNIX_EPOCH).unwrap()
    };
    // What is chosen goes the general way, and so does another rounding.
    assert!(usual::is_asked(&query("jd=2451545&bodies=all")));
    for chosen in ["fields=body", "precision=9", "precision=full", "frame=equatorial"] {
        assert!(!usual::is_asked(&query(&format!("jd=2451545&{chosen}"))), "{chosen}");
    }
}
