//! What is said back: the query, its tag, and what of it has no meaning.

use std::collections::BTreeMap;

use orrery_tests::http::sent_again;
use orrery_tests::programs::Server;
use orrery_tests::tables;
use orrery_tests::views::View;
use serde_json::Value;

use crate::instants::view;
use crate::sky::Sky;

#[test]
fn a_repeated_query_gives_the_same_reply() {
    let sky = Sky::open();
    let server = Server::shared();
    sky.hold("echoes", 150, &(view(), tables::span_tt()), |(view, jd)| {
        let query =
            format!("jd_tt={jd:?}&bodies={}&fields=all&{}", view.bodies()[..3].join(","), view.query());
        let first = server.client().get(&format!("/v1/positions?{query}"));
        if first.status != 200 {
            return Err(format!("{query}: {first:?}"));
        }
        let again = sent_again(&first.json()["query"]);
        let second = server.client().get(&format!("/v1/positions?{again}"));
        if second.body != first.body || second.header("etag") != first.header("etag") {
            return Err(format!("{query} is answered otherwise than {again}: {first:?}, {second:?}"));
        }
        Ok(())
    });
}

#[test]
fn each_view_has_a_tag_of_its_own() {
    let server = Server::shared();
    let views = [
        "",
        "center=helio",
        "center=bary",
        "center=topo&lat=0&lon=0",
        "center=topo&lat=0&lon=0.0001",
        "center=topo&lat=0&lon=0&alt=1",
        "place=true",
        "place=astrometric",
        "frame=equatorial",
        "equinox=mean",
        "equinox=j2000",
        "equinox=icrs",
        "frame=equatorial&equinox=icrs",
        "coordinates=rectangular",
        "zodiac=sidereal&ayanamsa=lahiri",
        "zodiac=sidereal&ayanamsa=raman",
        "zodiac=sidereal&ayanamsa=user:2451545,23.5",
        "zodiac=sidereal&ayanamsa=user:2451545,23.6",
        "fields=default,decan",
        "fields=default,light_time",
        "center=topo&lat=0&lon=0&fields=default,apparent_altitude",
        "center=topo&lat=0&lon=0&fields=default,apparent_altitude&pressure=1000",
        "center=topo&lat=0&lon=0&fields=default,apparent_altitude&temperature=1",
        "source=live",
    ];
    let mut seen = BTreeMap::new();
    for view in views {
        let target = format!("/v1/positions?jd_tt=2460000.5&bodies=mars&{view}");
        let target = target.trim_end_matches('&');
        let reply = server.client().get(target);
        assert_eq!(reply.status, 200, "{target}: {reply:?}");
        let tag = reply.header("etag").unwrap_or_else(|| panic!("{target}: no tag")).to_owned();
        assert!(tag.starts_with('"'), "{target}: {tag} is weak");
        let kept = server.client().send("GET", target, &[("if-none-match", &tag)]);
        assert_eq!(kept.status, 304, "{target}");
        if let Some(other) = seen.insert(tag, view) {
            panic!("{view:?} and {other:?} have one tag");
        }
    }
}

/// Contradictions: what is asked, the status, the code, the parameter that is named, and part of the remedy.
const CONTRADICTIONS: &[(&str, u16, &str, &str, &str)] = &[
    ("center=helio&bodies=true_node", 422, "meaningless", "bodies", "another center"),
    ("center=helio&bodies=mean_south_node", 422, "meaningless", "bodies", "another center"),
    ("center=bary&bodies=osculating_apogee", 422, "meaningless", "bodies", "another center"),
    ("center=helio&bodies=sun", 422, "meaningless", "bodies", "another center"),
    ("center=helio&bodies=all", 422, "meaningless", "bodies", "another center"),
    ("bodies=earth", 422, "meaningless", "bodies", "another center"),
    ("center=topo&lat=0&lon=0&bodies=earth", 422, "meaningless", "bodies", "another center"),
    ("center=topo", 422, "contradiction", "lat", "lat and lon"),
    ("center=topo&lat=10", 422, "contradiction", "lon", "lat and lon"),
    ("center=topo&lon=10", 422, "contradiction", "lat", "lat and lon"),
    ("center=topo&lat=90.1&lon=10", 422, "out_of_range", "lat", "-90 to 90"),
    ("center=topo&lat=0&lon=-180.5", 422, "out_of_range", "lon", "-180 to 180"),
    ("center=topo&lat=0&lon=0&alt=25001", 422, "out_of_range", "alt", "-500 to 25000"),
    ("center=topo&lat=nan&lon=0", 400, "invalid_value", "lat", "decimal number"),
    ("lat=10", 422, "contradiction", "lat", "center=topo"),
    ("center=helio&lat=10&lon=10", 422, "contradiction", "lat", "center=topo"),
    ("lon=10", 422, "contradiction", "lon", "center=topo"),
    ("alt=10", 422, "contradiction", "alt", "center=topo"),
    ("ayanamsa=lahiri", 422, "contradiction", "ayanamsa", "zodiac=sidereal"),
    ("zodiac=tropical&ayanamsa=lahiri", 422, "contradiction", "ayanamsa", "zodiac=sidereal"),
    ("zodiac=sidereal", 422, "contradiction", "ayanamsa", "ayanamsa=lahiri"),
    ("zodiac=sidereal&ayanamsa=lahiri&equinox=j2000", 422, "contradiction", "equinox", "ayanamsa=j2000"),
    ("zodiac=sidereal&ayanamsa=lahiri&equinox=icrs", 422, "contradiction", "equinox", "leave equinox out"),
    ("fields=azimuth", 422, "contradiction", "fields", "center=topo"),
    ("center=helio&fields=altitude", 422, "contradiction", "fields", "center=topo"),
    ("center=helio&fields=magnitude", 422, "contradiction", "fields", "center=geo"),
    ("center=bary&fields=phase_angle", 422, "contradiction", "fields", "center=geo"),
    ("center=bary&fields=out_of_bounds", 422, "contradiction", "fields", "center=geo"),
    ("fields=nakshatra", 422, "contradiction", "fields", "zodiac=sidereal"),
    ("frame=equatorial&fields=sign", 422, "contradiction", "fields", "frame=ecliptic"),
    ("frame=equatorial&fields=longitude", 422, "contradiction", "fields", "frame=ecliptic"),
    ("fields=declination", 422, "contradiction", "fields", "frame=equatorial"),
    ("fields=x", 422, "contradiction", "fields", "coordinates=rectangular"),
    ("coordinates=rectangular&fields=longitude", 422, "contradiction", "fields", "coordinates=spherical"),
    ("coordinates=rectangular&fields=decan", 422, "contradiction", "fields", "coordinates=spherical"),
    ("pressure=1000", 422, "contradiction", "pressure", "apparent_altitude"),
    ("center=topo&lat=0&lon=0&temperature=10", 422, "contradiction", "temperature", "apparent_altitude"),
    ("place=true&source=table", 409, "table_only", "source", "source=auto"),
    ("place=astrometric&source=table", 409, "table_only", "source", "source=auto"),
    ("bodies=cupido&source=table", 409, "table_only", "source", "source=auto"),
];

