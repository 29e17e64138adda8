//! Places of stars.

use std::collections::BTreeSet;
use std::ops::Range;

use orrery_almanac::stars::Catalogue;
use orrery_swisseph::{
    LiveAyanamsa, LiveCenter, LiveFrame, LivePlace, LivePlane, LiveReference, LiveSite, LiveView,
};
use orrery_tests::measure::{ARCSEC, angle_between};
use orrery_tests::random::Random;
use orrery_tests::views::{Apart, View, vector};
use orrery_tests::{tables, workspace};
use serde_json::{Value, json};

use crate::{FILES_JD, NUTATION_ARCSEC, Sky, conjunction};

/// What a place from tables may be off beside nutation, arcseconds.
const STAR_ARCSEC: f64 = 0.0001;

/// What a speed may be off, arcseconds a day: differences of the library's places are good to as much.
const SPEED_ARCSEC: f64 = 0.005;

/// What an elongation may be off, arcseconds: for true places too, the Sun is where its light left it, 0.003″ away.
const ELONGATION_ARCSEC: f64 = 0.005;

/// The two with a negative parallax, which the library puts on the opposite side of the sky.
const OPPOSITE: usize = 2;

impl Sky {
    /// The library's places of stars, au along the axes of a view; a sidereal zodiac by subtraction.
    fn expected(&self, view: &View, names: &[&str], jd_tt: f64) -> Vec<[f64; 3]> {
        let mut session = self.session.borrow_mut();
        let ayanamsa = view.ayanamsa.filter(|_| view.plane == LivePlane::Ecliptic);
        let reference = if ayanamsa.is_some() { LiveReference::MeanOfDate } else { view.equinox };
        let frame = LiveFrame { reference, plane: view.plane, rectangular: false, speeds: false };
        let shift = ayanamsa.map_or(0.0, |ayanamsa| session.ayanamsa_deg(ayanamsa, jd_tt).unwrap());
        let stars = session.fixed_stars(names, view.seen, frame, jd_tt).unwrap();
        let place = |star: Result<orrery_swisseph::LiveStar, _>| {
            let [along, across, distance, ..] = star.unwrap().values;
            vector([along - shift, across, distance])
        };
        stars.into_iter().map(place).collect()
    }

    /// Compares stars of a view with the library's; the largest angle in arcseconds, and the reply.
    fn compare(&self, view: &View, stars: &[&str], source: &str, jd_tt: f64) -> (f64, Value) {
        let target = format!(
            "/v1/stars?jd_tt={jd_tt:?}&source={source}&precision=full&{}&stars={}",
            view.query(),
            stars.join(",").replace(' ', "%20")
        );
        let reply = self.ask(&target);
        let told = reply["stars"].as_array().unwrap();
        assert_eq!(told.len(), stars.len(), "{target}");
        let names: Vec<_> = stars.iter().map(|name| format!(",{name}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut worst = 0.0_f64;
        for ((star, name), expected) in told.iter().zip(stars).zip(self.expected(view, &names, jd_tt)) {
            assert_eq!(star["designation"], *name, "{target}");
            let apart = Apart::of(view.found(star).unwrap(), expected);
            let is_live = star["source"] == "live";
            // What is turned by live nutation has none of its table's error.
            let allowed = if is_live { NUTATION_ARCSEC } else { STAR_ARCSEC + NUTATION_ARCSEC };
            assert!(
                apart.arcsec <= allowed && apart.relative <= 1e-8,
                "{name} of {target}: {apart:?}, allowed {allowed}″: {star}"
            );
            worst = worst.max(apart.arcsec);
        }
        (worst, reply)
    }
}

fn catalogue() -> Catalogue {
    let text = std::fs::read_to_string(workspace::ephemeris_path().join("sefstars.txt")).unwrap();
    Catalogue::parse(&text).unwrap()
}

/// The library has data of its own for the centre of the galaxy and its pole of 1958 under these, and the catalogue's under
/// their names.
const OTHERWISE_BUILT_IN: [&str; 2] = ["SgrA*", "GP1958"];

/// The designations that one star alone has, and by which the library finds it on the right side of the sky.
fn designations<'a>(catalogue: &'a Catalogue, sky: &Sky) -> Vec<&'a str> {
    let stars = catalogue.stars();
    let opposite = stars.iter().filter(|star| star.entry.parallax_mas < 0.0).count();
    assert_eq!(opposite, OPPOSITE);
    let is_alone = |name: &str| stars.iter().filter(|star| star.designation == name).count() == 1;
    let alone = stars.iter().filter(|star| star.entry.parallax_mas >= 0.0 && is_alone(&star.designation));
    let mut names: Vec<_> = alone.map(|star| star.designation.as_str()).collect();
    let asked: Vec<_> = names.iter().map(|name| format!(",{name}")).collect();
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let mut session = sky.session.borrow_mut();
    let found = session.fixed_stars(&asked, LiveCenter::Geo, LiveFrame::default(), 2_451_545.0).unwrap();
    let mut found = found.into_iter().map(|star| star.is_ok());
    let all = names.len();
    names.retain(|name| found.next().unwrap() && !OTHERWISE_BUILT_IN.contains(name));
    assert!(all - names.len() < 5, "the library finds {} of {all}", names.len());
    names
}

