use super::*;
use crate::routes::events::PARAMETERS;

fn parse(query: &str) -> Result<EventsQuery, Problem> {
    EventsQuery::new(&Params::parse(query, PARAMETERS)?, || SystemTime::UNIX_EPOCH)
}

#[track_caller]
fn refused(query: &str) -> (Code, String) {
    let problem = parse(query).unwrap_err();
    assert!(problem.hint.is_some(), "{query}");
    (problem.code, problem.parameter.as_deref().unwrap_or_default().to_owned())
}

fn names(pairs: &[(WireBody, WireBody)]) -> Vec<String> {
    pairs.iter().map(|(a, b)| format!("{a} {b}")).collect()
}

#[test]
fn a_node_is_no_partner_of_its_opposite() {
    let query = parse("types=aspect&bodies=true_node,true_south_node,mean_south_node").unwrap();
    assert_eq!(names(&query.pairs()), ["true_node mean_south_node", "true_south_node mean_south_node"]);
    let query = parse("types=aspect&bodies=sun,true_node&with=true_south_node,sun").unwrap();
    assert_eq!(names(&query.pairs()), ["sun true_south_node", "true_node sun"]);
    for query in [
        "types=aspect&bodies=mean_node,mean_south_node",
        "types=parallel&bodies=mean_node,mean_south_node",
        "types=aspect&bodies=true_node&with=true_south_node",
        "types=aspect&bodies=sun&with=sun",
        "types=aspect&bodies=sun",
    ] {
        assert_eq!(refused(query), (Code::Meaningless, "bodies".to_owned()), "{query}");
    }
}

#[test]
fn a_body_minus_itself_crosses_nothing() {
    let crossing = "types=crossing&quantity=longitude&value=90";
    let of =
        |query: &EventsQuery, kind| query.bodies_of(kind).map(|body| body.to_string()).collect::<Vec<_>>();
    let query = parse(
        "types=crossing,ingress&quantity=longitude&value=90&bodies=moon,true_south_node&minus=true_node",
    )
    .unwrap();
    assert_eq!(of(&query, EventType::Crossing), ["moon"]);
    assert_eq!(of(&query, EventType::Ingress), ["moon", "true_south_node"]);
    for (bodies, minus) in [("sun", "sun"), ("true_node", "true_south_node"), ("ketu", "rahu")] {
        let query = format!("{crossing}&bodies={bodies}&minus={minus}");
        assert_eq!(refused(&query), (Code::Meaningless, "bodies".to_owned()), "{query}");
    }
}

#[test]
fn points_are_few_and_each_is_named_once() {
    let points = |count: usize| {
        let points: Vec<_> = (0..count).map(|point| point.to_string()).collect();
        parse(&format!("types=aspect&points={}", points.join(",")))
    };
    assert_eq!(points(MOST_POINTS).unwrap().points.len(), MOST_POINTS);
    assert_eq!(points(MOST_POINTS + 1).unwrap_err().code, Code::OutOfRange);
    for list in ["15,15", "15,20,15.0", "0,-0"] {
        let query = format!("types=aspect&points={list}");
        assert_eq!(refused(&query), (Code::RepeatedEvent, "points".to_owned()), "{query}");
    }
    // Pairs give way to points, and parallels are of pairs.
    let both = "types=aspect,parallel&bodies=sun,moon&points=15";
    assert_eq!(refused(both), (Code::Contradiction, "points".to_owned()));
    assert_eq!(parse(&format!("{both}&with=mars")).unwrap().pairs().len(), 2);
}

#[test]
fn nakshatras_are_counted_as_is_said() {
    let id = |query: &str| parse(query).unwrap().nakshatras_in.id().into_owned();
    let kind = "types=nakshatra_ingress&bodies=moon";
    assert_eq!(id(kind), "lahiri");
    assert_eq!(id(&format!("{kind}&nakshatra_ayanamsa=27")), "true_citra");
    let sidereal = format!("{kind}&zodiac=sidereal&ayanamsa=raman");
    assert_eq!(id(&sidereal), "raman");
    assert_eq!(id(&format!("{sidereal}&nakshatra_ayanamsa=lahiri")), "lahiri");
    for (query, code) in [
        (format!("{kind}&nakshatra_ayanamsa=lahiry"), Code::UnknownValue),
        ("types=ingress&nakshatra_ayanamsa=lahiri".to_owned(), Code::Contradiction),
    ] {
        assert_eq!(refused(&query), (code, "nakshatra_ayanamsa".to_owned()), "{query}");
    }
}

#[test]
fn what_bodies_concern_is_named_once() {
    let problem = parse("types=lunation&bodies=moon").unwrap_err();
    let hint = problem.hint.as_deref().unwrap();
    let (_, names) = hint.split_once("one of ").unwrap();
    let names: Vec<_> = names.split(", ").collect();
    assert_eq!(names.iter().filter(|name| **name == "void_of_course").count(), 1, "{hint}");
    assert_eq!(names.len(), EventType::ALL.len() - 4, "{hint}");
    assert!(!names.contains(&"lunation") && !names.contains(&"season"), "{hint}");
}
