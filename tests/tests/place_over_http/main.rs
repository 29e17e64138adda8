//! Hazard: lines of bodies that touch places where the bodies are on no angle, parans that no place sees, and times of another clock.
//! The real program is asked, and held to its own positions, risings, houses and stars, which are computed on other ways.

mod lines;
mod parans;

use orrery_tests::http::{Reply, sent_again};
use orrery_tests::interface::Interface;
use orrery_tests::programs::Server;
use serde_json::Value;

/// Radius of the Earth's equator, km, in which parallaxes are told.
const EQUATOR_KM: f64 = 6_378.137;

/// Kilometres of an astronomical unit.
const AU_KM: f64 = 149_597_870.7;

/// Where a body is over a place.
struct Seen {
    /// As seen from the Earth's centre, but for what its surface is beside a globe's.
    altitude_deg: f64,
    azimuth_deg: f64,
    /// The cosine of its hour angle, times something above zero.
    is_upper: bool,
}

/// A number of a document.
fn number(of: &Value) -> f64 {
    of.as_f64().unwrap_or_else(|| panic!("{of} is no number"))
}

/// A text of a document.
fn text(of: &Value) -> &str {
    of.as_str().unwrap_or_else(|| panic!("{of} is no text"))
}

/// The items of a list.
fn items(of: &Value) -> &[Value] {
    of.as_array().unwrap_or_else(|| panic!("{of} is no list"))
}

/// Where a body, or a star, is over a place at an instant.
fn seen(server: &Server, name: &str, instant: &str, [longitude, latitude]: [f64; 2]) -> Seen {
    // Stars are not called in small letters alone.
    let is_body = !name.contains(|letter: char| letter.is_ascii_uppercase());
    let (route, member) = if is_body { ("positions?bodies", "positions") } else { ("stars?stars", "stars") };
    let encoded = name.replace(' ', "%20");
    let reply = server.ask(&format!(
        "/v1/{route}={encoded}&{instant}&frame=equatorial&center=topo&lat={latitude}&lon={longitude}&\
         fields=declination,distance,azimuth,altitude"
    ));
    let told = &reply[member][0];
    let [altitude_deg, declination_deg] = ["altitude", "declination"].map(|name| number(&told[name]));
    let parallax =
        (EQUATOR_KM / (number(&told["distance"]) * AU_KM)).asin() * altitude_deg.to_radians().cos();
    let [sin, across, north] =
        [altitude_deg, declination_deg, latitude].map(|angle| angle.to_radians().sin());
    Seen {
        altitude_deg: altitude_deg + parallax.to_degrees(),
        azimuth_deg: number(&told["azimuth"]),
        is_upper: sin > across * north,
    }
}

/// Holds a body or a star to an angle over a place, within so many degrees.
fn assert_on(
    server: &Server,
    (name, angularity): (&str, &str),
    instant: &str,
    place: [f64; 2],
    within_deg: f64,
) {
    let Seen { altitude_deg, azimuth_deg, is_upper } = seen(server, name, instant, place);
    let aside = azimuth_deg.to_radians().sin() * altitude_deg.to_radians().cos();
    let (off_deg, is_side) = match angularity {
        // The end of a line is due north or south, where rounding takes it to either side.
        "rising" => (altitude_deg, azimuth_deg.to_radians().sin() > -1e-5),
        "setting" => (altitude_deg, azimuth_deg.to_radians().sin() < 1e-5),
        "culminating" => (aside.asin().to_degrees(), is_upper),
        "anticulminating" => (aside.asin().to_degrees(), !is_upper),
        other => panic!("{other} is no angularity"),
    };
    assert!(
        off_deg.abs() < within_deg && is_side,
        "{name} {angularity} {instant} {place:?}: altitude {altitude_deg}, azimuth {azimuth_deg}"
    );
}

