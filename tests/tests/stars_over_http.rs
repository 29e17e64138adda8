//! Hazard: stars and ayanamsas that are told as plausibly as they are wrong. The real program is asked, and held to the C
//! library's own answers (`swe_fixstar2`, `swe_get_ayanamsa_ex`) in every view, at random instants and beside the Sun.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use orrery_almanac::stars::Catalogue;
use orrery_swisseph::{
    LiveAyanamsa, LiveCenter, LiveFrame, LivePlace, LivePlane, LiveReference, LiveSite, LiveView, Session,
};
use orrery_tests::http::Client;
use orrery_tests::interface::Interface;
use orrery_tests::measure::{ARCSEC, angle_between};
use orrery_tests::programs::Server;
use orrery_tests::random::Random;
use orrery_tests::views::{Apart, View, vector};
use orrery_tests::{tables, workspace};
use serde_json::{Value, json};

/// Julian days TT that the tables answer, and those that the files do.
const TABLES_JD: (f64, f64) = (2_378_500.0, 2_597_600.0);
const FILES_JD: (f64, f64) = (2_159_800.0, 2_816_300.0);

/// What a place from tables may be off beside nutation, and what nutation may, arcseconds.
const STAR_ARCSEC: f64 = 0.0001;
const NUTATION_ARCSEC: f64 = 0.0002;

/// What an ayanamsa may be off, arcseconds.
const AYANAMSA_ARCSEC: f64 = 0.0001;

/// What a speed may be off, arcseconds a day: differences of the library's places are good to as much.
const SPEED_ARCSEC: f64 = 0.005;

/// What an elongation may be off, arcseconds: for true places too, the Sun is where its light left it, 0.003″ away.
const ELONGATION_ARCSEC: f64 = 0.005;

/// The two with a negative parallax, which the library puts on the opposite side of the sky.
const OPPOSITE: usize = 2;

const PATHS: [&str; 2] = ["/v1/stars", "/v1/ayanamsas"];

struct Sky {
    client: Client,
    session: RefCell<Session>,
    _server: Arc<Server>,
}

impl Sky {
    fn open() -> Sky {
        let server = Server::shared();
        Sky { client: server.client(), session: RefCell::new(workspace::session()), _server: server }
    }

