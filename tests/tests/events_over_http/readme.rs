//! What the README has people ask first, beside what was published.

use orrery_tests::interface::commands;
use orrery_tests::programs::Server;
use orrery_tests::published::{instant, rows};
use orrery_tests::{tables, workspace};
use serde_json::Value;

use crate::{SECOND, eclipses, jd_tt, list};

/// Each instant that is told must be a published one, within so many seconds.
fn assert_published(told: &[Value], at: &str, published: &[f64], within_s: f64, what: &str) {
    assert!(told.len() > 3, "{what}");
    for event in told {
        let jd = jd_tt(&event[at]);
        let apart = published.iter().map(|it| (it - jd).abs() / SECOND).fold(f64::INFINITY, f64::min);
        assert!(apart < within_s, "{what}: {apart} s from what was published: {event}");
    }
}

#[test]
fn its_lists_are_the_published_ones() {
    let (Some(phases), Some(terms)) = (rows("ae_moonphases_usno.csv"), rows("hko_solar_terms_2022_2028.csv"))
    else {
        return;
    };
    let Some(canon) = eclipses::canon("solar") else { return };
    let canon: Vec<f64> = canon.iter().map(|eclipse| eclipse.0).collect();
    let dataset = tables::shared();
    let times = |rows: &[Vec<String>], column: usize| {
        // ΔT is the tables', which these reach.
        let within = rows.iter().filter(|row| (1801..2399).contains(&row[column][..4].parse().unwrap()));
        within.map(|row| instant(&dataset, &row[column]).tt.jd()).collect::<Vec<_>>()
    };
    let (phases, terms) = (times(&phases, 1), times(&terms, 0));
    let server = Server::shared();
    let readme = std::fs::read_to_string(workspace::root().join("README.md")).unwrap();
    let mut compared = 0;
    for target in commands(&readme) {
        let target = target.replace("&format=ics", "");
        let (name, at, published, within_s) = if target.starts_with("/v1/moon/phases") {
            ("phases", "at", &phases, 60.0)
        } else if target.contains("types=solar_term") {
            ("events", "at", &terms, 30.0)
        } else if target.starts_with("/v1/eclipses?") {
            ("eclipses", "maximum", &canon, 12.0)
        } else {
            continue;
        };
        assert_published(list(&server.ask(&target), name), at, published, within_s, &target);
        compared += 1;
    }
    assert_eq!(compared, 3);
}
