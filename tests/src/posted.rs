//! Bodies that are posted to the routes of charts in time: together they have every member that these take and that they tell.

use serde_json::{Value, json};

/// Paths with what is posted there, beside what their documentation shows.
#[must_use]
pub fn charts_in_time() -> Vec<(&'static str, Value)> {
    let sidereal = json!({"jd_tt": 2_451_545, "lat": 50, "lon": 10, "alt": 99, "center": "topo", "zodiac": "sidereal",
        "ayanamsa": "lahiri", "house_system": "sunshine", "fallback": "porphyry", "bodies": ["moon"], "source": "table",
        "place": "apparent", "precision": 5, "fields": ["all"], "pressure": 990, "temperature": 5, "calendar": "gregorian"});
    // What comes over it and back is seen from the Earth's centre.
    let searched = {
        let mut natal = sidereal.clone();
        natal["center"] = "geo".into();
        for name in ["pressure", "temperature"] {
            natal.as_object_mut().map(|members| members.remove(name));
        }
        natal
    };
    let dated = json!({"jd": 2_429_912.229, "lat": 53.4, "lon": -2.98, "allow_moshier": true});
    let untimed = json!({"date": "1940-10-09", "tz": "lmt", "lon": 20, "time_known": false});
    vec![
        (
            "/v1/transits",
            json!({"natal": searched, "start": "2026-01-01T12:00", "stop": "jd_tt:2461100", "bodies": ["mars", "venus"],
                "aspects": ["all"], "angles": ["none"], "orb": 2, "orbs": ["trine:1", "square:0"], "limit": 3, "calendar": "gregorian", "tz": "lmt", "lon": 20,
                "include_houses": true, "precision": 4, "format": "json"}),
        ),
        (
            "/v1/returns",
            json!({"natal": searched, "body": "venus", "start": "2026-01-01T12:00", "stop": "2027-01-01", "parts": 2, "tz": "lmt",
                "lat": 10, "lon": 20, "alt": 30, "house_system": "koch", "fallback": "porphyry", "calendar": "julian", "orbs": {"sun": 3}, "orb_by": "body", "angles": ["vertex"],
                "aspects": ["major"], "precision": 4, "format": "json"}),
        ),
        (
            "/v1/returns",
            json!({"natal": dated, "body": "moon", "minus": "sun", "before": "2026-01-01", "count": 1, "orbs": ["trine:3"]}),
        ),
        (
            "/v1/progressions",
            json!({"natal": sidereal, "jd": 2_461_100, "method": "minor", "year": "julian", "angle_method": "solar_arc_ra",
                "arc": "ptolemy", "angles": ["ascendant", "vertex"], "aspects": ["all"], "orb": 3, "precision": 4, "format": "json"}),
        ),
        (
            "/v1/progressions",
            json!({"natal": dated, "jd_tt": 2_461_100, "converse": true, "angles": ["none"]}),
        ),
        (
            "/v1/progressions",
            json!({"natal": searched, "jd": 2_461_100, "start": "jd_tt:2451545", "stop": "jd_tt:2471545", "limit": 200,
                "method": "minor", "orbs": ["trine:2"], "converse": true}),
        ),
        (
            "/v1/progressions",
            json!({"natal": untimed, "date": "2026-01-01T12:00", "tz": "lmt", "lon": 3, "calendar": "gregorian"}),
        ),
    ]
}