fn random_view(random: &mut Random) -> View {
    let site = LiveSite {
        latitude_deg: random.between(-90.0, 90.0),
        longitude_deg: random.between(-180.0, 180.0),
        altitude_m: random.between(-500.0, 8000.0),
    };
    let centers = [LiveCenter::Geo, LiveCenter::Topo(site), LiveCenter::Helio, LiveCenter::Bary];
    let places = [LivePlace::Apparent, LivePlace::Apparent, LivePlace::Astrometric, LivePlace::True];
    let equinoxes =
        [LiveReference::TrueOfDate, LiveReference::MeanOfDate, LiveReference::J2000, LiveReference::Icrs];
    let center = *random.pick(&centers);
    let seen = LiveView { center, place: *random.pick(&places) };
    let plane = *random.pick(&[LivePlane::Ecliptic, LivePlane::Equator]);
    // Lahiri's, whose zodiac is a subtraction.
    let ayanamsa = (random.below(4) == 0).then_some(LiveAyanamsa::Mode(1));
    let equinox = if ayanamsa.is_some() { LiveReference::TrueOfDate } else { *random.pick(&equinoxes) };
    View { seen, plane, equinox, ayanamsa, rectangular: random.below(3) == 0 }
}

#[test]
fn stars_are_where_the_library_has_them_in_every_view() {
    let (sky, catalogue) = (Sky::open(), catalogue());
    let all = designations(&catalogue, &sky);
    let mut random = Random::of("stars");
    let mut worst = [(0.0, String::new()), (0.0, String::new())];
    for nth in 0..160 {
        let view = random_view(&mut random);
        let Range { start, end } = if nth % 8 == 0 { FILES_JD.0..FILES_JD.1 } else { tables::span_tt() };
        let jd = random.between(start, end);
        let first = random.below(all.len() - 40);
        let stars = &all[first..first + 40];
        let source = if nth % 10 == 0 { "live" } else { "auto" };
        let (arcsec, reply) = sky.compare(&view, stars, source, jd);
        let is_live = reply["provenance"]["source"] != "table";
        let worst = &mut worst[usize::from(is_live)];
        if arcsec > worst.0 {
            *worst = (arcsec, format!("{} at {jd:?}", view.query()));
        }
        if is_live {
            assert!(reply["provenance"]["max_error_arcsec"].is_null(), "{reply}");
        } else {
            let promised = reply["provenance"]["max_error_arcsec"].as_f64().unwrap();
            assert!(arcsec <= promised, "{arcsec}″ off, {promised}″ promised: {}", view.query());
        }
    }
    println!("stars from tables: at most {}″, {}", worst[0].0, worst[0].1);
    println!("stars with live parts: at most {}″, {}", worst[1].0, worst[1].1);
}

