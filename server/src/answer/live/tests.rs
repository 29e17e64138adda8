//! What clients are told of live failures.

use super::*;
use crate::query::PositionsQuery;

#[test]
fn what_a_client_sent_is_never_a_server_error() {
    let query = |text| PositionsQuery::parse(text, std::time::SystemTime::UNIX_EPOCH).unwrap();
    let outside = LiveError::OutsideFiles {
        body: LiveBody::Sun,
        jd_tt: 2_000_000.0,
        start_jd: 2_378_496.5,
        end_jd: 2_597_641.5,
    };
    let problem = refused(outside.clone(), query("jd=2000000").asked());
    assert_eq!((problem.code, problem.parameter.as_deref()), (Code::OutsideEphemeris, Some("jd")));
    assert!(
        problem.detail.contains("1800-01-01") && problem.detail.contains("2400-01-01"),
        "{}",
        problem.detail
    );
    assert!(problem.hint.as_deref().unwrap().contains("allow_moshier=true"));
    let problem = refused(outside, query("jd_tt=2000000&allow_moshier=true").asked());
    assert!(!problem.hint.as_deref().unwrap().contains("allow_moshier=true"));
    let missing = LiveError::NoAsteroidFile {
        number: 433,
        expected: "ast0/se00433s.se1".into(),
        directory: "/srv/secret".into(),
    };
    let problem = refused(missing, query("bodies=asteroid:433").asked());
    assert!(problem.code.status().is_client_error());
    assert!(!format!("{problem:?}").contains("secret"));
    assert!(
        refused(LiveError::NotFinite { value: f64::NAN }, query("").asked()).code.status().is_client_error()
    );
}

#[test]
fn hints_lead_somewhere() {
    let hint = |body, jd_tt, text| {
        let query = PositionsQuery::parse(text, std::time::SystemTime::UNIX_EPOCH).unwrap();
        let outside = LiveError::OutsideFiles { body, jd_tt, start_jd: 2_378_496.5, end_jd: 2_597_641.5 };
        refused(outside, query.asked()).hint.clone().unwrap()
    };
    let moshier = |hint: &str| hint.contains("allow_moshier=true");
    assert!(moshier(&hint(LiveBody::Sun, 1_705_426.5, "date=-0043-03-15&bodies=sun,mean_node,cupido")));
    // Neither a body that the model lacks, nor one that stands beside it in the query, nor an instant beyond its ends.
    for (body, jd_tt, text) in [
        (LiveBody::Chiron, 1_705_426.5, "bodies=chiron"),
        (LiveBody::Sun, 1_705_426.5, "bodies=sun,asteroid:433"),
        (LiveBody::Sun, 0.0, "jd=0"),
        (LiveBody::Sun, 6_000_000.0, "jd=6e6"),
        (LiveBody::Sun, 1_705_426.5, "bodies=sun&allow_moshier=true"),
    ] {
        assert!(!moshier(&hint(body, jd_tt, text)), "{text}");
    }
    assert!(hint(LiveBody::Sun, 0.0, "jd=0").contains("--wide"));
    assert!(!hint(LiveBody::Sun, 6_000_000.0, "jd=6e6").contains("--wide"));
    let query = PositionsQuery::parse("jd_tt=1", std::time::SystemTime::UNIX_EPOCH).unwrap();
    assert_eq!(
        refused(LiveError::NotFinite { value: 1.0 }, query.asked()).parameter.as_deref(),
        Some("jd_tt")
    );
}

#[test]
fn what_the_pool_did_not_do_is_the_servers_fault() {
    for (wait_ms, retry_after_s) in [(0, 1), (999, 1), (1001, 2), (30_000, 30), (1_000_000, 60)] {
        let problem = pool_failed(LiveError::Busy { wait: Duration::from_millis(wait_ms) });
        assert_eq!((problem.code, problem.retry_after_s), (Code::Busy, Some(retry_after_s)));
    }
    assert_eq!(pool_failed(LiveError::Lapsed).code, Code::TimeLimit);
    assert_eq!(pool_failed(LiveError::JobPanicked { message: "x".into() }).code, Code::Internal);
}
