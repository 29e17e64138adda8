//! Answers are functions of their queries, whatever was asked before.

mod support;

use orrery_swisseph::{FileKind, LiveBody, LiveCenter, Session, SourceBody};
use support::{Random, all_pairs, bits, ephemeris, fresh_answer};

/// Dates around the two changes of files within the tables' span: inside the overlaps of the files, of their segments, and
/// at the changes themselves to the last bit.
fn dates_around_changes(random: &mut Random) -> Vec<f64> {
    let mut dates = Vec::new();
    // 1800-01-01 and 2400-01-01; files overlap for weeks, segments for up to 1000 days.
    for change in [2_378_496.5, 2_597_641.5] {
        dates.extend([change, f64::next_down(change), f64::next_up(change), change + 1.0, change - 1.0]);
        dates.extend((0..10).map(|_| random.between(change - 40.0, change + 40.0)));
        dates.extend((0..5).map(|_| random.between(change - 0.3, change + 0.3)));
        dates.extend((0..10).map(|_| random.between(change - 800.0, change + 1100.0)));
    }
    dates
}

#[test]
fn any_order_around_a_change_of_files_answers_as_a_fresh_session_does() {
    let files = ephemeris();
    let mut random = Random(1800);
    let mut queries = Vec::new();
    for jd in dates_around_changes(&mut random) {
        for (body, center) in all_pairs() {
            queries.push((body, center, jd));
        }
    }
    random.shuffle(&mut queries);
    let fresh: Vec<_> =
        queries.iter().map(|(body, center, jd)| fresh_answer(&files, *body, *center, *jd)).collect();
    assert!(fresh.iter().all(Result::is_ok), "{:?}", fresh.iter().find(|answer| answer.is_err()));
    let mut session = Session::open(&files).unwrap();
    for ((body, center, jd), fresh) in queries.iter().zip(&fresh) {
        let found = session.position(*body, *center, *jd);
        assert_eq!(bits(&found), bits(fresh), "{} {center:?} at {jd}", body.name());
    }
}

#[test]
fn a_query_between_others_of_any_kind_answers_as_a_fresh_session_does() {
    let files = ephemeris();
    let mut random = Random(7);
    let pairs = all_pairs();
    let queries: Vec<_> = (0..600)
        .map(|_| {
            let (body, center) = pairs[random.below(pairs.len())];
            (body, center, random.between(2_160_000.0, 2_816_000.0))
        })
        .collect();
    let fresh: Vec<_> =
        queries.iter().map(|(body, center, jd)| fresh_answer(&files, *body, *center, *jd)).collect();
    let mut session = Session::open(&files).unwrap();
    for ((body, center, jd), fresh) in queries.iter().zip(&fresh) {
        match random.below(5) {
            0 => drop(session.state(LiveBody::Venus, LiveCenter::Geo, 1_000_000.5 + *jd / 10.0, true)),
            1 => drop(session.nutation(*jd)),
            2 => drop(session.delta_t_s(*jd)),
            3 => drop(session.position(LiveBody::Asteroid(433), LiveCenter::Geo, *jd)),
            _ => drop(session.state(*body, *center, jd + 1.0, false)),
        }
        let found = session.position(*body, *center, *jd);
        assert_eq!(bits(&found), bits(fresh), "{} {center:?} at {jd}", body.name());
    }
}

#[test]
fn a_date_on_a_seam_answers_the_same_from_either_side() {
    let files = ephemeris();
    let mut session = Session::open(&files).unwrap();
    let seams_of = [
        (SourceBody::EarthMoonBarycenter, LiveBody::Sun),
        (SourceBody::Moon, LiveBody::TrueNode),
        (SourceBody::Moon, LiveBody::Moon),
        (SourceBody::Jupiter, LiveBody::Jupiter),
        (SourceBody::Ceres, LiveBody::Ceres),
    ];
    for (source, body) in seams_of {
        for seam in files.seams(source, 2_451_545.0, 2_461_545.0).take(30) {
            // The seam itself, and the date at which the body's own seam is seen from the Earth.
            let distance = session.position(body, LiveCenter::Geo, seam).unwrap()[2];
            let seen = seam + distance * 0.005_775_518_331_4;
            for jd in [seam, seam.next_down(), seam.next_up(), seen, seen.next_down(), seen.next_up()] {
                let fresh = fresh_answer_beside(&mut session, body, jd, 0.0);
                for before in [-0.1, 0.1] {
                    let found = fresh_answer_beside(&mut session, body, jd, before);
                    assert_eq!(found, fresh, "{} at {jd} after {before}", body.name());
                }
            }
        }
    }
}

/// Bits of a place asked right after one `before` days off; or after one far away, which leaves nothing open.
fn fresh_answer_beside(session: &mut Session, body: LiveBody, jd: f64, before: f64) -> [u64; 3] {
    let other = if before == 0.0 { 2_300_000.5 } else { jd + before };
    session.position(body, LiveCenter::Geo, other).unwrap();
    session.position(body, LiveCenter::Geo, jd).unwrap().map(f64::to_bits)
}

#[test]
fn the_file_of_a_date_is_that_of_its_block() {
    let files = ephemeris();
    let name = |jd| files.file_at(FileKind::Planets, jd).map(|file| file.name.as_str());
    assert_eq!(name(2_378_496.5), Some("sepl_18.se1"));
    assert_eq!(name(2_378_496.5_f64.next_down()), Some("sepl_12.se1"));
    assert_eq!(name(f64::NAN), None);
}