#[test]
fn speeds_are_those_of_the_places() {
    let sky = Sky::open();
    let mut random = Random::of("speeds of stars");
    let (span, half) = (tables::span_tt(), 1.0 / 64.0);
    for nth in 0..24 {
        let jd = random.between(span.start, span.end);
        let site = "center=topo&lat=48.2&lon=16.4&alt=170&";
        let site = if nth % 2 == 0 { site } else { "" };
        let source = if nth % 4 < 2 { "table" } else { "live" };
        let target = |jd: f64, source: &str| {
            format!(
                "/v1/stars?{site}jd_tt={jd:?}&source={source}&stars=Sirius,Polaris,V645%20Cen&precision=full"
            )
        };
        let told = sky.ask(&target(jd, source));
        let [before, after] = [-half, half].map(|days| sky.ask(&target(jd + days, "live")));
        for star in 0..3 {
            for (name, speed) in [("longitude", "longitude_speed"), ("latitude", "latitude_speed")] {
                let number = |reply: &Value, name: &str| reply["stars"][star][name].as_f64().unwrap();
                let across = number(&told, "latitude").to_radians().cos();
                let expected = angle_between(number(&after, name), number(&before, name)) / (2.0 * half);
                let off = (number(&told, speed) - expected).abs() * across * ARCSEC;
                assert!(off < SPEED_ARCSEC, "{speed} of {}: {off}″ a day off", target(jd, source));
            }
        }
    }
}

/// Regulus stands half a degree from the ecliptic, δ Cancri and ζ Piscium less than the Sun's radius.
#[test]
fn the_suns_disc_leaves_a_star_to_the_live_source() {
    let sky = Sky::open();
    let view = View::from(LiveCenter::Geo);
    let mut hidden = 0;
    for star in ["deCnc", "zePsc", "alLeo"] {
        let jd = conjunction(&sky, star);
        for hours in [-30.0, -12.0, -6.0, -1.0, 0.0, 1.0, 6.0, 12.0, 30.0] {
            let jd = jd + hours / 24.0;
            let (_, reply) = sky.compare(&view, &[star, "alVir"], "auto", jd);
            let is_hidden = reply["stars"][0]["source"] == "live";
            hidden += usize::from(is_hidden);
            assert_eq!(reply["stars"][1]["source"], "table", "{reply}");
            let mix = if is_hidden { "mixed" } else { "table" };
            assert_eq!(reply["provenance"]["source"], mix);
            let forbidden = format!("/v1/stars?stars={star}&jd_tt={jd:?}&source=table");
            let forbidden = sky.client.get(&forbidden);
            if is_hidden {
                let problem = forbidden.problem(409, "table_only");
                assert_eq!(problem["parameter"], "source", "{problem}");
            } else {
                assert_eq!(forbidden.status, 200, "{forbidden:?}");
            }
        }
    }
    assert!(hidden > 0, "the Sun never hid a star");
}

/// Whatever the library calls it: each star of the catalogue has a place, and all are where tables have them.
#[test]
fn every_star_is_live_where_it_is_from_tables() {
    let sky = Sky::open();
    let asked = "jd_tt=2461310.25&precision=full&fields=default";
    let [table, live] = ["table", "live"].map(|source| {
        let chosen = ["magnitude=30", "stars=SgrA*,GP1958,GPol,Apex,GA,VC,M31"];
        let replies = chosen.map(|chosen| sky.ask(&format!("/v1/stars?{asked}&{chosen}&source={source}")));
        replies.into_iter().flat_map(|reply| reply["stars"].as_array().unwrap().clone()).collect::<Vec<_>>()
    });
    assert!(table.len() == live.len() && live.len() > 1000, "{}", live.len());
    let view = View::from(LiveCenter::Geo);
    let mut worst = (0.0, String::new());
    for (by_table, live) in table.iter().zip(&live) {
        assert_eq!((&by_table["designation"], &live["source"]), (&live["designation"], &json!("live")));
        let apart = Apart::of(view.found(by_table).unwrap(), view.found(live).unwrap());
        assert!(apart.arcsec < STAR_ARCSEC + NUTATION_ARCSEC, "{by_table}: {apart:?}: {live}");
        if apart.arcsec > worst.0 {
            worst = (apart.arcsec, live["name"].to_string());
        }
    }
    println!("every star: tables and live at most {}″ apart, {}", worst.0, worst.1);
}

/// The library has it 180° away; tables and live tell the same here.
#[test]
fn a_star_of_a_negative_parallax_is_where_it_is_seen() {
    let sky = Sky::open();
    for source in ["table", "live"] {
        let reply = sky.ask(&format!("/v1/stars?stars=theta1%20Orionis&jd_tt=2451545&source={source}"));
        let star = &reply["stars"][0];
        let longitude = star["longitude"].as_f64().unwrap();
        assert!((longitude - 83.0).abs() < 0.5 && star["source"] == source, "{star}");
    }
}

