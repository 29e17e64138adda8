//! The wire catalogue.

use orrery_almanac::bodies::{ALIASES, ALL, DEFAULT, MAX_ASTEROID, SETS, from_names, parse_list};
use orrery_almanac::{Derivation, Error, Uranian, WireBody};
use orrery_format::{Body, Center, State};

fn names(list: &str) -> String {
    parse_list(list).unwrap().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_24_names_of_the_contract() {
    let contract = "sun moon mercury venus mars jupiter saturn uranus neptune pluto mean_node true_node \
                    mean_south_node true_south_node mean_apogee osculating_apogee interpolated_apogee \
                    interpolated_perigee chiron pholus ceres pallas juno vesta";
    assert_eq!(names("all"), contract);
    for (name, body) in contract.split(' ').zip(ALL) {
        assert_eq!(name.parse(), Ok(body));
        assert!(body.tabulated().is_some());
    }
    assert_eq!(DEFAULT[..], ALL[..10]);
}

#[test]
fn every_name_reads_back_and_no_two_are_alike() {
    let mut all: Vec<String> = ALL.iter().map(ToString::to_string).collect();
    all.extend(Uranian::ALL.map(|uranian| uranian.name().to_owned()));
    all.push("earth".to_owned());
    for name in &all {
        assert_eq!(name.parse::<WireBody>().unwrap().name(), name.as_str());
    }
    all.extend(ALIASES.map(|(alias, _)| alias.to_owned()));
    all.extend(SETS.map(|(set, _)| set.to_owned()));
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count);
    for (alias, body) in ALIASES {
        assert_eq!(alias.parse(), Ok(body));
    }
}

#[test]
fn lists_keep_the_order_of_first_mention() {
    assert_eq!(names("mars,luminaries"), "mars sun moon");
    assert_eq!(names("luminaries,sun"), "sun moon");
    assert_eq!(names(" Sun , MOON"), "sun moon");
    assert_eq!(names("luminaries,planets"), names("sun,moon,planets"));
    assert_eq!(names("nodes,north_node"), "mean_node true_node mean_south_node true_south_node");
    assert_eq!(names("lilith,earth,cupido,asteroid:433"), "mean_apogee earth cupido asteroid:433");
    assert_eq!(names("all,nodes,asteroids"), names("all"));
    assert_eq!(from_names(["sun"]).unwrap(), [WireBody::SUN]);
}

#[test]
fn repetition_is_refused_by_name() {
    for (list, name, first) in [
        ("sun,moon,sun", "sun", "sun"),
        ("sun,Sun", "Sun", "sun"),
        ("north_node,true_node", "true_node", "north_node"),
        ("planets,mars,planets", "planets", "planets"),
        ("ceres,asteroid:1", "asteroid:1", "ceres"),
    ] {
        let refused = parse_list(list).unwrap_err();
        assert_eq!(refused, Error::RepeatedBody { name: name.into(), first: first.into() }, "{list}");
        assert_eq!(refused.parameter(), Some("bodies"));
    }
}

#[test]
fn unknown_names_are_refused_with_the_one_that_was_meant() {
    for (name, suggestion) in [
        ("plutto", Some("pluto")),
        ("jupitr", Some("jupiter")),
        ("mean-node", Some("mean_node")),
        ("lillith", Some("lilith")),
        ("planet", Some("planets")),
        ("asteriod:433", Some("asteroid:433")),
        ("cheiron", Some("chiron")),
        ("sedna", None),
    ] {
        assert_eq!(parse_list(name).unwrap_err().suggestion(), suggestion, "{name}");
    }
    assert_eq!(
        parse_list("sun,plutto").unwrap_err().to_string(),
        "unknown body `plutto`: did you mean `pluto`?"
    );
    for empty in ["", " ", "sun,", ",sun", "sun,,moon"] {
        assert_eq!(parse_list(empty), Err(Error::EmptyBody), "{empty:?}");
    }
    assert_eq!(from_names([]), Err(Error::EmptyBody));
    for bad in
        ["asteroid:", "asteroid:0", "asteroid:+433", "asteroid:-1", "asteroid:4.5", "asteroid:99999999999999"]
    {
        assert!(matches!(parse_list(bad), Err(Error::AsteroidNumber { .. })), "{bad}");
    }
    assert_eq!("planets".parse::<WireBody>(), Err(Error::SetForBody { name: "planets".into() }));
}

#[test]
fn minor_planets_with_a_name_are_that_body() {
    assert_eq!(
        names("asteroid:2060,asteroid:0433,asteroid:134340,asteroid:5145"),
        "chiron asteroid:433 pluto pholus"
    );
    assert_eq!(WireBody::minor_planet(MAX_ASTEROID), Some(WireBody::Asteroid(MAX_ASTEROID)));
    assert_eq!(WireBody::minor_planet(MAX_ASTEROID + 1), None);
    assert_eq!(WireBody::minor_planet(0), None);
}

#[test]
fn south_nodes_are_opposite_to_the_north_nodes() {
    assert_eq!(WireBody::TrueSouthNode.tabulated(), Some((Body::TrueNode, Derivation::Antipode)));
    assert_eq!(WireBody::MeanSouthNode.tabulated(), Some((Body::MeanNode, Derivation::Antipode)));
    assert_eq!(WireBody::Uranian(Uranian::Zeus).tabulated(), None);
    assert_eq!(WireBody::Asteroid(433).base(), (WireBody::Asteroid(433), Derivation::Itself));
    let north = State {
        longitude_deg: 200.0,
        latitude_deg: 0.5,
        distance_au: 0.0025,
        longitude_speed: -0.05,
        latitude_speed: 0.1,
        distance_speed: 1e-6,
    };
    let south = Derivation::Antipode.apply(north);
    let expected = State { longitude_deg: 20.0, latitude_deg: -0.5, latitude_speed: -0.1, ..north };
    assert_eq!(south, expected);
    assert_eq!(Derivation::Itself.apply(north), north);
}

#[test]
fn what_has_no_meaning_from_a_centre() {
    let exists = |name: &str, center| name.parse::<WireBody>().unwrap().exists_from(center);
    assert!(!exists("sun", Center::Helio) && exists("sun", Center::Bary) && exists("sun", Center::Geo));
    assert!(!exists("earth", Center::Geo) && exists("earth", Center::Helio));
    assert!(!exists("south_node", Center::Helio) && exists("south_node", Center::Geo));
    assert!(!exists("lilith", Center::Bary));
    assert!(
        exists("cupido", Center::Helio)
            && exists("asteroid:433", Center::Bary)
            && exists("moon", Center::Helio)
    );
}
