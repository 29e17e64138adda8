//! Hazard: what tradition makes of positions, made in a way of our own. Composites, sects, phases, lots and scores are compared with
//! those of kerykeion and of astro.com, which nobody here computed.

use std::collections::BTreeMap;
use std::sync::Arc;

use orrery_almanac::compatibility::{Places, Score};
use orrery_almanac::composite::{Meridian, houses, midpoint};
use orrery_almanac::lots::{Book, Point};
use orrery_almanac::lunar_phase::LunarPhase;
use orrery_almanac::vector::Varying;
use orrery_almanac::{Angle, HouseSystem, Houses, Sect, WireBody, frames};
use orrery_format::{Body, Center};
use orrery_tests::measure::angle_between;
use orrery_tests::published;
use orrery_tests::{tables, workspace};
use serde_json::Value;

/// Published degrees have six digits.
const ROUNDED_DEG: f64 = 1.01e-6;

fn book() -> Arc<Book> {
    let text = std::fs::read_to_string(workspace::root().join("data/lots.toml")).unwrap();
    Arc::new(Book::read(&[("data/lots.toml", &text)]).unwrap_or_else(|error| panic!("{error}")))
}

/// The published charts by their names.
fn charts() -> Option<BTreeMap<String, Value>> {
    let Value::Array(charts) = published::json("kerykeion_natal.json")? else { panic!("no list of charts") };
    Some(charts.into_iter().map(|chart| (chart["id"].as_str().unwrap().to_owned(), chart)).collect())
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn longitude(chart: &Value, planet: &str) -> f64 {
    number(&chart["planets"][planet]["lon"])
}

fn angle(chart: &Value, angle: Angle) -> Option<f64> {
    let name = match angle {
        Angle::Ascendant => "ascendant",
        Angle::Mc => "medium_coeli",
        Angle::Descendant => "descendant",
        Angle::Ic => "imum_coeli",
        _ => return None,
    };
    Some(number(&chart["angles"][name]))
}

/// The houses of a published chart; of the angles those that make its cross.
fn placidus(chart: &Value) -> Houses {
    let cusps = chart["houses_placidus"].as_array().unwrap().iter().map(number).map(Varying::constant);
    let angles = Angle::ALL.map(|name| Varying::constant(angle(chart, name).unwrap_or_default()));
    Houses::new(HouseSystem::Placidus, cusps, angles, Varying::default())
}

#[test]
fn composites_are_kerykeions() {
    let (Some(charts), Some(composites)) = (charts(), published::json("kerykeion_composite_midpoint.json"))
    else {
        return;
    };
    let composites = composites.as_array().unwrap();
    assert_eq!(composites.len(), 5);
    let mut below = 0;
    for composite in composites {
        let id = composite["id"].as_str().unwrap();
        let [first, second] = ["first", "second"].map(|side| &charts[composite[side].as_str().unwrap()]);
        // Einstein's and Galileo's positions are published with a digit less.
        let near = |found: f64, published: &Value, what: &str| {
            let off = angle_between(found, number(published)).abs();
            assert!(off < 5.0 * ROUNDED_DEG, "{id}, {what}: {found}, not {published}");
        };
        for (planet, published) in composite["planets"].as_object().unwrap() {
            let [a, b] = [first, second].map(|chart| Varying::constant(longitude(chart, planet)));
            near(midpoint(a, b).value, published, planet);
        }
        for (node, published) in composite["nodes"].as_object().unwrap() {
            let [a, b] = [first, second].map(|chart| Varying::constant(number(&chart["nodes"][node])));
            near(midpoint(a, b).value, published, node);
        }
        let found = houses(&placidus(first), &placidus(second), Meridian::Midpoint).unwrap();
        for name in Angle::CARDINAL {
            near(found.angle(name).value, &Value::from(angle(composite, name).unwrap()), name.name());
        }
        let published = composite["houses"].as_array().unwrap();
        assert_eq!(published.len(), found.cusps().len());
        for (nth, (cusp, published)) in found.cusps().iter().zip(published).enumerate() {
            near(cusp.value, published, &format!("cusp {}", nth + 1));
        }
        let [moon, sun] = ["moon", "sun"].map(|planet| number(&composite["planets"][planet]));
        near(LunarPhase::of(moon, sun).angle_deg, &composite["lunar_phase_deg"], "phase");

        let above = houses(&placidus(first), &placidus(second), Meridian::Above).unwrap();
        let [mc, raised] = [found, above].map(|houses| houses.angle(Angle::Mc).value);
        assert!(angle_between(raised, above.cusps()[9].value).abs() < ROUNDED_DEG, "{id}");
        below += usize::from(mc != raised);
    }
    // Of two of the Beatles the midheaven comes to lie below the horizon.
    assert_eq!(below, 1);
}

/// Of a chart, by the longitudes of the Sun and of the ascendant, degrees: the half of the ecliptic that has risen leads from the
/// descendant to the ascendant.
fn sect(sun_deg: f64, ascendant_deg: f64) -> Sect {
    if (ascendant_deg - sun_deg).rem_euclid(360.0) <= 180.0 { Sect::Day } else { Sect::Night }
}

#[test]
fn sects_phases_and_parts_are_kerykeions() {
    let Some(charts) = charts() else { return };
    let selection = book().select("fortune,spirit,pars_amoris,pars_fidei").unwrap();
    assert!(charts.len() >= 39);
    for (id, chart) in &charts {
        let (sun, moon) = (longitude(chart, "sun"), longitude(chart, "moon"));
        let sect = sect(sun, angle(chart, Angle::Ascendant).unwrap());
        assert_eq!(sect == Sect::Day, chart["is_diurnal"].as_bool().unwrap(), "{id}");

        let phase = LunarPhase::of(moon, sun);
        let published = &chart["lunar_phase"];
        assert!((phase.angle_deg - number(&published["sun_moon_deg"])).abs() < 3.0 * ROUNDED_DEG, "{id}");
        assert_eq!(u64::from(phase.day()), published["phase_28"].as_u64().unwrap(), "{id}");

        let point = |point: Point| {
            let degrees = match point {
                Point::Body(body) => longitude(chart, &body.name()),
                Point::Angle(name) => angle(chart, name)?,
                _ => return None,
            };
            Some(Varying::constant(degrees))
        };
        let parts = ["pars_fortunae", "pars_spiritus", "pars_amoris", "pars_fidei"];
        for (value, part) in selection.evaluate(Some(sect), point).into_iter().zip(parts) {
            let published = number(&chart["arabic_parts"][part]);
            let off = angle_between(value.unwrap().value, published).abs();
            assert!(off < 5.0 * ROUNDED_DEG, "{id}, {part}: {off}° off {published}");
        }
    }
}

/// Degrees, minutes and seconds within a sign.
fn in_sign(dms: &Value) -> f64 {
    let parts = dms.as_str().unwrap().split(' ').map(|part| part.parse::<f64>().unwrap());
    parts.zip([1.0, 60.0, 3600.0]).map(|(part, of)| part / of).sum()
}

#[test]
fn astro_com_has_fortune_where_the_tables_have_it() {
    let Some(chart) = published::json("immanuel_astrocom_2000.json") else { return };
    let dataset = tables::shared();
    let tt = published::instant(&dataset, "2000-01-01T18:00:00Z").tt;
    let nutation = dataset.nutation(tt).unwrap().value;
    let place = |body: WireBody| {
        let (body, _) = body.tabulated().unwrap();
        let state = frames::true_equinox(&dataset.state(body, Center::Geo, tt).unwrap().value, &nutation);
        Varying::new(state.longitude_deg, state.longitude_speed)
    };
    let natal = &chart["natal"];
    let sun = place(WireBody::Tabulated(Body::Sun)).value;
    assert!((sun - 270.0 - in_sign(&natal["sun"]["lon"])).abs() < 1.0 / 3600.0);
    let ascendant = 330.0 + in_sign(&natal["asc"]["lon"]);
    let sect = sect(sun, ascendant);
    assert_eq!(sect, Sect::Day);
    let selection = book().select("fortune").unwrap();
    let found = selection.evaluate(Some(sect), |point| match point {
        Point::Body(body) => Some(place(body)),
        Point::Angle(Angle::Ascendant) => Some(Varying::constant(ascendant)),
        _ => None,
    });
    let fortune = found[0].clone().unwrap().value;
    let off = (fortune.rem_euclid(30.0) - in_sign(&natal["part_of_fortune"]["lon"])).abs() * 3600.0;
    assert!(off < 2.0, "{fortune}: {off}″");
}

#[test]
fn scores_are_of_the_aspects_that_kerykeion_finds() {
    let (Some(charts), Some(rows)) = (charts(), published::rows("kerykeion_aspects.csv")) else { return };
    let places = |id: &str| {
        let chart = &charts[id];
        Places {
            sun_deg: longitude(chart, "sun"),
            moon_deg: longitude(chart, "moon"),
            venus_deg: longitude(chart, "venus"),
            mars_deg: longitude(chart, "mars"),
            ascendant_deg: angle(chart, Angle::Ascendant),
        }
    };
    let counts = |a: &str, b: &str| {
        matches!(
            (a, b),
            ("Sun", "Sun" | "Moon" | "Ascendant")
                | ("Moon", "Sun" | "Ascendant")
                | ("Ascendant", "Sun" | "Moon")
                | ("Venus", "Mars")
                | ("Mars", "Venus")
        )
    };
    let mut pairs: BTreeMap<&str, Vec<(String, f64)>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row[0] == "synastry") {
        let [first, second, aspect] = [&row[2], &row[5], &row[8]];
        let bonds = pairs.entry(&row[1]).or_default();
        if counts(first, second) && aspect != "quintile" {
            bonds.push((format!("{first} {aspect} {second}").to_lowercase(), published::number(row, 10)));
        }
    }
    assert_eq!(pairs.len(), 5);
    let mut compared = 0;
    for (pair, mut bonds) in pairs {
        let (first, second) = pair.split_once("__x__").unwrap();
        let score = Score::of(&places(first), &places(second));
        // Discepolo's points for them, one by one.
        let modes = [first, second].map(|id| (longitude(&charts[id], "sun") / 30.0) as u32 % 3);
        let mut total = if modes[0] == modes[1] { 5 } else { 0 };
        for (bond, orb) in &bonds {
            let [first, aspect, second] = bond.split(' ').collect::<Vec<_>>()[..] else { panic!("{bond}") };
            total += match (first, aspect, second) {
                ("sun", "conjunction" | "opposition" | "square", "sun")
                | ("sun", "conjunction", "moon")
                | ("moon", "conjunction", "sun") => {
                    if *orb <= 2.0 {
                        11
                    } else {
                        8
                    }
                }
                _ => 4,
            };
        }
        assert_eq!(score.total(), total, "{pair}: {:?}", score.parts);
        let described = match total {
            0..5 => "minimal",
            5..10 => "medium",
            10..15 => "important",
            15..20 => "very_important",
            20..30 => "exceptional",
            _ => "rare_exceptional",
        };
        assert_eq!(score.description(), described, "{pair}");
        println!("{pair}: {total}, {described}");
        let mut found: Vec<_> = score
            .parts
            .iter()
            .filter_map(|part| part.bond)
            .map(|bond| {
                (format!("{} {} {}", bond.first.name(), bond.aspect, bond.second.name()), bond.orb_deg)
            })
            .collect();
        bonds.sort_by(|a, b| a.0.cmp(&b.0));
        found.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(found.len(), bonds.len(), "{pair}: {found:?}, not {bonds:?}");
        for (found, bond) in found.iter().zip(&bonds) {
            assert_eq!(found.0, bond.0, "{pair}");
            assert!((found.1 - bond.1).abs() < 1e-4, "{pair}: {found:?}, not {bond:?}");
            compared += 1;
        }
    }
    assert!(compared >= 5, "{compared}");
}
