use proptest::prelude::*;

use super::*;
use crate::aspect::{Aspects, OrbRule, Orbs};
use crate::vector::Varying;

/// Patterns of points at longitudes, by name, with their points and roles.
fn told(longitudes: &[f64], stellia: &Stellia) -> Vec<Pattern> {
    let orbs = Orbs::default();
    let points: Vec<_> = longitudes.iter().map(|at| Placed::nameless(*at)).collect();
    let found = Aspects::new(&Aspect::ALL, &orbs).within(&points);
    patterns(&points, &found, stellia, MOST).unwrap()
}

const MOST: usize = 2_000;

const NO_STELLIA: Stellia = Stellia { in_sign: None, in_arc: None };

fn kinds(patterns: &[Pattern]) -> Vec<&'static str> {
    patterns.iter().map(|pattern| pattern.kind.name()).collect()
}

fn roles(pattern: &Pattern) -> Vec<(usize, &'static str)> {
    pattern.members.iter().map(|(point, role)| (*point, role.name())).collect()
}

#[test]
fn three_points_make_figures() {
    let trine = told(&[5.0, 126.0, 244.0, 320.0], &NO_STELLIA);
    assert_eq!(kinds(&trine), ["grand_trine"]);
    assert_eq!(roles(&trine[0]), [(0, "corner"), (1, "corner"), (2, "corner")]);
    assert_eq!((trine[0].element, trine[0].mode), (Some(Element::Fire), None));
    // Out of sign, it has no element of its own.
    assert_eq!(told(&[29.0, 149.0, 271.0], &NO_STELLIA)[0].element, None);
    let square = told(&[185.0, 97.0, 3.0], &NO_STELLIA);
    assert_eq!(kinds(&square), ["t_square"]);
    assert_eq!(roles(&square[0]), [(1, "apex"), (0, "base"), (2, "base")]);
    assert_eq!(square[0].mode, Some(Mode::Cardinal));
    let yod = told(&[60.0, 210.0, 0.0], &NO_STELLIA);
    assert_eq!(kinds(&yod), ["yod"]);
    assert_eq!(roles(&yod[0]), [(1, "apex"), (0, "base"), (2, "base")]);
    assert!(told(&[60.0, 215.0, 0.0], &NO_STELLIA).is_empty(), "a quincunx has 3°");
}

