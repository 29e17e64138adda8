//! Passes over a point, counted from places alone.

use orrery_almanac::aspect::PTOLEMAIC;
use orrery_almanac::motion::Tables;
use orrery_almanac::transits::{Contact, Target, transits};
use orrery_format::{Body, Center, Dataset, TtDay};
use orrery_tests::tables;

use crate::{all, apart_deg, finder, of};

/// What a scan each half day meets of a target: the passes in order, those together that have one turn between them and the body
/// come back.
fn groups(dataset: &Dataset, body: Body, longitude_deg: f64, (start, end): (f64, f64)) -> Vec<Vec<f64>> {
    let mut groups: Vec<(Vec<f64>, bool)> = Vec::new();
    let (mut before, mut turns) = (None::<(f64, f64)>, 0);
    let mut jd = start;
    while jd < end {
        let state = dataset.true_state(body, Center::Geo, TtDay(jd)).unwrap().value;
        let off = apart_deg(state.longitude_deg, longitude_deg);
        if let Some((off_before, speed_before)) = before {
            let has_turned = (speed_before < 0.0) != (state.longitude_speed < 0.0);
            if (off < 0.0) != (off_before < 0.0) && (off - off_before).abs() < 90.0 {
                let goes_up = off > off_before;
                match groups.last_mut() {
                    Some((group, last)) if turns == 1 && *last != goes_up => {
                        group.push(jd);
                        *last = goes_up;
                    }
                    _ => groups.push((vec![jd], goes_up)),
                }
                turns = 0;
            }
            turns += i32::from(has_turned);
        }
        before = Some((off, state.longitude_speed));
        jd += 0.5;
    }
    groups.into_iter().map(|(group, _)| group).collect()
}

#[test]
fn passes_are_numbered_as_a_scan_counts_them() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    // A century and more around, so that what belongs together is whole in the one in the midst.
    let (start, end) = (2_440_000.0, 2_490_000.0);
    let inner = (start + 5_000.0, end - 5_000.0);
    let mut most = 0;
    for body in [Body::Mercury, Body::Mars, Body::Saturn, Body::Neptune, Body::Pluto] {
        let mut count = 0;
        for nth in 0..12 {
            let longitude_deg = f64::from(nth) * 30.0 + 11.111;
            let target = Target { point: 0, aspect: PTOLEMAIC[0], longitude_deg, orb_deg: None };
            let found =
                all(transits(&finder(&tables, None).between(inner.0, inner.1), &[of(body)], &[target]));
            let groups = groups(&dataset, body, longitude_deg, (start, end));
            let numbered = groups
                .iter()
                .flat_map(|group| group.iter().zip(1..).map(|(jd, pass)| (*jd, pass, group.len() as u16)));
            let wanted: Vec<_> = numbered.filter(|pass| inner.0 < pass.0 && pass.0 < inner.1).collect();
            assert_eq!(found.len(), wanted.len(), "{body} {longitude_deg}: {found:?} {wanted:?}");
            for (transit, (jd, wanted_pass, wanted_passes)) in found.iter().zip(wanted) {
                assert!((transit.jd_tt - jd).abs() <= 0.51, "{body} {longitude_deg}: {transit:?} {jd}");
                let Contact::Exact { pass, passes, .. } = transit.contact else { panic!("{transit:?}") };
                assert_eq!(
                    (pass, passes),
                    (wanted_pass, wanted_passes),
                    "{body} {longitude_deg}: {transit:?}"
                );
                most = most.max(passes);
                count += 1;
            }
        }
        println!("{body}: {count} passes");
    }
    assert!(most >= 5, "of slow planets there are five and more: {most}");
}
