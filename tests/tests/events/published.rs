//! Times of observatories and almanacs. The bounds are those that their README states for the Swiss Ephemeris, which is as
//! far as the source itself agrees; where Orrery does better, they are tighter.

use orrery_almanac::events::{Apsis, Event, What};
use orrery_almanac::motion::Tables;
use orrery_almanac::{WireBody, iso, zone};
use orrery_format::{Body, Dataset, UtDay};
use orrery_tests::published::{number, rows};
use orrery_tests::tables;

use crate::{SECOND, all, differences_s, finder, spread, tt};

/// Published times within the tables.
fn times(dataset: &Dataset, rows: &[Vec<String>], time: usize, name: usize) -> Vec<(f64, String)> {
    let year = |text: &str| text[..4].parse::<i32>().unwrap();
    let within = rows.iter().filter(|row| (1801..2399).contains(&year(&row[time])));
    within.map(|row| (tt(dataset, &row[time]), row[name].to_ascii_lowercase())).collect()
}

/// Events from the first to the last that was published: as many as were published, so that none is told twice.
fn assert_as_many(events: &[Event], published: &[(f64, String)]) {
    let times = || published.iter().map(|(jd_tt, _)| *jd_tt);
    let (first, last) = (times().fold(f64::MAX, f64::min), times().fold(f64::MIN, f64::max));
    let near = |event: &&Event| first - 0.05 < event.jd_tt && event.jd_tt < last + 0.05;
    assert_eq!(events.iter().filter(near).count(), published.len());
}

/// Of lists that have whole years and others not: one event near each that was published, and no more.
fn assert_once(events: &[Event], published: &[(f64, String)]) {
    for (jd_tt, name) in published {
        let near = events.iter().filter(|event| (event.jd_tt - jd_tt).abs() < 3.0);
        assert_eq!(near.count(), 1, "{name} at {jd_tt}");
    }
}

fn report(what: &str, differences: &[f64]) {
    let (median, most) = spread(differences);
    println!("{what}: {} compared, median {median:.1} s, at most {most:.1} s", differences.len());
}

fn is_phase(what: &What, name: &str) -> bool {
    matches!(what, What::Lunation { phase, .. } if phase.name().starts_with(name))
}

#[test]
fn phases_of_the_moon() {
    let (Some(usno), Some(astropixels)) =
        (rows("ae_moonphases_usno.csv"), rows("astropixels_moonphases.csv"))
    else {
        return;
    };
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let lunations = all(finder(&tables).lunations());
    let published = times(&dataset, &usno, 1, 0);
    let differences = differences_s(&lunations, &published, is_phase, 60.0);
    report("phases, USNO", &differences);
    assert!(differences.len() > 1_400);
    assert_once(&lunations, &published);
    let published = times(&dataset, &astropixels, 0, 1);
    let differences = differences_s(&lunations, &published, is_phase, 40.0);
    report("phases, Espenak", &differences);
    assert_eq!(differences.len(), 365);
    assert_once(&lunations, &published);
}

#[test]
fn seasons_and_apsides_of_the_earth() {
    let (Some(usno), Some(espenak)) = (rows("ae_seasons_usno.csv"), rows("ae_apsides_earth.csv")) else {
        return;
    };
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let seasons = all(finder(&tables).seasons());
    let apsides = all(finder(&tables).apsides(WireBody::SUN));
    let published = times(&dataset, &usno, 0, 1);
    let (apsidal, seasonal): (Vec<_>, Vec<_>) =
        published.into_iter().partition(|(_, name)| name.ends_with("helion"));
    let is_season = |what: &What, name: &str| matches!(what, What::Season { longitude_deg } if (longitude_deg % 180 == 0) == (name == "equinox"));
    let differences = differences_s(&seasons, &seasonal, is_season, 60.0);
    report("equinoxes and solstices", &differences);
    assert_as_many(&seasons, &seasonal);
    let is_apsis =
        |what: &What, name: &str| matches!(what, What::Apsis { apsis, .. } if apsis.name() == name);
    report("perihelia and aphelia, USNO", &differences_s(&apsides, &apsidal, is_apsis, 280.0));
    assert_as_many(&apsides, &apsidal);
    let published = times(&dataset, &espenak, 1, 0);
    report("perihelia and aphelia, Espenak", &differences_s(&apsides, &published, is_apsis, 180.0));
}

/// An instant as JPL's lists have it: UT1 before 1962, UTC, and TT less what UTC was behind it in 2017 when UTC was not
/// known yet.
fn jpl_tt(dataset: &Dataset, text: &str) -> f64 {
    const KNOWN_UNTIL: i32 = 2_026;
    let year: i32 = text[..4].parse().unwrap();
    let resolved = zone::resolve(&iso::parse(text).unwrap(), None, None).unwrap().utc;
    let plain = resolved.day().midnight_jd() + resolved.time().nanoseconds() as f64 / 86_400e9;
    match year {
        ..1962 => plain + dataset.delta_t_s(UtDay(plain)).unwrap() * SECOND,
        1962..=KNOWN_UNTIL => tt(dataset, text),
        _ => plain + 69.184 * SECOND,
    }
}