/// Values that are none: what is asked, the code, the parameter, and the remedy.
const STRANGERS: &[(&str, &str, &str, &str)] = &[
    ("center=topocentric", "unknown_value", "center", "topo"),
    ("place=aparent", "unknown_value", "place", "place=apparent"),
    ("frame=equatoral", "unknown_value", "frame", "frame=equatorial"),
    ("equinox=j200", "unknown_value", "equinox", "equinox=j2000"),
    ("coordinates=rectangle", "unknown_value", "coordinates", "coordinates=rectangular"),
    ("zodiac=siderial&ayanamsa=1", "unknown_value", "zodiac", "zodiac=sidereal"),
    ("zodiac=sidereal&ayanamsa=lahirri", "unknown_value", "ayanamsa", "lahiri"),
    ("zodiac=sidereal&ayanamsa=47", "unknown_value", "ayanamsa", "46"),
    ("zodiac=sidereal&ayanamsa=-1", "unknown_value", "ayanamsa", "46"),
    ("zodiac=sidereal&ayanamsa=user:2451545", "invalid_value", "ayanamsa", "user:"),
    ("zodiac=sidereal&ayanamsa=user:nan,1", "invalid_value", "ayanamsa", "user:"),
    ("zodiac=sidereal&ayanamsa=user:2451545,1e9", "invalid_value", "ayanamsa", "user:"),
];

#[test]
fn contradictions_are_refused_with_the_parameter_and_the_remedy() {
    let server = Server::shared();
    for (query, status, code, parameter, remedy) in CONTRADICTIONS {
        // In every source alike, unless it is the source that contradicts.
        let sources: &[&str] = if *status == 409 { &[""] } else { &["", "&source=live", "&source=table"] };
        for source in sources {
            let target = format!("/v1/positions?jd=2460000.5&{query}{source}");
            let reply = server.client().get(&target);
            assert_eq!(reply.status, *status, "{target}: {reply:?}");
            let problem = reply.problem(*status, code);
            assert_eq!(problem["parameter"], *parameter, "{target}: {problem}");
            assert!(problem["hint"].as_str().unwrap().contains(remedy), "{target}: {problem}");
        }
    }
}

#[test]
fn words_that_are_none_are_refused_with_those_that_are() {
    let server = Server::shared();
    for (query, code, parameter, remedy) in STRANGERS {
        let target = format!("/v1/positions?jd=2460000.5&{query}");
        let reply = server.client().get(&target);
        let problem = reply.json();
        assert_eq!(
            (problem["code"].as_str(), problem["parameter"].as_str()),
            (Some(*code), Some(*parameter)),
            "{target}: {reply:?}"
        );
        reply.problem(reply.status, code);
        let said = format!("{} {}", problem["hint"], problem["detail"]);
        assert!(matches!(reply.status, 400 | 422) && said.contains(remedy), "{target}: {problem}");
    }
}

#[test]
fn the_zodiac_does_not_touch_the_equator() {
    let sky = Sky::open();
    sky.hold("sidereal on the equator", 60, &(view(), tables::span_tt()), |(view, jd)| {
        let view = View { plane: orrery_swisseph::LivePlane::Equator, ..view };
        let tropical = View { ayanamsa: None, ..view };
        let sidereal = View { ayanamsa: Some(orrery_swisseph::LiveAyanamsa::Mode(1)), ..view };
        let places = |view: &View| -> Result<Value, String> {
            let query = format!("jd_tt={jd:?}&{}", view.query());
            Ok(sky.ask(&query)?["positions"].clone())
        };
        let (tropical, sidereal) = (places(&tropical)?, places(&sidereal)?);
        if tropical == sidereal { Ok(()) } else { Err(format!("{jd:?}: {tropical} and {sidereal}")) }
    });
}