#[test]
fn what_is_told_beside_the_place_is_right() {
    let sky = Sky::open();
    let site = "center=topo&lat=52.52&lon=13.4&alt=34";
    let fields = "fields=all&zodiac=sidereal&ayanamsa=lahiri";
    let reply = sky.ask(&format!("/v1/stars?jd=2461120.5&stars=Spica,Polaris&{site}&{fields}"));
    let [spica, polaris] = [0, 1].map(|nth| &reply["stars"][nth]);
    assert_eq!((&spica["name"], &spica["designation"]), (&json!("Spica"), &json!("alVir")));
    assert_eq!(spica["magnitude"], 0.97);
    assert!(spica["names"].as_array().unwrap().contains(&json!("Citra")), "{spica}");
    // Lahiri's zodiac has Spica at its middle, in Chitra, the fourteenth lunar mansion.
    assert_eq!((&spica["nakshatra"], &spica["sign"]), (&json!("chitra"), &json!("virgo")));
    let altitude = |star: &Value| star["altitude"].as_f64().unwrap();
    assert!((altitude(polaris) - 52.52).abs() < 0.8, "{polaris}");
    assert!(polaris["apparent_altitude"].as_f64().unwrap() > altitude(polaris), "{polaris}");
    // The Sun is opposite to Spica in the middle of April.
    let elongation = spica["elongation"].as_f64().unwrap();
    assert!((150.0..160.0).contains(&elongation), "{spica}");
    for lacked in ["retrograde", "phase_angle", "light_time"] {
        assert!(spica.get(lacked).is_none(), "{spica}");
    }
    // A pole has no magnitude, and what has no parallax is very far away.
    let point = sky.ask("/v1/stars?jd=2461120.5&stars=Gal.Pole&fields=magnitude,distance");
    assert!(point["stars"][0]["magnitude"].is_null(), "{point}");
    assert!(point["stars"][0]["distance"].as_f64().unwrap() > 9.9e8, "{point}");
}

/// A star's elongation is the angle between it and the Sun in the same light.
#[test]
fn elongations_are_between_places_of_one_light() {
    let sky = Sky::open();
    let site = "center=topo&lat=52.52&lon=13.4&";
    for view in ["", "place=astrometric&", "place=true&", site, &format!("{site}place=true&")] {
        let asked = format!("{view}jd_tt=2461310.25&precision=full");
        let place = |position: &Value| {
            let of = |name: &str| position[name].as_f64().unwrap();
            vector([of("longitude"), of("latitude"), 1.0])
        };
        let sun = place(&sky.client.positions(&format!("bodies=sun&{asked}"))["positions"][0]);
        let stars = sky.ask(&format!("/v1/stars?fields=default,elongation&stars=Spica,Sirius&{asked}"));
        for star in stars["stars"].as_array().unwrap() {
            let expected = Apart::of(place(star), sun).arcsec;
            let found = star["elongation"].as_f64().unwrap() * ARCSEC;
            assert!((found - expected).abs() < ELONGATION_ARCSEC, "{view}: {found}″ instead of {expected}″");
        }
    }
}

#[test]
fn the_brightest_come_first_and_no_star_comes_twice() {
    let sky = Sky::open();
    let magnitudes = |query: &str| -> Vec<f64> {
        let reply = sky.ask(&format!("/v1/stars?jd=2461120.5&{query}"));
        let stars = reply["stars"].as_array().unwrap();
        let place = |star: &Value| format!("{} {}", star["longitude"], star["latitude"]);
        let places: BTreeSet<_> = stars.iter().map(place).collect();
        // 61 Cygni is there by itself and together with its companion.
        assert!(places.len() + 1 >= stars.len(), "{query}: {} of {}", places.len(), stars.len());
        stars.iter().map(|star| star["magnitude"].as_f64().unwrap()).collect()
    };
    let usual = magnitudes("fields=magnitude,longitude,latitude");
    assert!((18..30).contains(&usual.len()) && usual.is_sorted() && usual[0] < -1.4, "{usual:?}");
    assert!(usual.iter().all(|magnitude| *magnitude <= 1.5));
    let many = magnitudes("magnitude=30");
    assert!(many.len() > 900 && many.is_sorted(), "{}", many.len());
    assert!(magnitudes("magnitude=-2").is_empty());
}