#[test]
fn replies_are_as_documented_and_echoes_ask_the_same() {
    let mut interface = Interface::fetch();
    for target in [
        "/v1/astrocartography?jd=2461120.5",
        "/v1/astrocartography?date=2026-03-20T12:00&tz=lmt&lon=20&calendar=gregorian&bodies=chiron,cupido,mean_node&projection=in_zodiaco",
        "/v1/astrocartography?jd_tt=2461120.5&lat=-90&lon=180&max_distance=0&source=live&allow_moshier=true",
        "/v1/astrocartography?date=2026-03-20&bodies=all&lat=64.1&lon=-21.9&source=auto",
        "/v1/parans?date=2026-03-20&tz=Europe/Berlin&lat=52.5&lon=13.4&magnitude=1&calendar=gregorian&precision=4",
        "/v1/parans?jd=2461120.25&lat=-33&orb=0&bodies=sun,moon&stars=Spica,61Cyg",
        "/v1/parans?jd_tt=2461120.25&global=true&lon=20&bodies=sun,moon,true_node&stars=Spica&source=table",
        "/v1/parans?date=2026-03-20&tz=lmt&lon=20&global=true&bodies=sun,chiron&source=live&allow_moshier=true",
        "/v1/parans?date=1500-03-20&lat=90&orb=10&bodies=sun&magnitude=2.5",
        "/v1/parans?date=2026-03-20&lat=-90",
    ] {
        let reply = interface.ask(target, &[]);
        assert_eq!(reply.status, 200, "{target}: {reply:?}");
        let document = reply.json();
        let path = target.split_once('?').unwrap().0;
        let again = interface.ask(&format!("{path}?{}", sent_again(&document["query"])), &[]).json();
        assert_eq!(again, document, "{target}");
        let tag = reply.header("etag").unwrap_or_else(|| panic!("{target}: {reply:?}"));
        assert_eq!(interface.ask(target, &[("if-none-match", tag)]).status, 304, "{target}");
    }
}

#[test]
fn what_cannot_be_told_is_refused_by_name() {
    let mut interface = Interface::fetch();
    let many: Vec<String> = (1..=51).map(|number| format!("asteroid:{number}")).collect();
    let many = format!("/v1/astrocartography?jd=2461120.5&bodies={}", many.join(","));
    for (target, status, code, parameter) in [
        ("/v1/astrocartography?projection=mundo", 422, "unknown_value", "projection"),
        ("/v1/astrocartography?lat=52", 422, "contradiction", "lon"),
        ("/v1/astrocartography?lon=13", 422, "contradiction", "lon"),
        ("/v1/astrocartography?lat=91&lon=13", 422, "out_of_range", "lat"),
        ("/v1/astrocartography?lat=5&lon=181", 422, "out_of_range", "lon"),
        ("/v1/astrocartography?lat=nan&lon=13", 400, "invalid_value", "lat"),
        ("/v1/astrocartography?max_distance=100", 422, "contradiction", "max_distance"),
        ("/v1/astrocartography?lat=5&lon=5&max_distance=-1", 422, "out_of_range", "max_distance"),
        ("/v1/astrocartography?zodiac=sidereal", 400, "unknown_parameter", "zodiac"),
        ("/v1/astrocartography?bodies=earth", 422, "meaningless", "bodies"),
        ("/v1/astrocartography?bodies=plutto", 422, "unknown_body", "bodies"),
        ("/v1/astrocartography?format=csv", 406, "not_acceptable", "format"),
        ("/v1/astrocartography?jd=2461120.5&bodies=cupido&source=table", 409, "table_only", "source"),
        (&many, 422, "out_of_range", "bodies"),
        ("/v1/parans", 422, "missing_parameter", "lat"),
        ("/v1/parans?lat=90.1", 422, "out_of_range", "lat"),
        ("/v1/parans?lat=50&orb=10.5", 422, "out_of_range", "orb"),
        ("/v1/parans?lat=50&orb=-1", 422, "out_of_range", "orb"),
        ("/v1/parans?lat=50&global=true", 422, "contradiction", "lat"),
        ("/v1/parans?orb=1&global=true", 422, "contradiction", "orb"),
        ("/v1/parans?lat=50&global=maybe", 422, "unknown_value", "global"),
        ("/v1/parans?lat=50&stars=Sipca", 422, "unknown_star", "stars"),
        ("/v1/parans?lat=50&stars=Spica,alVir", 422, "repeated_star", "stars"),
        ("/v1/parans?lat=50&stars=Spica&magnitude=1", 422, "contradiction", "magnitude"),
        ("/v1/parans?lat=50&magnitude=31", 422, "out_of_range", "magnitude"),
        ("/v1/parans?lat=50&magnitude=30", 422, "out_of_range", "magnitude"),
        ("/v1/parans?lat=50&date=2011-12-30&tz=Pacific/Apia", 422, "no_such_date", "date"),
        ("/v1/parans?lat=50&jd=2461120.5&tz=Europe/Oslo", 422, "contradiction", "tz"),
        ("/v1/parans?lat=50&jd=1e300", 422, "out_of_range", "jd"),
        ("/v1/parans?lat=50&days=2", 400, "unknown_parameter", "days"),
        ("/v1/parans?lat=50&jd=2461120.5&bodies=cupido&source=table", 409, "table_only", "source"),
    ] {
        let reply: Reply = interface.ask(target, &[]);
        let problem = reply.json();
        assert_eq!(
            (reply.status, text(&problem["code"]), text(&problem["parameter"])),
            (status, code, parameter),
            "{target}: {problem}"
        );
        assert!(!text(&problem["hint"]).is_empty(), "{target}");
    }
}