#[test]
fn the_suns_longitudes() {
    let (Some(terms), Some(jpl), Some(horizons)) = (
        rows("hko_solar_terms_2022_2028.csv"),
        rows("jpl_sun_ingresses_1849_2201.csv"),
        rows("horizons_sun_longitude_crossings_tt.csv"),
    ) else {
        return;
    };
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let found = all(finder(&tables).solar_terms());
    let is_term = |what: &What, name: &str| matches!(what, What::SolarTerm { longitude_deg, .. } if f64::from(*longitude_deg) == name.parse::<f64>().unwrap());
    let published = times(&dataset, &terms, 0, 1);
    report("solar terms, Hong Kong", &differences_s(&found, &published, is_term, 31.0));
    assert_as_many(&found, &published);
    let published = jpl.iter().map(|row| (jpl_tt(&dataset, &row[0]), row[1].clone())).collect::<Vec<_>>();
    report("ingresses of the Sun, JPL", &differences_s(&found, &published, is_term, 13.5));
    let known = tables::span_tt();
    let published = horizons.iter().map(|row| (number(row, 2), row[1].clone()));
    let published: Vec<_> = published.filter(|(jd_tt, _)| known.contains(jd_tt)).collect();
    report("longitudes of the Sun, Horizons", &differences_s(&found, &published, is_term, 6.2));
}

#[test]
fn apsides_and_nodes_of_the_moon() {
    let (Some(apsides), Some(nodes)) = (rows("ae_apsides_moon.csv"), rows("ae_moon_nodes_espenak.csv"))
    else {
        return;
    };
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let found = all(finder(&tables).apsides(WireBody::MOON));
    let is_apsis =
        |what: &What, name: &str| matches!(what, What::Apsis { apsis, .. } if apsis.name() == name);
    let published = times(&dataset, &apsides, 1, 0);
    let differences = differences_s(&found, &published, is_apsis, 2_300.0);
    report("perigees and apogees", &differences);
    assert_as_many(&found, &published);
    let mut worst = 0.0_f64;
    for (row, (jd_tt, _)) in apsides.iter().zip(&published) {
        let nearest =
            found.iter().min_by(|a, b| (a.jd_tt - jd_tt).abs().total_cmp(&(b.jd_tt - jd_tt).abs())).unwrap();
        let What::Apsis { distance_au, apsis, .. } = nearest.what else { panic!("{nearest:?}") };
        assert!(matches!(apsis, Apsis::Perigee | Apsis::Apogee));
        worst = worst.max((distance_au * 149_597_870.7 - number(row, 2)).abs());
    }
    println!("distances within {worst:.1} km");
    let found = all(finder(&tables).node_crossings(WireBody::MOON));
    let is_node = |what: &What, name: &str| matches!(what, What::NodeCrossing { ascending, .. } if *ascending == (name == "ascending"));
    let published = times(&dataset, &nodes, 1, 0);
    report("nodes", &differences_s(&found, &published, is_node, 180.0));
    assert_as_many(&found, &published);
}

#[test]
fn greatest_elongations() {
    let Some(rows) = rows("ae_max_elongation.csv") else { return };
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    for body in [Body::Mercury, Body::Venus] {
        let own: Vec<_> =
            rows.iter().filter(|row| row[0].eq_ignore_ascii_case(body.name())).cloned().collect();
        let found = all(finder(&tables).greatest_elongations(WireBody::Tabulated(body)));
        let is_side = |what: &What, name: &str| matches!(what, What::GreatestElongation { east, .. } if *east == (name == "evening"));
        let published = times(&dataset, &own, 1, 3);
        report(body.name(), &differences_s(&found, &published, is_side, 0.75 * 3_600.0));
        assert_as_many(&found, &published);
    }
}

#[test]
fn transits_of_mercury_and_venus() {
    let Some(rows) = rows("nasa_transits_mercury_venus.csv") else { return };
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    for body in [Body::Mercury, Body::Venus] {
        let found = all(finder(&tables).transits(WireBody::Tabulated(body)));
        let year = |row: &Vec<String>| row[1][..4].parse::<i32>().unwrap();
        let mut published: Vec<_> =
            rows.iter().filter(|row| row[0].eq_ignore_ascii_case(body.name()) && year(row) > 1800).collect();
        published.sort_by_key(|row| row[1].clone());
        // The list of Mercury ends in 2295.
        let last = tt(&dataset, &format!("{}T00:00:00Z", published[published.len() - 1][1])) + 2.0;
        let found: Vec<_> = found.into_iter().filter(|event| event.jd_tt < last).collect();
        assert_eq!(found.len(), published.len(), "{body}");
        let (mut apart, mut differences) = (0.0_f64, Vec::new());
        for (event, row) in found.iter().zip(published) {
            let What::Transit { greatest_jd_tt, separation_deg, contacts, .. } = event.what else {
                panic!("{event:?}")
            };
            apart = apart.max((separation_deg * 3600.0 - number(row, 7)).abs());
            let seconds = (greatest_jd_tt - tt(&dataset, &format!("{}T{}:00Z", row[1], row[4]))) * 86_400.0;
            // Their ΔT is another far in the future; the day of the greatest is given, and the minute.
            assert!(seconds.abs() < 520.0, "{row:?}: {seconds} s");
            differences.push(seconds);
            assert!(contacts[0] < Some(greatest_jd_tt) && Some(greatest_jd_tt) < contacts[3]);
            assert_eq!(contacts[1].is_some(), row[3] != "-" && !row[3].is_empty(), "{row:?} {contacts:?}");
        }
        println!("{body}: separations within {apart:.3} arcseconds");
        report(body.name(), &differences);
        assert!(apart < 0.08);
    }
}