#[test]
fn what_is_part_of_a_greater_one_is_not_told_again() {
    let kite = told(&[0.0, 120.0, 240.0, 180.0], &NO_STELLIA);
    assert_eq!(kinds(&kite), ["kite"]);
    assert_eq!(roles(&kite[0]), [(3, "apex"), (0, "tail"), (1, "wing"), (2, "wing")]);
    assert_eq!(kite[0].element, Some(Element::Fire));
    let cross = told(&[10.0, 100.0, 190.0, 280.0], &NO_STELLIA);
    assert_eq!(kinds(&cross), ["grand_cross"]);
    assert_eq!(roles(&cross[0]), [(0, "corner"), (1, "corner"), (2, "corner"), (3, "corner")]);
    assert_eq!(cross[0].mode, Some(Mode::Cardinal));
    let rectangle = told(&[0.0, 60.0, 180.0, 240.0], &NO_STELLIA);
    assert_eq!(kinds(&rectangle), ["mystic_rectangle"]);
    assert_eq!(rectangle[0].members.iter().map(|member| member.0).collect::<Vec<_>>(), [0, 1, 2, 3]);
    let ring = told(&[0.0, 60.0, 120.0, 180.0, 240.0, 300.0], &NO_STELLIA);
    assert_eq!(kinds(&ring), ["grand_sextile"]);
    assert_eq!(ring[0].members.iter().map(|member| member.0).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
    // In any order of the points there is one of it.
    for shuffled in [[240.0, 0.0, 300.0, 120.0, 60.0, 180.0], [300.0, 240.0, 180.0, 120.0, 60.0, 0.0]] {
        assert_eq!(kinds(&told(&shuffled, &NO_STELLIA)), ["grand_sextile"]);
    }
    for shuffled in [[280.0, 10.0, 190.0, 100.0], [100.0, 10.0, 280.0, 190.0]] {
        assert_eq!(kinds(&told(&shuffled, &NO_STELLIA)), ["grand_cross"]);
    }
    for shuffled in [[240.0, 0.0, 180.0, 60.0], [60.0, 240.0, 0.0, 180.0]] {
        assert_eq!(kinds(&told(&shuffled, &NO_STELLIA)), ["mystic_rectangle"]);
    }
}

#[test]
fn each_is_told_once_with_its_own_points() {
    // Two points at one corner make two grand trines, and a T-square beside them is a figure of its own.
    let doubled = told(&[0.0, 120.0, 240.0, 242.0], &NO_STELLIA);
    assert_eq!(kinds(&doubled), ["grand_trine", "grand_trine"]);
    assert_ne!(doubled[0].members, doubled[1].members);
    // A T-square that shares an opposition with a grand cross, and is no part of it.
    let cross = told(&[10.0, 100.0, 190.0, 280.0, 102.0], &NO_STELLIA);
    assert_eq!(kinds(&cross), ["grand_cross", "grand_cross"]);
    assert!(told(&[], &Stellia::default()).is_empty());
    assert!(told(&[f64::NAN; 8], &Stellia::default()).is_empty());
    assert_eq!(PatternKind::ALL.map(PatternKind::name).len(), 8);
}

#[test]
fn there_are_no_more_than_there_may_be() {
    let orbs = Orbs::parse(OrbRule::Aspect, "sextile:30,trine:30,opposition:30,square:0,quincunx:0").unwrap();
    let points: Vec<_> = (0..60_u8).map(|nth| Placed::nameless(f64::from(nth) * 6.0)).collect();
    let found = Aspects::new(&Aspect::ALL, &orbs).within(&points);
    let refused = patterns(&points, &found, &NO_STELLIA, MOST).unwrap_err();
    assert_eq!(refused, Error::TooManyPatterns { most: MOST });
    assert_eq!(refused.parameter(), Some("orbs"));
    let trine = Aspects::new(&Aspect::ALL, &Orbs::default()).within(&points[..41]);
    let few = patterns(&points[..41], &trine, &NO_STELLIA, MOST).unwrap();
    assert!(patterns(&points[..41], &trine, &NO_STELLIA, few.len()).is_ok());
    assert!(patterns(&points[..41], &trine, &NO_STELLIA, few.len() - 1).is_err());
}

#[test]
fn one_thing_by_two_reckonings_counts_once_in_a_stellium() {
    let orbs = Orbs::default();
    let stellia = |names: &[&str]| {
        let points: Vec<_> = names
            .iter()
            .zip(10_u8..)
            .map(|(name, at)| orbs.place(name.parse().unwrap(), Varying::constant(f64::from(at))))
            .collect();
        patterns(&points, &[], &Stellia::default(), MOST).unwrap()
    };
    assert!(stellia(&["sun", "mean_node", "true_node"]).is_empty());
    assert!(stellia(&["mean_apogee", "osculating_apogee", "interpolated_apogee", "sun"]).is_empty());
    let found = stellia(&["sun", "mars", "mean_node", "true_node"]);
    assert_eq!((kinds(&found), found[0].members.len()), (vec!["stellium"], 4), "all are told");
}

/// Everything that figures are, tried with each choice of points.
fn tried(points: &[Placed], found: &[Found]) -> Vec<(PatternKind, BTreeSet<usize>)> {
    use Aspect::{Opposition, Quincunx, Sextile, Square, Trine};
    let count = points.len();
    let mut made = vec![vec![None; count]; count];
    for found in found {
        made[found.a][found.b] = Some(found.aspect);
        made[found.b][found.a] = Some(found.aspect);
    }
    let is = |aspect: Aspect, a: usize, b: usize| made[a][b] == Some(aspect);
    let mut all: Vec<(PatternKind, BTreeSet<usize>)> = Vec::new();
    let mut tell = |kind, members: &[usize]| {
        let members: BTreeSet<usize> = members.iter().copied().collect();
        if !all.contains(&(kind, members.clone())) {
            all.push((kind, members));
        }
    };
    for a in 0..count {
        for b in 0..count {
            for c in 0..count {
                let all_three = |aspect| is(aspect, a, b) && is(aspect, b, c) && is(aspect, c, a);
                if all_three(Trine) {
                    tell(PatternKind::GrandTrine, &[a, b, c]);
                }
                if is(Opposition, a, b) && is(Square, c, a) && is(Square, c, b) {
                    tell(PatternKind::TSquare, &[a, b, c]);
                }
                if is(Sextile, a, b) && is(Quincunx, c, a) && is(Quincunx, c, b) {
                    tell(PatternKind::Yod, &[a, b, c]);
                }
                for d in 0..count {
                    let axes = is(Opposition, a, c) && is(Opposition, b, d);
                    if all_three(Trine) && is(Opposition, d, a) && is(Sextile, d, b) && is(Sextile, d, c) {
                        tell(PatternKind::Kite, &[a, b, c, d]);
                    }
                    let ring =
                        |one, other| is(one, a, b) && is(other, b, c) && is(one, c, d) && is(other, d, a);
                    if axes && ring(Square, Square) {
                        tell(PatternKind::GrandCross, &[a, b, c, d]);
                    }
                    if axes && ring(Sextile, Trine) {
                        tell(PatternKind::MysticRectangle, &[a, b, c, d]);
                    }
                    if !all_three(Trine) || !is(Opposition, a, d) {
                        continue;
                    }
                    for e in (0..count).filter(|e| is(Opposition, b, *e) && is(Trine, d, *e)) {
                        for f in (0..count).filter(|f| is(Opposition, c, *f)) {
                            let trine = is(Trine, d, f) && is(Trine, e, f);
                            let beside = [(a, [e, f]), (b, [d, f]), (c, [d, e])];
                            if trine && beside.iter().all(|(p, two)| two.iter().all(|q| is(Sextile, *p, *q)))
                            {
                                tell(PatternKind::GrandSextile, &[a, b, c, d, e, f]);
                            }
                        }
                    }
                }
            }
        }
    }
    let contains: &[(PatternKind, &[PatternKind])] = &[
        (PatternKind::Kite, &[PatternKind::GrandSextile]),
        (PatternKind::GrandTrine, &[PatternKind::Kite, PatternKind::GrandSextile]),
        (PatternKind::TSquare, &[PatternKind::GrandCross]),
        (PatternKind::MysticRectangle, &[PatternKind::GrandSextile]),
    ];
    let is_part = |(kind, members): &(PatternKind, BTreeSet<usize>)| {
        let greater =
            contains.iter().find(|(small, _)| small == kind).map_or(&[][..], |(_, greater)| greater);
        all.iter().any(|(other, whole)| greater.contains(other) && members.is_subset(whole))
    };
    let mut told: Vec<_> = all.iter().filter(|pattern| !is_part(pattern)).cloned().collect();
    told.sort();
    told
}

proptest! {
    /// Whatever the points, each figure is told that is there, once, and no other.
    #[test]
    fn figures_are_those_that_are_found_by_trying(
        steps in prop::collection::vec((0..12_u8, -4.0..4.0_f64), 0..11),
        sextile in 1.0..12.0_f64,
    ) {
        let text = format!("sextile:{sextile},trine:8,square:8,opposition:9,quincunx:4");
        let orbs = Orbs::parse(OrbRule::Aspect, &text).unwrap();
        let at = |(step, beside): &(u8, f64)| f64::from(*step) * 30.0 + beside;
        let points: Vec<_> = steps.iter().map(|step| Placed::nameless(at(step))).collect();
        let found = Aspects::new(&Aspect::ALL, &orbs).within(&points);
        let told = patterns(&points, &found, &NO_STELLIA, usize::MAX).unwrap();
        let mut sets: Vec<(PatternKind, BTreeSet<usize>)> = told
            .iter()
            .map(|pattern| (pattern.kind, pattern.members.iter().map(|member| member.0).collect()))
            .collect();
        sets.sort();
        prop_assert_eq!(sets, tried(&points, &found));
    }
}

#[test]
fn stellia_are_of_a_sign_or_of_an_arc() {
    let sign = Stellia { in_sign: Some(3), in_arc: None };
    let found = told(&[1.0, 15.0, 29.0, 31.0], &sign);
    assert_eq!(kinds(&found), ["stellium"]);
    assert_eq!(found[0].sign, Some(Sign::Aries));
    assert_eq!(found[0].members.len(), 3);
    let arc = Stellia { in_sign: None, in_arc: Some((3, 8.0)) };
    let found = told(&[358.0, 3.0, 1.0, 8.0, 200.0], &arc);
    assert_eq!(kinds(&found), ["stellium", "stellium"]);
    let members = |nth: usize| found[nth].members.iter().map(|it| it.0).collect::<Vec<_>>();
    assert_eq!((members(0), found[0].sign), (vec![2, 1, 3], Some(Sign::Aries)));
    assert_eq!((members(1), found[1].sign), (vec![0, 2, 1], None));
    // All on one spot, and a part of one that is told already.
    assert_eq!(told(&[77.0; 5], &arc).len(), 1);
    let both = Stellia { in_sign: Some(3), in_arc: Some((3, 8.0)) };
    assert_eq!(told(&[10.0, 12.0, 14.0, 25.0], &both).len(), 1);
    assert_eq!(told(&[10.0, 12.0], &both).len(), 0);
    assert_eq!(told(&[10.0, 11.0], &Stellia { in_sign: Some(0), in_arc: Some((0, 1.0)) }).len(), 1);
}