    fn ask(&self, target: &str) -> Value {
        let reply = self.client.get(target);
        assert_eq!(reply.status, 200, "{target}: {reply:?}");
        reply.json()
    }

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
        let (low, high) = if nth % 8 == 0 { FILES_JD } else { TABLES_JD };
        let jd = random.between(low, high);
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
    let half = 1.0 / 64.0;
    for nth in 0..24 {
        let jd = random.between(TABLES_JD.0, TABLES_JD.1);
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

/// When the Sun passes a star in 2026.
fn conjunction(sky: &Sky, star: &str) -> f64 {
    let mut jd = 2_461_042.0;
    for _ in 0..8 {
        let of_star = sky.ask(&format!("/v1/stars?stars={star}&jd_tt={jd:?}"))["stars"][0]["longitude"]
            .as_f64()
            .unwrap();
        let of_sun = sky.client.positions(&format!("bodies=sun&jd_tt={jd:?}"))["positions"][0]["longitude"]
            .as_f64()
            .unwrap();
        jd += angle_between(of_star, of_sun) / 0.985_647;
    }
    jd
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

#[test]
fn every_ayanamsa_is_the_librarys() {
    let sky = Sky::open();
    let mut random = Random::of("listed ayanamsas");
    let mut worst = (0.0, String::new());
    for nth in 0..12 {
        let (low, high) = if nth % 3 == 0 { FILES_JD } else { TABLES_JD };
        let jd = random.between(low, high);
        let source = if nth % 4 == 1 { "live" } else { "auto" };
        let reply = sky.ask(&format!("/v1/ayanamsas?jd_tt={jd:?}&source={source}&precision=full"));
        let all = reply["ayanamsas"].as_array().unwrap();
        assert_eq!(all.len(), 47);
        let mut session = sky.session.borrow_mut();
        let [nutation, ..] = session.nutation(jd).unwrap();
        for (number, one) in (0_u8..).zip(all) {
            assert_eq!(one["number"], number);
            let value = |name: &str| one[name].as_f64().unwrap();
            let mut at = |jd| session.ayanamsa_deg(LiveAyanamsa::Mode(number), jd).unwrap();
            let off = angle_between(value("value"), at(jd)).abs() * ARCSEC;
            let true_off = angle_between(value("true_value"), at(jd) + nutation).abs() * ARCSEC;
            let rate = angle_between(at(jd + 0.5), at(jd - 0.5));
            assert!(off <= AYANAMSA_ARCSEC, "{one} at {jd:?}: {off}″ off");
            assert!(true_off <= AYANAMSA_ARCSEC + NUTATION_ARCSEC, "{one} at {jd:?}: {true_off}″ off");
            assert!((value("rate") - rate).abs() * ARCSEC < 0.02, "{one} at {jd:?}: {rate}");
            if source == "live" {
                assert_eq!(one["source"], "live");
            }
            if off > worst.0 {
                worst = (off, format!("{} at {jd:?}", one["id"]));
            }
        }
    }
    println!("ayanamsas: at most {}″, {}", worst.0, worst.1);
    let own = "user:2415020.5,22.46";
    let reply = sky.ask(&format!("/v1/ayanamsas?jd_tt=2451545&ayanamsa={own}&precision=full"));
    let one = &reply["ayanamsas"][0];
    assert_eq!(
        (&one["id"], one.get("number"), reply["ayanamsas"].as_array().unwrap().len()),
        (&json!(own), None, 1)
    );
    let live = LiveAyanamsa::User { t0_jd_tt: 2_415_020.5, ayanamsa_t0_deg: 22.46 };
    let expected = sky.session.borrow_mut().ayanamsa_deg(live, 2_451_545.0).unwrap();
    assert!(angle_between(one["value"].as_f64().unwrap(), expected).abs() * ARCSEC < AYANAMSA_ARCSEC);
}

/// Once a year for half a day: the rest of the list is from tables all the same.
#[test]
fn a_star_behind_the_sun_leaves_its_ayanamsa_to_the_live_source() {
    let sky = Sky::open();
    let jd = conjunction(&sky, "deCnc");
    let reply = sky.ask(&format!("/v1/ayanamsas?jd_tt={jd:?}&precision=full"));
    let live: Vec<_> =
        reply["ayanamsas"].as_array().unwrap().iter().filter(|one| one["source"] == "live").collect();
    let ids: Vec<_> = live.iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["true_pushya", "true_sheoran"], "{jd}");
    let expected = sky.session.borrow_mut().ayanamsa_deg(LiveAyanamsa::Mode(29), jd).unwrap();
    assert!(angle_between(live[0]["value"].as_f64().unwrap(), expected).abs() * ARCSEC < 1e-6);
    assert_eq!(reply["provenance"]["source"], "mixed");
    let refused = sky.client.get(&format!("/v1/ayanamsas?jd_tt={jd:?}&source=table"));
    assert_eq!(refused.problem(409, "table_only")["parameter"], "source");
    assert_eq!(
        sky.client.get(&format!("/v1/ayanamsas?jd_tt={jd:?}&source=table&ayanamsa=lahiri")).status,
        200
    );
}

#[test]
fn what_a_client_has_is_not_sent_again() {
    let sky = Sky::open();
    let mut tags = Vec::new();
    for target in [
        "/v1/stars?jd=2461120.5",
        "/v1/stars?jd=2461120.5&magnitude=2",
        "/v1/stars?jd=2461120.5&stars=Spica",
        "/v1/stars?jd=2461120.5&stars=Spica&fields=longitude",
        "/v1/stars?jd=2461120.75&stars=Spica",
        "/v1/stars?jd=2461120.5&stars=Spica&source=table",
        "/v1/stars?jd=2461120.5&stars=Spica&source=live",
        "/v1/stars?jd=2300000.5&stars=Spica",
        "/v1/ayanamsas?jd=2461120.5",
        "/v1/ayanamsas?jd=2461120.5&ayanamsa=lahiri",
        "/v1/ayanamsas?jd=2461120.5&precision=3",
        "/v1/ayanamsas?jd=2300000.5",
    ] {
        let reply = sky.client.get(target);
        let tag = reply.header("etag").unwrap().to_owned();
        assert_eq!(reply.header("cache-control"), Some("public, max-age=3600"), "{target}");
        for has in [tag.as_str(), "*"] {
            let again = sky.client.send("GET", target, &[("if-none-match", has)]);
            assert_eq!(
                (again.status, again.header("etag"), again.body.as_str()),
                (304, Some(&*tag), ""),
                "{target}"
            );
        }
        let head = sky.client.send("HEAD", target, &[]);
        assert_eq!(
            (head.status, head.header("etag"), head.body.as_str()),
            (200, Some(&*tag), ""),
            "{target}"
        );
        let mix = reply.json()["provenance"]["source"].as_str().unwrap().to_owned();
        assert_eq!(reply.header("x-ephemeris-source"), Some(&*mix), "{target}");
        let status = match mix.as_str() {
            "table" => "HIT",
            "live" => "MISS",
            _ => "PARTIAL",
        };
        assert_eq!(reply.header("x-cache-status"), Some(status), "{target}");
        assert!(!tags.contains(&tag), "{target} shares its tag");
        tags.push(tag);
    }
    for path in ["/v1/stars", "/v1/ayanamsas"] {
        assert_eq!(sky.client.get(path).header("cache-control"), Some("no-store"));
        let local = sky.client.get(&format!("{path}?date=2026-03-20T12:00&tz=Europe/Berlin"));
        assert_eq!(local.header("cache-control"), Some("private, max-age=3600"), "{local:?}");
        assert_eq!(local.json()["time"]["utc_offset_s"], 3600.0);
    }
}

/// Every example of the documentation, and every member of its schemas.
#[test]
fn replies_are_as_documented() {
    let mut interface = Interface::fetch();
    let examples: Vec<_> = PATHS.iter().flat_map(|path| interface.commands(path)).collect();
    assert_eq!(examples.len(), 8, "{examples:?}");
    let site = "center=topo&lat=50&lon=13";
    let others = [
        format!("/v1/stars?jd=2451545&{site}&alt=200&fields=all&pressure=1000&temperature=5&precision=6"),
        format!("/v1/stars?jd=2451545&{site}&fields=all&frame=equatorial&calendar=julian"),
        format!("/v1/stars?jd_tt=2451545&{site}&fields=all&coordinates=rectangular&stars=Gal.Pole,Spica"),
        "/v1/stars?date=2024-07-01T12:00&tz=Asia/Kolkata&stars=Spica&zodiac=sidereal&ayanamsa=1&fields=all"
            .to_owned(),
        "/v1/ayanamsas?date=1850-01-01T12:00&tz=lmt&lon=20&calendar=gregorian".to_owned(),
        "/v1/ayanamsas?jd_tt=2451545&source=live".to_owned(),
        "/v1/ayanamsas?jd=2451545&ayanamsa=user:2451545,23&precision=2".to_owned(),
    ];
    for target in examples.into_iter().chain(others) {
        let reply = interface.ask(&target, &[]);
        assert_eq!(reply.status, 200, "{target}: {reply:?}");
    }
    for path in PATHS {
        for query in
            ["colour=red", "jd=x", "format=csv", "jd=1000000&source=table", "jd=1000000", "source=liv"]
        {
            let reply = interface.ask(&format!("{path}?{query}"), &[]);
            assert!((400..500).contains(&reply.status), "{path}?{query}: {reply:?}");
        }
    }
    let schemas = ["Stars", "StarsQuery", "EclipticStar", "EquatorialStar", "RectangularStar"];
    for schema in schemas.into_iter().chain(["Ayanamsas", "AyanamsasQuery", "Ayanamsa"]) {
        let pointer = format!("/components/schemas/{schema}/properties");
        for name in interface.document.pointer(&pointer).unwrap().as_object().unwrap().keys() {
            assert!(interface.seen.contains(&format!("{pointer}/{name}")), "no reply has {schema}'s {name}");
        }
    }
}

#[test]
fn refusals_are_complete() {
    workspace::require_narrow_files();
    let sky = Sky::open();
    for (target, status, code, parameter, hint) in [
        ("/v1/stars?stars=Sipca", 422, "unknown_star", "stars", "did you mean Spica?"),
        ("/v1/stars?stars=alhpa%20Virginis", 422, "unknown_star", "stars", "did you mean alpha Virginis?"),
        (
            "/v1/stars?stars=qqqqqqqqqqqqqqqqqqq",
            422,
            "unknown_star",
            "stars",
            "give names such as Spica,alpha Centauri,61 Cygni, or magnitude=2 for the brightest",
        ),
        (
            "/v1/stars?stars=Spica,alVir",
            422,
            "repeated_star",
            "stars",
            "name each star once, by one of its names",
        ),
        (
            "/v1/stars?stars=Spica,,Regulus",
            400,
            "empty_parameter",
            "stars",
            "separate names by single commas, or leave stars out for the brightest",
        ),
        ("/v1/stars?stars=Spica&magnitude=3", 422, "contradiction", "magnitude", "leave one of them out"),
        ("/v1/stars?magnitude=99", 422, "out_of_range", "magnitude", "give magnitude from -2 to 30"),
        ("/v1/stars?fields=phase_angle", 422, "meaningless", "fields", "leave it out of fields"),
        (
            "/v1/stars?fields=azimuth",
            422,
            "contradiction",
            "fields",
            "ask with center=topo, lat and lon for it",
        ),
        ("/v1/stars?bodies=sun", 400, "unknown_parameter", "bodies", "known are date, jd"),
        ("/v1/stars?jd=1000000", 422, "outside_ephemeris", "jd", "give an instant within that range"),
        ("/v1/stars?jd=1000000&source=table", 409, "table_only", "source", "source=auto answers it live"),
        ("/v1/stars?format=csv", 406, "not_acceptable", "format", "send `Accept: application/json`"),
        ("/v1/stars?date=2026-03-29T02:30&tz=Europe/Berlin", 422, "local_time_gap", "date", "give one of"),
        ("/v1/ayanamsas?ayanamsa=lahiry", 422, "unknown_value", "ayanamsa", "did you mean lahiri?"),
        ("/v1/ayanamsas?ayanamsa=47", 422, "unknown_value", "ayanamsa", "give a name such as lahiri"),
        ("/v1/ayanamsas?zodiac=sidereal", 400, "unknown_parameter", "zodiac", "known are date, jd"),
        ("/v1/ayanamsas?jd=1000000", 422, "outside_ephemeris", "jd", "give an instant within that range"),
        ("/v1/ayanamsas?jd=1000000&source=table", 409, "table_only", "source", "source=auto answers it live"),
        ("/v1/ayanamsas?source=tables", 422, "unknown_value", "source", "did you mean source=table?"),
    ] {
        let problem = sky.client.get(target).problem(status, code);
        assert_eq!(problem["parameter"], parameter, "{target}: {problem}");
        assert!(problem["hint"].as_str().unwrap().starts_with(hint), "{target}: {problem}");
    }
    // What nothing holds fast needs no file.
    assert_eq!(sky.client.get("/v1/ayanamsas?jd=1000000&ayanamsa=lahiri").status, 200);
}

#[test]
fn a_server_without_files_tells_ayanamsas_from_tables_and_has_no_stars() {
    let nowhere = workspace::scratch();
    let server = Server::start(tables::shared_dir(), &nowhere.path().join("nowhere"));
    let client = server.client();
    let all = client.get("/v1/ayanamsas?jd=2461120.5");
    assert_eq!((all.status, all.json()["ayanamsas"].as_array().unwrap().len()), (200, 47));
    let problem = client.get("/v1/stars").problem(409, "catalogue_unavailable");
    assert!(problem["hint"].as_str().unwrap().contains("scripts/fetch-data"), "{problem}");
    client.get("/v1/ayanamsas?jd=1000000").problem(409, "live_unavailable");
}
